package cli

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

const planText = `# Plan: Tide table

## Steps

### Milestone 1: It says a tide
- [ ] Step 1: Keep the stations
  - **Task:** Store them.
  - **Depends:** none
  - **Covers:** AC-1
- [ ] Step 2: Say the next one
  - **Task:** Print it.
  - **Depends:** 1
  - **Covers:** AC-2
`

const codeText = "## Tests\nFile: `a_test.go`\n```go\npackage tide\n```\n\n## Code\nFile: `a.go`\n```go\npackage tide\n```\n\n## Assumptions\nNone.\n"

const restartText = "## Lessons\n- The zone was never said.\n\n## Sentences for the specification\n- All times are UTC (Data model).\n\n## New task\nStore twelve stations in UTC.\n"

// atBuild makes a project whose plan is about to be built.
func atBuild(t *testing.T) *shell {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	why := "The documents of this test are as they are."
	s.run(0, "waive", "tide", "request", "--reason", why)
	s.run(0, "artifact", "save", "tide", "spec.md", s.file("spec.md", "# Spec\n\n## Acceptance criteria\n- AC-1: stations\n- AC-2: a tide\n"))
	s.run(0, "waive", "tide", "spec", "--reason", why)
	s.run(0, "artifact", "save", "tide", "plan.md", s.file("plan.md", planText))
	s.run(0, "waive", "tide", "plan", "--reason", why)
	return s
}

func TestStepsAreBuiltByPaste(t *testing.T) {
	s := atBuild(t)
	if got := s.run(0, "next", "tide").out; !strings.Contains(got, "Build step 1, “Keep the stations”.") || !strings.Contains(got, "plumbline step run tide-table 1") {
		t.Errorf("next\n%s", got)
	}
	if got := s.run(0, "step", "list", "tide").out; !strings.Contains(got, "▸   1  Keep the stations") || !strings.Contains(got, "·   2  Say the next one  after 1") || !strings.Contains(got, "0/2") {
		t.Errorf("list\n%s", got)
	}
	if got := s.run(exitFailed, "step", "copy", "tide", "2").err; !strings.Contains(got, "Step 2 waits for step 1.") {
		t.Errorf("copy of a blocked step: %s", got)
	}
	if got := s.run(0, "step", "copy", "tide", "1"); !strings.Contains(got.out, "Step 1: Keep the stations") || !strings.Contains(got.err, "plumbline step paste tide-table 1 FILE") {
		t.Errorf("copy\n%s%s", got.out, got.err)
	}
	code := s.file("code.md", codeText)
	if got := s.run(0, "step", "paste", "tide", "1", code, "--from", "a chat"); !strings.Contains(got.err, "plumbline accept tide-table build --run") {
		t.Errorf("paste\n%s", got.err)
	}
	s.run(0, "accept", "tide", "build")
	red := s.try("FAIL: a_test.go:3\n", "check", "tide", "--step", "1", "--exit", "1", "--output", "-", "--command", "go test ./...")
	if red.code != 0 || !strings.Contains(red.out, "red, exit 1") {
		t.Errorf("check %+v", red)
	}
	var todo workflow.ToDo
	s.object(&todo, "next", "tide")
	if todo.Kind != workflow.DoRun || todo.Step != "1" || todo.RunID == "" || !strings.Contains(todo.Command, "plumbline refine tide-table --run") {
		t.Errorf("after a red check: %+v", todo)
	}
	if got := s.run(0, "refine", "tide", "1", "--off", "tests", "--copy").out; !strings.Contains(got, "FAIL: a_test.go:3") {
		t.Errorf("the failing output is not in the prompt\n%s", got)
	}
	s.run(0, "refine", "tide", "--paste", s.file("fix.md", "## Cause\n- x\n\n## Tests\nNone.\n\n"+codeText[strings.Index(codeText, "## Code"):]))
	s.run(0, "accept", "tide", "build")
	s.run(0, "check", "tide", "--step", "1", "--exit", "0")
	var d workflow.StepDetail
	s.object(&d, "step", "show", "tide", "1")
	if d.Step.State != workflow.StepDone || d.Thread.Refinements != 1 || len(d.Thread.Runs) != 2 || len(d.Checks) != 2 {
		t.Errorf("%+v with %d runs", d.Step, len(d.Thread.Runs))
	}
	for i := 2; i <= 3; i++ { // copied twice over, as nothing was pasted in between
		s.run(0, "refine", "tide", "1", "--off", "tests", "--copy")
		s.run(0, "refine", "tide", "1", "--off", "style", "--copy")
		s.run(0, "refine", "tide", "1", "--paste", s.file(fmt.Sprintf("fix-%d.md", i), "## Cause\n- x\n\n## Tests\nNone.\n\n"+codeText[strings.Index(codeText, "## Code"):]))
	}
	if got := s.run(exitFailed, "refine", "tide", "1", "--off", "tests", "--copy").err; !strings.Contains(got, "refined 3 times") {
		t.Errorf("a fourth refinement: %s", got)
	}
	s.run(0, "step", "open", "tide", "1")
	s.run(0, "step", "done", "tide", "1")
	s.run(exitFailed, "step", "skip", "tide", "2", "--reason", "too short")
	if got := s.run(0, "step", "skip", "tide", "2", "--reason", "The next version says it better.").out; !strings.Contains(got, "skipped") {
		t.Errorf("skip\n%s", got)
	}
}

func TestAThreadIsStartedOver(t *testing.T) {
	s := atBuild(t)
	s.run(0, "step", "paste", "tide", "1", s.file("code.md", codeText))
	if got := s.run(exitFailed, "restart", "tide", "9", "--copy").err; !strings.Contains(got, "Nothing was run there yet.") {
		t.Errorf("restart of nothing: %s", got)
	}
	if got := s.run(0, "restart", "tide", "1", "--why", "confused", "--copy").out; !strings.Contains(got, "confused") || !strings.Contains(got, "package tide") {
		t.Errorf("the thread is not in the prompt\n%s", got)
	}
	var taught workflow.RunDetail
	s.object(&taught, "restart", "tide", "1", "--why", "confused", "--paste", s.file("restart.md", restartText))
	if got := s.run(0, "restart", "tide", "1", "--take", taught.Run.ID).out; !strings.Contains(got, "plan.md is at v2") {
		t.Errorf("take: %s", got)
	}
	if got := s.run(0, "step", "copy", "tide", "1").out; !strings.Contains(got, "**Lessons:** The zone was never said.") || !strings.Contains(got, "Store twelve stations in UTC.") {
		t.Errorf("the lessons are not in the next prompt\n%s", got)
	}
	if got := s.run(exitFailed, "refine", "tide", "--run", taught.Run.ID, "--copy").err; !strings.Contains(got, "started over") {
		t.Errorf("refine: %s", got)
	}
}

func TestRoundsAndTime(t *testing.T) {
	s := atBuild(t)
	if got := s.run(exitFailed, "round", "tide", "spec", "--begin").err; !strings.Contains(got, "does not go round") {
		t.Errorf("round: %s", got)
	}
	if got := s.run(exitFailed, "round", "tide", "review", "--begin").err; !strings.Contains(got, "nothing to show") {
		t.Errorf("round: %s", got)
	}
	s.run(0, "artifact", "save", "tide", "audits/review-01.md", s.file("review.md", "# Review\n\nNO ISSUES FOUND\n"))
	if got := s.run(0, "round", "tide", "review", "--begin").out; !strings.Contains(got, "Round 2 of about 20  build, review") {
		t.Errorf("round: %s", got)
	}
	s.run(0, "time", "tide", "build", "--step", "1", "--worked", "1h30m", "--with", "2h", "--without", "360")
	var rows []workflow.EffortRow
	s.object(&rows, "time", "tide")
	found := false
	for _, r := range rows {
		found = found || r.Effort.Step == "1" && r.Worked == 5400 && r.Effort.Estimate == 120 && r.Effort.Without == 360
	}
	if !found {
		t.Errorf("%+v", rows)
	}
	if got := s.run(0, "time", "tide").out; !strings.Contains(got, "  step 1     1 h 30 min  2 h 00 min  6 h 00 min") {
		t.Errorf("time\n%s", got)
	}
	s.run(exitUsage, "time", "tide", "build", "--worked", "long")
	if got := s.run(0, "next").out; !strings.Contains(got, "Tide table") {
		t.Errorf("next: %s", got)
	}
}

func TestAnAnswerOutsideOfPhasesIsAccepted(t *testing.T) {
	s := atBuild(t)
	request := s.file("change.md", "# Change request\n\nSailors want knots.\n")
	var d workflow.RunDetail
	s.object(&d, "prompt", "run", "change-request", "--project", "tide", "--var", "change=knots", "--paste", request, "--anyway")
	if got := s.run(2, "accept", "tide").err; !strings.Contains(got, "The phase is missing.") {
		t.Errorf("accept without a phase: %s", got)
	}
	if got := s.run(0, "review", "tide", "--run", d.Run.ID).err; !strings.Contains(got, "plumbline accept tide-table --run "+d.Run.ID) {
		t.Errorf("review: %s", got)
	}
	if got := s.run(0, "accept", "tide", "--run", d.Run.ID); !strings.Contains(got.out, "answers/change-request.md is now v1") || !strings.Contains(got.err, "plumbline artifact show") {
		t.Errorf("accept: %s%s", got.out, got.err)
	}
}

package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// ideal returns a good answer to a prompt.
func ideal(t *testing.T, prompt string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "prompts", "testdata", "answers", prompt+".ideal.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const planAnswer = `# Plan: Tide table

## Overview
Data first. Nothing must be ready.

## Steps

### Milestone 1: A tide is predicted
- [ ] Step 1: Keep the stations
  - **Task:** Store twelve stations.
  - **Files:** ` + "`stations.go`" + `
  - **Depends:** none
  - **Effort:** S
  - **Risk:** low
  - **Tags:** data-store
  - **Tests:** all twelve are there
  - **Covers:** AC-1
  - **User instructions:** none
- [ ] Step 2: Sign in
  - **Task:** Let the keeper of the stations sign in.
  - **Files:** ` + "`auth.go`" + `
  - **Depends:** 1
  - **Effort:** S
  - **Risk:** low
  - **Tags:** auth
  - **Tests:** a wrong word is refused
  - **Covers:** AC-3
  - **User instructions:** none

### Milestone 2: It can be asked
- [ ] Step 3: Say the next high water
  - **Task:** Print it for a station.
  - **Files:** ` + "`next.go`" + `
  - **Depends:** 1, 2
  - **Effort:** M
  - **Risk:** low
  - **Tags:** interface
  - **Tests:** an unknown station
  - **Covers:** AC-2
  - **User instructions:** none

## Coverage
- AC-1: step 1
- AC-2: step 3
- AC-3: step 2

## Risks
None.
`

const codeAnswer = "## Tests\n`go test ./...`\n\nFile: `a_test.go`\n```go\npackage tide\n```\n\n## Code\nFile: `a.go`\n```go\npackage tide\n```\n\n## Assumptions\nNone.\n"

const askedBack = "## Tests\nNone.\n\n## Code\nNone.\n\n## Assumptions\nNone.\n\n## Open questions\n- Which datum counts? Suggested: chart datum.\n"

const refineAnswer = "## Cause\n- The clock of the test is wrong.\n\n## Tests\nNone.\n\n## Code\nFile: `a.go`\n```go\npackage tide // mended\n```\n\n## Assumptions\nNone.\n"

// oneFinding is an audit with one finding of a severity.
func oneFinding(severity, title string) string {
	return fmt.Sprintf(`# Audit

## Summary
- %s: 1

Total: 1

## Findings

- [ ] %s: %s
  - **Where:** `+"`%s.go`"+`
  - **Category:** security
  - **Problem:** It goes wrong at night.
  - **Fix:** Ask for the right thing.
  - **Verify:** A test that fails today.
`, severity, severity, title, strings.Fields(title)[0])
}

// ideaAnswers are what a model says on the way from an idea to production.
func ideaAnswers(t *testing.T) func(string, int, string) string {
	return func(prompt string, n int, sent string) string {
		switch prompt {
		case "request":
			return requestAnswer
		case "spec":
			return strings.Replace(specAnswer, "- Which datum is the default?", "None.", 1)
		case "plan":
			return planAnswer
		case "codegen":
			if n == 1 {
				return askedBack
			}
			return codeAnswer
		case "refine":
			return refineAnswer
		case "review":
			if n == 1 {
				return oneFinding("P2", "Stations are read twice")
			}
			return "NO ISSUES FOUND\n"
		case "security-audit":
			if n == 1 {
				return oneFinding("P1", "Sessions never end")
			}
			return "NO SECURITY ISSUES FOUND\n"
		}
		return ideal(t, prompt)
	}
}

func TestFromAnIdeaToProduction(t *testing.T) {
	for name, paste := range map[string]bool{"on a model": false, "by paste": true} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, "idea-to-production", paste, ideaAnswers(t))
			d.check = redAtFirst
			d.on = d.findingsBecomeSteps
			d.drive()
			checkIdeaWhole(t, d)
		})
	}
}

// redAtFirst is a check that fails at the first try of step 1.
func redAtFirst(step string, n int) int {
	if step == "1" && n == 1 {
		return 2
	}
	return 0
}

// findingsBecomeSteps adds steps for the findings that stop a build, and closes them
// when those are done.
func (d *driver) findingsBecomeSteps(todo workflow.ToDo) bool {
	d.t.Helper()
	if todo.Kind != workflow.DoFindings || todo.Phase != "build" {
		return false
	}
	if done, ok := strings.CutPrefix(todo.Command, "plumbline findings fix tide-table "); ok { // their steps are built
		try(d.ActOnFindings(d.ctx, d.p.ID, workflow.FindingAct{Verb: workflow.VerbFix, IDs: strings.Fields(done)}))(d.t)
		return true
	}
	try(d.AddSteps(d.ctx, d.p.ID, strings.Fields(strings.TrimPrefix(todo.Command, "plumbline step add tide-table "))))(d.t)
	return true
}

// checkIdeaWhole looks at what the way has left behind.
func checkIdeaWhole(t *testing.T, d *driver) {
	t.Helper()
	for _, part := range []string{"answer build1", "Refine step 1", "Audit sign-in and storage", "Review the milestone", "Fix F-0", "Say what has become of F-0", "bake golive"} {
		if !d.happened(part) {
			t.Errorf("nobody was told: %s\n%s", part, strings.Join(d.said, "\n"))
		}
	}
	o := try(d.Overview(d.ctx, d.p.ID))(t)
	for _, p := range o.Phases {
		if !p.Strip && !p.Optional && p.State != workflow.PhasePassed {
			t.Errorf("%s is %s", p.ID, p.State)
		}
	}
	plan := try(d.Plan(d.ctx, d.p.ID))(t)
	if !plan.AllSettled() || len(plan.Steps) != 4 {
		t.Errorf("%d of %d steps are settled", plan.Settled, len(plan.Steps))
	}
	for _, s := range plan.Steps {
		if s.Version == 0 || s.Tick == nil || s.Tick.Evidence == nil || s.Tick.Evidence.Text != "make check" || strings.Contains(s.Tick.Evidence.Output, "\x1b") {
			t.Errorf("step %s has no proof: %+v", s.Step.Number, s.Tick)
		}
	}
	first := try(d.Step(d.ctx, d.p.ID, "1"))(t)
	if first.Thread.Refinements != 1 || len(first.Thread.Runs) != 3 || len(first.Checks) != 2 {
		t.Errorf("the thread of step 1: %d refinements, %d runs, %d checks", first.Thread.Refinements, len(first.Thread.Runs), len(first.Checks))
	}
	if in := first.Thread.Runs[0].Inputs; len(in) == 0 || in[len(in)-1].Part != "step 1" {
		t.Errorf("the run of step 1 was given %+v", in)
	}
	for _, path := range []string{"steps/01.md", "steps/01-refine-1.md", "steps/04.md", "checks/01.md", "checks/project.md", "audits/security-02.md", "checklists/acceptance.md"} {
		if v := d.doc(d.p, path).Version; v.Number == 0 {
			t.Errorf("%s is not written", path)
		}
	}
}

// hardenAnswers are what a model says in rounds that find less and less.
func hardenAnswers(t *testing.T) func(string, int, string) string {
	return func(prompt string, n int, sent string) string {
		switch {
		case prompt == "issue-analysis" && n == 1:
			return oneFinding("P0", "Keys are in the log")
		case prompt == "issue-analysis" && n == 2:
			return oneFinding("P1", "Retries never stop")
		case prompt == "issue-analysis":
			return oneFinding("P3", fmt.Sprintf("Wording %d is unclear", n))
		case prompt == "production-readiness":
			return "NO ISSUES FOUND\n"
		}
		return ideal(t, prompt)
	}
}

func TestHardenInRoundsToAPlateau(t *testing.T) {
	for name, paste := range map[string]bool{"on a model": false, "by paste": true} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, "harden", paste, hardenAnswers(t))
			d.drive()
			d.checkPlateau()
		})
	}
}

func (d *driver) checkPlateau() {
	d.t.Helper()
	r := try(d.Round(d.ctx, d.p.ID, "fix"))(d.t)
	if r.Number != 5 || r.Verdict != workflow.Plateau || r.Phase != "analyse" || len(r.Curve) != 5 {
		d.t.Errorf("round %d, %q, %d in the curve\n%s", r.Number, r.Verdict, len(r.Curve), strings.Join(d.said, "\n"))
	}
	for _, path := range []string{"audits/issues-05.md", "audits/readiness-05.md", "prompts/fix-05.md", "enhancements.md"} {
		if d.doc(d.p, path).Version.Number == 0 {
			d.t.Errorf("%s is not written", path)
		}
	}
	first := try(d.Document(d.ctx, d.p.ID, "audits/issues-01.md", 1))(d.t)
	if now := d.doc(d.p, "audits/issues-01.md"); first.Version.Kind != workflow.VersionAccepted || now.Version.BasisHash != first.Version.BasisHash {
		d.t.Errorf("the first audit was written over: %+v", now.Version)
	}
}

// taskAnswers are what a model says to one task.
func taskAnswers(t *testing.T) func(string, int, string) string {
	return func(prompt string, n int, sent string) string {
		if prompt == "refine" {
			return refineAnswer
		}
		return ideal(t, prompt)
	}
}

// TestATaskIsRefinedAndStartedOver goes from the classification through three
// refinements and a fresh start to the end.
func TestATaskIsRefinedAndStartedOver(t *testing.T) {
	for name, paste := range map[string]bool{"on a model": false, "by paste": true} {
		t.Run(name, func(t *testing.T) {
			d := newDriver(t, "agent-task", paste, taskAnswers(t))
			refined := 0
			d.on = func(todo workflow.ToDo) bool {
				if todo.Kind == workflow.DoStale && todo.Phase == "run" {
					t.Errorf("a thread that was started over is not to be kept as still valid: %+v", todo)
				}
				threads := try(d.Threads(d.ctx, d.p.ID, "run", ""))(t)
				if todo.Kind != workflow.DoTick || todo.Phase != "review" || len(threads) != 1 {
					return false
				}
				if refined++; refined <= 3 { // the review finds something each time
					d.went(d.Refine(d.ctx, threads[0].ID, workflow.Refinement{Off: []string{"tests"}, Notes: fmt.Sprint("Look ", refined), Copy: paste}))
					return true
				}
				d.tooOften(threads[0])
				return true
			}
			d.drive()
			d.checkTask()
		})
	}
}

// tooOften asks for a fourth refinement, is refused, and starts over.
func (d *driver) tooOften(thread workflow.Thread) {
	d.t.Helper()
	if thread.Refinements != 3 || !thread.Full || !strings.HasPrefix(thread.Warning, "Refinement 3 of 3.") {
		d.t.Errorf("the thread: %d refinements, full %v, %q", thread.Refinements, thread.Full, thread.Warning)
	}
	_, err := d.Refine(d.ctx, thread.ID, workflow.Refinement{Off: []string{"style"}, Copy: d.paste})
	wantCode(d.t, err, workflow.Limit)
	v := d.startOver("")
	if v.Path != "task.md" || !strings.Contains(d.doc(d.p, "task.md").Markdown, "## Lessons") {
		d.t.Errorf("the lessons are not in the task: %+v", v)
	}
	old := try(d.Thread(d.ctx, thread.ID))(d.t)
	if !old.Over || len(old.Runs) != 5 {
		d.t.Errorf("the old thread is over: %v, with %d runs", old.Over, len(old.Runs))
	}
	_, err = d.Refine(d.ctx, thread.ID, workflow.Refinement{Notes: "Once more."})
	wantCode(d.t, err, workflow.Conflict)
}

func (d *driver) checkTask() {
	d.t.Helper()
	threads := try(d.Threads(d.ctx, d.p.ID, "run", ""))(d.t)
	if len(threads) != 2 || threads[1].Next != threads[0].ID || threads[0].Refinements != 0 {
		d.t.Fatalf("%d threads\n%s", len(threads), strings.Join(d.said, "\n"))
	}
	for _, path := range []string{"refinement-03.md", "steps/result-restart-1.md", "playbook.md"} {
		if d.doc(d.p, path).Version.Number == 0 {
			d.t.Errorf("%s is not written", path)
		}
	}
	if n := d.doc(d.p, "result.md").Version.Number; n != 2 {
		d.t.Errorf("the result is at v%d", n)
	}
}

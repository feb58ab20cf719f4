package markdown

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// showPlan writes what was read so that it can be looked through.
func showPlan(src string) string {
	read := Plan(src)
	var b strings.Builder
	fmt.Fprintf(&b, "title: %s\n", read.Title)
	for i, m := range read.Milestones {
		fmt.Fprintf(&b, "milestone %d: %q number %q, %d–%d, line %d: %q\n", i, m.Title, m.Number, m.Start, m.End, m.Line, ends(src[m.Start:m.End]))
	}
	for _, s := range read.Steps {
		fmt.Fprintf(&b, "step %s %q\n", s.Number, s.Title)
		if s.Milestone >= 0 {
			line(&b, "milestone", fmt.Sprint(s.Milestone))
		}
		line(&b, "task", s.Task)
		line(&b, "files", strings.Join(s.Files, " | "))
		line(&b, "depends", strings.Join(s.Depends, " "))
		line(&b, "effort", s.Effort)
		line(&b, "risk", s.Risk)
		line(&b, "risk why", s.RiskWhy)
		line(&b, "tags", strings.Join(s.Tags, " | "))
		line(&b, "tests", s.Tests)
		line(&b, "covers", strings.Join(s.Covers, " "))
		line(&b, "user", s.User)
		line(&b, "details", strings.Join(s.Details, " | "))
		if s.Parallel {
			line(&b, "parallel", "yes")
		}
		if s.Box >= 0 {
			line(&b, "box", fmt.Sprintf("%d at %d, marked %v", s.Box, s.Mark, s.Marked))
		}
		line(&b, "text", fmt.Sprintf("%d–%d, line %d: %q", s.Start, s.End, s.Line, ends(src[s.Start:s.End])))
	}
	if read.Guessed {
		b.WriteString("guessed\n")
	}
	if read.Elided {
		b.WriteString("elided\n")
	}
	for _, note := range read.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	for _, p := range workflow.CheckPlan(read, workflow.StepFiles) {
		fmt.Fprintf(&b, "problem %s %v: %s\n", p.Kind, p.Steps, p.Text)
	}
	return b.String()
}

func TestPlansOfEveryShape(t *testing.T) { goldenOf(t, "plans", showPlan) }

func TestPlansKnowTheirShapes(t *testing.T) {
	for src, want := range map[string]string{
		"- [ ] Step 1: a\n- [x] Step 2: b\n":                                       "1 a, 2 b",
		"1. Step 1: a\n2. Step 2: b\n":                                             "1 a, 2 b",
		"**Step 1: a**\n\ntext\n\n**Step 2 – b**\n":                                "1 a, 2 b",
		"## Step 1: a\n## Step 2\n":                                                "1 a, 2 Step 2",
		"- [ ] Task 1.1: a\n- [ ] Task 1.2. b\n":                                   "1.1 a, 1.2 b",
		"- [ ] T001 a\n- [ ] T002 [P] b\n":                                         "T001 a, T002 b",
		"- [ ] 1.1 a\n- [ ] 1.2 b\n":                                               "1.1 a, 1.2 b",
		"|#|Task|Files|\n|-|-|-|\n|1|a|x.go|\n|2|b|y.go|\n":                        "1 a, 2 b",
		"# Plan\n## Phase 1: x\n1. a\n2. b\n":                                      "1 a, 2 b",
		"# Schritte\n- [ ] Schritt 1: a\n":                                         "1 a",
		"# To-do\n- [ ] a\n- [ ] b\n":                                              "1 a, 2 b",
		"- [ ] Step 1: a\n\n## Coverage\n- Step 1: AC-1\n":                         "1 a",
		"## Step 1: x\n- [ ] Step 1.1: a\n- [ ] Step 1.2: b\n":                     "1.1 a, 1.2 b",
		"### Task 1: a\n- Step 1: deep\n- Step 2: deeper\n":                        "1 a",
		"### Task 1: a\n- [ ] **Step 1: x**\n### Task 2: b\n- [ ] **Step 1: x**\n": "1 a, 2 b",
		"- [ ] Step 1: a\n  - [ ] Step 2: nested\n":                                "1 a",
		"Step 1 is hard. Task 2: easy, in a sentence.":                             "",
		"> - [ ] Step 1: quoted\n\n```\n- [ ] Step 2: code\n```\n":                 "",
		"| Step | AC |\n|-|-|\n| 1 | AC-1 |\n":                                     "",
	} {
		var got []string
		for _, s := range Plan(src).Steps {
			got = append(got, s.Number+" "+s.Title)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q has the steps %q, want %q", src, got, want)
		}
	}
}

func TestPlansReadWhatStepsDependOn(t *testing.T) {
	for value, want := range map[string]string{
		"none": "", "None.": "", "–": "", "N/A": "", "Step 1": "1", "1, 2": "1 2", "Steps 1-3": "1 2 3", "steps 1 to 3 and 5": "1 2 3 5",
		"T001, T003": "T001 T003", "T001–T003": "T001 T002 T003", "1.1-1.3": "1.1 1.2 1.3", "1 (needs the table of 2)": "1",
		"Step 2 (Prediction), Step 4": "2 4", "#1": "", "[1, 2]": "1 2", "the schema of version 2": "",
	} {
		read := Plan("- [ ] Step 9: a\n  - **Depends:** " + value + "\n")
		if got := strings.Join(read.Steps[0].Depends, " "); got != want {
			t.Errorf("Depends: %s is read as %q, want %q", value, got, want)
		}
	}
}

func TestPlansReadTheOrderOutsideOfSteps(t *testing.T) {
	steps := "# Tasks\n"
	for i := range 13 {
		steps += fmt.Sprintf("%d. Part %d\n", i+1, i+1)
	}
	for line, want := range map[string]string{
		"Tasks 1-7 must complete before 8-13": "8: 1 2 3 4 5 6 7",
		"Task 8 depends on tasks 1 and 3.":    "8: 1 3",
		"- Task 8: requires 2":                "8: 2",
		"Task 2 blocks task 8":                "8: 2",
		"1 → 8 → 9":                           "8: 1",
		"Task 8 ← Task 2":                     "8: 2",
		"8 depends on nothing":                "8: ",
		"Step 20 must finish before 8":        "8: 20",
	} {
		read := Plan(steps + "\nDEPENDENCIES\n\n" + line + "\n")
		if got := "8: " + strings.Join(read.Steps[7].Depends, " "); got != want {
			t.Errorf("%q: step %s, want %s", line, got, want)
		}
	}
	read := Plan(steps + "\nTasks 2, 3 and 5 can run in parallel.\n")
	for i, s := range read.Steps {
		if want := i == 1 || i == 2 || i == 4; s.Parallel != want {
			t.Errorf("step %s is parallel: %v", s.Number, s.Parallel)
		}
	}
}

func TestPlansReadTheOrderOfSpecKit(t *testing.T) {
	steps := "# Tasks\n\n## Phase 3.1: Setup\n- [ ] T001 Lay out\n- [ ] T002 [P] Lint\n- [ ] T003 Test\n- [ ] T004 Build\n\n## Dependencies\n"
	for line, want := range map[string]string{
		"- T001 blocks T004, T003":                         "T003: T001; T004: T001",
		"- T004 depends on T001":                           "T004: T001",
		"- T003 before T004":                               "T004: T003",
		"- Tests (T002-T003) before implementation (T004)": "T004: T002 T003",
		"- Setup before everything else":                   "",
	} {
		got := []string{}
		for _, s := range Plan(steps + line + "\n").Steps {
			if len(s.Depends) > 0 {
				got = append(got, s.Number+": "+strings.Join(s.Depends, " "))
			}
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%q makes %q, want %q", line, got, want)
		}
	}
}

func TestPlansPassOverNoDependencyInSilence(t *testing.T) {
	plan := "- [ ] Step 1: a\n- [ ] Step 2: b\n- [ ] Step 3: c\n  - **Depends:** "
	for value, want := range map[string]string{
		"all previous steps": "1 2; ", "All steps above.": "1 2; ", "none": "; ", "1": "1; ", "the database (Step 2)": "2; ", "b": "2; ", "A, B": "1 2; ",
		"the database": "; Step 3 says that it depends on “the database”, which names no step. It is not counted.",
	} {
		read := Plan(plan + value + "\n")
		if got := strings.Join(read.Steps[2].Depends, " ") + "; " + strings.Join(read.Notes, "\n"); got != want {
			t.Errorf("%q is read as %q, want %q", value, got, want)
		}
	}
}

func TestPlansSayThatTheyLeaveSomethingOut(t *testing.T) {
	for text, want := range map[string]bool{
		"[... continues with detailed steps]": true, "[…]": true, "...": true, "… and so on": true, "(... remaining steps omitted ...)": true,
		"Remaining steps follow the same pattern.": true, "*[... more steps ...]*": true, "Steps 4-9: ...": true,
		"Wait … then go on.": false, "Rest days are free.": false, "The remaining budget is small.": false,
	} {
		if got := Plan("- [ ] Step 1: a\n\n" + text + "\n").Elided; got != want {
			t.Errorf("%q leaves something out: %v, want %v", text, got, want)
		}
	}
}

func TestPlansOfThreeHundredSteps(t *testing.T) {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "- [ ] Step %d: Part %d\n  - **Files:** `p/f%d.go`\n  - **Depends:** %d\n", i+1, i, i, i)
	}
	read := Plan(b.String())
	if len(read.Steps) != 300 || read.Steps[299].Depends[0] != "299" || read.Steps[299].Files[0] != "p/f299.go" {
		t.Fatalf("%d steps", len(read.Steps))
	}
	if problems := workflow.CheckPlan(read, workflow.StepFiles); len(problems) != 1 || problems[0].Kind != workflow.PlanMissing {
		t.Errorf("problems %+v, want that step 0 is missing", problems)
	}
}

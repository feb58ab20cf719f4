package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

// building is a project whose plan is about to be built.
func building(t *testing.T, answer string) (*bench, workflow.Project) {
	t.Helper()
	b := newBench(t, func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: answer} })
	p := b.project("Tide table")
	why := "The documents of this test are as they are."
	for _, doc := range [][2]string{{"request", requestAnswer}, {"spec", specAnswer}, {"plan", planAnswer}} {
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: doc[0] + ".md", Body: doc[1]}))(t)
		try(b.Waive(b.ctx, p.ID, doc[0], why))(t)
	}
	return b, p
}

func (b *bench) built(p workflow.Project, step string) workflow.Run {
	b.t.Helper()
	r := b.ended(try(b.RunStep(b.ctx, p.ID, step, workflow.StepOrder{}))(b.t).ID).Run
	try(b.Accept(b.ctx, r.ID, workflow.AcceptCandidate{All: true, Base: try(b.Review(b.ctx, r.ID))(b.t).Current.Number}))(b.t)
	return r
}

func TestTheCriteriaAreLaidOutWhenTheBuildOpens(t *testing.T) {
	b, p := building(t, codeAnswer)
	d := b.doc(p, workflow.AcceptancePath)
	if len(d.Items) != 3 || !strings.HasPrefix(d.Items[0].Text, "AC-1: the next high water") || d.Version.Author.Kind != workflow.Plumbline {
		t.Fatalf("%+v", d.Items)
	}
	try(b.Tick(b.ctx, p.ID, d.Version.Path, d.Items[1].Offset, 1, true))(t)
	try(b.Reopen(b.ctx, p.ID, "plan", "The plan is to be read once more."))(t)
	try(b.Waive(b.ctx, p.ID, "plan", "The plan was read once more, and holds."))(t)
	if again := b.doc(p, workflow.AcceptancePath); again.Items[1].State != workflow.ItemDone {
		t.Errorf("the tick is gone: %+v", again.Items[1])
	}
}

func TestStepsGoInTheirOrder(t *testing.T) {
	b, p := building(t, codeAnswer)
	_, err := b.RunStep(b.ctx, p.ID, "3", workflow.StepOrder{})
	wantCode(t, err, workflow.Conflict)
	_, err = b.MarkStep(b.ctx, p.ID, "3", "done", "")
	wantCode(t, err, workflow.Conflict)
	_, err = b.RunStep(b.ctx, p.ID, "12", workflow.StepOrder{})
	wantCode(t, err, workflow.NotFound)
	_, err = b.RunStep(b.ctx, p.ID, "1", workflow.StepOrder{Values: map[string]string{"nothing": "x"}})
	wantCode(t, err, workflow.NotFound)
	r := b.built(p, "01")
	if r.Step != "1" || r.Output != "steps/01.md" || r.PromptID != "codegen" || len(r.Variables) != 0 {
		t.Errorf("%+v", r)
	}
	for _, in := range r.Inputs {
		if in.Path == workflow.PlanPath && in.Part != "step 1" {
			t.Errorf("the whole plan is an input: %+v", in)
		}
	}
	try(b.MarkStep(b.ctx, p.ID, "1", "done", ""))(t)
	_, err = b.RunStep(b.ctx, p.ID, "1", workflow.StepOrder{})
	wantCode(t, err, workflow.Conflict)
	try(b.MarkStep(b.ctx, p.ID, "2", "skipped", "Nobody has to sign in for now."))(t)
	if v := try(b.Plan(b.ctx, p.ID))(t); v.Current != 2 || v.Steps[1].State != workflow.StepSkipped || !v.Milestones[0].Complete {
		t.Errorf("%+v", v.Steps)
	}
}

// TestAStepKeepsItsStateThroughEdits changes the plan around a step, then the step.
func TestAStepKeepsItsStateThroughEdits(t *testing.T) {
	b, p := building(t, codeAnswer)
	b.built(p, "1")
	try(b.Check(b.ctx, p.ID, workflow.CheckResult{Step: "1", Command: "go test ./..."}))(t)
	edit := func(old, with string) workflow.PlanView {
		d := b.doc(p, workflow.PlanPath)
		body := strings.Replace(d.Markdown, old, with, 1)
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: workflow.PlanPath, Body: body, Base: d.Version.Number}))(t)
		return try(b.Plan(b.ctx, p.ID))(t)
	}
	v := edit("- [ ] Step 2: Sign in", "- [ ] Step 9: Another one\n  - **Task:** more\n- [ ] Step 2: Sign in")
	if len(v.Steps) != 4 || v.Steps[0].State != workflow.StepDone {
		t.Fatalf("a step elsewhere has changed step 1: %+v", v.Steps[0])
	}
	v = edit("Store twelve stations.", "Store thirteen stations.")
	if v.Steps[0].Item != workflow.ItemRecheck || v.Steps[0].State.Settled() {
		t.Errorf("what the step asks for has changed, and it is %s", v.Steps[0].Item)
	}
	if d := try(b.Next(b.ctx, p.ID))(t); d.Kind != workflow.DoCheck || d.Step != "1" {
		t.Errorf("%+v", d)
	}
	try(b.Check(b.ctx, p.ID, workflow.CheckResult{Step: "1", Command: "go test ./..."}))(t)
	if v = try(b.Plan(b.ctx, p.ID))(t); v.Steps[0].State != workflow.StepDone {
		t.Errorf("a green check has not settled it: %+v", v.Steps[0])
	}
}

// TestAStepIsProvedAgainAfterTheSpecHasChanged by a new check, or by the word of a person.
func TestAStepIsProvedAgainAfterTheSpecHasChanged(t *testing.T) {
	b, p := building(t, codeAnswer)
	b.built(p, "1")
	check := func() { try(b.Check(b.ctx, p.ID, workflow.CheckResult{Step: "1", Command: "go test ./..."}))(t) }
	change := func(text string) {
		t.Helper()
		if b.doc(p, "spec.md").Artifact.Frozen {
			try(b.Unfreeze(b.ctx, p.ID, "spec", "Something was left out of it."))(t)
		}
		b.save(p, "spec.md", b.doc(p, "spec.md").Markdown+text)
		if gate := try(b.Gate(b.ctx, p.ID, "spec"))(t); gate.Passed == nil {
			try(b.Waive(b.ctx, p.ID, "spec", "It is agreed on by everybody here."))(t)
		}
		if s := try(b.Step(b.ctx, p.ID, "1"))(t).Step; s.Item != workflow.ItemRecheck {
			t.Fatalf("the specification has changed, and the step is %s", s.Item)
		}
	}
	check()
	change("\nTimes are in UTC.\n")
	check()
	if s := try(b.Step(b.ctx, p.ID, "1"))(t).Step; s.State != workflow.StepDone || s.Tick.Evidence.Kind != workflow.EvidenceCommand {
		t.Fatalf("a new check is green, and the step is %s by %+v", s.Item, s.Tick)
	}
	change("\nHeights are in metres.\n")
	if s := try(b.MarkStep(b.ctx, p.ID, "1", "done", ""))(t).Step; s.State != workflow.StepDone || s.Tick.Evidence.Kind != workflow.EvidenceSentence {
		t.Fatalf("somebody has looked again, and the step is %s by %+v", s.Item, s.Tick)
	}
	change("\nStations have names.\n")
}

func TestARedCheckTakesItsTickBack(t *testing.T) {
	b, p := building(t, codeAnswer)
	check := func(step string, exit int) workflow.PlanStep {
		try(b.Check(b.ctx, p.ID, workflow.CheckResult{Step: step, Command: "make", Exit: exit, Output: strings.Repeat("a line of output\n", 1000)}))(t)
		return try(b.Step(b.ctx, p.ID, "1"))(t).Step
	}
	if s := check("1", 0); s.State != workflow.StepDone || len(s.Tick.Evidence.Output) > maxOutput+10 {
		t.Errorf("green: %s", s.State)
	}
	if s := check("1", 2); s.State == workflow.StepDone {
		t.Errorf("red: %s", s.State)
	}
	_, err := b.MarkStep(b.ctx, p.ID, "1", "done", "")
	wantCode(t, err, workflow.Conflict)
	if d := b.doc(p, "checks/01.md"); d.Version.Number != 2 || !strings.Contains(d.Markdown, "- Exit: 2") || strings.Count(d.Markdown, "a line of output") != 1000 {
		t.Errorf("v%d\n%.300s", d.Version.Number, d.Markdown)
	}
	if page := gatesPage(p, try(b.GateRecords(b.ctx, p.ID))(t)); !strings.Contains(page, "Step 1: “make” ended with 2: checks/01.md v2") {
		t.Errorf("the page of the gates does not say how the check ended:\n%s", page)
	}
	for _, c := range []workflow.CheckResult{{Exit: 1 << 20}, {Command: strings.Repeat("x", 2000)}, {Output: strings.Repeat("x", MaxDocument+1)}} {
		_, err := b.Check(b.ctx, p.ID, c)
		if code := workflow.CodeOf(err); code != workflow.Invalid && code != workflow.Limit {
			t.Errorf("%.40v: %v", c, err)
		}
	}
	if len(try(b.Checks(b.ctx, p.ID, "*"))(t)) != 2 || len(try(b.Checks(b.ctx, p.ID, ""))(t)) != 0 {
		t.Error("the checks are not listed")
	}
}

// TestACopiedRefinementThatWaitsIsNamed where it is the last one that is allowed.
func TestACopiedRefinementThatWaitsIsNamed(t *testing.T) {
	b, p := building(t, codeAnswer)
	first := b.built(p, "1")
	for range 2 {
		b.ended(try(b.Refine(b.ctx, first.ID, workflow.Refinement{Notes: "Shorter."}))(t).ID)
	}
	copied := try(b.Refine(b.ctx, first.ID, workflow.Refinement{Notes: "Shorter.", Copy: true}))(t)
	_, err := b.Refine(b.ctx, first.ID, workflow.Refinement{Notes: "Shorter."})
	if workflow.CodeOf(err) != workflow.Limit || !strings.Contains(err.Error(), "waits for its answer") {
		t.Errorf("while a copy waits: %v", err)
	}
	try(b.CancelRun(b.ctx, copied.ID))(t)
	b.ended(try(b.Refine(b.ctx, first.ID, workflow.Refinement{Notes: "Shorter."}))(t).ID)
}

func TestAFourthRefinementNeedsAReason(t *testing.T) {
	b, p := building(t, codeAnswer)
	first := b.built(p, "1")
	refine := func(r workflow.Refinement) error {
		run, err := b.Refine(b.ctx, first.ID, r)
		if err == nil {
			b.ended(run.ID)
		}
		return err
	}
	for range 3 {
		if err := refine(workflow.Refinement{Notes: "Shorter."}); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, refine(workflow.Refinement{Notes: "Shorter."}), workflow.Limit)
	wantCode(t, refine(workflow.Refinement{Notes: "Shorter.", Reason: "again"}), workflow.Invalid)
	if err := refine(workflow.Refinement{Notes: "Shorter.", Reason: "One import is left, and it is known which."}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, refine(workflow.Refinement{Notes: "Shorter."}), workflow.Limit)
	th := try(b.Thread(b.ctx, first.ID))(t)
	if th.Refinements != 4 || th.Overridden == "" || th.Runs[4].Output != "steps/01-refine-4.md" {
		t.Errorf("%+v", th)
	}
	try(b.SetSetting(b.ctx, "refinements", "6"))(t)
	if th := try(b.Thread(b.ctx, first.ID))(t); th.Full || th.Limit != 6 {
		t.Errorf("%+v", th)
	}
	b.reopen() // the index is made anew
	if again := try(b.Thread(b.ctx, th.Runs[3].ID))(t); again.ID != first.ID || again.Refinements != 4 {
		t.Errorf("%+v", again)
	}
}

func TestTimeIsKeptWithTheNextChange(t *testing.T) {
	b, p := building(t, codeAnswer)
	c := newClock()
	b.close()
	b.now = c.now
	b.open()
	for range 5 {
		try(b.Touch(b.ctx, p.ID, "build", "1"))(t)
		c.pass(30 * time.Second)
	}
	worked := func(step string) workflow.EffortRow {
		for _, r := range try(b.Efforts(b.ctx, p.ID))(t) {
			if r.Effort.Phase == "build" && r.Effort.Step == step {
				return r
			}
		}
		return workflow.EffortRow{}
	}
	if r := worked("1"); r.Worked != 120 {
		t.Errorf("%+v", r)
	}
	try(b.CorrectEffort(b.ctx, p.ID, "build", "1", 300))(t)
	b.built(p, "1")
	b.reopen()
	if r := worked("1"); r.Worked != 300 || r.Runs != 1 || r.AnswerTokens == 0 || r.Title != "Keep the stations" {
		t.Errorf("%+v", r)
	}
	if r := worked(""); r.Worked != 300 || r.Runs != 1 || r.Effort.Seconds != 0 {
		t.Errorf("the phase does not hold its steps: %+v", r)
	}
	_, err := b.Touch(b.ctx, p.ID, "build", "77")
	wantCode(t, err, workflow.NotFound)
}

func TestAMidBuildAuditIsNoPass(t *testing.T) {
	b, p := building(t, "NO SECURITY ISSUES FOUND\n")
	_, err := b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "audits/security-01.md", Body: "# Audit\n"})
	wantCode(t, err, workflow.Closed)
	for _, step := range []string{"1", "2"} {
		try(b.MarkStep(b.ctx, p.ID, step, "done", ""))(t)
	}
	due := try(b.Next(b.ctx, p.ID))(t).Due
	if len(due) < 2 || due[0].ID != "review-milestone" || due[1].ID != "mid-build-security" {
		t.Fatalf("%+v", due)
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "audits/security-01.md", Body: "# Audit\n\nNO SECURITY ISSUES FOUND\n"}))(t)
	_, err = b.Pass(b.ctx, p.ID, "security")
	wantCode(t, err, workflow.Closed)
	if due := try(b.Next(b.ctx, p.ID))(t).Due; due[0].ID != "review-milestone" || len(due) > 1 && due[1].Kind == "trigger" {
		t.Errorf("%+v", due)
	}
}

// TestAPassedGateThatNoLongerHoldsIsSaid: passing it was the act of a person, and
// stays; what has come undone since is due.
func TestAPassedGateThatNoLongerHoldsIsSaid(t *testing.T) {
	b, p := building(t, codeAnswer)
	try(b.Reopen(b.ctx, p.ID, "plan", why))(t)
	d := b.doc(p, workflow.PlanPath)
	try(b.Sign(b.ctx, p.ID, "plan", d.Version.Number))(t)
	try(b.Pass(b.ctx, p.ID, "plan"))(t)
	undone := func() []string {
		t.Helper()
		said := []string{}
		for _, due := range try(b.Next(b.ctx, p.ID))(t).Due {
			if due.Kind == "undone" {
				said = append(said, due.Title+"; "+due.Help)
			}
		}
		return said
	}
	if said := undone(); len(said) != 0 {
		t.Fatalf("a gate that was just passed: %q", said)
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: workflow.PlanPath, Body: d.Markdown + "\nMore.\n", Base: d.Version.Number}))(t)
	want := fmt.Sprintf("Plan: v%[1]d is not signed; To do: read v%[1]d and sign it off.", d.Version.Number+1)
	if said := undone(); len(said) != 1 || said[0] != want {
		t.Errorf("due is %q, want %q", said, want)
	}
	g := b.gate(p, "plan")
	if g.Passed == nil || !strings.HasPrefix(g.Sentence, "Passed, and off true by 1 of ") {
		t.Errorf("the gate says %q", g.Sentence)
	}
}

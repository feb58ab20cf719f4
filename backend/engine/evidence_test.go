package engine

import (
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// proven is a project with a spec and boxes for its criteria.
func (b *bench) proven() workflow.Project {
	b.t.Helper()
	p := b.project("Tide table")
	waive := func(phase string) { try(b.Waive(b.ctx, p.ID, phase, "A throw-away project for a test."))(b.t) }
	waive("request")
	b.save(p, "spec.md", specAnswer)
	waive("spec")
	b.save(p, "plan.md", "# Plan\n\n### Milestone 1: All\n- [ ] Step 1: Show the tide\n  - **Covers:** AC-1\n- [ ] Step 2: Say no\n  - **Covers:** AC-2, AC-3\n")
	waive("plan")
	return p
}

func (b *bench) itemOf(p workflow.Project, path, begins string) workflow.Item {
	b.t.Helper()
	for _, it := range b.doc(p, path).Items {
		if strings.HasPrefix(it.Text, begins) {
			return it
		}
	}
	b.t.Fatalf("%s has no box %q", path, begins)
	return workflow.Item{}
}

func (b *bench) prove(p workflow.Project, path, begins string, ev workflow.Evidence) error {
	b.t.Helper()
	it := b.itemOf(p, path, begins)
	_, err := b.Prove(b.ctx, p.ID, workflow.Proof{Path: path, Offset: it.Offset, Version: b.doc(p, path).Version.Number, Evidence: ev})
	return err
}

func TestEvidenceFallsWithWhatItWasJudgedBy(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.proven()
	must(t, b.prove(p, workflow.AcceptancePath, "AC-1", workflow.Evidence{Kind: workflow.EvidenceCommand, Text: "go test ./...", Output: strings.Repeat("ok\n", 9000)}))
	must(t, b.prove(p, workflow.AcceptancePath, "AC-2", workflow.Evidence{Kind: workflow.EvidenceCommit, Ref: "0A1B2C3D", Text: "Exit with 2"}))
	must(t, b.prove(p, workflow.AcceptancePath, "AC-3", workflow.Evidence{Kind: workflow.EvidenceSentence, Text: "Shown on a boat.", Inputs: []workflow.Input{{Path: "spec.md", Part: "Non-goals"}}}))
	first := b.itemOf(p, workflow.AcceptancePath, "AC-1")
	if ev := first.Tick.Evidence; first.State != workflow.ItemDone || ev == nil || len(ev.Output) > maxOutput+8 || len(ev.Inputs) != 1 || ev.Inputs[0].Part != "AC-1" || ev.Inputs[0].Version != 1 {
		t.Errorf("%+v", first)
	}
	states := func(want string) {
		t.Helper()
		got := []string{}
		for _, it := range b.doc(p, workflow.AcceptancePath).Items {
			got = append(got, string(it.State))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("states %v, want %s", got, want)
		}
	}
	b.rewriteDoc(p, "spec.md", strings.Replace(specAnswer, "One binary", "One small binary", 1))
	states("done done done")
	b.rewriteDoc(p, "spec.md", strings.Replace(specAnswer, "exits with code 2", "exits with code 3", 1))
	states("done recheck done")
	if c := conditionOf(b.gate(p, "build"), workflow.CondItems); c.State != workflow.CondUnmet || c.Done != 2 || !strings.Contains(c.Doubt, "1 box is to be checked again") {
		t.Errorf("%+v", c)
	}
	b.rewriteDoc(p, "spec.md", strings.Replace(specAnswer, "A map.", "A chart.", 1))
	states("done done recheck")
	it := b.itemOf(p, workflow.AcceptancePath, "AC-3")
	try(b.Tick(b.ctx, p.ID, workflow.AcceptancePath, it.Offset, b.doc(p, workflow.AcceptancePath).Version.Number, true))(t)
	states("done done done")
}

func TestWhatProvesNothing(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.proven()
	for want, ev := range map[workflow.Code]workflow.Evidence{
		workflow.Conflict: {Kind: workflow.EvidenceCommand, Text: "make", Exit: 2},
		workflow.NotFound: {Kind: workflow.EvidenceFinding, Ref: "F-009"},
	} {
		wantCode(t, b.prove(p, workflow.AcceptancePath, "AC-1", ev), want)
	}
	for _, ev := range []workflow.Evidence{{Kind: "rumour", Text: "It works."}, {Kind: workflow.EvidenceSentence, Text: " "},
		{Kind: workflow.EvidenceCommand}, {Kind: workflow.EvidenceCommit, Ref: "HEAD"}} {
		wantCode(t, b.prove(p, workflow.AcceptancePath, "AC-1", ev), workflow.Invalid)
	}
	wantCode(t, b.prove(p, workflow.AcceptancePath, "AC-1", workflow.Evidence{Kind: workflow.EvidenceSentence, Text: "Seen.",
		Inputs: []workflow.Input{{Path: "spec.md", Part: "AC-99"}}}), workflow.NotFound)
	if it := b.itemOf(p, workflow.AcceptancePath, "AC-1"); it.State != workflow.ItemOpen {
		t.Errorf("%+v", it)
	}
}

func TestAPhaseThatTakesTurnsIsWorkedOnAheadOfItsGate(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.proven()
	ahead := []string{}
	for _, s := range try(b.Overview(b.ctx, p.ID))(t).Phases {
		if s.Ahead {
			ahead = append(ahead, s.ID)
		}
	}
	if strings.Join(ahead, " ") != "review" {
		t.Errorf("worked on ahead are %v, want review", ahead)
	}
	_, err := b.Pass(b.ctx, p.ID, "review")
	wantCode(t, err, workflow.Closed)
}

package engine

import (
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// states are the states of the boxes of a document, by their text.
func (b *bench) states(p workflow.Project, path string) map[string]workflow.ItemState {
	b.t.Helper()
	m := map[string]workflow.ItemState{}
	for _, it := range b.doc(p, path).Items {
		m[it.Text] = it.State
	}
	return m
}

// TestAClaimIsConfirmedByNobodyElse: neither mending the words of a claimed box
// nor restoring an old text is a person's word for it.
func TestAClaimIsConfirmedByNobodyElse(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	try(b.Accept(b.ctx, b.run(p, "request").Run.ID, workflow.AcceptCandidate{All: true}))(t)
	claim := "See the next low water"
	if got := b.states(p, "request.md")[claim]; got != workflow.ItemClaimed {
		t.Fatalf("the model ticked it: %s", got)
	}
	save := func(base int, body string) {
		t.Helper()
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: base, Body: body}))(t)
	}
	save(1, strings.Replace(requestAnswer, claim, claim+" as well", 1))
	if got := b.states(p, "request.md")[claim+" as well"]; got != workflow.ItemClaimed {
		t.Errorf("mended: %s", got)
	}
	save(2, strings.Replace(requestAnswer, "- [x] "+claim, "- [ ] "+claim, 1))
	if got := b.states(p, "request.md")[claim]; got != workflow.ItemOpen {
		t.Errorf("cleared: %s", got)
	}
	try(b.Restore(b.ctx, p.ID, "request.md", 1))(t)
	if got := b.states(p, "request.md")[claim]; got != workflow.ItemClaimed {
		t.Errorf("restored: %s", got)
	}
	body := b.doc(p, "request.md").Markdown
	body = strings.Replace(body, "- [ ] The audience", "- [x] The audience", 1)
	save(4, strings.Replace(body, "- [x] "+claim, "- [x] Something else", 1))
	states := b.states(p, "request.md")
	if states["The audience is named."] != workflow.ItemDone || states["Something else"] != workflow.ItemClaimed {
		t.Errorf("a box that was open and is marked now is the person's word, another in the place of a claim is not: %v", states)
	}
}

// TestTicksOutliveANewAnswer: what a person said of a box holds for the same box
// of the next answer, which knows nothing of it and leaves the box open.
func TestTicksOutliveANewAnswer(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	try(b.Accept(b.ctx, b.run(p, "request").Run.ID, workflow.AcceptCandidate{All: true}))(t)
	items := b.doc(p, "request.md").Items
	low, open := items[2], items[0]
	try(b.Tick(b.ctx, p.ID, "request.md", low.Offset, 1, true))(t)
	try(b.WaiveItem(b.ctx, p.ID, "request.md", items[1].Offset, 1, "One station is enough for now."))(t)
	try(b.Tick(b.ctx, p.ID, "request.md", open.Offset, 1, true))(t)
	try(b.Accept(b.ctx, b.run(p, "request").Run.ID, workflow.AcceptCandidate{All: true, Base: 2}))(t)
	states := b.states(p, "request.md")
	if states[low.Text] != workflow.ItemDone || states[items[1].Text] != workflow.ItemWaived || states[open.Text] != workflow.ItemDone {
		t.Errorf("%v", states)
	}
	if body := b.doc(p, "request.md").Markdown; !strings.Contains(body, "- [x] "+open.Text) {
		t.Errorf("the box is not marked again:\n%s", body)
	}
	edited := strings.Replace(requestAnswer, "- [x] "+low.Text, "- [ ] "+low.Text, 1)
	try(b.Accept(b.ctx, b.run(p, "request").Run.ID, workflow.AcceptCandidate{Body: edited, Base: 3}))(t)
	if states := b.states(p, "request.md"); states[low.Text] != workflow.ItemOpen || states[open.Text] != workflow.ItemDone {
		t.Errorf("what a person unmarks in an answer stays so: %v", states)
	}
}

func TestReasonsAreSentences(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	_, err := b.Waive(b.ctx, p.ID, "request", "it"+strings.Repeat(" ", 30)+"is")
	wantCode(t, err, workflow.Invalid)
	_, err = b.Waive(b.ctx, p.ID, "request", strings.Repeat("because ", 1000))
	wantCode(t, err, workflow.Limit)
	_, err = b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Body: "# One", Message: strings.Repeat("m", 2000)})
	wantCode(t, err, workflow.Limit)
}

// TestNoSignatureWhileARunWrites: what it writes could not be accepted any more.
func TestNoSignatureWhileARunWrites(t *testing.T) {
	answer, gate := gated(specAnswer)
	b := newBench(t, answer)
	p := b.project("Tide table")
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Body: requestAnswer}))(t)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Body: specAnswer}))(t)
	r := try(b.StartRun(b.ctx, p.ID, "spec", ""))(t)
	_, err := b.Sign(b.ctx, p.ID, "spec", 1)
	wantCode(t, err, workflow.Conflict)
	close(gate)
	b.ended(r.ID)
	try(b.Sign(b.ctx, p.ID, "spec", 1))(t)
}

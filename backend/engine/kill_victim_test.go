package engine

import (
	"math/rand/v2"

	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

// victim acts and prints until it is killed. Every act prints its try and its
// acknowledgement.
type victim struct {
	*bench
	p         workflow.Project
	streaming string // id of the run that a model is writing
}

func (v *victim) save(mark string) {
	d := v.doc(v.p, "request.md")
	version := try(v.Save(v.ctx, v.p.ID, workflow.SaveDocument{Path: "request.md", Base: d.Version.Number, Body: "# " + mark + "\n\n- [ ] a box\n"}))(v.t)
	note{Kind: "version", ID: version.Path, Count: version.Number, Value: version.Hash}.print()
}

func (v *victim) tick(string) {
	d := v.doc(v.p, "checklists/preflight.md")
	item := d.Items[rand.IntN(len(d.Items))]
	version := try(v.Tick(v.ctx, v.p.ID, "checklists/preflight.md", item.Offset, d.Version.Number, item.State != workflow.ItemDone))(v.t)
	note{Kind: "version", ID: version.Path, Count: version.Number, Value: version.Hash}.print()
}

// latest prints an act whose last value counts.
func (v *victim) latest(kind, value string, act func() error) {
	note{Try: true, Kind: kind, Value: value}.print()
	if err := act(); err != nil {
		v.t.Fatal(err)
	}
	note{Kind: kind, Value: value}.print()
}

func (v *victim) draft(mark string) {
	v.latest("draft", mark, func() error {
		return v.SaveDraft(v.ctx, workflow.Draft{ProjectID: v.p.ID, Path: "plan.md", Body: mark})
	})
}

func (v *victim) variable(mark string) {
	v.latest("variable", mark, func() error {
		return v.SetVariables(v.ctx, v.p.ID, "request", map[string]string{"wishes": mark})
	})
}

func (v *victim) setting(mark string) {
	v.latest("setting", mark, func() error {
		_, err := v.SetSetting(v.ctx, "authorName", mark)
		return err
	})
}

func (v *victim) gate(string) {
	try(v.Reopen(v.ctx, v.p.ID, "request", why))(v.t)
	try(v.Waive(v.ctx, v.p.ID, "request", why))(v.t)
	note{Kind: "records", Count: len(try(v.GateRecords(v.ctx, v.p.ID))(v.t))}.print()
}

// paste makes a candidate by copy and paste, and takes or discards it.
func (v *victim) paste(string) {
	r := try(v.CopyRun(v.ctx, v.p.ID, "request"))(v.t)
	note{Kind: "run", ID: r.ID, Value: string(workflow.RunWaiting)}.print()
	note{Try: true, Kind: "run", ID: r.ID}.print()
	try(v.PasteAnswer(v.ctx, r.ID, workflow.PastedAnswer{Text: requestAnswer}))(v.t)
	note{Kind: "run", ID: r.ID, Value: string(workflow.RunSucceeded)}.print()
	if rand.IntN(2) == 0 {
		c := try(v.Discard(v.ctx, r.ID))(v.t)
		note{Kind: "candidate", ID: r.ID, Value: string(c.State)}.print()
		return
	}
	base := v.doc(v.p, "request.md").Version.Number
	version := try(v.Accept(v.ctx, r.ID, workflow.AcceptCandidate{All: true, Base: base}))(v.t)
	note{Kind: "candidate", ID: r.ID, Value: string(workflow.CandidateAccepted)}.print()
	note{Kind: "version", ID: version.Path, Count: version.Number, Value: version.Hash}.print()
}

// stream lets a model write, unless it does.
func (v *victim) stream(string) {
	if v.streaming != "" {
		return
	}
	r := try(v.StartRun(v.ctx, v.p.ID, "spec", llmtest.ScriptedModel))(v.t)
	v.streaming = r.ID
	note{Kind: "run", ID: r.ID, Value: string(workflow.RunRunning)}.print()
}

// upkeep does what the caretaker does, and what people ask for now and then.
func (v *victim) upkeep(string) {
	acts := []string{"drain", "merge", "compact", "backup", "import"}
	v.act(acts[rand.IntN(len(acts))])
}

func (v *victim) stop() {
	note{Try: true, Kind: "run", ID: v.streaming}.print()
	r := try(v.CancelRun(v.ctx, v.streaming))(v.t)
	note{Kind: "run", ID: r.ID, Value: string(r.State)}.print()
	v.streaming = ""
}

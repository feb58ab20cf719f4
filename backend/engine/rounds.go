package engine

import (
	"context"
	"fmt"

	"plumbline/backend/workflow"
)

// Round says where the rounds of a phase, or of the loop that it is in, stand.
func (e *Engine) Round(_ context.Context, projectID, phase string) (s workflow.RoundStatus, err error) {
	pic, p, err := e.lookAt(projectID, phase)
	if err == nil {
		s = e.round(pic, p)
	}
	return s, err
}

// round judges the rounds of a phase.
func (e *Engine) round(pic picture, p workflow.Phase) workflow.RoundStatus {
	f := workflow.RoundFacts{Workflow: pic.named, Phase: p.ID, Records: pic.acts}
	for _, id := range pic.workflow.RoundPhases(p.ID) {
		f.Written = f.Written || pic.roundWritten(id)
		run, active := pic.active[id]
		f.Busy = f.Busy || active && run.State != workflow.RunWaiting || pic.openCandidate(id) != ""
	}
	f.Curve = e.curve(pic, p)
	return workflow.JudgeRound(f)
}

// roundWritten reports whether a phase has written something of its own in this
// round. A checklist as it was laid out says nothing yet.
func (pic picture) roundWritten(id string) bool {
	named, _ := pic.named.Phase(id)
	p, _ := pic.workflow.Phase(id)
	v := pic.heads[p.Output]
	return named.Numbered() && v.Number > 0 && (p.Template == "" || v.Kind != workflow.VersionCreated)
}

// BeginRound begins the next round of a phase, or of the loop that it is in: what
// was signed and passed there is to be signed and passed anew. Past the cap it
// needs a reason.
func (e *Engine) BeginRound(ctx context.Context, projectID, phase, reason string) (workflow.RoundStatus, error) {
	pic, p, err := e.lookAt(projectID, phase)
	if err != nil {
		return workflow.RoundStatus{}, err
	}
	first, _ := pic.workflow.Phase(pic.workflow.RoundPhase(p.ID))
	by := e.person()
	err = e.change(projectID, by, fmt.Sprintf("Begin the next round of %s", first.Title), func(w *write) error {
		pic, err := e.picture(w.tx, projectID)
		if err != nil {
			return err
		}
		why, err := e.mayBeginRound(pic, p, reason)
		if err != nil {
			return err
		}
		return e.beginRound(w, pic, first, why)
	})
	if err != nil {
		return workflow.RoundStatus{}, err
	}
	return e.Round(ctx, projectID, phase)
}

// mayBeginRound returns the reason that is kept, or why no round may begin now.
func (e *Engine) mayBeginRound(pic picture, p workflow.Phase, reason string) (string, error) {
	s := e.round(pic, p)
	numbered := false
	for _, id := range s.Phases {
		in, _ := pic.named.Phase(id)
		numbered = numbered || in.Numbered()
	}
	first, _ := pic.workflow.Phase(s.Phase)
	if err := pic.reached(first); err != nil {
		return "", err
	}
	switch {
	case !numbered:
		return "", workflow.Errorf(workflow.Invalid, "%s does not go round: it has one document.", p.Title).
			WithHint("Run its prompt again. The answer becomes the next version.")
	case !s.Ready:
		return "", workflow.Errorf(workflow.Conflict, "The next round of %s cannot begin yet. %s", first.Title, s.Why).
			WithHint("Finish this round first: run its prompt, and accept or discard the answer.")
	case reason != "":
		return checkReason(reason)
	case s.Over:
		return "", workflow.Errorf(workflow.Limit, "%s has had %s, and %d are advised.", first.Title, workflow.Plural(s.Number, "round", "rounds"), s.Cap).
			WithHint("Go on with a reason of at least %d characters, or make the specification tighter.", workflow.MinReason)
	}
	return "", nil
}

// beginRound keeps that a round begins, and lays out its checklists.
func (e *Engine) beginRound(w *write, pic picture, first workflow.Phase, reason string) error {
	if err := e.keep(w, pic, workflow.GateRecord{Phase: first.ID, Action: workflow.ActRound, Reason: reason}); err != nil {
		return err
	}
	records, err := w.tx.GateRecords(w.project)
	if err != nil {
		return err
	}
	wf := pic.named.AtRound(records)
	for _, id := range wf.RoundPhases(first.ID) {
		p, _ := wf.Phase(id)
		w.touched.phases = append(w.touched.phases, id)
		_, written, err := w.tx.Head(w.project, p.Output)
		if err != nil {
			return err
		}
		if p.Template == "" || written {
			continue
		}
		if err := e.layOut(w, p); err != nil {
			return err
		}
	}
	return nil
}

// layOut makes the first version of a checklist that a phase starts from.
func (e *Engine) layOut(w *write, p workflow.Phase) error {
	body, ok := e.lib().Checklist(p.Template)
	if !ok {
		return workflow.Errorf(workflow.NotFound, "The checklist “%s” of %s is not in the library.", p.Template, p.Title).
			WithHint("Put its file back, or update Plumbline.")
	}
	_, err := e.addVersion(w, edition{path: p.Output, body: body, kind: workflow.VersionCreated,
		author: plumbline(), message: "Lay out the " + p.Title + " checklist"})
	return err
}

func plumbline() workflow.Author {
	return workflow.Author{Kind: workflow.Plumbline, Name: "Plumbline"}
}

// keep adds an act to the records of a project, with who, when and what was there.
func (e *Engine) keep(w *write, pic picture, r workflow.GateRecord) error {
	r.ID, r.ProjectID, r.By, r.At = e.newID(), pic.project.ID, e.person(), w.at
	if r.Waived == nil {
		r.Waived = []string{}
	}
	r.Seen = map[string]int{}
	for path, v := range pic.heads {
		r.Seen[path] = v.Number
	}
	if err := w.tx.AddGateRecord(r); err != nil {
		return err
	}
	return e.pages(w.tx, pic.project)
}

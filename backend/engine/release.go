package engine

import (
	"cmp"
	"context"
	"strings"

	"plumbline/backend/workflow"
)

// Approve approves a version of a phase's output for production; it must be the
// current one.
func (e *Engine) Approve(ctx context.Context, projectID, phase string, number int) (workflow.Gate, error) {
	return e.act(ctx, projectID, phase, workflow.ActApprove, "", func(pic picture, p workflow.Phase, r *workflow.GateRecord) error {
		out := pic.heads[p.Output]
		_, asked := p.Asks(workflow.CondApproval)
		switch {
		case !asked:
			return notAsked(p, "approval")
		case out.Number == 0:
			return workflow.Errorf(workflow.Conflict, "There is nothing to approve: %s is not written yet.", p.Title).
				WithHint("Run its prompt, paste an answer, or write it yourself.")
		case number != out.Number:
			return changedMeanwhile(p.Output, number, out.Number)
		case workflow.ApprovedBy(pic.records, p.ID, out) != nil:
			return workflow.Errorf(workflow.Conflict, "v%d of %s is approved already.", out.Number, p.Title).WithHint("Go on to its gate.")
		}
		if err := pic.idle(p); err != nil {
			return err
		}
		r.Path, r.Hash = p.Output, out.BasisHash
		return pic.inTurn(p)
	})
}

func notAsked(p workflow.Phase, what string) error {
	return workflow.Errorf(workflow.Invalid, "The gate of %s asks for no %s.", p.Title, what).WithHint("Its gate shows what it needs.")
}

// Promote says that the release is in production: its bake time begins.
func (e *Engine) Promote(ctx context.Context, projectID, phase string) (workflow.Gate, error) {
	return e.act(ctx, projectID, phase, workflow.ActPromote, "", func(pic picture, p workflow.Phase, _ *workflow.GateRecord) error {
		b, err := pic.baking(p)
		switch {
		case err != nil:
			return err
		case b.Promoted != nil:
			return workflow.Errorf(workflow.Conflict, "It was promoted on %s already.", moment(b.Promoted.At)).
				WithHint("Watch its figures. If one fails, roll back.")
		}
		return pic.inTurn(p)
	})
}

// baking says how long the output of a phase has been in production; it is an error
// where the gate does not ask.
func (pic picture) baking(p workflow.Phase) (workflow.Bake, error) {
	rule, asked := p.Asks(workflow.CondBake)
	if !asked {
		return workflow.Bake{}, notAsked(p, "time in production")
	}
	return workflow.Baking(pic.records, p.ID, rule.Hours), nil
}

// Healthy marks the figures of what is in production as healthy; note may say which
// they were. Only what is said when the bake time has passed meets the gate.
func (e *Engine) Healthy(ctx context.Context, projectID, phase, note string) (workflow.Gate, error) {
	note = strings.TrimSpace(strings.ToValidUTF8(note, ""))
	if err := checkText("The note", note, workflow.MaxReason, "Say it shorter, and put the details into a document."); err != nil {
		return workflow.Gate{}, err
	}
	return e.act(ctx, projectID, phase, workflow.ActHealthy, note, func(pic picture, p workflow.Phase, _ *workflow.GateRecord) error {
		return pic.promoted(p)
	})
}

// promoted returns an error when nothing of the phase is in production.
func (pic picture) promoted(p workflow.Phase) error {
	b, err := pic.baking(p)
	if err == nil && b.Promoted == nil {
		err = workflow.Errorf(workflow.Conflict, "Nothing of %s is in production.", p.Title).WithHint("Promote it first.")
	}
	return err
}

// Rollback says that a figure has failed and the release was taken back. The clock
// stands still, the gate of the release is open again, and its approval is void.
func (e *Engine) Rollback(ctx context.Context, projectID, phase, reason string) (workflow.Gate, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return workflow.Gate{}, err
	}
	_, p, err := e.lookAt(projectID, phase)
	if err != nil {
		return workflow.Gate{}, err
	}
	err = e.change(projectID, e.person(), actMessage(workflow.ActRollback, p), func(w *write) error {
		pic, err := e.picture(w.tx, projectID)
		if err != nil {
			return err
		}
		if err := pic.promoted(p); err != nil {
			return err
		}
		records := []workflow.GateRecord{{Phase: p.ID, Action: workflow.ActRollback, Reason: reason}}
		for _, again := range pic.takenBack(p) {
			records = append(records, workflow.GateRecord{Phase: again.ID, Action: workflow.ActReopen, Reason: "Rolled back. " + reason})
			w.touch(again.Output)
		}
		w.touch(p.Output)
		for _, r := range records {
			if err := e.keep(w, pic, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return workflow.Gate{}, err
	}
	return e.Gate(ctx, projectID, phase)
}

// takenBack are the phases whose gates a rollback in p opens again: that of the
// release, and its own if it was passed.
func (pic picture) takenBack(p workflow.Phase) []workflow.Phase {
	phases := []workflow.Phase{}
	if release, ok := pic.workflow.Approves(p.ID); ok {
		phases = append(phases, release)
	}
	if workflow.Standing(pic.records, p.ID) != nil {
		phases = append(phases, p)
	}
	return phases
}

// Looked says that a person has looked at the difference between what the audit of
// a phase claims to list and what it lists.
func (e *Engine) Looked(ctx context.Context, projectID, phase string, number int) (workflow.Gate, error) {
	return e.act(ctx, projectID, phase, workflow.ActLooked, "", func(pic picture, p workflow.Phase, r *workflow.GateRecord) error {
		rule, asked := p.Asks(workflow.CondCount)
		if !asked {
			return notAsked(p, "such look")
		}
		path := cmp.Or(rule.Path, p.Output)
		for _, c := range pic.gate(p).Conditions {
			switch {
			case c.Kind != workflow.CondCount:
			case c.Do != workflow.DoLook:
				return workflow.Errorf(workflow.Conflict, "There is no difference to look at in %s.", workflow.Title(path)).WithHint("Its gate shows what it needs.")
			case number != pic.heads[path].Number:
				return changedMeanwhile(path, number, pic.heads[path].Number)
			}
		}
		for _, f := range pic.filings { // the last one counts
			if f.Path == path {
				r.Path, r.Hash = path, f.Hash
			}
		}
		return nil
	})
}

// OpenForChange opens a frozen document for a change request, which is a document of
// the project, and reopens the gate of its phase. The request is on record as the reason.
func (e *Engine) OpenForChange(ctx context.Context, projectID, phase, request string) (workflow.Gate, error) {
	v, err := e.headOf(projectID, request)
	if err != nil {
		return workflow.Gate{}, err
	}
	body, err := e.text(ctx, projectID, request, v.Number)
	if err != nil {
		return workflow.Gate{}, err
	}
	title := requestTitle(body, request)
	return e.act(ctx, projectID, phase, workflow.ActChange, title, func(pic picture, p workflow.Phase, r *workflow.GateRecord) error {
		used, known := pic.changedBy(request)
		switch {
		case !workflow.Frozen(pic.records, p):
			return workflow.Errorf(workflow.Conflict, "%s is not frozen.", p.Title).WithHint("Edit it as it is.")
		case p.Output == request:
			return workflow.Errorf(workflow.Invalid, "%s cannot be the request for its own change.", p.Title).WithHint("Run the prompt “change-request”, and name its answer.")
		case known && used.Hash == v.BasisHash:
			return workflow.Errorf(workflow.Conflict, "%s was opened for this request already, on %s.", pic.titleOf(used.Phase), moment(used.At)).
				WithHint("Write another request, or unfreeze it with a reason.")
		}
		r.Path, r.Hash = request, v.BasisHash
		return nil
	})
}

// titleOf is what people call a phase.
func (pic picture) titleOf(phase string) string {
	p, _ := pic.workflow.Phase(phase)
	return p.Title
}

// changedBy returns the last record of a document that was opened for a request.
func (pic picture) changedBy(request string) (r workflow.GateRecord, ok bool) {
	for _, one := range pic.acts {
		if one.Action == workflow.ActChange && one.Path == request {
			r, ok = one, true
		}
	}
	return r, ok
}

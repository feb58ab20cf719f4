package engine

import (
	"context"
	"fmt"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Gate judges the gate of a phase now.
func (e *Engine) Gate(_ context.Context, projectID, phase string) (workflow.Gate, error) {
	pic, p, err := e.lookAt(projectID, phase)
	if err != nil {
		return workflow.Gate{}, err
	}
	return pic.gate(p), nil
}

// GateRecords lists what was done at the gates of a project, oldest first.
func (e *Engine) GateRecords(_ context.Context, projectID string) (list []workflow.GateRecord, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		if _, err := tx.Project(projectID); err != nil {
			return err
		}
		list, err = tx.GateRecords(projectID)
		return err
	})
	return list, err
}

// Pass passes an open gate.
func (e *Engine) Pass(ctx context.Context, projectID, phase string) (workflow.Gate, error) {
	return e.act(ctx, projectID, phase, workflow.ActPass, "", func(pic picture, p workflow.Phase, r *workflow.GateRecord) error {
		g := pic.gate(p)
		if err := pic.passable(p, g); err != nil {
			return err
		}
		if !g.Open {
			return workflow.Errorf(workflow.Closed, "The gate of %s is closed. %s", p.Title, g.Sentence).
				WithHint("See what is missing with “plumbline gate”, or override it with a reason.")
		}
		return nil
	})
}

// Waive passes a closed gate with a reason; the missing conditions are recorded.
func (e *Engine) Waive(ctx context.Context, projectID, phase, reason string) (workflow.Gate, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return workflow.Gate{}, err
	}
	return e.act(ctx, projectID, phase, workflow.ActWaive, reason, func(pic picture, p workflow.Phase, r *workflow.GateRecord) error {
		g := pic.gate(p)
		if err := pic.passable(p, g); err != nil {
			return err
		}
		if g.Open {
			return workflow.Errorf(workflow.Conflict, "Every condition of %s is met. There is nothing to override.", p.Title).
				WithHint("Pass the gate.")
		}
		for _, c := range g.Conditions {
			if c.State != workflow.CondMet {
				r.Waived = append(r.Waived, c.Missing)
			}
		}
		return nil
	})
}

// passable returns an error when this gate cannot be passed now, met or not.
func (pic picture) passable(p workflow.Phase, g workflow.Gate) error {
	if p.Strip {
		return workflow.Errorf(workflow.Invalid, "%s has no gate of its own.", p.Title).
			WithHint("Tick its boxes. The gate of the phase it belongs to looks at them.")
	}
	if err := pic.inTurn(p); err != nil {
		return err
	}
	if g.Passed != nil {
		return workflow.Errorf(workflow.Conflict, "The gate of %s is passed already.", p.Title).
			WithHint("Go on with the next phase, or reopen it with a reason.")
	}
	return pic.idle(p)
}

// Reopen takes a pass or a waiver back.
func (e *Engine) Reopen(ctx context.Context, projectID, phase, reason string) (workflow.Gate, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return workflow.Gate{}, err
	}
	return e.act(ctx, projectID, phase, workflow.ActReopen, reason, func(pic picture, p workflow.Phase, _ *workflow.GateRecord) error {
		if workflow.Standing(pic.records, p.ID) == nil {
			return workflow.Errorf(workflow.Conflict, "The gate of %s is not passed.", p.Title).WithHint("There is nothing to take back.")
		}
		return nil
	})
}

// Sign signs a version of a phase's output, which must be the current one.
// Where the phase says so, the document is frozen from then on.
func (e *Engine) Sign(ctx context.Context, projectID, phase string, number int) (workflow.Gate, error) {
	return e.act(ctx, projectID, phase, workflow.ActSign, "", func(pic picture, p workflow.Phase, r *workflow.GateRecord) error {
		out := pic.heads[p.Output]
		switch {
		case !hasSignature(p):
			return workflow.Errorf(workflow.Invalid, "%s needs no signature.", p.Title).WithHint("Its gate shows what it needs.")
		case out.Number == 0:
			return workflow.Errorf(workflow.Conflict, "There is nothing to sign: %s is not written yet.", p.Title).
				WithHint("Run its prompt, paste an answer, or write it yourself.")
		case number != out.Number:
			return changedMeanwhile(p.Output, number, out.Number)
		case workflow.SignedBy(pic.records, p.ID, out) != nil:
			return workflow.Errorf(workflow.Conflict, "v%d of %s is signed already.", out.Number, p.Title).
				WithHint("Go on to its gate.")
		}
		if err := pic.idle(p); err != nil { // what is being written could not be accepted any more
			return err
		}
		r.Path, r.Hash = p.Output, out.BasisHash
		return pic.inTurn(p)
	})
}

func hasSignature(p workflow.Phase) bool {
	for _, rule := range p.Gate {
		if rule.Kind == workflow.CondSigned {
			return true
		}
	}
	return false
}

// Unsign withdraws a sign-off before the gate is passed.
func (e *Engine) Unsign(ctx context.Context, projectID, phase string) (workflow.Gate, error) {
	return e.act(ctx, projectID, phase, workflow.ActUnsign, "", func(pic picture, p workflow.Phase, _ *workflow.GateRecord) error {
		switch {
		case workflow.SignedBy(pic.records, p.ID, pic.heads[p.Output]) == nil && !workflow.Frozen(pic.records, p):
			return workflow.Errorf(workflow.Conflict, "%s is not signed.", p.Title).WithHint("There is nothing to withdraw.")
		case workflow.Standing(pic.records, p.ID) != nil:
			return workflow.Errorf(workflow.Conflict, "The gate of %s is passed. A sign-off is withdrawn before that.", p.Title).
				WithHint("Unfreeze or reopen it with a reason.")
		}
		return nil
	})
}

// Unfreeze opens a frozen document again and reopens the gate of its phase.
func (e *Engine) Unfreeze(ctx context.Context, projectID, phase, reason string) (workflow.Gate, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return workflow.Gate{}, err
	}
	return e.act(ctx, projectID, phase, workflow.ActUnfreeze, reason, func(pic picture, p workflow.Phase, _ *workflow.GateRecord) error {
		if !workflow.Frozen(pic.records, p) {
			return workflow.Errorf(workflow.Conflict, "%s is not frozen.", p.Title).WithHint("Edit it as it is.")
		}
		return nil
	})
}

// StillValid says that an output holds although texts it was made from have changed.
func (e *Engine) StillValid(ctx context.Context, projectID, phase, reason string) (workflow.Gate, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return workflow.Gate{}, err
	}
	return e.act(ctx, projectID, phase, workflow.ActStill, reason, func(pic picture, p workflow.Phase, r *workflow.GateRecord) error {
		still, err := pic.stillValid(p.Output)
		r.Path, r.Causes, r.Hash = still.Path, still.Causes, still.Hash
		return err
	})
}

// act records one act at a gate, if allow finds nothing against it.
func (e *Engine) act(ctx context.Context, projectID, phase string, action workflow.GateAction, reason string,
	allow func(picture, workflow.Phase, *workflow.GateRecord) error) (workflow.Gate, error) {
	_, p, err := e.lookAt(projectID, phase)
	if err != nil {
		return workflow.Gate{}, err
	}
	by := e.person()
	err = e.change(projectID, by, actMessage(action, p), func(w *write) error {
		pic, err := e.picture(w.tx, projectID)
		if err != nil {
			return err
		}
		r := workflow.GateRecord{ID: e.newID(), ProjectID: projectID, Phase: p.ID, Action: action, By: by, At: w.at,
			Reason: reason, Waived: []string{}, Seen: map[string]int{}}
		for path, v := range pic.heads {
			r.Seen[path] = v.Number
		}
		if err := allow(pic, p, &r); err != nil {
			return err
		}
		w.touch(p.Output)
		if err := w.tx.AddGateRecord(r); err != nil {
			return err
		}
		if err := e.reachBuild(w, pic, r); err != nil {
			return err
		}
		return e.pages(w.tx, pic.project)
	})
	if err != nil {
		return workflow.Gate{}, err
	}
	return e.Gate(ctx, projectID, phase)
}

func actMessage(action workflow.GateAction, p workflow.Phase) string {
	verb := map[workflow.GateAction]string{
		workflow.ActPass: "Pass the gate of %s", workflow.ActWaive: "Override the gate of %s", workflow.ActReopen: "Reopen the gate of %s",
		workflow.ActSign: "Sign %s", workflow.ActUnsign: "Withdraw the sign-off of %s", workflow.ActUnfreeze: "Unfreeze %s",
		workflow.ActStill: "Keep %s as still valid", workflow.ActApprove: "Approve %s", workflow.ActPromote: "Promote %s",
		workflow.ActHealthy: "Mark the figures of %s as healthy", workflow.ActRollback: "Roll back from %s",
		workflow.ActLooked: "Look at the count of %s", workflow.ActChange: "Open %s for a change request",
	}[action]
	return fmt.Sprintf(verb, p.Title)
}

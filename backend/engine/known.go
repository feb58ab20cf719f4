package engine

import (
	"context"
	"fmt"

	"plumbline/backend/workflow"
)

// curve is what the rounds of a phase have found.
func (e *Engine) curve(pic picture, p workflow.Phase) workflow.LedgerCurve {
	return workflow.Curve(pic.findings, pic.filings, pic.named, p.ID)
}

// unresolved lists the findings that are open, each in a line.
func (pic picture) unresolved() []string {
	list := []string{}
	for _, f := range pic.findings {
		if !f.Open() {
			continue
		}
		line := f.Number + ": " + f.Title
		if f.Severity != "" {
			line = fmt.Sprintf("%s (%s): %s", f.Number, f.Severity, f.Title)
		}
		if f.Location != "" {
			line += " in " + f.Location
		}
		list = append(list, line)
	}
	return list
}

// AddSteps puts findings of the ledger, by their ids or numbers, into the plan as the
// next steps, and schedules them there. A step keeps the words of its finding.
func (e *Engine) AddSteps(_ context.Context, projectID string, refs []string) (v workflow.Version, err error) {
	by := e.person()
	err = e.change(projectID, by, "Make steps of findings", func(w *write) error {
		pic, err := e.picture(w.tx, projectID)
		if err != nil {
			return err
		}
		chosen, err := pic.toPlan(refs)
		if err != nil {
			return err
		}
		current, err := pic.editable(w.tx, workflow.PlanPath, pic.plan.Version)
		if err != nil {
			return err
		}
		body, err := headBody(w.tx, current)
		if err != nil {
			return err
		}
		body, numbers := workflow.InsertSteps(body, pic.plan, chosen)
		v, err = e.replace(w, current, edition{path: workflow.PlanPath, body: body, kind: workflow.VersionSaved, author: by, basisID: current.BasisID,
			message: "Steps for " + workflow.JoinAnd(numbersOf(chosen))})
		if err != nil {
			return err
		}
		return e.scheduleFor(w, pic, chosen, numbers, by)
	})
	return v, err
}

// toPlan returns findings that can become steps.
func (pic picture) toPlan(refs []string) ([]workflow.Finding, error) {
	if _, _, err := pic.stepOf(""); pic.plan.Version == 0 {
		return nil, err
	}
	if len(refs) == 0 {
		return nil, workflow.Errorf(workflow.Invalid, "No finding is named.").WithHint("Name them by their numbers, such as F-003.")
	}
	chosen := []workflow.Finding{}
	for _, ref := range refs {
		i, err := workflow.FindFinding(pic.findings, ref)
		if err != nil {
			return nil, err
		}
		f := pic.findings[i]
		if !f.Open() {
			return nil, workflow.Errorf(workflow.Conflict, "%s is %s already.", f.Number, f.State).WithHint("Reopen it first, or leave it out.")
		}
		chosen = append(chosen, f)
	}
	return chosen, nil
}

func numbersOf(findings []workflow.Finding) []string {
	list := []string{}
	for _, f := range findings {
		list = append(list, f.Number)
	}
	return list
}

// scheduleFor notes in the ledger which step each finding is scheduled for.
func (e *Engine) scheduleFor(w *write, pic picture, chosen []workflow.Finding, numbers []string, by workflow.Author) error {
	all := []workflow.Finding{}
	for i, f := range chosen {
		changed, err := workflow.ActOnFindings(pic.findings, workflow.FindingAct{Verb: workflow.VerbSchedule, IDs: []string{f.ID}, Step: numbers[i],
			Reason: fmt.Sprintf("It is step %s of the plan, which is built next.", numbers[i])}, by, w.at)
		if err != nil {
			return err
		}
		for _, one := range changed {
			if err := w.tx.PutFinding(one); err != nil {
				return err
			}
		}
		all = append(all, changed...)
	}
	return e.tellLedger(w, all, nil)
}

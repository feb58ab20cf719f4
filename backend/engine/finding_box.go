package engine

import (
	"slices"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// settleBox does with a finding what a person does with its box in an audit: ticking
// fixes it, waiving accepts it, and taking the tick back opens it again. What the
// ledger has decided in another way meanwhile stays.
func (e *Engine) settleBox(w *write, v workflow.Version, offset int, tick workflow.Tick) error {
	finding, ok, err := e.findingOfBox(w, v, offset)
	if err != nil || !ok {
		return err
	}
	ticked := "Its box in " + v.Path + " is ticked."
	act := workflow.FindingAct{IDs: []string{finding.ID}, Reason: ticked}
	switch {
	case tick.State == workflow.ItemDone && finding.State != workflow.FindingFixed:
		act.Verb = workflow.VerbFix
	case tick.State == workflow.ItemWaived && finding.Open():
		act.Verb, act.Reason = workflow.VerbAccept, tick.Reason
	case tick.State == workflow.ItemOpen && finding.State == workflow.FindingFixed && finding.Reason == ticked,
		tick.State == workflow.ItemOpen && finding.State == workflow.FindingAccepted:
		act.Verb, act.Reason = workflow.VerbReopen, "Its box in "+v.Path+" is not ticked any more."
	default:
		return nil
	}
	findings, err := w.tx.Findings(w.project)
	if err != nil {
		return err
	}
	changed, err := workflow.ActOnFindings(findings, act, tick.By, tick.At)
	if err != nil {
		return err
	}
	return e.keepFindings(w, changed, nil)
}

// keepFindings writes changed findings, and tells of them.
func (e *Engine) keepFindings(w *write, changed []workflow.Finding, filing *workflow.Filing) error {
	for _, f := range changed {
		if err := w.tx.PutFinding(f); err != nil {
			return err
		}
	}
	return e.tellLedger(w, changed, filing)
}

// findingOfBox returns the finding that the box at an offset of an audit reports, or
// the one that counts for it.
func (e *Engine) findingOfBox(w *write, v workflow.Version, offset int) (f workflow.Finding, ok bool, err error) {
	filings, err := w.tx.Filings(w.project)
	if err != nil {
		return f, false, err
	}
	ids := []string{}
	for _, filing := range filings {
		if filing.Path == v.Path {
			ids = append(ids, filing.ID)
		}
	}
	if len(ids) == 0 {
		return f, false, nil
	}
	body, err := headBody(w.tx, v)
	if err != nil {
		return f, false, err
	}
	reports := markdown.Findings(body).Findings
	at := slices.IndexFunc(reports, func(r workflow.ReportedFinding) bool { return r.Mark == offset })
	if at < 0 {
		return f, false, nil
	}
	findings, err := w.tx.Findings(w.project)
	if err != nil {
		return f, false, err
	}
	f, ok = workflow.ReportedIn(findings, ids, reports[at])
	return f, ok, nil
}

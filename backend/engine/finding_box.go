package engine

import (
	"cmp"
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
	return e.followBox(w, finding, v.Path, tick)
}

// followBox does with one finding what has become of its box in the audit at a path.
func (e *Engine) followBox(w *write, finding workflow.Finding, path string, tick workflow.Tick) error {
	ticked := "Its box in " + path + " is ticked."
	act := workflow.FindingAct{IDs: []string{finding.ID}, Reason: ticked}
	switch {
	case tick.State == workflow.ItemDone && finding.State != workflow.FindingFixed:
		act.Verb = workflow.VerbFix
	case tick.State == workflow.ItemWaived && finding.Open():
		act.Verb, act.Reason = workflow.VerbAccept, tick.Reason
	case tick.State == workflow.ItemOpen && finding.State == workflow.FindingFixed && finding.Reason == ticked,
		tick.State == workflow.ItemOpen && finding.State == workflow.FindingAccepted:
		act.Verb, act.Reason = workflow.VerbReopen, "Its box in "+path+" is not ticked any more."
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
	if err := e.keepFindings(w, changed, nil); err != nil {
		return err
	}
	return e.settleBoxes(w, changed)
}

// settleMarks does with the findings of an audit that a person has edited what its
// marks say now: a box that was marked just now is ticked.
func (e *Engine) settleMarks(w *write, v workflow.Version, body string) error {
	filings, err := w.tx.Filings(w.project)
	if err != nil {
		return err
	}
	ids := filed(filings, v.Path)
	if len(ids) == 0 {
		return nil
	}
	ticks, err := w.tx.Ticks(w.project, v.Path)
	if err != nil {
		return err
	}
	findings, err := w.tx.Findings(w.project)
	if err != nil {
		return err
	}
	items := e.docs.boxes(v.Hash, body)
	for _, r := range markdown.Findings(body).Findings {
		if r.Box < 0 || r.Box >= len(items) {
			continue
		}
		f, ok := workflow.ReportedIn(findings, ids, r)
		tick := ticks[items[r.Box].Key]
		switch {
		case !ok, r.Marked && !(tick.State == workflow.ItemDone && tick.At.Equal(w.at)), !r.Marked && (tick.State != "" || f.State != workflow.FindingFixed):
			continue
		case !r.Marked:
			tick = workflow.Tick{State: workflow.ItemOpen, By: v.Author, At: w.at}
		}
		if err := e.followBox(w, f, v.Path, tick); err != nil {
			return err
		}
	}
	return nil
}

// filed returns the ids of the filings of the audit at a path.
func filed(filings []workflow.Filing, path string) []string {
	ids := []string{}
	for _, filing := range filings {
		if filing.Path == path {
			ids = append(ids, filing.ID)
		}
	}
	return ids
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
	ids := filed(filings, v.Path)
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

// settleBoxes does with the boxes that report findings what a person has done with
// those: a fixed one is evidence for its boxes, an accepted one waives them with its
// reason, and one that is open again takes back what it has done to them.
func (e *Engine) settleBoxes(w *write, changed []workflow.Finding) error {
	filings, err := w.tx.Filings(w.project)
	if err != nil {
		return err
	}
	findings, err := w.tx.Findings(w.project)
	if err != nil {
		return err
	}
	wanted, ids, paths := map[string]workflow.Finding{}, map[string][]string{}, []string{}
	for _, f := range changed {
		wanted[f.ID] = f
	}
	for _, filing := range filings {
		if len(ids[filing.Path]) == 0 {
			paths = append(paths, filing.Path)
		}
		ids[filing.Path] = append(ids[filing.Path], filing.ID)
	}
	for _, path := range paths {
		if !slices.ContainsFunc(findings, func(f workflow.Finding) bool {
			return (wanted[f.ID].ID != "" || wanted[f.DuplicateOf].ID != "") && f.SeenIn(ids[path])
		}) {
			continue
		}
		of := func(r workflow.ReportedFinding) (workflow.Finding, bool) {
			f, ok := workflow.ReportedIn(findings, ids[path], r)
			return f, ok && wanted[f.ID].ID != ""
		}
		if err := e.settleBoxesOf(w, path, of); err != nil {
			return err
		}
	}
	return nil
}

// settleBoxesOf settles the boxes of one audit. of finds the finding of a report, where
// that one is to be settled.
func (e *Engine) settleBoxesOf(w *write, path string, of func(workflow.ReportedFinding) (workflow.Finding, bool)) error {
	v, ok, err := w.tx.Head(w.project, path)
	if err != nil || !ok {
		return err
	}
	body, err := headBody(w.tx, v)
	if err != nil {
		return err
	}
	ticks, err := w.tx.Ticks(w.project, path)
	if err != nil {
		return err
	}
	items, numbers := e.docs.boxes(v.Hash, body), []string{}
	for _, r := range markdown.Findings(body).Findings {
		f, ok := of(r)
		if !ok || r.Box < 0 || r.Box >= len(items) {
			continue
		}
		it := items[r.Box]
		tick, settles := boxOf(f, it, ticks[it.Key])
		if !settles {
			continue
		}
		tick.By, tick.At = e.person(), w.at
		if ticks[it.Key] = tick; tick.State == workflow.ItemOpen {
			delete(ticks, it.Key)
		}
		if tick.State != workflow.ItemWaived { // a mark is one byte: it moves no other
			if body, err = markdown.SetMark(body, it.Offset, tick.State == workflow.ItemDone); err != nil {
				return err
			}
		}
		numbers = append(numbers, f.Number)
	}
	if len(numbers) == 0 {
		return nil
	}
	w.touch(path)
	if err := w.tx.PutTicks(w.project, path, ticks); err != nil || workflow.Hash(body) == v.Hash {
		return err
	}
	message := "Settle what reports " + numbers[0]
	if len(numbers) > 1 {
		message = "Settle what reports " + workflow.Plural(len(numbers), "finding", "findings")
	}
	_, err = e.addVersion(w, edition{path: path, body: body, message: message, kind: workflow.VersionTicked, author: e.person(), basisID: v.BasisID})
	return err
}

// boxOf is the word for a box that follows from its finding. There is none where a
// person has said something else about the box already.
func boxOf(f workflow.Finding, it workflow.Item, was workflow.Tick) (tick workflow.Tick, settles bool) {
	done := it.Marked && was.State == workflow.ItemDone
	switch {
	case f.State == workflow.FindingFixed:
		return workflow.Tick{State: workflow.ItemDone, Evidence: &workflow.Evidence{Kind: workflow.EvidenceFinding, Text: f.Number + ": " + f.Title, Ref: f.ID,
			Inputs: []workflow.Input{}}}, !done
	case f.State == workflow.FindingAccepted && was.State != workflow.ItemWaived:
		return workflow.Tick{State: workflow.ItemWaived, Reason: cmp.Or(f.Reason, f.Number+" is accepted.")}, !done
	case f.Open() && (it.Marked || was.State == workflow.ItemWaived):
		return workflow.Tick{State: workflow.ItemOpen}, was.State != ""
	}
	return tick, false
}

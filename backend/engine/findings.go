package engine

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Findings lists those findings of a project that a query wants, the worst first.
func (e *Engine) Findings(_ context.Context, projectID string, q workflow.FindingQuery) (workflow.FindingList, error) {
	list := workflow.FindingList{Findings: []workflow.Finding{}}
	findings, _, err := e.ledger(projectID)
	if err != nil {
		return list, err
	}
	list.Findings, list.Total = q.Select(findings)
	list.Summary = workflow.Summarise(findings)
	return list, nil
}

// ledger reads the findings of a project and their audits.
func (e *Engine) ledger(projectID string) (findings []workflow.Finding, filings []workflow.Filing, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		if _, err := tx.Project(projectID); err != nil {
			return err
		}
		findings, filings, err = ledgerOf(tx, projectID)
		return err
	})
	return findings, filings, err
}

// Finding returns a finding, by its id or its number, with those that it has to do with.
func (e *Engine) Finding(_ context.Context, projectID, ref string) (workflow.FindingDetail, error) {
	d := workflow.FindingDetail{Duplicates: []workflow.Finding{}, Other: workflow.Finding{Sightings: []workflow.Sighting{}}}
	findings, _, err := e.ledger(projectID)
	if err != nil {
		return d, err
	}
	i, err := workflow.FindFinding(findings, ref)
	if err != nil {
		return d, err
	}
	d.Finding = findings[i]
	for _, f := range findings {
		switch {
		case f.State == workflow.FindingDuplicate && f.DuplicateOf == d.Finding.ID:
			d.Duplicates = append(d.Duplicates, f)
		case f.ID == d.Finding.DuplicateOf, f.ID == d.Finding.Doubt && d.Finding.DuplicateOf == "":
			d.Other = f
		}
	}
	return d, nil
}

// Ledger returns everything about the findings of a project but the findings. With
// a phase, the curve is that of its rounds.
func (e *Engine) Ledger(_ context.Context, projectID, phase string) (workflow.Ledger, error) {
	l := workflow.Ledger{ProjectID: projectID}
	err := e.store.View(func(tx *store.Tx) error {
		pic, err := e.outline(tx, projectID)
		if err != nil {
			return err
		}
		if phase != "" {
			if _, err := pic.phase(phase); err != nil {
				return err
			}
		}
		findings, filings, err := ledgerOf(tx, projectID)
		if err != nil {
			return err
		}
		l.Summary, l.Categories = workflow.Summarise(findings), workflow.FindingCategories(findings)
		l.Curve = workflow.Curve(findings, filings, pic.workflow, phase)
		l.Filings = workflow.AuditCounts(findings, filings)
		slices.Reverse(l.Filings)
		return nil
	})
	return l, err
}

// ActOnFindings does something with findings: with all that are named, or with none.
// It returns those that have changed.
func (e *Engine) ActOnFindings(_ context.Context, projectID string, act workflow.FindingAct) ([]workflow.Finding, error) {
	return e.changeFindings(projectID, func(findings []workflow.Finding, w *write) ([]workflow.Finding, string, error) {
		if act.Verb == workflow.VerbSchedule {
			pic, err := e.picture(w.tx, projectID)
			if err == nil {
				err = workflow.CheckSchedule(act, pic.plan, e.opt.Now())
			}
			if err != nil {
				return nil, "", err
			}
		}
		changed, err := workflow.ActOnFindings(findings, act, e.person(), w.at)
		return changed, actOnMessage(act, findings), err
	})
}

// SplitFinding makes two findings of one, which it returns.
func (e *Engine) SplitFinding(_ context.Context, projectID string, s workflow.FindingSplit) ([]workflow.Finding, error) {
	return e.changeFindings(projectID, func(findings []workflow.Finding, w *write) ([]workflow.Finding, string, error) {
		parts, err := workflow.SplitFinding(findings, s, e.person(), w.at, e.newID())
		if err != nil {
			return nil, "", err
		}
		return parts, fmt.Sprintf("Split %s off %s", parts[1].Number, parts[0].Number), nil
	})
}

// changeFindings makes one acknowledged change of the ledger. fn says what it is.
func (e *Engine) changeFindings(projectID string, fn func([]workflow.Finding, *write) ([]workflow.Finding, string, error)) (changed []workflow.Finding, err error) {
	by := e.person()
	err = e.change(projectID, by, "Change findings", func(w *write) error {
		findings, err := w.tx.Findings(projectID)
		if err != nil {
			return err
		}
		message := ""
		if changed, message, err = fn(findings, w); err != nil {
			return err
		}
		if err := w.tx.Describe(projectID, by, w.at, message); err != nil {
			return err
		}
		if err := e.keepFindings(w, changed, nil); err != nil {
			return err
		}
		return e.settleBoxes(w, changed)
	})
	if changed == nil || err != nil {
		changed = []workflow.Finding{}
	}
	return changed, err
}

// actOnMessage describes the commit of an act.
func actOnMessage(act workflow.FindingAct, findings []workflow.Finding) string {
	verb := map[workflow.FindingVerb]string{
		workflow.VerbFix: "Mark %s as fixed", workflow.VerbAccept: "Accept %s", workflow.VerbSchedule: "Schedule %s",
		workflow.VerbReopen: "Reopen %s", workflow.VerbJudge: "Judge %s", workflow.VerbMerge: "Merge %s", workflow.VerbDistinct: "Tell %s apart",
	}[act.Verb]
	what := workflow.Plural(len(act.IDs), "finding", "findings")
	if len(act.IDs) == 1 {
		if i, err := workflow.FindFinding(findings, act.IDs[0]); err == nil {
			what = findings[i].Number
		}
	}
	return fmt.Sprintf(cmp.Or(verb, "Change %s"), what)
}

// ExportFindings writes the findings that a query wants in a format for other programs or people.
func (e *Engine) ExportFindings(ctx context.Context, projectID string, format workflow.FindingFormat, q workflow.FindingQuery) (workflow.FindingExport, error) {
	p, err := e.project(projectID)
	if err != nil {
		return workflow.FindingExport{}, err
	}
	findings, _, err := e.ledger(projectID)
	if err != nil {
		return workflow.FindingExport{}, err
	}
	l, err := e.Ledger(ctx, projectID, q.Phase)
	if err != nil {
		return workflow.FindingExport{}, err
	}
	list, _ := q.Select(findings)
	return workflow.ExportFindings(format, workflow.LedgerReport{Project: p, Ledger: l, Findings: list, Version: e.opt.Version})
}

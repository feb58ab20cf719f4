package engine

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// ledgerOf reads the findings of a project and the audits they come from. Neither
// may be changed.
func ledgerOf(tx *store.Tx, projectID string) ([]workflow.Finding, []workflow.Filing, error) {
	findings, err := tx.Findings(projectID)
	if err != nil {
		return nil, nil, err
	}
	filings, err := tx.Filings(projectID)
	return findings, filings, err
}

// FileFindings takes the current text of a document into the ledger, whatever it
// is. Doing so again changes nothing.
func (e *Engine) FileFindings(_ context.Context, projectID, path string) (workflow.FiledAudit, error) {
	var filed workflow.Filing
	err := e.change(projectID, e.person(), "File the findings of "+workflow.Title(path), func(w *write) error {
		v, err := head(w.tx, projectID, path)
		if err != nil {
			return err
		}
		body, err := headBody(w.tx, v)
		if err != nil {
			return err
		}
		a, err := e.auditAt(w.tx, v)
		if err != nil {
			return err
		}
		filed, err = e.file(w, a, v, body)
		w.idle = len(w.events) == 0
		return err
	})
	if err != nil {
		return workflow.FiledAudit{}, err
	}
	return e.filedAudit(projectID, filed.ID)
}

// filedAudit returns a filing with its counts.
func (e *Engine) filedAudit(projectID, id string) (workflow.FiledAudit, error) {
	var audits []workflow.FiledAudit
	err := e.store.View(func(tx *store.Tx) error {
		findings, filings, err := ledgerOf(tx, projectID)
		audits = workflow.AuditCounts(findings, filings)
		return err
	})
	if i := slices.IndexFunc(audits, func(a workflow.FiledAudit) bool { return a.Filing.ID == id }); i >= 0 {
		return audits[i], err
	}
	return workflow.FiledAudit{}, err
}

// fileAudit takes a new version of an audit into the ledger. Other documents are passed over.
func (e *Engine) fileAudit(w *write, v workflow.Version, body string) error {
	a, err := e.auditAt(w.tx, v)
	if err != nil || !a.is {
		return err
	}
	_, err = e.file(w, a, v, body)
	return err
}

// audit is what a document is for the ledger.
type audit struct {
	is      bool // its prompt asks for findings, it is a phase's audit, or it was filed before
	filing  workflow.Filing
	before  workflow.Filing // as it is filed already; its id is empty when it is not
	persona string
}

// auditAt says what the document of a version is for the ledger. The audit of a
// phase is one filing in each round, however often it is written; one of a prompt of
// the library is one for each run.
func (e *Engine) auditAt(tx *store.Tx, v workflow.Version) (a audit, err error) {
	var run workflow.Run
	if v.BasisID != "" {
		if run, err = tx.Run(v.BasisID); err != nil && workflow.CodeOf(err) != workflow.NotFound {
			return a, err
		}
	}
	a.filing = workflow.Filing{ProjectID: v.ProjectID, Path: v.Path, RunID: run.ID}
	p, err := tx.Project(v.ProjectID)
	if err != nil {
		return a, err
	}
	wf, _ := e.lib().Workflow(p.WorkflowID)
	records, err := tx.GateRecords(v.ProjectID)
	if err != nil {
		return a, err
	}
	for _, phase := range wf.Phases {
		if round := phase.RoundOf(v.Path); round > 0 || phase.Output == v.Path {
			a.filing.Phase, a.filing.Round = phase.ID, cmp.Or(round, wf.Round(phase.ID, records))
			a.is = phase.Kind == workflow.KindAudit || e.asksForFindings(workflow.Run{PromptID: phase.Prompt})
		}
	}
	a.is = a.is || run.ID != "" && e.asksForFindings(run)
	if err := a.find(tx); err != nil {
		return a, err
	}
	return a, a.look(tx, run, e)
}

// asksForFindings reports whether the answer of a run is to hold findings.
func (e *Engine) asksForFindings(r workflow.Run) bool {
	pr, ok := e.lib().Prompt(r.PromptID)
	return ok && pr.Contract.Reads == workflow.ReadsFindings
}

// find finds the filing of the document, or says which round a new one is of.
func (a *audit) find(tx *store.Tx) error {
	filings, err := tx.Filings(a.filing.ProjectID)
	for _, f := range filings {
		if f.Path != a.filing.Path || f.Phase != a.filing.Phase {
			continue
		}
		a.is = true
		switch {
		case f.Phase != "" && f.Round == a.filing.Round, f.Phase == "" && f.RunID == a.filing.RunID:
			a.before, a.filing.ID, a.filing.Round, a.filing.At = f, f.ID, f.Round, f.At
			if f.RunID == a.filing.RunID {
				a.filing.LookedAt = f.LookedAt
			}
		case f.Phase == "" && a.filing.ID == "":
			a.filing.Round = max(a.filing.Round, f.Round+1)
		}
	}
	a.filing.Round = max(1, a.filing.Round)
	return err
}

// look says when, and through whose eyes, a run began to look.
func (a *audit) look(tx *store.Tx, run workflow.Run, e *Engine) error {
	if run.ID == "" {
		return nil
	}
	if run.Persona != "" {
		a.persona = e.personaTitle(run.Persona)
	}
	for run.ParentID != "" {
		parent, err := tx.Run(run.ParentID)
		if workflow.CodeOf(err) == workflow.NotFound {
			break
		}
		if err != nil {
			return err
		}
		run = parent
	}
	if a.filing.LookedAt.IsZero() {
		a.filing.LookedAt = run.CreatedAt
	}
	return nil
}

// file reads a text and takes what it reports into the ledger.
func (e *Engine) file(w *write, a audit, v workflow.Version, body string) (workflow.Filing, error) {
	f := a.filing
	f.Version, f.Hash = v.Number, v.BasisHash
	if f.ID == "" {
		f.ID, f.At = e.newID(), w.at
	}
	if f.LookedAt.IsZero() {
		f.LookedAt = w.at
	}
	findings, err := w.tx.Findings(w.project)
	if err != nil {
		return f, err
	}
	out := workflow.FileAudit(findings, f, markdown.Findings(body), a.persona, v.Author, e.newID)
	if len(out.Changed) == 0 && reflect.DeepEqual(out.Filing, a.before) {
		return out.Filing, nil
	}
	w.touched.phases = append(w.touched.phases, f.Phase)
	if err := w.tx.PutFiling(out.Filing); err != nil {
		return f, err
	}
	return out.Filing, e.keepFindings(w, out.Changed, &out.Filing)
}

// maxNewsIDs is how many findings an event names.
const maxNewsIDs = 50

// tellLedger tells which findings have changed.
func (e *Engine) tellLedger(w *write, changed []workflow.Finding, filing *workflow.Filing) error {
	findings, err := w.tx.Findings(w.project)
	if err != nil {
		return err
	}
	news := workflow.LedgerNews{IDs: []string{}, Summary: workflow.Summarise(findings), Filing: filing}
	for _, f := range changed {
		if len(changed) <= maxNewsIDs {
			news.IDs = append(news.IDs, f.ID)
		}
		for _, s := range f.Sightings {
			if s.Phase != "" && !slices.Contains(w.touched.phases, s.Phase) {
				w.touched.phases = append(w.touched.phases, s.Phase)
			}
		}
	}
	w.tell(workflow.Event{ProjectID: w.project, Ledger: &news})
	return nil
}

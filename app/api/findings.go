package api

import (
	"context"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// Findings are the defects that audits of a project have reported. Lists, splits, and
// what is done with many of them at once, go over /data.
type Findings struct{ core *core }

// Accept leaves a finding as it is. A P0, a P1 and one without a severity need a reason.
func (f *Findings) Accept(projectID, ref, reason string) (workflow.Finding, error) {
	return f.act(projectID, ref, workflow.FindingAct{Verb: workflow.VerbAccept, Reason: reason})
}

// Schedule puts a finding off to a step of the plan, or to a day.
func (f *Findings) Schedule(projectID, ref, step, date, reason string) (workflow.Finding, error) {
	return f.act(projectID, ref, workflow.FindingAct{Verb: workflow.VerbSchedule, Step: step, Date: date, Reason: reason})
}

// Fix says that a finding is fixed: by a commit, or as the reason says.
func (f *Findings) Fix(projectID, ref, commit, reason string) (workflow.Finding, error) {
	return f.act(projectID, ref, workflow.FindingAct{Verb: workflow.VerbFix, Commit: commit, Reason: reason})
}

// Reopen makes a finding that is settled, or a duplicate, an open one again.
func (f *Findings) Reopen(projectID, ref, reason string) (workflow.Finding, error) {
	return f.act(projectID, ref, workflow.FindingAct{Verb: workflow.VerbReopen, Reason: reason})
}

// Judge says how severe a finding is.
func (f *Findings) Judge(projectID, ref, severity, reason string) (workflow.Finding, error) {
	return f.act(projectID, ref, workflow.FindingAct{Verb: workflow.VerbJudge, Severity: workflow.Severity(severity), Reason: reason})
}

// Merge makes a finding a duplicate of another one, which counts in its place.
func (f *Findings) Merge(projectID, ref, into, reason string) (workflow.Finding, error) {
	return f.act(projectID, ref, workflow.FindingAct{Verb: workflow.VerbMerge, Into: into, Reason: reason})
}

// Distinct says that a finding is not the same as the one in doubt.
func (f *Findings) Distinct(projectID, ref string) (workflow.Finding, error) {
	return f.act(projectID, ref, workflow.FindingAct{Verb: workflow.VerbDistinct})
}

// File takes the current text of a document into the ledger.
func (f *Findings) File(projectID, path string) (workflow.FiledAudit, error) {
	return call(f.core, func(ctx context.Context, e *engine.Engine) (workflow.FiledAudit, error) {
		return e.FileFindings(ctx, projectID, path)
	})
}

// act does something with one finding and returns it.
func (f *Findings) act(projectID, ref string, act workflow.FindingAct) (workflow.Finding, error) {
	act.IDs = []string{ref}
	return call(f.core, func(ctx context.Context, e *engine.Engine) (workflow.Finding, error) {
		if _, err := e.ActOnFindings(ctx, projectID, act); err != nil {
			return workflow.Finding{}, err
		}
		d, err := e.Finding(ctx, projectID, ref)
		return d.Finding, err
	})
}

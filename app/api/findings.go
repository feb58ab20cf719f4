package api

import (
	"context"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// Findings are the defects that audits of a project have reported. Lists, and what is
// done with them, go over /data.
type Findings struct{ core *core }

// File takes the current text of a document into the ledger.
func (f *Findings) File(projectID, path string) (workflow.FiledAudit, error) {
	return call(f.core, func(ctx context.Context, e *engine.Engine) (workflow.FiledAudit, error) {
		return e.FileFindings(ctx, projectID, path)
	})
}

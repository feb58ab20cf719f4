package api

import (
	"context"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// Data is everything together: whether it is sound, and copies of it.
type Data struct{ core *core }

// Verify looks for damage; deep reads every object of every history. /data/verify
// tells of its progress besides.
func (d *Data) Verify(deep bool) ([]workflow.Check, error) {
	return call(d.core, func(ctx context.Context, e *engine.Engine) ([]workflow.Check, error) {
		return e.Verify(ctx, deep, func(workflow.VerifyProgress) {})
	})
}

// Backup writes everything into one file; an empty path means one in the data folder.
func (d *Data) Backup(path string) (workflow.Backup, error) {
	return call(d.core, func(ctx context.Context, e *engine.Engine) (workflow.Backup, error) { return e.Backup(ctx, path) })
}

// Backups lists the backups in the data folder, newest first.
func (d *Data) Backups() ([]workflow.Backup, error) {
	return call(d.core, func(ctx context.Context, e *engine.Engine) ([]workflow.Backup, error) { return e.Backups(ctx) })
}

// Export writes one project into a file.
func (d *Data) Export(projectID, path string) (workflow.Backup, error) {
	return call(d.core, func(ctx context.Context, e *engine.Engine) (workflow.Backup, error) {
		return e.ExportProject(ctx, projectID, path)
	})
}

// Import takes in an exported project; with a name it becomes one of its own.
func (d *Data) Import(path, name string) (workflow.Project, error) {
	return call(d.core, func(ctx context.Context, e *engine.Engine) (workflow.Project, error) {
		return e.ImportProject(ctx, path, name)
	})
}

// Maintain merges the packs of the histories and makes the database smaller.
func (d *Data) Maintain() (bool, error) {
	return call(d.core, func(ctx context.Context, e *engine.Engine) (bool, error) { return true, e.Maintain(ctx) })
}

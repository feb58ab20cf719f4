package engine

import (
	"context"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Draft returns the unsaved typing of a document, if there is any.
func (e *Engine) Draft(_ context.Context, projectID, path string) (d workflow.Draft, ok bool, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		d, ok, err = tx.Draft(projectID, path)
		return err
	})
	return d, ok, err
}

// SaveDraft keeps unsaved typing. It survives a crash; it makes no version.
// Typing that is the current version by now, because it was saved while it was
// on its way here, is no draft any more.
func (e *Engine) SaveDraft(_ context.Context, d workflow.Draft) error {
	if err := checkText("The draft", d.Body, MaxDocument, "Split it, or move long listings elsewhere."); err != nil {
		return err
	}
	if err := workflow.CheckPath(d.Path); err != nil {
		return err
	}
	d.At = e.opt.Now().UTC()
	return e.store.Update(func(tx *store.Tx) error {
		if _, err := tx.Project(d.ProjectID); err != nil {
			return err
		}
		current, _, err := tx.Head(d.ProjectID, d.Path)
		if err != nil {
			return err
		}
		if current.Hash == workflow.Hash(d.Body) {
			return tx.DeleteDraft(d.ProjectID, d.Path)
		}
		return tx.PutDraft(d)
	})
}

// DropDraft forgets unsaved typing.
func (e *Engine) DropDraft(_ context.Context, projectID, path string) error {
	return e.store.Update(func(tx *store.Tx) error { return tx.DeleteDraft(projectID, path) })
}

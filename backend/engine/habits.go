package engine

import (
	"context"
	"slices"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// ownChecklists are those that belong to a person rather than to a project.
func ownChecklists() []string { return []string{"mastery", "action-plan", "takeaways"} }

// ownPath is where a person's copy of a checklist is kept, in the library.
func ownPath(id string) string { return "own/" + id + ".md" }

// OwnChecklists returns the checklists of the person, with what is ticked. One that
// nobody has ticked yet is that of the library.
func (e *Engine) OwnChecklists(context.Context) ([]workflow.OwnChecklist, error) {
	all := []workflow.OwnChecklist{}
	err := e.store.View(func(tx *store.Tx) error {
		for _, id := range ownChecklists() {
			one, ok, err := e.ownChecklist(tx, id)
			if err != nil {
				return err
			}
			if ok {
				all = append(all, one)
			}
		}
		return nil
	})
	return all, err
}

// ownChecklist returns one of them; ok is false when the library does not have it.
func (e *Engine) ownChecklist(tx *store.Tx, id string) (one workflow.OwnChecklist, ok bool, err error) {
	one = workflow.OwnChecklist{ID: id, Title: workflow.Title(id), Items: []workflow.Item{}}
	text, ok := e.lib().Checklist(id)
	v, kept, err := tx.Head(workflow.LibraryID, ownPath(id))
	if err != nil {
		return one, false, err
	}
	ticks := map[string]workflow.Tick{}
	if kept {
		if text, err = headBody(tx, v); err != nil {
			return one, false, err
		}
		if ticks, err = tx.Ticks(workflow.LibraryID, v.Path); err != nil {
			return one, false, err
		}
		one.Version = v.Number
	}
	one.HTML, one.Items = markdown.Show(text, ticks, true)
	for _, item := range one.Items {
		if item.State == workflow.ItemDone || item.State == workflow.ItemWaived {
			one.Done++
		}
	}
	return one, ok || kept, nil
}

// TickOwn ticks a box of one of the person's checklists, or takes the tick back. The
// first tick makes the person's copy.
func (e *Engine) TickOwn(ctx context.Context, id string, offset, version int, done bool) (workflow.OwnChecklist, error) {
	none := workflow.OwnChecklist{Items: []workflow.Item{}}
	if err := e.isOpen(); err != nil {
		return none, err
	}
	text, ok := e.lib().Checklist(id)
	if !ok || !slices.Contains(ownChecklists(), id) {
		return none, workflow.Errorf(workflow.NotFound, "There is no checklist “%s” of yours.", id).WithHint("Go back to the home screen.")
	}
	if version == 0 {
		if err := e.copyOwn(id, text); err != nil {
			return none, err
		}
		version = 1
	}
	if _, err := e.Tick(ctx, workflow.LibraryID, ownPath(id), offset, version, done); err != nil {
		return none, err
	}
	err := e.store.View(func(tx *store.Tx) (err error) {
		none, _, err = e.ownChecklist(tx, id)
		return err
	})
	return none, err
}

// copyOwn makes the person's copy of a checklist, if there is none.
func (e *Engine) copyOwn(id, text string) error {
	message := "Begin the checklist " + workflow.Title(id)
	return e.change(workflow.LibraryID, e.person(), message, func(w *write) error {
		_, kept, err := w.tx.Head(workflow.LibraryID, ownPath(id))
		if w.idle = kept; kept || err != nil {
			return err
		}
		_, err = e.addVersion(w, edition{path: ownPath(id), body: text, message: message, kind: workflow.VersionCreated, author: e.person()})
		return err
	})
}

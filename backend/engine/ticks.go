package engine

import (
	"context"
	"fmt"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Tick sets the mark of the box at a byte offset of an artifact's current
// version, which the caller says is number. It changes exactly one byte and
// makes a version. Ticking a claimed box confirms it: the text stays as it is.
func (e *Engine) Tick(_ context.Context, projectID, path string, offset, number int, done bool) (workflow.Version, error) {
	tick := workflow.Tick{State: workflow.ItemDone}
	verb := "Tick"
	if !done {
		tick.State, verb = workflow.ItemOpen, "Untick"
	}
	return e.mark(projectID, path, offset, number, verb, tick)
}

// WaiveItem waives one box with a reason. The text stays as it is.
func (e *Engine) WaiveItem(_ context.Context, projectID, path string, offset, number int, reason string) (workflow.Version, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return workflow.Version{}, err
	}
	return e.mark(projectID, path, offset, number, "Waive", workflow.Tick{State: workflow.ItemWaived, Reason: reason})
}

// mark changes the state of one box: its mark in the text, where that differs,
// and the word of the person for it.
func (e *Engine) mark(projectID, path string, offset, number int, verb string, tick workflow.Tick) (workflow.Version, error) {
	item, err := e.box(projectID, path, offset, number)
	if err != nil {
		return workflow.Version{}, err
	}
	if verb == "Tick" && item.State == workflow.ItemClaimed {
		verb = "Confirm"
	}
	by, message := e.person(), fmt.Sprintf("%s “%s”", verb, markdown.Plain(item.Text, 60))
	var v workflow.Version
	err = e.change(projectID, by, message, func(w *write) error {
		current, err := head(w.tx, projectID, path)
		if err != nil {
			return err
		}
		if current.Number != number {
			return changedMeanwhile(path, number, current.Number)
		}
		w.touch(path)
		tick.By, tick.At = by, w.at
		if item.State == workflow.ItemDone && tick.State == workflow.ItemDone && tick.Evidence == nil { // the evidence there is says more
			v, w.idle = current, true
			return nil
		}
		changed, err := putTick(w.tx, current, item.Key, tick)
		if err != nil {
			return err
		}
		v = current
		if tick.State != workflow.ItemWaived {
			v, err = e.setMark(w, current, edition{path: path, message: message, kind: workflow.VersionTicked, author: by,
				basisID: current.BasisID}, offset, tick.State == workflow.ItemDone)
			if err != nil {
				return err
			}
		}
		w.idle = !changed && v.Number == number
		if err := e.settleBox(w, current, offset, tick); err != nil || w.idle {
			return err
		}
		v, err = head(w.tx, projectID, path) // the finding may have further boxes in it
		return err
	})
	return v, err
}

// box finds the box at an offset of the current version.
func (e *Engine) box(projectID, path string, offset, number int) (item workflow.Item, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		current, err := head(tx, projectID, path)
		if err != nil {
			return err
		}
		if current.Number != number {
			return changedMeanwhile(path, number, current.Number)
		}
		p, err := e.parsedHead(tx, current)
		if err != nil {
			return err
		}
		items, err := e.reading(tx, projectID).judged(current, p)
		if err != nil {
			return err
		}
		for _, it := range items {
			if it.Offset == offset {
				item = it
				return nil
			}
		}
		return workflow.Errorf(workflow.NotFound, "There is no box at byte %d of %s.", offset, path).WithHint("Load the document again.")
	})
	return item, err
}

func changedMeanwhile(path string, seen, current int) error {
	return workflow.Errorf(workflow.Conflict, "%s has changed meanwhile: v%d is current, you saw v%d.", workflow.Title(path), current, seen).
		WithHint("Look at the current version, then try again.")
}

// putTick keeps the word of a person for a box. It reports whether that is new.
func putTick(tx *store.Tx, v workflow.Version, key string, tick workflow.Tick) (changed bool, err error) {
	ticks, err := tx.Ticks(v.ProjectID, v.Path)
	if err != nil {
		return false, err
	}
	old, ticked := ticks[key]
	same := old.State == tick.State && old.Reason == tick.Reason && old.Evidence == nil && tick.Evidence == nil
	switch {
	case tick.State == workflow.ItemOpen && !ticked, ticked && same:
		return false, nil
	case tick.State == workflow.ItemOpen:
		delete(ticks, key)
	default:
		ticks[key] = tick
	}
	return true, tx.PutTicks(v.ProjectID, v.Path, ticks)
}

// setMark makes a version whose only difference is one mark, unless it is as wanted already.
func (e *Engine) setMark(w *write, current workflow.Version, d edition, offset int, marked bool) (workflow.Version, error) {
	body, err := headBody(w.tx, current)
	if err != nil {
		return current, err
	}
	if d.body, err = markdown.SetMark(body, offset, marked); err != nil || d.body == body {
		return current, err
	}
	return e.addVersion(w, d)
}

// checkReason is workflow.CheckReason.
func checkReason(reason string) (string, error) { return workflow.CheckReason(reason) }

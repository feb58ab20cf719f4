package engine

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

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
	message := fmt.Sprintf("%s “%s”", verb, markdown.Plain(item.Text, 60))
	var v workflow.Version
	err = e.change(projectID, e.person(), message, func(tx *store.Tx, at time.Time) error {
		current, err := head(tx, projectID, path)
		if err != nil {
			return err
		}
		if current.Number != number {
			return changedMeanwhile(path, number, current.Number)
		}
		v = current
		tick.By, tick.At = e.person(), at
		if err := putTick(tx, current, item.Key, tick); err != nil {
			return err
		}
		if tick.State == workflow.ItemWaived {
			return nil
		}
		v, err = e.setMark(tx, current, offset, tick.State == workflow.ItemDone, message, at)
		return err
	})
	if err == nil {
		e.announceArtifact(projectID, path)
	}
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
		items, err := e.judged(tx, current, p)
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

func putTick(tx *store.Tx, v workflow.Version, key string, tick workflow.Tick) error {
	ticks, err := tx.Ticks(v.ProjectID, v.Path)
	if err != nil {
		return err
	}
	if tick.State == workflow.ItemOpen {
		delete(ticks, key)
	} else {
		ticks[key] = tick
	}
	return tx.PutTicks(v.ProjectID, v.Path, ticks)
}

func (e *Engine) setMark(tx *store.Tx, current workflow.Version, offset int, marked bool, message string, at time.Time) (workflow.Version, error) {
	body, err := e.body(tx, current)
	if err != nil {
		return current, err
	}
	changed, err := markdown.SetMark(body, offset, marked)
	if err != nil || changed == body {
		return current, err
	}
	return e.addVersion(tx, draft{projectID: current.ProjectID, path: current.Path, body: changed, message: message,
		kind: workflow.VersionTicked, author: e.person(), basisID: current.BasisID, at: at})
}

// checkReason returns a reason without surrounding space, or says that it is too short.
func checkReason(reason string) (string, error) {
	reason = strings.TrimSpace(strings.ToValidUTF8(reason, ""))
	if n := utf8.RuneCountInString(reason); n < workflow.MinReason {
		return "", workflow.Errorf(workflow.Invalid, "The reason has %d characters. At least %d are needed.", n, workflow.MinReason).
			WithHint("Say why, so that you still understand it in a year.")
	}
	return reason, nil
}

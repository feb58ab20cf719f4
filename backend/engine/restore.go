package engine

import (
	"context"
	"fmt"
	"slices"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Restore makes an old version of an artifact the current one. History is kept:
// restoring adds a version, it never removes one. Nobody's word for a box comes
// back with it: a box that the old text marks and the current one does not is a claim.
func (e *Engine) Restore(ctx context.Context, projectID, path string, number int) (workflow.Restored, error) {
	return e.bringBack(ctx, projectID, path, number, func(old, _ writtenVersion) (edition, error) {
		return edition{body: old.body, message: fmt.Sprintf("Restore %s v%d", workflow.Title(path), number), basisID: old.BasisID}, nil
	})
}

// RestoreSection brings one section of an old version back, found by the line of
// its heading: the heading and what is under it. The rest of the current text
// stays. A section that is gone is put where it belongs by the order of the old text.
func (e *Engine) RestoreSection(ctx context.Context, projectID, path string, number, line int) (workflow.Restored, error) {
	return e.bringBack(ctx, projectID, path, number, func(old, current writtenVersion) (edition, error) {
		merged, title, ok := markdown.TakeSection(current.body, old.body, line)
		if !ok {
			return edition{}, workflow.Errorf(workflow.NotFound, "Line %d of %s v%d is no heading.", line, workflow.Title(path), number).
				WithHint("A section is named by the line of its heading. “plumbline artifact restore” takes its title.")
		}
		if merged == current.body {
			return edition{}, workflow.Errorf(workflow.Conflict, "“%s” is the same in the current version.", title).WithHint("Choose another section, or an older version.")
		}
		message := fmt.Sprintf("Restore “%s” of %s v%d", cutText(title, 60), workflow.Title(path), number)
		return edition{body: merged, message: message, basisID: current.BasisID}, checkBody(merged)
	})
}

// writtenVersion is a version with its text.
type writtenVersion struct {
	workflow.Version
	body string
}

// bringBack makes a version out of an old one. made returns its text, what
// describes it, and the run it rests on.
func (e *Engine) bringBack(ctx context.Context, projectID, path string, number int,
	made func(old, current writtenVersion) (edition, error)) (workflow.Restored, error) {
	restored := workflow.Restored{Stale: []string{}}
	by := e.person()
	d, current, err := e.oldEdition(ctx, projectID, path, number, made)
	if err != nil {
		return restored, err
	}
	err = e.change(projectID, by, d.message, func(w *write) error {
		before, head, err := e.editable(w.tx, projectID, path, current.Number)
		if err != nil {
			return err
		}
		d.path, d.kind, d.author = path, workflow.VersionRestored, by
		if restored.Version, err = e.replace(w, head, d); err != nil {
			return err
		}
		after, err := e.picture(w.tx, projectID)
		restored.Stale = newlyStale(before, after)
		return err
	})
	return restored, err
}

// oldEdition reads an old version and the current one, and makes the text of the next.
func (e *Engine) oldEdition(ctx context.Context, projectID, path string, number int,
	made func(old, current writtenVersion) (edition, error)) (d edition, current workflow.Version, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		if _, err := tx.Project(projectID); err != nil {
			return err
		}
		if current, err = head(tx, projectID, path); err != nil {
			return err
		}
		if _, _, err := e.editable(tx, projectID, path, current.Number); err != nil {
			return err
		}
		old, err := versionOf(tx, projectID, path, number)
		if err != nil {
			return err
		}
		if number == current.Number {
			return workflow.Errorf(workflow.Conflict, "v%d is the current version.", number).WithHint("Choose an older one.")
		}
		body, err := e.body(ctx, tx, old)
		if err != nil {
			return err
		}
		now, err := headBody(tx, current)
		if err != nil {
			return err
		}
		d, err = made(writtenVersion{old, body}, writtenVersion{current, now})
		return err
	})
	return d, current, err
}

// newlyStale returns the titles of the phases that are stale after a change and were not before.
func newlyStale(before, after picture) []string {
	titles := []string{}
	for _, p := range after.workflow.Phases {
		if after.stale(p) && !before.stale(p) && !slices.Contains(titles, p.Title) {
			titles = append(titles, p.Title)
		}
	}
	return titles
}

// Headings lists the headings of a version of an artifact, whose sections
// RestoreSection takes; number 0 means the current one.
func (e *Engine) Headings(ctx context.Context, projectID, path string, number int) ([]workflow.Heading, error) {
	list := []workflow.Heading{}
	v, err := e.headOf(projectID, path)
	if err != nil {
		return list, err
	}
	if number == 0 {
		number = v.Number
	}
	body, err := e.text(ctx, projectID, path, number)
	for _, h := range markdown.Headings(body) {
		list = append(list, workflow.Heading{Title: h.Title, Level: h.Level, Line: h.Line})
	}
	return list, err
}

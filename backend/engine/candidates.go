package engine

import (
	"context"
	"fmt"
	"time"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Review holds a candidate against the current version, by section.
func (e *Engine) Review(_ context.Context, runID string) (workflow.CandidateReview, error) {
	var review workflow.CandidateReview
	var current, answer string
	err := e.store.View(func(tx *store.Tx) (err error) {
		if review.Candidate, err = tx.Candidate(runID); err != nil {
			return err
		}
		if review.Run, err = tx.Run(runID); err != nil {
			return err
		}
		if answer, err = tx.RunText(runID, "answer"); err != nil {
			return err
		}
		review.Current, current, err = e.currentText(tx, review.Candidate)
		return err
	})
	if err != nil {
		return review, err
	}
	review.Moved = review.Current.Number != review.Candidate.Base
	review.Sections = markdown.Compare(current, answer)
	if review.Sections == nil {
		review.Sections = []workflow.SectionChange{}
	}
	for _, s := range review.Sections {
		review.Added += s.Diff.Added
		review.Removed += s.Diff.Removed
	}
	return review, nil
}

func (e *Engine) currentText(tx *store.Tx, c workflow.Candidate) (workflow.Version, string, error) {
	v, ok, err := tx.Head(c.ProjectID, c.Path)
	if err != nil || !ok {
		return workflow.Version{ProjectID: c.ProjectID, Path: c.Path}, "", err
	}
	body, err := e.body(tx, v)
	return v, body, err
}

// Accept makes a candidate, some of its sections, or a text edited from it the
// next version of its artifact.
func (e *Engine) Accept(_ context.Context, runID string, a workflow.AcceptCandidate) (workflow.Version, error) {
	c, r, err := e.openCandidate(runID)
	if err != nil {
		return workflow.Version{}, err
	}
	var v workflow.Version
	by := modelAuthor(r)
	if a.Body != "" || !a.All {
		by = e.person()
	}
	message := acceptMessage(a, r)
	err = e.change(c.ProjectID, by, message, func(tx *store.Tx, at time.Time) error {
		current, err := e.editable(tx, c.ProjectID, c.Path, a.Base)
		if err != nil {
			return err
		}
		body, state, err := e.chosen(tx, c, a)
		if err != nil {
			return err
		}
		if v, err = e.replace(tx, current, draft{projectID: c.ProjectID, path: c.Path, body: body, message: message,
			kind: workflow.VersionAccepted, author: by, runID: runID, basisID: runID, at: at}); err != nil {
			return err
		}
		c.State, c.Version, c.DecidedAt = state, v.Number, at
		return tx.PutCandidate(c)
	})
	if err != nil {
		return v, err
	}
	e.hub.emit(workflow.Event{ProjectID: c.ProjectID, Candidate: &c})
	e.announceArtifact(c.ProjectID, c.Path)
	return v, nil
}

// openCandidate returns a candidate that is still to be decided, with its run.
func (e *Engine) openCandidate(runID string) (c workflow.Candidate, r workflow.Run, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		if c, err = tx.Candidate(runID); err != nil {
			return err
		}
		r, err = tx.Run(runID)
		return err
	})
	if err == nil && c.State != workflow.CandidateOpen {
		err = workflow.Errorf(workflow.Conflict, "This answer was decided already: it is %s.", c.State).
			WithHint("Run the prompt again for a new one.")
	}
	return c, r, err
}

// chosen returns the text that an acceptance makes, and what becomes of the candidate.
func (e *Engine) chosen(tx *store.Tx, c workflow.Candidate, a workflow.AcceptCandidate) (string, workflow.CandidateState, error) {
	if a.Body != "" {
		body, err := checkBody(a.Body)
		return body, workflow.CandidateAccepted, err
	}
	answer, err := tx.RunText(c.RunID, "answer")
	if err != nil {
		return "", "", err
	}
	if a.All {
		return answer, workflow.CandidateAccepted, nil
	}
	_, current, err := e.currentText(tx, c)
	if err != nil {
		return "", "", err
	}
	merged := markdown.Merge(current, answer, a.Sections)
	if merged == current {
		return "", "", workflow.Errorf(workflow.Invalid, "Nothing was chosen to take.").
			WithHint("Choose a section that differs, or discard the answer.")
	}
	return merged, workflow.CandidatePartial, nil
}

func acceptMessage(a workflow.AcceptCandidate, r workflow.Run) string {
	switch {
	case a.Message != "":
		return a.Message
	case a.Body != "":
		return fmt.Sprintf("Accept the answer of %s with edits", modelAuthor(r).Name)
	case a.All:
		return fmt.Sprintf("Accept the answer of %s", modelAuthor(r).Name)
	case len(a.Sections) == 1:
		return fmt.Sprintf("Take 1 section of the answer of %s", modelAuthor(r).Name)
	}
	return fmt.Sprintf("Take %d sections of the answer of %s", len(a.Sections), modelAuthor(r).Name)
}

// Discard closes a candidate without taking anything. The run keeps its answer.
func (e *Engine) Discard(_ context.Context, runID string) (workflow.Candidate, error) {
	c, r, err := e.openCandidate(runID)
	if err != nil {
		return c, err
	}
	err = e.change(c.ProjectID, e.person(), "Discard the answer of "+modelAuthor(r).Name, func(tx *store.Tx, at time.Time) error {
		c.State, c.DecidedAt = workflow.CandidateDiscarded, at
		return tx.PutCandidate(c)
	})
	if err == nil {
		e.hub.emit(workflow.Event{ProjectID: c.ProjectID, Candidate: &c})
	}
	return c, err
}

package engine

import (
	"context"
	"fmt"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Review holds a candidate against the current version, by section.
func (e *Engine) Review(ctx context.Context, runID string) (workflow.CandidateReview, error) {
	var review workflow.CandidateReview
	var current, answer, base string
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
		if review.Current, current, err = currentText(tx, review.Candidate); err != nil {
			return err
		}
		review.Base, base, err = e.baseText(ctx, tx, review.Candidate)
		return err
	})
	if err != nil {
		return review, err
	}
	review.Moved = review.Current.Number != review.Candidate.Base
	review.Sections = markdown.Compare(current, answer)
	if review.Edited = review.Base.Number > 0 && review.Base.BasisHash != review.Current.BasisHash; review.Edited {
		markdown.Since(base, current, answer, review.Sections)
		_, clashes := markdown.MergeThree(base, current, answer)
		review.Merges = len(clashes) == 0
	}
	for _, s := range review.Sections {
		review.Added += s.Diff.Added
		review.Removed += s.Diff.Removed
	}
	return review, nil
}

// baseText reads the version that a candidate was made beside; its number is 0 when
// there was none.
func (e *Engine) baseText(ctx context.Context, tx *store.Tx, c workflow.Candidate) (workflow.Version, string, error) {
	if c.Base == 0 {
		return workflow.Version{ProjectID: c.ProjectID, Path: c.Path}, "", nil
	}
	v, err := tx.Version(c.ProjectID, c.Path, c.Base)
	if err != nil {
		return v, "", err
	}
	body, err := e.body(ctx, tx, v)
	return v, body, err
}

func currentText(tx *store.Tx, c workflow.Candidate) (workflow.Version, string, error) {
	v, ok, err := tx.Head(c.ProjectID, c.Path)
	if err != nil || !ok {
		return workflow.Version{ProjectID: c.ProjectID, Path: c.Path}, "", err
	}
	body, err := headBody(tx, v)
	return v, body, err
}

// Accept makes a candidate, some of its sections, or a text edited from it the
// next version of its artifact.
func (e *Engine) Accept(ctx context.Context, runID string, a workflow.AcceptCandidate) (workflow.Version, error) {
	r, err := e.decidable(runID)
	if err != nil {
		return workflow.Version{}, err
	}
	by := modelAuthor(r)
	if a.Body != "" || !a.All {
		by = e.person()
	}
	message, err := checkMessage(a.Message, acceptMessage(a, r))
	if err != nil {
		return workflow.Version{}, err
	}
	var v workflow.Version
	err = e.change(r.ProjectID, by, message, func(w *write) error {
		c, err := openCandidate(w.tx, runID)
		if err != nil {
			return err
		}
		pic, current, err := e.editable(w.tx, c.ProjectID, c.Path, a.Base)
		if err != nil {
			return err
		}
		body, state, err := e.chosen(ctx, w.tx, c, a)
		if err != nil {
			return err
		}
		unmarked, err := unmarkedBy(w.tx, c, a)
		if err != nil {
			return err
		}
		v, err = e.replace(w, current, edition{path: c.Path, body: body, message: message, kind: workflow.VersionAccepted,
			author: by, runID: runID, basisID: pic.basis(c, r, state), unmarked: unmarked})
		if err != nil {
			return err
		}
		if err := e.fileAudit(w, v, body); err != nil {
			return err
		}
		c.State, c.Version, c.DecidedAt = state, v.Number, w.at
		w.tell(workflow.Event{ProjectID: c.ProjectID, Candidate: &c})
		return w.tx.PutCandidate(c)
	})
	return v, err
}

// basis is the run that an accepted text rests on. When only parts of an answer
// were taken, the rest still stands on the run behind the current version: what
// that one lacks, or what has changed since, is not made good by taking a section.
func (pic picture) basis(c workflow.Candidate, r workflow.Run, state workflow.CandidateState) string {
	before, ok := pic.runs[pic.heads[c.Path].BasisID]
	if state != workflow.CandidatePartial || !ok || !r.Whole() {
		return r.ID
	}
	if p, known := pic.workflow.Phase(c.Phase); !before.Whole() || known && pic.stale(p) {
		return before.ID
	}
	return r.ID
}

// decidable returns the run of a candidate that is still to be decided. The
// decision looks again, because somebody else may be faster.
func (e *Engine) decidable(runID string) (r workflow.Run, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		if _, err := openCandidate(tx, runID); err != nil {
			return err
		}
		r, err = tx.Run(runID)
		return err
	})
	return r, err
}

// openCandidate returns a candidate that is still to be decided.
func openCandidate(tx *store.Tx, runID string) (workflow.Candidate, error) {
	c, err := tx.Candidate(runID)
	if err == nil && c.State != workflow.CandidateOpen {
		err = workflow.Errorf(workflow.Conflict, "This answer was decided already: it is %s.", c.State).
			WithHint("Run the prompt again for a new one.")
	}
	return c, err
}

// chosen returns the text that an acceptance makes, and what becomes of the candidate.
func (e *Engine) chosen(ctx context.Context, tx *store.Tx, c workflow.Candidate, a workflow.AcceptCandidate) (string, workflow.CandidateState, error) {
	if a.Body != "" {
		return a.Body, workflow.CandidateAccepted, checkBody(a.Body)
	}
	answer, err := tx.RunText(c.RunID, "answer")
	if err != nil {
		return "", "", err
	}
	if a.All {
		return answer, workflow.CandidateAccepted, checkBody(answer)
	}
	_, current, err := currentText(tx, c)
	if err != nil {
		return "", "", err
	}
	if a.Merge {
		body, err := e.mergedText(ctx, tx, c, current, answer)
		return body, workflow.CandidateAccepted, err
	}
	merged := markdown.Merge(current, answer, a.Sections)
	switch merged {
	case current:
		return "", "", workflow.Errorf(workflow.Invalid, "Nothing was chosen to take.").
			WithHint("Choose a section that differs, or discard the answer.")
	case answer:
		return merged, workflow.CandidateAccepted, checkBody(merged)
	}
	return merged, workflow.CandidatePartial, checkBody(merged)
}

// mergedText brings into the current text what the answer changes in the one that it
// was made beside.
func (e *Engine) mergedText(ctx context.Context, tx *store.Tx, c workflow.Candidate, current, answer string) (string, error) {
	_, base, err := e.baseText(ctx, tx, c)
	if err != nil {
		return "", err
	}
	merged, clashes := markdown.MergeThree(base, current, answer)
	if len(clashes) > 0 {
		return "", workflow.Errorf(workflow.Conflict, "The answer and your edits have changed the same lines in %s.", workflow.Plural(len(clashes), "place", "places")).
			WithHint("Choose section by section, or edit the answer before you accept it.")
	}
	return merged, checkBody(merged)
}

// unmarkedBy returns the keys of the boxes that the answer marks and a person has
// unmarked in it before accepting it.
func unmarkedBy(tx *store.Tx, c workflow.Candidate, a workflow.AcceptCandidate) ([]string, error) {
	if a.Body == "" {
		return nil, nil
	}
	answer, err := tx.RunText(c.RunID, "answer")
	if err != nil {
		return nil, err
	}
	marked := map[string]bool{}
	for _, it := range markdown.Items(answer) {
		marked[it.Key] = it.Marked
	}
	keys := []string{}
	for _, it := range markdown.Items(a.Body) {
		if !it.Marked && marked[it.Key] {
			keys = append(keys, it.Key)
		}
	}
	return keys, nil
}

func acceptMessage(a workflow.AcceptCandidate, r workflow.Run) string {
	answer := answerOf(r)
	switch {
	case a.Body != "":
		return fmt.Sprintf("Accept %s with edits", answer)
	case a.All:
		return fmt.Sprintf("Accept %s", answer)
	case a.Merge:
		return fmt.Sprintf("Merge %s with the edits since", answer)
	}
	return fmt.Sprintf("Take %s of %s", workflow.Plural(len(a.Sections), "section", "sections"), answer)
}

// answerOf names the answer of a run within a sentence.
func answerOf(r workflow.Run) string {
	if r.Model == "" {
		return "a pasted answer"
	}
	return "the answer of " + r.Model
}

// Discard closes a candidate without taking anything. The run keeps its answer.
func (e *Engine) Discard(_ context.Context, runID string) (c workflow.Candidate, err error) {
	r, err := e.decidable(runID)
	if err != nil {
		return c, err
	}
	err = e.change(r.ProjectID, e.person(), "Discard "+answerOf(r), func(w *write) error {
		if c, err = openCandidate(w.tx, runID); err != nil {
			return err
		}
		c.State, c.DecidedAt = workflow.CandidateDiscarded, w.at
		told := c
		w.tell(workflow.Event{ProjectID: c.ProjectID, Candidate: &told})
		return w.tx.PutCandidate(c)
	})
	return c, err
}

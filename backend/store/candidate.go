package store

import (
	"cmp"
	"slices"

	"plumbline/backend/workflow"
)

// Candidate returns the candidate of a run; NotFound if it made none.
func (tx *Tx) Candidate(runID string) (workflow.Candidate, error) {
	var c workflow.Candidate
	ok, err := tx.get(bucketCandidate, key(runID), &c)
	if err == nil && !ok {
		err = workflow.Errorf(workflow.NotFound, "No answer of the run “%s” waits to be accepted.", runID).
			WithHint("One that broke off is continued first: “plumbline run PROJECT PHASE --continue”.")
	}
	return c, err
}

// Candidates returns the candidates of a project, newest first.
func (tx *Tx) Candidates(projectID string) ([]workflow.Candidate, error) {
	return tx.candidatesOf(bucketCandidateByProject, projectID)
}

// OpenCandidates returns the candidates of a project that are still to be
// decided, newest first. It costs the same however many were decided before.
func (tx *Tx) OpenCandidates(projectID string) ([]workflow.Candidate, error) {
	return tx.candidatesOf(bucketCandidateOpen, projectID)
}

// candidatesOf returns the candidates that an index names, newest first.
func (tx *Tx) candidatesOf(index bucketName, projectID string) ([]workflow.Candidate, error) {
	candidates := []workflow.Candidate{}
	err := tx.scan(index, under(projectID), func(k, _ []byte) error {
		c, err := tx.Candidate(lastPart(k))
		if err == nil {
			candidates = append(candidates, c)
		}
		return err
	})
	slices.SortFunc(candidates, func(a, b workflow.Candidate) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.RunID, a.RunID))
	})
	return candidates, err
}

// PutCandidate writes a candidate.
func (tx *Tx) PutCandidate(c workflow.Candidate) error {
	if err := checkIDs(c.RunID, c.ProjectID); err != nil {
		return err
	}
	var old workflow.Candidate
	if known, err := tx.get(bucketCandidate, key(c.RunID), &old); err != nil {
		return err
	} else if known && old.ProjectID != c.ProjectID {
		return workflow.Errorf(workflow.Internal, "Candidate %s belongs to project %s, not to %s.", c.RunID, old.ProjectID, c.ProjectID)
	}
	c.CreatedAt, c.DecidedAt = c.CreatedAt.UTC(), c.DecidedAt.UTC()
	changed, err := tx.put(bucketCandidate, key(c.RunID), c)
	if err != nil || !changed {
		return err
	}
	if err := tx.mark(bucketCandidateByProject, key(c.ProjectID, c.RunID)); err != nil {
		return err
	}
	if err := tx.indexCandidate(c); err != nil {
		return err
	}
	return tx.project(c.ProjectID, bucketCandidate, c.RunID, c)
}

func (tx *Tx) indexCandidate(c workflow.Candidate) error {
	if c.State == workflow.CandidateOpen {
		return tx.mark(bucketCandidateOpen, key(c.ProjectID, c.RunID))
	}
	return tx.remove(bucketCandidateOpen, key(c.ProjectID, c.RunID))
}

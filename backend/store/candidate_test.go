package store

import (
	"testing"

	"plumbline/backend/workflow"
)

func TestOpenCandidatesAreThoseToBeDecided(t *testing.T) {
	s := open(t)
	put := func(run string, state workflow.CandidateState) {
		update(t, s, func(tx *Tx) error {
			if err := tx.Describe(project, ann, noon, "Decide"); err != nil {
				return err
			}
			return tx.PutCandidate(workflow.Candidate{RunID: run, ProjectID: project, State: state, CreatedAt: noon})
		})
	}
	want := func(runs ...string) {
		t.Helper()
		err := s.View(func(tx *Tx) error {
			open, err := tx.OpenCandidates(project)
			got := []string{}
			for _, c := range open {
				got = append(got, c.RunID)
			}
			same(t, "open candidates", got, err, runs)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	want([]string{}...)
	put("r1", workflow.CandidateOpen)
	put("r2", workflow.CandidateOpen)
	put("r3", workflow.CandidateDiscarded)
	want("r2", "r1")
	put("r2", workflow.CandidateAccepted)
	want("r1")
}

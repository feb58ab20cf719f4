package store

import (
	"testing"

	bolt "go.etcd.io/bbolt"

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

	// A database that was written before the index was.
	if err := s.db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(bucketCandidateOpen)) }); err != nil {
		t.Fatal(err)
	}
	dir := s.dir
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s = again
	defer s.Close()
	want("r1")
}

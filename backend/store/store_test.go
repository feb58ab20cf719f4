package store

import (
	"testing"
	"time"

	"plumbline/backend/workflow"
)

// noon is the time at which tests happen.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

const project = "01JD0PROJECT"

var ann = workflow.Author{Kind: workflow.Person, Name: "Ann"}

// open opens a store in a new folder and closes it after the test.
func open(t testing.TB) *Store {
	t.Helper()
	s, err := Open(t.Context(), t.TempDir(), Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// update changes a store and fails the test if that fails.
func update(t testing.TB, s *Store, fn func(*Tx) error) {
	t.Helper()
	if err := s.Update(fn); err != nil {
		t.Fatalf("%v (%v)", err, workflow.CodeOf(err))
	}
}

// save adds the next version of an artifact.
func save(t testing.TB, s *Store, path, body string) {
	t.Helper()
	update(t, s, func(tx *Tx) error {
		head, _, err := tx.Head(project, path)
		if err != nil {
			return err
		}
		v := workflow.Version{
			ProjectID: project, Path: path, Number: head.Number + 1, Kind: workflow.VersionSaved,
			Author: ann, At: noon, Message: "Save " + path, Hash: workflow.Hash(body), Size: len(body),
		}
		if err := tx.Describe(project, ann, noon, v.Message); err != nil {
			return err
		}
		return tx.AddVersion(v, body)
	})
}

package store

import (
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"plumbline/backend/workflow"
)

// A change of the schema begins with its stored database: before touching the
// code, write a database as it is now with
//
//	go test ./backend/store -run TestStoredDatabaseOfThisSchema -write-stored
//
// and commit testdata/schema-<n>.db.gz. Then raise schemaVersion, write the step,
// and add what it must keep to TestStoredDatabasesAreMigrated.
var writeStored = flag.Bool("write-stored", false, "write a database of this schema to testdata")

func storedPath(version int) string {
	return filepath.Join("testdata", fmt.Sprintf("schema-%d.db.gz", version))
}

// fillStored writes what a stored database holds: every bucket of fill, an
// artifact with several versions, and a candidate of every state.
func fillStored(t testing.TB, s *Store) {
	t.Helper()
	fill(t, s)
	for i := range 5 {
		save(t, s, "request.md", fmt.Sprintf("# Request %d\n", i))
	}
	for _, state := range []workflow.CandidateState{
		workflow.CandidateOpen, workflow.CandidateAccepted, workflow.CandidatePartial, workflow.CandidateDiscarded,
	} {
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.Describe(project, ann, noon, "Decide"), tx.PutCandidate(workflow.Candidate{
				RunID: "01JD0C" + string(state), ProjectID: project, Path: "request.md", State: state, CreatedAt: noon,
			}))
		})
	}
}

func TestStoredDatabaseOfThisSchema(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fillStored(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !*writeStored {
		return
	}
	if err := zip(s.Path(), storedPath(schemaVersion)); err != nil {
		t.Fatal(err)
	}
}

func zip(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	z, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return errors.Join(err, out.Close())
	}
	_, err = io.Copy(z, in)
	return errors.Join(err, z.Close(), out.Close())
}

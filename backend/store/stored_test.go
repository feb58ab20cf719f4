package store

import (
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/disk"
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
	s, err := Open(t.Context(), dir, Options{})
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

// unzip puts a stored database into a new data folder.
func unzip(t testing.TB, version int) (dir string) {
	t.Helper()
	in, err := os.Open(storedPath(version))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	z, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), content, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// dump returns every record of a closed database, by bucket and key.
func dump(t testing.TB, path string) map[string]string {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all := map[string]string{}
	err = db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				all[readable(bucketName(name), k)] = string(v)
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestStoredDatabasesAreMigrated(t *testing.T) {
	for version := 1; version < schemaVersion; version++ {
		dir := unzip(t, version)
		path := filepath.Join(dir, fileName)
		before, whole := dump(t, path), read(t, path)
		s, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if kept := read(t, s.backupPath(version)); kept != whole {
			t.Errorf("the copy of schema %d is not the database as it was", version)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		after := dump(t, path)
		same(t, "the schema", strings.Contains(after["meta/schema"], fmt.Sprintf(`"version":%d`, schemaVersion)), nil, true)
		delete(before, "meta/schema")
		delete(after, "meta/schema")
		same(t, "the records", after, nil, before) // no step so far changes a record that schema 1 had
	}
}

// TestMigrationIndexesOpenCandidates is the step from schema 1 to 2, for a
// database that was written before there was such an index.
func TestMigrationIndexesOpenCandidates(t *testing.T) {
	dir := unzip(t, 1)
	change(t, dir, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(bucketCandidateOpen)) })
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	view(t, s, func(tx *Tx) error {
		open, err := tx.OpenCandidates(project)
		got := []string{}
		for _, c := range open {
			got = append(got, c.RunID)
		}
		same(t, "the open candidates", got, err, []string{aCandidate.RunID, "01JD0Copen"})
		return nil
	})
}

func TestMigrationThatCannotCopyChangesNothing(t *testing.T) {
	dir := unzip(t, 1)
	path := filepath.Join(dir, fileName)
	before := read(t, path)
	for _, d := range []disk.Disk{brokenDisk{create: ".copy"}, brokenDisk{rename: ".bak"}} {
		_, err := Open(t.Context(), dir, Options{Disk: d})
		if workflow.CodeOf(err) != workflow.Unavailable || !strings.Contains(err.Error(), path) {
			t.Errorf("Open: %v, want unavailable with the name of the file", err)
		}
		if read(t, path) != before {
			t.Error("the database was changed without a copy of it")
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 2 {
			t.Errorf("the folder holds %v, %v, want the lock and the database", entries, err)
		}
	}
}

func TestDamagedRecordStopsTheMigration(t *testing.T) {
	dir := unzip(t, 1)
	change(t, dir, func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketCandidate)).Put([]byte("bad"), []byte("bad")) })
	before := dump(t, filepath.Join(dir, fileName))
	_, err := Open(t.Context(), dir, Options{})
	if workflow.CodeOf(err) != workflow.Invalid || !strings.Contains(err.Error(), "candidate/bad") {
		t.Errorf("Open: %v, want an invalid error that names the record", err)
	}
	same(t, "the database", dump(t, filepath.Join(dir, fileName)), nil, before)
}

// brokenDisk fails to create or to rename files whose names end as given.
type brokenDisk struct {
	disk.Real
	create, rename, sync string
}

var errBroken = errors.New("the disk is broken")

func (b brokenDisk) Create(path string) (disk.File, error) {
	if b.create != "" && strings.HasSuffix(path, b.create) {
		return nil, errBroken
	}
	return b.Real.Create(path)
}

func (b brokenDisk) Rename(from, to string) error {
	if b.rename != "" && strings.HasSuffix(to, b.rename) {
		return errBroken
	}
	return b.Real.Rename(from, to)
}

func (b brokenDisk) SyncDir(path string) error {
	if b.sync != "" {
		return errBroken
	}
	return b.Real.SyncDir(path)
}

// read returns the content of a file.
func read(t testing.TB, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// asSchema1 makes a database one of schema 1, as it was before the index.
func asSchema1(tx *bolt.Tx) error {
	k := key(schemaKey)
	return errors.Join(tx.DeleteBucket([]byte(bucketCandidateOpen)),
		tx.Bucket([]byte(bucketMeta)).Put(k, seal(formatJSON, k, []byte(`{"version":1,"createdAt":"2026-11-21T12:00:00Z"}`))))
}

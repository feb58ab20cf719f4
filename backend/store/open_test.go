package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

// closed makes a database with some records and returns its folder.
func closed(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestOpenMakesAPrivateFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "plumbline")
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for path, want := range map[string]os.FileMode{dir: 0o700, s.Path(): 0o600, filepath.Join(dir, "lock"): 0o600} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, %v, want %v", path, info.Mode().Perm(), err, want)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v, want the lock and the database", entries, err)
	}
}

func TestRecordsSurviveClose(t *testing.T) {
	dir := closed(t)
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	view(t, s, func(tx *Tx) error {
		p, err := tx.Project(project)
		same(t, "the name", p.Name, err, aProject.Name)
		return nil
	})
	head, err := s.GitHead(project)
	same(t, "GitHead", head, err, "c0")
}

func TestSecondOpenIsRefusedQuickly(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		_, err := Open(t.Context(), dir, Options{})
		if workflow.CodeOf(err) != workflow.Conflict || !strings.HasPrefix(err.Error(), "Plumbline is already open") {
			t.Errorf("second Open: %v, want a conflict", err)
		}
		if waited := time.Since(begin); waited > 2*time.Second {
			t.Errorf("second Open waited %v", waited)
		}
	})
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(t.Context(), dir, Options{}); err != nil {
		t.Fatalf("Open after Close: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestOpenWaitsForAStoreThatIsClosing(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		first, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(lockPatience/2, func() {
			if err := first.Close(); err != nil {
				t.Error(err)
			}
		})
		second, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatalf("Open while another is closing: %v", err)
		}
		if err := second.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestDatabaseInUseByAnotherProgramIsAConflict(t *testing.T) {
	dir := closed(t)
	other, err := bolt.Open(filepath.Join(dir, fileName), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		_, err := Open(t.Context(), dir, Options{})
		if workflow.CodeOf(err) != workflow.Conflict || time.Since(begin) > openTimeout+time.Second {
			t.Errorf("Open after %v: %v, want a conflict", time.Since(begin), err)
		}
	})
}

func TestClosedStoreIsUnavailable(t *testing.T) {
	s := open(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	err := s.Update(func(*Tx) error { return nil })
	if workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("Update after Close: %v, want unavailable", err)
	}
	if _, err := s.Pending(1); workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("Pending after Close: %v, want unavailable", err)
	}
}

// refused opens a folder and fails the test unless that is Invalid, says why,
// leaves the file as it was and gives the lock back.
func refused(t *testing.T, dir, why string) {
	t.Helper()
	path := filepath.Join(dir, fileName)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	long := noon.AddDate(-1, 0, 0)
	if err := os.Chtimes(path, long, long); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s, err := Open(t.Context(), dir, Options{})
		if err == nil {
			t.Fatal(errors.Join(errors.New("Open took it"), s.Close()))
		}
		if workflow.CodeOf(err) != workflow.Invalid || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), why) {
			t.Errorf("Open: %v, want an invalid error about %s that says %q", err, path, why)
		}
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("Open changed the file: %v", err)
	}
	if info, err := os.Stat(path); err != nil || !info.ModTime().Equal(long) {
		t.Errorf("Open touched the file at %v, %v", info.ModTime(), err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v, want the lock and the file", entries, err)
	}
}

func TestWhatIsNoDatabaseIsRefusedUntouched(t *testing.T) {
	for what, c := range map[string]struct{ content, why string }{
		"empty":  {"", "it is empty"},
		"short":  {"x", "does not begin like one"},
		"text":   {strings.Repeat("# Notes\n", 5000), "does not begin like one"},
		"zeros":  {strings.Repeat("\x00", 65536), "does not begin like one"},
		"sqlite": {"SQLite format 3\x00" + strings.Repeat("\x01", 40000), "does not begin like one"},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, fileName), []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, dir, c.why)
		})
	}
}

func TestTruncatedDatabaseIsRefusedUntouched(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join(closed(t), fileName))
	if err != nil {
		t.Fatal(err)
	}
	newest, err := newestMeta(bytes.NewReader(whole), uint64(len(whole)))
	if err != nil || newest == nil {
		t.Fatalf("newestMeta = %v, %v", newest, err)
	}
	need := int(newest.pages * newest.pageSize)
	for size := 0; size < need; size += 512 {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, fileName), whole[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, dir, "")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), whole[:need], 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatalf("Open of all pages in use: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestDatabaseOfAnotherProgramIsRefusedUntouched(t *testing.T) {
	dir := t.TempDir()
	db, err := bolt.Open(filepath.Join(dir, fileName), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		_, err := tx.CreateBucket([]byte("theirs"))
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, "another program made it")
}

func TestDatabaseOfANewerPlumblineIsRefusedUntouched(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	update(t, s, func(tx *Tx) error {
		_, err := tx.put(bucketMeta, key(schemaKey), schema{Version: schemaVersion + 1})
		return err
	})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	refused(t, dir, "newer Plumbline")
}

func TestDatabaseWithoutABucketIsRefusedUntouched(t *testing.T) {
	dir := closed(t)
	change(t, dir, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(bucketVersion)) })
	refused(t, dir, "it has no part “version”")
}

// change changes a closed database behind the back of the store.
func change(t testing.TB, dir string, fn func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(filepath.Join(dir, fileName), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fn), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestCrashWhileMakingTheDatabaseIsHarmless(t *testing.T) {
	dir := t.TempDir()
	for _, half := range []string{"", "half of a database"} { // the first time there is none yet
		for _, name := range []string{fileName + ".new", fileName + ".copy", fileName + ".open"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(half), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := Open(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 2 {
			t.Errorf("the folder holds %v, %v, want the lock and the database", entries, err)
		}
	}
}

func TestFolderThatCannotBeMadeIsUnavailable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(file, "below")} {
		_, err := Open(t.Context(), dir, Options{})
		if workflow.CodeOf(err) != workflow.Unavailable || !strings.Contains(err.Error(), dir) {
			t.Errorf("Open(%s): %v, want unavailable with its name", dir, err)
		}
	}
}

func TestFilePagesAreGivenBack(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.db.NoSync = true
	big := strings.Repeat("x", 1<<20)
	for i := range 48 {
		update(t, s, func(tx *Tx) error { return tx.PutRunText(fmt.Sprint("R", i), "prompt", big) })
	}
	update(t, s, func(tx *Tx) error {
		for i := range 48 {
			if err := tx.remove(bucketRunText, key(fmt.Sprint("R", i), "prompt")); err != nil {
				return err
			}
		}
		return nil
	})
	fill(t, s)
	if err := errors.Join(s.db.Sync(), s.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(s.Path())
	if err != nil || before.Size() < 48<<20 {
		t.Fatalf("the file has %d bytes, %v", before.Size(), err)
	}
	if s, err = Open(t.Context(), dir, Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	after, err := os.Stat(s.Path())
	if err != nil || after.Size() > 2<<20 {
		t.Errorf("the file has %d bytes after Open, %v, want it compacted", after.Size(), err)
	}
	view(t, s, func(tx *Tx) error {
		v, _, err := tx.Head(project, "spec.md")
		same(t, "Head", v.Blob, err, "b0")
		runs, err := tx.Runs(project)
		same(t, "the number of runs", len(runs), err, 2)
		active, err := tx.ActiveRuns()
		same(t, "the number of active runs", len(active), err, 1)
		return nil
	})
	update(t, s, func(tx *Tx) error { // numbers go on, they do not begin anew
		return errors.Join(tx.File(project, "gates.md", "more"), tx.Describe(project, ann, noon, "x"))
	})
	pending, err := s.Pending(0)
	if err != nil || len(pending) != 2 || pending[1].Seq != 3 {
		t.Errorf("Pending = %+v, %v, want commits 2 and 3", pending, err)
	}
}

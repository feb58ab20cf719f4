package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/disk/disktest"
)

// powered records what the store does to its folder. What bbolt writes by itself
// counts as durable at the moment a database gets its name: bbolt has synced it.
type powered struct{ *disktest.Recorder }

func (p powered) Rename(from, to string) error {
	if strings.HasSuffix(from, ".new") {
		if err := p.Outside(); err != nil {
			return err
		}
	}
	return p.Recorder.Rename(from, to)
}

// powerCut runs fn on a folder and marks when it is done. In every state that a
// power cut may leave of the folder the store opens; after the mark, kept must
// find nothing missing; and that breaks when any one sync is left out.
func powerCut(t *testing.T, dir string, fn func(d powered), kept func(dir string) error) {
	t.Helper()
	rec, err := disktest.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	fn(powered{rec})
	rec.Mark("acknowledged")
	log := rec.Log()
	for n := range log.Len() + 1 {
		for _, loss := range log.Losses(n, 3) {
			left := t.TempDir()
			if err := log.State(n, loss).Write(left); err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), left, Options{})
			if err != nil {
				t.Fatalf("after %d operations: %v", n, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := lostAfter(t, log, kept); err != nil {
		t.Error(err)
	}
	syncs := log.Syncs()
	if len(syncs) == 0 {
		t.Error("nothing was synced")
	}
	for _, sync := range syncs {
		if lostAfter(t, log.Without(sync), kept) == nil {
			t.Errorf("nobody would miss operation %d, %v", sync, log.Op(sync))
		}
	}
}

// lostAfter returns what is missing in some state that a power cut may leave
// when all is done.
func lostAfter(t *testing.T, log disktest.Log, kept func(dir string) error) error {
	t.Helper()
	for i, loss := range log.Losses(log.Len(), 20) {
		left := t.TempDir()
		if err := log.State(log.Len(), loss).Write(left); err != nil {
			t.Fatal(err)
		}
		if err := kept(left); err != nil {
			return fmt.Errorf("loss %d: %w", i, err)
		}
	}
	return nil
}

// there fails for files that are missing.
func there(dir string, names ...string) error {
	var errs []error
	for _, name := range names {
		if found, err := filepath.Glob(filepath.Join(dir, name)); err != nil || len(found) != 1 {
			errs = append(errs, fmt.Errorf("%s is missing", name))
		}
	}
	return errors.Join(errs...)
}

func TestPowerCutAfterTheFirstWriteKeepsDatabaseAndMarker(t *testing.T) {
	dir := t.TempDir()
	powerCut(t, dir, func(d powered) {
		s, err := Open(t.Context(), dir, Options{Disk: d})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		update(t, s, func(tx *Tx) error { return tx.PutNumCtx("m", 1) })
	}, func(dir string) error { return there(dir, fileName, fileName+".open") })
}

func TestPowerCutAfterAMigrationKeepsTheCopy(t *testing.T) {
	dir := unzip(t, 1)
	before := read(t, filepath.Join(dir, fileName))
	powerCut(t, dir, func(d powered) {
		s, err := Open(t.Context(), dir, Options{Disk: d})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
	}, func(dir string) error {
		name := fileName + ".schema-1.bak"
		if err := there(dir, name, fileName+".open"); err != nil {
			return err
		}
		if read(t, filepath.Join(dir, name)) != before {
			return errors.New("the copy is not whole")
		}
		return nil
	})
}

func TestPowerCutAfterACompactionKeepsWhatWasWrittenToTheNewFile(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	fillSound(t, s)
	loosen(t, s)
	fresh := 0
	powerCut(t, dir, func(d powered) {
		s.disk = d
		if done, err := s.Compact(t.Context()); err != nil || !done {
			t.Fatalf("Compact: %v, %v", done, err)
		}
		fresh = len(read(t, s.Path()))
		update(t, s, func(tx *Tx) error { return tx.PutNumCtx("m", 1) })
	}, func(dir string) error {
		if got := len(read(t, filepath.Join(dir, fileName))); got != fresh {
			return fmt.Errorf("the database has %d bytes, want the %d of the new one", got, fresh)
		}
		return nil
	})
}

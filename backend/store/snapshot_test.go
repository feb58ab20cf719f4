package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// busyWriter saves something whenever a part of a snapshot arrives.
type busyWriter struct {
	bytes.Buffer
	save func(n int)
	n    int
}

func (b *busyWriter) Write(p []byte) (int, error) {
	b.n++
	b.save(b.n)
	return b.Buffer.Write(p)
}

func TestSnapshotIsOneMomentWhileOthersWrite(t *testing.T) {
	s := open(t)
	fillSound(t, s)
	want := dumpOpen(t, s)
	w := &busyWriter{save: func(n int) { save(t, s, fmt.Sprintf("busy/%d.md", n), strings.Repeat("x", 10_000)) }}
	if err := s.Snapshot(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if w.n < 3 {
		t.Fatalf("the snapshot came in %d parts, want some", w.n)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	if err := os.WriteFile(path, w.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := CheckSnapshot(t.Context(), path); err != nil {
		t.Error(err)
	}
	same(t, "the snapshot", dump(t, path), nil, want)
	copied, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(copied.Verify(t.Context(), func(f Fault) { t.Error(f) }), copied.Close()); err != nil {
		t.Error(err)
	}
}

// dumpOpen returns every record of an open store.
func dumpOpen(t testing.TB, s *Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	view(t, s, func(tx *Tx) error {
		for _, d := range declarations() {
			if err := tx.scan(d.name, nil, func(k, v []byte) error {
				all[readable(d.name, k)] = string(v)
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return all
}

// failingWriter fails after some bytes.
type failingWriter struct{ left int }

func (f *failingWriter) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errBroken
	}
	return len(p), nil
}

func TestSnapshotThatCannotBeWrittenSaysSo(t *testing.T) {
	s := open(t)
	fillSound(t, s)
	for _, left := range []int{0, 5000, 20_000} {
		if err := s.Snapshot(t.Context(), &failingWriter{left}); err == nil {
			t.Errorf("Snapshot to a disk that breaks after %d bytes worked", left)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Snapshot(ctx, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("Snapshot, canceled: %v", err)
	}
	fillSoundAgain(t, s)
}

func fillSoundAgain(t *testing.T, s *Store) {
	t.Helper()
	save(t, s, "after.md", "it goes on")
	if err := s.Verify(t.Context(), func(f Fault) { t.Error(f) }); err != nil {
		t.Error(err)
	}
}

// TestCutSnapshotIsNoticed cuts a snapshot anywhere.
func TestCutSnapshotIsNoticed(t *testing.T) {
	s := open(t)
	fillSound(t, s)
	var whole bytes.Buffer
	if err := s.Snapshot(t.Context(), &whole); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), fileName)
	for size := 0; size < whole.Len(); size += 1000 {
		if err := os.WriteFile(path, whole.Bytes()[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := CheckSnapshot(t.Context(), path); workflow.CodeOf(err) != workflow.Invalid {
			t.Errorf("CheckSnapshot of the first %d bytes: %v, want invalid", size, err)
		}
	}
	if err := CheckSnapshot(t.Context(), path+"x"); workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("CheckSnapshot of nothing: %v, want unavailable", err)
	}
}

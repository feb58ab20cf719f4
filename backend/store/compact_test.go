package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"

	"plumbline/backend/workflow"
)

// loosen leaves many free pages in a store and makes some of them too many.
func loosen(t testing.TB, s *Store) {
	t.Helper()
	big := strings.Repeat("x", 1<<20)
	update(t, s, func(tx *Tx) error { return tx.PutRunText("BIG", "prompt", big) })
	update(t, s, func(tx *Tx) error { return tx.remove(bucketRunText, key("BIG", "prompt")) })
	update(t, s, func(tx *Tx) error { return tx.PutNumCtx("loose", 1) }) // what was set free is free only now
	s.spare = 100
	if pages, many := s.FreePages(); !many {
		t.Fatalf("%d pages are free, want many", pages)
	}
}

func TestCompactGivesPagesBackAndChangesNothing(t *testing.T) {
	s := open(t)
	fillSound(t, s)
	loosen(t, s)
	want := dumpOpen(t, s)
	if done, err := s.Compact(t.Context()); err != nil || !done {
		t.Fatalf("Compact: %v, %v", done, err)
	}
	if pages, many := s.FreePages(); many {
		t.Errorf("%d pages are still free", pages)
	}
	same(t, "the records", differences(dumpOpen(t, s), want), nil, []string{})
	if done, err := s.Compact(t.Context()); err != nil || done {
		t.Errorf("Compact again: %v, %v, want nothing to do", done, err)
	}
	if _, err := os.Stat(s.freshPath()); !os.IsNotExist(err) {
		t.Errorf("the copy is still there: %v", err)
	}
	fillSoundAgain(t, s)
}

// TestCompactWhileOthersWorkDisturbsNobody compacts again and again between
// readers and writers. None of them sees an error, and nothing is lost.
func TestCompactWhileOthersWorkDisturbsNobody(t *testing.T) {
	s := open(t)
	fillSound(t, s)
	loosen(t, s)
	s.spare = 1
	s.db.NoSync = true
	var work sync.WaitGroup
	const writers, each = 3, 40
	for w := range writers {
		work.Go(func() {
			for i := range each {
				err := s.Update(func(tx *Tx) error {
					v := workflow.Version{ProjectID: project, Path: fmt.Sprintf("w%d.md", w), Number: i + 1, Kind: workflow.VersionSaved,
						Author: ann, At: noon, Hash: workflow.Hash("body")}
					return errors.Join(tx.AddVersion(v, "body"), tx.Describe(project, ann, noon, "Save"))
				})
				if err != nil {
					t.Error(err)
				}
				err = s.View(func(tx *Tx) error {
					got, err := tx.VersionsBefore(project, fmt.Sprintf("w%d.md", w), 0, 1)
					if err == nil && (len(got) != 1 || got[0].Number != i+1) {
						err = fmt.Errorf("the newest of writer %d is %v, want %d", w, numbers(got), i+1)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() { work.Wait(); close(ended) }()
	for running := true; running; {
		select {
		case <-ended:
			running = false
		default:
			if _, err := s.Compact(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}
	s.spare = 0
	if done, err := s.Compact(t.Context()); err != nil || !done && s.db.Stats().FreePageN > 0 {
		t.Errorf("Compact when all is quiet: %v, %v", done, err)
	}
	for w := range writers {
		view(t, s, func(tx *Tx) error {
			head, _, err := tx.Head(project, fmt.Sprintf("w%d.md", w))
			same(t, fmt.Sprint("the versions of writer ", w), head.Number, err, each)
			return nil
		})
	}
	if err := s.Verify(t.Context(), func(f Fault) { t.Error(f) }); err != nil {
		t.Error(err)
	}
}

func TestCompactGivesWayToAWrite(t *testing.T) {
	s := open(t)
	fillSound(t, s)
	loosen(t, s)
	copied, err := s.copyTo(t.Context(), s.freshPath())
	if err != nil {
		t.Fatal(err)
	}
	save(t, s, "between.md", "acknowledged")
	if done, err := s.takeOver(s.freshPath(), copied); err != nil || done {
		t.Fatalf("a copy from before a write took over: %v, %v", done, err)
	}
	reading := s.View(func(*Tx) error {
		if done, err := s.Compact(t.Context()); err != nil || done {
			t.Errorf("Compact while somebody reads: %v, %v, want it to give way", done, err)
		}
		return nil
	})
	if reading != nil {
		t.Error(reading)
	}
	if done, err := s.Compact(t.Context()); err != nil || !done {
		t.Errorf("Compact in the end: %v, %v", done, err)
	}
	view(t, s, func(tx *Tx) error {
		_, ok, err := tx.Head(project, "between.md")
		same(t, "whether the write is there", ok, err, true)
		return nil
	})
}

func TestCompactThatFailsChangesNothing(t *testing.T) {
	s := open(t)
	fillSound(t, s)
	loosen(t, s)
	want := dumpOpen(t, s)
	s.disk = brokenDisk{rename: fileName}
	if done, err := s.Compact(t.Context()); workflow.CodeOf(err) != workflow.Unavailable || done {
		t.Errorf("Compact on a broken disk: %v, %v", done, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.disk = brokenDisk{}
	if done, err := s.Compact(ctx); !errors.Is(err, context.Canceled) || done {
		t.Errorf("Compact, canceled: %v, %v", done, err)
	}
	if _, err := os.Stat(s.freshPath()); !os.IsNotExist(err) {
		t.Errorf("the copy is still there: %v", err)
	}
	same(t, "the records", differences(dumpOpen(t, s), want), nil, []string{})
	s.disk = brokenDisk{sync: "yes"} // the folder cannot be synced after the copy took over
	if done, err := s.Compact(t.Context()); err != nil || !done {
		t.Errorf("Compact: %v, %v", done, err)
	}
	if err := s.Update(func(tx *Tx) error { return tx.PutNumCtx("m", 2) }); workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("a write whose database has no durable name: %v, want unavailable", err)
	}
	s.disk = brokenDisk{}
	fillSoundAgain(t, s)
}

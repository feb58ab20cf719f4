package history

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

var errBroken = errors.New("the disk is broken")

// brittle is a disk on which the operation with a number fails, and in a crash
// all that follow it. It only pretends to sync: what is tested are the names and
// contents that are left, not the power supply.
type brittle struct {
	disk.Real
	count, fail int
	crash       bool
}

func (b *brittle) broken() bool {
	b.count++
	return b.count == b.fail || b.crash && b.count > b.fail
}

func (b *brittle) MakeDir(path string) error {
	if b.broken() {
		return errBroken
	}
	return b.Real.MakeDir(path)
}

func (b *brittle) Create(path string) (disk.File, error) {
	if b.broken() {
		return nil, errBroken
	}
	f, err := b.Real.Create(path)
	if err != nil {
		return nil, err
	}
	return &brittleFile{File: f, on: b}, nil
}

func (b *brittle) Rename(from, to string) error {
	if b.broken() {
		return errBroken
	}
	return b.Real.Rename(from, to)
}

func (b *brittle) Remove(path string) error {
	if b.broken() {
		return errBroken
	}
	return b.Real.Remove(path)
}

func (b *brittle) SyncDir(path string) error {
	if b.broken() {
		return errBroken
	}
	return nil
}

// brittleFile writes one half before it breaks.
type brittleFile struct {
	disk.File
	on *brittle
}

func (f *brittleFile) Write(p []byte) (int, error) {
	if f.on.broken() {
		n, err := f.File.Write(p[:len(p)/2])
		return n, errors.Join(errBroken, err)
	}
	return f.File.Write(p)
}

func (f *brittleFile) Sync() error {
	if f.on.broken() {
		return errBroken
	}
	return nil
}

// again repeats something after a fault: at once if the process lives on, and in
// any case after a new start.
func again(t *testing.T, h *History, root string, crash bool, fn func(*History) error) *History {
	t.Helper()
	if !crash {
		if err := fn(h); err != nil && workflow.CodeOf(err) != workflow.Unavailable {
			t.Errorf("repeating it at once: %v", err)
		}
	}
	h = open(t, root)
	if err := fn(h); err != nil {
		t.Fatalf("repeating it after a new start: %v", err)
	}
	return h
}

// eachFault runs fn with every operation failing in turn, until fn returns false
// because it got through.
func eachFault(t *testing.T, fn func(t *testing.T, b *brittle) bool) {
	t.Helper()
	for _, crash := range []bool{false, true} {
		for fail, more := 1, true; more; fail++ {
			passed := t.Run(fmt.Sprintf("crash=%v/%d", crash, fail), func(t *testing.T) {
				more = fn(t, &brittle{fail: fail, crash: crash})
			})
			more = more && passed
		}
	}
}

func TestPublishSurvivesEveryFault(t *testing.T) {
	want := publish(t, open(t, t.TempDir()), "", someCommits()...)
	eachFault(t, func(t *testing.T, b *brittle) bool {
		root := t.TempDir()
		h := open(t, root)
		h.disk = b
		first, err := h.Publish(t.Context(), project, "", someCommits()[:1])
		if err == nil {
			_, err = h.Publish(t.Context(), project, first[0].Commit, someCommits()[1:])
		}
		if b.count < b.fail {
			return false
		}
		if workflow.CodeOf(err) != workflow.Unavailable {
			t.Errorf("Publish returns %v, want unavailable", err)
		}
		var got []workflow.Published
		h = again(t, h, root, b.crash, func(h *History) (err error) {
			got, err = h.Publish(t.Context(), project, "", someCommits())
			return err
		})
		if got[2].Commit != want[2].Commit || tip(t, h) != want[2].Commit {
			t.Fatalf("publishing again gives %s, tip %s, want %s", got[2].Commit, tip(t, h), want[2].Commit)
		}
		if b.crash {
			fsck(t, h.Dir(project))
		}
		checkTidy(t, h.Dir(project))
		if body, err := h.Blob(t.Context(), project, got[0].Blobs["request.md"]); err != nil || body != "# Request\n" {
			t.Errorf("Blob = %q, %v", body, err)
		}
		return true
	})
}

func TestRescueSurvivesEveryFault(t *testing.T) {
	for _, away := range []bool{false, true} {
		eachFault(t, func(t *testing.T, b *brittle) bool {
			root := t.TempDir()
			h := open(t, root)
			h.disk = &brittle{}
			both := publish(t, h, "", change(1, "a.md", "a"), change(2, "a.md", "b"))
			ours, theirs := both[0].Commit, both[1].Commit
			packed := filepath.Join(h.Dir(project), "packed-refs")
			if err := os.WriteFile(packed, []byte(theirs+" "+string(branch)+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			head := ours
			if away {
				head = ""
			}
			h = open(t, root)
			h.disk = b
			err := h.Rescue(t.Context(), project, theirs, head)
			if b.count < b.fail {
				return false
			}
			if workflow.CodeOf(err) != workflow.Unavailable {
				t.Errorf("Rescue returns %v, want unavailable", err)
			}
			h = again(t, h, root, b.crash, func(h *History) error {
				return h.Rescue(t.Context(), project, tip(t, h), head)
			})
			if got := tip(t, h); got != head {
				t.Errorf("tip is %s, want %s", got, head)
			}
			if got := git(t, h.Dir(project), "for-each-ref", "--format=%(objectname)", "refs/plumbline/rescue"); got != theirs {
				t.Errorf("rescued is %q, want %s", got, theirs)
			}
			if b.crash {
				fsck(t, h.Dir(project))
			}
			checkTidy(t, h.Dir(project))
			return true
		})
	}
}

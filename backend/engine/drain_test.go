package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/backend/history"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// drainNoon is the time at which the tests of the drainer happen.
var drainNoon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// drainHouse is a store and its histories in one data folder.
type drainHouse struct {
	dir     string
	store   *store.Store
	history *history.History
}

// enter opens a data folder; leave closes it.
func enter(t testing.TB, dir string) *drainHouse {
	t.Helper()
	s, err := store.Open(t.Context(), dir, store.Options{Now: func() time.Time { return drainNoon }})
	if err != nil {
		t.Fatal(err)
	}
	return &drainHouse{dir: dir, store: s, history: history.Open(dir)}
}

func (h *drainHouse) leave(t testing.TB) {
	t.Helper()
	if err := errors.Join(h.history.Close(), h.store.Close()); err != nil {
		t.Error(err)
	}
}

// save adds the next version of an artifact and a page beside it.
func (h *drainHouse) save(project, path, body string) (number int, err error) {
	author := workflow.Author{Kind: workflow.Person, Name: "Ann"}
	err = h.store.Update(func(tx *store.Tx) error {
		head, _, err := tx.Head(project, path)
		if err != nil {
			return err
		}
		number = head.Number + 1
		v := workflow.Version{ProjectID: project, Path: path, Number: number, Author: author, At: drainNoon, Message: "Save"}
		return errors.Join(tx.AddVersion(v, body), tx.File(project, "project.md", fmt.Sprint(path, " ", number)),
			tx.Describe(project, author, drainNoon, fmt.Sprintf("Save %s, version %d", path, number)))
	})
	return number, err
}

// mustSave is save in a test that cannot go on without it.
func (h *drainHouse) mustSave(t testing.TB, project, path, body string) {
	t.Helper()
	if _, err := h.save(project, path, body); err != nil {
		t.Fatal(err)
	}
}

// pending is the number of commits in the outbox.
func (h *drainHouse) pending(t testing.TB) int {
	t.Helper()
	commits, err := h.store.Pending(0)
	if err != nil {
		t.Fatal(err)
	}
	return len(commits)
}

// tip returns the tip of a project and fails the test unless the store knows it.
func (h *drainHouse) tip(t testing.TB, project string) string {
	t.Helper()
	tip, err := h.history.Tip(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	if head, err := h.store.GitHead(project); err != nil || head != tip {
		t.Errorf("the branch of %s is at %q, the store knows %q, %v", project, tip, head, err)
	}
	return tip
}

// drain publishes the outbox and fails the test if that fails.
func (h *drainHouse) drain(t testing.TB) {
	t.Helper()
	if err := drainOutbox(t.Context(), h.store, h.history); err != nil {
		t.Fatal(err)
	}
}

// reconcile does what a start does and fails the test if that fails.
func (h *drainHouse) reconcile(t testing.TB) {
	t.Helper()
	if err := reconcile(t.Context(), h.store, h.history); err != nil {
		t.Fatal(err)
	}
}

// drainGit runs the real git and returns what it printed.
func drainGit(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "LC_ALL=C",
		"GIT_AUTHOR_NAME=Eve", "GIT_AUTHOR_EMAIL=eve@example.org", "GIT_COMMITTER_NAME=Eve", "GIT_COMMITTER_EMAIL=eve@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// checkSound is checkTree, and git finds nothing wrong either.
func (h *drainHouse) checkSound(t testing.TB, project string) {
	t.Helper()
	if out := drainGit(t, h.history.Dir(project), "fsck", "--full", "--strict", "--no-dangling", "--no-progress"); out != "" {
		t.Errorf("git fsck says: %s", out)
	}
	h.checkTree(t, project)
}

// checkTree fails the test unless the tree of a project is what the store says
// its artifacts are, and every version can be read.
func (h *drainHouse) checkTree(t testing.TB, project string) {
	t.Helper()
	dir := h.history.Dir(project)
	inGit := map[string]string{}
	for line := range strings.Lines(drainGit(t, dir, "ls-tree", "-r", "-z", "--format=%(objectname) %(path)%x0a", "main")) {
		hash, path, _ := strings.Cut(strings.Trim(line, "\n\x00"), " ")
		if path != "" && path != "project.md" && !strings.HasPrefix(path, ".plumbline/") {
			inGit[path] = hash
		}
	}
	err := h.store.View(func(tx *store.Tx) error {
		heads, err := tx.Heads(project)
		if err != nil {
			return err
		}
		inStore := map[string]string{}
		for _, v := range heads {
			inStore[v.Path] = v.Blob
			if err := h.checkVersions(t, tx, project, v.Path, v.Number); err != nil {
				return err
			}
		}
		if !maps.Equal(inGit, inStore) {
			t.Errorf("git has %v, the store %v", inGit, inStore)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// checkVersions reads all versions of an artifact, from where they are now.
func (h *drainHouse) checkVersions(t testing.TB, tx *store.Tx, project, path string, current int) error {
	versions, err := tx.Versions(project, path)
	if err != nil || len(versions) != current {
		return errors.Join(err, fmt.Errorf("%s has %d versions, want %d", path, len(versions), current))
	}
	for _, v := range versions {
		body, err := h.history.Blob(t.Context(), project, v.Blob)
		if err != nil {
			return err
		}
		if want := drainBody(project, path, v.Number); body != want {
			return fmt.Errorf("version %d of %s is %q in git, want %q", v.Number, path, body, want)
		}
		kept, ok, err := tx.Body(project, path, v.Number)
		if err != nil || ok != (v.Number == current) || ok && kept != body {
			return errors.Join(err, fmt.Errorf("version %d of %s is kept %v as %q", v.Number, path, ok, kept))
		}
	}
	return nil
}

// heads returns the current versions of a project.
func (h *drainHouse) heads(t testing.TB, project string) (heads []workflow.Version) {
	t.Helper()
	err := h.store.View(func(tx *store.Tx) (err error) {
		heads, err = tx.Heads(project)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return heads
}

// projects returns the ids of those that have a repository.
func (h *drainHouse) projects(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(h.dir, "projects"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	ids := []string{}
	for _, e := range entries {
		ids = append(ids, e.Name())
	}
	return ids
}

// drainBody is the text of a version.
func drainBody(project, path string, number int) string {
	return fmt.Sprintf("# %s of %s\n\nVersion %d.\n%s", path, project, number, strings.Repeat("text\n", number%7))
}

func TestDrainMakesOneCommitOfEachWrite(t *testing.T) {
	h := enter(t, t.TempDir())
	defer h.leave(t)
	for n := 1; n <= 3; n++ {
		h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", n))
	}
	h.mustSave(t, "Q", "a/b.md", drainBody("Q", "a/b.md", 1))
	h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", 4))
	h.drain(t)
	if got := h.pending(t); got != 0 {
		t.Errorf("%d commits are left in the outbox", got)
	}
	log := drainGit(t, h.history.Dir("P"), "log", "--reverse", "--format=%s", "main")
	if want := "Save spec.md, version 1\nSave spec.md, version 2\nSave spec.md, version 3\nSave spec.md, version 4\n"; log != want {
		t.Errorf("log is\n%s\nwant\n%s", log, want)
	}
	packs, err := filepath.Glob(filepath.Join(h.history.Dir("P"), "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Errorf("%d packs, %v, want one for all commits", len(packs), err)
	}
	for _, project := range []string{"P", "Q"} {
		h.tip(t, project)
		h.checkSound(t, project)
	}
}

func TestDrainerWaitsForAPause(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := enter(t, dir)
		defer h.leave(t)
		d := newDrainer(h.store, h.history, func(err error) { t.Error(err) })
		d.start()
		for range 3 {
			h.mustSave(t, "P", "spec.md", "x")
			d.wake()
			time.Sleep(drainIdle - time.Millisecond)
			synctest.Wait()
		}
		if got := h.pending(t); got != 3 {
			t.Errorf("%d commits wait before the pause, want 3", got)
		}
		time.Sleep(time.Millisecond)
		synctest.Wait()
		if got := h.pending(t); got != 0 {
			t.Errorf("%d commits wait after the pause, want none", got)
		}
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestDrainerDoesNotWaitBeyondABatch(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h := enter(t, dir)
		defer h.leave(t)
		d := newDrainer(h.store, h.history, func(err error) { t.Error(err) })
		d.start()
		begin := time.Now()
		for range drainBatch {
			h.mustSave(t, "P", "spec.md", "x")
			d.wake()
		}
		synctest.Wait()
		if got := h.pending(t); got != 0 || time.Since(begin) != 0 {
			t.Errorf("%d commits wait after a batch and %v, want none at once", got, time.Since(begin))
		}
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestDrainerTriesAgainByItself(t *testing.T) {
	dir := t.TempDir()
	block := filepath.Join(dir, "projects")
	if err := os.WriteFile(block, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		h := enter(t, dir)
		defer h.leave(t)
		failures := 0
		d := newDrainer(h.store, h.history, func(err error) {
			failures++
			if workflow.CodeOf(err) != workflow.Unavailable {
				t.Errorf("onError gets %v, want unavailable", err)
			}
		})
		d.start()
		h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", 1))
		d.wake()
		time.Sleep(drainIdle + drainRetry + time.Millisecond)
		synctest.Wait()
		if failures != 2 {
			t.Errorf("onError was called %d times, want 2", failures)
		}
		if err := os.Remove(block); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * drainRetry)
		synctest.Wait()
		if got := h.pending(t); got != 0 {
			t.Errorf("%d commits wait when the folder can be written again", got)
		}
		h.checkSound(t, "P")
		if err := d.close(); err != nil {
			t.Error(err)
		}
	})
}

func TestCloseDrains(t *testing.T) {
	h := enter(t, t.TempDir())
	defer h.leave(t)
	d := newDrainer(h.store, h.history, func(err error) { t.Error(err) })
	d.start()
	h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", 1))
	d.wake()
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	if got := h.pending(t); got != 0 {
		t.Errorf("%d commits wait after close", got)
	}
	h.checkSound(t, "P")
}

func TestStuckProjectDoesNotHoldUpOthers(t *testing.T) {
	h := enter(t, t.TempDir())
	defer h.leave(t)
	if err := errors.Join(os.Mkdir(filepath.Join(h.dir, "projects"), 0o700),
		os.WriteFile(filepath.Join(h.dir, "projects", "A"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for range packBatch + 5 {
		h.mustSave(t, "A", "spec.md", "x")
	}
	h.mustSave(t, "B", "spec.md", drainBody("B", "spec.md", 1))
	err := drainOutbox(t.Context(), h.store, h.history)
	if workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("drain: %v, want unavailable", err)
	}
	if got := h.pending(t); got != packBatch+5 {
		t.Errorf("%d commits wait, want those of A", got)
	}
	h.checkSound(t, "B")
}

func TestFlushStopsWhenCanceled(t *testing.T) {
	h := enter(t, t.TempDir())
	defer h.leave(t)
	h.mustSave(t, "P", "spec.md", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newDrainer(h.store, h.history, nil).flush(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("flush: %v, want canceled", err)
	}
	if got := h.pending(t); got != 1 {
		t.Errorf("%d commits wait, want 1", got)
	}
}

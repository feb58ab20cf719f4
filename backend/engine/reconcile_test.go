package engine

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/history"
	"plumbline/backend/workflow"
)

// publishUnnoted publishes the outbox of P and "crashes" before the store notes it.
func (h *drainHouse) publishUnnoted(t *testing.T, limit int) (tip string) {
	t.Helper()
	head, err := h.store.GitHead("P")
	if err != nil {
		t.Fatal(err)
	}
	commits, err := h.store.Pending(limit)
	if err != nil {
		t.Fatal(err)
	}
	published, err := h.history.Publish(t.Context(), "P", head, commits)
	if err != nil {
		t.Fatal(err)
	}
	return published[len(published)-1].Commit
}

func TestReconcileReplaysWithTheSameNames(t *testing.T) {
	for what, harm := range map[string]func(t *testing.T, h *drainHouse){
		"nothing": func(*testing.T, *drainHouse) {},
		"branch": func(t *testing.T, h *drainHouse) {
			drainGit(t, h.history.Dir("P"), "update-ref", "-d", "refs/heads/main")
		},
		"branch packed": func(t *testing.T, h *drainHouse) { drainGit(t, h.history.Dir("P"), "pack-refs", "--all") },
		"ref emptied": func(t *testing.T, h *drainHouse) {
			if err := os.Truncate(filepath.Join(h.history.Dir("P"), "refs", "heads", "main"), 0); err != nil {
				t.Fatal(err)
			}
		},
		"repository": func(t *testing.T, h *drainHouse) {
			if err := os.RemoveAll(h.history.Dir("P")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(what, func(t *testing.T) {
			h := enter(t, t.TempDir())
			for n := 1; n <= 5; n++ {
				h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", n))
			}
			want := h.publishUnnoted(t, 0)
			harm(t, h)
			h.leave(t)
			h = enter(t, h.dir)
			defer h.leave(t)
			h.reconcile(t)
			if got := h.tip(t, "P"); got != want {
				t.Errorf("tip is %s after replay, was %s", got, want)
			}
			h.checkSound(t, "P")
			checkNoRescue(t, h)
		})
	}
}

// checkNoRescue fails the test if something of P was taken for foreign.
func checkNoRescue(t *testing.T, h *drainHouse) {
	t.Helper()
	if refs := drainGit(t, h.history.Dir("P"), "for-each-ref", "refs/plumbline"); refs != "" {
		t.Errorf("rescued without need: %s", refs)
	}
}

func TestReplayOfAShorterBatchIsNotTakenForForeign(t *testing.T) {
	h := enter(t, t.TempDir())
	defer h.leave(t)
	for n := 1; n <= packBatch+6; n++ {
		h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", n))
	}
	want := h.publishUnnoted(t, 0) // more than one batch
	h.drain(t)
	if got := h.tip(t, "P"); got != want {
		t.Errorf("tip is %s, want %s", got, want)
	}
	checkNoRescue(t, h)
}

func TestReconcilePutsALostBranchBack(t *testing.T) {
	h := enter(t, t.TempDir())
	defer h.leave(t)
	h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", 1))
	h.drain(t)
	want := h.tip(t, "P")
	drainGit(t, h.history.Dir("P"), "update-ref", "-d", "refs/heads/main")
	h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", 2))
	h.reconcile(t)
	if ok, err := h.history.Descends(t.Context(), "P", h.tip(t, "P"), want); !ok || err != nil {
		t.Errorf("the branch does not go on from %s: %v", want, err)
	}
	h.checkSound(t, "P")
}

func TestForeignCommitsAreKeptAsideAndWorkGoesOn(t *testing.T) {
	for what, bring := range map[string]func(h *drainHouse) error{
		"at a start": func(h *drainHouse) error { return reconcile(t.Context(), h.store, h.history) },
		"at work":    func(h *drainHouse) error { return drainOutbox(t.Context(), h.store, h.history) },
	} {
		for _, unrelated := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, unrelated %v", what, unrelated), func(t *testing.T) {
				h := enter(t, t.TempDir())
				defer h.leave(t)
				h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", 1))
				h.drain(t)
				ours := h.tip(t, "P")
				args := []string{"commit-tree", "-m", "theirs", ours + "^{tree}"}
				if !unrelated {
					args = append(args, "-p", ours)
				}
				theirs := strings.TrimSpace(drainGit(t, h.history.Dir("P"), args...))
				drainGit(t, h.history.Dir("P"), "update-ref", "refs/heads/main", theirs)
				h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", 2))
				if err := bring(h); err != nil {
					t.Fatal(err)
				}
				if ok, err := h.history.Descends(t.Context(), "P", h.tip(t, "P"), ours); !ok || err != nil {
					t.Errorf("the branch does not go on from ours: %v", err)
				}
				rescued := drainGit(t, h.history.Dir("P"), "for-each-ref", "--format=%(objectname)", "refs/plumbline/rescue")
				if strings.TrimSpace(rescued) != theirs {
					t.Errorf("rescued is %q, want %s", rescued, theirs)
				}
				h.checkSound(t, "P")
			})
		}
	}
}

func TestRepositoryThatTheStoreDoesNotKnowIsKeptAside(t *testing.T) {
	old := enter(t, t.TempDir())
	old.mustSave(t, "P", "old.md", "old")
	old.drain(t)
	theirs := old.tip(t, "P")
	old.leave(t)
	h := enter(t, t.TempDir())
	defer h.leave(t)
	if err := os.Rename(filepath.Join(old.dir, "projects"), filepath.Join(h.dir, "projects")); err != nil {
		t.Fatal(err)
	}
	h.mustSave(t, "P", "spec.md", drainBody("P", "spec.md", 1))
	h.reconcile(t)
	h.checkSound(t, "P")
	rescued := drainGit(t, h.history.Dir("P"), "for-each-ref", "--format=%(objectname)", "refs/plumbline/rescue")
	if strings.TrimSpace(rescued) != theirs {
		t.Errorf("rescued is %q, want %s", rescued, theirs)
	}
}

func TestReconcileNamesAHistoryThatIsLostAndGoesOn(t *testing.T) {
	h := enter(t, t.TempDir())
	defer h.leave(t)
	for _, project := range []string{"A", "B"} {
		h.mustSave(t, project, "spec.md", drainBody(project, "spec.md", 1))
	}
	h.drain(t)
	if err := os.RemoveAll(h.history.Dir("A")); err != nil {
		t.Fatal(err)
	}
	for _, project := range []string{"A", "B"} {
		h.mustSave(t, project, "spec.md", drainBody(project, "spec.md", 2))
	}
	if err := h.history.Close(); err != nil {
		t.Fatal(err)
	}
	h.history = history.Open(h.dir)
	err := reconcile(t.Context(), h.store, h.history)
	if workflow.CodeOf(err) != workflow.NotFound || !strings.Contains(err.Error(), h.history.Dir("A")) {
		t.Errorf("reconcile: %v, want one that names the folder", err)
	}
	h.checkSound(t, "B")
	if got := h.pending(t); got != 1 {
		t.Errorf("%d commits wait, want that of A", got)
	}
}

// TestGitFollowsTheStore writes, drains, crashes between publishing and noting,
// and starts anew at random, and compares git with the store in the end.
func TestGitFollowsTheStore(t *testing.T) {
	projects := []string{"P", "Q"}
	paths := []string{"request.md", "spec.md", "steps/01.md", "steps/02.md", "steps/deep/03.md"}
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		h := enter(t, dir)
		touched := map[string]bool{}
		numbers := map[string]int{}
		unnoted := 0 // commits of P that git has and the store does not know of
		for range rapid.IntRange(1, 15).Draw(rt, "acts") {
			switch rapid.IntRange(0, 9).Draw(rt, "act") {
			case 0:
				h.drain(t)
				unnoted = 0
			case 1:
				h.leave(t)
				h = enter(t, dir)
				h.reconcile(t)
				unnoted = 0
			case 2:
				if h.pending(t) > 0 && !touched["Q"] {
					// A branch never goes back: fewer than before would be a Conflict.
					unnoted = max(unnoted, rapid.IntRange(1, 3).Draw(rt, "published"))
					h.publishUnnoted(t, unnoted)
				}
			default:
				project, path := rapid.SampledFrom(projects).Draw(rt, "project"), rapid.SampledFrom(paths).Draw(rt, "path")
				touched[project] = true
				numbers[project+path]++
				h.mustSave(t, project, path, drainBody(project, path, numbers[project+path]))
			}
		}
		h.reconcile(t)
		for _, project := range slices.Sorted(maps.Keys(touched)) {
			h.tip(t, project)
			if rapid.IntRange(0, 7).Draw(rt, "fsck") == 0 {
				h.checkSound(t, project)
			} else {
				h.checkTree(t, project)
			}
		}
		h.leave(t)
	})
}

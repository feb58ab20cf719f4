package history

// The tests of what other programs do to a repository, and what we do about it.

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

// onCreate runs something before a file is made.
type onCreate struct {
	disk.Real
	run func(path string)
}

func (o onCreate) Create(path string) (disk.File, error) {
	o.run(path)
	return o.Real.Create(path)
}

// beforeLock runs something in the moment between the pack and the branch.
func beforeLock(run func()) disk.Disk {
	return onCreate{run: func(path string) {
		if strings.HasSuffix(path, "main.lock") {
			run()
		}
	}}
}

func TestRescueKeepsAForeignTip(t *testing.T) {
	h := open(t, t.TempDir())
	ours := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	theirs := foreignCommit(t, h, ours)
	if err := h.Rescue(t.Context(), project, theirs, ours); err != nil {
		t.Fatal(err)
	}
	if got := tip(t, h); got != ours {
		t.Errorf("tip is %s, want ours %s", got, ours)
	}
	if got := git(t, h.Dir(project), "for-each-ref", "--format=%(objectname)", "refs/plumbline/rescue"); got != theirs {
		t.Errorf("rescued is %q, want theirs %s", got, theirs)
	}
	publish(t, h, ours, change(2, "a.md", "b"))
	fsck(t, h.Dir(project))
	checkTidy(t, h.Dir(project))
}

func TestRescueTakesABranchAwayEvenWhenPacked(t *testing.T) {
	h := open(t, t.TempDir())
	theirs := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	git(t, h.Dir(project), "branch", "other")
	git(t, h.Dir(project), "pack-refs", "--all")
	if err := h.Rescue(t.Context(), project, theirs, ""); err != nil {
		t.Fatal(err)
	}
	if got := tip(t, h); got != "" {
		t.Errorf("tip is %s, want none", got)
	}
	refs := git(t, h.Dir(project), "for-each-ref", "--format=%(objectname) %(refname)")
	want := theirs + " refs/heads/other\n" + theirs + " refs/plumbline/rescue/20261121T120000.000000000Z"
	if refs != want {
		t.Errorf("refs are\n%s\nwant\n%s", refs, want)
	}
	publish(t, h, "", change(2, "b.md", "b"))
	fsck(t, h.Dir(project))
	checkTidy(t, h.Dir(project))
}

func TestRescueNeedsAHeadThatIsThere(t *testing.T) {
	h := open(t, t.TempDir())
	ours := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	err := h.Rescue(t.Context(), project, ours, strings.Repeat("1", 40))
	if workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("Rescue: %v, want not found", err)
	}
	if got := tip(t, h); got != ours {
		t.Errorf("tip is %s, want %s as before", got, ours)
	}
}

func TestRescuePutsALostBranchBack(t *testing.T) {
	h := open(t, t.TempDir())
	ours := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	git(t, h.Dir(project), "update-ref", "-d", "refs/heads/main")
	if err := h.Rescue(t.Context(), project, "", ours); err != nil {
		t.Fatal(err)
	}
	if got := tip(t, h); got != ours {
		t.Errorf("tip is %s, want %s", got, ours)
	}
	if err := h.Rescue(t.Context(), project, strings.Repeat("1", 40), ""); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("Rescue from a tip that is not there: %v, want a conflict", err)
	}
}

func TestBlobSurvivesWhatGitDoesToPacks(t *testing.T) {
	h := open(t, t.TempDir())
	commits := []workflow.Commit{}
	for i := range 20 {
		commits = append(commits, change(uint64(i+1), "a.md", strings.Repeat("same line\n", 500)+fmt.Sprint(i)))
	}
	all := publish(t, h, "", commits[:10]...)
	all = append(all, publish(t, h, all[9].Commit, commits[10:]...)...)
	last := all[19].Commit
	for i, maintain := range [][]string{{"repack", "-q", "-adf"}, {"gc", "-q", "--prune=now"}, {"pack-refs", "--all"}} {
		for j, p := range all[:20] {
			got, err := h.Blob(t.Context(), project, p.Blobs["a.md"])
			if err != nil || got != string(commits[j].Files[0].Content) {
				t.Fatalf("Blob of commit %d: %d bytes, %v", j, len(got), err)
			}
		}
		git(t, h.Dir(project), maintain...)
		last = publish(t, h, last, change(uint64(30+i), "b.md", fmt.Sprint(i)))[0].Commit
	}
	fsck(t, h.Dir(project))
}

func TestBlobThatIsNotThere(t *testing.T) {
	h := open(t, t.TempDir())
	for hash, want := range map[string]workflow.Code{strings.Repeat("1", 40): workflow.NotFound, "": workflow.Invalid, "../x": workflow.Invalid} {
		if _, err := h.Blob(t.Context(), project, hash); workflow.CodeOf(err) != want {
			t.Errorf("Blob(%q): %v, want %s", hash, err, want)
		}
	}
	if _, err := os.Stat(h.Dir(project)); !os.IsNotExist(err) {
		t.Errorf("reading made a repository: %v", err)
	}
}

func TestDescendsFollowsParents(t *testing.T) {
	h := open(t, t.TempDir())
	all := publish(t, h, "", someCommits()...)
	none := strings.Repeat("1", 40)
	for _, c := range []struct {
		tip, ancestor string
		want          bool
	}{
		{all[2].Commit, all[0].Commit, true},
		{all[2].Commit, all[2].Commit, true},
		{all[0].Commit, all[2].Commit, false},
		{all[2].Commit, "", true},
		{all[2].Commit, none, false},
		{none, all[0].Commit, false},
	} {
		got, err := h.Descends(t.Context(), project, c.tip, c.ancestor)
		if err != nil || got != c.want {
			t.Errorf("Descends(%.7s, %.7s) = %v, %v, want %v", c.tip, c.ancestor, got, err, c.want)
		}
	}
}

func TestPublishWaitsForTheLockOfGit(t *testing.T) {
	root := t.TempDir()
	first := publish(t, open(t, root), "", change(1, "a.md", "a"))[0].Commit
	lock := filepath.Join(open(t, root).Dir(project), "refs", "heads", "main.lock")
	if err := os.WriteFile(lock, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		h := open(t, root)
		begin := time.Now()
		_, err := h.Publish(t.Context(), project, first, []workflow.Commit{change(2, "a.md", "b")})
		if workflow.CodeOf(err) != workflow.Unavailable || time.Since(begin) < lockPatience {
			t.Errorf("Publish after %v: %v, want unavailable after %v", time.Since(begin), err, lockPatience)
		}
		time.AfterFunc(lockPatience/2, func() {
			if err := os.Remove(lock); err != nil {
				t.Error(err)
			}
		})
		publish(t, h, first, change(2, "a.md", "b"))
	})
	checkTidy(t, filepath.Join(root, "projects", project, "history.git"))
}

func TestNewStartLeavesOtherProgramsAlone(t *testing.T) {
	root := t.TempDir()
	first := publish(t, open(t, root), "", someCommits()...)
	packs := filepath.Join(open(t, root).Dir(project), "objects", "pack")
	theirs := []string{
		filepath.Join(packs, "pack-"+strings.Repeat("1", 40)+".keep"),
		filepath.Join(packs, "tmp_pack_XyZ"),
		filepath.Join(root, "projects", project, "history.git", "refs", "heads", "main.lock"),
	}
	for _, path := range theirs {
		if err := os.WriteFile(path, []byte("receive-pack 4711 on host"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, err := filepath.Glob(filepath.Join(packs, "pack-*.pack"))
	if err != nil || len(found) != 1 {
		t.Fatalf("packs are %v, %v", found, err)
	}
	kept := strings.TrimSuffix(found[0], ".pack") + ".keep" // as a person keeps a pack from gc
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	publish(t, open(t, root), first[2].Commit) // only compares
	for _, path := range append(theirs, kept) {
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s is gone: %v", path, err)
		}
	}
}

func TestPackWithoutIndexDoesNotHideOthers(t *testing.T) {
	h := open(t, t.TempDir())
	published := publish(t, h, "", someCommits()...)
	stray := filepath.Join(h.Dir(project), "objects", "pack", "pack-"+strings.Repeat("0", 39)+"1.pack")
	if err := os.WriteFile(stray, []byte("PACK"), 0o600); err != nil {
		t.Fatal(err)
	}
	body, err := h.Blob(t.Context(), project, published[0].Blobs["request.md"])
	if err != nil || body != "# Request\n" {
		t.Errorf("Blob = %q, %v", body, err)
	}
}

func TestDamagedBlobIsNotServed(t *testing.T) {
	h := open(t, t.TempDir())
	published := publish(t, h, "", change(1, "a.md", strings.Repeat("0123456789abcdef", 64)))
	packs, err := filepath.Glob(filepath.Join(h.Dir(project), "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatalf("packs are %v, %v", packs, err)
	}
	whole, err := os.ReadFile(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	for at := 12; at < len(whole)-20; at++ {
		broken := append([]byte(nil), whole...)
		broken[at] ^= 0x10
		if err := os.WriteFile(packs[0], broken, 0o600); err != nil {
			t.Fatal(err)
		}
		fresh := Open(h.root)
		body, err := fresh.Blob(t.Context(), project, published[0].Blobs["a.md"])
		if err == nil && body != strings.Repeat("0123456789abcdef", 64) {
			t.Errorf("byte %d flipped: Blob returns another text", at)
		}
		if err := fresh.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestObjectUnderAnotherNameIsNotServed(t *testing.T) {
	h := open(t, t.TempDir())
	publish(t, h, "", change(1, "a.md", "a"))
	var loose bytes.Buffer
	zip := zlib.NewWriter(&loose)
	_, err := zip.Write([]byte("blob 5\x00false"))
	if err := errors.Join(err, zip.Close()); err != nil {
		t.Fatal(err)
	}
	name := strings.Repeat("ab", 20)
	path := filepath.Join(h.Dir(project), "objects", name[:2], name[2:])
	if err := errors.Join(os.Mkdir(filepath.Dir(path), 0o700), os.WriteFile(path, loose.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if body, err := h.Blob(t.Context(), project, name); workflow.CodeOf(err) != workflow.Internal {
		t.Errorf("Blob = %q, %v, want an internal error", body, err)
	}
}

func TestBranchThatMovesAtTheLastMomentIsAConflict(t *testing.T) {
	h := open(t, t.TempDir())
	first := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	theirs := ""
	h = open(t, h.root)
	h.disk = beforeLock(func() { theirs = foreignCommit(t, h, first) })
	_, err := h.Publish(t.Context(), project, first, []workflow.Commit{change(2, "a.md", "b")})
	if workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("Publish: %v, want a conflict", err)
	}
	if got := tip(t, h); got != theirs {
		t.Errorf("tip is %s, want theirs %s", got, theirs)
	}
	checkTidy(t, h.Dir(project))
}

func TestGarbageCollectionMayComeBetweenPackAndBranch(t *testing.T) {
	h := open(t, t.TempDir())
	dir := h.Dir(project)
	first := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	collected := 0
	h = open(t, h.root)
	h.disk = beforeLock(func() {
		git(t, dir, "gc", "-q", "--prune=now")
		collected++
	})
	second := publish(t, h, first, change(2, "a.md", "b"))[0]
	if collected != 1 {
		t.Fatalf("git gc ran %d times, want once", collected)
	}
	fsck(t, dir)
	if body, err := h.Blob(t.Context(), project, second.Blobs["a.md"]); err != nil || body != "b" {
		t.Errorf("Blob = %q, %v", body, err)
	}
	checkTidy(t, dir)
}

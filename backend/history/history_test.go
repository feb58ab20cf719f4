package history

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/backend/workflow"
)

const project = "01JD0PROJECT"

var (
	noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	ann  = workflow.Author{Kind: workflow.Person, Name: "Ann"}
)

// git runs the real one and returns what it printed.
func git(t testing.TB, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "TZ=UTC", "LC_ALL=C",
		"GIT_AUTHOR_NAME=Eve", "GIT_AUTHOR_EMAIL=eve@example.org", "GIT_COMMITTER_NAME=Eve", "GIT_COMMITTER_EMAIL=eve@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// fsck fails the test unless git finds nothing wrong with a repository.
func fsck(t testing.TB, dir string) {
	t.Helper()
	out := git(t, dir, "fsck", "--full", "--strict", "--no-dangling", "--no-progress")
	if out != "" && out != "notice: HEAD points to an unborn branch (main)" {
		t.Errorf("git fsck says: %s", out)
	}
}

// open returns histories in a folder and closes them after the test.
func open(t testing.TB, root string) *History {
	t.Helper()
	h := Open(root)
	h.now = func() time.Time { return noon }
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// change is a commit of files given as path, content, path, content, …; a
// content of "-" deletes.
func change(seq uint64, pairs ...string) workflow.Commit {
	c := workflow.Commit{
		Seq: seq, ProjectID: project, At: noon.Add(time.Duration(seq) * time.Minute),
		Author: ann, Message: fmt.Sprintf("Change %d", seq),
	}
	for i := 0; i < len(pairs); i += 2 {
		f := workflow.File{Path: pairs[i], Content: []byte(pairs[i+1])}
		if pairs[i+1] == "-" {
			f = workflow.File{Path: pairs[i], Delete: true}
		}
		c.Files = append(c.Files, f)
	}
	return c
}

// publish publishes and fails the test if that fails.
func publish(t testing.TB, h *History, parent string, commits ...workflow.Commit) []workflow.Published {
	t.Helper()
	published, err := h.Publish(t.Context(), project, parent, commits)
	if err != nil {
		t.Fatalf("Publish: %v (%+v)", err, err)
	}
	return published
}

func tip(t testing.TB, h *History) string {
	t.Helper()
	tip, err := h.Tip(t.Context(), project)
	if err != nil {
		t.Fatal(err)
	}
	return tip
}

// someCommits are three commits with folders that come and go.
func someCommits() []workflow.Commit {
	return []workflow.Commit{
		change(1, "request.md", "# Request\n", "steps/01.md", "one\n", "steps/02.md", "two\n"),
		change(2, "steps/02.md", "two, changed\n", "audits/security/01.md", "ä\r\nno newline"),
		change(3, "steps/01.md", "-", "audits/security/01.md", "-", "empty.md", ""),
	}
}

func TestPublishIsReadByStockGit(t *testing.T) {
	h := open(t, t.TempDir())
	commits := someCommits()
	commits[1].Author = workflow.Author{Kind: workflow.Model, Name: "qwen3:8b"}
	commits[2].Author = workflow.Author{Kind: workflow.Plumbline}
	published := publish(t, h, "", commits...)
	dir := h.Dir(project)
	fsck(t, dir)

	clone := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "clone", "-q", dir, clone)
	want := map[string]string{"request.md": "# Request\n", "steps/02.md": "two, changed\n", "empty.md": ""}
	if got := git(t, clone, "ls-files"); got != "empty.md\nrequest.md\nsteps/02.md" {
		t.Errorf("the clone has the files %q", got)
	}
	for path, content := range want {
		got, err := os.ReadFile(filepath.Join(clone, path))
		if err != nil || string(got) != content {
			t.Errorf("the clone has %s = %q, %v, want %q", path, got, err, content)
		}
	}
	log := git(t, clone, "log", "--reverse", "--format=%H %an <%ae> %ai %cn %s")
	wantLog := []string{
		published[0].Commit + " Ann <person@plumbline.invalid> 2026-11-21 12:01:00 +0000 Plumbline Change 1",
		published[1].Commit + " qwen3:8b <model@plumbline.invalid> 2026-11-21 12:02:00 +0000 Plumbline Change 2",
		published[2].Commit + " Plumbline <plumbline@plumbline.invalid> 2026-11-21 12:03:00 +0000 Plumbline Change 3",
	}
	if log != strings.Join(wantLog, "\n") {
		t.Errorf("log is\n%s\nwant\n%s", log, strings.Join(wantLog, "\n"))
	}
	for path, hash := range published[1].Blobs {
		if got := git(t, dir, "rev-parse", published[1].Commit+":"+path); got != hash {
			t.Errorf("%s is %s, Publish said %s", path, got, hash)
		}
	}
	if got := git(t, dir, "symbolic-ref", "HEAD"); got != "refs/heads/main" {
		t.Errorf("HEAD is %s", got)
	}
}

func TestPublishLeavesNothingBehind(t *testing.T) {
	h := open(t, t.TempDir())
	publish(t, h, "", someCommits()...)
	checkTidy(t, h.Dir(project))
}

// checkTidy fails the test if a repository holds locks, .keep or temporary files.
func checkTidy(t testing.TB, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		name := d.Name()
		if strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".keep") || strings.HasPrefix(name, temporary) {
			t.Errorf("%s is left behind", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestSameCommitsGetTheSameNames(t *testing.T) {
	one, two := open(t, t.TempDir()), open(t, t.TempDir())
	together := publish(t, one, "", someCommits()...)
	parent := ""
	for i, c := range someCommits() {
		single := publish(t, two, parent, c)
		parent = single[0].Commit
		if parent != together[i].Commit {
			t.Errorf("commit %d alone is %s, together with others %s", i, parent, together[i].Commit)
		}
	}
}

func TestReplayAfterTheRefIsLost(t *testing.T) {
	root := t.TempDir()
	first := open(t, root)
	before := publish(t, first, "", someCommits()...)
	for _, content := range []string{"", "nonsense\n", "removed"} {
		ref := filepath.Join(first.Dir(project), "refs", "heads", "main")
		if content == "removed" {
			if err := os.Remove(ref); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(ref, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		h := open(t, root)
		if got := tip(t, h); got != "" {
			t.Fatalf("ref %q gives the tip %q, want none", content, got)
		}
		after := publish(t, h, "", someCommits()...)
		if after[2].Commit != before[2].Commit || tip(t, h) != before[2].Commit {
			t.Errorf("ref %q: replay gives %s, tip %s, want %s", content, after[2].Commit, tip(t, h), before[2].Commit)
		}
		fsck(t, h.Dir(project))
	}
}

func TestReplayOfWhatIsPublishedInPart(t *testing.T) {
	h := open(t, t.TempDir())
	commits := someCommits()
	first := publish(t, h, "", commits[:2]...)
	all := publish(t, h, "", commits...)
	if all[1].Commit != first[1].Commit {
		t.Errorf("the second commit is %s, was %s", all[1].Commit, first[1].Commit)
	}
	if got := tip(t, h); got != all[2].Commit {
		t.Errorf("tip is %s, want %s", got, all[2].Commit)
	}
	publish(t, h, "", commits...)
	if got := tip(t, h); got != all[2].Commit {
		t.Errorf("tip is %s after publishing again, want %s", got, all[2].Commit)
	}
}

func TestPublishRefusesABranchThatWasMoved(t *testing.T) {
	h := open(t, t.TempDir())
	ours := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	theirs := foreignCommit(t, h, ours)
	for _, commits := range [][]workflow.Commit{{change(2, "a.md", "b")}, {}} {
		_, err := h.Publish(t.Context(), project, ours, commits)
		if workflow.CodeOf(err) != workflow.Conflict {
			t.Errorf("Publish of %d commits: %v, want a conflict", len(commits), err)
		}
		if got := tip(t, h); got != theirs {
			t.Errorf("tip is %s, want %s as before", got, theirs)
		}
	}
	checkTidy(t, h.Dir(project))
}

// foreignCommit moves the branch with stock git.
func foreignCommit(t testing.TB, h *History, parent string) string {
	t.Helper()
	dir := h.Dir(project)
	theirs := git(t, dir, "commit-tree", "-m", "theirs", "-p", parent, parent+"^{tree}")
	git(t, dir, "update-ref", "refs/heads/main", theirs)
	return theirs
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

func TestCommitTimeIsNeverBeforeItsParents(t *testing.T) {
	h := open(t, t.TempDir())
	late, early, ancient := change(1, "a.md", "1"), change(2, "a.md", "2"), change(3, "a.md", "3")
	early.At = noon.Add(-time.Hour)
	ancient.At = time.Time{}
	ids := publish(t, h, "", late, early)
	publish(t, h, ids[1].Commit, ancient)
	got := git(t, h.Dir(project), "log", "--reverse", "--format=%at %ct")
	at := late.At.Unix()
	if want := fmt.Sprintf("%d %d\n%d %d\n0 %d", at, at, noon.Add(-time.Hour).Unix(), at, at); got != want {
		t.Errorf("times are\n%s\nwant\n%s", got, want)
	}
	fsck(t, h.Dir(project))
}

func TestHostileInputsMakeASoundCommit(t *testing.T) {
	h := open(t, t.TempDir())
	names := []string{"", "<>", "a\nb", "Eve <eve@x> 0 +0000\nparent x", "\x00", " . ", "\xff\xfe", strings.Repeat("n", 5000), "Ärzte"}
	messages := []string{"", "\x00", "a\x00b\r\n\r\n", "\xff", "tree x\nparent y", strings.Repeat("m", 50000), "\n\n-----BEGIN"}
	commits := []workflow.Commit{}
	for i, n := range names {
		c := change(uint64(i+1), "a.md", fmt.Sprint(i))
		c.Author.Name, c.Message = n, messages[i%len(messages)]
		commits = append(commits, c)
	}
	published := publish(t, h, "", commits...)
	fsck(t, h.Dir(project))
	if got := git(t, h.Dir(project), "rev-list", "--count", "main"); got != fmt.Sprint(len(names)) {
		t.Errorf("git counts %s commits, want %d", got, len(names))
	}
	if got := tip(t, h); got != published[len(names)-1].Commit {
		t.Errorf("tip is %s", got)
	}
}

func TestPublishRefusesPathsThatGitMustNotHold(t *testing.T) {
	h := open(t, t.TempDir())
	for _, path := range []string{"", "/a", "../a", ".git/config", "a/.GIT/x", "a//b", ".gitmodules", "nul"} {
		_, err := h.Publish(t.Context(), project, "", []workflow.Commit{change(1, path, "x")})
		if workflow.CodeOf(err) != workflow.Invalid {
			t.Errorf("Publish of %q: %v, want invalid", path, err)
		}
	}
	_, err := h.Publish(t.Context(), project, "", []workflow.Commit{change(1, "a", "x", "a/b", "y")})
	if workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("Publish of a file and a folder of one name: %v, want invalid", err)
	}
	if _, err := h.Publish(t.Context(), "../x", "", nil); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("Publish to a project outside: %v, want invalid", err)
	}
}

func TestPublishStopsWhenCanceled(t *testing.T) {
	h := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Publish(ctx, project, "", someCommits()); err == nil {
		t.Error("Publish took a context that had ended")
	}
	if got := tip(t, h); got != "" {
		t.Errorf("tip is %s, want none", got)
	}
}

func TestClosedHistoryIsUnavailable(t *testing.T) {
	h := open(t, t.TempDir())
	publish(t, h, "", someCommits()...)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Tip(t.Context(), project); workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("Tip after Close: %v, want unavailable", err)
	}
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
	if got := tip(t, open(t, root)); got != first[2].Commit {
		t.Errorf("tip is %s", got)
	}
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

package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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

// checkTidy fails the test if a repository holds locks, .keep or temporary files,
// or a pack without an index.
func checkTidy(t testing.TB, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		name := d.Name()
		if strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".keep") || strings.HasPrefix(name, temporary) {
			t.Errorf("%s is left behind", path)
		}
		if base, ok := strings.CutSuffix(path, ".pack"); ok {
			if _, err := os.Stat(base + ".idx"); err != nil {
				t.Errorf("%s has no index: %v", path, err)
			}
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

func TestRefusedCommitLeavesNoTrace(t *testing.T) {
	h := open(t, t.TempDir())
	first := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	if _, err := h.Publish(t.Context(), project, first, []workflow.Commit{change(2, "b.md", "b", "../c", "c")}); err == nil {
		t.Fatal("Publish took a bad path")
	}
	publish(t, h, first, change(3, "d.md", "d"))
	if got := git(t, h.Dir(project), "ls-tree", "-r", "--name-only", "main"); got != "a.md\nd.md" {
		t.Errorf("the tree holds %q, want a.md and d.md", got)
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

func TestOnlyChangedFoldersAreWritten(t *testing.T) {
	h := open(t, t.TempDir())
	first := publish(t, h, "", change(1, "a/1.md", "1", "b/1.md", "2", "c/d/1.md", "3", "c/e/1.md", "4"))[0].Commit
	for i, fresh := range []bool{false, true} {
		if fresh {
			h = open(t, h.root)
		}
		before := objects(t, h)
		first = publish(t, h, first, change(uint64(i+2), "c/d/1.md", fmt.Sprint("new ", i)))[0].Commit
		// The blob, its two folders, the root and the commit.
		if got := objects(t, h) - before; got != 5 {
			t.Errorf("fresh %v: %d objects were written, want 5", fresh, got)
		}
	}
}

// objects counts what is in the packs of a repository.
func objects(t testing.TB, h *History) (count int) {
	t.Helper()
	for line := range strings.Lines(git(t, h.Dir(project), "count-objects", "-v")) {
		if n, err := fmt.Sscanf(line, "in-pack: %d", &count); n == 1 && err == nil {
			return count
		}
	}
	t.Fatal("git does not count objects in packs")
	return 0
}

// shell runs a line and returns what it printed.
func shell(t testing.TB, dir, line string) string {
	t.Helper()
	out, err := output(dir, "sh", "-ec", line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return out
}

// output runs a program and returns what it printed.
func output(dir, program string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return string(out), err
}

// countObjects counts all objects of a repository, each once.
func countObjects(t testing.TB, h *History) int {
	t.Helper()
	return strings.Count(shell(t, h.Dir(project), "git cat-file --batch-all-objects --batch-check"), "\n")
}

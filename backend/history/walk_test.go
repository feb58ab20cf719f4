package history

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

// steps walks to a commit.
func steps(t testing.TB, h *History, tip string) []Step {
	t.Helper()
	all := []Step{}
	if err := h.Walk(t.Context(), project, tip, func(s Step) error { all = append(all, s); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWalkGivesBackWhatWasPublished(t *testing.T) {
	h := open(t, t.TempDir())
	commits := someCommits()
	commits[1].Author = workflow.Author{Kind: workflow.Model, Name: "qwen3:8b"}
	commits[2].Author = workflow.Author{Kind: workflow.Plumbline, Name: "Plumbline"}
	commits[2].Message = "Two lines\n\nand a body"
	published := publish(t, h, "", commits...)
	all := steps(t, h, published[2].Commit)
	if len(all) != 3 {
		t.Fatalf("Walk gives %d steps, want 3", len(all))
	}
	want := [][]Change{
		{{"request.md", published[0].Blobs["request.md"]}, {"steps/01.md", published[0].Blobs["steps/01.md"]}, {"steps/02.md", published[0].Blobs["steps/02.md"]}},
		{{"audits/security/01.md", published[1].Blobs["audits/security/01.md"]}, {"steps/02.md", published[1].Blobs["steps/02.md"]}},
		{{"audits/security/01.md", ""}, {"empty.md", published[2].Blobs["empty.md"]}, {"steps/01.md", ""}},
	}
	for i, s := range all {
		if s.Commit != published[i].Commit || s.Author != commits[i].Author || !s.At.Equal(commits[i].At) || s.Message != commits[i].Message {
			t.Errorf("step %d is %+v, want %+v", i, s, commits[i])
		}
		if !reflect.DeepEqual(s.Changed, want[i]) {
			t.Errorf("step %d changed %v, want %v", i, s.Changed, want[i])
		}
		if got := git(t, h.Dir(project), "rev-parse", s.Commit+"^{tree}"); got != s.Tree {
			t.Errorf("step %d has the tree %s, want %s", i, s.Tree, got)
		}
	}
}

func TestWalkEndsWithItsCallerAndItsContext(t *testing.T) {
	h := open(t, t.TempDir())
	tip := publish(t, h, "", someCommits()...)[2].Commit
	enough := errors.New("enough")
	if err := h.Walk(t.Context(), project, tip, func(Step) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("Walk returns %v, want the error of its caller", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := h.Walk(ctx, project, tip, func(Step) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Walk returns %v, want that it was canceled", err)
	}
	if err := h.Walk(t.Context(), project, strings.Repeat("1", 40), nil); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("Walk to nothing: %v, want not found", err)
	}
}

func TestWalkFollowsForeignCommits(t *testing.T) {
	h := open(t, t.TempDir())
	ours := publish(t, h, "", change(1, "a.md", "a", "d/b.md", "b"))[0].Commit
	dir := h.Dir(project)
	side := git(t, dir, "commit-tree", "-m", "side", "-p", ours, ours+"^{tree}")
	blob := git(t, dir, "rev-parse", ours+":a.md")
	tree := strings.TrimSpace(shell(t, dir, fmt.Sprintf(`printf '100644 blob %s\ta.md\n100644 blob %s\td\n120000 blob %s\tlink\n160000 commit %s\tmodule\n' | git mktree --missing`, blob, blob, blob, ours)))
	merged := git(t, dir, "commit-tree", "-m", "joined", "-p", ours, "-p", side, tree)
	all := steps(t, h, merged)
	if len(all) != 2 {
		t.Fatalf("Walk gives %d steps, want 2: only first parents", len(all))
	}
	want := []Change{{"d", blob}, {"d/b.md", ""}, {"link", blob}}
	if got := all[1]; !reflect.DeepEqual(got.Changed, want) || got.Author != (workflow.Author{Kind: workflow.Person, Name: "Eve"}) {
		t.Errorf("the foreign step is %+v, want changes %v by the person Eve", got, want)
	}
	files, err := h.Files(t.Context(), project, merged, "")
	if wantFiles := map[string]string{"a.md": blob, "d": blob, "link": blob}; err != nil || !maps.Equal(files, wantFiles) {
		t.Errorf("Files = %v, %v, want %v", files, err, wantFiles)
	}
}

func TestFilesBelowAFolder(t *testing.T) {
	h := open(t, t.TempDir())
	p := publish(t, h, "", change(1, "a.md", "a", "d/b.md", "b", "d/e/c.md", "c", "d-e/x.md", "x"))[0]
	for prefix, want := range map[string][]string{"": {"a.md", "d/b.md", "d/e/c.md", "d-e/x.md"}, "d": {"d/b.md", "d/e/c.md"}, "d/e/": {"d/e/c.md"}, "no": {}, "a.md": {}} {
		wanted := map[string]string{}
		for _, path := range want {
			wanted[path] = p.Blobs[path]
		}
		if got, err := h.Files(t.Context(), project, p.Commit, prefix); err != nil || !maps.Equal(got, wanted) {
			t.Errorf("Files(%q) = %v, %v, want %v", prefix, got, err, wanted)
		}
	}
}

func TestProjectsAreThoseWithAHistory(t *testing.T) {
	h := open(t, t.TempDir())
	if ids, err := h.Projects(); err != nil || len(ids) != 0 {
		t.Errorf("Projects of nothing = %v, %v", ids, err)
	}
	publish(t, h, "", change(1, "a.md", "a"))
	if err := os.MkdirAll(h.root+"/projects/empty", 0o700); err != nil {
		t.Fatal(err)
	}
	if ids, err := h.Projects(); err != nil || !reflect.DeepEqual(ids, []string{project}) {
		t.Errorf("Projects = %v, %v, want %s", ids, err, project)
	}
}

// quiet is a disk that does not sync.
type quiet struct{ disk.Real }

func (quiet) SyncDir(string) error { return nil }
func (q quiet) Create(path string) (disk.File, error) {
	f, err := q.Real.Create(path)
	return quietFile{f}, err
}

type quietFile struct{ disk.File }

func (quietFile) Sync() error { return nil }

// written makes a history of many commits such as people and models make: small
// edits of documents of some kilobytes, ticks, and runs that quote them.
func written(t testing.TB, h *History, commits, perPack int) []workflow.Published {
	t.Helper()
	h.disk = quiet{}
	smaller := 1
	if _, isTest := t.(*testing.T); isTest {
		smaller = 8
	}
	docs := newDocuments(smaller)
	all, tip := []workflow.Published{}, ""
	for made := 0; made < commits; {
		batch := []workflow.Commit{}
		for ; len(batch) < perPack && made < commits; made++ {
			c := workflow.Commit{Seq: uint64(made + 1), ProjectID: project, At: noon.Add(time.Duration(made) * time.Minute), Author: ann, Message: fmt.Sprintf("Change %d", made), Files: docs.edit(made)}
			batch = append(batch, c)
		}
		published := publish(t, h, tip, batch...)
		tip = published[len(published)-1].Commit
		all = append(all, published...)
	}
	return all
}

func BenchmarkWalk(b *testing.B) {
	h := open(b, b.TempDir())
	const commits = 10000
	all := written(b, h, commits, 500)
	for b.Loop() {
		n := 0
		if err := h.Walk(b.Context(), project, all[commits-1].Commit, func(Step) error { n++; return nil }); err != nil || n != commits {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/commits, "µs/commit")
}

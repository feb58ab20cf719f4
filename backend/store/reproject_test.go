package store

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// TestRecordFilesAreThoseThatWereCommitted fills a project in every way and
// compares what was sent to git, the newest of each path, with what would be
// sent now.
func TestRecordFilesAreThoseThatWereCommitted(t *testing.T) {
	s, repo := rich(t)
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutTicks(project, "spec.md", map[string]workflow.Tick{"a": {State: workflow.ItemDone, By: ann, At: noon}}),
			tx.PutVariables(project, "spec", map[string]string{"platform": "web"}), tx.PutEffort(anEffort), tx.Describe(project, ann, noon, "Tick and fill in"))
	})
	drain(t, s, map[string]*repository{project: repo}, 0)
	committed := map[string]string{}
	for path, blob := range repo.tree {
		if isRecord(path) {
			committed[path] = repo.blobs[blob]
		}
	}
	var files []workflow.File
	if err := s.View(func(tx *Tx) (err error) { files, err = tx.RecordFiles(project); return err }); err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(files, func(a, b workflow.File) int { return strings.Compare(a.Path, b.Path) }) {
		t.Error("the files are not in order")
	}
	kinds := map[bucketName]bool{}
	for _, f := range files {
		kinds[bucketOf(f.Path)] = true
		if string(f.Content) != committed[f.Path] {
			t.Errorf("%s is\n%s\nwas\n%s", f.Path, f.Content, committed[f.Path])
		}
		delete(committed, f.Path)
	}
	for path := range committed {
		t.Errorf("%s was committed and would not be now", path)
	}
	for _, d := range declarations() {
		if d.nature == projected && !kinds[d.name] {
			t.Errorf("the project has no record of %s", d.name)
		}
	}
}

func TestVersionFilesAreThoseOfItsCommit(t *testing.T) {
	s, repo := rich(t)
	var v workflow.Version
	if err := s.View(func(tx *Tx) (err error) { v, err = tx.Version(project, "spec.md", 2); return err }); err != nil {
		t.Fatal(err)
	}
	at := slices.Index(repo.names, v.Commit)
	files, err := VersionFiles(v, "two")
	if err != nil || at < 0 || len(files) != len(repo.commits[at]) {
		t.Fatalf("%d files, %v; the commit %q is at %d", len(files), err, v.Commit, at)
	}
	for _, c := range repo.commits[at] {
		if !slices.ContainsFunc(files, func(f workflow.File) bool { return f.Path == c.Path && sha(string(f.Content)) == c.Blob }) {
			t.Errorf("%s is not as it was committed", c.Path)
		}
	}
}

func TestRewrittenVersionsHaveTheirNewNames(t *testing.T) {
	s, _ := rich(t)
	err := s.Rewritten(project, []workflow.Version{{Path: "spec.md", Number: 1}, {Path: "spec.md", Number: 2, Commit: "c2", Blob: "b2"}}, "head")
	if err != nil {
		t.Fatal(err)
	}
	got := map[int]string{}
	if err := s.View(func(tx *Tx) error {
		return tx.EachVersion(project, func(v workflow.Version) error { got[v.Number] = v.Commit + v.Blob; return nil })
	}); err != nil {
		t.Fatal(err)
	}
	if head, err := s.GitHead(project); got[1] != "" || got[2] != "c2b2" || got[3] == "" || head != "head" || err != nil {
		t.Errorf("versions %v, head %q, %v", got, head, err)
	}
	if err := s.Rewritten(project, []workflow.Version{{Path: "spec.md", Number: 9}}, ""); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("a version that is not there: %v", err)
	}
}

func TestFillGapsKeepsTheNumbersOfWhatIsLeft(t *testing.T) {
	s := open(t)
	fillSound(t, s)
	path := "steps/00.md"
	update(t, s, func(tx *Tx) error { return tx.remove(bucketVersion, versionKey(project, path, 2)) })
	filled, err := s.FillGaps(project)
	if err != nil || len(filled) != 1 || filled[0].Number != 2 || !filled[0].Lost {
		t.Fatalf("filled %+v, %v, want v2 as lost", filled, err)
	}
	if again, err := s.FillGaps(project); err != nil || len(again) != 0 {
		t.Errorf("filling it again: %+v, %v", again, err)
	}
	view(t, s, func(tx *Tx) error {
		v, err := tx.Version(project, path, 2)
		same(t, "whether v2 is lost", v.Lost, err, true)
		return nil
	})
}

package store

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// quick opens a store that does not sync, for a property that needs many.
func quick(t *testing.T) *Store {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir, Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	s.db.NoSync = true
	return s
}

// TestBodiesArePrunedOnceGitHasThem saves and drains at random and checks that
// git's names are there exactly when they are known, and that of the bodies that
// git has only the one is left that was current when that was noted.
func TestBodiesArePrunedOnceGitHasThem(t *testing.T) {
	paths := []string{"a.md", "b/c.md"}
	rapid.Check(t, func(rt *rapid.T) {
		s := quick(t)
		heads, drained, kept := map[string]int{}, map[string]int{}, map[string]int{}
		for range rapid.IntRange(1, 12).Draw(rt, "acts") {
			if rapid.IntRange(0, 2).Draw(rt, "act") > 0 {
				path := rapid.SampledFrom(paths).Draw(rt, "path")
				heads[path]++
				save(t, s, path, fmt.Sprint(path, heads[path]))
				continue
			}
			pending, err := s.Pending(rapid.IntRange(1, 5).Draw(rt, "drained"))
			if err != nil {
				rt.Fatal(err)
			}
			published := []workflow.Published{}
			for _, c := range pending {
				path, number := c.Versions[0].Path, c.Versions[0].Number
				drained[path], kept[path] = number, heads[path]
				blobs := map[string]string{path: fmt.Sprint("b", path, number)}
				published = append(published, workflow.Published{Seq: c.Seq, Commit: fmt.Sprint("c", c.Seq), Blobs: blobs})
			}
			for range rapid.IntRange(1, 2).Draw(rt, "times") { // again is harmless
				if err := s.Drained(project, published); err != nil {
					rt.Fatal(err)
				}
			}
			if head, err := s.GitHead(project); len(published) > 0 && (err != nil || head != published[len(published)-1].Commit) {
				rt.Fatalf("GitHead = %q, %v, want the last of %v", head, err, published)
			}
		}
		for _, path := range paths {
			for n := 1; n <= heads[path]; n++ {
				known := n <= drained[path]
				checkBody(rt, s, next(path, n), known, !known || n == kept[path])
			}
		}
		if err := s.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

func TestBodyThatGitDoesNotHaveIsKept(t *testing.T) {
	s := open(t)
	for n := range 3 {
		save(t, s, "a.md", fmt.Sprint("a.md", n+1))
	}
	p := workflow.Published{Seq: 1, Commit: "c1", Blobs: map[string]string{"a.md": "ba.md1"}}
	if err := s.Drained(project, []workflow.Published{p}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		checkBody(t, s, next("a.md", n), n == 1, n > 1)
	}
}

// checkBody compares a version and its body with what they should be.
func checkBody(t rapid.TB, s *Store, want workflow.Version, known, there bool) {
	t.Helper()
	err := s.View(func(tx *Tx) error {
		body, ok, err := tx.Body(project, want.Path, want.Number)
		if err != nil || ok != there || ok && body != fmt.Sprint(want.Path, want.Number) {
			t.Errorf("Body(%s, %d) = %q, %v, %v, want it %v", want.Path, want.Number, body, ok, err, there)
		}
		v, err := tx.Version(project, want.Path, want.Number)
		if has := v.Commit != "" && v.Blob == fmt.Sprint("b", want.Path, want.Number); err != nil || has != known {
			t.Errorf("Version(%s, %d) = %+v, %v, want git's names %v", want.Path, want.Number, v, err, known)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestDrainedRefusesWhatDoesNotFit(t *testing.T) {
	s := open(t)
	save(t, s, "spec.md", "one")
	for what, c := range map[string]struct {
		project string
		p       workflow.Published
	}{
		"another project": {"other", workflow.Published{Seq: 1, Commit: "c", Blobs: map[string]string{"spec.md": "b"}}},
		"no blob":         {project, workflow.Published{Seq: 1, Commit: "c"}},
		"no commit":       {project, workflow.Published{Seq: 1, Blobs: map[string]string{"spec.md": "b"}}},
	} {
		if err := s.Drained(c.project, []workflow.Published{c.p}); workflow.CodeOf(err) != workflow.Internal {
			t.Errorf("%s: %v, want an internal error", what, err)
		}
	}
	pending, err := s.Pending(0)
	same(t, "the number of commits", len(pending), err, 1)
}

func TestNextIsBoundedBySizeAndLeavesOut(t *testing.T) {
	s := open(t)
	for n := range 4 {
		save(t, s, fmt.Sprint(n, ".md"), strings.Repeat("x", pendingBytes/3)) // more than a third once it is a record
	}
	err := s.Update(func(tx *Tx) error {
		v := workflow.Version{ProjectID: "other", Path: "a.md", Number: 1, Kind: workflow.VersionSaved, Author: ann, At: noon}
		return errors.Join(tx.AddVersion(v, "a"), tx.Describe("other", ann, noon, "Save"))
	})
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		limit  int
		except map[string]bool
		want   []uint64
	}{
		"by number":      {1, nil, []uint64{1}},
		"by size":        {10, nil, []uint64{1, 2, 3}},
		"with exception": {10, map[string]bool{project: true}, []uint64{5}},
		"nothing left":   {10, map[string]bool{project: true, "other": true}, []uint64{}},
	} {
		commits, err := s.Next(c.limit, c.except)
		got := []uint64{}
		for _, commit := range commits {
			got = append(got, commit.Seq)
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: Next = %v, %v, want %v", what, got, err, c.want)
		}
	}
	if ids, err := s.PendingProjects(); err != nil || !slices.Equal(ids, []string{project, "other"}) {
		t.Errorf("PendingProjects = %v, %v", ids, err)
	}
	p := workflow.Published{Seq: 5, Commit: "c5", Blobs: map[string]string{"a.md": "b"}}
	if err := s.Drained("other", []workflow.Published{p}); err != nil {
		t.Fatal(err)
	}
	if heads, err := s.GitHeads(); err != nil || len(heads) != 1 || heads["other"] != "c5" {
		t.Errorf("GitHeads = %v, %v", heads, err)
	}
}

package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// temporary opens a store for one round of a property.
func temporary(t *rapid.T, dir string) *Store {
	s, err := Open(context.Background(), dir, Options{Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	s.db.NoSync = true
	return s
}

// TestRebuildBringsEveryProjectedRecordBack is the inverse of the projection:
// whatever a project went through, its history gives every projected and every
// derived record again, byte for byte.
func TestRebuildBringsEveryProjectedRecordBack(t *testing.T) {
	base, round := t.TempDir(), 0
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		round++
		s := temporary(t, filepath.Join(base, fmt.Sprint(round)))
		defer s.Close()
		repos := map[string]*repository{}
		walks := []*walk{{T: t, s: s, project: "P1", at: noon}, {T: t, s: s, project: "P2", at: noon}}
		for _, w := range walks {
			w.putProject()
		}
		for range rapid.IntRange(5, 40).Draw(t, "steps") {
			walks[rapid.IntRange(0, 1).Draw(t, "project")].step()
			if rapid.IntRange(0, 4).Draw(t, "drain") == 0 {
				drain(t, s, repos, rapid.IntRange(1, 5).Draw(t, "limit"))
			}
		}
		other := temporary(t, filepath.Join(base, fmt.Sprint(round, "b")))
		defer other.Close()
		for _, w := range walks {
			for i := range w.runs {
				w.end(i)
			}
			drain(t, s, repos, 0)
			rebuilt, err := repos[w.project].rebuild(other, w.project, repos[w.project].read)
			if err != nil || len(rebuilt.Lost)+len(rebuilt.Differs) > 0 {
				t.Fatalf("rebuild: %v, %+v", err, rebuilt)
			}
			want := recordsOf(t, s, runIDs(w.runs), w.project)
			if d := differences(recordsOf(t, other, runIDs(w.runs), w.project), want); len(d) > 0 {
				t.Fatalf("rebuilt %s:\n%s", w.project, strings.Join(d, "\n"))
			}
			for k := range want {
				bucket, _, _ := strings.Cut(k, "/")
				seen[bucket] = true
			}
		}
	})
	for _, d := range declarations() {
		// No run is active in the end, so that one index is rightly empty.
		if d.nature != local && !seen[string(d.name)] && d.name != bucketRunActive {
			t.Errorf("nothing was written to %s: the walk must fill every bucket", d.name)
		}
	}
}

// TestRebuildOverBrokenRecordsKeepsWhatGitDoesNotHave forgets a project whose
// last writes and whose running run are not in git, and rebuilds it.
func TestRebuildOverBrokenRecordsKeepsWhatGitDoesNotHave(t *testing.T) {
	base, round := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		s := temporary(t, filepath.Join(base, fmt.Sprint(round)))
		defer s.Close()
		repos := map[string]*repository{"P1": newRepository()}
		w := &walk{T: t, s: s, project: "P1", at: noon}
		w.putProject()
		for range rapid.IntRange(5, 25).Draw(t, "steps") {
			w.step()
			if rapid.IntRange(0, 4).Draw(t, "drain") == 0 {
				drain(t, s, repos, rapid.IntRange(1, 3).Draw(t, "limit"))
			}
		}
		draft := workflow.Draft{ProjectID: "P1", Path: "idea.md", Body: "typing", At: noon}
		if err := s.Update(func(tx *Tx) error { return tx.PutDraft(draft) }); err != nil {
			t.Fatal(err)
		}
		want := recordsOf(t, s, runIDs(w.runs), "P1")
		pruneAll(t, s, want)
		breakSome(t, s)
		if err := s.Forget(context.Background(), "P1"); err != nil {
			t.Fatal(err)
		}
		rebuilt, err := repos["P1"].rebuild(s, "P1", repos["P1"].read)
		if err != nil || len(rebuilt.Lost)+len(rebuilt.Differs) > 0 {
			t.Fatalf("rebuild: %v, %+v", err, rebuilt)
		}
		if d := differences(recordsOf(t, s, runIDs(w.runs), "P1"), want); len(d) > 0 {
			t.Fatalf("rebuilt:\n%s", strings.Join(d, "\n"))
		}
		err = s.View(func(tx *Tx) error {
			if _, ok, err := tx.Draft("P1", "idea.md"); err != nil || !ok {
				t.Fatalf("the draft is gone: %v", err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// breakSome breaks one record of several kinds.
func breakSome(t *rapid.T, s *Store) {
	err := s.write(func(tx *Tx) error {
		for _, name := range []bucketName{bucketProject, bucketVersion, bucketCandidate, bucketHead, bucketTick} {
			b, err := tx.bucket(name)
			if err != nil {
				return err
			}
			if k, _ := b.Cursor().First(); k != nil {
				if err := b.Put(bytes.Clone(k), []byte("broken")); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// pruneAll takes the texts of old versions that git has out of what is wanted.
func pruneAll(t *rapid.T, s *Store, records map[string]string) {
	err := s.View(func(tx *Tx) error {
		return tx.scan(bucketVersion, nil, func(k, value []byte) error {
			var v workflow.Version
			if err := decode(bucketVersion, k, value, &v); err != nil {
				return err
			}
			head, _, err := tx.headNumber(v.ProjectID, v.Path)
			if err == nil && head != v.Number && v.Blob != "" {
				delete(records, readable(bucketBody, k))
			}
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rich is a project that went through everything once, drained.
func rich(t *testing.T) (s *Store, repo *repository) {
	t.Helper()
	s = open(t)
	update(t, s, func(tx *Tx) error {
		run := aRun
		run.ParentID = "01JD0OTHER"
		return errors.Join(tx.PutProject(aProject), tx.PutRunText(aRun.ID, "prompt", "p"), tx.PutRun(run), tx.PutCandidate(aCandidate),
			tx.AddGateRecord(aGateRecord), tx.PutFinding(aFinding), tx.PutFiling(aFiling), tx.Describe(project, ann, noon, "Fill"))
	})
	for _, body := range []string{"one", "two", "two"} {
		save(t, s, "spec.md", body)
	}
	repos := map[string]*repository{}
	drain(t, s, repos, 0)
	return s, repos[project]
}

func TestRebuildAsAnotherProjectLivesBesideTheOriginal(t *testing.T) {
	s, repo := rich(t)
	before := recordsOf(t, s, []string{aRun.ID}, project)
	rebuilt, err := repo.rebuild(s, "COPY", repo.read)
	if err != nil || len(rebuilt.Lost) > 0 {
		t.Fatalf("rebuild: %v, %+v", err, rebuilt)
	}
	same(t, "the original", recordsOf(t, s, []string{aRun.ID}, project), nil, before)
	view(t, s, func(tx *Tx) error {
		p, err := tx.Project("COPY")
		same(t, "the name", p.Name, err, aProject.Name)
		runs, err := tx.Runs("COPY")
		if err != nil || len(runs) != 1 || runs[0].ID == aRun.ID || runs[0].ID[:8] != aRun.ID[:8] || runs[0].ParentID == "01JD0OTHER" {
			t.Fatalf("Runs = %+v, %v, want one with an id of its own", runs, err)
		}
		text, err := tx.RunText(runs[0].ID, "prompt")
		same(t, "its prompt", text, err, "p")
		open, err := tx.OpenCandidates("COPY")
		if err != nil || len(open) != 1 || open[0].RunID != runs[0].ID {
			t.Errorf("OpenCandidates = %+v, %v", open, err)
		}
		gates, err := tx.GateRecords("COPY")
		same(t, "the gate's project", gates[0].ProjectID, err, "COPY")
		findings, err := tx.Findings("COPY")
		if err != nil || len(findings) != 1 || findings[0].ProjectID != "COPY" || findings[0].Sightings[0].RunID != runs[0].ID {
			t.Errorf("Findings = %+v, %v", findings, err)
		}
		filings, err := tx.Filings("COPY")
		if err != nil || len(filings) != 1 || filings[0].ProjectID != "COPY" || filings[0].RunID != runs[0].ID {
			t.Errorf("Filings = %+v, %v", filings, err)
		}
		head, _, err := tx.Head("COPY", "spec.md")
		same(t, "the head", head.ProjectID, err, "COPY")
		return nil
	})
	// What the copy then does by itself comes back as well, and under the same ids.
	repos := map[string]*repository{"COPY": repo}
	update(t, s, func(tx *Tx) error {
		open, err := tx.OpenCandidates("COPY")
		if err != nil {
			return err
		}
		open[0].State = workflow.CandidateDiscarded
		return errors.Join(tx.PutCandidate(open[0]), tx.PutRunText(open[0].RunID, "thinking", "late"), tx.Describe("COPY", ann, noon, "Decide"))
	})
	drain(t, s, repos, 0)
	ids := []string{adoptedID("COPY", aRun.ID)}
	want := recordsOf(t, s, ids, "COPY")
	other := open(t)
	if _, err := repo.rebuild(other, "COPY", repo.read); err != nil {
		t.Fatal(err)
	}
	if d := differences(recordsOf(t, other, ids, "COPY"), want); len(d) > 0 {
		t.Errorf("the copy, rebuilt:\n%s", strings.Join(d, "\n"))
	}
}

func TestRebuildNamesWhatItCannotBringBack(t *testing.T) {
	_, repo := rich(t)
	tip := repo.tree["spec.md"]
	repo.blobs[repo.tree[recordPath(bucketRun, aRun.ID)+".json"]] = "{not json"
	last := len(repo.commits) - 1
	repo.commits[last] = append(repo.commits[last],
		Changed{Path: ".plumbline/finding/01/01.json", Blob: tip},
		Changed{Path: ".plumbline/candidate/01/01.json", Blob: tip},
		Changed{Path: ".plumbline/tick/01/01.json", Blob: "gone"})
	repo.names, repo.commits = append(repo.names, "theirs"), append(repo.commits, []Changed{
		{Path: "spec.md", Blob: sha("theirs")}, {Path: strings.Repeat("long", 20_000) + ".md", Blob: tip},
	})
	delete(repo.blobs, tip)
	s := open(t)
	rebuilt, err := repo.rebuild(s, project, repo.read)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, l := range rebuilt.Lost {
		got[l.Bucket] = true
		if l.Reason == "" || l.Where == "" {
			t.Errorf("%+v does not say where and why", l)
		}
	}
	same(t, "what is lost", slices.Sorted(maps.Keys(got)), nil, []string{"body", "candidate", "finding", "page", "run", "tick"})
	same(t, "what differs", rebuilt.Differs, nil, []string{"spec.md"})
}

func TestForgetRemovesOneProjectOnly(t *testing.T) {
	s, repo := rich(t)
	if _, err := repo.rebuild(s, "COPY", repo.read); err != nil {
		t.Fatal(err)
	}
	ids := []string{aRun.ID, adoptedID("COPY", aRun.ID)}
	before := recordsOf(t, s, ids[:1], project)
	if err := s.Forget(t.Context(), "COPY"); err != nil {
		t.Fatal(err)
	}
	same(t, "what is left of the copy", recordsOf(t, s, ids[1:], "COPY"), nil, map[string]string{})
	same(t, "the original", recordsOf(t, s, ids[:1], project), nil, before)
	if err := s.Verify(t.Context(), func(f Fault) { t.Error(f) }); err != nil {
		t.Error(err)
	}
}

func TestRebuildOfAnExistingProjectIsAConflict(t *testing.T) {
	s, repo := rich(t)
	if _, err := repo.rebuild(s, project, repo.read); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("rebuild: %v, want a conflict", err)
	}
}

func TestRebuildThatBrokeOffIsBegunAnew(t *testing.T) {
	original, repo := rich(t)
	want := recordsOf(t, original, []string{aRun.ID}, project)
	s := open(t)
	b, err := s.NewRebuild(t.Context(), project, repo.read)
	if err != nil {
		t.Fatal(err)
	}
	for i := range repo.names {
		if err := errors.Join(b.Commit(t.Context(), repo.names[i], repo.commits[i]), stray(b, i)); err != nil {
			t.Fatal(err)
		}
	}
	view(t, s, func(tx *Tx) error { // nobody sees half a project
		projects, err := tx.Projects()
		same(t, "the number of projects", len(projects), err, 0)
		return nil
	})
	if _, err := repo.rebuild(s, project, repo.read); err != nil {
		t.Fatal(err)
	}
	same(t, "the records", differences(recordsOf(t, s, []string{aRun.ID}, project), want), nil, []string{})
}

func TestRebuildWithoutAProjectMakesNone(t *testing.T) {
	s := open(t)
	if _, err := newRepository().rebuild(s, project, nil); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("rebuild of nothing: %v, want not found", err)
	}
}

// stray makes a rebuild write something that the history does not hold.
func stray(b *Rebuild, i int) error {
	b.page(fmt.Sprint("stray", i))
	return b.flush(true)
}

// TestRebuildDropsCommitsThatGitHas puts a commit that was published back into
// the outbox, as a salvage of old pages may do. One that a salvage has made for a
// version alone does not say how old it is.
func TestRebuildDropsCommitsThatGitHas(t *testing.T) {
	for what, change := range map[string]func(*workflow.Commit){
		"as it was": func(*workflow.Commit) {},
		"made anew": func(c *workflow.Commit) {
			c.Files = slices.DeleteFunc(c.Files, func(f workflow.File) bool { return strings.HasPrefix(f.Path, recordDir+"/project/") })
		},
	} {
		t.Run(what, func(t *testing.T) { rebuildDrops(t, change) })
	}
}

func rebuildDrops(t *testing.T, change func(*workflow.Commit)) {
	s := open(t)
	p := aProject
	repos := map[string]*repository{}
	var old workflow.Commit
	for n, body := range []string{"one", "two"} {
		p.UpdatedAt = p.UpdatedAt.Add(time.Second)
		update(t, s, func(tx *Tx) error {
			v := workflow.Version{ProjectID: project, Path: "spec.md", Number: n + 1, At: noon, Author: ann, Hash: workflow.Hash(body)}
			return errors.Join(tx.PutProject(p), tx.AddVersion(v, body), tx.Describe(project, ann, noon, "Save"))
		})
		if n == 0 {
			pending, err := s.Pending(1)
			if err != nil || len(pending) != 1 {
				t.Fatal(pending, err)
			}
			old = pending[0]
			change(&old)
		}
		drain(t, s, repos, 0)
	}
	update(t, s, func(tx *Tx) error {
		_, err := tx.put(bucketOutbox, key(sequenceKey(old.Seq)), old)
		return err
	})
	want := recordsOf(t, s, nil, project)
	if err := s.Forget(t.Context(), project); err != nil {
		t.Fatal(err)
	}
	if _, err := repos[project].rebuild(s, project, repos[project].read); err != nil {
		t.Fatal(err)
	}
	if pending, err := s.Pending(0); err != nil || len(pending) > 0 {
		t.Errorf("%d commits wait, %v", len(pending), err)
	}
	if d := differences(recordsOf(t, s, nil, project), want); len(d) > 0 {
		t.Errorf("differences: %v", d)
	}
}

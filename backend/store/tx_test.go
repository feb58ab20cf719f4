package store

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/backend/workflow"
)

// next is the version of an artifact with a number.
func next(path string, number int) workflow.Version {
	return workflow.Version{ProjectID: project, Path: path, Number: number, Author: ann, At: noon}
}

func TestVersionNumbersHaveNoGaps(t *testing.T) {
	s := open(t)
	save(t, s, "spec.md", "one")
	save(t, s, "spec.md", "two")
	for _, number := range []int{-1, 0, 1, 2, 4} {
		err := s.Update(func(tx *Tx) error {
			return errors.Join(tx.Describe(project, ann, noon, "x"), tx.AddVersion(next("spec.md", number), "other"))
		})
		if workflow.CodeOf(err) != workflow.Conflict {
			t.Errorf("AddVersion(%d) on top of 2: %v, want a conflict", number, err)
		}
	}
	view(t, s, func(tx *Tx) error {
		head, _, err := tx.Head(project, "spec.md")
		same(t, "Head", head.Number, err, 2)
		body, _, err := tx.Body(project, "spec.md", 2)
		same(t, "Body", body, err, "two")
		return nil
	})
}

func TestOneTransactionAddsOneVersionOfAnArtifact(t *testing.T) {
	s := open(t)
	err := s.Update(func(tx *Tx) error {
		return errors.Join(tx.Describe(project, ann, noon, "x"),
			tx.AddVersion(next("spec.md", 1), "one"), tx.AddVersion(next("spec.md", 2), "two"))
	})
	if workflow.CodeOf(err) != workflow.Internal {
		t.Errorf("two versions in one transaction: %v, want an internal error", err)
	}
	view(t, s, func(tx *Tx) error {
		_, ok, err := tx.Head(project, "spec.md")
		same(t, "Head", ok, err, false)
		return nil
	})
}

func TestPathsThatCannotLiveSideBySideAreRefused(t *testing.T) {
	for _, c := range []struct {
		there, added string
		want         workflow.Code
	}{
		{"steps/01.md", "steps/02.md", ""},
		{"steps/01.md", "steps", workflow.Conflict},
		{"steps", "steps/01.md", workflow.Conflict},
		{"a/b", "a/b/c/d", workflow.Conflict},
		{"Spec.md", "spec.md", workflow.Conflict},
		{"Steps/01.md", "steps", workflow.Conflict},
		{"Ärger.md", "ärger.md", workflow.Conflict},
		{"steps.md", "steps/01.md", ""},
		{"a.md", ".plumbline/run/x.json", workflow.Invalid},
		{"a.md", ".Plumbline", workflow.Invalid},
		{"a.md", "../b.md", workflow.Invalid},
		{"a.md", ".git/config", workflow.Invalid},
	} {
		s := open(t)
		save(t, s, c.there, "x")
		for what, add := range map[string]func(tx *Tx) error{
			"AddVersion": func(tx *Tx) error { return tx.AddVersion(next(c.added, 1), "y") },
			"File":       func(tx *Tx) error { return tx.File(project, c.added, "y") },
		} {
			undo := errors.New("undo")
			err := s.Update(func(tx *Tx) error {
				if err := errors.Join(tx.Describe(project, ann, noon, "x"), add(tx)); err != nil {
					return err
				}
				return undo
			})
			if errors.Is(err, undo) {
				err = nil
			}
			if workflow.CodeOf(err) != c.want {
				t.Errorf("%s of %q beside %q: %v, want %q", what, c.added, c.there, err, c.want)
			}
		}
	}
}

func TestPageOfAnArtifactChangesByVersionsOnly(t *testing.T) {
	s := open(t)
	save(t, s, "spec.md", "one")
	err := s.Update(func(tx *Tx) error {
		return errors.Join(tx.Describe(project, ann, noon, "x"), tx.File(project, "spec.md", "other"))
	})
	if workflow.CodeOf(err) != workflow.Internal {
		t.Errorf("File on an artifact: %v, want an internal error", err)
	}
}

func TestCommitHoldsAllItsInputs(t *testing.T) {
	s := open(t)
	update(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.File(project, "gates.md", "g\xff"), tx.AddVersion(next("b.md", 1), "b"), tx.AddVersion(next("a.md", 1), "a"),
			tx.Describe(project, ann, berlin, "Why\n\nBecause"),
			tx.File("other", "gates.md", "o"), tx.Describe("other", ann, time.Time{}, "Other"))
	})
	pending, err := s.Pending(0)
	if err != nil || len(pending) != 2 {
		t.Fatalf("Pending = %v, %v, want two commits", pending, err)
	}
	mine, other := pending[0], pending[1]
	if mine.ProjectID != project || !mine.At.Equal(berlin) || mine.At.Location() != time.UTC || mine.Author != ann || mine.Message != "Why\n\nBecause" {
		t.Errorf("the commit is %+v", mine)
	}
	paths := []string{}
	for _, f := range mine.Files {
		paths = append(paths, f.Path)
	}
	records := []string{recordPath(bucketVersion, hashID("a.md")) + ".json", recordPath(bucketVersion, hashID("b.md")) + ".json"}
	slices.Sort(records)
	same(t, "the paths", paths, nil, append(records, "a.md", "b.md", "gates.md"))
	same(t, "gates.md", string(mine.Files[4].Content), nil, "g\xff")
	same(t, "the versions", mine.Versions, nil, []workflow.VersionKey{{Path: "b.md", Number: 1}, {Path: "a.md", Number: 1}})
	if other.ProjectID != "other" || !other.At.Equal(noon) || other.Seq != mine.Seq+1 {
		t.Errorf("the other commit is %+v, want the clock's time", other)
	}
	limited, err := s.Pending(1)
	same(t, "Pending(1)", limited, err, pending[:1])
}

func TestProjectedChangeMustBeDescribed(t *testing.T) {
	s := open(t)
	err := s.Update(func(tx *Tx) error { return tx.PutProject(aProject) })
	if workflow.CodeOf(err) != workflow.Internal {
		t.Errorf("PutProject without Describe: %v, want an internal error", err)
	}
	view(t, s, func(tx *Tx) error {
		_, err := tx.Project(project)
		same(t, "Project", workflow.CodeOf(err), nil, workflow.NotFound)
		return nil
	})
}

func TestLocalChangesMakeNoCommit(t *testing.T) {
	s := open(t)
	running := aRun
	running.State = workflow.RunRunning
	update(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.PutDraft(aDraft), tx.PutShelfFile(aShelfFile), tx.DeleteDraft(project, "none.md"), tx.PutSettings(workflow.Settings{}),
			tx.PutCalibration("m", 1), tx.PutNumCtx("m", 1), tx.PutRun(running), tx.PutRunText(running.ID, "prompt", "p"),
			tx.AppendChunk(running.ID, "answer", "a"), tx.ClearChunks(running.ID), tx.Describe(project, ann, noon, "Nothing"))
	})
	pending, err := s.Pending(0)
	same(t, "Pending", pending, err, []workflow.Commit{})
}

func TestWritingTheSameAgainMakesNoCommit(t *testing.T) {
	s := open(t)
	put := func(tx *Tx) error {
		return errors.Join(tx.PutProject(aProject), tx.PutRun(aRun), tx.PutCandidate(aCandidate),
			tx.PutVariables(project, "spec", map[string]string{"a": "b"}),
			tx.PutTicks(project, "spec.md", map[string]workflow.Tick{"i": aTick}), tx.Describe(project, ann, noon, "x"))
	}
	update(t, s, put)
	update(t, s, put)
	pending, err := s.Pending(0)
	same(t, "the number of commits", len(pending), err, 1)
}

func TestRunIsProjectedWithItsTextsWhenItEnds(t *testing.T) {
	s := open(t)
	r := aRun
	r.State = workflow.RunQueued
	update(t, s, func(tx *Tx) error { return errors.Join(tx.PutRunText(r.ID, "prompt", "p"), tx.PutRun(r)) })
	for _, state := range []workflow.RunState{workflow.RunRunning, workflow.RunWaiting, workflow.RunRunning} {
		r.State = state
		update(t, s, func(tx *Tx) error { return tx.PutRun(r) })
	}
	r.State = workflow.RunInterrupted
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutRun(r), tx.PutRunText(r.ID, "answer", "half"), tx.PutRunText(r.ID, "answer", "half an answer"),
			tx.Describe(project, ann, noon, "End"))
	})
	pending, err := s.Pending(0)
	if err != nil || len(pending) != 1 {
		t.Fatalf("Pending = %d, %v, want one commit", len(pending), err)
	}
	got := map[string]string{}
	for _, f := range pending[0].Files {
		got[f.Path] = string(f.Content)
	}
	same(t, "the answer", got[".plumbline/run_text/UN/01JD0RUN/answer.md"], nil, "half an answer")
	same(t, "the prompt", got[".plumbline/run_text/UN/01JD0RUN/prompt.md"], nil, "p")
	if !strings.Contains(got[".plumbline/run/UN/01JD0RUN.json"], `"state": "interrupted"`) || len(got) != 3 {
		t.Errorf("the files are %v", slices.Sorted(maps.Keys(got)))
	}

	r.AnswerTokens++
	for what, change := range map[string]func(tx *Tx) error{
		"PutRun":     func(tx *Tx) error { return tx.PutRun(r) },
		"PutRunText": func(tx *Tx) error { return tx.PutRunText(r.ID, "answer", "another") },
	} {
		if err := s.Update(change); workflow.CodeOf(err) != workflow.Conflict {
			t.Errorf("%s after the end: %v, want a conflict", what, err)
		}
	}
	view(t, s, func(tx *Tx) error {
		active, err := tx.ActiveRuns()
		same(t, "ActiveRuns", active, err, []workflow.Run{})
		return nil
	})
}

func TestRunsAndCandidatesComeNewestFirst(t *testing.T) {
	s := open(t)
	update(t, s, func(tx *Tx) error {
		for i, id := range []string{"B", "D", "A", "C"} {
			r, c := aRun, aCandidate
			r.ID, c.RunID = id, id
			r.State = workflow.RunRunning
			r.CreatedAt = noon.Add(time.Duration(i/2) * time.Hour) // B and D, then A and C
			c.CreatedAt = r.CreatedAt
			if err := errors.Join(tx.PutRun(r), tx.PutCandidate(c)); err != nil {
				return err
			}
		}
		return tx.Describe(project, ann, noon, "x")
	})
	view(t, s, func(tx *Tx) error {
		runs, err := tx.Runs(project)
		if err != nil {
			return err
		}
		candidates, err := tx.Candidates(project)
		order := ""
		for i, r := range runs {
			order += r.ID + candidates[i].RunID
		}
		same(t, "the order", order, err, "CCAADDBB")
		return nil
	})
}

func TestGateRecordsKeepTheirOrderAndAreNeverChanged(t *testing.T) {
	s := open(t)
	want := []string{}
	for i, id := range []string{"Z", "A", "M", "B", "0", "1", "2", "3", "4", "5", "6"} {
		r := aGateRecord
		r.ID = id
		if i == 3 {
			r.At = noon.Add(-time.Hour) // the clock was set back
		}
		update(t, s, func(tx *Tx) error { return errors.Join(tx.AddGateRecord(r), tx.Describe(project, ann, noon, "x")) })
		want = append(want, id)
		if err := s.Update(func(tx *Tx) error { return tx.AddGateRecord(r) }); workflow.CodeOf(err) != workflow.Conflict {
			t.Errorf("AddGateRecord again: %v, want a conflict", err)
		}
	}
	view(t, s, func(tx *Tx) error {
		records, err := tx.GateRecords(project)
		got := []string{}
		for _, r := range records {
			got = append(got, r.ID)
		}
		same(t, "the order", got, err, want)
		return nil
	})
}

func TestChunksAreJoinedInOrder(t *testing.T) {
	s := open(t)
	want := ""
	for i := range 50 {
		text := fmt.Sprintf("%d,", i)
		want += text
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.AppendChunk("R", "answer", text), tx.AppendChunk("R", "thinking", "x"), tx.AppendChunk("R2", "answer", "y"))
		})
	}
	view(t, s, func(tx *Tx) error {
		got, err := tx.Chunks("R", "answer")
		same(t, "Chunks", got, err, want)
		return nil
	})
	update(t, s, func(tx *Tx) error { return tx.ClearChunks("R") })
	view(t, s, func(tx *Tx) error {
		got, err := tx.Chunks("R", "answer")
		same(t, "Chunks after clearing", got, err, "")
		got, err = tx.Chunks("R2", "answer")
		same(t, "Chunks of another run", len(got), err, 50)
		return nil
	})
}

func TestDraftsArePutAndDeleted(t *testing.T) {
	s := open(t)
	update(t, s, func(tx *Tx) error { return tx.PutDraft(aDraft) })
	update(t, s, func(tx *Tx) error { return tx.DeleteDraft(project, "spec.md") })
	view(t, s, func(tx *Tx) error {
		_, ok, err := tx.Draft(project, "spec.md")
		same(t, "Draft", ok, err, false)
		return nil
	})
}

func TestBadNamesAreRefused(t *testing.T) {
	s := open(t)
	for what, put := range map[string]func(tx *Tx) error{
		"project":     func(tx *Tx) error { return tx.PutProject(workflow.Project{ID: "../x"}) },
		"run":         func(tx *Tx) error { return tx.PutRun(workflow.Run{ID: "a", ProjectID: "a/b"}) },
		"text":        func(tx *Tx) error { return tx.PutRunText("", "prompt", "x") },
		"candidate":   func(tx *Tx) error { return tx.PutCandidate(workflow.Candidate{RunID: "a\x00b", ProjectID: "a"}) },
		"draft":       func(tx *Tx) error { return tx.PutDraft(workflow.Draft{ProjectID: "a", Path: "../b"}) },
		"ticks":       func(tx *Tx) error { return tx.PutTicks("a", "", nil) },
		"variables":   func(tx *Tx) error { return tx.PutVariables("a", "", nil) },
		"calibration": func(tx *Tx) error { return tx.PutCalibration("", 1) },
		"describe":    func(tx *Tx) error { return tx.Describe("", ann, noon, "x") },
	} {
		if err := s.Update(put); workflow.CodeOf(err) != workflow.Invalid {
			t.Errorf("%s: %v, want invalid", what, err)
		}
	}
}

func TestFailedUpdateChangesNothing(t *testing.T) {
	s := open(t)
	stop := workflow.Errorf(workflow.Canceled, "Stop.")
	err := s.Update(func(tx *Tx) error {
		if err := errors.Join(tx.PutProject(aProject), tx.PutDraft(aDraft), tx.Describe(project, ann, noon, "x")); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Errorf("Update returns %v, want the error of fn", err)
	}
	view(t, s, func(tx *Tx) error {
		drafts, err := tx.Drafts(project)
		same(t, "Drafts", drafts, err, []workflow.Draft{})
		return nil
	})
	pending, err := s.Pending(0)
	same(t, "Pending", pending, err, []workflow.Commit{})
}

func TestViewCannotWrite(t *testing.T) {
	s := open(t)
	for what, write := range map[string]func(tx *Tx) error{
		"PutDraft":   func(tx *Tx) error { return tx.PutDraft(aDraft) },
		"AddVersion": func(tx *Tx) error { return tx.AddVersion(aVersion(), "x") },
		"PutRun":     func(tx *Tx) error { return tx.PutRun(aRun) },
		"PutProject": func(tx *Tx) error { return tx.PutProject(aProject) },
	} {
		if err := s.View(write); err == nil {
			t.Errorf("%s in View returns no error", what)
		}
	}
}

func TestShelfFilesAreListedByPath(t *testing.T) {
	s := open(t)
	gone := ShelfFile{Path: aShelfFile.Path, Hash: "2f", Gone: true}
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutShelfFile(aShelfFile), tx.PutShelfFile(ShelfFile{Path: "packs/a.md"}), tx.PutShelfFile(gone))
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.ShelfFiles()
		same(t, "ShelfFiles", got, err, map[string]ShelfFile{gone.Path: gone, "packs/a.md": {Path: "packs/a.md"}})
		return nil
	})
	if err := s.Update(func(tx *Tx) error { return tx.PutShelfFile(ShelfFile{Path: "../x.md"}) }); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("a file outside the library: %v, want invalid", err)
	}
}

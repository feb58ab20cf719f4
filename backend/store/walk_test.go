package store

import (
	"errors"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// walk is a random project in the making.
type walk struct {
	*rapid.T
	s       *Store
	project string
	at      time.Time
	runs    []workflow.Run
	gates   int
}

var (
	anyText = rapid.OneOf(rapid.SampledFrom([]string{"", "text", "<b>&\u2028", "\xff\xfe", "# A\n\n- [ ] b\n"}), rapid.String())
	anyPath = rapid.SampledFrom([]string{"idea.md", "request.md", "steps/01.md", "steps/02.md", "Äudits/ß.md"})
	anyRun  = rapid.IntRange(0, 1<<20)
)

func (w *walk) change(fn func(tx *Tx) error) {
	w.at = w.at.Add(time.Duration(rapid.IntRange(0, 1e9).Draw(w.T, "later")))
	err := w.s.Update(func(tx *Tx) error {
		if err := tx.Describe(w.project, ann, w.at, "Change"); err != nil {
			return err
		}
		return fn(tx)
	})
	if err != nil {
		w.Fatal(err)
	}
}

func (w *walk) putProject() {
	w.change(func(tx *Tx) error {
		return tx.PutProject(workflow.Project{ID: w.project, Name: anyText.Draw(w.T, "name"), Slug: "s", CreatedAt: noon, UpdatedAt: w.at})
	})
}

func (w *walk) save() {
	w.change(func(tx *Tx) error {
		for _, path := range rapid.SliceOfNDistinct(anyPath, 1, 3, rapid.ID).Draw(w.T, "paths") {
			head, _, err := tx.Head(w.project, path)
			if err != nil {
				return err
			}
			body := anyText.Draw(w.T, "body")
			v := workflow.Version{ProjectID: w.project, Path: path, Number: head.Number + 1, Kind: workflow.VersionSaved, Author: ann,
				At: w.at, Message: anyText.Draw(w.T, "message"), Hash: workflow.Hash(body), Size: len(body)}
			if len(w.runs) > 0 {
				v.RunID, v.BasisID = w.runs[0].ID, w.runs[len(w.runs)-1].ID
			}
			if err := tx.AddVersion(v, body); err != nil {
				return err
			}
		}
		return tx.File(w.project, "gates.md", anyText.Draw(w.T, "page"))
	})
}

func (w *walk) run() {
	r := workflow.Run{ID: fmt.Sprintf("01JD0%s%d", w.project, len(w.runs)), ProjectID: w.project, State: workflow.RunWaiting, CreatedAt: w.at,
		Model: anyText.Draw(w.T, "model"), Variables: map[string]string{"a": anyText.Draw(w.T, "variable")},
		Parameters: workflow.Parameters{Temperature: rapid.Float64Range(-1, 2).Draw(w.T, "temperature")}}
	if len(w.runs) > 0 {
		r.ParentID = w.runs[0].ID
	}
	w.runs = append(w.runs, r)
	w.change(func(tx *Tx) error {
		return errors.Join(tx.PutRun(r), tx.PutRunText(r.ID, "prompt", anyText.Draw(w.T, "prompt")))
	})
}

// end ends a run that has not ended and makes its candidate.
func (w *walk) end(i int) {
	r := &w.runs[i]
	if r.State.Ended() {
		return
	}
	r.State, r.EndedAt = rapid.SampledFrom([]workflow.RunState{workflow.RunSucceeded, workflow.RunFailed, workflow.RunCanceled}).Draw(w.T, "state"), w.at
	w.change(func(tx *Tx) error {
		return errors.Join(tx.PutRunText(r.ID, "answer", anyText.Draw(w.T, "answer")), tx.PutRun(*r),
			tx.File(w.project, "runs/2026-11/"+r.ID+".md", anyText.Draw(w.T, "page")),
			tx.PutCandidate(workflow.Candidate{RunID: r.ID, ProjectID: w.project, Path: "request.md", State: workflow.CandidateOpen, CreatedAt: w.at}))
	})
}

func (w *walk) addThinking(i int) {
	if r := w.runs[i]; r.State.Ended() {
		w.change(func(tx *Tx) error {
			if old, err := tx.RunText(r.ID, "thinking"); err != nil || old != "" {
				return err
			}
			return tx.PutRunText(r.ID, "thinking", anyText.Draw(w.T, "thinking"))
		})
	}
}

func (w *walk) decide(i int) {
	if r := w.runs[i]; r.State.Ended() {
		state := rapid.SampledFrom([]workflow.CandidateState{workflow.CandidateOpen, workflow.CandidateAccepted, workflow.CandidateDiscarded}).Draw(w.T, "decision")
		w.change(func(tx *Tx) error {
			c, err := tx.Candidate(r.ID)
			if err != nil {
				return err
			}
			c.State, c.DecidedAt = state, w.at
			return tx.PutCandidate(c)
		})
	}
}

func (w *walk) gate() {
	w.gates++
	w.change(func(tx *Tx) error {
		return tx.AddGateRecord(workflow.GateRecord{ID: fmt.Sprintf("G%d", w.gates), ProjectID: w.project, Phase: "spec",
			Action: workflow.ActPass, By: ann, At: w.at, Reason: anyText.Draw(w.T, "reason"), Seen: map[string]int{"idea.md": 1}})
	})
}

// audit files a new finding, or reports one of the few that there may be once more.
func (w *walk) audit() {
	id := fmt.Sprint("F", rapid.IntRange(1, 4).Draw(w.T, "finding"))
	w.change(func(tx *Tx) error {
		f := workflow.Finding{ID: id, ProjectID: w.project, Number: "F-00" + id[1:], Title: anyText.Draw(w.T, "title"),
			State: workflow.FindingOpen, CreatedAt: w.at, ChangedAt: w.at, By: ann}
		f.Sightings = append(f.Sightings, workflow.Sighting{Filing: "A1", Title: f.Title, At: w.at})
		return errors.Join(tx.PutFinding(f), tx.PutFiling(workflow.Filing{ID: "A1", ProjectID: w.project, Path: anyPath.Draw(w.T, "path"),
			Notes: []string{anyText.Draw(w.T, "note")}, At: w.at, LookedAt: w.at}))
	})
}

func (w *walk) words() {
	w.change(func(tx *Tx) error {
		ticks := map[string]workflow.Tick{}
		for _, item := range rapid.SliceOf(anyText).Draw(w.T, "items") {
			ticks[item] = workflow.Tick{State: workflow.ItemDone, By: ann, At: w.at, Reason: anyText.Draw(w.T, "reason")}
		}
		return errors.Join(tx.PutTicks(w.project, anyPath.Draw(w.T, "path"), ticks),
			tx.PutVariables(w.project, "spec", map[string]string{anyText.Draw(w.T, "name"): anyText.Draw(w.T, "value")}),
			tx.PutEffort(workflow.Effort{ProjectID: w.project, Phase: "spec", Step: rapid.SampledFrom([]string{"", "4", "T-1"}).Draw(w.T, "step"), Seconds: rapid.IntRange(0, 9).Draw(w.T, "seconds")}))
	})
}

// step does one thing that a person or a model may do.
func (w *walk) step() {
	some := func() int { return anyRun.Draw(w.T, "run") % len(w.runs) }
	switch what := rapid.IntRange(0, 9).Draw(w.T, "step"); {
	case what == 0:
		w.putProject()
	case what <= 2:
		w.save()
	case what == 3 || len(w.runs) == 0:
		w.run()
	case what == 4:
		w.end(some())
	case what == 5:
		w.decide(some())
	case what == 6:
		w.addThinking(some())
	case what == 7:
		w.gate()
	case what == 8:
		w.audit()
	default:
		w.words()
	}
}

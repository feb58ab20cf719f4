package engine

import (
	"cmp"
	"context"
	"fmt"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// CancelRun stops a run and keeps what came.
func (e *Engine) CancelRun(ctx context.Context, runID string) (workflow.Run, error) {
	r, err := e.record(runID)
	if err != nil {
		return r, err
	}
	if r.State.Ended() {
		return r, endedAlready()
	}
	if e.runs.cancel(ctx, runID) {
		d, err := e.Run(ctx, runID)
		return d.Run, err
	}
	// It waits for a paste, or its end could not be kept: nobody else will end it.
	var out outcome
	if err := e.store.View(func(tx *store.Tx) (err error) {
		out.answer, out.thinking, err = runTexts(tx, r)
		return err
	}); err != nil {
		return r, err
	}
	r.State = workflow.RunCanceled
	return r, e.finish(&r, out)
}

func endedAlready() error {
	return workflow.Errorf(workflow.Conflict, "The run has ended already.").WithHint("Look at what it wrote, or run the prompt again.")
}

// finish acknowledges the end of a run: its record, its texts, its page, and a
// candidate when it answered.
func (e *Engine) finish(r *workflow.Run, out outcome) error {
	by, message := modelAuthor(*r), endMessage(*r)
	if r.Provider == workflow.ProviderPaste && r.State == workflow.RunCanceled { // nothing came from a model
		by = e.person()
	}
	err := e.change(r.ProjectID, by, message, func(w *write) error {
		before, err := w.tx.Run(r.ID)
		if err != nil {
			return err
		}
		if before.State.Ended() {
			return endedAlready()
		}
		r.EndedAt, r.AnswerSize, r.ThinkingSize = w.at, len(out.answer), len(out.thinking)
		if err := putEnded(w.tx, *r, out); err != nil {
			return err
		}
		ended := *r
		w.touched.phases = append(w.touched.phases, r.Phase)
		w.tell(workflow.Event{ProjectID: r.ProjectID, Run: &ended})
		return e.putCandidate(w, ended)
	})
	if err == nil {
		e.threads.add(*r)
	}
	return err
}

// endMessage describes the commit that shows the end of a run.
func endMessage(r workflow.Run) string {
	what := cmp.Or(r.PromptID, r.PromptPath)
	if r.Phase == "" {
		return fmt.Sprintf("Run of %s %s", what, r.State)
	}
	return fmt.Sprintf("%s: run of %s %s", workflow.Title(r.Phase), what, r.State)
}

func putEnded(tx *store.Tx, r workflow.Run, out outcome) error {
	prompt, err := tx.RunText(r.ID, "prompt")
	if err != nil {
		return err
	}
	if err := tx.PutRunText(r.ID, "answer", out.answer); err != nil {
		return err
	}
	if err := tx.PutRunText(r.ID, "thinking", out.thinking); err != nil {
		return err
	}
	if err := tx.ClearChunks(r.ID); err != nil {
		return err
	}
	if err := keepLesson(tx, r.Model, out.lesson); err != nil {
		return err
	}
	if err := tx.File(r.ProjectID, runPagePath(r), runPage(r, prompt, out.thinking, out.answer)); err != nil {
		return err
	}
	return tx.PutRun(r)
}

// putCandidate makes a candidate of a run that answered.
func (e *Engine) putCandidate(w *write, r workflow.Run) error {
	if r.State != workflow.RunSucceeded {
		return nil
	}
	pic, err := e.picture(w.tx, r.ProjectID)
	if err != nil {
		return err
	}
	p, err := pic.phaseOf(r)
	if err != nil {
		return err
	}
	c := workflow.Candidate{RunID: r.ID, ProjectID: r.ProjectID, Phase: r.Phase, Path: cmp.Or(r.Output, p.Output), State: workflow.CandidateOpen, CreatedAt: w.at}
	head, _, err := w.tx.Head(r.ProjectID, c.Path)
	if err != nil {
		return err
	}
	if c.Base, err = base(w.tx, r, head); err != nil {
		return err
	}
	w.tell(workflow.Event{ProjectID: r.ProjectID, Candidate: &c})
	return w.tx.PutCandidate(c)
}

// base is the version that was current when a run began or, when it continues or
// repairs an answer, when that one did: what came later it cannot know.
func base(tx *store.Tx, r workflow.Run, head workflow.Version) (int, error) {
	began := r.CreatedAt
	for r.Completes() {
		parent, err := tx.Run(r.ParentID)
		if err != nil {
			return 0, err
		}
		r, began = parent, parent.CreatedAt
	}
	for head.Number > 0 && head.At.After(began) {
		if head.Number == 1 {
			return 0, nil
		}
		older, err := tx.Version(head.ProjectID, head.Path, head.Number-1)
		if err != nil {
			return 0, err
		}
		head = older
	}
	return head.Number, nil
}

func modelAuthor(r workflow.Run) workflow.Author {
	return workflow.Author{Kind: workflow.Model, Name: cmp.Or(r.Model, "Pasted answer")}
}

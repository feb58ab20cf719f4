package store

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// Run returns a run; NotFound if there is none with that id.
func (tx *Tx) Run(id string) (workflow.Run, error) {
	var r workflow.Run
	ok, err := tx.get(bucketRun, key(id), &r)
	if err == nil && !ok {
		err = workflow.Errorf(workflow.NotFound, "There is no run with the id “%s”.", id).WithHint("“plumbline runs PROJECT” lists them.")
	}
	return r, err
}

// Runs returns the runs of a project, newest first.
func (tx *Tx) Runs(projectID string) ([]workflow.Run, error) {
	return tx.runsOf(bucketRunByProject, under(projectID))
}

// ActiveRuns returns the runs of all projects whose state is not final, newest first.
func (tx *Tx) ActiveRuns() ([]workflow.Run, error) { return tx.runsOf(bucketRunActive, nil) }

// ActiveRunIDs returns the ids of the runs of all projects whose state is not final,
// oldest first. It reads none of them, so that one which is damaged hides no other.
func (tx *Tx) ActiveRunIDs() ([]string, error) {
	ids := []string{}
	err := tx.scan(bucketRunActive, nil, func(k, _ []byte) error {
		ids = append(ids, string(k))
		return nil
	})
	return ids, err
}

// runsOf returns the runs that an index names, newest first.
func (tx *Tx) runsOf(index bucketName, prefix []byte) ([]workflow.Run, error) {
	runs := []workflow.Run{}
	err := tx.scan(index, prefix, func(k, _ []byte) error {
		r, err := tx.Run(lastPart(k))
		if err == nil {
			runs = append(runs, r)
		}
		return err
	})
	slices.SortFunc(runs, func(a, b workflow.Run) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(b.ID, a.ID))
	})
	return runs, err
}

// PutRun writes a run. Only its end is projected to git, with its texts; what
// happens before stays in the database. A run that has ended does not change
// any more: writing it differently is a Conflict.
func (tx *Tx) PutRun(r workflow.Run) error {
	if err := checkIDs(r.ID, r.ProjectID); err != nil {
		return err
	}
	r = settleRun(r)
	var old workflow.Run
	known, err := tx.get(bucketRun, key(r.ID), &old)
	if err != nil {
		return err
	}
	if known && old.ProjectID != r.ProjectID {
		return workflow.Errorf(workflow.Internal, "Run %s belongs to project %s, not to %s.", r.ID, old.ProjectID, r.ProjectID)
	}
	changed, err := tx.put(bucketRun, key(r.ID), r)
	if err != nil || !changed {
		return err
	}
	if known && old.State.Ended() {
		return workflow.Errorf(workflow.Conflict, "Run %s has ended and does not change any more.", r.ID)
	}
	if err := tx.mark(bucketRunByProject, key(r.ProjectID, r.ID)); err != nil {
		return err
	}
	if !r.State.Ended() {
		return tx.mark(bucketRunActive, key(r.ID))
	}
	if err := tx.remove(bucketRunActive, key(r.ID)); err != nil {
		return err
	}
	return tx.noteEnded(r)
}

// settleRun brings a run into the form it is kept in: UTC, and no nil slices.
func settleRun(r workflow.Run) workflow.Run {
	r.CreatedAt, r.StartedAt = r.CreatedAt.UTC(), r.StartedAt.UTC()
	r.FirstAt, r.EndedAt = r.FirstAt.UTC(), r.EndedAt.UTC()
	r.Inputs, r.Missing = solid(r.Inputs), solid(r.Missing)
	r.Context.Parts = solid(r.Context.Parts)
	if r.Variables == nil {
		r.Variables = map[string]string{}
	}
	return r
}

// noteEnded notes a run that has ended for the end of the transaction, when all
// its texts are there.
func (tx *Tx) noteEnded(r workflow.Run) error {
	n, err := tx.note(r.ProjectID)
	if err == nil && !slices.Contains(n.ended, r.ID) {
		n.ended = append(n.ended, r.ID)
	}
	return err
}

// projectEnded notes the records and the texts of the runs that have ended.
func (tx *Tx) projectEnded(projectID string, n *note) error {
	for _, id := range n.ended {
		var r json.RawMessage // as it is kept, so that a rebuild gives the very same bytes
		if _, err := tx.get(bucketRun, key(id), &r); err != nil {
			return err
		}
		if err := tx.project(projectID, bucketRun, id, r); err != nil {
			return err
		}
		err := tx.scan(bucketRunText, under(id), func(k, value []byte) error {
			text, ok := unseal(formatText, k, value)
			if !ok {
				return damaged(bucketRunText, k, nil)
			}
			path := recordPath(bucketRunText, id) + "/" + lastPart(k) + ".md"
			n.files[path] = workflow.File{Path: path, Content: append([]byte(nil), text...)}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// The parts of a run that are kept as texts.
const (
	partPrompt   = "prompt"
	partAnswer   = "answer"
	partThinking = "thinking"
)

func checkPart(runID, part string) error {
	switch part {
	case partPrompt, partAnswer, partThinking:
		return workflow.CheckID(runID)
	}
	return workflow.Errorf(workflow.Internal, "A run has no text %q.", part)
}

// RunText returns a text of a run: "prompt", "answer" or "thinking". It is empty
// when there is none.
func (tx *Tx) RunText(runID, part string) (string, error) {
	if err := checkPart(runID, part); err != nil {
		return "", err
	}
	text, _, err := tx.getText(bucketRunText, key(runID, part))
	return text, err
}

// PutRunText writes a text of a run, before or after the run itself. Once the
// run has ended, in an earlier transaction, a text that is there does not change
// any more: that is a Conflict. One that is missing may still be added.
func (tx *Tx) PutRunText(runID, part, text string) error {
	if err := checkPart(runID, part); err != nil {
		return err
	}
	k := key(runID, part)
	_, known, err := tx.getText(bucketRunText, k)
	if err != nil {
		return err
	}
	if text == "" && !known {
		return nil
	}
	changed, err := tx.putText(bucketRunText, k, text)
	if err != nil || !changed {
		return err
	}
	var r workflow.Run
	ok, err := tx.get(bucketRun, key(runID), &r)
	if err != nil || !ok || !r.State.Ended() {
		return err
	}
	n, err := tx.note(r.ProjectID)
	if err != nil {
		return err
	}
	if known && !slices.Contains(n.ended, runID) {
		return workflow.Errorf(workflow.Conflict, "Run %s has ended, and its %s does not change any more.", runID, part)
	}
	return tx.noteEnded(r)
}

// AppendChunk adds to the journal of what has streamed of a part of a run. It
// costs the same however long the journal is.
func (tx *Tx) AppendChunk(runID, part, text string) error {
	if err := checkPart(runID, part); err != nil {
		return err
	}
	if text == "" {
		return nil
	}
	b, err := tx.bucket(bucketChunk)
	if err != nil {
		return err
	}
	n, err := b.NextSequence()
	if err != nil {
		return fmt.Errorf("number a chunk: %w", err)
	}
	_, err = tx.putText(bucketChunk, key(runID, part, sequenceKey(n)), text)
	return err
}

// Chunks returns what the journal holds of a part of a run, joined.
func (tx *Tx) Chunks(runID, part string) (string, error) {
	if err := checkPart(runID, part); err != nil {
		return "", err
	}
	var all strings.Builder
	err := tx.scan(bucketChunk, under(runID, part), func(k, value []byte) error {
		text, ok := unseal(formatText, k, value)
		if !ok {
			return damaged(bucketChunk, k, nil)
		}
		all.Write(text)
		return nil
	})
	return all.String(), err
}

// ClearChunks deletes the journal of a run.
func (tx *Tx) ClearChunks(runID string) error {
	chunks, err := tx.keys(bucketChunk, under(runID))
	if err != nil {
		return err
	}
	for _, k := range chunks {
		if err := tx.remove(bucketChunk, k); err != nil {
			return err
		}
	}
	return nil
}

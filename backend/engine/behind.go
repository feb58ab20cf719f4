package engine

import (
	"context"
	"fmt"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Behind says what has changed since an artifact was made, with the differences.
func (e *Engine) Behind(ctx context.Context, projectID, path string) (workflow.Staleness, error) {
	s := workflow.Staleness{ProjectID: projectID, Path: path, Causes: []workflow.CauseDetail{}, Kept: []workflow.GateRecord{}}
	err := e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		if _, err := head(tx, projectID, path); err != nil {
			return err
		}
		basis, ok := pic.lines.bases[path]
		if !ok {
			return nil
		}
		s.RunID, s.Prompt = basis.RunID, e.promptNews(basis)
		for _, r := range pic.acts {
			if r.Action == workflow.ActStill && r.Path == path {
				s.Kept = append(s.Kept, r)
			}
		}
		for _, c := range pic.lines.behind[path] {
			d := workflow.CauseDetail{Cause: c, Sentence: c.Sentence() + "."}
			if d.Diff, err = e.causeDiff(ctx, tx, projectID, c); err != nil {
				return err
			}
			s.Causes = append(s.Causes, d)
		}
		return nil
	})
	return s, err
}

// promptNews says that the prompt of a run is not the one in the library any more.
func (e *Engine) promptNews(b workflow.Basis) string {
	p, ok := e.lib().Prompt(b.PromptID)
	if !ok || b.PromptRevision == "" || p.Revision == b.PromptRevision {
		return ""
	}
	return fmt.Sprintf("The prompt “%s” has changed since. That alone makes nothing out of date.", p.Title)
}

// causeDiff compares what was used with what stands there now.
func (e *Engine) causeDiff(ctx context.Context, tx *store.Tx, projectID string, c workflow.Cause) (workflow.Diff, error) {
	before, err := e.partAt(ctx, tx, projectID, c.Path, c.From, c.Part)
	if err != nil {
		return workflow.Diff{}, err
	}
	after, err := e.partAt(ctx, tx, projectID, c.Path, c.To, c.Part)
	return markdown.Changes(before, after), err
}

// partAt reads a part of a version; nothing for version 0.
func (e *Engine) partAt(ctx context.Context, tx *store.Tx, projectID, path string, number int, part string) (string, error) {
	if number == 0 {
		return "", nil
	}
	v, err := tx.Version(projectID, path, number)
	if err != nil {
		return "", err
	}
	body, err := e.body(ctx, tx, v)
	if err != nil {
		return "", err
	}
	p := e.docs.parse(v.Hash, body)
	text := workflow.Text{Body: body, Items: p.items, Sections: p.sections, Plan: func() workflow.PlanRead { return e.docs.plan(v.Hash, body) }}
	return text.Part(part), nil
}

// KeepValid says that an artifact holds although texts it was made from have changed.
func (e *Engine) KeepValid(ctx context.Context, projectID, path, reason string) (workflow.Staleness, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return workflow.Staleness{}, err
	}
	err = e.change(projectID, e.person(), "Keep "+workflow.Title(path)+" as still valid", func(w *write) error {
		pic, err := e.picture(w.tx, projectID)
		if err != nil {
			return err
		}
		r, err := pic.stillValid(path)
		if err != nil {
			return err
		}
		r.Reason = reason
		w.touch(path)
		return e.keep(w, pic, r)
	})
	if err != nil {
		return workflow.Staleness{}, err
	}
	return e.Behind(ctx, projectID, path)
}

// stillValid is the record that an artifact holds in spite of everything that has
// changed by now.
func (pic picture) stillValid(path string) (workflow.GateRecord, error) {
	causes := pic.lines.behind[path]
	if len(causes) == 0 {
		return workflow.GateRecord{}, workflow.Errorf(workflow.Conflict, "%s is not stale.", pic.title(path)).
			WithHint("Nothing it was made from has changed. It needs no word of yours.")
	}
	p, _ := pic.workflow.Producer(path)
	return workflow.GateRecord{Phase: p.ID, Action: workflow.ActStill, Path: path, Causes: causes,
		Hash: workflow.CausesHash(pic.lines.bases[path].RunID, causes)}, nil
}

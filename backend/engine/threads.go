package engine

import (
	"context"
	"slices"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Thread returns the thread that a run belongs to.
func (e *Engine) Thread(_ context.Context, runID string) (t workflow.Thread, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		r, err := tx.Run(runID)
		if err != nil {
			return err
		}
		pic, err := e.picture(tx, r.ProjectID)
		if err != nil {
			return err
		}
		first, err := e.threads.first(tx, r.ProjectID, runID)
		if err != nil {
			return err
		}
		t, err = e.threadOf(tx, pic, first)
		return err
	})
	return t, err
}

// Threads lists the threads of a phase, or of a step of it, the newest first. Those
// that were started over from stay as evidence.
func (e *Engine) Threads(_ context.Context, projectID, phase, step string) (list []workflow.Thread, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		p, err := pic.phase(phase)
		if err != nil {
			return err
		}
		list, err = e.threadsAt(tx, pic, place{p.ID, step})
		return err
	})
	return list, err
}

func (e *Engine) threadsAt(tx *store.Tx, pic picture, at place) ([]workflow.Thread, error) {
	list := []workflow.Thread{}
	firsts, err := e.threads.firsts(tx, pic.project.ID, at)
	if err != nil {
		return list, err
	}
	for _, first := range slices.Backward(firsts) {
		t, err := e.threadOf(tx, pic, first)
		if err != nil {
			return list, err
		}
		list = append(list, t)
	}
	return list, nil
}

// newestThread returns the newest thread of a phase or a step; one without runs when
// there is none.
func (e *Engine) newestThread(tx *store.Tx, pic picture, at place) (workflow.Thread, error) {
	firsts, err := e.threads.firsts(tx, pic.project.ID, at)
	if err != nil || len(firsts) == 0 {
		return workflow.Thread{Runs: []workflow.Run{}, Questions: []string{}}, err
	}
	return e.threadOf(tx, pic, firsts[len(firsts)-1])
}

// threadOf judges the thread that begins with a run.
func (e *Engine) threadOf(tx *store.Tx, pic picture, first string) (workflow.Thread, error) {
	ids, err := e.threads.members(tx, pic.project.ID, first)
	if err != nil {
		return workflow.Thread{}, err
	}
	runs := []workflow.Run{}
	for _, id := range ids {
		r, err := tx.Run(id)
		if workflow.CodeOf(err) == workflow.NotFound {
			continue // damage has taken it
		}
		if err != nil {
			return workflow.Thread{}, err
		}
		runs = append(runs, r)
	}
	s := e.currentSettings()
	t := workflow.JudgeThread(runs, pic.acts, s.RefinementLimit(), s.RefinementWarning())
	if len(t.Runs) == 0 {
		return t, nil
	}
	t.Title = e.runTitle(t.Runs[0])
	for _, r := range pic.acts {
		t.Over = t.Over || r.Action == workflow.ActRestart && r.Thread == t.ID
	}
	firsts, err := e.threads.firsts(tx, pic.project.ID, place{t.Phase, t.Step})
	if err != nil {
		return t, err
	}
	if i := slices.Index(firsts, t.ID); i >= 0 && i+1 < len(firsts) {
		t.Next = firsts[i+1]
	}
	t.Questions, err = e.questionsOf(tx, t)
	return t, err
}

// questionsOf returns what the newest answer of a thread asks in the place of code.
// Only prompts that write code may answer so.
func (e *Engine) questionsOf(tx *store.Tx, t workflow.Thread) ([]string, error) {
	last, ok := t.Newest()
	if !ok || t.Runs[len(t.Runs)-1].ID != last.ID || last.Kind == workflow.RunRestart {
		return []string{}, nil
	}
	if code, err := e.writesCode(tx, last); err != nil || !code {
		return []string{}, err
	}
	answer, err := tx.RunText(last.ID, "answer")
	if err != nil {
		return []string{}, err
	}
	sections := markdown.Sections(answer)
	code := slices.ContainsFunc(markdown.Passages(answer), func(p markdown.Passage) bool { return p.Kind == workflow.PassageCode })
	return workflow.Questions(sections, code), nil
}

// writesCode reports whether the prompt that a run answers asks for code.
func (e *Engine) writesCode(tx *store.Tx, r workflow.Run) (bool, error) {
	for r.Completes() {
		parent, err := tx.Run(r.ParentID)
		if workflow.CodeOf(err) == workflow.NotFound {
			return false, nil // damage has taken it
		}
		if err != nil {
			return false, err
		}
		r = parent
	}
	pr, _ := e.lib().Prompt(r.PromptID)
	return slices.ContainsFunc(pr.Contract.Sections, func(s workflow.ContractSection) bool { return workflow.SameTitle(s.Title, "Code") }), nil
}

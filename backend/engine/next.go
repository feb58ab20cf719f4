package engine

import (
	"cmp"
	"context"
	"slices"

	"plumbline/backend/markdown"
	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// NextPrompt says which prompts turn a text into the next one, the best first: those
// that follow the prompt whose answer it is, then those for texts of its kind.
func (e *Engine) NextPrompt(_ context.Context, g workflow.Given) (workflow.NextPrompt, error) {
	next := workflow.NextPrompt{Prompts: []string{}}
	from := ""
	var text string
	err := e.store.View(func(tx *store.Tx) error {
		given, err := e.givenText(tx, picture{project: workflow.Project{ID: cmp.Or(g.ProjectID, workflow.LibraryID)}}, g)
		if err != nil {
			return err
		}
		text = given.text
		from, err = madeBy(tx, g)
		return err
	})
	if err != nil {
		return next, err
	}
	next.Kind = textKind(text)
	metas := slices.DeleteFunc(e.lib().Prompts(), func(p prompt.Prompt) bool { return len(p.Takes) == 0 })
	rank := func(p prompt.Prompt) int {
		switch {
		case from != "" && slices.Contains(p.Follows, from):
			return 0
		case slices.Contains(p.Takes, next.Kind):
			return 1
		case slices.Contains(p.Takes, workflow.TextAny):
			return 2
		}
		return 3
	}
	slices.SortStableFunc(metas, func(a, b prompt.Prompt) int { return rank(a) - rank(b) })
	for _, p := range metas {
		next.Prompts = append(next.Prompts, p.ID)
	}
	if len(metas) > 0 {
		next.Default = metas[0].ID
	}
	return next, nil
}

// madeBy returns the id of the prompt that a text is an answer to, if it is one.
func madeBy(tx *store.Tx, g workflow.Given) (string, error) {
	id := g.RunID
	if id == "" && g.Path != "" {
		v, err := head(tx, g.ProjectID, g.Path)
		if err != nil {
			return "", err
		}
		id = v.BasisID
	}
	if id == "" {
		return "", nil
	}
	r, err := tx.Run(id)
	for err == nil && r.Completes() { // a repair answers in the place of the first
		r, err = tx.Run(r.ParentID)
	}
	if workflow.CodeOf(err) == workflow.NotFound {
		return "", nil
	}
	return r.PromptID, err
}

// textKind says what a text is, by what our parsers find in it.
func textKind(text string) workflow.TextKind {
	plan := markdown.Plan(text)
	steps := len(plan.Steps)
	if plan.Guessed { // any numbered list
		steps = 0
	}
	return workflow.KindOfText(text, len(markdown.Findings(text).Findings), steps, markdown.Sections(text))
}

// maxChain keeps a chain that somebody tied into a ring from going on for ever.
const maxChain = 100

// Chain lists what led to a run, the first text first: each text, and the run that
// made the next one of it.
func (e *Engine) Chain(_ context.Context, runID string) ([]workflow.ChainLink, error) {
	chain := []workflow.ChainLink{}
	err := e.store.View(func(tx *store.Tx) error {
		r, err := tx.Run(runID)
		for err == nil && len(chain) < maxChain {
			chain = append(chain, workflow.ChainLink{Kind: "run", Title: e.runTitle(r), RunID: r.ID, Path: r.Output, At: r.CreatedAt, State: r.State})
			var before string
			if before, err = e.before(tx, r, &chain); before == "" || err != nil {
				break
			}
			r, err = tx.Run(before)
		}
		if workflow.CodeOf(err) == workflow.NotFound && len(chain) > 0 {
			return nil // what is gone ends the chain
		}
		return err
	})
	slices.Reverse(chain)
	return chain, err
}

// before returns the run that made what a run rests on, and adds what lies between:
// the document that was its prompt, or the text that it was given.
func (e *Engine) before(tx *store.Tx, r workflow.Run, chain *[]workflow.ChainLink) (string, error) {
	if r.ParentID != "" {
		return r.ParentID, nil
	}
	given := workflow.Given{ProjectID: r.ProjectID, Path: r.PromptPath}
	if r.PromptPath == "" {
		if r.Given == nil {
			return "", nil
		}
		given = *r.Given
	}
	switch {
	case given.RunID != "":
		return given.RunID, nil
	case given.Path == "":
		*chain = append(*chain, workflow.ChainLink{Kind: "text", Title: given.Title, At: r.CreatedAt})
		return "", nil
	}
	v, err := documentOf(tx, cmp.Or(given.ProjectID, r.ProjectID), given)
	if err != nil {
		return "", err
	}
	*chain = append(*chain, workflow.ChainLink{Kind: "document", Title: workflow.Title(v.Path), Path: v.Path, At: v.At})
	return v.BasisID, nil
}

func documentOf(tx *store.Tx, projectID string, g workflow.Given) (workflow.Version, error) {
	if g.Version == 0 {
		return head(tx, projectID, g.Path)
	}
	return tx.Version(projectID, g.Path, g.Version)
}

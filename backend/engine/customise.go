package engine

import (
	"cmp"
	"context"

	"plumbline/backend/markdown"
	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// builtInPath is where the built-in text is kept that a prompt of the user's was
// made from, so that an upgrade can tell what changed on which side.
func builtInPath(id string) string { return "built-in/" + id + ".md" }

// Customise makes a copy of a built-in prompt, which takes its place and can be edited.
func (e *Engine) Customise(_ context.Context, id string) (workflow.PromptCard, error) {
	if err := e.lookAtFiles(); err != nil {
		return workflow.PromptCard{}, err
	}
	p, err := e.namedPrompt(id)
	if err != nil {
		return workflow.PromptCard{}, err
	}
	if p.Source != workflow.BuiltIn {
		return workflow.PromptCard{}, workflow.Errorf(workflow.Conflict, "“%s” is yours already.", p.Title).WithHint("Edit it.")
	}
	text, _, err := e.lib().Text(prompt.KindPrompt, id)
	if err != nil {
		return workflow.PromptCard{}, err
	}
	own, err := prompt.WithBase(text, p.Revision)
	if err != nil {
		return workflow.PromptCard{}, err
	}
	path, err := e.emptyPath("prompts", id)
	if err != nil {
		return workflow.PromptCard{}, err
	}
	if err := e.keepPrompt(path, workflow.SavePrompt{Text: string(own)}, workflow.VersionCreated, "Customise "+p.Title); err != nil {
		return workflow.PromptCard{}, err
	}
	if err := e.keepBuiltIn(id, string(text)); err != nil {
		return workflow.PromptCard{}, err
	}
	return e.cardOf(id)
}

// keepBuiltIn keeps the built-in text that a prompt of the user's is made from.
func (e *Engine) keepBuiltIn(id, text string) error {
	by := workflow.Author{Kind: workflow.Plumbline, Name: "Plumbline"}
	message := "Keep the built-in text of " + id
	return e.change(workflow.LibraryID, by, message, func(w *write) error {
		head, _, err := w.tx.Head(workflow.LibraryID, builtInPath(id))
		if err != nil {
			return err
		}
		if w.idle = head.Hash == workflow.Hash(text); w.idle {
			return nil
		}
		_, err = e.addVersion(w, edition{path: builtInPath(id), body: text, message: message, kind: workflow.VersionSaved, author: by})
		return err
	})
}

// Upgrade holds a customised prompt against the built-in one it was made from and
// against that of this Plumbline. Merged is what taking over makes of it.
func (e *Engine) Upgrade(_ context.Context, id string) (workflow.Upgrade, error) {
	p, err := e.namedPrompt(id)
	if err != nil {
		return workflow.Upgrade{}, err
	}
	under, ok := p.Under()
	if !ok {
		return workflow.Upgrade{}, workflow.Errorf(workflow.Invalid, "“%s” takes the place of no built-in prompt.", p.Title).
			WithHint("Only a customised prompt can take over what has changed in the built-in one.")
	}
	u := workflow.Upgrade{Conflicts: []string{}}
	own, builtIn, err := e.lib().Text(prompt.KindPrompt, id)
	if err != nil {
		return u, err
	}
	u.Yours, u.BuiltIn = string(own), string(builtIn)
	if u.From, err = e.builtInText(id); err != nil {
		return u, err
	}
	if u.From == "" { // made by hand: there is nothing to tell the sides apart by
		u.From = u.BuiltIn
	}
	merged, clashes := markdown.MergeThree(u.From, u.Yours, u.BuiltIn)
	for _, c := range clashes {
		u.Conflicts = append(u.Conflicts, c.Theirs)
	}
	based, err := prompt.WithBase([]byte(merged), under.Revision)
	if err != nil {
		return u, err
	}
	u.Merged = string(based)
	u.Theirs, u.Own = markdown.Diff(u.From, u.BuiltIn), markdown.Diff(u.From, u.Yours)
	u.Card, err = e.cardOf(id)
	return u, err
}

// builtInText is the built-in text that a prompt was made from, if it is known.
func (e *Engine) builtInText(id string) (text string, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		v, ok, err := tx.Head(workflow.LibraryID, builtInPath(id))
		if err == nil && ok {
			text, err = headBody(tx, v)
		}
		return err
	})
	return text, err
}

// TakeOver ends an upgrade: the text, merged or edited from it, is kept as the
// user's, and counts as made from the built-in one of today.
func (e *Engine) TakeOver(ctx context.Context, id string, s workflow.SavePrompt) (workflow.PromptDetail, error) {
	u, err := e.Upgrade(ctx, id)
	if err != nil {
		return workflow.PromptDetail{}, err
	}
	p, _ := e.lib().Prompt(id)
	under, _ := p.Under()
	based, err := prompt.WithBase([]byte(cmp.Or(s.Text, u.Merged)), under.Revision)
	if err != nil {
		return workflow.PromptDetail{}, err
	}
	s.Text = string(based)
	s.Message = cmp.Or(s.Message, "Take over changes of the built-in prompt")
	if _, err := e.SavePrompt(ctx, id, s); err != nil {
		return workflow.PromptDetail{}, err
	}
	if err := e.keepBuiltIn(id, u.BuiltIn); err != nil {
		return workflow.PromptDetail{}, err
	}
	return e.PromptDetail(ctx, id)
}

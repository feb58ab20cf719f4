package engine

import (
	"cmp"
	"fmt"
	"strings"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// sources are what variables are filled from besides what was typed and the
// documents of the project.
type sources struct {
	facts   map[string]string
	pack    workflow.Pack
	persona workflow.Persona
	given   *givenText
}

// givenText is a text that a prompt is applied to.
type givenText struct {
	text, label string
	input       workflow.Input // its path is empty when it is no document of this project
}

// sources looks up what an order names, and what the project says of itself.
func (e *Engine) sources(tx *store.Tx, pic picture, o workflow.PromptOrder) (from sources, err error) {
	if from.facts, err = tx.Variables(pic.project.ID, factsKey); err != nil {
		return from, err
	}
	if err := addIdea(tx, pic, from.facts); err != nil {
		return from, err
	}
	if id := from.facts[packFact]; id != "" {
		from.pack, _ = e.lib().Pack(id) // one that is gone fills nothing
	}
	if o.Persona != "" {
		var ok bool
		if from.persona, ok = e.lib().Persona(o.Persona); !ok {
			return from, workflow.Errorf(workflow.NotFound, "There is no persona “%s” in the library.", o.Persona).
				WithHint("A persona is a file in the folder “personas” of the library.")
		}
	}
	if o.Given != nil {
		from.given, err = e.givenText(tx, pic, *o.Given)
	}
	return from, err
}

// addIdea adds the idea to the facts: it is a document of its own.
func addIdea(tx *store.Tx, pic picture, facts map[string]string) error {
	v, ok, err := tx.Head(pic.project.ID, ideaPath)
	if err != nil || !ok {
		return err
	}
	facts["idea"], err = headBody(tx, v)
	return err
}

// fact returns what a source names, and what to call it.
func (from sources) fact(pic picture, source string) (value, label string) {
	kind, name, _ := strings.Cut(source, ".")
	switch kind {
	case "project":
		if name == "name" && pic.project.ID != workflow.LibraryID {
			return pic.project.Name, "Project"
		}
		return from.facts[name], "Project"
	case "pack":
		value, _ = from.pack.Fact(name)
		return value, from.pack.Title
	case "persona":
		value, _ = from.persona.Fact(name)
		return value, "Persona"
	}
	return "", ""
}

// givenText reads the text that a prompt is applied to.
func (e *Engine) givenText(tx *store.Tx, pic picture, g workflow.Given) (*givenText, error) {
	out := &givenText{text: g.Text, label: cmp.Or(g.Title, "Pasted text")}
	switch {
	case g.RunID != "":
		r, err := tx.Run(g.RunID)
		if err != nil {
			return nil, err
		}
		if out.text, _, err = runTexts(tx, r); err != nil {
			return nil, err
		}
		out.label = "Answer: " + e.runTitle(r)
	case g.Path != "":
		project := cmp.Or(g.ProjectID, pic.project.ID)
		v, err := head(tx, project, g.Path)
		if err != nil {
			return nil, err
		}
		if out.text, err = headBody(tx, v); err != nil {
			return nil, err
		}
		out.label = fmt.Sprintf("%s v%d", workflow.Title(g.Path), v.Number)
		if project == pic.project.ID {
			out.input = workflow.Input{Path: v.Path, Version: v.Number, Hash: v.BasisHash}
		}
	}
	if blank(out.text) {
		return nil, workflow.Errorf(workflow.Invalid, "There is no text to make the next prompt of: %s is empty.", out.label).
			WithHint("Choose another answer or document, or paste a text.")
	}
	return out, nil
}

// settleGiven notes of what exactly a prompt is applied to.
func (e *Engine) settleGiven(tx *store.Tx, g *workflow.Given) (*workflow.Given, error) {
	if g == nil {
		return nil, nil
	}
	noted := *g
	noted.Text = "" // it is in the prompt as sent
	text := g.Text
	switch {
	case g.RunID != "":
		r, err := tx.Run(g.RunID)
		if err != nil {
			return nil, err
		}
		if text, _, err = runTexts(tx, r); err != nil {
			return nil, err
		}
		noted.Title, noted.ProjectID = e.runTitle(r), r.ProjectID
	case g.Path != "":
		v, err := head(tx, g.ProjectID, g.Path)
		if err != nil {
			return nil, err
		}
		if text, err = headBody(tx, v); err != nil {
			return nil, err
		}
		noted.Title, noted.Version = workflow.Title(g.Path), v.Number
	default:
		noted.Title = cmp.Or(g.Title, "Pasted text")
	}
	noted.Hash = workflow.Hash(text)
	return &noted, nil
}

// runTitle is what to call the answer of a run.
func (e *Engine) runTitle(r workflow.Run) string {
	if p, ok := e.lib().Prompt(r.PromptID); ok {
		return p.Title
	}
	return cmp.Or(workflow.Title(r.PromptPath), cmp.Or(r.PromptID, "Run"))
}

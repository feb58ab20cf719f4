package engine

import (
	"cmp"
	"context"
	"strings"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// WorkflowText returns the file of a workflow.
func (e *Engine) WorkflowText(_ context.Context, id string) (string, error) {
	if err := e.isOpen(); err != nil {
		return "", err
	}
	text, _, err := e.lib().Text(prompt.KindWorkflow, id)
	if err != nil {
		return "", hinted(err, "“plumbline workflow list” shows them.")
	}
	return string(text), nil
}

// CopyWorkflow makes a workflow of the user's out of another one, to be changed in
// its file. Under the id of the built-in one it takes that one's place.
func (e *Engine) CopyWorkflow(ctx context.Context, id, as string) (workflow.Workflow, error) {
	if err := e.lookAtFiles(); err != nil {
		return workflow.Workflow{}, err
	}
	text, err := e.WorkflowText(ctx, id)
	if err != nil {
		return workflow.Workflow{}, err
	}
	as = cmp.Or(strings.TrimSpace(as), id)
	if old, ok := e.lib().Workflow(as); ok && (as != id || old.Source != workflow.BuiltIn) {
		return workflow.Workflow{}, workflow.Errorf(workflow.Conflict, "There is a workflow “%s” already: %s.", as, old.Title).
			WithHint("Give the copy another id.")
	}
	w, _ := e.lib().Workflow(id)
	if as == id {
		based, err := prompt.WithBase([]byte(text), workflow.Hash(text))
		if err != nil {
			return workflow.Workflow{}, err
		}
		text = string(based)
	} else {
		text = replaceFirst(text, "id: "+id, "id: "+as)
		text = replaceFirst(text, "title: "+w.Title, "title: "+workflow.Title(as))
	}
	if _, err := prompt.ParseWorkflow("workflows/"+as+".md", []byte(text)); err != nil {
		return workflow.Workflow{}, hinted(err, "Choose an id of lower-case words joined by “-”. Nothing was changed.")
	}
	path, err := e.emptyPath("workflows", as)
	if err != nil {
		return workflow.Workflow{}, err
	}
	if file := "workflows/" + as + ".md"; path != file {
		return workflow.Workflow{}, workflow.Errorf(workflow.Conflict, "%s is there already, and holds another workflow.", file).
			WithHint("Give the copy another id, or that file another name.")
	}
	if err := e.keepPrompts(map[string]string{path: text}, "Copy the workflow "+w.Title); err != nil {
		return workflow.Workflow{}, err
	}
	w, _ = e.lib().Workflow(as)
	return w, nil
}

// replaceFirst replaces a line the first time it is there.
func replaceFirst(text, line, by string) string {
	return strings.Replace(text, "\n"+line+"\n", "\n"+by+"\n", 1)
}

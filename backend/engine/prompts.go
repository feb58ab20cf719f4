package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// MaxVariable is the greatest size of a variable that a person fills, in bytes.
const MaxVariable = 256 << 10

// assembled is the prompt of a phase, filled and rendered.
type assembled struct {
	prompt    prompt.Prompt
	rendered  prompt.Rendered
	variables []workflow.FilledVariable
	values    map[string]string // as filled in, artifacts included
	typed     map[string]string // what the user typed
	inputs    []workflow.Input
	missing   []string
}

// assemble fills the prompt of a phase from the project and renders it. With a
// required variable missing, what there is so far is rendered all the same, for reading.
func (e *Engine) assemble(tx *store.Tx, pic picture, p workflow.Phase) (assembled, error) {
	a := assembled{variables: []workflow.FilledVariable{}, inputs: []workflow.Input{}, missing: []string{}}
	if p.Prompt == "" {
		return a, workflow.Errorf(workflow.Invalid, "%s has no prompt.", p.Title).WithHint("Write its document by hand.")
	}
	pr, ok := e.lib().Prompt(p.Prompt)
	if !ok {
		return a, workflow.Errorf(workflow.NotFound, "The prompt “%s” of %s is not in the library.", p.Prompt, p.Title).
			WithHint("Put its file back, update Plumbline, or write the document by hand.")
	}
	a.prompt, a.values = pr, map[string]string{}
	var err error
	if a.typed, err = tx.Variables(pic.project.ID, p.ID); err != nil {
		return a, err
	}
	return a, e.fillAll(tx, pic, workflow.PromptOrder{}, &a)
}

// fillAll gives every variable of a prompt its value and renders it. With a required
// one missing, what there is so far is rendered all the same, for reading.
func (e *Engine) fillAll(tx *store.Tx, pic picture, o workflow.PromptOrder, a *assembled) error {
	from, err := e.sources(tx, pic, o)
	if err != nil {
		return err
	}
	for _, v := range a.prompt.Variables {
		if err := e.fill(tx, pic, v, from, a); err != nil {
			return err
		}
	}
	if len(a.missing) > 0 {
		a.rendered = preview(a.prompt, a.values)
		return nil
	}
	a.rendered, err = a.prompt.Render(a.values)
	return err
}

// preview renders a prompt whose required variables are not all filled, with
// their labels in their places.
func preview(pr prompt.Prompt, values map[string]string) prompt.Rendered {
	shown := map[string]string{}
	pr.Variables = slices.Clone(pr.Variables)
	for i, v := range pr.Variables {
		shown[v.Name] = values[v.Name]
		if v.Required && strings.TrimSpace(shown[v.Name]) == "" {
			shown[v.Name] = "[" + v.Label + "]"
		}
		if !prompt.Fits(v, shown[v.Name]) {
			pr.Variables[i].Type = workflow.VarText // a label is no number, and what does not fit is told when nothing is missing
		}
	}
	r, err := pr.Render(shown)
	if err != nil {
		return prompt.Rendered{Text: pr.Body}
	}
	return r
}

// fill gives one variable its value: what the user typed, else the artifact, the
// fact or the text that it comes from, else its default.
func (e *Engine) fill(tx *store.Tx, pic picture, v workflow.Variable, from sources, a *assembled) error {
	f := workflow.FilledVariable{Variable: v, From: "none"}
	value := a.typed[v.Name]
	var err error
	switch {
	case value != "":
		f.From, f.Value = "user", value
	case v.Source != "":
		if value, err = e.fillFrom(tx, pic, v, from, &f, a); err != nil {
			return err
		}
	}
	if value == "" && v.Default != "" {
		value = v.Default
		f.From, f.Value = "default", value
	}
	f.Missing = v.Required && strings.TrimSpace(value) == ""
	if f.Missing {
		a.missing = append(a.missing, v.Label)
	}
	f.Tokens = prompt.EstimateTokens(value)
	a.values[v.Name] = value
	a.variables = append(a.variables, f)
	return nil
}

// fillFrom gives a variable the value of its source.
func (e *Engine) fillFrom(tx *store.Tx, pic picture, v workflow.Variable, from sources, f *workflow.FilledVariable, a *assembled) (string, error) {
	switch {
	case v.Source == workflow.SourceGiven:
		if from.given == nil {
			return "", nil
		}
		f.From, f.Label, f.Path, f.Version = "given", from.given.label, from.given.input.Path, from.given.input.Version
		if in := from.given.input; in.Path != "" {
			in.Name = v.Name
			a.inputs = append(a.inputs, in)
		}
		return from.given.text, nil
	case !strings.HasSuffix(v.Source, ".md"):
		value, label := from.fact(pic, v.Source)
		if value != "" {
			f.From, f.Value, f.Label = "project", value, label
		}
		return value, nil
	}
	head, ok, err := tx.Head(pic.project.ID, v.Source)
	if err != nil {
		return "", err
	}
	f.Path, f.Label = v.Source, pic.title(v.Source)
	if !ok {
		return "", nil
	}
	f.From, f.Version, f.Label = "artifact", head.Number, fmt.Sprintf("%s v%d", pic.title(v.Source), head.Number)
	a.inputs = append(a.inputs, workflow.Input{Name: v.Name, Path: head.Path, Version: head.Number, Hash: head.BasisHash})
	return headBody(tx, head)
}

func (pic picture) title(path string) string {
	if p, ok := pic.workflow.Producer(path); ok {
		return p.Title
	}
	return workflow.Title(path)
}

// Prompt assembles the prompt of a phase: what will be sent, in full, and how it
// fits the window of a model; an empty model means the default one.
func (e *Engine) Prompt(ctx context.Context, projectID, phase, model string) (workflow.PromptText, error) {
	if number, ok := e.currentStep(projectID, phase); ok {
		return e.StepPrompt(ctx, projectID, number, model)
	}
	a, p, err := e.assembleFor(projectID, phase)
	if err != nil {
		return workflow.PromptText{}, err
	}
	return e.promptText(projectID, p, a, model), nil
}

// promptText shows an assembled prompt, and how it fits the window of a model.
func (e *Engine) promptText(projectID string, p workflow.Phase, a assembled, model string) workflow.PromptText {
	if model == "" {
		model = e.models.preferred()
	}
	info, _ := e.models.known(model)
	t := workflow.PromptText{Text: a.rendered.Text, Spans: []workflow.PromptSpan{}, Prompt: workflow.PhasePrompt{
		ProjectID: projectID, Phase: p.ID, PromptID: a.prompt.ID, Title: a.prompt.Title, Summary: a.prompt.Summary,
		Revision: a.prompt.Revision, Variables: a.variables, Missing: a.missing, Hash: workflow.Hash(a.rendered.Text),
		Size: len(a.rendered.Text), Context: e.plan(a, info, e.scaleOf(info.Name)), Model: info.Name,
	}}
	for _, part := range a.rendered.Parts {
		t.Spans = append(t.Spans, workflow.PromptSpan{Name: part.Name, Start: part.Start, End: part.End})
	}
	return t
}

func (e *Engine) assembleFor(projectID, phase string) (a assembled, p workflow.Phase, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		if p, err = pic.phase(phase); err != nil {
			return err
		}
		a, err = e.assemble(tx, pic, p)
		return err
	})
	return a, p, err
}

// SetVariables keeps what the user typed into the prompt form of a phase.
// Variables that are not named keep their value; an empty one is forgotten.
func (e *Engine) SetVariables(_ context.Context, projectID, phase string, values map[string]string) error {
	_, p, err := e.lookAt(projectID, phase)
	if err != nil {
		return err
	}
	pr, ok := e.lib().Prompt(p.Prompt)
	if !ok {
		return workflow.Errorf(workflow.Invalid, "%s has no prompt to fill.", p.Title).WithHint("Write its document by hand.")
	}
	if err := checkValues(pr, values); err != nil {
		return err
	}
	return e.change(projectID, e.person(), "Fill in the prompt of "+p.Title, func(w *write) error {
		old, err := w.tx.Variables(projectID, phase)
		if err != nil {
			return err
		}
		merged, same := merge(old, values)
		w.idle = same
		return w.tx.PutVariables(projectID, phase, merged)
	})
}

func merge(old, values map[string]string) (merged map[string]string, same bool) {
	merged, same = map[string]string{}, true
	for name, value := range old {
		merged[name] = value
	}
	for name, value := range values {
		if merged[name] == value {
			continue
		}
		same = false
		merged[name] = value
		if value == "" {
			delete(merged, name)
		}
	}
	return merged, same
}

func checkValues(pr prompt.Prompt, values map[string]string) error {
	declared := map[string]workflow.Variable{}
	for _, v := range pr.Variables {
		declared[v.Name] = v
	}
	for name, value := range values {
		v, ok := declared[name]
		if !ok {
			return workflow.Errorf(workflow.NotFound, "The prompt “%s” has no variable “%s”.", pr.ID, name).
				WithHint("The form of the prompt, or “plumbline prompt show %s”, shows which it has.", pr.ID)
		}
		if err := checkText("“"+v.Label+"”", value, MaxVariable, "Shorten it, or keep it in a document."); err != nil {
			return err
		}
	}
	return nil
}

package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/backend/llm"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// stepVariable is the variable of a prompt that takes what the plan says of a step.
const stepVariable = "step"

// stepKey names what was typed for a step, among the variables of phases.
func stepKey(number string) string {
	return "step_" + strings.ReplaceAll(strings.TrimSuffix(strings.TrimPrefix(workflow.StepOutput(number), stepsDir+"/"), ".md"), ".", "-")
}

// RunStep runs the prompt of a step of the plan on a model, or leaves it to be copied.
func (e *Engine) RunStep(ctx context.Context, projectID, number string, o workflow.StepOrder) (workflow.Run, error) {
	if err := e.keepStepValues(projectID, number, o.Values); err != nil {
		return workflow.Run{}, err
	}
	make := func() (order, error) { return e.stepOrder(projectID, number) }
	return e.begin(ctx, make, o.Model, o.Copy)
}

// begin runs an order on a model, or records it as copied.
func (e *Engine) begin(ctx context.Context, make func() (order, error), model string, copied bool) (workflow.Run, error) {
	if copied {
		e.copying.Lock() // two copies at once would both wait
		defer e.copying.Unlock()
	}
	o, err := make()
	if err == nil {
		err = o.complete()
	}
	switch {
	case err != nil:
		return workflow.Run{}, err
	case copied:
		return e.copyOrder(o)
	}
	return e.start(ctx, o, model)
}

// StepPrompt assembles the prompt of a step: what would be sent, in full.
func (e *Engine) StepPrompt(_ context.Context, projectID, number, model string) (workflow.PromptText, error) {
	o, err := e.stepOrder(projectID, number)
	if err != nil {
		return workflow.PromptText{}, err
	}
	return e.promptText(projectID, o.phase, o.prompt, model), nil
}

// stepOrder assembles the prompt of a step, and checks that it may be built now.
func (e *Engine) stepOrder(projectID, number string) (order, error) {
	out := order{kind: workflow.RunFirst}
	err := e.store.View(func(tx *store.Tx) (err error) {
		if out.pic, err = e.picture(tx, projectID); err != nil {
			return err
		}
		s, build, err := out.pic.stepOf(number)
		if err != nil {
			return err
		}
		if err := out.pic.buildable(s, build); err != nil {
			return err
		}
		out.phase, out.step, out.output = build, s.Step.Number, s.Output
		out.prompt, err = e.assembleStep(tx, out.pic, s, build)
		return err
	})
	return out.ready(), err
}

// ready sets what is sent to what was assembled.
func (o order) ready() order {
	o.sent, o.contract = o.prompt.rendered.Text, o.prompt.prompt.Contract
	o.messages = []llm.Message{{Role: llm.RoleUser, Content: o.sent}}
	return o
}

// buildable returns an error when a step cannot be built now.
func (pic picture) buildable(s workflow.PlanStep, build workflow.Phase) error {
	switch s.State {
	case workflow.StepBlocked:
		return workflow.Errorf(workflow.Conflict, "Step %s waits for step %s.", s.Step.Number, workflow.JoinAnd(s.Waits)).
			WithHint("Build that first, or skip it with a reason.")
	case workflow.StepDone, workflow.StepSkipped:
		return workflow.Errorf(workflow.Conflict, "Step %s is %s already.", s.Step.Number, s.State).
			WithHint("Take that back first: plumbline step open %s %s", pic.project.Slug, s.Step.Number)
	}
	return pic.startable(build)
}

// assembleStep fills the prompt of the build phase for one step.
func (e *Engine) assembleStep(tx *store.Tx, pic picture, s workflow.PlanStep, build workflow.Phase) (assembled, error) {
	text, part, err := e.stepTask(tx, pic, s)
	if err != nil {
		return assembled{}, err
	}
	typed, err := e.typedFor(tx, pic, build, s.Step.Number)
	if err != nil {
		return assembled{}, err
	}
	a, err := e.assembleWith(tx, pic, e.buildPrompt(build), typed, map[string]string{stepVariable: text}, nil)
	if err != nil {
		return a, err
	}
	a.ofPart(part)
	return a, nil
}

// usualBuildPrompt builds a step where the workflow names no prompt that can.
const usualBuildPrompt = "codegen"

// buildPrompt is the id of the prompt that builds a step: the first of its phase that
// takes one.
func (e *Engine) buildPrompt(build workflow.Phase) string {
	for _, id := range append([]string{build.Prompt}, build.Prompts...) {
		pr, _ := e.lib().Prompt(id)
		if slices.ContainsFunc(pr.Variables, func(v workflow.Variable) bool { return v.Name == stepVariable }) {
			return id
		}
	}
	return usualBuildPrompt
}

// stepTask returns what a step is about: what the plan says, and what was learnt when
// it was started over.
func (e *Engine) stepTask(tx *store.Tx, pic picture, s workflow.PlanStep) (string, []workflow.Input, error) {
	text, part, err := e.stepText(tx, pic, s)
	if err != nil {
		return "", nil, err
	}
	part.Name = stepVariable
	inputs := []workflow.Input{part}
	for _, r := range slices.Backward(pic.acts) {
		if r.Action != workflow.ActRestart || r.Check != nil || r.Path == "" || !strings.HasPrefix(r.Path, restartPrefix(s.Output)) {
			continue
		}
		v, err := head(tx, pic.project.ID, r.Path)
		if err != nil {
			return "", nil, err
		}
		body, err := headBody(tx, v)
		if err != nil {
			return "", nil, err
		}
		text += "\n\nWhat an earlier attempt has taught:\n\n" + strings.TrimSpace(body)
		inputs = append(inputs, workflow.Input{Name: stepVariable, Path: v.Path, Version: v.Number, Hash: v.BasisHash})
		break
	}
	return text, inputs, nil
}

// restartPrefix is what the documents of restarts of an output begin with.
func restartPrefix(output string) string {
	return strings.TrimSuffix(workflow.RestartOutput(output, 1), "1.md")
}

// typedFor returns what was typed for a step: for it alone, else for all of its phase.
func (e *Engine) typedFor(tx *store.Tx, pic picture, build workflow.Phase, number string) (map[string]string, error) {
	typed, err := tx.Variables(pic.project.ID, build.ID)
	if err != nil || number == "" {
		return typed, err
	}
	own, err := tx.Variables(pic.project.ID, stepKey(number))
	maps.Copy(typed, own)
	return typed, err
}

// assembleWith fills a prompt of the library with what was typed, where it has such
// variables, and with values that were computed. Those are not kept as typed.
func (e *Engine) assembleWith(tx *store.Tx, pic picture, promptID string, typed, computed map[string]string, given *workflow.Given) (assembled, error) {
	pr, err := e.namedPrompt(promptID)
	if err != nil {
		return assembled{}, err
	}
	values, kept := map[string]string{}, map[string]string{}
	for _, v := range pr.Variables {
		if typed[v.Name] != "" {
			values[v.Name], kept[v.Name] = typed[v.Name], typed[v.Name]
		}
		if computed[v.Name] != "" {
			values[v.Name] = computed[v.Name]
			delete(kept, v.Name)
		}
	}
	if _, ok := computed[stepVariable]; ok && values[stepVariable] == "" {
		return assembled{}, workflow.Errorf(workflow.Invalid, "The prompt “%s” cannot be run for a step: it has no variable “%s”.", pr.ID, stepVariable).
			WithHint("Give it one, or use the built-in prompt.")
	}
	a, err := e.assembleLoose(tx, pic, pr, workflow.PromptOrder{PromptID: promptID, ProjectID: pic.project.ID, Values: values, Given: given})
	a.typed = kept
	return a, err
}

// ofPart notes that of the plan only a part was used. What changes elsewhere in it
// makes nothing stale.
func (a *assembled) ofPart(inputs []workflow.Input) {
	a.inputs = slices.DeleteFunc(a.inputs, func(in workflow.Input) bool { return in.Path == workflow.PlanPath })
	a.inputs = append(a.inputs, inputs...)
}

// keepStepValues remembers what was typed for a step.
func (e *Engine) keepStepValues(projectID, number string, values map[string]string) error {
	if len(values) == 0 {
		return nil
	}
	pic, err := e.look(projectID)
	if err != nil {
		return err
	}
	s, build, err := pic.stepOf(number)
	if err != nil {
		return err
	}
	pr, err := e.namedPrompt(e.buildPrompt(build))
	if err != nil {
		return err
	}
	if err := checkValues(pr, values); err != nil {
		return err
	}
	key := stepKey(s.Step.Number)
	return e.change(projectID, e.person(), fmt.Sprintf("Fill in the prompt of step %s", s.Step.Number), func(w *write) error {
		old, err := w.tx.Variables(projectID, key)
		if err != nil {
			return err
		}
		merged, same := merge(old, values)
		w.idle = same
		return w.tx.PutVariables(projectID, key, merged)
	})
}

package prompt

import (
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

var phaseKinds = []string{
	string(workflow.KindDocument), string(workflow.KindAudit), string(workflow.KindBuild), string(workflow.KindManual),
}

var conditionKinds = []string{
	string(workflow.CondWritten), string(workflow.CondCurrent), string(workflow.CondWhole),
	string(workflow.CondBoxes), string(workflow.CondQuestions), string(workflow.CondSigned),
}

// ParseWorkflow reads a workflow file: the phases are its front matter, and its
// body is for people. Whether the prompts and checklists it names exist is for
// a Library to say. A fault is a workflow.Invalid that names the line.
func ParseWorkflow(file string, data []byte) (workflow.Workflow, error) {
	w, _, err := parseWorkflow(file, data)
	return w, err
}

// parseWorkflow reads a workflow file, and notes which other files it names.
func parseWorkflow(file string, data []byte) (workflow.Workflow, side, error) {
	_, f, root, err := readFront(file, data)
	if err != nil {
		return workflow.Workflow{}, side{}, err
	}
	w := workflow.Workflow{Phases: []workflow.Phase{}, Loop: workflow.Loop{Phases: []string{}}, Triggers: []workflow.Trigger{}, Source: workflow.BuiltIn}
	var loop, triggers yamlNode
	f.mapping(root, "a workflow", []string{"id", "title", "summary", "phases"}, fields{
		"id":      func(n yamlNode) { w.ID = f.own(n) },
		"title":   func(n yamlNode) { w.Title = f.line(n) },
		"summary": func(n yamlNode) { w.Summary = f.line(n) },
		"base":    func(n yamlNode) { f.madeFrom(n) },
		"phases": func(n yamlNode) {
			f.sequence(n, func(n yamlNode) { w.Phases = append(w.Phases, f.phase(n, w.Phases)) })
			if len(w.Phases) == 0 {
				f.fail(n, "at least one phase is expected")
			} else if w.Phases[len(w.Phases)-1].Strip {
				f.fail(n, "the last phase has “strip”, and a phase is expected after it")
			}
		},
		"loop":     func(n yamlNode) { loop = n },
		"triggers": func(n yamlNode) { triggers = n },
	})
	// Read last, since they name phases.
	if loop != nil {
		w.Loop = f.loop(loop, w)
	}
	if triggers != nil {
		f.sequence(triggers, func(n yamlNode) { w.Triggers = append(w.Triggers, f.trigger(n, w)) })
	}
	if f.err != nil {
		return workflow.Workflow{}, side{}, f.err
	}
	return w, f.side, nil
}

// phase reads one phase; before holds those above it.
func (f *front) phase(n yamlNode, before []workflow.Phase) workflow.Phase {
	p := workflow.Phase{Prompts: []string{}, Inputs: []string{}, Gate: []workflow.ConditionRule{}}
	var gate yamlNode
	f.mapping(n, "a phase", []string{"id", "title", "summary", "kind", "output", "gate"}, fields{
		"id": func(n yamlNode) {
			p.ID = f.id(n)
			if slices.ContainsFunc(before, func(b workflow.Phase) bool { return b.ID == p.ID }) {
				f.fail(n, "the phase “%s” is there twice", p.ID)
			}
		},
		"title":   func(n yamlNode) { p.Title = f.line(n) },
		"summary": func(n yamlNode) { p.Summary = f.line(n) },
		"kind":    func(n yamlNode) { p.Kind = workflow.PhaseKind(f.oneOf(n, phaseKinds)) },
		"prompt":  func(n yamlNode) { p.Prompt = f.named(n, KindPrompt) },
		"prompts": func(n yamlNode) { p.Prompts = f.unique(n, func(n yamlNode) string { return f.named(n, KindPrompt) }) },
		"inputs":  func(n yamlNode) { p.Inputs = f.unique(n, f.path) },
		"output": func(n yamlNode) {
			p.Output = f.path(n)
			if strings.Count(p.Output, "NN") > 1 {
				f.fail(n, "“%s” has “NN” more than once; one place for the number of the round is expected", p.Output)
			}
			if slices.ContainsFunc(before, func(b workflow.Phase) bool { return b.Output == p.Output }) {
				f.fail(n, "“%s” is the output of another phase already", p.Output)
			}
		},
		"template": func(n yamlNode) { p.Template = f.named(n, KindChecklist) },
		"strip":    func(n yamlNode) { p.Strip = f.yes(n) },
		"optional": func(n yamlNode) { p.Optional = f.yes(n) },
		"freezes":  func(n yamlNode) { p.Freezes = f.yes(n) },
		"gate":     func(n yamlNode) { gate = n },
	})
	if slices.Contains(p.Prompts, p.Prompt) {
		f.fail(n, "“%s” is the prompt of the phase, and under “prompts” further ones are expected", p.Prompt)
	}
	if gate != nil {
		// Read last, since its conditions look at the output of this phase.
		outputs := []string{p.Output}
		for _, b := range before {
			outputs = append(outputs, b.Output)
		}
		f.sequence(gate, func(n yamlNode) { p.Gate = append(p.Gate, f.condition(n, p.Gate, outputs)) })
	}
	return p
}

// condition reads one condition of a gate; outputs are the artifacts that exist by then.
func (f *front) condition(n yamlNode, before []workflow.ConditionRule, outputs []string) workflow.ConditionRule {
	var c workflow.ConditionRule
	var limit yamlNode
	f.mapping(n, "a condition", []string{"id", "kind", "title"}, fields{
		"id": func(n yamlNode) {
			c.ID = f.id(n)
			if slices.ContainsFunc(before, func(b workflow.ConditionRule) bool { return b.ID == c.ID }) {
				f.fail(n, "the condition “%s” is there twice in this gate", c.ID)
			}
		},
		"kind":  func(n yamlNode) { c.Kind = workflow.ConditionKind(f.oneOf(n, conditionKinds)) },
		"title": func(n yamlNode) { c.Title = f.line(n) },
		"path": func(n yamlNode) {
			c.Path = f.path(n)
			if !slices.Contains(outputs, c.Path) {
				f.fail(n, "“%s” is not written by this phase or one before it", c.Path)
			}
		},
		"section": func(n yamlNode) { c.Section = f.line(n) },
		"max":     func(n yamlNode) { c.Max, limit = f.whole(n, -1, 1000), n },
		"help":    func(n yamlNode) { c.Help = f.text(n) },
	})
	counts := c.Kind == workflow.CondBoxes || c.Kind == workflow.CondQuestions
	switch {
	case c.Section != "" && !counts:
		f.fail(n, "“section” belongs to the kinds boxes and questions, and “%s” is of the kind %s", c.ID, c.Kind)
	case c.Kind == workflow.CondQuestions && c.Section == "":
		f.fail(n, "the questions of “%s” need “section”, the heading they stand under", c.ID)
	case limit != nil && c.Kind != workflow.CondQuestions:
		f.fail(limit, "“max” belongs to the kind questions, and “%s” is of the kind %s", c.ID, c.Kind)
	}
	return c
}

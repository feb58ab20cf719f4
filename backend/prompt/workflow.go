package prompt

import (
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

var phaseKinds = []string{
	string(workflow.KindDocument), string(workflow.KindAudit), string(workflow.KindBuild), string(workflow.KindManual),
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
	sound := f.mapping(root, "a workflow", []string{"id", "title", "summary", "phases"}, fields{
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
	if loop != nil && sound {
		w.Loop = f.loop(loop, w)
	}
	if triggers != nil && sound {
		f.sequence(triggers, func(n yamlNode) { w.Triggers = append(w.Triggers, f.trigger(n, w)) })
	}
	if err := f.end(); err != nil {
		return workflow.Workflow{}, side{}, err
	}
	return w, f.side, nil
}

// phase reads one phase; before holds those above it.
func (f *front) phase(n yamlNode, before []workflow.Phase) workflow.Phase {
	p := workflow.Phase{Prompts: []string{}, Inputs: []string{}, Gate: []workflow.ConditionRule{}}
	var gate yamlNode
	sound := f.mapping(n, "a phase", []string{"id", "title", "summary", "kind", "output", "gate"}, fields{
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
	if !sound {
		return p
	}
	if slices.Contains(p.Prompts, p.Prompt) {
		f.fail(n, "“%s” is the prompt of the phase, and under “prompts” further ones are expected", p.Prompt)
	}
	if gate != nil {
		// Read last, since its conditions look at what the phase writes and runs.
		readable := gateReads(p, before)
		f.sequence(gate, func(n yamlNode) { p.Gate = append(p.Gate, f.condition(n, p.Gate, readable)) })
	}
	return p
}

// gateReads lists the artifacts that the gate of a phase may look at: the outputs there
// are by then, the answers to the further prompts of the phase, and, once there is a
// plan, the checklist of the criteria that it covers.
func gateReads(p workflow.Phase, before []workflow.Phase) []string {
	paths := []string{p.Output}
	for _, b := range before {
		paths = append(paths, b.Output)
	}
	for _, id := range p.Prompts {
		paths = append(paths, workflow.AnswerPath(id))
	}
	if slices.Contains(paths, workflow.PlanPath) {
		paths = append(paths, workflow.AcceptancePath)
	}
	return paths
}

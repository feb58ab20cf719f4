package prompt

import (
	"slices"

	"plumbline/backend/workflow"
)

// reference is a place in a workflow that names another file of the library.
type reference struct {
	kind Kind
	id   string
	line int
}

// usualCap is the number of rounds of a loop that does not say how many it has.
const usualCap = 10

var (
	loopEnds = []string{string(workflow.EndsPlateau), string(workflow.EndsDone)}
	allSteps = []string{workflow.StepsAll}
)

// named reads the id of another file, and notes where it is named.
func (f *front) named(n yamlNode, kind Kind) string {
	id := f.id(n)
	f.refs = append(f.refs, reference{kind: kind, id: id, line: f.lineOf(n)})
	return id
}

// unique reads a list in which nothing is there twice.
func (f *front) unique(n yamlNode, one func(yamlNode) string) []string {
	all := []string{}
	f.sequence(n, func(n yamlNode) {
		s := one(n)
		if slices.Contains(all, s) {
			f.fail(n, "“%s” is listed twice", s)
		}
		all = append(all, s)
	})
	return all
}

// phaseOf reads the id of a phase that the workflow has.
func (f *front) phaseOf(n yamlNode, w workflow.Workflow) string {
	id := f.id(n)
	if _, ok := w.Phase(id); !ok {
		ids := make([]string, len(w.Phases))
		for i, p := range w.Phases {
			ids[i] = p.ID
		}
		f.fail(n, "“%s” is not a phase of this workflow; one of %s is expected", id, quoted(ids))
	}
	return id
}

// loop reads which phases are gone through in rounds.
func (f *front) loop(n yamlNode, w workflow.Workflow) workflow.Loop {
	l := workflow.Loop{Phases: []string{}, Cap: usualCap}
	f.mapping(n, "a loop", []string{"phases", "ends"}, fields{
		"phases": func(n yamlNode) {
			l.Phases = f.unique(n, func(n yamlNode) string { return f.phaseOf(n, w) })
			if len(l.Phases) == 0 {
				f.fail(n, "at least one phase is expected")
			}
		},
		"cap":  func(n yamlNode) { l.Cap = f.whole(n, 1, 100) },
		"ends": func(n yamlNode) { l.Ends = workflow.LoopEnd(f.oneOf(n, loopEnds)) },
	})
	return l
}

// trigger reads what makes a phase due.
func (f *front) trigger(n yamlNode, w workflow.Workflow) workflow.Trigger {
	t := workflow.Trigger{After: workflow.TriggerAfter{Tags: []string{}}}
	sound := f.mapping(n, "a trigger", []string{"id", "title", "phase", "after"}, fields{
		"id": func(n yamlNode) {
			t.ID = f.id(n)
			if slices.ContainsFunc(w.Triggers, func(b workflow.Trigger) bool { return b.ID == t.ID }) {
				f.fail(n, "the trigger “%s” is there twice", t.ID)
			}
		},
		"title":  func(n yamlNode) { t.Title = f.line(n) },
		"prompt": func(n yamlNode) { t.Prompt = f.named(n, KindPrompt) },
		"phase":  func(n yamlNode) { t.Phase = f.phaseOf(n, w) },
		"help":   func(n yamlNode) { t.Help = f.text(n) },
		"after":  func(n yamlNode) { t.After = f.after(n) },
	})
	if phase, ok := w.Phase(t.Phase); sound && ok && t.Prompt == "" && phase.Prompt == "" {
		f.fail(n, "“prompt” is missing in the trigger “%s”; its phase “%s” has none either", t.ID, t.Phase)
	}
	return t
}

// after reads the one thing that a trigger waits for.
func (f *front) after(n yamlNode) workflow.TriggerAfter {
	a := workflow.TriggerAfter{Tags: []string{}}
	given := 0
	sound := f.mapping(n, "what a trigger waits for", nil, fields{
		"milestone": func(n yamlNode) {
			if a.Milestone = f.yes(n); !a.Milestone {
				f.fail(n, "true is expected; a trigger that does not wait for a milestone leaves the key out")
			}
			given++
		},
		"tags": func(n yamlNode) {
			a.Tags = f.unique(n, f.id)
			if len(a.Tags) == 0 {
				f.fail(n, "at least one tag is expected")
			}
			given++
		},
		"steps": func(n yamlNode) { a.Steps = f.oneOf(n, allSteps); given++ },
	})
	if sound && given != 1 {
		f.fail(n, "one of “milestone: true”, “tags: […]” and “steps: all” is expected")
	}
	return a
}

package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// Loop is the phases of a workflow that are gone through again and again. It has
// no phases where a workflow has no loop.
type Loop struct {
	Phases []string `json:"phases"` // ids, in the order of a round
	// Cap is the number of rounds after which more of them are advised against.
	Cap int `json:"cap"`
	// Ends says when the loop is over.
	Ends LoopEnd `json:"ends"`
}

// LoopEnd says when a loop is over.
type LoopEnd string

// The ends of a loop.
const (
	EndsPlateau LoopEnd = "plateau" // rounds have stopped finding anything that matters
	EndsDone    LoopEnd = "done"    // every step is done
)

// Trigger makes a phase due when something has happened, wherever the work is.
type Trigger struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	// Prompt is the id of the prompt to run; empty for the one of the phase.
	Prompt string `json:"prompt"`
	// Phase is the id of the phase that becomes due.
	Phase string       `json:"phase"`
	Help  string       `json:"help"`
	After TriggerAfter `json:"after"`
}

// TriggerAfter is what a trigger waits for. Exactly one of its fields is set.
type TriggerAfter struct {
	// Milestone: all steps of a milestone of the plan are done.
	Milestone bool `json:"milestone"`
	// Tags: the steps that bear these tags are done, those of every tag.
	Tags []string `json:"tags"`
	// Steps is "all": every step of the plan is done.
	Steps string `json:"steps"`
}

// StepsAll is the value of TriggerAfter.Steps that waits for every step.
const StepsAll = "all"

// roundMark stands for the number of the round in the path of an output.
const roundMark = "NN"

// Numbered reports whether each round of the phase writes an output of its own.
func (p Phase) Numbered() bool { return strings.Contains(p.Output, roundMark) }

// OutputOf returns the path of the output of a round, which counts from 1:
// "audits/review-02.md". It is the same for every round where the output is not numbered.
func (p Phase) OutputOf(round int) string {
	return strings.Replace(p.Output, roundMark, fmt.Sprintf("%02d", round), 1)
}

// RoundOf returns the round that wrote the artifact at a path; 0 when the path
// is not a numbered output of this phase.
func (p Phase) RoundOf(path string) int {
	before, after, numbered := strings.Cut(p.Output, roundMark)
	digits, fits := strings.CutPrefix(path, before)
	digits, ends := strings.CutSuffix(digits, after)
	if !numbered || !fits || !ends {
		return 0
	}
	var round int
	if _, err := fmt.Sscanf(digits, "%d", &round); err != nil || round < 1 || p.OutputOf(round) != path {
		return 0
	}
	return round
}

// Source says whose file of the library something comes from.
type Source string

// The sources of files.
const (
	BuiltIn  Source = "built-in"
	Yours    Source = "yours"
	Imported Source = "imported"
)

// Named returns the workflow with other paths in the place of the numbered ones, in
// the phases and in the conditions that look at them.
func (w Workflow) Named(paths map[string]string) Workflow {
	if len(paths) == 0 {
		return w
	}
	w.Phases = slices.Clone(w.Phases)
	for i := range w.Phases {
		p := &w.Phases[i]
		if path, ok := paths[p.Output]; ok {
			p.Output = path
		}
		p.Gate = slices.Clone(p.Gate)
		for j, rule := range p.Gate {
			if path, ok := paths[rule.Path]; ok {
				p.Gate[j].Path = path
			}
		}
	}
	return w
}

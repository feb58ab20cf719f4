package workflow

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// DueFacts are what the triggers of a workflow are judged from.
type DueFacts struct {
	Workflow Workflow
	Plan     PlanView
	// WrittenAt is when the newest output of a phase, of any round, was written; it is
	// not there for one that never was. Ticks do not write.
	WrittenAt map[string]time.Time
	// Written says of which phases the output of the current round is there.
	Written map[string]bool
}

// JudgeDue returns what the triggers have made due: what each waits for has
// happened, and its phase has written nothing since. Of several for one phase the
// last in the workflow counts, as what it looks at includes the others.
func JudgeDue(f DueFacts) []DueItem {
	due := []DueItem{}
	for _, t := range f.Workflow.Triggers {
		at, why := t.After.happened(f.Plan)
		if at.IsZero() {
			continue
		}
		if written, ok := f.WrittenAt[t.Phase]; ok && !written.Before(at) {
			continue
		}
		p, _ := f.Workflow.Phase(t.Phase)
		prompt := t.Prompt
		if prompt == "" {
			prompt = p.Prompt
		}
		item := DueItem{Kind: "trigger", ID: t.ID, Title: t.Title, Phase: t.Phase, PromptID: prompt, Why: why, Help: t.Help, At: at,
			NewRound: p.Numbered() && f.Written[t.Phase]}
		due = slices.DeleteFunc(due, func(d DueItem) bool { return d.Phase == t.Phase })
		due = append(due, item)
	}
	return due
}

// Opened returns the phases in which work may begin although the gates before them
// are not passed: what their triggers wait for has happened.
func (w Workflow) Opened(plan PlanView) map[string]bool {
	opened := map[string]bool{}
	for _, t := range w.Triggers {
		if at, _ := t.After.happened(plan); !at.IsZero() {
			opened[t.Phase] = true
		}
	}
	return opened
}

// happened says when what a trigger waits for has happened, and in a sentence what
// it was; the time is zero before.
func (a TriggerAfter) happened(v PlanView) (at time.Time, why string) {
	switch {
	case a.Milestone:
		for _, m := range v.Milestones {
			if m.Complete && m.CompleteAt.After(at) {
				at, why = m.CompleteAt, fmt.Sprintf("All steps of “%s” are done.", m.Milestone.Title)
			}
		}
	case len(a.Tags) > 0:
		return v.taggedDone(a.Tags)
	case a.Steps == StepsAll && v.AllSettled():
		at, why = v.SettledAt, "Every step of the plan is done."
	}
	return at, why
}

// taggedDone says when the steps of every tag were done: there is at least one of each.
func (v PlanView) taggedDone(tags []string) (at time.Time, why string) {
	for _, tag := range tags {
		some := false
		for _, s := range v.Steps {
			if !slices.ContainsFunc(s.Step.Tags, func(t string) bool { return sameTag(t, tag) }) {
				continue
			}
			if !s.State.Settled() {
				return time.Time{}, ""
			}
			some = true
			if s.Tick != nil && s.Tick.At.After(at) {
				at = s.Tick.At
			}
		}
		if !some {
			return time.Time{}, ""
		}
	}
	return at, fmt.Sprintf("The steps tagged %s are done.", JoinAnd(tags))
}

// sameTag compares tags as people write them: "Data store" is "data-store".
func sameTag(a, b string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(" -_#`*", r) {
				return -1
			}
			return r
		}, strings.ToLower(s))
	}
	return bare(a) == bare(b)
}

// Undone is the item for a phase whose gate somebody passed and which does not hold
// any more; false when it does, or when it was waived and never had to.
func Undone(p Phase, g Gate) (DueItem, bool) {
	c, missing := g.First()
	if g.Passed == nil || g.Passed.Action != ActPass || !missing {
		return DueItem{}, false
	}
	return DueItem{
		Kind: "undone", ID: p.ID, Phase: p.ID, Title: p.Title + ": " + c.Missing, At: g.Passed.At,
		Why: "Its gate was passed, and no longer holds.", Help: "To do: " + c.Action + ".",
	}, true
}

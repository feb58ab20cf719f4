package workflow

import (
	"cmp"
	"fmt"
	"slices"
)

// How often a thread may be refined, and from which refinement on to look up
// (CATALOGUE §5).
const (
	Refinements     = 3
	RefinementsWarn = 2
)

// JudgeThread says where a thread stands: runs are those that belong to it, in any
// order; records are the acts of the project.
func JudgeThread(runs []Run, records []GateRecord, limit, warn int) Thread {
	t := Thread{Runs: slices.Clone(runs), Limit: limit, WarnAt: warn, Questions: []string{}}
	slices.SortFunc(t.Runs, func(a, b Run) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	if len(t.Runs) == 0 {
		return t
	}
	first := t.Runs[0]
	t.ID, t.ProjectID, t.Phase, t.Step = first.ID, first.ProjectID, first.Phase, first.Step
	allowed := limit
	for _, r := range t.Runs {
		if Refines(r) {
			t.Refinements++
		}
	}
	for _, r := range records {
		if r.Action == ActOverride && r.Thread == t.ID {
			allowed, t.Overridden = allowed+1, r.Reason
		}
	}
	t.Full = t.Refinements >= allowed
	switch {
	case t.Full:
		t.Warning = fmt.Sprintf("Refinement %d of %d. Start over with a better specification: a fresh thread with the lessons, without the chat.", t.Refinements, limit)
	case t.Refinements > limit:
		t.Warning = fmt.Sprintf("Refinement %d, past the %d that are advised. Is it still getting better?", t.Refinements, limit)
	case warn > 0 && t.Refinements >= warn:
		t.Warning = fmt.Sprintf("Refinement %d of %d. Is it getting better? If not, start over with a better specification.", t.Refinements, limit)
	}
	return t
}

// Refines reports whether a run is one of the refinements of its thread: it was
// asked to correct something, and answered or still may. One that failed or was
// stopped before it had an end corrected nothing.
func Refines(r Run) bool {
	switch r.State {
	case RunFailed, RunCanceled, RunInterrupted:
		return false
	}
	return r.Kind == RunRefine
}

// Newest returns the last run of the thread that has an answer.
func (t Thread) Newest() (Run, bool) {
	for i := len(t.Runs) - 1; i >= 0; i-- {
		if t.Runs[i].State == RunSucceeded {
			return t.Runs[i], true
		}
	}
	return Run{}, false
}

// Questions returns what an answer asks in the place of code: its open questions,
// when it brings no code. An answer with both is no question: it can be judged.
func Questions(sections []Section, hasCode bool) []string {
	list := []string{}
	if hasCode {
		return list
	}
	for _, title := range []string{"Open questions", "Questions", "Clarifying questions", "Questions before I begin"} {
		s, ok := FindSection(sections, title)
		if !ok {
			continue
		}
		for _, p := range s.Points {
			if p.Depth == 0 && !p.Marked && !saysNone(p.Text) {
				list = append(list, p.Text)
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return list
}

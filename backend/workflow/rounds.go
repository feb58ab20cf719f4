package workflow

import (
	"fmt"
	"slices"
)

// RoundPhase returns the id of the phase at which the rounds of a phase are
// counted: the first of the loop that it is in, else its own.
func (w Workflow) RoundPhase(id string) string {
	if slices.Contains(w.Loop.Phases, id) {
		return w.Loop.Phases[0]
	}
	return id
}

// RoundPhases returns the phases that go through rounds together with one.
func (w Workflow) RoundPhases(id string) []string {
	if slices.Contains(w.Loop.Phases, id) {
		return w.Loop.Phases
	}
	return []string{id}
}

// Round returns the round that a phase is at, from 1.
func (w Workflow) Round(id string, records []GateRecord) int {
	at, n := w.RoundPhase(id), 1
	for _, r := range records {
		if r.Action == ActRound && r.Phase == at {
			n++
		}
	}
	return n
}

// TakesTurns reports whether work in a phase may begin because it takes turns with
// one that may: those of a loop that goes on until everything is done do.
func (w Workflow) TakesTurns(id string, records []GateRecord) bool {
	if w.Loop.Ends != EndsDone || !slices.Contains(w.Loop.Phases, id) {
		return false
	}
	ok, _ := w.Reached(w.Loop.Phases[0], records)
	return ok
}

// AtRound names the outputs of the round that each phase is at, in the phases and
// in the conditions that look at them.
func (w Workflow) AtRound(records []GateRecord) Workflow {
	named := map[string]string{}
	for _, p := range w.Phases {
		if p.Numbered() {
			named[p.Output] = p.OutputOf(w.Round(p.ID, records))
		}
	}
	return w.Named(named)
}

// InForce returns the records that still count: a new round takes back what was
// signed, passed and waived in the phases that it goes through again. What
// happened to threads and what was checked is not a matter of rounds.
func (w Workflow) InForce(records []GateRecord) []GateRecord {
	last := map[string]int{} // the newest round act of each phase that rounds are counted at
	for i, r := range records {
		if r.Action == ActRound {
			last[r.Phase] = i
		}
	}
	if len(last) == 0 {
		return records
	}
	kept := make([]GateRecord, 0, len(records))
	for i, r := range records {
		began, rounds := last[w.RoundPhase(r.Phase)]
		if !rounds || i >= began || timeless(r.Action) {
			kept = append(kept, r)
		}
	}
	return kept
}

// timeless reports whether an act is not a matter of rounds.
func timeless(a GateAction) bool {
	switch a {
	case ActRound, ActOverride, ActRestart, ActCheck:
		return true
	}
	return false
}

// RoundFacts are what the state of the rounds of a phase is judged from.
type RoundFacts struct {
	Workflow Workflow // with the outputs as the file names them
	Phase    string
	Records  []GateRecord
	// Written says that the round has an output, or, in a loop, that its first
	// numbered one is written.
	Written bool
	// Busy says that a run is writing in the round, or an answer waits to be decided.
	Busy bool
	// Curve is what the rounds have found.
	Curve LedgerCurve
}

// JudgeRound says where the rounds of a phase stand.
func JudgeRound(f RoundFacts) RoundStatus {
	w := f.Workflow
	s := RoundStatus{
		Phase: w.RoundPhase(f.Phase), Phases: slices.Clone(w.RoundPhases(f.Phase)), Number: w.Round(f.Phase, f.Records), Curve: slices.Clone(f.Curve.Rounds),
	}
	if s.Curve == nil {
		s.Curve = []LedgerRound{}
	}
	if slices.Contains(w.Loop.Phases, f.Phase) {
		s.Cap, s.Ends = w.Loop.Cap, w.Loop.Ends
	}
	s.Over = s.Cap > 0 && w.sinceRestart(s.Phase, f.Records) >= s.Cap
	p, _ := w.Phase(s.Phase)
	switch {
	case !f.Written:
		s.Why = fmt.Sprintf("Round %d of %s has nothing to show yet.", s.Number, p.Title)
	case f.Busy:
		s.Why = fmt.Sprintf("An answer of round %d is not decided yet.", s.Number)
	default:
		s.Ready = true
	}
	s.Verdict, s.Advice = verdict(s, f)
	return s
}

// What the rounds have come to.
const (
	Plateau = "plateau"
	Growing = "growing"
)

func verdict(s RoundStatus, f RoundFacts) (verdict, advice string) {
	switch {
	case s.Ends == EndsPlateau && f.Curve.Plateau:
		return Plateau, f.Curve.Sentence
	case f.Curve.Growing:
		return Growing, f.Curve.Sentence
	case s.Over && s.Ends == EndsDone:
		return "", fmt.Sprintf("This is round %d, and %d are enough. Start over with a better specification rather than go round again.", s.Number, s.Cap)
	case s.Over:
		return "", fmt.Sprintf("This is round %d of about %d. More of them need a reason.", s.Number, s.Cap)
	}
	return "", ""
}

// sinceRestart counts the rounds since something before the loop was started over:
// what comes then is gone through for the first time.
func (w Workflow) sinceRestart(at string, records []GateRecord) int {
	n := 1
	for _, r := range records {
		switch {
		case r.Action == ActRound && r.Phase == at:
			n++
		case r.Action == ActRestart && !slices.Contains(w.RoundPhases(at), r.Phase):
			n = 1
		}
	}
	return n
}

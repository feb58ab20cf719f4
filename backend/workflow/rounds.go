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
		if !rounds || i >= began || r.Action == ActOverride || r.Action == ActCheck || r.Action == ActRound {
			kept = append(kept, r)
		}
	}
	return kept
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
	// Found is what the rounds have found, in order, and Grave counts the open findings of P0 and P1.
	Found []RoundFound
	Grave int
}

// JudgeRound says where the rounds of a phase stand.
func JudgeRound(f RoundFacts) RoundStatus {
	w := f.Workflow
	s := RoundStatus{
		Phase: w.RoundPhase(f.Phase), Phases: slices.Clone(w.RoundPhases(f.Phase)), Number: w.Round(f.Phase, f.Records), Found: f.Found,
	}
	if s.Found == nil {
		s.Found = []RoundFound{}
	}
	if slices.Contains(w.Loop.Phases, f.Phase) {
		s.Cap, s.Ends = w.Loop.Cap, w.Loop.Ends
	}
	s.Over = s.Cap > 0 && s.Number >= s.Cap
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

// plateauRounds is how many rounds in a row must have found nothing that matters,
// and how many that find more and more are too many.
const plateauRounds = 3

func verdict(s RoundStatus, f RoundFacts) (verdict, advice string) {
	switch {
	case s.Ends == EndsPlateau && ReachedPlateau(f.Found, f.Grave):
		return Plateau, fmt.Sprintf("Plateau: the last %d rounds found nothing new above P2, and no P0 or P1 is open. You are done.", plateauRounds)
	case KeepsGrowing(f.Found):
		return Growing, "Each round finds more than the one before. Stop, and make the specification tighter: no audit mends a loose one."
	case s.Over && s.Ends == EndsDone:
		return "", fmt.Sprintf("This is round %d of at most %d. Start over with a better specification rather than go round again.", s.Number, s.Cap)
	case s.Over:
		return "", fmt.Sprintf("This is round %d of about %d. More of them need a reason.", s.Number, s.Cap)
	}
	return "", ""
}

// ReachedPlateau reports whether rounds have stopped finding anything that
// matters: the last three brought no P0 or P1, neither new nor returned, and
// none is open. What was never audited has reached nothing.
func ReachedPlateau(found []RoundFound, grave int) bool {
	if grave > 0 || len(found) < plateauRounds {
		return false
	}
	for _, r := range found[len(found)-plateauRounds:] {
		if r.New[P0]+r.New[P1]+r.Returned[P0]+r.Returned[P1] > 0 {
			return false
		}
	}
	return true
}

// KeepsGrowing reports whether each of the last three rounds found more that is
// new or has returned than the one before it.
func KeepsGrowing(found []RoundFound) bool {
	if len(found) < plateauRounds {
		return false
	}
	last := found[len(found)-plateauRounds:]
	for i := 1; i < len(last); i++ {
		if last[i].fresh() <= last[i-1].fresh() {
			return false
		}
	}
	return true
}

// fresh counts what a round found that was not known before.
func (r RoundFound) fresh() int {
	n := 0
	for _, counts := range []map[Severity]int{r.New, r.Returned} {
		for _, c := range counts {
			n += c
		}
	}
	return n
}

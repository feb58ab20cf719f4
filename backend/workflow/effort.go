package workflow

import "time"

var zeroTime time.Time

// IdleAfter is the gap between two touches from which on nobody was at work.
const IdleAfter = 2 * time.Minute

// maxMinutes is the greatest estimate: about a year of work.
const maxMinutes = 60 * 24 * 365

// Touch counts the time since the last touch as worked, unless the gap is so long
// that nobody was at work, or the clock went backwards. Parts of a second are
// kept for the next touch.
func (e Effort) Touch(now time.Time) Effort {
	gap := now.Sub(e.TouchedAt)
	switch {
	case e.TouchedAt.IsZero() || gap > IdleAfter:
		e.TouchedAt = now
	case gap > 0:
		seconds := gap / time.Second
		e.Seconds += int(seconds)
		e.TouchedAt = e.TouchedAt.Add(seconds * time.Second)
	}
	return e
}

// Correct sets the time that was worked, in seconds, whatever the timer says.
func (e Effort) Correct(worked int) (Effort, error) {
	if worked < 0 || worked > maxMinutes*60 {
		return e, Errorf(Invalid, "%d seconds cannot have been worked.", worked).WithHint("Give a time between nothing and a year.")
	}
	e.Correction = worked - e.Seconds
	return e, nil
}

// Estimated sets what a person expects, in minutes: with and without a model.
func (e Effort) Estimated(with, without int) (Effort, error) {
	for _, n := range []int{with, without} {
		if n < 0 || n > maxMinutes {
			return e, Errorf(Invalid, "%d minutes are no estimate.", n).WithHint("Give a time between nothing and a year.")
		}
	}
	e.Estimate, e.Without = with, without
	return e, nil
}

// Worked is the time that was worked, in seconds, after correction.
func (e Effort) Worked() int { return max(0, e.Seconds+e.Correction) }

// Add counts a run to what a phase or a step has cost.
func (r *EffortRow) Add(run Run) {
	r.Runs++
	r.PromptTokens += run.PromptTokens
	r.AnswerTokens += run.AnswerTokens
	r.ModelMillis += run.LoadMillis + run.PromptMillis + run.AnswerMillis
}

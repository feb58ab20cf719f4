package workflow

import (
	"fmt"
	"slices"
	"time"
)

// CheckSchedule says why findings cannot be put off so: to a step that the plan does
// not have or that is settled already, or to a day that is past.
func CheckSchedule(act FindingAct, v PlanView, now time.Time) error {
	if act.Step != "" {
		i, err := v.Find(act.Step)
		if CodeOf(err) == NotFound {
			return Errorf(Invalid, "There is no step %s in the plan.", act.Step).WithHint("Name one that is still to be built, or give a day.")
		}
		if err != nil {
			return err
		}
		if s := v.Steps[i]; s.State.Settled() {
			return Errorf(Conflict, "Step %s is %s already.", s.Step.Number, s.State).WithHint("Name one that is still to be built, or give a day.")
		}
	}
	if past(act.Date, now) {
		return Errorf(Invalid, "%s is past.", act.Date).WithHint("Give a day that is still to come.")
	}
	return nil
}

// past reports whether a day is over, wherever on earth the clock stands.
func past(date string, now time.Time) bool {
	day, err := time.Parse(time.DateOnly, date)
	return err == nil && now.After(day.Add(36*time.Hour))
}

// Lapsed returns the findings that were put off to a step that is settled by now, or
// to a day that is past: somebody has to say what has become of them.
func Lapsed(findings []Finding, v PlanView, now time.Time) []Finding {
	list := []Finding{}
	for _, f := range findings {
		if f.State == FindingScheduled && (v.settledSince(f.Step) || past(f.Date, now)) {
			list = append(list, f)
		}
	}
	return list
}

// settledSince reports whether a step is settled.
func (v PlanView) settledSince(number string) bool {
	return number != "" && slices.ContainsFunc(v.Steps, func(s PlanStep) bool { return sameNumber(s.Step.Number, number) && s.State.Settled() })
}

// doLapsed looks whether what findings were put off to has come.
func doLapsed(f ToDoFacts, d *ToDo) bool {
	if len(f.Lapsed) == 0 {
		return false
	}
	first := f.Lapsed[0]
	until := first.Date + ", which is past"
	if f.Plan.settledSince(first.Step) {
		until = "step " + first.Step + ", which is settled"
	}
	return d.say(DoFindings, fmt.Sprintf("Say what has become of %s.", JoinAnd(numbersOf(f.Lapsed[:min(len(f.Lapsed), namedFindings)]))),
		fmt.Sprintf("%s was put off to %s. Mark it as fixed, or open it again.", first.Number, until))
}

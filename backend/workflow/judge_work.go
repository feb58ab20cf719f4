package workflow

import (
	"fmt"
	"time"
)

// What helps with a condition, besides the things to do that the work itself brings.
const (
	DoContinue ToDoKind = "continue" // an answer that broke off
	DoPlan     ToDoKind = "plan"     // mend the plan
	DoFile     ToDoKind = "file"     // take the findings of an audit into the ledger
	DoFindings ToDoKind = "findings" // decide about findings
	DoAudit    ToDoKind = "audit"    // look once more, in a next round
	DoLook     ToDoKind = "look"     // at a difference that nobody has explained
	DoApprove  ToDoKind = "approve"
	DoPromote  ToDoKind = "promote"
	DoHealthy  ToDoKind = "healthy"
	DoBake     ToDoKind = "bake" // wait until a time has passed
)

// noPlan says that there is no plan yet; it reports whether that is so.
func (c *Condition) noPlan(f Facts) bool {
	if f.Plan.Path != "" {
		c.Path = f.Plan.Path
	}
	if f.Plan.Version > 0 {
		return false
	}
	c.lacks(CondWaiting, DoWrite, "There is no plan yet", "write the plan first")
	return true
}

func judgePlan(f Facts, c *Condition) {
	if c.noPlan(f) {
		return
	}
	problems, uncovered := f.Plan.Problems, f.Plan.Uncovered
	faults := len(problems) + len(uncovered)
	switch {
	case faults == 0:
		c.State, c.Value = CondMet, Plural(len(f.Plan.Steps), "step", "steps")
		return
	case len(problems) > 0:
		c.lacks(CondUnmet, DoPlan, trimStop(problems[0].Text), "mend the plan and save it")
		if at := problems[0].Steps; len(at) > 0 && at[0] < len(f.Plan.Steps) {
			c.Index = f.Plan.Steps[at[0]].Step.Box
		}
	default:
		c.lacks(CondUnmet, DoPlan, fmt.Sprintf("%s is covered by no step", uncovered[0]), "name the step that covers it, or add one")
	}
	c.Value = Plural(faults, "fault", "faults")
	if faults > 1 {
		c.Missing += fmt.Sprintf("; %s more", Plural(faults-1, "fault", "faults"))
	}
}

// trimStop takes the full stop off a sentence that goes on.
func trimStop(s string) string {
	if n := len(s); n > 0 && s[n-1] == '.' {
		return s[:n-1]
	}
	return s
}

func judgeSteps(f Facts, c *Condition) {
	if c.noPlan(f) {
		return
	}
	c.Total = len(f.Plan.Steps)
	for _, s := range f.Plan.Steps {
		if s.State.Settled() {
			c.Done++
		} else if c.Index < 0 {
			c.Index = s.Step.Box
		}
	}
	c.Value = fmt.Sprintf("%d/%d", c.Done, c.Total)
	switch {
	case c.Total == 0:
		c.lacks(CondWaiting, DoPlan, "The plan has no steps", "write the steps")
	case c.Done == c.Total:
		c.State = CondMet
	default:
		c.lacks(CondUnmet, DoStep, fmt.Sprintf("%d of %s not done", c.Total-c.Done, Plural(c.Total, "step is", "steps are")), "build "+nextStep(f.Plan))
	}
}

// nextStep names the step to do now.
func nextStep(v PlanView) string {
	if v.Current >= 0 && v.Current < len(v.Steps) {
		return "step " + v.Steps[v.Current].Step.Number
	}
	return "the steps that are left"
}

func judgeMilestones(f Facts, c *Condition) {
	if c.noPlan(f) {
		return
	}
	first := ""
	for _, m := range f.Plan.Milestones {
		switch {
		case m.Total == 0: // a heading without steps is none
			continue
		case m.Complete:
			c.Done++
		case first == "":
			first = m.Milestone.Title
		}
		c.Total++
	}
	if c.Total > 0 {
		c.Value = fmt.Sprintf("%d/%d", c.Done, c.Total)
	}
	switch {
	case c.Done < c.Total:
		c.lacks(CondUnmet, DoStep, fmt.Sprintf("The milestone “%s” is not complete", first), "build "+nextStep(f.Plan))
	case len(f.Plan.Steps) == 0:
		c.lacks(CondWaiting, DoPlan, "The plan has no steps", "write the steps")
	case c.Total == 0 && !f.Plan.AllSettled(): // a plan without milestones is one
		c.lacks(CondUnmet, DoStep, "The steps are not all done", "build "+nextStep(f.Plan))
	default:
		c.State = CondMet
	}
}

// judgeCheck looks at the newest result of a check of the whole project.
func judgeCheck(f Facts, c *Condition) {
	check := NewestCheck(f.Records, "")
	if check.At.IsZero() {
		c.lacks(CondWaiting, DoCheck, "The check was not run yet", "run the check, and paste what it says")
		return
	}
	c.Value = fmt.Sprintf("exit %d", check.Exit)
	built, what := f.lastBuilt()
	switch {
	case !check.Green():
		c.lacks(CondFailed, DoCheck, fmt.Sprintf("The check ended with %d", check.Exit), "mend what it found, and run it again")
	case check.At.Before(built):
		c.lacks(CondUnmet, DoCheck, "The check is older than "+what, "run the check again, and paste what it says")
	default:
		c.State = CondMet
	}
}

// lastBuilt returns when the code changed last, as far as is known, and by what:
// a step that was settled, or the answer of a phase whose prompt writes code.
func (f Facts) lastBuilt() (at time.Time, what string) {
	at, what = f.Plan.SettledAt, "the last step that was done"
	for _, p := range f.Workflow.Phases {
		if p.Kind != KindBuild || p.Prompt == "" {
			continue
		}
		if written := f.Written[p.Output]; written.After(at) {
			at, what = written, "the last change of "+Title(p.Output)
		}
	}
	return at, what
}

// judgeFresh looks whether an artifact can know of the code as it is.
func judgeFresh(f Facts, c *Condition) {
	if c.unwritten(f) {
		return
	}
	looked := f.Written[c.Path]
	if filing, ok := f.filing(c.Path); ok && !filing.LookedAt.IsZero() {
		looked = filing.LookedAt
	}
	if built, what := f.lastBuilt(); looked.Before(built) {
		c.lacks(CondUnmet, DoAudit, fmt.Sprintf("%s is older than %s", Title(c.Path), what), "look at the code as it is now, and write it again")
		return
	}
	c.State = CondMet
}

package workflow

import (
	"fmt"
	"strings"
)

// ToDoFacts are what the one thing to do now is found from.
type ToDoFacts struct {
	Project  Project
	Workflow Workflow
	// Phase is the one the work is at; its id is empty when every gate is passed.
	Phase Phase
	Gate  Gate
	// Busy and Decide are a run that is writing and one whose answer waits to be
	// decided, Waiting one that waits for a paste: in this phase, or in one that is due.
	Busy, Decide, Waiting *Run
	Stale                 []Cause
	Due                   []DueItem
	Plan                  PlanView
	// Thread is the newest of the current step, or, where the work is in no step, of
	// the phase; its runs are empty when there is none.
	Thread Thread
	// Check is the newest of the current step, StepCheck, or of the project.
	StepCheck, Check CheckResult
	// Round is that of the loop the phase is in or comes right after.
	Round RoundStatus
	// Grave are the open findings of P0 and P1 of the whole project.
	Grave []Finding
	// Lapsed are those whose step is settled, or whose day is past.
	Lapsed []Finding
	// Refined says that the round has an accepted refinement, to be reviewed anew.
	Refined bool
}

// NextToDo says the one thing to do now, and why.
func NextToDo(f ToDoFacts) ToDo {
	d := ToDo{ProjectID: f.Project.ID, Project: f.Project.Name, Phase: f.Phase.ID, PromptID: "", Due: f.Due}
	if d.Due == nil {
		d.Due = []DueItem{}
	}
	for _, rule := range []func(ToDoFacts, *ToDo) bool{doRuns, doQuestions, doFresh, doStale, doLapsed, doDue, doRounds, doBuild, doWrite, doGate} {
		if rule(f, &d) {
			break
		}
	}
	d.Command = f.command(d)
	return d
}

func (d *ToDo) say(kind ToDoKind, text, why string) bool {
	d.Kind, d.Text, d.Why = kind, text, why
	return true
}

// doRuns looks at what a run has begun: until that is settled, nothing else comes first.
func doRuns(f ToDoFacts, d *ToDo) bool {
	title := func(r *Run) string {
		d.RunID, d.Phase, d.Step, d.PromptID, d.Path = r.ID, r.Phase, r.Step, r.PromptID, r.Output
		if r.Step != "" {
			return "step " + r.Step
		}
		if p, ok := f.Workflow.Phase(r.Phase); ok {
			return p.Title
		}
		return Title(r.Output)
	}
	switch {
	case f.Busy != nil:
		return d.say(DoWait, fmt.Sprintf("%s is writing %s.", f.Busy.Model, title(f.Busy)), "Nothing is to be done until the answer is there.")
	case f.Decide != nil:
		return d.say(DoDecide, fmt.Sprintf("Review the answer for %s.", title(f.Decide)), "An answer counts only when somebody has accepted it.")
	case f.Waiting != nil:
		name := title(f.Waiting)
		return d.say(DoPaste, fmt.Sprintf("Paste the answer to the %s prompt.", name), "The prompt was copied, and its answer is not there yet.")
	}
	return false
}

// doQuestions looks whether questions came in the place of code.
func doQuestions(f ToDoFacts, d *ToDo) bool {
	n := len(f.Thread.Questions)
	last, ok := f.Thread.Newest()
	if n == 0 || !ok || f.Thread.Over {
		return false
	}
	d.RunID, d.Step, d.Path = last.ID, last.Step, last.Output
	return d.say(DoAnswer, fmt.Sprintf("Answer %s.", Plural(n, "question", "questions")), "The model asked instead of guessing. That is no refinement.")
}

// doFresh looks whether a thread was started over and the fresh one not begun.
func doFresh(f ToDoFacts, d *ToDo) bool {
	if !f.Thread.Over || f.Thread.Step != "" || f.Thread.Next != "" || f.Thread.Phase != f.Phase.ID {
		return false
	}
	d.PromptID, d.Path = f.Phase.Prompt, f.Phase.Output
	return d.say(DoRun, fmt.Sprintf("Run %s again, in a fresh thread.", f.Phase.Title), "What the last one has taught is in the specification now.")
}

func doStale(f ToDoFacts, d *ToDo) bool {
	if len(f.Stale) == 0 {
		return false
	}
	d.Path = f.Phase.Output
	return d.say(DoStale, f.Stale[0].Sentence()+".", fmt.Sprintf("%s was made from a text that has changed since. Run it again, or say that it is still valid.", f.Phase.Title))
}

func doDue(f ToDoFacts, d *ToDo) bool {
	if len(f.Due) == 0 || f.Phase.ID == "" {
		return false
	}
	item := f.Due[0]
	if item.Kind != "trigger" || item.Phase == f.Phase.ID { // there it is the ordinary next thing
		return false
	}
	p, _ := f.Workflow.Phase(item.Phase)
	d.Phase, d.PromptID, d.Path = item.Phase, item.PromptID, p.Output
	if item.NewRound {
		return d.say(DoRound, fmt.Sprintf("%s: begin the next round of %s.", item.Title, p.Title), item.Why)
	}
	return d.say(DoRun, item.Title+".", item.Why)
}

// doRounds looks whether the work has to go round again.
func doRounds(f ToDoFacts, d *ToDo) bool {
	r := f.Round
	if r.Phase == "" || !r.Ready {
		return false
	}
	switch {
	case f.Refined && f.Phase.ID == r.Phase && r.Over:
		return d.say(DoRestart, "Start over with a better specification.", r.Advice)
	case r.Over:
		return false
	case f.Refined && f.Phase.ID == r.Phase:
		d.Phase = r.Phase
		return d.say(DoRound, "Review it again: begin the next round.", "A refinement was accepted. What was reviewed is not what is there now.")
	case r.Ends == EndsPlateau && f.afterLoop() && r.Verdict == Growing:
		d.Phase = r.Phase
		return d.say(DoRound, fmt.Sprintf("Tighten the specification, then begin round %d.", r.Number+1), r.Advice)
	case r.Ends == EndsPlateau && f.afterLoop() && r.Verdict == "":
		d.Phase = r.Phase
		return d.say(DoRound, fmt.Sprintf("Begin round %d: ask what else could go wrong, from another place.", r.Number+1),
			"The rounds go on until three of them have found nothing that matters.")
	}
	return false
}

// afterLoop reports whether the loop is behind, and the phase after it not yet begun.
func (f ToDoFacts) afterLoop() bool {
	phases := f.Workflow.Loop.Phases
	if len(phases) == 0 || f.Gate.Version > 0 {
		return false
	}
	if f.Phase.ID == "" {
		return true
	}
	next, ok := f.Workflow.Next(phases[len(phases)-1])
	return ok && next.ID == f.Phase.ID
}

// doBuild says what is next within the build of a plan.
func doBuild(f ToDoFacts, d *ToDo) bool {
	if f.Phase.Kind != KindBuild || len(f.Plan.Steps) == 0 || f.Phase.ID == "" {
		return false
	}
	d.Path = f.Plan.Path
	if len(f.Grave) > 0 {
		d.Path = ""
		return d.say(DoFindings, fmt.Sprintf("Fix %s, or make the next steps of them.", JoinAnd(numbersOf(f.Grave))),
			"An audit found them. What is grave is built before anything else.")
	}
	if f.Plan.AllSettled() {
		if f.Check.Green() && !f.Check.At.Before(f.Plan.SettledAt) {
			return false
		}
		return d.say(DoCheck, "Run the whole check, and paste its result.", "Every step is done. What counts now is that all of it holds together.")
	}
	if f.Plan.Current < 0 {
		return d.say(DoGate, "Put the order of the plan right.", "Every step that is left waits for another one.")
	}
	f.doStep(f.Plan.Steps[f.Plan.Current], d)
	return true
}

func numbersOf(findings []Finding) []string {
	list := []string{}
	for _, one := range findings {
		list = append(list, one.Number)
	}
	return list
}

// doStep says what is next for the current step: build it, check it, correct it, tick it.
func (f ToDoFacts) doStep(s PlanStep, d *ToDo) {
	number := s.Step.Number
	name := fmt.Sprintf("step %s, “%s”", number, s.Step.Title)
	d.Step, d.Path = number, s.Output
	last, built := f.Thread.Newest()
	fresh := built && !f.StepCheck.At.IsZero() && !f.StepCheck.At.Before(last.EndedAt)
	switch {
	case s.Item == ItemRecheck:
		d.say(DoCheck, fmt.Sprintf("Check %s again.", name), "What it was proved with has changed.")
	case !built && s.Version == 0 || f.Thread.Over:
		d.say(DoStep, fmt.Sprintf("Build %s.", name), "It is the first step that waits for no other.")
	case fresh && f.StepCheck.Green():
		d.say(DoTick, fmt.Sprintf("Read the change against the review checklist, and tick %s.", name), "Its check is green.")
	case fresh && f.Thread.Full:
		d.say(DoRestart, fmt.Sprintf("Start over with %s.", name), f.Thread.Warning)
	case fresh:
		d.RunID = last.ID
		d.say(DoRun, fmt.Sprintf("Refine %s: its check is red.", name), fmt.Sprintf("“%s” ended with %d.", f.StepCheck.Command, f.StepCheck.Exit))
		d.PromptID = "refine"
	default:
		d.say(DoCheck, fmt.Sprintf("Put the code of %s in place, run its tests, and paste the result.", name), "An answer is not a proof.")
	}
}

func doWrite(f ToDoFacts, d *ToDo) bool {
	if f.Phase.ID == "" || f.Gate.Version > 0 {
		return false
	}
	d.Path = f.Phase.Output
	if f.Phase.Prompt == "" {
		return d.say(DoWrite, fmt.Sprintf("Write %s.", f.Phase.Title), f.Phase.Summary)
	}
	d.PromptID = f.Phase.Prompt
	return d.say(DoRun, fmt.Sprintf("Write %s: run its prompt, or copy it.", f.Phase.Title), f.Phase.Summary)
}

func doGate(f ToDoFacts, d *ToDo) bool {
	if f.Phase.ID == "" {
		why := "There is nothing left that the workflow asks for."
		if f.Round.Verdict == Plateau {
			why = f.Round.Advice
		}
		return d.say(DoNothing, "Every gate is passed.", why)
	}
	c, missing := f.Gate.First()
	switch {
	case !missing && f.Gate.NextTitle != "":
		return d.say(DoPass, fmt.Sprintf("Every condition is met. The gate to %s is open.", f.Gate.NextTitle), "Passing it is a person’s act.")
	case !missing:
		return d.say(DoPass, "Every condition is met. The last gate is open.", "Passing it is a person’s act.")
	}
	d.Path = c.Path
	kind := c.Do
	if kind == "" {
		kind = DoGate
	}
	why := c.Missing
	if why != "" {
		why += "."
	}
	return d.say(kind, f.Gate.Sentence, why)
}

// command is how to do it on the command line.
func (f ToDoFacts) command(d ToDo) string {
	p, at := f.Project.Slug, f.Project.Slug+" "+d.Phase
	switch d.Kind {
	case DoWait, DoNothing, DoBake:
		return ""
	case DoDecide:
		return fmt.Sprintf("plumbline review %s --run %s", at, d.RunID)
	case DoAnswer:
		return fmt.Sprintf("plumbline refine %s --run %s --answers FILE", p, d.RunID)
	case DoRound:
		return fmt.Sprintf("plumbline round %s --begin", at)
	case DoFindings:
		if len(f.Lapsed) > 0 {
			return fmt.Sprintf("plumbline findings fix %s %s", p, strings.Join(numbersOf(f.Lapsed[:min(len(f.Lapsed), namedFindings)]), " "))
		}
		if len(f.Grave) > 0 && f.Phase.Kind == KindBuild {
			return fmt.Sprintf("plumbline step add %s %s", p, strings.Join(numbersOf(f.Grave), " "))
		}
		return "plumbline findings list " + p
	case DoPass, DoSign:
		return fmt.Sprintf("plumbline %s %s", d.Kind, at)
	}
	if d.Step != "" || d.Kind == DoRestart || d.RunID != "" {
		return commandOfStep(p, d)
	}
	switch d.Kind {
	case DoRun:
		return "plumbline run " + at
	case DoPaste:
		return fmt.Sprintf("plumbline run %s --paste FILE", at)
	case DoCheck:
		return fmt.Sprintf("plumbline check %s --exit N --output FILE", p)
	case DoTick:
		return fmt.Sprintf("plumbline tick %s %s", p, d.Path)
	}
	return "plumbline gate " + at
}

// commandOfStep is how to do something about a step, or about a thread.
func commandOfStep(p string, d ToDo) string {
	switch d.Kind {
	case DoRun:
		return fmt.Sprintf("plumbline refine %s --run %s", p, d.RunID)
	case DoPaste:
		if d.Step == "" {
			return fmt.Sprintf("plumbline run %s %s --paste FILE", p, d.Phase)
		}
		return fmt.Sprintf("plumbline step paste %s %s FILE", p, d.Step)
	case DoStep:
		return fmt.Sprintf("plumbline step run %s %s", p, d.Step)
	case DoRestart:
		return strings.TrimSpace(fmt.Sprintf("plumbline restart %s %s", p, d.Step))
	case DoCheck:
		return fmt.Sprintf("plumbline check %s --step %s --exit N --output FILE", p, d.Step)
	}
	return fmt.Sprintf("plumbline step show %s %s", p, d.Step)
}

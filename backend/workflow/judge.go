package workflow

import (
	"fmt"
	"time"
)

// Facts are everything a gate is judged from.
type Facts struct {
	ProjectID string
	Workflow  Workflow
	Phase     Phase
	// Heads are the current versions of the project's artifacts, by path.
	Heads map[string]Version
	// Items and Sections are those of the current versions, by path; items with their state.
	Items    map[string][]Item
	Sections map[string][]Section
	// Basis is the run that the output rests on; nil when it was written by hand.
	Basis *Run
	// Active is the run that is writing the output now, if any.
	Active *Run
	// Bases say what each current text was made from, and Behind what has changed since, by path.
	Bases  map[string]Basis
	Behind map[string][]Cause
	// Written is when the words of an artifact last changed, by path; a tick changes none.
	Written map[string]time.Time
	// Records are the acts at all gates of the project, oldest first.
	Records []GateRecord
	// Plan is the plan as steps, with where each stands.
	Plan PlanView
	// Findings are those of the whole ledger, and Filings the audits in it, oldest first.
	Findings []Finding
	Filings  []Filing
	// Questions is the limit of open questions from Settings.
	Questions int
	// Now is the time of the clock; only what has to prove itself for a while looks at it.
	Now time.Time
}

// Judge says where a gate stands. It changes nothing and depends on the facts alone.
func Judge(f Facts) Gate {
	out := f.Heads[f.Phase.Output]
	g := Gate{
		ProjectID: f.ProjectID, Phase: f.Phase.ID, State: PhaseToCome, Version: out.Number,
		Measured: out.Number > 0 || f.Phase.Kind == KindBuild && f.Plan.Version > 0, Conditions: []Condition{},
	}
	g.Title = "Last gate"
	if next, ok := f.Workflow.Next(f.Phase.ID); ok {
		g.Next, g.NextTitle = next.ID, next.Title
		g.Title = "Gate to " + next.Title
	}
	g.Passed = Standing(f.Records, f.Phase.ID)
	g.Signed = SignedBy(f.Records, f.Phase.ID, out) != nil
	g.Frozen = Frozen(f.Records, f.Phase)
	for _, rule := range f.Phase.Gate {
		c := judgeOne(f, rule, out)
		if c.State != CondMet {
			g.Missing++
			g.offer(c, out.Number > 0 && f.Active == nil)
		}
		g.Conditions = append(g.Conditions, c)
	}
	g.Open = g.Missing == 0
	g.State = passState(g.Passed)
	g.Sentence = gateSentence(g, f.Active != nil)
	return g
}

// offer notes what a person can do at the gate about a condition that is missing.
func (g *Gate) offer(c Condition, written bool) {
	switch {
	case c.Kind == CondSigned:
		g.CanSign = written
	case c.Kind == CondApproval:
		g.CanApprove = written
	case c.Kind == CondBake && c.Do == DoPromote:
		g.CanPromote = true
	}
}

func judgeOne(f Facts, rule ConditionRule, out Version) Condition {
	c := Condition{ID: rule.ID, Kind: rule.Kind, Title: rule.Title, State: CondUnmet, Path: f.Phase.Output, Section: rule.Section, Index: -1, Note: rule.Help,
		Causes: []Cause{}, Findings: []string{}}
	if rule.Path != "" {
		c.Path = rule.Path
	}
	if rule.Kind == CondWritten || rule.Kind == CondWhole || rule.Kind == CondSigned {
		c.judgeOutput(f, rule, out)
	} else {
		c.judge(f, rule)
	}
	if c.State == CondMet {
		c.Missing, c.Action, c.Do, c.Note = "", "", "", ""
	}
	if c.Action != "" && c.Path == f.Phase.Output && c.Do != DoStale && c.Do != DoSign && Frozen(f.Records, f.Phase) {
		c.Action = "unfreeze it, " + c.Action // signed too early, it cannot be mended
	}
	return c
}

// judgeOutput judges a condition on the output of the phase itself.
func (c *Condition) judgeOutput(f Facts, rule ConditionRule, out Version) {
	switch rule.Kind {
	case CondWritten:
		judgeWritten(f, c, out)
	case CondWhole:
		judgeWhole(f, c, out)
	case CondSigned:
		judgeSigned(f, c, out)
	}
}

// judge judges a condition on anything else.
func (c *Condition) judge(f Facts, rule ConditionRule) {
	switch rule.Kind {
	case CondCurrent:
		judgeCurrent(f, c)
	case CondBoxes, CondItems:
		judgeBoxes(f, c, rule.Items)
	case CondQuestions:
		judgeQuestions(f, c, rule)
	case CondFindings:
		judgeFindings(f, c, rule)
	case CondPhrase:
		judgePhrase(f, c, rule)
	case CondCount:
		judgeCount(f, c)
	case CondPlan:
		judgePlan(f, c)
	case CondSteps:
		judgeSteps(f, c)
	case CondMilestones:
		judgeMilestones(f, c)
	case CondCheck:
		judgeCheck(f, c)
	case CondFresh:
		judgeFresh(f, c)
	case CondApproval:
		judgeApproval(f, c)
	case CondBake:
		judgeBake(f, c, rule)
	}
}

// lacks says what is missing and what to do about it.
func (c *Condition) lacks(state ConditionState, do ToDoKind, missing, action string) {
	c.State, c.Do, c.Missing, c.Action = state, do, missing, action
}

// unwritten says that there is nothing to judge yet; it reports whether that is so.
func (c *Condition) unwritten(f Facts) bool {
	if f.Heads[c.Path].Number > 0 {
		return false
	}
	c.lacks(CondWaiting, DoWrite, "Nothing is written yet", "write it first")
	if c.Path != f.Phase.Output {
		c.Missing, c.Action = Title(c.Path)+" is not written yet", "write "+Title(c.Path)+" first"
	}
	return true
}

func judgeWritten(f Facts, c *Condition, out Version) {
	switch {
	case out.Number > 0:
		c.State, c.Value = CondMet, fmt.Sprintf("v%d", out.Number)
	case f.Active != nil:
		c.Value = "v1"
		c.lacks(CondRunning, DoWait, "The document is being written", "wait for the answer, then accept it")
	case f.Phase.Prompt == "":
		c.lacks(CondUnmet, DoWrite, "Nothing is written yet", "write it")
	default:
		c.lacks(CondUnmet, DoRun, "Nothing is written yet", "run the prompt, paste an answer or write it by hand")
	}
}

func judgeCurrent(f Facts, c *Condition) {
	if c.unwritten(f) {
		return
	}
	causes := f.Behind[c.Path]
	if len(causes) == 0 {
		c.State = CondMet
		return
	}
	c.Causes = causes
	c.Value = Plural(len(causes), "change", "changes") + " behind"
	c.lacks(CondUnmet, DoStale, causes[0].Sentence(), "run it again, or say that it is still valid")
	if len(causes) > 1 {
		c.Missing += fmt.Sprintf(", and %s more", Plural(len(causes)-1, "change", "changes"))
	}
}

// judgeWhole looks for an answer that broke off, behind the output and behind what it was made from.
func judgeWhole(f Facts, c *Condition, out Version) {
	switch {
	case out.Number == 0:
		c.lacks(CondWaiting, DoWrite, "Nothing is written yet", "write it first")
		return
	case f.Basis == nil:
		c.State = CondMet
		return
	case f.Basis.Cut:
		c.lacks(CondUnmet, DoRun, "The model did not see the whole prompt", "run it again on a model with a larger window")
		return
	case !f.Basis.Whole():
		c.lacks(CondUnmet, DoContinue, "The answer behind it is unfinished", "continue the answer, or run it again")
		return
	}
	for _, in := range f.Basis.Inputs {
		if o, ok := f.Bases[in.Path]; ok && !o.Whole && in.Path != f.Phase.Output {
			c.lacks(CondUnmet, DoRun, fmt.Sprintf("%s, which it was made from, rests on an answer that is cut or unfinished", Title(in.Path)),
				"complete "+Title(in.Path)+", then run this again")
			return
		}
	}
	c.State = CondMet
}

func judgeSigned(f Facts, c *Condition, out Version) {
	c.Judged = true
	switch {
	case out.Number == 0:
		c.lacks(CondWaiting, DoWrite, "There is nothing to sign yet", "write it first")
	case SignedBy(f.Records, f.Phase.ID, out) != nil:
		c.State, c.Value = CondMet, fmt.Sprintf("v%d", out.Number)
	default:
		c.lacks(CondWaiting, DoSign, fmt.Sprintf("v%d is not signed", out.Number), fmt.Sprintf("read v%d and sign it off", out.Number))
	}
}

func gateSentence(g Gate, running bool) string {
	total := len(g.Conditions)
	switch {
	case g.Passed != nil && g.Passed.Action == ActWaive:
		return "Overridden: " + g.Passed.Reason
	case g.Passed != nil && g.Missing > 0:
		c, _ := g.First()
		return fmt.Sprintf("Passed, and off true by %d of %s since. To do: %s.", g.Missing, Plural(total, "condition", "conditions"), c.Action)
	case g.Passed != nil:
		return "Passed."
	case running:
		return "Measured when the answer is complete."
	case !g.Measured:
		return "Measured once something is written."
	case g.Open && g.Signed:
		return fmt.Sprintf("True. All %d conditions are met and v%d is signed.", total, g.Version)
	case g.Open && total == 1:
		return "True. The one condition is met."
	case g.Open:
		return fmt.Sprintf("True. All %d conditions are met.", total)
	}
	s := fmt.Sprintf("Off true by %d of %s.", g.Missing, Plural(total, "condition", "conditions"))
	if c, ok := g.First(); ok && c.Action != "" {
		s += " Next: " + c.Action + "."
	}
	return s
}

// First returns the first condition that is not met.
func (g Gate) First() (Condition, bool) {
	for _, c := range g.Conditions {
		if c.State != CondMet {
			return c, true
		}
	}
	return Condition{}, false
}

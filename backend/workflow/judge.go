package workflow

import (
	"fmt"
	"strings"
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
	// Records are the acts at all gates of the project, oldest first.
	Records []GateRecord
	// Questions is the limit of open questions from Settings.
	Questions int
}

// Judge says where a gate stands. It changes nothing and depends on the facts alone.
func Judge(f Facts) Gate {
	out := f.Heads[f.Phase.Output]
	g := Gate{
		ProjectID: f.ProjectID, Phase: f.Phase.ID, State: PhaseToCome, Version: out.Number,
		Measured: out.Number > 0, Conditions: []Condition{},
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
		}
		g.Conditions = append(g.Conditions, c)
		if rule.Kind == CondSigned && c.State != CondMet && out.Number > 0 && f.Active == nil {
			g.CanSign = true
		}
	}
	g.Open = g.Missing == 0
	g.State = passState(g.Passed)
	g.Sentence = gateSentence(g, f.Active != nil)
	return g
}

func judgeOne(f Facts, rule ConditionRule, out Version) Condition {
	c := Condition{ID: rule.ID, Kind: rule.Kind, Title: rule.Title, State: CondUnmet, Path: f.Phase.Output, Section: rule.Section, Index: -1, Note: rule.Help}
	if rule.Path != "" {
		c.Path = rule.Path
	}
	switch rule.Kind {
	case CondWritten:
		judgeWritten(f, &c, out)
	case CondCurrent:
		judgeCurrent(f, &c, out)
	case CondWhole:
		judgeWhole(f, &c, out)
	case CondBoxes:
		judgeBoxes(f, &c)
	case CondQuestions:
		judgeQuestions(f, &c, rule)
	case CondSigned:
		judgeSigned(f, &c, out)
	}
	if c.State == CondMet {
		c.Missing, c.Action, c.Note = "", "", ""
	}
	return c
}

func judgeWritten(f Facts, c *Condition, out Version) {
	switch {
	case out.Number > 0:
		c.State, c.Value = CondMet, fmt.Sprintf("v%d", out.Number)
	case f.Active != nil:
		c.State, c.Value = CondRunning, "v1"
		c.Missing, c.Action = "The document is being written", "wait for the answer, then accept it"
	default:
		c.Missing, c.Action = "Nothing is written yet", "run the prompt, paste an answer or write it by hand"
	}
}

func judgeCurrent(f Facts, c *Condition, out Version) {
	if out.Number == 0 {
		c.State = CondWaiting
		c.Missing, c.Action = "Nothing is written yet", "write it first"
		return
	}
	causes := Behind(f)
	if len(causes) == 0 {
		c.State = CondMet
		return
	}
	c.Value = fmt.Sprintf("%d behind", len(causes))
	c.Missing = causes[0].Sentence()
	c.Action = "run it again, or say that it is still valid"
}

func judgeWhole(f Facts, c *Condition, out Version) {
	switch {
	case out.Number == 0:
		c.State = CondWaiting
		c.Missing, c.Action = "Nothing is written yet", "write it first"
	case f.Basis == nil || f.Basis.Whole():
		c.State = CondMet
	case f.Basis.Cut:
		c.Missing, c.Action = "The model did not see the whole prompt", "run it again with a larger window"
	default:
		c.Missing, c.Action = "The answer behind it is unfinished", "continue the answer, or run it again"
	}
}

func judgeBoxes(f Facts, c *Condition) {
	items := f.Items[c.Path]
	if c.Section != "" {
		section, ok := FindSection(f.Sections[c.Path], c.Section)
		if !ok {
			c.State = CondWaiting
			c.Missing = fmt.Sprintf("There is no section “%s” yet", c.Section)
			c.Action = "write that section"
			return
		}
		items = within(items, section)
	}
	claimed := 0
	for _, it := range items {
		switch it.State {
		case ItemDone, ItemWaived:
			c.Done++
			continue
		case ItemClaimed:
			claimed++
		}
		if c.Index < 0 {
			c.Index = it.Index
		}
	}
	c.Total = len(items)
	open := c.Total - c.Done
	switch {
	case c.Total == 0:
		c.State = CondWaiting
		c.Missing, c.Action = "There are no boxes to tick yet", "write the checklist"
	case open == 0:
		c.State = CondMet
	default:
		c.Missing = fmt.Sprintf("%d of %s not ticked", open, count(c.Total, "box is", "boxes are"))
		c.Action = "tick " + boxesOf(open, c.Title)
		if claimed > 0 {
			c.Note = fmt.Sprintf("%s ticked by the model alone. Confirm what you have checked.", count(claimed, "box is", "boxes are"))
		}
	}
	if c.Total > 0 {
		c.Value = fmt.Sprintf("%d/%d", c.Done, c.Total)
	}
}

// boxesOf counts boxes by the name that a condition gives them: "Acceptance
// boxes ticked" makes "2 acceptance boxes".
func boxesOf(n int, title string) string {
	kind, named := strings.CutSuffix(title, " boxes ticked")
	if !named {
		return count(n, "box", "boxes")
	}
	kind = strings.ToLower(kind)
	return count(n, kind+" box", kind+" boxes")
}

func judgeQuestions(f Facts, c *Condition, rule ConditionRule) {
	if f.Heads[c.Path].Number == 0 {
		c.State = CondWaiting
		c.Missing, c.Action = "Nothing is written yet", "write it first"
		return
	}
	section, ok := FindSection(f.Sections[c.Path], c.Section)
	if !ok {
		c.Missing = fmt.Sprintf("There is no section “%s”", c.Section)
		c.Action = "add the section, with “None.” when nothing is open"
		return
	}
	limit := rule.Max
	if limit < 0 {
		limit = f.Questions
	}
	n := OpenQuestions(section)
	if n <= limit {
		c.State, c.Value = CondMet, fmt.Sprint(n)
		return
	}
	c.Value = fmt.Sprintf("%d open", n)
	c.Missing = count(n, "question is", "questions are") + " still open"
	c.Action = fmt.Sprintf("answer %s and save the document", count(n, "question", "questions"))
}

func judgeSigned(f Facts, c *Condition, out Version) {
	c.Judged = true
	switch {
	case out.Number == 0:
		c.State = CondWaiting
		c.Missing, c.Action = "There is nothing to sign yet", "write it first"
	case SignedBy(f.Records, f.Phase.ID, out) != nil:
		c.State, c.Value = CondMet, fmt.Sprintf("v%d", out.Number)
	default:
		c.State = CondWaiting
		c.Missing = fmt.Sprintf("v%d is not signed", out.Number)
		c.Action = fmt.Sprintf("read v%d and sign it off", out.Number)
	}
}

// OpenQuestions counts the questions of a section: its top list items, else its
// paragraphs. Ticked boxes and words for "none" do not count.
func OpenQuestions(s Section) int {
	items, paragraphs := 0, 0
	hasItems := false
	for _, p := range s.Points {
		switch {
		case p.Item && p.Depth > 0:
		case p.Item:
			hasItems = true
			if !p.Marked && !saysNone(p.Text) {
				items++
			}
		case !saysNone(p.Text):
			paragraphs++
		}
	}
	if hasItems {
		return items
	}
	return paragraphs
}

// saysNone reports whether a text begins by saying that there is nothing.
func saysNone(text string) bool {
	t := strings.Trim(fold(text), " .!*_()-–—")
	if t == "" {
		return true
	}
	first, _, _ := strings.Cut(t, ".")
	switch strings.Trim(first, " *_:;,") {
	case "none", "no", "n/a", "nothing", "none at this time", "none for now", "none open", "none remaining", "none left",
		"no open questions", "no questions", "no open questions remain", "there are none", "there are no open questions", "all questions are answered":
		return true
	}
	return false
}

func within(items []Item, s Section) []Item {
	var in []Item
	for _, it := range items {
		if it.Offset >= s.Body && it.Offset < s.End {
			in = append(in, it)
		}
	}
	return in
}

func gateSentence(g Gate, running bool) string {
	total := len(g.Conditions)
	switch {
	case g.Passed != nil && g.Passed.Action == ActWaive:
		return "Overridden: " + g.Passed.Reason
	case g.Passed != nil:
		return "Passed."
	case running:
		return "Measured when the answer is complete."
	case !g.Measured:
		return "Measured once something is written."
	case g.Open && g.Signed:
		return fmt.Sprintf("True. All %d conditions are met and v%d is signed.", total, g.Version)
	case g.Open:
		return fmt.Sprintf("True. All %d conditions are met.", total)
	}
	s := fmt.Sprintf("Off true by %d of %s.", g.Missing, count(total, "condition", "conditions"))
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

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

package workflow

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// judgeBoxes judges the boxes of a section or of a whole artifact: those that are
// named, or all of them.
func judgeBoxes(f Facts, c *Condition, names []string) {
	items := f.Items[c.Path]
	if c.Section != "" {
		section, ok := FindSection(f.Sections[c.Path], c.Section)
		if !ok {
			c.lacks(CondWaiting, DoWrite, fmt.Sprintf("There is no section “%s” yet", c.Section), "write that section")
			return
		}
		items = within(items, section)
	}
	if len(names) > 0 {
		chosen, absent := named(items, names)
		if absent != "" {
			c.lacks(CondWaiting, DoWrite, fmt.Sprintf("There is no box “%s” yet", absent), "write that box")
			return
		}
		items = chosen
	}
	claimed, again := c.count(items)
	open := c.Total - c.Done
	if c.Total > 0 {
		c.Value = fmt.Sprintf("%d/%d", c.Done, c.Total)
	}
	switch {
	case c.Total == 0:
		c.lacks(CondWaiting, DoWrite, "There are no boxes to tick yet", "write the checklist")
	case open == 0:
		c.State = CondMet
	default:
		c.lacks(CondUnmet, DoTick, fmt.Sprintf("%d of %s not ticked", open, Plural(c.Total, "box is", "boxes are")), "tick "+boxesOf(open, c.Title))
	}
	if claimed > 0 {
		c.Note = fmt.Sprintf("%s ticked by the model alone. Confirm what you have checked.", Plural(claimed, "box is", "boxes are"))
	}
	if again > 0 {
		c.Doubt = fmt.Sprintf("%s to be checked again: what they were judged by has changed.", Plural(again, "box is", "boxes are"))
	}
}

// count counts the boxes that are settled and leads to the first that is not.
func (c *Condition) count(items []Item) (claimed, again int) {
	for _, it := range items {
		switch it.State {
		case ItemDone, ItemWaived:
			c.Done++
			continue
		case ItemClaimed:
			claimed++
		case ItemRecheck:
			again++
		}
		if c.Index < 0 {
			c.Index = it.Index
		}
	}
	c.Total = len(items)
	return claimed, again
}

// named returns the items whose text begins with one of the names, and a name
// that no item has.
func named(items []Item, names []string) (chosen []Item, absent string) {
	for _, name := range names {
		found := false
		for _, it := range items {
			if beginsWith(it.Text, name) {
				found = true
				chosen = append(chosen, it)
			}
		}
		if !found {
			return nil, name
		}
	}
	return chosen, ""
}

// beginsWith reports whether a text begins with a name and not with a longer word:
// "AC-1" does not begin "AC-10". A name that ends with a hyphen begins all its numbers.
func beginsWith(text, name string) bool {
	rest, ok := strings.CutPrefix(fold(text), fold(name))
	if !ok || rest == "" || strings.HasSuffix(name, "-") {
		return ok
	}
	next, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsLetter(next) && !unicode.IsDigit(next)
}

// boxesOf counts boxes by the name that a condition gives them: "Acceptance
// boxes ticked" makes "2 acceptance boxes".
func boxesOf(n int, title string) string {
	kind, named := strings.CutSuffix(title, " boxes ticked")
	if !named {
		return Plural(n, "box", "boxes")
	}
	kind = strings.ToLower(kind)
	return Plural(n, kind+" box", kind+" boxes")
}

func judgeQuestions(f Facts, c *Condition, rule ConditionRule) {
	if c.unwritten(f) {
		return
	}
	section, ok := FindSection(f.Sections[c.Path], c.Section)
	if !ok {
		c.lacks(CondUnmet, DoWrite, fmt.Sprintf("There is no section “%s”", c.Section), "add the section, with “None.” when nothing is open")
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
	c.lacks(CondUnmet, DoAnswer, Plural(n, "question is", "questions are")+" still open",
		fmt.Sprintf("answer %s and save the document", Plural(n, "question", "questions")))
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

package markdown

import (
	"plumbline/backend/workflow"
)

// Since says of each section in which current and candidate differ who has changed it
// since base, the text that the candidate was made beside: the candidate, the person
// who edited current, or both. Where both have, it looks whether the two fit together.
// A tick is no edit.
func Since(base, current, candidate string, changes []workflow.SectionChange) {
	was := map[string]string{}
	for _, c := range chunks(base) {
		if _, twice := was[c.title]; !twice {
			was[c.title] = c.trimmed()
		}
	}
	for _, m := range match(current, candidate) {
		at := m.id
		if at < 0 || at >= len(changes) || changes[at].ID != at || changes[at].Kind == sectionSame {
			continue
		}
		mine, theirs := m.old.trimmed(), m.new.trimmed()
		if unticked(mine) == unticked(theirs) {
			continue
		}
		before := was[m.title()]
		change := &changes[at]
		switch edited, written := unticked(mine) != unticked(before), unticked(theirs) != unticked(before); {
		case edited && written:
			change.Since = workflow.SinceBoth
			_, clashes := MergeThree(before, mine, theirs)
			change.Clash = len(clashes) > 0
		case edited:
			change.Since = workflow.SinceYours
		default:
			change.Since = workflow.SinceAnswer
		}
		change.Take = change.Since == workflow.SinceAnswer
	}
}

// unticked is a text with the marks of its boxes blanked.
func unticked(text string) string {
	if !MayHaveBoxes(text) {
		return text
	}
	blank := []byte(text)
	for _, it := range Items(text) {
		blank[it.Offset] = ' '
	}
	return string(blank)
}

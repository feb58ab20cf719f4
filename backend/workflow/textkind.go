package workflow

import (
	"slices"
	"strings"

	"plumbline/backend/pattern"
)

// statusRE is the line by which an audit of readiness judges an area.
var statusRE = pattern.New(`(?im)^[ \t>*_-]*status[*_]*:[*_ \t]*(ready|gaps|not ready|partial)`)

// readyAreas is from how many judged areas a text is an audit of readiness.
const readyAreas = 2

// suggesting are words of headings that ideas stand under.
var suggesting = []string{"suggestion", "enhancement", "recommendation", "improvement", "opportunit", "idea"}

// KindOfText says what a text is, by how many findings and steps were read from it,
// and by its headings. A plan may list its risks, and an audit its next steps: what
// there is more of counts.
func KindOfText(text string, findings, steps int, sections []Section) TextKind {
	switch {
	case len(statusRE.FindAllString(text, readyAreas)) == readyAreas:
		return TextReadiness
	case findings > 0 && findings >= steps:
		return TextFindings
	case slices.ContainsFunc(sections, suggests):
		return TextSuggestions
	case steps > 0:
		return TextTasks
	case len(sections) > 0:
		return TextDocument
	}
	return TextAny
}

func suggests(s Section) bool {
	title := strings.ToLower(s.Title)
	return slices.ContainsFunc(suggesting, func(word string) bool { return strings.Contains(title, word) })
}

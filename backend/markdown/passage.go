package markdown

import (
	"hash/maphash"
	"strings"

	"plumbline/backend/workflow"
)

// Passage is a paragraph, a heading, an item of a list, or another block of a text.
type Passage struct {
	Kind  workflow.PassageKind
	Line  int // from 1
	Lines int
	// Section is the title of the nearest heading above, or of the heading itself.
	Section string
	// Words is its text on one line, with the marks of its boxes blanked and
	// numbers of lists made equal: passages with the same words are the same.
	Words string
}

// Passages returns the passages of a text in order, whatever their marks.
func Passages(src string) []Passage {
	lines, pieces := skim(src)
	passages := make([]Passage, len(pieces))
	section := ""
	for i, p := range pieces {
		if p.kind == workflow.PassageHeading {
			section = headingTitle(lines[p.from].text)
		}
		passages[i] = Passage{Kind: p.kind, Line: p.from + 1, Lines: p.to - p.from, Section: section, Words: wordsOf(lines[p.from:p.to], p.kind)}
	}
	return passages
}

// wordsOf joins the lines of a block. White space does not count outside of code.
func wordsOf(lines []textLine, kind workflow.PassageKind) string {
	var b strings.Builder
	for i, line := range lines {
		switch text := line.key; {
		case kind == workflow.PassageCode:
			b.WriteString(strings.TrimRight(text, " \t\r"))
			b.WriteByte('\n')
		case i == 0:
			b.WriteString(evenMarker(strings.Trim(strings.TrimPrefix(text, byteOrderMark), " \t\r"), kind))
		default:
			b.WriteByte(' ')
			b.WriteString(strings.Trim(text, " \t\r"))
		}
	}
	return b.String()
}

// evenMarker makes the markers of items equal, so that one put in before does not renumber the rest.
func evenMarker(text string, kind workflow.PassageKind) string {
	if kind != workflow.PassageItem {
		return text
	}
	return "- " + strings.TrimLeft(text[strings.IndexByte(text, markerOf(text).kind)+1:], " \t")
}

// seed makes the sums of passages. They are compared within one process only.
var seed = maphash.MakeSeed()

// Sum is a number that passages with the same words share, and hardly any others.
func (p Passage) Sum() uint64 { return maphash.String(seed, p.Words) }

// SumInSection is Sum, and differs between sections.
func (p Passage) SumInSection() uint64 { return maphash.String(seed, p.Section+"\x00"+p.Words) }

package markdown

import (
	"strings"

	"plumbline/backend/workflow"
)

// The kinds of section changes.
const (
	sectionSame    = "same"
	sectionChanged = "changed"
	sectionAdded   = "added"
	sectionRemoved = "removed"
)

// Compare sets the sections of level 1 and 2 of a candidate, and the text
// before them, against those of the current text. Sections are matched by
// title; one that has moved is removed at its old place and added at the new.
// White space at the end of a section is no change.
func Compare(current, candidate string) []workflow.SectionChange {
	changes := []workflow.SectionChange{}
	for _, m := range match(current, candidate) {
		if m.id < 0 {
			continue
		}
		change := workflow.SectionChange{ID: m.id, Title: m.title(), Kind: m.kind()}
		change.Diff = Diff(m.old.trimmed(), m.new.trimmed())
		changes = append(changes, change)
	}
	return changes
}

// Merge takes the changes of Compare whose ids are given into the current text.
// With all of them it returns the candidate, with none the current text, byte
// for byte. Sections that come from different texts are set apart by a blank
// line.
func Merge(current, candidate string, take []int) string {
	matches := match(current, candidate)
	wanted := map[int]bool{}
	for _, id := range take {
		wanted[id] = true
	}
	taken, left, known := 0, 0, 0
	for _, m := range matches {
		switch {
		case m.id < 0:
		case m.kind() == sectionSame:
			if wanted[m.id] {
				known++
			}
		case wanted[m.id]:
			taken++
		default:
			left++
		}
	}
	switch {
	case taken == 0 && (left > 0 || known == 0):
		return current
	case left == 0:
		return candidate
	}
	joint := joint{}
	for _, m := range matches {
		if wanted[m.id] && m.id >= 0 {
			joint.add(m.new)
		} else {
			joint.add(m.old)
		}
	}
	return joint.String()
}

// chunk is one section of a text, together with the text before the first.
type chunk struct {
	text   string
	title  string
	source *string // the text it is from
	end    int     // where it ends there
	last   bool
}

// trimmed returns the text without the white space at its end.
func (c *chunk) trimmed() string {
	if c == nil {
		return ""
	}
	return strings.TrimRight(strings.TrimPrefix(c.text, byteOrderMark), " \t\r\n")
}

// matched is a chunk of the current text, of the candidate, or of both.
type matched struct {
	id       int // -1 when there is nothing to choose
	old, new *chunk
}

func (m matched) title() string {
	if m.new != nil && m.new.title != "" {
		return m.new.title
	}
	if m.old != nil {
		return m.old.title
	}
	return ""
}

func (m matched) kind() string {
	old, new := m.old.trimmed(), m.new.trimmed()
	switch {
	case old == new && m.old != nil && m.new != nil:
		return sectionSame
	case m.old == nil || old == "" && m.old.title == "":
		return sectionAdded
	case m.new == nil || new == "" && m.new.title == "":
		return sectionRemoved
	}
	return sectionChanged
}

// chunks cuts a text at its headings of level 1 and 2. The first chunk is the
// text before them and may be empty.
func chunks(src string) []*chunk {
	list := []*chunk{{source: &src}}
	from := 0
	for _, s := range Sections(src) {
		if s.Level == 1 || s.Level == 2 {
			list[len(list)-1].text, list[len(list)-1].end = src[from:s.Start], s.Start
			list = append(list, &chunk{title: s.Title, source: &src})
			from = s.Start
		}
	}
	last := list[len(list)-1]
	last.text, last.end, last.last = src[from:], len(src), true
	return list
}

// match pairs the chunks of two texts, in the order of both.
func match(current, candidate string) []matched {
	old, new := chunks(current), chunks(candidate)
	list := []matched{{old: old[0], new: new[0], id: -1}}
	old, new = old[1:], new[1:]
	x, y := 0, 0
	take := func(toOld, toNew int) {
		for ; x < toOld; x++ {
			list = append(list, matched{old: old[x]})
		}
		for ; y < toNew; y++ {
			list = append(list, matched{new: new[y]})
		}
	}
	for _, pair := range rising(titles(old), titles(new)) {
		take(pair[0], pair[1])
		list = append(list, matched{old: old[x], new: new[y]})
		x, y = x+1, y+1
	}
	take(len(old), len(new))
	id := 0
	for i := range list {
		if i == 0 && list[0].old.trimmed() == "" && list[0].new.trimmed() == "" {
			continue
		}
		list[i].id = id
		id++
	}
	return list
}

// titles returns the keys chunks are matched by.
func titles(list []*chunk) []string {
	keys := make([]string, len(list))
	for i, c := range list {
		keys[i] = workflow.TitleKey(c.title)
	}
	return keys
}

// joint puts chunks together.
type joint struct {
	strings.Builder
	before *chunk
}

// add appends a chunk. Where it does not follow on the chunk before in its own
// text, a blank line sets them apart, after a code fence that was left open.
func (j *joint) add(c *chunk) {
	if c == nil || c.text == "" {
		return
	}
	if b := j.before; b != nil && (b.source != c.source || b.end != c.end-len(c.text)) {
		j.part(b)
	}
	j.WriteString(c.text)
	j.before = c
}

func (j *joint) part(before *chunk) {
	newline := "\n"
	if strings.Contains(before.text, "\r\n") {
		newline = "\r\n"
	}
	text := j.String()
	if text == "" || text == byteOrderMark {
		return
	}
	if !strings.HasSuffix(text, "\n") {
		j.WriteString(newline)
	}
	if before.last {
		j.WriteString(closing(before.text, newline))
	}
	if text := j.String(); !strings.HasSuffix(text, "\n\n") && !strings.HasSuffix(text, "\n\r\n") {
		j.WriteString(newline)
	}
}

// closing returns the end of a code fence that a text leaves open.
func closing(text, newline string) string {
	open := ""
	for line := range strings.Lines(text) {
		open = fenceAfter(open, line)
	}
	if open == "" {
		return ""
	}
	return open + newline
}

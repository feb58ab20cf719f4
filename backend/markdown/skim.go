package markdown

import (
	"strings"

	"plumbline/backend/workflow"
)

// textLine is one line of a text as comparisons see it.
type textLine struct {
	number int // from 1
	text   string
	// key is the text with the mark of a box blanked: what lines are compared by.
	key string
}

// numbered returns lines of a text whose marks count, numbered from 1.
func numbered(lines []string) []textLine {
	list := make([]textLine, len(lines))
	for i, text := range lines {
		list[i] = textLine{number: i + 1, text: text, key: text}
	}
	return list
}

// piece is a block of a text by its lines, from and up to their indexes.
type piece struct {
	kind     workflow.PassageKind
	level    int // of a heading
	from, to int
}

// skim cuts a text into blocks, line by line and in one pass. It is far
// cheaper than parsing, so that a thousand versions can be looked through, and
// need not be exact: it decides what is told about a block, never what a box or
// a section of a gate is. Each item of a list is a block of its own. Lines get
// the keys by which they are compared.
func skim(src string) ([]textLine, []piece) {
	lines := numbered(splitLines(src))
	o := skimmer{lines: lines}
	for i := range lines {
		o.take(i)
	}
	o.end(len(lines))
	return lines, o.pieces
}

type skimmer struct {
	lines  []textLine
	pieces []piece
	open   bool   // the last piece goes on
	fence  string // what opened the code that is open
}

func (o *skimmer) take(i int) {
	line := o.lines[i].text
	if i == 0 {
		line = strings.TrimPrefix(line, byteOrderMark)
	}
	text := strings.TrimLeft(line, " \t")
	switch {
	case o.fence != "":
		if closes(o.fence, text) {
			o.fence = ""
			o.end(i + 1)
		}
	case strings.Trim(text, "\r") == "":
		o.end(i)
	case strings.HasPrefix(text, "```") || strings.HasPrefix(text, "~~~"):
		o.fence = text[:len(text)-len(strings.TrimLeft(text, text[:1]))]
		o.begin(i, piece{kind: workflow.PassageCode})
	case text[0] == '#' && heading(line):
		o.begin(i, piece{kind: workflow.PassageHeading, level: len(text) - len(strings.TrimLeft(text, "#"))})
		o.end(i + 1)
	case o.underlines(text):
		last := &o.pieces[len(o.pieces)-1]
		last.kind, last.level = workflow.PassageHeading, 2
		if text[0] == '=' {
			last.level = 1
		}
		o.end(i + 1)
	case strings.IndexByte("-*_", text[0]) >= 0 && rule(text):
		o.begin(i, piece{kind: workflow.PassageRule})
		o.end(i + 1)
	case strings.IndexByte("-+*0123456789", text[0]) >= 0 && markerOf(text).kind != 0:
		o.lines[i].key = blankMark(o.lines[i].text)
		o.begin(i, piece{kind: workflow.PassageItem})
	case !o.open:
		o.begin(i, piece{kind: kindOf(text)})
	case text[0] == '|' || strings.IndexByte(":-", text[0]) >= 0 && tableRule(text) && strings.Contains(text, "|"):
		if last := &o.pieces[len(o.pieces)-1]; last.kind == workflow.PassageParagraph {
			last.kind = workflow.PassageTable
		}
	}
}

// underlines reports whether a line makes a heading of the open paragraph.
func (o *skimmer) underlines(text string) bool {
	return o.open && (text[0] == '=' || text[0] == '-') && o.pieces[len(o.pieces)-1].kind == workflow.PassageParagraph && underline(text)
}

func kindOf(text string) workflow.PassageKind {
	switch text[0] {
	case '>':
		return workflow.PassageQuote
	case '|':
		return workflow.PassageTable
	}
	return workflow.PassageParagraph
}

func (o *skimmer) begin(i int, p piece) {
	o.end(i)
	p.from, o.open = i, true
	o.pieces = append(o.pieces, p)
}

func (o *skimmer) end(i int) {
	if o.open {
		o.pieces[len(o.pieces)-1].to = i
	}
	o.open = false
}

// blankMark returns the line of a list item with the mark of its box blanked.
func blankMark(line string) string {
	at := strings.IndexByte(line, '[')
	if at < 0 || len(line) < at+4 || line[at+2] != ']' || !strings.ContainsRune(" \t", rune(line[at+3])) {
		return line
	}
	if line[at+1] != 'x' && line[at+1] != 'X' || strings.Trim(line[:at], " \t-+*.)0123456789") != "" {
		return line
	}
	return line[:at+1] + " " + line[at+2:]
}

// isMarked reports whether the box of a line is marked; key is the line with the mark blanked.
func isMarked(line, key string) bool { return line != key }

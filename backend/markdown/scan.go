package markdown

import (
	"math"
	"strings"
)

// maxTail is how long a tail may be before a piece of a long block is committed,
// and how long a line may be before it is cut.
const maxTail = 4 << 10

// shape is the kind of the outermost block that is open.
type shape int

const (
	none shape = iota
	paragraph
	table
	quote
	list
	note   // a footnote
	code   // indented
	fenced // between fences
	markup // raw HTML
)

// scanner follows the lines of an answer to see where one outermost block ends
// and the next begins. It need not be exact: it decides what is shown while an
// answer comes, not what is shown in the end.
type scanner struct {
	start int // of the open piece
	at    int // where the next line begins
	shape shape
	// strip is how many columns the open piece is indented as a whole: it goes
	// on with what stands inside a list.
	strip int
	part  bool // the piece goes on with the block of the one before
	done  bool // the block cannot go on
	blank bool // the line before was blank
	// middle says that the next unit is the rest of a line.
	middle bool

	fence    string // what opened the code, without its language
	language string
	end      string // what ends the raw HTML; empty for a blank line
	marker   byte   // of the list
	content  int    // column where the text of the last item begins
	bare     bool   // the last item has no text yet
	outer    int    // where its last item begins
	inner    int    // the last place inside it that can begin a piece
	nested   string // the fence that is open inside it
	head     string // the first two lines of the table
	before   string // the line before
}

// nextUnit returns the next line, or a part of it when it is very long, or
// nothing when its end has not come yet.
func nextUnit(rest string) string {
	window := rest[:min(len(rest), maxTail)]
	if end := strings.IndexByte(window, '\n'); end >= 0 {
		return rest[:end+1]
	}
	if len(window) < maxTail {
		return ""
	}
	// Not before anything that might be read as markup of a block, best after a space.
	for i := maxTail - 4; i > maxTail/2; i-- {
		if window[i-1] == ' ' && letter(window[i]) {
			return rest[:i]
		}
	}
	for i := maxTail - 4; i > maxTail/2; i-- {
		if letter(window[i]) {
			return rest[:i]
		}
	}
	end := maxTail - 4
	for end > maxTail/2 && window[end]&0xC0 == 0x80 {
		end--
	}
	return rest[:end]
}

func letter(b byte) bool { return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' }

// restart begins a piece at the next line.
func (c *scanner) restart() {
	*c = scanner{start: c.at, at: c.at, strip: c.strip, middle: c.middle}
}

// goOn begins a piece inside the block that is open, at a line seen before.
func (c *scanner) goOn(cut int, rest string) {
	next := scanner{start: cut, at: cut, part: true, strip: c.strip, middle: c.middle && cut == c.at}
	switch c.shape {
	case fenced, markup, table:
		next.shape, next.fence, next.language = c.shape, c.fence, c.language
		next.end, next.head, next.before = c.end, c.head, c.before
	case list, note:
		if cut != c.outer && !next.middle {
			next.strip = indent(rest)
		}
	}
	*c = next
}

// overflows reports whether the tail is so long that a piece is to be committed.
func (c *scanner) overflows() bool { return c.at-c.start > maxTail }

// cut returns where to end the piece of a long block. A list is cut before an
// item if there is one that leaves a piece worth the name.
func (c *scanner) cut() int {
	for _, place := range []int{c.outer, c.inner} {
		if c.shape == list && place > c.start+maxTail/4 {
			return place
		}
	}
	return c.at
}

// splits reports whether the block that is open ends before a line.
func (c *scanner) splits(unit string) bool {
	if c.at == c.start || c.middle || c.shape == none {
		return false
	}
	line := stripColumns(unit, c.strip)
	if blankLine(line) {
		return false
	}
	columns := indent(line)
	if indent(unit) < c.strip {
		return true
	}
	switch c.shape {
	case list:
		return columns < c.content && !c.sibling(line) && !c.lazy(line)
	case note:
		return columns < 4 && (noteLine(line) || !c.lazy(line))
	case code:
		return columns < 4
	case quote:
		return (columns > 3 || line[columns] != '>') && !c.lazy(line)
	case paragraph, table:
		return interrupts(line) && !underline(line) || markerOf(line).starts()
	}
	return false
}

// lazy reports whether a line that is not set as the inside of a list or quote
// has to be goes on with a paragraph in there all the same.
func (c *scanner) lazy(line string) bool {
	return !c.blank && c.nested == "" && textual(c.before) && !interrupts(line) && markerOf(line).kind == 0
}

// sibling reports whether a line is a further item of the list.
func (c *scanner) sibling(line string) bool {
	return markerOf(line).kind == c.marker && !rule(line)
}

// take adds a line to the open block.
func (c *scanner) take(unit string) {
	place := c.at
	c.at += len(unit)
	middle := c.middle
	c.middle = !strings.HasSuffix(unit, "\n")
	line := stripColumns(unit, c.strip)
	switch {
	case middle:
		return
	case c.shape == fenced:
		c.done = closes(c.fence, line)
	case c.shape == markup:
		c.done = c.end == "" && blankLine(line) || c.end != "" && containsFold(line, c.end)
	case blankLine(line):
		if c.bare {
			c.content = math.MaxInt // nothing but a further item goes on with the list
		}
		c.blank = true
		c.done = c.shape == paragraph || c.shape == table || c.shape == quote
		return
	case c.shape == none:
		c.strip = min(c.strip, indent(unit))
		line = stripColumns(unit, c.strip)
		c.open(line)
	case c.shape == list:
		c.takeItem(line, place)
	case c.shape == quote:
		c.takeFence(inside(line))
	case c.shape == paragraph:
		c.takeText(line)
	}
	c.blank, c.before = false, line
}

// open begins a block with its first line.
func (c *scanner) open(line string) {
	marker := markerOf(line)
	if marker.kind != 0 || line[0] == '>' || noteLine(line) {
		c.nested = fenceOf(inside(line))
	}
	switch {
	case indent(line) >= 4:
		c.shape = code
	case heading(line) || rule(line):
		c.shape, c.done = paragraph, true
	case fenceOf(line) != "":
		c.shape, c.fence, c.language = fenced, fenceOf(line), languageOf(line)
	case strings.TrimLeft(line, " ")[0] == '>':
		c.shape = quote
	case marker.kind != 0:
		c.shape, c.marker, c.content, c.bare, c.outer = list, marker.kind, marker.content, marker.empty, c.start
	case noteLine(line):
		c.shape = note
	default:
		c.shape = paragraph
		if end, found := markupEnd(line, false); found {
			c.shape, c.end = markup, end
			c.done = end != "" && containsFold(line[strings.IndexByte(line, '<')+1:], end)
		}
	}
}

// takeItem follows a list.
func (c *scanner) takeItem(line string, place int) {
	if columns := indent(line); columns < c.content && c.sibling(line) {
		m := markerOf(line)
		c.content, c.bare, c.outer = m.content, m.empty, place
		c.nested = fenceOf(inside(line))
		return
	}
	c.bare = false
	text := strings.TrimLeft(line, " \t")
	if c.nested == "" && (c.blank || fenceOf(text) != "" || markerOf(text).kind != 0) {
		c.inner = place
	}
	c.takeFence(inside(text))
}

// takeFence follows the fences inside a list or a quote.
func (c *scanner) takeFence(text string) {
	if c.nested == "" {
		c.nested = fenceOf(text)
	} else if closes(c.nested, text) {
		c.nested = ""
	}
}

// takeText follows a paragraph, which its second line can make a heading or a table.
func (c *scanner) takeText(line string) {
	switch {
	case underline(line):
		c.done = true
	case tableRule(line) && strings.Contains(c.before, "|"):
		c.shape, c.head = table, c.before+line
	}
}

// code returns the lines of a piece of a fence or of raw HTML, without the end.
func (c *scanner) code(piece string) []byte {
	if c.shape == fenced && c.done {
		piece = piece[:strings.LastIndexByte(strings.TrimSuffix(piece, "\n"), '\n')+1]
	}
	piece, _ = dedent(piece, c.strip)
	return []byte(piece)
}

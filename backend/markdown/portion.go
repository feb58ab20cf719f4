package markdown

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	extension "github.com/yuin/goldmark/extension/ast"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// portionKind is what a portion is.
type portionKind int

const (
	headingPortion portionKind = iota
	itemPortion                // the first paragraph of a list item
	textPortion                // a paragraph
	headPortion                // the first row of a table
	rowPortion                 // another row of it
	codePortion
	otherPortion // a quote, a rule, raw HTML: not read
)

// portion is one block of a text. The readers of findings and plans go over the
// portions of a text in the order they are written.
type portion struct {
	kind  portionKind
	level int // of a heading
	depth int // how many list items are around it
	lines []portionLine
	cells []portionLine // of a row
	// number is that of an item of an ordered list, -1 of any other.
	number int
	mark   *workflow.Item // the box of an item
	at     int            // where the block begins
	start  int            // where its first line begins
	list   int            // which list or table it belongs to
}

// portionLine is a line of a portion, without markup.
type portionLine struct {
	text   string
	strong string // what is bold at its beginning
	struck bool   // it begins crossed out
}

// text returns the lines of a portion as one.
func (c portion) text() string {
	words := make([]string, len(c.lines))
	for i, line := range c.lines {
		words[i] = line.text
	}
	return strings.Join(words, " ")
}

func (c portion) first() portionLine {
	if len(c.lines) == 0 {
		return portionLine{}
	}
	return c.lines[0]
}

// survey is a text as a list of portions.
type survey struct {
	doc      *document
	portions []portion
	lists    int
	boxes    []workflow.Item
	byMark   map[int]*workflow.Item
}

func newSurvey(src string) *survey {
	v := &survey{doc: parse(src)}
	v.boxes = v.doc.judged()
	v.byMark = make(map[int]*workflow.Item, len(v.boxes))
	for i := range v.boxes {
		v.byMark[v.boxes[i].Offset-v.doc.skip] = &v.boxes[i]
	}
	v.blocks(v.doc.root, 0)
	return v
}

func (v *survey) add(n ast.Node, c portion) {
	c.at = v.doc.start(n)
	c.start = v.doc.lineStart(c.at)
	v.portions = append(v.portions, c)
}

func (v *survey) blocks(parent ast.Node, depth int) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		v.block(n, depth)
	}
}

func (v *survey) block(n ast.Node, depth int) {
	c := portion{depth: depth, number: -1}
	switch n := n.(type) {
	case *ast.Heading:
		c.kind, c.level, c.lines = headingPortion, n.Level, v.lines(n)
		if depth > 0 {
			c.kind = textPortion
		}
		v.add(n, c)
	case *ast.Paragraph, *ast.TextBlock:
		c.kind, c.lines = textPortion, v.lines(n)
		v.add(n, c)
		v.loosen(n)
	case *ast.List:
		v.list(n, depth)
	case *extension.Table:
		v.table(n, depth)
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		c.kind = codePortion
		for i := range n.Lines().Len() {
			segment := n.Lines().At(i)
			c.lines = append(c.lines, portionLine{text: strings.ToValidUTF8(strings.TrimRight(string(segment.Value(v.doc.src)), "\r\n"), "\ufffd")})
		}
		v.add(n, c)
	default:
		c.kind = otherPortion
		v.add(n, c)
	}
}

func (v *survey) list(n *ast.List, depth int) {
	v.lists++
	list, number := v.lists, n.Start
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		c := portion{kind: itemPortion, depth: depth, number: -1, list: list}
		if n.IsOrdered() {
			c.number = number
			number++
		}
		if b := boxOf(item); b != nil {
			c.mark = v.byMark[b.offset]
		}
		rest := item.FirstChild()
		if rest != nil && (rest.Kind() == ast.KindTextBlock || rest.Kind() == ast.KindParagraph) {
			c.lines = v.lines(rest)
			v.add(item, c)
			v.loosen(rest)
			rest = rest.NextSibling()
		} else {
			v.add(item, c)
		}
		for ; rest != nil; rest = rest.NextSibling() {
			v.block(rest, depth+1)
		}
	}
}

func (v *survey) table(n *extension.Table, depth int) {
	v.lists++
	list := v.lists
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		c := portion{kind: rowPortion, depth: depth, number: -1, list: list}
		if _, head := row.(*extension.TableHeader); head {
			c.kind = headPortion
		}
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			line := portionLine{}
			if lines := v.lines(cell); len(lines) > 0 {
				line = lines[0]
			}
			c.cells = append(c.cells, line)
		}
		v.add(row, c)
	}
}

// lines returns the lines of a paragraph or heading.
func (v *survey) lines(n ast.Node) []portionLine {
	var lines []portionLine
	current, fresh := portionLine{}, true
	var text strings.Builder
	flush := func() {
		current.text = strings.ToValidUTF8(strings.Join(strings.Fields(text.String()), " "), "\ufffd")
		if current.text != "" {
			lines = append(lines, current)
		}
		text.Reset()
		current, fresh = portionLine{}, true
	}
	for child := n.FirstChild(); child != nil; child = child.NextSibling() {
		var b strings.Builder
		v.doc.collectNode(&b, child)
		for i, part := range strings.Split(b.String(), "\n") {
			if i > 0 {
				flush()
			}
			if fresh && wordy(part) {
				fresh = false
				current.mark(child, part)
			}
			text.WriteString(part)
		}
	}
	flush()
	return lines
}

// mark notes the emphasis that a line begins with.
func (l *portionLine) mark(n ast.Node, text string) {
	text = strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "\ufffd")
	switch n := n.(type) {
	case *ast.Emphasis:
		if n.Level == 2 {
			l.strong = text
		} else if n.ChildCount() == 1 {
			l.mark(n.FirstChild(), text)
		}
	case *extension.Strikethrough:
		l.struck = true
		if first := n.FirstChild(); first != nil && n.ChildCount() == 1 {
			l.mark(first, text)
		}
	}
}

// wordy reports whether a text holds a letter, a digit or a bracket.
func wordy(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '[' })
}

// looseRE is a line that people write as the beginning of a block, and that
// Markdown takes for more of the paragraph above.
var looseRE = pattern.New(`^\s{0,3}(?:(\d{1,4})[.)]\s+\S|(?:PHASE|Phase|MILESTONE|Milestone|DEPENDENCIES|Dependencies|HIGH[- ]PRIORITY|COMPLEXITY)\b[^.]{0,80}$|\[(?:\.\.\.|…))`)

// loosen cuts the portion that was added last before such lines: n is its paragraph.
func (v *survey) loosen(n ast.Node) {
	whole := v.portions[len(v.portions)-1]
	segments := n.Lines()
	if segments.Len() < 2 || segments.Len() != len(whole.lines) {
		return
	}
	end := len(whole.lines)
	var cut []portion // the last one first
	for i := end - 1; i > 0; i-- {
		segment := segments.At(i)
		start := v.doc.lineStart(segment.Start)
		found := looseRE.FindSubmatch(bytes.TrimRight(v.doc.src[start:segment.Stop], "\r\n"))
		if found == nil || found[1] != nil && whole.kind != itemPortion {
			continue
		}
		next := portion{kind: textPortion, number: -1, lines: whole.lines[i:end], at: segment.Start, start: start}
		if found[1] != nil {
			v.lists++
			next.kind, next.number, next.list = itemPortion, atoi(string(found[1])), v.lists
			next.lines = withoutNumber(next.lines)
		}
		cut, end = append(cut, next), i
	}
	v.portions[len(v.portions)-1].lines = whole.lines[:end]
	slices.Reverse(cut)
	v.portions = append(v.portions, cut...)
}

// withoutNumber takes the marker of a list item off the first line.
func withoutNumber(lines []portionLine) []portionLine {
	first := lines[0]
	if _, rest, ok := strings.Cut(first.text, " "); ok {
		first.text = rest
	}
	return append([]portionLine{first}, lines[1:]...)
}

// atoi reads a number of a few digits; what is none is 0.
func atoi(s string) int {
	n := 0
	for _, r := range s {
		if r < '0' || r > '9' || n > 1e8 {
			return 0
		}
		n = 10*n + int(r-'0')
	}
	return n
}

// onlyCode is the doubt about a text that stands in a code fence as a whole.
const onlyCode = "The whole text stands in a code fence, and what is in code is not read."

// isCode reports whether a text is nothing but code.
func (v *survey) isCode() bool {
	return len(v.portions) > 0 && !slices.ContainsFunc(v.portions, func(p portion) bool { return p.kind != codePortion })
}

// end returns where the block of portion i ends: with all it holds, without the
// blank lines behind it.
func (v *survey) end(i int) int { return v.trim(v.portions[i].start, v.next(i)) }

// next returns the index of the first portion that is not inside portion i.
func (v *survey) next(i int) int {
	c := v.portions[i]
	for j := i + 1; j < len(v.portions); j++ {
		other := v.portions[j]
		inside := c.kind == itemPortion && other.depth > c.depth ||
			c.kind == headingPortion && (other.kind != headingPortion || other.level > c.level)
		if !inside {
			return j
		}
	}
	return len(v.portions)
}

// trim returns where the text before portion next ends, without blank lines, in whole lines.
func (v *survey) trim(start, next int) int {
	end := len(v.doc.src)
	if next < len(v.portions) {
		end = v.portions[next].start
	}
	for end > start && strings.IndexByte(" \t\r\n", v.doc.src[end-1]) >= 0 {
		end--
	}
	if end <= start {
		return min(start, len(v.doc.src))
	}
	return v.doc.lineEnd(end - 1)
}

package markdown

import (
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"plumbline/backend/workflow"
)

var kindBox = ast.NewNodeKind("PlumblineBox")

// box is the node of a task box.
type box struct {
	ast.BaseInline
	offset int // of the mark, in the text that was parsed
	marked bool
}

// Kind tells boxes from the nodes of goldmark.
func (*box) Kind() ast.NodeKind { return kindBox }

// Dump prints the node, as goldmark asks of every node.
func (b *box) Dump(source []byte, level int) { ast.DumpHelper(b, source, level, nil, nil) }

// boxParser finds task boxes where GitHub, micromark and marked find them: at
// the start of the first paragraph of a list item, with white space and some
// text behind. goldmark's own also takes “[x]text” and “[x](url)”.
type boxParser struct{}

// Trigger returns the character a box begins with.
func (boxParser) Trigger() []byte { return []byte{'['} }

// Parse returns a box if there is one here.
func (boxParser) Parse(parent ast.Node, block text.Reader, _ parser.Context) ast.Node {
	item, ok := parent.Parent().(*ast.ListItem)
	if !ok || item.FirstChild() != parent || parent.HasChildren() {
		return nil
	}
	line, segment := block.PeekLine()
	if len(line) < 4 || line[2] != ']' || !strings.ContainsRune(" \t\r\n", rune(line[3])) {
		return nil
	}
	if !strings.ContainsRune(" xX", rune(line[1])) {
		return nil
	}
	block.Advance(3)
	rest, _ := block.PeekLine()
	for len(rest) > 0 && (rest[0] == ' ' || rest[0] == '\t') {
		block.Advance(1)
		rest = rest[1:]
	}
	return &box{offset: segment.Start + 1, marked: line[1] != ' '}
}

// Items returns the task boxes of a text in the order they are written. The
// text of an item is its first paragraph, on one line, with its own markup kept.
// The state is that of the mark alone: claimed or open.
func Items(src string) []workflow.Item { return parse(src).judged() }

func (d *document) judged() []workflow.Item {
	items := d.items()
	workflow.KeyItems(items)
	workflow.JudgeItems(items, nil)
	return items
}

// Outline returns the boxes and the sections of a text, which is read once for
// both: see [Items] and [Sections].
func Outline(src string) ([]workflow.Item, []workflow.Section) {
	d := parse(src)
	return d.judged(), d.sections()
}

// MayHaveBoxes reports whether a text can have task boxes; it costs next to nothing.
func MayHaveBoxes(src string) bool {
	return strings.Contains(src, "[ ]") || strings.Contains(src, "[x]") || strings.Contains(src, "[X]")
}

// SetMark sets or clears the mark whose offset is given, and changes nothing
// else. It returns a Conflict if there is no box at that offset.
func SetMark(src string, offset int, marked bool) (string, error) {
	for _, item := range Items(src) {
		if item.Offset != offset {
			continue
		}
		if item.Marked == marked {
			return src, nil
		}
		mark := " "
		if marked {
			mark = "x"
		}
		return src[:offset] + mark + src[offset+1:], nil
	}
	return "", workflow.Errorf(workflow.Conflict, "There is no task box at byte %d of the text.", offset).
		WithHint("The text has changed since it was shown. Look at it again, then tick.")
}

// items collects the boxes, sorted by offset, without key and state.
func (d *document) items() []workflow.Item {
	items := []workflow.Item{}
	d.eachBox(d.root, -1, func(b *box, depth int) {
		items = append(items, workflow.Item{
			Offset: b.offset + d.skip, Line: d.line(b.offset), Depth: depth,
			Text: d.boxText(b), Marked: b.marked,
		})
	})
	sort.Slice(items, func(i, j int) bool { return items[i].Offset < items[j].Offset })
	heads, next, title := d.headings(), 0, ""
	for i := range items {
		items[i].Index = i
		for ; next < len(heads) && d.start(heads[next])+d.skip < items[i].Offset; next++ {
			title = d.plain(heads[next])
		}
		items[i].Section = title
	}
	return items
}

// eachBox visits the boxes below a block; depth is that of the list around it.
func (d *document) eachBox(block ast.Node, depth int, visit func(*box, int)) {
	for n := block.FirstChild(); n != nil && n.Type() == ast.TypeBlock; n = n.NextSibling() {
		if b, ok := n.FirstChild().(*box); ok {
			visit(b, depth)
			continue
		}
		below := depth
		if _, ok := n.(*ast.ListItem); ok {
			below++
		}
		d.eachBox(n, below, visit)
	}
}

// boxText returns the source of the paragraph behind a box, on one line.
func (d *document) boxText(b *box) string {
	lines := b.Parent().Lines()
	words := []string{}
	for i := range lines.Len() {
		segment := lines.At(i)
		value := segment.Value(d.src)
		if i == 0 {
			value = value[b.offset+2-segment.Start:]
		}
		words = append(words, strings.Fields(string(value))...)
	}
	return strings.ToValidUTF8(strings.Join(words, " "), "\ufffd")
}

// boxOffsets returns the offsets of the boxes in src, in order.
func (d *document) boxOffsets() []int {
	offsets := []int{}
	d.eachBox(d.root, -1, func(b *box, _ int) { offsets = append(offsets, b.offset) })
	sort.Ints(offsets)
	return offsets
}

// boxOf returns the box of a list item, if it has one.
func boxOf(item ast.Node) *box {
	if first := item.FirstChild(); first != nil {
		b, _ := first.FirstChild().(*box)
		return b
	}
	return nil
}

package markdown

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer/html"

	"plumbline/backend/workflow"
)

// maxRender is the size of the largest text that is shown as Markdown.
const maxRender = 4 << 20

// Options say how boxes are shown.
type Options struct {
	// Items hold the judged state of the boxes, found by offset. A box that is
	// not among them is done or open by its mark.
	Items []workflow.Item
	// Interactive boxes can be ticked; the others are marked as disabled.
	Interactive bool
}

// Render turns Markdown into HTML that is safe to put into a page: nothing in it
// runs and nothing in it is fetched. The outermost blocks carry data-line, their
// first line, and boxes carry data-offset, which SetMark takes.
//
// A text above maxRender is shown as it is written: no page could hold it.
func Render(src string, opt Options) string {
	w := newWriter(opt)
	if len(src) > maxRender {
		w.raw(`<pre data-line="1"><code>`)
		w.escaped([]byte(src))
		w.raw("</code></pre>\n")
		return w.finish()
	}
	w.notes = notesPrefix(src)
	w.document(parse(src))
	return w.finish()
}

// Show is Render for a text whose boxes are wanted too, with their states as the
// ticks of people make them; it is read once for both.
func Show(src string, ticks map[string]workflow.Tick, interactive bool) (html string, items []workflow.Item) {
	d := parse(src)
	items = d.items()
	workflow.KeyItems(items)
	workflow.JudgeItems(items, ticks)
	opt := Options{Items: items, Interactive: interactive}
	if len(src) > maxRender {
		return Render(src, opt), items
	}
	w := newWriter(opt)
	w.notes = notesPrefix(src)
	w.document(d)
	return w.finish(), items
}

// notesPrefix keeps the footnotes of two documents on one page apart.
func notesPrefix(src string) string {
	h := fnv.New32a()
	h.Write([]byte(src))
	return fmt.Sprintf("%08x", h.Sum32())
}

// writer writes the HTML of one document, or of one piece of it.
type writer struct {
	buf  bytes.Buffer
	out  *bufio.Writer
	text html.Writer
	doc  *document
	opt  Options
	// states are those of Options.Items by offset, boxes the numbers of the boxes.
	states map[int]workflow.ItemState
	boxes  map[int]int
	// The piece begins at this offset, after so many lines and boxes of the whole.
	baseOffset, baseLine, baseBox int
	// headLines is how many lines before the piece were put in for the parser, and
	// shift how many bytes are missing from it up to each line.
	headLines int
	shift     []int
	// part says that the piece goes on with a block of the one before.
	part  bool
	notes string
	slugs map[string]int
	// depth counts inline elements around, links the links among them.
	depth, links int
}

func newWriter(opt Options) *writer {
	w := &writer{opt: opt, text: html.NewWriter(), states: map[int]workflow.ItemState{}, slugs: map[string]int{}}
	w.out = bufio.NewWriter(&w.buf)
	for _, item := range opt.Items {
		w.states[item.Offset] = item.State
	}
	return w
}

// document writes all blocks of a document.
func (w *writer) document(d *document) {
	w.doc = d
	w.boxes = map[int]int{}
	for i, item := range d.boxOffsets() {
		w.boxes[item] = i
	}
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		w.block(n)
	}
}

// finish returns what was written, after the policy.
func (w *writer) finish() string {
	_ = w.out.Flush() // a bytes.Buffer takes everything
	safe := shared().policy.SanitizeBytes(w.buf.Bytes())
	return strings.ToValidUTF8(string(safe), "\ufffd")
}

func (w *writer) raw(parts ...string) {
	for _, s := range parts {
		_, _ = w.out.WriteString(s)
	}
}

// escaped writes a text in which nothing is markup.
func (w *writer) escaped(text []byte) { w.text.RawWrite(w.out, text) }

// attribute writes an attribute with any value.
func (w *writer) attribute(name, value string) {
	w.raw(" ", name, `="`)
	w.escaped([]byte(strings.ToValidUTF8(value, "\ufffd")))
	w.raw(`"`)
}

// open writes a start tag, with the line if the block is an outermost one.
func (w *writer) open(tag string, n ast.Node, classes ...string) {
	w.raw("<", tag)
	outermost := n.Parent() != nil && n.Parent().Kind() == ast.KindDocument
	if outermost && w.part && n.PreviousSibling() == nil {
		classes = append(classes, "part")
	}
	if len(classes) > 0 {
		w.attribute("class", strings.Join(classes, " "))
	}
	if outermost {
		w.lineAttribute(w.doc.line(w.doc.start(n)) - w.headLines)
	}
}

// lineAttribute writes the number in the whole of a line of the piece.
func (w *writer) lineAttribute(line int) {
	w.raw(fmt.Sprintf(` data-line="%d"`, w.baseLine+max(line, 1)))
}

// offset returns the byte of the whole text at which a box of the piece is marked.
func (w *writer) offset(b *box) int {
	offset := w.baseOffset + w.doc.skip + b.offset
	if w.shift != nil {
		offset += w.shift[w.doc.line(b.offset)-1]
	}
	return offset
}

// slug makes the id of a heading, unique in the document.
func (w *writer) slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			b.WriteRune(r)
		case (unicode.IsSpace(r) || r == '-' || r == '_') && b.Len() > 0:
			b.WriteByte('-')
		}
		if b.Len() > 80 {
			break
		}
	}
	base := "h-" + strings.TrimRight(b.String(), "-")
	id := base
	for n := w.slugs[base]; ; n++ {
		if n > 0 {
			id = fmt.Sprintf("%s-%d", base, n)
		}
		if _, used := w.slugs[id]; !used || n == 0 && w.slugs[base] == 0 {
			w.slugs[base] = n + 1
			w.slugs[id] = max(w.slugs[id], 1)
			return id
		}
	}
}

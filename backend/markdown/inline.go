package markdown

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
	extension "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"

	"plumbline/backend/workflow"
)

// maxInline is how deep emphasis and links are nested in the HTML; below that
// their text is shown without them.
const maxInline = 40

func (w *writer) inlines(parent ast.Node) {
	w.depth++
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		w.inline(n)
	}
	w.depth--
}

// inline writes one inline node with all it holds.
func (w *writer) inline(n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		w.words(n)
	case *ast.String:
		w.escaped(n.Value)
	case *ast.CodeSpan:
		w.raw("<code>")
		w.escaped(w.doc.codeSpan(n))
		w.raw("</code>")
	case *ast.Emphasis:
		w.element([]string{"em", "strong"}[min(n.Level, 2)-1], n)
	case *extension.Strikethrough:
		w.element("del", n)
	case *ast.Link:
		w.link(n)
	case *ast.Image:
		w.image(n)
	case *ast.AutoLink:
		w.autolink(n)
	case *ast.RawHTML:
		w.rawHTML(n)
	case *box:
		w.box(n)
	case *extension.FootnoteLink:
		w.raw(fmt.Sprintf(`<sup id="fnref-%s-%d-%d"><a href="#fn-%[1]s-%[2]d" class="footnote-ref" role="doc-noteref">%[2]d</a></sup>`,
			w.notes, n.Index, n.RefIndex))
	case *extension.FootnoteBacklink:
		w.raw(fmt.Sprintf(` <a href="#fnref-%s-%d-%d" class="footnote-back" role="doc-backlink" aria-label="Back to the text">↩</a>`,
			w.notes, n.Index, n.RefIndex))
	}
}

func (w *writer) words(n *ast.Text) {
	value := bytes.TrimSuffix(n.Segment.Value(w.doc.src), []byte("\r"))
	if n.IsRaw() {
		w.escaped(value)
	} else {
		w.text.Write(w.out, value)
	}
	switch {
	case n.HardLineBreak():
		w.raw("<br>\n")
	case n.SoftLineBreak():
		w.raw("\n")
	}
}

func (w *writer) element(tag string, n ast.Node) {
	if w.depth > maxInline {
		w.inlines(n)
		return
	}
	w.raw("<", tag, ">")
	w.inlines(n)
	w.raw("</", tag, ">")
}

// rawHTML writes inline HTML as the text it is; only a line break is one.
func (w *writer) rawHTML(n *ast.RawHTML) {
	text := w.doc.rawHTML(n)
	if lineBreak(text) {
		w.raw("<br>")
		return
	}
	w.raw(`<span class="html">`)
	w.escaped(text)
	w.raw("</span>")
}

// state returns where a box stands.
func (w *writer) state(b *box) workflow.ItemState {
	if state := w.states[w.offset(b)]; state != "" {
		return state
	}
	if b.marked {
		return workflow.ItemDone
	}
	return workflow.ItemOpen
}

func (w *writer) box(b *box) {
	state := w.state(b)
	checked := map[workflow.ItemState]string{workflow.ItemOpen: "false", workflow.ItemDone: "true"}[state]
	if checked == "" {
		checked = "mixed"
	}
	w.raw(`<span class="box" role="checkbox" aria-checked="`, checked, `"`)
	if w.opt.Interactive {
		w.raw(` tabindex="0"`)
	} else {
		w.raw(` aria-disabled="true"`)
	}
	w.raw(fmt.Sprintf(` data-offset="%d" data-index="%d" data-state="%s"`,
		w.offset(b), w.baseBox+w.boxes[b.offset], state))
	w.attribute("aria-label", w.doc.plain(b.Parent()))
	w.raw("></span>")
}

// lineBreak reports whether inline HTML is nothing but a line break.
func lineBreak(html []byte) bool {
	if len(html) < 4 || !bytes.EqualFold(html[:3], []byte("<br")) {
		return false
	}
	rest := bytes.TrimSpace(html[3:])
	return string(rest) == ">" || string(rest) == "/>"
}

// codeSpan returns the text of a code span. In a table a pipe in code is
// written with a backslash before it, which is not part of the code.
func (d *document) codeSpan(n *ast.CodeSpan) []byte {
	var b bytes.Buffer
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if text, ok := c.(*ast.Text); ok {
			b.Write(text.Segment.Value(d.src))
		}
	}
	text := bytes.ReplaceAll(b.Bytes(), []byte("\r\n"), []byte(" "))
	text = bytes.ReplaceAll(text, []byte("\n"), []byte(" "))
	for p := n.Parent(); p != nil; p = p.Parent() {
		if p.Type() == ast.TypeBlock {
			if _, ok := p.(*extension.TableCell); ok {
				text = bytes.ReplaceAll(text, []byte(`\|`), []byte("|"))
			}
			break
		}
	}
	return text
}

func (d *document) rawHTML(n *ast.RawHTML) []byte {
	var b bytes.Buffer
	for i := range n.Segments.Len() {
		segment := n.Segments.At(i)
		b.Write(segment.Value(d.src))
	}
	return b.Bytes()
}

// resolve returns a destination or a title with escapes and entities read.
func resolve(source []byte) []byte {
	return util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(source)))
}

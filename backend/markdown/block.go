package markdown

import (
	"bytes"
	"fmt"

	"github.com/yuin/goldmark/ast"
	extension "github.com/yuin/goldmark/extension/ast"
)

// block writes one block with all it holds.
func (w *writer) block(n ast.Node) {
	switch n := n.(type) {
	case *ast.Heading:
		w.heading(n)
	case *ast.Paragraph:
		w.open("p", n)
		w.raw(">")
		w.inlines(n)
		w.raw("</p>\n")
	case *ast.TextBlock:
		w.inlines(n)
		if n.NextSibling() != nil {
			w.raw("\n")
		}
	case *ast.List:
		w.list(n)
	case *ast.ListItem:
		w.item(n)
	case *ast.Blockquote:
		w.open("blockquote", n)
		w.raw(">\n")
		w.blocks(n)
		w.raw("</blockquote>\n")
	case *ast.FencedCodeBlock:
		w.code(n, string(n.Language(w.doc.src)))
	case *ast.CodeBlock:
		w.code(n, "")
	case *ast.HTMLBlock:
		w.html(n)
	case *ast.ThematicBreak:
		w.open("hr", n)
		w.raw(">\n")
	case *extension.Table:
		w.table(n)
	case *extension.FootnoteList:
		w.footnotes(n)
	case *extension.FootnoteBacklink: // of a note that does not end with a paragraph
		w.inline(n)
	}
}

func (w *writer) blocks(parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		w.block(n)
	}
}

func (w *writer) heading(n *ast.Heading) {
	tag := fmt.Sprintf("h%d", n.Level)
	w.open(tag, n)
	w.attribute("id", w.slug(w.doc.plain(n)))
	w.raw(">")
	w.inlines(n)
	w.raw("</", tag, ">\n")
}

func (w *writer) list(n *ast.List) {
	tag := "ul"
	if n.IsOrdered() {
		tag = "ol"
	}
	classes := []string{}
	for item := n.FirstChild(); item != nil; item = item.NextSibling() {
		if boxOf(item) != nil {
			classes = append(classes, "tasks")
			break
		}
	}
	w.open(tag, n, classes...)
	if n.IsOrdered() && n.Start != 1 {
		w.raw(fmt.Sprintf(` start="%d"`, n.Start))
	}
	w.raw(">\n")
	w.blocks(n)
	w.raw("</", tag, ">\n")
}

func (w *writer) item(n *ast.ListItem) {
	if b := boxOf(n); b != nil {
		w.raw(`<li class="task" data-state="`, string(w.state(b)), `">`)
	} else {
		w.raw("<li>")
	}
	if _, tight := n.FirstChild().(*ast.TextBlock); !tight && n.HasChildren() {
		w.raw("\n")
	}
	w.blocks(n)
	w.raw("</li>\n")
}

// code writes a block of code; only a plain name of a language is kept.
func (w *writer) code(n ast.Node, language string) {
	w.open("pre", n)
	w.raw("><code")
	if plainName(language) {
		w.attribute("class", "language-"+language)
	}
	w.raw(">")
	w.lines(n)
	w.raw("</code></pre>\n")
}

// html writes a block of raw HTML as the text it is.
func (w *writer) html(n *ast.HTMLBlock) {
	w.open("pre", n, "html")
	w.raw("><code>")
	w.lines(n)
	if n.HasClosure() {
		w.escaped(n.ClosureLine.Value(w.doc.src))
	}
	w.raw("</code></pre>\n")
}

func (w *writer) lines(n ast.Node) {
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		w.escaped(bytes.ReplaceAll(segment.Value(w.doc.src), []byte("\r\n"), []byte("\n")))
	}
}

func (w *writer) table(n *extension.Table) {
	w.open("table", n)
	w.raw(">\n")
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		if _, header := row.(*extension.TableHeader); header {
			if w.headLines > 0 {
				w.raw("<tbody>\n")
				continue
			}
			w.raw("<thead>\n")
			w.row(row, "th")
			w.raw("</thead>\n")
			if row.NextSibling() != nil {
				w.raw("<tbody>\n")
			}
			continue
		}
		w.row(row, "td")
		if row.NextSibling() == nil {
			w.raw("</tbody>\n")
		}
	}
	w.raw("</table>\n")
}

func (w *writer) row(row ast.Node, tag string) {
	w.raw("<tr>\n")
	for n := row.FirstChild(); n != nil; n = n.NextSibling() {
		cell, ok := n.(*extension.TableCell)
		if !ok {
			continue
		}
		w.raw("<", tag)
		if cell.Alignment != extension.AlignNone {
			w.attribute("align", cell.Alignment.String())
		}
		w.raw(">")
		w.inlines(cell)
		w.raw("</", tag, ">\n")
	}
	w.raw("</tr>\n")
}

func (w *writer) footnotes(list *extension.FootnoteList) {
	w.open("section", list, "footnotes")
	w.raw(` role="doc-endnotes">`, "\n<ol>\n")
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		note := n.(*extension.Footnote)
		w.raw(fmt.Sprintf("<li id=\"fn-%s-%d\">\n", w.notes, note.Index))
		w.blocks(note)
		w.raw("</li>\n")
	}
	w.raw("</ol>\n</section>\n")
}

// plainName reports whether the name of a language can be a class.
func plainName(name string) bool {
	for _, c := range []byte(name) {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
		case c == '_' || c == '+' || c == '#' || c == '.' || c == '-':
		default:
			return false
		}
	}
	return len(name) > 0 && len(name) <= 40
}

package markdown

import (
	"testing"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// fragile is a parser that cannot stand any text.
type fragile struct{ parser.Parser }

func (fragile) Parse(text.Reader, ...parser.ParseOption) ast.Node { panic("cannot stand it") }

func TestATextThatBreaksTheParserIsShownAsItIs(t *testing.T) {
	w := newWriter(Options{})
	w.document(read("- [ ] <b>\r\nx", fragile{}, references{}))
	if got, want := w.finish(), "<pre data-line=\"1\"><code>- [ ] &lt;b&gt;\nx</code></pre>\n"; got != want {
		t.Errorf("shown as %q, want %q", got, want)
	}
}

func TestLinesAreFoundFromOffsets(t *testing.T) {
	d := parse("\ufeffa\rb\r\n\nc")
	for _, c := range []struct{ offset, line, start, end int }{
		{0, 1, 0, 2}, {1, 1, 0, 2}, {2, 2, 2, 5}, {4, 2, 2, 5}, {5, 3, 5, 6}, {6, 4, 6, 7}, {7, 4, 6, 7},
	} {
		if d.line(c.offset) != c.line || d.lineStart(c.offset) != c.start || d.lineEnd(c.offset) != c.end {
			t.Errorf("offset %d is on line %d from %d to %d, want %+v", c.offset, d.line(c.offset), d.lineStart(c.offset), d.lineEnd(c.offset), c)
		}
	}
}

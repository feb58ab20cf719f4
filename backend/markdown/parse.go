package markdown

import (
	"bytes"
	"sort"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

const byteOrderMark = "\ufeff"

// machine holds the parser and the policy. Both are costly to build, do not
// change afterwards and may be used by many goroutines at once.
type machine struct {
	whole  parser.Parser
	pieces parser.Parser // without footnotes
	policy *bluemonday.Policy
}

// shared builds the machine when it is first needed, so that a command which
// reads no Markdown does not pay for it.
var shared = sync.OnceValue(func() *machine {
	pieces := newParser()
	whole := newParser()
	whole.AddOptions(
		parser.WithBlockParsers(util.Prioritized(few{shallow{extension.NewFootnoteBlockParser()}}, 999)),
		parser.WithInlineParsers(util.Prioritized(extension.NewFootnoteParser(), 101)),
		parser.WithASTTransformers(util.Prioritized(extension.NewFootnoteASTTransformer(), 999)),
	)
	return &machine{whole: whole, pieces: pieces, policy: newPolicy()}
})

// newParser puts goldmark together: CommonMark with tables, strikethrough,
// autolinks and our own task boxes.
func newParser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(shallow{parser.NewListParser()}, 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(guard{}, 0),
			util.Prioritized(boxParser{}, 1),
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewRawHTMLParser(), 400),
			util.Prioritized(parser.NewEmphasisParser(), 500),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
			util.Prioritized(extension.NewLinkifyParser(), 999),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(definitions{}, 100),
			util.Prioritized(extension.NewTableParagraphTransformer(), 200),
		),
	)
}

// document is a parsed text.
type document struct {
	src  []byte // without byte order mark, with line ends that goldmark knows
	skip int    // bytes of the byte order mark
	root ast.Node
	ends []int // offsets of the line feeds in src
}

// parse reads a whole text.
func parse(src string) *document {
	return read(src, shared().whole, references{})
}

// parsePiece reads a piece of a text that is not complete yet. It keeps the link
// definitions it finds in refs, for the pieces that follow; footnotes, whose
// other end may be in another piece, stay as they are written.
func parsePiece(src string, refs references) *document {
	return read(src, shared().pieces, refs)
}

func read(src string, p parser.Parser, refs references) *document {
	d := &document{}
	if strings.HasPrefix(src, byteOrderMark) {
		d.skip = len(byteOrderMark)
	}
	d.src = lineFeeds([]byte(src[d.skip:]))
	d.root = parseOrQuote(d.src, p, refs)
	for i, b := range d.src {
		if b == '\n' {
			d.ends = append(d.ends, i)
		}
	}
	return d
}

// parseOrQuote parses a text. Should goldmark panic on it, the text is one block
// of code: what a model writes must not end the program.
func parseOrQuote(src []byte, p parser.Parser, refs references) (root ast.Node) {
	defer func() {
		if recover() == nil {
			return
		}
		block := ast.NewCodeBlock()
		block.SetPos(0)
		block.Lines().Append(text.NewSegment(0, len(src)))
		root = ast.NewDocument()
		root.AppendChild(root, block)
	}()
	context := sharedReferences{parser.NewContext(), refs, &verdict{}}
	return p.Parse(text.NewReader(src), parser.WithContext(context))
}

// lineFeeds makes a carriage return that stands alone a line feed, as CommonMark
// asks and goldmark does not. Offsets stay as they are.
func lineFeeds(src []byte) []byte {
	for i := 0; ; i++ {
		next := bytes.IndexByte(src[i:], '\r')
		if next < 0 {
			return src
		}
		i += next
		if i+1 == len(src) || src[i+1] != '\n' {
			src[i] = '\n'
		}
	}
}

// line returns the number, from 1, of the line that holds an offset of src.
func (d *document) line(offset int) int { return sort.SearchInts(d.ends, offset) + 1 }

// lineStart returns where the line that holds an offset of src begins.
func (d *document) lineStart(offset int) int {
	if n := d.line(offset); n > 1 {
		return d.ends[n-2] + 1
	}
	return 0
}

// lineEnd returns the offset after the line feed of the line that holds an offset of src.
func (d *document) lineEnd(offset int) int {
	if n := d.line(offset); n <= len(d.ends) {
		return d.ends[n-1] + 1
	}
	return len(d.src)
}

// start returns the offset where a block begins.
func (d *document) start(n ast.Node) int {
	for ; n != nil; n = n.FirstChild() {
		if pos := n.Pos(); pos >= 0 {
			return pos
		}
		if n.Type() != ast.TypeInline && n.Lines() != nil && n.Lines().Len() > 0 {
			return n.Lines().At(0).Start
		}
	}
	return 0
}

// references are the link definitions seen so far, by label.
type references map[string]parser.Reference

// sharedReferences is a context whose link definitions outlive it. It also
// carries what the guard has decided.
type sharedReferences struct {
	parser.Context
	refs    references
	verdict *verdict
}

// AddReference keeps the first definition of each label, as CommonMark does.
func (c sharedReferences) AddReference(ref parser.Reference) {
	label := util.ToLinkReference(ref.Label())
	if _, ok := c.refs[label]; !ok {
		c.refs[label] = ref
	}
}

// Reference returns the definition of a label.
func (c sharedReferences) Reference(label string) (parser.Reference, bool) {
	ref, ok := c.refs[label]
	return ref, ok
}

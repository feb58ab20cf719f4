package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Limits of what is parsed. Beyond them a text is shown as it is written.
const (
	maxDepth       = 200     // open blocks, about 100 nested lists
	maxMarks       = 1000    // marks of emphasis and links in one paragraph
	maxEffort      = 1 << 27 // sum of the squares of marks over a document
	maxDefinitions = 1000    // lines of a paragraph of link definitions
	maxNotes       = 500     // footnotes of a document
)

// shallow is a parser of blocks that hold blocks. It stops opening them at
// maxDepth, because goldmark visits every open block on every line.
type shallow struct{ parser.BlockParser }

// Open opens a block unless there are too many open already.
func (s shallow) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if len(pc.OpenedBlocks()) >= maxDepth {
		return nil, parser.NoChildren
	}
	return s.BlockParser.Open(parent, reader, pc)
}

// few is a parser of footnotes that stops at maxNotes, because goldmark looks
// through all of them for each mark in the text.
type few struct{ parser.BlockParser }

// Open opens a footnote unless there are too many already.
func (f few) Open(parent ast.Node, reader text.Reader, pc parser.Context) (ast.Node, parser.State) {
	v := pc.(sharedReferences).verdict
	if v.notes >= maxNotes {
		return nil, parser.NoChildren
	}
	node, state := f.BlockParser.Open(parent, reader, pc)
	if node != nil {
		v.notes++
	}
	return node, state
}

// guard takes the text of a paragraph as it is when it has so many marks that
// matching them would take a time that grows with their square.
type guard struct{}

// verdict is what the guard decided about the paragraph it saw last.
type verdict struct {
	block  ast.Node
	effort int
	plain  bool
	notes  int
}

// Trigger returns the marks that are costly to match.
func (guard) Trigger() []byte { return []byte("*_~[]!") }

// Parse returns the rest of the line as text if the paragraph has too many marks.
func (guard) Parse(parent ast.Node, block text.Reader, pc parser.Context) ast.Node {
	v := pc.(sharedReferences).verdict
	if v.block != parent {
		v.judge(parent, block.Source())
	}
	if !v.plain {
		return nil
	}
	line, segment := block.PeekLine()
	length := len(line)
	for length > 0 && (line[length-1] == '\n' || line[length-1] == '\r') {
		length--
	}
	if length == 0 {
		return nil
	}
	block.Advance(length)
	return ast.NewTextSegment(segment.WithStop(segment.Start + length))
}

func (v *verdict) judge(block ast.Node, source []byte) {
	marks := 0
	for i := range block.Lines().Len() {
		segment := block.Lines().At(i)
		for _, b := range segment.Value(source) {
			switch b {
			case '*', '_', '~', '[', ']', '!':
				marks++
			}
		}
	}
	v.block = block
	v.effort += marks * marks
	v.plain = marks > maxMarks || marks > 100 && v.effort > maxEffort
}

// definitions takes link definitions off the start of a paragraph. What looks
// like a footnote is none, and very many in one paragraph are left alone,
// because goldmark moves all lines for each of them.
type definitions struct{}

// Transform takes the definitions off.
func (definitions) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	first := node.Lines().At(0)
	line := bytes.TrimLeft(first.Value(reader.Source()), " ")
	if !bytes.HasPrefix(line, []byte("[")) || bytes.HasPrefix(line, []byte("[^")) {
		return
	}
	if node.Lines().Len() <= maxDefinitions {
		parser.LinkReferenceParagraphTransformer.Transform(node, reader, pc)
	}
}

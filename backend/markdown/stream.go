package markdown

import (
	"bytes"
	"strings"
)

// Stream renders an answer while it comes. Blocks that are finished are rendered
// once and never again; the rest, the tail, is to be shown as plain text until
// it is finished, too. How the text is cut into writes does not matter. A Stream
// is for one goroutine at a time.
type Stream struct {
	text   strings.Builder
	w      *writer
	refs   references
	blocks []Block
	scan   scanner
}

// Block is a piece of an answer that is finished: one outermost block, or some
// items, rows or lines of one that is long. A piece that goes on with the one
// before has the class “part” on its first element.
type Block struct {
	// Start and End are the bytes of the answer it was made from.
	Start int    `json:"start"`
	End   int    `json:"end"`
	HTML  string `json:"html"`
}

// NewStream returns a stream without text.
func NewStream() *Stream {
	return &Stream{w: newWriter(Options{}), refs: references{}}
}

// Write adds text and returns the blocks that it finishes. They are never
// revised; what they look like in the whole answer is up to Finish.
func (s *Stream) Write(text string) []Block {
	before := len(s.blocks)
	s.text.WriteString(text)
	all := s.text.String()
	for {
		unit := nextUnit(all[s.scan.at:])
		if unit == "" {
			return s.blocks[before:len(s.blocks):len(s.blocks)]
		}
		switch {
		case s.scan.splits(unit):
			s.commit(s.scan.at)
			s.scan.restart()
		case s.scan.overflows() && !blankLine(unit):
			cut := s.scan.cut()
			s.commit(cut)
			s.scan.goOn(cut, all[cut:])
		default:
			s.scan.take(unit)
			if s.scan.done {
				s.commit(s.scan.at)
				s.scan.restart()
			} else if s.scan.middle && s.scan.overflows() {
				s.commit(s.scan.at)
				s.scan.goOn(s.scan.at, "")
			}
		}
	}
}

// Blocks returns all finished blocks.
func (s *Stream) Blocks() []Block { return s.blocks[:len(s.blocks):len(s.blocks)] }

// End returns the byte where the last finished block ends.
func (s *Stream) End() int { return s.scan.start }

// Tail returns the text after the last finished block.
func (s *Stream) Tail() string { return s.text.String()[s.scan.start:] }

// Finish returns the rendering of the whole answer. It is that of Render, so
// link definitions that came late count.
func (s *Stream) Finish() string { return Render(s.text.String(), Options{}) }

// commit renders the text up to an offset as a block.
func (s *Stream) commit(end int) {
	start := s.scan.start
	piece := s.text.String()[start:end]
	s.blocks = append(s.blocks, Block{Start: start, End: end, HTML: s.render(piece)})
	s.w.baseLine += strings.Count(piece, "\n")
}

// render writes a piece as what it goes on with, or as blocks of its own.
func (s *Stream) render(piece string) string {
	w := s.w
	w.buf.Reset()
	w.part = s.scan.part
	switch {
	case s.scan.part && (s.scan.shape == fenced || s.scan.shape == markup):
		w.codePart(s.scan.language, s.scan.shape == markup, s.scan.code(piece))
	case s.scan.part && s.scan.shape == table:
		w.baseOffset = s.scan.start - len(s.scan.head)
		w.headLines = strings.Count(s.scan.head, "\n")
		w.document(parsePiece(s.scan.head+piece, s.refs))
		w.headLines = 0
	default:
		w.baseOffset = s.scan.start
		piece, w.shift = dedent(piece, s.scan.strip)
		w.document(parsePiece(piece, s.refs))
		w.shift = nil
	}
	w.baseBox += len(w.boxes)
	w.boxes = nil
	return w.finish()
}

// codePart writes more lines of a code fence, or of raw HTML.
func (w *writer) codePart(language string, markup bool, code []byte) {
	if len(code) == 0 {
		return
	}
	class := "part"
	if markup {
		class = "html part"
	}
	w.raw("<pre")
	w.attribute("class", class)
	w.lineAttribute(1)
	w.raw("><code")
	if plainName(language) {
		w.attribute("class", "language-"+language)
	}
	w.raw(">")
	w.escaped(bytes.ReplaceAll(code, []byte("\r\n"), []byte("\n")))
	w.raw("</code></pre>\n")
}

// dedent takes up to so many columns of white space off every line, and returns
// for each line how many bytes are missing up to there.
func dedent(piece string, columns int) (string, []int) {
	if columns == 0 {
		return piece, nil
	}
	var b strings.Builder
	shift, missing := []int{}, 0
	for line := range strings.Lines(piece) {
		rest := stripColumns(line, columns)
		missing += len(line) - len(rest)
		shift = append(shift, missing)
		b.WriteString(rest)
	}
	return b.String(), shift
}

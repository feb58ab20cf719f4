package markdown

import (
	"bytes"
	"strings"
)

// Stream renders an answer while it comes. Blocks that are finished are rendered
// once and never again, and only when somebody asks for them; the rest, the tail,
// is to be shown as plain text until it is finished, too. How the text is cut
// into writes does not matter. A Stream is for one goroutine at a time.
type Stream struct {
	text   strings.Builder
	w      *writer
	refs   references
	ends   []boundary
	blocks []Block // of the ends, as far as they have been asked for
	scan   scanner
}

// boundary is a finished block: how the scanner stood before it, and where it ends.
type boundary struct {
	scan scanner
	end  int
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

// Write adds text.
func (s *Stream) Write(text string) {
	s.text.WriteString(text)
	all := s.text.String()
	for {
		unit := nextUnit(all[s.scan.at:])
		if unit == "" {
			return
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

// Finished returns how many blocks are finished.
func (s *Stream) Finished() int { return len(s.ends) }

// Blocks returns all finished blocks. They are never revised; what they look
// like in the whole answer is up to Finish.
func (s *Stream) Blocks() []Block {
	for _, c := range s.ends[len(s.blocks):] {
		piece := s.text.String()[c.scan.start:c.end]
		s.blocks = append(s.blocks, Block{Start: c.scan.start, End: c.end, HTML: s.render(c.scan, piece)})
		s.w.baseLine += strings.Count(piece, "\n")
	}
	return s.blocks[:len(s.blocks):len(s.blocks)]
}

// End returns the byte where the last finished block ends.
func (s *Stream) End() int { return s.scan.start }

// Tail returns the text after the last finished block.
func (s *Stream) Tail() string { return s.text.String()[s.scan.start:] }

// Finish returns the rendering of the whole answer. It is that of Render, so
// link definitions that came late count.
func (s *Stream) Finish() string { return Render(s.text.String(), Options{}) }

// commit ends a block at an offset.
func (s *Stream) commit(end int) { s.ends = append(s.ends, boundary{s.scan, end}) }

// render writes a piece as what it goes on with, or as blocks of its own. at is
// how the scanner stood before it.
func (s *Stream) render(at scanner, piece string) string {
	w := s.w
	w.buf.Reset()
	w.part = at.part
	switch {
	case at.part && (at.shape == fenced || at.shape == markup):
		w.codePart(at.language, at.shape == markup, at.code(piece))
	case at.part && at.shape == table:
		w.baseOffset = at.start - len(at.head)
		w.headLines = strings.Count(at.head, "\n")
		w.document(parsePiece(at.head+piece, s.refs))
		w.headLines = 0
	default:
		w.baseOffset = at.start
		piece, w.shift = dedent(piece, at.strip)
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

package markdown

import "strings"

// Stream renders an answer while it comes. Blocks that are finished are rendered
// once and never again; the rest, the tail, is to be shown as plain text until
// it is finished, too. A Stream is for one goroutine at a time.
type Stream struct {
	text   strings.Builder
	w      *writer
	refs   references
	blocks []Block
	scan   scanner
}

// Block is a piece of an answer that is finished.
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
		end := strings.IndexByte(all[s.scan.at:], '\n')
		if end < 0 {
			break
		}
		line := all[s.scan.at : s.scan.at+end+1]
		if s.scan.splitBefore(line) {
			s.commit(s.scan.at)
		}
		s.scan.take(line)
	}
	return s.blocks[before:len(s.blocks):len(s.blocks)]
}

// Blocks returns all finished blocks.
func (s *Stream) Blocks() []Block { return s.blocks[:len(s.blocks):len(s.blocks)] }

// End returns the byte where the last finished block ends.
func (s *Stream) End() int {
	if n := len(s.blocks); n > 0 {
		return s.blocks[n-1].End
	}
	return 0
}

// Tail returns the text after the last finished block.
func (s *Stream) Tail() string { return s.text.String()[s.End():] }

// Finish returns the rendering of the whole answer. It is that of Render, so
// link definitions that came late count.
func (s *Stream) Finish() string { return Render(s.text.String(), Options{}) }

// commit renders the text up to an offset as a block.
func (s *Stream) commit(end int) {
	start := s.End()
	piece := s.text.String()[start:end]
	w := s.w
	w.buf.Reset()
	w.baseOffset = start
	d := parse(piece, s.refs)
	w.document(d)
	s.blocks = append(s.blocks, Block{Start: start, End: end, HTML: w.finish()})
	w.baseLine += strings.Count(piece, "\n")
	w.baseBox += len(w.boxes)
}

// scanner follows the lines of an answer to see where one outermost block ends
// and the next begins.
type scanner struct {
	at    int // where the next line begins
	fence string
	blank bool // the line before was blank
	list  bool
}

func (c *scanner) splitBefore(line string) bool {
	return c.at > 0 && c.fence == "" && c.blank && !c.list && strings.TrimSpace(line) != "" && line[0] != ' ' && line[0] != '\t'
}

func (c *scanner) take(line string) {
	c.at += len(line)
	c.fence = fenceAfter(c.fence, line)
	c.blank = strings.TrimSpace(line) == ""
}

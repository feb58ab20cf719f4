package engine

import "strings"

// splitter tells thinking at the start of an answer from the answer while both
// come in pieces, however they are cut. The final word has
// markdown.SplitThinking, which knows more ways to think aloud.
type splitter struct {
	state   splitState
	thought bool   // a block of thinking has ended
	held    string // what is not decided yet
	close   string // the tag that ends the thinking, in lower case
}

type splitState int

const (
	splitOpen     splitState = iota // it is not clear yet what follows
	splitThinking                   // inside a block
	splitAnswer                     // all that follows is the answer
)

// thinkTags name the blocks that models think in.
func thinkTags() []string {
	return []string{"think", "thinking", "thought", "thoughts", "reasoning", "reflection", "scratchpad", "brainstorming"}
}

// write takes the next piece and returns what is clear by now.
func (s *splitter) write(text string) (thinking, answer string) {
	if s.state == splitAnswer {
		return "", text
	}
	s.held += text
	for {
		switch s.state {
		case splitOpen:
			if !s.decide() {
				return thinking, ""
			}
		case splitThinking:
			at := strings.Index(lowerASCII(s.held), s.close)
			if at < 0 {
				return thinking + s.take(len(s.held)-suffixOf(lowerASCII(s.held), s.close)), ""
			}
			thinking += s.take(at)
			s.take(len(s.close))
			s.state, s.thought = splitOpen, true
		case splitAnswer:
			return thinking, s.take(len(s.held))
		}
	}
}

// decide looks at the beginning of the answer, or at what follows a block. It
// reports whether it is clear what that is.
func (s *splitter) decide() bool {
	start := strings.TrimLeft(s.held, " \t\r\n")
	lower := lowerASCII(start[:min(len(start), 32)])
	for _, tag := range thinkTags() {
		open := "<" + tag + ">"
		if strings.HasPrefix(lower, open) {
			s.held, s.close, s.state = start[len(open):], "</"+tag+">", splitThinking
			return true
		}
		if strings.HasPrefix(open, lower) {
			return false
		}
	}
	s.state = splitAnswer
	if s.thought { // the space between thinking and answer belongs to neither
		s.held = start
	}
	return true
}

func (s *splitter) take(n int) string {
	text := s.held[:n]
	s.held = s.held[n:]
	return text
}

// rest returns what was held back when no more comes.
func (s *splitter) rest() (thinking, answer string) {
	switch {
	case s.state == splitThinking:
		return s.take(len(s.held)), ""
	case s.thought:
		s.held = strings.TrimLeft(s.held, " \t\r\n")
	}
	return "", s.take(len(s.held))
}

// suffixOf returns how many bytes at the end of text begin tag.
func suffixOf(text, tag string) int {
	for n := min(len(tag)-1, len(text)); n > 0; n-- {
		if strings.HasSuffix(text, tag[:n]) {
			return n
		}
	}
	return 0
}

// lowerASCII lowers the letters that tags are made of and leaves every byte where it is.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

package engine

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/markdown"
)

// TestHoweverAnAnswerIsCut cuts answers at random places: what the splitter says
// while they come is what markdown says of the whole.
func TestHoweverAnAnswerIsCut(t *testing.T) {
	piece := rapid.SampledFrom([]string{"They want tides.", "é<", "</", "think>", "\n", " ", "\r\n", "# Request", "a < b", "<thin", "İK", "</reflection"})
	tag := rapid.SampledFrom([]string{"think", "THINKING", "Reasoning", "scratchpad"})
	space := rapid.SampledFrom([]string{"", "\n", " \r\n\n"})
	rapid.Check(t, func(rt *rapid.T) {
		text := space.Draw(rt, "before")
		for range rapid.IntRange(0, 3).Draw(rt, "blocks") {
			name := tag.Draw(rt, "tag")
			text += "<" + name + ">" + strings.Join(rapid.SliceOfN(piece, 0, 4).Draw(rt, "thinking"), "-")
			if rapid.IntRange(0, 9).Draw(rt, "open") > 0 {
				text += "</" + strings.ToLower(name) + ">" + space.Draw(rt, "between")
			}
		}
		text += strings.Join(rapid.SliceOfN(piece, 0, 4).Draw(rt, "answer"), "-")
		var s splitter
		answer := ""
		for rest := text; rest != ""; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "cut")
			_, more := s.write(rest[:n])
			answer, rest = answer+more, rest[n:]
		}
		_, last := s.rest()
		_, got := markdown.SplitThinking(answer + last)
		if _, want := markdown.SplitThinking(text); got != want {
			rt.Fatalf("%q gives the answer %q, want %q", text, got, want)
		}
	})
}

func TestThinkingIsSplitWhileItComes(t *testing.T) {
	for _, text := range []string{"<think>They want tides.</think>\n\n# Request\n", "\n<Reflection>They want tides.</reflection>\r\n# Request\n"} {
		for size := 1; size <= len(text); size++ {
			var s splitter
			thinking, answer := "", ""
			for rest := text; rest != ""; {
				n := min(size, len(rest))
				more, text := s.write(rest[:n])
				thinking, answer, rest = thinking+more, answer+text, rest[n:]
			}
			if thinking != "They want tides." || answer != "# Request\n" {
				t.Fatalf("pieces of %d: thinking %q, answer %q", size, thinking, answer)
			}
		}
	}
}

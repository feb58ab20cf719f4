package markdown

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// write feeds a text to a new stream in pieces of the given sizes, the last of
// which is used again and again.
func write(src string, sizes ...int) *Stream {
	s := NewStream()
	for i := 0; src != ""; i++ {
		n := min(max(sizes[min(i, len(sizes)-1)], 1), len(src))
		s.Write(src[:n])
		src = src[n:]
	}
	return s
}

// shownText returns the text of HTML without white space.
func shownText(t interface{ Fatalf(string, ...any) }, source string) string {
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		t.Fatalf("parse %q: %v", source, err)
	}
	var b strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), "")
}

func joined(blocks []Block) string {
	var b strings.Builder
	for _, block := range blocks {
		b.WriteString(block.HTML)
	}
	return b.String()
}

// blocks of many kinds, without link definitions and footnotes, which reach from
// one block into another.
func blockGen() *rapid.Generator[string] {
	word := rapid.SampledFrom([]string{"alpha", "**beta**", "`gamma`", "_delta_", "1.", "-", "#", ">", "<b>", "a|b", "🙂", "\\*", "&amp;", "[x]", "```"})
	text := rapid.Custom(func(t *rapid.T) string {
		return "Word " + strings.Join(rapid.SliceOfN(word, 0, 6).Draw(t, "words"), " ")
	})
	return rapid.Custom(func(t *rapid.T) string {
		a, b, c := text.Draw(t, "a"), text.Draw(t, "b"), text.Draw(t, "c")
		return rapid.SampledFrom([]string{
			a, a + "\n" + b, a + "\n" + b + "\n" + c,
			"# " + a, "### " + a + " ###", a + "\n===", a + "\n" + b + "\n---",
			"- " + a, "- " + a + "\n- " + b, "* " + a + "\n\n* " + b, "1. " + a + "\n2. " + b, "3) " + a,
			"- [ ] " + a + "\n- [x] " + b + "\n  - [ ] " + c, "- " + a + "\n\n  " + b + "\n\n- " + c, "- " + a + "\n" + b,
			"- " + a + "\n\n  ```\n  # code\n\n  more\n  ```\n- " + b, "10. " + a + "\n    > " + b + "\n\n    " + c,
			"```go\n" + a + "\n\n# not a heading\n- no item\n```", "~~~\n" + a + "\n```\n~~~", "  ```\n  " + a + "\n  ```",
			"> " + a, "> " + a + "\n> - " + b + "\n> - " + c, "> " + a + "\n" + b, "> ```\n> " + a + "\n> ```",
			"| a | b |\n|---|:-:|\n| x | `y` |\n| 1 | 2 |", a + "\n| a |\n|---|\n| b |",
			"    " + a + "\n\n    " + b, "---", "* * *", "<!-- " + a + "\n\n" + b + " -->", "<div>\n" + a + "\n</div>", "<br>\n" + a,
			"<script>\n\n# no\n\n</script>", "\t" + a, "- \n  " + a, "-\n\n  " + a,
		}).Draw(t, "block")
	})
}

func documentGen() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 12).Draw(t, "blocks") {
			b.WriteString(blockGen().Draw(t, "block"))
			b.WriteString(rapid.SampledFrom([]string{"\n", "\n\n", "\n\n\n", "\r\n\r\n", "\n \n"}).Draw(t, "gap"))
		}
		return b.String()
	})
}

func TestStreamBlocksAreThoseOfTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := documentGen().Draw(t, "document")
		s := write(src, rapid.SliceOfN(rapid.IntRange(1, 40), 1, 8).Draw(t, "sizes")...)
		tail := s.Tail()
		if got, want := joined(s.Blocks())+s.render(tail), s.Finish(); got != want {
			t.Fatalf("blocks:\n%s\nwhole:\n%s", got, want)
		}
	})
}

func TestStreamDoesNotDependOnTheCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := documentGen().Draw(t, "document")
		if rapid.Bool().Draw(t, "any text") {
			src = rapid.String().Draw(t, "text")
		}
		sizes := rapid.SliceOfN(rapid.IntRange(1, 40), 1, 8).Draw(t, "sizes")
		a, b := write(src, sizes...), write(src, len(src))
		if a.Finish() != b.Finish() || a.Finish() != Render(src, Options{}) {
			t.Fatalf("finish depends on the cut")
		}
		if got, want := fmt.Sprint(a.Blocks()), fmt.Sprint(b.Blocks()); got != want || a.Tail() != b.Tail() {
			t.Fatalf("blocks depend on the cut:\n%s\n%s", got, want)
		}
		if a.End()+len(a.Tail()) != len(src) {
			t.Fatalf("the tail does not follow on the last block")
		}
	})
}

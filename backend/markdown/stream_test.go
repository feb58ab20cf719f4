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
		if got, want := joined(s.Blocks())+s.render(s.scan, tail), s.Finish(); got != want {
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

func TestLongBlocksDoNotStayInTheTail(t *testing.T) {
	texts := answers(24 << 10)
	texts["items of boxes"] = "1. all\n" + strings.Repeat("   - [ ] thing with *words*\n     - [x] below\n\n       text\n", 300)
	texts["code in an item"] = "- do\n\n  ```go\n" + strings.Repeat("  call(1)\n", 2000) + "  ```\n\n  then\n- more\n"
	texts["quote"] = strings.Repeat("> quoted text\n", 2000)
	texts["raw HTML"] = "<!--\n" + strings.Repeat("text\n\n", 2000) + "-->\n\nend"
	texts["indented code"] = strings.Repeat("    code\n", 2000)
	texts["no spaces"] = strings.Repeat("語", 6000)
	texts["carriage returns"] = strings.Repeat("- item\r\n", 1500)
	for name, src := range texts {
		t.Run(name, func(t *testing.T) {
			s := NewStream()
			longest := 0
			for i := 0; i < len(src); i += 512 {
				s.Write(src[i:min(i+512, len(src))])
				longest = max(longest, len(s.Tail()))
			}
			if longest > 2*maxTail+512 {
				t.Errorf("the tail grew to %d bytes", longest)
			}
			if fmt.Sprint(write(src, 7, 3000).Blocks()) != fmt.Sprint(s.Blocks()) {
				t.Errorf("the blocks depend on the cut")
			}
			out := joined(s.Blocks()) + s.render(s.scan, s.Tail())
			checkSafe(t, name, out)
			if got, want := shownText(t, out), shownText(t, s.Finish()); got != want {
				t.Errorf("the blocks show %d characters, the whole %d", len(got), len(want))
			}
			checkBoxes(t, src, out)
		})
	}
}

// checkBoxes holds the boxes of HTML against the text they are from.
func checkBoxes(t *testing.T, src, out string) {
	root, err := html.Parse(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	items, i := Items(src), 0
	for n := range root.Descendants() {
		if attribute(n, "class") != "box" {
			continue
		}
		if want := fmt.Sprint(items[i].Offset); attribute(n, "data-offset") != want || attribute(n, "data-index") != fmt.Sprint(i) {
			t.Fatalf("box %d is at %s with the number %s, want %s", i, attribute(n, "data-offset"), attribute(n, "data-index"), want)
		}
		i++
	}
	if i != len(items) {
		t.Errorf("%d boxes are shown, the text has %d", i, len(items))
	}
}

func TestLinesOfLongBlocksAreThoseOfTheWhole(t *testing.T) {
	src := "# A\n\n```go\n" + strings.Repeat("call()\n", 1500) + "```\n\n| a |\n|---|\n" + strings.Repeat("| text |\n", 1500) + "\nend\n\n"
	lines := strings.Split(src, "\n")
	for _, block := range write(src, 100).Blocks() {
		at := strings.Index(block.HTML, `data-line="`)
		if at < 0 {
			continue
		}
		var line int
		if _, err := fmt.Sscanf(block.HTML[at:], `data-line="%d"`, &line); err != nil {
			t.Fatal(err)
		}
		if want := strings.Count(src[:block.Start], "\n") + 1; line < want || line > want+1 {
			t.Errorf("a block that begins on line %d (%q) says %d", want, lines[want-1], line)
		}
	}
}

func TestStreamBlocksDoNotDependOnWhenTheyAreAskedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := documentGen().Draw(t, "document")
		late, soon := NewStream(), NewStream()
		for _, line := range strings.SplitAfter(src, "\n") {
			late.Write(line)
			soon.Write(line)
			if n := late.Finished(); n != len(soon.Blocks()) || n != soon.Finished() {
				t.Fatalf("after %q: %d finished blocks, and %d of them", line, n, len(soon.Blocks()))
			}
		}
		if got, want := fmt.Sprint(late.Blocks()), fmt.Sprint(soon.Blocks()); got != want {
			t.Fatalf("asked for at the end:\n%s\nat once:\n%s", got, want)
		}
	})
}

func TestStreamShowsEachBlockWhenItIsFinished(t *testing.T) {
	s := NewStream()
	for _, step := range []struct{ text, want string }{
		{"# Ti", ""},
		{"tle\n", "<h1 data-line=\"1\" id=\"h-title\">Title</h1>\n"},
		{"Some text\n\n", "<p data-line=\"2\">Some text</p>\n"},
		{"- [ ] a\n\n- [x] b [l]\n", ""},
		{"\nNext", ""},
		{" [l]\n", `<ul class="tasks" data-line="4">` + "\n" +
			`<li class="task" data-state="open">` + "\n" + `<p><span class="box" role="checkbox" aria-checked="false" aria-disabled="true" data-offset="22" data-index="0" data-state="open" aria-label="a"></span>a</p>` + "\n</li>\n" +
			`<li class="task" data-state="done">` + "\n" + `<p><span class="box" role="checkbox" aria-checked="true" aria-disabled="true" data-offset="31" data-index="1" data-state="done" aria-label="b [l]"></span>b [l]</p>` + "\n</li>\n</ul>\n"},
		{"\n[l]: https://example.org\n\n", "<p data-line=\"8\">Next [l]</p>\n"},
		{"# Title\n", "<h1 data-line=\"12\" id=\"h-title-1\">Title</h1>\n"},
		{"Late [l]\n\n", "<p data-line=\"13\">Late <a href=\"https://example.org\" rel=\"noopener noreferrer\">l</a></p>\n"},
	} {
		before := s.Finished()
		s.Write(step.text)
		if got := joined(s.Blocks()[before:]); got != step.want {
			t.Errorf("after %q:\n%s\nwant\n%s", step.text, got, step.want)
		}
	}
	if s.Tail() != "" || strings.Count(s.Finish(), "<a ") != 3 {
		t.Errorf("the end is %q with the tail %q", s.Finish(), s.Tail())
	}
}

package markdown

import (
	"fmt"
	"strings"
	"testing"
)

// hostile texts are built to make a parser slow, deep or wrong.
func hostileTexts(size int) map[string]string {
	r := func(s string) string { return strings.Repeat(s, size/len(s)) }
	count := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
		}
		return b.String()
	}
	return map[string]string{
		"quotes": r(">"), "quotes on lines": strings.Repeat(strings.Repeat(">", 1000)+"a\n", size/1000), "bullets": r("- "), "numbers": r("1. "),
		"open brackets": r("["), "brackets": strings.Repeat("[", size/2) + strings.Repeat("]", size/2), "images": r("!["), "links": r("[a]("),
		"angles": r("[a](<b"), "stars": r("*a **a "), "mixed stars": r("*a_ "), "closing stars": "a**b" + r("c* "), "tildes": r("~a "),
		"backticks": count("`#`` "), "comments": r("<!--"), "tags": r("<a "), "attributes": r("<a b='"), "entities": r("&"), "backslashes": r("\\"),
		"addresses": r("a@b.c "), "dots": r("a."), "footnote marks": r("[^1] "), "footnotes": count("[^#]\n\n[^#]: x\n\n"),
		"definitions": count("[#]: x\n"), "half definitions": r("[a]: <x> \"\n"), "headings": r("# a\n"), "underlines": r("a\n-\n"),
		"columns": r("|a") + "\n" + r("|-") + "\n" + r("|a"), "tables": r("a|b\n-|-\n"), "pipes in code": "|a|\n|-|\n" + r("|`a\\|b`|\n"),
		"fences": r("```\n"), "empty items": r("-\n"), "boxes": r("- [ ] a\n"), "deep boxes": deepItems(120), "blank": r("\n"), "spaces": r(" "), "tabs": r("\t"),
		"carriage returns": r("\r"), "zero bytes": r("\x00"), "not UTF-8": r("\xff\xfe"), "one word": r("a"), "byte order marks": r("\ufeff"),
	}
}

func deepItems(depth int) string {
	var b strings.Builder
	for i := range depth {
		b.WriteString(strings.Repeat("  ", i) + "- [ ] a\n")
	}
	return b.String()
}

func TestHostileTextsEnd(t *testing.T) {
	size := 8 << 10
	if testing.Short() {
		size = 2 << 10
	}
	for name, src := range hostileTexts(size) {
		t.Run(name, func(t *testing.T) {
			out := Render(src, Options{})
			checkSafe(t, name, out)
			s := write(src, 4096)
			for _, block := range s.Blocks() {
				checkSafe(t, name, block.HTML)
			}
			if s.Finish() != out {
				t.Errorf("the stream does not end as the whole")
			}
			Items(src)
			Sections(src)
			Compare(src, src+"\n\n# A")
			SplitThinking(src)
			Plain(src, 100)
			Words(src)
		})
	}
}

func TestVeryLargeTextsAreShownAsTheyAre(t *testing.T) {
	src := strings.Repeat("# <b> text\n", 400_000)
	out := Render(src, Options{})
	if !strings.HasPrefix(out, "<pre data-line=\"1\"><code># &lt;b&gt; text\n# ") || strings.Count(out, "&lt;b&gt;") != 400_000 {
		t.Errorf("a text of %d bytes became %d bytes of HTML: %.60q", len(src), len(out), out)
	}
}

func TestNestingIsBounded(t *testing.T) {
	out := Render(strings.Repeat(">", 10000)+" end\n", Options{})
	if n := strings.Count(out, "<blockquote"); n == 0 || n > maxDepth || !strings.Contains(out, "end") {
		t.Errorf("%d quotes in each other", n)
	}
	out = Render(strings.Repeat("*a ", 500)+"x"+strings.Repeat(" b*", 500), Options{})
	if n := strings.Count(out, "<em>"); n == 0 || n > maxInline {
		t.Errorf("%d emphases in each other", n)
	}
}

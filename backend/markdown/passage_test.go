package markdown

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

func TestPassages(t *testing.T) {
	src := "\ufeff# Title\nFirst line\nof a paragraph.\n\n- one\n- [x] two\n  - below\n\n1. first\n2.  second\n   goes on\n\nUnder\n---\n\n> quote\n> more\n\n" +
		"```go\nif x {\n\n}\n```\n\n| a |\n|---|\n| b |\n\n***\nEnd"
	want := "heading 1+1 Title|# Title\nparagraph 2+2 Title|First line of a paragraph.\nitem 5+1 Title|- one\nitem 6+1 Title|- [ ] two\nitem 7+1 Title|- below\n" +
		"item 9+1 Title|- first\nitem 10+2 Title|- second goes on\nheading 13+2 Under|Under ---\nquote 16+2 Under|> quote > more\n" +
		"code 19+5 Under|```go\\nif x {\\n\\n}\\n```\\n\ntable 25+3 Under|| a | |---| | b |\nrule 29+1 Under|***\nparagraph 30+1 Under|End\n"
	var got strings.Builder
	for _, p := range Passages(src) {
		fmt.Fprintf(&got, "%s %d+%d %s|%s\n", p.Kind, p.Line, p.Lines, p.Section, strings.ReplaceAll(p.Words, "\n", `\n`))
	}
	if got.String() != want {
		t.Errorf("Passages =\n%s\nwant\n%s", got.String(), want)
	}
}

func TestPassagesAreTheSameWhateverTheirMarks(t *testing.T) {
	a, b := Passages("3. [ ] Fast\n"), Passages("  - [x]  Fast \r\n")
	if a[0].Sum() == b[0].Sum() || strings.Fields(a[0].Words)[3] != "Fast" {
		t.Errorf("space inside counts: %q %q", a[0].Words, b[0].Words)
	}
	if b = Passages("4) [X] Fast \r\n"); a[0].Sum() != b[0].Sum() || a[0].SumInSection() != b[0].SumInSection() {
		t.Errorf("%q and %q", a[0].Words, b[0].Words)
	}
	if b = Passages("# Speed\n3. [ ] Fast\n"); a[0].Sum() != b[1].Sum() || a[0].SumInSection() == b[1].SumInSection() {
		t.Errorf("%+v", b)
	}
}

// TestPassagesHoldEveryLine: no line that says something is in no passage, and none is in two.
func TestPassagesHoldEveryLine(t *testing.T) {
	line := rapid.SampledFrom([]string{"", "a", "  b", "# A", "Under", "===", "- [ ] t", "```", "~~~~", "1. one", "> q", "| a |", "|---|", "---", "\t", "\r"})
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(line, 0, 40).Draw(t, "lines")
		next := 1
		for _, p := range Passages(strings.Join(lines, "\n")) {
			if p.Line < next || p.Lines < 1 || p.Kind == workflow.PassageKind("") {
				t.Fatalf("%+v begins before line %d", p, next)
			}
			for ; next < p.Line; next++ {
				if strings.TrimSpace(lines[next-1]) != "" {
					t.Fatalf("line %d is in no passage", next)
				}
			}
			next += p.Lines
		}
		for ; next <= len(lines); next++ {
			if strings.TrimSpace(lines[next-1]) != "" {
				t.Fatalf("line %d is in no passage", next)
			}
		}
	})
}

func BenchmarkPassages(b *testing.B) {
	src := large(0, false)[:40<<10]
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		Passages(src)
	}
}

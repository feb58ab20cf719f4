package markdown

import (
	"fmt"
	"strings"
	"testing"
)

// answerSize is that of a long run.
const answerSize = 200 << 10

// answers are texts of the kinds that stream badly.
func answers(size int) map[string]string {
	fill := func(first string, next func(int) string) string {
		var b strings.Builder
		b.WriteString(first)
		for i := 0; b.Len() < size; i++ {
			b.WriteString(next(i))
		}
		return b.String()
	}
	return map[string]string{
		"mixed": fill("", func(i int) string {
			return fmt.Sprintf("## Part %d\n\nSome **bold** text with `code`, a [link](https://example.org/%d) and more words\nover two lines.\n\n"+
				"- [ ] first thing\n- [x] second thing\n  - nested\n\n| a | b |\n|---|---|\n| %d | x |\n\n```go\nfunc main() {\n\n\tprintln(%d)\n}\n```\n\n", i, i, i, i)
		}),
		"list":      fill("", func(i int) string { return fmt.Sprintf("- item %d with **some** text\n", i) }),
		"nested":    fill("- all\n", func(i int) string { return fmt.Sprintf("  - item %d with **some** text\n    - below\n", i) }),
		"fence":     fill("```go\n", func(i int) string { return fmt.Sprintf("\tfmt.Println(%d, \"some text\")\n", i) }),
		"table":     fill("| n | text |\n|---|---|\n", func(i int) string { return fmt.Sprintf("| %d | **some** text |\n", i) }),
		"paragraph": fill("", func(i int) string { return fmt.Sprintf("word%d and more text\n", i) }),
		"line":      fill("", func(i int) string { return fmt.Sprintf("word%d and more text ", i) }),
		"headings":  fill("", func(i int) string { return fmt.Sprintf("# %d\n", i) }),
	}
}

func BenchmarkRender(b *testing.B) {
	for name, src := range answers(answerSize) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				Render(src, Options{})
			}
		})
	}
}

// BenchmarkStream writes the same answers in 2,000 chunks, without Finish.
func BenchmarkStream(b *testing.B) {
	for name, src := range answers(answerSize) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			for b.Loop() {
				write(src, len(src)/2000).Blocks()
			}
		})
	}
}

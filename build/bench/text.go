package main

import (
	"fmt"
	"strings"
)

// The texts are made here, so that every run of every version measures the same.

// mixedText is an answer of some size with all that answers are made of.
func mixedText(size int) string {
	return fill(size, "", func(i int) string {
		return fmt.Sprintf("## Part %d\n\nSome **bold** text with `code`, a [link](https://example.org/%d) and more words\n"+
			"over two lines.\n\n- [ ] first thing\n- [x] second thing\n  - nested\n\n| a | b |\n|---|---|\n| %d | x |\n\n"+
			"```go\nfunc main() {\n\n\tprintln(%d)\n}\n```\n\n", i, i, i, i)
	})
}

// listText is an answer that is one long list.
func listText(size int) string {
	return fill(size, "", func(i int) string { return fmt.Sprintf("- item %d with **some** text\n", i) })
}

// fenceText is an answer that is one long code fence.
func fenceText(size int) string {
	return fill(size, "```go\n", func(i int) string { return fmt.Sprintf("\tfmt.Println(%d, \"some text\")\n", i) })
}

// fill repeats parts up to a size, exactly.
func fill(size int, first string, part func(i int) string) string {
	var b strings.Builder
	b.WriteString(first)
	for i := 0; b.Len() < size; i++ {
		b.WriteString(part(i))
	}
	return b.String()[:size]
}

// split cuts a text into n pieces of about the same size.
func split(text string, n int) []string {
	pieces := make([]string, n)
	for i := range pieces {
		pieces[i] = text[len(text)*i/n : len(text)*(i+1)/n]
	}
	return pieces
}

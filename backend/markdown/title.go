package markdown

import (
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// titleKey makes titles comparable as workflow.FindSection does: case,
// numbering and punctuation around them do not count.
func titleKey(title string) string {
	s := strings.ToLower(strings.Join(strings.Fields(title), " "))
	key := strings.TrimLeft(s, "0123456789.)-–—:*_# ")
	key = strings.TrimRight(key, " .:*_#–—-")
	if key == "" {
		return s // a title that is nothing but a number or a date
	}
	return key
}

// rising returns the longest run of equal entries that are in the same order in
// both lists, as pairs of indexes.
func rising(a, b []string) [][2]int {
	pairs := [][2]int{}
	x, y := 0, 0
	for _, c := range append(lcs.DiffLines(a, b), lcs.Diff{Start: len(a), End: len(a), ReplStart: len(b), ReplEnd: len(b)}) {
		for ; x < c.Start; x++ {
			pairs = append(pairs, [2]int{x, y})
			y++
		}
		x, y = c.End, c.ReplEnd
	}
	return pairs
}

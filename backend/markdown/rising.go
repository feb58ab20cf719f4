package markdown

import "github.com/aymanbagabas/go-udiff/lcs"

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

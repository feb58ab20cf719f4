package markdown

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// splitLines returns the lines of a text without their line feeds.
func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// lineChanges compares two texts by line. Lines that occur once in both hold
// the texts together, so that the search between them stays small and changes
// fall where a reader expects them. What both begin and end with is not searched.
func lineChanges(a, b []string) []lcs.Diff {
	changes := []lcs.Diff{}
	x := 0
	for x < len(a) && x < len(b) && a[x] == b[x] {
		x++
	}
	y := x
	for len(a) > x && len(b) > x && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	marks := anchors(a[x:], b[x:])
	for i := range marks {
		marks[i][0], marks[i][1] = marks[i][0]+x, marks[i][1]+x
	}
	for _, anchor := range append(marks, [2]int{len(a), len(b)}) {
		for _, c := range lcs.DiffLines(a[x:anchor[0]], b[y:anchor[1]]) {
			c.Start, c.End, c.ReplStart, c.ReplEnd = c.Start+x, c.End+x, c.ReplStart+y, c.ReplEnd+y
			if n := len(changes); n > 0 && changes[n-1].End == c.Start && changes[n-1].ReplEnd == c.ReplStart {
				changes[n-1].End, changes[n-1].ReplEnd = c.End, c.ReplEnd
				continue
			}
			changes = append(changes, c)
		}
		x, y = anchor[0], anchor[1]
	}
	return changes
}

// CountChanges returns how many lines were added to a text and removed from it,
// as Diff counts them.
func CountChanges(old, new string) (added, removed int) {
	for _, change := range lineChanges(splitLines(old), splitLines(new)) {
		added += change.ReplEnd - change.ReplStart
		removed += change.End - change.Start
	}
	return added, removed
}

// anchors returns the longest rising run of lines that occur once in both texts.
func anchors(a, b []string) [][2]int {
	type count struct{ inA, inB, at int }
	lines := map[string]*count{}
	for _, line := range a {
		if lines[line] == nil {
			lines[line] = &count{}
		}
		lines[line].inA++
	}
	for j, line := range b {
		if c := lines[line]; c != nil {
			c.inB++
			c.at = j
		}
	}
	// Patience sorting: piles[k] is the end of the best run of length k+1.
	type node struct {
		pair [2]int
		prev *node
	}
	piles := []*node{}
	for i, line := range a {
		c := lines[line]
		if c.inA != 1 || c.inB != 1 || strings.TrimSpace(line) == "" {
			continue
		}
		k, _ := slices.BinarySearchFunc(piles, c.at, func(n *node, at int) int { return n.pair[1] - at })
		next := &node{pair: [2]int{i, c.at}}
		if k > 0 {
			next.prev = piles[k-1]
		}
		if k == len(piles) {
			piles = append(piles, next)
		} else {
			piles[k] = next
		}
	}
	if len(piles) == 0 {
		return nil
	}
	run := [][2]int{}
	for n := piles[len(piles)-1]; n != nil; n = n.prev {
		run = append(run, n.pair)
	}
	slices.Reverse(run)
	return run
}

// tokens cuts a line into words, runs of spaces and single other characters.
func tokens(line string) []string {
	list := []string{}
	for len(line) > 0 {
		r, size := utf8.DecodeRuneInString(line)
		kind := wordRune
		if unicode.IsSpace(r) {
			kind = unicode.IsSpace
		}
		end := size
		for end < len(line) && kind(r) {
			next, width := utf8.DecodeRuneInString(line[end:])
			if !kind(next) {
				break
			}
			end += width
		}
		list = append(list, line[:end])
		line = line[end:]
	}
	return list
}

// wordRune reports whether a character goes on with a word. Characters of
// scripts without spaces are words of their own.
func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_'
	}
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) {
		return false
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r)
}

package markdown

import (
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"

	"plumbline/backend/workflow"
)

// maxPairs bounds the pairs of lines, or of words, that are compared with each
// other inside one change. Beyond it lines are paired in order.
const maxPairs = 1 << 14

// Diff compares two texts by line. Lines that changed stand beside each other
// with the words that differ marked; every line of both texts is in the result.
func Diff(old, new string) workflow.Diff {
	diff := workflow.Diff{Hunks: []workflow.Hunk{}}
	a, b := splitLines(old), splitLines(new)
	x, y := 0, 0
	for _, change := range lineChanges(a, b) {
		diff.Hunks = same(diff.Hunks, a[x:change.Start], x, y)
		y += change.Start - x
		removed, added := a[change.Start:change.End], b[change.ReplStart:change.ReplEnd]
		diff.Hunks = append(diff.Hunks, workflow.Hunk{Rows: changed(removed, added, change.Start, change.ReplStart)})
		diff.Removed += len(removed)
		diff.Added += len(added)
		x, y = change.End, change.ReplEnd
	}
	diff.Hunks = same(diff.Hunks, a[x:], x, y)
	return diff
}

func same(hunks []workflow.Hunk, lines []string, x, y int) []workflow.Hunk {
	if len(lines) == 0 {
		return hunks
	}
	rows := make([]workflow.DiffRow, len(lines))
	for i, line := range lines {
		segments := []workflow.Segment{{Text: line}}
		rows[i] = workflow.DiffRow{OldLine: x + i + 1, NewLine: y + i + 1, Old: segments, New: segments}
	}
	return append(hunks, workflow.Hunk{Same: true, Rows: rows})
}

// changed sets the lines of a change beside each other.
func changed(old, new []string, x, y int) []workflow.DiffRow {
	rows := []workflow.DiffRow{}
	i, j := 0, 0
	loose := func(toOld, toNew int) {
		for ; i < toOld; i++ {
			rows = append(rows, workflow.DiffRow{OldLine: x + i + 1, Old: whole(old[i]), New: []workflow.Segment{}})
		}
		for ; j < toNew; j++ {
			rows = append(rows, workflow.DiffRow{NewLine: y + j + 1, Old: []workflow.Segment{}, New: whole(new[j])})
		}
	}
	for _, pair := range pairs(old, new) {
		loose(pair[0], pair[1])
		before, after := segments(old[i], new[j])
		rows = append(rows, workflow.DiffRow{OldLine: x + i + 1, NewLine: y + j + 1, Old: before, New: after})
		i, j = i+1, j+1
	}
	loose(len(old), len(new))
	return rows
}

func whole(line string) []workflow.Segment {
	return []workflow.Segment{{Text: line, Changed: true}}
}

// pairs finds which lines of a change belong together: the way through both
// that keeps the most text.
func pairs(old, new []string) [][2]int {
	if len(old)*len(new) > maxPairs {
		paired := [][2]int{}
		for i := range min(len(old), len(new)) {
			paired = append(paired, [2]int{i, i})
		}
		return paired
	}
	best := make([][]int, len(old)+1)
	best[len(old)] = make([]int, len(new)+1)
	likes := make([][]int, len(old))
	bags := make([]map[string]int, len(new))
	for j := range new {
		bags[j] = bag(new[j])
	}
	for i := len(old) - 1; i >= 0; i-- {
		best[i], likes[i] = make([]int, len(new)+1), make([]int, len(new))
		words := bag(old[i])
		for j := len(new) - 1; j >= 0; j-- {
			likes[i][j] = likeness(words, bags[j])
			best[i][j] = max(best[i+1][j], best[i][j+1], best[i+1][j+1]+likes[i][j])
		}
	}
	paired := [][2]int{}
	for i, j := 0, 0; i < len(old) && j < len(new); {
		switch {
		case likes[i][j] > 0 && best[i][j] == best[i+1][j+1]+likes[i][j]:
			paired = append(paired, [2]int{i, j})
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
	return paired
}

// bag counts the words of a line; what is no letter or digit hardly tells lines apart.
func bag(line string) map[string]int {
	words := map[string]int{}
	for _, word := range tokens(line) {
		if wordRune(rune(word[0])) || word[0] >= 0x80 {
			words[strings.ToLower(word)]++
		}
	}
	return words
}

// likeness is the number of words two lines share, in per mille, or 0 when they
// share less than a third.
func likeness(a, b map[string]int) int {
	shared, total := 0, 0
	for word, n := range a {
		shared += min(n, b[word])
		total += n
	}
	for _, n := range b {
		total += n
	}
	if total == 0 {
		return 1
	}
	if share := 2000 * shared / total; share >= 333 {
		return share
	}
	return 0
}

// segments marks the words that differ between two lines.
func segments(old, new string) (before, after []workflow.Segment) {
	a, b := tokens(old), tokens(new)
	x, y := 0, 0
	for _, change := range lcs.DiffLines(a, b) {
		before = segment(before, a[x:change.Start], false)
		after = segment(after, b[y:change.ReplStart], false)
		before = segment(before, a[change.Start:change.End], true)
		after = segment(after, b[change.ReplStart:change.ReplEnd], true)
		x, y = change.End, change.ReplEnd
	}
	before, after = segment(before, a[x:], false), segment(after, b[y:], false)
	return filled(before), filled(after)
}

// segment adds words, together with the last segment when that is of the same
// kind or when only a space lies between two changes.
func segment(list []workflow.Segment, words []string, changed bool) []workflow.Segment {
	text := strings.Join(words, "")
	if text == "" {
		return list
	}
	if n := len(list); n > 0 && list[n-1].Changed == changed {
		list[n-1].Text += text
		return list
	}
	if n := len(list); changed && n > 1 && list[n-1].Text == " " && list[n-2].Changed {
		list[n-2].Text += " " + text
		return list[:n-1]
	}
	return append(list, workflow.Segment{Text: text, Changed: changed})
}

func filled(list []workflow.Segment) []workflow.Segment {
	if list == nil {
		return []workflow.Segment{{}}
	}
	return list
}

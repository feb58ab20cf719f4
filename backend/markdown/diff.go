package markdown

import (
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"

	"plumbline/backend/workflow"
)

// maxPairs bounds the pairs of lines, or of words, that are compared with each
// other inside one change. Beyond it lines are paired in order.
const maxPairs = 1 << 14

// maxPairing bounds them over a whole comparison.
const maxPairing = 1 << 19

// Diff compares two texts by line. Lines that changed stand beside each other
// with the words that differ marked; every line of both texts is in the result.
// Changes is for two versions of a document.
func Diff(old, new string) workflow.Diff {
	rows := compared(numbered(splitLines(old)), numbered(splitLines(new)))
	return assembled(rows, []workflow.Move{}, func(string) bool { return true })
}

// comparedRow is a row of a diff before rows are put into hunks.
type comparedRow struct {
	workflow.DiffRow
	same bool
	move int  // of the moved section it is of, from 1
	away bool // not a row: the place that the section has left
}

// compared sets the lines of two texts against each other.
func compared(a, b []textLine) []comparedRow {
	rows := make([]comparedRow, 0, max(len(a), len(b)))
	x, y, budget := 0, 0, maxPairing
	equal := func(to int) {
		for ; x < to; x++ {
			rows = append(rows, equalRow(a[x], b[y]))
			y++
		}
	}
	for _, change := range lineChanges(keys(a), keys(b)) {
		equal(change.Start)
		for _, row := range changed(a[change.Start:change.End], b[change.ReplStart:change.ReplEnd], &budget) {
			rows = append(rows, comparedRow{DiffRow: row})
		}
		x, y = change.End, change.ReplEnd
	}
	equal(len(a))
	return rows
}

func keys(lines []textLine) []string {
	list := make([]string, len(lines))
	for i, line := range lines {
		list[i] = line.key
	}
	return list
}

// equalRow sets lines with the same key beside each other. The mark of their box may differ.
func equalRow(a, b textLine) comparedRow {
	row := workflow.DiffRow{OldLine: a.number, NewLine: b.number}
	if a.text == b.text {
		segments := []workflow.Segment{{Text: a.text}}
		row.Old, row.New = segments, segments
		return comparedRow{DiffRow: row, same: true}
	}
	row.Old, row.New = segments(a.text, b.text)
	switch was, is := isMarked(a.text, a.key), isMarked(b.text, b.key); {
	case is && !was:
		row.Tick = workflow.DiffTicked
	case was && !is:
		row.Tick = workflow.DiffUnticked
	}
	return comparedRow{DiffRow: row}
}

// assembled puts rows into hunks and counts the lines that have changed, of those that count.
func assembled(rows []comparedRow, moves []workflow.Move, counts func(string) bool) workflow.Diff {
	diff := workflow.Diff{Hunks: []workflow.Hunk{}, Moves: moves}
	for i, row := range rows {
		begins := i == 0 || row.same != rows[i-1].same || row.move != rows[i-1].move || row.away || rows[i-1].away
		if begins {
			diff.Hunks = append(diff.Hunks, workflow.Hunk{Same: row.same, Move: row.move, Rows: []workflow.DiffRow{}})
		}
		if row.away {
			continue
		}
		hunk := &diff.Hunks[len(diff.Hunks)-1]
		hunk.Rows = append(hunk.Rows, row.DiffRow)
		added, removed := row.count(&diff, counts)
		if row.move > 0 {
			moves[row.move-1].Added += added
			moves[row.move-1].Removed += removed
		}
	}
	return diff
}

// count adds a row to what has changed, and returns its lines.
func (r comparedRow) count(diff *workflow.Diff, counts func(string) bool) (added, removed int) {
	switch {
	case r.same:
		return 0, 0
	case r.Tick == workflow.DiffTicked:
		diff.Ticked++
		return 0, 0
	case r.Tick == workflow.DiffUnticked:
		diff.Unticked++
		return 0, 0
	}
	if r.OldLine > 0 && counts(textOf(r.Old)) {
		removed = 1
	}
	if r.NewLine > 0 && counts(textOf(r.New)) {
		added = 1
	}
	diff.Added += added
	diff.Removed += removed
	return added, removed
}

func textOf(segments []workflow.Segment) string {
	if len(segments) == 1 {
		return segments[0].Text
	}
	var b strings.Builder
	for _, s := range segments {
		b.WriteString(s.Text)
	}
	return b.String()
}

// changed sets the lines of a change beside each other, as well as the budget allows.
func changed(old, new []textLine, budget *int) []workflow.DiffRow {
	rows := []workflow.DiffRow{}
	i, j := 0, 0
	loose := func(toOld, toNew int) {
		for ; i < toOld; i++ {
			rows = append(rows, workflow.DiffRow{OldLine: old[i].number, Old: whole(old[i].text), New: []workflow.Segment{}})
		}
		for ; j < toNew; j++ {
			rows = append(rows, workflow.DiffRow{NewLine: new[j].number, Old: []workflow.Segment{}, New: whole(new[j].text)})
		}
	}
	for _, pair := range pairs(old, new, budget) {
		loose(pair[0], pair[1])
		before, after := segments(old[i].text, new[j].text)
		rows = append(rows, workflow.DiffRow{OldLine: old[i].number, NewLine: new[j].number, Old: before, New: after})
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
func pairs(old, new []textLine, budget *int) [][2]int {
	if len(old)*len(new) > min(maxPairs, *budget) {
		paired := [][2]int{}
		for i := range min(len(old), len(new)) {
			paired = append(paired, [2]int{i, i})
		}
		return paired
	}
	*budget -= len(old) * len(new)
	best := make([][]int, len(old)+1)
	best[len(old)] = make([]int, len(new)+1)
	likes := make([][]int, len(old))
	bags := make([]map[string]int, len(new))
	for j := range new {
		bags[j] = bag(new[j].text)
	}
	for i := len(old) - 1; i >= 0; i-- {
		best[i], likes[i] = make([]int, len(new)+1), make([]int, len(new))
		words := bag(old[i].text)
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

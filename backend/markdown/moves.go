package markdown

import (
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// Changes compares two versions of a document by line. Unlike in Diff, a section
// that stands elsewhere in the new text is moved, not removed and added: its
// rows stand at the new place, set against what it was, and a hunk without rows
// marks the place it has left. A box whose mark alone differs is ticked or
// unticked, not a changed line, and blank lines do not count. Every line of both texts is in exactly one row.
func Changes(old, new string) workflow.Diff {
	a, b := parts(old), parts(new)
	moves := a.pair(b).moves(a, b)
	list := []workflow.Move{}
	left, arrived := make([]int, len(a.lines)), make([]int, len(b.lines)) // the move of each line, from 1
	for i, m := range moves {
		from, to := a.span(m.old, m.count), b.span(m.new, m.count)
		for x := from[0]; x < from[1]; x++ {
			left[x] = i + 1
		}
		for y := to[0]; y < to[1]; y++ {
			arrived[y] = i + 1
		}
		list = append(list, workflow.Move{
			Title: plainTitle(b.list[m.new].title), OldLine: from[0] + 1, NewLine: to[0] + 1, Lines: to[1] - to[0],
		})
	}
	rows := compared(resting(a.lines, left), resting(b.lines, arrived))
	if len(moves) > 0 {
		rows = placed(rows, a, b, moves)
	}
	return assembled(rows, list, func(line string) bool { return !blankLine(line) })
}

// resting returns the lines that belong to no move.
func resting(lines []textLine, moved []int) []textLine {
	rest := make([]textLine, 0, len(lines))
	for i, line := range lines {
		if moved[i] == 0 {
			rest = append(rest, line)
		}
	}
	return rest
}

// placed puts moved sections, and the places they have left, between the rows of the rest.
func placed(rest []comparedRow, a, b partList, moves []move) []comparedRow {
	rows := make([]comparedRow, 0, len(rest))
	byNew, byOld := order(moves, func(m move) int { return m.new }), order(moves, func(m move) int { return m.old })
	insert := func(oldLine, newLine int) {
		for len(byOld) > 0 && oldLine > a.span(moves[byOld[0]].old, 1)[0] {
			rows = append(rows, comparedRow{move: byOld[0] + 1, away: true})
			byOld = byOld[1:]
		}
		for len(byNew) > 0 && newLine > b.span(moves[byNew[0]].new, 1)[0] {
			m := moves[byNew[0]]
			from, to := a.span(m.old, m.count), b.span(m.new, m.count)
			for _, row := range compared(a.lines[from[0]:from[1]], b.lines[to[0]:to[1]]) {
				row.move = byNew[0] + 1
				rows = append(rows, row)
			}
			byNew = byNew[1:]
		}
	}
	for _, row := range rest {
		insert(row.OldLine, row.NewLine)
		rows = append(rows, row)
	}
	insert(len(a.lines)+1, len(b.lines)+1)
	return rows
}

// part is a heading with its own text, up to the next heading of any level. The
// first part of a text is what stands before its first heading.
type part struct {
	title    string // as it is written
	name     string // of the title and those above it, to be matched by
	key      string // of the title alone
	text     string // of its lines, by their keys
	level    int
	from, to int // lines
}

type partList struct {
	lines  []textLine
	starts []int // of the lines, in bytes
	size   int   // of the text
	list   []part
}

// parts cuts a text at its headings.
func parts(src string) partList {
	lines, pieces := skim(src)
	p := partList{lines: lines, starts: make([]int, len(lines)), size: len(src), list: []part{{}}}
	for i, at := 0, 0; i < len(lines); i++ {
		p.starts[i] = at
		at += len(lines[i].text) + 1
	}
	above := make([]string, 7)
	for _, b := range pieces {
		if b.kind != workflow.PassageHeading {
			continue
		}
		title := headingTitle(lines[b.from].text)
		key := workflow.TitleKey(title)
		above[b.level] = key
		clear(above[b.level+1:])
		p.list = append(p.list, part{title: title, key: key, name: strings.Join(above[:b.level+1], "\x1f"), level: b.level, from: b.from})
	}
	for i := range p.list {
		p.list[i].to = p.span(i, 1)[1]
		p.list[i].text = strings.TrimSpace(strings.Join(keys(lines[p.list[i].from:p.list[i].to]), "\n"))
	}
	return p
}

// span returns the lines of some parts, from and up to.
func (p partList) span(first, count int) [2]int {
	end := len(p.lines)
	if first+count < len(p.list) {
		end = p.list[first+count].from
	}
	return [2]int{p.list[first].from, end}
}

// headingTitle returns the title of the line of a heading, without its marks.
func headingTitle(line string) string {
	text := strings.Trim(strings.TrimPrefix(line, byteOrderMark), " \t\r")
	if rest := strings.TrimLeft(text, "#"); len(rest) < len(text) {
		text = strings.Trim(rest, " \t")
		if open := strings.TrimRight(text, "#"); open == "" || strings.HasSuffix(open, " ") {
			text = strings.TrimRight(open, " \t")
		}
	}
	return text
}

// plainTitle returns a title without markup.
func plainTitle(title string) string {
	d := parse("# " + title)
	return d.plain(d.root.FirstChild())
}

// pairing holds for each part of the old text its part of the new one, or -1.
type pairing []int

// pair finds which parts of two texts are the same: first those with the same
// text, then those with the same title under the same titles, then those with
// the same title.
func (p partList) pair(other partList) pairing {
	pairs, taken := make(pairing, len(p.list)), make([]bool, len(other.list))
	for i := range pairs {
		pairs[i] = -1
	}
	pairs[0], taken[0] = 0, true
	for _, key := range []func(part) string{
		func(s part) string { return s.name + "\x1e" + s.text },
		func(s part) string { return s.text },
		func(s part) string { return s.name },
		func(s part) string { return s.key },
	} {
		free := map[string][]int{}
		for j, s := range other.list {
			if !taken[j] {
				free[key(s)] = append(free[key(s)], j)
			}
		}
		for i, s := range p.list {
			if found := free[key(s)]; pairs[i] < 0 && len(found) > 0 {
				pairs[i], taken[found[0]] = found[0], true
				free[key(s)] = found[1:]
			}
		}
	}
	return pairs
}

// move is a run of parts that stands elsewhere.
type move struct{ old, new, count int }

// moves finds the parts that have moved: those outside of the heaviest run that
// is in the same order in both texts.
func (pairs pairing) moves(a, b partList) []move {
	stays := pairs.heaviest(func(i int) int { return 1 + len(a.list[i].text) })
	moves := []move{}
	for i := range pairs {
		j := pairs[i]
		if j < 0 || stays[i] || !alike(a.list[i], b.list[j]) {
			continue
		}
		if n := len(moves); n > 0 && moves[n-1].old+moves[n-1].count == i && moves[n-1].new+moves[n-1].count == j {
			moves[n-1].count++
			continue
		}
		moves = append(moves, move{old: i, new: j, count: 1})
	}
	return moves
}

// alike reports whether two parts have so much in common that one became the other.
func alike(a, b part) bool {
	return a.text == b.text || likeness(bag(a.text), bag(b.text)) > 0
}

// heaviest returns which pairs belong to the heaviest run that rises on both sides.
func (pairs pairing) heaviest(weight func(int) int) []bool {
	width := 0
	for _, j := range pairs {
		width = max(width, j+1)
	}
	best := make([]int, width+1) // a Fenwick tree: the pair that ends the best run up to an index, from 1
	sum, before := make([]int, len(pairs)+1), make([]int, len(pairs)+1)
	last := 0
	for i, j := range pairs {
		if j < 0 {
			continue
		}
		end := 0
		for k := j; k > 0; k -= k & -k {
			if sum[best[k]] > sum[end] {
				end = best[k]
			}
		}
		sum[i+1], before[i+1] = sum[end]+weight(i), end
		for k := j + 1; k <= width; k += k & -k {
			if sum[i+1] > sum[best[k]] {
				best[k] = i + 1
			}
		}
		if sum[i+1] > sum[last] {
			last = i + 1
		}
	}
	stays := make([]bool, len(pairs))
	for ; last > 0; last = before[last] {
		stays[last-1] = true
	}
	return stays
}

// order returns the numbers of moves, sorted.
func order(moves []move, by func(move) int) []int {
	list := make([]int, len(moves))
	for i := range list {
		list[i] = i
	}
	slices.SortFunc(list, func(i, j int) int { return by(moves[i]) - by(moves[j]) })
	return list
}

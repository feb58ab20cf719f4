package markdown

import (
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// Clash is a passage that two people have changed in different ways.
type Clash struct {
	Base   string `json:"base"`
	Ours   string `json:"ours"`
	Theirs string `json:"theirs"`
}

// MergeThree brings into ours what theirs has changed since base, by line. Where both
// have changed the same lines in different ways, ours stays, and the passage is
// among the clashes. Changes that touch count as the same place.
func MergeThree(base, ours, theirs string) (merged string, clashes []Clash) {
	m := merging{base: strings.SplitAfter(base, "\n"), ours: strings.SplitAfter(ours, "\n"), theirs: strings.SplitAfter(theirs, "\n"), clashes: []Clash{}}
	m.own, m.foreign = lineChanges(m.base, m.ours), lineChanges(m.base, m.theirs)
	at := 0
	for len(m.own) > 0 || len(m.foreign) > 0 {
		p := m.place()
		m.write(m.base[at:p.start])
		m.settle(p)
		at = p.end
	}
	m.write(m.base[at:])
	return m.out.String(), m.clashes
}

type merging struct {
	base, ours, theirs []string
	own, foreign       []lcs.Diff // that are still to come
	out                strings.Builder
	clashes            []Clash
}

// place is lines of the base that one of the two has changed, or both.
type place struct {
	start, end   int
	own, foreign []lcs.Diff
}

// place takes the next changes that touch one another.
func (m *merging) place() place {
	p := place{start: -1}
	for {
		switch {
		case p.takes(m.own):
			p.own, m.own = append(p.own, m.own[0]), m.own[1:]
			p.grow(p.own)
		case p.takes(m.foreign):
			p.foreign, m.foreign = append(p.foreign, m.foreign[0]), m.foreign[1:]
			p.grow(p.foreign)
		case p.start < 0:
			p.start = first(m.own, m.foreign)
			p.end = p.start
		default:
			return p
		}
	}
}

// first returns where the next change of either begins. There is one.
func first(own, foreign []lcs.Diff) int {
	switch {
	case len(foreign) == 0 || len(own) > 0 && own[0].Start <= foreign[0].Start:
		return own[0].Start
	default:
		return foreign[0].Start
	}
}

// takes reports whether the next change touches the place.
func (p *place) takes(changes []lcs.Diff) bool {
	return p.start >= 0 && len(changes) > 0 && changes[0].Start <= p.end
}

func (p *place) grow(taken []lcs.Diff) { p.end = max(p.end, taken[len(taken)-1].End) }

// settle writes what becomes of a place.
func (m *merging) settle(p place) {
	was := m.base[p.start:p.end]
	mine, other := with(m.ours, p, p.own), with(m.theirs, p, p.foreign)
	switch {
	case len(p.foreign) == 0 || slices.Equal(mine, other):
		m.write(mine)
	case len(p.own) == 0:
		m.write(other)
	default:
		m.write(mine)
		m.clashes = append(m.clashes, Clash{Base: strings.Join(was, ""), Ours: strings.Join(mine, ""), Theirs: strings.Join(other, "")})
	}
}

// with returns the lines of a text that stand in the place.
func with(lines []string, p place, changes []lcs.Diff) []string {
	if len(changes) == 0 {
		return nil
	}
	from, to := changes[0], changes[len(changes)-1]
	return lines[from.ReplStart-(from.Start-p.start) : to.ReplEnd+(p.end-to.End)]
}

func (m *merging) write(lines []string) {
	for _, line := range lines {
		m.out.WriteString(line)
	}
}

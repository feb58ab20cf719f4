package engine

import (
	"sync"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// passageSum stands for the words of a passage, and for them within their section.
type passageSum struct{ words, inSection uint64 }

func sumsOf(passages []markdown.Passage) []passageSum {
	sums := make([]passageSum, len(passages))
	for i, p := range passages {
		sums[i] = passageSum{p.Sum(), p.SumInSection()}
	}
	return sums
}

// tracing is a walk back through the versions of a document.
type tracing struct {
	sums  []passageSum
	since []int // the oldest version known to hold each passage
	open  []int // passages whose origin may be older still
	newer workflow.Version
}

func newTracing(v workflow.Version, sums []passageSum) *tracing {
	t := &tracing{sums: sums, since: make([]int, len(sums)), open: make([]int, len(sums)), newer: v}
	for i := range sums {
		t.since[i], t.open[i] = v.Number, i
	}
	return t
}

// same takes an older version whose text is that of the newer one.
func (t *tracing) same(older workflow.Version) {
	for _, i := range t.open {
		if t.since[i] == t.newer.Number {
			t.since[i] = older.Number
		}
	}
	t.newer = older
}

// look takes an older version with another text, and who wrote its passages if
// that is known. It reports whether anything is still to be explained. What a
// restored version brought back is looked for further down: whoever restores a
// text has not written it.
func (t *tracing) look(older workflow.Version, sums []passageSum, wrote []int) bool {
	rest, found := t.open[:0], t.find(sums)
	for k, i := range t.open {
		switch at := found[k]; {
		case at >= 0 && wrote != nil:
			t.since[i] = wrote[at]
		case at >= 0:
			t.since[i] = older.Number
			rest = append(rest, i)
		case t.since[i] != t.newer.Number || t.newer.Kind == workflow.VersionRestored:
			rest = append(rest, i)
		}
	}
	t.open, t.newer = rest, older
	return len(rest) > 0
}

// find returns for each open passage one of those given with the same words, or
// -1. Each serves once, and first the one that stands in the same section.
func (t *tracing) find(sums []passageSum) []int {
	words, inSection := make(map[uint64][]int, len(sums)), make(map[uint64][]int, len(sums))
	for i, s := range sums {
		words[s.words] = append(words[s.words], i)
		inSection[s.inSection] = append(inSection[s.inSection], i)
	}
	used, found := make([]bool, len(sums)), make([]int, len(t.open))
	take := func(from map[uint64][]int, sum uint64) int {
		for list := from[sum]; len(list) > 0; list = from[sum] {
			from[sum] = list[1:]
			if !used[list[0]] {
				used[list[0]] = true
				return list[0]
			}
		}
		return -1
	}
	for k, i := range t.open {
		found[k] = take(inSection, t.sums[i].inSection)
	}
	for k, i := range t.open {
		if found[k] < 0 {
			found[k] = take(words, t.sums[i].words)
		}
	}
	return found
}

// blameCache remembers who wrote the passages of versions. Versions never
// change, so that what is known of one stays true.
type blameCache struct {
	mu    sync.Mutex
	known map[blameKey]writtenText
}

type blameKey struct {
	project, path string
	number        int
	hash          string
}

// writtenText is who wrote the passages of a text, by the numbers of versions.
type writtenText struct {
	sums  []passageSum
	wrote []int
	since int // the oldest version that was looked at
}

// blameCacheSize is how many versions are remembered: of the documents that are
// open, and of those that were just replaced.
const blameCacheSize = 64

func newBlameCache() *blameCache { return &blameCache{known: map[blameKey]writtenText{}} }

func keyOf(v workflow.Version) blameKey { return blameKey{v.ProjectID, v.Path, v.Number, v.Hash} }

func (c *blameCache) of(v workflow.Version) (writtenText, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.known[keyOf(v)]
	return known, ok
}

func (c *blameCache) keep(v workflow.Version, known writtenText) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= blameCacheSize {
		clear(c.known)
	}
	c.known[keyOf(v)] = known
}

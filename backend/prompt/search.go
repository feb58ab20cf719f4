package prompt

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// How much a word counts by how well it fits, and by where it stands. A word in
// the title that only begins as typed comes before a whole one in the tags.
const (
	fitWhole      = 10
	fitPrefix     = 7
	fitTypo       = 3
	fitTypoPrefix = 2

	weightTitle   = 100
	weightTags    = 60
	weightSummary = 36
	weightBody    = 10

	// wholeTitle is for a query that is the title, and nothing but it.
	wholeTitle = 500
)

const (
	maxTerms = 12
	// maxBodyRanges is how many words of a body are pointed out.
	maxBodyRanges = 4
	// A word of typoSize letters may have one typing error, of twoTypoSize two.
	typoSize, typoPrefixSize, twoTypoSize = 4, 5, 8
)

// term is a word of a query with the words that it may mean.
type term struct {
	text  string
	runes []rune
	edits int           // that are allowed
	last  bool          // it may still be being typed
	fits  map[int32]int // by slot
}

// Search returns the cards in which all words of a query occur, best first, and
// at most so many as the limit. The last word may be the beginning of one. Words
// that are spelled almost so are found, too. Case and accents do not count. Of two
// that fit alike the one that was used more often comes first; used holds the
// numbers by id. A query without words finds nothing.
func (ix *Index) Search(query string, limit int, used map[string]int) []Hit {
	terms := termsOf(query)
	if len(terms) == 0 || limit <= 0 {
		return []Hit{}
	}
	totals := make([]int32, len(ix.cards))
	for i := range terms {
		ix.match(&terms[i])
		if !ix.sum(totals, terms[i], i == 0) {
			return []Hit{}
		}
	}
	hits := make([]Hit, 0, min(limit, len(ix.cards)))
	for _, n := range ix.best(totals, ix.uses(used), len(terms), limit) {
		hits = append(hits, Hit{ID: ix.cards[n].ID, Ranges: ix.ranges(ix.cards[n].Card, terms)})
	}
	return hits
}

// termsOf takes a query apart. More words than anybody types are left out.
func termsOf(query string) []term {
	terms := []term{}
	eachWord(query, func(w word) bool {
		if !slices.ContainsFunc(terms, func(t term) bool { return t.text == w.text }) {
			terms = append(terms, term{text: w.text, runes: []rune(w.text), fits: map[int32]int{}})
		}
		return len(terms) < maxTerms
	})
	for i := range terms {
		t := &terms[i]
		t.last = i == len(terms)-1
		switch {
		case strings.ContainsAny(t.text, "0123456789"): // another number is another thing
		case len(t.runes) >= twoTypoSize:
			t.edits = 2
		case len(t.runes) >= typoSize:
			t.edits = 1
		}
	}
	return terms
}

// match finds the words that a term may mean.
func (ix *Index) match(t *term) {
	if slot, ok := ix.slots[t.text]; ok {
		t.fits[slot] = fitWhole
	}
	if t.last {
		for _, slot := range ix.beginning(t.text) {
			t.fit(slot, fitPrefix)
		}
	}
	if t.edits == 0 {
		return
	}
	d := newDistance(t.runes, t.edits)
	letters := lettersOf(t.text)
	for slot := range ix.words {
		w := &ix.words[slot]
		if w.size-len(t.runes) > t.edits || len(t.runes)-w.size > t.edits || bits.OnesCount64(w.letters^letters) > 2*t.edits {
			continue
		}
		if whole, _ := d.to(w.text); whole <= t.edits {
			t.fit(int32(slot), fitTypo)
		}
	}
	if !t.last || len(t.runes) < typoPrefixSize {
		return
	}
	for _, slot := range ix.beginning(string(t.runes[:1])) {
		w := &ix.words[slot]
		if w.size+t.edits < len(t.runes) || bits.OnesCount64(letters&^w.letters) > t.edits {
			continue
		}
		if _, prefix := d.to(w.text); prefix <= t.edits {
			t.fit(slot, fitTypoPrefix)
		}
	}
}

func (t *term) fit(slot int32, fit int) { t.fits[slot] = max(t.fits[slot], fit) }

// beginning returns the slots of the words that begin so.
func (ix *Index) beginning(prefix string) []int32 {
	from, _ := slices.BinarySearchFunc(ix.order, prefix, func(slot int32, p string) int { return cmp.Compare(ix.words[slot].text, p) })
	rest := ix.order[from:]
	to, _ := slices.BinarySearchFunc(rest, prefix, func(slot int32, p string) int {
		if strings.HasPrefix(ix.words[slot].text, p) {
			return -1
		}
		return 1
	})
	return rest[:to]
}

// weights are by the fields that a word occurs in: the best of them counts.
var weights = func() (w [1 << fieldBits]int32) {
	for fields := range w {
		switch {
		case fields&inTitle != 0:
			w[fields] = weightTitle
		case fields&inTags != 0:
			w[fields] = weightTags
		case fields&inSummary != 0:
			w[fields] = weightSummary
		case fields&inBody != 0:
			w[fields] = weightBody
		}
	}
	return w
}()

// sum adds what a term is worth to the total of each card. A card without it has
// no total any more. It reports whether any has one.
func (ix *Index) sum(totals []int32, t term, first bool) bool {
	worth := make([]int32, len(totals))
	for slot, fit := range t.fits {
		for _, at := range ix.words[slot].at {
			n := at >> fieldBits
			worth[n] = max(worth[n], int32(fit)*weights[at&(1<<fieldBits-1)])
		}
	}
	found := false
	for n, w := range worth {
		switch {
		case w == 0 || !first && totals[n] == 0:
			totals[n] = 0
		default:
			totals[n] += w
			found = true
		}
	}
	return found
}

// uses returns how often each card was used.
func (ix *Index) uses(byID map[string]int) []int {
	uses := make([]int, len(ix.cards))
	for id, n := range byID {
		if at, ok := ix.byID[id]; ok {
			uses[at] = n
		}
	}
	return uses
}

// best returns the numbers of the cards with the highest totals, in their order.
func (ix *Index) best(totals []int32, uses []int, terms, limit int) []int {
	top := make([]int, 0, min(limit, len(ix.cards))+1)
	before := func(a, b int) int {
		x, y := &ix.cards[a], &ix.cards[b]
		return cmp.Or(cmp.Compare(totals[b], totals[a]), cmp.Compare(uses[b], uses[a]), cmp.Compare(x.Title, y.Title), cmp.Compare(x.ID, y.ID))
	}
	for n := range totals {
		if totals[n] == 0 {
			continue
		}
		if c := &ix.cards[n]; c.titleWords == terms && totals[n] == int32(terms*fitWhole*weightTitle) {
			totals[n] += wholeTitle
		}
		if len(top) == limit && before(n, top[limit-1]) > 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, n, before)
		top = slices.Insert(top, at, n)
		if len(top) > limit {
			top = top[:limit]
		}
	}
	return top
}

// ranges returns where the words of a query stand in a card.
func (ix *Index) ranges(c Card, terms []term) []Range {
	found := []Range{}
	in := func(field Field, tag, most int, text string) {
		eachWord(text, func(w word) bool {
			if end := ix.found(w, terms); end > 0 {
				found = append(found, Range{Field: field, Tag: tag, Start: w.start, End: end})
				most--
			}
			return most != 0
		})
	}
	in(FieldTitle, 0, -1, c.Title)
	for i, tag := range c.Tags {
		in(FieldTags, i, -1, tag)
	}
	in(FieldSummary, 0, -1, c.Summary)
	in(FieldBody, 0, maxBodyRanges, c.Body)
	return found
}

// found returns where the part of a word that was looked for ends; 0 for a word
// that was not.
func (ix *Index) found(w word, terms []term) int {
	slot, ok := ix.slots[w.text]
	if !ok {
		return 0
	}
	end := 0
	for _, t := range terms {
		fit, ok := t.fits[slot]
		switch {
		case !ok:
		case fit == fitPrefix && w.end-w.start == len(w.text): // nothing was folded away
			end = max(end, w.start+len(t.text))
		default:
			end = w.end
		}
	}
	return end
}

// distance measures how many edits make one word of another: a letter added, left
// out or another, or two changed places.
type distance struct {
	term  []rune
	edits int
	rows  [3][]int
}

func newDistance(term []rune, edits int) *distance {
	d := &distance{term: term, edits: edits}
	for i := range d.rows {
		d.rows[i] = make([]int, len(term)+1)
	}
	return d
}

// to returns the edits from the term to a word, and those to the beginning of the
// word that is nearest. More than are allowed are not counted out.
func (d *distance) to(text string) (whole, prefix int) {
	before, last, row := d.rows[0], d.rows[1], d.rows[2]
	for j := range last {
		last[j] = j
	}
	n := len(d.term)
	prefix = last[n]
	previous := rune(0)
	i := 0
	for _, r := range text {
		i++
		row[0] = i
		least := i
		for j := 1; j <= n; j++ {
			cost := 1
			if d.term[j-1] == r {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && d.term[j-1] == previous && d.term[j-2] == r {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		prefix = min(prefix, row[n])
		previous = r
		before, last, row = last, row, before
		if least > d.edits {
			return least, prefix
		}
	}
	return last[n], prefix
}

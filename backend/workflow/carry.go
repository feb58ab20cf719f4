package workflow

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// How alike two texts have to be, from 0 to 1, to be taken for the same item: less
// within a section than across them.
const (
	alikeHere      = 0.5
	alikeElsewhere = 0.75
)

// maxPairs is how many pairs of items are compared by their words. Where there are
// more, almost every box is new, and only the same text is the same item.
const maxPairs = 250_000

// itemPair is an item that has another key in the next text.
type itemPair struct {
	old, new int // indexes
	sure     bool
	score    float64
}

// pairItems finds items of before that are gone among those of after that are new:
// by their text, wherever they stand, else by most of their words and their place.
// Only the first is sure.
func pairItems(before, after []Item) []itemPair {
	number := map[string]int{}
	gone := wordings(before, apart(before, after), number)
	fresh := wordings(after, apart(after, before), number)
	sure := pickPairs(sameTexts(gone, fresh))
	gone, fresh = unpaired(gone, fresh, sure)
	if len(gone)*len(fresh) > maxPairs {
		return sure
	}
	alike := []itemPair{}
	for _, o := range gone {
		for _, n := range fresh {
			if score, ok := o.alike(n); ok {
				alike = append(alike, itemPair{old: o.at, new: n.at, score: score})
			}
		}
	}
	return append(sure, pickPairs(alike)...)
}

// wording is an item as it is compared with others.
type wording struct {
	at      int // its index
	section string
	text    string // its words without case and punctuation
	words   []int  // the same, numbered and in the order of their numbers
}

// wordings are some items of a text; number gives each word its number.
func wordings(items []Item, at []int, number map[string]int) []wording {
	all := make([]wording, len(at))
	for i, n := range at {
		words := wordsOf(items[n].Text)
		w := wording{at: n, section: fold(items[n].Section), text: strings.Join(words, " "), words: make([]int, len(words))}
		for j, word := range words {
			if _, known := number[word]; !known {
				number[word] = len(number)
			}
			w.words[j] = number[word]
		}
		slices.Sort(w.words)
		all[i] = w
	}
	return all
}

// alike says how alike two items of different texts are, and whether that is enough.
func (w wording) alike(other wording) (score float64, enough bool) {
	score = ratio(2*common(w.words, other.words), len(w.words)+len(other.words))
	if w.section == other.section {
		return score, score >= alikeHere
	}
	return score - 0.25, score >= alikeElsewhere
}

// apart returns the indexes of the items whose keys the others do not have.
func apart(items, others []Item) []int {
	has := make(map[string]bool, len(others))
	for _, it := range others {
		has[it.Key] = true
	}
	at := []int{}
	for i, it := range items {
		if !has[it.Key] {
			at = append(at, i)
		}
	}
	return at
}

// sameTexts pairs items by their text alone, better within a section. Where a text
// stands many times, it pairs them one by one.
func sameTexts(gone, fresh []wording) []itemPair {
	at := map[string][]wording{}
	for _, n := range fresh {
		at[n.text] = append(at[n.text], n)
	}
	pairs := []itemPair{}
	for _, o := range gone {
		list := at[o.text]
		if o.text == "" || len(list) == 0 {
			continue
		}
		if len(pairs) > maxPairs {
			list = list[:1]
			at[o.text] = at[o.text][1:]
		}
		for _, n := range list {
			p := itemPair{old: o.at, new: n.at, sure: true}
			if o.section == n.section {
				p.score = 1
			}
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// pickPairs keeps the best pairs, each item in at most one.
func pickPairs(pairs []itemPair) []itemPair {
	slices.SortStableFunc(pairs, func(a, b itemPair) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(distance(a), distance(b)), cmp.Compare(a.old, b.old))
	})
	old, new := map[int]bool{}, map[int]bool{}
	picked := []itemPair{}
	for _, p := range pairs {
		if !old[p.old] && !new[p.new] {
			old[p.old], new[p.new] = true, true
			picked = append(picked, p)
		}
	}
	return picked
}

func distance(p itemPair) int { return max(p.old-p.new, p.new-p.old) }

// unpaired are the items that are in no pair.
func unpaired(gone, fresh []wording, pairs []itemPair) (_, _ []wording) {
	old, new := map[int]bool{}, map[int]bool{}
	for _, p := range pairs {
		old[p.old], new[p.new] = true, true
	}
	return slices.DeleteFunc(gone, func(w wording) bool { return old[w.at] }),
		slices.DeleteFunc(fresh, func(w wording) bool { return new[w.at] })
}

// wordsOf are the words of a text without case and punctuation.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// KeptMarks returns the boxes of a new text that are to be marked because the item
// was done in the text before, by their indexes: who writes a document again does
// not know what is done by now.
func KeptMarks(ticks map[string]Tick, before, after []Item) []int {
	from := formerKeys(before, after)
	kept := []int{}
	for i, it := range after {
		if tick, ticked := ticks[from[it.Key]]; ticked && !it.Marked && !tick.waives() {
			kept = append(kept, i)
		}
	}
	return kept
}

// formerKeys returns for every item the key that it had in the text before, if it was there.
func formerKeys(before, after []Item) map[string]string {
	from := map[string]string{}
	for _, it := range before {
		from[it.Key] = it.Key
	}
	for _, p := range pairItems(before, after) {
		from[after[p.new].Key] = before[p.old].Key
	}
	return from
}

// CarryTicks brings the ticks of a document up to date after its author edited
// it from one set of boxes to another: a box that is newly marked is ticked with
// by (nil when a model wrote the text: its marks are claims), one that is no
// longer marked, or gone, loses its tick. Waivers of boxes that still exist
// stay. An item that moved keeps its state; one that is worded anew keeps its tick,
// to be checked again. It reports whether ticks has changed.
//
// A box that was claimed and is worded anew looks like a new one. So where a
// claimed box is gone from a section, the new boxes of that section stay claims:
// to mend the words of a box is not to confirm it.
func CarryTicks(ticks map[string]Tick, before, after []Item, by *Tick) bool {
	marked := map[string]bool{} // boxes that were there, by the key they have now
	for _, it := range before {
		marked[it.Key] = it.Marked
	}
	reworded := mended(ticks, before, after)
	changed := carryPairs(ticks, before, after, marked)
	is := map[string]bool{}
	for _, it := range after {
		is[it.Key] = true
		tick, ticked := ticks[it.Key]
		was, known := marked[it.Key]
		switch {
		case by != nil && it.Marked && !ticked && !was && (known || !reworded[fold(it.Section)]):
			ticks[it.Key] = *by
			changed = true
		case !it.Marked && ticked && !tick.waives():
			delete(ticks, it.Key)
			changed = true
		}
	}
	for key := range ticks {
		if !is[key] {
			delete(ticks, key)
			changed = true
		}
	}
	return changed
}

// carryPairs gives the ticks of items that have moved or are worded anew their new keys.
func carryPairs(ticks map[string]Tick, before, after []Item, marked map[string]bool) bool {
	changed := false
	for _, p := range pairItems(before, after) {
		old, new := before[p.old], after[p.new]
		marked[new.Key] = old.Marked
		tick, ticked := ticks[old.Key]
		if !ticked {
			continue
		}
		if !p.sure {
			if tick.Was == "" {
				tick.Was = old.Text
			}
			tick.State = ItemRecheck
		}
		delete(ticks, old.Key)
		ticks[new.Key] = tick
		changed = true
	}
	return changed
}

// mended returns the sections in which a claimed box is gone.
func mended(ticks map[string]Tick, before, after []Item) map[string]bool {
	sections := map[string]bool{}
	for _, i := range apart(before, after) {
		if it := before[i]; it.Marked {
			if _, ticked := ticks[it.Key]; !ticked {
				sections[fold(it.Section)] = true
			}
		}
	}
	return sections
}

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
	gone, fresh := apart(before, after), apart(after, before)
	pairs := []itemPair{}
	if len(gone)*len(fresh) <= maxPairs {
		words := func(items []Item, at []int) [][]string {
			all := make([][]string, len(at))
			for i, n := range at {
				all[i] = wordsOf(items[n].Text)
			}
			return all
		}
		old, new := words(before, gone), words(after, fresh)
		for i, o := range gone {
			for j, n := range fresh {
				if p, ok := pairOf(before[o], after[n], old[i], new[j]); ok {
					p.old, p.new = o, n
					pairs = append(pairs, p)
				}
			}
		}
	} else {
		pairs = sameTexts(before, after, gone, fresh)
	}
	slices.SortStableFunc(pairs, func(a, b itemPair) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(distance(a), distance(b)), cmp.Compare(a.old, b.old))
	})
	return pickPairs(pairs)
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

func distance(p itemPair) int { return max(p.old-p.new, p.new-p.old) }

// pickPairs keeps the best pairs, each item in at most one.
func pickPairs(pairs []itemPair) []itemPair {
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

// pairOf says how alike two items are, if enough.
func pairOf(old, new Item, oldWords, newWords []string) (itemPair, bool) {
	here := fold(old.Section) == fold(new.Section)
	if slices.Equal(oldWords, newWords) {
		p := itemPair{sure: true, score: 2}
		if here {
			p.score = 3
		}
		return p, len(oldWords) > 0
	}
	score := commonWords(oldWords, newWords)
	if here {
		return itemPair{score: score}, score >= alikeHere
	}
	return itemPair{score: score - 0.25}, score >= alikeElsewhere
}

// sameTexts pairs items by their text alone.
func sameTexts(before, after []Item, gone, fresh []int) []itemPair {
	at := map[string][]int{}
	for _, n := range fresh {
		key := strings.Join(wordsOf(after[n].Text), " ")
		at[key] = append(at[key], n)
	}
	pairs := []itemPair{}
	for _, o := range gone {
		key := strings.Join(wordsOf(before[o].Text), " ")
		if list := at[key]; key != "" && len(list) > 0 {
			pairs = append(pairs, itemPair{old: o, new: list[0], sure: true, score: 2})
			at[key] = list[1:]
		}
	}
	return pairs
}

// wordsOf are the words of a text without case and punctuation.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// commonWords is the share of words that two texts have in common.
func commonWords(a, b []string) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	left := make(map[string]int, len(a))
	for _, w := range a {
		left[w]++
	}
	common := 0
	for _, w := range b {
		if left[w] > 0 {
			left[w]--
			common++
		}
	}
	return 2 * float64(common) / float64(len(a)+len(b))
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

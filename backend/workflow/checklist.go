package workflow

import (
	"fmt"
	"strings"
	"time"
)

// ItemState is where an item of a checklist stands.
type ItemState string

// The states of an item.
const (
	ItemOpen    ItemState = "open"
	ItemClaimed ItemState = "claimed" // the text says [x], no person or evidence does
	ItemDone    ItemState = "done"
	ItemWaived  ItemState = "waived"
	ItemRecheck ItemState = "recheck"
)

// Item is one task box of a document.
type Item struct {
	// Index counts the boxes of the document from 0.
	Index int `json:"index"`
	// Offset is the byte of the mark, the character between the brackets.
	Offset int `json:"offset"`
	Line   int `json:"line"` // from 1
	Depth  int `json:"depth"`
	// Section is the title of the nearest heading above; empty before the first.
	Section string `json:"section"`
	Text    string `json:"text"` // without markup of the box
	Marked  bool   `json:"marked"`
	// Key names the item across versions: section, text and occurrence.
	Key   string    `json:"key"`
	State ItemState `json:"state"`
	Tick  *Tick     `json:"tick,omitempty"`
}

// Tick is a person's or evidence's word for an item.
type Tick struct {
	State  ItemState `json:"state"` // done or waived
	By     Author    `json:"by"`
	At     time.Time `json:"at" ts_type:"string"`
	Reason string    `json:"reason"`
	// Evidence is what the item is done by; nil for the word of a person alone.
	Evidence *Evidence `json:"evidence,omitempty"`
}

// KeyItems sets the key of each item from its section, its text and how often
// the two have occurred before it.
func KeyItems(items []Item) {
	seen := map[string]int{}
	for i := range items {
		base := fold(items[i].Section) + "\x1f" + fold(items[i].Text)
		seen[base]++
		items[i].Key = base
		if n := seen[base]; n > 1 {
			items[i].Key = fmt.Sprintf("%s\x1f%d", base, n)
		}
	}
}

// JudgeItems sets the state of each item from its mark and the ticks that are
// kept by key. A mark alone is a claim; a tick without a mark counts only when
// it waives.
func JudgeItems(items []Item, ticks map[string]Tick) {
	for i := range items {
		it := &items[i]
		tick, ok := ticks[it.Key]
		switch {
		case ok && tick.State == ItemWaived:
			it.State, it.Tick = ItemWaived, &tick
		case ok && it.Marked:
			it.State, it.Tick = ItemDone, &tick
		case it.Marked:
			it.State = ItemClaimed
		default:
			it.State = ItemOpen
		}
	}
}

// fold makes texts comparable: lower case, single spaces.
func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// CarryTicks brings the ticks of a document up to date after its author edited
// it from one set of boxes to another: a box that is newly marked is ticked with
// by (nil when a model wrote the text: its marks are claims), one that is no
// longer marked, or gone, loses its tick. Waivers of boxes that still exist
// stay. It reports whether ticks has changed.
//
// A box that was claimed and is worded anew looks like a new one. So where a
// claimed box is gone from a section, the new boxes of that section stay claims:
// to mend the words of a box is not to confirm it.
func CarryTicks(ticks map[string]Tick, before, after []Item, by *Tick) bool {
	is := map[string]bool{}
	for _, it := range after {
		is[it.Key] = true
	}
	was := map[string]bool{} // marked, by key
	reworded := map[string]bool{}
	for _, it := range before {
		was[it.Key] = it.Marked
		if _, ticked := ticks[it.Key]; it.Marked && !ticked && !is[it.Key] {
			reworded[fold(it.Section)] = true
		}
	}
	changed := false
	for _, it := range after {
		tick, ticked := ticks[it.Key]
		_, known := was[it.Key]
		switch {
		case by != nil && it.Marked && !ticked && !was[it.Key] && (known || !reworded[fold(it.Section)]):
			ticks[it.Key] = *by
			changed = true
		case !it.Marked && ticked && tick.State == ItemDone:
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

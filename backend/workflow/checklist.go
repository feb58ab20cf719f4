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
	// State is done or waived, or recheck where it is not sure that it is the same item.
	State  ItemState `json:"state"`
	By     Author    `json:"by"`
	At     time.Time `json:"at" ts_type:"string"`
	Reason string    `json:"reason"`
	// Evidence is what the item is done by; nil for the word of a person alone.
	Evidence *Evidence `json:"evidence,omitempty"`
	// Was is the text that it was given for, where that has been worded anew.
	Was string `json:"was,omitempty"`
}

// waives reports whether it is the word that an item need not be done. Only such a
// one has a reason.
func (t Tick) waives() bool {
	return t.State == ItemWaived || t.State == ItemRecheck && t.Reason != ""
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
		case ok && tick.State == ItemRecheck && (it.Marked || tick.waives()):
			it.State, it.Tick = ItemRecheck, &tick
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

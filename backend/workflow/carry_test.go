package workflow

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// boxesOfTexts makes items of texts; "x " before one marks it, and "#" begins a section.
func boxesOfTexts(texts ...string) []Item {
	items, section := []Item{}, ""
	for _, text := range texts {
		switch {
		case text[0] == '#':
			section = text[1:]
		case text[:2] == "x ":
			items = append(items, Item{Index: len(items), Section: section, Text: text[2:], Marked: true})
		default:
			items = append(items, Item{Index: len(items), Section: section, Text: text})
		}
	}
	KeyItems(items)
	return items
}

func TestItemsKeepTheirStateThroughEdits(t *testing.T) {
	me := Tick{State: ItemDone, By: Author{Kind: Person, Name: "Ann"}}
	for name, tc := range map[string]struct {
		before, after []string
		want          []ItemState
		was           string
	}{
		"moved to another section": {
			[]string{"#A", "x Every station is found", "#B", "Other"},
			[]string{"#A", "#B", "Other", "x Every station is found"}, []ItemState{ItemOpen, ItemDone}, "",
		},
		"the section has another name": {[]string{"#A", "x One", "x Two"}, []string{"#A 2", "x One", "x Two"}, []ItemState{ItemDone, ItemDone}, ""},
		"other punctuation":            {[]string{"x **Every** station, found"}, []string{"x Every station found."}, []ItemState{ItemDone}, ""},
		"another number is another thing": {
			[]string{"x At most 50 stations are listed"}, []string{"x At most 500 stations are listed"}, []ItemState{ItemRecheck}, "At most 50 stations are listed",
		},
		"worded anew between new ones": {
			[]string{"#A", "x Every harbour has its tide", "Other"},
			[]string{"#A", "New thing", "x Every harbour has its own tide table", "Other"}, []ItemState{ItemOpen, ItemRecheck, ItemOpen}, "Every harbour has its tide",
		},
		"unmarked while worded anew": {[]string{"x Every harbour has a tide"}, []string{"Every harbour has one tide"}, []ItemState{ItemOpen}, ""},
		"something else":             {[]string{"x Every harbour has a tide"}, []string{"x Passwords are hashed"}, []ItemState{ItemDone}, ""}, // Ann marked it
	} {
		t.Run(name, func(t *testing.T) {
			before, after := boxesOfTexts(tc.before...), boxesOfTexts(tc.after...)
			ticks := map[string]Tick{}
			for _, it := range before {
				if it.Marked {
					ticks[it.Key] = me
				}
			}
			CarryTicks(ticks, before, after, &me)
			JudgeItems(after, ticks)
			for i, want := range tc.want {
				if after[i].State != want {
					t.Errorf("%q is %s, want %s", after[i].Text, after[i].State, want)
				}
				if want == ItemRecheck && after[i].Tick.Was != tc.was {
					t.Errorf("it was ticked as %q, want %q", after[i].Tick.Was, tc.was)
				}
			}
		})
	}
}

func TestAWaiverOfARewordedItemIsLookedAtAgain(t *testing.T) {
	before, after := boxesOfTexts("Alerts reach the channel"), boxesOfTexts("Alerts reach the pager channel")
	ticks := map[string]Tick{before[0].Key: {State: ItemWaived, Reason: "Nobody runs this at night."}}
	CarryTicks(ticks, before, after, nil)
	JudgeItems(after, ticks)
	if it := after[0]; it.State != ItemRecheck || it.Tick.Reason == "" || it.Tick.Was != "Alerts reach the channel" {
		t.Errorf("%+v", it)
	}
}

// TestARerunKeepsWhatIsDone marks again what a model, which knows nothing of it, left open.
func TestARerunKeepsWhatIsDone(t *testing.T) {
	before := boxesOfTexts("#A", "x Done", "x Claimed", "Waived", "x Worded well enough")
	after := boxesOfTexts("#A", "New", "Worded more than well enough", "Done", "Claimed", "Waived")
	ticks := map[string]Tick{before[0].Key: {State: ItemDone}, before[2].Key: {State: ItemWaived, Reason: "why"}, before[3].Key: {State: ItemDone}}
	for _, i := range KeptMarks(ticks, before, after) {
		after[i].Marked = true
	}
	CarryTicks(ticks, before, after, nil)
	JudgeItems(after, ticks)
	for i, want := range []ItemState{ItemOpen, ItemRecheck, ItemDone, ItemOpen, ItemWaived} {
		if after[i].State != want {
			t.Errorf("%q is %s, want %s", after[i].Text, after[i].State, want)
		}
	}
}

// TestTickAndUntickAreOneStep ticks any box of any list and takes it back.
func TestTickAndUntickAreOneStep(t *testing.T) {
	me := Tick{State: ItemDone, By: Author{Kind: Person, Name: "Ann"}}
	rapid.Check(t, func(rt *rapid.T) {
		items := []Item{}
		for i := range rapid.IntRange(1, 12).Draw(rt, "boxes") {
			items = append(items, Item{Index: i, Section: rapid.SampledFrom([]string{"", "A", "B"}).Draw(rt, "section"),
				Text: rapid.SampledFrom([]string{"one thing", "one thing more", "other"}).Draw(rt, "text"), Marked: rapid.Bool().Draw(rt, "marked")})
		}
		KeyItems(items)
		ticks := map[string]Tick{}
		for _, it := range items {
			if it.Marked && rapid.Bool().Draw(rt, "ticked") {
				ticks[it.Key] = me
			}
		}
		before := fmt.Sprint(ticks)
		states := judgedStates(items, ticks)
		open := []int{}
		for i, it := range items {
			if !it.Marked {
				open = append(open, i)
			}
		}
		if len(open) == 0 {
			return
		}
		n := rapid.SampledFrom(open).Draw(rt, "box")
		marked := append([]Item{}, items...)
		marked[n].Marked = true
		CarryTicks(ticks, items, marked, &me)
		if got := judgedStates(marked, ticks); got[n] != ItemDone {
			rt.Fatalf("the box is %s", got[n])
		}
		CarryTicks(ticks, marked, items, &me)
		if got := judgedStates(items, ticks); fmt.Sprint(ticks) != before || fmt.Sprint(got) != fmt.Sprint(states) {
			rt.Fatalf("%v, %v; it was %v, %v", ticks, got, before, states)
		}
		if CarryTicks(ticks, items, items, &me) {
			rt.Fatal("the same text has changed something")
		}
	})
}

func judgedStates(items []Item, ticks map[string]Tick) []ItemState {
	judged := append([]Item{}, items...)
	JudgeItems(judged, ticks)
	states := []ItemState{}
	for _, it := range judged {
		states = append(states, it.State)
	}
	return states
}

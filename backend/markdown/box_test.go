package markdown

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

func TestItemsTellWhereTheyStand(t *testing.T) {
	src := "# Request\n\n- [ ] Problem *stated*\n  over two lines\n  1. [X] PM\n\nSetext\n------\n\n> - [x] quoted\n\n- [ ] Problem *stated* over   two lines\n- [ ] problem *Stated* over two lines\n"
	want := []workflow.Item{
		{Index: 0, Offset: 14, Line: 3, Depth: 0, Section: "Request", Text: "Problem *stated* over two lines"},
		{Index: 1, Offset: 57, Line: 5, Depth: 1, Section: "Request", Text: "PM", Marked: true},
		{Index: 2, Offset: 84, Line: 10, Depth: 0, Section: "Setext", Text: "quoted", Marked: true},
		{Index: 3, Offset: 98, Line: 12, Depth: 0, Section: "Setext", Text: "Problem *stated* over two lines"},
		{Index: 4, Offset: 138, Line: 13, Depth: 0, Section: "Setext", Text: "problem *Stated* over two lines"},
	}
	got := Items(src)
	if len(got) != len(want) {
		t.Fatalf("Items found %d boxes, want %d: %+v", len(got), len(want), got)
	}
	keys := map[string]bool{}
	for i, item := range got {
		keys[item.Key] = true
		if mark := src[item.Offset-1 : item.Offset+2]; mark != "[ ]" && mark != "[x]" && mark != "[X]" {
			t.Errorf("item %d is said to be at %q", i, mark)
		}
		wantState := map[bool]workflow.ItemState{false: workflow.ItemOpen, true: workflow.ItemClaimed}[item.Marked]
		if item.State != wantState {
			t.Errorf("state of item %d = %s, want %s", i, item.State, wantState)
		}
		item.Key, item.State = "", ""
		if item != want[i] {
			t.Errorf("item %d = %+v\nwant %+v", i, item, want[i])
		}
	}
	if len(keys) != len(want) {
		t.Errorf("keys are not unique: %v", keys)
	}
}

func TestBoxesAreThoseOthersSee(t *testing.T) {
	for src, want := range map[string]int{
		"- [ ] a": 1, "* [x] a": 1, "+ [X] a": 1, "1. [ ] a": 1, "1) [ ] a": 1, "- - [ ] a": 1,
		">- [ ] a": 1, "\ufeff- [ ] a": 1, "- [ ]\ta": 1, "-\t[ ] a": 1, "- [ ]\n  a": 1, "- [ ] a\r- [ ] b": 2,
		"- [ ] [x] a": 1, "- [ ] a\n\n      - [ ] code": 1, "- a\n\t- [ ] b": 1,
		"- [x]a": 0, "- [x](url)": 0, "- [x][ref] a": 0, "- [ ]": 0, "- [ ] ": 0, "- [x]: /url": 0, "- [] a": 0,
		"- [\t] a": 0, "- [\u00a0] a": 0, "- [✓] a": 0, "- [х] a": 0, "- [ ]\u00a0a": 0, `- \[ ] a`: 0, "- > [ ] a": 0,
		"[ ] a": 0, "- a\n\n  [ ] b": 0, "a\n2. [ ] b": 0, "\t- [ ] a": 0, "```\n- [ ] a\n```": 0, "~~~\n- [ ] a": 0,
		"`- [ ] a`": 0, "<div>\n- [ ] a\n</div>": 0, "<!--\n\n- [ ] a\n\n-->": 0, "| - [ ] a |\n|---|": 0, "": 0,
	} {
		if got := Items(src); len(got) != want {
			t.Errorf("Items(%q) found %d boxes, want %d: %+v", src, len(got), want, got)
		}
	}
}

func TestSetMarkChangesOneByte(t *testing.T) {
	src := "\ufeffa\r\n\r\n- [ ] b\r\n- [X] ü\r\n"
	items := Items(src)
	ticked, err := SetMark(src, items[0].Offset, true)
	if want := strings.Replace(src, "[ ]", "[x]", 1); err != nil || ticked != want {
		t.Errorf("SetMark = %q, %v, want %q", ticked, err, want)
	}
	if same, err := SetMark(src, items[1].Offset, true); err != nil || same != src {
		t.Errorf("setting a mark that is there gave %q, %v", same, err)
	}
	cleared, err := SetMark(src, items[1].Offset, false)
	if want := strings.Replace(src, "[X]", "[ ]", 1); err != nil || cleared != want {
		t.Errorf("SetMark = %q, %v, want %q", cleared, err, want)
	}
	for _, offset := range []int{-1, 0, items[0].Offset + 1, len(src), len(src) + 10} {
		if _, err := SetMark(src, offset, true); workflow.CodeOf(err) != workflow.Conflict {
			t.Errorf("SetMark at %d = %v, want a conflict", offset, err)
		}
	}
}

func TestTickingChangesNoOtherBox(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := "- [ ] one more\n\n" + documentGen().Draw(t, "document")
		items := Items(src)
		i := rapid.IntRange(0, len(items)-1).Draw(t, "box")
		ticked, err := SetMark(src, items[i].Offset, !items[i].Marked)
		if err != nil {
			t.Fatal(err)
		}
		after := Items(ticked)
		if len(after) != len(items) {
			t.Fatalf("%d boxes became %d", len(items), len(after))
		}
		for j := range items {
			changed := after[j].Marked != items[j].Marked
			if after[j].Key != items[j].Key || after[j].Offset != items[j].Offset || changed != (i == j) {
				t.Fatalf("box %d was %+v, is %+v", j, items[j], after[j])
			}
		}
	})
}

func TestRenderShowsTheStateOfEachBox(t *testing.T) {
	src := "- [x] a\n- [x] b\n- [ ] c\n- [x] d\n- [x] e\n"
	items := Items(src)[:4]
	items[1].State, items[2].State, items[3].State = workflow.ItemDone, workflow.ItemWaived, workflow.ItemRecheck
	got := Render(src, Options{Items: items, Interactive: true})
	for _, want := range []string{
		`<li class="task" data-state="claimed"><span class="box" role="checkbox" aria-checked="mixed" tabindex="0" data-offset="3" data-index="0" data-state="claimed" aria-label="a"></span>a</li>`,
		`aria-checked="true" tabindex="0" data-offset="11" data-index="1" data-state="done"`,
		`aria-checked="mixed" tabindex="0" data-offset="19" data-index="2" data-state="waived"`,
		`aria-checked="mixed" tabindex="0" data-offset="27" data-index="3" data-state="recheck"`,
		`aria-checked="true" tabindex="0" data-offset="35" data-index="4" data-state="done"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	if still := Render(src, Options{Items: items}); strings.Contains(still, "tabindex") || strings.Count(still, `aria-disabled="true"`) != 5 {
		t.Errorf("boxes that cannot be ticked look as if they could:\n%s", still)
	}
}

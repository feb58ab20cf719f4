package markdown

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

func TestSectionsHoldWhatStandsUnderThem(t *testing.T) {
	src := "\ufeffBefore.\n\n# 1. Scope **and** `goals` #\r\nText\nmore\n\n- a\n  - [x] b\n- [ ] c\n\n## Part\n\n1. AC-1 first\n\n   below\n\n" +
		"Two\nlines\n=====\n> # quoted\n\n```\n# code\n```\n- # in a list\n\n#\n### Deep\nend"
	want := []workflow.Section{
		{Level: 0, Start: 3, Body: 3, End: 12, Points: []workflow.Point{{Text: "Before."}}},
		{Level: 1, Title: "1. Scope and goals", Start: 12, Body: 42, End: 110, Points: []workflow.Point{
			{Text: "Text more"}, {Text: "a", Item: true}, {Text: "b", Item: true, Task: true, Marked: true, Depth: 1}, {Text: "c", Item: true, Task: true},
		}},
		{Level: 2, Title: "Part", Start: 76, Body: 84, End: 110, Points: []workflow.Point{{Text: "AC-1 first", Item: true}}},
		{Level: 1, Title: "Two lines", Start: 110, Body: 126, End: 168, Points: []workflow.Point{{Item: true}}},
		{Level: 1, Title: "", Start: 168, Body: 170, End: 182, Points: []workflow.Point{}},
		{Level: 3, Title: "Deep", Start: 170, Body: 179, End: 182, Points: []workflow.Point{{Text: "end"}}},
	}
	got := Sections(src)
	if len(got) != len(want) {
		t.Fatalf("Sections found %d, want %d: %+v", len(got), len(want), got)
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Errorf("section %d = %+v\nwant        %+v", i, got[i], want[i])
		}
	}
}

func TestSectionsOfAlmostNothing(t *testing.T) {
	for src, want := range map[string]int{"": 0, " \n\t\n": 0, "\ufeff": 0, "text": 1, "#": 1, "# ": 1, "# #": 1, "a\n===": 1, "\n\n# a": 1, "===": 1} {
		got := Sections(src)
		if len(got) != want || got == nil {
			t.Errorf("Sections(%q) = %+v, want %d", src, got, want)
		}
	}
}

func TestSectionsCoverTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.OneOf(documentGen(), rapid.String()).Draw(t, "document")
		at := 0
		for i, s := range Sections(src) {
			if i > 0 && s.Start < at || s.Body < s.Start || s.End < s.Body || s.End > len(src) || s.Level > 6 {
				t.Fatalf("section %d of %q is %+v", i, src, s)
			}
			at = s.Body
		}
	})
}

package markdown

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// applied returns the two texts that a diff holds, line by line.
func applied(t interface{ Fatalf(string, ...any) }, d workflow.Diff) (old, new string) {
	before, after := map[int]string{}, map[int]string{}
	put := func(lines map[int]string, number int, segments []workflow.Segment) {
		if number == 0 {
			return
		}
		if _, twice := lines[number]; twice {
			t.Fatalf("line %d is in two rows", number)
		}
		lines[number] = marked(segments, "", "")
	}
	for _, hunk := range d.Hunks {
		for _, row := range hunk.Rows {
			put(before, row.OldLine, row.Old)
			put(after, row.NewLine, row.New)
			if hunk.Same && marked(row.Old, "", "") != marked(row.New, "", "") {
				t.Fatalf("%+v is not the same", row)
			}
		}
	}
	join := func(lines map[int]string) string {
		list := make([]string, len(lines))
		for number, line := range lines {
			if number > len(list) {
				t.Fatalf("line %d is beyond the %d there are", number, len(list))
			}
			list[number-1] = line
		}
		return strings.Join(list, "\n")
	}
	return join(before), join(after)
}

func TestChangesHoldEveryLineOfBothTexts(t *testing.T) {
	line := rapid.SampledFrom([]string{"", "a", "a b c", "# A", "## B", "## C", "### D", "Under\n===", "- [ ] t", "- [x] t", "- [X] t",
		"```", "1. one", "> q", "| a |", "|---|", "\xff", "a\r", "\ufeff# A", "## B ##"})
	text := rapid.Map(rapid.SliceOfN(line, 0, 30), func(lines []string) string { return strings.Join(lines, "\n") })
	rapid.Check(t, func(t *rapid.T) {
		old, new := text.Draw(t, "old"), text.Draw(t, "new")
		d := Changes(old, new)
		before, after := applied(t, d)
		if before != strings.TrimSuffix(old, "\n") || after != strings.TrimSuffix(new, "\n") {
			t.Fatalf("the changes from %q to %q hold %q and %q", old, new, before, after)
		}
		for _, hunk := range d.Hunks {
			for _, row := range hunk.Rows {
				a, b := marked(row.Old, "", ""), marked(row.New, "", "")
				if row.Tick != "" && (a == b || blankMark(a) != blankMark(b)) {
					t.Fatalf("%s is said of %q and %q", row.Tick, a, b)
				}
			}
		}
	})
}

// chapter is a section of a generated document.
type chapter struct{ title, body string }

func written(chapters []chapter) string {
	var b strings.Builder
	b.WriteString("# Document\n\nWhat it is about.\n")
	for _, c := range chapters {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", c.title, c.body)
	}
	return b.String()
}

func TestAMovedSectionIsFoundWhateverElseChanged(t *testing.T) {
	words := rapid.StringMatching(`[a-z]{3,8}( [a-z]{3,8}){4,12}\.`)
	rapid.Check(t, func(t *rapid.T) {
		old := []chapter{}
		for i := range rapid.IntRange(3, 9).Draw(t, "chapters") {
			old = append(old, chapter{fmt.Sprintf("Chapter %c", 'A'+i), words.Draw(t, "body") + "\n\n### Below\n\n" + words.Draw(t, "below")})
		}
		from := rapid.IntRange(0, len(old)-1).Draw(t, "from")
		to := rapid.IntRange(0, len(old)-2).Draw(t, "to")
		moved := chapter{"The one that moves", "Alpha beta gamma delta.\n\n### Its own\n\n- [ ] Epsilon zeta."}
		rest := slices.Clone(old)
		for i := range rest { // every other section says more, or something else; one is gone, one is new
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				rest[i].body += "\n\n" + words.Draw(t, "more")
			case 1:
				rest[i] = chapter{"Another " + rest[i].title, words.Draw(t, "other")}
			}
		}
		before := slices.Insert(slices.Clone(old), from, moved)
		after := slices.Insert(rest, to, chapter{moved.title, strings.Replace(moved.body, "[ ]", "[x]", 1)})
		// What weighs more than the section has to stay for the section to be what moved.
		for _, list := range [][]chapter{before, after} {
			for i := range list {
				if list[i].title != moved.title {
					list[i].body += "\n\n" + strings.Repeat("Common ground of this chapter. ", 8) + list[i].title
				}
			}
		}
		d := Changes(written(before), written(after))
		one := func(m workflow.Move) bool { return m.Title == moved.title && m.Lines >= 7 && m.Added+m.Removed == 0 }
		if kept := kept(before, after, moved.title); kept && !slices.ContainsFunc(d.Moves, one) {
			t.Fatalf("not found: %+v\n%s\n----\n%s", d.Moves, written(before), written(after))
		}
		if d.Ticked != 1 || d.Unticked != 0 {
			t.Fatalf("ticked %d, unticked %d", d.Ticked, d.Unticked)
		}
	})
}

// kept reports whether a chapter that is still there stands on the other side of one that moved.
func kept(before, after []chapter, title string) bool {
	at := func(list []chapter, title string) int {
		return slices.IndexFunc(list, func(c chapter) bool { return c.title == title })
	}
	for i, c := range before {
		j := at(after, c.title)
		if c.title != title && j >= 0 && (i < at(before, title)) != (j < at(after, title)) {
			return true
		}
	}
	return false
}

func TestChangesShowMovedSectionsAndTicks(t *testing.T) {
	old := "# Spec\n\n## Times\n\nLocal time.\n\n## Scope\n\nOffline.\n\nNo map at all, ever.\n\n## Acceptance\n\n- [ ] Fast.\n- [x] Small.\n"
	new := "# Spec\n\n## Scope\n\nOffline.\n\nNo map at all, ever.\n\n## Acceptance\n\n- [x] Fast.\n- [ ] Small.\n\n## Times\n\nLocal time. With offset.\n"
	d := Changes(old, new)
	if len(d.Moves) != 1 || d.Moves[0] != (workflow.Move{Title: "Times", OldLine: 3, NewLine: 14, Lines: 3, Added: 1, Removed: 1}) {
		t.Errorf("moves: %+v", d.Moves)
	}
	if d.Ticked != 1 || d.Unticked != 1 {
		t.Errorf("ticked %d, unticked %d", d.Ticked, d.Unticked)
	}
	places := []string{}
	for _, hunk := range d.Hunks {
		if hunk.Move == 0 {
			continue
		}
		if len(hunk.Rows) == 0 {
			places = append(places, "left")
		} else {
			places = append(places, marked(hunk.Rows[0].New, "{", "}"))
		}
	}
	if len(places) < 2 || places[0] != "left" || places[1] != "## Times" {
		t.Errorf("places: %q", places)
	}
}

func TestTicksInCodeAreSourceText(t *testing.T) {
	if d := Changes("```\n- [ ] a\n```\n", "```\n- [x] a\n```\n"); d.Ticked != 0 || d.Added != 1 || d.Removed != 1 {
		t.Errorf("%+v", d)
	}
}

func TestChangesOfHostileTextsEnd(t *testing.T) {
	size := 64 << 10
	if testing.Short() {
		size = 8 << 10
	}
	for name, src := range hostileTexts(size) {
		t.Run(name, func(t *testing.T) {
			changed := "# New\n\n" + strings.ReplaceAll(src, "a\n", "b\n")
			before, after := applied(t, Changes(src, changed))
			if before != strings.TrimSuffix(src, "\n") || after != strings.TrimSuffix(changed, "\n") {
				t.Error("the changes do not hold both texts")
			}
			Passages(src)
		})
	}
}

// large writes a document of about a megabyte; every nth paragraph says something else.
func large(nth int, reversed bool) string {
	parts := []string{}
	for i := range 1400 {
		word := "same"
		if nth > 0 && i%nth == 0 {
			word = "other"
		}
		parts = append(parts, fmt.Sprintf("## Part %d\n\n%s\n\n- [ ] Box %d is %s.\n\n", i,
			strings.Repeat(fmt.Sprintf("Line of part %d with the %s words in it, and a few more of them.\n", i, word), 10), i, word))
	}
	if reversed {
		slices.Reverse(parts)
	}
	return strings.Join(parts, "")
}

func BenchmarkChanges(b *testing.B) {
	for name, new := range map[string]string{"some": large(10, false), "all": large(1, false), "reversed": large(3, true), "none": large(0, false)} {
		b.Run(name, func(b *testing.B) {
			old := large(0, false)
			b.SetBytes(int64(len(old)))
			for b.Loop() {
				Changes(old, new)
			}
		})
	}
}

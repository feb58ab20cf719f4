package markdown

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// drawn writes a diff as people do: what is only in the old text in [-…-], what
// is only in the new one in {+…+}.
func drawn(d workflow.Diff) string {
	var b strings.Builder
	for _, hunk := range d.Hunks {
		if !hunk.Same {
			b.WriteString("@@\n")
		}
		for _, row := range hunk.Rows {
			fmt.Fprintf(&b, "%d|%d|%s|%s\n", row.OldLine, row.NewLine, marked(row.Old, "[-", "-]"), marked(row.New, "{+", "+}"))
		}
	}
	return b.String()
}

func marked(segments []workflow.Segment, open, end string) string {
	var b strings.Builder
	for _, s := range segments {
		if s.Changed {
			b.WriteString(open + s.Text + end)
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestDiffMarksTheWordsThatChanged(t *testing.T) {
	old := "# Plan\nKeep\nThe quick brown fox jumps.\nGone entirely\nLast\n"
	new := "# Plan\nKeep\nThe slow brown fox jumps high.\nLast\nAdded\n"
	d := Diff(old, new)
	want := "1|1|# Plan|# Plan\n2|2|Keep|Keep\n@@\n" +
		"3|3|The [-quick-] brown fox jumps.|The {+slow+} brown fox jumps{+ high+}.\n" +
		"4|0|[-Gone entirely-]|\n5|4|Last|Last\n@@\n0|5||{+Added+}\n"
	if got := drawn(d); got != want || d.Added != 2 || d.Removed != 2 {
		t.Errorf("Diff = +%d -%d\n%s\nwant\n%s", d.Added, d.Removed, got, want)
	}
}

func TestDiffSetsLikeLinesBesideEachOther(t *testing.T) {
	d := Diff("alpha beta gamma\none two three\n", "new first line\nalpha beta delta\none two four\n")
	want := "@@\n0|1||{+new first line+}\n1|2|alpha beta [-gamma-]|alpha beta {+delta+}\n2|3|one two [-three-]|one two {+four+}\n"
	if got := drawn(d); got != want {
		t.Errorf("Diff =\n%s\nwant\n%s", got, want)
	}
}

func TestDiffOfTheSameText(t *testing.T) {
	for _, c := range [][2]string{{"", ""}, {"a\nb", "a\nb"}, {"a\n", "a"}} {
		d := Diff(c[0], c[1])
		if d.Added != 0 || d.Removed != 0 || d.Hunks == nil || strings.Contains(drawn(d), "@@") {
			t.Errorf("Diff(%q, %q) = %+v", c[0], c[1], d)
		}
	}
}

func TestDiffHoldsEveryLineOfBothTexts(t *testing.T) {
	line := rapid.SampledFrom([]string{"", "a", "b", "a b", "a b c", "x y z", "- [ ] t", "- [x] t", "日本 語", "\xff", "a\r", "  "})
	text := rapid.Map(rapid.SliceOfN(line, 0, 30), func(lines []string) string { return strings.Join(lines, "\n") })
	rapid.Check(t, func(t *rapid.T) {
		old, new := text.Draw(t, "old"), text.Draw(t, "new")
		d := Diff(old, new)
		var before, after []string
		added, removed, same := 0, 0, true
		for i, hunk := range d.Hunks {
			if i > 0 && hunk.Same == same || len(hunk.Rows) == 0 {
				t.Fatalf("hunk %d is not apart from the one before: %+v", i, d)
			}
			same = hunk.Same
			for _, row := range hunk.Rows {
				if row.OldLine > 0 {
					before = append(before, marked(row.Old, "", ""))
				}
				if row.NewLine > 0 {
					after = append(after, marked(row.New, "", ""))
				}
				if row.OldLine > 0 && row.OldLine != len(before) || row.NewLine > 0 && row.NewLine != len(after) {
					t.Fatalf("line numbers are wrong in %+v", row)
				}
				if !hunk.Same && row.OldLine > 0 {
					removed++
				}
				if !hunk.Same && row.NewLine > 0 {
					added++
				}
				if hunk.Same && marked(row.Old, "", "") != marked(row.New, "", "") {
					t.Fatalf("%+v is not the same", row)
				}
			}
		}
		if strings.Join(before, "\n") != strings.TrimSuffix(old, "\n") || strings.Join(after, "\n") != strings.TrimSuffix(new, "\n") {
			t.Fatalf("the diff of %q and %q holds %q and %q", old, new, before, after)
		}
		if d.Added != added || d.Removed != removed {
			t.Fatalf("counted +%d -%d, want +%d -%d", d.Added, d.Removed, added, removed)
		}
	})
}

func TestDiffOfLargeTextsEnds(t *testing.T) {
	var old, new strings.Builder
	for i := range 4000 {
		fmt.Fprintf(&old, "line %d of the old text\n", i%977)
		fmt.Fprintf(&new, "line %d of the new text\n", i%983)
	}
	if d := Diff(old.String(), new.String()); d.Added == 0 || d.Removed == 0 {
		t.Errorf("no difference was found")
	}
	long := strings.Repeat("word ", 1<<17)
	if d := Diff(long+"a", "b"+long); d.Added != 1 || d.Removed != 1 {
		t.Errorf("Diff of long lines = +%d -%d", d.Added, d.Removed)
	}
}

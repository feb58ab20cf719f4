package markdown

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTakeSection(t *testing.T) {
	old := "# Spec\n\n## Scope\n\nOffline.\n\n## Times\n\nLocal.\n\n### Zones\n\nAll.\n\n## Acceptance\n\n- [x] Fast."
	line := func(title string) int {
		for _, h := range Headings(old) {
			if h.Title == title {
				return h.Line
			}
		}
		t.Fatalf("no heading %s", title)
		return 0
	}
	for name, c := range map[string]struct{ section, current, want string }{
		"it takes the place of what it became": {"Times", "# Spec\n\n## 2. Times\n\nUTC.\n\n## Scope\n\nMore.\n",
			"# Spec\n\n## Times\n\nLocal.\n\n### Zones\n\nAll.\n\n## Scope\n\nMore.\n"},
		"gone, it follows the section it followed": {"Times", "# Spec\n\n## Scope\n\nMore.\n\n### Below\n\nText.\n\n## New\n",
			"# Spec\n\n## Scope\n\nMore.\n\n### Below\n\nText.\n\n## Times\n\nLocal.\n\n### Zones\n\nAll.\n\n## New\n"},
		"else it stands before the one that followed": {"Scope", "# Spec\n\nIntro.\n\n## Times\n\nUTC.\n",
			"# Spec\n\nIntro.\n\n## Scope\n\nOffline.\n\n## Times\n\nUTC.\n"},
		"else at the end of the section around it":     {"Zones", "# Spec\n\n## Times\n\nUTC.\n\n## New\n", "# Spec\n\n## Times\n\nUTC.\n\n### Zones\n\nAll.\n\n## New\n"},
		"else where the section around it would be":    {"Zones", "# Spec\n\n## Scope\n\n## New\n", "# Spec\n\n## Scope\n\n### Zones\n\nAll.\n\n## New\n"},
		"at the end of a text without a last line end": {"Acceptance", "# Spec\n\n## Times\n\nUTC.", "# Spec\n\n## Times\n\nUTC.\n\n## Acceptance\n\n- [x] Fast.\n"},
		"behind code that was left open":               {"Acceptance", "# Spec\n\n```\ncode", "# Spec\n\n```\ncode\n```\n\n## Acceptance\n\n- [x] Fast.\n"},
	} {
		got, title, ok := TakeSection(c.current, old, line(c.section))
		if got != c.want || title != c.section || !ok {
			t.Errorf("%s: %q %v\n%q, want\n%q", name, title, ok, got, c.want)
		}
	}
	if _, _, ok := TakeSection(old, old, 2); ok {
		t.Error("there is no heading at line 2")
	}
	if got, _, _ := TakeSection(old, old, 3); strings.TrimSpace(got) != strings.TrimSpace(old) {
		t.Errorf("taking what is there changes the text: %q", got)
	}
}

func TestTakenSectionIsThereAndTheRestStays(t *testing.T) {
	chapters := rapid.Custom(func(t *rapid.T) []chapter {
		titles := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "C", "D", "E", "F"}), 1, 6, rapid.ID).Draw(t, "titles")
		list := []chapter{}
		for _, title := range titles {
			list = append(list, chapter{title, rapid.SampledFrom([]string{"One.", "Two three.", "- [ ] Four.", "### Under\n\nFive.", "```\n# six\n```"}).Draw(t, "body")})
		}
		return list
	})
	rapid.Check(t, func(t *rapid.T) {
		old, current := chapters.Draw(t, "old"), chapters.Draw(t, "current")
		want := old[rapid.IntRange(0, len(old)-1).Draw(t, "which")]
		line := 0
		for _, h := range Headings(written(old)) {
			if h.Title == want.title && h.Level == 2 {
				line = h.Line
			}
		}
		got, _, ok := TakeSection(written(current), written(old), line)
		if !ok || !strings.Contains(got, "## "+want.title+"\n\n"+want.body+"\n") {
			t.Fatalf("%v %q", ok, got)
		}
		rest := func(list []chapter) string {
			return written(slices.DeleteFunc(slices.Clone(list), func(c chapter) bool { return c.title == want.title }))
		}
		without := strings.Replace(got, "\n## "+want.title+"\n\n"+want.body+"\n", "", 1)
		if without != rest(current) {
			t.Fatalf("the rest was %q and is %q", rest(current), without)
		}
	})
}

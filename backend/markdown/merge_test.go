package markdown

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// outline writes changes as "id kind title", one a line.
func outline(current, candidate string) string {
	var b strings.Builder
	for _, c := range Compare(current, candidate) {
		fmt.Fprintf(&b, "%d %s %s\n", c.ID, c.Kind, c.Title)
	}
	return b.String()
}

const (
	currentText   = "Intro.\n\n# Spec\n\nAbout.\n\n## 1. Scope\n\nold\n\n### Detail\n\nkept\n\n## 2. Gone\n\nx\n\n## 3. Last\n\nend\n"
	candidateText = "Intro.\n\n# SPEC\n\nAbout.\n\n## 1. New\n\nn\n\n## 2. Scope:\n\nnew\n\n### Detail\n\nkept\n\n## 3. Last\n\nend\n\n## 4. More\n\nm"
)

func TestCompareMatchesSectionsByTitle(t *testing.T) {
	want := "0 same \n1 changed SPEC\n2 added New\n3 changed Scope\n4 removed Gone\n5 same Last\n6 added More\n"
	want = strings.NewReplacer("New", "1. New", "Scope", "2. Scope:", "Gone", "2. Gone", "Last", "3. Last", "More", "4. More").Replace(want)
	if got := outline(currentText, candidateText); got != want {
		t.Errorf("Compare =\n%s\nwant\n%s", got, want)
	}
	for _, c := range Compare(currentText, candidateText) {
		if (c.Diff.Added+c.Diff.Removed == 0) != (c.Kind == sectionSame) {
			t.Errorf("section %q is %s with +%d -%d", c.Title, c.Kind, c.Diff.Added, c.Diff.Removed)
		}
	}
}

func TestMergeTakesWhatIsChosen(t *testing.T) {
	got := Merge(currentText, candidateText, []int{3, 6})
	want := "Intro.\n\n# Spec\n\nAbout.\n\n## 2. Scope:\n\nnew\n\n### Detail\n\nkept\n\n## 2. Gone\n\nx\n\n## 3. Last\n\nend\n\n## 4. More\n\nm"
	if got != want {
		t.Errorf("Merge = %q\nwant    %q", got, want)
	}
	got = Merge(currentText, candidateText, []int{4})
	want = strings.Replace(currentText, "## 2. Gone\n\nx\n\n", "", 1)
	if got != want {
		t.Errorf("Merge without a section = %q\nwant    %q", got, want)
	}
}

func TestMovedSectionsAreRemovedAndAdded(t *testing.T) {
	got := outline("# A\n\n# B\n\n# C\n", "# C\n\n# A\n\n# B\n")
	if want := "0 added C\n1 same A\n2 same B\n3 removed C\n"; got != want {
		t.Errorf("Compare =\n%s\nwant\n%s", got, want)
	}
}

func TestCompareWithNothing(t *testing.T) {
	if got, want := outline("", "a\n\n# B\n"), "0 added \n1 added B\n"; got != want {
		t.Errorf("Compare =\n%s\nwant\n%s", got, want)
	}
	if got, want := outline("a\n\n# B\n", "# B\n"), "0 removed \n1 same B\n"; got != want {
		t.Errorf("Compare =\n%s\nwant\n%s", got, want)
	}
	if got := Compare("", "\n"); len(got) != 0 || got == nil {
		t.Errorf("Compare of nothing = %+v", got)
	}
}

func TestJointsKeepSectionsApart(t *testing.T) {
	for name, c := range map[string]struct {
		current, candidate string
		take               []int
		want               string
	}{
		"no line feed at the end": {"# A\na\n# B\nb", "# A\na\n# B\nb2\n# C\nc", []int{2}, "# A\na\n# B\nb\n\n# C\nc"},
		"an underlined title":     {"# A\na\n# B\nb", "# A\na\n\nC\n=\nc", []int{2}, "# A\na\n# B\nb\n\nC\n=\nc"},
		"an open code fence":      {"# A\na\n\n# B\nb\n", "# A\n```go\nx", []int{0}, "# A\n```go\nx\n```\n\n# B\nb\n"},
		"carriage returns":        {"# A\r\na\r\n# B\r\nb", "# A\r\na\r\n# B\r\nb2\r\n# C\r\nc", []int{2}, "# A\r\na\r\n# B\r\nb\r\n\r\n# C\r\nc"},
	} {
		if got := Merge(c.current, c.candidate, c.take); got != c.want {
			t.Errorf("%s: Merge = %q, want %q\n%s", name, got, c.want, outline(c.current, c.candidate))
		}
	}
}

func TestMergeOfAllIsTheCandidateAndOfNoneTheCurrentText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkMerge(t, documentGen().Draw(t, "current"), documentGen().Draw(t, "candidate"))
	})
}

// checkMerge holds what is true of any two texts.
func checkMerge(t interface{ Fatalf(string, ...any) }, current, candidate string) {
	changes := Compare(current, candidate)
	all, changed := []int{}, []int{}
	for i, c := range changes {
		if c.ID != i {
			t.Fatalf("change %d has the id %d", i, c.ID)
		}
		all = append(all, c.ID)
		if c.Kind != sectionSame {
			changed = append(changed, c.ID)
		}
	}
	if got := Merge(current, candidate, nil); got != current {
		t.Fatalf("Merge of none = %q, want %q", got, current)
	}
	if got := Merge(current, candidate, all); len(all) > 0 && got != candidate {
		t.Fatalf("Merge of all = %q, want %q", got, candidate)
	}
	if got := Merge(current, candidate, changed); len(changed) > 0 && got != candidate {
		t.Fatalf("Merge of all changes = %q, want %q", got, candidate)
	}
}

func TestMergedSectionsStayWhole(t *testing.T) {
	section := rapid.SampledFrom([]string{"# A\n\ntext\n", "## B\n\n- [ ] x\n", "## C\n\n```\n# no\n```\n", "## D\n\nother\n", "# E\n\n> q\n"})
	document := rapid.Map(rapid.SliceOfNDistinct(section, 0, 5, rapid.ID), func(s []string) string { return strings.Join(s, "\n") })
	rapid.Check(t, func(t *rapid.T) {
		current, candidate := document.Draw(t, "current"), document.Draw(t, "candidate")
		changes := Compare(current, candidate)
		take := []int{}
		want := []string{}
		for _, c := range changes {
			taken := rapid.Bool().Draw(t, "take")
			if taken {
				take = append(take, c.ID)
			}
			if c.Kind == sectionSame || c.Kind == sectionAdded && taken || c.Kind == sectionRemoved && !taken {
				want = append(want, c.Title)
			}
		}
		got := []string{}
		for _, s := range Sections(Merge(current, candidate, take)) {
			got = append(got, s.Title)
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("Merge of %v has the sections %v, want %v", take, got, want)
		}
	})
}

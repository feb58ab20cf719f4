package workflow

import "testing"

func TestFindSectionTakesANumberedTitleWithItsName(t *testing.T) {
	for title, want := range map[string]bool{
		"Prompt 1":               true,
		"2. **Prompt 1**":        true,
		"Prompt 1: Offline maps": true,
		"prompt 1 – Offline":     true,
		"Prompt 1 (maps)":        true,
		"Prompt 12":              false,
		"Prompt 12: Maps":        false,
		"The first prompt 1":     false,
	} {
		if _, ok := FindSection([]Section{{Title: title}}, "Prompt 1"); ok != want {
			t.Errorf("“Prompt 1” is “%s”: %v, want %v", title, ok, want)
		}
	}
}

func TestFindSectionTellsTitlesOfNumbersApart(t *testing.T) {
	sections := []Section{{Title: "2026-11-25", Start: 1}, {Title: "2026-11-26", Start: 2}, {Title: "3.", Start: 3}}
	for title, want := range map[string]int{"2026-11-25": 1, "2026-11-26": 2, "3.": 3} {
		if s, _ := FindSection(sections, title); s.Start != want {
			t.Errorf("“%s” is “%s”", title, s.Title)
		}
	}
	if _, ok := FindSection(sections, "2026-11-27"); ok {
		t.Error("a day that is not there is found")
	}
}

func TestFindSectionPrefersTheTitleAlone(t *testing.T) {
	sections := []Section{{Title: "Prompt 1: Draft", Start: 1}, {Title: "Prompt 1", Start: 2}}
	if s, _ := FindSection(sections, "prompt 1"); s.Start != 2 {
		t.Errorf("found “%s”", s.Title)
	}
}

func TestFindSectionTakesNoNameForATitleWithoutANumber(t *testing.T) {
	if s, ok := FindSection([]Section{{Title: "Plan: Tidewatch"}}, "Plan"); ok {
		t.Errorf("“Plan” is found in “%s”", s.Title)
	}
}

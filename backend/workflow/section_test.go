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

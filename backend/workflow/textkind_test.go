package workflow

import "testing"

func TestKindOfText(t *testing.T) {
	headings := func(titles ...string) []Section {
		all := []Section{}
		for _, title := range titles {
			all = append(all, Section{Title: title})
		}
		return all
	}
	for name, c := range map[string]struct {
		text            string
		findings, steps int
		sections        []Section
		want            TextKind
	}{
		"an audit":               {"", 3, 0, headings("Findings"), TextFindings},
		"an audit with advice":   {"", 3, 0, headings("Findings", "Recommendations"), TextFindings},
		"an audit with steps":    {"", 3, 2, headings("Findings"), TextFindings},
		"areas with a status":    {"## Reliability\n**Status:** gaps\n## Security\nStatus: not ready\n", 2, 0, headings("Reliability"), TextReadiness},
		"one status":             {"**Status:** ready\n", 0, 0, headings("Notes"), TextDocument},
		"a plan":                 {"", 0, 9, headings("Steps"), TextTasks},
		"a plan with risks":      {"", 1, 9, headings("Steps", "Risks"), TextTasks},
		"ideas":                  {"", 0, 0, headings("Business enhancements"), TextSuggestions},
		"ideas as numbered list": {"", 0, 5, headings("Top 5 recommendations"), TextSuggestions},
		"a document":             {"", 0, 0, headings("Overview"), TextDocument},
		"a sentence":             {"Do this.", 0, 0, nil, TextAny},
	} {
		if got := KindOfText(c.text, c.findings, c.steps, c.sections); got != c.want {
			t.Errorf("%s is %s, want %s", name, got, c.want)
		}
	}
}

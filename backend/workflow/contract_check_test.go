package workflow

import (
	"slices"
	"strings"
	"testing"
)

// sectionsOf reads headings and lists as far as these tests need them.
func sectionsOf(src string) []Section {
	var all []Section
	at := 0
	for line := range strings.Lines(src) {
		text := strings.TrimSpace(line)
		marks := len(text) - len(strings.TrimLeft(text, "#"))
		switch {
		case marks > 0:
			all = append(all, Section{Level: marks, Title: strings.TrimSpace(text[marks:]), Start: at, Body: at + len(line)})
		case text != "" && len(all) > 0:
			item := strings.HasPrefix(text, "- ") || strings.HasPrefix(text, "* ")
			task := item && strings.HasPrefix(text[2:], "[")
			if item {
				text = text[2:]
			}
			if task {
				text = text[4:]
			}
			s := &all[len(all)-1]
			s.Points = append(s.Points, Point{Text: text, Item: item, Task: task})
		}
		at += len(line)
	}
	for i := range all {
		all[i].End = len(src)
		for _, next := range all[i+1:] {
			if next.Level <= all[i].Level {
				all[i].End = next.Start
				break
			}
		}
	}
	return all
}

var testContract = Contract{Sections: []ContractSection{
	{Title: "Overview", Also: []string{"Summary"}},
	{Title: "Features", Tasks: 2},
	{Title: "Acceptance criteria", Items: 2, Prefix: "AC-"},
	{Title: "Non-goals", Items: 1},
	{Title: "Acceptance checklist", Tasks: 4},
}}

const ideal = `# Request: Tidewatch

## Overview
It says when the water is high.

## Features
### Predictions
- [ ] See the next high water
### Stations
- [ ] Find a station by name

## Acceptance criteria
- AC-1: When a station is asked, then two times are shown.
- AC-2: When it is unknown, then three names are offered.

## Non-goals
- No maps.

## Acceptance checklist
- [ ] Every feature names who uses it
- [ ] Every limit is a figure
- [ ] No two features disagree
- [ ] The people who pay have agreed
`

func TestCheckContract(t *testing.T) {
	tests := []struct {
		name   string
		answer string
		want   []string
	}{
		{"an ideal answer holds", ideal, nil},
		{
			"numbered, emphasised and otherwise titled headings hold",
			strings.NewReplacer("## Overview", "# 1. **Summary:**", "## Features", "# 2) FEATURES", "- AC-1:", "- **AC-01**", "- AC-2:", "* *AC-2* –").Replace(ideal),
			nil,
		},
		{
			"criteria as headings or paragraphs hold",
			strings.NewReplacer("- AC-1:", "### AC-1:", "- AC-2:", "**AC-2:**").Replace(ideal),
			nil,
		},
		{
			"criteria as lines of one paragraph or as boxes hold",
			strings.NewReplacer("- AC-1:", "ac-1", "- AC-2:", "1. [ ] `AC-2`").Replace(ideal),
			nil,
		},
		{
			"a criterion that is only mentioned does not count",
			strings.Replace(ideal, "- AC-2:", "- As in AC-2:", 1),
			[]string{"“Acceptance criteria” has 1 item numbered with “AC-”; at least 2 are expected."},
		},
		{
			"a criterion that is repeated counts once",
			strings.Replace(ideal, "AC-2", "AC-1", 1),
			[]string{"“Acceptance criteria” has 1 item numbered with “AC-”; at least 2 are expected."},
		},
		{
			"boxes that are plain items are missed",
			strings.NewReplacer("- [ ] Every limit", "- Every limit", "- [ ] No two", "- No two", "- [ ] The people", "- The people").Replace(ideal),
			[]string{"“Acceptance checklist” has 1 box; at least 4 are expected."},
		},
		{
			"bold titles are no headings",
			strings.NewReplacer("## Non-goals", "**Non-goals**", "- No maps.", "No maps.").Replace(ideal),
			[]string{"The section “Non-goals” is missing."},
		},
		{
			"a section without text is empty",
			strings.Replace(ideal, "It says when the water is high.\n", "", 1),
			[]string{"The section “Overview” is empty."},
		},
		{
			"an answer that breaks off lacks what follows",
			ideal[:strings.Index(ideal, "- AC-2")],
			[]string{
				"“Acceptance criteria” has 1 item numbered with “AC-”; at least 2 are expected.",
				"The section “Non-goals” is missing.",
				"The section “Acceptance checklist” is missing.",
			},
		},
		{
			"a list that says none has no item",
			strings.Replace(ideal, "- No maps.", "None.", 1),
			[]string{"“Non-goals” has no items; at least 1 is expected."},
		},
		{
			"a refusal lacks everything",
			"I'm sorry, but I can't help with that.",
			[]string{
				"The section “Overview” is missing.", "The section “Features” is missing.", "The section “Acceptance criteria” is missing.",
				"The section “Non-goals” is missing.", "The section “Acceptance checklist” is missing.",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := CheckContract(testContract, Reading{Text: tt.answer, Sections: sectionsOf(tt.answer)})
			if !slices.Equal(got, tt.want) {
				t.Errorf("missing:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

func TestCheckContractReturnsAnEmptyList(t *testing.T) {
	if got := CheckContract(Contract{}, Reading{}); got == nil || len(got) != 0 {
		t.Errorf("CheckContract of nothing = %#v, want an empty list", got)
	}
}

func TestContractPhraseStandsAlone(t *testing.T) {
	c := Contract{Phrase: "NO SECURITY ISSUES FOUND"}
	for text, want := range map[string]bool{
		"Looked at 12 files.\n\nNO SECURITY ISSUES FOUND\n": true,
		"**NO SECURITY ISSUES FOUND**.":                     true,
		"I cannot say NO SECURITY ISSUES FOUND yet.":        false,
		"No security issues found":                          false,
		"":                                                  false,
	} {
		if got := len(CheckContract(c, Reading{Text: text})) == 0; got != want {
			t.Errorf("phrase holds in %q = %v, want %v", text, got, want)
		}
	}
}

func TestCheckContractOfWhatIsRead(t *testing.T) {
	finding := FindingsRead{Findings: []ReportedFinding{{Title: "a"}}}
	audit := Contract{Reads: ReadsFindings, None: "NO ISSUES FOUND", Sections: []ContractSection{{Title: "Summary"}}}
	summary := Reading{Text: "# Summary\nAll.\n", Sections: []Section{{Level: 1, Title: "Summary", Body: 10, End: 15}}}
	with := func(change func(*Reading)) Reading {
		r := summary
		change(&r)
		return r
	}
	for _, tt := range []struct {
		name     string
		contract Contract
		reading  Reading
		want     []string
	}{
		{"findings", audit, with(func(r *Reading) { r.Findings = finding }), nil},
		{"the phrase alone needs no sections", audit, Reading{Text: "NO ISSUES FOUND", None: true}, nil},
		{"neither", audit, summary, []string{"No finding can be read, and the phrase “NO ISSUES FOUND” does not stand alone on a line."}},
		{"both", audit, with(func(r *Reading) { r.Findings, r.None = finding, true }),
			[]string{"The phrase “NO ISSUES FOUND” is there, and 1 finding is too; only one of them can be true."}},
		{"both, and no section", audit, Reading{Findings: finding, None: true},
			[]string{"The section “Summary” is missing.", "The phrase “NO ISSUES FOUND” is there, and 1 finding is too; only one of them can be true."}},
		{"no phrase in the contract", Contract{Reads: ReadsFindings}, Reading{None: true}, []string{"No finding can be read."}},
		{"a plan", Contract{Reads: ReadsPlan}, Reading{Plan: PlanRead{Steps: []Step{{}}}}, nil},
		{"a list that may be anything", Contract{Reads: ReadsPlan}, Reading{Plan: PlanRead{Steps: []Step{{}}, Guessed: true}},
			[]string{"No step can be read; each begins with “Step”, its number and a colon."}},
		{"no plan", Contract{Reads: ReadsPlan}, Reading{}, []string{"No step can be read; each begins with “Step”, its number and a colon."}},
		{"a checklist", Contract{Reads: ReadsChecklist}, Reading{Checklist: ChecklistRead{Items: []Item{{}}}}, nil},
		{"no checklist", Contract{Reads: ReadsChecklist}, Reading{}, []string{"No box can be read; each is a list item that begins with “[ ]”."}},
		{"a request", Contract{Reads: ReadsRequest}, Reading{Request: RequestRead{Features: []Feature{{}}}}, nil},
		{"no request", Contract{Reads: ReadsRequest}, Reading{}, []string{"No feature can be read; each is a list item that begins with “[ ]”."}},
		{"any text", Contract{Reads: ReadsText}, Reading{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := CheckContract(tt.contract, tt.reading); !slices.Equal(got, tt.want) {
				t.Errorf("missing %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLooksWhole(t *testing.T) {
	for text, want := range map[string]bool{
		// Whole.
		ideal:                              true,
		"None.":                            true,
		"NO NEW ISSUES FOUND":              true,
		"It ends with a full stop.\r\n":    true,
		"# A\n\n- [ ] The people agreed":   true,
		"1. first\n2. second":              true,
		"Look:\n```go\nx := 1\n```":        true,
		"```markdown\n```js\n1\n```\n```":  true,
		"~~~\n```\n~~~\nDone.":             true,
		"| a | b |\n|---|---|\n| 1 | 2 |":  true,
		"Is it ready?":                     true,
		"潮位を表示する":                          true,
		"Text.\n\n---":                     true,
		"- **Risk:** low":                  true,
		"See https://example.org/a/b_c":    true,
		"Kind regards, the authors":        true,
		"It costs about 5 (five) a month.": true,
		// Cut.
		"":                     false,
		" \n\t ":               false,
		"Look:\n```go\nx := 1": false,
		"Look:\n```":           true, // closing and opening cannot be told apart
		"```":                  false,
		"```go":                false,
		"~~~\n```\ncode":       false,
		"- [ ] One\n- [ ]":     false,
		"- One\n-":             false,
		"- One\n- [":           false,
		"# A\n\n## B":          false,
		"The service answers with a list of stations and their next two hig": false,
		"It stores the name,":            false,
		"The following is needed:":       false,
		"- The user opens the":           false,
		"- Files: `src/main.go`, `src/m": false,
		"- **Tas":                        false,
		"- A limit (of 20":               false,
		"| a | b |\n|---|---|\n| 1 | tw": false,
		"This is a well-":                false,
	} {
		if got := LooksWhole(text); got != want {
			t.Errorf("LooksWhole(%q) = %v, want %v", text, got, want)
		}
	}
}

func TestLooksWholeNoticesMostCutsInTheMiddleOfALine(t *testing.T) {
	text := strings.Repeat("The service answers every question about the tide with two times and two heights.\n\n", 4)
	noticed, cuts := 0, 0
	for at := 40; at < len(text); at++ {
		if rest := text[at:]; strings.TrimSpace(rest) == "" || strings.IndexByte(rest, '\n') < 2 {
			continue
		}
		cuts++
		if !LooksWhole(text[:at]) {
			noticed++
		}
	}
	if noticed*3 < cuts {
		t.Errorf("noticed %d of %d cuts, want at least a third", noticed, cuts)
	}
}

func TestLooksLikePrompt(t *testing.T) {
	prompt := "# Role\n\nYou are a requirements analyst.\nWrite the request for the idea below.\n\n<idea>\n" +
		strings.Repeat("A tide clock for the kitchen, which shows the next high water. ", 8) + "\n</idea>\n\nAnswer in Markdown."
	answer := strings.Repeat("## Overview\nA clock that hangs in a kitchen and tells the tide.\n", 30)
	tests := []struct {
		name   string
		pasted string
		prompt string
		want   bool
	}{
		{"the prompt", prompt, prompt, true},
		{"the prompt with other space", "  " + strings.ReplaceAll(prompt, "\n", "\r\n  ") + "\n", prompt, true},
		{"the prompt without its marks", strings.NewReplacer("#", "", "<", "", ">", "").Replace(prompt), prompt, true},
		{"the prompt and then an answer", prompt + "\n\n" + answer, prompt, true},
		{"a page of a chat", "You said:\n" + prompt + "\nThe model said:\n" + answer, prompt, true},
		{"a few words and the prompt", "Here it is:\n" + prompt, prompt, true},
		{"most of the prompt", prompt[:len(prompt)*3/4], prompt, true},
		{"an answer", answer, prompt, false},
		{"an answer that quotes the idea", "A tide clock for the kitchen, which shows the next high water.", prompt, false},
		{"an unchanged document out of the prompt", prompt[strings.Index(prompt, "A tide"):strings.Index(prompt, "</idea>")], prompt, false},
		{"the beginning alone", "# Role\n\nYou are a requirements analyst.", prompt, false},
		{"an answer that begins with a short prompt", "Ship it? Yes, but only after the tests are green.", "Ship it?", false},
		{"a short prompt", "ship it", "Ship it?", true},
		{"nothing", "", prompt, false},
		{"only marks", "***", "---", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := LooksLikePrompt(tt.pasted, tt.prompt); got != tt.want {
				t.Errorf("LooksLikePrompt = %v, want %v", got, tt.want)
			}
		})
	}
}

package foreign

import (
	"strings"
	"testing"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

func shelf() ([]prompt.Prompt, []workflow.Workflow) {
	named := func(id, phase, group, summary, purpose string) prompt.Prompt {
		p := prompt.Blank()
		p.ID, p.Title, p.Phase, p.Group, p.Summary, p.Purpose = id, human(id), phase, group, summary, purpose
		return p
	}
	return []prompt.Prompt{
			named("a-plan", "plan", "pipeline", "Plans.", "Used when the\nspec is done."), named("a-check", "plan", "audits", "Checks a | b.", ""),
			named("extra", "", "audits", "More.", ""), named("b-last", "", "meta", "Last <b>.", ""), named("second", "", "audits", "Second.", ""),
		}, []workflow.Workflow{
			{ID: "w", Title: "From idea", Phases: []workflow.Phase{{ID: "start", Title: "Start"}, {ID: "plan", Title: "Plan", Prompt: "a-plan", Prompts: []string{"extra", "gone"}}}},
			{ID: "v", Title: "Nothing of it", Phases: []workflow.Phase{{ID: "x", Title: "X"}}},
		}
}

func TestReadmeSaysWhenEachPromptIsUsed(t *testing.T) {
	want := strings.Join([]string{
		"## When each prompt is used", "",
		"### From idea", "",
		"| Phase | Prompt | When |", "|---|---|---|",
		"| Plan | **A plan** (`a-plan`) | Used when the spec is done. |",
		"|  | **Extra** (`extra`) | More. |",
		"|  | **A check** (`a-check`) | Checks a \\| b. |", "",
		"### In any phase", "",
		"| Group | Prompt | When |", "|---|---|---|",
		"| Audits | **Second** (`second`) | Second. |",
		"| Meta | **B last** (`b-last`) | Last \\<b>. |", "",
	}, "\n")
	if got := Readme(shelf()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := Readme(nil, nil); !strings.Contains(got, "no prompts yet") {
		t.Errorf("an empty library gives %q", got)
	}
}

func TestReadmeKeepsWhatIsNotOurs(t *testing.T) {
	block := readmeBegin + "\nnew\n" + readmeEnd
	old := readmeBegin + "\nold\n" + readmeEnd
	for name, test := range map[string]struct{ text, want string }{
		"empty":       {"", block + "\n"},
		"no markers":  {"# Mine\n", "# Mine\n\n" + block + "\n"},
		"no line end": {"# Mine", "# Mine\n\n" + block + "\n"},
		"markers":     {"a\n" + old + "\nb", "a\n" + block + "\nb"},
		"CRLF":        {"a\r\n" + strings.ReplaceAll(old, "\n", "\r\n") + "\r\nb\r\n", "a\r\n" + strings.ReplaceAll(block, "\n", "\r\n") + "\r\nb\r\n"},
		"BOM":         {"\ufeff" + old + "\n", "\ufeff" + block + "\n"},
		"in code":     {"```\n" + old + "\n```\n", "```\n" + old + "\n```\n\n" + block + "\n"},
		"in a line":   {"see " + readmeBegin + "\n", "see " + readmeBegin + "\n\n" + block + "\n"},
	} {
		got, err := InsertReadme(test.text, "new\n")
		if err != nil || got != test.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, test.want)
			continue
		}
		if again, err := InsertReadme(got, "new\n"); err != nil || again != got {
			t.Errorf("%s: a second time it is %q, %v", name, again, err)
		}
	}
	for _, text := range []string{readmeBegin + "\n", readmeEnd + "\n" + readmeBegin + "\n", old + "\n" + old, old + "\n" + readmeEnd} {
		if got, err := InsertReadme(text, "new"); workflow.CodeOf(err) != workflow.Conflict {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
}

package handoff

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

var update = flag.Bool("update", false, "write the golden files anew")

func sample(t *testing.T) (Project, State) {
	t.Helper()
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join("testdata/write", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	p := Project{Name: "Tide table", Slug: "tide-table", Documents: []Document{
		{Path: "project.md", Title: "Project", Body: "# Tide table\n\nFor sailors.\n"},
		{Path: "idea.md", Title: "Idea", Version: 1, Body: "A tide table that works offline.\n"},
		{Path: "request.md", Title: "Request", Phase: "request", Version: 3, Body: read("request.md")},
		{Path: "spec.md", Title: "Spec", Phase: "spec", Version: 2, Body: read("spec.md")},
		{Path: "plan.md", Title: "Plan", Phase: "plan", Version: 1, Body: read("plan.md")},
		{Path: "checklists/preflight.md", Title: "Preflight", Version: 1, Body: "# Preflight\n\n- [x] CI runs\n"},
		{Path: "audits/review-01.md", Title: "Review", Phase: "review", Version: 1, Body: "# Review\n\nTitle\n===\n\n###### Deep\n\n```sh\n# a comment\n"},
	}}
	at := time.Date(2026, 11, 26, 6, 0, 0, 0, time.UTC)
	s := State{
		Summary: "A tide table that works offline.", Made: "Written by Plumbline 1.0 on 26 November 2026.", Current: "spec", Next: "Sign off Spec v2.",
		Facts:    []Fact{{"Stack", "Go | SQLite"}, {"Conventions", "# Code\n\n- Tests beside the code <!-- plumbline:end -->"}},
		Commands: []string{"make test"},
		Steps:    map[string]workflow.StepState{"1": workflow.StepDone, "2": workflow.StepCurrent, "3": workflow.StepSkipped, "4": workflow.StepOpen},
		Phases: []Phase{
			{ID: "request", Title: "Request", Output: "request.md", State: workflow.PhasePassed, PromptTitle: "Write | the request", Prompt: "Write it.\n",
				Gate: workflow.Gate{Title: "Gate to Spec", Measured: true, Passed: &workflow.GateRecord{By: workflow.Author{Name: "Ada"}, At: at},
					Conditions: []workflow.Condition{{Title: "Document written", State: workflow.CondMet, Value: "v3"}}}},
			{ID: "spec", Title: "Spec", Summary: "Decide everything.", Output: "spec.md", Inputs: []string{"request.md"}, Frozen: true, State: workflow.PhaseCurrent,
				PromptTitle: "Write the specification", Prompt: "Write the specification.", Missing: []string{"Rules"},
				Gate: workflow.Gate{Title: "Gate to Plan", Measured: true, Signed: true, Missing: 1, Conditions: []workflow.Condition{
					{Title: "Document written", State: workflow.CondMet}, {Title: "No open questions", State: workflow.CondUnmet, Missing: "1 question is open"}}}},
			{ID: "plan", Title: "Plan", Output: "plan.md", Gate: workflow.Gate{Title: "Gate to Build", Conditions: []workflow.Condition{{Title: "Plan can be built", Missing: "Nothing is written yet"}}}},
		},
		Findings: []workflow.Finding{{Number: "F-001", Severity: "P1", Title: "A `query` | is <b>open</b>", Location: "a.go:1", Fix: "Close it."}},
	}
	return p, s
}

// told is an outcome as one text.
func told(files []File, notes []string) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString("=== " + f.Path + "\n" + f.Body)
	}
	b.WriteString("=== notes\n")
	for _, n := range notes {
		b.WriteString("- " + n + "\n")
	}
	return b.String()
}

func TestWriteIsAsItWas(t *testing.T) {
	for _, format := range workflow.HandoffFormats() {
		for _, only := range []string{"", "spec"} {
			if only != "" && !format.Phased() {
				continue
			}
			p, s := sample(t)
			s.Only = only
			files, notes, err := Write(format, p, s)
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			got := told(files, notes)
			golden := filepath.Join("testdata/write", strings.TrimSuffix(string(format)+"-"+only, "-")+".golden")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is not %s; look at it with -update and git diff:\n%s", format, golden, got)
			}
		}
	}
}

func TestWrittenTasksAreReadBackAsTheSamePlan(t *testing.T) {
	p, s := sample(t)
	want := markdown.Plan(p.Documents[4].Body)
	for _, format := range []workflow.HandoffFormat{workflow.HandoffSpecKit, workflow.HandoffOpenSpec} {
		files, _, err := Write(format, p, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if filepath.Base(f.Path) != "tasks.md" {
				continue
			}
			got := markdown.Plan(f.Body)
			if len(got.Steps) != len(want.Steps) || len(got.Milestones) < len(want.Milestones) {
				t.Fatalf("%s has %d steps, want %d", f.Path, len(got.Steps), len(want.Steps))
			}
			for i, step := range got.Steps {
				w := want.Steps[i]
				if step.Task != w.Task || strings.Join(step.Files, " ") != strings.Join(w.Files, " ") || len(step.Depends) != len(w.Depends) ||
					step.Effort != w.Effort || step.Risk != w.Risk || strings.Join(step.Covers, " ") != strings.Join(w.Covers, " ") {
					t.Errorf("%s, step %d is %+v, want %+v", f.Path, i, step, w)
				}
			}
			if !got.Steps[0].Marked || got.Steps[1].Marked || !got.Steps[2].Marked {
				t.Errorf("%s: what is done is not marked so", f.Path)
			}
		}
	}
}

func TestHostileNamesStayWithinTheFolder(t *testing.T) {
	for _, name := range []string{"../../etc", "..", "con", "archive", "", "42", "…", "a/b\\c", "Ünïcode", strings.Repeat("long ", 80), "x\ny | `z`", "-"} {
		p, s := sample(t)
		p.Name, p.Slug = name, name
		p.Documents = append(p.Documents, Document{Path: "../escape.md", Body: "out"}, Document{Path: "/etc/passwd", Body: "out"},
			Document{Path: "REQUEST.md", Body: "twice"}, Document{Path: "checklists/requirements.md", Body: "- [ ] a\n"}, Document{Path: "checklists/requirements-2.md", Body: "- [ ] b\n"}, Document{Path: "a (b)#[c].md", Body: "odd"})
		for _, format := range workflow.HandoffFormats() {
			files, notes, err := Write(format, p, s)
			if err != nil {
				t.Fatalf("%q as %s: %v", name, format, err)
			}
			seen := map[string]bool{}
			for _, f := range files {
				if err := workflow.CheckPath(f.Path); err != nil || seen[f.Path] {
					t.Errorf("%q as %s: the path %q, %v", name, format, f.Path, err)
				}
				seen[f.Path] = true
			}
			if err := workflow.CheckPath(FileName(format, p, s.Only)); err != nil || strings.Contains(FileName(format, p, s.Only), "/") {
				t.Errorf("%q as %s: %v", name, format, err)
			}
			if said := strings.Join(notes, "\n"); strings.Count(said, "is left out: ") < 3 {
				t.Errorf("%q as %s says only %q", name, format, said)
			}
		}
	}
}

func TestOpenSpecNamesAreThoseItTakes(t *testing.T) {
	for slug, want := range map[string]string{"tide-table": "tide-table", "42": "project-42", "archive": "project-archive", "über-tide": "ber-tide", "": "project", "日本": "project"} {
		w := &writing{Project: Project{Slug: slug}}
		if got := w.plainSlug(); got != want {
			t.Errorf("%q becomes %q, want %q", slug, got, want)
		}
	}
}

func TestEmptyProjects(t *testing.T) {
	for _, format := range workflow.HandoffFormats() {
		files, _, err := Write(format, Project{Name: "Empty", Slug: "empty"}, State{})
		switch format {
		case workflow.HandoffSpecKit, workflow.HandoffOpenSpec:
			if workflow.CodeOf(err) != workflow.Invalid || files != nil {
				t.Errorf("%s: %d files, %v", format, len(files), err)
			}
		default:
			if err != nil || len(files) == 0 {
				t.Errorf("%s: %d files, %v", format, len(files), err)
			}
		}
	}
	if _, _, err := Write("pdf", Project{}, State{}); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("an unknown format: %v", err)
	}
	if _, _, err := Write(workflow.HandoffSpecKit, Project{}, State{Only: "plan"}); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("one phase as Spec Kit: %v", err)
	}
}

func TestPlansThatAreNone(t *testing.T) {
	for name, plan := range map[string]string{"prose": "# Plan\n\nWe will see.\n", "circle": "# Plan\n\n## Steps\n- [ ] Step 1: A\n  - **Depends:** 2\n- [ ] Step 2: B\n  - **Depends:** 1, 9\n"} {
		p := Project{Name: "X", Documents: []Document{{Path: "plan.md", Body: plan}}}
		for _, format := range []workflow.HandoffFormat{workflow.HandoffSpecKit, workflow.HandoffOpenSpec} {
			files, notes, err := Write(format, p, State{})
			if err != nil {
				t.Fatal(err)
			}
			text := told(files, notes)
			if has := strings.Contains(text, "/tasks.md\n"); has != (name == "circle") {
				t.Errorf("%s as %s: %s", name, format, text)
			}
			if name == "prose" && (!strings.Contains(text, "We will see.") || !strings.Contains(text, "No steps can be read")) ||
				name == "circle" && !strings.Contains(text, "Step 2 depends on step 9, which is not in the plan") {
				t.Errorf("%s as %s: %s", name, format, text)
			}
		}
	}
}

func TestTitlesMeanNothingElse(t *testing.T) {
	p := Project{Name: "A | b `c` <script>", Documents: []Document{{Path: "idea.md", Title: "T | `x", Version: 1, Body: "x\n"},
		{Path: "plan.md", Body: "# Plan\n\n## Steps\n- [ ] Step 1: Say \\`hi\\` | \\[P\\] now\n"}}}
	files, _, err := Write(workflow.HandoffZip, p, State{})
	if err != nil {
		t.Fatal(err)
	}
	if text := files[0].Body; !strings.Contains(text, "| T \\| \\`x | v1 |") || strings.Contains(text, "<script>") && !strings.Contains(text, `\<script>`) {
		t.Errorf("the README is %s", text)
	}
	files, _, err = Write(workflow.HandoffSpecKit, p, State{})
	if err != nil {
		t.Fatal(err)
	}
	if text := told(files, nil); !strings.Contains(text, "- [ ] T001 Say \\`hi\\` | \\[P] now\n") {
		t.Errorf("the tasks are %s", text)
	}
}

func TestHeadingsMoveDown(t *testing.T) {
	for text, want := range map[string]string{
		"# A\n\n## B\n":                      "## A\n\n### B\n",
		"A\n=\n\nB\n---\n":                   "## A\n\n### B\n",
		"A *two*\nlines\n=====\n":            "## A *two* lines\n",
		"###### F\n":                         "###### F\n",
		"```\n# no\n```\n\n# yes\n":          "```\n# no\n```\n\n## yes\n",
		"    # code\n\n#\n":                  "    # code\n\n##\n",
		"> # quoted\n\n- # item\n":           "> # quoted\n\n- # item\n",
		"#nothing\n\n   # A #\n":             "#nothing\n\n## A #\n",
		"<!--\n# hidden\n-->\n# shown\n":     "<!--\n# hidden\n-->\n## shown\n",
		"# A\n---\n":                         "## A\n---\n",
		"| a |\n|---|\n| # b |\n\n# C":       "| a |\n|---|\n| # b |\n\n## C",
		"~~~md\n## in\n\n# a\n~~~~\n# out\n": "~~~md\n## in\n\n# a\n~~~~\n## out\n",
	} {
		if got := shift(text, 1); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestFrontMatterIsToldFromRules(t *testing.T) {
	for text, want := range map[string]string{
		"---\na: b\n---\n# T\n":         "---\na: b\n---\n",
		"\ufeff---\r\na: b\r\n---\r\nT": "---\na: b\n---\n",
		"---\nA sentence\n---\n":        "",
		"---\na: b\n":                   "",
		"# T\n---\na: b\n---\n":         "",
	} {
		if got, _ := splitFront(text); got != want {
			t.Errorf("%q has %q, want %q", text, got, want)
		}
	}
}

func FuzzWrite(f *testing.F) {
	for _, text := range []string{
		"# A\n\n## Steps\n- [ ] Step 1: a\n  - **Files:** `x`\n", "---\na: b\n---\nT\n===\n\n## Acceptance criteria\n- AC-1: When a, then b.\n",
		"```\n# x", "<!-- x", "- [x] T001 [P] a in b.go\n- [ ] T001 c\n", "## Features\n- [ ] a\n\t- [x]b\n", "\ufeff# A\r\n\r\n- [ ] 1.1 x\r\n",
	} {
		f.Add(text, "Tide | table")
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		p := Project{Name: name, Slug: name}
		for _, path := range []string{"idea.md", "request.md", "spec.md", "plan.md", "audits/x.md", name} {
			p.Documents = append(p.Documents, Document{Path: path, Title: name, Body: text, Version: 1})
		}
		s := State{Summary: name, Facts: []Fact{{name, text}}, Phases: []Phase{{ID: "spec", Title: name, Output: "spec.md", Prompt: text}}, Current: "spec"}
		for _, format := range workflow.HandoffFormats() {
			files, _, err := Write(format, p, s)
			if err != nil {
				if workflow.CodeOf(err) != workflow.Invalid {
					t.Fatal(err)
				}
				continue
			}
			for _, f := range files {
				if workflow.CheckPath(f.Path) != nil {
					t.Fatalf("the path %q", f.Path)
				}
			}
			if format != workflow.HandoffAgents || !utf8.ValidString(text+name) || strings.ContainsRune(text+name, 0) {
				continue
			}
			one, err := InsertAgents("# Mine\n", files[0].Body)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := InsertAgents(one, files[0].Body); err != nil || again != one {
				t.Fatalf("a second time it is %q, %v", again, err)
			}
		}
	})
}

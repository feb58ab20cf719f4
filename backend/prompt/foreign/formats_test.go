package foreign

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// tree is a folder of files of our own making.
func tree(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func read(t *testing.T, files map[string]string) Import {
	t.Helper()
	i, err := Read(tree(files), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// single reads one file and expects one prompt without problems.
func single(t *testing.T, name, text string) Found {
	t.Helper()
	i, err := ReadFile(name, []byte(text), Options{})
	if err != nil || len(i.Prompts) != 1 || len(i.Problems) > 0 {
		t.Fatalf("%s: %d prompts, problems %v, skipped %v, %v", name, len(i.Prompts), i.Problems, i.Skipped, err)
	}
	return i.Prompts[0]
}

func TestFormatsAreReadAsTheyAreMeant(t *testing.T) {
	for _, test := range []struct {
		name, file, text string
		format           Format
		id, title, desc  string
		body, extra      string
	}{
		{
			"a skill", "skills/pdf-forms/SKILL.md",
			"---\nname: pdf-forms\ndescription: >\n  Fills forms.\n  Use it for PDFs.\nlicense: MIT\nallowed-tools: Bash(qpdf:*) Read\nmetadata:\n  author: someone\n  title: Fill PDF forms\n---\n\nFill $ARGUMENTS.\n",
			Skill, "pdf-forms", "Fill PDF forms", "Fills forms. Use it for PDFs.",
			"Fill {{arguments}}.", "license: MIT\nallowed-tools: Bash(qpdf:*) Read\nmetadata:\n  author: someone",
		},
		{
			"a command with lists that are no YAML", ".claude/commands/fix_issue.md",
			"---\nargument-hint: [issue] [priority]\nallowed-tools: Bash(git add:*), Edit\ndescription: Fix: an issue\nmodel: opus\n---\n# Fix an issue\n\nFix #$1 at $2, for $3.50.\n",
			Claude, "fix-issue", "Fix an issue", "Fix: an issue",
			"# Fix an issue\n\nFix #{{arg1}} at {{arg2}}, for $3.50.", "argument-hint: [issue] [priority]\nallowed-tools: Bash(git add:*), Edit\nmodel: opus",
		},
		{
			"a command with named arguments", ".claude/commands/move.md",
			"---\ndescription: Move\narguments: [from, to]\n---\nMove $from to $to, not $other or \\$to. All: $ARGUMENTS; second: $ARGUMENTS[1]; also $0.\n",
			Claude, "move", "Move", "Move",
			"Move {{from}} to {{to}}, not $other or $to. All: {{arguments}}; second: {{to}}; also {{from}}.", "",
		},
		{
			"a VS Code prompt", ".github/prompts/new form.prompt.md",
			"---\nmode: 'agent'\nmodel: GPT-4o\ntools: ['githubRepo', 'codebase']\ndescription: 'Makes a form'\n---\nMake ${input:formName:such as LoginForm} of ${selection}, ${input:formName}.\n",
			VSCode, "new-form", "New form", "Makes a form",
			"Make {{formName}} of {{selection}}, {{formName}}.", "mode: 'agent'\nmodel: GPT-4o\ntools: ['githubRepo', 'codebase']",
		},
		{
			"a Cursor command", ".cursor/commands/review.md", "# Review it\n\nLook at {{ diff }}.\n",
			Cursor, "review", "Review it", "Look at diff.",
			"# Review it\n\nLook at {{diff}}.", "",
		},
		{
			"a Cursor rule with globs that are no YAML", ".cursor/rules/go.mdc", "---\ndescription: Go rules\nglobs: *.go, **/*.mod\nalwaysApply: false\n---\nUse gofmt.\n",
			CursorRule, "go", "Go", "Go rules",
			"Use gofmt.", "globs: *.go, **/*.mod",
		},
		{
			"a fabric pattern", "patterns/sum_it_up/system.md", "# IDENTITY and PURPOSE\n\nYou sum up texts in {{lang}}.\n\n# INPUT:\n\nINPUT:\n",
			Fabric, "sum-it-up", "Sum it up", "You sum up texts in lang.",
			"# IDENTITY and PURPOSE\n\nYou sum up texts in {{lang}}.\n\n# INPUT:\n\nINPUT:\n\n{{input}}", "",
		},
		{
			"an llm template", "templates/roast.yaml", "model: gpt-4o\nsystem: You are $who\nprompt: |\n  Say it in $lang for $$5:\n\n    $input\ndefaults:\n  who: Ada\noptions:\n  temperature: 0.4\nschema_object:\n  type: object\n",
			LLM, "roast", "Roast", "You are who",
			"You are {{who}}\n\nSay it in {{lang}} for $5:\n\n  {{input}}", "model: gpt-4o\nschema_object:\n  type: object",
		},
		{
			"an llm template with a system prompt only", "x.yml", "system: >\n  You answer\n  in rhymes.\n",
			LLM, "x", "X", "You answer in rhymes.",
			"You answer in rhymes.\n\n{{input}}", "",
		},
		{
			"plain Markdown", "Ideas/My Prompt.md", "Write about [TOPIC] in a [formal/casual] tone for <reader>.\n",
			Markdown, "my-prompt", "My prompt", "Write about topic in a choice tone for reader.",
			"Write about {{topic}} in a {{choice}} tone for {{reader}}.", "",
		},
		{
			"our own", "x.md", "---\nid: a-b\ntitle: A B\nsummary: Ours.\nextra:\n  k: v\n---\n\nText.\n",
			Plumbline, "a-b", "A B", "Ours.", "Text.", "k: v",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, text := range []string{test.text, "\ufeff" + strings.ReplaceAll(test.text, "\n", "\r\n")} {
				f := single(t, test.file, text)
				p := f.Prompt
				if f.Format != string(test.format) || p.ID != test.id || p.Title != test.title || p.Summary != test.desc {
					t.Errorf("got %s %q, title %q, summary %q", f.Format, p.ID, p.Title, p.Summary)
				}
				if p.Body != test.body {
					t.Errorf("got the body\n%q\nwant\n%q", p.Body, test.body)
				}
				if p.Extra != test.extra {
					t.Errorf("kept\n%q\nwant\n%q", p.Extra, test.extra)
				}
				if again, err := prompt.Parse("x.md", []byte(f.Text)); err != nil || again.Body != p.Body {
					t.Errorf("the file is not what our reader makes of it: %v", err)
				}
			}
		})
	}
}

func TestForeignFrontMatterComesBack(t *testing.T) {
	for file, text := range map[string]string{
		"pdf/SKILL.md":                   "---\nname: pdf\ndescription: Do it.\nlicense: MIT # see LICENSE\nmetadata:\n  title: A PDF\n  author: me\nallowed-tools: Bash(qpdf:*)\nhooks:\n  Stop:\n    - command: ls\n---\n\nDo $ARGUMENTS, \\$ARGUMENTS.\n",
		".claude/commands/fix.md":        "---\ndescription: Fix.\nargument-hint: [a] [b]\nmodel: opus\nx-flow: {a: [1, 2]}\nx-text: |\n  one\n\n    two\n---\n\nFix $1 and $2.\n",
		".claude/commands/named.md":      "---\ndescription: Fix.\nargument-hint: \"[a] [b]\"\narguments: [a, b]\n---\n\nFix $a and $b.\n",
		".github/prompts/a.prompt.md":    "---\ndescription: Do.\nagent: plan\ntools: ['x', \"y\"]\n---\n\nDo ${input:a:the a} and ${input:a} in ${workspaceFolder}.\n",
		".cursor/commands/c.md":          "Do {{a}} \\{{b}} \\[FEATURE].\n",
		".cursor/rules/r.mdc":            "---\ndescription: Rules.\nglobs: **/*.ts\nalwaysApply: true\n---\n\nRules.\n",
		"t.yaml":                         "prompt: Tell $who about $input for $$1.\ndefaults:\n  who: Ada\noptions:\n  temperature: 0.5\nmodel: small\nfragments:\n- https://example.com/a.txt\n",
		"patterns/do_it/system.md":       "# IDENTITY\n\nDo {{a}}.\n\n# INPUT\n\nINPUT:\n",
		"prompts/plain.md":               "---\ndescription: Plain.\nauthor: me\n---\n\nPlain.\n",
		".claude/commands/escaped.md":    "---\ndescription: Say.\n---\n\nSay \\[FEATURE], \\<task> and \\[a/b/c] with `[FEATURE]`.\n",
		".cursor/commands/structured.md": "<!-- if a -->\nWith {{a}}.\n<!-- end a -->\n<!-- unless a -->\nWithout.\n<!-- end a -->\n",
	} {
		f := single(t, file, text)
		x := Write(Format(f.Format), []prompt.Prompt{f.Prompt})
		last := x.Files[len(x.Files)-1]
		if last.Content != text || last.Path != file {
			t.Errorf("%s became %s:\n%s\nit was\n%s\nkept %q", file, last.Path, last.Content, text, f.Prompt.Extra)
		}
	}
}

func TestWhatGoesWithAPromptIsTold(t *testing.T) {
	i := read(t, map[string]string{
		"s/SKILL.md": "---\nname: s\ndescription: S.\nhooks:\n  Stop: x\n---\nRun !`git status` in @src/main.go.\n```!\nls\n```\nWrite to me@example.com.\n",
		"s/run.py":   "print()", "s/docs/more.md": "# More\n",
		"p/system.md": "Do it. {{plugin:sys:env:HOME}} {{ext:x:y}}\n", "p/user.md": "CONTENT:\n", "p/README.md": "# The P\n\nSums up.\n\nAlways.\n", "p/data.txt": "x",
		"v.prompt.md": "Look at ${workspaceFolder} and #file:a.ts.\n", "LICENSE": "x", "README.md": "# Hi\n", "conf.yaml": "a: b\n",
	})
	if len(i.Prompts) != 3 || len(i.Problems) > 0 || len(i.Skipped) != 2 {
		t.Fatalf("%d prompts, problems %v, skipped %v", len(i.Prompts), i.Problems, i.Skipped)
	}
	p, s, v := i.Prompts[0], i.Prompts[1], i.Prompts[2]
	for _, want := range []string{"s/run.py belongs to it", "s/docs/more.md belongs to it", "@src/main.go"} {
		if !strings.Contains(strings.Join(s.Dropped, "\n"), want) {
			t.Errorf("of the skill %q is not told: %q", want, s.Dropped)
		}
	}
	if strings.Contains(strings.Join(s.Dropped, " "), "example.com") {
		t.Error("an address of mail is taken for a file")
	}
	if want := []string{"Line 7, “!`git status`”", "Line 8, “```! ls ```”", "Line 4, “hooks”"}; len(s.Inert) != 3 || !begins(s.Inert, want) {
		t.Errorf("inert are %q", s.Inert)
	}
	if !begins(p.Inert, []string{"Line 1, “{{plugin:sys:env:HOME}}”", "Line 1, “{{ext:x:y}}”"}) || !strings.Contains(p.Prompt.Body, `\{{plugin:sys:env:HOME}} \{{ext:x:y}}`+"\n\nCONTENT:\n\n{{input}}") {
		t.Errorf("inert are %q, the body is %q", p.Inert, p.Prompt.Body)
	}
	if p.Title != "The P" || p.Prompt.Summary != "Sums up." || p.Prompt.Purpose != "Always." {
		t.Errorf("from the README came %q, %q, %q", p.Title, p.Prompt.Summary, p.Prompt.Purpose)
	}
	if !begins(v.Dropped, []string{"“${workspaceFolder}”", "“#file:a.ts.”"}) {
		t.Errorf("of the VS Code prompt is told %q", v.Dropped)
	}
	x := Write(Fabric, []prompt.Prompt{p.Prompt})
	if !strings.Contains(strings.Join(x.Lost, "\n"), "will run something there: “{{plugin:sys:env:HOME}}”") {
		t.Errorf("on the way out is told %q", x.Lost)
	}
}

func begins(all, starts []string) bool {
	return len(all) >= len(starts) && !slices.ContainsFunc(starts, func(start string) bool {
		return !slices.ContainsFunc(all, func(s string) bool { return strings.HasPrefix(s, start) })
	})
}

func TestPlaceholdersBecomeVariables(t *testing.T) {
	for text, want := range map[string]string{
		"{{a}} {{ a }} {{{a}}}":                                    "{{a}} {{a}} {{a}}",
		"{{a | type:choice options=\"x, y\"}}, {{a}}":              "{{a}}, {{a}}",
		"{{Company Name}} {{ the  x }} {{if a}} `{{a b}}`":         "{{company_name}} \\{{ the  x }} \\{{if a}} `\\{{a b}}`",
		"{{a|text}}{{b | number:default=\"3\"}}":                   "{{a}}{{b}}",
		"{{ items.name }} {{#each x}}{{/each}} {{> p}}":            "\\{{ items.name }} \\{{#each x}}\\{{/each}} \\{{> p}}",
		"{{#a}}x{{/a}}{{^a}}y{{/a}}":                               "{{#a}}x{{/a}}{{^a}}y{{/a}}",
		"{{#a}}x{{/b}}":                                            "\\{{#a}}x\\{{/b}}",
		"[FEATURE] [TARGET AUDIENCE] [FEATURE]":                    "{{feature}} {{target_audience}} {{feature}}",
		"- [ ] a\n- [x] b\n- [X] c":                                "- [ ] a\n- [x] b\n- [X] c",
		"[TEXT](url) [TEXT][ref] [^NOTE] ![ALT] a[INDEX] [[WIKI]]": "[TEXT](url) [TEXT][ref] [^NOTE] ![ALT] a[INDEX] [[WIKI]]",
		"[REF]: http://x\nsee [REF]":                               "[REF]: http://x\nsee [REF]",
		"`[CODE]` ``a ` [CODE]`` [REAL]":                           "`[CODE]` ``a ` [CODE]`` {{real}}",
		"```\n[CODE] <task>\n```\n[REAL]":                          "```\n[CODE] <task>\n```\n{{real}}",
		"[TODO] [ERROR] [PASS]":                                    "[TODO] [ERROR] [PASS]",
		"Tone: [formal/casual]. **Size:** [S/M/L]":                 "Tone: {{tone}}. **Size:** {{size}}",
		"[a/b] then [c/d]":                                         "{{choice}} then {{choice_2}}",
		"[src/main.go] [and/or] [/etc] [a//b] [1/2]":               "[src/main.go] [and/or] [/etc] [a//b] [1/2]",
		"<task> <user-story>":                                      "{{task}} {{user-story}}",
		"<context>\n[X1]\n</context> <div> <br>":                   "<context>\n[X1]\n</context> <div> <br>",
		"List<string> <thinking> in <plan> tags":                   "List<string> <thinking> in <plan> tags",
		"\\[FEATURE] \\<task> \\{{a}}":                             "[FEATURE] <task> \\{{a}}",
		"$ARGUMENTS $1 ${input:a}":                                 "$ARGUMENTS $1 ${input:a}",
		"{{#a}}\nonly asked\n{{/a}}":                               "{{#a}}\nonly asked\n{{/a}}",
	} {
		if got := single(t, "x.md", text).Prompt.Body; got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestVariablesAreDeclaredSensibly(t *testing.T) {
	f := single(t, "x.md", "{{source_code}} {{name}} {{due_date}} {{files}} {{#fast}}quick {{/fast}}"+
		"Tone: [formal/casual] {{lang | select:options=\"Go,Rust\":default=\"Go\":label=\"Language\":help='Of the code':required=false}} {{n | number:default=\"x\"}} {{FEATURE_NAME}}")
	want := []workflow.Variable{
		{Name: "source_code", Type: "long-text", Label: "Source code", Required: true},
		{Name: "name", Type: "text", Label: "Name", Required: true},
		{Name: "due_date", Type: "date", Label: "Due date", Required: true},
		{Name: "files", Type: "files", Label: "Files", Required: true},
		{Name: "tone", Type: "choice", Label: "Tone", Required: true, Options: []string{"formal", "casual"}},
		{Name: "lang", Type: "choice", Label: "Language", Help: "Of the code", Default: "Go", Options: []string{"Go", "Rust"}},
		{Name: "n", Type: "number", Label: "N", Required: true},
		{Name: "FEATURE_NAME", Type: "text", Label: "Feature name", Required: true},
		{Name: "fast", Type: "yes-no", Label: "Fast"},
	}
	if len(f.Prompt.Variables) != len(want) {
		t.Fatalf("got %+v", f.Prompt.Variables)
	}
	for i, v := range f.Prompt.Variables {
		w := want[i]
		if v.Name != w.Name || v.Type != w.Type || v.Label != w.Label || v.Help != w.Help || v.Default != w.Default || v.Required != w.Required || strings.Join(v.Options, ",") != strings.Join(w.Options, ",") {
			t.Errorf("got  %+v\nwant %+v", v, w)
		}
	}
	if p := f.Placeholders[4]; p.Name != "tone" || p.From != "[formal/casual]" || p.Line != 1 {
		t.Errorf("the placeholder is %+v", p)
	}
}

func TestWhatIsSaidBehindTheBar(t *testing.T) {
	list := func(options ...string) []string { return options }
	for said, want := range map[string]struct {
		kind    workflow.VariableType
		options []string
		value   string // the default
		unread  string
	}{
		`type:choice options:"a","b"`:            {"choice", list("a", "b"), "", ""},
		`select: "and/or", 'b, c'`:               {"choice", list("and/or", "b, c"), "", ""},
		`type:option="a, b"`:                     {"choice", list("a", "b"), "", ""},
		`choice:option="a":option="b"`:           {"choice", list("a", "b"), "", ""},
		`type="select" options=one|two`:          {"choice", list("one", "two"), "", ""},
		`choices=a,b default=b`:                  {"choice", list("a", "b"), "b", ""},
		`multi-choice:options="a;b":default="a"`: {"multi-choice", list("a", "b"), "a", ""},
		`default: "x: y"`:                        {"text", nil, "x: y", ""},
		`number:min="1":max="5"`:                 {"number", nil, "", `min="1" and max="5"`},
		`longtext:rows=5 optional`:               {"long-text", nil, "", "rows=5"},
		`upcase`:                                 {"text", nil, "", "upcase"},
		`number:default="many"`:                  {"number", nil, "", "the default “many”"},
		`type:colour`:                            {"text", nil, "", "type:colour"},
		`"`:                                      {"text", nil, "", ""},
	} {
		text := "{{v | " + said + "}}"
		f := single(t, "x.md", text)
		v := f.Prompt.Variables[0]
		if f.Prompt.Body != "{{v}}" || v.Type != want.kind || !slices.Equal(v.Options, append([]string{}, want.options...)) || v.Default != want.value {
			t.Errorf("%s: %q, %+v", text, f.Prompt.Body, v)
		}
		told := []string{}
		if want.unread != "" {
			told = list("Line 1, “" + text + "”: what it says with " + want.unread + " has no place here.")
		}
		if !slices.Equal(f.Dropped, told) {
			t.Errorf("%s: told %q, want %q", text, f.Dropped, told)
		}
	}
}

func TestDuplicatesAreRecognisedByContent(t *testing.T) {
	same := "Say it twice.  \n\nReally.\n"
	known := Hash(single(t, "k.md", "Known.\n").Prompt)
	i, err := Read(tree(map[string]string{
		"a/one.md": same, "b/two.md": "\ufeffSay it twice.\r\n\r\nReally.", "c/known.md": "Known.", "d/one.md": "Other.",
		".claude/commands/say.md": "---\ndescription: Say.\n---\nSay it twice.\n\nReally.\n",
	}), Options{Known: map[string]string{known: "kept-already"}, Taken: func(id string) bool { return id == "two" }})
	if err != nil || len(i.Problems) > 0 {
		t.Fatal(err, i.Problems)
	}
	got := []string{}
	for _, f := range i.Prompts {
		got = append(got, f.File+" "+f.ID+" ["+f.Duplicate+"]")
		if f.Take == (f.Duplicate != "") {
			t.Errorf("%s is taken: %v", f.File, f.Take)
		}
	}
	want := []string{
		".claude/commands/say.md say []", "a/one.md one [.claude/commands/say.md]", "b/two.md two-2 [.claude/commands/say.md]",
		"c/known.md known [kept-already]", "d/one.md one-2 []",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

package foreign

import (
	"bytes"
	"io/fs"
	"testing"

	"plumbline/backend/prompt"
)

// fuzzNames is a name for each format.
var fuzzNames = []string{
	"a/SKILL.md", ".claude/commands/a.md", "a.prompt.md", ".cursor/commands/a.md", "a.mdc", "a/system.md", "a.yaml", "a.md",
}

func fuzzFile(f *testing.F, name string, seeds ...string) {
	f.Helper()
	for _, seed := range append(seeds, "", "---", "---\n---\n", "---\nx: [a] [b]\n---\n{{a}}", "\\{{a}} {{{b}}} {{#c}}{{/c}}", "---\n---\n---\n") {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("PK")) {
			return // FuzzArchive reads archives
		}
		i, err := ReadFile(name, data, Options{})
		if err != nil {
			t.Fatalf("a file is no folder that could be unreadable: %v", err)
		}
		if len(i.Prompts)+len(i.Problems)+len(i.Skipped) != 1 {
			t.Errorf("%d prompts, %d problems and %d skipped files of one file", len(i.Prompts), len(i.Problems), len(i.Skipped))
		}
		for _, found := range i.Prompts {
			checkFound(t, found)
		}
	})
}

// checkFound fails unless a prompt that came in is one of ours that comes back.
func checkFound(t *testing.T, found Found) {
	p, err := prompt.Parse("x.md", []byte(found.Text))
	if err != nil || p.Body != found.Prompt.Body || p.ID != found.ID {
		t.Fatalf("what came in is none of ours: %v\n%s", err, found.Text)
	}
	if found.Format == string(Plumbline) {
		return
	}
	x := Write(Format(found.Format), []prompt.Prompt{p})
	if back := readBack(t, x); back.Body != p.Body || back.Extra != p.Extra {
		t.Errorf("%q came back as %q\nextra %q as %q\nby %q", p.Body, back.Body, p.Extra, back.Extra, x.Files)
	}
}

func FuzzSkill(f *testing.F) {
	fuzzFile(f, fuzzNames[0], "---\nname: a\ndescription: >\n  b\nmetadata:\n  title: x\n  y: z\n---\n$ARGUMENTS !`ls`\n```!\nls\n```\n", "---\nargument-hint: [a]\nmetadata: {a: b}\n---\n$1")
}

func FuzzClaude(f *testing.F) {
	fuzzFile(f, fuzzNames[1], "---\narguments: [a, b]\nargument-hint: \"[a] [b]\"\n---\n$a $b $ARGUMENTS[1] $0 \\$a", "---\nargument-hint: [x] [y]\n---\n$1 $2.50 $2. @a/b.go")
}

func FuzzVSCode(f *testing.F) {
	fuzzFile(f, fuzzNames[2], "---\nmode: agent\ntools: ['a']\n---\n${input:a b:hint} ${selection} ${file} ${x} #tool:y")
}

func FuzzCursor(f *testing.F) {
	fuzzFile(f, fuzzNames[3], "# A\n\n[FEATURE] <task> [a/b] {{c | choice}}")
}

func FuzzCursorRule(f *testing.F) {
	fuzzFile(f, fuzzNames[4], "---\ndescription: a\nglobs: *.ts\nalwaysApply: false\n---\nRules")
}

func FuzzFabric(f *testing.F) { fuzzFile(f, fuzzNames[5], "# INPUT\n\n{{plugin:a:b}} {{input}}\n") }

func FuzzLLM(f *testing.F) {
	fuzzFile(f, fuzzNames[6], "prompt: |2-\n    $a ${b} $$ \\$c\nsystem: x\ndefaults:\n  a: b\noptions:\n  temperature: 1\n", "system: \"a\\n$input\"\n", "- a\n", "prompt: &a x\nsystem: *a\n")
}

func FuzzPlain(f *testing.F) {
	fuzzFile(f, fuzzNames[7], "---\nid: a\ntitle: b\nsummary: c\nextra:\n  d: e\n---\n{{#f}}", "---\nname: a\ndescription: b\n---\nc", "---\nmode: x\n---\ny")
}

func FuzzArchive(f *testing.F) {
	f.Add(packed(f, "a.md", "b", "../c.md", "d", "s/SKILL.md", "---\nname: x\n---\ny", "s/z.py", ""))
	f.Add([]byte("PK\x05\x06" + string(make([]byte, 18))))
	f.Fuzz(func(t *testing.T, data []byte) {
		i, err := ReadArchive("x.zip", bytes.NewReader(data), int64(len(data)), Options{})
		if err != nil {
			return
		}
		for _, found := range i.Prompts {
			if !fs.ValidPath(found.File) {
				t.Errorf("a prompt came from %q", found.File)
			}
			if _, err := prompt.Parse("x.md", []byte(found.Text)); err != nil {
				t.Errorf("what came in is none of ours: %v", err)
			}
		}
	})
}

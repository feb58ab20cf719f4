package foreign

import (
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// shards are texts that formats could take for something else than text.
var shards = []string{
	"a", "Do this. ", "\n", "\n\n", " ", "- ", "# Head\n", "`", "```\n", "```!\nls\n```\n", "~~~~\n", "---\n", "$", "$$", "$1", "$ARGUMENTS", "$ARGUMENTS[0]",
	"$a", "${a}", "${input:a}", "${input:a:hint}", "${selection}", "{", "{{", "{{a}}", "{{{a}}}", "{{ b | type:choice }}", "{{The name}}", "{{if a}}", "{{plugin:sys:x}}", "{{#a}}", "{{/a}}",
	"[FEATURE]", "[a/b/c]", "[ ]", "[x](y)", "[FEATURE]: http://x\n", "<task>", "</task>", "<!-- if a -->", "<!-- end a -->", "<!-- unless b -->", "\\", "!`git status`",
	"@src/a.go", "é", "🌊", "\u2028", "\t", "}", "}}", "]", "[", "<", "input", "arguments", "0", "_", ".", "\ufeff", "\r", "…: ", "#", "key: value\n", "Tone: [x/y]",
}

// prompts draws prompts that our parser lets through.
func prompts(t *rapid.T) prompt.Prompt {
	p := prompt.Blank()
	p.ID = rapid.SampledFrom([]string{"spec", "next-round", "a1"}).Draw(t, "id")
	p.Title = rapid.SampledFrom([]string{"Spec", "Write it: now", "C #", "\"Quoted\" 'title'"}).Draw(t, "title")
	p.Summary = rapid.SampledFrom([]string{"One line.", "yes", "# not a heading", "a: b – \\ {{x}}", "It's [x] *y*"}).Draw(t, "summary")
	p.Purpose = rapid.SampledFrom([]string{"", "When it is time.", "Two\n\nparagraphs"}).Draw(t, "purpose")
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "input", "arguments", "arg1", "arguments_2", "c-d", "c_d", "ARGUMENTS", "file", "null"}), 0, 4, rapid.ID).Draw(t, "names")
	for _, name := range names {
		v := declare(name)
		v.Help = rapid.SampledFrom([]string{"", "Some help", "with } and `"}).Draw(t, "help")
		v.Default = rapid.SampledFrom([]string{"", "x: y"}).Draw(t, "default")
		if v.Type == workflow.VarDate {
			v.Default = ""
		}
		p.Variables = append(p.Variables, v)
	}
	var pieces []prompt.Piece
	var open []string
	for range rapid.IntRange(1, 25).Draw(t, "length") {
		name := ""
		if len(names) > 0 {
			name = rapid.SampledFrom(names).Draw(t, "name")
		}
		switch n := rapid.IntRange(0, 9).Draw(t, "what"); {
		case n < 3 && name != "":
			pieces = append(pieces, prompt.Piece{Kind: prompt.PieceValue, Name: name})
		case n == 3 && name != "" && !slices.Contains(open, name):
			pieces = append(pieces, prompt.Piece{Kind: rapid.SampledFrom([]prompt.PieceKind{prompt.PieceSection, prompt.PieceInverted}).Draw(t, "kind"), Name: name})
			open = append(open, name)
		case n == 4 && len(open) > 0:
			pieces = append(pieces, prompt.Piece{Kind: prompt.PieceEnd, Name: open[len(open)-1]})
			open = open[:len(open)-1]
		default:
			pieces = append(pieces, prompt.Piece{Text: rapid.SampledFrom(shards).Draw(t, "shard")})
		}
	}
	for i := len(open) - 1; i >= 0; i-- {
		pieces = append(pieces, prompt.Piece{Kind: prompt.PieceEnd, Name: open[i]})
	}
	p.Body, _ = prompt.JoinPieces(pieces)
	p.Body = strings.TrimLeft(trimBody(strings.ReplaceAll(p.Body, "\r\n", "\n")), "\ufeff") // which no file begins with
	read, err := prompt.Parse("p.md", prompt.Write(p))
	if err != nil {
		t.Skip(err)
	}
	return read
}

// readBack reads what was written.
func readBack(t interface{ Fatalf(string, ...any) }, x workflow.Exported) prompt.Prompt {
	f := newFolder()
	for _, file := range x.Files {
		f.files = append(f.files, file.Path)
		f.texts[file.Path] = file.Content
		if text, err := prompt.PlainText(file.Path, []byte(file.Content)); err == nil {
			f.texts[file.Path] = text
		}
	}
	i := f.prompts(Options{})
	if len(i.Prompts) != 1 || string(x.Format) != i.Prompts[0].Format {
		t.Fatalf("%+v\ncame back as %+v, problems %v, skipped %v", x.Files, i.Prompts, i.Problems, i.Skipped)
	}
	return i.Prompts[0].Prompt
}

// held is what a format can hold of a body: its text and the names in it.
func held(f Format, p prompt.Prompt) string {
	w := &writing{format: f, prompt: p}
	w.pieces, _ = prompt.Pieces(p.Body)
	switch f {
	case Claude:
		w.rename("ARGUMENTS")
	case LLM:
		w.rename()
	}
	body, _ := prompt.JoinPieces(w.pieces)
	body = trimBody(body)
	has := slices.ContainsFunc(w.pieces, func(p prompt.Piece) bool { return p.Kind == prompt.PieceValue && p.Name == "input" })
	if (f == Fabric || f == LLM) && !has {
		body += "\n\n{{input}}" // which these tools always add
	}
	return body
}

// reporter is a test, or one of its draws.
type reporter interface {
	Fatalf(string, ...any)
	Errorf(string, ...any)
}

// checkRoundTrip writes a prompt and fails unless it comes back as what the format can hold.
func checkRoundTrip(t reporter, f Format, p prompt.Prompt) prompt.Prompt {
	x := Write(f, []prompt.Prompt{p})
	back := readBack(t, x)
	want := held(f, p)
	if f == Plumbline {
		want = p.Body
	}
	if back.Body != want {
		t.Errorf("%s: the body of %s came back other.\nwas  %q\ngot  %q\nfile %q", f, p.ID, want, back.Body, x.Files[len(x.Files)-1].Content)
	}
	if f != Fabric && f != LLM && f != Cursor && f != Markdown && back.Summary != p.Summary {
		t.Errorf("%s: the summary %q came back as %q", f, p.Summary, back.Summary)
	}
	if back.ID != p.ID {
		t.Errorf("%s: the id %q came back as %q", f, p.ID, back.ID)
	}
	if f == Plumbline && len(x.Lost) > 0 {
		t.Errorf("our own format loses %v", x.Lost)
	}
	return back
}

// checkStable fails unless what came in from a format is all that the format can hold.
func checkStable(t reporter, f Format, back prompt.Prompt) {
	again := Write(f, []prompt.Prompt{back})
	third := readBack(t, again)
	if third.Body != back.Body || len(differences(back, third)) > 0 || len(again.Lost) > 0 && f != Claude && f != Skill && f != Fabric {
		t.Errorf("%s: the second time it came back other: %v, lost %v", f, differences(back, third), again.Lost)
	}
	if last := Write(f, []prompt.Prompt{third}); !slices.Equal(again.Files, last.Files) {
		t.Errorf("%s: written again it differs.\nfirst %+v\nthen  %+v", f, again.Files, last.Files)
	}
}

func TestPromptsComeBackFromEveryFormat(t *testing.T) {
	for _, f := range Formats() {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { checkStable(t, f, checkRoundTrip(t, f, prompts(t))) })
		})
	}
}

func TestBuiltInPromptsComeBackFromEveryFormat(t *testing.T) {
	all := builtIn(t)
	for _, f := range Formats() {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			for _, p := range all {
				checkRoundTrip(t, f, p)
			}
		})
	}
}

// builtIn reads the built-in prompts.
func builtIn(t testing.TB) []prompt.Prompt {
	t.Helper()
	root := "../../../prompts/library"
	var all []prompt.Prompt
	groups, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range groups {
		files, err := os.ReadDir(path.Join(root, group.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name := path.Join(root, group.Name(), file.Name())
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p, err := prompt.Parse(name, data)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, p)
		}
	}
	if len(all) < 4 {
		t.Fatalf("%d built-in prompts were found", len(all))
	}
	return all
}

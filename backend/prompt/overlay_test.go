package prompt

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/backend/workflow"
)

func titled(id, title, more string) *fstest.MapFile {
	return file("---\nid: " + id + "\ntitle: " + title + "\nsummary: S.\n" + more + "---\nText.\n")
}

// builtinFiles are a small built-in library.
func builtinFiles() fstest.MapFS {
	return fstest.MapFS{
		"library/spec.md":     titled("spec", "Built-in", ""),
		"library/request.md":  titled("request", "Built-in", ""),
		"workflows/flow.md":   file(flow),
		"checklists/ready.md": file("# Ready\n"),
		"personas/expert.md":  file(expert),
		"packs/tides.md":      file(pack),
	}
}

func TestTheUsersFilesLieOverTheBuiltInOnes(t *testing.T) {
	builtin := builtinFiles()
	base := revisionOf(builtin["library/spec.md"].Data)
	lib := OpenLibrary(builtin, fstest.MapFS{
		"prompts/mine/spec.md":       titled("spec", "Yours", "base: "+base+"\n"),
		"prompts/mine/own.md":        titled("own", "Own", ""),
		"prompts/imported/theirs.md": titled("theirs", "Theirs", "origin: {format: fabric}\n"),
		"workflows/flow.md":          file(strings.Replace(flow, "title: Flow", "title: My flow", 1)),
		"checklists/ready.md":        file("# My ready\n"),
		"checklists/own.md":          file("No title.\n"),
		"personas/expert.md":         file(strings.Replace(expert, "title: Expert", "title: My expert\nbase: "+strings.Repeat("0", 64), 1)),
		"packs/harbours.md":          file(strings.Replace(pack, "id: tides", "id: harbours", 1)),
	})
	for _, read := range []string{"one by one", "everything"} {
		t.Run(read, func(t *testing.T) { checkOverlay(t, lib) })
		if problems := lib.Problems(); len(problems) > 0 {
			t.Fatal(problems)
		}
	}
	titles := []string{}
	for _, p := range lib.Prompts() {
		titles = append(titles, p.Title)
	}
	for _, p := range lib.Personas() {
		titles = append(titles, p.Title)
	}
	for _, p := range lib.Packs() {
		titles = append(titles, p.ID)
	}
	for _, w := range lib.Workflows() {
		titles = append(titles, w.Title)
	}
	if got, want := strings.Join(titles, ", "), "Own, Built-in, Yours, Theirs, My expert, harbours, tides, My flow"; got != want {
		t.Errorf("the library holds %s; want %s", got, want)
	}
}

func checkOverlay(t *testing.T, lib *Library) {
	t.Helper()
	own, _ := lib.Prompt("spec")
	under, customised := own.Under()
	if own.Title != "Yours" || own.Source != workflow.Yours || !customised || under.Title != "Built-in" || under.Source != workflow.BuiltIn || own.Behind() {
		t.Errorf("the prompt spec is %q of %s over %q, behind: %v", own.Title, own.Source, under.Title, own.Behind())
	}
	for id, want := range map[string]workflow.Source{"request": workflow.BuiltIn, "own": workflow.Yours, "theirs": workflow.Imported} {
		p, _ := lib.Prompt(id)
		if _, customised := p.Under(); p.Source != want || customised || p.Behind() {
			t.Errorf("the prompt %s is of %q, customised: %v; want %s and not", id, p.Source, customised, want)
		}
	}
	if w, _ := lib.Workflow("flow"); w.Title != "My flow" || w.Source != workflow.Yours {
		t.Errorf("the workflow is %q of %s", w.Title, w.Source)
	}
	for id, want := range map[string]string{"ready": "# My ready\n", "own": "No title.\n"} {
		if text, _ := lib.Checklist(id); text != want {
			t.Errorf("the checklist %s is %q, want %q", id, text, want)
		}
	}
	if p, ok := lib.Pack("harbours"); !ok || p.Source != workflow.Yours {
		t.Errorf("the pack is of %q, %v", p.Source, ok)
	}
	if p, ok := lib.Persona("expert"); !ok || p.Title != "My expert" {
		t.Errorf("the persona is %q, %v", p.Title, ok)
	}
	text, below, err := lib.Text(KindPrompt, "spec")
	if err != nil || !strings.Contains(string(text), "title: Yours") || !strings.Contains(string(below), "title: Built-in") {
		t.Errorf("the texts of spec are %q and %q, %v", text, below, err)
	}
	if text, below, err := lib.Text(KindPack, "tides"); err != nil || string(text) != pack || below != nil {
		t.Errorf("the texts of tides are %q and %q, %v", text, below, err)
	}
	if _, _, err := lib.Text(KindPack, "none"); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("the text of nothing: %v, want not found", err)
	}
}

func TestAnUpgradeLeavesACustomisedPromptBehind(t *testing.T) {
	before := builtinFiles()
	user := fstest.MapFS{"prompts/spec.md": titled("spec", "Yours", "base: "+revisionOf(before["library/spec.md"].Data)+"\n")}
	after := builtinFiles()
	after["library/spec.md"] = titled("spec", "Better", "")
	for name, tt := range map[string]struct {
		builtin fstest.MapFS
		want    bool
	}{"before": {before, false}, "after": {after, true}} {
		p, _ := OpenLibrary(tt.builtin, user).Prompt("spec")
		if p.Title != "Yours" || p.Behind() != tt.want {
			t.Errorf("%s the upgrade the prompt is %q, behind: %v; want %v", name, p.Title, p.Behind(), tt.want)
		}
	}
}

// What is wrong with one file of the user's is told, and the rest is there.
func TestBadFilesOfTheUser(t *testing.T) {
	with := func(front, body string) *fstest.MapFile {
		return file("---\nid: bad\ntitle: T\nsummary: S.\n" + front + "---\n" + body)
	}
	declared := "variables:\n  - {name: a, type: text, label: A}\n  - {name: b, type: text, label: B}\n"
	tests := []struct {
		name string
		file *fstest.MapFile
		line int
		want string
		used bool
	}{
		{"no YAML", with("tags: [\n", "Text.\n"), 5, "The front matter is not YAML: ", false},
		{"an unknown key", with("colour: red\n", "Text.\n"), 5, "“colour” is not a key of a prompt; expected are ", false},
		{"a 5 MB file", with("", strings.Repeat("x", 5<<20)), 0, "The file is larger than 1 MB.", false},
		{"invalid UTF-8", with("", "Text.\n\xff\n"), 7, "The text is not UTF-8.", false},
		{"a variable that is not declared", with("", "{{a}}\n"), 6, "The variable “a” is not declared; ", false},
		{"a variable that is not used", with(declared, "{{a}}\n"), 7, "The variable “b” is declared and never used.", true},
		{"a section inside itself", with(declared, "{{#a}}{{#b}}\n{{#a}}{{/a}}{{/b}}{{/a}}\n"), 10, "The section “a” is open already and cannot be inside itself.", false},
		{"sections that cross", with(declared, "{{#a}}{{#b}}\n{{/a}}{{/b}}\n"), 10, "{{/b}} is expected, to close the section of line 9, and not {{/a}}.", false},
		{"an id that is taken", titled("own", "T", ""), 2, "The id “own” is taken by prompts/a.md; ", false},
		{"a base that is none", with("base: x\n", "Text.\n"), 5, "“x” is not a revision; ", false},
		{"CRLF and a byte-order mark", file("\ufeff---\r\nid: bad\r\ntitle: T\r\nsummary: S.\r\n---\r\nText.\r\n"), 0, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lib := OpenLibrary(builtinFiles(), fstest.MapFS{
				"prompts/a.md": titled("own", "Own", ""), "prompts/b/bad.md": tt.file, "prompts/c.md": titled("other", "Other", ""),
			})
			if _, used := lib.Prompt("bad"); used != tt.used {
				t.Errorf("looked up alone, the file is used: %v, want %v", used, tt.used)
			}
			for _, id := range []string{"spec", "request", "own", "other"} {
				if _, ok := lib.Prompt(id); !ok {
					t.Errorf("the prompt %s is missing", id)
				}
			}
			problems := lib.Problems()
			if tt.want == "" {
				if len(problems) > 0 {
					t.Error(problems)
				}
				return
			}
			if len(problems) != 1 {
				t.Fatalf("%d problems, want 1: %v", len(problems), problems)
			}
			p := problems[0]
			if p.Source != workflow.Yours || p.File != "prompts/b/bad.md" || p.Line != tt.line || !strings.HasPrefix(p.Message, tt.want) || p.Doubt != tt.used {
				t.Errorf("the problem is %+v; want line %d: %s", p, tt.line, tt.want)
			}
		})
	}
}

func TestPracticePromptsAreThoseThatAreDue(t *testing.T) {
	due := "due: {every: day}\n"
	lib := OpenLibrary(fstest.MapFS{
		"library/daily.md":    titled("daily", "Built-in", due),
		"library/once.md":     titled("once", "Built-in", ""),
		"library/overdue.md":  titled("overdue", "Built-in", "purpose: What is overdue.\n"),
		"library/quoted.md":   titled("quoted", "Built-in", "\"due\": {launch: 3}\n"),
		"library/replaced.md": titled("replaced", "Built-in", due),
		"library/broken.md":   titled("broken", "Built-in", due),
	}, fstest.MapFS{
		"prompts/replaced.md": titled("replaced", "Yours", ""),
		"prompts/broken.md":   titled("broken", "Yours", "due: never\n"),
		"prompts/a.md":        titled("twice", "Yours", "due: {every: year}\n"),
		"prompts/b.md":        titled("twice", "Yours", due),
		"prompts/windows.md":  file(strings.ReplaceAll(string(titled("windows", "Yours", due).Data), "\n", "\r\n")),
	})
	want := []string{}
	found := lib.Practice()
	for _, p := range lib.Prompts() {
		if p.Due != (workflow.Due{}) {
			want = append(want, p.ID+" "+p.Title)
		}
	}
	got := []string{}
	for _, p := range found {
		got = append(got, p.ID+" "+p.Title)
	}
	if len(want) != 5 || !slices.Equal(got, want) {
		t.Errorf("Practice = %v, and of all prompts are due %v", got, want)
	}
}

func TestABadOverlayShowsTheBuiltInFile(t *testing.T) {
	lib := OpenLibrary(builtinFiles(), fstest.MapFS{
		"prompts/spec.md":   file("---\nid: spec\ntitle: T\n---\nText.\n"),
		"workflows/flow.md": file(strings.Replace(flow, "prompt: spec", "prompt: gone", 1)),
	})
	if p, ok := lib.Prompt("spec"); !ok || p.Source != workflow.BuiltIn {
		t.Errorf("the prompt is of %q, %v; want the built-in one", p.Source, ok)
	}
	if w, ok := lib.Workflow("flow"); !ok || w.Source != workflow.BuiltIn {
		t.Errorf("the workflow is of %q, %v; want the built-in one", w.Source, ok)
	}
	if problems := lib.Problems(); len(problems) != 2 || problems[1].Line != 18 {
		t.Errorf("problems %v; want one of the prompt, and one of the workflow in line 18", problems)
	}
}

func TestAnIDIsFoundHoweverItIsWritten(t *testing.T) {
	long := "purpose: " + strings.Repeat("x", maxGlance) + "\n"
	user := fstest.MapFS{}
	for i, front := range []string{
		"id: %s\ntitle: T\nsummary: S.\n", "id: \"%s\"\ntitle: T\nsummary: S.\n", "id:   %s   # mine\ntitle: T\nsummary: S.\n",
		long + "id: %s\ntitle: T\nsummary: S.\n", "{id: %s, title: T, summary: S.}\n", "title: T\nsummary: S.\n'id': %s\n",
	} {
		id := fmt.Sprintf("p%d", i)
		user["prompts/"+id+".md"] = file("---\n" + fmt.Sprintf(front, id) + "---\nText.\n")
	}
	lib := OpenLibrary(builtinFiles(), user)
	for i := range len(user) {
		if p, ok := lib.Prompt(fmt.Sprintf("p%d", i)); !ok || p.Source != workflow.Yours {
			t.Errorf("the prompt p%d is not found", i)
		}
	}
}

// openDir returns a library of files on disk.
func openDir(t testing.TB, dir string) *Library {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return OpenLibrary(builtinFiles(), root.FS())
}

func write(t testing.TB, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLinksAreNotFollowed(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	write(t, outside, "secret.md", string(titled("secret", "Secret", "").Data))
	write(t, dir, "prompts/own.md", string(titled("own", "Own", "").Data))
	for link, to := range map[string]string{"prompts/link.md": filepath.Join(outside, "secret.md"), "prompts/folder": outside, "prompts/in.md": "own.md"} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(link))); err != nil {
			t.Fatal(err)
		}
	}
	write(t, dir, "prompts/.git/hidden.md", "not ours")
	lib := openDir(t, dir)
	if _, ok := lib.Prompt("secret"); ok {
		t.Error("a link out of the folder is followed")
	}
	if p, ok := lib.Prompt("own"); !ok || p.File != "prompts/own.md" {
		t.Errorf("the prompt own is %q, %v", p.File, ok)
	}
	files := []string{}
	for _, p := range lib.Problems() {
		files = append(files, p.File)
		if !strings.HasPrefix(p.Message, "Links are not followed; ") {
			t.Error(p)
		}
	}
	if want := []string{"prompts/folder", "prompts/in.md", "prompts/link.md"}; !slices.Equal(files, want) {
		t.Errorf("problems of %q, want %q", files, want)
	}
}

func TestNamesThatDifferOnlyInCase(t *testing.T) {
	lib := OpenLibrary(builtinFiles(), fstest.MapFS{
		"prompts/a/Name.md": titled("one", "One", ""), "prompts/a/name.md": titled("two", "Two", ""), "prompts/b/name.md": titled("three", "Three", ""),
	})
	problems := lib.Problems()
	if len(problems) != 1 || problems[0].File != "prompts/a/name.md" || !problems[0].Doubt || !strings.Contains(problems[0].Message, "prompts/a/Name.md") {
		t.Errorf("problems %v; want one about library/a/name.md", problems)
	}
	for _, id := range []string{"one", "two", "three"} {
		if _, ok := lib.Prompt(id); !ok {
			t.Errorf("the prompt %s is missing", id)
		}
	}
}

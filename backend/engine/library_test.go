package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/backend/llm"
	"plumbline/backend/workflow"
)

// ownPrompt is a small prompt of the user's.
func ownPrompt(id, body string) string {
	return "---\nid: " + id + "\ntitle: " + workflow.Title(id) + "\nsummary: One of mine.\n---\n\n" + body + "\n"
}

func (b *bench) file(path string) string {
	return filepath.Join(b.dir, "library", filepath.FromSlash(path))
}

func (b *bench) writeFile(path, text string) {
	b.t.Helper()
	if err := os.MkdirAll(filepath.Dir(b.file(path)), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(b.file(path), []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) readFile(path string) string {
	b.t.Helper()
	data, err := os.ReadFile(b.file(path))
	if err != nil {
		b.t.Fatal(err)
	}
	return string(data)
}

// versionsOf are the texts of a file of the library, the oldest first.
func (b *bench) versionsOf(path string) []string {
	b.t.Helper()
	texts := []string{}
	for n := 1; ; n++ {
		v, err := b.Text(b.ctx, workflow.LibraryID, path, n)
		if workflow.CodeOf(err) == workflow.NotFound {
			return texts
		}
		texts = append(texts, try(v, err)(b.t).Markdown)
	}
}

func TestTheLibraryListsBuiltInPrompts(t *testing.T) {
	b := newBench(t, specOrRequest)
	shelf := try(b.Shelf(b.ctx))(t)
	if len(shelf.Prompts) < 50 || len(shelf.Personas) < 6 || len(shelf.Packs) < 8 || len(shelf.Problems) > 0 {
		t.Errorf("%d prompts, %d personas, %d packs, problems %v", len(shelf.Prompts), len(shelf.Personas), len(shelf.Packs), shelf.Problems)
	}
	for _, card := range shelf.Prompts {
		if card.Source != workflow.BuiltIn || card.Tokens == 0 || card.Path != "" || card.Version != 0 {
			t.Errorf("%+v", card)
		}
	}
	if _, err := os.Stat(b.file("")); err == nil {
		t.Error("looking made a folder")
	}
	if len(try(b.Projects(b.ctx))(t)) > 0 {
		t.Error("the library is among the projects")
	}
}

func TestAPromptOfOnesOwnIsAFileWithVersions(t *testing.T) {
	b := newBench(t, specOrRequest)
	one, two, three := ownPrompt("tidy", "Tidy up."), ownPrompt("tidy", "Tidy up well."), ownPrompt("tidy", "Tidy up outside.")
	d := try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: one}))(t)
	if d.Card.Source != workflow.Yours || d.Card.Path != "prompts/tidy.md" || d.Card.Version != 1 || b.readFile("prompts/tidy.md") != one {
		t.Errorf("%+v", d.Card)
	}
	_, err := b.NewPrompt(b.ctx, workflow.SavePrompt{Text: one})
	wantCode(t, err, workflow.Conflict)
	if d = try(b.SavePrompt(b.ctx, "tidy", workflow.SavePrompt{Text: two, Base: 1}))(t); d.Card.Version != 2 || b.readFile("prompts/tidy.md") != two {
		t.Errorf("%+v", d.Card)
	}
	_, err = b.SavePrompt(b.ctx, "tidy", workflow.SavePrompt{Text: three, Base: 1})
	wantCode(t, err, workflow.Conflict)
	_, err = b.SavePrompt(b.ctx, "tidy", workflow.SavePrompt{Text: ownPrompt("other", "x"), Base: 2})
	wantCode(t, err, workflow.Invalid)
	_, err = b.SavePrompt(b.ctx, "tidy", workflow.SavePrompt{Text: "no front matter", Base: 2})
	wantCode(t, err, workflow.Invalid)

	b.writeFile("prompts/tidy.md", three)
	if card := b.cardFor("tidy"); card.Version != 3 {
		t.Errorf("edited outside: %+v, want v3", card)
	}
	if got := b.versionsOf("prompts/tidy.md"); !slices.Equal(got, []string{one, two, three}) {
		t.Errorf("versions %q", got)
	}
	try(b.Restore(b.ctx, workflow.LibraryID, "prompts/tidy.md", 1))(t)
	if b.cardFor("tidy"); b.readFile("prompts/tidy.md") != one {
		t.Error("a restored version is not in its file")
	}
	b.inGit("prompts/tidy.md", one)
}

// inGit checks what stock git says of a file of the library.
func (b *bench) inGit(path, want string) {
	b.t.Helper()
	if err := b.drainer.flush(b.ctx); err != nil {
		b.t.Fatal(err)
	}
	dir := filepath.Join(b.dir, "projects", workflow.LibraryID, "history.git")
	got, err := exec.Command("git", "-C", dir, "show", "HEAD:"+path).CombinedOutput()
	if err != nil || string(got) != want {
		b.t.Errorf("git show %s: %v, %q, want %q", path, err, got, want)
	}
	if out, err := exec.Command("git", "-C", dir, "fsck", "--full", "--strict").CombinedOutput(); err != nil {
		b.t.Errorf("git fsck: %v: %s", err, out)
	}
}

func (b *bench) cardFor(id string) workflow.PromptCard {
	b.t.Helper()
	shelf := try(b.Shelf(b.ctx))(b.t)
	at := slices.IndexFunc(shelf.Prompts, func(c workflow.PromptCard) bool { return c.ID == id })
	if at < 0 {
		return workflow.PromptCard{}
	}
	return shelf.Prompts[at]
}

func TestARemovedPromptCanBePutBack(t *testing.T) {
	b := newBench(t, specOrRequest)
	text := ownPrompt("tidy", "Tidy up.")
	try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: text}))(t)
	for what, remove := range map[string]func() error{
		"here":    func() error { return b.RemovePrompt(b.ctx, "tidy") },
		"outside": func() error { return os.Remove(b.file("prompts/tidy.md")) },
	} {
		if err := remove(); err != nil {
			t.Fatal(err)
		}
		shelf := try(b.Shelf(b.ctx))(t)
		if b.cardFor("tidy").ID != "" || len(shelf.Removed) != 1 || shelf.Removed[0].Path != "prompts/tidy.md" || shelf.Removed[0].Summary != "One of mine." {
			t.Errorf("removed %s: %+v", what, shelf.Removed)
		}
		if card := try(b.PutBack(b.ctx, "prompts/tidy.md"))(t); card.ID != "tidy" || b.readFile("prompts/tidy.md") != text {
			t.Errorf("put back: %+v", card)
		}
		if len(try(b.Shelf(b.ctx))(t).Removed) > 0 {
			t.Error("what was put back counts as removed")
		}
	}
	wantCode(t, b.RemovePrompt(b.ctx, "spec"), workflow.Conflict)
	if got := b.versionsOf("prompts/tidy.md"); !slices.Equal(got, []string{text}) {
		t.Errorf("versions %q: nothing has changed", got)
	}
}

// A version that did not reach its file does not look like an edit outside, and a
// lost folder is written again.
func TestFilesCatchUpWithTheirVersions(t *testing.T) {
	b := newBench(t, specOrRequest)
	one, two := ownPrompt("tidy", "One."), ownPrompt("tidy", "Two.")
	try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: one}))(t)
	try(b.Save(b.ctx, workflow.LibraryID, workflow.SaveDocument{Path: "prompts/tidy.md", Body: two, Base: 1}))(t)
	b.reopen() // Close brings it out
	if b.readFile("prompts/tidy.md") != two || len(b.versionsOf("prompts/tidy.md")) != 2 {
		t.Errorf("the file holds %q", b.readFile("prompts/tidy.md"))
	}
	if err := os.RemoveAll(filepath.Join(b.dir, "library")); err != nil {
		t.Fatal(err)
	}
	if card := b.cardFor("tidy"); card.Version != 2 || b.readFile("prompts/tidy.md") != two {
		t.Errorf("%+v after the folder was lost", card)
	}
}

func TestBadFilesOfTheLibraryAreNamedAndTheRestLoads(t *testing.T) {
	b := newBench(t, specOrRequest)
	for path, text := range map[string]string{
		"prompts/good.md":    ownPrompt("good", "Good."),
		"prompts/no.md":      "no front matter",
		"prompts/twice.md":   ownPrompt("good", "Again."),
		"prompts/binary.md":  "\xff\xfe",
		"prompts/huge.md":    ownPrompt("huge", strings.Repeat("x", 5<<20)),
		"prompts/unused.md":  strings.Replace(ownPrompt("unused", "Text."), "summary: One of mine.\n", "summary: One of mine.\nvariables: [{name: a, type: text, label: A}]\n", 1),
		"prompts/unknown.md": ownPrompt("unknown", "Say {{it}}."),
		"workflows/bad.md":   "---\nid: bad\n---\n",
	} {
		b.writeFile(path, text)
	}
	shelf := try(b.Shelf(b.ctx))(t)
	files := map[string]bool{}
	for _, p := range shelf.Problems {
		files[p.File] = p.Doubt
		if p.Message == "" || p.File == "" || p.Line == 0 && p.File != "prompts/huge.md" {
			t.Errorf("%+v", p)
		}
	}
	for file, doubt := range map[string]bool{"prompts/no.md": false, "prompts/twice.md": false, "prompts/binary.md": false, "prompts/huge.md": false,
		"prompts/unused.md": true, "prompts/unknown.md": false, "workflows/bad.md": false} {
		if got, ok := files[file]; !ok || got != doubt {
			t.Errorf("%s: told %v, doubt %v, want doubt %v", file, ok, got, doubt)
		}
	}
	if b.cardFor("good").ID == "" || b.cardFor("unused").ID == "" || b.cardFor("spec").Source != workflow.BuiltIn {
		t.Error("the rest is not loaded")
	}
}

func TestCustomiseAndTakeOverAnUpgrade(t *testing.T) {
	b := newBench(t, specOrRequest)
	built := func(first, last string) fstest.MapFS {
		return fstest.MapFS{"library/help/tidy.md": {Data: []byte(ownPrompt("tidy", first+"\n\nMiddle.\n\nMore.\n\n"+last))}}
	}
	open := func(files fstest.MapFS) {
		t.Helper()
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		b.Engine = try(Open(b.ctx, Options{Dir: b.dir, Library: files, NewClient: func(string) (llm.Client, error) { return b.client, nil }}))(t)
	}
	open(built("First.", "Last."))
	card := try(b.Customise(b.ctx, "tidy"))(t)
	if card.Source != workflow.Yours || !card.Overlays || card.Behind {
		t.Errorf("customised: %+v", card)
	}
	_, err := b.Customise(b.ctx, "tidy")
	wantCode(t, err, workflow.Conflict)
	own := strings.Replace(b.readFile("prompts/tidy.md"), "First.", "Mine.", 1)
	try(b.SavePrompt(b.ctx, "tidy", workflow.SavePrompt{Text: own}))(t)

	open(built("First.", "Last and best."))
	if !b.cardFor("tidy").Behind {
		t.Error("an upgrade goes unnoticed")
	}
	u := try(b.Upgrade(b.ctx, "tidy"))(t)
	if len(u.Conflicts) > 0 || !strings.Contains(u.Merged, "Mine.") || !strings.Contains(u.Merged, "Last and best.") {
		t.Errorf("merged to %q, conflicts %q", u.Merged, u.Conflicts)
	}
	if d := try(b.TakeOver(b.ctx, "tidy", workflow.SavePrompt{}))(t); d.Card.Behind || !strings.Contains(d.Body, "Mine.") || !strings.Contains(d.Body, "Last and best.") {
		t.Errorf("taken over: %+v, %s", d.Card, d.Body)
	}

	open(built("First, too.", "Last and best."))
	if u = try(b.Upgrade(b.ctx, "tidy"))(t); len(u.Conflicts) != 1 || !strings.Contains(u.Conflicts[0], "First, too.") || !strings.Contains(u.Merged, "Mine.") {
		t.Errorf("both changed a line: merged to %q, conflicts %q", u.Merged, u.Conflicts)
	}
	if err := b.RemovePrompt(b.ctx, "tidy"); err != nil {
		t.Fatal(err)
	}
	if card := b.cardFor("tidy"); card.Source != workflow.BuiltIn {
		t.Errorf("%+v, want the built-in one again", card)
	}
}

func TestFavouritesAndUsesAreKept(t *testing.T) {
	b := newBench(t, specOrRequest)
	if card := try(b.Favourite(b.ctx, "plan", true))(t); !card.Favourite {
		t.Error("it is no favourite")
	}
	p := b.project("Tide table")
	try(b.CopyPrompt(b.ctx, workflow.PromptOrder{PromptID: "request", ProjectID: p.ID}))(t)
	before := b.cardFor("request")
	b.reopen()
	if card := b.cardFor("request"); card.Uses != 1 || card.Uses != before.Uses || !card.UsedAt.Equal(before.UsedAt) {
		t.Errorf("%+v, want one use as before: %+v", card, before)
	}
	if !b.cardFor("plan").Favourite {
		t.Error("a favourite is forgotten")
	}
	if card := try(b.Favourite(b.ctx, "plan", false))(t); card.Favourite {
		t.Error("it is still a favourite")
	}
}

// The searches that follow a use know of it.
func TestSearchPutsWhatIsUsedFirst(t *testing.T) {
	b := newBench(t, specOrRequest)
	for _, id := range []string{"tide-a", "tide-b"} {
		text := "---\nid: " + id + "\ntitle: Harbour\nsummary: One of mine.\n---\n\nSay when the tide turns.\n"
		try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: text}))(t)
	}
	first := func() string { return try(b.SearchPrompts(b.ctx, "harbour"))(t)[0].ID }
	if got := first(); got != "tide-a" {
		t.Fatalf("%s is first, want tide-a by its id", got)
	}
	try(b.CopyPrompt(b.ctx, workflow.PromptOrder{PromptID: "tide-b"}))(t)
	if got := first(); got != "tide-b" {
		t.Errorf("%s is first, want tide-b, which was used", got)
	}
}

// What is missing shows its label in the text, whatever its type is.
func TestFillShowsWhatIsMissingOfEveryType(t *testing.T) {
	b := newBench(t, specOrRequest)
	for kind, more := range map[string]string{"number": "", "date": "", "choice": "\n    options: [a, b]", "multi-choice": "\n    options: [a, b]", "yes-no": ""} {
		text := "---\nid: typed-" + kind + "\ntitle: Typed\nsummary: One of mine.\nvariables:\n  - name: v\n    type: " + kind +
			"\n    label: The value\n    required: true" + more + "\n  - name: n\n    type: number\n    label: N\n---\n\nTake {{v}} and {{n}}.\n"
		try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: text}))(t)
		for n, want := range map[string]string{"": "Take [The value] and .", "2": "Take [The value] and 2.", "two": "Take [The value] and two."} {
			filled := try(b.FillPrompt(b.ctx, workflow.PromptOrder{PromptID: "typed-" + kind, Values: map[string]string{"n": n}}))(t)
			if filled.Text != want {
				t.Errorf("%s with %q reads %q, want %q", kind, n, filled.Text, want)
			}
		}
	}
}

// A script edits a file and renders it at once, while a window is open.
func TestWhatWasEditedAMomentAgoIsUsed(t *testing.T) {
	b := newBench(t, specOrRequest)
	b.writeFile("prompts/tidy.md", ownPrompt("tidy", "Tidy up."))
	try(b.Shelf(b.ctx))(t)
	fill := func(id string) string {
		return try(b.FillPrompt(b.ctx, workflow.PromptOrder{PromptID: id, Values: map[string]string{}}))(t).Text
	}

	b.writeFile("prompts/tidy.md", ownPrompt("tidy", "Tidy up at once."))
	if got := fill("tidy"); got != "Tidy up at once." {
		t.Errorf("an edited prompt reads %q", got)
	}
	b.writeFile("prompts/mine.md", ownPrompt("request", "Just ask."))
	if got := fill("request"); got != "Just ask." {
		t.Errorf("a prompt that takes the place of a built-in one reads %q", got)
	}
	if err := os.Remove(b.file("prompts/tidy.md")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.PromptDetail(b.ctx, "tidy"); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("a removed prompt: %v", err)
	}
}

// A file that somebody else wrote is never written over, whatever is in it.
func TestAFileThatIsThereIsNotWrittenOver(t *testing.T) {
	b := newBench(t, specOrRequest)
	other := ownPrompt("sweep", "Sweep.")
	b.writeFile("prompts/tidy.md", other) // named like another prompt
	broken := strings.Replace(ownPrompt("request", "Just ask."), "title: Request", "title: [Request", 1)
	b.writeFile("prompts/request.md", broken)

	card := try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: ownPrompt("tidy", "Tidy up.")}))(t).Card
	if card.Path != "prompts/tidy-2.md" {
		t.Errorf("the new prompt is in %s", card.Path)
	}
	if _, err := b.Customise(b.ctx, "request"); workflow.CodeOf(err) != workflow.Conflict || !strings.Contains(err.Error(), "prompts/request.md, line ") {
		t.Errorf("customised over a broken file: %v", err)
	}
	preview := try(b.PreviewFiles(b.ctx, []workflow.ImportFile{{Path: "prompts/sweep-2.md", Content: ownPrompt("request-2", "Ask twice.")}}))(t)
	b.writeFile("prompts/request-2.md", "what somebody began to write")
	if _, err := b.TakePrompts(b.ctx, preview.Items); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("imported over a broken file: %v", err)
	}
	for path, want := range map[string]string{"prompts/tidy.md": other, "prompts/request.md": broken, "prompts/request-2.md": "what somebody began to write"} {
		if got := string(try(os.ReadFile(b.file(path)))(t)); got != want {
			t.Errorf("%s holds %q", path, got)
		}
	}
}

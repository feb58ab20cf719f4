package engine

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
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

func TestScratchRunsAreKept(t *testing.T) {
	b := newBench(t, func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: "# Tidy\n\nDone.\n"} })
	try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: ownPrompt("tidy", "Tidy up.")}))(t)
	run := b.endedRun(try(b.StartPrompt(b.ctx, workflow.PromptOrder{PromptID: "tidy", Model: llmtest.ScriptedModel}))(t))
	if run.ProjectID != workflow.LibraryID || run.Phase != "" || run.Output != "answers/tidy.md" || run.State != workflow.RunSucceeded {
		t.Errorf("%+v", run)
	}
	d := try(b.Run(b.ctx, run.ID))(t)
	if d.Prompt != "Tidy up." || d.Candidate.Path != "answers/tidy.md" {
		t.Errorf("%+v", d)
	}
	v := try(b.Accept(b.ctx, run.ID, workflow.AcceptCandidate{All: true}))(t)
	if v.Number != 1 || v.BasisID != run.ID {
		t.Errorf("%+v", v)
	}
	b.inGit("answers/tidy.md", "# Tidy\n\nDone.\n")
	if runs := try(b.PromptRuns(b.ctx, "tidy", ""))(t); len(runs) != 1 || runs[0].ID != run.ID {
		t.Errorf("runs %+v", runs)
	}
	b.reopen()
	if runs := try(b.PromptRuns(b.ctx, "tidy", workflow.LibraryID))(t); len(runs) != 1 {
		t.Errorf("runs after a restart %+v", runs)
	}
}

func (b *bench) endedRun(r workflow.Run) workflow.Run {
	b.t.Helper()
	return b.ended(r.ID).Run
}

func TestPromptsAreFilledFromTheProject(t *testing.T) {
	b := newBench(t, specOrRequest)
	b.writeFile("prompts/facts.md", `---
id: facts
title: Facts
summary: Of everything.
variables:
  - {name: name, type: text, label: Name, source: project.name}
  - {name: idea, type: long-text, label: Idea, source: project.idea}
  - {name: stack, type: text, label: Stack, source: project.stack, default: any}
  - {name: volume, type: text, label: Volume, source: pack.volume}
  - {name: who, type: text, label: Who, source: persona.title}
  - {name: it, type: long-text, label: It, source: given, required: true}
  - {name: typed, type: text, label: Typed}
---
{{name}}|{{idea}}|{{stack}}|{{volume}}|{{who}}|{{it}}|{{typed}}
`)
	p := b.project("Tide table")
	o := workflow.PromptOrder{PromptID: "facts", ProjectID: p.ID, Persona: "security-expert", Values: map[string]string{"typed": "by hand"}}
	f := try(b.FillPrompt(b.ctx, o))(t)
	if !slices.Equal(f.Missing, []string{"It"}) || !strings.Contains(f.Text, "[It]") {
		t.Errorf("missing %v in %q", f.Missing, f.Text)
	}
	_, err := b.StartPrompt(b.ctx, o)
	wantCode(t, err, workflow.Invalid)
	o.Given = &workflow.Given{Text: "a text"}
	try(b.SetFact(b.ctx, p.ID, "pack", "payments"))(t)
	f = try(b.FillPrompt(b.ctx, o))(t)
	if parts := strings.Split(f.Text, "|"); len(parts) != 7 || parts[0] != "Tide table" || parts[1] == "" || parts[2] != "any" || parts[3] == "" || parts[4] == "" || parts[5] != "a text" || parts[6] != "by hand" {
		t.Errorf("%q", f.Text)
	}
	try(b.SetFact(b.ctx, p.ID, "stack", "Go"))(t)
	try(b.KeepValues(b.ctx, workflow.PromptOrder{PromptID: "facts", ProjectID: p.ID, Values: map[string]string{"typed": "kept"}}))(t)
	o.Values = nil
	if f = try(b.FillPrompt(b.ctx, o))(t); !strings.Contains(f.Text, "|Go|") || !strings.HasSuffix(f.Text, "|kept") {
		t.Errorf("%q", f.Text)
	}
	_, err = b.SetFact(b.ctx, p.ID, "launch", "soon")
	wantCode(t, err, workflow.Invalid)
	_, err = b.SetFact(b.ctx, p.ID, "colour", "red")
	wantCode(t, err, workflow.NotFound)
}

func TestAnAnswerTurnsIntoTheNextPrompt(t *testing.T) {
	findings := "## Summary\nTotal: 1 (P0: 0, P1: 1, P2: 0, P3: 0)\n\n## Findings\n- [ ] P1: The lock is never released\n  - **Where:** `lock.go:7`\n  - **Problem:** It hangs.\n  - **Fix:** Release it.\n"
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		if strings.Contains(req.Messages[0].Content, "never released") {
			return llmtest.Answer{Text: "# Fix the lock\n\n## Context\nA lock in {{braces}}.\n"}
		}
		return llmtest.Answer{Text: findings}
	})
	p := b.project("Tide table")
	order := workflow.PromptOrder{PromptID: "generic-issue-analysis", ProjectID: p.ID, Model: llmtest.ScriptedModel, Values: map[string]string{}}
	for _, v := range try(b.PromptDetail(b.ctx, order.PromptID))(t).Variables {
		if v.Required {
			order.Values[v.Name] = v.Example
		}
	}
	first := b.endedRun(try(b.StartPrompt(b.ctx, order))(t))
	next := try(b.NextPrompt(b.ctx, workflow.Given{RunID: first.ID}))(t)
	if next.Default != "fix-prompt" || next.Kind != workflow.TextFindings {
		t.Errorf("next %+v, want the fix prompt", next)
	}
	if next := try(b.NextPrompt(b.ctx, workflow.Given{Text: findings}))(t); next.Default != "fix-prompt" {
		t.Errorf("of the pasted text: %+v", next)
	}
	second := b.endedRun(try(b.StartPrompt(b.ctx, workflow.PromptOrder{PromptID: next.Default, ProjectID: p.ID, Model: llmtest.ScriptedModel,
		Given: &workflow.Given{RunID: first.ID}}))(t))
	if second.Output != "prompts/fix-prompt-01.md" || second.Given == nil || second.Given.RunID != first.ID {
		t.Fatalf("%+v", second)
	}
	try(b.Accept(b.ctx, second.ID, workflow.AcceptCandidate{All: true}))(t)
	third := b.endedRun(try(b.StartPrompt(b.ctx, workflow.PromptOrder{Prompt: second.Output, ProjectID: p.ID, Model: llmtest.ScriptedModel}))(t))
	if d := try(b.Run(b.ctx, third.ID))(t); !strings.Contains(d.Prompt, "A lock in {{braces}}.") || third.PromptPath != second.Output {
		t.Errorf("the prompt artifact was sent as %q", d.Prompt)
	}
	titles := []string{}
	for _, link := range try(b.Chain(b.ctx, third.ID))(t) {
		titles = append(titles, link.Kind)
	}
	if !slices.Equal(titles, []string{"run", "run", "document", "run"}) {
		t.Errorf("chain %v", titles)
	}
	again := b.endedRun(try(b.StartPrompt(b.ctx, workflow.PromptOrder{PromptID: "fix-prompt", ProjectID: p.ID, Model: llmtest.ScriptedModel,
		Given: &workflow.Given{Text: findings}}))(t))
	if again.Output != "prompts/fix-prompt-02.md" {
		t.Errorf("a second one goes to %s", again.Output)
	}
}

func TestPerspectivesAreMerged(t *testing.T) {
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		text := "## Summary\nLooked.\n\n## Findings\n- [ ] P2: The lock is never released\n  - **Where:** `lock.go:7`\n"
		if strings.Contains(req.Messages[0].Content, "ecurity") {
			text = "## Summary\nLooked.\n\n## Findings\n- [ ] P1: Lock never released\n  - **Where:** `lock.go:7`\n- [ ] P0: The token is logged\n  - **Where:** `log.go:3`\n"
		}
		return llmtest.Answer{Text: text}
	})
	p := b.project("Tide table")
	order := workflow.PromptOrder{PromptID: "perspectives", ProjectID: p.ID, Model: llmtest.ScriptedModel, Values: map[string]string{}}
	for _, v := range try(b.PromptDetail(b.ctx, order.PromptID))(t).Variables {
		if v.Required && !strings.HasPrefix(v.Source, "persona.") {
			order.Values[v.Name] = v.Example
		}
	}
	_, err := b.StartBatch(b.ctx, workflow.PromptBatch{Order: order, Personas: []string{"security-expert", "nobody"}})
	wantCode(t, err, workflow.NotFound)
	batch := try(b.StartBatch(b.ctx, workflow.PromptBatch{Order: order, Personas: []string{"security-expert", "support-manager"}}))(t)
	for _, r := range batch.Runs {
		b.endedRun(r)
	}
	batch = try(b.Batch(b.ctx, batch.ID))(t)
	if !batch.Done || len(batch.Findings) != 2 || batch.Findings[0].Severity != workflow.P0 || len(batch.Findings[1].By) != 2 || batch.Findings[1].Severity != workflow.P1 {
		t.Errorf("%+v", batch.Findings)
	}
	v := try(b.KeepBatch(b.ctx, batch.ID))(t)
	if v.Path != "answers/perspectives.md" || v.Number != 1 {
		t.Errorf("%+v", v)
	}
	if same := try(b.KeepBatch(b.ctx, batch.ID))(t); same.Number != 1 {
		t.Errorf("kept twice: %+v", same)
	}
}

func TestPracticePromptsAreDue(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.pass(8 * 24 * time.Hour)
	launch := time.Now().AddDate(0, 0, 12).Format(time.DateOnly)
	try(b.SetFact(b.ctx, p.ID, "launch", launch))(t)
	due := map[string]bool{}
	for _, one := range try(b.Practice(b.ctx))(t) {
		due[one.PromptID] = one.Due
	}
	want := map[string]bool{"morning-review": true, "end-of-day": true, "weekly-architecture": true, "weekly-security": true, "pre-launch": true, "post-launch": false}
	for id, is := range want {
		if got, ok := due[id]; !ok || got != is {
			t.Errorf("%s is due: %v (listed: %v), want %v", id, got, ok, is)
		}
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

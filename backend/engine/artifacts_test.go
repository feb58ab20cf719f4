package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

func TestPasteMakesTheSameRecord(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	r := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	if again := try(b.CopyRun(b.ctx, p.ID, "request"))(t); again.ID != r.ID {
		t.Error("copying the same prompt again goes on with the same run")
	}
	prompt := try(b.Run(b.ctx, r.ID))(t).Prompt
	for name, tc := range map[string]struct {
		text string
		code workflow.Code
	}{
		"empty":           {" \n\t", workflow.Invalid},
		"the prompt":      {prompt, workflow.Invalid},
		"not text":        {"a\x00b", workflow.Invalid},
		"too large":       {strings.Repeat("x", MaxDocument+1), workflow.Limit},
		"something else":  {"Sure, I can help you with that.", workflow.Conflict},
		"cut in the code": {requestAnswer + "\n```go\nfunc main() {", workflow.Conflict},
		"only thinking":   {"<think>hm</think>", workflow.Invalid},
	} {
		_, err := b.PasteAnswer(b.ctx, r.ID, workflow.PastedAnswer{Text: tc.text})
		if t.Run(name, func(t *testing.T) { wantCode(t, err, tc.code) }); t.Failed() {
			return
		}
	}
	b.reopen()
	if o := try(b.Overview(b.ctx, p.ID))(t); o.Phases[1].RunState != workflow.RunWaiting {
		t.Errorf("a run goes on waiting for its paste over a restart: %+v", o.Phases[1])
	}
	done := try(b.PasteAnswer(b.ctx, r.ID, workflow.PastedAnswer{Text: strings.ReplaceAll(requestAnswer, "\n", "\r\n"), Model: "Some chat"}))(t)
	d := try(b.Run(b.ctx, r.ID))(t)
	if done.State != workflow.RunSucceeded || d.Answer != requestAnswer || d.Candidate.State != workflow.CandidateOpen {
		t.Errorf("pasted: %+v %q", d.Run, d.Answer)
	}
	if v := try(b.Accept(b.ctx, r.ID, workflow.AcceptCandidate{All: true}))(t); v.Author.Name != "Some chat" {
		t.Errorf("author: %+v", v.Author)
	}
	_, err := b.PasteAnswer(b.ctx, r.ID, workflow.PastedAnswer{Text: requestAnswer})
	wantCode(t, err, workflow.Conflict)
}

func TestPasteAnywayMarksDoubt(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	r := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	cut := requestAnswer + "\n```go\nfunc main() {"
	got := try(b.PasteAnswer(b.ctx, r.ID, workflow.PastedAnswer{Text: cut, Anyway: true}))(t)
	if !got.Unfinished || got.Whole() {
		t.Errorf("a cut answer that was taken anyway is unfinished: %+v", got)
	}
}

func TestCancelAWaitingRun(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	r := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	if got := try(b.CancelRun(b.ctx, r.ID))(t); got.State != workflow.RunCanceled {
		t.Errorf("state %s", got.State)
	}
	_, err := b.CancelRun(b.ctx, r.ID)
	if workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("canceling twice: %v", err)
	}
}

func TestRerunMakesACandidateBesideTheVersion(t *testing.T) {
	second := strings.Replace(requestAnswer, "No wishes.", "Large figures.", 1)
	second = strings.Replace(second, "Sailors who plan a day trip", "Sailors and anglers", 1)
	answers := []string{requestAnswer, second}
	b := newBench(t, func(llm.Request) llmtest.Answer {
		next := answers[0]
		answers = append(answers[1:], next)
		return llmtest.Answer{Text: next}
	})
	p := b.project("Tide table")
	try(b.Accept(b.ctx, b.run(p, "request").Run.ID, workflow.AcceptCandidate{All: true}))(t)
	run := b.run(p, "request").Run
	if b.doc(p, "request.md").Markdown != requestAnswer {
		t.Fatal("a re-run changed the document")
	}
	review := try(b.Review(b.ctx, run.ID))(t)
	var design []int
	for _, s := range review.Sections {
		if s.Kind == "changed" && s.Title == "Design" {
			design = append(design, s.ID)
		}
	}
	if len(design) != 1 || review.Moved || review.Added == 0 {
		t.Fatalf("review: %+v", review)
	}
	_, err := b.Accept(b.ctx, run.ID, workflow.AcceptCandidate{Base: 1})
	wantCode(t, err, workflow.Invalid)
	_, err = b.Accept(b.ctx, run.ID, workflow.AcceptCandidate{All: true, Base: 0})
	wantCode(t, err, workflow.Conflict)
	v := try(b.Accept(b.ctx, run.ID, workflow.AcceptCandidate{Sections: design, Base: 1}))(t)
	doc := b.doc(p, "request.md")
	if v.Number != 2 || doc.Markdown != strings.Replace(requestAnswer, "No wishes.", "Large figures.", 1) || v.Author.Kind != workflow.Person {
		t.Errorf("one section was taken: %+v\n%s", v, doc.Markdown)
	}
	_, err = b.Discard(b.ctx, run.ID)
	wantCode(t, err, workflow.Conflict)

	third := b.run(p, "request").Run
	if c := try(b.Discard(b.ctx, third.ID))(t); c.State != workflow.CandidateDiscarded {
		t.Errorf("candidate: %+v", c)
	}
	if d := try(b.Run(b.ctx, third.ID))(t); d.Answer == "" {
		t.Error("a discarded answer stays with its run")
	}
}

// TestATextFromElsewhereLeavesTheDraft saves a file while typing waits in the editor.
func TestATextFromElsewhereLeavesTheDraft(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	s := workflow.SaveDocument{Path: "request.md", Body: "# One\n", KeepDraft: true}
	s.Base = try(b.Save(b.ctx, p.ID, s))(t).Number
	d := workflow.Draft{ProjectID: p.ID, Path: "request.md", Base: 1, Body: "# One, half typ"}
	if err := b.SaveDraft(b.ctx, d); err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"# One\n", "# From a file\n"} {
		s.Body = body
		s.Base = try(b.Save(b.ctx, p.ID, s))(t).Number
		if got, ok, err := b.Draft(b.ctx, p.ID, "request.md"); err != nil || !ok || got.Body != d.Body {
			t.Errorf("saving %q costs the draft: %+v %v %v", body, got, ok, err)
		}
	}
}

func TestDocumentsKeepEveryVersion(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	save := func(base int, body string) (workflow.Version, error) {
		return b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: base, Body: body})
	}
	try(save(0, "# One\n"))(t)
	d := workflow.Draft{ProjectID: p.ID, Path: "request.md", Base: 1, Body: "# Two, half typ"}
	if err := b.SaveDraft(b.ctx, d); err != nil {
		t.Fatal(err)
	}
	b.reopen()
	if got, ok, err := b.Draft(b.ctx, p.ID, "request.md"); err != nil || !ok || got.Body != d.Body {
		t.Fatalf("the draft is not there after a restart: %+v %v %v", got, ok, err)
	}
	try(save(1, "# Two\n"))(t)
	if _, ok, _ := b.Draft(b.ctx, p.ID, "request.md"); ok {
		t.Error("saving drops the draft")
	}
	if v := try(save(2, "# Two\n"))(t); v.Number != 2 {
		t.Error("saving the same text makes no version")
	}
	_, err := save(1, "# Other\n")
	wantCode(t, err, workflow.Conflict)
	for name, body := range map[string]string{"empty": " \n", "not text": "a\xff", "null": "a\x00"} {
		t.Run(name, func(t *testing.T) { _, err := save(2, body); wantCode(t, err, workflow.Invalid) })
	}
	_, err = b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "../evil.md", Body: "x"})
	wantCode(t, err, workflow.NotFound)

	v := try(b.Restore(b.ctx, p.ID, "request.md", 1))(t).Version
	if v.Number != 3 || b.doc(p, "request.md").Markdown != "# One\n" {
		t.Errorf("restored: %+v", v)
	}
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	old := try(b.Document(b.ctx, p.ID, "request.md", 2))(t)
	if old.Markdown != "# Two\n" || strings.Contains(old.HTML, "tabindex") {
		t.Errorf("v2: %q", old.Markdown)
	}
	diff := try(b.Diff(b.ctx, p.ID, "request.md", 1, 2))(t)
	if diff.Diff.Added != 1 || diff.Diff.Removed != 1 {
		t.Errorf("diff: %+v", diff)
	}
	lines := try(b.Log(b.ctx, p.ID, "request.md", workflow.LogQuery{}))(t).Lines
	if len(lines) != 3 || lines[0].Versions[0].Number != 3 || lines[2].Versions[0].Commit == "" {
		t.Errorf("log: %+v", lines)
	}
}

func TestTicksAreAPersonsWord(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	try(b.Accept(b.ctx, b.run(p, "request").Run.ID, workflow.AcceptCandidate{All: true}))(t)
	doc := b.doc(p, "request.md")
	claimed := doc.Items[2]
	v := try(b.Tick(b.ctx, p.ID, "request.md", claimed.Offset, 1, true))(t)
	after := b.doc(p, "request.md")
	if v.Number != 1 || after.Markdown != doc.Markdown || after.Items[2].State != workflow.ItemDone {
		t.Errorf("confirming a claim leaves the text alone: v%d %+v", v.Number, after.Items[2])
	}
	open := doc.Items[0]
	v = try(b.Tick(b.ctx, p.ID, "request.md", open.Offset, 1, true))(t)
	if v.Kind != workflow.VersionTicked || v.Number != 2 || differingBytes(doc.Markdown, b.doc(p, "request.md").Markdown) != 1 {
		t.Errorf("a tick changes one byte: %+v", v)
	}
	_, err := b.Tick(b.ctx, p.ID, "request.md", open.Offset, 1, false)
	wantCode(t, err, workflow.Conflict)
	_, err = b.Tick(b.ctx, p.ID, "request.md", 3, 2, true)
	wantCode(t, err, workflow.NotFound)
	try(b.Tick(b.ctx, p.ID, "request.md", open.Offset, 2, false))(t)
	if got := b.doc(p, "request.md"); got.Markdown != doc.Markdown || got.Items[0].State != workflow.ItemOpen {
		t.Error("untick is the way back")
	}
	_, err = b.WaiveItem(b.ctx, p.ID, "request.md", open.Offset, 3, "no")
	wantCode(t, err, workflow.Invalid)
	try(b.WaiveItem(b.ctx, p.ID, "request.md", open.Offset, 3, "The harbour has no second station."))(t)
	if got := b.doc(p, "request.md").Items[0]; got.State != workflow.ItemWaived || got.Tick.Reason == "" {
		t.Errorf("waived: %+v", got)
	}
	edited := strings.Replace(doc.Markdown, "- [ ] Nothing can", "- [x] Nothing can", 1)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: 3, Body: edited}))(t)
	for _, it := range b.doc(p, "request.md").Items {
		if strings.HasPrefix(it.Text, "Nothing can") && it.State != workflow.ItemDone {
			t.Errorf("a box that a person marked in the editor is done: %+v", it)
		}
	}
}

func TestChangedInputsMakeStaleAndTicksDoNot(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	try(b.Accept(b.ctx, b.run(p, "request").Run.ID, workflow.AcceptCandidate{All: true}))(t)
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	try(b.Accept(b.ctx, b.run(p, "spec").Run.ID, workflow.AcceptCandidate{All: true}))(t)
	stale := func() bool { return condition(b.gate(p, "spec"), "current").State != workflow.CondMet }
	doc := b.doc(p, "request.md")
	try(b.Tick(b.ctx, p.ID, "request.md", doc.Items[0].Offset, 1, true))(t)
	if stale() {
		t.Fatal("a tick makes nothing stale")
	}
	edited := strings.Replace(b.doc(p, "request.md").Markdown, "Sailors", "Anglers", 1)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: 2, Body: edited}))(t)
	if !stale() {
		t.Fatal("a changed input makes stale")
	}
	try(b.StillValid(b.ctx, p.ID, "spec", "Anglers need nothing else than sailors."))(t)
	if stale() {
		t.Fatal("a person said that it still holds")
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: 3, Body: edited + "\n- and more\n"}))(t)
	if !stale() {
		t.Fatal("that word holds for those texts only")
	}
}

func TestWaiverNeedsAReasonAndIsKept(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	_, err := b.Waive(b.ctx, p.ID, "request", "because")
	wantCode(t, err, workflow.Invalid)
	g := try(b.Waive(b.ctx, p.ID, "request", "The request was agreed on paper."))(t)
	if g.State != workflow.PhaseOverridden || len(g.Passed.Waived) == 0 {
		t.Errorf("gate: %+v", g)
	}
	_, err = b.Pass(b.ctx, p.ID, "request")
	if workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("passing twice: %v", err)
	}
	try(b.Reopen(b.ctx, p.ID, "request", "The paper was not signed at all."))(t)
	records := try(b.GateRecords(b.ctx, p.ID))(t)
	if len(records) != 2 || records[0].Reason != "The request was agreed on paper." || records[0].Seen["idea.md"] != 1 {
		t.Errorf("records: %+v", records)
	}
	if o := try(b.Overview(b.ctx, p.ID))(t); o.Current != "request" {
		t.Errorf("current: %s", o.Current)
	}
}

func TestProjectsThatCannotBe(t *testing.T) {
	b := newBench(t, specOrRequest)
	b.project("Tide table")
	idea := "An idea."
	for name, tc := range map[string]struct {
		project workflow.NewProject
		code    workflow.Code
	}{
		"no name":        {workflow.NewProject{Name: "  ", Idea: idea}, workflow.Invalid},
		"only emoji":     {workflow.NewProject{Name: "🚀🚀", Idea: idea}, workflow.Invalid},
		"long name":      {workflow.NewProject{Name: strings.Repeat("n", 81), Idea: idea}, workflow.Invalid},
		"same name":      {workflow.NewProject{Name: "tide  TABLE", Idea: idea}, workflow.Conflict},
		"same slug":      {workflow.NewProject{Name: "Tide-table", Idea: idea}, workflow.Conflict},
		"no idea":        {workflow.NewProject{Name: "A", Idea: "\n \n"}, workflow.Invalid},
		"10 MB idea":     {workflow.NewProject{Name: "A", Idea: strings.Repeat("x", 10<<20)}, workflow.Limit},
		"binary idea":    {workflow.NewProject{Name: "A", Idea: "\xff\xfe"}, workflow.Invalid},
		"other workflow": {workflow.NewProject{Name: "A", Idea: idea, WorkflowID: "nowhere"}, workflow.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.CreateProject(b.ctx, tc.project)
			wantCode(t, err, tc.code)
		})
	}
	if list := try(b.Projects(b.ctx))(t); len(list) != 1 {
		t.Errorf("%d projects", len(list))
	}
	if p := try(b.CreateProject(b.ctx, workflow.NewProject{Name: "Größe 🚀 2", Idea: "\ufeffLine\r\n"}))(t); p.Slug != "größe-2" {
		t.Errorf("slug %q", p.Slug)
	}
	for ref, want := range map[string]string{"tide-table": "Tide table", "tid": "Tide table", "TIDE TABLE": "Tide table"} {
		if p := try(b.FindProject(b.ctx, ref))(t); p.Name != want {
			t.Errorf("%q is %q", ref, p.Name)
		}
	}
	_, err := b.FindProject(b.ctx, "x")
	wantCode(t, err, workflow.NotFound)
}

// TestAShortNameThatSeveralHaveNamesThem wants none left out without a word.
func TestAShortNameThatSeveralHaveNamesThem(t *testing.T) {
	b := newBench(t, specOrRequest)
	want := map[int]string{
		2: "“t” could be t1 or t2.", 4: "“t” could be t1, t2, t3 or t4.", 5: "“t” could be t1, t2, t3, t4 or 1 other.", 6: "“t” could be t1, t2, t3, t4 or 2 others.",
	}
	for n := 1; n <= 6; n++ {
		b.project(fmt.Sprintf("T%d", n))
		_, err := b.FindProject(b.ctx, "t")
		if text := want[n]; text != "" && workflow.Describe(err).Message != text {
			t.Errorf("with %d: %v", n, err)
		}
	}
}

func TestTextThatIsNoneSaysWhy(t *testing.T) {
	for text, why := range map[string]string{"a\xff": "it is not valid UTF-8", "a\x00b": "it holds a null character"} {
		if err := checkText("It", text, 9, ""); err == nil || err.Error() != "It is not text: "+why+"." {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFolderThatCannotBeUsed(t *testing.T) {
	b := newBench(t, specOrRequest)
	_, err := Open(b.ctx, Options{Dir: b.dir})
	wantCode(t, err, workflow.Conflict)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(b.ctx, Options{Dir: file})
	wantCode(t, err, workflow.Unavailable)
}

func TestDamagedSettingsStandInAndAreWrittenAnew(t *testing.T) {
	b := newBench(t, specOrRequest)
	b.project("Tide table")
	try(b.SetSetting(b.ctx, "theme", "dark"))(t)
	path := b.store.Path()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	damage(t, path, "setting")
	b.open()
	if s := b.currentSettings(); s.Theme != "system" {
		t.Errorf("settings: %+v", s)
	}
	warned := false
	for _, ev := range b.EventsSince(b.epoch, 0).Events {
		warned = warned || ev.Notice != nil && ev.Notice.Level == "warning" && ev.Notice.Hint != ""
	}
	if !warned {
		t.Error("nobody was told")
	}
	if list := try(b.Projects(b.ctx))(t); len(list) != 1 {
		t.Error("projects do not depend on settings")
	}
	try(b.SetSetting(b.ctx, "theme", "light"))(t)
	b.reopen()
	if s := b.currentSettings(); s.Theme != "light" {
		t.Errorf("settings: %+v", s)
	}
}

// damage flips a bit in every value of a bucket.
func damage(t *testing.T, path, bucket string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bucket)).ForEach(func(k, v []byte) error {
			flipped := append([]byte{}, v...)
			flipped[len(flipped)-1] ^= 1
			return tx.Bucket([]byte(bucket)).Put(append([]byte{}, k...), flipped)
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSettingsSayWhatTheyTake(t *testing.T) {
	b := newBench(t, specOrRequest)
	for key, value := range map[string]string{"theme": "pink", "textSize": "huge", "ollamaUrl": "ftp://x", "authorName": "", "openQuestions": "-1", "singleKeys": "perhaps", "practice": "maybe", "chatUrl": "ftp://x"} {
		_, err := b.SetSetting(b.ctx, key, value)
		if workflow.CodeOf(err) != workflow.Invalid {
			t.Errorf("%s=%s: %v", key, value, err)
		}
	}
	_, err := b.SetSetting(b.ctx, "nothing", "x")
	wantCode(t, err, workflow.NotFound)
	for value, want := range map[string]string{"localhost": "http://localhost:11434", "http://10.0.0.1:8080/": "http://10.0.0.1:8080", "": "http://127.0.0.1:11434", "https://h": "https://h"} {
		if s := try(b.SetSetting(b.ctx, "ollamaUrl", value))(t); s.OllamaURL != want {
			t.Errorf("%q is %q, want %q", value, s.OllamaURL, want)
		}
	}
}

func TestDoctorNamesWhatIsWrong(t *testing.T) {
	b := newBench(t, specOrRequest)
	b.project("Tide table")
	for _, c := range try(b.Doctor(b.ctx))(t) {
		if c.State != checkOK || c.Message == "" {
			t.Errorf("%s: %+v", c.ID, c)
		}
	}
	b.client.SetDown(workflow.Errorf(workflow.Unavailable, "Ollama is not answering.").WithHint("Start it."))
	for _, c := range try(b.Doctor(b.ctx))(t) {
		if c.ID == "models" && (c.State != checkWarning || c.Hint == "") {
			t.Errorf("%+v", c)
		}
	}
	t.Setenv("PATH", t.TempDir())
	for hint, want := range map[string]bool{"Start it with “ollama serve”.": true, "Check its address in Settings.": false} {
		b.client.SetDown(workflow.Errorf(workflow.Unavailable, "Ollama is not answering.").WithHint("%s", hint))
		if c := b.checkModels(b.ctx); strings.Contains(c.Hint, "https://ollama.com") != want {
			t.Errorf("without an ollama to start: %+v", c)
		}
	}
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// save makes a text the next version of a document by the hand of a person.
func (b *bench) save(p workflow.Project, path, body string) workflow.Version {
	b.t.Helper()
	base := b.doc(p, path).Version.Number
	return try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: path, Base: base, Body: body}))(b.t)
}

// answer takes an answer of a chat as the next version of the request.
func (b *bench) answer(p workflow.Project, text string, accept workflow.AcceptCandidate) workflow.Version {
	b.t.Helper()
	r := try(b.CopyRun(b.ctx, p.ID, "request"))(b.t)
	try(b.PasteAnswer(b.ctx, r.ID, workflow.PastedAnswer{Text: text, Model: "Some chat", Anyway: true}))(b.t)
	accept.Base = b.doc(p, "request.md").Version.Number
	return try(b.Accept(b.ctx, r.ID, accept))(b.t)
}

func TestLogFoldsTicksAndComesInPages(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.save(p, "request.md", requestAnswer)
	b.tickAll(p, "request.md", "Acceptance checklist") // v2 to v5
	for i := range 4 {
		b.save(p, "request.md", fmt.Sprintf("%s\nMore %d.\n", requestAnswer, i)) // v6 to v9
	}
	pages, before := []string{}, 0
	for range 10 {
		log := try(b.Log(b.ctx, p.ID, "request.md", workflow.LogQuery{Before: before, Lines: 2}))(t)
		page := ""
		for _, line := range log.Lines {
			page += fmt.Sprintf("%d-%d ", line.Versions[0].Number, line.Versions[len(line.Versions)-1].Number)
		}
		pages = append(pages, strings.TrimSpace(page))
		if before = log.Next; log.Total != 9 || before == 0 {
			break
		}
	}
	if want := []string{"9-9 8-8", "7-7 6-6", "5-2 1-1"}; !slices.Equal(pages, want) {
		t.Errorf("pages: %q, want %q", pages, want)
	}
	if log := try(b.Log(b.ctx, p.ID, "request.md", workflow.LogQuery{Author: workflow.Model}))(t); len(log.Lines) != 0 || log.Next != 0 {
		t.Errorf("nobody but a person wrote it: %+v", log)
	}
	_, err := b.Log(b.ctx, p.ID, "nothing.md", workflow.LogQuery{})
	wantCode(t, err, workflow.NotFound)
}

func TestAVersionThatIsNotThereIsToldWithThoseThatAre(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.save(p, "request.md", requestAnswer)
	for name, call := range map[string]func() error{
		"Document": func() error { _, err := b.Document(b.ctx, p.ID, "request.md", 9); return err },
		"Diff":     func() error { _, err := b.Diff(b.ctx, p.ID, "request.md", 9, 1); return err },
		"Blame":    func() error { _, err := b.Blame(b.ctx, p.ID, "request.md", 9); return err },
		"Headings": func() error { _, err := b.Headings(b.ctx, p.ID, "request.md", 9); return err },
		"Restore":  func() error { _, err := b.Restore(b.ctx, p.ID, "request.md", 9); return err },
	} {
		err := call()
		t.Run(name, func(t *testing.T) { wantCode(t, err, workflow.NotFound) })
		if got := workflow.Describe(err); got.Message != "Request has no v9." || !strings.Contains(got.Hint, "v1 to v1") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLogMarksTheSignedVersion(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.save(p, "request.md", requestAnswer)
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	b.save(p, "spec.md", specAnswer)
	v := b.save(p, "spec.md", strings.Replace(specAnswer, "- Which datum is the default?", "None.", 1))
	try(b.Sign(b.ctx, p.ID, "spec", v.Number))(t)
	log := try(b.Log(b.ctx, p.ID, "spec.md", workflow.LogQuery{}))(t)
	if len(log.Lines) != 2 || !log.Lines[0].Signed || log.Lines[1].Signed {
		t.Errorf("signed: %+v", log.Lines)
	}
}

func TestProjectAtAMoment(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.save(p, "request.md", requestAnswer)
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	b.save(p, "request.md", requestAnswer+"\nMore.\n")
	b.save(p, "spec.md", specAnswer)
	b.drain()
	moments := try(b.Moments(b.ctx, p.ID))(t)
	if len(moments) != 2 || moments[0].Title != "Gate of Request overridden" || moments[1].Title != "Project started" {
		t.Fatalf("moments: %+v", moments)
	}
	past := try(b.ProjectAt(b.ctx, p.ID, moments[0].At))(t)
	versions := map[string]workflow.ArtifactAt{}
	for _, a := range past.Artifacts {
		versions[a.Path] = a
	}
	if a := versions["request.md"]; a.Version.Number != 1 || a.Now != 2 || a.Same {
		t.Errorf("request.md: %+v", a)
	}
	if _, there := versions["spec.md"]; there || past.Current != "spec" || past.Moment.ID != moments[0].ID {
		t.Errorf("past: %+v", past)
	}
	if before := try(b.ProjectAt(b.ctx, p.ID, moments[0].At.Add(-1)))(t); before.Current != "request" || before.Moment.ID != "" {
		t.Errorf("before the gate was passed: %s, %+v", before.Current, before.Moment)
	}
	_, err := b.ProjectAt(b.ctx, p.ID, moments[1].At.AddDate(-1, 0, 0))
	wantCode(t, err, workflow.NotFound)
}

func TestRestoreOneSection(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.save(p, "request.md", requestAnswer)
	b.tickAll(p, "request.md", "Acceptance checklist")
	ticked := b.doc(p, "request.md").Version.Number
	gone := strings.Split(requestAnswer, "## Acceptance checklist")[0] + "## Later\n\nMore.\n"
	b.save(p, "request.md", strings.Replace(gone, "Works offline.", "Works anywhere.", 1))
	line := 0
	for _, h := range try(b.Headings(b.ctx, p.ID, "request.md", ticked))(t) {
		if h.Title == "Acceptance checklist" {
			line = h.Line
		}
	}
	restored := try(b.RestoreSection(b.ctx, p.ID, "request.md", ticked, line))(t)
	d := b.doc(p, "request.md")
	if d.Version.Number != restored.Version.Number || d.Version.Kind != workflow.VersionRestored ||
		!strings.Contains(d.Markdown, "Works anywhere.") || strings.Index(d.Markdown, "## Acceptance checklist") > strings.Index(d.Markdown, "## Later") {
		t.Errorf("restored: %+v\n%s", restored, d.Markdown)
	}
	for _, it := range d.Items {
		if it.Section == "Acceptance checklist" && it.State != workflow.ItemClaimed {
			t.Errorf("nobody's word comes back with a box: %+v", it)
		}
	}
	_, err := b.RestoreSection(b.ctx, p.ID, "request.md", ticked, line)
	wantCode(t, err, workflow.Conflict)
	_, err = b.RestoreSection(b.ctx, p.ID, "request.md", ticked, line+1)
	wantCode(t, err, workflow.NotFound)
	_, err = b.RestoreSection(b.ctx, p.ID, "request.md", restored.Version.Number, line)
	wantCode(t, err, workflow.Conflict)
}

func TestRestoreSaysWhatBecomesStale(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.save(p, "request.md", "# Request\n\nOne.\n")
	b.save(p, "request.md", requestAnswer)
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	run := b.run(p, "spec")
	try(b.Accept(b.ctx, run.Run.ID, workflow.AcceptCandidate{All: true}))(t)
	if r := try(b.Restore(b.ctx, p.ID, "request.md", 1))(t); !slices.Equal(r.Stale, []string{"Spec"}) {
		t.Errorf("stale: %q", r.Stale)
	}
	if r := try(b.Restore(b.ctx, p.ID, "request.md", 2))(t); len(r.Stale) != 0 {
		t.Errorf("it is as it was: %q", r.Stale)
	}
}

func TestSearchTellsInWhichVersionsWordsStood(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	text := func(times string) string {
		return "# Request\n\n## Times\n\n" + times + "\n\n## Boxes\n\n- [ ] Done.\n"
	}
	b.save(p, "request.md", text("Shown in the *local\ntime* of the user."))
	b.tickAll(p, "request.md", "")
	b.save(p, "request.md", text("Shown in the zone of the station."))
	b.save(p, "request.md", text("Again in LOCAL TIME, with the offset."))
	b.save(p, "request.md", text("Shown somehow."))
	b.drain()
	for query, want := range map[string]string{
		"local time": "Times 4-4 1-2", "time local offset": "Times 4-4", `"of the"`: "Times 1-3", `"the of the"`: "", "shown": "Times 5-5 1-3",
		"done": "Boxes 1-5",
	} {
		r := try(b.Search(b.ctx, p.ID, workflow.SearchQuery{Words: query, Path: "request.md"}, nil))(t)
		got := []string{}
		for _, hit := range r.Hits {
			ranges := hit.Section
			for _, in := range hit.Ranges {
				ranges += fmt.Sprintf(" %d-%d", in.From, in.To)
			}
			got = append(got, ranges)
		}
		if strings.Join(got, ", ") != want || r.Versions != 5 {
			t.Errorf("%s: %q in %d versions, want %s", query, got, r.Versions, want)
		}
	}
	r := try(b.Search(b.ctx, p.ID, workflow.SearchQuery{Words: "local"}, nil))(t)
	if len(r.Hits) != 1 || r.Hits[0].Ranges[0].Current || r.Hits[0].Ranges[0].Line != 5 {
		t.Fatalf("hits: %+v", r.Hits)
	}
	if got := r.Hits[0].Ranges[0].Excerpt; len(got) != 3 || got[1] != (workflow.Excerpt{Text: "LOCAL", Found: true}) {
		t.Errorf("excerpt: %+v", got)
	}
	_, err := b.Search(b.ctx, p.ID, workflow.SearchQuery{Words: " "}, nil)
	wantCode(t, err, workflow.Invalid)
	_, err = b.Search(b.ctx, p.ID, workflow.SearchQuery{Words: "x", Path: "nothing.md"}, nil)
	wantCode(t, err, workflow.NotFound)
}

func TestSearchTellsItsProgressAndCanBeStopped(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	for i := range 3 * searchStep {
		b.save(p, "request.md", fmt.Sprintf("# Request\n\nVersion %d.\n", i))
	}
	told := 0
	ctx, cancel := context.WithCancel(b.ctx)
	defer cancel()
	try(b.Search(ctx, p.ID, workflow.SearchQuery{Words: "version"}, func(pr workflow.SearchProgress) {
		told++
		if pr.Done > pr.Total || pr.Hits == nil {
			t.Errorf("progress: %+v", pr)
		}
	}))(t)
	if told < 3 {
		t.Errorf("told %d times", told)
	}
	_, err := b.Search(ctx, p.ID, workflow.SearchQuery{Words: "version"}, func(workflow.SearchProgress) { cancel() })
	if !errors.Is(err, context.Canceled) || workflow.CodeOf(workflow.Describe(err)) != workflow.Canceled {
		t.Errorf("stopped: %v", err)
	}
}

// pastBody is a document of about 40 KB; each version changes one of its paragraphs.
func pastBody(version int) string {
	var b strings.Builder
	for i := range 100 {
		word := "first"
		if i == version%100 {
			word = fmt.Sprintf("later%d", version)
		}
		fmt.Fprintf(&b, "## Part %d\n\n%s\n\n- [ ] Box %d.\n\n", i, strings.Repeat("Some words of the "+word+" text that stand in a paragraph.\n", 7), i)
	}
	return b.String()
}

// long opens an engine whose request has so many drained versions.
func long(b *testing.B, versions int) (*Engine, string) {
	e, err := Open(b.Context(), Options{Dir: b.TempDir(), Version: "test", Door: "test"})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = e.Close() })
	p, err := e.CreateProject(b.Context(), workflow.NewProject{Name: "Long", Idea: "An idea."})
	if err != nil {
		b.Fatal(err)
	}
	for i := range versions {
		if _, err := e.Save(b.Context(), p.ID, workflow.SaveDocument{Path: "request.md", Base: i, Body: pastBody(i)}); err != nil {
			b.Fatal(err)
		}
	}
	if err := e.drainer.flush(b.Context()); err != nil {
		b.Fatal(err)
	}
	return e, p.ID
}

func BenchmarkBlameOfThousandVersions(b *testing.B) {
	e, project := long(b, 1000)
	for b.Loop() {
		e.blames = newBlameCache()
		if _, err := e.Blame(b.Context(), project, "request.md", 0); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearchOfThousandVersions(b *testing.B) {
	e, project := long(b, 1000)
	for b.Loop() {
		if _, err := e.Search(b.Context(), project, workflow.SearchQuery{Words: "later500"}, nil); err != nil {
			b.Fatal(err)
		}
	}
}

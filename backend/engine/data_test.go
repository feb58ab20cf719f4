package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/llm"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// lived is a bench with a project that has been through everything, and a second one.
func lived(t *testing.T) (b *bench, p workflow.Project) {
	t.Helper()
	b = newBench(t, specOrRequest)
	b.project("Other")
	p = b.project("Tide table")
	d := b.run(p, "request")
	try(b.Accept(b.ctx, d.Run.ID, workflow.AcceptCandidate{All: true}))(t)
	for _, it := range b.doc(p, "request.md").Items[:2] {
		try(b.Tick(b.ctx, p.ID, "request.md", it.Offset, b.doc(p, "request.md").Version.Number, true))(t)
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: 3, Body: requestAnswer + "\nMore.\n"}))(t)
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	if err := b.SetVariables(b.ctx, p.ID, "spec", map[string]string{"rules": "Be brief."}); err != nil {
		t.Fatal(err)
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Body: specAnswer}))(t)
	try(b.CopyRun(b.ctx, p.ID, "spec"))(t)
	if err := b.SaveDraft(b.ctx, workflow.Draft{ProjectID: p.ID, Path: "spec.md", Base: 1, Body: "unsaved"}); err != nil {
		t.Fatal(err)
	}
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	return b, p
}

// image is everything a person can see of all projects, as text. Without local,
// what only the database has is left out.
func image(b *bench, local bool) string {
	b.t.Helper()
	text, err := imageOf(b, local)
	if err != nil {
		b.t.Error(err)
	}
	return text
}

// picturing gathers an image, and what went wrong with that.
type picturing struct {
	text strings.Builder
	errs []error
}

func (p *picturing) add(what string, v any, err error) {
	text, broken := json.MarshalIndent(v, "", " ")
	if err = errors.Join(err, broken); err != nil {
		p.errs = append(p.errs, fmt.Errorf("%s: %w", what, err))
		return
	}
	fmt.Fprintf(&p.text, "%s: %s\n", what, text)
}

func imageOf(b *bench, local bool) (string, error) {
	p := &picturing{}
	all, err := b.Projects(b.ctx)
	if err != nil {
		return "", err
	}
	slices.SortFunc(all, func(x, y workflow.Overview) int { return strings.Compare(x.Project.ID, y.Project.ID) })
	for _, o := range all {
		id := o.Project.ID
		p.add("project", o.Project, nil)
		p.documents(b, id)
		records, err := b.GateRecords(b.ctx, id)
		p.add("gates", records, err)
		p.runs(b, id, local)
		if local {
			d, _, err := b.Draft(b.ctx, id, "spec.md")
			p.add("draft", d, err)
		}
	}
	return p.text.String(), errors.Join(p.errs...)
}

// documents adds every version of every artifact.
func (p *picturing) documents(b *bench, id string) {
	artifacts, err := b.Artifacts(b.ctx, id)
	p.add("artifacts", len(artifacts), err)
	for _, a := range artifacts {
		versions, err := b.versions(id, a.Path)
		p.add("versions", versions, err)
		for _, v := range versions {
			d, err := b.Document(b.ctx, id, a.Path, v.Number)
			p.add("document", []any{d.Markdown, d.Items}, err)
		}
	}
}

func (p *picturing) runs(b *bench, id string, local bool) {
	runs, err := b.Runs(b.ctx, id, "")
	p.add("runs asked", len(runs) > 0, err)
	for _, r := range runs {
		if !r.State.Ended() && !local {
			continue
		}
		d, err := b.Run(b.ctx, r.ID)
		p.add("run", d, err)
	}
}

// sameImage fails the test where two images differ.
func sameImage(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Fatalf("line %d is\n%s\nwant\n%s", i, strings.Join(g[max(0, i-3):min(len(g), i+3)], "\n"), strings.Join(w[max(0, i-3):min(len(w), i+3)], "\n"))
		}
	}
}

// versions returns all versions of an artifact, newest first.
func (b *bench) versions(projectID, path string) (list []workflow.Version, err error) {
	err = b.store.View(func(tx *store.Tx) error {
		list, err = tx.Versions(projectID, path)
		return err
	})
	return list, err
}

func (b *bench) options() Options {
	return Options{Dir: b.dir, Version: "test", Door: "test", Now: b.time, NewClient: func(string) (llm.Client, error) { return b.client, nil }}
}

func (b *bench) close() {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
}

// sound fails the test when anything is damaged, by our own eyes and by git's.
func (b *bench) sound() {
	b.t.Helper()
	for _, c := range try(b.Verify(b.ctx, true, func(workflow.VerifyProgress) {}))(b.t) {
		if c.State != checkOK {
			b.t.Errorf("%s: %s", c.Title, c.Message)
		}
	}
	for _, o := range try(b.Projects(b.ctx))(b.t) {
		dir := b.history.Dir(o.Project.ID)
		drainGit(b.t, dir, "fsck", "--full", "--strict", "--no-dangling")
		head, err := b.store.GitHead(o.Project.ID)
		if tip := strings.TrimSpace(drainGit(b.t, dir, "rev-parse", "main")); err != nil || tip != head {
			b.t.Errorf("git is at %s, the database at %s, %v", tip, head, err)
		}
	}
}

// another is a bench with an empty folder of its own.
func another(t *testing.T) *bench { return newBench(t, specOrRequest) }

func TestRebuildMakesEveryRecordFromGit(t *testing.T) {
	b, _ := lived(t)
	want := image(b, false)
	b.close()
	if _, err := Rebuild(b.ctx, b.options()); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("with a database: %v", err)
	}
	if err := os.Remove(filepath.Join(b.dir, "plumbline.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(b.ctx, b.options()); workflow.CodeOf(err) != workflow.NotFound || !strings.Contains(workflow.Describe(err).Hint, "rebuild") {
		t.Errorf("opening without a database: %v", err)
	}
	report, err := Rebuild(b.ctx, b.options())
	if err != nil || len(report.Lost) > 0 || len(report.Done) != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	b.open()
	sameImage(t, image(b, false), want)
	b.sound()
}

func TestRebuildOfNothing(t *testing.T) {
	opt := Options{Dir: t.TempDir()}
	if _, err := Rebuild(t.Context(), opt); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestProjectWithoutRecordsIsBroughtBack(t *testing.T) {
	b, p := lived(t)
	want := image(b, false)
	if err := b.store.Forget(b.ctx, p.ID); err != nil { // an import that was cut short
		t.Fatal(err)
	}
	b.reopen()
	sameImage(t, image(b, false), want)
	told := false
	for _, ev := range b.EventsSince(b.epoch, 0).Events {
		told = told || ev.Notice != nil && strings.Contains(ev.Notice.Message, "brought back")
	}
	if !told {
		t.Error("nobody was told")
	}
}

func TestProjectOfAnImportThatWasCutShortGetsANameOfItsOwn(t *testing.T) {
	b, p := lived(t)
	file := filepath.Join(t.TempDir(), "tide.zip")
	try(b.ExportProject(b.ctx, p.ID, file))(t)
	twin := try(b.ImportProject(b.ctx, file, "Twin"))(t)
	b.drain()
	b.close()
	opened := try(store.Open(b.ctx, b.dir, store.Options{}))(t)
	if err := errors.Join(opened.Forget(b.ctx, twin.ID), opened.Close()); err != nil {
		t.Fatal(err)
	}
	repo := filepath.Join(b.dir, "projects", twin.ID, "history.git")
	// Only what was unpacked is there yet: the name is the original's.
	drainGit(t, repo, "update-ref", "refs/heads/main", strings.TrimSpace(drainGit(t, repo, "rev-parse", "main~1")))
	b.open()
	if got := try(b.project1(twin.ID))(t); got.Name != "Tide table (2)" || got.Slug != "tide-table-2" {
		t.Errorf("it is called %q, %q", got.Name, got.Slug)
	}
	if got := try(b.FindProject(b.ctx, "tide-table"))(t); got.ID != p.ID {
		t.Errorf("the old name leads to %+v", got)
	}
	b.sound()
}

func TestDamageIsToldOfAtTheStart(t *testing.T) {
	b, p := lived(t)
	packs, err := filepath.Glob(filepath.Join(b.history.Dir(p.ID), "objects", "pack", "*"))
	if err != nil || len(packs) == 0 {
		t.Fatal(err)
	}
	b.close()
	for _, pack := range packs {
		if err := os.Remove(pack); err != nil {
			t.Fatal(err)
		}
	}
	b.open()
	b.care.look(b.ctx)
	told := false
	for _, ev := range b.EventsSince(b.epoch, 0).Events {
		told = told || ev.Notice != nil && strings.Contains(ev.Notice.Message, "Tide table") && strings.Contains(ev.Notice.Hint, "plumbline repair")
	}
	if !told {
		t.Error("nobody was told")
	}
	if d := b.doc(p, "request.md"); !strings.HasSuffix(d.Markdown, "More.\n") {
		t.Error("the current text cannot be read")
	}
}

func TestMaintenanceMergesPacks(t *testing.T) {
	b, p := lived(t)
	for i := range 5 {
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: i + 1, Body: fmt.Sprint(specAnswer, i)}))(t)
		if err := b.drainer.flush(b.ctx); err != nil {
			t.Fatal(err)
		}
	}
	want := image(b, true)
	packs := b.history.Packs(p.ID)
	if packs < 5 {
		t.Fatalf("only %d packs", packs)
	}
	if err := b.Maintain(b.ctx); err != nil {
		t.Fatal(err)
	}
	if n := b.history.Packs(p.ID); n > 2 {
		t.Errorf("%d of %d packs are left", n, packs)
	}
	sameImage(t, image(b, true), want)
	b.sound()
}

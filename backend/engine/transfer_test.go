package engine

import (
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestExportedProjectLivesOnElsewhere(t *testing.T) {
	b, p := lived(t)
	file := filepath.Join(t.TempDir(), "tide.zip")
	try(b.ExportProject(b.ctx, p.ID, file))(t)
	there := another(t)
	got := try(there.ImportProject(b.ctx, file, ""))(t)
	if got != try(b.project1(p.ID))(t) {
		t.Errorf("imported %+v", got)
	}
	for _, path := range []string{"request.md", "spec.md"} {
		if a, b := there.doc(p, path), b.doc(p, path); a.Markdown != b.Markdown || a.Version != b.Version {
			t.Errorf("%s is %+v, was %+v", path, a.Version, b.Version)
		}
	}
	if d, ok, err := there.Draft(b.ctx, p.ID, "spec.md"); d.Body != "unsaved" || !ok || err != nil {
		t.Errorf("the draft is %+v, %v", d, err)
	}
	if runs := try(there.Runs(b.ctx, p.ID, "spec"))(t); len(runs) != 1 || runs[0].State != workflow.RunWaiting {
		t.Errorf("the runs are %+v", runs)
	}
	there.sound()
	if _, err := there.ImportProject(b.ctx, file, ""); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("importing it again: %v", err)
	}

	// Work goes on there and comes back here.
	try(there.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 1, Body: "# On the train\n"}))(t)
	back := filepath.Join(t.TempDir(), "back.zip")
	try(there.ExportProject(b.ctx, p.ID, back))(t)
	try(b.ImportProject(b.ctx, back, ""))(t)
	if d := b.doc(p, "spec.md"); d.Markdown != "# On the train\n" || d.Version.Number != 2 {
		t.Errorf("back home: %+v", d.Version)
	}
	b.sound()

	// Both go on: neither may overwrite the other.
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 2, Body: "# Here\n"}))(t)
	try(there.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 2, Body: "# There\n"}))(t)
	apart := filepath.Join(t.TempDir(), "apart.zip")
	try(there.ExportProject(b.ctx, p.ID, apart))(t)
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	before := image(b, true)
	if _, err := b.ImportProject(b.ctx, apart, ""); workflow.CodeOf(err) != workflow.Conflict || !strings.Contains(workflow.Describe(err).Hint, "--new") {
		t.Errorf("two that went apart: %v", err)
	}
	sameImage(t, image(b, true), before)
	if _, err := b.ImportProject(b.ctx, apart, "Other"); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("under a name that is taken: %v", err)
	}
	twin := try(b.ImportProject(b.ctx, apart, "Tide table from the train"))(t)
	if twin.ID == p.ID || twin.Slug != "tide-table-from-the-train" {
		t.Errorf("the twin is %+v", twin)
	}
	if d := b.doc(twin, "spec.md"); d.Markdown != "# There\n" {
		t.Errorf("the twin says %q", d.Markdown)
	}
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.sound()
}

func (b *bench) project1(id string) (workflow.Project, error) { return b.Engine.project(id) }

package engine

import (
	"archive/zip"
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// harbour is a repository with a feature of Spec Kit, a change of OpenSpec, one that is
// put away, and much that is neither.
var harbour = map[string]string{
	"specs/001-day-tickets/spec.md":            "# Feature Specification: Day tickets\n\n**Input**: User description: \"Sell day tickets.\"\n\n### User Story 1 - Buy (Priority: P1)\n\n1. **Given** a kiosk, **When** one pays, **Then** it prints\n\n- **SC-001**: In a minute\n",
	"specs/001-day-tickets/tasks.md":           "# Tasks\n\n- [x] T001 Start\n- [ ] T002 [US1] Print\n",
	"specs/001-day-tickets/contracts/kiosk.sh": "rm -rf /\n",
	".specify/memory/constitution.md":          "# Rules\n\nTests first.\n",
	"openspec/changes/add-map/proposal.md":     "## Why\n\nTo find it.\n\n## What Changes\n\n- A map\n",
	"openspec/changes/add-map/tasks.md":        "## 1. Map\n\n- [ ] 1.1 Draw it\n",
	"openspec/changes/archive/old/proposal.md": "## Why\n\nDone.\n",
	"src/main.go": "package main\n",
	"specs/001-day-tickets/checklists/picture.png": "\x89PNG\x00\xff",
	"openspec/changes/add-map/large.md":            strings.Repeat("a", 5<<20),
	"node_modules/x/specs/001-hidden/spec.md":      "# Hidden\n",
	"openspec/changes/add-map/specs/map/spec.md":   "## ADDED Requirements\n\n### Requirement: Map\n\n#### Scenario: Shown\n",
	"openspec/changes/add-map/notes/inert note.md": "<script>alert(1)</script>\n",
	"openspec/changes/add-map/notes/inert-CASE.md": "one\n",
	"openspec/changes/add-map/notes/inert-case.md": "two\n",
	"openspec/changes/add-map/notes/not-utf8.md":   "\xff\xfe",
}

func repository(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "harbour")
	for name, text := range harbour {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "specs", "001-day-tickets", "link.md")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func complaints(p workflow.HandoffPreview) string {
	list := []string{}
	for _, one := range p.Problems {
		list = append(list, one.File+": "+one.Message)
	}
	return strings.Join(list, "\n")
}

func TestSpecificationsOfOtherToolsBecomeProjects(t *testing.T) {
	b := another(t)
	from := workflow.HandoffSource{Path: repository(t)}
	preview := try(b.PreviewHandoff(b.ctx, from))(t)
	if len(preview.Items) != 3 {
		t.Fatalf("%d items in %+v", len(preview.Items), preview)
	}
	add, old, tickets := preview.Items[0], preview.Items[1], preview.Items[2]
	if add.Name != "add-map" || !add.Take || old.Name != "old" || old.Take || !old.Archived || tickets.Name != "001-day-tickets" || !tickets.Take || tickets.Project != "Day tickets" {
		t.Errorf("the preview is %+v", preview.Items)
	}
	told := complaints(preview)
	for _, want := range []string{"picture.png: The text is not UTF-8", "large.md: The file is larger than 1 MB", "link.md: It is a link", "not-utf8.md: The text is not UTF-8", "inert-case.md: The name differs only in capitals"} {
		if !strings.Contains(told, want) {
			t.Errorf("%q is not told:\n%s", want, told)
		}
	}
	if strings.Contains(told, "library") {
		t.Errorf("a problem speaks of the library:\n%s", told)
	}

	from.Choose = []string{"001-day-tickets", "add-map"}
	made := try(b.ImportHandoff(b.ctx, from))(t)
	if len(made) != 2 || made[0].Name != "Day tickets" || made[0].Summary != "Sell day tickets." {
		t.Fatalf("made %+v", made)
	}
	p := made[0]
	request := b.doc(p, "request.md").Version
	if request.Number != 1 || request.Author != (workflow.Author{Kind: workflow.Plumbline, Name: "Import from Spec Kit"}) || request.Message != "Import 001-day-tickets of Spec Kit" {
		t.Errorf("request.md is %+v", request)
	}
	if facts := try(b.Facts(b.ctx, p.ID))(t); facts["conventions"] != "# Rules\n\nTests first." {
		t.Errorf("facts %v", facts)
	}
	if gate := b.gate(p, "request"); gate.Open {
		t.Errorf("the gate of the request is open: %+v", gate)
	}
	for _, phase := range try(b.Overview(b.ctx, p.ID))(t).Phases {
		if phase.State == workflow.PhasePassed {
			t.Errorf("%s is passed", phase.ID)
		}
	}
	plan := try(b.Plan(b.ctx, p.ID))(t)
	if len(plan.Steps) != 2 || plan.Steps[0].State == workflow.StepDone || plan.Steps[1].Step.Covers[0] != "AC-1" {
		t.Errorf("the plan is %+v", plan.Steps)
	}
	if item := b.itemOf(p, "plan.md", "T001"); item.State != workflow.ItemClaimed {
		t.Errorf("a task that is marked is %s", item.State)
	}
	if html := b.doc(made[1], "notes/inert note.md").HTML; strings.Contains(html, "<script") {
		t.Errorf("a script is in %s", html)
	}
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.sound()

	again := try(b.PreviewHandoff(b.ctx, from))(t)
	if again.Items[2].Duplicate != "Day tickets" || again.Items[2].Take || again.Items[2].Project != "Day tickets 2" || again.Items[1].Duplicate != "" {
		t.Errorf("once more: %+v", again.Items)
	}
	// A project that went on is still known by what came in.
	b.save(p, "request.md", "# Other\n")
	if again = try(b.PreviewHandoff(b.ctx, from))(t); again.Items[2].Duplicate != "Day tickets" {
		t.Errorf("after a change: %+v", again.Items[2])
	}
	if twice := try(b.ImportHandoff(b.ctx, from))(t); twice[0].Slug != "day-tickets-2" {
		t.Errorf("twice: %+v", twice)
	}
}

func TestAnImportMakesAllOrNothing(t *testing.T) {
	b := another(t)
	from := workflow.HandoffSource{Path: repository(t), Choose: []string{"add-map", "nothing"}}
	if _, err := b.ImportHandoff(b.ctx, from); workflow.CodeOf(err) != workflow.NotFound || !strings.Contains(workflow.Describe(err).Hint, "001-day-tickets") {
		t.Errorf("a name that is not there: %v", err)
	}
	from.Choose = nil
	if _, err := b.ImportHandoff(b.ctx, from); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("nothing chosen: %v", err)
	}
	if list := try(b.projectList())(t); len(list) != 0 {
		t.Errorf("there are %+v", list)
	}
}

func TestSourcesWithoutSpecificationsSaySo(t *testing.T) {
	b := another(t)
	empty := t.TempDir()
	file := filepath.Join(empty, "spec.md")
	if err := os.WriteFile(file, []byte("# A\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]workflow.Code{empty: workflow.NotFound, filepath.Join(empty, "no"): workflow.NotFound, file: workflow.Invalid, "relative": workflow.Invalid} {
		_, err := b.PreviewHandoff(b.ctx, workflow.HandoffSource{Path: path})
		if told := workflow.Describe(err); workflow.CodeOf(err) != want || told.Hint == "" {
			t.Errorf("%s: %v, %q", path, err, told.Hint)
		}
	}
	_, err := b.PreviewHandoff(b.ctx, workflow.HandoffSource{Path: empty})
	if hint := workflow.Describe(err).Hint; !strings.Contains(hint, "openspec/changes/NAME/") || !strings.Contains(hint, "specs/NNN-name/") {
		t.Errorf("the hint is %q", hint)
	}
}

func TestArchivesAndDroppedFoldersAreRead(t *testing.T) {
	b := another(t)
	file := filepath.Join(t.TempDir(), "001-day-tickets.zip")
	out := try(os.Create(file))(t)
	z := zip.NewWriter(out)
	dropped := []workflow.ImportFile{}
	for _, name := range []string{"spec.md", "tasks.md", "contracts/kiosk.sh"} {
		text := harbour["specs/001-day-tickets/"+name]
		if _, err := try(z.Create(name))(t).Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		dropped = append(dropped, workflow.ImportFile{Path: "001-day-tickets/" + name, Content: text})
	}
	if _, err := try(z.Create("../../specs/002-out/spec.md"))(t).Write([]byte("# Out\n")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	packed := try(os.ReadFile(file))(t)
	for name, from := range map[string]workflow.HandoffSource{
		"a zip":         {Path: file},
		"a dropped zip": {Files: []workflow.ImportFile{{Path: "001-day-tickets.zip", Content: base64.StdEncoding.EncodeToString(packed), Base64: true}}},
		"a folder":      {Files: dropped},
	} {
		preview := try(b.PreviewHandoff(b.ctx, from))(t)
		if len(preview.Items) != 1 || preview.Items[0].Name != "001-day-tickets" || len(preview.Items[0].Documents) != 5 {
			t.Errorf("%s: %+v", name, preview)
		}
		if name != "a folder" && !strings.Contains(complaints(preview), "a path outside the folder") {
			t.Errorf("%s: %s", name, complaints(preview))
		}
	}
	for _, f := range dropped {
		dropped = append(dropped, workflow.ImportFile{Path: "copy/" + f.Path, Content: f.Content})
	}
	if items := try(b.PreviewHandoff(b.ctx, workflow.HandoffSource{Files: dropped}))(t).Items; len(items) != 2 || items[1].Duplicate != "copy/001-day-tickets" && items[1].Duplicate != "001-day-tickets" {
		t.Errorf("the same one twice: %+v", items)
	}
	if items := try(b.PreviewHandoff(b.ctx, workflow.HandoffSource{Files: dropped[:3]}))(t).Items; slices.ContainsFunc(items, func(i workflow.HandoffItem) bool { return i.Duplicate != "" }) {
		t.Error("what is not here is a duplicate")
	}
}

package prompt

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/backend/workflow"
)

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func promptFile(id string) *fstest.MapFile {
	return file("---\nid: " + id + "\ntitle: T\nsummary: S.\n---\nText.\n")
}

const flow = `---
id: flow
title: Flow
summary: From a to b.
phases:
  - id: ready
    title: Ready
    summary: Be ready.
    kind: manual
    output: checklists/ready.md
    template: ready
    strip: true
    gate: []
  - id: spec
    title: Spec
    summary: Decide.
    kind: document
    prompt: spec
    prompts: [request]
    inputs: [checklists/ready.md, request.md]
    output: spec.md
    freezes: true
    optional: true
    gate:
      - id: ready
        kind: boxes
        title: Ready boxes
        path: checklists/ready.md
        section: Ready
        help: Tick them.
      - id: questions
        kind: questions
        title: No questions
        section: Open questions
        max: -1
loop:
  phases: [spec, ready]
  ends: plateau
triggers:
  - id: milestone
    title: A milestone is done
    phase: spec
    help: Look again.
    after: {milestone: true}
  - id: tagged
    title: Tagged
    prompt: request
    phase: ready
    after: {tags: [auth, data-store]}
  - id: end
    title: All is done
    phase: spec
    after: {steps: all}
---

For people.
`

func TestLibrary(t *testing.T) {
	lib := OpenLibrary(fstest.MapFS{
		"library/b.md":           promptFile("spec"),
		"library/deep/er/a.md":   promptFile("request"),
		"library/notes.txt":      file("not a prompt"),
		"workflows/flow.md":      file(flow),
		"checklists/ready.md":    file("\ufeff# Ready\r\n\r\n- [ ] One\r\n"),
		"elsewhere/forgotten.md": file("not read"),
	}, nil)
	errs := lib.Problems()
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := lib.Prompts(); len(got) != 2 || got[0].ID != "request" || got[1].ID != "spec" {
		t.Errorf("prompts %+v, want request and spec", got)
	}
	if p, ok := lib.Prompt("request"); !ok || p.File != "library/deep/er/a.md" {
		t.Errorf("prompt request is %+v, %v", p, ok)
	}
	if _, ok := lib.Prompt("none"); ok {
		t.Error("there is a prompt “none”")
	}
	if got := lib.Workflows(); len(got) != 1 || got[0].ID != "flow" {
		t.Errorf("workflows %+v, want flow", got)
	}
	if w, ok := lib.Workflow("flow"); !ok || len(w.Phases) != 2 {
		t.Errorf("workflow flow is %+v, %v", w, ok)
	}
	if text, ok := lib.Checklist("ready"); !ok || text != "# Ready\n\n- [ ] One\n" {
		t.Errorf("checklist ready is %q, %v", text, ok)
	}
	if _, ok := lib.Checklist("ready.md"); ok {
		t.Error("a checklist is found by the name of its file")
	}
}

func TestLibraryLeavesOutWhatIsBad(t *testing.T) {
	missing := strings.NewReplacer("id: flow", "id: other", "prompt: spec", "prompt: gone").Replace(flow)
	unlisted := strings.NewReplacer("id: flow", "id: third", "template: ready", "template: gone").Replace(flow)
	lib := OpenLibrary(fstest.MapFS{
		"library/a.md":         file("no front matter"),
		"library/b.md":         promptFile("spec"),
		"library/c.md":         promptFile("spec"),
		"library/d.md":         file(small + strings.Repeat("x", maxFile)),
		"library/e.md":         promptFile("request"),
		"workflows/a.md":       file(missing),
		"workflows/b.md":       file(unlisted),
		"workflows/c.md":       file(flow),
		"workflows/d.md":       file(flow),
		"checklists/Bad n.md":  file("# X"),
		"checklists/empty.md":  file(" \n"),
		"checklists/ready.md":  file("# Ready"),
		"checklists/sub/in.md": file("# In"),
		"checklists/utf.md":    file("\xff"),
	}, nil)
	checkFirst(t, lib) // before anything was read as a whole
	errs := lib.Problems()
	want := []string{
		"library/a.md, line 1: “---” is expected",
		"library/c.md, line 2: the id “spec” is taken by library/b.md; ",
		"library/d.md: the file is larger than 1 MB.",
		"checklists/Bad n.md: this is not a checklist; ",
		"checklists/empty.md, line 1: the file is empty; ",
		"checklists/sub/in.md: this is not a checklist; ",
		"checklists/utf.md, line 1: the text is not UTF-8.",
		"workflows/a.md, line 18: “gone” is not in the library; the id of a prompt is expected.",
		"workflows/b.md, line 11: “gone” is not among the checklists; the name of one is expected.",
		"workflows/d.md, line 2: the id “flow” is taken by workflows/c.md; ",
	}
	if len(errs) != len(want) {
		t.Fatalf("%d errors, want %d: %v", len(errs), len(want), errs)
	}
	for i, err := range errs {
		if !strings.HasPrefix(err.Error(), want[i]) {
			t.Errorf("error %d: %s\nwant: %s", i, err, want[i])
		}
	}
	if len(lib.Prompts()) != 2 || len(lib.Workflows()) != 1 {
		t.Errorf("%d prompts and %d workflows are left, want 2 and 1", len(lib.Prompts()), len(lib.Workflows()))
	}
	checkFirst(t, lib)
}

// checkFirst checks that of two files with one id the first counts, and that
// what names something missing is not there.
func checkFirst(t *testing.T, lib *Library) {
	t.Helper()
	if p, _ := lib.Prompt("spec"); p.File != "library/b.md" {
		t.Errorf("the prompt spec is that of %s, want the first", p.File)
	}
	for _, id := range []string{"other", "third"} {
		if _, ok := lib.Workflow(id); ok {
			t.Errorf("there is a workflow “%s”, which names what is missing", id)
		}
	}
	if _, ok := lib.Workflow("flow"); !ok {
		t.Error("the workflow “flow” is missing")
	}
}

// lockedFS refuses to open one file.
type lockedFS struct {
	fstest.MapFS
	locked string
}

func (f lockedFS) Open(name string) (fs.File, error) {
	if name == f.locked {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.Open(name)
}

func (f lockedFS) ReadFile(name string) ([]byte, error) {
	if name == f.locked {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return f.MapFS.ReadFile(name)
}

func TestLibraryReportsAFileThatCannotBeRead(t *testing.T) {
	files := fstest.MapFS{"library/a.md": promptFile("a"), "library/b.md": promptFile("b")}
	lib := OpenLibrary(lockedFS{files, "library/a.md"}, nil)
	errs := lib.Problems()
	if len(errs) != 1 || workflow.CodeOf(errs[0]) != workflow.Unavailable {
		t.Errorf("errors %v, want one that says unavailable", errs)
	}
	if _, ok := lib.Prompt("b"); !ok {
		t.Error("the other prompt is not loaded")
	}
}

func TestAnEmptyLibraryIsNoError(t *testing.T) {
	lib := OpenLibrary(fstest.MapFS{}, nil)
	errs := lib.Problems()
	if len(errs) > 0 || len(lib.Prompts()) > 0 || lib.Workflows() == nil {
		t.Errorf("errors %v, prompts %v, workflows %v; want none, and lists that are not nil", errs, lib.Prompts(), lib.Workflows())
	}
}

package engine

import (
	"archive/zip"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
	"plumbline/prompts"
)

func TestPromptsAreExportedToWhereTheyAreWanted(t *testing.T) {
	b := newBench(t, specOrRequest)
	for _, id := range []string{"tidy", "sweep"} {
		try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: ownPrompt(id, "Do it.")}))(t)
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	export := func(x workflow.ExportPrompts) (workflow.Exported, error) {
		x.Format = "skill"
		return b.ExportPrompts(b.ctx, x)
	}

	if x := try(export(workflow.ExportPrompts{}))(t); x.Path != "" || len(x.Files) != 2 {
		t.Errorf("without a place: %+v", x)
	}
	one := try(export(workflow.ExportPrompts{IDs: []string{"tidy"}, File: at("tidy.md")}))(t)
	if got := try(os.ReadFile(one.Path))(t); string(got) != one.Files[0].Content || one.Path != at("tidy.md") {
		t.Errorf("one file: %+v", one)
	}
	all := try(export(workflow.ExportPrompts{File: at("all.zip")}))(t)
	packed := try(zip.OpenReader(all.Path))(t)
	defer packed.Close()
	if names := entryNames(packed); !slices.Equal(names, []string{"sweep/SKILL.md", "tidy/SKILL.md"}) {
		t.Errorf("the archive holds %v", names)
	}
	below := try(export(workflow.ExportPrompts{Folder: at("new/skills")}))(t)
	if got := try(os.ReadFile(at("new/skills/tidy/SKILL.md")))(t); string(got) != one.Files[0].Content || below.Path != at("new/skills") {
		t.Errorf("below a folder: %+v", below)
	}
	if left := try(filepath.Glob(at(".*")))(t); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func entryNames(r *zip.ReadCloser) []string {
	names := []string{}
	for _, f := range r.File {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names
}

func TestAnExportWritesOverNothingUnasked(t *testing.T) {
	b := newBench(t, specOrRequest)
	try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: ownPrompt("tidy", "Tidy up.")}))(t)
	dir := t.TempDir()
	mine := filepath.Join(dir, "prompts", "tidy.md")
	if err := os.MkdirAll(filepath.Dir(mine), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	x := workflow.ExportPrompts{IDs: []string{"plan", "tidy"}, Format: "markdown"}
	for name, c := range map[string]struct {
		folder, file string
		code         workflow.Code
	}{
		"below a folder":     {dir, "", workflow.Conflict},
		"as one file":        {"", mine, workflow.Conflict},
		"through a file":     {mine, "", workflow.Unavailable},
		"nowhere there is":   {"", filepath.Join(dir, "gone", "a.md"), workflow.Unavailable},
		"somewhere unclear":  {"", "a.md", workflow.Invalid},
		"at two places":      {dir, mine, workflow.Invalid},
		"in place of a link": {"", link(t, mine), workflow.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			x.Folder, x.File = c.folder, c.file
			_, err := b.ExportPrompts(b.ctx, x)
			wantCode(t, err, c.code)
		})
	}
	if got := try(os.ReadFile(mine))(t); string(got) != "mine" {
		t.Errorf("the file holds %q", got)
	}
	if _, err := os.Lstat(filepath.Join(dir, "prompts", "plan.md")); err == nil {
		t.Error("a part was written")
	}
	over := try(b.ExportPrompts(b.ctx, workflow.ExportPrompts{IDs: []string{"tidy"}, Format: "markdown", File: mine, Over: true}))(t)
	if got := try(os.ReadFile(mine))(t); string(got) != over.Files[0].Content {
		t.Errorf("written over, as was asked: %q", got)
	}
}

// link makes a link to a file.
func link(t *testing.T, to string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "link.md")
	if err := os.Symlink(to, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestThereIsNothingOfOnesOwnToExport(t *testing.T) {
	b := newBench(t, specOrRequest)
	to := filepath.Join(t.TempDir(), "all.zip")
	_, err := b.ExportPrompts(b.ctx, workflow.ExportPrompts{Format: "plumbline", File: to})
	wantCode(t, err, workflow.Invalid)
	if _, err := os.Lstat(to); err == nil {
		t.Error("an empty archive was written")
	}
}

// Our own format holds everything: comments, the order of the keys, blank lines.
func TestOurOwnFormatIsTheFileItself(t *testing.T) {
	b := newBench(t, specOrRequest)
	text := "---\n# how I tidy\nsummary: \"One of mine.\"\ntitle: Tidy\nid: tidy\ntags:\n  - b\n---\n\nTidy up.   \n\n\n"
	try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: text}))(t)
	x := try(b.ExportPrompts(b.ctx, workflow.ExportPrompts{IDs: []string{"tidy", "request"}, Format: "plumbline"}))(t)
	if x.Files[0].Content != text {
		t.Errorf("the export is %q, want the file %q", x.Files[0].Content, text)
	}
	if want := string(try(prompts.Files.ReadFile("library/pipeline/request.md"))(t)); x.Files[1].Content != want {
		t.Error("the built-in prompt is not exported as it is")
	}

	elsewhere := newBench(t, specOrRequest)
	preview := try(elsewhere.PreviewFiles(b.ctx, []workflow.ImportFile{{Path: x.Files[0].Path, Content: x.Files[0].Content}}))(t)
	try(elsewhere.TakePrompts(b.ctx, preview.Items))(t)
	if got := string(try(os.ReadFile(elsewhere.file("prompts/tidy.md")))(t)); got != text {
		t.Errorf("it came back as %q, want %q", got, text)
	}
}

// One's library moves to another machine: what was customised there is customised here.
func TestACustomisedPromptTakesTheSamePlaceElsewhere(t *testing.T) {
	b := newBench(t, specOrRequest)
	try(b.Customise(b.ctx, "request"))(t)
	text := strings.Replace(try(b.PromptDetail(b.ctx, "request"))(t).Text, "You are a requirements analyst", "You are our requirements analyst", 1)
	try(b.SavePrompt(b.ctx, "request", workflow.SavePrompt{Text: text}))(t)
	x := try(b.ExportPrompts(b.ctx, workflow.ExportPrompts{Format: "plumbline"}))(t)
	if len(x.Files) != 1 || x.Files[0].Content != text {
		t.Fatalf("exported %+v", x.Files)
	}
	file := workflow.ImportFile{Path: x.Files[0].Path, Content: x.Files[0].Content}

	elsewhere := newBench(t, specOrRequest)
	preview := try(elsewhere.PreviewFiles(b.ctx, []workflow.ImportFile{file}))(t)
	if item := preview.Items[0]; item.ID != "request" || item.Replaces != "Write the request" || item.Clash || !item.Take {
		t.Fatalf("the preview says %+v", item)
	}
	if card := try(elsewhere.TakePrompts(b.ctx, preview.Items))(t)[0]; card.ID != "request" || !card.Overlays || card.Behind {
		t.Errorf("it came in as %+v", card)
	}
	if got := try(elsewhere.PromptDetail(b.ctx, "request"))(t).Text; got != text {
		t.Errorf("it reads %q", got)
	}
	if _, err := elsewhere.Upgrade(b.ctx, "request"); err != nil {
		t.Errorf("held against the built-in one: %v", err)
	}
	// Where one is customised already, that one stays.
	preview = try(elsewhere.PreviewFiles(b.ctx, []workflow.ImportFile{{Path: file.Path, Content: text + "\nMore.\n"}}))(t)
	if item := preview.Items[0]; item.ID != "request-2" || item.Replaces != "" || !item.Clash {
		t.Errorf("the second time the preview says %+v", item)
	}
}

// A built-in prompt with other words for its variables alone is no duplicate.
func TestACustomisedPromptWithTheSameTextComesIn(t *testing.T) {
	b := newBench(t, specOrRequest)
	try(b.Customise(b.ctx, "request"))(t)
	text := strings.Replace(try(b.PromptDetail(b.ctx, "request"))(t).Text, "title: Write the request", "title: Write what is wanted", 1)
	elsewhere := newBench(t, specOrRequest)
	file := workflow.ImportFile{Path: "request.md", Content: text}
	item := try(elsewhere.PreviewFiles(b.ctx, []workflow.ImportFile{file}))(t).Items[0]
	if item.Duplicate != "" || !item.Take || item.ID != "request" {
		t.Errorf("the preview says %+v", item)
	}
	try(elsewhere.TakePrompts(b.ctx, []workflow.ImportItem{item}))(t)
	if item = try(elsewhere.PreviewFiles(b.ctx, []workflow.ImportFile{file}))(t).Items[0]; item.Duplicate == "" || item.Take {
		t.Errorf("the second time the preview says %+v", item)
	}
}

func TestOnlyOrdinaryFilesAreImported(t *testing.T) {
	b := newBench(t, specOrRequest)
	socket := filepath.Join(t.TempDir(), "s.md")
	listener := try(net.Listen("unix", socket))(t)
	defer listener.Close()
	_, err := b.PreviewImport(b.ctx, socket)
	wantCode(t, err, workflow.Invalid)
}

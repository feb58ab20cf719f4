package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

const tidyPrompt = `---
id: tidy
title: Tidy up
summary: Tidies a file.
variables:
  - {name: what, type: text, label: What, required: true}
  - {name: how, type: choice, label: How, options: [fast, well], default: well}
---

Tidy up {{what}}, {{how}}.
`

func TestPromptsAreListedAndSearched(t *testing.T) {
	s := newShell(t)
	var all, found, meta []workflow.PromptCard
	s.object(&all, "prompt", "list")
	s.object(&found, "prompt", "list", "securty", "audit")
	s.object(&meta, "prompt", "list", "--group", "meta")
	if len(all) < 50 || len(found) == 0 || found[0].ID != "security-audit" || len(meta) != 5 {
		t.Errorf("%d prompts, found %v, %d that write prompts", len(all), found, len(meta))
	}
	if out := s.run(0, "prompt", "list").out; !strings.Contains(out, "fix-prompt") {
		t.Errorf("%s", out)
	}
	if got := s.run(exitFailed, "prompt", "show", "nothing"); !strings.Contains(got.err, "no prompt “nothing”") {
		t.Errorf("%s", got.err)
	}
}

func TestPromptsOfOnesOwnOnTheCommandLine(t *testing.T) {
	s := newShell(t)
	file := s.file("tidy.md", tidyPrompt)
	s.run(0, "prompt", "lint", file)
	s.run(0, "prompt", "new", file)
	if got := s.run(exitFailed, "prompt", "new", file); !strings.Contains(got.err, "hint: ") {
		t.Errorf("twice: %s", got.err)
	}
	// What render prints is what is sent, byte for byte.
	if got := s.run(0, "prompt", "render", "tidy", "--var", "what=the, kitchen"); got.out != "Tidy up the, kitchen, well." {
		t.Errorf("%q", got.out)
	}
	if got := s.run(0, "prompt", "render", "tidy", "--var", "what=@"+s.file("what.txt", "{{how}}"), "--var", "how=fast"); got.out != "Tidy up {{how}}, fast." {
		t.Errorf("%q", got.out)
	}
	if got := s.run(exitFailed, "prompt", "render", "tidy"); !strings.Contains(got.err, "--var what=") {
		t.Errorf("%s", got.err)
	}
	if got := s.run(exitFailed, "prompt", "render", "tidy", "--var", "what=x", "--var", "how=badly"); !strings.Contains(got.err, "one of fast, well") {
		t.Errorf("%s", got.err)
	}
	got := s.run(0, "prompt", "show", "tidy", "--raw")
	if got.out != tidyPrompt {
		t.Errorf("%q", got.out)
	}
	var lint []workflow.LibraryProblem
	bad := s.file("bad.md", strings.Replace(tidyPrompt, "{{how}}", "{{where}}", 1))
	if got := s.try("", "prompt", "lint", bad, "--json"); got.code != exitFailed || !strings.Contains(got.out, "where") {
		t.Errorf("lint: exit %d: %s", got.code, got.out)
	}
	s.object(&lint, "prompt", "lint")
	if len(lint) > 0 {
		t.Errorf("%+v", lint)
	}
	s.run(0, "prompt", "remove", "tidy")
	s.run(exitFailed, "prompt", "show", "tidy")
}

func TestScratchRunsByPaste(t *testing.T) {
	s := newShell(t)
	s.run(0, "prompt", "new", s.file("tidy.md", tidyPrompt))
	answer := s.file("answer.md", "# Tidy\n\nAll is tidy.\n")
	var d workflow.RunDetail
	s.object(&d, "prompt", "run", "tidy", "--var", "what=it", "--paste", answer)
	if d.Run.State != workflow.RunSucceeded || d.Run.ProjectID != workflow.LibraryID || d.Prompt != "Tidy up it, well." || d.Answer != "# Tidy\n\nAll is tidy.\n" {
		t.Errorf("%+v", d)
	}
	if got := s.run(0, "prompt", "runs"); !strings.Contains(got.out, d.Run.ID+"  tidy") {
		t.Errorf("the run is not listed:\n%s", got.out)
	}
	var none []workflow.Run
	if s.object(&none, "prompt", "runs", "review"); len(none) != 0 {
		t.Errorf("runs of another prompt: %+v", none)
	}
	if got := s.run(0, "prompt", "next", "--given", answer, "--list"); !strings.Contains(got.out, "universal-prompt") {
		t.Errorf("%s", got.out)
	}
	if got := s.run(0, "prompt", "next", "--answer", d.Run.ID, "--prompt", "universal-prompt", "--print", "--var", "kind=an analysis", "--var", "action=fix"); !strings.Contains(got.out, "All is tidy.") {
		t.Errorf("%s", got.out)
	}
	if got := s.run(exitUsage, "prompt", "next"); !strings.Contains(got.err, "--given") {
		t.Errorf("%s", got.err)
	}
}

func TestCopyWithoutAClipboardSaysTheWayOut(t *testing.T) {
	s := newShell(t)
	t.Setenv("PATH", t.TempDir())
	s.run(0, "prompt", "new", s.file("tidy.md", tidyPrompt))
	if got := s.run(exitFailed, "prompt", "copy", "tidy", "--var", "what=it"); !strings.Contains(got.err, "prompt render") {
		t.Errorf("%s", got.err)
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	script := "#!/bin/sh\nexec /bin/cat > '" + filepath.Join(dir, "board") + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "wl-copy"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	s.run(0, "prompt", "copy", "tidy", "--var", "what=it")
	if got, err := os.ReadFile(filepath.Join(dir, "board")); err != nil || string(got) != "Tidy up it, well." {
		t.Errorf("the clipboard holds %q, %v", got, err)
	}
}

func TestPromptsComeAndGo(t *testing.T) {
	s := newShell(t)
	from := t.TempDir()
	command := filepath.Join(from, ".claude", "commands", "tidy.md")
	if err := os.MkdirAll(filepath.Dir(command), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(command, []byte("---\ndescription: Tidies a file\nmodel: opus\n---\nTidy up $ARGUMENTS after !`rm -rf /`.\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var preview workflow.ImportPreview
	s.object(&preview, "prompt", "import", from, "--dry-run")
	if len(preview.Items) != 1 || len(preview.Items[0].Inert) != 1 || preview.Items[0].Format != "claude" {
		t.Fatalf("%+v", preview)
	}
	var cards, again []workflow.PromptCard
	s.object(&cards, "prompt", "import", from)
	if len(cards) != 1 || cards[0].Source != workflow.Imported {
		t.Fatalf("%+v", cards)
	}
	s.object(&again, "prompt", "import", from)
	if len(again) != 0 {
		t.Errorf("the same came in twice: %+v", again)
	}
	to := filepath.Join(s.dir, "out")
	s.run(0, "prompt", "export", cards[0].ID, "--format", "claude", "--to", to)
	if got := s.run(exitFailed, "prompt", "export", cards[0].ID, "--format", "claude", "--to", to); !strings.Contains(got.err, "there already") {
		t.Errorf("%s", got.err)
	}
	packed := filepath.Join(s.dir, "mine.zip")
	var made workflow.Exported
	s.object(&made, "prompt", "export", "--format", "claude", "--to", packed)
	s.object(&preview, "prompt", "import", made.Path, "--dry-run")
	if made.Path != packed || len(preview.Items) != 1 || preview.Items[0].Duplicate == "" {
		t.Errorf("exported to %q, comes back as %+v", made.Path, preview.Items)
	}
	written := []string{}
	if err := filepath.WalkDir(to, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			written = append(written, path)
		}
		return err
	}); err != nil || len(written) != 1 {
		t.Fatalf("%v, %v", written, err)
	}
	got, err := os.ReadFile(written[0])
	if err != nil || !strings.Contains(string(got), "Tidy up $ARGUMENTS after !`rm -rf /`.") || !strings.Contains(string(got), "model: opus") {
		t.Errorf("%s", got)
	}
}

func TestReadmeSection(t *testing.T) {
	s := newShell(t)
	file := s.file("README.md", "# Mine\n\nText.\n")
	for range 2 {
		s.run(0, "prompt", "export", "--readme", file)
	}
	text, err := os.ReadFile(file)
	if err != nil || !strings.HasPrefix(string(text), "# Mine\n\nText.\n") || strings.Count(string(text), "plumbline prompts: begin") != 1 || !strings.Contains(string(text), "security-audit") {
		t.Errorf("%s", text)
	}
}

func TestWorkflowsOnTheCommandLine(t *testing.T) {
	s := newShell(t)
	var all []workflow.Workflow
	s.object(&all, "workflow", "list")
	ids := []string{}
	for _, w := range all {
		ids = append(ids, w.ID)
	}
	if !slices.Equal(ids, []string{"agent-task", "harden", "idea-to-production"}) {
		t.Errorf("%v", ids)
	}
	if out := s.run(0, "workflow", "show", "harden").out; !strings.Contains(out, "audits/issues-NN.md") {
		t.Errorf("%s", out)
	}
	s.run(exitFailed, "workflow", "show", "nothing")
	s.run(0, "workflow", "copy", "harden", "our-way")
	if out := s.run(0, "workflow", "show", "our-way", "--raw").out; !strings.Contains(out, "\nid: our-way\ntitle: Our way\n") {
		t.Errorf("%s", out)
	}
	bad := s.file("flow.md", "---\nid: flow\ntitle: Flow\nsummary: F.\nphases:\n  - id: a\n    kind: odd\n---\n")
	if got := s.run(exitFailed, "workflow", "lint", bad); !strings.Contains(got.out, "line 7") {
		t.Errorf("%s%s", got.out, got.err)
	}
}

func TestLintOfFilesThatAreInNoLibraryYet(t *testing.T) {
	s := newShell(t)
	dir := filepath.Dir(s.file("first.md", tidyPrompt))
	s.file("again.md", tidyPrompt)
	s.file("bytes.md", strings.Replace(tidyPrompt, "Tidy up", "Tidy\xff up", 1))
	got := s.run(exitFailed, "prompt", "lint", dir)
	for _, want := range []string{"first.md, line 2: The id “tidy” is taken by ", "bytes.md, line ", "not UTF-8"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("%q is not in\n%s", want, got.out)
		}
	}

	s.run(0, "workflow", "copy", "idea-to-production", "our-way")
	text := s.run(0, "workflow", "show", "our-way", "--raw").out
	flow := s.file("our-way.md", strings.Replace(text, "prompt: spec\n", "prompt: spex\n", 1))
	if got := s.run(0, "workflow", "lint", flow); !strings.Contains(got.out, "our-way.md, line 50: “spex” is not built in; a prompt of yours with that id is expected") {
		t.Errorf("%s", got.out)
	}
}

// Bytes that are not UTF-8 would come out as others: a text that has them is not taken.
func TestTextsThatAreNotUTF8AreRefused(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tides", "--idea", "A tide table for rowers.")
	bad := s.file("bad.md", "one\ntwo\xff\n")
	for _, args := range [][]string{
		{"new", "More", "--idea-file", bad}, {"artifact", "save", "tides", "request.md", bad}, {"run", "tides", "request", "--paste", bad},
	} {
		if got := s.run(exitFailed, args...); !strings.Contains(got.err, "bad.md, line 2: The text is not UTF-8.") {
			t.Errorf("%q: %s", args, got.err)
		}
	}
	if got := s.run(0, "list", "--json").out; strings.Contains(got, "More") {
		t.Errorf("a project was made: %s", got)
	}
	text := "\ufeff# Request\r\n\nTides.\r\n"
	s.run(0, "artifact", "save", "tides", "request.md", s.file("good.md", text))
	if got := s.run(0, "artifact", "show", "tides", "request.md").out; got != text {
		t.Errorf("kept %q, want it as it was, %q", got, text)
	}
}

func TestValuesOnTheCommandLine(t *testing.T) {
	s := newShell(t)
	s.run(0, "prompt", "new", s.file("tidy.md", "\ufeff"+tidyPrompt))
	if got := s.run(0, "prompt", "render", "tidy", "--var", "what=the kitchen", "--var", "what=@"+s.file("more.txt", "\ufeffthe hall")); got.out != "Tidy up the kitchen\nthe hall, well." {
		t.Errorf("a name that is there twice: %q", got.out)
	}
	bad := s.file("bad.txt", "one\ntwo\xff\n")
	for _, args := range [][]string{{"render", "tidy", "--var", "what=@" + bad}, {"render", "fix-prompt", "--given", bad}, {"new", bad}} {
		if got := s.run(exitFailed, append([]string{"prompt"}, args...)...); !strings.Contains(got.err, "bad.txt, line 2: The text is not UTF-8.") {
			t.Errorf("%v: %s", args, got.err)
		}
	}
}

func TestWhatIsGivenOnStandardInputHasAName(t *testing.T) {
	if got := newShell(t).try("", "prompt", "next", "--given", "-", "--list"); got.code != exitFailed || !strings.Contains(got.err, "Text of standard input is empty.") {
		t.Errorf("exit %d: %s", got.code, got.err)
	}
}

func TestAnImportSaysWhatItLeavesOut(t *testing.T) {
	s := newShell(t)
	dir := filepath.Dir(s.file("shorten.md", "Shorten [TEXT].\n"))
	s.run(0, "prompt", "import", filepath.Join(dir, "shorten.md"))
	if got := s.run(0, "prompt", "import", filepath.Join(dir, "shorten.md")); got.out != "0 prompts came in.\n1 prompt left out, whose text is there already; --all takes duplicates, too.\n" {
		t.Errorf("%q", got.out)
	}
	if got := s.run(0, "prompt", "import", t.TempDir()); !strings.Contains(got.out, "Nothing there was recognised as a prompt.") {
		t.Errorf("%q", got.out)
	}
}

func TestSchemasForEditors(t *testing.T) {
	s := newShell(t)
	for kind, title := range map[string]string{"prompt": "Front matter of a prompt", "workflow": "Front matter of a workflow"} {
		var schema struct {
			Title string `json:"title"`
		}
		if s.object(&schema, kind, "schema"); schema.Title != title {
			t.Errorf("%s: %q", kind, schema.Title)
		}
		if got := s.run(0, kind, "schema").out; !strings.HasPrefix(got, "{\n") || !strings.Contains(got, title) {
			t.Errorf("%s: %.80s", kind, got)
		}
	}
}

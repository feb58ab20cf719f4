package server

import (
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

const tidyPrompt = "---\nid: tidy\ntitle: Tidy\nsummary: Tidies.\nvariables:\n  - {name: it, type: text, label: It, required: true}\n---\n\nTidy up {{it}}.\n"

func TestTheLibraryOverData(t *testing.T) {
	_, a := openEngine(t)
	h := DataHandler(a)
	var shelf workflow.Shelf
	exchange(t, h, "GET", "/data/library", nil, 200, &shelf)
	if len(shelf.Prompts) < 50 || len(shelf.Problems) > 0 {
		t.Fatalf("%d prompts, problems %v", len(shelf.Prompts), shelf.Problems)
	}
	var hits []workflow.PromptHit
	exchange(t, h, "GET", "/data/library/search?q=securty+aud", nil, 200, &hits)
	if len(hits) == 0 || hits[0].ID != "security-audit" || len(hits[0].Title) == 0 {
		t.Errorf("hits %+v", hits)
	}
	var d workflow.PromptDetail
	exchange(t, h, "POST", "/data/library/prompts", workflow.SavePrompt{Text: tidyPrompt}, 200, &d)
	if d.Card.ID != "tidy" || d.Text != tidyPrompt {
		t.Errorf("%+v", d)
	}
	order := workflow.PromptOrder{PromptID: "tidy", Values: map[string]string{"it": "the kitchen"}}
	var f workflow.FilledPrompt
	exchange(t, h, "POST", "/data/library/fill", order, 200, &f)
	if f.Text != "Tidy up the kitchen." || len(f.Missing) > 0 {
		t.Errorf("%+v", f)
	}
	exchange(t, h, "PUT", "/data/library/values", order, 200, &f)
	exchange(t, h, "POST", "/data/library/fill", workflow.PromptOrder{PromptID: "tidy"}, 200, &f)
	if f.Text != "Tidy up the kitchen." {
		t.Errorf("what was typed is forgotten: %q", f.Text)
	}
	var run workflow.Run
	exchange(t, h, "POST", "/data/library/copy", order, 200, &run)
	var runs []workflow.Run
	exchange(t, h, "GET", "/data/library/runs?prompt=tidy", nil, 200, &runs)
	if len(runs) != 1 || runs[0].ID != run.ID || run.State != workflow.RunWaiting {
		t.Errorf("%+v", runs)
	}
	var next workflow.NextPrompt
	exchange(t, h, "POST", "/data/library/next", workflow.Given{Text: "- [ ] P1: The lock is never released\n"}, 200, &next)
	if next.Kind != workflow.TextFindings || next.Default != "fix-prompt" {
		t.Errorf("%+v", next)
	}
}

func TestImportAndExportOverData(t *testing.T) {
	_, a := openEngine(t)
	h := DataHandler(a)
	in := foreign{Files: []workflow.ImportFile{
		{Path: "patterns/tidy/system.md", Content: "# IDENTITY\n\nYou tidy up.\n"},
		{Path: "patterns/../../evil/system.md", Content: "x"},
	}}
	var preview workflow.ImportPreview
	exchange(t, h, "POST", "/data/library/import", in, 200, &preview)
	if len(preview.Items) != 1 || preview.Items[0].Format != "fabric" || len(preview.Problems) != 1 || !strings.Contains(preview.Problems[0].File, "evil") {
		t.Fatalf("%+v", preview)
	}
	var cards []workflow.PromptCard
	exchange(t, h, "POST", "/data/library/take", preview.Items, 200, &cards)
	if len(cards) != 1 {
		t.Fatalf("%+v", cards)
	}
	var x workflow.Exported
	exchange(t, h, "POST", "/data/library/export", workflow.ExportPrompts{IDs: []string{cards[0].ID}, Format: "fabric"}, 200, &x)
	if !slices.Contains(x.Files, workflow.ExportedFile{Path: "patterns/tidy/system.md", Content: "# IDENTITY\n\nYou tidy up.\n"}) {
		t.Errorf("%+v", x)
	}
	var lint []workflow.LibraryProblem
	exchange(t, h, "POST", "/data/lint", map[string]any{"kind": "prompt", "files": []workflow.ImportFile{{Path: "a.md", Content: "none"}}}, 200, &lint)
	if len(lint) != 1 || lint[0].Line != 1 || lint[0].File != "a.md" {
		t.Errorf("%+v", lint)
	}
}

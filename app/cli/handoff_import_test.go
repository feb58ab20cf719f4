package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestSpecificationsAreTakenInOnTheCommandLine(t *testing.T) {
	s := newShell(t)
	dir := t.TempDir()
	for name, text := range map[string]string{
		"specs/001-buy/spec.md":                   "# Feature Specification: Buy\n\n**Input**: User description: \"Sell tickets.\"\n",
		"specs/001-buy/tasks.md":                  "- [x] T001 Print\n",
		"specs/002-refund/spec.md":                "# Feature Specification: Refund\n",
		"openspec/changes/archive/old/x.md":       "x\n",
		"openspec/changes/archive/old/tasks.md":   "- [x] 1.1 Done\n",
		"openspec/changes/archive/old/notes.html": "<script>alert(1)</script>\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	dry := s.run(0, "handoff", "import", dir, "--dry-run")
	for _, want := range []string{"001-buy", "“Refund”", "archived", "Marks of 1 of 1 tasks as done", "3 specifications, nothing was changed."} {
		if !strings.Contains(dry.out, want) {
			t.Errorf("%q is not in\n%s", want, dry.out)
		}
	}
	if got := s.run(exitFailed, "handoff", "import", dir); !strings.Contains(got.err, "001-buy, 002-refund") || !strings.Contains(got.err, "--choose") {
		t.Errorf("%s", got.err)
	}
	var made []workflow.Project
	s.object(&made, "handoff", "import", dir, "--choose", "001-buy")
	if len(made) != 1 || made[0].Slug != "buy" {
		t.Fatalf("made %+v", made)
	}
	s.run(exitClosed, "gate", "buy", "request")
	var preview workflow.HandoffPreview
	s.object(&preview, "handoff", "import", dir, "--dry-run")
	if len(preview.Items) != 3 || preview.Items[1].Duplicate != "Buy" {
		t.Errorf("the preview is %+v", preview)
	}
	// One is left that can be meant.
	if got := s.run(0, "handoff", "import", dir); !strings.Contains(got.out, "“Refund” is here as refund.") {
		t.Errorf("%s", got.out)
	}
	if got := s.run(exitFailed, "handoff", "import", dir); !strings.Contains(got.err, "was imported before") {
		t.Errorf("%s", got.err)
	}
	if got := s.run(exitFailed, "handoff", "import", filepath.Join(dir, "nothing")); !strings.Contains(got.err, "There is nothing at") {
		t.Errorf("%s", got.err)
	}
}

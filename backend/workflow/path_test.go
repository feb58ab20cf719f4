package workflow_test

import (
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestCheckPathTakesPathsForPeople(t *testing.T) {
	for _, path := range []string{
		"request.md", "steps/07.md", "audits/security-03.md", "runs/2026-11/01JD0.md",
		"Größe und Zweck.md", "a b.md", "-dash.md", "common.md", "lpt.md", "comma1.md", ".plumbline/run/AB/1.json",
	} {
		if err := workflow.CheckPath(path); err != nil {
			t.Errorf("CheckPath(%q) = %v, want nil", path, err)
		}
	}
}

func TestCheckPathRefusesWhatGitOrASystemCannotKeep(t *testing.T) {
	for _, path := range []string{
		"", "/etc/passwd", "a//b", "a/", "..", "a/../b", "./a", `a\b`, "C:x", "a\x00b", "a\nb",
		".git/config", "x/.GIT/hooks", ".gitmodules", ".gitattributes", "GIT~1/x", ".g\u200dit/x", "\u200b.md",
		"con", "NUL.md", "aux.tar.gz", "com1", "LPT¹.md", "name.", "name ", " name", "a\xffb",
		"what?.md", strings.Repeat("a", 201), strings.Repeat("abc/", 200) + "x",
	} {
		if code := workflow.CodeOf(workflow.CheckPath(path)); code != workflow.Invalid {
			t.Errorf("CheckPath(%q) has code %q, want %q", path, code, workflow.Invalid)
		}
	}
}

func TestCheckIDTakesOnlyWhatCanNameAFile(t *testing.T) {
	for id, good := range map[string]bool{
		"01JD0AXK3Z": true, "a-b_c": true, "x": true,
		"": false, "..": false, "a/b": false, "a b": false, "ä": false, "a.b": false, "a\x00": false,
		strings.Repeat("a", 65): false,
	} {
		if err := workflow.CheckID(id); (err == nil) != good {
			t.Errorf("CheckID(%q) = %v, want good %v", id, err, good)
		}
	}
}

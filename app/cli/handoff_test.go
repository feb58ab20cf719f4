package cli

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// handed is a project that has something to hand off.
func handed(t *testing.T) *shell {
	t.Helper()
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	file := s.file("request.md", "# Request: Tide table\n\n## Features\n- [ ] See the next tide\n\n## Acceptance checklist\n- [ ] It is agreed\n")
	s.run(0, "artifact", "save", "tide-table", "request.md", file)
	return s
}

func contents(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestHandoffPrintsWhatIsOneFile(t *testing.T) {
	s := handed(t)
	got := s.run(0, "handoff", "tide-table", "--as", "markdown")
	if !strings.HasPrefix(got.out, "# Tide table\n") || !strings.Contains(got.out, "## Request: Tide table") || !strings.Contains(got.out, "- [Gates](#gates)") {
		t.Errorf("the page is %s", got.out)
	}
	got = s.run(0, "handoff", "tide-table", "--as", "agents")
	if !strings.HasPrefix(got.out, "<!-- plumbline:start -->\n") || !strings.HasSuffix(got.out, "<!-- plumbline:end -->\n") {
		t.Errorf("the block is %s", got.out)
	}
	got = s.run(0, "handoff", "tide-table", "--phase", "request", "--as", "zip")
	z, err := zip.NewReader(strings.NewReader(got.out), int64(len(got.out)))
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, f := range z.File {
		names = append(names, f.Name)
	}
	if all := strings.Join(names, " "); !strings.Contains(all, "tide-table-request/README.md") || !strings.Contains(all, "/documents/request.md") || !strings.Contains(all, "/prompts/02-request.md") {
		t.Errorf("the archive holds %s", all)
	}
}

func TestHandoffIsTriedWithoutWriting(t *testing.T) {
	s := handed(t)
	to := filepath.Join(s.dir, "out")
	got := s.run(0, "handoff", "tide-table", "--as", "speckit", "--to", to, "--dry-run")
	if _, err := os.Stat(to); err == nil || !strings.Contains(got.out, "specs/001-tide-table/spec.md") || !strings.Contains(got.out, "Nothing was written.") ||
		!strings.Contains(got.err, "There is no specification yet") {
		t.Errorf("said %q, %q", got.out, got.err)
	}
	s.run(0, "handoff", "tide-table", "--as", "openspec", "--dry-run")
	var made workflow.Handoff
	s.object(&made, "handoff", "tide-table", "--as", "openspec")
	if len(made.Files) != 1 || made.Files[0].Content == "" || made.Files[0].Size != len(made.Files[0].Content) || len(made.Notes) == 0 || made.Path != "" {
		t.Errorf("%+v", made)
	}
}

func TestHandoffReplacesNothingUnasked(t *testing.T) {
	s := handed(t)
	to := filepath.Join(s.dir, "out")
	write := func(code int, more ...string) result {
		return s.run(code, append([]string{"handoff", "tide-table", "--as", "speckit", "--to", to}, more...)...)
	}
	write(0)
	spec := filepath.Join(to, "specs/001-tide-table/spec.md")
	whole := contents(t, spec)
	write(0) // the same again is nothing
	if err := errors.Join(os.WriteFile(spec, []byte("mine"), 0o644), os.Chmod(spec, 0o600)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(to, "specs/001-tide-table/checklists/requirements.md")); err != nil {
		t.Fatal(err)
	}
	got := write(1)
	if !strings.Contains(got.err, "specs/001-tide-table/spec.md is in "+to+" already") || !strings.Contains(got.err, "--force") || contents(t, spec) != "mine" {
		t.Errorf("said %q", got.err)
	}
	if _, err := os.Stat(filepath.Join(to, "specs/001-tide-table/checklists/requirements.md")); err == nil {
		t.Error("a part of it was written")
	}
	write(0, "--force")
	if contents(t, spec) != whole {
		t.Error("it was not replaced")
	}
	if info, err := os.Stat(spec); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others now: %v, %v", info.Mode(), err)
	}
}

func TestHandoffStaysInItsFolder(t *testing.T) {
	s := handed(t)
	to, outside := filepath.Join(s.dir, "out"), filepath.Join(s.dir, "outside")
	for _, dir := range []string{to, outside} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(to, "specs")); err != nil {
		t.Fatal(err)
	}
	got := s.run(1, "handoff", "tide-table", "--as", "speckit", "--to", to, "--force")
	if list, err := os.ReadDir(outside); err != nil || len(list) != 0 || !strings.Contains(got.err, "specs") {
		t.Errorf("%v, %v, %q", list, err, got.err)
	}
	if err := os.Symlink("other.md", filepath.Join(to, "AGENTS.md")); err != nil {
		t.Fatal(err)
	}
	if got := s.run(1, "handoff", "tide-table", "--as", "agents", "--to", to); !strings.Contains(got.err, "is a link to other.md") {
		t.Errorf("said %q", got.err)
	}
}

func TestHandoffKeepsItsBlockOfAgents(t *testing.T) {
	s := handed(t)
	mine := "\ufeff# Mine\r\n\r\nAll my rules.\r\n"
	file := s.file("AGENTS.md", mine)
	s.run(0, "handoff", "tide-table", "--as", "agents", "--to", s.dir)
	first := contents(t, file)
	if !strings.HasPrefix(first, mine) || strings.Count(first, "plumbline:start") != 1 || strings.Contains(strings.ReplaceAll(first, "\r\n", ""), "\n") {
		t.Errorf("it is %q", first)
	}
	s.run(0, "handoff", "tide-table", "--as", "agents", "--to", file)
	if contents(t, file) != first {
		t.Error("a second time changes it")
	}
	broken := "# Mine\n<!-- plumbline:start -->\nno end\n"
	file = s.file("AGENTS.md", broken)
	got := s.run(1, "handoff", "tide-table", "--as", "agents", "--to", file, "--force")
	if !strings.Contains(got.err, "has no end. Nothing was changed.") || contents(t, file) != broken {
		t.Errorf("said %q", got.err)
	}
}

func TestHandoffRefuses(t *testing.T) {
	s := handed(t)
	if got := s.run(1, "handoff", "tide-table", "--as", "agents", "--phase", "request"); !strings.Contains(got.err, "this format holds a whole project") {
		t.Errorf("said %q", got.err)
	}
	if got := s.run(1, "handoff", "tide-table", "--as", "zip", "--phase", "nowhere"); !strings.Contains(got.err, "nowhere") {
		t.Errorf("said %q", got.err)
	}
	s.run(2, "handoff", "tide-table", "--as", "speckit")
	s.run(2, "handoff", "tide-table", "--as", "pdf")
	s.run(2, "handoff", "tide-table")
}

func TestHandoffOfSeveralFilesAsOneArchive(t *testing.T) {
	s := handed(t)
	file := filepath.Join(s.dir, "kit.zip")
	s.run(0, "handoff", "tide-table", "--as", "speckit", "--to", file)
	text := contents(t, file)
	if z, err := zip.NewReader(bytes.NewReader([]byte(text)), int64(len(text))); err != nil || len(z.File) < 2 {
		t.Errorf("%v", err)
	}
	got := s.run(1, "handoff", "tide-table", "--as", "openspec", "--to", file, "--json")
	var e workflow.Error
	if err := json.Unmarshal([]byte(got.err), &e); err != nil || e.Code != workflow.Conflict || contents(t, file) != text {
		t.Errorf("said %q, %v", got.err, err)
	}
}

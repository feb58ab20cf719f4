package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

const ledgerText = `# Issues

Found 4 issues.

## Findings
- [ ] P1: SQL injection in the search endpoint
  - **Where:** search.go:41
- [ ] P2: Slow query without an index
  - **Where:** orders.go:9
- [ ] P3: The README has no licence
  - **Where:** README.md
`

func TestFindingsFromAnAuditToTheirEnd(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	if got := s.run(0, "findings", "curve", "tide-table"); !strings.Contains(got.out, "No audit was filed yet.") {
		t.Errorf("said %q", got.out)
	}
	file := filepath.Join(s.dir, "audit.md")
	if err := os.WriteFile(file, []byte(ledgerText), 0o644); err != nil {
		t.Fatal(err)
	}
	s.run(0, "artifact", "save", "tide-table", "request.md", file)
	got := s.run(0, "findings", "file", "tide-table", "request")
	if !strings.Contains(got.out, "3 new, 0 known") || !strings.Contains(got.err, "claims 4 findings; 3 can be read") {
		t.Errorf("said %q, %q", got.out, got.err)
	}
	got = s.run(0, "findings", "list", "tide-table")
	if !strings.Contains(got.out, "F-001") || !strings.Contains(got.out, "P1 high") || !strings.Contains(got.out, "3 of 3 findings. Open: 1 P1, 1 P2, 1 P3.") {
		t.Errorf("said %q", got.out)
	}
	if got := s.run(1, "findings", "accept", "tide-table", "F-001"); !strings.Contains(got.err, "needs a reason of at least 20 characters") {
		t.Errorf("said %q", got.err)
	}
	s.run(0, "findings", "accept", "tide-table", "F-001", "--reason", "Only we can reach the search until March.")
	s.run(0, "findings", "schedule", "tide-table", "2", "--date", "2999-01-01")
	s.run(0, "findings", "fix", "tide-table", "F-003", "--commit", "1a2b3c")
	if got := s.run(0, "findings", "list", "tide-table", "--state", "scheduled,fixed"); !strings.Contains(got.out, "scheduled: 2999-01-01") ||
		strings.Contains(got.out, "F-001") || !strings.Contains(got.out, "Nothing is open.") {
		t.Errorf("said %q", got.out)
	}
	s.run(0, "findings", "reopen", "tide-table", "F-003")
	s.run(0, "findings", "judge", "tide-table", "P2", "F-003")
	s.run(0, "findings", "duplicate", "tide-table", "F-003", "--of", "F-002")
	if got := s.run(0, "findings", "show", "tide-table", "F-002"); !strings.Contains(got.out, "counts for: F-003") || !strings.Contains(got.out, "report 0: request.md, round 1") {
		t.Errorf("said %q", got.out)
	}
	s.run(0, "findings", "split", "tide-table", "F-001", "--title", "The search is slow, too")
	var list workflow.FindingList
	s.object(&list, "findings", "list", "tide-table")
	if list.Total != 4 || list.Summary.Total != 3 || list.Findings[0].Number != "F-004" {
		t.Errorf("%d findings, %+v", list.Total, list.Summary)
	}
	if got := s.run(0, "findings", "curve", "tide-table", "request"); !strings.Contains(got.out, "claims other numbers") {
		t.Errorf("said %q", got.out)
	}
}

func TestFindingsAreExported(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	file := filepath.Join(s.dir, "audit.md")
	if err := os.WriteFile(file, []byte(ledgerText), 0o644); err != nil {
		t.Fatal(err)
	}
	s.run(0, "artifact", "save", "tide-table", "request.md", file)
	s.run(0, "findings", "file", "tide-table", "request.md")
	for format, want := range map[string]string{
		"md": "- [ ] P1: SQL injection", "csv": "F-001,P1,open", "json": `"fingerprint"`, "sarif": `"version": "2.1.0"`, "curve": "P0,P1,P2,P3",
	} {
		if got := s.run(0, "findings", "export", "tide-table", "--format", format); !strings.Contains(got.out, want) {
			t.Errorf("%s is %q", format, got.out)
		}
	}
	out := filepath.Join(s.dir, "findings.sarif")
	s.run(0, "findings", "export", "tide-table", "--format", "sarif", "--severity", "p1", "--out", out)
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var log struct{ Runs []struct{ Results []any } }
	if err := json.Unmarshal(text, &log); err != nil || len(log.Runs[0].Results) != 1 {
		t.Errorf("%v: %s", err, text)
	}
	if got := s.run(1, "findings", "list", "tide-table", "--severity", "P9"); !strings.Contains(got.err, "is not a severity") {
		t.Errorf("said %q", got.err)
	}
	if got := s.run(1, "findings", "show", "tide-table", "F-099"); !strings.Contains(got.err, "There is no finding F-099") {
		t.Errorf("said %q", got.err)
	}
}

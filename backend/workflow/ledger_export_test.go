package workflow

import (
	"strings"
	"testing"
)

func TestAnExportTicksOnlyWhatIsDealtWith(t *testing.T) {
	for state, want := range map[FindingState]string{
		FindingOpen: "- [ ] P1: a", FindingReturned: "- [ ] P1: a", FindingScheduled: "- [ ] P1: a", FindingAccepted: "- [ ] P1: a",
		FindingFixed: "- [x] P1: a", FindingDuplicate: "- [x] P1: a",
	} {
		x, err := ExportFindings(FindingsMarkdown, LedgerReport{Findings: []Finding{{Number: "F-001", Title: "a", Severity: P1, State: state}}})
		if err != nil || !strings.Contains(x.Text, want) {
			t.Errorf("a finding that is %s is written as %q, %v", state, x.Text, err)
		}
	}
}

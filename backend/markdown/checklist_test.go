package markdown

import (
	"fmt"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// showRequest writes what was read so that it can be looked through.
func showRequest(src string) string {
	read := Request(src)
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\n", read.Name)
	for i, f := range read.Features {
		fmt.Fprintf(&b, "feature %d %s%q in %q, of %d, box %d at %d, marked %v, %d–%d, line %d: %q\n", i, strings.Repeat("  ", f.Depth), f.Text, f.Category,
			f.Parent, f.Box, f.Mark, f.Marked, f.Start, f.End, f.Line, ends(src[f.Start:f.End]))
	}
	for _, it := range read.Acceptance {
		fmt.Fprintf(&b, "acceptance %q, box %d at %d, marked %v\n", it.Text, it.Index, it.Offset, it.Marked)
	}
	for _, question := range read.Questions {
		fmt.Fprintf(&b, "question: %s\n", question)
	}
	for _, note := range read.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	return b.String()
}

func TestRequestsOfEveryShape(t *testing.T) { goldenOf(t, "requests", showRequest) }

func TestChecklistNotesWhatOnlyLooksLikeABox(t *testing.T) {
	for src, want := range map[string]string{
		"# L\n- [ ] a\n- [x] b\n":             "2 boxes, 1 marked, 0 notes",
		"- [ ] a\n```\n- [ ] b\n```\n":        "1 boxes, 0 marked, 1 notes",
		"- [ ] a\n[ ] b\n- [✓] c\n☐ d\n":      "1 boxes, 0 marked, 1 notes",
		"<div>\n- [ ] a\n</div>\n":            "0 boxes, 0 marked, 1 notes",
		"> - [X] a\n":                         "1 boxes, 1 marked, 0 notes",
		"| [ ] a |\n|-|\n| [x] b |\n":         "0 boxes, 0 marked, 0 notes",
		"A list of [ ] and [x] in a sentence": "0 boxes, 0 marked, 0 notes",
		"\ufeff- [ ] a\r\n- [x] b\r\n":        "2 boxes, 1 marked, 0 notes",
	} {
		read := Checklist(src)
		if got := fmt.Sprintf("%d boxes, %d marked, %d notes", len(read.Items), read.Marked, len(read.Notes)); got != want {
			t.Errorf("%q has %s, want %s: %q", src, got, want, read.Notes)
		}
	}
}

func TestReadLooksForWhatTheContractNames(t *testing.T) {
	audit := workflow.Contract{Reads: workflow.ReadsFindings, None: "ALL QUIET", Sections: []workflow.ContractSection{{Title: "Findings"}}}
	for _, tt := range []struct {
		contract workflow.Contract
		src      string
		missing  int
	}{
		{audit, "## Findings\n- [ ] P1: a\n", 0},
		{audit, "Looked at all.\n\n**ALL QUIET**\n", 0},
		{audit, "> ALL QUIET\n", 2},
		{audit, "## Findings\nThe phrase would be:\n```\nALL QUIET\n```\n", 1},
		{audit, "## Findings\n- [ ] P1: a\n\nALL QUIET\n", 1},
		{workflow.Contract{Reads: workflow.ReadsPlan}, "- [ ] Step 1: a\n", 0},
		{workflow.Contract{Reads: workflow.ReadsPlan}, "No plan today.\n", 1},
		{workflow.Contract{Reads: workflow.ReadsChecklist}, "- [ ] a\n", 0},
		{workflow.Contract{Reads: workflow.ReadsChecklist}, "- a\n", 1},
		{workflow.Contract{Reads: workflow.ReadsRequest}, "## Features\n- [ ] a\n", 0},
		{workflow.Contract{Reads: workflow.ReadsRequest}, "## Features\n## Acceptance checklist\n- [ ] a\n", 1},
		{workflow.Contract{}, "anything", 0},
	} {
		if got := workflow.CheckContract(tt.contract, Read(tt.contract, tt.src)); len(got) != tt.missing {
			t.Errorf("%q, read as %s, lacks %q; want %d sentences", tt.src, tt.contract.Reads, got, tt.missing)
		}
	}
}

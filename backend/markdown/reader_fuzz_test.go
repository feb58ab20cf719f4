package markdown

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"plumbline/backend/workflow"
)

// readerSeeds are small texts in the shapes that the readers know.
func readerSeeds() []string {
	return append(seeds(),
		"## Findings\n- [ ] P1: Title\n  - **Where:** `a/b.go:1`\n  - **Fix:** x\n", "### 1. HIGH — Title (P2)\n**Severity:** Low\r\n\r\n|#|Severity|Issue|\n|-|-|-|\n|1|High|Title|\n",
		"Found 19 issues: P0: 1 | P1: 2\n\n**[HIGH]** a\n**P0** b\n\nNO ISSUES FOUND\n", "\ufeff- **Critical**\n  - a\n- Security\n  - [Low] b é\u0301\n",
		"### Milestone 1: a\n- [ ] Step 1: T\n  - **Files:** `a`, b\n  - **Depends:** 1-3, T001\n", "PHASE 1: X (first)\n------\n1. **A**\n- b\n2. **C**\n[... continues ...]\nDEPENDENCIES\nTasks 1-7 must complete before 8-13\n",
		"- [ ] T001 [P] [US1] Make a in src/a.go\n- [x] 1.1 b\n- [ ] 1.2 c\n", "|Item|What|\n|-|-|\n|**0.1 · a**|b|\n\n```\n0.1 ──► 0.2\n```\n",
		"# Request: X\n## Features\n### C\n- [ ] a\n  - [x] b\n## Questions\n1. Why?\n## Acceptance checklist\n- [ ] c\n",
	)
}

// checkSpan fails unless a part of a text is whole lines of it.
func checkSpan(t *testing.T, src string, start, end int) {
	t.Helper()
	if start < 0 || end < start || end > len(src) {
		t.Fatalf("%d–%d is no part of %q", start, end, src)
	}
	for _, at := range []int{start, end} {
		if at < len(src) && utf8.ValidString(src) && !utf8.RuneStart(src[at]) {
			t.Fatalf("byte %d of %q is inside a character", at, src)
		}
	}
	if start > 0 && src[start-1] != '\n' && src[start-1] != '\r' && !strings.HasPrefix(src, byteOrderMark) {
		t.Fatalf("byte %d of %q does not begin a line", start, src)
	}
	if end < len(src) && end > start && src[end-1] != '\n' && src[end-1] != '\r' {
		t.Fatalf("byte %d of %q does not end a line", end, src)
	}
}

// checkMark fails unless a mark is that of the box that it claims to be.
func checkMark(t *testing.T, src string, items []workflow.Item, box, mark int, marked bool) {
	t.Helper()
	if box < 0 {
		if mark >= 0 || marked {
			t.Fatalf("a mark at %d of %q belongs to no box", mark, src)
		}
		return
	}
	if box >= len(items) || items[box].Offset != mark || items[box].Marked != marked {
		t.Fatalf("box %d at %d, marked %v, is not that of %q", box, mark, marked, src)
	}
}

func checkText(t *testing.T, values ...string) {
	t.Helper()
	for _, v := range values {
		if !utf8.ValidString(v) {
			t.Fatalf("%q is not valid UTF-8", v)
		}
	}
}

func FuzzFindings(f *testing.F) {
	for _, seed := range readerSeeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		items := Items(src)
		read := Findings(src)
		at := 0
		for _, g := range read.Findings {
			checkSpan(t, src, g.Start, g.End)
			checkMark(t, src, items, g.Box, g.Mark, g.Marked)
			checkText(t, g.Title, g.Problem, g.Fix, g.Location, g.Category, g.Number, g.Label, g.Status, g.Verify)
			if g.Title == "" || g.End == g.Start || g.Start < at || g.Line < 1 {
				t.Fatalf("a finding of %q is %+v", src, g)
			}
			at = g.Start
		}
		for _, c := range read.Claims {
			checkSpan(t, src, c.Start, c.End)
			checkText(t, c.Text)
		}
		checkText(t, read.Notes...)
	})
}

func FuzzPlan(f *testing.F) {
	for _, seed := range readerSeeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		items := Items(src)
		read := Plan(src)
		at := 0
		for _, s := range read.Steps {
			checkSpan(t, src, s.Start, s.End)
			checkMark(t, src, items, s.Box, s.Mark, s.Marked)
			checkText(t, s.Number, s.Title, s.Task, s.Tests, s.User, s.RiskWhy)
			checkText(t, slices.Concat(s.Files, s.Depends, s.Tags, s.Covers, s.Details)...)
			if s.Number == "" || s.Start < at || s.Milestone >= len(read.Milestones) {
				t.Fatalf("a step of %q is %+v", src, s)
			}
			at = s.Start
		}
		for _, m := range read.Milestones {
			checkSpan(t, src, m.Start, m.End)
			checkText(t, m.Number, m.Title)
		}
		workflow.CheckPlan(read, workflow.StepFiles)
	})
}

package markdown

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"plumbline/backend/workflow"
)

// addReaderSeeds adds small texts in the shapes that the readers know, and those of the golden files.
func addReaderSeeds(f *testing.F) {
	f.Helper()
	paths, err := filepath.Glob("testdata/*/*.md")
	if err != nil || len(paths) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(src))
	}
	for _, seed := range append(seeds(),
		"## Findings\n- [ ] P1: Title\n  - **Where:** `a/b.go:1`\n  - **Fix:** x\n", "### 1. HIGH — Title (P2)\n**Severity:** Low\r\n\r\n|#|Severity|Issue|\n|-|-|-|\n|1|High|Title|\n",
		"Found 19 issues: P0: 1 | P1: 2\n\n**[HIGH]** a\n**P0** b\n\nNO ISSUES FOUND\n", "\ufeff- **Critical**\n  - a\n- Security\n  - [Low] b é\u0301\n",
		"### Milestone 1: a\n- [ ] Step 1: T\n  - **Files:** `a`, b\n  - **Depends:** 1-3, T001\n", "PHASE 1: X (first)\n------\n1. **A**\n- b\n2. **C**\n[... continues ...]\nDEPENDENCIES\nTasks 1-7 must complete before 8-13\n",
		"- [ ] T001 [P] [US1] Make a in src/a.go\n- [x] 1.1 b\n- [ ] 1.2 c\n", "|Item|What|\n|-|-|\n|**0.1 · a**|b|\n\n```\n0.1 ──► 0.2\n```\n",
		"# Request: X\n## Features\n### C\n- [ ] a\n  - [x] b\n## Questions\n1. Why?\n## Acceptance checklist\n- [ ] c\n",
	) {
		f.Add(seed)
	}
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
	addReaderSeeds(f)
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
	addReaderSeeds(f)
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

func FuzzRequest(f *testing.F) {
	addReaderSeeds(f)
	f.Fuzz(func(t *testing.T, src string) {
		items := Items(src)
		read := Request(src)
		for i, feature := range read.Features {
			checkSpan(t, src, feature.Start, feature.End)
			checkMark(t, src, items, feature.Box, feature.Mark, feature.Marked)
			checkText(t, feature.Text, feature.Category)
			if feature.Parent >= i || feature.Parent >= 0 && feature.Depth != read.Features[feature.Parent].Depth+1 {
				t.Fatalf("a feature of %q is %+v", src, feature)
			}
		}
		checkText(t, read.Name)
		checkText(t, read.Questions...)
		if list := Checklist(src); len(list.Items) != len(items) || list.Marked > len(items) {
			t.Fatalf("the checklist of %q has %d of %d boxes", src, len(list.Items), len(items))
		}
		if len(read.Features)+len(read.Acceptance) > len(items) {
			t.Fatalf("%q has more features than boxes", src)
		}
		for _, reads := range []workflow.ContractReads{workflow.ReadsText, workflow.ReadsFindings, workflow.ReadsPlan, workflow.ReadsChecklist, workflow.ReadsRequest} {
			c := workflow.Contract{Reads: reads, None: "NO ISSUES FOUND"}
			workflow.CheckContract(c, Read(c, src))
		}
	})
}

// No text may make the readers panic or never end.
func TestHostileTextsAreRead(t *testing.T) {
	for name, src := range hostileTexts(8 << 10) {
		t.Run(name, func(t *testing.T) {
			Findings(src)
			Plan(src)
			Checklist(src)
			Request(src)
		})
	}
}

// readerTexts are long texts of the kinds that are read.
func readerTexts(size int) map[string]string {
	texts := answers(size)
	fill := func(next func(int) string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			b.WriteString(next(i))
		}
		return b.String()
	}
	texts["findings"] = fill(func(i int) string {
		return fmt.Sprintf("- [ ] P%d: Part %d is wrong\n  - **Where:** `a/b.go:%d`\n  - **Fix:** mend it\n", i%4, i, i)
	})
	texts["one finding"] = fill(func(int) string { return "- [ ] P1: The same again\n" })
	texts["finding headings"] = fill(func(i int) string { return fmt.Sprintf("### %d. High: Part %d\n**Severity:** Low\ntext\n\n", i, i) })
	texts["finding rows"] = "|#|Severity|Issue|\n|-|-|-|\n" + fill(func(i int) string { return fmt.Sprintf("|%d|High|Part %d|\n", i, i) })
	texts["bold paragraphs"] = fill(func(i int) string { return fmt.Sprintf("**Part %d**\n\n- text\n\n", i) })
	texts["steps"] = fill(func(i int) string {
		return fmt.Sprintf("- [ ] Step %d: Part\n  - **Files:** `a/b%d.go`\n  - **Depends:** %d\n", i, i, i-1)
	})
	texts["phases"] = fill(func(i int) string {
		return fmt.Sprintf("PHASE %d: x\n\n1. a\n2. b\n\nTasks 1-7 must complete before 8-13\n\n", i)
	})
	return texts
}

// BenchmarkReaders reads texts and texts twice as long: the time for a byte must stay.
func BenchmarkReaders(b *testing.B) {
	for _, size := range []int{answerSize, 2 * answerSize} {
		for name, src := range readerTexts(size) {
			b.Run(fmt.Sprintf("%s/%dk", name, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				for b.Loop() {
					Findings(src)
					Plan(src)
					Request(src)
				}
			})
		}
	}
}

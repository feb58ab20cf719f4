package cli

import (
	"os"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

const auditText = `## Summary
Total: 2

## Findings
- [ ] P1: The lock is kept
  - **Where:** ` + "`store/lock.go:12`" + `
- [x] P3: Typo
- A third one
`

func TestParseFindings(t *testing.T) {
	s := newShell(t)
	file := s.file("review.md", auditText)
	got := s.run(0, "parse", "--as", "findings", file).out
	for _, want := range []string{"P1", "The lock is kept", "store/lock.go:12", "3 findings: 1 high, 1 low, 1 without a severity.", "note: The text claims 2 findings; 3 can be read."} {
		if !strings.Contains(got, want) {
			t.Errorf("the output lacks %q:\n%s", want, got)
		}
	}
	var read workflow.FindingsRead
	s.object(&read, "parse", "--as", "findings", file)
	if len(read.Findings) != 3 || !strings.HasPrefix(auditText[read.Findings[0].Start:], "- [ ] P1") || auditText[read.Findings[1].Mark] != 'x' {
		t.Errorf("findings %+v", read.Findings)
	}
	if got := s.try("NO ISSUES FOUND\n", "parse", "--as", "findings", "-"); got.code != 0 || got.out != "0 findings: none.\nThe text says: NO ISSUES FOUND.\n" {
		t.Errorf("exit %d: %s%s", got.code, got.out, got.err)
	}
}

// What is read is the answer, as it is in the app: not what a model thought aloud
// before it, and without the fence around it. The offsets are those of the text.
func TestParseReadsTheAnswerOfAModel(t *testing.T) {
	s := newShell(t)
	for name, text := range map[string]string{
		"thoughts":          "<think>\n\n- P0: Only a thought\n\n</think>\n\n- [ ] P1: Real\n",
		"thoughts above it": "<think>\n- P0: Only a thought\n</think>\n- [ ] P1: Real\n",
		"a fence":           "```markdown\n## Findings\n- [ ] P1: Real\n```\n",
		"both":              "<think>hm</think>\n```markdown\n\n- [ ] P1: Real\n```",
	} {
		var read workflow.FindingsRead
		s.object(&read, "parse", "--as", "findings", s.file("raw.md", text), "--json")
		if len(read.Findings) != 1 || read.Findings[0].Title != "Real" {
			t.Errorf("%s: %+v", name, read.Findings)
			continue
		}
		f := read.Findings[0]
		if at := strings.Index(text, "- [ ] P1"); f.Start != at || f.Line != 1+strings.Count(text[:at], "\n") || text[f.Mark] != ' ' {
			t.Errorf("%s: the finding is at %d, line %d, with its mark at %d", name, f.Start, f.Line, f.Mark)
		}
	}
	var boxes workflow.ChecklistRead
	s.object(&boxes, "parse", "--as", "checklist", s.file("raw.md", "<think>\n\n- [ ] no\n\n</think>\n\n- [x] yes\n"))
	if len(boxes.Items) != 1 || boxes.Items[0].Text != "yes" || boxes.Items[0].Line != 7 {
		t.Errorf("%+v", boxes.Items)
	}
	// A text that is nothing but thoughts has no answer.
	var none workflow.FindingsRead
	s.object(&none, "parse", "--as", "findings", s.file("raw.md", "<think>\n\n- P0: Only a thought\n"))
	if len(none.Findings) != 0 {
		t.Errorf("%+v", none.Findings)
	}
}

func TestParsePlan(t *testing.T) {
	s := newShell(t)
	text := "# Plan: Tides\n\n### Milestone 1: Shown\n- [x] Step 1: Set up\n- [ ] Step 2: Show\n  - **Files:** `a.go`\n  - **Depends:** 1, 7\n"
	file := s.file("plan.md", text)
	got := s.run(0, "parse", "--as", "plan", file).out
	for _, want := range []string{"Shown", "[x] Set up", "1, 7", "1 file", "2 steps in 1 milestone.", "✗ Step 2 depends on step 7, which is not in the plan."} {
		if !strings.Contains(got, want) {
			t.Errorf("the output lacks %q:\n%s", want, got)
		}
	}
	var read workflow.CheckedPlan
	s.object(&read, "parse", "--as", "plan", file)
	if len(read.Steps) != 2 || len(read.Problems) != 1 || text[read.Steps[1].Start:read.Steps[1].End] != text[strings.Index(text, "- [ ]"):] {
		t.Errorf("plan %+v", read)
	}
}

func TestParseChecklistAndRequest(t *testing.T) {
	s := newShell(t)
	file := s.file("request.md", requestText)
	if got := s.run(0, "parse", "--as", "checklist", file).out; !strings.Contains(got, "6 [ ] What is out of scope is said.") || !strings.Contains(got, "0 of 6 boxes marked.") {
		t.Errorf("checklist\n%s", got)
	}
	got := s.run(0, "parse", "--as", "request", file).out
	if !strings.Contains(got, "See the next high water") || !strings.Contains(got, "2 features, 4 boxes that judge the request, 0 open questions.") {
		t.Errorf("request\n%s", got)
	}
	var list workflow.ChecklistRead
	s.object(&list, "parse", "--as", "checklist", file)
	var request workflow.RequestRead
	s.object(&request, "parse", "--as", "request", file)
	if len(list.Items) != 6 || request.Name != "Tide table" || requestText[request.Features[0].Mark] != ' ' {
		t.Errorf("checklist %+v, request %+v", list, request)
	}
}

func TestParseContract(t *testing.T) {
	s := newShell(t)
	if got := s.try(requestText, "parse", "--as", "contract", "--prompt", "request", "-"); got.code != 0 || !strings.Contains(got.out, "✓") {
		t.Errorf("exit %d: %s%s", got.code, got.out, got.err)
	}
	half, _, _ := strings.Cut(requestText, "## Questions")
	got := s.try(half, "parse", "--as", "contract", "--prompt", "request", "-")
	if got.code != exitFailed || got.err != "" || !strings.Contains(got.out, "✗ The section “Questions” is missing.") {
		t.Errorf("exit %d: %s%s", got.code, got.out, got.err)
	}
	if got := s.run(exitFailed, "parse", "--as", "contract", "--prompt", "nobody", s.file("a.md", half)); !strings.Contains(got.err, "There is no built-in prompt “nobody”.") {
		t.Errorf("err %q", got.err)
	}
}

func TestParseOpensNoData(t *testing.T) {
	s := newShell(t)
	s.run(exitFailed, "parse", "--as", "plan", "nowhere.md")
	file := s.file("a.md", "text")
	for _, args := range [][]string{{"parse", file}, {"parse", "--as", "poem", file}, {"parse", "--as", "contract", file}, {"parse", "--as", "plan", "--prompt", "plan", file}} {
		if got := s.try("", args...); got.code != exitUsage || !strings.Contains(got.err, "hint: ") {
			t.Errorf("%q: exit %d: %s", args, got.code, got.err)
		}
	}
	if _, err := os.Stat(s.env["PLUMBLINE_HOME"]); !os.IsNotExist(err) {
		t.Errorf("the data folder: %v", err)
	}
}

func TestWhatIsParsedCannotSteerTheTerminal(t *testing.T) {
	s := newShell(t)
	evil := "- [ ] P1: a\x1b[2Jb (x\u202e.go:1)\n\n### Milestone 1: m\x1b[0m\n- [ ] Step 1: s\x1b[1m\n## Questions\n- q\x1b[2J?\n"
	for _, as := range []string{"findings", "plan", "checklist", "request"} {
		if got := s.try(evil, "parse", "--as", as, "-").out; strings.ContainsAny(got, "\x1b\u202e") {
			t.Errorf("%s: %q", as, got)
		}
	}
}

func TestParseAgainstThePromptInAFile(t *testing.T) {
	s := newShell(t)
	own := s.file("own.md", strings.Replace(tidyPrompt, "variables:", "contract:\n  sections:\n    - title: What went\nvariables:", 1))
	if got := s.try("## What went\nAll.\n", "parse", "--as", "contract", "--prompt", own, "-"); got.code != 0 || !strings.Contains(got.out, "✓") {
		t.Errorf("exit %d: %s%s", got.code, got.out, got.err)
	}
	if got := s.try("All.\n", "parse", "--as", "contract", "--prompt", own, "-"); got.code != exitFailed || !strings.Contains(got.out, "The section “What went” is missing.") {
		t.Errorf("exit %d: %s%s", got.code, got.out, got.err)
	}
	if got := s.try("All.\n", "parse", "--as", "contract", "--prompt", s.file("bad.md", "none"), "-"); got.code != exitFailed || !strings.Contains(got.err, "bad.md, line 1") {
		t.Errorf("exit %d: %s%s", got.code, got.out, got.err)
	}
}

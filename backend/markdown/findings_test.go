package markdown

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// goldenOf compares what is read from every source of a folder with the golden file beside it.
func goldenOf(t *testing.T, folder string, show func(src string) string) {
	t.Helper()
	sources, err := filepath.Glob(filepath.Join("testdata", folder, "*.md"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("no golden sources: %v", err)
	}
	for _, path := range sources {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got := show(string(src))
		golden := strings.TrimSuffix(path, ".md") + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is read as\n%s\nwant\n%s", path, got, want)
		}
	}
}

func line(b *strings.Builder, name, value string) {
	if value != "" {
		fmt.Fprintf(b, "    %s: %s\n", name, strings.ReplaceAll(value, "\n", "⏎"))
	}
}

// showFindings writes what was read so that it can be looked through.
func showFindings(src string) string {
	read := Findings(src)
	var b strings.Builder
	for _, g := range read.Findings {
		fmt.Fprintf(&b, "%s %q\n", orDash(string(g.Severity)), g.Title)
		line(&b, "number", g.Number)
		line(&b, "label", g.Label)
		line(&b, "category", g.Category)
		line(&b, "location", g.Location)
		line(&b, "problem", g.Problem)
		line(&b, "fix", g.Fix)
		line(&b, "verify", g.Verify)
		line(&b, "status", g.Status)
		if g.Box >= 0 {
			line(&b, "box", fmt.Sprintf("%d at %d, marked %v", g.Box, g.Mark, g.Marked))
		}
		line(&b, "text", fmt.Sprintf("%d–%d, line %d: %q", g.Start, g.End, g.Line, ends(src[g.Start:g.End])))
	}
	for _, c := range read.Claims {
		fmt.Fprintf(&b, "claim %d %v: %s\n", c.Total, c.BySeverity, c.Text)
	}
	if read.Phrase != "" {
		fmt.Fprintf(&b, "phrase: %s\n", read.Phrase)
	}
	for _, note := range read.Notes {
		fmt.Fprintf(&b, "note: %s\n", note)
	}
	return b.String()
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// ends shortens a text to its beginning and its end.
func ends(s string) string {
	r := []rune(s)
	if len(r) <= 60 {
		return s
	}
	return string(r[:30]) + " … " + string(r[len(r)-30:])
}

func TestFindingsOfEveryShape(t *testing.T) { goldenOf(t, "findings", showFindings) }

func severitiesOf(src string) string {
	var all []string
	for _, g := range Findings(src).Findings {
		all = append(all, orDash(string(g.Severity)))
	}
	return strings.Join(all, " ")
}

func TestFindingsTakeASeverityOnlyWhereItIsMarked(t *testing.T) {
	for src, want := range map[string]string{
		// Marked.
		"- [Critical] a hole":                           "P0",
		"- (High) a hole":                               "P1",
		"- [P2] a hole":                                 "P2",
		"- **High**: a hole":                            "P1",
		"- **High** a hole":                             "P1",
		"- **P1** a hole":                               "P1",
		"- **[MODERATE]** a hole":                       "P2",
		"- P3. a hole":                                  "P3",
		"- P1-7 · a hole":                               "P1",
		"- Low: a hole":                                 "P3",
		"- Info: a hole":                                "P3",
		"- Blocker – a hole":                            "P0",
		"- High severity: a hole":                       "P1",
		"- High (likely): a hole":                       "P1",
		"- 🔴 **Critical**: a hole":                      "P0",
		"- A hole in the wall (medium)":                 "P2",
		"- A hole [Severity: Low]":                      "P3",
		"- **A hole** - severity: high":                 "P1",
		"- A hole\n  - Severity: major":                 "P1",
		"- A hole\n\n  **Severity:** `P2`":              "P2",
		"1. **[CRITICAL]** a hole\n2. **[LOW]** a dent": "P0 P3",
		"#### V-12 A hole (High)\n\nDeep.":              "P1",
		"### 🟠 High: a hole\nDeep.":                     "P1",
		"**HIGH: a hole**\n\nDeep.":                     "P1",
		"**1. A hole**\nSeverity: High":                 "P1",
		"|Severity|Issue|\n|-|-|\n|HIGH|a hole|":        "P1",
		"|Priority|Title|Where|\n|-|-|-|\n|P2|x|a.go|":  "P2",
		"- **Tests**\n  - [ ] P2 – a hole\n- **Fix**\n  - [ ] P3 – a dent\n": "P2 P3",
		"|Failure|Severity|Mitigation|\n|-|-|-|\n|a|Low|None|":               "P3",
		"- Schweregrad: hoch\n\n### Loch\n**Schweregrad:** hoch\n":           "P1",
		// A word of a sentence.
		"- High availability is out of scope":                   "",
		"- The critical path is the linker":                     "",
		"- Medium-sized teams":                                  "",
		"- P1 is the name of the second stage":                  "",
		"- low traffic: nobody comes":                           "",
		"High is the tide.":                                     "",
		"Critical: the linker is slow.":                         "",
		"**Blocker:** waits for the other team":                 "",
		"**Note:** critical parts were left out (high).":        "",
		"### Critical path\nLong.":                              "",
		"| Risk | Level |\n|-|-|\n| High tide | 3 m |":          "",
		"|Priority|Recommendation|\n|-|-|\n|High|Buy a disk|":   "",
		"|Sev|Where|Count|\n|-|-|-|\n|High|a|3|":                "",
		"```\n- P0: in code\n```":                               "",
		"> - P0: quoted":                                        "",
		"- P0: 2\n- P1: none\n- Critical: 0\n- High – 3 issues": "",
		// Nothing there.
		"- Critical: none found":                        "",
		"- No high issues were found.":                  "",
		"- None.":                                       "",
		"## Findings\n- None\n":                         "",
		"## Findings\nNo vulnerabilities identified.":   "",
		"## Findings\n- No rate limit on logins\n":      "–",
		"## Positive findings\n- [High] test coverage":  "",
		"## Recommendations\n### High\n- Buy a disk\n":  "",
		"## Fixed\n- [x] P1: a hole\n":                  "",
		"- [High] a hole was fixed":                     "",
		"## Found and fixed\n- [High] a hole\n":         "P1",
		"## To be fixed\n- [High] a hole\n":             "P1",
		"## Issues\n- **Found**: 17\n- **Rate**: 88%\n": "",
	} {
		if got := severitiesOf(src); got != want {
			t.Errorf("%q holds findings %q, want %q", src, got, want)
		}
	}
}

func TestFindingsInventNoSeverity(t *testing.T) {
	for _, g := range Findings("## Issues\n- a\n- b (see P1)\n- c\n").Findings {
		if g.Severity != "" || g.Label != "" {
			t.Errorf("%q has the severity %q (%s)", g.Title, g.Severity, g.Label)
		}
	}
}

func TestFindingsCompareWhatIsClaimedWithWhatIsListed(t *testing.T) {
	list := "\n\n- [High] a\n- [Low] b\n"
	for text, want := range map[string]string{
		"Found 2 issues.":                         "",
		"Found 19 issues:":                        "The text claims 19 findings; 2 can be read.",
		"The audit identified three problems.":    "The text claims 3 findings; 2 can be read.",
		"Total: 2 (P0: 0, P1: 1, P2: 0, P3: 1)":   "",
		"Total: 2 (P0: 1, P1: 1, P2: 0, P3: 0)":   "The text claims 1 of severity P0 (critical); 0 can be read.\nThe text claims 0 of severity P3 (low); 1 can be read.",
		"Total: 4 (1 high, 1 low)":                "The text claims 4 findings; 2 can be read.\nThe text claims 4 findings, and its numbers by severity add up to 2.",
		"All 17 previous issues are resolved.":    "",
		"It has 12 files and found 0 new issues.": "",
		"Total: 2 (P1: 1, P3: 1, none: 0)":        "",
		"Total: 2 (P1: 1, P3: 0, none: 1)":        "The text claims 0 of severity P3 (low); 1 can be read.\nThe text claims 1 without a severity; 0 can be read.",
		"P1: 1 | P3: 1":                           "",
		"We looked at 5 problems of last year.":   "",
	} {
		if got := strings.Join(Findings(text+list).Notes, "\n"); got != want {
			t.Errorf("%q: notes %q, want %q", text, got, want)
		}
	}
}

func TestFindingsLeaveNoAreaOutInSilence(t *testing.T) {
	const taken, left = "2 entries under headings of areas, without a severity, are taken for findings.", "1 entry under headings of areas, without a severity, is not counted."
	for src, want := range map[string]string{
		"## Security\n- [P0] a\n- **High**: b\n## Performance\n- c\n## Testing\n- d\n": "P0 P1 – –; " + taken,
		"## Security\n### [P0] a hole\nDeep.\n## Performance\n- fast enough\n":         "P0; " + left,
		"## Performance\n- fast enough\n":                                              "; " + left,
		"## Findings\n- [P0] a\n## Overview\n- a server\n":                             "P0; ",
	} {
		if got := severitiesOf(src) + "; " + strings.Join(Findings(src).Notes, "\n"); got != want {
			t.Errorf("%q is read as %q, want %q", src, got, want)
		}
	}
}

func TestFindingsReadGroupsInOtherScripts(t *testing.T) {
	for src, want := range map[string]string{
		"## 严重\n1. 注入\n## 高\n2. 会话没有检查\n":            "P0 P1",
		"## 高问题\n- 会话没有检查\n":                         "P1",
		"🔴 **Critical**\n- a\n\n🟡 **Medium**\n- b\n": "P0 P2",
		"**Critical**\n\n- a\n":                      "P0",
		"### Élevée\n- pas de limite\n":              "P1",
	} {
		if got := severitiesOf(src); got != want {
			t.Errorf("%q holds findings %q, want %q", src, got, want)
		}
	}
}

func TestFindingsReadThePhrase(t *testing.T) {
	for text, want := range map[string]string{
		"NO ISSUES FOUND\n":                                "NO ISSUES FOUND",
		"Looked at all.\n\n**NO NEW ISSUES FOUND**.\n":     "NO NEW ISSUES FOUND",
		"## Findings\n- NO SECURITY ISSUES FOUND\n":        "NO SECURITY ISSUES FOUND",
		"Looked at all of it.\nNO ISSUES FOUND":            "NO ISSUES FOUND",
		"I cannot say NO ISSUES FOUND yet.":                "",
		"No issues found.":                                 "",
		"> NO ISSUES FOUND\n\n```\nNO ISSUES FOUND\n```\n": "",
	} {
		if got := Findings(text).Phrase; got != want {
			t.Errorf("the phrase of %q is %q, want %q", text, got, want)
		}
	}
}

func TestFindingsReadFiveHundred(t *testing.T) {
	var b strings.Builder
	b.WriteString("## Findings\n")
	for i := range 500 {
		fmt.Fprintf(&b, "- [ ] P%d: Finding of part %d is wrong\n  - **Where:** `p/f%d.go:%d`\n  - **Fix:** mend it\n", i%4, i, i, i+1)
	}
	read := Findings(b.String())
	if len(read.Findings) != 500 || len(read.Notes) != 0 {
		t.Fatalf("%d findings, notes %q", len(read.Findings), read.Notes)
	}
	for i, g := range read.Findings {
		if g.Location != fmt.Sprintf("p/f%d.go:%d", i, i+1) || g.Fix != "mend it" || g.Box != i {
			t.Fatalf("finding %d is %+v", i, g)
		}
	}
}

// A place ends where a sentence goes on in its paragraph.
func TestPlacesHoldNoSentences(t *testing.T) {
	for src, want := range map[string][2]string{
		"**Issue 3: No timeout** (Severity: High)\nLocation: `c.go:9`\nThe client waits for ever.\n": {"c.go:9", "The client waits for ever."},
		"### No timeout\nSeverity: High\nLocation: c.go:9\nd.go:3\nBoth wait for ever.\nFix: stop\n": {"c.go:9, d.go:3", "Both wait for ever."},
		"- [ ] P1: No timeout\n  - **Where:**\n    - c.go\n    - The client.\n":                      {"c.go, The client.", ""},
	} {
		found := Findings("## Findings\n\n" + src).Findings
		if len(found) != 1 || found[0].Location != want[0] || found[0].Problem != want[1] {
			t.Errorf("%q is read as %+v", src, found)
		}
	}
}

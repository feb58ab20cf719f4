package engine

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

const auditAnswer = `# Issues

## Summary
Found 5 issues.

## Findings
- [ ] P1: SQL injection in the search endpoint
  - **Where:** search.go:41
  - **Category:** Security
  - **Problem:** The term goes into the query as it is.
  - **Fix:** Use a parameter.
- [ ] P2: Slow query without an index
  - **Where:** orders.go:9
  - **Category:** Performance
- [ ] P3: The README has no licence
  - **Where:** README.md
`

const nextAuditAnswer = `# Issues

## Findings
- [ ] P2: Queries are slow without an index
  - **Where:** orders.go:90
- [ ] P1: Search endpoint is vulnerable to SQL injection
  - **Where:** search.go:7
- [ ] P0: Passwords are stored in plain text
  - **Where:** user.go:3
`

// hardened is a project of the harden workflow whose first gate is passed.
func (b *bench) hardened() workflow.Project {
	b.t.Helper()
	p := try(b.CreateProject(b.ctx, workflow.NewProject{Name: "Tide table", Idea: "A tide table.", WorkflowID: "harden"}))(b.t)
	try(b.Waive(b.ctx, p.ID, "implement", "The code is there since last year."))(b.t)
	return p
}

// paste runs a prompt of the library by paste and accepts the answer.
func (b *bench) paste(p workflow.Project, promptID, answer string) workflow.Version {
	b.t.Helper()
	o := workflow.PromptOrder{PromptID: promptID, ProjectID: p.ID, Values: map[string]string{}}
	for _, v := range try(b.FillPrompt(b.ctx, o))(b.t).Variables {
		if v.Missing {
			o.Values[v.Variable.Name] = "some text"
		}
	}
	r := try(b.CopyPrompt(b.ctx, o))(b.t)
	d := try(b.PasteAnswer(b.ctx, r.ID, workflow.PastedAnswer{Text: answer, Anyway: true}))(b.t)
	base := 0
	if doc, err := b.Document(b.ctx, p.ID, r.Output, 0); err == nil {
		base = doc.Version.Number
	}
	return try(b.Accept(b.ctx, d.ID, workflow.AcceptCandidate{All: true, Base: base}))(b.t)
}

func (b *bench) ledgerOf(p workflow.Project, phase string) workflow.Ledger {
	b.t.Helper()
	return try(b.Ledger(b.ctx, p.ID, phase))(b.t)
}

// numbers are those of the findings that a query wants, with their states.
func (b *bench) numbers(p workflow.Project, q workflow.FindingQuery) string {
	b.t.Helper()
	said := []string{}
	for _, f := range try(b.Findings(b.ctx, p.ID, q))(b.t).Findings {
		said = append(said, f.Number+" "+string(f.Severity)+" "+string(f.State))
	}
	return strings.Join(said, ", ")
}

func TestAcceptingAnAuditFilesItsFindings(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	events, cancel := b.Subscribe()
	defer cancel()
	b.paste(p, "issue-analysis", auditAnswer)
	if got, want := b.numbers(p, workflow.FindingQuery{}), "F-001 P1 open, F-002 P2 open, F-003 P3 open"; got != want {
		t.Fatalf("filed %s, want %s", got, want)
	}
	for ev := range events {
		if ev.Ledger == nil {
			continue
		}
		if n := ev.Ledger; len(n.IDs) != 3 || n.Summary.Open[workflow.P1] != 1 || n.Filing == nil || n.Filing.Path != "answers/issue-analysis.md" || ev.ProjectID != p.ID {
			t.Errorf("told %+v", n)
		}
		break
	}
	l := b.ledgerOf(p, "")
	if f := l.Filings[0].Filing; f.Mismatch != "The text claims 5 findings; 3 can be read." || f.RunID == "" || f.Round != 1 {
		t.Errorf("the filing is %+v", f)
	}
	b.paste(p, "issue-analysis", nextAuditAnswer)
	if got, want := b.numbers(p, workflow.FindingQuery{}), "F-004 P0 open, F-001 P1 open, F-002 P2 open, F-003 P3 open"; got != want {
		t.Errorf("after the next round %s, want %s", got, want)
	}
	l = b.ledgerOf(p, "")
	if len(l.Curve.Rounds) != 2 || l.Curve.Rounds[1].NewTotal() != 1 || l.Curve.Rounds[1].Known != 2 || l.Filings[0].Filing.Round != 2 {
		t.Errorf("the curve is %+v", l.Curve)
	}
	again := try(b.FileFindings(b.ctx, p.ID, "answers/issue-analysis.md"))(t)
	versions := try(b.FindProject(b.ctx, p.ID))(t).UpdatedAt
	if again := try(b.FileFindings(b.ctx, p.ID, "answers/issue-analysis.md"))(t); again.Known != 2 || try(b.FindProject(b.ctx, p.ID))(t).UpdatedAt != versions {
		t.Error("filing again changes the project")
	}
	if again.Known != 2 || !reflect.DeepEqual(b.ledgerOf(p, ""), l) {
		t.Errorf("filing again gave %+v", again)
	}
	b.paste(p, "issue-analysis", "NO ISSUES FOUND\n")
	if l = b.ledgerOf(p, ""); len(l.Curve.Rounds) != 3 || l.Curve.Rounds[2].NewTotal() != 0 || l.Filings[0].Filing.Phrase == "" {
		t.Errorf("a round without news is %+v", l.Curve.Rounds[2])
	}
}

func TestTheAuditOfAPhaseIsOneFilingARound(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.hardened()
	save := func(path string, base int, text string) {
		t.Helper()
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: path, Base: base, Body: text}))(t)
	}
	save("audits/issues-01.md", 0, auditAnswer)
	save("audits/issues-01.md", 1, strings.Replace(auditAnswer, "The README has no licence", "There is no licence in the README file", 1))
	l := b.ledgerOf(p, "analyse")
	if len(l.Filings) != 1 || l.Filings[0].Filing.Phase != "analyse" || l.Filings[0].Filing.Version != 2 || l.Summary.Total != 3 {
		t.Fatalf("%d filings, %+v", len(l.Filings), l.Summary)
	}
	f := try(b.Finding(b.ctx, p.ID, "F-003"))(t).Finding
	if len(f.Sightings) != 1 || f.Sightings[0].Title != "There is no licence in the README file" || f.Sightings[0].RunID != "" {
		t.Errorf("the finding is %+v", f)
	}
	if err := b.SetVariables(b.ctx, p.ID, "analyse", map[string]string{"feature": "Search"}); err != nil {
		t.Fatal(err)
	}
	r := try(b.CopyRun(b.ctx, p.ID, "analyse"))(t)
	try(b.ActOnFindings(b.ctx, p.ID, workflow.FindingAct{Verb: workflow.VerbFix, IDs: []string{"1", "2"}}))(t)
	try(b.PasteAnswer(b.ctx, r.ID, workflow.PastedAnswer{Text: nextAuditAnswer, Anyway: true}))(t)
	try(b.Accept(b.ctx, r.ID, workflow.AcceptCandidate{All: true, Base: 3}))(t) // the fixes have ticked two boxes
	if got, want := b.numbers(p, workflow.FindingQuery{States: []workflow.FindingState{workflow.FindingFixed}}), "F-001 P1 fixed, F-002 P2 fixed"; got != want {
		t.Errorf("a run that began before the fix: %s, want %s", got, want)
	}
	r = try(b.CopyRun(b.ctx, p.ID, "analyse"))(t)
	try(b.PasteAnswer(b.ctx, r.ID, workflow.PastedAnswer{Text: nextAuditAnswer + "\nEnd.\n", Anyway: true}))(t)
	try(b.Accept(b.ctx, r.ID, workflow.AcceptCandidate{All: true, Base: 4}))(t)
	if got, want := b.numbers(p, workflow.FindingQuery{States: []workflow.FindingState{workflow.FindingReturned}}), "F-001 P1 returned, F-002 P2 returned"; got != want {
		t.Errorf("a run that began after the fix: %s, want %s", got, want)
	}
	if l := b.ledgerOf(p, "analyse"); len(l.Filings) != 1 || l.Filings[0].Returned != 2 {
		t.Errorf("the filings are %+v", l.Filings)
	}
}

func TestDocumentsThatAreNoAuditsAreNotFiled(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Body: auditAnswer}))(t)
	if l := b.ledgerOf(p, ""); l.Summary.Total != 0 || len(l.Filings) != 0 {
		t.Errorf("%+v", l)
	}
	filed := try(b.FileFindings(b.ctx, p.ID, "request.md"))(t)
	if filed.Filing.Path != "request.md" || len(filed.New) != 3 {
		t.Errorf("filed by hand: %+v", filed)
	}
	_, err := b.FileFindings(b.ctx, p.ID, "spec.md")
	wantCode(t, err, workflow.NotFound)
}

func TestFindingsOutliveTheDatabase(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.paste(p, "issue-analysis", auditAnswer)
	b.paste(p, "issue-analysis", nextAuditAnswer)
	try(b.ActOnFindings(b.ctx, p.ID, workflow.FindingAct{Verb: workflow.VerbAccept, IDs: []string{"F-003"}}))(t)
	try(b.ActOnFindings(b.ctx, p.ID, workflow.FindingAct{Verb: workflow.VerbMerge, IDs: []string{"F-004"}, Into: "F-001"}))(t)
	try(b.SplitFinding(b.ctx, p.ID, workflow.FindingSplit{ID: "F-002", Sightings: []int{1}}))(t)
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	log, err := exec.Command("git", "-C", filepath.Join(b.dir, "projects", p.ID, "history.git"), "log", "--format=%s").CombinedOutput()
	for _, message := range []string{"Accept F-003", "Merge F-004", "Split F-005 off F-002"} {
		if !strings.Contains(string(log), message+"\n") {
			t.Errorf("git does not say “%s”: %v, %s", message, err, log)
		}
	}
	want, wantAll := b.ledgerOf(p, ""), b.numbers(p, workflow.FindingQuery{})
	path := filepath.Join(t.TempDir(), "tide.zip")
	try(b.ExportProject(b.ctx, p.ID, path))(t)
	other := newBench(t, specOrRequest)
	q := try(other.ImportProject(other.ctx, path, "Copy"))(t)
	if got := other.numbers(q, workflow.FindingQuery{}); got != wantAll {
		t.Errorf("the copy has %s, want %s", got, wantAll)
	}
	got := other.ledgerOf(q, "")
	if !reflect.DeepEqual(got.Curve, want.Curve) || got.Filings[0].Filing.RunID != try(other.Runs(other.ctx, q.ID, ""))(t)[0].ID && p.ID != q.ID {
		t.Errorf("the ledger of the copy is %+v, want %+v", got, want)
	}
}

// TestAuditsThatAreHardToRead files what models write when they do not keep to the contract.
func TestAuditsThatAreHardToRead(t *testing.T) {
	many := "# Issues\n\n## Findings\n"
	for i := range 500 {
		many += fmt.Sprintf("- [ ] P%d: The handler number %d forgets the case %d of module m%d\n  - **Where:** pkg%d/handler.go:%d\n", i%4, i, i*7, i*13, i%50, i+1)
	}
	tests := []struct {
		name, text, found, note string
	}{
		{"no finding", "# Issues\n\nThe code looks fine to me overall, though high load may be critical.\n", "", "No finding could be read"},
		{"in other words", "# Issues\n\nNo issues were found.\n", "", "in its own words"},
		{"another language", "# Befunde\n\n## Kritisch\n- **Passwörter im Klartext gespeichert** (benutzer.go:12)\n- **SQL-Injection in der Suche** (suche.go:4)\n", "F-001 P0 open, F-002 P0 open", ""},
		{"duplicate numbers", "# Issues\n\n### 1. [High] Secrets are logged\n\nIn log.go:4.\n\n### 1. [Low] Slow query\n\nIn db.go:9.\n", "F-001 P1 open, F-002 P3 open", "Two findings have the number 1."},
		{"500 findings", many, "500", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, specOrRequest)
			p := b.project("Tide table")
			b.paste(p, "issue-analysis", tt.text)
			l := b.ledgerOf(p, "")
			got := b.numbers(p, workflow.FindingQuery{})
			if tt.found == "500" {
				got = fmt.Sprint(l.Summary.Total)
			}
			if got != tt.found {
				t.Errorf("found %s, want %s", got, tt.found)
			}
			notes := strings.Join(l.Filings[0].Filing.Notes, " ")
			if !strings.Contains(notes, tt.note) || tt.note == "" && notes != "" {
				t.Errorf("the notes are %q", notes)
			}
			before := b.numbers(p, workflow.FindingQuery{})
			try(b.FileFindings(b.ctx, p.ID, "answers/issue-analysis.md"))(t)
			if after := b.numbers(p, workflow.FindingQuery{}); after != before {
				t.Error("filing it again changes the ledger")
			}
		})
	}
}

func TestExports(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.paste(p, "issue-analysis", auditAnswer+"- [ ] P2: Quotes \"in\" a title, with a comma\n  - **Where:** POST /login\n  - **Problem:** =HYPERLINK(1)\n- [ ] A thing without a severity\n")
	try(b.ActOnFindings(b.ctx, p.ID, workflow.FindingAct{Verb: workflow.VerbAccept, IDs: []string{"F-001"}, Reason: "Only we can reach the search until March."}))(t)
	try(b.ActOnFindings(b.ctx, p.ID, workflow.FindingAct{Verb: workflow.VerbFix, IDs: []string{"F-003"}, Commit: "1a2b3c"}))(t)
	export := func(format workflow.FindingFormat) string {
		t.Helper()
		x := try(b.ExportFindings(b.ctx, p.ID, format, workflow.FindingQuery{}))(t)
		if !strings.HasPrefix(x.Name, p.Slug+"-") || x.Type == "" {
			t.Errorf("the file is %s, %s", x.Name, x.Type)
		}
		return x.Text
	}
	read := markdown.Findings(export(workflow.FindingsMarkdown))
	if len(read.Findings) != 5 || read.Findings[4].Status != "fixed by commit 1a2b3c" || !read.Findings[4].Marked || len(read.Notes) > 0 {
		t.Errorf("our parser reads the Markdown as %+v, %v", read.Findings, read.Notes)
	}
	rows, err := csv.NewReader(strings.NewReader(export(workflow.FindingsCSV))).ReadAll()
	if err != nil || len(rows) != 6 || !slices.ContainsFunc(rows, func(row []string) bool { return row[6] == "'=HYPERLINK(1)" }) {
		t.Errorf("the CSV is %v, %q", err, rows)
	}
	if rows, err := csv.NewReader(strings.NewReader(export(workflow.FindingsCurve))).ReadAll(); err != nil || len(rows) != 2 || rows[1][8] != "5" {
		t.Errorf("the curve is %v, %q", err, rows)
	}
	var report workflow.LedgerReport
	if err := json.Unmarshal([]byte(export(workflow.FindingsJSON)), &report); err != nil || len(report.Findings) != 5 {
		t.Errorf("the JSON is %v, %+v", err, report)
	}
	checkSARIF(t, export(workflow.FindingsSARIF))
	_, err = b.ExportFindings(b.ctx, p.ID, "pdf", workflow.FindingQuery{})
	wantCode(t, err, workflow.Invalid)
	empty := b.project("Nothing")
	x := try(b.ExportFindings(b.ctx, empty.ID, workflow.FindingsMarkdown, workflow.FindingQuery{}))(t)
	if read := markdown.Findings(x.Text); read.Phrase == "" {
		t.Errorf("without findings the Markdown is %q", x.Text)
	}
}

// checkSARIF holds a log against what the standard requires of the parts that are written.
func checkSARIF(t *testing.T, text string) {
	t.Helper()
	var log struct {
		Schema, Version string
		Runs            []struct {
			Tool struct {
				Driver struct {
					Name  string
					Rules []struct{ ID string }
				}
			}
			Results []struct {
				RuleID       string
				RuleIndex    int
				Level        string
				Message      struct{ Text string }
				Locations    []map[string]json.RawMessage
				Suppressions []struct{ Kind, Justification string }
				Properties   map[string]string
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil || strings.Contains(text, "null") {
		t.Fatalf("%v: %s", err, text)
	}
	if log.Version != "2.1.0" || len(log.Runs) != 1 || log.Runs[0].Tool.Driver.Name != "Plumbline" || len(log.Runs[0].Results) != 4 {
		t.Fatalf("the log is %s", text)
	}
	rules := log.Runs[0].Tool.Driver.Rules
	for _, r := range log.Runs[0].Results {
		if rules[r.RuleIndex].ID != r.RuleID || r.Message.Text == "" || r.Locations == nil {
			t.Errorf("the result is %+v", r)
		}
		want := map[string]string{"P1": "error", "P2": "warning", "": "warning"}[r.Properties["severity"]]
		if r.Level != want {
			t.Errorf("%s is %s, want %s", r.Properties["severity"], r.Level, want)
		}
		if (r.Properties["number"] == "F-001") != (len(r.Suppressions) == 1) {
			t.Errorf("the suppressions of %s are %+v", r.Properties["number"], r.Suppressions)
		}
	}
	for _, want := range []string{`"uri": "search.go"`, `"startLine": 41`, `"fullyQualifiedName": "POST /login"`, `"$schema": "https://`} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %s: %s", want, text)
		}
	}
}

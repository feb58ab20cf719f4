package workflow

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FindingFormat is a format that findings are exported in.
type FindingFormat string

// The formats.
const (
	FindingsMarkdown FindingFormat = "md"
	FindingsCSV      FindingFormat = "csv"
	FindingsJSON     FindingFormat = "json"
	FindingsSARIF    FindingFormat = "sarif" // 2.1.0
	FindingsCurve    FindingFormat = "curve" // new ones by round and severity, as CSV
)

// FindingExport is a file of findings.
type FindingExport struct {
	Name string `json:"name"`
	Type string `json:"type"` // of its content, as the web names it
	Text string `json:"text"`
}

// LedgerReport is what an export of findings is made of.
type LedgerReport struct {
	Project  Project   `json:"project"`
	Ledger   Ledger    `json:"ledger"`
	Findings []Finding `json:"findings"`
	Version  string    `json:"version"` // of Plumbline
}

// ExportFindings writes findings in a format for other programs or people.
func ExportFindings(format FindingFormat, r LedgerReport) (FindingExport, error) {
	name := r.Project.Slug + "-findings"
	switch format {
	case FindingsMarkdown:
		return FindingExport{Name: name + ".md", Type: "text/markdown; charset=utf-8", Text: r.markdown()}, nil
	case FindingsCSV:
		text, err := r.csv()
		return FindingExport{Name: name + ".csv", Type: "text/csv; charset=utf-8", Text: text}, err
	case FindingsCurve:
		text, err := r.curve()
		return FindingExport{Name: name + "-curve.csv", Type: "text/csv; charset=utf-8", Text: text}, err
	case FindingsJSON:
		text, err := indented(r)
		return FindingExport{Name: name + ".json", Type: "application/json", Text: text}, err
	case FindingsSARIF:
		text, err := indented(r.sarif())
		return FindingExport{Name: name + ".sarif", Type: "application/sarif+json", Text: text}, err
	}
	return FindingExport{}, Errorf(Invalid, "Findings cannot be written as “%.20s”.", format).WithHint("Choose md, csv, json, sarif or curve.")
}

func indented(v any) (string, error) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return "", fmt.Errorf("write the findings as JSON: %w", err)
	}
	return string(text) + "\n", nil
}

// markdown writes a document that people read, and that our parser reads back.
func (r LedgerReport) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Findings of %s\n\n", oneLine(r.Project.Name))
	if r.Ledger.Curve.Sentence != "" {
		fmt.Fprintf(&b, "%s\n\n", r.Ledger.Curve.Sentence)
	}
	if len(r.Findings) == 0 {
		b.WriteString("NO FINDINGS FOUND\n")
		return b.String()
	}
	b.WriteString("## Findings\n\n")
	for _, f := range r.Findings {
		f.markdown(&b)
	}
	return b.String()
}

func (f Finding) markdown(b *strings.Builder) {
	box, severity := " ", ""
	if f.State == FindingFixed || f.State == FindingDuplicate { // what is accepted or put off is there all the same
		box = "x"
	}
	if f.Severity != "" {
		severity = string(f.Severity) + ": "
	}
	fmt.Fprintf(b, "- [%s] %s%s\n", box, severity, escapeMarks(oneLine(f.Title)))
	for _, field := range [][2]string{
		{"ID", f.Number}, {"Where", f.Location}, {"Category", f.Category}, {"Problem", f.Problem}, {"Fix", f.Fix}, {"Verify", f.Verify}, {"Status", f.status()},
	} {
		if text := oneLine(field[1]); text != "" {
			fmt.Fprintf(b, "  - **%s:** %s\n", field[0], escapeMarks(text))
		}
	}
}

// escapeMarks keeps a text from being taken for something else at the beginning of a line of Markdown.
func escapeMarks(text string) string { return strings.NewReplacer("<", `\<`, "[", `\[`).Replace(text) }

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// status says in a line what has become of a finding.
func (f Finding) status() string {
	parts := []string{string(f.State)}
	for _, part := range [][2]string{{"for step", f.Step}, {"until", f.Date}, {"by commit", f.Commit}, {"–", f.Reason}} {
		if part[1] != "" {
			parts = append(parts, part[0], part[1])
		}
	}
	return strings.Join(parts, " ")
}

// csv writes a row for each finding.
func (r LedgerReport) csv() (string, error) {
	rows := [][]string{{"number", "severity", "state", "category", "title", "location", "problem", "fix", "verify",
		"reason", "step", "date", "commit", "duplicate_of", "reports", "first_phase", "first_round", "created", "changed"}}
	numbers := map[string]string{}
	for _, f := range r.Findings {
		numbers[f.ID] = f.Number
	}
	for _, f := range r.Findings {
		first := Sighting{}
		if len(f.Sightings) > 0 {
			first = f.Sightings[0]
		}
		of := f.DuplicateOf
		if n, ok := numbers[of]; ok {
			of = n
		}
		rows = append(rows, []string{f.Number, string(f.Severity), string(f.State), f.Category, f.Title, f.Location, f.Problem, f.Fix, f.Verify,
			f.Reason, f.Step, f.Date, f.Commit, of, strconv.Itoa(len(f.Sightings)), first.Phase, strconv.Itoa(first.Round),
			f.CreatedAt.UTC().Format(time.RFC3339), f.ChangedAt.UTC().Format(time.RFC3339)})
	}
	return writeCSV(rows)
}

// curve writes a row for each round.
func (r LedgerReport) curve() (string, error) {
	rows := [][]string{{"phase", "round", "date", "P0", "P1", "P2", "P3", "none", "new", "known", "returned"}}
	for _, round := range r.Ledger.Curve.Rounds {
		row := []string{round.Phase, strconv.Itoa(round.Round), round.At.UTC().Format(time.RFC3339)}
		for _, s := range append(Severities(), "") {
			row = append(row, strconv.Itoa(round.New[s]))
		}
		rows = append(rows, append(row, strconv.Itoa(round.NewTotal()), strconv.Itoa(round.Known), strconv.Itoa(round.Returned)))
	}
	return writeCSV(rows)
}

// writeCSV writes rows as RFC 4180 has them. What a spreadsheet would take for a
// formula gets an apostrophe before it: the texts come from models.
func writeCSV(rows [][]string) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for i, row := range rows {
		for j, cell := range row {
			if i > 0 && strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") {
				row[j] = "'" + cell
			}
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return "", fmt.Errorf("write the findings as CSV: %w", err)
	}
	return b.String(), nil
}

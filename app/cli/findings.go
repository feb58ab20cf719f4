package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"plumbline/backend/workflow"
)

// findingsCmd is everything about the findings of audits.
type findingsCmd struct {
	List      findingsListCmd      `cmd:"" help:"List the findings, the worst first."`
	Show      findingsShowCmd      `cmd:"" help:"Show a finding with every report of it."`
	Curve     findingsCurveCmd     `cmd:"" help:"Show what each round found, and whether it has come to a plateau."`
	Fix       findingsFixCmd       `cmd:"" help:"Mark findings as fixed."`
	Accept    findingsAcceptCmd    `cmd:"" help:"Leave findings as they are."`
	Schedule  findingsScheduleCmd  `cmd:"" help:"Put findings off to a step of the plan, or to a day."`
	Judge     findingsJudgeCmd     `cmd:"" help:"Say how severe findings are."`
	Reopen    findingsReopenCmd    `cmd:"" help:"Open settled findings, or duplicates, again."`
	Duplicate findingsDuplicateCmd `cmd:"" aliases:"merge" help:"Make findings duplicates of another, which counts for them."`
	Distinct  findingsDistinctCmd  `cmd:"" help:"Say that a finding in doubt is one of its own."`
	Split     findingsSplitCmd     `cmd:"" help:"Make two findings of one."`
	File      findingsFileCmd      `cmd:"" help:"Take the findings of a document into the ledger."`
	Export    findingsExportCmd    `cmd:"" help:"Write the findings as Markdown, CSV, JSON or SARIF."`
}

// findingsArgs say which findings are wanted.
type findingsArgs struct {
	Severity []string `help:"Only these: P0, P1, P2, P3, or none for those without one." placeholder:"P0,…"`
	State    []string `help:"Only these: open, returned, scheduled, accepted, fixed, duplicate." placeholder:"STATE,…"`
	Category string   `help:"Only one category." placeholder:"NAME"`
	Phase    string   `help:"Only what audits of a phase have reported." placeholder:"PHASE"`
	Round    int      `help:"Only what was reported in a round." placeholder:"N"`
	Search   string   `help:"Only those that hold these words." placeholder:"WORDS"`
	Doubtful bool     `help:"Only those that may be the same as another one."`
}

// query is the part of an address that asks for them.
func (a findingsArgs) query() url.Values {
	q := url.Values{}
	for _, s := range a.Severity {
		if s = strings.ToUpper(strings.TrimSpace(s)); s == "NONE" {
			s = "none"
		}
		q.Add("severity", s)
	}
	for _, s := range a.State {
		q.Add("state", strings.ToLower(strings.TrimSpace(s)))
	}
	for key, value := range map[string]string{"category": a.Category, "phase": a.Phase, "q": a.Search, "round": numbered(a.Round)} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if a.Doubtful {
		q.Set("doubtful", "true")
	}
	return q
}

// ofFindings is the path of something about the findings of a project.
func ofFindings(project string, parts ...string) string {
	return data(append([]string{"projects", project, "findings"}, parts...))
}

type findingsListCmd struct {
	Project string `arg:"" help:"The project."`
	findingsArgs
}

func (findingsListCmd) examples() []string {
	return []string{"plumbline findings list book-club", "plumbline findings list book-club --severity P0,P1 --state open,returned", "plumbline findings list book-club --json"}
}

func (c *findingsListCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var list workflow.FindingList
	if err := cl.get(ctx, ofFindings(o.Project.ID)+"?"+c.query().Encode(), &list); err != nil {
		return err
	}
	return s.print(list, func(out *printer) {
		printLedger(out, list.Findings)
		out.line("%s", summaryLine(list))
	})
}

func printLedger(out *printer, findings []workflow.Finding) {
	rows := [][]string{}
	for _, f := range findings {
		rows = append(rows, []string{f.Number, severityName(f.Severity), stateName(f), shorten(oneLine(f.Title), 70), shorten(oneLine(f.Location), 40)})
	}
	if len(rows) > 0 {
		out.table([]string{"FINDING", "SEVERITY", "STATE", "TITLE", "WHERE"}, rows)
	}
}

func severityName(s workflow.Severity) string {
	if s == "" {
		return "–"
	}
	return string(s) + " " + s.Word()
}

func stateName(f workflow.Finding) string {
	name := string(f.State)
	switch {
	case f.Step != "":
		name += ": step " + clean(f.Step)
	case f.Date != "":
		name += ": " + f.Date
	case f.Doubt != "":
		name += ", doubtful"
	}
	return name
}

func summaryLine(list workflow.FindingList) string {
	open := []string{}
	for _, severity := range append(workflow.Severities(), "") {
		if n := list.Summary.Open[severity]; n > 0 {
			name := string(severity)
			if name == "" {
				name = "without a severity"
			}
			open = append(open, fmt.Sprintf("%d %s", n, name))
		}
	}
	line := fmt.Sprintf("%d of %s", list.Total, plural(list.Summary.Total+list.Summary.ByState[workflow.FindingDuplicate], "finding"))
	if len(open) == 0 {
		return line + ". Nothing is open."
	}
	line += ". Open: " + strings.Join(open, ", ") + "."
	if n := list.Summary.Doubtful; n > 0 {
		line += fmt.Sprintf(" %d may be the same as others: see --doubtful.", n)
	}
	return line
}

// findingArgs name one finding.
type findingArgs struct {
	Project string `arg:"" help:"The project."`
	Finding string `arg:"" help:"The finding, such as F-003."`
}

type findingsShowCmd struct{ findingArgs }

func (c *findingsShowCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var d workflow.FindingDetail
	if err := cl.get(ctx, ofFindings(o.Project.ID, c.Finding), &d); err != nil {
		return err
	}
	return s.print(d, func(out *printer) { printFinding(out, d) })
}

func printFinding(out *printer, d workflow.FindingDetail) {
	f := d.Finding
	out.line("%s  %s", out.bold(f.Number), clean(f.Title))
	for _, field := range [][2]string{
		{"severity", severityName(f.Severity)}, {"state", stateName(f)}, {"reason", f.Reason}, {"commit", f.Commit}, {"where", f.Location}, {"category", f.Category},
		{"problem", f.Problem}, {"fix", f.Fix}, {"verify", f.Verify},
	} {
		if field[1] != "" {
			out.line("%s %s", out.dim(field[0]+":"), clean(field[1]))
		}
	}
	switch {
	case f.DuplicateOf != "":
		out.line("%s %s %s", out.dim("counts as:"), d.Other.Number, clean(d.Other.Title))
	case f.Doubt != "":
		out.line("%s %s %s", out.yellow("may be the same as:"), d.Other.Number, clean(d.Other.Title))
	}
	for _, other := range d.Duplicates {
		out.line("%s %s %s", out.dim("counts for:"), other.Number, clean(other.Title))
	}
	for i, report := range f.Sightings {
		out.line("%s %s, round %d: %s, %s", out.dim(fmt.Sprintf("report %d:", i)), clean(report.Path), report.Round, oneLine(report.Title), ago(report.At))
	}
}

type findingsCurveCmd struct {
	Project string `arg:"" help:"The project."`
	Phase   string `arg:"" optional:"" help:"Only the rounds of this phase."`
}

func (c *findingsCurveCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var l workflow.Ledger
	if err := cl.get(ctx, inProject(o.Project.ID, "ledger", "phase", c.Phase), &l); err != nil {
		return err
	}
	return s.print(l.Curve, func(out *printer) {
		rows := [][]string{}
		for _, r := range l.Curve.Rounds {
			row := []string{clean(strings.Join(r.Paths, ", ")), fmt.Sprint(r.Round)}
			for _, severity := range append(workflow.Severities(), "") {
				row = append(row, fmt.Sprint(r.New[severity]))
			}
			note := ""
			if r.Mismatch {
				note = "claims other numbers"
			}
			rows = append(rows, append(row, fmt.Sprint(r.NewTotal()), fmt.Sprint(r.Known), fmt.Sprint(r.Returned), note))
		}
		if len(rows) == 0 {
			out.line("No audit was filed yet.")
			return
		}
		out.table([]string{"AUDIT", "ROUND", "P0", "P1", "P2", "P3", "NONE", "NEW", "KNOWN", "RETURNED", ""}, rows)
		if l.Curve.Sentence != "" {
			out.line("%s", l.Curve.Sentence)
		}
	})
}

type findingsFileCmd struct {
	artifactArgs
}

func (c *findingsFileCmd) Run(ctx context.Context, s *session) error {
	cl, project, path, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	var filed workflow.FiledAudit
	if err := cl.call(ctx, "Findings/File", &filed, project, path); err != nil {
		return err
	}
	return s.print(filed, func(out *printer) {
		fresh := 0
		for _, n := range filed.New {
			fresh += n
		}
		out.line("%s: %d new, %d known, %d returned.", clean(filed.Filing.Path), fresh, filed.Known, filed.Returned)
		for _, note := range filed.Filing.Notes {
			s.say("%s %s", s.err.yellow("note:"), clean(note))
		}
	})
}

type findingsExportCmd struct {
	Project string `arg:"" help:"The project."`
	Format  string `help:"md, csv, json, sarif (2.1.0), or curve: the rounds as CSV." enum:"md,csv,json,sarif,curve" default:"md" placeholder:"FORMAT"`
	Out     string `help:"Write this file; without it, standard output." placeholder:"FILE"`
	findingsArgs
}

func (findingsExportCmd) examples() []string {
	return []string{"plumbline findings export book-club --format sarif --out findings.sarif", "plumbline findings export book-club --format csv --state open"}
}

func (c *findingsExportCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	q := c.query()
	q.Set("format", c.Format)
	var x workflow.FindingExport
	if err := cl.get(ctx, ofFindings(o.Project.ID, "export")+"?"+q.Encode(), &x); err != nil {
		return err
	}
	if c.Out == "" {
		return s.print(x, func(out *printer) { out.document(x.Text) })
	}
	if err := os.WriteFile(c.Out, []byte(x.Text), 0o644); err != nil {
		return workflow.Errorf(workflow.Unavailable, "The file %s cannot be written: %w.", c.Out, err).WithHint("Choose another place.")
	}
	return s.print(x, func(out *printer) { out.line("Written to %s.", c.Out) })
}

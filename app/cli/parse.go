package cli

import (
	"fmt"
	"path/filepath"
	"strings"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

type parseCmd struct {
	As     string `required:"" enum:"checklist,plan,findings,request,contract" help:"What to read it as: checklist, plan, findings, request, or contract." placeholder:"KIND"`
	Prompt string `help:"With --as contract: the built-in prompt that the text answers, or the file of one of yours." placeholder:"ID"`
	File   string `arg:"" help:"The file with the text; - is standard input."`
}

func (parseCmd) examples() []string {
	return []string{
		"plumbline parse --as findings review.md",
		"plumbline parse --as plan - --json < plan.md",
		"plumbline parse --as contract --prompt request answer.md",
	}
}

// Run reads the text alone: no data is opened.
func (c *parseCmd) Run(s *session) error {
	if (c.As == "contract") != (c.Prompt != "") {
		return usageError{workflow.Errorf(workflow.Invalid, "--as contract and --prompt go together.").
			WithHint("See “plumbline help parse”.")}
	}
	text, err := s.readFile(c.File)
	if err != nil {
		return err
	}
	switch c.As {
	case "findings":
		read := engine.ReadFindings(text)
		return s.print(read, func(out *printer) { printFindings(out, read) })
	case "plan":
		read := engine.ReadPlan(text)
		return s.print(read, func(out *printer) { printPlan(out, read) })
	case "checklist":
		read := engine.ReadChecklist(text)
		return s.print(read, func(out *printer) {
			printBoxes(out, read.Items)
			out.line("%d of %s marked.", read.Marked, workflow.Plural(len(read.Items), "box", "boxes"))
			printNotes(out, read.Notes)
		})
	case "request":
		read := engine.ReadRequest(text)
		return s.print(read, func(out *printer) { printRequest(out, read) })
	}
	return c.contract(s, text)
}

// contract fails when the text does not hold the contract, for scripts.
func (c *parseCmd) contract(s *session, text string) error {
	read, err := c.held(s, text)
	if err != nil {
		return err
	}
	err = s.print(read, func(out *printer) {
		if read.Holds {
			out.line("%s The text holds the contract of “%s”.", out.green("✓"), clean(read.Title))
		}
		for _, sentence := range read.Missing {
			out.line("%s %s", out.red("✗"), clean(sentence))
		}
		if !read.Whole {
			out.line("%s The text looks cut.", out.yellow("note:"))
		}
	})
	if err == nil && !read.Holds {
		return quiet(exitFailed)
	}
	return err
}

func (c *parseCmd) held(s *session, text string) (workflow.ContractRead, error) {
	if filepath.Ext(c.Prompt) != ".md" {
		return engine.ReadContract(text, c.Prompt)
	}
	source, err := s.readFile(c.Prompt)
	if err != nil {
		return workflow.ContractRead{}, err
	}
	return engine.ReadContractOf(text, c.Prompt, source)
}

func printNotes(out *printer, notes []string) {
	for _, note := range notes {
		out.line("%s %s", out.yellow("note:"), clean(note))
	}
}

// oneLine makes a text fit a cell of a table.
func oneLine(text string) string { return clean(strings.Join(strings.Fields(text), " ")) }

func printFindings(out *printer, read workflow.FindingsRead) {
	var rows [][]string
	for _, f := range read.Findings {
		mark := ""
		if f.Marked {
			mark = "marked"
		}
		rows = append(rows, []string{string(f.Severity), oneLine(f.Title), oneLine(f.Location), fmt.Sprint(f.Line), strings.TrimSpace(oneLine(f.Status) + " " + mark)})
	}
	if len(rows) > 0 {
		out.table([]string{"", "FINDING", "WHERE", "LINE", ""}, rows)
	}
	counts := read.Count()
	var parts []string
	for _, severity := range append(workflow.Severities(), "") {
		if n := counts[severity]; n > 0 && severity != "" {
			parts = append(parts, fmt.Sprintf("%d %s", n, severity.Word()))
		} else if n > 0 {
			parts = append(parts, fmt.Sprintf("%d without a severity", n))
		}
	}
	if len(parts) == 0 {
		parts = []string{"none"}
	}
	out.line("%s: %s.", plural(len(read.Findings), "finding"), strings.Join(parts, ", "))
	if read.Phrase != "" {
		out.line("The text says: %s.", clean(read.Phrase))
	}
	printNotes(out, read.Notes)
}

func printPlan(out *printer, read workflow.CheckedPlan) {
	var rows [][]string
	for i, step := range read.Steps {
		if m := step.Milestone; m >= 0 && (i == 0 || read.Steps[i-1].Milestone != m) {
			rows = append(rows, []string{"", oneLine(read.Milestones[m].Title)})
		}
		done := "[ ]"
		if step.Marked {
			done = "[x]"
		}
		if step.Box < 0 {
			done = ""
		}
		rows = append(rows, []string{clean(step.Number), strings.TrimSpace(done + " " + oneLine(step.Title)), oneLine(strings.Join(step.Depends, ", ")),
			step.Effort, step.Risk, plural(len(step.Files), "file"), fmt.Sprint(step.Line)})
	}
	if len(rows) > 0 {
		out.table([]string{"STEP", "TITLE", "AFTER", "EFFORT", "RISK", "FILES", "LINE"}, rows)
	}
	out.line("%s in %s.", plural(len(read.Steps), "step"), plural(len(read.Milestones), "milestone"))
	for _, p := range read.Problems {
		out.line("%s %s", out.red("✗"), clean(p.Text))
	}
	printNotes(out, read.Notes)
}

func printRequest(out *printer, read workflow.RequestRead) {
	if read.Name != "" {
		out.line("%s", out.bold(oneLine(read.Name)))
	}
	category := ""
	for i, f := range read.Features {
		if f.Category != category || i == 0 {
			category = f.Category
			out.line("%s", out.dim(oneLine(category)))
		}
		mark := "[ ]"
		if f.Marked {
			mark = "[x]"
		}
		out.line("%4d %s%s %s", f.Line, strings.Repeat("  ", f.Depth), mark, oneLine(f.Text))
	}
	out.line("%s, %s that judge the request, %s.", plural(len(read.Features), "feature"), workflow.Plural(len(read.Acceptance), "box", "boxes"), plural(len(read.Questions), "open question"))
	for _, question := range read.Questions {
		out.line("? %s", oneLine(question))
	}
	printNotes(out, read.Notes)
}

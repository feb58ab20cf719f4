package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"plumbline/backend/workflow"
)

// workflowCmd is everything about workflows.
type workflowCmd struct {
	List workflowListCmd `cmd:"" help:"List the workflows."`
	Show workflowShowCmd `cmd:"" help:"Show the phases of a workflow."`
	Copy workflowCopyCmd `cmd:"" help:"Make a workflow of your own out of another one."`
	Lint workflowLintCmd `cmd:"" help:"Check workflow files, or those of the library."`

	Schema workflowSchemaCmd `cmd:"" help:"Print the JSON Schema of the front matter, for editors."`
}

type workflowListCmd struct{}

func (c *workflowListCmd) Run(ctx context.Context, s *session) error {
	all, err := s.workflows(ctx)
	if err != nil {
		return err
	}
	return s.print(all, func(out *printer) {
		rows := [][]string{}
		for _, w := range all {
			rows = append(rows, []string{w.ID, string(w.Source), plural(len(w.Phases), "phase"), clean(w.Summary)})
		}
		out.table([]string{"WORKFLOW", "SOURCE", "SIZE", "FOR"}, rows)
	})
}

func (s *session) workflows(ctx context.Context) ([]workflow.Workflow, error) {
	cl, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	all := []workflow.Workflow{}
	return all, cl.call(ctx, "Library/Workflows", &all)
}

type workflowShowCmd struct {
	ID  string `arg:"" help:"The workflow."`
	Raw bool   `help:"Print the file as it is."`
}

func (c *workflowShowCmd) Run(ctx context.Context, s *session) error {
	if c.Raw {
		return c.raw(ctx, s)
	}
	all, err := s.workflows(ctx)
	if err != nil {
		return err
	}
	for _, w := range all {
		if w.ID == c.ID {
			return s.print(w, func(out *printer) { printWorkflow(out, w) })
		}
	}
	return workflow.Errorf(workflow.NotFound, "There is no workflow “%s”.", c.ID).WithHint("“plumbline workflow list” shows them.")
}

func (c *workflowShowCmd) raw(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var out struct {
		Text string `json:"text"`
	}
	if err := cl.get(ctx, inLibrary([]string{"workflows", c.ID}), &out); err != nil {
		return err
	}
	return s.print(out, func(p *printer) { p.document(out.Text) })
}

type workflowCopyCmd struct {
	ID string `arg:"" help:"The workflow."`
	As string `arg:"" optional:"" help:"The id of the copy; without one, the copy takes the place of a built-in one."`
}

func (workflowCopyCmd) examples() []string {
	return []string{"plumbline workflow copy idea-to-production our-way"}
}

func (c *workflowCopyCmd) Run(ctx context.Context, s *session) error {
	shelf, cl, err := s.shelf(ctx)
	if err != nil {
		return err
	}
	var w workflow.Workflow
	if err := cl.call(ctx, "Library/CopyWorkflow", &w, c.ID, c.As); err != nil {
		return err
	}
	return s.print(w, func(out *printer) {
		out.line("%s is yours. Edit %s, then check it with “plumbline workflow lint”.", w.ID, filepath.Join(shelf.Dir, "workflows", w.ID+".md"))
	})
}

func printWorkflow(out *printer, w workflow.Workflow) {
	out.line("%s  %s", out.bold(clean(w.Title)), out.dim(string(w.Source)))
	out.line("%s\n", clean(w.Summary))
	rows := [][]string{}
	for _, p := range w.Phases {
		conditions := []string{}
		for _, g := range p.Gate {
			conditions = append(conditions, g.ID)
		}
		rows = append(rows, []string{p.ID, string(p.Kind), strings.Join(append([]string{p.Prompt}, p.Prompts...), " "), p.Output, strings.Join(conditions, ", ")})
	}
	out.table([]string{"PHASE", "KIND", "PROMPTS", "OUTPUT", "GATE"}, rows)
	if len(w.Loop.Phases) > 0 {
		out.line("\nLoop: %s, at most %s.", strings.Join(w.Loop.Phases, " → "), plural(w.Loop.Cap, "round"))
	}
	for _, t := range w.Triggers {
		out.line("Trigger: %s → %s", clean(t.Title), fmt.Sprint(t.Phase))
	}
}

type workflowLintCmd struct {
	Files []string `arg:"" optional:"" help:"Workflow files, or folders of them; without any, those of the library."`
}

func (c *workflowLintCmd) Run(ctx context.Context, s *session) error {
	return s.lint(ctx, "workflow", c.Files)
}

type workflowSchemaCmd struct{}

func (*workflowSchemaCmd) Run(s *session) error { return s.schema("workflow") }

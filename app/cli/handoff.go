package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"plumbline/backend/workflow"
)

type handoffCmd struct {
	Project string `arg:"" help:"The project."`
	As      string `required:"" enum:"speckit,openspec,agents,zip,markdown" help:"The format: ${enum}." placeholder:"FORMAT"`
	Phase   string `help:"Only this phase; for zip and markdown." placeholder:"ID"`
	To      string `help:"The file or the folder to write; a name that ends in .zip is an archive. Without it the page, the block and the archive go to standard output." placeholder:"PATH"`
	Dry     bool   `name:"dry-run" help:"Only say which files it would be, and what the format cannot express."`
	Force   bool   `help:"Replace files that are there already."`
}

func (handoffCmd) Help() string {
	return `The formats:

  markdown  one page: contents, all documents, the gates, open findings
  zip       an archive to go on with anywhere: documents, prompts ready to paste, gates, findings
  agents    a marked block of an AGENTS.md; what is outside of it is not touched
  speckit   specs/001-name/ with spec.md, plan.md, tasks.md and checklists, as Spec Kit has it
  openspec  openspec/changes/name/ with proposal, design, tasks and requirements, as OpenSpec has it

Nothing that is there is replaced without --force, but for our block of an AGENTS.md. To move a whole project with its history to another Plumbline, see “plumbline export”.`
}

func (handoffCmd) examples() []string {
	return []string{
		"plumbline handoff tide-table --as markdown > tide-table.md",
		"plumbline handoff tide-table --as agents --to ~/src/tide",
		"plumbline handoff tide-table --as speckit --to ~/src/tide --dry-run",
		"plumbline handoff tide-table --phase request --as zip --to request.zip",
	}
}

func (c *handoffCmd) Run(ctx context.Context, s *session) error {
	format := workflow.HandoffFormat(c.As)
	folder := format == workflow.HandoffSpecKit || format == workflow.HandoffOpenSpec
	if c.To == "" && !c.Dry && !s.json && (folder || format == workflow.HandoffZip && s.out.term) {
		return usageError{workflow.Errorf(workflow.Invalid, "Where to?").WithHint("Name a file or a folder with --to, or only look with --dry-run.")}
	}
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	ask := workflow.HandoffAsk{Format: format, Phase: c.Phase, Over: c.Force, Dry: c.Dry}
	if c.To != "" {
		if ask.To, err = absolute(c.To); err != nil {
			return err
		}
	}
	if c.To == "" && !c.Dry && !s.json && format == workflow.HandoffZip {
		return c.stream(ctx, s, cl, o.Project.ID, ask)
	}
	var made workflow.Handoff
	if err := cl.do(ctx, "POST", data([]string{"projects", o.Project.ID, "handoff"}), ask, &made); err != nil {
		return err
	}
	return s.print(made, func(out *printer) { c.tell(s, out, made) })
}

// tell prints the text itself where it has no other place; what is said about it then
// goes to standard error.
func (c *handoffCmd) tell(s *session, out *printer, made workflow.Handoff) {
	if c.To == "" && !c.Dry && len(made.Files) == 1 {
		out.document(made.Files[0].Content)
	} else {
		for _, f := range made.Files {
			out.line("%s  %s%s", clean(f.Path), out.dim(fileSize(int64(f.Size))), stateWord(made.Format, f.State))
		}
	}
	for _, note := range made.Notes {
		s.say("%s %s", s.err.yellow("note:"), clean(note))
	}
	switch {
	case c.Dry:
		out.line("%s, %s. Nothing was written.", plural(len(made.Files), "file"), fileSize(int64(made.Size)))
	case made.Path != "":
		out.line("Written: %s", clean(made.Path))
	}
}

func stateWord(format workflow.HandoffFormat, state workflow.HandoffState) string {
	switch {
	case state == workflow.HandoffSame:
		return "  is there just so"
	case state == workflow.HandoffChanged && format == workflow.HandoffAgents:
		return "  our block in it is written anew"
	case state == workflow.HandoffChanged:
		return "  replaces what is there"
	}
	return ""
}

// stream puts the archive on standard output.
func (c *handoffCmd) stream(ctx context.Context, s *session, cl *client, project string, ask workflow.HandoffAsk) error {
	dir, err := os.MkdirTemp("", "plumbline-handoff-")
	if err != nil {
		return workflow.Errorf(workflow.Unavailable, "No temporary folder can be made: %w.", err).WithHint("Name a file with --to.")
	}
	s.later(func() error { return os.RemoveAll(dir) })
	ask.To = filepath.Join(dir, "handoff.zip")
	var made workflow.Handoff
	if err := cl.do(ctx, "POST", data([]string{"projects", project, "handoff"}), ask, &made); err != nil {
		return err
	}
	for _, note := range made.Notes {
		s.say("%s %s", s.err.yellow("note:"), clean(note))
	}
	in, err := os.Open(made.Path)
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(s.Stdout, in)
	return err
}

package cli

import (
	"context"
	"strings"

	"plumbline/backend/workflow"
)

// handoffsCmd is what goes to and comes from the projects of other tools.
type handoffsCmd struct {
	Write  handoffCmd       `cmd:"" default:"withargs" help:"Hand a project to people and programs that have no Plumbline."`
	Import handoffImportCmd `cmd:"" help:"Make projects of specifications of Spec Kit or OpenSpec."`
}

type handoffImportCmd struct {
	Path   string   `arg:"" help:"The folder of a specification or of the repository around it, or a zip archive."`
	Choose []string `help:"Make a project of this one, by the name that the preview shows; more than one may be chosen." placeholder:"NAME" xor:"choose"`
	All    bool     `help:"Make a project of each one that is neither archived nor here already." xor:"choose"`
	Dry    bool     `name:"dry-run" help:"Only say what would come in."`
}

func (handoffImportCmd) Help() string {
	return "Makes projects of the features of Spec Kit (specs/NNN-name/) and the changes of OpenSpec (openspec/changes/NAME/). Their documents come in as first versions. No gate is passed, and a task that is marked as done is a claim."
}

func (handoffImportCmd) examples() []string {
	return []string{"plumbline handoff import ~/src/library --dry-run", "plumbline handoff import ~/src/library --choose 001-borrow-books"}
}

func (c *handoffImportCmd) Run(ctx context.Context, s *session) error {
	path, err := absolute(c.Path)
	if err != nil {
		return err
	}
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var preview workflow.HandoffPreview
	if err := cl.do(ctx, "POST", data([]string{"handoff", "preview"}), workflow.HandoffSource{Path: path}, &preview); err != nil {
		return err
	}
	if c.Dry {
		return s.print(preview, func(out *printer) { printHandoff(out, preview) })
	}
	choose, err := c.chosen(preview)
	if err != nil {
		return err
	}
	var made []workflow.Project
	if err := cl.do(ctx, "POST", data([]string{"handoff", "import"}), workflow.HandoffSource{Path: path, Choose: choose}, &made); err != nil {
		return err
	}
	return s.print(made, func(out *printer) {
		for _, p := range preview.Problems {
			s.say("%s %s", s.err.yellow("warning:"), clean(problemLine(p)))
		}
		for _, p := range made {
			out.line("“%s” is here as %s.", clean(p.Name), p.Slug)
		}
		if len(made) > 0 {
			s.say("%s plumbline status %s", s.err.dim("next:"), made[0].Slug)
		}
	})
}

// chosen returns the names that were asked for. Without any, there must be only one
// that can be meant.
func (c *handoffImportCmd) chosen(preview workflow.HandoffPreview) ([]string, error) {
	if len(c.Choose) > 0 {
		return c.Choose, nil
	}
	names, known := []string{}, ""
	for _, item := range preview.Items {
		if item.Take {
			names = append(names, item.Name)
		}
		if item.Duplicate != "" {
			known = item.Duplicate
		}
	}
	switch {
	case len(names) == 1 || len(names) > 1 && c.All:
		return names, nil
	case len(names) > 1:
		return nil, workflow.Errorf(workflow.Invalid, "There are %d specifications: %s.", len(names), strings.Join(names, ", ")).
			WithHint("Choose with --choose NAME, or take --all. --dry-run shows what would come in.")
	case known != "":
		return nil, workflow.Errorf(workflow.Conflict, "What is there was imported before, as “%s”.", known).
			WithHint("To have it twice, name it with --choose.")
	}
	return nil, workflow.Errorf(workflow.Invalid, "Everything there is archived.").
		WithHint("Name what is wanted all the same with --choose; --dry-run lists it.")
}

func printHandoff(out *printer, preview workflow.HandoffPreview) {
	for _, item := range preview.Items {
		note := ""
		switch {
		case item.Duplicate != "":
			note = "  here already as “" + clean(item.Duplicate) + "”"
		case item.Archived:
			note = "  archived"
		case item.Clash:
			note = "  under another name: the one it has is taken"
		}
		out.line("%s  %s  “%s”%s", out.bold(clean(item.Name)), item.Format, clean(item.Project), note)
		for _, d := range item.Documents {
			out.line("    %s", clean(d.Path))
		}
		for _, list := range []struct {
			word      string
			sentences []string
		}{{"kept", item.Kept}, {"written", item.Added}, {"dropped", item.Dropped}, {"inert", item.Inert}} {
			for _, sentence := range list.sentences {
				out.line("    %s %s", out.dim(list.word+":"), clean(sentence))
			}
		}
	}
	for _, p := range preview.Problems {
		out.line("%s %s", out.yellow("warning:"), clean(problemLine(p)))
	}
	out.line("%s, nothing was changed.", plural(len(preview.Items), "specification"))
}

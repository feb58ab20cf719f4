package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"plumbline/backend/workflow"
)

type artifactCmd struct {
	List    artifactListCmd    `cmd:"" help:"List the documents of a project."`
	Show    artifactShowCmd    `cmd:"" help:"Print a document."`
	Log     artifactLogCmd     `cmd:"" help:"List the versions of a document."`
	Diff    artifactDiffCmd    `cmd:"" help:"Compare two versions of a document."`
	Restore artifactRestoreCmd `cmd:"" help:"Make an old version the current one, as a new version."`
	Save    artifactSaveCmd    `cmd:"" help:"Save a file as a new version of a document."`
}

type artifactListCmd struct {
	Project string `arg:"" help:"The project."`
}

func (c *artifactListCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var all []workflow.Artifact
	if err := cl.get(ctx, inProject(o.Project.ID, "artifacts"), &all); err != nil {
		return err
	}
	return s.print(all, func(out *printer) {
		var rows [][]string
		for _, a := range all {
			note := ""
			if a.Stale {
				note = "stale"
			}
			if a.Frozen {
				note = "frozen"
			}
			rows = append(rows, []string{a.Path, fmt.Sprintf("v%d", a.Current.Number), plural(a.Current.Words, "word"),
				clean(a.Current.Author.Name), ago(a.Current.At), note})
		}
		out.table([]string{"DOCUMENT", "VERSION", "SIZE", "BY", "CHANGED", ""}, rows)
	})
}

// artifactArgs name a document.
type artifactArgs struct {
	Project string `arg:"" help:"The project."`
	Path    string `arg:"" help:"The document, or the phase that writes it."`
}

func (c artifactArgs) find(ctx context.Context, s *session) (cl *client, project, path string, err error) {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return nil, "", "", err
	}
	return cl, o.Project.ID, documentPath(o, c.Path), nil
}

type artifactShowCmd struct {
	artifactArgs
	Number int  `name:"version" help:"An older version." placeholder:"N"`
	HTML   bool `name:"html" help:"Print safe HTML instead of Markdown." xor:"form"`
	Boxes  bool `help:"List the task boxes with their numbers." xor:"form"`
}

func (c *artifactShowCmd) Run(ctx context.Context, s *session) error {
	cl, project, path, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	if !c.Boxes && !c.HTML && !s.json {
		return c.text(ctx, s, cl, project, path)
	}
	doc, err := document(ctx, cl, project, path, c.Number)
	if err != nil {
		return err
	}
	return s.print(doc, func(out *printer) {
		if c.Boxes {
			printBoxes(out, doc.Items)
		} else {
			out.document(endLine(doc.HTML))
		}
	})
}

// text prints a document as it was written, byte for byte where it is no terminal.
func (c *artifactShowCmd) text(ctx context.Context, s *session, cl *client, project, path string) error {
	var t workflow.VersionText
	if err := cl.get(ctx, inProject(project, "text", "path", path, "version", numbered(c.Number)), &t); err != nil {
		return err
	}
	s.out.document(t.Markdown)
	if s.out.term {
		s.out.document(endLine(t.Markdown)[len(t.Markdown):])
	}
	return s.out.err
}

type artifactDiffCmd struct {
	artifactArgs
	From int `help:"The older version; without it, the one before." placeholder:"N"`
	To   int `help:"The newer version; without it, the current one." placeholder:"N"`
}

func (artifactDiffCmd) examples() []string {
	return []string{"plumbline artifact diff book-club spec.md", "plumbline artifact diff book-club spec --from 2 --to 5 --json"}
}

func (c *artifactDiffCmd) Run(ctx context.Context, s *session) error {
	cl, project, path, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	from, to := c.From, c.To
	if from == 0 {
		newer := to
		if newer == 0 {
			doc, err := document(ctx, cl, project, path, 0)
			if err != nil {
				return err
			}
			newer = doc.Version.Number
		}
		from = max(0, newer-1)
	}
	var d workflow.VersionDiff
	query := []string{"path", path, "from", strconv.Itoa(from), "to", strconv.Itoa(to)}
	if err := cl.get(ctx, inProject(project, "diff", query...), &d); err != nil {
		return err
	}
	return s.print(d, func(out *printer) {
		out.line("%s v%d → v%d: %s", out.bold(path), d.From.Number, d.To.Number, diffCounts(d.Diff))
		printDiff(out, d.Diff)
	})
}

type artifactRestoreCmd struct {
	artifactArgs
	Number  int    `name:"version" required:"" help:"The version to bring back." placeholder:"N"`
	Section string `help:"Bring back only the section with this title; the rest of the document stays." placeholder:"TITLE"`
}

func (artifactRestoreCmd) examples() []string {
	return []string{
		"plumbline artifact restore book-club spec.md --version 3",
		`plumbline artifact restore book-club spec.md --version 3 --section "Open questions"`,
	}
}

func (c *artifactRestoreCmd) Run(ctx context.Context, s *session) error {
	cl, project, path, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	method, args := "Artifacts/Restore", []any{project, path, c.Number}
	if c.Section != "" {
		line, err := c.line(ctx, cl, project, path)
		if err != nil {
			return err
		}
		method, args = "Artifacts/RestoreSection", append(args, line)
	}
	var restored workflow.Restored
	if err := cl.call(ctx, method, &restored, args...); err != nil {
		return err
	}
	return s.print(restored, func(out *printer) {
		printVersion(out, restored.Version)
		for _, title := range restored.Stale {
			out.line("%s is now stale.", out.yellow(clean(title)))
		}
	})
}

// line finds the heading of the section to bring back.
func (c *artifactRestoreCmd) line(ctx context.Context, cl *client, project, path string) (int, error) {
	var headings []workflow.Heading
	if err := cl.get(ctx, inProject(project, "headings", "path", path, "version", strconv.Itoa(c.Number)), &headings); err != nil {
		return 0, err
	}
	var found []workflow.Heading
	var titles []string
	for _, h := range headings {
		titles = append(titles, "“"+clean(h.Title)+"”")
		if workflow.SameTitle(h.Title, c.Section) {
			found = append(found, h)
		}
	}
	switch len(found) {
	case 1:
		return found[0].Line, nil
	case 0:
		return 0, workflow.Errorf(workflow.NotFound, "%s v%d has no section “%s”.", path, c.Number, c.Section).
			WithHint("Its sections are %s.", strings.Join(titles, ", "))
	}
	return 0, workflow.Errorf(workflow.Invalid, "%s v%d has %d sections “%s”.", path, c.Number, len(found), c.Section).
		WithHint("Bring back the section around them, or choose in the History screen.")
}

type artifactSaveCmd struct {
	artifactArgs
	File    string `arg:"" help:"The file with the text; - is standard input."`
	Message string `short:"m" help:"Describe the version." placeholder:"TEXT"`
	Base    int    `default:"-1" help:"The version it was edited from; without it, the current one." placeholder:"N"`
}

func (artifactSaveCmd) examples() []string {
	return []string{
		"plumbline artifact show book-club request.md > request.md",
		`plumbline artifact save book-club request.md request.md -m "Answer the open questions"`,
	}
}

func (c *artifactSaveCmd) Run(ctx context.Context, s *session) error {
	body, err := s.readFile(c.File)
	if err != nil {
		return err
	}
	cl, project, path, err := c.find(ctx, s)
	if err != nil {
		return err
	}
	base := c.Base
	if base < 0 {
		doc, err := document(ctx, cl, project, path, 0)
		if err != nil {
			return err
		}
		base = doc.Version.Number
	}
	var v workflow.Version
	save := workflow.SaveDocument{Path: path, Base: base, Body: body, Message: c.Message, KeepDraft: true}
	if err := cl.do(ctx, "PUT", inProject(project, "document"), save, &v); err != nil {
		return err
	}
	return s.print(v, func(out *printer) {
		if v.Number == base {
			out.line("%s is v%d as before. Nothing in it has changed.", out.bold(v.Path), v.Number)
			return
		}
		printVersion(out, v)
	})
}

func printVersion(out *printer, v workflow.Version) {
	out.line("%s is now v%d (+%d −%d lines).", out.bold(v.Path), v.Number, v.Added, v.Removed)
}

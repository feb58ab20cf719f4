package cli

import (
	"context"
	"strconv"
	"strings"

	"plumbline/backend/workflow"
)

// boxArgs name boxes of a document.
type boxArgs struct {
	Project string   `arg:"" help:"The project."`
	Path    string   `arg:"" help:"The document, or the phase that writes it."`
	Boxes   []string `arg:"" optional:"" name:"box" help:"Boxes by their number, or by the beginning of their text. Without any, the boxes are listed."`
}

type tickCmd struct {
	boxArgs
	evidenceFlags
}

func (tickCmd) examples() []string {
	return []string{
		"plumbline tick book-club request.md",
		"plumbline tick book-club request.md 4 5",
		`plumbline tick book-club preflight "CI runs"`,
		`plumbline tick book-club build AC-2 --command "go test ./..." --exit 0 --output test.log`,
		`plumbline tick book-club build AC-3 --because "Shown to two readers on 3 March" --judged-by spec.md#AC-3`,
	}
}

func (tickCmd) Help() string {
	return "With evidence a box says by what it is done, and is to be checked again when what it was judged by changes."
}

func (c *tickCmd) Run(ctx context.Context, s *session) error {
	ev, err := c.evidence(s)
	if err != nil {
		return err
	}
	return c.mark(ctx, s, true, ev)
}

type untickCmd struct{ boxArgs }

func (c *untickCmd) Run(ctx context.Context, s *session) error { return c.mark(ctx, s, false, nil) }

// mark sets the marks one after the other, by evidence where there is some: each
// makes a version.
func (c boxArgs) mark(ctx context.Context, s *session, done bool, ev *workflow.Evidence) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	path := documentPath(o, c.Path)
	if len(c.Boxes) == 0 {
		doc, err := document(ctx, cl, o.Project.ID, path, 0)
		if err != nil {
			return err
		}
		return s.print(doc.Items, func(out *printer) { printBoxes(out, doc.Items) })
	}
	var versions []workflow.Version
	for _, ref := range c.Boxes {
		doc, err := document(ctx, cl, o.Project.ID, path, 0)
		if err != nil {
			return err
		}
		item, err := findBox(doc.Items, path, ref)
		if err != nil {
			return err
		}
		var v workflow.Version
		if ev != nil {
			proof := workflow.Proof{Path: path, Offset: item.Offset, Version: doc.Version.Number, Evidence: *ev}
			err = cl.do(ctx, "POST", inProject(o.Project.ID, "proof"), proof, &v)
		} else {
			err = cl.call(ctx, "Artifacts/Tick", &v, o.Project.ID, path, item.Offset, doc.Version.Number, done)
		}
		if err != nil {
			return err
		}
		versions = append(versions, v)
	}
	return s.printMarked(ctx, cl, o.Project.ID, path, versions)
}

// printMarked shows the boxes as they are now.
func (s *session) printMarked(ctx context.Context, cl *client, project, path string, versions []workflow.Version) error {
	if s.json {
		return writeJSON(s.Stdout, versions)
	}
	doc, err := document(ctx, cl, project, path, 0)
	if err != nil {
		return err
	}
	printBoxes(s.out, doc.Items)
	return s.out.err
}

type waiveBoxCmd struct {
	Project string `arg:"" help:"The project."`
	Path    string `arg:"" help:"The document, or the phase that writes it."`
	Box     string `arg:"" help:"The box by its number, or by the beginning of its text."`
	Reason  string `required:"" help:"Why it need not be done, in at least 20 characters." placeholder:"TEXT"`
}

func (c *waiveBoxCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	path := documentPath(o, c.Path)
	doc, err := document(ctx, cl, o.Project.ID, path, 0)
	if err != nil {
		return err
	}
	item, err := findBox(doc.Items, path, c.Box)
	if err != nil {
		return err
	}
	var v workflow.Version
	err = cl.call(ctx, "Artifacts/WaiveItem", &v, o.Project.ID, path, item.Offset, doc.Version.Number, c.Reason)
	if err != nil {
		return err
	}
	return s.printMarked(ctx, cl, o.Project.ID, path, []workflow.Version{v})
}

// documentPath takes the path of a document or the phase that writes it.
func documentPath(o workflow.Overview, ref string) string {
	if strings.Contains(ref, ".") {
		return ref
	}
	if ph, err := findPhase(o, ref); err == nil && ph.Output != "" {
		return ph.Output
	}
	return ref
}

func document(ctx context.Context, cl *client, project, path string, version int) (workflow.Document, error) {
	var doc workflow.Document
	return doc, cl.get(ctx, inProject(project, "document", "path", path, "version", numbered(version)), &doc)
}

// numbered writes a number for a query; nothing for 0, which means the current one.
func numbered(version int) string {
	if version == 0 {
		return ""
	}
	return strconv.Itoa(version)
}

// findBox finds a box by its number as shown, or by the beginning of its text.
func findBox(items []workflow.Item, path, ref string) (workflow.Item, error) {
	if n, err := strconv.Atoi(ref); err == nil {
		if n < 1 || n > len(items) {
			return workflow.Item{}, workflow.Errorf(workflow.NotFound, "%s has no box %d; it has %d.", path, n, len(items)).
				WithHint("List them with “plumbline tick PROJECT %s”.", path)
		}
		return items[n-1], nil
	}
	var found []workflow.Item
	for _, it := range items {
		if hasPrefixFold(it.Text, ref) {
			found = append(found, it)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return workflow.Item{}, workflow.Errorf(workflow.NotFound, "No box of %s begins with “%s”.", path, ref).
			WithHint("List them with “plumbline tick PROJECT %s”.", path)
	}
	return workflow.Item{}, workflow.Errorf(workflow.Invalid, "%d boxes of %s begin with “%s”.", len(found), path, ref).
		WithHint("Use the number of the box, for example %d.", found[0].Index+1)
}

func printBoxes(out *printer, items []workflow.Item) {
	if len(items) == 0 {
		out.line("There are no boxes.")
	}
	section := ""
	for i, it := range items {
		if it.Section != section || i == 0 {
			section = it.Section
			out.line("%s", out.dim(clean(section)))
		}
		note := ""
		if it.State == workflow.ItemClaimed || it.State == workflow.ItemRecheck || it.State == workflow.ItemWaived {
			note = out.dim("  " + string(it.State))
		}
		out.line("%4d %s%s %s%s", i+1, strings.Repeat("  ", it.Depth), boxMark(out, it.State), clean(it.Text), note)
		if why := whyDone(it.Tick); why != "" {
			out.line("       %s%s", strings.Repeat("  ", it.Depth), out.dim(clean(why)))
		}
	}
}

func boxMark(out *printer, state workflow.ItemState) string {
	switch state {
	case workflow.ItemDone:
		return out.green("[x]")
	case workflow.ItemClaimed, workflow.ItemRecheck:
		return out.yellow("[?]")
	case workflow.ItemWaived:
		return out.dim("[-]")
	}
	return "[ ]"
}

// plural writes a number of things whose plural has an s.
func plural(n int, word string) string { return workflow.Plural(n, word, word+"s") }

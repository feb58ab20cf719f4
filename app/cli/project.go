package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"plumbline/backend/workflow"
)

type newCmd struct {
	Name     string `arg:"" help:"The name of the project."`
	Idea     string `help:"What is to be made, in a few sentences." xor:"idea"`
	IdeaFile string `help:"Read the idea from a file; - is standard input." placeholder:"FILE" xor:"idea"`
	Workflow string `help:"The workflow to follow, by its id." placeholder:"ID"`
}

func (newCmd) examples() []string {
	return []string{
		`plumbline new "Book club" --idea "A site where book clubs vote on what to read next"`,
		`plumbline new shop --idea-file idea.md`,
	}
}

func (c *newCmd) Run(ctx context.Context, s *session) error {
	idea := c.Idea
	if c.IdeaFile != "" {
		var err error
		if idea, err = s.readFile(c.IdeaFile); err != nil {
			return err
		}
	}
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var p workflow.Project
	body := workflow.NewProject{Name: c.Name, Idea: idea, WorkflowID: c.Workflow}
	if err := cl.do(ctx, "POST", data([]string{"projects"}), body, &p); err != nil {
		return err
	}
	return s.print(p, func(out *printer) {
		out.line("Project %s is ready as %s.", out.bold(clean(p.Name)), p.Slug)
		s.say("%s plumbline status %s", s.err.dim("next:"), p.Slug)
	})
}

type listCmd struct{}

func (c *listCmd) Run(ctx context.Context, s *session) error {
	all, err := s.overviews(ctx)
	if err != nil {
		return err
	}
	return s.print(all, func(out *printer) {
		if len(all) == 0 {
			out.line(`No projects yet. Start one with: plumbline new "Its name" --idea "What it is"`)
			return
		}
		var rows [][]string
		for _, o := range all {
			phase, gate := "all gates passed", ""
			if p, ok := currentPhase(o); ok {
				phase, gate = p.Title, gateWord(o, p)
			}
			rows = append(rows, []string{o.Project.Slug, clean(o.Project.Name), phase, gate, ago(o.Project.UpdatedAt)})
		}
		out.table([]string{"PROJECT", "NAME", "PHASE", "GATE", "CHANGED"}, rows)
	})
}

func (s *session) overviews(ctx context.Context) ([]workflow.Overview, error) {
	cl, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	var all []workflow.Overview
	return all, cl.get(ctx, data([]string{"projects"}), &all)
}

type statusCmd struct {
	Project string `arg:"" optional:"" help:"The project; without it, all of them."`
}

func (statusCmd) examples() []string {
	return []string{"plumbline status", "plumbline status book-club --json"}
}

func (c *statusCmd) Run(ctx context.Context, s *session) error {
	if c.Project != "" {
		_, o, err := s.project(ctx, c.Project)
		if err != nil {
			return err
		}
		return s.print(o, func(out *printer) { printOverview(out, o) })
	}
	all, err := s.overviews(ctx)
	if err != nil {
		return err
	}
	return s.print(all, func(out *printer) {
		if len(all) == 0 {
			out.line(`No projects yet. Start one with: plumbline new "Its name" --idea "What it is"`)
		}
		for i, o := range all {
			if i > 0 {
				out.line("")
			}
			printOverview(out, o)
		}
	})
}

type renameCmd struct {
	Project string `arg:"" help:"The project."`
	Name    string `arg:"" help:"Its new name; the short name stays."`
}

func (c *renameCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var p workflow.Project
	if err := cl.call(ctx, "Projects/Rename", &p, o.Project.ID, c.Name); err != nil {
		return err
	}
	return s.print(p, func(out *printer) { out.line("%s is now called %s.", p.Slug, out.bold(clean(p.Name))) })
}

// project connects and finds a project by what the user typed.
func (s *session) project(ctx context.Context, ref string) (*client, workflow.Overview, error) {
	var o workflow.Overview
	cl, err := s.connect(ctx)
	if err != nil {
		return nil, o, err
	}
	var p workflow.Project
	if err := cl.call(ctx, "Projects/Find", &p, ref); err != nil {
		return nil, o, err
	}
	return cl, o, cl.call(ctx, "Projects/Overview", &o, p.ID)
}

// phase connects and finds a project and a phase of it, which may be typed as
// its id, its title, or the beginning of one of them.
func (s *session) phase(ctx context.Context, ref, phase string) (*client, workflow.Overview, workflow.PhaseStatus, error) {
	cl, o, err := s.project(ctx, ref)
	if err != nil {
		return nil, o, workflow.PhaseStatus{}, err
	}
	st, err := findPhase(o, phase)
	return cl, o, st, err
}

func findPhase(o workflow.Overview, ref string) (workflow.PhaseStatus, error) {
	var begins []workflow.PhaseStatus
	var ids []string
	for _, p := range o.Phases {
		if strings.EqualFold(p.ID, ref) || strings.EqualFold(p.Title, ref) {
			return p, nil
		}
		if hasPrefixFold(p.ID, ref) || hasPrefixFold(p.Title, ref) {
			begins = append(begins, p)
		}
		ids = append(ids, p.ID)
	}
	if len(begins) == 1 && ref != "" {
		return begins[0], nil
	}
	return workflow.PhaseStatus{}, workflow.Errorf(workflow.NotFound, "%s has no phase “%s”.", o.Project.Name, ref).
		WithHint("Its phases are %s.", strings.Join(ids, ", "))
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func currentPhase(o workflow.Overview) (workflow.PhaseStatus, bool) {
	for _, p := range o.Phases {
		if p.ID == o.Current {
			return p, true
		}
	}
	return workflow.PhaseStatus{}, false
}

func printOverview(out *printer, o workflow.Overview) {
	out.line("%s  %s  %s", out.bold(clean(o.Project.Name)), out.dim(o.Project.Slug), out.dim(o.WorkflowTitle))
	printPhases(out, o)
	if o.Next != "" {
		out.line("%s %s", out.dim("next:"), clean(o.Next))
	}
}

func printPhases(out *printer, o workflow.Overview) {
	for _, p := range o.Phases {
		mark, name := knot(out, p.State), p.ID
		if p.Strip && p.Boxes > 0 && p.Done == p.Boxes { // it has no gate that is passed
			mark = out.green("✓")
		}
		if p.ID == o.Current {
			name = out.bold(name)
		}
		pad := strings.Repeat(" ", max(1, 14-len(p.ID)))
		out.line("  %s %s%s%s", mark, name, pad, strings.Join(phaseNotes(o, p), "  "))
	}
}

// knot is the mark of a phase on the line.
func knot(out *printer, state workflow.PhaseState) string {
	switch state {
	case workflow.PhasePassed:
		return out.green("✓")
	case workflow.PhaseOverridden:
		return out.yellow("▬")
	case workflow.PhaseCurrent:
		return out.bold("●")
	}
	return out.dim("○")
}

func phaseNotes(o workflow.Overview, p workflow.PhaseStatus) []string {
	var notes []string
	add := func(when bool, format string, args ...any) {
		if when {
			notes = append(notes, fmt.Sprintf(format, args...))
		}
	}
	add(p.Version > 0, "v%d", p.Version)
	add(p.Boxes > 0, "%d/%d boxes", p.Done, p.Boxes)
	add(p.ID == o.Current, "%s", gateWord(o, p))
	add(p.State == workflow.PhaseOverridden, "passed with a waiver")
	add(p.State == workflow.PhasePassed && p.Missing > 0, "passed, %d of %s no longer met", p.Missing, plural(p.Total, "condition"))
	add(p.Stale, "stale")
	add(p.Frozen, "frozen")
	add(p.RunID != "", "run %s", p.RunState)
	add(p.CandidateID != "", "an answer waits for review")
	add(p.Optional, "optional")
	return notes
}

func gateWord(o workflow.Overview, p workflow.PhaseStatus) string {
	if o.GateOpen {
		return "gate open"
	}
	return fmt.Sprintf("%d of %d conditions missing", p.Missing, p.Total)
}

// ago says how long ago something was, roughly.
func ago(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	d := time.Since(at)
	switch {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return at.Local().Format(time.DateOnly)
}

// readAny reads a file that the user named, whatever it holds; - is standard input.
func (s *session) readAny(name string) (string, error) {
	var text []byte
	var err error
	if name == "-" {
		text, err = io.ReadAll(s.Stdin)
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		if path := (*fs.PathError)(nil); errors.As(err, &path) { // which names the file once more
			err = path.Err
		}
		return "", workflow.Errorf(workflow.Invalid, "%s cannot be read: %w.", name, err)
	}
	return string(text), nil
}

// readFile reads a text that is kept as it is. What is not UTF-8 would be replaced on
// its way, and is refused.
func (s *session) readFile(name string) (string, error) {
	text, err := s.readAny(name)
	if err != nil {
		return "", err
	}
	if valid := strings.ToValidUTF8(text, "\x00"); valid != text {
		line, at := 1, 0
		for ; at < len(text) && text[at] == valid[at]; at++ {
			if text[at] == '\n' {
				line++
			}
		}
		return "", workflow.Errorf(workflow.Invalid, "%s, line %d: The text is not UTF-8.", name, line).WithHint("Save the file as UTF-8.")
	}
	return text, nil
}

// readText is readFile for what becomes part of a text: without the mark that some
// editors begin a file with.
func (s *session) readText(name string) (string, error) {
	text, err := s.readFile(name)
	return strings.TrimPrefix(text, "\ufeff"), err
}

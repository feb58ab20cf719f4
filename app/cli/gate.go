package cli

import (
	"context"
	"strings"

	"plumbline/backend/workflow"
)

// gateArgs name a gate by the phase before it.
type gateArgs struct {
	Project string `arg:"" help:"The project."`
	Phase   string `arg:"" help:"The phase."`
}

// reasonArgs name a gate, and why something is done to it.
type reasonArgs struct {
	gateArgs
	Reason string `required:"" help:"Why, in at least 20 characters. It is kept in gates.md." placeholder:"TEXT"`
}

// act does something at a gate and shows it. extra are further arguments of the call.
func (c gateArgs) act(ctx context.Context, s *session, method string, extra ...any) error {
	cl, o, ph, err := s.phase(ctx, c.Project, c.Phase)
	if err != nil {
		return err
	}
	return s.callGate(ctx, cl, method, append([]any{o.Project.ID, ph.ID}, extra...)...)
}

// actOnVersion does something at a gate that counts for the version that stands now.
func (c gateArgs) actOnVersion(ctx context.Context, s *session, method string) error {
	cl, o, ph, err := s.phase(ctx, c.Project, c.Phase)
	if err != nil {
		return err
	}
	return s.callGate(ctx, cl, method, o.Project.ID, ph.ID, ph.Version)
}

// callGate calls what answers with a gate, and shows it.
func (s *session) callGate(ctx context.Context, cl *client, method string, args ...any) error {
	var g workflow.Gate
	if err := cl.call(ctx, method, &g, args...); err != nil {
		return err
	}
	return s.print(g, func(out *printer) { printGate(out, g) })
}

type gateCmd struct {
	Project string `arg:"" help:"The project."`
	Phase   string `arg:"" optional:"" help:"The phase; without it, the one the work is at."`
}

func (gateCmd) examples() []string {
	return []string{"plumbline gate book-club", "plumbline gate book-club spec && echo open"}
}

func (gateCmd) Help() string { return "Exits with 3 when the gate is closed, so that scripts can ask." }

func (c *gateCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	phase := c.Phase
	if phase == "" {
		phase = o.Current
	}
	if phase == "" {
		return s.print(o, func(out *printer) { out.line("All gates of %s are passed.", clean(o.Project.Name)) })
	}
	ph, err := findPhase(o, phase)
	if err != nil {
		return err
	}
	var g workflow.Gate
	if err := cl.call(ctx, "Gates/Show", &g, o.Project.ID, ph.ID); err != nil {
		return err
	}
	if err := s.print(g, func(out *printer) { printGate(out, g) }); err != nil {
		return err
	}
	if !g.Open && g.Passed == nil {
		return quiet(exitClosed)
	}
	return nil
}

type signCmd struct{ gateArgs }

func (c *signCmd) Run(ctx context.Context, s *session) error {
	return c.actOnVersion(ctx, s, "Gates/Sign")
}

type unsignCmd struct{ gateArgs }

func (c *unsignCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, "Gates/Unsign")
}

type passCmd struct{ gateArgs }

func (c *passCmd) Run(ctx context.Context, s *session) error { return c.act(ctx, s, "Gates/Pass") }

type waiveCmd struct{ reasonArgs }

func (waiveCmd) examples() []string {
	return []string{`plumbline waive book-club spec --reason "The two open questions are answered in the kick-off notes"`}
}

func (c *waiveCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, "Gates/Waive", c.Reason)
}

type reopenCmd struct{ reasonArgs }

func (c *reopenCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, "Gates/Reopen", c.Reason)
}

type unfreezeCmd struct{ reasonArgs }

func (c *unfreezeCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, "Gates/Unfreeze", c.Reason)
}

type stillValidCmd struct{ reasonArgs }

func (c *stillValidCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, "Gates/StillValid", c.Reason)
}

type approveCmd struct{ gateArgs }

func (c *approveCmd) Run(ctx context.Context, s *session) error {
	return c.actOnVersion(ctx, s, "Releases/Approve")
}

type promoteCmd struct{ gateArgs }

func (c *promoteCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, "Releases/Promote")
}

type healthyCmd struct {
	gateArgs
	Note string `help:"Which figures they were." placeholder:"TEXT"`
}

func (healthyCmd) examples() []string {
	return []string{`plumbline healthy book-club golive --note "p95 180 ms, no errors"`}
}

func (c *healthyCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, "Releases/Healthy", c.Note)
}

type rollbackCmd struct{ reasonArgs }

func (rollbackCmd) Help() string {
	return "The gate of the release is open again, and its approval is void."
}

func (c *rollbackCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, "Releases/Rollback", c.Reason)
}

type lookedCmd struct{ gateArgs }

func (c *lookedCmd) Run(ctx context.Context, s *session) error {
	return c.actOnVersion(ctx, s, "Gates/Looked")
}

type openForChangeCmd struct {
	gateArgs
	Request string `required:"" help:"The document with the change request." placeholder:"PATH"`
}

func (openForChangeCmd) examples() []string {
	return []string{"plumbline open-for-change book-club spec --request answers/change-request.md"}
}

func (c *openForChangeCmd) Run(ctx context.Context, s *session) error {
	return c.act(ctx, s, "Gates/OpenForChange", c.Request)
}

type staleCmd struct {
	Project string `arg:"" help:"The project."`
	Path    string `arg:"" help:"The document, or the phase that writes it."`
}

func (staleCmd) examples() []string { return []string{"plumbline stale book-club plan"} }

func (staleCmd) Help() string {
	return "Exits with 3 when something has changed since the document was made."
}

func (c *staleCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var st workflow.Staleness
	if err := cl.get(ctx, inProject(o.Project.ID, "behind", "path", documentPath(o, c.Path)), &st); err != nil {
		return err
	}
	err = s.print(st, func(out *printer) {
		for _, cause := range st.Causes {
			out.line("%s %s", out.yellow("!"), clean(cause.Sentence))
			printDiff(out, cause.Diff)
		}
		if len(st.Causes) == 0 {
			out.line("Nothing that it was made from has changed.")
		}
		if st.Prompt != "" {
			out.line("%s %s", out.dim("note:"), clean(st.Prompt))
		}
	})
	if err == nil && len(st.Causes) > 0 {
		return quiet(exitClosed)
	}
	return err
}

func printGate(out *printer, g workflow.Gate) {
	out.line("%s  %s", out.bold(clean(g.Title)), clean(g.Sentence))
	for _, c := range g.Conditions {
		line := conditionMark(out, c.State) + " " + clean(c.Title)
		if c.Value != "" {
			line += "  " + out.dim(clean(c.Value))
		}
		out.line("  %s", line)
		printWhy(out, c)
	}
	if p := g.Passed; p != nil {
		out.line("%s %s by %s, %s", out.dim("passed:"), clean(string(p.Action)), clean(p.By.Name), ago(p.At))
		if p.Reason != "" {
			out.line("%s %s", out.dim("reason:"), clean(p.Reason))
		}
	}
}

// printWhy says why a condition is not met and what to do about it, and what is
// doubtful even where it is.
func printWhy(out *printer, c workflow.Condition) {
	if c.State != workflow.CondMet && c.Action != "" {
		out.line("      %s", clean(c.Missing))
		if len(c.Findings) > 0 {
			out.line("      %s", clean(strings.Join(c.Findings, ", ")))
		}
		for _, cause := range c.Causes[min(1, len(c.Causes)):] {
			out.line("      %s", clean(cause.Sentence()))
		}
		out.line("      %s", out.dim(clean(c.Action)))
	}
	if c.Doubt != "" {
		out.line("      %s %s", out.yellow("note:"), clean(c.Doubt))
	}
}

func conditionMark(out *printer, state workflow.ConditionState) string {
	switch state {
	case workflow.CondMet:
		return out.green("✓")
	case workflow.CondFailed:
		return out.red("✗")
	case workflow.CondRunning:
		return out.yellow("…")
	case workflow.CondWaiting:
		return out.dim("○")
	}
	return out.yellow("!")
}

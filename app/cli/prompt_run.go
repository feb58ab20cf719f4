package cli

import (
	"cmp"
	"context"
	"runtime/debug"
	"slices"

	"plumbline/backend/workflow"
)

type promptCopyCmd struct {
	ID string `arg:"" help:"The prompt."`
	fillArgs
}

func (promptCopyCmd) examples() []string {
	return []string{"plumbline prompt copy morning-review --var change=@change.diff"}
}

// Run puts the prompt on the clipboard and records it as copied, as the window does.
func (c *promptCopyCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := c.order(ctx, s, c.ID)
	if err != nil {
		return err
	}
	f, err := filled(ctx, cl, o)
	if err != nil {
		return err
	}
	if err := s.toClipboard(ctx, f.Text); err != nil {
		return err
	}
	var run workflow.Run
	if err := cl.do(ctx, "POST", inLibrary([]string{"copy"}), o, &run); err != nil {
		return err
	}
	return s.print(run, func(*printer) {
		s.say("%s %d bytes, hash %s, run %s", s.err.dim("copied:"), run.PromptSize, short(run.PromptHash), run.ID)
		s.say("%s plumbline prompt run %s --paste FILE", s.err.dim("next:"), c.ID)
	})
}

type promptRunCmd struct {
	ID       string   `arg:"" help:"The prompt."`
	Model    string   `help:"Run on this model instead of the default; with --paste, where the answer came from." placeholder:"NAME"`
	Paste    string   `help:"Take the answer from a file; - is standard input." placeholder:"FILE"`
	Anyway   bool     `help:"With --paste: take an answer that lacks parts or looks cut."`
	Personas []string `help:"Run it once for each of these personas, and merge what they find." placeholder:"ID"`
	fillArgs
}

func (promptRunCmd) examples() []string {
	return []string{
		"plumbline prompt run issue-analysis --project book-club --var code=@main.go",
		"plumbline prompt run fix-prompt --answer 01K8 > fix.md",
		"plumbline prompt run perspectives --var code=@main.go --personas security-expert,support-manager",
	}
}

func (c *promptRunCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := c.order(ctx, s, c.ID)
	if err != nil {
		return err
	}
	o.Model = c.Model
	switch {
	case len(c.Personas) > 0:
		return c.batch(ctx, s, cl, o)
	case c.Paste != "":
		return c.paste(ctx, s, cl, o)
	}
	if err := s.welcome(ctx); err != nil {
		return err
	}
	// One answer is not worth collecting after: the heap stays below 60 MB all the same.
	defer debug.SetGCPercent(debug.SetGCPercent(800))
	run, err := s.follow(ctx, cl, func(ctx context.Context) (run workflow.Run, err error) {
		return run, cl.do(ctx, "POST", inLibrary([]string{"start"}), o, &run)
	})
	if err != nil {
		return err
	}
	return s.finish(ctx, cl, run, afterPrompt(run))
}

// paste gives an answer to the copied prompt, or to one that is recorded as copied now.
func (c *promptRunCmd) paste(ctx context.Context, s *session, cl *client, o workflow.PromptOrder) error {
	text, err := s.readFile(c.Paste)
	if err != nil {
		return err
	}
	run, err := waitingFor(ctx, cl, o)
	if workflow.CodeOf(err) == workflow.NotFound {
		err = cl.do(ctx, "POST", inLibrary([]string{"copy"}), o, &run)
	}
	if err != nil {
		return err
	}
	answer := workflow.PastedAnswer{Text: text, Model: c.Model, Anyway: c.Anyway}
	if err := cl.do(ctx, "POST", ofRun(run.ID, "answer"), answer, &run); err != nil {
		return err
	}
	return s.finish(ctx, cl, run, afterPrompt(run))
}

type promptRunsCmd struct {
	Prompt string `arg:"" optional:"" help:"Only those of this prompt."`
}

func (promptRunsCmd) examples() []string {
	return []string{"plumbline prompt runs", "plumbline answer RUN"}
}

func (c *promptRunsCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var runs []workflow.Run
	if err := cl.get(ctx, inProject(workflow.LibraryID, "runs"), &runs); err != nil {
		return err
	}
	if c.Prompt != "" {
		runs = slices.DeleteFunc(runs, func(r workflow.Run) bool { return r.PromptID != c.Prompt })
	}
	return s.printRuns(runs, "PROMPT", func(r workflow.Run) string { return r.PromptID })
}

// waitingFor finds the run of a prompt that waits for its answer.
func waitingFor(ctx context.Context, cl *client, o workflow.PromptOrder) (workflow.Run, error) {
	var runs []workflow.Run
	if err := cl.get(ctx, inLibrary([]string{"runs"}, "prompt", o.PromptID, "project", cmp.Or(o.ProjectID, workflow.LibraryID)), &runs); err != nil {
		return workflow.Run{}, err
	}
	for _, r := range runs {
		if r.State == workflow.RunWaiting {
			return r, nil
		}
	}
	return workflow.Run{}, workflow.Errorf(workflow.NotFound, "No run of “%s” waits for an answer.", o.PromptID)
}

// afterPrompt is what to do after a run outside of any phase.
func afterPrompt(run workflow.Run) string {
	if run.State != workflow.RunSucceeded {
		return ""
	}
	return "plumbline prompt next --answer " + run.ID
}

// batch runs the prompt for several personas and prints what they have found.
func (c *promptRunCmd) batch(ctx context.Context, s *session, cl *client, o workflow.PromptOrder) error {
	if err := s.welcome(ctx); err != nil {
		return err
	}
	var b workflow.Batch
	begun := false
	for at := 0; !begun || at < len(b.Runs); at++ {
		_, err := s.follow(ctx, cl, func(ctx context.Context) (workflow.Run, error) {
			if !begun {
				begun = true
				if err := cl.do(ctx, "POST", inLibrary([]string{"batch"}), workflow.PromptBatch{Order: o, Personas: c.Personas}, &b); err != nil {
					return workflow.Run{}, err
				}
			}
			var d workflow.RunDetail
			err := cl.get(ctx, ofRun(b.Runs[at].ID), &d)
			return d.Run, err
		})
		if err != nil {
			return err
		}
	}
	if err := cl.call(ctx, "Library/Batch", &b, b.ID); err != nil {
		return err
	}
	return s.print(b, func(out *printer) { out.document(endLine(b.Markdown)) })
}

type promptNextCmd struct {
	Prompt string `help:"The meta-prompt; without one, the one that fits best." placeholder:"ID"`
	List   bool   `help:"Only say which ones fit."`
	Model  string `help:"Run on this model instead of the default." placeholder:"NAME"`
	Print  bool   `help:"Print the meta-prompt instead of running it."`
	fillArgs
}

func (promptNextCmd) examples() []string {
	return []string{"plumbline prompt next --answer 01K8", "plumbline prompt next --given findings.md --print | wl-copy"}
}

func (c *promptNextCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := c.order(ctx, s, c.Prompt)
	if err != nil {
		return err
	}
	if o.Given == nil {
		return usageError{workflow.Errorf(workflow.Invalid, "There is no text to make the next prompt of.").
			WithHint("Name it with --given FILE, --answer RUN or --doc PATH.")}
	}
	if c.Prompt == "" || c.List {
		var next workflow.NextPrompt
		if err := cl.do(ctx, "POST", inLibrary([]string{"next"}), o.Given, &next); err != nil {
			return err
		}
		if c.List {
			return s.print(next, func(out *printer) {
				out.line("The text is: %s. What fits, the best first:", next.Kind)
				for _, id := range next.Prompts {
					out.line("  %s", id)
				}
			})
		}
		o.PromptID = next.Default
	}
	if c.Print {
		return (&promptRenderCmd{ID: o.PromptID, fillArgs: c.fillArgs}).Run(ctx, s)
	}
	return (&promptRunCmd{ID: o.PromptID, Model: c.Model, fillArgs: c.fillArgs}).Run(ctx, s)
}

package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"plumbline/backend/workflow"
)

type promptPhaseCmd struct {
	Project string `arg:"" help:"The project."`
	Phase   string `arg:"" help:"The phase."`
	Model   string `help:"Plan the context for this model instead of the default." placeholder:"NAME"`
}

func (promptPhaseCmd) examples() []string {
	return []string{"plumbline prompt phase book-club spec", "plumbline prompt phase book-club spec | wl-copy"}
}

func (c *promptPhaseCmd) Run(ctx context.Context, s *session) error {
	cl, o, ph, err := s.phase(ctx, c.Project, c.Phase)
	if err != nil {
		return err
	}
	var p workflow.PromptText
	if err := cl.get(ctx, inProject(o.Project.ID, "prompt", "phase", ph.ID, "model", c.Model), &p); err != nil {
		return err
	}
	return s.print(p, func(out *printer) {
		out.document(endLine(p.Text))
		s.sayPlan(p.Prompt, o.Project.Slug)
	})
}

// sayPlan tells how large a prompt is and what it lacks.
func (s *session) sayPlan(p workflow.PhasePrompt, slug string) {
	plan := p.Context
	size := fmt.Sprintf("about %d tokens", plan.Prompt)
	if plan.Window > 0 {
		size = fmt.Sprintf("about %d of %d tokens, %d kept for the answer", plan.Prompt, plan.Window, plan.Reserve)
	}
	s.say("%s %s, %d bytes, hash %s", s.err.dim("prompt:"), size, p.Size, short(p.Hash))
	if !plan.Fits && plan.Over > 0 {
		s.say("%s it is %d tokens too long for %s.", s.err.yellow("warning:"), plan.Over, clean(p.Model))
	}
	if len(p.Missing) > 0 {
		s.say("%s not filled in yet: %s. Use: plumbline set %s %s NAME=VALUE",
			s.err.yellow("warning:"), clean(strings.Join(p.Missing, ", ")), slug, p.Phase)
	}
}

type setCmd struct {
	Project string   `arg:"" help:"The project."`
	Phase   string   `arg:"" help:"The phase."`
	Values  []string `arg:"" name:"name=value" help:"Variables and their values; name=@FILE reads the value from a file, name= empties it."`
}

func (setCmd) examples() []string {
	return []string{"plumbline set book-club request platform=web audience=@audience.md"}
}

func (c *setCmd) Run(ctx context.Context, s *session) error {
	values, err := s.values(c.Values)
	if err != nil {
		return err
	}
	cl, o, ph, err := s.phase(ctx, c.Project, c.Phase)
	if err != nil {
		return err
	}
	var p workflow.PromptText
	if err := cl.do(ctx, "PUT", inProject(o.Project.ID, "variables", "phase", ph.ID), values, &p); err != nil {
		return err
	}
	return s.print(p.Prompt, func(out *printer) {
		var rows [][]string
		for _, v := range p.Prompt.Variables {
			rows = append(rows, []string{v.Variable.Name, v.From, firstLine(v.Label + " " + v.Value)})
		}
		out.table([]string{"VARIABLE", "FROM", "VALUE"}, rows)
	})
}

type runCmd struct {
	Project  string `arg:"" help:"The project."`
	Phase    string `arg:"" help:"The phase."`
	Model    string `help:"Run on this model instead of the default; with --paste, where the answer came from." placeholder:"NAME"`
	Copy     bool   `help:"Print the prompt, and wait for an answer that is pasted later." xor:"way"`
	Paste    string `help:"Take the answer from a file; - is standard input." placeholder:"FILE" xor:"way"`
	Continue bool   `help:"Go on where the newest answer broke off." xor:"way"`
	Repair   bool   `help:"Ask for what the newest answer lacks." xor:"way"`
	Anyway   bool   `help:"With --paste: take an answer that lacks parts or looks cut."`
}

func (runCmd) examples() []string {
	return []string{
		"plumbline run book-club spec",
		"plumbline run book-club spec --model qwen2.5-coder:14b > answer.md",
		"plumbline run book-club spec --copy | wl-copy",
		"wl-paste | plumbline run book-club spec --paste -",
	}
}

func (c *runCmd) Run(ctx context.Context, s *session) error {
	switch {
	case c.Anyway && c.Paste == "":
		return usageError{workflow.Errorf(workflow.Invalid, "--anyway is for pasted answers.").WithHint("Use it with --paste.")}
	case c.Copy:
		return c.copy(ctx, s)
	case c.Paste != "":
		return c.paste(ctx, s)
	}
	if c.Model == "" {
		defer s.meanwhile(ctx, "Models/Status", false)()
	}
	cl, o, ph, err := s.phase(ctx, c.Project, c.Phase)
	if err != nil {
		return err
	}
	if err := s.welcome(ctx); err != nil {
		return err
	}
	start := func(ctx context.Context) (run workflow.Run, err error) {
		if !c.Continue && !c.Repair {
			return run, cl.call(ctx, "Runs/Start", &run, o.Project.ID, ph.ID, c.Model)
		}
		method := map[bool]string{true: "Runs/Continue", false: "Runs/Repair"}[c.Continue]
		last, err := newestRun(ctx, cl, o.Project.ID, ph.ID, func(r workflow.Run) bool { return r.State.Ended() })
		if err != nil {
			return run, err
		}
		return run, cl.call(ctx, method, &run, last.ID, c.Model)
	}
	run, err := s.follow(ctx, cl, start)
	if err != nil {
		return err
	}
	return s.finish(ctx, cl, run, afterPhase(o, run))
}

// newestRun finds the newest run of a phase that is as wanted.
func newestRun(ctx context.Context, cl *client, project, phase string, wanted func(workflow.Run) bool) (workflow.Run, error) {
	var runs []workflow.Run
	if err := cl.get(ctx, inProject(project, "runs", "phase", phase), &runs); err != nil {
		return workflow.Run{}, err
	}
	for _, r := range runs {
		if wanted(r) {
			return r, nil
		}
	}
	return workflow.Run{}, workflow.Errorf(workflow.NotFound, "There is no such run in %s yet.", phase).
		WithHint("See “plumbline runs”.")
}

// copy prints the prompt and leaves a run that waits for the answer.
func (c *runCmd) copy(ctx context.Context, s *session) error {
	cl, o, ph, err := s.phase(ctx, c.Project, c.Phase)
	if err != nil {
		return err
	}
	var run workflow.Run
	if err := cl.call(ctx, "Runs/Copy", &run, o.Project.ID, ph.ID); err != nil {
		return err
	}
	return s.printCopied(ctx, cl, run, fmt.Sprintf("plumbline run %s %s --paste FILE", o.Project.Slug, ph.ID))
}

// printCopied prints the prompt of a run that waits for its answer.
func (s *session) printCopied(ctx context.Context, cl *client, run workflow.Run, next string) error {
	var detail workflow.RunDetail
	if err := cl.get(ctx, ofRun(run.ID), &detail); err != nil {
		return err
	}
	return s.print(detail, func(out *printer) {
		out.document(endLine(detail.Prompt))
		s.say("%s %d bytes, hash %s", s.err.dim("prompt:"), run.PromptSize, short(run.PromptHash))
		s.say("%s %s", s.err.dim("next:"), next)
	})
}

// paste gives an answer to the run that waits for one, or to a new one.
func (c *runCmd) paste(ctx context.Context, s *session) error {
	text, err := s.readFile(c.Paste)
	if err != nil {
		return err
	}
	cl, o, ph, err := s.phase(ctx, c.Project, c.Phase)
	if err != nil {
		return err
	}
	waiting := func(r workflow.Run) bool { return r.State == workflow.RunWaiting }
	run, err := newestRun(ctx, cl, o.Project.ID, ph.ID, waiting)
	if workflow.CodeOf(err) == workflow.NotFound {
		err = cl.call(ctx, "Runs/Copy", &run, o.Project.ID, ph.ID)
	}
	if err != nil {
		return err
	}
	answer := workflow.PastedAnswer{Text: text, Model: c.Model, Anyway: c.Anyway}
	if err := cl.do(ctx, "POST", ofRun(run.ID, "answer"), answer, &run); err != nil {
		return err
	}
	return s.finish(ctx, cl, run, afterPhase(o, run))
}

// finish tells how a run ended and what to do next; nothing when next is empty.
func (s *session) finish(ctx context.Context, cl *client, run workflow.Run, next string) error {
	if s.json {
		var detail workflow.RunDetail
		if err := cl.get(ctx, ofRun(run.ID), &detail); err != nil {
			return err
		}
		return errors.Join(writeJSON(s.Stdout, detail), s.verdict(run))
	}
	s.sayEnd(run)
	if next != "" {
		s.say("%s %s", s.err.dim("next:"), next)
	}
	return s.verdict(run)
}

// afterPhase is what to do after the run of a phase.
func afterPhase(o workflow.Overview, run workflow.Run) string {
	at := o.Project.Slug + " " + run.Phase
	switch {
	case run.State == workflow.RunSucceeded && run.Cut: // nothing can be built on its answer
		return fmt.Sprintf("plumbline run %s --model NAME, on one with a larger window", at)
	case run.State == workflow.RunSucceeded && run.Unfinished:
		return fmt.Sprintf("plumbline run %s --continue", at)
	case run.State == workflow.RunSucceeded && len(run.Missing) > 0:
		return fmt.Sprintf("plumbline run %s --repair, or plumbline review %s", at, at)
	case run.State == workflow.RunSucceeded:
		return fmt.Sprintf("plumbline review %s, then plumbline accept %s", at, at)
	case run.AnswerSize > 0:
		return fmt.Sprintf("what came is kept; plumbline run %s --continue goes on", at)
	}
	return ""
}

func (s *session) sayEnd(run workflow.Run) {
	if run.State == workflow.RunSucceeded && run.Provider == workflow.ProviderOllama {
		took := run.EndedAt.Sub(run.StartedAt)
		s.say("%s %d tokens in %.1f s on %s", s.err.dim("run:"), run.AnswerTokens, took.Seconds(), clean(run.Model))
	}
	if run.Cut {
		s.say("%s the model did not see the whole prompt.", s.err.yellow("warning:"))
	}
	if run.Unfinished {
		s.say("%s the answer ran into its length limit.", s.err.yellow("warning:"))
	}
	for _, m := range run.Missing {
		s.say("%s %s", s.err.yellow("warning:"), clean(m))
	}
}

// verdict is the error of a run that did not succeed.
func (s *session) verdict(run workflow.Run) error {
	switch run.State {
	case workflow.RunSucceeded:
		return nil
	case workflow.RunCanceled:
		return workflow.Errorf(workflow.Canceled, "The run was stopped.")
	}
	if run.Error != nil {
		return run.Error
	}
	return workflow.Errorf(workflow.Unavailable, "The run is %s.", run.State)
}

type runsCmd struct {
	Project string `arg:"" help:"The project."`
	Phase   string `arg:"" optional:"" help:"Only those of this phase."`
}

func (c *runsCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	phase := ""
	if c.Phase != "" {
		ph, err := findPhase(o, c.Phase)
		if err != nil {
			return err
		}
		phase = ph.ID
	}
	var runs []workflow.Run
	if err := cl.get(ctx, inProject(o.Project.ID, "runs", "phase", phase), &runs); err != nil {
		return err
	}
	return s.printRuns(runs, "PHASE", func(r workflow.Run) string { return r.Phase })
}

// printRuns prints runs; what is the column that says what each was about.
func (s *session) printRuns(runs []workflow.Run, column string, what func(workflow.Run) string) error {
	return s.print(runs, func(out *printer) {
		var rows [][]string
		for _, r := range runs {
			rows = append(rows, []string{r.ID, what(r), string(r.State), clean(r.Model), fmt.Sprint(r.AnswerTokens), ago(r.CreatedAt)})
		}
		out.table([]string{"RUN", column, "STATE", "MODEL", "TOKENS", "STARTED"}, rows)
	})
}

type answerCmd struct {
	Run_ string `arg:"" name:"run" help:"The run, by its id."`
}

func (c *answerCmd) Run(ctx context.Context, s *session) error {
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var detail workflow.RunDetail
	if err := cl.get(ctx, ofRun(c.Run_), &detail); err != nil {
		return err
	}
	return s.print(detail, func(out *printer) { out.document(endLine(detail.Answer)) })
}

func endLine(s string) string {
	if strings.HasSuffix(s, "\n") || s == "" {
		return s
	}
	return s + "\n"
}

// firstLine shortens a text to a cell of a table.
func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(clean(s)), "\n")
	if r := []rune(line); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return line
}

func short(hash string) string { return hash[:min(12, len(hash))] }

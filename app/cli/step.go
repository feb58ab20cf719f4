package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"plumbline/backend/workflow"
)

type stepCmd struct {
	List  stepListCmd  `cmd:"" help:"List the steps of the plan with where they stand."`
	Show  stepShowCmd  `cmd:"" help:"Show a step: what the plan says, and what was done."`
	Run   stepRunCmd   `cmd:"" help:"Run the prompt of a step on a model."`
	Copy  stepCopyCmd  `cmd:"" help:"Print the prompt of a step, and wait for its answer."`
	Paste stepPasteCmd `cmd:"" help:"Take the answer for a step from a file."`
	Done  stepDoneCmd  `cmd:"" help:"Say that a step is done."`
	Skip  stepSkipCmd  `cmd:"" help:"Leave a step out, with a reason."`
	Open  stepOpenCmd  `cmd:"" help:"Take back that a step is done or skipped."`
	Add   stepAddCmd   `cmd:"" help:"Put findings into the plan as the next steps."`
}

// stepArgs name a step of a plan.
type stepArgs struct {
	Project string `arg:"" help:"The project."`
	Step    string `arg:"" help:"The number of the step."`
}

func (c stepArgs) path(project string, what ...string) string {
	return data(append([]string{"projects", project, "steps", c.Step}, what...))
}

type stepListCmd struct {
	Project string `arg:"" help:"The project."`
}

func (c *stepListCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var v workflow.PlanView
	if err := cl.get(ctx, inProject(o.Project.ID, "plan"), &v); err != nil {
		return err
	}
	return s.print(v, func(out *printer) { printSteps(out, v) })
}

func printSteps(out *printer, v workflow.PlanView) {
	milestone := -1
	for _, step := range v.Steps {
		if m := step.Step.Milestone; m != milestone && m >= 0 && m < len(v.Milestones) {
			milestone = m
			one := v.Milestones[m]
			out.line("%s  %s", out.bold(clean(one.Milestone.Title)), out.dim(fmt.Sprintf("%d/%d", one.Settled, one.Total)))
		}
		line := fmt.Sprintf("  %s %3s  %s", stepMark(out, step), clean(step.Step.Number), clean(step.Step.Title))
		if len(step.Waits) > 0 {
			line += "  " + out.dim("after "+clean(strings.Join(step.Waits, ", ")))
		}
		out.line("%s", line)
	}
	for _, p := range v.Problems {
		out.line("%s %s", out.yellow("!"), clean(p.Text))
	}
	if len(v.Uncovered) > 0 {
		out.line("%s No step covers %s.", out.yellow("!"), clean(strings.Join(v.Uncovered, ", ")))
	}
	for _, note := range v.Notes {
		out.line("%s", out.dim(clean(note)))
	}
	if len(v.Steps) == 0 {
		out.line("There is no plan with steps yet.")
	}
}

func stepMark(out *printer, step workflow.PlanStep) string {
	switch {
	case step.Item == workflow.ItemRecheck || step.Item == workflow.ItemClaimed:
		return out.yellow("!")
	case step.State == workflow.StepDone:
		return out.green("✓")
	case step.State == workflow.StepSkipped:
		return out.dim("–")
	case step.State == workflow.StepCurrent:
		return out.bold("▸")
	case step.State == workflow.StepBlocked:
		return out.dim("·")
	}
	return "○"
}

type stepShowCmd struct{ stepArgs }

func (c *stepShowCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var d workflow.StepDetail
	if err := cl.get(ctx, c.path(o.Project.ID), &d); err != nil {
		return err
	}
	return s.print(d, func(out *printer) { printStep(out, d) })
}

func printStep(out *printer, d workflow.StepDetail) {
	out.document(endLine(d.Text))
	out.line("%s %s", out.dim("state:"), d.Step.State)
	if t := d.Thread; len(t.Runs) > 0 {
		out.line("%s %d runs, refinement %d of %d", out.dim("thread:"), len(t.Runs), t.Refinements, t.Limit)
		if t.Warning != "" {
			out.line("  %s", out.yellow(clean(t.Warning)))
		}
		for _, q := range t.Questions {
			out.line("  %s %s", out.yellow("?"), clean(q))
		}
	}
	for _, c := range d.Checks {
		verdict := out.green("green")
		if !c.Green() {
			verdict = out.red(fmt.Sprintf("exit %d", c.Exit))
		}
		out.line("%s %s  %s  %s", out.dim("check:"), verdict, clean(c.Command), ago(c.At))
	}
}

type stepRunCmd struct {
	stepArgs
	Model string            `help:"Run on this model instead of the default." placeholder:"NAME"`
	Var   map[string]string `help:"Fill a variable for this step; @FILE reads it from a file." placeholder:"NAME=VALUE"`
}

func (stepRunCmd) examples() []string {
	return []string{"plumbline step run book-club 4", "plumbline step run book-club 4 --var files=@src/vote.go"}
}

func (c *stepRunCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	values, err := s.fileValues(c.Var)
	if err != nil {
		return err
	}
	order := workflow.StepOrder{Values: values, Model: c.Model}
	return s.runIn(ctx, cl, o, c.path(o.Project.ID, "run"), order)
}

// fileValues reads the values that name a file.
func (s *session) fileValues(values map[string]string) (map[string]string, error) {
	for name, value := range values {
		file, ok := strings.CutPrefix(value, "@")
		if !ok {
			continue
		}
		text, err := s.readFile(file)
		if err != nil {
			return nil, err
		}
		values[name] = text
	}
	return values, nil
}

// runIn starts a run within a phase by posting an order, follows it and tells how it ended.
func (s *session) runIn(ctx context.Context, cl *client, o workflow.Overview, path string, order any) error {
	if err := s.welcome(ctx); err != nil {
		return err
	}
	run, err := s.follow(ctx, cl, func(ctx context.Context) (run workflow.Run, err error) {
		return run, cl.do(ctx, "POST", path, order, &run)
	})
	if err != nil {
		return err
	}
	return s.finish(ctx, cl, run, afterStep(o, run))
}

// afterStep is what to do after the run of a step or of a thread.
func afterStep(o workflow.Overview, run workflow.Run) string {
	switch {
	case run.State != workflow.RunSucceeded:
		return ""
	case run.Kind == workflow.RunRestart:
		return fmt.Sprintf("plumbline restart %s %s --take %s", o.Project.Slug, cmp.Or(run.Step, run.Phase), run.ID)
	}
	return fmt.Sprintf("plumbline accept %s %s --run %s", o.Project.Slug, run.Phase, run.ID)
}

type stepCopyCmd struct{ stepArgs }

func (c *stepCopyCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	run, err := c.copied(ctx, cl, o)
	if err != nil {
		return err
	}
	return s.printCopied(ctx, cl, run, fmt.Sprintf("plumbline step paste %s %s FILE", o.Project.Slug, c.Step))
}

// copied records the prompt of the step as copied.
func (c stepArgs) copied(ctx context.Context, cl *client, o workflow.Overview) (run workflow.Run, err error) {
	return run, cl.do(ctx, "POST", c.path(o.Project.ID, "run"), workflow.StepOrder{Copy: true}, &run)
}

type stepPasteCmd struct {
	stepArgs
	File string `arg:"" help:"The answer; - is standard input."`
	pasteArgs
}

// pasteArgs say how a pasted answer is taken.
type pasteArgs struct {
	From   string `help:"Where the answer came from." placeholder:"MODEL"`
	Anyway bool   `help:"Take an answer that lacks parts or looks cut."`
}

func (c *stepPasteCmd) Run(ctx context.Context, s *session) error {
	text, err := s.readFile(c.File)
	if err != nil {
		return err
	}
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var v workflow.PlanView
	if err := cl.get(ctx, inProject(o.Project.ID, "plan"), &v); err != nil {
		return err
	}
	run, err := newestRun(ctx, cl, o.Project.ID, v.Phase, func(r workflow.Run) bool {
		return r.State == workflow.RunWaiting && r.Step == c.Step
	})
	if workflow.CodeOf(err) == workflow.NotFound {
		run, err = c.copied(ctx, cl, o)
	}
	if err != nil {
		return err
	}
	return c.give(ctx, s, cl, o, run, text)
}

// give hands an answer to a run that waits for it.
func (c pasteArgs) give(ctx context.Context, s *session, cl *client, o workflow.Overview, run workflow.Run, text string) error {
	answer := workflow.PastedAnswer{Text: text, Model: c.From, Anyway: c.Anyway}
	if err := cl.do(ctx, "POST", ofRun(run.ID, "answer"), answer, &run); err != nil {
		return err
	}
	return s.finish(ctx, cl, run, afterStep(o, run))
}

type stepDoneCmd struct{ stepArgs }

func (c *stepDoneCmd) Run(ctx context.Context, s *session) error { return c.mark(ctx, s, "done", "") }

type stepSkipCmd struct {
	stepArgs
	Reason string `required:"" help:"Why, in at least 20 characters." placeholder:"TEXT"`
}

func (c *stepSkipCmd) Run(ctx context.Context, s *session) error {
	return c.mark(ctx, s, "skipped", c.Reason)
}

type stepOpenCmd struct{ stepArgs }

func (c *stepOpenCmd) Run(ctx context.Context, s *session) error { return c.mark(ctx, s, "open", "") }

// mark settles a step, or opens it again.
func (c stepArgs) mark(ctx context.Context, s *session, state, reason string) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var d workflow.StepDetail
	if err := cl.call(ctx, "Work/MarkStep", &d, o.Project.ID, c.Step, state, reason); err != nil {
		return err
	}
	return s.print(d, func(out *printer) { printStep(out, d) })
}

type stepAddCmd struct {
	Project  string   `arg:"" help:"The project."`
	Findings []string `arg:"" name:"finding" help:"Findings, by their numbers, such as F-003."`
}

func (c *stepAddCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var v workflow.Version
	if err := cl.do(ctx, "POST", inProject(o.Project.ID, "steps"), workflow.NewSteps{Findings: c.Findings}, &v); err != nil {
		return err
	}
	return s.print(v, func(out *printer) { out.line("%s is at v%d.", clean(v.Path), v.Number) })
}

type checkCmd struct {
	Project string `arg:"" help:"The project."`
	Step    string `help:"The step that was checked; without it, the whole project." placeholder:"N"`
	Exit    int    `required:"" help:"What the command ended with; 0 means that it passed." placeholder:"N"`
	Output  string `help:"What it printed; - is standard input." placeholder:"FILE"`
	Command string `help:"The command that was run." placeholder:"TEXT"`
}

func (checkCmd) examples() []string {
	return []string{
		`make check > out.txt 2>&1; plumbline check book-club --exit $? --output out.txt --command "make check"`,
		"plumbline check book-club --step 4 --exit 0",
	}
}

func (c *checkCmd) Run(ctx context.Context, s *session) error {
	result := workflow.CheckResult{Step: c.Step, Command: c.Command, Exit: c.Exit}
	if c.Output != "" {
		var err error
		if result.Output, err = s.readAny(c.Output); err != nil {
			return err
		}
	}
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	if err := cl.do(ctx, "POST", inProject(o.Project.ID, "checks"), result, &result); err != nil {
		return err
	}
	return s.print(result, func(out *printer) {
		verdict := out.green("green")
		if !result.Green() {
			verdict = out.red(fmt.Sprintf("red, exit %d", result.Exit))
		}
		out.line("The check is %s. It is kept in %s v%d.", verdict, clean(result.Path), result.Version)
	})
}

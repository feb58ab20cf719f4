package cli

import (
	"context"
	"fmt"
	"slices"

	"plumbline/backend/workflow"
)

// threadArgs name a thread, by the phase or the step of its first run.
type threadArgs struct {
	Project string `arg:"" help:"The project."`
	At      string `arg:"" optional:"" help:"The phase, or the number of the step; without it, the current one."`
	RunID   string `name:"run" help:"A run of the thread, instead of the newest." placeholder:"ID"`
	Model   string `help:"Run on this model instead of the one of the thread." placeholder:"NAME"`
	Copy    bool   `help:"Print the prompt, and wait for an answer that is pasted later." xor:"way"`
	Paste   string `help:"Take the answer from a file; - is standard input." placeholder:"FILE" xor:"way"`
	pasteArgs
}

// find returns the newest run of the thread that is meant.
func (c threadArgs) find(ctx context.Context, cl *client, o workflow.Overview) (string, error) {
	if c.RunID != "" {
		return c.RunID, nil
	}
	phase, step := o.Current, ""
	ph, err := findPhase(o, c.At)
	switch {
	case c.At == "" && o.ToDo.Step != "":
		step = o.ToDo.Step
	case c.At == "":
	case err == nil:
		phase = ph.ID
	default:
		step = c.At
	}
	if step != "" {
		var v workflow.PlanView
		if err := cl.get(ctx, inProject(o.Project.ID, "plan"), &v); err != nil {
			return "", err
		}
		phase = v.Phase
	}
	var threads []workflow.Thread
	if err := cl.get(ctx, inProject(o.Project.ID, "threads", "phase", phase, "step", step), &threads); err != nil {
		return "", err
	}
	if len(threads) == 0 {
		return "", workflow.Errorf(workflow.NotFound, "Nothing was run there yet.").WithHint("Run the prompt first: plumbline next %s", o.Project.Slug)
	}
	runs := threads[0].Runs
	return runs[len(runs)-1].ID, nil
}

// ask sends an order for the thread: to a model, or by copy and paste.
func (c threadArgs) ask(ctx context.Context, s *session, what string, order func(copied bool) any) error {
	text := ""
	if c.Paste != "" {
		var err error
		if text, err = s.readFile(c.Paste); err != nil {
			return err
		}
	}
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	id, err := c.find(ctx, cl, o)
	if err != nil {
		return err
	}
	if !c.Copy && c.Paste == "" {
		return s.runIn(ctx, cl, o, ofRun(id, what), order(false))
	}
	run, err := c.waiting(ctx, cl, id, what)
	if workflow.CodeOf(err) == workflow.NotFound {
		err = cl.do(ctx, "POST", ofRun(id, what), order(true), &run)
	}
	if err != nil {
		return err
	}
	if c.Paste != "" {
		return c.give(ctx, s, cl, o, run, text)
	}
	return s.printCopied(ctx, cl, run, fmt.Sprintf("plumbline %s %s --run %s --paste FILE", what, o.Project.Slug, id))
}

// waiting returns the run of the thread that was copied and waits for the answer that
// is pasted: it has the prompt that the chat was given, whatever is said this time.
func (c threadArgs) waiting(ctx context.Context, cl *client, id, what string) (workflow.Run, error) {
	none := workflow.Errorf(workflow.NotFound, "No answer is waited for.")
	if c.Paste == "" {
		return workflow.Run{}, none
	}
	var t workflow.Thread
	if err := cl.call(ctx, "Work/Thread", &t, id); err != nil {
		return workflow.Run{}, err
	}
	for _, r := range slices.Backward(t.Runs) {
		if r.State == workflow.RunWaiting && (r.Kind == workflow.RunRestart) == (what == "restart") {
			return r, nil
		}
	}
	return workflow.Run{}, none
}

type refineCmd struct {
	threadArgs
	Off     []string `help:"What is off: tests, imports, style or behaviour; may be repeated." placeholder:"WHAT"`
	Output  string   `help:"What failed; - is standard input. Without it, the newest red check." placeholder:"FILE"`
	Notes   string   `help:"What you noticed yourself." placeholder:"TEXT"`
	Answers string   `help:"Answers to the questions that came back; - is standard input." placeholder:"FILE"`
	Reason  string   `help:"Why to refine once more than is advised, in at least 20 characters." placeholder:"TEXT"`
}

func (refineCmd) examples() []string {
	return []string{"plumbline refine book-club 4 --off tests --output failed.txt", "plumbline refine book-club --answers answers.md"}
}

func (c *refineCmd) Run(ctx context.Context, s *session) error {
	r := workflow.Refinement{Off: c.Off, Notes: c.Notes, Reason: c.Reason, Model: c.Model}
	for _, in := range []struct {
		file string
		to   *string
	}{{c.Output, &r.Output}, {c.Answers, &r.Answers}} {
		if in.file == "" {
			continue
		}
		text, err := s.readFile(in.file)
		if err != nil {
			return err
		}
		*in.to = text
	}
	return c.ask(ctx, s, "refine", func(copied bool) any { r.Copy = copied; return r })
}

type restartCmd struct {
	threadArgs
	Why   string `help:"Why: diverged, confused or muddied." enum:"diverged,confused,muddied" default:"muddied"`
	Notes string `help:"What you learnt yourself." placeholder:"TEXT"`
	Take  string `help:"Start over with the answer of this run." placeholder:"RUN" xor:"way"`
}

func (restartCmd) examples() []string {
	return []string{"plumbline restart book-club 4 --why muddied", "plumbline restart book-club 4 --take RUN"}
}

func (c *restartCmd) Run(ctx context.Context, s *session) error {
	if c.Take == "" {
		r := workflow.Restart{Why: c.Why, Notes: c.Notes, Model: c.Model}
		return c.ask(ctx, s, "restart", func(copied bool) any { r.Copy = copied; return r })
	}
	cl, err := s.connect(ctx)
	if err != nil {
		return err
	}
	var v workflow.Version
	if err := cl.call(ctx, "Work/StartOver", &v, c.Take); err != nil {
		return err
	}
	return s.print(v, func(out *printer) {
		out.line("%s is at v%d, with what the thread has taught. The next run begins a fresh one.", clean(v.Path), v.Number)
	})
}

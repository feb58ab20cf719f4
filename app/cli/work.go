package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"plumbline/backend/workflow"
)

type nextCmd struct {
	Project string `arg:"" optional:"" help:"The project; without it, one line for each."`
}

func (nextCmd) examples() []string {
	return []string{"plumbline next book-club", "plumbline next --json"}
}

func (c *nextCmd) Run(ctx context.Context, s *session) error {
	if c.Project == "" {
		cl, err := s.connect(ctx)
		if err != nil {
			return err
		}
		var all []workflow.ToDo
		if err := cl.get(ctx, data([]string{"next"}), &all); err != nil {
			return err
		}
		return s.print(all, func(out *printer) {
			for _, d := range all {
				out.line("%s  %s", out.bold(clean(d.Project)), clean(d.Text))
			}
		})
	}
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	var d workflow.ToDo
	if err := cl.call(ctx, "Work/Next", &d, o.Project.ID); err != nil {
		return err
	}
	return s.print(d, func(out *printer) { printToDo(out, d) })
}

func printToDo(out *printer, d workflow.ToDo) {
	out.line("%s", out.bold(clean(d.Text)))
	if d.Why != "" {
		out.line("  %s", clean(d.Why))
	}
	if d.Command != "" {
		out.line("  %s", out.dim(clean(d.Command)))
	}
	for i, item := range d.Due {
		if i == 0 {
			out.line("%s", out.dim("due:"))
		}
		out.line("  %s  %s", clean(item.Title), out.dim(clean(item.Why)))
	}
}

type roundCmd struct {
	gateArgs
	Begin  bool   `help:"Begin the next round. Without it, tell where the rounds stand."`
	Reason string `help:"Why to go on past the number of rounds that is advised." placeholder:"TEXT"`
}

func (roundCmd) examples() []string {
	return []string{"plumbline round shop analyse", "plumbline round shop analyse --begin"}
}

func (c *roundCmd) Run(ctx context.Context, s *session) error {
	cl, o, ph, err := s.phase(ctx, c.Project, c.Phase)
	if err != nil {
		return err
	}
	var r workflow.RoundStatus
	if c.Begin {
		err = cl.call(ctx, "Work/BeginRound", &r, o.Project.ID, ph.ID, c.Reason)
	} else {
		err = cl.call(ctx, "Work/Round", &r, o.Project.ID, ph.ID)
	}
	if err != nil {
		return err
	}
	return s.print(r, func(out *printer) { printRound(out, r) })
}

func printRound(out *printer, r workflow.RoundStatus) {
	title := fmt.Sprintf("Round %d", r.Number)
	if r.Cap > 0 {
		title += fmt.Sprintf(" of about %d", r.Cap)
	}
	out.line("%s  %s", out.bold(title), out.dim(strings.Join(r.Phases, ", ")))
	for _, found := range r.Curve {
		out.line("  %2d  %d new, %d known, %d returned", found.Round, found.NewTotal(), found.Known, found.Returned)
	}
	if r.Why != "" {
		out.line("  %s", clean(r.Why))
	}
	if r.Advice != "" {
		out.line("  %s", out.yellow(clean(r.Advice)))
	}
}

type timeCmd struct {
	Project string `arg:"" help:"The project."`
	Phase   string `arg:"" optional:"" help:"The phase whose time is changed; without it, all are listed."`
	Step    string `help:"A step of the plan instead of its whole phase." placeholder:"N"`
	Worked  string `help:"Set the time that was worked, such as 1h30m." placeholder:"TIME"`
	With    string `help:"What you expect it to take with a model." placeholder:"TIME"`
	Without string `help:"What you expect it to take without one." placeholder:"TIME"`
}

func (timeCmd) examples() []string {
	return []string{"plumbline time book-club", "plumbline time book-club spec --worked 1h30m", "plumbline time book-club build --step 4 --with 2h --without 6h"}
}

func (c *timeCmd) Run(ctx context.Context, s *session) error {
	cl, o, err := s.project(ctx, c.Project)
	if err != nil {
		return err
	}
	if c.Phase == "" {
		var rows []workflow.EffortRow
		if err := cl.get(ctx, inProject(o.Project.ID, "effort"), &rows); err != nil {
			return err
		}
		return s.print(rows, func(out *printer) { printEfforts(out, rows) })
	}
	ph, err := findPhase(o, c.Phase)
	if err != nil {
		return err
	}
	row, err := c.change(ctx, cl, o.Project.ID, ph.ID)
	if err != nil {
		return err
	}
	return s.print(row, func(out *printer) { printEfforts(out, []workflow.EffortRow{row}) })
}

// change sets what is named and returns the row of the phase or step.
func (c *timeCmd) change(ctx context.Context, cl *client, project, phase string) (row workflow.EffortRow, err error) {
	if row, err = c.row(ctx, cl, project, phase); err != nil {
		return row, err
	}
	if c.Worked != "" {
		worked, err := span(c.Worked)
		if err != nil {
			return row, err
		}
		if err := cl.call(ctx, "Work/Correct", &row, project, phase, c.Step, int(worked/time.Second)); err != nil {
			return row, err
		}
	}
	if c.With == "" && c.Without == "" {
		return row, nil
	}
	minutes := []int{row.Effort.Estimate, row.Effort.Without}
	for i, text := range []string{c.With, c.Without} {
		if text == "" {
			continue
		}
		d, err := span(text)
		if err != nil {
			return row, err
		}
		minutes[i] = int(d / time.Minute)
	}
	return row, cl.call(ctx, "Work/Estimate", &row, project, phase, c.Step, minutes[0], minutes[1])
}

// row finds what a phase or a step has cost so far.
func (c *timeCmd) row(ctx context.Context, cl *client, project, phase string) (workflow.EffortRow, error) {
	var rows []workflow.EffortRow
	if err := cl.get(ctx, inProject(project, "effort"), &rows); err != nil {
		return workflow.EffortRow{}, err
	}
	for _, r := range rows {
		if r.Effort.Phase == phase && r.Effort.Step == c.Step {
			return r, nil
		}
	}
	return workflow.EffortRow{}, nil // of a step that nothing was done for yet
}

// span reads a time as people write it: 90, 90m, 1h30m. A number alone is minutes.
func span(text string) (time.Duration, error) {
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(n) * time.Minute, nil
	}
	d, err := time.ParseDuration(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		return 0, usageError{workflow.Errorf(workflow.Invalid, "“%s” is not a time.", text).WithHint("Write it as 90m or 1h30m.")}
	}
	return d, nil
}

func printEfforts(out *printer, rows []workflow.EffortRow) {
	cells := [][]string{}
	for _, r := range rows {
		name := r.Effort.Phase
		if r.Effort.Step != "" {
			name = "  step " + r.Effort.Step
		}
		cells = append(cells, []string{name, hours(r.Worked), minutes(r.Effort.Estimate), minutes(r.Effort.Without),
			fmt.Sprint(r.Runs), fmt.Sprint(r.PromptTokens + r.AnswerTokens), hours(r.ModelMillis / 1000)})
	}
	out.table([]string{"PHASE", "WORKED", "EXPECTED", "WITHOUT AI", "RUNS", "TOKENS", "MODEL"}, cells)
}

func minutes(n int) string { return hours(n * 60) }

// hours writes seconds for people: "1 h 30 min".
func hours(seconds int) string {
	switch {
	case seconds <= 0:
		return "–"
	case seconds < 60:
		return fmt.Sprintf("%d s", seconds)
	case seconds < 3600:
		return fmt.Sprintf("%d min", seconds/60)
	}
	return fmt.Sprintf("%d h %02d min", seconds/3600, seconds/60%60)
}

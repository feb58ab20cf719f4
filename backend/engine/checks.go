package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/pattern"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	// maxOutput is how much of what a command printed is kept in records, in bytes:
	// its end, where the verdict is. The document of the check has all of it.
	maxOutput = 4 << 10
	// maxCommand is the greatest length of a command, in bytes.
	maxCommand = 1000
)

// Check keeps how a command ended that says whether a step, or the whole project,
// holds. It is evidence: a green one ticks the box of its step, and a red one takes
// such a tick back. What it printed becomes a version of a document.
func (e *Engine) Check(_ context.Context, projectID string, c workflow.CheckResult) (workflow.CheckResult, error) {
	output, err := checkOutput(&c)
	if err != nil {
		return c, err
	}
	c.By = e.person()
	err = e.change(projectID, c.By, checkMessageOf(c), func(w *write) error {
		pic, err := e.picture(w.tx, projectID)
		if err != nil {
			return err
		}
		if c.Step != "" {
			s, _, err := pic.stepOf(c.Step)
			if err != nil {
				return err
			}
			c.Step = s.Step.Number
		}
		c.At, c.Path, c.Output = w.at, workflow.CheckOutput(c.Step), tail(output, maxOutput)
		current, _, err := w.tx.Head(projectID, c.Path)
		if err != nil {
			return err
		}
		v, err := e.replace(w, current, edition{path: c.Path, body: checkPage(c, output), message: checkMessageOf(c), kind: workflow.VersionSaved, author: c.By})
		if err != nil {
			return err
		}
		c.Version = v.Number
		record := workflow.GateRecord{Phase: pic.checkedPhase(), Action: workflow.ActCheck, Path: c.Path, Check: &c}
		if err := e.keep(w, pic, record); err != nil {
			return err
		}
		if c.Step == "" {
			return nil
		}
		return e.proveStep(w, pic, c)
	})
	return c, err
}

// checkOutput brings a check result into the form it is kept in, and returns all that
// the command printed.
func checkOutput(c *workflow.CheckResult) (string, error) {
	c.Command = strings.Join(strings.Fields(strings.ToValidUTF8(c.Command, "")), " ")
	if c.Command == "" {
		c.Command = "check"
	}
	if len(c.Command) > maxCommand {
		return "", workflow.Errorf(workflow.Limit, "The command is longer than %d characters.", maxCommand).WithHint("Put it into a script, and name that.")
	}
	if c.Exit < -1 || c.Exit > 1<<16 {
		return "", workflow.Errorf(workflow.Invalid, "A command cannot end with %d.", c.Exit).WithHint("0 means that it passed.")
	}
	output := plainOutput(c.Output)
	if err := checkText("The output", output, MaxDocument, "Keep its end: that is where the verdict is."); err != nil {
		return "", err
	}
	return output, nil
}

// escapes are the sequences that colour a terminal and move about in it.
var escapes = pattern.New(`\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\-_])`)

// plainOutput takes out of what a terminal showed what only steers one.
func plainOutput(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	text = escapes.ReplaceAllString(text, "")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// tail returns the end of a text, from the beginning of a line where that is near.
func tail(text string, most int) string {
	if len(text) <= most {
		return text
	}
	from := len(text) - most
	for from < len(text) && !utf8.RuneStart(text[from]) {
		from++
	}
	if i := strings.IndexByte(text[from:], '\n'); i >= 0 && i < most/2 {
		from += i + 1
	}
	return "…\n" + text[from:]
}

func checkMessageOf(c workflow.CheckResult) string {
	what, how := "the project", "passed"
	if c.Step != "" {
		what = "step " + c.Step
	}
	if c.Exit != 0 {
		how = fmt.Sprintf("ended with %d", c.Exit)
	}
	return fmt.Sprintf("The check of %s %s", what, how)
}

// checkPage is a check as people read it.
func checkPage(c workflow.CheckResult, output string) string {
	title := "Check"
	if c.Step != "" {
		title = "Check of step " + c.Step
	}
	return fmt.Sprintf("# %s\n\n- Command: `%s`\n- Exit: %d\n- By: %s, %s\n\n%s", title, strings.ReplaceAll(c.Command, "`", "'"), c.Exit, c.By.Name, moment(c.At), fence(output))
}

// checkedPhase is the phase that a check is noted under: the one steps are built in,
// else the one the work is at.
func (pic picture) checkedPhase() string {
	if pic.plan.Phase != "" {
		return pic.plan.Phase
	}
	if p, ok := pic.workflow.Current(pic.records); ok {
		return p.ID
	}
	return pic.workflow.Phases[len(pic.workflow.Phases)-1].ID
}

// checks returns the checks of a step, or of the whole project, the newest first.
func (pic picture) checks(step string) []workflow.CheckResult {
	list := []workflow.CheckResult{}
	for _, r := range slices.Backward(pic.acts) {
		if r.Action == workflow.ActCheck && r.Check != nil && r.Check.Step == step {
			list = append(list, *r.Check)
		}
	}
	return list
}

// Checks lists the checks of a project, the newest first; a number means those of a
// step, “*” all of them, and none those of the whole project.
func (e *Engine) Checks(_ context.Context, projectID, step string) ([]workflow.CheckResult, error) {
	pic, err := e.look(projectID)
	if err != nil {
		return nil, err
	}
	if step != "*" {
		return pic.checks(step), nil
	}
	list := []workflow.CheckResult{}
	for _, r := range slices.Backward(pic.acts) {
		if r.Action == workflow.ActCheck && r.Check != nil {
			list = append(list, *r.Check)
		}
	}
	return list, nil
}

// proveStep ticks the box of a step by a green check, or takes back a tick that rests
// on a check when the newest one is red.
func (e *Engine) proveStep(w *write, pic picture, c workflow.CheckResult) error {
	s, build, err := pic.stepOf(c.Step)
	if err != nil || s.Step.Box < 0 {
		return err
	}
	byCheck := s.Tick != nil && s.Tick.Evidence != nil && s.Tick.Evidence.Kind == workflow.EvidenceCommand
	switch {
	case c.Exit != 0 && s.State == workflow.StepDone && byCheck:
		return e.markStep(w, pic, s, workflow.Tick{State: workflow.ItemOpen})
	case c.Exit != 0 || s.State == workflow.StepSkipped || s.State == workflow.StepBlocked:
		return nil
	}
	evidence, err := e.evidenceOf(w.tx, pic, s, build, c)
	if err != nil {
		return err
	}
	return e.markStep(w, pic, s, workflow.Tick{State: workflow.ItemDone, Evidence: evidence})
}

// evidenceOf is what a green check proves of a step: what it was made from counts, as
// it is now, so that the step is to be checked again when that changes.
func (e *Engine) evidenceOf(tx *store.Tx, pic picture, s workflow.PlanStep, build workflow.Phase, c workflow.CheckResult) (*workflow.Evidence, error) {
	_, part, err := e.stepText(tx, pic, s)
	if err != nil {
		return nil, err
	}
	part.Name = stepVariable
	ev := &workflow.Evidence{Kind: workflow.EvidenceCommand, Text: c.Command, Exit: c.Exit, Output: c.Output, Ref: fmt.Sprintf("%s v%d", c.Path, c.Version),
		Inputs: []workflow.Input{part}}
	t, err := e.newestThread(tx, pic, place{build.ID, s.Step.Number})
	if err != nil {
		return nil, err
	}
	last, ok := t.Newest()
	if !ok {
		return ev, nil
	}
	for _, in := range last.Inputs {
		if in.Part != "" || in.Path != specPath {
			continue
		}
		used, err := e.reading(tx, pic.project.ID).use(in.Name, in.Path, in.Part)
		if workflow.CodeOf(err) == workflow.NotFound { // it is gone: what the step was made from has changed for good
			used, err = in, nil
		}
		if err != nil {
			return nil, err
		}
		ev.Inputs = append(ev.Inputs, used)
	}
	return ev, nil
}

// markStep sets the box of a step: its mark in the plan, and the word for it.
func (e *Engine) markStep(w *write, pic picture, s workflow.PlanStep, tick workflow.Tick) error {
	current, err := head(w.tx, w.project, workflow.PlanPath)
	if err != nil {
		return err
	}
	items := pic.items[workflow.PlanPath]
	item := items[s.Step.Box]
	tick.By, tick.At = e.person(), w.at
	if _, err := putTick(w.tx, current, item.Key, tick); err != nil {
		return err
	}
	w.touch(workflow.PlanPath)
	w.touched.phases = append(w.touched.phases, pic.plan.Phase)
	if tick.State == workflow.ItemWaived {
		return nil
	}
	verb := map[workflow.ItemState]string{workflow.ItemDone: "Tick", workflow.ItemOpen: "Untick"}[tick.State]
	_, err = e.setMark(w, current, edition{path: workflow.PlanPath, kind: workflow.VersionTicked, author: tick.By, basisID: current.BasisID,
		message: fmt.Sprintf("%s “%s”", verb, markdown.Plain(item.Text, 60))}, item.Offset, tick.State == workflow.ItemDone)
	return err
}

// MarkStep settles a step by the word of a person: done, or skipped with a reason, or
// open again. Where its newest check is green, that is the evidence, unless what it was
// proved with has changed since.
func (e *Engine) MarkStep(ctx context.Context, projectID, number, state, reason string) (workflow.StepDetail, error) {
	tick := workflow.Tick{}
	var err error
	switch workflow.StepState(state) {
	case workflow.StepDone:
		tick.State = workflow.ItemDone
	case workflow.StepOpen:
		tick.State = workflow.ItemOpen
	case workflow.StepSkipped:
		tick.State = workflow.ItemWaived
		if tick.Reason, err = checkReason(reason); err != nil {
			return workflow.StepDetail{}, err
		}
	default:
		return workflow.StepDetail{}, workflow.Errorf(workflow.Invalid, "A step cannot be made “%s”.", state).WithHint("It can be done, skipped or open.")
	}
	err = e.change(projectID, e.person(), fmt.Sprintf("Step %s is %s", number, state), func(w *write) error {
		pic, err := e.picture(w.tx, projectID)
		if err != nil {
			return err
		}
		s, build, err := pic.stepOf(number)
		if err != nil {
			return err
		}
		if err := pic.markable(s, build, tick.State); err != nil {
			return err
		}
		if c := workflow.NewestCheck(pic.acts, s.Step.Number); tick.State == workflow.ItemDone && c.Green() {
			if tick.Evidence, err = e.evidenceOf(w.tx, pic, s, build, c); err != nil {
				return err
			}
			if s.Item == workflow.ItemRecheck && s.Tick != nil && !c.At.After(s.Tick.At) { // it knows nothing of what has changed
				tick.Evidence = &workflow.Evidence{Kind: workflow.EvidenceSentence, Text: lookedAgain, Inputs: tick.Evidence.Inputs}
			}
		}
		return e.markStep(w, pic, s, tick)
	})
	if err != nil {
		return workflow.StepDetail{}, err
	}
	return e.Step(ctx, projectID, number)
}

// lookedAgain is the evidence of a person who ticks a step again without a new check.
const lookedAgain = "Looked at again after what it was proved with had changed."

// markable returns an error when the box of a step cannot be set so now.
func (pic picture) markable(s workflow.PlanStep, build workflow.Phase, to workflow.ItemState) error {
	switch {
	case s.Step.Box < 0:
		return workflow.Errorf(workflow.Invalid, "Step %s has no box in the plan.", s.Step.Number).WithHint("Put “- [ ]” in front of it in %s.", workflow.PlanPath)
	case to == workflow.ItemDone && s.State == workflow.StepBlocked:
		return workflow.Errorf(workflow.Conflict, "Step %s waits for step %s.", s.Step.Number, workflow.JoinAnd(s.Waits)).
			WithHint("Settle that first, or change what it depends on in %s.", workflow.PlanPath)
	case to == workflow.ItemDone && !workflow.NewestCheck(pic.acts, s.Step.Number).At.IsZero() && !workflow.NewestCheck(pic.acts, s.Step.Number).Green():
		return workflow.Errorf(workflow.Conflict, "The newest check of step %s is red.", s.Step.Number).
			WithHint("Refine it and check again, or skip the step with a reason.")
	}
	return pic.reached(build)
}

package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// The prompts that work on a thread.
const (
	refinePrompt  = "refine"
	restartPrompt = "restart"
)

// Refine asks for another answer in the thread of a run: with what is off, or, where
// the model has asked questions, with their answers. A thread that was refined
// often enough needs a reason, which is kept.
func (e *Engine) Refine(ctx context.Context, runID string, r workflow.Refinement) (workflow.Run, error) {
	if r.Answers != "" {
		return e.begin(ctx, func() (order, error) { return e.answerOrder(runID, r.Answers) }, e.modelFor(runID, r.Model), r.Copy)
	}
	make := func() (order, error) {
		o, t, err := e.refineOrder(runID, r)
		if err == nil {
			err = o.complete()
		}
		if err != nil || !t.Full {
			return o, err
		}
		return o, e.override(o, t, r.Reason)
	}
	return e.begin(ctx, make, e.modelFor(runID, r.Model), r.Copy)
}

// modelFor is the model that was asked for, else the one the thread ran on.
func (e *Engine) modelFor(runID, model string) string {
	if r, err := e.record(runID); err == nil && model == "" {
		return localModel(r)
	}
	return model
}

// override keeps why a thread is refined once more than is advised.
func (e *Engine) override(o order, t workflow.Thread, reason string) error {
	reason, err := checkReason(reason)
	if err != nil {
		return err
	}
	return e.change(t.ProjectID, e.person(), "Refine once more than is advised", func(w *write) error {
		return e.keep(w, o.pic, workflow.GateRecord{Phase: t.Phase, Action: workflow.ActOverride, Reason: reason, Thread: t.ID})
	})
}

// openThread returns the thread of a run, and its newest answer, if it can be gone on with.
func (e *Engine) openThread(tx *store.Tx, runID string) (pic picture, t workflow.Thread, last workflow.Run, err error) {
	r, err := tx.Run(runID)
	if err != nil {
		return pic, t, last, err
	}
	if pic, err = e.picture(tx, r.ProjectID); err != nil {
		return pic, t, last, err
	}
	first, err := e.threads.first(tx, r.ProjectID, runID)
	if err != nil {
		return pic, t, last, err
	}
	if t, err = e.threadOf(tx, pic, first); err != nil {
		return pic, t, last, err
	}
	for _, one := range t.Runs {
		if !one.State.Ended() && one.State != workflow.RunWaiting {
			return pic, t, last, workflow.Errorf(workflow.Conflict, "A run of this thread is still writing.").WithHint("Wait for it, or stop it.")
		}
	}
	last, answered := t.Newest()
	switch {
	case t.Phase == "":
		err = workflow.Errorf(workflow.Invalid, "This run belongs to no phase, so there is no thread to go on with.").
			WithHint("Run its prompt again, or make the next prompt of its answer.")
	case t.Over:
		err = workflow.Errorf(workflow.Conflict, "This thread was started over. It stays as it is.").
			WithHint("Go on in the fresh one: run the prompt again.")
	case !answered:
		err = workflow.Errorf(workflow.Conflict, "There is no answer yet that could be corrected.").WithHint("Run the prompt first.")
	}
	return pic, t, last, err
}

// refineOrder assembles the prompt that corrects the newest answer of a thread.
func (e *Engine) refineOrder(runID string, r workflow.Refinement) (order, workflow.Thread, error) {
	out := order{kind: workflow.RunRefine}
	var t workflow.Thread
	err := e.store.View(func(tx *store.Tx) error {
		var last workflow.Run
		var err error
		if out.pic, t, last, err = e.openThread(tx, runID); err != nil {
			return err
		}
		answered := e.withoutWaiting(out.pic, t)
		if r.Copy { // it takes the place of one that waits
			t = answered
		}
		if t.Full && !answered.Full && blank(r.Reason) {
			return workflow.Errorf(workflow.Limit, "The last refinement was copied, and waits for its answer.").
				WithHint("Paste its answer first, or stop waiting for it. One more needs a reason of at least %d characters.", workflow.MinReason)
		}
		if t.Full && blank(r.Reason) {
			return workflow.Errorf(workflow.Limit, "This thread was refined %d times, and %d are advised.", t.Refinements, t.Limit).
				WithHint("Start over with a better specification: plumbline restart. Or go on with a reason of at least %d characters.", workflow.MinReason)
		}
		out.phase, out.output = out.pic.refinePhase(t)
		out.parent, out.step = last.ID, t.Step
		if err := out.pic.startable(out.phase); err != nil {
			return err
		}
		out.prompt, err = e.assembleRefine(tx, out.pic, t, r)
		return err
	})
	return out.ready(), t, err
}

// withoutWaiting judges a thread without the refinement that was copied and not
// answered: one that is copied now takes its place.
func (e *Engine) withoutWaiting(pic picture, t workflow.Thread) workflow.Thread {
	s := e.currentSettings()
	runs := slices.DeleteFunc(slices.Clone(t.Runs), func(r workflow.Run) bool {
		return r.Kind == workflow.RunRefine && r.State == workflow.RunWaiting
	})
	judged := workflow.JudgeThread(runs, pic.acts, s.RefinementLimit(), s.RefinementWarning())
	judged.Title, judged.Over, judged.Next, judged.Questions = t.Title, t.Over, t.Next, t.Questions
	return judged
}

// refinePhase returns the phase that refinements of a thread are part of, and the
// document of the next one: a phase of its own where the workflow has one.
func (pic picture) refinePhase(t workflow.Thread) (workflow.Phase, string) {
	for _, p := range pic.workflow.Phases {
		if p.Prompt == refinePrompt && t.Step == "" {
			return p, p.Output
		}
	}
	p, _ := pic.workflow.Phase(t.Phase)
	return p, workflow.RefinedOutput(t.Runs[0].Output, t.Refinements+1)
}

// assembleRefine fills the prompt that corrects.
func (e *Engine) assembleRefine(tx *store.Tx, pic picture, t workflow.Thread, r workflow.Refinement) (assembled, error) {
	task, part, err := e.taskOf(tx, pic, t)
	if err != nil {
		return assembled{}, err
	}
	change, err := answersOf(tx, t)
	if err != nil {
		return assembled{}, err
	}
	p, _ := pic.workflow.Phase(t.Phase)
	typed, err := e.typedFor(tx, pic, p, t.Step)
	if err != nil {
		return assembled{}, err
	}
	output := r.Output
	if check := workflow.NewestCheck(pic.acts, t.Step); blank(output) && !check.At.IsZero() && !check.Green() {
		output = fmt.Sprintf("$ %s\n%s\n(ended with %d)", check.Command, check.Output, check.Exit)
	}
	computed := map[string]string{stepVariable: task, "diff": change, "off": strings.Join(r.Off, "\n"), "output": output, "notes": r.Notes}
	if r.Files != "" {
		computed["files"] = r.Files
	}
	a, err := e.assembleWith(tx, pic, refinePrompt, typed, computed, nil)
	if err == nil {
		a.ofPart(part)
	}
	return a, err
}

// taskOf returns what a thread is about: its step, or the document that its first run
// was made from.
func (e *Engine) taskOf(tx *store.Tx, pic picture, t workflow.Thread) (string, []workflow.Input, error) {
	if t.Step != "" {
		s, _, err := pic.stepOf(t.Step)
		if err != nil {
			return "", nil, err
		}
		return e.stepTask(tx, pic, s)
	}
	for _, in := range t.Runs[0].Inputs {
		v, ok, err := tx.Head(pic.project.ID, in.Path)
		if err != nil {
			return "", nil, err
		}
		if !ok {
			continue
		}
		body, err := headBody(tx, v)
		return body, []workflow.Input{{Name: stepVariable, Path: v.Path, Version: v.Number, Hash: v.BasisHash}}, err
	}
	sent, err := tx.RunText(t.Runs[0].ID, "prompt")
	return sent, nil, err
}

// answersOf joins the answers of a thread that count: one that was repaired or
// continued is left out, as the later one holds it.
func answersOf(tx *store.Tx, t workflow.Thread) (string, error) {
	var b strings.Builder
	n := 0
	for _, r := range counted(t) {
		answer, err := tx.RunText(r.ID, "answer")
		if err != nil {
			return "", err
		}
		if r.Kind == workflow.RunRefine {
			n++
			fmt.Fprintf(&b, "\n\n--- Refinement %d: the files that it changed ---\n\n", n)
		}
		b.WriteString(strings.TrimSpace(answer))
	}
	return b.String(), nil
}

// counted are the runs of a thread whose answers stand for what was built.
func counted(t workflow.Thread) []workflow.Run {
	list := []workflow.Run{}
	for _, r := range t.Runs {
		if r.State != workflow.RunSucceeded || r.Kind == workflow.RunRestart {
			continue
		}
		if r.Completes() || r.Kind == workflow.RunAnswer { // it answers in the place of that one
			list = slices.DeleteFunc(list, func(old workflow.Run) bool { return old.ID == r.ParentID })
		}
		list = append(list, r)
	}
	return list
}

// answerOrder sends a prompt again, with the answers to the questions that came back.
func (e *Engine) answerOrder(runID, answers string) (order, error) {
	out := order{kind: workflow.RunAnswer}
	if err := checkText("The answers", answers, MaxVariable, "Answer shorter, or put the details into a document."); err != nil {
		return out, err
	}
	err := e.store.View(func(tx *store.Tx) error {
		pic, t, last, err := e.openThread(tx, runID)
		if err != nil {
			return err
		}
		if len(t.Questions) == 0 {
			return workflow.Errorf(workflow.Conflict, "The newest answer asks nothing.").WithHint("Refine it, or review it as it is.")
		}
		sent, err := tx.RunText(last.ID, "prompt")
		if err != nil {
			return err
		}
		out.pic, out.parent, out.step, out.output = pic, last.ID, last.Step, last.Output
		if out.phase, err = pic.phaseOf(last); err != nil {
			return err
		}
		if err := pic.startable(out.phase); err != nil {
			return err
		}
		pr, _ := e.lib().Prompt(last.PromptID)
		out.prompt = answered(pr, last, sent, t.Questions, answers)
		return nil
	})
	out = out.ready()
	out.contract = out.prompt.prompt.Contract
	return out, err
}

// answered is a prompt as it was sent, with answers to the questions that it brought.
func answered(pr prompt.Prompt, last workflow.Run, sent string, questions []string, answers string) assembled {
	a := assembled{prompt: pr, inputs: last.Inputs, typed: last.Variables, missing: []string{},
		variables: []workflow.FilledVariable{{Variable: workflow.Variable{Name: answerPart, Label: "Your answers"}, From: "user"}}}
	a.prompt.ID, a.prompt.Revision = last.PromptID, last.PromptRevision
	head := sent + "\n\n# Answers to your questions\n\nYou asked: " + strings.Join(questions, " ") + "\n\n"
	a.rendered.Text = head + strings.TrimSpace(answers) + "\n"
	a.rendered.Parts = []prompt.Part{{Start: 0, End: len(head)}, {Name: answerPart, Start: len(head), End: len(a.rendered.Text)}}
	return a
}

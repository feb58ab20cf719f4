package engine

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"plumbline/backend/llm"
	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// goOn asks for the rest of an answer.
const goOn = "Your answer above broke off. Go on exactly where it ends: do not repeat anything, do not comment, and keep the same form to the end."

// repairPrompt is the id of the prompt that asks for what an answer lacks.
const repairPrompt = "contract-repair"

// ContinueRun goes on where an unfinished, stopped or interrupted answer broke
// off. The new run's answer is the old one with what follows.
func (e *Engine) ContinueRun(ctx context.Context, runID, model string) (workflow.Run, error) {
	d, o, err := e.follow(ctx, runID, workflow.RunContinue)
	if err != nil {
		return workflow.Run{}, err
	}
	if blank(d.Answer) {
		return workflow.Run{}, workflow.Errorf(workflow.Conflict, "Nothing was written that could be continued.").WithHint("Run it again.")
	}
	if d.Run.Whole() {
		return workflow.Run{}, workflow.Errorf(workflow.Conflict, "The answer is finished.").WithHint("Review it, or run the prompt again.")
	}
	first, err := e.thread(ctx, d)
	if err != nil {
		return workflow.Run{}, err
	}
	o.prefix = d.Answer
	o.messages = []llm.Message{
		{Role: llm.RoleUser, Content: first.Prompt},
		{Role: llm.RoleAssistant, Content: d.Answer},
		{Role: llm.RoleUser, Content: goOn},
	}
	o.sent, o.prompt.rendered.Parts = transcript(o.messages)
	o.prompt.rendered.Text = o.sent
	o.prompt.variables = []workflow.FilledVariable{{Variable: workflow.Variable{Name: answerPart, Label: "Answer so far"}, From: "user"}}
	// The prompt is the one that was sent then, whatever the library holds by now.
	o.prompt.prompt, _ = e.lib().Prompt(d.Run.PromptID)
	o.contract = e.contractOf(d.Run, o.prompt.prompt)
	o.prompt.prompt.ID, o.prompt.prompt.Revision = d.Run.PromptID, d.Run.PromptRevision
	return e.start(ctx, o, cmp.Or(model, localModel(d.Run)))
}

// answerPart names the part of a prompt that is the answer so far.
const answerPart = "answer"

// thread returns the run that began an answer: what continues it was sent the
// same prompt again.
func (e *Engine) thread(ctx context.Context, d workflow.RunDetail) (first workflow.RunDetail, err error) {
	for first = d; first.Run.Kind == workflow.RunContinue; {
		if first, err = e.Run(ctx, first.Run.ParentID); err != nil {
			return first, err
		}
	}
	return first, nil
}

// transcript writes the turns of a conversation as one text, for the record, and
// says where the answer so far stands in it.
func transcript(messages []llm.Message) (string, []prompt.Part) {
	var b strings.Builder
	parts := []prompt.Part{}
	for i, m := range messages {
		if i > 0 {
			fmt.Fprintf(&b, "\n\n--- %s ---\n\n", m.Role)
		}
		name := ""
		if m.Role == llm.RoleAssistant {
			name = answerPart
		}
		from := b.Len()
		b.WriteString(m.Content)
		parts = append(parts, prompt.Part{Name: name, Start: from, End: b.Len()})
	}
	return b.String(), parts
}

// RepairRun asks the model for the whole answer again, with what it lacks of its contract.
func (e *Engine) RepairRun(ctx context.Context, runID, model string) (workflow.Run, error) {
	d, o, err := e.follow(ctx, runID, workflow.RunRepair)
	if err != nil {
		return workflow.Run{}, err
	}
	if len(d.Run.Missing) == 0 {
		return workflow.Run{}, workflow.Errorf(workflow.Conflict, "The answer lacks nothing.").WithHint("Review it.")
	}
	repair, ok := e.lib().Prompt(repairPrompt)
	if !ok {
		return workflow.Run{}, workflow.Errorf(workflow.NotFound, "The prompt “%s” is not in the library.", repairPrompt).
			WithHint("Put its file back, or run the prompt again.")
	}
	first, _ := e.lib().Prompt(d.Run.PromptID)
	o.contract = e.contractOf(d.Run, first)
	o.prompt.prompt = repair
	o.prompt.values = map[string]string{"answer": d.Answer, "missing": "- " + strings.Join(d.Run.Missing, "\n- "), "contract": contractText(o.contract)}
	for _, v := range repair.Variables {
		o.prompt.variables = append(o.prompt.variables, workflow.FilledVariable{Variable: v, From: "user"})
	}
	if o.prompt.rendered, err = repair.Render(o.prompt.values); err != nil {
		return workflow.Run{}, err
	}
	o.sent = o.prompt.rendered.Text
	o.messages = []llm.Message{{Role: llm.RoleUser, Content: o.sent}}
	return e.start(ctx, o, cmp.Or(model, localModel(d.Run)))
}

// follow begins the order of a run that rests on an earlier one and keeps its inputs.
func (e *Engine) follow(ctx context.Context, runID string, kind workflow.RunKind) (workflow.RunDetail, order, error) {
	o := order{kind: kind, parent: runID}
	d, err := e.Run(ctx, runID)
	if err != nil {
		return d, o, err
	}
	switch {
	case !d.Run.State.Ended():
		return d, o, workflow.Errorf(workflow.Conflict, "The run has not ended yet.").WithHint("Wait for it, or stop it.")
	case d.Run.Cut: // whatever is made of it would look as if the whole prompt stood behind it
		return d, o, workflow.Errorf(workflow.Conflict, "The model did not see the whole prompt, so its answer cannot be built on.").
			WithHint("Run it again on a model with a larger window, or leave out an input.")
	}
	err = e.store.View(func(tx *store.Tx) (err error) {
		if o.pic, err = e.picture(tx, d.Run.ProjectID); err != nil {
			return err
		}
		if o.phase, err = o.pic.phaseOf(d.Run); err != nil {
			return err
		}
		return o.pic.startable(o.phase)
	})
	o.prompt.inputs, o.prompt.typed = d.Run.Inputs, d.Run.Variables
	o.step, o.output = d.Run.Step, d.Run.Output
	return d, o, err
}

// contractOf returns the contract that a run's answer is held against: for a
// repair, that of the prompt it repairs the answer of.
func (e *Engine) contractOf(r workflow.Run, pr prompt.Prompt) workflow.Contract {
	if pr.ID != repairPrompt {
		return pr.Contract
	}
	if first, ok := e.firstOf(r); ok {
		p, _ := e.lib().Prompt(first.PromptID)
		return p.Contract
	}
	return workflow.Contract{}
}

// firstOf returns the run whose prompt an answer completes.
func (e *Engine) firstOf(r workflow.Run) (workflow.Run, bool) {
	for r.Completes() {
		parent, err := e.record(r.ParentID)
		if err != nil {
			return r, false
		}
		r = parent
	}
	return r, true
}

// localModel is the model of a run that ran here; a pasted answer has none.
func localModel(r workflow.Run) string {
	if r.Provider == workflow.ProviderPaste {
		return ""
	}
	return r.Model
}

// contractText writes a contract as a list for a model.
func contractText(c workflow.Contract) string {
	var b strings.Builder
	for _, s := range c.Sections {
		fmt.Fprintf(&b, "- A section “%s”", s.Title)
		if s.Tasks > 0 {
			fmt.Fprintf(&b, " with at least %d task boxes (`- [ ]`)", s.Tasks)
		}
		switch {
		case s.Items > 0 && s.Prefix != "":
			fmt.Fprintf(&b, " with at least %d items that begin with %s1, %s2 and so on", s.Items, s.Prefix, s.Prefix)
		case s.Items > 0:
			fmt.Fprintf(&b, " with at least %d list items", s.Items)
		}
		b.WriteString("\n")
	}
	if c.Phrase != "" {
		fmt.Fprintf(&b, "- If there is nothing to report, the line “%s” alone\n", c.Phrase)
	}
	return b.String()
}

package engine

import (
	"context"
	"strings"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// CopyRun records the prompt of a phase as copied and waits for the pasted
// answer. Copying the same text again goes on with the same run.
func (e *Engine) CopyRun(_ context.Context, projectID, phase string) (workflow.Run, error) {
	o, err := e.order(projectID, phase)
	if err != nil {
		return workflow.Run{}, err
	}
	r := e.newRun(o)
	if waiting, ok := o.pic.active[o.phase.ID]; ok && waiting.PromptHash == r.PromptHash {
		return waiting, nil
	}
	r.State, r.Provider = workflow.RunWaiting, workflow.ProviderPaste
	r.Context = e.plan(o.prompt, workflow.ModelInfo{})
	r.StartedAt = e.opt.Now().UTC()
	return r, e.recordRun(&r, o.sent)
}

// PasteAnswer ends a run that waits for a paste with its answer. It is checked
// first: not the prompt itself, not empty, contract met, looks whole. The last
// two are doubts that a person may overrule with Anyway.
func (e *Engine) PasteAnswer(ctx context.Context, runID string, a workflow.PastedAnswer) (workflow.Run, error) {
	d, err := e.Run(ctx, runID)
	if err != nil {
		return workflow.Run{}, err
	}
	r := d.Run
	if r.State != workflow.RunWaiting {
		return r, workflow.Errorf(workflow.Conflict, "This run does not wait for an answer: it is %s.", r.State).
			WithHint("Copy the prompt again, then paste its answer.")
	}
	text, err := checkPaste(a.Text, d.Prompt)
	if err != nil {
		return r, err
	}
	thinking, answer := markdown.SplitThinking(text)
	pr, _ := e.library.Prompt(r.PromptID)
	r.Model = strings.TrimSpace(a.Model)
	if len(r.Model) > workflow.MaxName {
		return r, workflow.Errorf(workflow.Invalid, "The name of the model is too long.")
	}
	r.State = workflow.RunSucceeded
	judgeAnswer(&r, pr.Contract, answer)
	if err := doubt(r, answer); err != nil && !a.Anyway {
		return d.Run, err
	}
	r.Unfinished = !workflow.LooksWhole(answer)
	return r, e.finish(&r, outcome{answer: answer, thinking: thinking})
}

func checkPaste(text, prompt string) (string, error) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	switch {
	case len(text) > MaxDocument:
		return "", workflow.Errorf(workflow.Limit, "The pasted text is %s long. At most %s fit.", size(len(text)), size(MaxDocument)).
			WithHint("Paste the answer alone.")
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return "", workflow.Errorf(workflow.Invalid, "What was pasted is not text.").WithHint("Copy the answer as text or Markdown.")
	case blank(text):
		return "", workflow.Errorf(workflow.Invalid, "There is nothing to take: the pasted text is empty.").
			WithHint("Copy the whole answer, then paste it here.")
	case workflow.LooksLikePrompt(text, prompt):
		return "", workflow.Errorf(workflow.Invalid, "That is the prompt itself, not an answer to it.").
			WithHint("Send the prompt to the chat, wait for its answer, and copy that.")
	}
	return text, nil
}

// doubt says what speaks against a pasted answer, as a Conflict that can be overruled.
func doubt(r workflow.Run, answer string) error {
	switch {
	case r.State != workflow.RunSucceeded:
		return workflow.Errorf(workflow.Invalid, "The answer holds nothing but thinking.").WithHint("Copy the answer itself.")
	case !workflow.LooksWhole(answer):
		return workflow.Errorf(workflow.Conflict, "The answer looks cut off at its end.").
			WithHint("Copy it whole, or take it anyway and mark it as unfinished.")
	case len(r.Missing) > 0:
		return workflow.Errorf(workflow.Conflict, "The answer does not hold what was asked for. %s", strings.Join(r.Missing, " ")).
			WithHint("Ask the chat for what is missing, or take it anyway.")
	}
	return nil
}

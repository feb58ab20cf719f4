package engine

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// CopyRun records the prompt of a phase as copied and waits for the pasted
// answer. Copying the same text again goes on with the same run; another text
// takes its place.
func (e *Engine) CopyRun(_ context.Context, projectID, phase string) (workflow.Run, error) {
	e.copying.Lock() // two copies at once would both wait
	defer e.copying.Unlock()
	o, err := e.order(projectID, phase)
	if err != nil {
		return workflow.Run{}, err
	}
	return e.copyOrder(o)
}

// copyOrder records an order as copied. A run of the same prompt that waits already
// is gone on with, or gives way when its text is another one. copying must be held.
func (e *Engine) copyOrder(o order) (workflow.Run, error) {
	r := e.newRun(o)
	for _, old := range o.pic.waiting {
		if old.Phase != r.Phase || old.Step != r.Step || old.PromptID != r.PromptID || old.PromptPath != r.PromptPath {
			continue
		}
		if old.PromptHash == r.PromptHash {
			return old, nil
		}
		old.State = workflow.RunCanceled
		if err := e.finish(&old, outcome{}); err != nil && workflow.CodeOf(err) != workflow.Conflict { // answered meanwhile
			return workflow.Run{}, err
		}
	}
	r.State, r.Provider = workflow.RunWaiting, workflow.ProviderPaste
	r.Context = e.plan(o.prompt, workflow.ModelInfo{}, scale{ratio: 1})
	if err := e.recordRun(&r, o.sent); err != nil {
		return workflow.Run{}, err
	}
	return r, nil
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
	if r.Model, err = checkSource(a.Model); err != nil {
		return d.Run, err
	}
	text, err := checkPaste(a.Text, d.Prompt)
	if err != nil {
		return d.Run, err
	}
	thinking, answer := markdown.SplitThinking(text)
	if blank(answer) {
		return d.Run, workflow.Errorf(workflow.Invalid, "The answer holds nothing but thinking.").WithHint("Copy the answer itself.")
	}
	pr, _ := e.lib().Prompt(r.PromptID) // one that is gone asks for nothing
	r.State, r.Unfinished = workflow.RunSucceeded, !workflow.LooksWhole(answer)
	judgeAnswer(&r, pr.Contract, answer)
	if err := doubt(r); err != nil && !a.Anyway {
		return d.Run, err
	}
	if err := e.finish(&r, outcome{answer: answer, thinking: thinking}); err != nil {
		return d.Run, err
	}
	return r, nil
}

// checkSource returns where an answer came from, in the form of a name.
func checkSource(name string) (string, error) {
	name = strings.Join(strings.Fields(strings.ToValidUTF8(name, "")), " ")
	if utf8.RuneCountInString(name) > workflow.MaxName || strings.ContainsFunc(name, unicode.IsControl) {
		return "", workflow.Errorf(workflow.Invalid, "The name of the model cannot be used: at most %d characters that can be shown fit.", workflow.MaxName).
			WithHint("A word or two is enough, or leave it out.")
	}
	return name, nil
}

func checkPaste(text, prompt string) (string, error) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	if err := checkText("The pasted text", text, MaxDocument, "Paste the answer alone."); err != nil {
		return "", err
	}
	switch {
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
func doubt(r workflow.Run) error {
	switch {
	case r.Unfinished:
		return workflow.Errorf(workflow.Conflict, "The answer looks cut off at its end.").
			WithHint("Copy it whole, or take it anyway and mark it as unfinished.")
	case len(r.Missing) > 0:
		return workflow.Errorf(workflow.Conflict, "The answer does not hold what was asked for. %s", strings.Join(r.Missing, " ")).
			WithHint("Ask the chat for what is missing, or take it anyway.")
	}
	return nil
}

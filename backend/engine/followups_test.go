package engine

import (
	"strings"
	"testing"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

// TestContinueAgain continues an answer twice: each time the model gets the
// first prompt and all that it has written, once.
func TestContinueAgain(t *testing.T) {
	third := len(requestAnswer) / 3
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		if len(req.Messages) == 1 {
			return llmtest.Answer{Text: requestAnswer[:third], DoneReason: llm.DoneLength}
		}
		so := len(req.Messages[1].Content)
		if so == third {
			return llmtest.Answer{Text: requestAnswer[third : 2*third], DoneReason: llm.DoneLength}
		}
		return llmtest.Answer{Text: requestAnswer[so:]}
	})
	p := b.project("Tide table")
	first := b.run(p, "request")
	second := b.ended(try(b.ContinueRun(b.ctx, first.Run.ID, ""))(t).ID)
	last := b.ended(try(b.ContinueRun(b.ctx, second.Run.ID, ""))(t).ID)
	if last.Answer != requestAnswer || !last.Run.Whole() || last.Run.ParentID != second.Run.ID {
		t.Errorf("%+v\n%q", last.Run, last.Answer)
	}
	sent := b.client.Requests()[2].Messages
	if len(sent) != 3 || sent[0].Content != first.Prompt || sent[1].Content != second.Answer || sent[2].Content != goOn {
		t.Errorf("sent: %+v", sent)
	}
	for _, m := range sent {
		if strings.Count(last.Prompt, m.Content) != 1 {
			t.Errorf("the record of what was sent does not hold this once:\n%s", m.Content)
		}
	}
	if last.Run.PromptID != first.Run.PromptID || last.Run.PromptRevision != first.Run.PromptRevision || last.Run.PromptHash != workflow.Hash(last.Prompt) {
		t.Errorf("prompt: %+v", last.Run)
	}
	plan := last.Run.Context
	if len(plan.Parts) != 2 || plan.Parts[1].Label != "Answer so far" || plan.Parts[1].Bytes != len(second.Answer) ||
		plan.Parts[0].Bytes != len(first.Prompt)+len(goOn) {
		t.Errorf("the plan counts the prompt, the answer and the request to go on: %+v", plan.Parts)
	}
	if len(last.Run.Inputs) == 0 || last.Run.Inputs[0] != first.Run.Inputs[0] {
		t.Errorf("inputs: %+v", last.Run.Inputs)
	}
}

// TestNothingIsBuiltOnACutPrompt: an answer whose model did not see the whole
// prompt must not be washed by continuing or repairing it.
func TestNothingIsBuiltOnACutPrompt(t *testing.T) {
	tokens := 0
	b := newBench(t, func(llm.Request) llmtest.Answer {
		return llmtest.Answer{Text: "# Request\n\nToo short.\n", PromptTokens: tokens, DoneReason: llm.DoneLength}
	})
	p := b.project("Tide table")
	tokens = b.run(p, "request").Run.PromptTokens / 3
	cut := b.run(p, "request").Run
	if !cut.Cut {
		t.Fatalf("%+v", cut)
	}
	_, err := b.ContinueRun(b.ctx, cut.ID, "")
	wantCode(t, err, workflow.Conflict)
	_, err = b.RepairRun(b.ctx, cut.ID, "")
	wantCode(t, err, workflow.Conflict)
}

func TestWhatCannotBeFollowedUp(t *testing.T) {
	answer, gate := gated(requestAnswer)
	b := newBench(t, answer)
	p := b.project("Tide table")
	r := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	_, err := b.ContinueRun(b.ctx, r.ID, "")
	wantCode(t, err, workflow.Conflict)
	try(b.CancelRun(b.ctx, r.ID))(t)
	_, err = b.ContinueRun(b.ctx, r.ID, "") // nothing was written
	wantCode(t, err, workflow.Conflict)
	close(gate)
	whole := b.run(p, "request").Run.ID
	_, err = b.ContinueRun(b.ctx, whole, "")
	wantCode(t, err, workflow.Conflict)
	_, err = b.RepairRun(b.ctx, whole, "")
	wantCode(t, err, workflow.Conflict)
	_, err = b.ContinueRun(b.ctx, "nobody", "")
	if workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("%v", err)
	}
}

// TestTooLongAnAnswerToContinue names the answer, which a person can do
// something about, rather than the text of the prompt.
func TestTooLongAnAnswerToContinue(t *testing.T) {
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		return llmtest.Answer{Text: strings.Repeat("The tide rises. ", 2500), ChunkSize: 1000, DoneReason: llm.DoneLength}
	})
	p := b.project("Tide table")
	d := b.run(p, "request")
	b.client.SetModels(workflow.ModelInfo{Name: llmtest.ScriptedModel, ContextLength: 8192})
	_, err := b.ContinueRun(b.ctx, d.Run.ID, "")
	wantCode(t, err, workflow.Limit)
	if hint := workflow.Describe(err).Hint; !strings.Contains(hint, "Answer so far") {
		t.Errorf("hint: %s", hint)
	}
}

// TestPastedAnswerCanBeContinuedHere takes the default model for what a chat began.
func TestPastedAnswerCanBeContinuedHere(t *testing.T) {
	half := len(requestAnswer) / 2
	b := newBench(t, func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: requestAnswer[half:]} })
	p := b.project("Tide table")
	r := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	try(b.PasteAnswer(b.ctx, r.ID, workflow.PastedAnswer{Text: requestAnswer[:half] + "\n```go\nfunc main() {", Anyway: true, Model: "Some chat"}))(t)
	d := b.ended(try(b.ContinueRun(b.ctx, r.ID, ""))(t).ID)
	if d.Run.Model != llmtest.ScriptedModel || d.Run.State != workflow.RunSucceeded {
		t.Errorf("%+v", d.Run)
	}
}

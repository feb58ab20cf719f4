package engine

import (
	"testing"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

func (b *bench) calibrate(ratio float64) {
	b.t.Helper()
	if err := b.store.Update(func(tx *store.Tx) error { return tx.PutCalibration(llmtest.ScriptedModel, ratio) }); err != nil {
		b.t.Fatal(err)
	}
}

// TestARunIsJudgedByWhatItWasPlannedBy lets the calibration change while a run
// waits: neither is it found cut for that, nor does it teach a wrong ratio.
func TestARunIsJudgedByWhatItWasPlannedBy(t *testing.T) {
	answer, gate := gated(requestAnswer)
	b := newBench(t, answer)
	p := b.project("Tide table")
	r := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	b.calibrate(2)
	close(gate)
	d := b.ended(r.ID)
	if d.Run.Cut {
		t.Error("it was planned before the model was calibrated")
	}
	seen := float64(d.Run.PromptTokens) / float64(d.Run.Context.Prompt)
	want := 0.7*2 + 0.3*seen
	if got := b.scaleOf(llmtest.ScriptedModel); got.ratio < want-0.01 || got.ratio > want+0.01 {
		t.Errorf("ratio %.3f, want %.3f", got.ratio, want)
	}
}

// TestACountThatCannotBeIsNotBelieved: a ratio near nothing would ask for
// windows that no prompt fits into, for ever.
func TestACountThatCannotBeIsNotBelieved(t *testing.T) {
	b := newBench(t, func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: requestAnswer, PromptTokens: 3} })
	p := b.project("Tide table")
	first := b.run(p, "request").Run
	if got := b.scaleOf(llmtest.ScriptedModel); got.ratio != leastRatio {
		t.Errorf("ratio %v", got.ratio)
	}
	if again := b.run(p, "request").Run; 2*again.Context.Prompt < first.Context.Prompt-1 {
		t.Errorf("planned %d tokens, before %d", again.Context.Prompt, first.Context.Prompt)
	}
}

// TestARefusedPromptAsksForMoreNextTime: the model counts more tokens than were
// estimated, and refuses. The way out is to run it again.
func TestARefusedPromptAsksForMoreNextTime(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.calibrate(leastRatio) // much too low
	big := ""
	for range 2000 {
		big += "tides rise and fall "
	}
	if err := b.SetVariables(b.ctx, p.ID, "request", map[string]string{"answers": big}); err != nil {
		t.Fatal(err)
	}
	refused := b.run(p, "request").Run
	if refused.State != workflow.RunFailed || refused.Error.Code != workflow.Limit {
		t.Fatalf("%s %+v", refused.State, refused.Error)
	}
	again := b.run(p, "request").Run
	if again.State != workflow.RunSucceeded || again.Context.Window <= refused.Context.Window {
		t.Errorf("%s: window %d, before %d", again.State, again.Context.Window, refused.Context.Window)
	}
}

// TestTheWindowIsKeptWithoutACount: a provider that counts nothing loads the
// model with the window all the same.
func TestTheWindowIsKeptWithoutACount(t *testing.T) {
	b := newBench(t, func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: requestAnswer, NoUsage: true} })
	p := b.project("Tide table")
	r := b.run(p, "request").Run
	if n := b.usedWindow(llmtest.ScriptedModel); n != r.Parameters.NumCtx || n == 0 {
		t.Errorf("window %d, want %d", n, r.Parameters.NumCtx)
	}
	if got := b.scaleOf(llmtest.ScriptedModel); got.known || r.Cut {
		t.Errorf("nothing was counted: %+v", got)
	}
}

func TestAModelOfUnknownSizeIsNamedWithItsLimit(t *testing.T) {
	b := newBench(t, specOrRequest)
	info := workflow.ModelInfo{Name: "vast"}
	var a assembled
	a.prompt.Reserve = 200_000
	plan := b.plan(a, info, scale{ratio: 1})
	if err := tooLong(plan, info); plan.Fits || workflow.CodeOf(err) != workflow.Limit || err.Error() == "" || plan.Window != ladder[len(ladder)-1] {
		t.Errorf("%+v %v", plan, err)
	}
}

package engine

import (
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// gated answers with text, chunk by chunk, as the test lets it.
func gated(text string) (answer func(llm.Request) llmtest.Answer, gate chan struct{}) {
	gate = make(chan struct{})
	return func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: text, Gate: gate, ChunkSize: 8} }, gate
}

// wrote waits until an active run has written at least n bytes.
func (b *bench) wrote(runID string, n int) {
	b.t.Helper()
	events, cancel := b.Subscribe()
	defer cancel()
	for {
		if live, ok := b.runs.live(runID); ok {
			if _, answer, thinking := live.snapshot(); len(answer)+len(thinking) >= n {
				return
			}
		}
		select {
		case <-events:
		case <-b.ctx.Done():
			b.t.Fatal("the run does not write")
		}
	}
}

// writing starts a run whose answer comes as the gate lets it, and waits until
// all but the last of some chunks have been written.
func writing(t *testing.T, chunks int) (b *bench, p workflow.Project, r workflow.Run, gate chan struct{}) {
	t.Helper()
	answer, gate := gated(requestAnswer)
	b = newBench(t, answer)
	p = b.project("Tide table")
	r = try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	for range chunks {
		gate <- struct{}{}
	}
	b.wrote(r.ID, 8*(chunks-1))
	return b, p, r, gate
}

func TestStopKeepsWhatCame(t *testing.T) {
	b, p, r, _ := writing(t, 4)
	_, err := b.StartRun(b.ctx, p.ID, "request", "")
	wantCode(t, err, workflow.Conflict)
	got := try(b.CancelRun(b.ctx, r.ID))(t)
	d := b.ended(r.ID)
	if got.State != workflow.RunCanceled || d.Run.State != workflow.RunCanceled || !strings.HasPrefix(requestAnswer, d.Answer) || len(d.Answer) < 24 {
		t.Errorf("state %s, kept %q", d.Run.State, d.Answer)
	}
	if o := try(b.Overview(b.ctx, p.ID))(t); o.Phases[1].CandidateID != "" || o.Phases[1].RunID != "" {
		t.Errorf("a stopped run leaves no candidate: %+v", o.Phases[1])
	}
}

func TestFirstWordsAreToldAtOnce(t *testing.T) {
	answer, gate := gated(requestAnswer)
	b := newBench(t, answer)
	b.runs.every = time.Hour // only what is told without waiting for the next time comes in time
	p := b.project("Tide table")
	events, cancel := b.Subscribe()
	defer cancel()
	r := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	gate <- struct{}{}
	if d := firstDelta(t, events); d.RunID != r.ID || d.Offset != 0 || d.Text == "" || !strings.HasPrefix(requestAnswer, d.Text) {
		t.Errorf("delta: %+v", d)
	}
	try(b.CancelRun(b.ctx, r.ID))(t)
}

func firstDelta(t *testing.T, events <-chan workflow.Event) workflow.Delta {
	t.Helper()
	patience := time.After(20 * time.Second)
	for {
		select {
		case e := <-events:
			if e.Delta != nil {
				return *e.Delta
			}
		case <-patience:
			t.Fatal("no text is told")
		}
	}
}

func TestContinueGoesOnWithTheSameText(t *testing.T) {
	half := len(requestAnswer) / 2
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		if len(req.Messages) == 1 {
			return llmtest.Answer{Text: requestAnswer[:half], DoneReason: llm.DoneLength}
		}
		return llmtest.Answer{Text: requestAnswer[half:]}
	})
	p := b.project("Tide table")
	d := b.run(p, "request")
	if !d.Run.Unfinished || d.Run.Whole() {
		t.Fatalf("an answer that ran into its limit is unfinished: %+v", d.Run)
	}
	try(b.Accept(b.ctx, d.Run.ID, workflow.AcceptCandidate{All: true}))(t)
	if g := b.gate(p, "request"); condition(g, "whole").State == workflow.CondMet {
		t.Error("an unfinished run satisfies no gate")
	}
	r := try(b.ContinueRun(b.ctx, d.Run.ID, ""))(t)
	d = b.ended(r.ID)
	if d.Answer != requestAnswer || d.Run.ParentID == "" || !d.Run.Whole() || len(d.Run.Missing) != 0 {
		t.Errorf("continued: %+v\n%q", d.Run, d.Answer)
	}
}

func condition(g workflow.Gate, id string) workflow.Condition {
	for _, c := range g.Conditions {
		if c.ID == id {
			return c
		}
	}
	return workflow.Condition{}
}

func TestRepairAsksForWhatIsMissing(t *testing.T) {
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		if strings.Contains(req.Messages[0].Content, "<missing>") {
			return llmtest.Answer{Text: requestAnswer}
		}
		return llmtest.Answer{Text: "# Tides\n\nI think a tide table is a fine idea, and would love to help you with it.\n"}
	})
	p := b.project("Tide table")
	d := b.run(p, "request")
	if len(d.Run.Missing) == 0 {
		t.Fatal("nonsense meets no contract")
	}
	r := try(b.RepairRun(b.ctx, d.Run.ID, ""))(t)
	d = b.ended(r.ID)
	if len(d.Run.Missing) != 0 || d.Run.Kind != workflow.RunRepair || !strings.Contains(d.Prompt, "Acceptance checklist") {
		t.Errorf("repaired: %+v %v", d.Run, d.Run.Missing)
	}
	_, err := b.RepairRun(b.ctx, d.Run.ID, "")
	wantCode(t, err, workflow.Conflict)
}

func TestThinkingIsNoPartOfTheAnswer(t *testing.T) {
	for name, a := range map[string]llmtest.Answer{
		"field": {Thinking: "They want tides.", Text: requestAnswer},
		"tag":   {Text: "<think>They want tides.</think>\n\n" + requestAnswer, ChunkSize: 3},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(llm.Request) llmtest.Answer { return a })
			d := b.run(b.project("Tide table"), "request")
			if strings.TrimSpace(d.Thinking) != "They want tides." || d.Answer != requestAnswer {
				t.Errorf("thinking %q, answer %q", d.Thinking, d.Answer)
			}
		})
	}
}

func TestDeltasMakeTheAnswer(t *testing.T) {
	long := strings.Repeat("A sentence about the tide — ebb and flood. ", 400) + "\n\n" + requestAnswer
	b := newBench(t, func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: long, ChunkSize: 100} })
	p := b.project("Tide table")
	events, cancel := b.Subscribe()
	defer cancel()
	r := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	text, last := "", uint64(0)
	for ev := range events {
		if last != 0 && ev.Seq != last+1 {
			t.Fatalf("event %d follows %d", ev.Seq, last)
		}
		last = ev.Seq
		if d := ev.Delta; d != nil {
			if d.Offset != len(text) || len(d.Text) > deltaSize || d.BlocksEnd > d.Offset+len(long) {
				t.Fatalf("delta at %d of %d bytes, %d have come", d.Offset, len(d.Text), len(text))
			}
			text += d.Text
		}
		if ev.Run != nil && ev.Run.State.Ended() {
			break
		}
	}
	if text != long {
		t.Errorf("the deltas make %d of %d bytes", len(text), len(long))
	}
	got := b.EventsSince(b.epoch, last)
	for _, ev := range got.Events {
		if ev.Seq <= last || ev.Run != nil || ev.Delta != nil {
			t.Errorf("told after the end of the run: %+v", ev)
		}
	}
	if got.Resync || got.Seq != last+uint64(len(got.Events)) {
		t.Errorf("since the last: %+v", got)
	}
	if got := b.EventsSince("another", 0); !got.Resync {
		t.Error("another epoch means to fetch everything again")
	}
	b.ended(r.ID)
}

func TestBlocksOfARunningAnswer(t *testing.T) {
	b, _, r, gate := writing(t, 30)
	blocks := try(b.RunBlocks(b.ctx, r.ID, 0))(t)
	if len(blocks.Blocks) == 0 || blocks.HTML != "" || blocks.Blocks[0].Start != 0 {
		t.Fatalf("blocks: %+v", blocks)
	}
	rest := try(b.RunBlocks(b.ctx, r.ID, 1))(t)
	if rest.From != 1 || len(rest.Blocks) < len(blocks.Blocks)-1 {
		t.Errorf("from 1: %+v", rest)
	}
	close(gate)
	b.ended(r.ID)
	if done := try(b.RunBlocks(b.ctx, r.ID, 0))(t); !strings.Contains(done.HTML, "Acceptance checklist") {
		t.Error("an ended run has its final rendering")
	}
}

func TestCrashLeavesTheTextOfTheRun(t *testing.T) {
	b, _, r, _ := writing(t, 10)
	live, _ := b.runs.live(r.ID)
	b.runs.keep(live)
	// What a crash leaves is the record as it was, active, and the journal.
	var active workflow.Run
	if err := b.store.View(func(tx *store.Tx) (err error) { active, err = tx.Run(r.ID); return err }); err != nil || active.State != workflow.RunRunning {
		t.Fatalf("%v %s", err, active.State)
	}
	b.reopen()
	d := b.ended(r.ID)
	if d.Run.State != workflow.RunInterrupted || !strings.HasPrefix(requestAnswer, d.Answer) || len(d.Answer) < 72 || d.Run.Error == nil {
		t.Errorf("state %s, kept %q", d.Run.State, d.Answer)
	}
}

func TestFaultsOfAModel(t *testing.T) {
	broke := workflow.Errorf(workflow.Unavailable, "The answer broke off.").WithHint("Run it again.")
	for name, tc := range map[string]struct {
		answer llmtest.Answer
		kept   string
	}{
		"fails in the middle": {llmtest.Answer{Text: requestAnswer, Err: broke, ErrAfter: 2}, requestAnswer[:32]},
		"cut stream":          {llmtest.Answer{Text: "# Half", Cut: true}, "# Half"},
		"nothing":             {llmtest.Answer{Text: " \n"}, ""},
		"only thinking":       {llmtest.Answer{Text: "<think>hm</think>"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, func(llm.Request) llmtest.Answer { return tc.answer })
			d := b.run(b.project("Tide table"), "request")
			if d.Run.State != workflow.RunFailed || d.Run.Error == nil || d.Run.Error.Hint == "" {
				t.Fatalf("run: %+v", d.Run)
			}
			if strings.TrimSpace(d.Answer) != strings.TrimSpace(tc.kept) {
				t.Errorf("kept %q, want %q", d.Answer, tc.kept)
			}
			if d.Candidate.RunID != "" {
				t.Error("a failed run leaves no candidate")
			}
		})
	}
}

func TestRunsThatDoNotStart(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	_, err := b.StartRun(b.ctx, p.ID, "request", "nobody:7b")
	wantCode(t, err, workflow.NotFound)
	_, err = b.StartRun(b.ctx, p.ID, "nowhere", "")
	wantCode(t, err, workflow.NotFound)

	b.client.SetModels(workflow.ModelInfo{Name: "small", Digest: "aa", Size: 1, ContextLength: 2048})
	_, err = b.StartRun(b.ctx, p.ID, "request", "small")
	wantCode(t, err, workflow.Limit)
	b.client.SetModels()
	try(b.Models(b.ctx, true))(t)
	_, err = b.StartRun(b.ctx, p.ID, "request", "")
	wantCode(t, err, workflow.Unavailable)
	b.client.SetDown(workflow.Errorf(workflow.Unavailable, "Ollama is not answering.").WithHint("Start it."))
	try(b.Models(b.ctx, true))(t)
	_, err = b.StartRun(b.ctx, p.ID, "request", "")
	wantCode(t, err, workflow.Unavailable)
	if runs := try(b.Runs(b.ctx, p.ID, ""))(t); len(runs) != 0 {
		t.Errorf("a run that did not start leaves no record: %+v", runs)
	}
}

func TestCutPromptIsNoticedOnceCalibrated(t *testing.T) {
	tokens := 0
	b := newBench(t, func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: requestAnswer, PromptTokens: tokens} })
	p := b.project("Tide table")
	first := b.run(p, "request").Run
	tokens = first.PromptTokens
	if first.Cut {
		t.Error("the first count of a model says nothing")
	}
	tokens = first.PromptTokens / 2
	if again := b.run(p, "request").Run; !again.Cut || again.Whole() {
		t.Errorf("%d of about %d tokens: the prompt was cut", again.PromptTokens, again.Context.Prompt)
	}
}

func TestWindowComesFromTheLadderAndStaysUp(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	if got := b.run(p, "request").Run.Parameters.NumCtx; got != 4096 {
		t.Errorf("window %d, want the first rung", got)
	}
	big := strings.Repeat("The tide rises and falls. ", 2000)
	if err := b.SetVariables(b.ctx, p.ID, "request", map[string]string{"answers": big}); err != nil {
		t.Fatal(err)
	}
	large := b.run(p, "request").Run
	if large.Parameters.NumCtx < 16<<10 || large.Context.Prompt < 8000 {
		t.Errorf("window %d for %d tokens", large.Parameters.NumCtx, large.Context.Prompt)
	}
	if err := b.SetVariables(b.ctx, p.ID, "request", map[string]string{"answers": ""}); err != nil {
		t.Fatal(err)
	}
	if got := b.run(p, "request").Run.Parameters.NumCtx; got != large.Parameters.NumCtx {
		t.Errorf("window %d: the largest rung used is kept", got)
	}
}

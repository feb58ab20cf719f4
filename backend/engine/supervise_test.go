package engine

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// TestAnEndedRunIsNeverShownAsRunning looks at a run in the moment between its
// acknowledged end and that of its goroutine.
func TestAnEndedRunIsNeverShownAsRunning(t *testing.T) {
	answer, gate := gated(requestAnswer)
	b := newBench(t, answer)
	p := b.project("Tide table")
	r := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	live, _ := b.runs.live(r.ID)
	close(gate)
	b.ended(r.ID)
	b.runs.mu.Lock()
	b.runs.active[r.ID] = live
	b.runs.mu.Unlock()
	if d := try(b.Run(b.ctx, r.ID))(t); !d.Run.State.Ended() || d.Answer != requestAnswer {
		t.Errorf("run: %s", d.Run.State)
	}
	if blocks := try(b.RunBlocks(b.ctx, r.ID, 0))(t); !blocks.Run.State.Ended() || blocks.HTML == "" {
		t.Errorf("blocks: %s", blocks.Run.State)
	}
	if list := try(b.Runs(b.ctx, p.ID, ""))(t); len(list) != 1 || !list[0].State.Ended() {
		t.Errorf("list: %+v", list)
	}
}

func TestStopARunThatWaitsForItsTurn(t *testing.T) {
	answer, gate := gated(requestAnswer)
	b := newBench(t, answer)
	p, q := b.project("Tide table"), b.project("Another")
	first := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	gate <- struct{}{}
	second := try(b.StartRun(b.ctx, q.ID, "request", ""))(t)
	if got := try(b.CancelRun(b.ctx, second.ID))(t); got.State != workflow.RunCanceled || got.Error != nil {
		t.Errorf("queued: %+v", got)
	}
	close(gate)
	if d := b.ended(first.ID); d.Run.State != workflow.RunSucceeded || d.Answer != requestAnswer {
		t.Errorf("the other run: %+v", d.Run)
	}
	if n := len(b.client.Requests()); n != 1 {
		t.Errorf("%d prompts were sent", n)
	}
}

func TestOneRunOfAPhaseAtATime(t *testing.T) {
	answer, gate := gated(requestAnswer)
	b := newBench(t, answer)
	p := b.project("Tide table")
	results := make(chan error)
	for range 6 {
		go func() {
			_, err := b.StartRun(b.ctx, p.ID, "request", "")
			results <- err
		}()
	}
	started := 0
	for range 6 {
		if err := <-results; err == nil {
			started++
		} else {
			wantCode(t, err, workflow.Conflict)
		}
	}
	if runs := try(b.Runs(b.ctx, p.ID, ""))(t); started != 1 || len(runs) != 1 {
		t.Errorf("%d were started, %d recorded", started, len(runs))
	}
	close(gate)
}

// TestAnEndThatCannotBeKept fills the disk when an answer is complete.
func TestAnEndThatCannotBeKept(t *testing.T) {
	full := workflow.Errorf(workflow.Unavailable, "The disk is full.").WithHint("Make room.")
	prepare := func(t *testing.T) (*bench, workflow.Run, *atomic.Bool, func(string) workflow.Event) {
		b := newBench(t, specOrRequest)
		b.runs.retry = time.Millisecond
		var broken atomic.Bool
		broken.Store(true)
		b.runs.finish = func(r *workflow.Run, out outcome) error {
			if broken.Load() {
				return full
			}
			return b.finish(r, out)
		}
		events, cancel := b.Subscribe()
		t.Cleanup(cancel)
		r := try(b.StartRun(b.ctx, b.project("Tide table").ID, "request", ""))(t)
		return b, r, &broken, func(what string) workflow.Event {
			t.Helper()
			for ev := range events {
				if what == "trouble" && ev.Run != nil && ev.Run.Error != nil || what == "end" && ev.Run != nil && ev.Run.State.Ended() {
					return ev
				}
			}
			t.Fatal("the events have ended")
			return workflow.Event{}
		}
	}
	t.Run("is tried again", func(t *testing.T) {
		b, r, broken, next := prepare(t)
		if got := next("trouble").Run; got.State != workflow.RunRunning || !strings.Contains(got.Error.Message, "The disk is full.") || got.Error.Hint != "Make room." {
			t.Errorf("a run whose end cannot be kept says so: %+v", got)
		}
		if d := try(b.Run(b.ctx, r.ID))(t); d.Run.State != workflow.RunRunning || d.Run.Error == nil || d.Answer != requestAnswer {
			t.Errorf("meanwhile: %+v", d.Run)
		}
		broken.Store(false)
		next("end")
		if d := b.ended(r.ID); d.Run.State != workflow.RunSucceeded || d.Run.Error != nil || d.Answer != requestAnswer || d.Candidate.State != workflow.CandidateOpen {
			t.Errorf("in the end: %+v", d.Run)
		}
		notices := 0
		for _, ev := range b.EventsSince(b.epoch, 0).Events {
			if ev.Notice != nil {
				notices++
			}
		}
		if notices != 1 {
			t.Errorf("%d notices, one is enough", notices)
		}
	})
	t.Run("until the next start", func(t *testing.T) {
		b, r, _, next := prepare(t)
		next("trouble")
		b.reopen()
		if d := b.ended(r.ID); d.Run.State != workflow.RunInterrupted || d.Answer != requestAnswer {
			t.Errorf("%s %q", d.Run.State, d.Answer)
		}
	})
}

// TestStopARunThatNobodyWrites stops a run whose record is active although its
// goroutine has gone: what its journal holds is kept.
func TestStopARunThatNobodyWrites(t *testing.T) {
	answer, gate := gated(requestAnswer)
	b := newBench(t, answer)
	b.runs.finish = func(*workflow.Run, outcome) error { return endedAlready() } // gives up at once
	p := b.project("Tide table")
	r := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	live, _ := b.runs.live(r.ID)
	for range 4 {
		gate <- struct{}{}
	}
	b.wrote(r.ID, 24)
	b.runs.keep(live)
	close(gate)
	<-live.done
	if got := try(b.CancelRun(b.ctx, r.ID))(t); got.State != workflow.RunCanceled {
		t.Errorf("%+v", got)
	}
	if d := try(b.Run(b.ctx, r.ID))(t); !strings.HasPrefix(requestAnswer, d.Answer) || len(d.Answer) < 24 {
		t.Errorf("kept %q", d.Answer)
	}
}

// wild is a client that panics in the middle of an answer.
type wild struct{ *llmtest.Scripted }

func (w wild) Chat(_ context.Context, _ llm.Request, onChunk func(llm.Chunk) error) (llm.Result, error) {
	if err := onChunk(llm.Chunk{Text: "# Half of "}); err != nil {
		return llm.Result{}, err
	}
	panic("a text that nobody has thought of")
}

func TestAPanicEndsItsRunAlone(t *testing.T) {
	client := wild{llmtest.Say(requestAnswer)}
	e, err := Open(t.Context(), Options{Dir: t.TempDir(), NewClient: func(string) (llm.Client, error) { return client, nil }})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Engine: e, t: t, ctx: t.Context()}
	t.Cleanup(func() { _ = e.Close() })
	p := b.project("Tide table")
	for range 2 { // the second one gets its turn
		d := b.run(p, "request")
		if d.Run.State != workflow.RunFailed || d.Run.Error.Hint == "" || strings.Contains(d.Run.Error.Message, "panic") || d.Answer != "# Half of " {
			t.Errorf("%+v %q", d.Run.Error, d.Answer)
		}
	}
}

// TestTheJournalIsKeptWhileTheModelIsSilent waits for the journal alone.
func TestTheJournalIsKeptWhileTheModelIsSilent(t *testing.T) {
	b, _, r, gate := writing(t, 4)
	begin := time.Now()
	for kept := 0; kept < 24; {
		if err := b.store.View(func(tx *store.Tx) error {
			text, err := tx.Chunks(r.ID, "answer")
			kept = len(text)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if time.Since(begin) > 30*time.Second {
			t.Fatal("the journal stays empty")
		}
	}
	close(gate)
	b.ended(r.ID)
}

// TestAJournalThatFailsIsToldOnceAndCatchesUp loses nothing of what could not be kept.
func TestAJournalThatFailsIsToldOnceAndCatchesUp(t *testing.T) {
	l := &liveRun{}
	l.answer.WriteString("one ")
	answer, thinking := l.unkept()
	if !l.kept(answer, thinking, false) || l.kept(answer, thinking, false) {
		t.Error("the first failure is news, the second is not")
	}
	l.answer.WriteString("two")
	l.thinking.WriteString("hm")
	if answer, thinking = l.unkept(); answer != "one two" || thinking != "hm" {
		t.Errorf("still to be kept: %q %q", answer, thinking)
	}
	if l.kept(answer, thinking, true) {
		t.Error("success is no news")
	}
	if answer, thinking = l.unkept(); answer != "" || thinking != "" {
		t.Errorf("kept already: %q %q", answer, thinking)
	}
	if !l.kept("", "", false) {
		t.Error("a new failure is news again")
	}
}

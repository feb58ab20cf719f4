package engine

import (
	"context"
	"errors"
	"sync"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	deltaEvery   = 33 * time.Millisecond  // how often new text is told
	journalEvery = 700 * time.Millisecond // how often it is kept; a crash loses at most that
	deltaSize    = 4 << 10                // bytes of text in one event
	cancelWait   = 5 * time.Second
)

// outcome is what a run left behind.
type outcome struct {
	answer, thinking string
	// learn says that the model reported the size of the prompt; ratio is the calibration it was planned with.
	learn bool
	ratio float64
}

// supervisor owns one goroutine for each active run, its cancel, and the turn
// of each run: the model server of this computer answers one at a time.
type supervisor struct {
	engine *Engine
	ctx    context.Context
	stop   context.CancelFunc
	turn   chan struct{}
	every  time.Duration // how often new text is told
	wg     sync.WaitGroup

	mu     sync.Mutex
	active map[string]*liveRun
}

func newSupervisor(e *Engine) *supervisor {
	ctx, stop := context.WithCancel(context.Background())
	return &supervisor{engine: e, ctx: ctx, stop: stop, turn: make(chan struct{}, 1), every: deltaEvery, active: map[string]*liveRun{}}
}

// recover ends the runs that were active when the process before this one
// died, and keeps what they had written. Runs that wait for a paste go on waiting.
func (s *supervisor) recover() error {
	var lost []workflow.Run
	texts := map[string]outcome{}
	err := s.engine.store.View(func(tx *store.Tx) error {
		active, err := tx.ActiveRuns()
		for _, r := range active {
			if r.State == workflow.RunWaiting {
				continue
			}
			answer, thinking, err := runTexts(tx, r)
			if err != nil {
				return err
			}
			lost = append(lost, r)
			texts[r.ID] = outcome{answer: answer, thinking: thinking}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range lost {
		r.State = workflow.RunInterrupted
		r.Error = &workflow.Error{Code: workflow.Unavailable, Message: "Plumbline was closed while this was written. The text is kept.",
			Hint: "Continue from here, or run it again."}
		if err := s.engine.finish(&r, texts[r.ID]); err != nil {
			return err
		}
	}
	return nil
}

// launch runs r in a goroutine of its own.
func (s *supervisor) launch(r workflow.Run, o order, client llm.Client) {
	ctx, cancel := context.WithCancel(s.ctx)
	live := &liveRun{run: r, order: o, cancel: cancel, done: make(chan struct{}), begun: make(chan struct{}),
		stream: markdown.NewStream()}
	s.mu.Lock()
	s.active[r.ID] = live
	s.mu.Unlock()
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		defer close(live.done)
		defer cancel()
		s.work(ctx, live, client)
		s.mu.Lock()
		delete(s.active, r.ID)
		s.mu.Unlock()
	}()
}

// work waits for the turn of a run, streams its answer and ends it.
func (s *supervisor) work(ctx context.Context, live *liveRun, client llm.Client) {
	var res llm.Result
	var err error
	select {
	case s.turn <- struct{}{}:
		res, err = s.stream(ctx, live, client)
		<-s.turn
	case <-ctx.Done():
		err = ctx.Err()
	}
	s.end(live, res, err)
}

func (s *supervisor) stream(ctx context.Context, live *liveRun, client llm.Client) (llm.Result, error) {
	if err := s.begin(live); err != nil {
		return llm.Result{}, err
	}
	pumped := make(chan struct{})
	stopPump := make(chan struct{})
	go func() {
		defer close(pumped)
		s.pump(live, stopPump)
	}()
	req := llm.Request{Model: live.run.Model, Messages: live.order.messages, NumCtx: live.run.Parameters.NumCtx}
	if t := live.run.Parameters.Temperature; t >= 0 {
		req.Temperature = &t
	}
	res, err := client.Chat(ctx, req, func(c llm.Chunk) error {
		live.write(c, s.engine.opt.Now().UTC())
		return nil
	})
	live.flush()
	close(stopPump)
	<-pumped
	return res, err
}

// begin marks the run as running. Nothing of the project has changed by it.
func (s *supervisor) begin(live *liveRun) error {
	e := s.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	r := live.start(e.opt.Now().UTC())
	if err := e.store.Update(func(tx *store.Tx) error { return tx.PutRun(r) }); err != nil {
		return err
	}
	e.tellRun(r)
	e.announce(r.ProjectID)
	return nil
}

// pump tells and keeps new text while an answer comes. The first words are told
// at once: somebody is waiting for them.
func (s *supervisor) pump(live *liveRun, stop <-chan struct{}) {
	begun := live.begun
	tell := time.NewTicker(s.every)
	defer tell.Stop()
	keep := time.NewTicker(journalEvery)
	defer keep.Stop()
	for {
		select {
		case <-begun:
			begun = nil
			s.tell(live)
		case <-tell.C:
			s.tell(live)
		case <-keep.C:
			s.keep(live)
		case <-stop:
			s.tell(live)
			return
		}
	}
}

func (s *supervisor) tell(live *liveRun) {
	for _, d := range live.deltas() {
		s.engine.hub.emit(workflow.Event{ProjectID: live.run.ProjectID, Delta: &d})
	}
}

func (s *supervisor) keep(live *liveRun) {
	answer, thinking := live.unkept()
	if answer == "" && thinking == "" {
		return
	}
	err := s.engine.store.Update(func(tx *store.Tx) error {
		if err := tx.AppendChunk(live.run.ID, "answer", answer); err != nil {
			return err
		}
		return tx.AppendChunk(live.run.ID, "thinking", thinking)
	})
	if err != nil {
		live.keepAgain(answer, thinking)
		s.engine.notify("error", "The text of the run could not be kept: "+err.Error(), "Plumbline tries again while the run goes on.")
	}
}

// end judges an answer and acknowledges the end of its run.
func (s *supervisor) end(live *liveRun, res llm.Result, err error) {
	r, answer, thinking := live.snapshot()
	out := outcome{answer: answer, thinking: thinking, ratio: s.engine.calibration(r.Model)}
	judgeEnd(&r, res, err, s.ctx.Err() != nil)
	if r.State == workflow.RunSucceeded {
		moreThinking, text := markdown.SplitThinking(out.answer)
		out.answer = text
		if moreThinking != "" {
			out.thinking = moreThinking
		}
		out.learn = res.PromptReported
		r.Cut = wasCut(r, res.PromptReported, s.engine.calibrated(r.Model))
		judgeAnswer(&r, live.order.contract, out.answer)
	}
	if err := s.engine.finish(&r, out); err != nil {
		s.engine.notify("error", "The end of the run could not be kept: "+err.Error(), "What it wrote is in its journal. It is shown as interrupted at the next start.")
	}
}

// judgeEnd sets how a run ended from what the client said.
func judgeEnd(r *workflow.Run, res llm.Result, err error, closing bool) {
	r.DoneReason = res.DoneReason
	r.PromptTokens = res.PromptTokens
	if res.AnswerTokens > 0 {
		r.AnswerTokens = res.AnswerTokens
	}
	r.LoadMillis, r.PromptMillis, r.AnswerMillis = millis(res.Load), millis(res.PromptEval), millis(res.Eval)
	switch {
	case err == nil:
		r.State = workflow.RunSucceeded
		r.Unfinished = res.DoneReason == llm.DoneLength
	case closing:
		r.State = workflow.RunInterrupted
		r.Error = &workflow.Error{Code: workflow.Canceled, Message: "Plumbline was closed while this was written. The text is kept.",
			Hint: "Continue from here, or run it again."}
	case errors.Is(err, context.Canceled) || workflow.CodeOf(err) == workflow.Canceled:
		r.State = workflow.RunCanceled
	default:
		r.State = workflow.RunFailed
		r.Error = describe(err)
	}
}

// judgeAnswer holds an answer against the contract of its prompt. An empty one is a failure.
func judgeAnswer(r *workflow.Run, c workflow.Contract, answer string) {
	if blank(answer) {
		r.State = workflow.RunFailed
		r.Error = &workflow.Error{Code: workflow.Unavailable, Message: "The model answered nothing.",
			Hint: "Run it again, or choose another model."}
		return
	}
	r.Missing = workflow.CheckContract(c, markdown.Sections(answer), answer)
	if r.Missing == nil {
		r.Missing = []string{}
	}
	r.ContractTotal = len(c.Sections)
}

func millis(d time.Duration) int { return int(d / time.Millisecond) }

// live returns an active run.
func (s *supervisor) live(runID string) (*liveRun, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	live, ok := s.active[runID]
	return live, ok
}

// cancel stops an active run and waits until it has ended, or ctx or patience
// is over. It reports whether there was one.
func (s *supervisor) cancel(ctx context.Context, runID string) bool {
	live, ok := s.live(runID)
	if !ok {
		return false
	}
	live.cancel()
	select {
	case <-live.done:
	case <-ctx.Done():
	case <-time.After(cancelWait):
	}
	return true
}

// close stops all active runs, which keep what came, and waits for them.
func (s *supervisor) close() {
	s.stop()
	s.wg.Wait()
}

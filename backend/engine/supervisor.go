package engine

import (
	"cmp"
	"context"
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

	// retryFirst and retryMax bound the pause after an end that could not be kept.
	retryFirst = 2 * time.Second
	retryMax   = 30 * time.Second
)

// supervisor owns one goroutine for each active run, its cancel, and the turn
// of each run: the model server of this computer answers one at a time.
type supervisor struct {
	engine *Engine
	ctx    context.Context
	stop   context.CancelFunc
	turn   chan struct{}
	every  time.Duration // how often new text is told
	wg     sync.WaitGroup
	// finish acknowledges the end of a run; retry is the first pause when it cannot.
	finish func(*workflow.Run, outcome) error
	retry  time.Duration

	mu     sync.Mutex
	active map[string]*liveRun
	closed bool
}

func newSupervisor(e *Engine) *supervisor {
	// Runs outlive the calls that start them, so they have no caller's context; close ends them.
	ctx, stop := context.WithCancel(context.Background())
	return &supervisor{engine: e, ctx: ctx, stop: stop, turn: make(chan struct{}, 1), every: deltaEvery, active: map[string]*liveRun{},
		finish: e.finish, retry: retryFirst}
}

// recover ends the runs that were active when the process before this one died,
// and keeps what they had written. Runs that wait for a paste go on waiting. One
// that cannot be read or ended now is told of; it can be stopped later.
func (s *supervisor) recover() error {
	var ids []string
	if err := s.engine.store.View(func(tx *store.Tx) (err error) { ids, err = tx.ActiveRunIDs(); return err }); err != nil {
		return err
	}
	for _, id := range ids {
		if err := s.endLost(id); err != nil {
			d := workflow.Describe(err)
			s.engine.notify("error", "An interrupted run could not be ended: "+d.Message, cmp.Or(d.Hint, "Stop it, then run it again."))
		}
	}
	return nil
}

// endLost ends a run that nobody is behind any more, unless it waits for a paste.
func (s *supervisor) endLost(id string) error {
	var r workflow.Run
	var out outcome
	err := s.engine.store.View(func(tx *store.Tx) (err error) {
		if r, err = tx.Run(id); err == nil && r.State != workflow.RunWaiting {
			out.answer, out.thinking, err = runTexts(tx, r)
		}
		return err
	})
	if err != nil || r.State == workflow.RunWaiting {
		return err
	}
	interrupt(&r, out.answer)
	return s.finish(&r, out)
}

// admit takes in a run that is about to be recorded, so that it can be stopped
// from the moment it can be seen. The caller must launch or withdraw it.
func (s *supervisor) admit(r workflow.Run, o order) (*liveRun, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, closing()
	}
	ctx, cancel := context.WithCancel(s.ctx)
	live := &liveRun{run: r, order: o, ctx: ctx, cancel: cancel, done: make(chan struct{}), begun: make(chan struct{}),
		stream: markdown.NewStream()}
	s.active[r.ID] = live
	s.wg.Add(1)
	return live, nil
}

// withdraw lets go of a run that was admitted or has ended.
func (s *supervisor) withdraw(live *liveRun) {
	s.mu.Lock()
	delete(s.active, live.run.ID)
	s.mu.Unlock()
	live.cancel()
	close(live.done)
	s.wg.Done()
}

// launch runs what was admitted in a goroutine of its own.
func (s *supervisor) launch(live *liveRun, client llm.Client) {
	go func() {
		defer s.withdraw(live)
		res, err := s.attempt(live, client)
		r, out := s.judge(live, res, err)
		s.conclude(live, r, out)
	}()
}

// attempt waits for the turn of a run and streams its answer. A panic on the
// way, over a text that nobody has thought of, ends this run alone.
func (s *supervisor) attempt(live *liveRun, client llm.Client) (res llm.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = workflow.Panicked(p)
		}
	}()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
		return s.stream(live, client)
	case <-live.ctx.Done():
		return res, live.ctx.Err()
	}
}

func (s *supervisor) stream(live *liveRun, client llm.Client) (llm.Result, error) {
	if err := live.ctx.Err(); err != nil {
		return llm.Result{}, err
	}
	if err := s.begin(live); err != nil {
		return llm.Result{}, err
	}
	stop := s.pump(live)
	defer stop()
	req := llm.Request{Model: live.run.Model, Messages: live.order.messages, NumCtx: live.run.Parameters.NumCtx}
	if t := live.run.Parameters.Temperature; t >= 0 {
		req.Temperature = &t
	}
	res, err := client.Chat(live.ctx, req, func(c llm.Chunk) error {
		live.write(c, s.engine.opt.Now().UTC())
		return nil
	})
	live.flush()
	return res, err
}

// begin marks the run as running. Nothing of the project has changed by it.
func (s *supervisor) begin(live *liveRun) error {
	e := s.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	r := live.start(e.now())
	if err := e.update(func(tx *store.Tx) error { return tx.PutRun(r) }); err != nil {
		return err
	}
	e.tellRun(r)
	return nil
}

// pump tells and keeps new text while an answer comes, until stop is called.
func (s *supervisor) pump(live *liveRun) (stop func()) {
	stopping, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		s.pumping(live, stopping)
	}()
	return func() {
		close(stopping)
		<-stopped
	}
}

// pumping tells the first words at once, because somebody is waiting for them,
// and keeps what came also while the model is silent.
func (s *supervisor) pumping(live *liveRun, stopping <-chan struct{}) {
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
		case <-stopping:
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

// keep adds new text to the journal of the run. When it cannot, it says so once
// and tries again with the next text.
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
	if live.kept(answer, thinking, err == nil) {
		s.engine.notify("error", "The text of the run could not be kept: "+workflow.Describe(err).Message, "Plumbline tries again while the run goes on.")
	}
}

// conclude acknowledges the end of a run. While that cannot be kept, because the
// disk is full, the run stays active and says why, and it is tried again.
func (s *supervisor) conclude(live *liveRun, r workflow.Run, out outcome) {
	for pause := s.retry; ; pause = min(2*pause, retryMax) {
		err := s.finish(&r, out)
		if err == nil || workflow.CodeOf(err) == workflow.Conflict { // somebody else has ended it
			return
		}
		if s.ctx.Err() != nil {
			// The journal has what could be kept; the next start ends the run.
			s.engine.notify("error", "The end of the run could not be kept: "+workflow.Describe(err).Message, "It is shown as interrupted at the next start.")
			return
		}
		s.engine.tellTrouble(live, err)
		s.keep(live)
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-s.ctx.Done():
			timer.Stop()
		}
	}
}

// live returns an active run.
func (s *supervisor) live(runID string) (*liveRun, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	live, ok := s.active[runID]
	return live, ok
}

// busy reports whether any run is active.
func (s *supervisor) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.active) > 0
}

// cancel stops an active run and waits until it has ended, or ctx or patience
// is over. It reports whether there was one.
func (s *supervisor) cancel(ctx context.Context, runID string) bool {
	live, ok := s.live(runID)
	if !ok {
		return false
	}
	live.cancel()
	patience := time.NewTimer(cancelWait)
	defer patience.Stop()
	select {
	case <-live.done:
	case <-ctx.Done():
	case <-patience.C:
	}
	return true
}

// close admits no more runs, stops the active ones, which keep what came, and
// waits for them.
func (s *supervisor) close() {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.stop()
	s.wg.Wait()
}

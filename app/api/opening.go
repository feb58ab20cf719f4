package api

import (
	"context"
	"sync"

	"plumbline/backend/engine"
)

// opening is one attempt to open the data.
type opening struct {
	done   chan struct{} // closed when it has ended
	engine *engine.Engine
	err    error
	next   chan struct{} // closed when another attempt has begun
}

func newOpening() *opening {
	return &opening{done: make(chan struct{}), next: make(chan struct{})}
}

// opener holds the newest attempt.
type opener struct {
	mu    sync.Mutex
	now   *opening
	again chan struct{} // asks for another attempt; nil while nobody would make it
}

func (o *opener) newest() *opening {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.now
}

// settle ends the newest attempt.
func (o *opener) settle(e *engine.Engine, err error) {
	now := o.newest()
	now.engine, now.err = e, err
	close(now.done)
}

// engine waits for the newest attempt.
func (o *opener) engine(ctx context.Context) (*engine.Engine, error) {
	now := o.newest()
	select {
	case <-now.done:
		return now.engine, now.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// retry begins another attempt if the newest has failed.
func (o *opener) retry() {
	o.mu.Lock()
	defer o.mu.Unlock()
	select {
	case <-o.now.done:
	default:
		return // it is under way
	}
	if o.now.err == nil || o.again == nil {
		return
	}
	failed := o.now
	o.now = newOpening()
	o.again <- struct{}{} // has room: there is one attempt at a time
	close(failed.next)
}

// listen makes retry ask for attempts; stop ends that, and one that was asked for.
func (o *opener) listen() (again <-chan struct{}, stop func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	asked := make(chan struct{}, 1)
	o.again = asked
	return asked, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.again = nil
		select {
		case <-asked:
			o.now.err = context.Canceled
			close(o.now.done)
		default:
		}
	}
}

// Open lets the waiting calls through: to e, or, when the engine could not be
// opened, to err. It must be called once, and not beside Keep.
func (a *API) Open(e *engine.Engine, err error) { a.core.settle(e, err) }

// Keep opens the engine by open, and after a failure again each time the user
// asks for it. It returns when the engine is open or ctx has ended.
func (a *API) Keep(ctx context.Context, open func(context.Context) (*engine.Engine, error)) {
	again, stop := a.core.listen()
	defer stop()
	for {
		e, err := open(ctx)
		a.core.settle(e, err)
		if err == nil {
			return
		}
		select {
		case <-again:
		case <-ctx.Done():
			return
		}
	}
}

// Engine waits for the newest attempt to open the engine and returns it, or the
// reason that there is none.
func (a *API) Engine(ctx context.Context) (*engine.Engine, error) { return a.core.engine(ctx) }

// Opened waits until the engine is open, also through attempts that fail.
func (a *API) Opened(ctx context.Context) (*engine.Engine, error) {
	for {
		now := a.core.newest()
		select {
		case <-now.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if now.err == nil {
			return now.engine, nil
		}
		select {
		case <-now.next:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

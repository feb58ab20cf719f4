package server

import (
	"context"
	"time"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// maxBatch bounds how many events are handed over at once.
const maxBatch = 64

// Position names the last event that a reader has seen.
type Position struct {
	Epoch string
	Seq   uint64
}

// source is the engine's side of the events.
type source interface {
	Subscribe() (events <-chan workflow.Event, cancel func())
	EventsSince(epoch string, seq uint64) workflow.EventBatch
}

var _ source = (*engine.Engine)(nil)

// Follow hands the events after a position to emit, in order and without
// repeating one, until ctx ends or the engine closes. It begins with an event
// that carries nothing but its number, which tells a new reader where it
// stands; the same stands for events that are lost, because the reader was too
// slow or away for too long, and the gap in the numbers tells the reader to
// fetch everything again. After a pause of beat, emit is called with no events.
func Follow(ctx context.Context, events source, from Position, beat time.Duration, emit func([]workflow.Event) error) error {
	f := follower{events: events, at: from, beat: beat, emit: emit}
	for {
		moved, err := f.once(ctx)
		if err != nil || !moved || ctx.Err() != nil {
			return err
		}
	}
}

type follower struct {
	events source
	at     Position
	beat   time.Duration
	emit   func([]workflow.Event) error
}

// once catches up and follows one subscription to its end. It reports whether
// the subscription brought anything: a closed engine brings nothing.
func (f *follower) once(ctx context.Context) (moved bool, err error) {
	events, cancel := f.events.Subscribe()
	defer cancel()
	if err := f.catchUp(); err != nil {
		return false, err
	}
	ticker := time.NewTicker(f.beat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return moved, nil
		case <-ticker.C:
			if err := f.emit(nil); err != nil {
				return moved, err
			}
		case e, open := <-events:
			if !open {
				return moved, nil
			}
			moved = true
			if err := f.hand(f.drain(e, events)); err != nil {
				return moved, err
			}
			ticker.Reset(f.beat)
		}
	}
}

// catchUp hands over what happened between the position and the subscription.
func (f *follower) catchUp() error {
	batch := f.events.EventsSince(f.at.Epoch, f.at.Seq)
	if !batch.Resync && len(batch.Events) > 0 {
		return f.hand(batch.Events)
	}
	if !batch.Resync && f.at.Seq == batch.Seq {
		return f.emit(nil)
	}
	f.at = Position{batch.Epoch, batch.Seq}
	return f.emit([]workflow.Event{{Epoch: batch.Epoch, Seq: batch.Seq}})
}

// drain takes what else is waiting, so that it goes out in one write.
func (f *follower) drain(first workflow.Event, events <-chan workflow.Event) []workflow.Event {
	out := []workflow.Event{first}
	for len(out) < maxBatch {
		select {
		case e, open := <-events:
			if !open {
				return out
			}
			out = append(out, e)
		default:
			return out
		}
	}
	return out
}

// hand emits the events that are after the position and moves it.
func (f *follower) hand(events []workflow.Event) error {
	fresh := events[:0:0]
	for _, e := range events {
		if e.Epoch == f.at.Epoch && e.Seq <= f.at.Seq {
			continue
		}
		fresh = append(fresh, e)
		f.at = Position{e.Epoch, e.Seq}
	}
	if len(fresh) == 0 {
		return nil
	}
	return f.emit(fresh)
}

package engine

import (
	"sync"

	"plumbline/backend/workflow"
)

const (
	hubKept   = 2048 // events kept for those who missed some
	hubBuffer = 512  // events a reader may lag behind
)

// hub numbers events, keeps the newest, and hands them to readers without ever
// waiting for one: a reader that lags too far behind is cut off and resyncs.
type hub struct {
	epoch string

	mu      sync.Mutex
	seq     uint64
	kept    []workflow.Event // the newest, a ring once it is full: kept[(seq-1) % hubKept]
	readers map[chan workflow.Event]struct{}
	closed  bool
}

func newHub() *hub {
	return &hub{readers: map[chan workflow.Event]struct{}{}}
}

func (h *hub) emit(ev workflow.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return
	}
	h.seq++
	ev.Epoch, ev.Seq = h.epoch, h.seq
	if at := (h.seq - 1) % hubKept; int(at) == len(h.kept) {
		h.kept = append(h.kept, ev)
	} else {
		h.kept[at] = ev
	}
	for ch := range h.readers {
		select {
		case ch <- ev:
		default:
			delete(h.readers, ch)
			close(ch)
		}
	}
}

func (h *hub) subscribe() (<-chan workflow.Event, func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ch := make(chan workflow.Event, hubBuffer)
	if h.closed {
		close(ch)
		return ch, func() {}
	}
	h.readers[ch] = struct{}{}
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if _, ok := h.readers[ch]; ok {
			delete(h.readers, ch)
			close(ch)
		}
	}
}

func (h *hub) since(epoch string, seq uint64) workflow.EventBatch {
	h.mu.Lock()
	defer h.mu.Unlock()
	batch := workflow.EventBatch{Epoch: h.epoch, Seq: h.seq, Events: []workflow.Event{}}
	if epoch != h.epoch || seq > h.seq || h.seq-seq >= hubKept {
		batch.Resync = true
		return batch
	}
	for n := seq + 1; n <= h.seq; n++ {
		batch.Events = append(batch.Events, h.kept[(n-1)%hubKept])
	}
	return batch
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for ch := range h.readers {
		delete(h.readers, ch)
		close(ch)
	}
}

// Subscribe returns a channel of events from now on. It is closed by cancel, by
// Close, and when the reader lags too far behind; it then catches up with EventsSince.
func (e *Engine) Subscribe() (events <-chan workflow.Event, cancel func()) { return e.hub.subscribe() }

// EventsSince returns the events after a number of an epoch, or says to fetch
// everything again. What was acknowledged before the call is among them.
func (e *Engine) EventsSince(epoch string, seq uint64) workflow.EventBatch {
	e.news.settle()
	return e.hub.since(epoch, seq)
}

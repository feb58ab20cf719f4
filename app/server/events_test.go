package server

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"plumbline/app/api"
	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// bus is a source of events whose channels hold few, so that a reader lags easily.
type bus struct {
	mu     sync.Mutex
	room   int
	kept   []workflow.Event // from number first
	first  uint64
	ch     chan workflow.Event
	closed bool
}

func newBus(room int) *bus { return &bus{room: room, first: 1} }

func (b *bus) Subscribe() (<-chan workflow.Event, func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ch := make(chan workflow.Event, b.room)
	if b.closed {
		close(ch)
		return ch, func() {}
	}
	b.ch = ch
	return ch, func() {}
}

func (b *bus) EventsSince(epoch string, seq uint64) workflow.EventBatch {
	b.mu.Lock()
	defer b.mu.Unlock()
	last := b.first + uint64(len(b.kept)) - 1
	batch := workflow.EventBatch{Epoch: "e", Seq: last}
	if epoch != "e" || seq+1 < b.first || seq > last {
		batch.Resync = true
		return batch
	}
	batch.Events = slices.Clone(b.kept[seq+1-b.first:])
	return batch
}

// emit makes one event; a full reader is cut off.
func (b *bus) emit() {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := workflow.Event{Epoch: "e", Seq: b.first + uint64(len(b.kept)), Notice: &workflow.Notice{}}
	b.kept = append(b.kept, e)
	if b.ch == nil {
		return
	}
	select {
	case b.ch <- e:
	default:
		close(b.ch)
		b.ch = nil
	}
}

// forget drops all events but the last n.
func (b *bus) forget(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	drop := len(b.kept) - n
	b.kept, b.first = b.kept[drop:], b.first+uint64(drop)
}

func (b *bus) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}

var errEnough = errors.New("enough")

// read follows from a position until done says that it has seen enough.
func read(t *testing.T, b *bus, from Position, done func([]workflow.Event) bool) []workflow.Event {
	t.Helper()
	var got []workflow.Event
	err := Follow(t.Context(), b, from, time.Hour, func(batch []workflow.Event) error {
		got = append(got, batch...)
		if done(got) {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatalf("Follow = %v after %d events", err, len(got))
	}
	return got
}

func numbers(events []workflow.Event) string {
	var out []string
	for _, e := range events {
		mark := ""
		if e.Notice == nil {
			mark = "?"
		}
		out = append(out, fmt.Sprintf("%d%s", e.Seq, mark))
	}
	return strings.Join(out, " ")
}

func TestNewReaderLearnsWhereItStands(t *testing.T) {
	b := newBus(9)
	b.emit()
	b.emit()
	got := read(t, b, Position{}, func(all []workflow.Event) bool {
		if len(all) == 1 {
			b.emit()
		}
		return len(all) == 2
	})
	if numbers(got) != "2? 3" {
		t.Errorf("events %s, want 2? 3", numbers(got))
	}
}

func TestReturningReaderGetsWhatItMissed(t *testing.T) {
	b := newBus(9)
	for range 4 {
		b.emit()
	}
	got := read(t, b, Position{"e", 2}, func(all []workflow.Event) bool {
		if len(all) == 2 {
			b.emit()
		}
		return len(all) == 3
	})
	if numbers(got) != "3 4 5" {
		t.Errorf("events %s, want 3 4 5", numbers(got))
	}
}

func TestReaderOfAnotherEpochIsToldToFetchEverything(t *testing.T) {
	b := newBus(9)
	b.emit()
	got := read(t, b, Position{"before", 7}, func(all []workflow.Event) bool { return len(all) == 1 })
	if numbers(got) != "1?" || got[0].Epoch != "e" {
		t.Errorf("events %s of %s", numbers(got), got[0].Epoch)
	}
}

func TestSlowReaderIsCaughtUp(t *testing.T) {
	b := newBus(1)
	got := read(t, b, Position{}, func(all []workflow.Event) bool {
		if len(all) == 1 { // while this reader is busy, its channel overflows
			for range 5 {
				b.emit()
			}
		}
		return len(all) == 6
	})
	if numbers(got) != "0? 1 2 3 4 5" {
		t.Errorf("events %s, want 0? 1 2 3 4 5", numbers(got))
	}
}

func TestTooSlowReaderSeesAGap(t *testing.T) {
	b := newBus(1)
	got := read(t, b, Position{}, func(all []workflow.Event) bool {
		if len(all) == 1 {
			for range 9 {
				b.emit()
			}
			b.forget(2)
		}
		return len(all) == 3
	})
	if numbers(got) != "0? 1 9?" {
		t.Errorf("events %s, want 0? 1 9?", numbers(got))
	}
}

func TestFollowEndsWithTheEngine(t *testing.T) {
	b := newBus(1)
	err := Follow(t.Context(), b, Position{}, time.Hour, func([]workflow.Event) error {
		b.close()
		return nil
	})
	if err != nil {
		t.Errorf("Follow = %v", err)
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := Follow(ctx, newBus(1), Position{}, time.Hour, func([]workflow.Event) error {
		cancel()
		return nil
	})
	if err != nil {
		t.Errorf("Follow = %v", err)
	}
}

func TestSilentStreamBeats(t *testing.T) {
	beats := 0
	err := Follow(t.Context(), newBus(1), Position{"e", 0}, time.Millisecond, func(batch []workflow.Event) error {
		if len(batch) > 0 {
			t.Errorf("events %s", numbers(batch))
		}
		if beats++; beats == 3 {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Errorf("Follow = %v", err)
	}
}

func TestEventStreamOverHTTP(t *testing.T) {
	e, a := openEngine(t)
	srv := httptest.NewServer(New(a, Options{}))
	defer srv.Close()
	defer srv.CloseClientConnections()
	lines, stop := listenTo(t, srv.URL, "")
	first := nextEvent(t, lines)
	if first.name != "position" {
		t.Errorf("the first event is called %q", first.name)
	}
	if _, err := e.CreateProject(t.Context(), workflow.NewProject{Name: "Shop", Idea: "Sell things."}); err != nil {
		t.Fatal(err)
	}
	second := nextEvent(t, lines)
	if second.name != "" || second.event.ProjectID == "" || second.id != fmt.Sprintf("%s:%d", second.event.Epoch, second.event.Seq) {
		t.Errorf("event %q %q %+v", second.name, second.id, second.event)
	}
	stop()
	again, stop := listenTo(t, srv.URL, first.id)
	defer stop()
	if got := nextEvent(t, again); got.id != second.id {
		t.Errorf("after %s comes %s, want %s", first.id, got.id, second.id)
	}
}

// sent is one server-sent event.
type sent struct {
	name, id string
	event    workflow.Event
}

func listenTo(t *testing.T, url, last string) (lines *bufio.Reader, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", last)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return bufio.NewReader(resp.Body), func() {
		cancel()
		_ = resp.Body.Close()
	}
}

func nextEvent(t *testing.T, lines *bufio.Reader) (out sent) {
	t.Helper()
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		field, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch field {
		case "event":
			out.name = value
		case "id":
			out.id = value
		case "data":
			if err := json.Unmarshal([]byte(value), &out.event); err != nil {
				t.Fatal(err)
			}
			return out
		}
	}
}

// openEngine opens a real engine in an empty folder, and the API over it.
func openEngine(t *testing.T) (*engine.Engine, *api.API) {
	t.Helper()
	e, err := engine.Open(t.Context(), engine.Options{Dir: t.TempDir(), Version: "test", Door: "serve"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	a := api.New(context.WithoutCancel(t.Context()))
	a.Open(e, nil)
	return e, a
}

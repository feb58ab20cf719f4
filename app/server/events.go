package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"plumbline/app/api"
	"plumbline/backend/workflow"
)

const (
	heartbeat = 15 * time.Second
	// patience is how long a reader may leave a write waiting before it is let go.
	patience = 30 * time.Second
)

// events is the stream of server-sent events.
type events struct {
	api  *api.API
	beat time.Duration
}

func newEvents(a *api.API, beat time.Duration) events {
	if beat <= 0 {
		beat = heartbeat
	}
	return events{a, beat}
}

// ServeHTTP streams events after Last-Event-ID, or from now on. A reader that
// lags too far behind gets an event whose number leaves a gap. The stream stands
// before there is an engine: what cannot be opened now may be opened later.
func (s events) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	rc := http.NewResponseController(w)
	if rc.Flush() != nil {
		return // the reader has left
	}
	e, err := s.api.Opened(r.Context())
	if err != nil {
		return // likewise
	}
	from := position(r.Header.Get("Last-Event-ID"))
	out := stream{w: w, rc: rc, greet: from == Position{}}
	// The only errors are those of writing to a reader that has left.
	_ = Follow(r.Context(), e, from, s.beat, out.emit)
}

// position reads an event id; what is not one means: from now on.
func position(id string) Position {
	epoch, number, _ := strings.Cut(id, ":")
	seq, err := strconv.ParseUint(number, 10, 64)
	if err != nil {
		return Position{}
	}
	return Position{epoch, seq}
}

// stream writes events to one reader.
type stream struct {
	w   http.ResponseWriter
	rc  *http.ResponseController
	buf bytes.Buffer
	// greet says that the first event only tells a new reader where the stream
	// begins. It has a name of its own, so that no page takes it for news.
	greet bool
}

func (s *stream) emit(batch []workflow.Event) error {
	s.buf.Reset()
	if len(batch) == 0 {
		s.buf.WriteString(":\n\n")
	}
	for _, e := range batch {
		data, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("encode event %d: %w", e.Seq, err)
		}
		if s.greet {
			s.buf.WriteString("event: position\n")
			s.greet = false
		}
		fmt.Fprintf(&s.buf, "id: %s:%d\ndata: %s\n\n", e.Epoch, e.Seq, data)
	}
	// Not every writer knows deadlines; without one the write itself ends when the reader leaves.
	_ = s.rc.SetWriteDeadline(time.Now().Add(patience))
	if _, err := s.w.Write(s.buf.Bytes()); err != nil {
		return err
	}
	return s.rc.Flush()
}

package llm

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"time"
)

// maxPiece bounds a line, or the whole when it is not streamed, in bytes. It is
// where the Ollama client stops reading a line, without a word.
const maxPiece = 8_000_000

var (
	errFirstWait = errors.New("no answer has begun in time")
	errIdleWait  = errors.New("nothing more has come in time")
	errTooLong   = errors.New("too much came in one piece")
	errForeign   = errors.New("what came is not JSON")
)

// redirectError is an answer that points elsewhere. It is not followed: a prompt
// goes to the address the user has set, and to no other.
type redirectError struct{ to string }

func (e *redirectError) Error() string { return "redirect to " + e.to }

// exchange watches one request and its response. The Ollama client hides how a
// stream ended, so the exchange looks at the bytes as they pass. Apart from the
// timer, which only cancels, it is used by one goroutine.
type exchange struct {
	stream bool // lines of JSON, for as long as they come
	// first is the longest wait for the response to begin, idle the one between two reads.
	first, idle time.Duration
	cancel      context.CancelCauseFunc

	status  int
	size    int   // bytes of the body so far
	line    int   // bytes of the current line so far
	foreign bool  // something is not JSON
	tooLong bool  // a line, or the whole when it is not streamed, exceeds maxPiece
	end     error // of the body: io.EOF or what cut it; nil while it goes on
}

type exchangeKey struct{}

// begin returns the context to make the request with. The caller must call release.
func (x *exchange) begin(ctx context.Context) (watched context.Context, release func()) {
	watched, x.cancel = context.WithCancelCause(context.WithValue(ctx, exchangeKey{}, x))
	return watched, func() { x.cancel(context.Canceled) }
}

// within runs f and cancels the request with cause when it takes longer than d.
func (x *exchange) within(d time.Duration, cause error, f func()) {
	if d > 0 {
		timer := time.AfterFunc(d, func() { x.cancel(cause) })
		defer timer.Stop()
	}
	f()
}

// see takes note of bytes that are about to be handed to the Ollama client.
func (x *exchange) see(p []byte) {
	x.size += len(p)
	for {
		if x.line == 0 {
			p = bytes.TrimLeft(p, " \t\r\n")
			x.foreign = x.foreign || len(p) > 0 && p[0] != '{'
		}
		end := bytes.IndexByte(p, '\n')
		if end < 0 || !x.stream {
			x.line += len(p)
			x.tooLong = x.tooLong || x.line >= maxPiece
			return
		}
		x.tooLong = x.tooLong || x.line+end >= maxPiece
		x.line, p = 0, p[end+1:]
	}
}

// midLine reports whether the body stopped within a line of its stream.
func (x *exchange) midLine() bool { return x.line > 0 }

// watcher is the transport of Ollama clients. It joins each request to the
// exchange in its context and refuses redirects.
type watcher struct{ base http.RoundTripper }

func (w watcher) RoundTrip(req *http.Request) (*http.Response, error) {
	x, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("request without an exchange")
	}
	var resp *http.Response
	var err error
	x.within(x.first, errFirstWait, func() { resp, err = w.base.RoundTrip(req) })
	if err != nil {
		return nil, err
	}
	x.status = resp.StatusCode
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		resp.Body.Close()
		return nil, &redirectError{to: redirectTarget(req.URL, resp)}
	}
	resp.Body = &watchedBody{ReadCloser: resp.Body, x: x}
	return resp, nil
}

func redirectTarget(from *url.URL, resp *http.Response) string {
	to, err := from.Parse(resp.Header.Get("Location"))
	if err != nil || to.Host == "" {
		return "another address"
	}
	return to.Scheme + "://" + to.Host
}

type watchedBody struct {
	io.ReadCloser
	x *exchange
}

func (b *watchedBody) Read(p []byte) (n int, err error) {
	wait, cause := b.x.idle, errIdleWait
	if b.x.size == 0 {
		wait, cause = b.x.first, errFirstWait
	}
	b.x.within(wait, cause, func() { n, err = b.ReadCloser.Read(p) })
	b.x.see(p[:n])
	if err != nil {
		b.x.end = err
		return n, err
	}
	switch {
	case b.x.tooLong:
		b.x.end = errTooLong
	case b.x.foreign && !b.x.stream: // nothing in the rest would change that
		b.x.end = errForeign
	}
	return n, b.x.end
}

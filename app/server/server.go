// Package server owns the HTTP door: the bound structs by /rpc, texts by /data,
// events by /events and the pages themselves, the same for the window, the
// browser and the command line.
package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"reflect"
	"time"

	"plumbline/app/api"
	"plumbline/backend/workflow"
)

// MaxBody is the largest request body that is read, in bytes.
const MaxBody = 16 << 20

// Options say what the handler serves besides the API.
type Options struct {
	// Assets holds the built front end; without it no pages are served.
	Assets fs.FS
	// Owner is what /hello tells about this process.
	Owner workflow.OwnerInfo
	// Heartbeat is the pause after which a silent event stream shows that it
	// lives; 0 means 15 seconds.
	Heartbeat time.Duration
}

// New returns the whole door. It does not ask who is calling: put a Guard
// before it, or listen where only the user can reach it.
func New(a *api.API, opt Options) http.Handler {
	mux := http.NewServeMux()
	addData(mux, a)
	mux.Handle("POST /rpc/{noun}/{method}", newRPC(a.Bound()))
	mux.Handle("GET /events", newEvents(a, opt.Heartbeat))
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, opt.Owner) })
	for _, prefix := range []string{"/rpc/", "/data/", "/events/", "/hello/"} {
		mux.HandleFunc(prefix, notFound)
	}
	if opt.Assets == nil {
		mux.HandleFunc("/", notFound)
	} else {
		mux.Handle("/", newPages(opt.Assets))
	}
	return mux
}

// DataHandler serves /data alone: the window calls the bound structs without HTTP.
func DataHandler(a *api.API) http.Handler {
	mux := http.NewServeMux()
	addData(mux, a)
	mux.HandleFunc("/", notFound)
	return mux
}

func notFound(w http.ResponseWriter, r *http.Request) {
	writeError(w, workflow.Errorf(workflow.NotFound, "There is no %s %s here.", r.Method, r.URL.Path))
}

// readJSON reads the body of r into v.
func readJSON(w http.ResponseWriter, r *http.Request, v any) error {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return workflow.Errorf(workflow.Limit, "The text is larger than %d MB.", MaxBody>>20).
			WithHint("Split it into several documents.")
	}
	if err != nil {
		return workflow.Errorf(workflow.Invalid, "The request broke off before its end: %w", err)
	}
	if err := json.Unmarshal(body, v); err != nil {
		return workflow.Errorf(workflow.Invalid, "The request is not the JSON that was expected: %w", err)
	}
	return nil
}

// writeJSON answers with v; a nil list becomes an empty one.
func writeJSON(w http.ResponseWriter, status int, v any) {
	if rv := reflect.ValueOf(v); rv.Kind() == reflect.Slice && rv.IsNil() {
		v = []struct{}{}
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		writeError(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // the reader is gone if this fails, and nobody is left to tell
}

// writeError answers with the JSON of the workflow.Error in err.
func writeError(w http.ResponseWriter, err error) {
	e := workflow.Describe(err)
	writeJSON(w, StatusOf(e.Code), e)
}

// StatusOf returns the HTTP status of an error code.
func StatusOf(code workflow.Code) int {
	switch code {
	case workflow.Invalid:
		return http.StatusBadRequest
	case workflow.Unauthorized:
		return http.StatusUnauthorized
	case workflow.NotFound:
		return http.StatusNotFound
	case workflow.Conflict, workflow.Closed:
		return http.StatusConflict
	case workflow.Limit:
		return http.StatusRequestEntityTooLarge
	case workflow.Canceled:
		return 499 // the client closed the request; there is no standard status
	case workflow.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

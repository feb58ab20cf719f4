package server

import (
	"encoding/json"
	"net/http"
)

// lines writes an answer that comes line by line, each a JSON value.
type lines struct {
	w     http.ResponseWriter
	begun bool
}

// write sends a line at once.
func (l *lines) write(line any) {
	if !l.begun {
		h := l.w.Header()
		h.Set("Content-Type", "application/x-ndjson")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
	}
	l.begun = true
	enc := json.NewEncoder(l.w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(line) // the reader is gone if this fails, and the work ends with its context
	_ = http.NewResponseController(l.w).Flush()
}

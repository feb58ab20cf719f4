package server

import (
	"net/http"
	"time"

	"plumbline/app/api"
	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// addPast adds the routes for what was.
func (d data) addPast() {
	d.handle("GET /data/projects/{p}/log", func(r request, e *engine.Engine) (any, error) {
		before, err := r.number("before")
		if err != nil {
			return nil, err
		}
		lines, err := r.number("lines")
		if err != nil {
			return nil, err
		}
		q := workflow.LogQuery{Before: before, Lines: lines, Author: workflow.AuthorKind(r.query("author"))}
		return e.Log(r.Context(), r.project(), r.query("path"), q)
	})
	d.handle("GET /data/projects/{p}/blame", func(r request, e *engine.Engine) (any, error) {
		version, err := r.number("version")
		if err != nil {
			return nil, err
		}
		return e.Blame(r.Context(), r.project(), r.query("path"), version)
	})
	d.handle("GET /data/projects/{p}/headings", func(r request, e *engine.Engine) (any, error) {
		version, err := r.number("version")
		if err != nil {
			return nil, err
		}
		return e.Headings(r.Context(), r.project(), r.query("path"), version)
	})
	d.handle("GET /data/projects/{p}/moments", func(r request, e *engine.Engine) (any, error) {
		return e.Moments(r.Context(), r.project())
	})
	d.handle("GET /data/projects/{p}/at", func(r request, e *engine.Engine) (any, error) {
		at, err := time.Parse(time.RFC3339Nano, r.query("time"))
		if err != nil {
			return nil, workflow.Errorf(workflow.Invalid, "“%s” is not a time.", r.query("time")).WithHint("It looks like 2026-11-20T14:02:00Z.")
		}
		return e.ProjectAt(r.Context(), r.project(), at)
	})
	d.mux.HandleFunc("GET /data/projects/{p}/search", func(w http.ResponseWriter, r *http.Request) { search(w, r, d.api) })
}

const (
	// searchQuiet is how long a search goes on before it tells of its progress,
	// and searchPause how long it is silent after that.
	searchQuiet = 200 * time.Millisecond
	searchPause = 100 * time.Millisecond
)

// search answers with lines of JSON, each a SearchUpdate. A search that ends soon
// is one line. It stops when the reader goes away.
func search(w http.ResponseWriter, r *http.Request, a *api.API) {
	out := updates{lines: lines{w: w}, next: time.Now().Add(searchQuiet)}
	defer func() {
		if p := recover(); p != nil {
			out.fail(workflow.Panicked(p))
		}
	}()
	e, err := a.Engine(r.Context())
	if err != nil {
		out.fail(err)
		return
	}
	q := workflow.SearchQuery{Words: r.URL.Query().Get("words"), Path: r.URL.Query().Get("path")}
	result, err := e.Search(r.Context(), r.PathValue("p"), q, out.progress)
	if err != nil {
		out.fail(err)
		return
	}
	out.write(workflow.SearchUpdate{Result: &result})
}

// updates writes the lines of a search.
type updates struct {
	lines
	next time.Time            // when progress may be told
	hits []workflow.SearchHit // that have not been told of
}

func (u *updates) progress(p workflow.SearchProgress) {
	u.hits = append(u.hits, p.Hits...)
	if time.Now().Before(u.next) {
		return
	}
	u.next = time.Now().Add(searchPause)
	p.Hits = u.hits
	if p.Hits == nil {
		p.Hits = []workflow.SearchHit{}
	}
	u.hits = nil
	u.write(workflow.SearchUpdate{Progress: &p})
}

// fail tells an error: with its status when nothing has been written, else as the last line.
func (u *updates) fail(err error) {
	if !u.begun {
		writeError(u.w, err)
		return
	}
	u.write(workflow.SearchUpdate{Error: workflow.Describe(err)})
}

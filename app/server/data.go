package server

import (
	"net/http"
	"strconv"

	"plumbline/app/api"
	"plumbline/backend/engine"
	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// addData adds the routes for everything that may be large, either way.
func addData(mux *http.ServeMux, a *api.API) {
	d := data{mux, a}
	d.addProjects()
	d.addDocuments()
	d.addPast()
	d.addFindings()
	d.addPrompts()
	d.addLibrary()
	d.addHandoffIn()
	d.addRuns()
	d.addWhole()
	d.addWork()
	mux.HandleFunc("POST /data/render", render)
}

type data struct {
	mux *http.ServeMux
	api *api.API
}

// request is one call of a route.
type request struct {
	*http.Request
	w http.ResponseWriter
}

// handle adds a route whose answer is the JSON of what fn returns.
func (d data) handle(pattern string, fn func(request, *engine.Engine) (any, error)) {
	d.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		out, err := d.answer(w, r, fn)
		if err != nil {
			writeError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, out)
	})
}

// handleBody adds a route that reads a value from the body.
func handleBody[T any](d data, pattern string, fn func(request, *engine.Engine, T) (any, error)) {
	d.handle(pattern, func(r request, e *engine.Engine) (any, error) {
		var v T
		if err := r.body(&v); err != nil {
			return nil, err
		}
		return fn(r, e, v)
	})
}

func (d data) answer(w http.ResponseWriter, r *http.Request, fn func(request, *engine.Engine) (any, error)) (out any, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = workflow.Panicked(p)
		}
	}()
	e, err := d.api.Engine(r.Context())
	if err != nil {
		return nil, err
	}
	return fn(request{r, w}, e)
}

func (r request) project() string         { return r.PathValue("p") }
func (r request) run() string             { return r.PathValue("r") }
func (r request) query(key string) string { return r.URL.Query().Get(key) }
func (r request) body(v any) error        { return readJSON(r.w, r.Request, v) }

// number reads a whole number from the query; 0 when it is not there.
func (r request) number(key string) (int, error) {
	text := r.query(key)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, workflow.Errorf(workflow.Invalid, "“%s” is not a number for %s.", text, key)
	}
	return n, nil
}

func (d data) addProjects() {
	d.handle("GET /data/projects", func(r request, e *engine.Engine) (any, error) { return e.Projects(r.Context()) })
	handleBody(d, "POST /data/projects", func(r request, e *engine.Engine, n workflow.NewProject) (any, error) {
		return e.CreateProject(r.Context(), n)
	})
	d.handle("GET /data/projects/{p}/artifacts", func(r request, e *engine.Engine) (any, error) {
		return e.Artifacts(r.Context(), r.project())
	})
	d.handle("GET /data/projects/{p}/records", func(r request, e *engine.Engine) (any, error) {
		return e.GateRecords(r.Context(), r.project())
	})
	d.handle("GET /data/projects/{p}/runs", func(r request, e *engine.Engine) (any, error) {
		return e.Runs(r.Context(), r.project(), r.query("phase"))
	})
}

func (d data) addDocuments() {
	d.handle("GET /data/projects/{p}/document", func(r request, e *engine.Engine) (any, error) {
		version, err := r.number("version")
		if err != nil {
			return nil, err
		}
		return e.Document(r.Context(), r.project(), r.query("path"), version)
	})
	d.handle("GET /data/projects/{p}/text", func(r request, e *engine.Engine) (any, error) {
		version, err := r.number("version")
		if err != nil {
			return nil, err
		}
		return e.Text(r.Context(), r.project(), r.query("path"), version)
	})
	handleBody(d, "PUT /data/projects/{p}/document", func(r request, e *engine.Engine, s workflow.SaveDocument) (any, error) {
		return e.Save(r.Context(), r.project(), s)
	})
	d.handle("GET /data/projects/{p}/diff", func(r request, e *engine.Engine) (any, error) {
		from, err := r.number("from")
		if err != nil {
			return nil, err
		}
		to, err := r.number("to")
		if err != nil {
			return nil, err
		}
		return e.Diff(r.Context(), r.project(), r.query("path"), from, to)
	})
	handleBody(d, "POST /data/projects/{p}/proof", func(r request, e *engine.Engine, proof workflow.Proof) (any, error) {
		return e.Prove(r.Context(), r.project(), proof)
	})
	d.handle("GET /data/projects/{p}/behind", func(r request, e *engine.Engine) (any, error) {
		return e.Behind(r.Context(), r.project(), r.query("path"))
	})
	handleBody(d, "POST /data/projects/{p}/handoff", func(r request, e *engine.Engine, ask workflow.HandoffAsk) (any, error) {
		return e.Handoff(r.Context(), r.project(), ask)
	})
	d.addDrafts()
}

func (d data) addDrafts() {
	d.handle("GET /data/projects/{p}/draft", func(r request, e *engine.Engine) (any, error) {
		draft, found, err := e.Draft(r.Context(), r.project(), r.query("path"))
		if err == nil && !found {
			draft = workflow.Draft{ProjectID: r.project(), Path: r.query("path"), Base: -1}
		}
		return draft, err
	})
	handleBody(d, "PUT /data/projects/{p}/draft", func(r request, e *engine.Engine, draft workflow.Draft) (any, error) {
		draft.ProjectID, draft.Path = r.project(), r.query("path")
		if err := e.SaveDraft(r.Context(), draft); err != nil {
			return nil, err
		}
		kept, _, err := e.Draft(r.Context(), draft.ProjectID, draft.Path)
		return kept, err
	})
	d.handle("DELETE /data/projects/{p}/draft", func(r request, e *engine.Engine) (any, error) {
		return struct{}{}, e.DropDraft(r.Context(), r.project(), r.query("path"))
	})
}

func (d data) addPrompts() {
	d.handle("GET /data/projects/{p}/prompt", func(r request, e *engine.Engine) (any, error) {
		return e.Prompt(r.Context(), r.project(), r.query("phase"), r.query("model"))
	})
	handleBody(d, "PUT /data/projects/{p}/variables", func(r request, e *engine.Engine, values map[string]string) (any, error) {
		if err := e.SetVariables(r.Context(), r.project(), r.query("phase"), values); err != nil {
			return nil, err
		}
		return e.Prompt(r.Context(), r.project(), r.query("phase"), r.query("model"))
	})
}

func (d data) addRuns() {
	d.handle("GET /data/runs/{r}", func(r request, e *engine.Engine) (any, error) { return e.Run(r.Context(), r.run()) })
	d.handle("GET /data/runs/{r}/blocks", func(r request, e *engine.Engine) (any, error) {
		from, err := r.number("from")
		if err != nil {
			return nil, err
		}
		return e.RunBlocks(r.Context(), r.run(), from)
	})
	handleBody(d, "POST /data/runs/{r}/answer", func(r request, e *engine.Engine, answer workflow.PastedAnswer) (any, error) {
		return e.PasteAnswer(r.Context(), r.run(), answer)
	})
	d.handle("GET /data/runs/{r}/review", func(r request, e *engine.Engine) (any, error) { return e.Review(r.Context(), r.run()) })
	handleBody(d, "POST /data/runs/{r}/accept", func(r request, e *engine.Engine, accept workflow.AcceptCandidate) (any, error) {
		return e.Accept(r.Context(), r.run(), accept)
	})
}

// render needs no data: it works before the engine is open.
func render(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Markdown string `json:"markdown"`
	}
	if err := readJSON(w, r, &in); err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"html": markdown.Render(in.Markdown, markdown.Options{})})
}

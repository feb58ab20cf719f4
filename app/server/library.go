package server

import (
	"net/http"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// addLibrary adds the routes of the prompt library.
func (d data) addLibrary() {
	d.handle("GET /data/library", func(r request, e *engine.Engine) (any, error) { return e.Shelf(r.Context()) })
	d.handle("GET /data/library/search", func(r request, e *engine.Engine) (any, error) {
		return e.SearchPrompts(r.Context(), r.query("q"))
	})
	d.handle("GET /data/library/runs", func(r request, e *engine.Engine) (any, error) {
		return e.PromptRuns(r.Context(), r.query("prompt"), r.query("project"))
	})
	d.handle("GET /data/library/own", func(r request, e *engine.Engine) (any, error) { return e.OwnChecklists(r.Context()) })
	handleBody(d, "POST /data/library/own", func(r request, e *engine.Engine, t workflow.TickOwn) (any, error) {
		return e.TickOwn(r.Context(), t.ID, t.Offset, t.Version, t.Done)
	})
	d.addPromptFiles()
	handleBody(d, "POST /data/library/fill", func(r request, e *engine.Engine, o workflow.PromptOrder) (any, error) {
		return e.FillPrompt(r.Context(), o)
	})
	handleBody(d, "PUT /data/library/values", func(r request, e *engine.Engine, o workflow.PromptOrder) (any, error) {
		return e.KeepValues(r.Context(), o)
	})
	handleBody(d, "POST /data/library/start", func(r request, e *engine.Engine, o workflow.PromptOrder) (any, error) {
		return e.StartPrompt(r.Context(), o)
	})
	handleBody(d, "POST /data/library/copy", func(r request, e *engine.Engine, o workflow.PromptOrder) (any, error) {
		return e.CopyPrompt(r.Context(), o)
	})
	handleBody(d, "POST /data/library/batch", func(r request, e *engine.Engine, b workflow.PromptBatch) (any, error) {
		return e.StartBatch(r.Context(), b)
	})
	handleBody(d, "POST /data/library/next", func(r request, e *engine.Engine, g workflow.Given) (any, error) {
		return e.NextPrompt(r.Context(), g)
	})
}

// addPromptFiles adds the routes of the files of the library.
func (d data) addPromptFiles() {
	d.handle("GET /data/library/prompts/{id}", func(r request, e *engine.Engine) (any, error) {
		return e.PromptDetail(r.Context(), r.PathValue("id"))
	})
	d.handle("GET /data/library/workflows/{id}", func(r request, e *engine.Engine) (any, error) {
		text, err := e.WorkflowText(r.Context(), r.PathValue("id"))
		return map[string]string{"text": text}, err
	})
	d.handle("GET /data/library/prompts/{id}/upgrade", func(r request, e *engine.Engine) (any, error) {
		return e.Upgrade(r.Context(), r.PathValue("id"))
	})
	handleBody(d, "PUT /data/library/prompts/{id}", func(r request, e *engine.Engine, s workflow.SavePrompt) (any, error) {
		return e.SavePrompt(r.Context(), r.PathValue("id"), s)
	})
	handleBody(d, "POST /data/library/prompts/{id}/upgrade", func(r request, e *engine.Engine, s workflow.SavePrompt) (any, error) {
		return e.TakeOver(r.Context(), r.PathValue("id"), s)
	})
	handleBody(d, "POST /data/library/prompts", func(r request, e *engine.Engine, s workflow.SavePrompt) (any, error) {
		return e.NewPrompt(r.Context(), s)
	})
	handleBody(d, "POST /data/library/import", previewImport)
	handleBody(d, "POST /data/library/take", func(r request, e *engine.Engine, items []workflow.ImportItem) (any, error) {
		return e.TakePrompts(r.Context(), items)
	})
	handleBody(d, "POST /data/library/readme", func(r request, e *engine.Engine, in readme) (any, error) {
		text, err := e.Readme(r.Context(), in.Readme)
		return map[string]string{"text": text}, err
	})
	d.mux.HandleFunc("POST /data/lint", lint)
	handleBody(d, "POST /data/library/export", func(r request, e *engine.Engine, x workflow.ExportPrompts) (any, error) {
		return e.ExportPrompts(r.Context(), x)
	})
}

// readme is a README that gets a section of ours.
type readme struct {
	Readme string `json:"readme"`
}

// lint checks files that are meant for a library. It needs no data.
func lint(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Kind  string                `json:"kind"`
		Files []workflow.ImportFile `json:"files"`
	}
	if err := readJSON(w, r, &in); err != nil {
		writeError(w, err)
		return
	}
	found, err := engine.Lint(in.Kind, in.Files)
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, found)
}

// foreign is what an import is made of: files of another program by their paths, or
// the path of a file, a folder or an archive of this machine.
type foreign struct {
	Path  string                `json:"path"`
	Files []workflow.ImportFile `json:"files"`
}

// previewImport says what an import would bring in.
func previewImport(r request, e *engine.Engine, f foreign) (any, error) {
	if f.Path != "" {
		return e.PreviewImport(r.Context(), f.Path)
	}
	return e.PreviewFiles(r.Context(), f.Files)
}

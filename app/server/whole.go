package server

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"plumbline/app/api"
	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// MaxImport is the largest file of a project that is taken in over HTTP, in bytes.
const MaxImport = 2 << 30

// archiveType is the media type of exported projects.
const archiveType = "application/zip"

// addWhole adds the routes for the data as a whole, and for files of projects: a
// browser knows no paths, so it downloads an export and uploads an import.
func (d data) addWhole() {
	d.mux.HandleFunc("GET /data/verify", func(w http.ResponseWriter, r *http.Request) { verify(w, r, d.api) })
	t := transfers{api: d.api}
	d.mux.HandleFunc("GET /data/projects/{p}/export", t.export)
	d.handle("POST "+importPath, func(r request, e *engine.Engine) (any, error) { return t.take(r, e) })
}

// importPath is the one route that takes a body other than JSON.
const importPath = "/data/import"

// verify answers with lines of JSON, each a VerifyUpdate. It stops when the reader
// goes away.
func verify(w http.ResponseWriter, r *http.Request, a *api.API) {
	out := lines{w: w}
	fail := func(err error) {
		if out.begun {
			out.write(workflow.VerifyUpdate{Error: workflow.Describe(err)})
		} else {
			writeError(w, err)
		}
	}
	defer func() {
		if p := recover(); p != nil {
			fail(workflow.Panicked(p))
		}
	}()
	e, err := a.Engine(r.Context())
	if err != nil {
		fail(err)
		return
	}
	tell := func(p workflow.VerifyProgress) { out.write(workflow.VerifyUpdate{Progress: &p}) }
	checks, err := e.Verify(r.Context(), r.URL.Query().Get("deep") == "true", tell)
	if err != nil {
		fail(err)
		return
	}
	out.write(workflow.VerifyUpdate{Checks: checks})
}

// transfers keeps files of projects in the data folder while they are on their way.
type transfers struct {
	api   *api.API
	swept sync.Once
}

// folder makes a folder for one file. What a crash has left is removed first: only
// one process has the data open, so nobody needs it any more.
func (t *transfers) folder(dir string) (string, error) {
	const pattern = "transfer-*.tmp"
	t.swept.Do(func() {
		left, _ := filepath.Glob(filepath.Join(dir, pattern)) // the pattern is a good one
		for _, path := range left {
			_ = os.RemoveAll(path) // it is tried again at the next start
		}
	})
	path, err := os.MkdirTemp(dir, pattern)
	if err != nil {
		return "", workflow.Errorf(workflow.Unavailable, "No file can be kept in %s: %w.", dir, err).
			WithHint("Check that the disk has room and that you may write to the data folder.")
	}
	return path, nil
}

func (t *transfers) export(w http.ResponseWriter, r *http.Request) {
	if err := t.send(w, r); err != nil {
		writeError(w, err)
	}
}

// send answers with the file of a project. It returns only errors that come before
// the answer has begun.
func (t *transfers) send(w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = workflow.Panicked(p)
		}
	}()
	e, err := t.api.Engine(r.Context())
	if err != nil {
		return err
	}
	p, err := e.FindProject(r.Context(), r.PathValue("p"))
	if err != nil {
		return err
	}
	dir, err := t.folder(e.Info().DataDir)
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) // what cannot be removed is swept after the next start
	made, err := e.ExportProject(r.Context(), p.ID, filepath.Join(dir, "project.zip"))
	if err != nil {
		return err
	}
	f, err := os.Open(made.Path)
	if err != nil {
		return fmt.Errorf("read the export: %w", err)
	}
	defer f.Close()
	name := p.Slug + "-" + made.At.Local().Format(time.DateOnly) + ".zip"
	h := w.Header()
	h.Set("Content-Type", archiveType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", made.At, f)
	return nil
}

// take takes in the file that is the body; with a name it becomes a project of its own.
func (t *transfers) take(r request, e *engine.Engine) (workflow.Project, error) {
	dir, err := t.folder(e.Info().DataDir)
	if err != nil {
		return workflow.Project{}, err
	}
	defer os.RemoveAll(dir) // what cannot be removed is swept after the next start
	path := filepath.Join(dir, "project.zip")
	if err := keep(http.MaxBytesReader(r.w, r.Body, MaxImport), path); err != nil {
		return workflow.Project{}, err
	}
	p, err := e.ImportProject(r.Context(), path, r.query("name"))
	if err != nil {
		return workflow.Project{}, named(err, path, r.query("file"))
	}
	return p, nil
}

// keep writes a body to a file.
func keep(body io.Reader, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	_, err = io.Copy(f, body)
	err = errors.Join(err, f.Close())
	var tooLarge *http.MaxBytesError
	var onDisk *os.PathError
	switch {
	case errors.As(err, &tooLarge):
		return workflow.Errorf(workflow.Limit, "The file is larger than %d GB.", MaxImport>>30).
			WithHint("Import it in a terminal, which has no limit: “plumbline import FILE”.")
	case errors.As(err, &onDisk):
		return workflow.Errorf(workflow.Unavailable, "The file could not be kept while it came: %w.", err).
			WithHint("Check that the disk of the data folder has room. Nothing was changed.")
	case err != nil:
		return workflow.Errorf(workflow.Invalid, "The file broke off before its end: %w.", err).WithHint("Import it again. Nothing was changed.")
	}
	return nil
}

// named says the name that a file has for its sender in the place of its path here.
func named(err error, path, name string) error {
	if name = filepath.Base(name); name == "." {
		name = "The file"
	}
	told := *workflow.Describe(err)
	told.Message = strings.ReplaceAll(told.Message, path, name)
	return &told
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/engine"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// hand is the inside of a worker.
type hand struct{ engine *engine.Engine }

// skill carries out an order. What it measures is only what matters.
type skill func(context.Context, order, *result) error

func (h *hand) skills() map[string]skill {
	return map[string]skill{
		"open": h.open, "close": h.leave, "open bare": h.openBare, "maintain": h.maintain, "make room": h.leaveFreePages,
		"save": h.save, "read": h.read, "show": h.show, "name": h.name, "log a page": h.logPage, "log all": h.logAll,
	}
}

func (h *hand) close() error {
	if h.engine == nil {
		return nil
	}
	err := h.engine.Close()
	h.engine = nil
	return err
}

// timing measures what fn does.
func (r *result) timing(fn func() error) (err error) {
	r.Millis = timeOf(func() { err = fn() })
	return err
}

func (h *hand) open(ctx context.Context, o order, r *result) error {
	return r.timing(func() (err error) {
		h.engine, err = engine.Open(ctx, engine.Options{Dir: o.Dir, Version: "bench", Door: engine.DoorCommand})
		return err
	})
}

func (h *hand) leave(_ context.Context, _ order, r *result) error { return r.timing(h.close) }

// openBare opens the database as the store does, and reads the one file per
// project that says what git has.
func (h *hand) openBare(_ context.Context, o order, r *result) error {
	var db *bolt.DB
	err := r.timing(func() (err error) {
		db, err = bolt.Open(store.DatabasePath(o.Dir), 0o600, &bolt.Options{
			Timeout: 2 * time.Second, FreelistType: bolt.FreelistMapType, InitialMmapSize: 1 << 30,
		})
		for n := 0; n < manyProjects && err == nil; n++ {
			_, err = os.ReadFile(filepath.Join(repositoryOf(o.Dir, n), "refs", "heads", "main"))
		}
		return err
	})
	if db == nil {
		return err
	}
	return errors.Join(err, db.Close())
}

// repositoryOf is the history of a project in a data folder.
func repositoryOf(dir string, project int) string {
	return filepath.Join(dir, "projects", projectID(project), "history.git")
}

func (h *hand) maintain(ctx context.Context, _ order, r *result) error {
	return r.timing(func() error { return h.engine.Maintain(ctx) })
}

// save saves a new version of a document of 4 KB in the first project.
func (h *hand) save(ctx context.Context, _ order, r *result) error {
	project := projectID(0)
	current, err := h.engine.Document(ctx, project, savedPath, 0)
	if err != nil {
		return err
	}
	body := document(current.Version.Number)
	return r.timing(func() error {
		_, err := h.engine.Save(ctx, project, workflow.SaveDocument{Path: savedPath, Base: current.Version.Number, Body: body})
		return err
	})
}

// read reads an old version as it was written.
func (h *hand) read(ctx context.Context, o order, r *result) error {
	return r.timing(func() error {
		t, err := h.engine.Text(ctx, projectID(0), o.Path, o.Number)
		r.Count = len(t.Markdown)
		if err == nil && (t.Version.Number != o.Number || r.Count != t.Version.Size) {
			err = fmt.Errorf("%s v%d is not what was asked for", o.Path, o.Number)
		}
		return err
	})
}

// show reads an old version as it is shown.
func (h *hand) show(ctx context.Context, o order, r *result) error {
	return r.timing(func() error {
		d, err := h.engine.Document(ctx, projectID(0), o.Path, o.Number)
		r.Count = len(d.Markdown)
		if err == nil && (d.Version.Number != o.Number || !strings.Contains(d.HTML, "<h1")) {
			err = fmt.Errorf("%s v%d is not what was asked for", o.Path, o.Number)
		}
		return err
	})
}

// name tells which commit made a version.
func (h *hand) name(ctx context.Context, o order, r *result) error {
	log, err := h.engine.Log(ctx, projectID(0), o.Path, workflow.LogQuery{Before: o.Number + 1, Lines: 1})
	if err == nil {
		r.Commit = log.Lines[0].Versions[0].Commit
	}
	return err
}

// logPage lists what a person sees first of a log.
func (h *hand) logPage(ctx context.Context, o order, r *result) error {
	return r.timing(func() error {
		log, err := h.engine.Log(ctx, projectID(0), o.Path, workflow.LogQuery{})
		r.Count = log.Total
		return err
	})
}

// logAll lists a log to its end.
func (h *hand) logAll(ctx context.Context, o order, r *result) error {
	return r.timing(func() error {
		for q := (workflow.LogQuery{}); ; {
			log, err := h.engine.Log(ctx, projectID(0), o.Path, q)
			if err != nil {
				return err
			}
			for _, line := range log.Lines {
				r.Count += len(line.Versions)
			}
			if q.Before = log.Next; q.Before == 0 {
				return nil
			}
		}
	})
}

// leaveFreePages writes long drafts and drops them.
func (h *hand) leaveFreePages(ctx context.Context, o order, _ *result) error {
	draft := fill(engine.MaxDocument, "", func(int) string { return "Words that will be forgotten.\n" })
	paths := []string{}
	for pages := 0; pages < o.Number; pages += engine.MaxDocument / os.Getpagesize() {
		path := fmt.Sprintf("drafts/%d.md", len(paths))
		paths = append(paths, path)
		if err := h.engine.SaveDraft(ctx, workflow.Draft{ProjectID: projectID(0), Path: path, Body: draft}); err != nil {
			return err
		}
	}
	for _, path := range paths {
		if err := h.engine.DropDraft(ctx, projectID(0), path); err != nil {
			return err
		}
	}
	return nil
}

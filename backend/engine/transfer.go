package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"plumbline/backend/archive"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	historyEntry = "history.bundle"
	localEntry   = "local.json"
	// maxLocal bounds what is read of an imported project's local part, in bytes.
	maxLocal = 64 << 20
)

// carried is what a project has that is not in its history.
type carried struct {
	Drafts []workflow.Draft `json:"drafts"`
	// Waiting are runs that wait for a pasted answer, with the prompts as copied.
	Waiting []carriedRun `json:"waiting"`
}

type carriedRun struct {
	Run    workflow.Run `json:"run"`
	Prompt string       `json:"prompt"`
}

// ExportProject writes one project into a file: its history as a git bundle, and
// what is not in it. Another Plumbline takes it in with ImportProject.
func (e *Engine) ExportProject(ctx context.Context, projectID, path string) (workflow.Backup, error) {
	p, err := e.project(projectID)
	if err != nil {
		return workflow.Backup{}, err
	}
	if !filepath.IsAbs(path) {
		return workflow.Backup{}, workflow.Errorf(workflow.Invalid, "The path %s does not begin at the root.", path).WithHint("%s", absoluteHint)
	}
	m := archive.Manifest{Kind: archive.Project, CreatedAt: e.opt.Now(), Plumbline: e.opt.Version}
	err = e.drainer.pause(ctx, func() error {
		return archive.Write(e.opt.Disk, path, m, func(w *archive.Writer, m *archive.Manifest) error {
			return e.fillExport(ctx, w, m, p)
		})
	})
	if err != nil {
		return workflow.Backup{}, err
	}
	return backupAt(path, m.CreatedAt)
}

func (e *Engine) fillExport(ctx context.Context, w *archive.Writer, m *archive.Manifest, p workflow.Project) error {
	tip, err := e.store.GitHead(p.ID)
	if err != nil {
		return err
	}
	if tip == "" {
		return workflow.Errorf(workflow.Unavailable, "The history of “%s” could not be written yet, so there is nothing to export.", p.Name).
			WithHint("“plumbline doctor” says what keeps it from being written.")
	}
	m.Projects = []archive.Content{{ID: p.ID, Name: p.Name, Tip: tip}}
	local, err := e.carriedOf(p.ID)
	if err != nil {
		return err
	}
	if err := e.addBundle(ctx, w, p.ID, historyEntry); err != nil {
		return err
	}
	return w.Add(localEntry, false, func(to io.Writer) error { return json.NewEncoder(to).Encode(local) })
}

func (e *Engine) carriedOf(projectID string) (carried, error) {
	c := carried{Waiting: []carriedRun{}}
	err := e.store.View(func(tx *store.Tx) (err error) {
		if c.Drafts, err = tx.Drafts(projectID); err != nil {
			return err
		}
		active, err := tx.ActiveRuns()
		if err != nil {
			return err
		}
		for _, r := range active {
			if r.ProjectID != projectID || r.State != workflow.RunWaiting {
				continue
			}
			prompt, err := tx.RunText(r.ID, "prompt")
			if err != nil {
				return err
			}
			c.Waiting = append(c.Waiting, carriedRun{Run: r, Prompt: prompt})
		}
		return nil
	})
	return c, err
}

// ImportProject takes in a project that ExportProject has written. A project that
// is here already gets what is new, if nothing has happened to it here since; else
// it is a Conflict. With a name it becomes a project of its own.
func (e *Engine) ImportProject(ctx context.Context, path, name string) (p workflow.Project, err error) {
	if err := e.isOpen(); err != nil {
		return p, err
	}
	r, err := archive.Open(path)
	if err != nil {
		return p, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if r.Manifest.Kind != archive.Project || len(r.Manifest.Projects) != 1 || workflow.CheckID(r.Manifest.Projects[0].ID) != nil {
		return p, workflow.Errorf(workflow.Invalid, "%s does not hold a project.", path).
			WithHint("“plumbline restore” takes a backup of everything. Nothing was changed.")
	}
	from := r.Manifest.Projects[0]
	if name != "" {
		return e.importAs(ctx, r, from, name)
	}
	if old, err := e.project(from.ID); err == nil {
		return e.importInto(ctx, r, from, old)
	} else if workflow.CodeOf(err) != workflow.NotFound {
		return p, err
	}
	return e.importAs(ctx, r, from, "")
}

// importAs makes a project that is not here yet.
func (e *Engine) importAs(ctx context.Context, r *archive.Reader, from archive.Content, name string) (workflow.Project, error) {
	id := from.ID
	if name != "" {
		var err error
		if name, err = workflow.CheckName(name); err != nil {
			return workflow.Project{}, err
		}
		id = e.newID()
	}
	if err := e.checkFree(name, from.Name); err != nil {
		return workflow.Project{}, err
	}
	var local carried
	if err := readLocal(r, &local); err != nil {
		return workflow.Project{}, err
	}
	if err := unbundle(ctx, e.history, r, historyEntry, id, from.Tip); err != nil {
		return workflow.Project{}, err
	}
	if err := e.takeIn(ctx, id, from.Tip); err != nil {
		return workflow.Project{}, err
	}
	if id == from.ID {
		if err := e.takeLocal(id, local); err != nil {
			return workflow.Project{}, err
		}
	}
	return e.settleImport(id, name)
}

// checkFree makes sure that no project here has the name of one that is to come.
func (e *Engine) checkFree(name, otherwise string) error {
	p := workflow.Project{Name: cmp.Or(name, otherwise)}
	p.Slug = workflow.Slug(p.Name)
	err := e.store.View(func(tx *store.Tx) error { return checkUnique(tx, p) })
	if workflow.CodeOf(err) == workflow.Conflict {
		return workflow.Describe(err).WithHint("Import it under another name: “plumbline import FILE --new NAME”.")
	}
	return err
}

// takeIn makes the records of a project whose history is here.
func (e *Engine) takeIn(ctx context.Context, id, tip string) error {
	rebuilt, err := rebuild(ctx, e.store, e.history, id, id, tip, func(int) {})
	for _, fault := range rebuilt.Lost {
		e.notify("warning", "Something of the imported project could not be read: "+fault.String(), "Everything else is there.")
	}
	return err
}

func readLocal(r *archive.Reader, into *carried) error {
	if !r.Has(localEntry) {
		return nil
	}
	return r.Read(localEntry, func(in io.Reader) error {
		if err := json.NewDecoder(io.LimitReader(in, maxLocal)).Decode(into); err != nil {
			return workflow.Errorf(workflow.Invalid, "The drafts in the file cannot be read: %w.", err).
				WithHint("Export the project again. Nothing was changed.")
		}
		return nil
	})
}

// takeLocal takes in drafts of documents that have none here, and runs that wait
// for a paste and are not here.
func (e *Engine) takeLocal(projectID string, local carried) error {
	return e.store.Update(func(tx *store.Tx) error {
		for _, d := range local.Drafts {
			d.ProjectID = projectID
			if _, here, err := tx.Draft(projectID, d.Path); err != nil {
				return err
			} else if here || checkBody(d.Body) != nil {
				continue
			}
			if err := tx.PutDraft(d); err != nil {
				return err
			}
		}
		for _, w := range local.Waiting {
			_, err := tx.Run(w.Run.ID)
			if w.Run.ProjectID != projectID || w.Run.State != workflow.RunWaiting || workflow.CodeOf(err) != workflow.NotFound {
				continue
			}
			if err := errors.Join(tx.PutRunText(w.Run.ID, "prompt", w.Prompt), tx.PutRun(w.Run)); err != nil {
				return err
			}
		}
		return nil
	})
}

// settleImport gives an imported project the name it is to have here, and a slug
// that no other project has.
func (e *Engine) settleImport(id, name string) (workflow.Project, error) {
	err := e.change(id, e.person(), "Import the project", func(w *write) error {
		p, err := w.tx.Project(id)
		if err != nil {
			return err
		}
		before := p
		if name != "" {
			p.Name, p.Slug = name, workflow.Slug(name)
		}
		if p.Slug, err = freeSlug(w.tx, p); err != nil {
			return err
		}
		if w.idle = p == before; w.idle {
			return nil
		}
		if err := w.tx.PutProject(p); err != nil {
			return err
		}
		return e.pages(w.tx, p)
	})
	if err != nil {
		return workflow.Project{}, err
	}
	e.news.add(id, touched{})
	return e.project(id)
}

// freeSlug returns the slug of a project, with a number if another one has it.
func freeSlug(tx *store.Tx, p workflow.Project) (string, error) {
	projects, err := projectsOf(tx)
	if err != nil {
		return "", err
	}
	taken := map[string]bool{}
	for _, other := range projects {
		taken[other.Slug] = taken[other.Slug] || other.ID != p.ID
	}
	slug := p.Slug
	for n := 2; taken[slug]; n++ {
		slug = fmt.Sprintf("%s-%d", p.Slug, n)
	}
	return slug, nil
}

// importInto brings a project that is here to where the file is, if nothing has
// happened to it here since.
func (e *Engine) importInto(ctx context.Context, r *archive.Reader, from archive.Content, here workflow.Project) (workflow.Project, error) {
	var local carried
	if err := readLocal(r, &local); err != nil {
		return here, err
	}
	e.mu.Lock() // nothing of the project may change meanwhile
	err := e.drainer.pause(ctx, func() error { return e.fastForward(ctx, r, from, here) })
	e.mu.Unlock()
	if err != nil {
		return here, err
	}
	if err := e.takeLocal(here.ID, local); err != nil {
		return here, err
	}
	return e.settleImport(here.ID, "")
}

// fastForward puts the history of a file in the place of ours, which is its
// beginning. mu is held, and everything is drained.
func (e *Engine) fastForward(ctx context.Context, r *archive.Reader, from archive.Content, here workflow.Project) error {
	if e.closed {
		return closing()
	}
	head, err := e.store.GitHead(here.ID)
	if err != nil {
		return err
	}
	if contained, err := e.history.Descends(ctx, here.ID, head, from.Tip); err != nil {
		return err
	} else if contained {
		return workflow.Errorf(workflow.Conflict, "“%s” is here already, with everything that is in the file.", here.Name).
			WithHint("There is nothing to import. To have it twice: “plumbline import FILE --new NAME”.")
	}
	if err := e.noneActive(here); err != nil {
		return err
	}
	if err := r.Read(historyEntry, func(in io.Reader) error {
		_, err := e.history.Unbundle(ctx, here.ID, in)
		return err
	}); err != nil {
		return err
	}
	later, err := e.history.Descends(ctx, here.ID, from.Tip, head)
	if err != nil {
		return err
	}
	if !later {
		return workflow.Errorf(workflow.Conflict, "“%s” has changed here and in the file.", here.Name).
			WithHint("Import it as a project of its own: “plumbline import FILE --new NAME”. Nothing was changed.")
	}
	if err := e.history.Adopt(ctx, here.ID, from.Tip); err != nil {
		return err
	}
	if err := e.store.Forget(ctx, here.ID); err != nil {
		return err
	}
	return e.takeIn(ctx, here.ID, from.Tip)
}

func (e *Engine) noneActive(p workflow.Project) error {
	return e.store.View(func(tx *store.Tx) error {
		active, err := tx.ActiveRuns()
		for _, run := range active {
			if run.ProjectID == p.ID && run.State != workflow.RunWaiting {
				return workflow.Errorf(workflow.Conflict, "A run is writing in “%s”.", p.Name).WithHint("Wait for it, or stop it.")
			}
		}
		return err
	})
}

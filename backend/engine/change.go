package engine

import (
	"errors"
	"slices"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// write is one acknowledged change of a project in the making.
type write struct {
	project string
	tx      *store.Tx
	at      time.Time
	touched touched
	events  []workflow.Event          // what else is to be told
	timed   map[place]workflow.Effort // the work that was counted until now, written with it
	// idle says that there was nothing to change: nothing is kept or committed.
	idle bool
}

// touched is what a change is about, apart from the project as a whole.
type touched struct {
	paths  []string // artifacts that have a new version or state
	phases []string // phases whose gates stand differently
}

// touch notes an artifact that has a new version or state.
func (w *write) touch(path string) {
	if !slices.Contains(w.touched.paths, path) {
		w.touched.paths = append(w.touched.paths, path)
	}
}

// tell notes an event for when the change is acknowledged.
func (w *write) tell(ev workflow.Event) { w.events = append(w.events, ev) }

// change makes one acknowledged write of a project: one transaction, one
// commit, and the events that follow from it. mu is held until those that it
// tells itself are out, so that they come in the order of the changes; how the
// project stands by then follows.
func (e *Engine) change(projectID string, by workflow.Author, message string, fn func(w *write) error) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	w := &write{project: projectID, at: e.now()}
	if projectID == workflow.LibraryID {
		e.shelf.expect()
	}
	idle := errors.New("nothing to change")
	err := e.update(func(tx *store.Tx) error {
		w.tx = tx // the store calls this once
		if err := tx.Describe(projectID, by, w.at, message); err != nil {
			return err
		}
		if err := touchProject(tx, projectID, w.at); err != nil {
			return err
		}
		timed, err := e.effort.flush(tx, projectID)
		if err != nil {
			return err
		}
		w.timed = timed
		if err := fn(w); err != nil {
			return err
		}
		if w.idle {
			return idle
		}
		return nil
	})
	if errors.Is(err, idle) {
		return nil
	}
	if err != nil {
		return err
	}
	e.effort.forget(projectID, w.timed)
	e.drainer.wake()
	e.care.written()
	e.news.add(projectID, w.touched)
	for _, ev := range w.events {
		e.hub.emit(ev)
	}
	return nil
}

// update is store.Update until Close. mu must be held.
func (e *Engine) update(fn func(*store.Tx) error) error {
	if e.closed {
		return closing()
	}
	return e.store.Update(fn)
}

// isOpen returns an error once Close has begun.
func (e *Engine) isOpen() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return closing()
	}
	return nil
}

func closing() error {
	return workflow.Errorf(workflow.Unavailable, "Plumbline is closing.").WithHint("Start it again. Everything that was saved is there.")
}

// touchProject notes when a project was changed last.
func touchProject(tx *store.Tx, projectID string, at time.Time) error {
	p, err := tx.Project(projectID)
	if projectID == workflow.LibraryID && workflow.CodeOf(err) == workflow.NotFound { // made when it is first needed
		p, err = libraryProject(), nil
		p.CreatedAt = at
	}
	if err != nil {
		return err
	}
	p.UpdatedAt = at
	return tx.PutProject(p)
}

// standing are the events that tell how a project stands: its overview, the gate it
// is at and those that were touched, and the artifacts that were.
func (e *Engine) standing(tx *store.Tx, pic picture, what touched) ([]workflow.Event, error) {
	events := []workflow.Event{}
	o := pic.overview()
	if pic.project.ID != workflow.LibraryID {
		var err error
		if o, err = e.overview(tx, pic); err != nil {
			return nil, err
		}
		events = append(events, workflow.Event{Overview: &o})
	}
	phases := append([]string{o.Current}, what.phases...)
	for _, path := range what.paths {
		if p, ok := pic.workflow.Producer(path); ok {
			phases = append(phases, p.ID)
		}
	}
	for i, id := range phases {
		if p, ok := pic.workflow.Phase(id); ok && !slices.Contains(phases[:i], id) {
			g := pic.gate(p)
			events = append(events, workflow.Event{Gate: &g})
		}
	}
	for _, path := range what.paths {
		v, ok, err := tx.Head(pic.project.ID, path)
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		a, err := e.artifact(tx, pic, v)
		if err != nil {
			return nil, err
		}
		events = append(events, workflow.Event{Artifact: &a})
	}
	return events, nil
}

package engine

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// keepEffortAfter is how much time the timer counts before it writes: what is worked
// is of little interest to git by the minute, and little is lost in a crash.
const keepEffortAfter = 5 * time.Minute

// timer counts the time that is worked, between writes of it. Whatever is written to
// a project takes the time counted so far with it.
type timer struct {
	mu      sync.Mutex
	waiting map[string]map[place]workflow.Effort // by project
}

func newTimer() *timer { return &timer{waiting: map[string]map[place]workflow.Effort{}} }

// Touch says that somebody is at work on a phase, or on a step of it. It is called
// every few seconds while that is so; gaps are not counted.
func (e *Engine) Touch(_ context.Context, projectID, phase, step string) (workflow.Effort, error) {
	kept, err := e.keptEffort(projectID, phase, step)
	if err != nil {
		return kept, err
	}
	now, long := e.effort.touch(kept, e.opt.Now())
	if !long {
		return now, nil
	}
	return now, e.change(projectID, e.person(), "Note the time that was worked", func(*write) error { return nil })
}

// touch counts a touch, and reports whether enough has come together to be written.
func (t *timer) touch(kept workflow.Effort, now time.Time) (workflow.Effort, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	of := t.waiting[kept.ProjectID]
	if of == nil {
		of = map[place]workflow.Effort{}
		t.waiting[kept.ProjectID] = of
	}
	at := place{kept.Phase, kept.Step}
	current, ok := of[at]
	if !ok {
		current = kept
	}
	current = current.Touch(now)
	of[at] = current
	return current, time.Duration(current.Seconds-kept.Seconds)*time.Second >= keepEffortAfter
}

// flush writes what was counted in a project within a change of it, and returns that.
func (t *timer) flush(tx *store.Tx, projectID string) (map[place]workflow.Effort, error) {
	counted := t.of(projectID)
	for _, one := range counted {
		kept, err := tx.Effort(projectID, one.Phase, one.Step)
		if err != nil {
			return nil, err
		}
		kept.Seconds, kept.TouchedAt = one.Seconds, one.TouchedAt
		if err := tx.PutEffort(kept); err != nil {
			return nil, err
		}
	}
	return counted, nil
}

// of returns what is counted in a project and not written yet.
func (t *timer) of(projectID string) map[place]workflow.Effort {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.waiting[projectID])
}

// forget drops what a change has written, unless more was counted since.
func (t *timer) forget(projectID string, written map[place]workflow.Effort) {
	t.mu.Lock()
	defer t.mu.Unlock()
	of := t.waiting[projectID]
	for at, one := range written {
		if of[at] == one {
			delete(of, at)
		}
	}
	if len(of) == 0 {
		delete(t.waiting, projectID)
	}
}

// projects lists those with time that is not written yet.
func (t *timer) projects() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	ids := []string{}
	for id := range t.waiting {
		ids = append(ids, id)
	}
	return ids
}

// current returns an effort with what was counted since it was written.
func (t *timer) current(kept workflow.Effort) workflow.Effort {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one, ok := t.waiting[kept.ProjectID][place{kept.Phase, kept.Step}]; ok {
		kept.Seconds, kept.TouchedAt = one.Seconds, one.TouchedAt
	}
	return kept
}

// keptEffort reads an effort as it was written, of a place that there is.
func (e *Engine) keptEffort(projectID, phase, step string) (kept workflow.Effort, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		p, err := pic.phase(phase)
		if err != nil {
			return err
		}
		if step != "" {
			i, err := pic.plan.Find(step)
			if err != nil {
				return err
			}
			step = pic.plan.Steps[i].Step.Number
		}
		kept, err = tx.Effort(projectID, p.ID, step)
		return err
	})
	return kept, err
}

// keepEfforts writes what is counted and not written yet.
func (e *Engine) keepEfforts() error {
	var errs []error
	for _, id := range e.effort.projects() {
		errs = append(errs, e.change(id, e.person(), "Note the time that was worked", func(*write) error { return nil }))
	}
	return errors.Join(errs...)
}

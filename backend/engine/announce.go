package engine

import (
	"slices"
	"sync"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// announcer tells the doors how projects stand after changes. It owns one
// goroutine from start to close. A change is acknowledged without waiting for
// it; what comes while it works is told together, as it stands then.
type announcer struct {
	engine *Engine

	mu      sync.Mutex
	waiting map[string]touched           // by project
	order   []string                     // of the projects that wait, the first changed first
	behind  map[string]map[string]string // what was told to be stale and why, by project and path
	told    int                          // how often a project was told
	more    *sync.Cond                   // told has risen, or closed is set
	busy    bool                         // one is being told
	closed  bool
	wakes   chan struct{}
	done    chan struct{}
}

func newAnnouncer(e *Engine) *announcer {
	a := &announcer{engine: e, waiting: map[string]touched{}, behind: map[string]map[string]string{}, wakes: make(chan struct{}, 1), done: make(chan struct{})}
	a.more = sync.NewCond(&a.mu)
	return a
}

func (a *announcer) start() { go a.run() }

// add says that a project has changed, and what of it.
func (a *announcer) add(projectID string, what touched) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return
	}
	old, ok := a.waiting[projectID]
	if !ok {
		a.order = append(a.order, projectID)
	}
	a.waiting[projectID] = old.with(what)
	select {
	case a.wakes <- struct{}{}:
	default:
	}
}

// with returns both together. Nothing is shared with either.
func (t touched) with(other touched) touched {
	for _, path := range other.paths {
		if !slices.Contains(t.paths, path) {
			t.paths = append(slices.Clip(t.paths), path)
		}
	}
	for _, phase := range other.phases {
		if !slices.Contains(t.phases, phase) {
			t.phases = append(slices.Clip(t.phases), phase)
		}
	}
	return t
}

func (a *announcer) run() {
	defer close(a.done)
	for range a.wakes {
		for {
			projectID, what, ok := a.next()
			if !ok {
				break
			}
			a.engine.tell(projectID, what)
			a.finish()
		}
	}
}

func (a *announcer) next() (projectID string, what touched, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.busy = len(a.order) > 0 && !a.closed
	if !a.busy {
		return "", touched{}, false
	}
	projectID = a.order[0]
	what = a.waiting[projectID]
	a.order = a.order[1:]
	delete(a.waiting, projectID)
	return projectID, what, true
}

func (a *announcer) finish() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.told, a.busy = a.told+1, false
	a.more.Broadcast()
}

// settle waits until everything that has changed by now is told.
func (a *announcer) settle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	enough := a.told + len(a.order) // what comes later waits behind these
	if a.busy {
		enough++
	}
	for a.told < enough && !a.closed {
		a.more.Wait()
	}
}

// close ends the goroutine. What waits is not told any more: whoever comes
// later asks for how things stand.
func (a *announcer) close() {
	a.mu.Lock()
	if !a.closed {
		a.closed = true
		close(a.wakes)
		a.more.Broadcast()
	}
	a.mu.Unlock()
	<-a.done
}

// maxTurned is how many artifacts are told at once to be stale or current again. Who
// shows more of them asks for the list.
const maxTurned = 200

// turned returns the artifacts besides those that are told anyway that have become
// stale, or current again, since the project was told last: the change of one text
// makes others stale that nobody has touched.
func (a *announcer) turned(pic picture, anyway []string) []string {
	is := map[string]string{}
	for path, causes := range pic.lines.behind {
		is[path] = workflow.CausesHash("", causes)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	was := a.behind[pic.project.ID]
	a.behind[pic.project.ID] = is
	paths := []string{}
	for _, both := range []map[string]string{is, was} {
		for path := range both {
			if is[path] != was[path] && !slices.Contains(anyway, path) && !slices.Contains(paths, path) && len(paths) < maxTurned {
				paths = append(paths, path)
			}
		}
	}
	slices.Sort(paths)
	return paths
}

// tell emits how a project stands.
func (e *Engine) tell(projectID string, what touched) {
	var events []workflow.Event
	err := e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		what.paths = append(slices.Clip(what.paths), e.news.turned(pic, what.paths)...)
		events, err = e.standing(tx, pic, what)
		return err
	})
	if err != nil {
		d := workflow.Describe(err)
		e.notify("error", d.Message, d.Hint)
		return
	}
	for _, ev := range events {
		ev.ProjectID = projectID
		e.hub.emit(ev)
	}
}

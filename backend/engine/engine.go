// Package engine owns the use cases of Plumbline: it joins the rules, the
// store, the history, the prompts and the models, and supervises the runs.
package engine

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/oklog/ulid/v2"

	"plumbline/backend/disk"
	"plumbline/backend/history"
	"plumbline/backend/llm"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
	"plumbline/prompts"
)

// The doors that an engine is open for.
const (
	DoorWindow  = "window"
	DoorServe   = "serve"
	DoorCommand = "command"
)

// Options say where the data lives and what stands around the engine.
type Options struct {
	// Dir is the data folder. It is made when it does not exist.
	Dir string
	// Version is that of the program, Door how it is used: window, serve or command.
	Version, Door string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// NewClient makes the client of the model server at a URL; nil means Ollama.
	NewClient func(url string) (llm.Client, error)
	// Library holds prompts, workflows and checklists; nil means the built-in one.
	Library fs.FS
	// Disk changes files other than the database itself; nil means the real one.
	Disk disk.Disk
	// Examine looks at a database file that may be damaged and Salvage copies what
	// can be read of it, see [ExamineFile] and [SalvageFile]. A damaged file can
	// crash the process, so both are best done in a process of their own; nil means
	// this one.
	Examine func(ctx context.Context, path string) error
	Salvage func(ctx context.Context, from, to string) (Salvaged, error)
	// SparePages is how many free pages of the database are kept for the next
	// writes; 0 means as many as are good for speed.
	SparePages int
	// Progress is told how far a long work is; nil means that nobody wants to know.
	Progress func(sentence string)
}

// filled returns the options with everything that was left out.
func (o Options) filled() Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.NewClient == nil {
		o.NewClient = func(url string) (llm.Client, error) { return llm.NewOllama(url) }
	}
	if o.Library == nil {
		o.Library = prompts.Files
	}
	if o.Disk == nil {
		o.Disk = disk.Real{}
	}
	return o
}

// Engine is one open data folder. It is safe for concurrent use.
type Engine struct {
	opt     Options
	epoch   string
	store   *store.Store
	history *history.History
	shelf   *shelf
	uses    *useCount
	threads *runIndex
	effort  *timer
	drainer *drainer
	hub     *hub
	news    *announcer
	care    *caretaker
	runs    *supervisor
	models  *modelWatch
	docs    *docCache
	lines   *lineCache
	blames  *blameCache

	settings        atomic.Pointer[workflow.Settings]
	settingsProblem error // why they could not be read at Open; guarded by mu

	// mu puts changes and their events into one order.
	mu     sync.Mutex
	last   time.Time // of the newest change, zero until it was looked up; guarded by mu
	closed bool      // nothing is changed any more; guarded by mu

	// copying makes one copied prompt take the place of another one by one.
	copying sync.Mutex

	closing  sync.Once
	closeErr error

	idMu      sync.Mutex
	idEntropy io.Reader
}

// Open opens the data folder, ends runs that a crash left active, and brings
// the history up to date. Close must be called.
func Open(ctx context.Context, opt Options) (*Engine, error) {
	opt = opt.filled()
	st, err := store.Open(ctx, opt.Dir, store.Options{Now: opt.Now, Disk: opt.Disk, Check: opt.Examine, Spare: opt.SparePages})
	if err != nil {
		return nil, err
	}
	e := &Engine{
		opt: opt, store: st, history: history.OpenOn(opt.Disk, opt.Dir), hub: newHub(),
		docs: newDocCache(), lines: newLineCache(), blames: newBlameCache(), idEntropy: ulid.Monotonic(rand.Reader, 0),
	}
	e.shelf = newShelf(e)
	e.uses = newUseCount(e)
	e.threads, e.effort = newRunIndex(), newTimer()
	e.epoch = e.newID()
	e.hub.epoch = e.epoch
	e.models = newModelWatch(e)
	e.runs = newSupervisor(e)
	e.news = newAnnouncer(e)
	e.care = newCaretaker(e)
	e.drainer = newDrainer(st, e.history, e.drainFailed)
	if err := e.recoverAll(ctx); err != nil {
		e.runs.close()
		return nil, errors.Join(err, e.history.Close(), st.Close())
	}
	return e, nil
}

// recoverAll brings everything a crash may have left half-way to a known state.
func (e *Engine) recoverAll(ctx context.Context) error {
	e.loadSettings()
	if err := e.runs.recover(); err != nil {
		return fmt.Errorf("end interrupted runs: %w", err)
	}
	if err := reconcile(ctx, e.store, e.history); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("bring the history up to date: %w", err)
		}
		e.drainFailed(err) // the database is whole, and nobody is kept from it
	}
	if err := e.bringBackOrphans(ctx); err != nil {
		return fmt.Errorf("look after the projects: %w", err)
	}
	e.drainer.start()
	e.drainer.wake()
	e.news.start()
	e.care.start()
	e.shelf.start()
	return nil
}

// Close stops active runs, drains what was acknowledged into git and closes the
// data folder. Calls that come later are Unavailable. Closing twice is fine.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		e.care.close()
		e.runs.close()
		err := errors.Join(e.shelf.close(), e.keepEfforts())
		e.mu.Lock() // else the outbox might be filled as fast as it is drained
		e.closed = true
		e.mu.Unlock()
		err = errors.Join(err, e.drainer.close())
		if e.opt.Door == DoorCommand { // else the caretaker does it in time
			err = errors.Join(err, e.care.consolidate(context.Background(), tooManyPacks))
		}
		e.news.close()
		e.hub.close()
		// The store waits for those who read, and they may read from the history.
		e.closeErr = errors.Join(err, e.store.Close(), e.history.Close())
	})
	return e.closeErr
}

// Info says which Plumbline this is and where its data lives.
func (e *Engine) Info() workflow.AppInfo {
	return workflow.AppInfo{
		Version: e.opt.Version, Epoch: e.epoch, DataDir: e.opt.Dir, Door: e.opt.Door,
		Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
}

// Raise asks the window, if there is one, to come to the front.
func (e *Engine) Raise() { e.hub.emit(workflow.Event{Raise: &workflow.Raise{}}) }

// newID returns a ULID. They sort by time, also within a millisecond.
func (e *Engine) newID() string {
	e.idMu.Lock()
	defer e.idMu.Unlock()
	id, err := ulid.New(ulid.Timestamp(e.opt.Now()), e.idEntropy)
	if err != nil { // more than 2^80 ids in one millisecond
		return ulid.Make().String()
	}
	return id.String()
}

// now returns a time after every change before it, so that history never goes
// backwards with a clock that does. mu must be held.
func (e *Engine) now() time.Time {
	if e.last.IsZero() {
		e.loadClock()
	}
	at := e.opt.Now().UTC().Truncate(time.Millisecond)
	if !at.After(e.last) {
		at = e.last.Add(time.Millisecond)
	}
	e.last = at
	return at
}

// loadClock makes now continue after the newest change of any project. It is called
// for the first change, so that a start need not look at the projects. What keeps
// it from reading them keeps the change from being made, which says so.
func (e *Engine) loadClock() {
	_ = e.store.View(func(tx *store.Tx) (err error) {
		e.last, err = tx.LastUpdate()
		return err
	})
}

// person is the author of what the user does.
func (e *Engine) person() workflow.Author {
	name := e.currentSettings().AuthorName
	if name == "" {
		name = "You"
	}
	return workflow.Author{Kind: workflow.Person, Name: name}
}

func (e *Engine) drainFailed(err error) {
	e.notify("error", "The git history could not be written: "+workflow.Describe(err).Message,
		"Everything you saved is safe in the database. Plumbline tries again with the next change.")
}

func (e *Engine) notify(level, message, hint string) {
	e.hub.emit(workflow.Event{Notice: &workflow.Notice{Level: level, Message: message, Hint: hint}})
}

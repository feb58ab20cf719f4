package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"time"

	"plumbline/backend/workflow"
)

const (
	// careFirst is how long after a start the caretaker looks around first, and
	// careEvery how long it rests between.
	careFirst = 2 * time.Second
	careEvery = time.Minute
	// careQuiet is how long nothing must have been written before it works.
	careQuiet = 20 * time.Second
	// manyPacks is how many packs a history may have before they are merged, and
	// tooManyPacks before they are merged at the end of a command.
	manyPacks, tooManyPacks = 12, 100
)

// caretaker keeps the data in good order while nobody needs the machine: it looks
// for damage once, merges packs, makes the database smaller and makes backups. It
// owns one goroutine from start to close.
type caretaker struct {
	engine *Engine
	stop   context.CancelFunc
	done   chan struct{}
	told   map[string]bool // problems that the person knows of
	wrote  atomic.Int64    // when something was written last, in Unix nanoseconds
}

func newCaretaker(e *Engine) *caretaker {
	return &caretaker{engine: e, done: make(chan struct{}), told: map[string]bool{}}
}

// start begins to look after the data, unless the engine is open for one command only.
func (c *caretaker) start() {
	if c.engine.opt.Door == DoorCommand {
		close(c.done)
		return
	}
	ctx, stop := context.WithCancel(context.Background()) // close ends it
	c.stop = stop
	c.written() // whoever has just opened it is about to work
	go c.run(ctx)
}

// close stops what is going on and waits for it.
func (c *caretaker) close() {
	if c.stop != nil {
		c.stop()
	}
	<-c.done
}

// written says that something was written just now.
func (c *caretaker) written() { c.wrote.Store(time.Now().UnixNano()) }

// quiet reports whether nothing was written for a while and no run is active.
func (c *caretaker) quiet() bool {
	return time.Since(time.Unix(0, c.wrote.Load())) >= careQuiet && !c.engine.runs.busy()
}

func (c *caretaker) run(ctx context.Context) {
	defer close(c.done)
	timer := time.NewTimer(careFirst)
	defer timer.Stop()
	for first := true; ; first = false {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		if first {
			c.look(ctx)
		}
		if c.quiet() {
			c.work(ctx)
		}
		timer.Reset(careEvery)
	}
}

// look tells of damage that shows without reading everything.
func (c *caretaker) look(ctx context.Context) {
	e := c.engine
	projects, err := e.projectList()
	for _, p := range projects {
		head, headErr := e.store.GitHead(p.ID)
		if headErr != nil {
			err = errors.Join(err, headErr)
			continue
		}
		checks, verifyErr := verifyHistory(ctx, e.history, p.ID, p.Name, head, false)
		err = errors.Join(err, verifyErr)
		for _, check := range checks {
			if check.State == checkFailed {
				e.notify("error", fmt.Sprintf("“%s”: %s", p.Name, check.Message), check.Hint)
			}
		}
	}
	c.tell(ctx, "look at the histories", err)
}

// work does what is due, as long as nobody needs the machine.
func (c *caretaker) work(ctx context.Context) {
	c.tell(ctx, "merge the packs of the histories", c.consolidate(ctx, manyPacks))
	if _, many := c.engine.store.FreePages(); many && c.quiet() {
		_, err := c.engine.store.Compact(ctx)
		c.tell(ctx, "make the database smaller", err)
	}
	if c.quiet() {
		c.tell(ctx, "make a backup", c.backUp(ctx))
	}
}

// consolidate merges the packs of the histories that have more than a number.
func (c *caretaker) consolidate(ctx context.Context, most int) error {
	projects, err := c.engine.projectList()
	if err != nil {
		return err
	}
	for _, p := range projects {
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.engine.history.Packs(p.ID) <= most {
			continue
		}
		if _, err := c.engine.history.Consolidate(ctx, p.ID); err != nil {
			return fmt.Errorf("the history of “%s”: %w", p.Name, err)
		}
	}
	return nil
}

// backUp makes the backup of the day, if something has changed since the last
// one, and deletes those that are not to be kept.
func (c *caretaker) backUp(ctx context.Context) error {
	e := c.engine
	s := e.currentSettings()
	if s.DailyBackups == 0 && s.WeeklyBackups == 0 {
		return nil
	}
	list, err := e.Backups(ctx)
	if err != nil {
		return err
	}
	projects, err := e.projectList()
	if err != nil {
		return err
	}
	changed := time.Time{}
	for _, p := range projects {
		if p.UpdatedAt.After(changed) {
			changed = p.UpdatedAt
		}
	}
	now := e.opt.Now().UTC()
	if !backupDue(list, changed, now) {
		return nil
	}
	if _, err := e.backUp(ctx, filepath.Join(e.backupFolder(), autoBackup+now.Format(backupTime)+backupEnding)); err != nil {
		return err
	}
	if list, err = e.Backups(ctx); err != nil {
		return err
	}
	for _, b := range surplus(list, s.DailyBackups, s.WeeklyBackups) {
		if err := e.opt.Disk.Remove(b.Path); err != nil {
			return fmt.Errorf("delete %s: %w", b.Path, err)
		}
	}
	return nil
}

// tell tells the person what went wrong, once.
func (c *caretaker) tell(ctx context.Context, what string, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	d := workflow.Describe(err)
	if c.told[what+d.Message] {
		return
	}
	c.told[what+d.Message] = true
	c.engine.notify("warning", "Plumbline could not "+what+": "+d.Message, cmp.Or(d.Hint, "It tries again later. Your work is not affected."))
}

// Maintain merges the packs of the histories and makes the database smaller now,
// whatever else goes on.
func (e *Engine) Maintain(ctx context.Context) error {
	if err := e.drainer.flush(ctx); err != nil {
		return err
	}
	if err := e.care.consolidate(ctx, 1); err != nil {
		return err
	}
	_, err := e.store.Compact(ctx)
	return err
}

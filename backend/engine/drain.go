package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"plumbline/backend/history"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	// drainIdle is how long the drainer waits for more writes before it publishes.
	drainIdle = 250 * time.Millisecond
	// drainBatch is how many writes it does not wait beyond.
	drainBatch = 64
	// packBatch is the most commits that it publishes as one pack, when many wait.
	packBatch = 256
	// drainRetry and drainRetryMax bound the pause after a drain that did not work.
	drainRetry    = 2 * time.Second
	drainRetryMax = 2 * time.Minute
)

// drainer publishes the outbox of the store to the histories. It owns one
// goroutine from start to close.
type drainer struct {
	store   *store.Store
	history *history.History
	onError func(error)

	mu    sync.Mutex // held while draining, so that flush waits for the goroutine's own
	wakes chan struct{}
	done  chan struct{} // closed when the goroutine has ended; nil before start
	stop  context.CancelFunc
}

// newDrainer makes a drainer, which does nothing until start. onError is told,
// from its goroutine, when the outbox could not be published; nothing is lost
// then, and it tries again by itself.
func newDrainer(s *store.Store, h *history.History, onError func(error)) *drainer {
	return &drainer{store: s, history: h, onError: onError, wakes: make(chan struct{}, drainBatch)}
}

// start begins to drain. It is called once.
func (d *drainer) start() {
	// The goroutine outlives every call, so it has no caller's context; close ends it.
	ctx, stop := context.WithCancel(context.Background())
	d.stop, d.done = stop, make(chan struct{})
	go d.run(ctx)
}

// wake says that something was written. It never blocks.
func (d *drainer) wake() {
	select {
	case d.wakes <- struct{}{}:
	default: // so many are waiting that the goroutine drains at once anyway
	}
}

// flush publishes everything that is in the outbox now.
func (d *drainer) flush(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return drainOutbox(ctx, d.store, d.history)
}

// pause publishes everything that is in the outbox now, and nothing more until fn
// has returned.
func (d *drainer) pause(ctx context.Context, fn func() error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := drainOutbox(ctx, d.store, d.history); err != nil {
		return err
	}
	return fn()
}

// close stops the goroutine, waits for it and publishes what is left. What
// cannot be published stays in the outbox for the next start.
func (d *drainer) close() error {
	if d.done != nil {
		d.stop()
		<-d.done
	}
	return d.flush(context.Background()) // the last words are not to be cut short
}

// run drains when writes have paused, or enough have gathered, until ctx ends.
func (d *drainer) run(ctx context.Context) {
	defer close(d.done)
	timer := time.NewTimer(drainIdle)
	timer.Stop()
	defer timer.Stop()
	waiting, retry := 0, drainRetry
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.wakes:
			if waiting++; waiting < drainBatch {
				timer.Reset(drainIdle)
				continue
			}
		case <-timer.C:
		}
		timer.Stop()
		waiting = 0
		err := d.flush(ctx)
		if err == nil || ctx.Err() != nil {
			retry = drainRetry
			continue
		}
		d.onError(err)
		timer.Reset(retry)
		retry = min(2*retry, drainRetryMax)
	}
}

// drainOutbox publishes the outbox, oldest first. A project whose history does
// not take its commits keeps them and does not hold up the others.
func drainOutbox(ctx context.Context, s *store.Store, h *history.History) error {
	var errs []error
	stuck := map[string]bool{}
	for {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(errs, err)...)
		}
		pending, err := s.Next(packBatch, stuck)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("read the outbox: %w", err))...)
		}
		if len(pending) == 0 {
			return errors.Join(errs...)
		}
		for _, commits := range byProject(pending) {
			if err := drainProject(ctx, s, h, commits); err != nil {
				stuck[commits[0].ProjectID] = true
				errs = append(errs, err)
			}
		}
	}
}

// byProject puts the commits of each project together, in their order.
func byProject(commits []workflow.Commit) [][]workflow.Commit {
	groups, group := [][]workflow.Commit{}, map[string]int{}
	for _, c := range commits {
		i, known := group[c.ProjectID]
		if !known {
			i = len(groups)
			group[c.ProjectID], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

// drainProject publishes commits of one project, the oldest that it has in the
// outbox, and notes in the store what became of them. A branch that somebody
// else has moved meanwhile is put back first.
func drainProject(ctx context.Context, s *store.Store, h *history.History, commits []workflow.Commit) error {
	project := commits[0].ProjectID
	err := publish(ctx, s, h, project, commits)
	if workflow.CodeOf(err) != workflow.Conflict {
		return err
	}
	head, err := s.GitHead(project)
	if err != nil {
		return err
	}
	if err := settle(ctx, s, h, project, head); err != nil {
		return err
	}
	return publishAll(ctx, s, h, project)
}

// publish puts commits on top of the project's git head and notes that.
func publish(ctx context.Context, s *store.Store, h *history.History, project string, commits []workflow.Commit) error {
	head, err := s.GitHead(project)
	if err != nil {
		return fmt.Errorf("read the git head of %s: %w", project, err)
	}
	published, err := h.Publish(ctx, project, head, commits)
	if err != nil {
		return err
	}
	if err := s.Drained(project, published); err != nil {
		return fmt.Errorf("note what was published of %s: %w", project, err)
	}
	return nil
}

// publishAll publishes everything that the outbox holds of one project.
func publishAll(ctx context.Context, s *store.Store, h *history.History, project string) error {
	pending, err := s.Pending(0)
	if err != nil {
		return fmt.Errorf("read the outbox: %w", err)
	}
	others := func(c workflow.Commit) bool { return c.ProjectID != project }
	return publish(ctx, s, h, project, slices.DeleteFunc(pending, others))
}

// reconcile brings the histories in line with the store after a start: what a
// crash left behind is removed, a branch that is not where the store knows it is
// settled, and the outbox is published. It goes on to the next project when one
// cannot be settled and returns all errors; the store is whole in any case, and
// what could not be published stays in the outbox. It reads one ref of each
// project, and nothing that grows with them.
func reconcile(ctx context.Context, s *store.Store, h *history.History) error {
	heads, err := s.GitHeads()
	if err != nil {
		return fmt.Errorf("reconcile: %w", err)
	}
	var errs []error
	for _, id := range slices.Sorted(maps.Keys(heads)) {
		if err := settle(ctx, s, h, id, heads[id]); err != nil {
			errs = append(errs, fmt.Errorf("reconcile project %s: %w", id, err))
		}
	}
	errs = append(errs, drainOutbox(ctx, s, h))
	return errors.Join(errs...)
}

// settle compares the branch of a project with head, the commit that the store
// knows it to be at.
//
// A branch that is ahead by commits of the outbox, because a crash came between
// publishing and noting, is fine: publishing them again gives the same names. A
// branch that is gone is put back. Anything else was not written by us: it is
// kept under refs/plumbline/rescue, and the branch is put back.
func settle(ctx context.Context, s *store.Store, h *history.History, project, head string) error {
	tip, err := h.Tip(ctx, project)
	if err != nil || tip == head {
		return err
	}
	ahead := false
	if tip != "" {
		if ahead, err = h.Descends(ctx, project, tip, head); err != nil {
			return err
		}
	}
	if ahead {
		if err := publishAll(ctx, s, h, project); workflow.CodeOf(err) != workflow.Conflict {
			return err
		}
	}
	return h.Rescue(ctx, project, tip, head)
}

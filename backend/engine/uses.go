package engine

import (
	"maps"
	"slices"
	"sync"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// useCount knows how often and when each prompt was used. It is counted from the
// runs when somebody first asks, and kept up from then on.
type useCount struct {
	engine *Engine

	mu       sync.Mutex
	counted  bool
	byPrompt map[string]*usage
	batches  map[string][]string // runs by batch
}

// usage is the runs of one prompt.
type usage struct {
	ids  map[string]bool // of the runs
	last map[string]lastUse
}

// lastUse is the newest run of a prompt in a project.
type lastUse struct {
	run string
	at  time.Time
}

func newUseCount(e *Engine) *useCount {
	return &useCount{engine: e, byPrompt: map[string]*usage{}, batches: map[string][]string{}}
}

// add counts a run that has begun.
func (u *useCount) add(r workflow.Run) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.counted { // else it is counted with all others
		u.count(r)
	}
}

func (u *useCount) count(r workflow.Run) {
	use := u.byPrompt[r.PromptID]
	if use == nil {
		use = &usage{ids: map[string]bool{}, last: map[string]lastUse{}}
		u.byPrompt[r.PromptID] = use
	}
	if use.ids[r.ID] { // it is told of more than once
		return
	}
	use.ids[r.ID] = true
	if r.BatchID != "" {
		u.batches[r.BatchID] = append(u.batches[r.BatchID], r.ID)
	}
	if old := use.last[r.ProjectID]; !r.CreatedAt.Before(old.at) {
		use.last[r.ProjectID] = lastUse{r.ID, r.CreatedAt}
	}
}

// load counts the runs there are. mu must be held. What cannot be read is not
// counted: numbers on a card are not worth an error.
func (u *useCount) load() {
	if u.counted {
		return
	}
	u.counted = true
	_ = u.engine.store.View(func(tx *store.Tx) error {
		ids, err := tx.ProjectIDs()
		if err != nil {
			return err
		}
		for _, id := range ids {
			runs, err := tx.Runs(id)
			if err != nil {
				continue
			}
			for _, r := range runs {
				u.count(r)
			}
		}
		return nil
	})
}

// of returns how often a prompt was used, and when last.
func (u *useCount) of(promptID string) (n int, last time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.load()
	use := u.byPrompt[promptID]
	if use == nil {
		return 0, time.Time{}
	}
	for _, l := range use.last {
		if l.at.After(last) {
			last = l.at
		}
	}
	return len(use.ids), last
}

// counts returns how often each prompt was used.
func (u *useCount) counts() map[string]int {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.load()
	counts := make(map[string]int, len(u.byPrompt))
	for id, use := range u.byPrompt {
		counts[id] = len(use.ids)
	}
	return counts
}

// lastIn returns the newest run of a prompt in a project.
func (u *useCount) lastIn(promptID, projectID string) lastUse {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.load()
	if use := u.byPrompt[promptID]; use != nil {
		return use.last[projectID]
	}
	return lastUse{}
}

// runs returns the ids of all runs of a prompt.
func (u *useCount) runs(promptID string) []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.load()
	if use := u.byPrompt[promptID]; use != nil {
		return slices.Collect(maps.Keys(use.ids))
	}
	return []string{}
}

// batch returns the ids of the runs of a batch.
func (u *useCount) batch(id string) []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.load()
	return append([]string{}, u.batches[id]...)
}

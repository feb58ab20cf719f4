package engine

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// runIndex knows in short which runs of a project belong together. It reads the
// runs of a project when somebody first asks, and is kept up from then on.
type runIndex struct {
	mu       sync.Mutex
	projects map[string]*projectRuns
}

// projectRuns are the runs of one project.
type projectRuns struct {
	byID   map[string]runNote
	places map[place][]string // first runs, the oldest first
	below  map[string][]string
}

// place is a phase or a step of one.
type place struct{ phase, step string }

// runNote is what the index keeps of a run.
type runNote struct {
	parent  string
	place   place
	created time.Time
	cost    workflow.EffortRow
}

func newRunIndex() *runIndex { return &runIndex{projects: map[string]*projectRuns{}} }

// add notes a run that has begun or changed.
func (x *runIndex) add(r workflow.Run) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if p := x.projects[r.ProjectID]; p != nil { // else it is read with all others
		p.add(r)
	}
}

func (p *projectRuns) add(r workflow.Run) {
	n := runNote{parent: r.ParentID, place: place{r.Phase, r.Step}, created: r.CreatedAt}
	n.cost.Add(r)
	_, known := p.byID[r.ID]
	p.byID[r.ID] = n
	switch {
	case known:
	case r.ParentID == "":
		ids := append(p.places[n.place], r.ID)
		slices.SortStableFunc(ids, func(a, b string) int {
			return cmp.Or(p.byID[a].created.Compare(p.byID[b].created), cmp.Compare(a, b))
		})
		p.places[n.place] = ids
	default:
		p.below[r.ParentID] = append(p.below[r.ParentID], r.ID)
	}
}

// of returns the runs of a project. mu must be held.
func (x *runIndex) of(tx *store.Tx, projectID string) (*projectRuns, error) {
	if p := x.projects[projectID]; p != nil {
		return p, nil
	}
	runs, err := tx.Runs(projectID)
	if err != nil {
		return nil, err
	}
	p := &projectRuns{byID: map[string]runNote{}, places: map[place][]string{}, below: map[string][]string{}}
	for _, r := range slices.Backward(runs) { // they come newest first
		p.add(r)
	}
	x.projects[projectID] = p
	return p, nil
}

// first returns the run that the thread of a run began with.
func (x *runIndex) first(tx *store.Tx, projectID, runID string) (string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	p, err := x.of(tx, projectID)
	if err != nil {
		return "", err
	}
	for range maxChain {
		parent := p.byID[runID].parent
		if _, ok := p.byID[parent]; !ok {
			break
		}
		runID = parent
	}
	return runID, nil
}

// firsts returns the first runs of the threads of a phase or a step, the oldest first.
func (x *runIndex) firsts(tx *store.Tx, projectID string, at place) ([]string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	p, err := x.of(tx, projectID)
	if err != nil {
		return nil, err
	}
	return slices.Clone(p.places[at]), nil
}

// members returns the ids of the runs of a thread.
func (x *runIndex) members(tx *store.Tx, projectID, first string) ([]string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	p, err := x.of(tx, projectID)
	if err != nil {
		return nil, err
	}
	ids := []string{first}
	for i := 0; i < len(ids); i++ { // each run has one parent, so that none comes twice, but for the first in a ring
		ids = append(ids, slices.DeleteFunc(slices.Clone(p.below[ids[i]]), func(id string) bool { return id == first })...)
	}
	return ids, nil
}

// costs sums what the runs of each phase and step have cost.
func (x *runIndex) costs(tx *store.Tx, projectID string) (map[place]workflow.EffortRow, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	p, err := x.of(tx, projectID)
	if err != nil {
		return nil, err
	}
	sums := map[place]workflow.EffortRow{}
	for _, n := range p.byID {
		row := sums[n.place]
		row.Runs++
		row.PromptTokens += n.cost.PromptTokens
		row.AnswerTokens += n.cost.AnswerTokens
		row.ModelMillis += n.cost.ModelMillis
		sums[n.place] = row
	}
	return sums, nil
}

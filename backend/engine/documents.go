package engine

import (
	"sync"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// parsed is what the rules need to know of a text.
type parsed struct {
	items    []workflow.Item // without states
	sections []workflow.Section
	whole    bool // the sections are known, too
}

// docCache remembers what was parsed, by the hash of the text. Judging the
// gates of a project after each tick would otherwise parse every document again.
type docCache struct {
	mu   sync.Mutex
	docs map[string]parsed
	// plans are those that were read, by the same hash.
	plans map[string]workflow.PlanRead
}

const docCacheSize = 512

func newDocCache() *docCache {
	return &docCache{docs: map[string]parsed{}, plans: map[string]workflow.PlanRead{}}
}

// parse returns what is known of a text. The result must not be changed.
func (c *docCache) parse(hash, body string) parsed {
	if p, ok := c.known(hash); ok {
		return p
	}
	items, sections := markdown.Outline(body)
	return c.keep(hash, parsed{items, sections, true})
}

func (c *docCache) keep(hash string, p parsed) parsed {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.docs) >= docCacheSize {
		clear(c.docs)
	}
	c.docs[hash] = p
	return p
}

// plan returns the steps of a text. The result must not be changed.
func (c *docCache) plan(hash, body string) workflow.PlanRead {
	c.mu.Lock()
	read, ok := c.plans[hash]
	c.mu.Unlock()
	if ok {
		return read
	}
	read = markdown.Plan(body)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.plans) >= docCacheSize {
		clear(c.plans)
	}
	c.plans[hash] = read
	return read
}

// boxes returns the boxes of a text alone: somebody waits for the save that asks
// for them. A text that plainly has none, as most prose, is not parsed for it.
func (c *docCache) boxes(hash, body string) []workflow.Item {
	c.mu.Lock()
	p, ok := c.docs[hash]
	c.mu.Unlock()
	switch {
	case ok:
		return p.items
	case !markdown.MayHaveBoxes(body):
		return []workflow.Item{}
	}
	return c.keep(hash, parsed{items: markdown.Items(body)}).items
}

// known returns what is known of a text, if that is everything.
func (c *docCache) known(hash string) (parsed, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.docs[hash]
	return p, p.whole
}

// parsedHead returns what is known of the current text of an artifact.
func (e *Engine) parsedHead(tx *store.Tx, v workflow.Version) (parsed, error) {
	if p, ok := e.docs.known(v.Hash); ok {
		return p, nil
	}
	body, err := headBody(tx, v)
	if err != nil {
		return parsed{}, err
	}
	return e.docs.parse(v.Hash, body), nil
}

// headBoxes returns the boxes of the current text of an artifact.
func (e *Engine) headBoxes(tx *store.Tx, v workflow.Version) ([]workflow.Item, error) {
	if p, ok := e.docs.known(v.Hash); ok {
		return p.items, nil
	}
	body, err := headBody(tx, v)
	if err != nil {
		return nil, err
	}
	return e.docs.boxes(v.Hash, body), nil
}

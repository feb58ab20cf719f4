package gitpack

import (
	"container/list"
	"sync"
)

// Cache keeps objects that were read last, up to a number of bytes. It is safe
// for use by several goroutines.
type Cache struct {
	max int

	mu    sync.Mutex
	size  int
	items map[place]*list.Element
	order list.List // of cached, the latest in front
}

// place is where an object is.
type place struct {
	pack *Pack
	at   int64
}

type cachedObject struct {
	place
	Object
}

// overhead is what an object costs beside its content.
const overhead = 200

// NewCache makes a cache of so many bytes.
func NewCache(max int) *Cache { return &Cache{max: max, items: map[place]*list.Element{}} }

func (c *Cache) get(p *Pack, at int64) (Object, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.items[place{p, at}]
	if !ok {
		return Object{}, false
	}
	c.order.MoveToFront(found)
	return found.Value.(cachedObject).Object, true
}

func (c *Cache) put(p *Pack, at int64, o Object) {
	size := cap(o.Content) + overhead
	if size > c.max/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	key := place{p, at}
	if c.items[key] != nil {
		return
	}
	c.items[key] = c.order.PushFront(cachedObject{key, o})
	c.size += size
	for c.size > c.max {
		oldest := c.order.Remove(c.order.Back()).(cachedObject)
		delete(c.items, oldest.place)
		c.size -= cap(oldest.Content) + overhead
	}
}

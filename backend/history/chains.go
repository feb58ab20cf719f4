package history

import (
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/history/internal/gitpack"
)

const (
	// span is how many versions follow one another before a delta goes back to an
	// anchor. Two such levels stay within maxDepth, and need a whole object only
	// once in span² versions.
	span = 24
	// commitPath stands for the commits where paths stand for files and folders.
	commitPath = "\x00"
	// pooled is how many files are remembered as bases for new ones.
	pooled = 96
	// sketchSize is how many lines a file is remembered by.
	sketchSize = 16
	// alike is how many of them must be the same for a comparison to be worth it.
	alike = 3
	// similar is how many files a new one is compared with.
	similar = 2
)

// chains knows which object is a good base for a version of a file, a folder or
// the commits.
type chains struct {
	p     *packer
	chain map[string]chain
	pool  []pooledFile // the one that was used last comes last
}

// chain is where the versions of one path stand.
type chain struct{ last, anchor int32 }

// base is an object to make a delta on.
type base struct {
	member int32
	data   []byte
}

// pooledFile is a file that new ones may resemble.
type pooledFile struct {
	path   string
	member int32
	sketch sketch
}

func newChains(p *packer) *chains { return &chains{p: p, chain: map[string]chain{}} }

// follow notes that a member is now the last version of a path.
func (c *chains) follow(path string, member int32) {
	now, known := c.chain[path]
	if !known || c.full(path) || c.p.members[member].depth <= c.p.members[now.anchor].depth {
		now.anchor = member
		if !strings.HasSuffix(path, "/") && path != commitPath {
			c.remember(path, member)
		}
	}
	now.last = member
	c.chain[path] = now
}

// full reports whether the last version of a path is as far from its anchor as it
// may be.
func (c *chains) full(path string) bool {
	now, known := c.chain[path]
	return known && int(c.p.members[now.last].depth)-int(c.p.members[now.anchor].depth) >= span
}

// choose returns the best base for the next version of a path, and the delta; nil
// if it is better stored whole.
func (c *chains) choose(path string, kind plumbing.ObjectType, content []byte) (best base, delta []byte) {
	if path == "" || len(content) < 32 {
		return best, nil
	}
	limit := len(content)/2 - 20
	if kind == plumbing.CommitObject {
		limit = len(content) - 60
	}
	for _, member := range c.candidates(path, content) {
		m := c.p.members[member]
		if m.kind != kind || m.depth >= maxDepth || m.written <= 0 {
			continue
		}
		data, err := c.p.content(member)
		if err != nil {
			continue // it was written all the same: there is another way to it
		}
		if d := gitpack.NewBase(data).Delta(content, limit); d != nil {
			best, delta, limit = base{member, data}, d, len(d)-1
		}
	}
	return best, delta
}

// candidates returns the members that are worth a try.
func (c *chains) candidates(path string, content []byte) []int32 {
	if now, ok := c.chain[path]; ok {
		if !c.full(path) {
			return []int32{now.last}
		}
		if int(c.p.members[now.anchor].depth) < span {
			return []int32{now.anchor}
		}
		return nil
	}
	if strings.HasSuffix(path, "/") || path == commitPath {
		return nil
	}
	return c.resembling(newSketch(content))
}

// resembling returns the files of the pool that have most in common with a new one.
func (c *chains) resembling(s sketch) []int32 {
	type match struct {
		common int
		member int32
	}
	found := []match{}
	for _, f := range c.pool {
		if n := s.common(f.sketch); n >= alike {
			found = append(found, match{n, f.member})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return b.common - a.common })
	members := []int32{}
	for _, m := range found[:min(similar, len(found))] {
		members = append(members, m.member)
	}
	return members
}

// remember puts a file into the pool.
func (c *chains) remember(path string, member int32) {
	content, err := c.p.content(member)
	if err != nil {
		return
	}
	c.pool = slices.DeleteFunc(c.pool, func(f pooledFile) bool { return f.path == path })
	if len(c.pool) >= pooled {
		c.pool = slices.Delete(c.pool, 0, 1)
	}
	c.pool = append(c.pool, pooledFile{path, member, newSketch(content)})
}

// sketch is the smallest hashes of the lines of a text, sorted. Texts that have
// many lines in common have many of them in common.
type sketch []uint32

func newSketch(content []byte) sketch {
	s := make(sketch, 0, sketchSize+1)
	h, length := uint32(2166136261), 0
	for i, b := range content {
		if b != '\n' {
			h = (h ^ uint32(b)) * 16777619 // FNV-1a
			length++
		}
		if b != '\n' && i+1 < len(content) {
			continue
		}
		h ^= h >> 15
		if at, known := slices.BinarySearch(s, h); length > 8 && !known && at < sketchSize {
			s = slices.Insert(s, at, h)
			s = s[:min(len(s), sketchSize)]
		}
		h, length = 2166136261, 0
	}
	return s
}

// common counts the hashes that two sketches share.
func (s sketch) common(other sketch) int {
	n := 0
	for len(s) > 0 && len(other) > 0 {
		switch {
		case s[0] == other[0]:
			n++
			s, other = s[1:], other[1:]
		case s[0] < other[0]:
			s = s[1:]
		default:
			other = other[1:]
		}
	}
	return n
}

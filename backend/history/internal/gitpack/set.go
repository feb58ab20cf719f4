package gitpack

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxOpen bounds the files of one set that are open at a time.
const maxOpen = 16

// Set is the objects of a repository: its packs and its loose files. It follows
// what others do to them: what is not found is looked for once more with a new
// list of packs. It is safe for use by several goroutines.
type Set struct {
	dir   string // “objects”
	cache *Cache

	mu     sync.Mutex
	packs  []*Indexed // the newest first
	listed bool
	open   []*Pack // the longest open first

	// last is the pack that had what was read last; what is read next is often
	// there, too.
	last atomic.Pointer[Indexed]
}

// Indexed is a pack with its index, which is read when it is needed.
type Indexed struct {
	*Pack
	Base  string // its path without an extension
	stamp string // tells whether the index is still the same file
	at    time.Time

	once  sync.Once
	index *Index
	err   error
}

// NewSet reads the objects in a folder. Nothing is read before it is needed.
func NewSet(dir string, cache *Cache) *Set { return &Set{dir: dir, cache: cache} }

// NewIndexed is a pack with an index that need not be in a set.
func NewIndexed(base string, index *Index, cache *Cache) *Indexed {
	p := newIndexed(base, "", time.Time{}, cache)
	p.once.Do(func() { p.index = index })
	return p
}

func newIndexed(base, stamp string, at time.Time, cache *Cache) *Indexed {
	p := &Indexed{Pack: NewPack(base+".pack", cache), Base: base, stamp: stamp, at: at}
	p.find = func(name plumbing.Hash) (int64, bool) {
		x, err := p.Index()
		if err != nil {
			return 0, false
		}
		i, ok := x.Find(name)
		if !ok {
			return 0, false
		}
		return x.Entry(i).Offset, true
	}
	return p
}

// Index returns the index of the pack.
func (p *Indexed) Index() (*Index, error) {
	p.once.Do(func() { p.index, p.err = OpenIndex(p.Base + ".idx") })
	return p.index, p.err
}

// Count returns the number of objects. It reads no more than it needs.
func (p *Indexed) Count() (int, error) {
	f, err := os.Open(p.Base + ".idx")
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return readCount(f)
}

// Read returns an object of the pack; ErrNotFound when it is not in it.
func (p *Indexed) Read(name plumbing.Hash) (Object, error) {
	at, ok := p.find(name)
	if !ok {
		return Object{}, ErrNotFound
	}
	return p.Object(at)
}

// Close lets go of all files. The set can be used again.
func (s *Set) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, p := range s.open {
		errs = append(errs, p.Close())
	}
	s.open, s.packs, s.listed = nil, nil, false
	return errors.Join(errs...)
}

// Reload looks which packs there are now.
func (s *Set) Reload() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list()
}

// Packs returns the packs that have an index, the newest first.
func (s *Set) Packs() ([]*Indexed, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.listed {
		if err := s.list(); err != nil {
			return nil, err
		}
	}
	return s.packs, nil
}

// Prefer has objects looked for in some packs of the set first, until the list of
// packs is read anew. The indexes of the others are read only when it must be.
func (s *Set) Prefer(packs []*Indexed) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest := slices.DeleteFunc(slices.Clone(s.packs), func(p *Indexed) bool { return slices.Contains(packs, p) })
	s.packs = append(slices.Clone(packs), rest...)
}

// list reads the folder. Packs that are still there are kept as they are.
func (s *Set) list() error {
	entries, err := os.ReadDir(filepath.Join(s.dir, "pack"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	known := map[string]*Indexed{}
	for _, p := range s.packs {
		known[p.Base+p.stamp] = p
	}
	whole := map[string]bool{}
	for _, e := range entries {
		whole[e.Name()] = true
	}
	packs := []*Indexed{}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".idx")
		if !ok || !strings.HasPrefix(name, "pack-") || !whole[name+".pack"] {
			continue
		}
		info, err := e.Info()
		if err != nil {
			continue // it has just gone
		}
		base, stamp := filepath.Join(s.dir, "pack", name), fmt.Sprint(info.Size(), info.ModTime().UnixNano())
		p := known[base+stamp]
		if p == nil {
			p = newIndexed(base, stamp, info.ModTime(), s.cache)
			p.opened = s.wasOpened
		}
		packs = append(packs, p)
	}
	slices.SortStableFunc(packs, func(a, b *Indexed) int { return b.at.Compare(a.at) })
	s.closeGone(packs)
	s.packs, s.listed = packs, true
	return nil
}

// closeGone lets go of the packs that are no longer there.
func (s *Set) closeGone(kept []*Indexed) {
	stay := map[*Pack]bool{}
	for _, p := range kept {
		stay[p.Pack] = true
	}
	s.open = slices.DeleteFunc(s.open, func(p *Pack) bool {
		if !stay[p] {
			_ = p.Close() // nothing was written through it
		}
		return !stay[p]
	})
}

// wasOpened closes the file that has been open for the longest when there are
// too many.
func (s *Set) wasOpened(p *Pack) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = append(slices.DeleteFunc(s.open, func(o *Pack) bool { return o == p }), p)
	if len(s.open) > maxOpen {
		_ = s.open[0].Close() // nothing was written through it
		s.open = slices.Delete(s.open, 0, 1)
	}
}

// Read returns an object; ErrNotFound when it is nowhere. One that is damaged in
// one place may be whole in another.
func (s *Set) Read(name plumbing.Hash) (Object, error) {
	o, err := s.readOnce(name)
	if err == nil {
		return o, nil
	}
	if err := s.Reload(); err != nil {
		return Object{}, err
	}
	return s.readOnce(name)
}

func (s *Set) readOnce(name plumbing.Hash) (Object, error) {
	packs, err := s.Packs()
	if err != nil {
		return Object{}, err
	}
	last := s.last.Load()
	if last != nil && slices.Contains(packs, last) {
		if o, err := last.Read(name); err == nil {
			return o, nil
		}
	}
	var broken error
	for _, p := range packs {
		o, err := p.Read(name)
		if err == nil {
			s.last.Store(p)
			return o, nil
		}
		if _, unreadable := p.Index(); !errors.Is(err, ErrNotFound) || unreadable != nil {
			broken = errors.Join(err, unreadable)
		}
	}
	o, err := readLoose(s.dir, name)
	if errors.Is(err, ErrNotFound) && broken != nil {
		return o, broken
	}
	return o, err
}

// Has reports whether an object is there, without reading it.
func (s *Set) Has(name plumbing.Hash) bool {
	if s.hasOnce(name) {
		return true
	}
	return s.Reload() == nil && s.hasOnce(name)
}

func (s *Set) hasOnce(name plumbing.Hash) bool {
	packs, err := s.Packs()
	if err != nil {
		return false
	}
	for _, p := range packs {
		if _, ok := p.find(name); ok {
			return true
		}
	}
	_, err = os.Stat(loosePath(s.dir, name))
	return err == nil
}

func loosePath(dir string, name plumbing.Hash) string {
	text := name.String()
	return filepath.Join(dir, text[:2], text[2:])
}

// readLoose reads an object that is a file of its own.
func readLoose(dir string, name plumbing.Hash) (Object, error) {
	f, err := os.Open(loosePath(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return Object{}, ErrNotFound
	} else if err != nil {
		return Object{}, err
	}
	defer func() { _ = f.Close() }() // it was only read
	in := inflaters.Get().(*inflater)
	defer inflaters.Put(in)
	in.src.Reset(f)
	return in.loose()
}

// loose unpacks a loose object: kind, size, a zero, the content.
func (in *inflater) loose() (Object, error) {
	all, err := in.read(4096, MaxObject)
	if err != nil {
		return Object{}, err
	}
	end := bytes.IndexByte(all[:min(len(all), 64)], 0)
	if end < 0 {
		return Object{}, damaged("a loose object has no header")
	}
	kind, size, _ := strings.Cut(string(all[:end]), " ")
	content := all[end+1:]
	t, err := plumbing.ParseObjectType(kind)
	if err != nil || strconv.Itoa(len(content)) != size || t == plumbing.OFSDeltaObject || t == plumbing.REFDeltaObject {
		return Object{}, damaged("a loose object has a header without sense")
	}
	return Object{Kind: t, Content: content}, nil
}

// Loose calls fn for the name of each loose object.
func (s *Set) Loose(fn func(plumbing.Hash) error) error {
	dirs, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, d := range dirs {
		if len(d.Name()) != 2 {
			continue
		}
		files, err := os.ReadDir(filepath.Join(s.dir, d.Name()))
		if err != nil {
			continue // a file, or a folder that has just gone
		}
		for _, f := range files {
			if text := d.Name() + f.Name(); plumbing.IsHash(text) {
				if err := fn(plumbing.NewHash(text)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

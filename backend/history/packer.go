package history

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/history/internal/gitpack"
)

const (
	// maxDepth is the longest chain of deltas that we write, as git does.
	maxDepth = 50
	// packCache is how much of what was read last is kept while packing.
	packCache = 16 << 20
)

// packer writes objects of a repository into one pack. They are stored as deltas
// along the versions of each file, of each folder and of the commits. What is a
// delta already is copied as it is. Nothing that was read wrongly is written: what
// is copied is compared with the checksum in the index, what is unpacked with its
// name, and a delta is applied once before it is used.
type packer struct {
	ctx     context.Context
	reader  *repo // reads, with a cache of its own
	sources []source
	members []member // sorted by name
	chains  *chains
	out     *gitpack.Writer
	deflate *gitpack.Deflater
	buffer  []byte
}

// source is a pack that objects come from.
type source struct {
	*gitpack.Indexed
	places []place // sorted
	end    int64   // of the last object
}

// place is where an object is in a source. The member may come from another one.
type place struct {
	at     int64
	member int32
	kind   plumbing.ObjectType
}

// member is an object that is packed.
type member struct {
	name    plumbing.Hash
	at      int64 // in its source
	written int64 // where it is in the new pack; 0 before, -1 while its base is written
	source  int32 // -1 for a loose one
	crc     uint32
	kind    plumbing.ObjectType
	depth   uint8
}

// newPacker prepares packing what is in some packs, or of that only what is
// wanted, if it is not nil; wanted objects that are in none of the packs are read
// as loose ones.
func newPacker(ctx context.Context, reader *repo, packs []*gitpack.Indexed, wanted reached) (*packer, error) {
	p := &packer{ctx: ctx, reader: reader, deflate: gitpack.NewDeflater(false)}
	for i, pack := range packs {
		x, err := pack.Index()
		if err != nil {
			return nil, err
		}
		for n := range x.Count() {
			e := x.Entry(n)
			if _, ok := wanted[e.Name]; ok || wanted == nil {
				p.members = append(p.members, member{name: e.Name, at: e.Offset, source: int32(i), crc: e.CRC})
			}
		}
	}
	for name := range wanted {
		p.members = append(p.members, member{name: name, source: -1})
	}
	slices.SortStableFunc(p.members, func(a, b member) int {
		return cmp.Or(bytes.Compare(a.name[:], b.name[:]), cmp.Compare(uint32(a.source), uint32(b.source)))
	})
	p.members = slices.Clip(slices.CompactFunc(p.members, func(a, b member) bool { return a.name == b.name }))
	for _, pack := range packs {
		s, err := p.newSource(pack)
		if err != nil {
			return nil, err
		}
		p.sources = append(p.sources, s)
	}
	p.chains = newChains(p)
	if err := p.findKinds(); err != nil {
		return nil, err
	}
	for _, m := range p.members {
		if kind, ok := wanted[m.name]; ok && kind != m.kind {
			return nil, reader.missing(gitpack.ErrNotFound, m.name)
		}
	}
	return p, nil
}

// newSource notes where the members are in a pack.
func (p *packer) newSource(pack *gitpack.Indexed) (source, error) {
	s := source{Indexed: pack}
	x, err := pack.Index()
	if err != nil {
		return s, err
	}
	s.places = make([]place, 0, x.Count())
	for n := range x.Count() {
		m, ok := p.find(x.Name(n))
		if !ok {
			m = -1
		}
		s.places = append(s.places, place{at: x.Entry(n).Offset, member: m})
	}
	slices.SortFunc(s.places, func(a, b place) int { return cmp.Compare(a.at, b.at) })
	size, err := pack.Size()
	s.end = size - int64(len(plumbing.Hash{}))
	return s, err
}

// find returns the number of a member.
func (p *packer) find(name plumbing.Hash) (int32, bool) {
	i := sort.Search(len(p.members), func(i int) bool { return bytes.Compare(p.members[i].name[:], name[:]) >= 0 })
	return int32(i), i < len(p.members) && p.members[i].name == name
}

// place returns the number of what is at an offset of a source.
func (s *source) place(at int64) (int, bool) {
	return slices.BinarySearchFunc(s.places, at, func(p place, at int64) int { return cmp.Compare(p.at, at) })
}

// findKinds finds out what each member is: a delta is what its base is.
func (p *packer) findKinds() error {
	for i := range p.sources {
		s := &p.sources[i]
		for n := range s.places {
			if n&0xfff == 0 && p.ctx.Err() != nil {
				return p.ctx.Err()
			}
			if err := s.findKind(n); err != nil {
				return fmt.Errorf("read what is at %d in %s: %w", s.places[n].at, s.Base, err)
			}
			if m := s.places[n].member; m >= 0 && int(p.members[m].source) == i {
				p.members[m].kind = s.places[n].kind
			}
		}
	}
	for i := range p.members {
		if m := &p.members[i]; m.source < 0 {
			o, err := p.reader.objects.Read(m.name)
			if err != nil {
				return fmt.Errorf("read %s: %w", m.name, p.reader.known(err, m.name))
			}
			m.kind = o.Kind
		}
	}
	return nil
}

// findKind finds out what is at a place. Its base nearly always comes before it,
// and is known already.
func (s *source) findKind(n int) error {
	for i, steps := n, 0; ; steps++ {
		if known := s.places[i].kind; known != 0 {
			s.places[n].kind = known
			return nil
		}
		raw, err := s.Head(s.places[i].at)
		if err != nil {
			return err
		}
		if raw.Kind != plumbing.OFSDeltaObject {
			s.places[n].kind = raw.Kind
			return nil
		}
		base, ok := s.place(raw.BaseAt)
		if !ok || steps > math.MaxUint16 {
			return gitpack.ErrDamaged
		}
		i = base
	}
}

// write writes the pack and returns its checksum and its index.
func (p *packer) write(out io.Writer) (sum plumbing.Hash, index []byte, err error) {
	if p.out, err = gitpack.NewWriter(out, p.deflate, len(p.members)); err != nil {
		return sum, nil, err
	}
	line, err := p.commits()
	if err != nil {
		return sum, nil, err
	}
	for _, c := range line {
		if err := p.ctx.Err(); err != nil {
			return sum, nil, err
		}
		if err := p.writeCommit(c); err != nil {
			return sum, nil, err
		}
	}
	for i := range p.members { // tags, and what no commit leads to
		if i&0xfff == 0 && p.ctx.Err() != nil {
			return sum, nil, p.ctx.Err()
		}
		if err := p.emit(int32(i), ""); err != nil {
			return sum, nil, err
		}
	}
	return p.out.Close()
}

// lineCommit is a commit that is packed.
type lineCommit struct {
	member  int32
	parents []int32 // that are packed too
	tree    plumbing.Hash
	first   plumbing.Hash // the first parent, packed or not
	at      int64
}

// commits returns the commits, parents first, otherwise in the order of time.
func (p *packer) commits() ([]lineCommit, error) {
	all := []lineCommit{}
	number := map[int32]int{}
	for i, m := range p.members {
		if m.kind != plumbing.CommitObject {
			continue
		}
		content, err := p.content(int32(i))
		if err != nil {
			return nil, err
		}
		info, err := parseCommit(content)
		if err != nil {
			return nil, fmt.Errorf("read commit %s: %w", m.name, err)
		}
		c := lineCommit{member: int32(i), tree: info.tree, at: info.committed.Unix()}
		for n, parent := range info.parents {
			if n == 0 {
				c.first = parent
			}
			if k, ok := p.find(parent); ok {
				c.parents = append(c.parents, k)
			}
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b lineCommit) int { return cmp.Compare(a.at, b.at) })
	for i, c := range all {
		number[c.member] = i
	}
	return parentsFirst(all, number), nil
}

// parentsFirst puts parents before their children and leaves the order as it is
// otherwise.
func parentsFirst(all []lineCommit, number map[int32]int) []lineCommit {
	sorted := make([]lineCommit, 0, len(all))
	state := make([]uint8, len(all)) // 1: its parents are being looked at, 2: done
	for i := range all {
		for stack := []int{i}; len(stack) > 0; {
			at := stack[len(stack)-1]
			if state[at] == 0 {
				state[at] = 1
				for _, parent := range all[at].parents {
					if n, ok := number[parent]; ok && state[n] == 0 {
						stack = append(stack, n)
					}
				}
				continue
			}
			stack = stack[:len(stack)-1]
			if state[at] == 1 {
				state[at] = 2
				sorted = append(sorted, all[at])
			}
		}
	}
	return sorted
}

// writeCommit writes a commit and what it changed.
func (p *packer) writeCommit(c lineCommit) error {
	if err := p.emit(c.member, commitPath); err != nil {
		return err
	}
	var before plumbing.Hash
	if !c.first.IsZero() {
		if info, err := p.reader.commitInfo(c.first); err == nil { // else it was cut off here
			before = info.tree
		}
	}
	if before == c.tree {
		return nil
	}
	if err := p.emitName(c.tree, "/"); err != nil {
		return err
	}
	return p.reader.diffBelow("", before, c.tree, 0, func(path string, _, now treeEntry) error {
		switch {
		case now.isDir():
			return p.emitName(now.hash, path+"/")
		case now.isFile():
			return p.emitName(now.hash, path)
		}
		return nil
	})
}

// emitName writes an object, if it is a member.
func (p *packer) emitName(name plumbing.Hash, path string) error {
	if i, ok := p.find(name); ok {
		return p.emit(i, path)
	}
	return nil
}

// emit writes a member, after its base, unless that was done already. path is of
// what it is a version; empty if that is not known.
func (p *packer) emit(i int32, path string) error {
	m := &p.members[i]
	if m.written != 0 {
		return nil
	}
	m.written = -1
	written, err := p.copyDelta(m)
	if err == nil && !written {
		err = p.encode(i, path)
	}
	if err != nil {
		return fmt.Errorf("pack %s: %w", m.name, err)
	}
	if path != "" {
		p.chains.follow(path, i)
	}
	return nil
}

// copyDelta copies a member as it is, if it is a delta on another one.
func (p *packer) copyDelta(m *member) (bool, error) {
	if m.source < 0 {
		return false, nil
	}
	s := &p.sources[m.source]
	head, err := s.Head(m.at)
	if err != nil || head.Kind != plumbing.OFSDeltaObject {
		return false, err
	}
	n, ok := s.place(head.BaseAt)
	if !ok || s.places[n].member < 0 {
		return false, nil
	}
	base := &p.members[s.places[n].member]
	if base.written == 0 {
		if err := p.emit(s.places[n].member, ""); err != nil {
			return false, err
		}
	}
	if base.written < 0 || base.depth >= maxDepth {
		return false, nil
	}
	raw, err := p.raw(m)
	if err != nil {
		return false, err
	}
	m.depth = base.depth + 1
	m.written, err = p.out.Raw(m.name, plumbing.OFSDeltaObject, raw.Size, base.written, raw.Compressed)
	return true, err
}

// raw reads a member as it stands in its source.
func (p *packer) raw(m *member) (gitpack.Raw, error) {
	s := &p.sources[m.source]
	n, _ := s.place(m.at)
	end := s.end
	if n+1 < len(s.places) {
		end = s.places[n+1].at
	}
	raw, err := s.Raw(m.at, end, &p.buffer)
	if err == nil && raw.CRC != m.crc {
		err = gitpack.ErrDamaged
	}
	return raw, err
}

// encode writes a member as a delta if that is much smaller, else whole. It is
// compressed anew: publishing compresses in a hurry.
func (p *packer) encode(i int32, path string) error {
	m := &p.members[i]
	content, err := p.content(i)
	if err != nil {
		return err
	}
	if base, delta := p.chains.choose(path, m.kind, content); delta != nil {
		made, err := gitpack.Apply(base.data, delta, gitpack.MaxObject)
		if err != nil || !bytes.Equal(made, content) {
			return errors.Join(errors.New("a delta does not make its object"), err)
		}
		on := p.members[base.member]
		m.depth = on.depth + 1
		m.written, err = p.out.Raw(m.name, plumbing.OFSDeltaObject, int64(len(delta)), on.written, p.deflate.Deflate(delta))
		return err
	}
	m.written, err = p.out.Whole(m.name, m.kind, content)
	return err
}

// content unpacks a member.
func (p *packer) content(i int32) ([]byte, error) {
	m := &p.members[i]
	var o gitpack.Object
	var err error
	if m.source < 0 {
		o, err = p.reader.objects.Read(m.name)
	} else {
		o, err = p.sources[m.source].Object(m.at)
	}
	if err == nil && gitpack.Name(o.Kind, o.Content) != m.name {
		err = gitpack.ErrDamaged
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", m.name, err)
	}
	return o.Content, nil
}

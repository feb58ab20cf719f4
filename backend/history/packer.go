package history

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
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
	packCache = 8 << 20
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
	buffer  []byte
}

// source is a pack that objects come from.
type source struct {
	*gitpack.Indexed
	places []place // sorted
	end    int64   // of the last object
	merged bool    // it has deltas, so whole objects were compressed well
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
	at      int64  // in its source
	written int64  // where it is in the new pack; 0 before, -1 while its base is written
	source  int32  // -1 for a loose one
	crc     uint32 // of what is written, before that of what is in the source
	kind    plumbing.ObjectType
	depth   uint8
}

// newPacker prepares packing what is in some packs, or of that only what is
// wanted, if it is not nil; wanted objects that are in none of the packs are read
// as loose ones.
func newPacker(ctx context.Context, reader *repo, packs []*gitpack.Indexed, wanted reached) (*packer, error) {
	p := &packer{ctx: ctx, reader: reader}
	most := 2 * len(wanted)
	for _, pack := range packs {
		if x, err := pack.Index(); err == nil && wanted == nil {
			most += x.Count()
		}
	}
	p.members = make([]member, 0, most)
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
	for name := range wanted { // one that is in a pack is found twice, and then once
		p.members = append(p.members, member{name: name, source: -1})
	}
	slices.SortStableFunc(p.members, func(a, b member) int {
		return cmp.Or(bytes.Compare(a.name[:], b.name[:]), cmp.Compare(uint32(a.source), uint32(b.source)))
	})
	p.members = slices.CompactFunc(p.members, func(a, b member) bool { return a.name == b.name })
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
		s.merged = true
		base, ok := s.place(raw.BaseAt)
		if !ok || steps > math.MaxUint16 {
			return gitpack.ErrDamaged
		}
		i = base
	}
}

package gitpack

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sort"

	"github.com/go-git/go-git/v5/plumbing"
)

// Limits bound what a pack may cost.
type Limits struct {
	Objects int   // how many there are
	Object  int64 // the size of one
	Work    int64 // all that is unpacked, again and again where deltas need it
	Whole   bool  // the first damage is an error
}

// OwnLimits are for packs of our own repositories.
var OwnLimits = Limits{Objects: 1 << 28, Object: MaxObject, Work: 1 << 60}

// Scanned is what is in a pack, found without its index.
type Scanned struct {
	Entries []Entry       // that could be read, in the order of the pack
	Sum     plumbing.Hash // of the file
	Damage  []error       // what could not
}

// scan is a pack that is being scanned.
type scan struct {
	ctx    context.Context
	pack   *Pack
	limits Limits
	name   func(plumbing.ObjectType, []byte) plumbing.Hash

	found  []scanned
	last   int64 // where the checksum is
	byName map[plumbing.Hash]int64
	wait   map[plumbing.Hash][]int32 // deltas by the name of their base
	damage []error
	raw    []byte
}

// scanned is an object that has been found.
type scanned struct {
	Entry
	kind           plumbing.ObjectType
	named          bool
	child, sibling int32 // deltas on this one, and on the same base; one more than their number
}

// Scan reads a pack from end to end, unpacks everything and names it. What is
// damaged is passed over and told; the error is for what is not in the file: a
// disk that cannot be read, a limit, the end of ctx. name may be nil.
func Scan(ctx context.Context, path string, limits Limits, cache *Cache, name func(plumbing.ObjectType, []byte) plumbing.Hash) (Scanned, error) {
	p := NewPack(path, cache)
	p.max, p.work = limits.Object, &limits.Work
	defer func() { _ = p.Close() }() // it was only read
	if name == nil {
		name = Name
	}
	s := &scan{ctx: ctx, pack: p, limits: limits, name: name, byName: map[plumbing.Hash]int64{}, wait: map[plumbing.Hash][]int32{}}
	p.find = func(name plumbing.Hash) (int64, bool) { at, ok := s.byName[name]; return at, ok }
	size, err := p.Size()
	if err != nil {
		return Scanned{}, err
	}
	sum, err := s.checkSum(size)
	if err != nil {
		return Scanned{}, err
	}
	if err := s.walk(); err != nil {
		return Scanned{}, err
	}
	if err := s.resolve(); err != nil {
		return Scanned{}, err
	}
	out := Scanned{Sum: sum, Damage: s.damage, Entries: make([]Entry, 0, len(s.found))}
	for _, f := range s.found {
		if f.named {
			out.Entries = append(out.Entries, f.Entry)
		} else {
			out.Damage = append(out.Damage, damaged("the object at %d cannot be unpacked", f.Offset))
		}
	}
	return out, nil
}

// checkSum compares the file with the checksum at its end.
func (s *scan) checkSum(size int64) (plumbing.Hash, error) {
	s.last = max(size-int64(hashSize), 0)
	h := sha1.New()
	if _, err := io.Copy(h, io.NewSectionReader(s.pack, 0, s.last)); err != nil {
		return plumbing.ZeroHash, err
	}
	var end plumbing.Hash
	if n, err := s.pack.ReadAt(end[:], s.last); n < len(end) && isDisk(err) {
		return end, err
	}
	if !bytes.Equal(h.Sum(nil), end[:]) {
		s.damage = append(s.damage, damaged("the pack does not match its checksum"))
		s.last = size // an object may stand where the checksum should be
	}
	return end, nil
}

// walk finds the objects, one behind the other. After damage it goes on where
// the next one that can be unpacked begins.
func (s *scan) walk() error {
	head := make([]byte, headerSize)
	n, err := s.pack.ReadAt(head, 0)
	if err != nil && isDisk(err) {
		return err
	}
	if n < headerSize || !bytes.HasPrefix(head, []byte("PACK")) || binary.BigEndian.Uint32(head[4:]) != 2 {
		s.damage = append(s.damage, damaged("the file does not begin like a pack"))
	}
	in := &inflater{src: counter{Reader: bufio.NewReaderSize(nil, 1<<16)}}
	lost := false
	for at, fresh := int64(headerSize), true; at < s.last; {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		if len(s.found) >= s.limits.Objects {
			return fmt.Errorf("%d objects in a pack: %w", len(s.found), ErrTooLarge)
		}
		if fresh {
			in.src.Reset(io.NewSectionReader(s.pack, at, s.last-at))
		}
		in.src.n = 0
		err := s.take(in, at)
		if err == nil {
			at += in.src.n
			fresh, lost = false, false
			continue
		}
		if err = fmt.Errorf("at %d: %w", at, err); s.limits.Whole || !errors.Is(err, ErrDamaged) {
			return err
		}
		if !lost {
			s.damage = append(s.damage, err)
		}
		fresh, lost = true, true
		if at, err = s.next(at + 1); err != nil {
			return err
		}
	}
	if n == headerSize && len(s.damage) == 0 && uint32(len(s.found)) != binary.BigEndian.Uint32(head[8:]) {
		s.damage = append(s.damage, damaged("the pack holds %d objects and says %d", len(s.found), binary.BigEndian.Uint32(head[8:])))
	}
	return nil
}

// longestHeader is how long the header of an object can be, with that of what is
// compressed.
const longestHeader = 40

// next returns where the next object may begin: behind its header stands that of
// something compressed.
func (s *scan) next(at int64) (int64, error) {
	window := make([]byte, 1<<16)
	for at < s.last {
		n, err := s.pack.ReadAt(window[:min(int64(len(window)), s.last-at)], at)
		if n == 0 {
			return s.last, err
		}
		end := n
		if at+int64(n) < s.last {
			end = max(n-longestHeader, 1)
		}
		for i := range end {
			r := bytes.NewReader(window[i:n])
			if _, err := readHeader(r, at+int64(i)); err != nil {
				continue
			}
			if z := window[n-r.Len() : n]; len(z) > 2 && z[0] == 0x78 && (int(z[0])<<8|int(z[1]))%31 == 0 {
				return at + int64(i), nil
			}
		}
		at += int64(end)
	}
	return s.last, nil
}

// take reads the object at a position, if there is one.
func (s *scan) take(in *inflater, at int64) error {
	h, err := readHeader(&in.src, at)
	if err != nil {
		return err
	}
	if h.size > s.limits.Object {
		return fmt.Errorf("%w: an object of %d bytes is %w", ErrDamaged, h.size, ErrTooLarge)
	}
	if err := s.pack.spend(h.size); err != nil {
		return err
	}
	content, err := in.inflate(h.size)
	if err != nil {
		return err
	}
	f := scanned{Entry: Entry{Offset: at}, kind: h.kind}
	if int64(cap(s.raw)) < in.src.n {
		s.raw = make([]byte, in.src.n)
	}
	s.raw = s.raw[:in.src.n]
	if n, err := s.pack.ReadAt(s.raw, at); n < len(s.raw) {
		return unexpected(err)
	}
	f.CRC = crc32.ChecksumIEEE(s.raw)
	number := int32(len(s.found))
	switch h.kind {
	case plumbing.OFSDeltaObject:
		base := sort.Search(len(s.found), func(i int) bool { return s.found[i].Offset >= h.baseAt })
		if base < len(s.found) && s.found[base].Offset == h.baseAt {
			f.sibling = s.found[base].child
			s.found[base].child = number + 1
		}
	case plumbing.REFDeltaObject:
		s.wait[h.baseName] = append(s.wait[h.baseName], number)
	default:
		s.found = append(s.found, f)
		s.setName(number, h.kind, content)
		return nil
	}
	s.found = append(s.found, f)
	return nil
}

func (s *scan) setName(number int32, kind plumbing.ObjectType, content []byte) {
	f := &s.found[number]
	f.Name, f.named, f.kind = s.name(kind, content), true, kind
}

// resolve names the deltas, each after its base.
func (s *scan) resolve() error {
	stack := []int32{}
	if len(s.wait) > 0 { // bases by name are rare, and their table is large
		for _, f := range s.found {
			if f.named {
				s.byName[f.Name] = f.Offset
			}
		}
	}
	for i := range s.found {
		if k := s.found[i].kind; k != plumbing.OFSDeltaObject && k != plumbing.REFDeltaObject {
			stack = append(stack, int32(i))
		}
		for len(stack) > 0 {
			if err := s.ctx.Err(); err != nil {
				return err
			}
			base := &s.found[stack[len(stack)-1]]
			stack = stack[:len(stack)-1]
			if !base.named {
				o, err := s.pack.Object(base.Offset)
				if errors.Is(err, ErrDamaged) {
					continue
				} else if err != nil {
					return err
				}
				base.Name, base.named = s.name(o.Kind, o.Content), true
				if len(s.wait) > 0 {
					s.byName[base.Name] = base.Offset
				}
			}
			for c := base.child; c != 0; c = s.found[c-1].sibling {
				stack = append(stack, c-1)
			}
			stack = append(stack, s.wait[base.Name]...)
			delete(s.wait, base.Name)
		}
	}
	return nil
}

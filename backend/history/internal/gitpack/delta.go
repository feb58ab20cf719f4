package gitpack

import (
	"encoding/binary"
	"math/bits"
)

const (
	// block is how long a piece must be to be found again.
	block = 16
	// maxCopy is the most that one instruction copies; all gits read it.
	maxCopy = 0xffff
	// maxInsert is the most that one instruction inserts.
	maxInsert = 0x7f
	// tries bounds how many places with the same hash are compared.
	tries = 16
)

// Apply makes an object from its base and a delta. The result is not larger than
// max.
func Apply(base, delta []byte, max int64) ([]byte, error) {
	baseSize, delta, ok := varint(delta)
	if !ok || baseSize != uint64(len(base)) {
		return nil, damaged("a delta is for another base")
	}
	size, delta, ok := varint(delta)
	if !ok {
		return nil, damaged("a delta has no size")
	}
	if size > uint64(max) {
		return nil, ErrTooLarge
	}
	out := make([]byte, 0, size)
	for len(delta) > 0 {
		op := delta[0]
		delta = delta[1:]
		var piece []byte
		switch {
		case op&0x80 != 0:
			var at, n uint64
			if at, n, delta, ok = copyArgs(op, delta); !ok || at+n > uint64(len(base)) {
				return nil, damaged("a delta copies what its base does not have")
			}
			piece = base[at : at+n]
		case op == 0 || int(op) > len(delta):
			return nil, damaged("a delta holds no sense")
		default:
			piece, delta = delta[:op], delta[op:]
		}
		if uint64(len(out)+len(piece)) > size {
			return nil, damaged("a delta makes more than it says")
		}
		out = append(out, piece...)
	}
	if uint64(len(out)) != size {
		return nil, damaged("a delta makes less than it says")
	}
	return out, nil
}

// copyArgs reads where an instruction copies from, and how much.
func copyArgs(op byte, delta []byte) (at, n uint64, rest []byte, ok bool) {
	for i := range 7 {
		if op>>i&1 == 0 {
			continue
		}
		if len(delta) == 0 {
			return 0, 0, nil, false
		}
		if v := uint64(delta[0]); i < 4 {
			at |= v << (8 * i)
		} else {
			n |= v << (8 * (i - 4))
		}
		delta = delta[1:]
	}
	if n == 0 {
		n = 0x10000
	}
	return at, n, delta, true
}

// varint reads a number of seven bits a byte, the lowest first.
func varint(b []byte) (n uint64, rest []byte, ok bool) {
	for i, c := range b {
		if i > 8 {
			break
		}
		n |= uint64(c&0x7f) << (7 * i)
		if c&0x80 == 0 {
			return n, b[i+1:], true
		}
	}
	return 0, nil, false
}

// Base is an object against which others are compared. It is not safe for use by
// several goroutines.
type Base struct {
	data  []byte
	heads []int32 // by hash, where a block begins, plus one
	next  []int32 // by number of block, the one before with the same hash
}

// NewBase prepares an object for comparison.
func NewBase(data []byte) *Base { return &Base{data: data} }

// Delta returns what makes target from the base, or nil if that is longer than
// max. What both begin and end with is found at once; blocks that have moved are
// found by their hash.
func (b *Base) Delta(target []byte, max int) []byte {
	d := delta{base: b.data, max: max}
	d.out = binary.AppendUvarint(d.out, uint64(len(b.data)))
	d.out = binary.AppendUvarint(d.out, uint64(len(target)))
	limit := min(len(b.data), len(target))
	prefix := common(b.data[:limit], target[:limit])
	if prefix < 4 {
		prefix = 0
	}
	suffix := commonEnd(b.data[prefix:], target[prefix:])
	if suffix < 4 {
		suffix = 0
	}
	d.copy(0, prefix)
	b.middle(&d, target[:len(target)-suffix], prefix)
	d.copy(len(b.data)-suffix, suffix)
	if len(d.out) > max {
		return nil
	}
	return d.out
}

// middle encodes target from a position on.
func (b *Base) middle(d *delta, target []byte, at int) {
	from := at // what is not encoded yet
	if len(target)-at >= block && len(b.data) >= block {
		b.index()
		for at+block <= len(target) && len(d.out)+at-from <= d.max {
			where, n := b.match(target, at)
			if n < block {
				at++
				continue
			}
			back := commonEnd(b.data[:where], target[from:at])
			d.insert(target[from : at-back])
			d.copy(where-back, n+back)
			at += n
			from = at
		}
	}
	d.insert(target[from:])
}

// match returns the longest piece of the base that target has at a position.
func (b *Base) match(target []byte, at int) (where, length int) {
	i := b.heads[slot(target[at:], len(b.heads))]
	for range tries {
		if i == 0 {
			break
		}
		begin := int(i-1) * block
		if n := common(b.data[begin:], target[at:]); n > length {
			where, length = begin, n
		}
		i = b.next[i-1]
	}
	return where, length
}

// index notes where the blocks of the base are.
func (b *Base) index() {
	if b.heads != nil {
		return
	}
	blocks := len(b.data) / block
	b.heads = make([]int32, 1<<bits.Len(uint(blocks)))
	b.next = make([]int32, blocks)
	for i := range blocks {
		h := slot(b.data[i*block:], len(b.heads))
		b.next[i] = b.heads[h]
		b.heads[h] = int32(i + 1)
	}
}

// slot is a number below size, a power of two, for a block.
func slot(b []byte, size int) uint64 {
	one, two := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	h := (one*0x9e3779b97f4a7c15 ^ bits.RotateLeft64(two, 29)) * 0xbf58476d1ce4e5b9
	return h >> 32 & uint64(size-1)
}

// common is how much two texts have in common at their beginning.
func common(a, b []byte) int {
	limit, n := min(len(a), len(b)), 0
	for n+8 <= limit {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
		n += 8
	}
	for n < limit && a[n] == b[n] {
		n++
	}
	return n
}

// commonEnd is how much two texts have in common at their end.
func commonEnd(a, b []byte) int {
	limit, n := min(len(a), len(b)), 0
	for n < limit && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}

// delta is one that is being made.
type delta struct {
	base, out []byte
	max       int
}

func (d *delta) insert(text []byte) {
	for len(text) > 0 && len(d.out) <= d.max {
		n := min(len(text), maxInsert)
		d.out = append(append(d.out, byte(n)), text[:n]...)
		text = text[n:]
	}
}

func (d *delta) copy(at, n int) {
	for n > 0 {
		size := min(n, maxCopy)
		op := len(d.out)
		d.out = append(d.out, 0x80)
		for i := range 4 {
			if v := byte(at >> (8 * i)); v != 0 {
				d.out[op] |= 1 << i
				d.out = append(d.out, v)
			}
		}
		for i := range 2 {
			if v := byte(size >> (8 * i)); v != 0 {
				d.out[op] |= 1 << (4 + i)
				d.out = append(d.out, v)
			}
		}
		at += size
		n -= size
	}
}

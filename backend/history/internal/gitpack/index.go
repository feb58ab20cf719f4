package gitpack

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	fanoutEnd = 8 + 4*256
	hashSize  = len(plumbing.Hash{})
)

var indexMagic = []byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}

// Entry is an object of a pack.
type Entry struct {
	Name   plumbing.Hash
	Offset int64
	CRC    uint32 // of its bytes in the pack
}

// Index finds objects in a pack. It is safe for use by several goroutines.
type Index struct {
	data  []byte
	count int
}

// OpenIndex reads the index of a pack. It looks at its form, not at its checksum.
func OpenIndex(path string) (*Index, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	x, err := ParseIndex(data)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return x, nil
}

// ParseIndex reads an index.
func ParseIndex(data []byte) (*Index, error) {
	if len(data) < fanoutEnd+2*hashSize || !bytes.HasPrefix(data, indexMagic) {
		return nil, damaged("it is not an index of version 2")
	}
	x := &Index{data: data}
	last := uint32(0)
	for i := range 256 {
		n := x.fanout(i)
		if n < last {
			return nil, damaged("its table goes down")
		}
		last = n
	}
	x.count = int(last)
	if len(data) < fanoutEnd+x.count*(hashSize+8)+2*hashSize {
		return nil, damaged("it ends too early")
	}
	return x, nil
}

// readCount reads from an index how many objects it has.
func readCount(r io.ReaderAt) (int, error) {
	head := make([]byte, fanoutEnd)
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return 0, unexpected(err)
	}
	if !bytes.HasPrefix(head, indexMagic) {
		return 0, damaged("it is not an index of version 2")
	}
	return int(binary.BigEndian.Uint32(head[fanoutEnd-4:])), nil
}

func (x *Index) fanout(i int) uint32 { return binary.BigEndian.Uint32(x.data[8+4*i:]) }

// Count is the number of objects.
func (x *Index) Count() int { return x.count }

// Name returns the name of the object with a number; they are sorted by it.
func (x *Index) Name(i int) plumbing.Hash {
	return plumbing.Hash(x.data[fanoutEnd+i*hashSize:][:hashSize])
}

// Entry returns the object with a number.
func (x *Index) Entry(i int) Entry {
	crcs := fanoutEnd + x.count*hashSize
	offsets := crcs + 4*x.count
	e := Entry{Name: x.Name(i), CRC: binary.BigEndian.Uint32(x.data[crcs+4*i:])}
	at := binary.BigEndian.Uint32(x.data[offsets+4*i:])
	if e.Offset = int64(at); at&(1<<31) == 0 {
		return e
	}
	// A large offset stands in a table of its own; one beyond it is no offset.
	large := offsets + 4*x.count + 8*int(at&^(1<<31))
	if e.Offset = -1; large+8 <= len(x.data)-2*hashSize {
		e.Offset = int64(binary.BigEndian.Uint64(x.data[large:]) & (1<<63 - 1))
	}
	return e
}

// Find returns the number of an object.
func (x *Index) Find(name plumbing.Hash) (int, bool) {
	begin := 0
	if name[0] > 0 {
		begin = int(x.fanout(int(name[0]) - 1))
	}
	n := int(x.fanout(int(name[0]))) - begin
	i := begin + sort.Search(n, func(i int) bool {
		return bytes.Compare(x.data[fanoutEnd+(begin+i)*hashSize:][:hashSize], name[:]) >= 0
	})
	return i, i < begin+n && x.Name(i) == name
}

// PackSum returns the checksum of the pack that the index is for.
func (x *Index) PackSum() plumbing.Hash {
	return plumbing.Hash(x.data[len(x.data)-2*hashSize:][:hashSize])
}

// Check compares the index with its checksum.
func (x *Index) Check() error {
	end := len(x.data) - hashSize
	if sum := sha1.Sum(x.data[:end]); !bytes.Equal(sum[:], x.data[end:]) {
		return damaged("the index does not match its checksum")
	}
	return nil
}

// EncodeIndex makes the index of a pack. It sorts the entries by name.
func EncodeIndex(entries []Entry, packSum plumbing.Hash) []byte {
	slices.SortFunc(entries, func(a, b Entry) int { return bytes.Compare(a.Name[:], b.Name[:]) })
	return EncodeSorted(len(entries), func(i int) Entry { return entries[i] }, packSum)
}

// EncodeSorted makes the index of a pack of so many entries, which are sorted by
// name.
func EncodeSorted(count int, entry func(i int) Entry, packSum plumbing.Hash) []byte {
	out := make([]byte, 0, fanoutEnd+count*(hashSize+8)+2*hashSize)
	out = append(out, indexMagic...)
	for first, n := 0, 0; first < 256; first++ {
		for n < count && int(entry(n).Name[0]) <= first {
			n++
		}
		out = binary.BigEndian.AppendUint32(out, uint32(n))
	}
	for i := range count {
		name := entry(i).Name
		out = append(out, name[:]...)
	}
	for i := range count {
		out = binary.BigEndian.AppendUint32(out, entry(i).CRC)
	}
	large := []int64{}
	for i := range count {
		offset := entry(i).Offset
		at := uint32(offset)
		if offset >= 1<<31 {
			at = 1<<31 | uint32(len(large))
			large = append(large, offset)
		}
		out = binary.BigEndian.AppendUint32(out, at)
	}
	for _, at := range large {
		out = binary.BigEndian.AppendUint64(out, uint64(at))
	}
	out = append(out, packSum[:]...)
	sum := sha1.Sum(out)
	return append(out, sum[:]...)
}

package store

import (
	"encoding/binary"
	"errors"
	"io"
)

// The kinds of pages of a bbolt file.
const (
	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10
)

// pageHead is what every page begins with.
type pageHead struct {
	id       uint64
	flags    uint16
	count    uint16
	overflow uint32 // how many pages more it takes
}

// readHead reads the head of a page.
func readHead(f io.ReaderAt, m meta, id uint64) (pageHead, error) {
	raw := make([]byte, pageHeader)
	if _, err := f.ReadAt(raw, int64(id*m.pageSize)); err != nil {
		return pageHead{}, err
	}
	return parseHead(raw), nil
}

func parseHead(raw []byte) pageHead {
	order := binary.NativeEndian
	return pageHead{id: order.Uint64(raw), flags: order.Uint16(raw[8:]), count: order.Uint16(raw[10:]), overflow: order.Uint32(raw[12:])}
}

// inFile reports whether the page, with all that belongs to it, lies in the file.
func (h pageHead) inFile(m meta) bool {
	return h.id >= 2 && h.id < m.pages && uint64(h.overflow) < m.pages-h.id
}

// manyFree marks a list of free pages whose length stands before its first entry.
const manyFree = 0xFFFF

// readFreelist reads the list of free pages; it is nil when that cannot be the
// one bbolt wrote.
func readFreelist(f io.ReaderAt, m meta) ([]uint64, error) {
	if m.freelist < 2 || m.freelist >= m.pages {
		return nil, nil
	}
	head, err := readHead(f, m, m.freelist)
	if err != nil {
		return nil, err
	}
	if head.id != m.freelist || head.flags != flagFreelist || !head.inFile(m) {
		return nil, nil
	}
	raw := make([]byte, (uint64(head.overflow)+1)*m.pageSize-pageHeader)
	if _, err := f.ReadAt(raw, int64(m.freelist*m.pageSize+pageHeader)); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	count := uint64(head.count)
	if count == manyFree {
		count, raw = binary.NativeEndian.Uint64(raw), raw[8:]
	}
	if count > uint64(len(raw))/8 {
		return nil, nil
	}
	free := make([]uint64, count)
	for i := range free {
		free[i] = binary.NativeEndian.Uint64(raw[8*i:])
		if free[i] < 2 || free[i] >= m.pages || i > 0 && free[i] <= free[i-1] {
			return nil, nil
		}
	}
	return free, nil
}

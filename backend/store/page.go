package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
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

const (
	// manyFree marks a list of free pages whose length stands before its first entry.
	manyFree = 0xFFFF
	// noFreelist stands in the place of the list's page when there is none: every
	// page that the tree does not lead to is free.
	noFreelist = 1<<64 - 1
)

// readFreelist reads the list of free pages; it is nil when there is none, or
// when that cannot be the one bbolt wrote.
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

const (
	elementSize  = 16   // of what stands for one record, or for one page below
	inlineHead   = 16   // of what stands for a bucket: its root page and its sequence
	flagBucket   = 0x01 // of an element that is a bucket
	deepest      = 64   // no tree of pages is deeper
	maxPageBytes = 1 << 31
)

// element is one record of a leaf page, or one page below a branch page.
type element struct {
	bucket bool
	k, v   []byte
	child  uint64
}

// walker goes through the pages of a file without trusting any of them: what
// cannot be right is reported, and it goes on with the next page.
type walker struct {
	f    io.ReaderAt
	meta meta
	// used says what each page belongs to: every page has one place at most.
	used map[uint64]bool
	// record is called for every record of a bucket, in order; broken for what cannot
	// be read: the bucket, if known, and the first key that should be there.
	record func(name bucketName, k, v []byte)
	broken func(name bucketName, from []byte, page uint64, why string)
	bucket func(name bucketName, sequence uint64)
}

// walk goes through all buckets.
func (w *walker) walk() { w.buckets(w.walkBucket) }

// buckets calls fn with what stands for each bucket.
func (w *walker) buckets(fn func(name bucketName, head []byte)) {
	var last []byte
	w.tree("", nil, w.meta.root, 0, func(e element) {
		if last != nil && bytes.Compare(e.k, last) <= 0 {
			w.broken("", e.k, w.meta.root, "the buckets are not in order")
		}
		last = append(last[:0], e.k...)
		if !e.bucket || len(e.v) < inlineHead {
			w.broken("", e.k, w.meta.root, "what should be a bucket is none")
			return
		}
		fn(bucketName(e.k), e.v)
	})
}

// walkBucket goes through one bucket, given what stands for it.
func (w *walker) walkBucket(name bucketName, head []byte) {
	if w.bucket != nil {
		w.bucket(name, binary.NativeEndian.Uint64(head[8:]))
	}
	var last []byte
	each := func(e element) {
		if e.bucket || last != nil && bytes.Compare(e.k, last) <= 0 {
			w.broken(name, e.k, 0, "the records are not in order")
		}
		last = append(last[:0], e.k...)
		w.record(name, e.k, e.v)
	}
	if !isInline(head) {
		w.tree(name, nil, binary.NativeEndian.Uint64(head), 0, each)
		return
	}
	elements, why := parsePage(head[inlineHead:], flagLeaf)
	if size := inlineSize(elements); why == "" && size != len(head) {
		why = "the page says that it holds less than it does"
	}
	if why != "" {
		w.broken(name, nil, 0, why)
	}
	for _, e := range elements {
		each(e)
	}
}

// inlineSize is how long what stands for a bucket is when it holds these records.
func inlineSize(elements []element) int {
	size := inlineHead + pageHeader
	for _, e := range elements {
		size += elementSize + len(e.k) + len(e.v)
	}
	return size
}

// isInline reports whether what stands for a bucket holds its records as well.
func isInline(head []byte) bool { return binary.NativeEndian.Uint64(head) == 0 }

// tree goes through a page and those below it.
func (w *walker) tree(name bucketName, from []byte, id uint64, depth int, each func(element)) {
	raw, head, why := w.page(id)
	if why == "" && depth > deepest {
		why = "the pages below each other have no end"
	}
	if why != "" {
		w.broken(name, from, id, why)
		return
	}
	elements, why := parsePage(raw, head.flags)
	if why == "" && len(elements) == 0 {
		why = "the page is empty" // what has no records stands inline
	}
	if why != "" {
		w.broken(name, from, id, why) // and go on with those that could be read
	}
	for _, e := range elements {
		if head.flags == flagBranch {
			w.tree(name, e.k, e.child, depth+1, each)
		} else {
			each(e)
		}
	}
}

// page reads a page with all that belongs to it, once.
func (w *walker) page(id uint64) (raw []byte, head pageHead, why string) {
	if id < 2 || id >= w.meta.pages {
		return nil, head, "the page is not in the file"
	}
	head, err := readHead(w.f, w.meta, id)
	if err != nil {
		return nil, head, "the disk does not read it"
	}
	size := (uint64(head.overflow) + 1) * w.meta.pageSize
	if head.id != id || head.flags != flagBranch && head.flags != flagLeaf || !head.inFile(w.meta) || size > maxPageBytes {
		return nil, head, "the page is another one"
	}
	for p := id; p <= id+uint64(head.overflow); p++ {
		if w.used[p] {
			return nil, head, "the page is used twice"
		}
		w.used[p] = true
	}
	raw = make([]byte, size)
	if _, err := w.f.ReadAt(raw, int64(id*w.meta.pageSize)); err != nil {
		return nil, head, "the disk does not read it"
	}
	return raw, head, ""
}

// unused looks, after a walk, for pages that are neither used nor free, or both.
func (w *walker) unused(free []uint64, fn func(Fault)) {
	if w.meta.freelist == noFreelist {
		return // all that are not used are free
	}
	seen := maps.Clone(w.used)
	for _, p := range free {
		if seen[p] {
			fn(Fault{Where: fmt.Sprintf("page %d", p), Reason: "the page is used, and is listed as free."})
		}
		seen[p] = true
	}
	if head, err := readHead(w.f, w.meta, w.meta.freelist); err == nil {
		for p := w.meta.freelist; p <= w.meta.freelist+uint64(head.overflow); p++ {
			seen[p] = true
		}
	}
	if lost := w.meta.pages - 2 - uint64(len(seen)); lost > 0 {
		fn(Fault{Reason: fmt.Sprintf("%d pages are neither used nor free.", lost)})
	}
}

// parsePage reads the elements of a page. When something of it cannot be right,
// it returns those that can be read and says what. bbolt writes the elements,
// and right after them, without a gap, the bytes they stand for.
func parsePage(raw []byte, kind uint16) (elements []element, why string) {
	if len(raw) < pageHeader {
		return nil, "the page is cut off"
	}
	head := parseHead(raw)
	if head.flags != kind {
		return nil, "the page is another one"
	}
	count := int(head.count)
	if pageHeader+count*elementSize > len(raw) {
		return nil, "the page says that it holds more than it can"
	}
	next := pageHeader + count*elementSize // where the bytes of the next element begin
	for i := range count {
		e, at, ok := parseElement(raw, pageHeader+i*elementSize, kind)
		if !ok {
			why = fmt.Sprintf("%s of the page cannot be read", ordinal(i))
			continue
		}
		if at != next && why == "" {
			why = fmt.Sprintf("%s of the page is not where the one before it ends", ordinal(i))
		}
		next = at + len(e.k) + len(e.v)
		elements = append(elements, e)
	}
	return elements, why
}

func ordinal(i int) string { return fmt.Sprintf("record %d", i+1) }

// parseElement reads the element that stands at a place of a page, and tells
// where the bytes it stands for begin.
func parseElement(page []byte, at int, kind uint16) (e element, data int, ok bool) {
	order, raw := binary.NativeEndian, page[at:]
	if kind == flagBranch {
		begin, size := uint64(order.Uint32(raw)), uint64(order.Uint32(raw[4:]))
		if begin+size > uint64(len(raw)) {
			return e, 0, false
		}
		return element{k: raw[begin : begin+size], child: order.Uint64(raw[8:])}, at + int(begin), true
	}
	begin, keySize, size := uint64(order.Uint32(raw[4:])), uint64(order.Uint32(raw[8:])), uint64(order.Uint32(raw[12:]))
	if begin+keySize+size > uint64(len(raw)) {
		return e, 0, false
	}
	value := begin + keySize
	return element{bucket: order.Uint32(raw)&flagBucket != 0, k: raw[begin:value], v: raw[value : value+size]}, at + int(begin), true
}

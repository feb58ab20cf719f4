package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"

	"plumbline/backend/workflow"
)

// The layout of a bbolt file, as far as it is checked: each of its first two
// pages holds a header and the meta record.
const (
	pageHeader  = 16
	metaSize    = 64
	metaSummed  = 56 // bytes that the checksum covers
	boltMagic   = 0xED0CDAED
	boltVersion = 2
	minPage     = 1 << 10
	maxPage     = 1 << 16
)

// meta is what a meta page says about its file.
type meta struct {
	pageSize uint64
	root     uint64 // page of the bucket of all buckets
	freelist uint64 // page of the list of free pages, or noFreelist
	pages    uint64 // up to the high water mark
	txid     uint64
	// alone says that the other of the two meta pages is broken. It may have been
	// the newer one, and then the last write is missing.
	alone bool
}

// look reads what a file is, without a chance to write to it. It refuses one that
// is not a whole database of Plumbline of this schema or an older one. It
// returns the head as well.
func look(path string) (found schema, head meta, err error) {
	f, head, err := openChecked(path)
	if err != nil {
		return found, head, err
	}
	found, err = readSchema(f, head, path)
	return found, head, errors.Join(err, f.Close())
}

// readSchema reads what a file is from its pages.
func readSchema(f io.ReaderAt, m meta, path string) (found schema, err error) {
	names, why := map[bucketName]bool{}, ""
	w := &walker{f: f, meta: m, used: map[uint64]bool{}}
	w.broken = func(_ bucketName, _ []byte, page uint64, reason string) {
		why = fmt.Sprintf("page %d cannot be read, %s", page, reason)
	}
	w.record = func(name bucketName, k, v []byte) {
		if string(k) == schemaKey && decode(name, k, v, &found) != nil {
			why = "its first record cannot be read"
		}
	}
	w.buckets(func(name bucketName, head []byte) {
		names[name] = true
		if name == bucketMeta {
			w.walkBucket(name, head)
		}
	})
	if why != "" {
		return found, damagedFile(path, why)
	}
	if err := checkSchema(path, found); err != nil || found.Version < schemaVersion {
		return found, err
	}
	for _, d := range declarations() {
		if !names[d.name] {
			return found, damagedFile(path, fmt.Sprintf("it has no part “%s”", d.name))
		}
	}
	return found, nil
}

// openChecked opens a file for reading and checks its head before bbolt does:
// bbolt takes an empty file for a new database and can crash the process on a
// truncated one.
func openChecked(path string) (*os.File, meta, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, meta{}, because(err, workflow.Unavailable, "The database %s cannot be read.", path).
			WithHint("Check that the file is there and that you may read it.")
	}
	m, err := checkHead(f, path)
	if err != nil {
		return nil, m, errors.Join(err, f.Close())
	}
	return f, m, nil
}

// checkHead checks the size of a file and the pages that bbolt reads when it
// opens one.
func checkHead(f *os.File, path string) (m meta, err error) {
	info, err := f.Stat()
	if err != nil {
		return m, fmt.Errorf("look at %s: %w", path, err)
	}
	size := uint64(info.Size())
	switch {
	case !info.Mode().IsRegular():
		return m, notDatabase(path, "it is not a file")
	case size == 0:
		return m, notDatabase(path, "it is empty")
	}
	newest, err := newestMeta(f, size)
	switch {
	case err != nil:
		return m, fmt.Errorf("read %s: %w", path, err)
	case newest == nil:
		return m, notDatabase(path, "it does not begin like one")
	case newest.pages > size/newest.pageSize:
		return m, damagedFile(path, "its end is missing")
	}
	return *newest, checkPages(f, path, *newest)
}

// checkPages looks at the two pages that bbolt reads whenever it opens a file:
// the root of everything and the list of the free pages, if there is one.
func checkPages(f io.ReaderAt, path string, m meta) error {
	if m.root < 2 || m.root >= m.pages {
		return damagedFile(path, "its first page is not in the file")
	}
	head, err := readHead(f, m, m.root)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if head.id != m.root || head.flags != flagBranch && head.flags != flagLeaf {
		return damagedFile(path, "its first page is broken")
	}
	if m.freelist == noFreelist {
		return nil
	}
	free, err := readFreelist(f, m)
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if free == nil {
		return damagedFile(path, "the list of its free pages is broken")
	}
	return nil
}

// newestMeta returns the valid meta record that bbolt would use; nil if there is none.
func newestMeta(f io.ReaderAt, size uint64) (*meta, error) {
	var newest *meta
	found := 0
	for offset := uint64(0); offset <= maxPage; offset = max(minPage, 2*offset) {
		if offset+pageHeader+metaSize > size {
			break
		}
		raw := make([]byte, metaSize)
		if _, err := f.ReadAt(raw, int64(offset+pageHeader)); err != nil {
			return nil, err
		}
		m, ok := parseMeta(raw)
		if !ok || offset != 0 && m.pageSize != offset {
			continue
		}
		if found++; newest == nil || m.pageSize == newest.pageSize && m.txid > newest.txid {
			newest = &m
		}
	}
	if newest != nil {
		newest.alone = found == 1
	}
	return newest, nil
}

// parseMeta decodes a meta record. bbolt writes it as the machine holds it.
func parseMeta(raw []byte) (meta, bool) {
	order := binary.NativeEndian
	sum := fnv.New64a()
	sum.Write(raw[:metaSummed])
	m := meta{
		pageSize: uint64(order.Uint32(raw[8:])),
		root:     order.Uint64(raw[16:]),
		freelist: order.Uint64(raw[32:]),
		pages:    order.Uint64(raw[40:]),
		txid:     order.Uint64(raw[48:]),
	}
	ok := order.Uint32(raw) == boltMagic && order.Uint32(raw[4:]) == boltVersion &&
		order.Uint64(raw[metaSummed:]) == sum.Sum64() &&
		m.pageSize >= minPage && m.pageSize <= maxPage
	return m, ok
}

// lonelyHead says what a broken meta page means.
const lonelyHead = "one of the two heads of the file is broken, and the last write may be missing."

// notDatabase is the error for a file that is something else.
func notDatabase(path, why string) error {
	return workflow.Errorf(workflow.Invalid, "The database %s cannot be opened: %s.", path, why).WithHint(
		"Nothing was changed. “plumbline restore FILE” puts a backup in its place; “plumbline rebuild” makes it anew from the git histories.")
}

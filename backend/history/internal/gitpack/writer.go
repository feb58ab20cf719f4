package gitpack

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	headerSize = 12 // of a pack
	// small is up to where compression by letters alone is as good: it needs no
	// tables, which cost more than the rest.
	small = 160
)

// deflater compresses; it is kept because a new one costs more than most objects.
type deflater struct {
	full, fast, letters *zlib.Writer
	out                 bytes.Buffer
}

var deflaters = sync.Pool{New: func() any {
	letters, _ := zlib.NewWriterLevel(io.Discard, zlib.HuffmanOnly) // the levels are known ones
	fast, _ := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	return &deflater{full: zlib.NewWriter(io.Discard), fast: fast, letters: letters}
}}

// deflate compresses. The result is good until the next call.
func (d *deflater) deflate(data []byte, fast bool) []byte {
	d.out.Reset()
	w := d.full
	switch {
	case len(data) <= small:
		w = d.letters
	case fast:
		w = d.fast
	}
	w.Reset(&d.out)
	_, _ = w.Write(data) // a buffer takes everything
	_ = w.Close()
	return d.out.Bytes()
}

// Writer writes a pack. It is not safe for use by several goroutines.
type Writer struct {
	// Fast is for packs that will be merged soon: they are larger.
	Fast bool

	out  io.Writer
	sum  hash.Hash
	at   int64
	left int
	head []byte
}

// NewWriter begins a pack of so many objects.
func NewWriter(out io.Writer, count int) (*Writer, error) {
	w := &Writer{out: out, sum: sha1.New(), left: count}
	head := binary.BigEndian.AppendUint32([]byte("PACK"), 2)
	return w, w.write(binary.BigEndian.AppendUint32(head, uint32(count)))
}

// Whole writes an object and returns its entry for the index.
func (w *Writer) Whole(name plumbing.Hash, kind plumbing.ObjectType, content []byte) (Entry, error) {
	d := deflaters.Get().(*deflater)
	defer deflaters.Put(d)
	return w.Raw(name, kind, int64(len(content)), 0, d.deflate(content, w.Fast))
}

// Delta writes an object as what makes it from the one at an offset, and returns
// its entry for the index.
func (w *Writer) Delta(name plumbing.Hash, base int64, delta []byte) (Entry, error) {
	d := deflaters.Get().(*deflater)
	defer deflaters.Put(d)
	return w.Raw(name, plumbing.OFSDeltaObject, int64(len(delta)), base, d.deflate(delta, w.Fast))
}

// Raw writes an object whose content is compressed already, and returns its entry
// for the index. size is that of the content, or of the delta for an OFSDelta,
// whose base is at an offset.
func (w *Writer) Raw(name plumbing.Hash, kind plumbing.ObjectType, size, base int64, compressed []byte) (Entry, error) {
	e := Entry{Name: name, Offset: w.at}
	if w.left--; w.left < 0 {
		return e, errors.New("the pack holds more objects than were announced")
	}
	w.head = appendHeader(w.head[:0], kind, size, e.Offset-base)
	e.CRC = crc32.Update(crc32.ChecksumIEEE(w.head), crc32.IEEETable, compressed)
	if err := w.write(w.head); err != nil {
		return e, err
	}
	return e, w.write(compressed)
}

func (w *Writer) write(b []byte) error {
	n, err := w.out.Write(b)
	w.at += int64(n)
	_, _ = w.sum.Write(b) // a hash takes everything
	return err
}

// Close ends the pack and returns its checksum, which names it.
func (w *Writer) Close() (sum plumbing.Hash, err error) {
	if w.left > 0 {
		return sum, fmt.Errorf("the pack holds %d objects less than were announced", w.left)
	}
	sum = plumbing.Hash(w.sum.Sum(nil))
	_, err = w.out.Write(sum[:])
	return sum, err
}

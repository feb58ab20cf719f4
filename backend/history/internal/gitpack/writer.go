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

	"github.com/go-git/go-git/v5/plumbing"
)

const (
	headerSize = 12 // of a pack
	// small is up to where compression by letters alone is as good: it needs no
	// tables, which cost more than the rest.
	small = 160
)

// Deflater compresses. It is kept because a new one costs more than most objects.
// It is not safe for use by several goroutines.
type Deflater struct {
	full, letters *zlib.Writer
	out           bytes.Buffer
}

// NewDeflater makes a Deflater, which is quick or makes things as small as git does.
func NewDeflater(quick bool) *Deflater {
	level := zlib.DefaultCompression
	if quick {
		level = zlib.BestSpeed
	}
	full, _ := zlib.NewWriterLevel(io.Discard, level) // both levels are known ones
	letters, _ := zlib.NewWriterLevel(io.Discard, zlib.HuffmanOnly)
	return &Deflater{full: full, letters: letters}
}

// Deflate compresses. The result is good until the next call.
func (d *Deflater) Deflate(data []byte) []byte {
	d.out.Reset()
	w := d.full
	if len(data) <= small {
		w = d.letters
	}
	w.Reset(&d.out)
	_, _ = w.Write(data) // a buffer takes everything
	_ = w.Close()
	return d.out.Bytes()
}

// Writer writes a pack. It is not safe for use by several goroutines.
type Writer struct {
	out     io.Writer
	deflate *Deflater
	sum     hash.Hash
	at      int64
	left    int
	entries []Entry
	head    []byte
}

// NewWriter begins a pack of so many objects.
func NewWriter(out io.Writer, deflate *Deflater, count int) (*Writer, error) {
	w := &Writer{out: out, deflate: deflate, sum: sha1.New(), left: count, entries: make([]Entry, 0, count)}
	head := binary.BigEndian.AppendUint32([]byte("PACK"), 2)
	return w, w.write(binary.BigEndian.AppendUint32(head, uint32(count)))
}

// Whole writes an object and returns where.
func (w *Writer) Whole(name plumbing.Hash, kind plumbing.ObjectType, content []byte) (int64, error) {
	return w.Raw(name, kind, int64(len(content)), 0, w.deflate.Deflate(content))
}

// Raw writes an object whose content is compressed already and returns where.
// size is that of the content, or of the delta for an OFSDelta, whose base is at
// an offset.
func (w *Writer) Raw(name plumbing.Hash, kind plumbing.ObjectType, size, base int64, compressed []byte) (int64, error) {
	at := w.at
	if w.left--; w.left < 0 {
		return 0, errors.New("the pack holds more objects than were announced")
	}
	w.head = appendHeader(w.head[:0], kind, size, at-base)
	crc := crc32.Update(crc32.ChecksumIEEE(w.head), crc32.IEEETable, compressed)
	w.entries = append(w.entries, Entry{Name: name, Offset: at, CRC: crc})
	if err := w.write(w.head); err != nil {
		return 0, err
	}
	return at, w.write(compressed)
}

func (w *Writer) write(b []byte) error {
	n, err := w.out.Write(b)
	w.at += int64(n)
	_, _ = w.sum.Write(b) // a hash takes everything
	return err
}

// Close ends the pack and returns its checksum, which names it, and its index.
func (w *Writer) Close() (sum plumbing.Hash, index []byte, err error) {
	if w.left > 0 {
		return sum, nil, fmt.Errorf("the pack holds %d objects less than were announced", w.left)
	}
	sum = plumbing.Hash(w.sum.Sum(nil))
	if _, err := w.out.Write(sum[:]); err != nil {
		return sum, nil, err
	}
	return sum, EncodeIndex(w.entries, sum), nil
}

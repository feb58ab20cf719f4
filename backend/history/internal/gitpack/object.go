// Package gitpack reads and writes objects as git keeps them: packs, their
// indexes, deltas and loose files.
//
// It knows nothing of projects, and changes nothing on the disk: it writes to an
// [io.Writer]. Nothing that it reads is trusted: what is damaged or hostile is an
// error, never a crash, and takes no more memory than the limits allow.
package gitpack

import (
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/go-git/go-git/v5/plumbing"
)

// MaxObject bounds the size of one object.
const MaxObject = 128 << 20

// Errors that callers tell apart.
var (
	ErrNotFound = plumbing.ErrObjectNotFound
	ErrDamaged  = errors.New("damaged")
	ErrTooLarge = errors.New("larger than is allowed")
)

// Name returns the name of an object.
func Name(kind plumbing.ObjectType, content []byte) plumbing.Hash {
	h := sha1.New()
	head := append(kind.Bytes(), ' ')
	head = append(strconv.AppendInt(head, int64(len(content)), 10), 0)
	_, _ = h.Write(head) // a hash takes everything
	_, _ = h.Write(content)
	return plumbing.Hash(h.Sum(nil))
}

// damaged is an error that says what is wrong.
func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, args...))
}

// header is what stands before the compressed part of an object in a pack.
type header struct {
	kind     plumbing.ObjectType
	size     int64         // of what is compressed: the object, or the delta
	baseAt   int64         // of an OFSDelta: where its base is
	baseName plumbing.Hash // of a REFDelta
}

func (h header) isDelta() bool {
	return h.kind == plumbing.OFSDeltaObject || h.kind == plumbing.REFDeltaObject
}

// readHeader reads the header of the object at an offset.
func readHeader(r io.ByteReader, at int64) (header, error) {
	c, err := r.ReadByte()
	if err != nil {
		return header{}, unexpected(err)
	}
	h := header{kind: plumbing.ObjectType(c >> 4 & 7), size: int64(c & 0x0f)}
	for shift := 4; c&0x80 != 0; shift += 7 {
		if c, err = r.ReadByte(); err != nil {
			return h, unexpected(err)
		}
		if shift > 50 {
			return h, damaged("the size of the object at %d has no end", at)
		}
		h.size |= int64(c&0x7f) << shift
	}
	switch h.kind {
	case plumbing.CommitObject, plumbing.TreeObject, plumbing.BlobObject, plumbing.TagObject:
	case plumbing.OFSDeltaObject:
		back, err := readDistance(r)
		if err != nil {
			return h, err
		}
		if h.baseAt = at - back; back <= 0 || h.baseAt < headerSize {
			return h, damaged("the base of the object at %d is not in the pack", at)
		}
	case plumbing.REFDeltaObject:
		for i := range h.baseName {
			if h.baseName[i], err = r.ReadByte(); err != nil {
				return h, unexpected(err)
			}
		}
	default:
		return h, damaged("the object at %d is of no known kind", at)
	}
	return h, nil
}

// readDistance reads how far before a delta its base is.
func readDistance(r io.ByteReader) (int64, error) {
	c, err := r.ReadByte()
	if err != nil {
		return 0, unexpected(err)
	}
	back := int64(c & 0x7f)
	for c&0x80 != 0 {
		if c, err = r.ReadByte(); err != nil {
			return 0, unexpected(err)
		}
		if back > 1<<48 {
			return 0, damaged("the distance to a base has no end")
		}
		back = (back+1)<<7 | int64(c&0x7f)
	}
	return back, nil
}

// appendHeader is the inverse of readHeader; back is for an OFSDelta.
func appendHeader(b []byte, kind plumbing.ObjectType, size, back int64) []byte {
	c := byte(kind)<<4 | byte(size&0x0f)
	for size >>= 4; size > 0; size >>= 7 {
		b = append(b, c|0x80)
		c = byte(size & 0x7f)
	}
	b = append(b, c)
	if kind != plumbing.OFSDeltaObject {
		return b
	}
	var digits [10]byte
	at := len(digits) - 1
	digits[at] = byte(back & 0x7f)
	for back >>= 7; back > 0; back >>= 7 {
		back--
		at--
		digits[at] = byte(back&0x7f) | 0x80
	}
	return append(b, digits[at:]...)
}

// unexpected makes an end that comes too early damage.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged("it ends too early")
	}
	return err
}

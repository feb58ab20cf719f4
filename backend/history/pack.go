package history

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
)

// batch gathers new objects, each once, in the order in which they were made.
type batch struct {
	objects []*plumbing.MemoryObject
	seen    map[plumbing.Hash]bool
}

// add takes an object and returns its name.
func (b *batch) add(o *plumbing.MemoryObject) plumbing.Hash {
	name := o.Hash()
	if !b.seen[name] {
		if b.seen == nil {
			b.seen = map[plumbing.Hash]bool{}
		}
		b.seen[name] = true
		b.objects = append(b.objects, o)
	}
	return name
}

// addBlob takes the content of a file.
func (b *batch) addBlob(content []byte) (plumbing.Hash, error) {
	o := &plumbing.MemoryObject{}
	o.SetType(plumbing.BlobObject)
	if _, err := o.Write(content); err != nil {
		return plumbing.ZeroHash, fmt.Errorf("encode a blob: %w", err)
	}
	return b.add(o), nil
}

// encodable is what go-git can write as an object.
type encodable interface {
	Encode(plumbing.EncodedObject) error
}

// addEncoded takes a tree or a commit.
func (b *batch) addEncoded(e encodable) (plumbing.Hash, error) {
	o := &plumbing.MemoryObject{}
	if err := e.Encode(o); err != nil {
		return plumbing.ZeroHash, fmt.Errorf("encode an object: %w", err)
	}
	return b.add(o), nil
}

// pack is a batch as git keeps it.
type pack struct {
	sum       plumbing.Hash // names it
	data, idx []byte
}

// pack encodes the batch. The same objects in the same order give the same
// bytes. They are stored whole: a later consolidation may delta them.
func (b *batch) pack(deflate *zlib.Writer) (pack, error) {
	var data bytes.Buffer
	var index idxfile.Writer
	count := uint32(len(b.objects))
	if err := index.OnHeader(count); err != nil {
		return pack{}, fmt.Errorf("index a pack: %w", err)
	}
	data.WriteString("PACK")
	data.Write(binary.BigEndian.AppendUint32(nil, 2))
	data.Write(binary.BigEndian.AppendUint32(nil, count))
	for _, o := range b.objects {
		start := data.Len()
		data.Write(packHeader(o.Type(), o.Size()))
		deflate.Reset(&data)
		if err := deflateObject(deflate, o); err != nil {
			return pack{}, fmt.Errorf("compress an object: %w", err)
		}
		index.Add(o.Hash(), uint64(start), crc32.ChecksumIEEE(data.Bytes()[start:]))
	}
	sum := plumbing.Hash(sha1.Sum(data.Bytes()))
	data.Write(sum[:])
	if err := index.OnFooter(sum); err != nil {
		return pack{}, fmt.Errorf("index a pack: %w", err)
	}
	idx, err := encodeIndex(&index)
	return pack{sum: sum, data: data.Bytes(), idx: idx}, err
}

// packHeader is type and size of an object: four bits of the size beside the
// type, then seven at a time.
func packHeader(t plumbing.ObjectType, size int64) []byte {
	c := byte(t)<<4 | byte(size&0x0f)
	size >>= 4
	header := []byte{}
	for size > 0 {
		header = append(header, c|0x80)
		c = byte(size & 0x7f)
		size >>= 7
	}
	return append(header, c)
}

func deflateObject(w *zlib.Writer, o *plumbing.MemoryObject) error {
	r, err := o.Reader()
	if err != nil {
		return err
	}
	var content bytes.Buffer
	if _, err := content.ReadFrom(r); err != nil {
		return err
	}
	if _, err := w.Write(content.Bytes()); err != nil {
		return err
	}
	return w.Close()
}

func encodeIndex(w *idxfile.Writer) ([]byte, error) {
	index, err := w.Index()
	if err != nil {
		return nil, fmt.Errorf("index a pack: %w", err)
	}
	var idx bytes.Buffer
	if _, err := idxfile.NewEncoder(&idx).Encode(index); err != nil {
		return nil, fmt.Errorf("index a pack: %w", err)
	}
	return idx.Bytes(), nil
}

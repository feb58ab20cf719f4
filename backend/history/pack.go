package history

import (
	"bytes"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/history/internal/gitpack"
)

// batch gathers new objects, each once, in the order in which they were made.
type batch struct {
	objects []newObject
	seen    map[plumbing.Hash]bool
}

type newObject struct {
	name plumbing.Hash
	gitpack.Object
}

// add takes an object and returns its name.
func (b *batch) add(kind plumbing.ObjectType, content []byte) plumbing.Hash {
	name := gitpack.Name(kind, content)
	if !b.seen[name] {
		if b.seen == nil {
			b.seen = map[plumbing.Hash]bool{}
		}
		b.seen[name] = true
		b.objects = append(b.objects, newObject{name, gitpack.Object{Kind: kind, Content: content}})
	}
	return name
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
	in, err := o.Reader()
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("encode an object: %w", err)
	}
	content, err := io.ReadAll(in)
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("encode an object: %w", err)
	}
	return b.add(o.Type(), content), nil
}

// pack is a batch as git keeps it.
type pack struct {
	sum       plumbing.Hash // names it
	data, idx []byte
}

// pack encodes the batch. The same objects in the same order give the same
// bytes. They are stored whole: a later consolidation makes deltas of them.
func (b *batch) pack() (pack, error) {
	var data bytes.Buffer
	w, err := gitpack.NewWriter(&data, len(b.objects))
	if err != nil {
		return pack{}, fmt.Errorf("encode a pack: %w", err)
	}
	w.Fast = true
	entries := make([]gitpack.Entry, 0, len(b.objects))
	for _, o := range b.objects {
		e, err := w.Whole(o.name, o.Kind, o.Content)
		if err != nil {
			return pack{}, fmt.Errorf("encode a pack: %w", err)
		}
		entries = append(entries, e)
	}
	sum, err := w.Close()
	if err != nil {
		return pack{}, fmt.Errorf("encode a pack: %w", err)
	}
	return pack{sum: sum, data: data.Bytes(), idx: gitpack.EncodeIndex(entries, sum)}, nil
}

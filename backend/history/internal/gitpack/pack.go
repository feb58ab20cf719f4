package gitpack

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"sync"

	"github.com/go-git/go-git/v5/plumbing"
)

// maxDepth bounds a chain of deltas; git itself makes none longer than 4095.
const maxDepth = 4095

// Object is a kind and a content, which must not be changed.
type Object struct {
	Kind    plumbing.ObjectType
	Content []byte
}

// Pack reads objects out of a pack, by where they are. It is safe for use by
// several goroutines.
type Pack struct {
	path  string
	cache *Cache
	// find tells where the base of a REFDelta is.
	find func(plumbing.Hash) (int64, bool)
	// max bounds an object; work, if it is not nil, all that is unpacked.
	max    int64
	work   *int64
	opened func(*Pack) // is told when the file was opened

	mu   sync.RWMutex
	file *os.File // nil until it is needed, and again after close
}

// NewPack reads a pack without an index: the base of no object is known by name.
func NewPack(path string, cache *Cache) *Pack {
	return &Pack{path: path, cache: cache, max: MaxObject, find: func(plumbing.Hash) (int64, bool) { return 0, false }}
}

// Close lets go of the file; it is opened again when something is read.
func (p *Pack) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return nil
	}
	err := p.file.Close()
	p.file = nil
	return err
}

// ReadAt reads bytes of the file.
func (p *Pack) ReadAt(b []byte, at int64) (int, error) {
	p.mu.RLock()
	if p.file != nil {
		defer p.mu.RUnlock()
		return p.file.ReadAt(b, at)
	}
	p.mu.RUnlock()
	if err := p.open(); err != nil {
		return 0, err
	}
	return p.ReadAt(b, at)
}

func (p *Pack) open() error {
	p.mu.Lock()
	if p.file == nil {
		f, err := os.Open(p.path)
		if err != nil {
			p.mu.Unlock()
			return err
		}
		p.file = f
	}
	p.mu.Unlock()
	if p.opened != nil {
		p.opened(p)
	}
	return nil
}

// Size is the number of bytes of the file.
func (p *Pack) Size() (int64, error) {
	info, err := os.Stat(p.path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Object returns the object at an offset.
func (p *Pack) Object(at int64) (Object, error) {
	var deltas [][]byte
	var offsets []int64
	var o Object
	for {
		if found, ok := p.cache.get(p, at); ok {
			o = found
			break
		}
		h, data, err := p.entry(at)
		if err != nil {
			return o, err
		}
		if !h.isDelta() {
			o = Object{Kind: h.kind, Content: data}
			p.cache.put(p, at, o)
			break
		}
		if len(deltas) == maxDepth {
			return o, damaged("a chain of deltas has no end")
		}
		deltas, offsets = append(deltas, data), append(offsets, at)
		if at, err = p.base(h); err != nil {
			return o, err
		}
	}
	for i := len(deltas) - 1; i >= 0; i-- {
		content, err := Apply(o.Content, deltas[i], p.max)
		if err != nil {
			return o, err
		}
		if err := p.spend(int64(len(content))); err != nil {
			return o, err
		}
		o.Content = content
		p.cache.put(p, offsets[i], o)
	}
	return o, nil
}

// base tells where the base of a delta is.
func (p *Pack) base(h header) (int64, error) {
	if h.kind == plumbing.OFSDeltaObject {
		return h.baseAt, nil
	}
	at, ok := p.find(h.baseName)
	if !ok {
		return 0, damaged("the base %s of a delta is not in the pack", h.baseName)
	}
	return at, nil
}

// spend counts what is unpacked.
func (p *Pack) spend(n int64) error {
	if p.work == nil {
		return nil
	}
	if *p.work -= n; *p.work < 0 {
		return ErrTooLarge
	}
	return nil
}

// entry reads what stands at an offset: an object or a delta.
func (p *Pack) entry(at int64) (header, []byte, error) {
	if at < headerSize {
		return header{}, nil, damaged("no object is at %d", at)
	}
	in := inflaters.Get().(*inflater)
	defer inflaters.Put(in)
	in.src.Reset(io.NewSectionReader(p, at, 1<<62))
	h, err := readHeader(&in.src, at)
	if err != nil {
		return h, nil, err
	}
	if h.size > p.max {
		return h, nil, ErrTooLarge
	}
	if err := p.spend(h.size); err != nil {
		return h, nil, err
	}
	data, err := in.inflate(h.size)
	if err != nil {
		return h, nil, fmt.Errorf("the object at %d: %w", at, err)
	}
	return h, data, nil
}

// Raw is an object as it stands in a pack.
type Raw struct {
	Kind       plumbing.ObjectType // OFSDelta for every delta
	Size       int64               // of the content, or of the delta
	BaseAt     int64               // of a delta, where its base is
	Compressed []byte              // what follows the header
	CRC        uint32              // of header and content, as in the index
}

// Head tells what stands at an offset, without its content.
func (p *Pack) Head(at int64) (Raw, error) {
	var buffer [longestHeader]byte
	n, err := p.ReadAt(buffer[:], at)
	if n == 0 {
		return Raw{}, unexpected(err)
	}
	return p.parseRaw(buffer[:n], at)
}

// Raw returns what stands between two offsets, in a buffer that it may make
// larger. It is good until the buffer is used again.
func (p *Pack) Raw(at, end int64, buffer *[]byte) (Raw, error) {
	if end <= at || end-at > p.max {
		return Raw{}, damaged("an object ends before it begins")
	}
	if int64(cap(*buffer)) < end-at {
		*buffer = make([]byte, end-at)
	}
	b := (*buffer)[:end-at]
	if n, err := p.ReadAt(b, at); n < len(b) {
		return Raw{}, unexpected(err)
	}
	raw, err := p.parseRaw(b, at)
	raw.CRC = crc32.ChecksumIEEE(b)
	return raw, err
}

func (p *Pack) parseRaw(b []byte, at int64) (Raw, error) {
	r := bytes.NewReader(b)
	h, err := readHeader(r, at)
	if err != nil {
		return Raw{}, err
	}
	raw := Raw{Kind: h.kind, Size: h.size, Compressed: b[len(b)-r.Len():]}
	if h.isDelta() {
		raw.Kind = plumbing.OFSDeltaObject
		raw.BaseAt, err = p.base(h)
	}
	return raw, err
}

// counter counts what is read from a file.
type counter struct {
	*bufio.Reader
	n int64
}

func (c *counter) ReadByte() (byte, error) {
	b, err := c.Reader.ReadByte()
	if err == nil {
		c.n++
	}
	return b, err
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.Reader.Read(b)
	c.n += int64(n)
	return n, err
}

// Reset begins to count anew.
func (c *counter) Reset(r io.Reader) {
	c.Reader.Reset(r)
	c.n = 0
}

// inflater unpacks; it is kept because a new one is expensive.
type inflater struct {
	src counter
	zip io.ReadCloser
}

var inflaters = sync.Pool{New: func() any { return &inflater{src: counter{Reader: bufio.NewReaderSize(nil, 4096)}} }}

// inflate unpacks so many bytes, to the end of what is compressed.
func (in *inflater) inflate(size int64) ([]byte, error) {
	out, err := in.read(size, size)
	if err == nil && int64(len(out)) != size {
		err = damaged("it is of another size than it says")
	}
	return out, err
}

// read unpacks to the end of what is compressed, but not more than max bytes and
// one. Memory is taken as it fills, so that a size that is a lie costs nothing.
func (in *inflater) read(likely, max int64) ([]byte, error) {
	var err error
	if in.zip == nil {
		in.zip, err = zlib.NewReader(&in.src)
	} else {
		err = in.zip.(zlib.Resetter).Reset(&in.src, nil)
	}
	var out *bytes.Buffer
	if err == nil {
		out = bytes.NewBuffer(make([]byte, 0, min(likely, 1<<20)+bytes.MinRead))
		_, err = out.ReadFrom(io.LimitReader(in.zip, max+1))
	}
	if err != nil {
		if isDisk(err) {
			return nil, err
		}
		return nil, damaged("%v", err)
	}
	return out.Bytes(), nil
}

// isDisk tells an error of the disk from one in the data.
func isDisk(err error) bool {
	var path *os.PathError
	return errors.As(err, &path)
}

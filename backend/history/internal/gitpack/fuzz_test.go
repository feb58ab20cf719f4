package gitpack

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
)

// tight are limits that a fuzzer reaches soon.
var tight = Limits{Objects: 1000, Object: 1 << 20, Work: 1 << 24}

// FuzzScan reads bytes as a pack. What it names is what the index of it finds
// again, byte for byte.
func FuzzScan(f *testing.F) {
	_, base := repository(f)
	sound := read(f, base+".pack")
	f.Add(sound)
	f.Add(sound[:len(sound)/2])
	f.Add([]byte("PACK\x00\x00\x00\x02\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "p.pack")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := Scan(context.Background(), path, tight, NewCache(1<<20), nil)
		if err != nil || len(found.Entries) == 0 {
			return
		}
		index, err := ParseIndex(EncodeIndex(found.Entries, found.Sum))
		if err != nil {
			t.Fatalf("the index of what was found: %v", err)
		}
		p := NewIndexed(path[:len(path)-len(".pack")], index, NewCache(1<<20))
		for _, e := range found.Entries {
			o, err := p.Read(e.Name)
			if err != nil || Name(o.Kind, o.Content) != e.Name {
				t.Fatalf("%s at %d: %v", e.Name, e.Offset, err)
			}
		}
	})
}

// FuzzIndex reads bytes as an index. Whatever it accepts can be asked anything.
func FuzzIndex(f *testing.F) {
	_, base := repository(f)
	sound := read(f, base+".idx")
	f.Add(sound)
	f.Add(sound[:len(sound)-20])
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := ParseIndex(data)
		if err != nil {
			return
		}
		for i := range x.Count() {
			_ = x.Entry(i)
			x.Find(x.Name(i))
		}
		x.Find(plumbing.Hash{0xff})
		_ = x.Check()
	})
}

// FuzzApply applies bytes as a delta: an error, or a text within the limit, the
// same each time.
func FuzzApply(f *testing.F) {
	base := []byte("some text that is the base of a delta, long enough to be copied from")
	f.Add(base, NewBase(base).Delta([]byte("some text that is the base of another delta"), 1<<10))
	f.Add([]byte{}, []byte{0, 0})
	f.Fuzz(func(t *testing.T, base, delta []byte) {
		out, err := Apply(base, delta, 1<<16)
		if err != nil {
			return
		}
		if len(out) > 1<<16 {
			t.Fatalf("%d bytes, the limit is %d", len(out), 1<<16)
		}
		if again, err := Apply(base, delta, 1<<16); err != nil || !bytes.Equal(out, again) {
			t.Fatalf("applied again: %v", err)
		}
	})
}

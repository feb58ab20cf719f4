package gitpack

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-git/go-git/v5/plumbing"
	"pgregory.net/rapid"
)

// git runs the real one and returns what it printed.
func git(t testing.TB, dir string, input string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(input)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// repository is one of stock git with 60 commits in one pack full of deltas.
func repository(t testing.TB, config ...string) (objects, base string) {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "", "init", "-q", "--bare")
	for i := 0; i+1 < len(config); i += 2 {
		git(t, dir, "", "config", config[i], config[i+1])
	}
	var in strings.Builder
	lines := make([]string, 200)
	for i := range lines {
		lines[i] = fmt.Sprintf("Line %d of a document: %x.\n", i, i*i*7919)
	}
	for i := range 60 {
		lines[i*37%len(lines)] = fmt.Sprintf("Changed by commit %d.\n", i)
		text := strings.Join(lines, "")
		fmt.Fprintf(&in, "commit refs/heads/main\ncommitter A <a@b> %d +0000\ndata 1\nx\nM 100644 inline a/b.md\ndata %d\n%s\n", 1e9+i, len(text), text)
	}
	git(t, dir, in.String(), "fast-import", "--quiet")
	git(t, dir, "", "repack", "-adfq")
	found, err := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.pack"))
	if err != nil || len(found) != 1 {
		t.Fatalf("packs are %v, %v", found, err)
	}
	return filepath.Join(dir, "objects"), strings.TrimSuffix(found[0], ".pack")
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDeltaMakesItsTarget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.StringMatching(`[a-c]{0,40}`)
		base := []byte(strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "base"), "\n"))
		target := bytes.Clone(base)
		for range rapid.IntRange(0, 4).Draw(t, "edits") {
			from := rapid.IntRange(0, len(target)).Draw(t, "from")
			to := rapid.IntRange(from, len(target)).Draw(t, "to")
			put := []byte(piece.Draw(t, "put"))
			if rapid.Bool().Draw(t, "move") {
				put = append(put, base[:rapid.IntRange(0, len(base)).Draw(t, "moved")]...)
			}
			target = bytes.Join([][]byte{target[:from], put, target[to:]}, nil)
		}
		delta := NewBase(base).Delta(target, 1<<20)
		got, err := Apply(base, delta, MaxObject)
		if err != nil || !bytes.Equal(got, target) {
			t.Fatalf("Apply = %q, %v, want %q", got, err, target)
		}
		if NewBase(base).Delta(target, len(delta)-1) != nil {
			t.Errorf("a delta of %d bytes is longer than allowed", len(delta))
		}
	})
}

func TestDeltaFindsWhatHasMoved(t *testing.T) {
	random := make([]byte, 200000) // beyond what one instruction copies
	for i := range random {
		random[i] = byte(rand.IntN(256))
	}
	moved := append(bytes.Clone(random[100000:]), random[:100000]...)
	delta := NewBase(random).Delta(moved, len(moved))
	if got, err := Apply(random, delta, MaxObject); err != nil || !bytes.Equal(got, moved) {
		t.Fatalf("Apply: %v", err)
	}
	if len(delta) > 100 {
		t.Errorf("the delta has %d bytes, want a handful of copies", len(delta))
	}
}

func TestApplyRefusesNonsense(t *testing.T) {
	base := []byte("0123456789")
	for name, delta := range map[string]string{
		"empty": "", "other base": "\x09\x01\x01a", "beyond the base": "\x0a\x05\x91\x08\x05", "reserved": "\x0a\x01\x00",
		"insert cut": "\x0a\x05\x05ab", "makes less": "\x0a\x05\x01a", "makes more": "\x0a\x01\x02ab", "no end": strings.Repeat("\xff", 20),
	} {
		if out, err := Apply(base, []byte(delta), 100); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: Apply = %q, %v, want damaged", name, out, err)
		}
	}
	if _, err := Apply(base, []byte("\x0a\xff\xff\xff\x7f"), 100); !errors.Is(err, ErrTooLarge) {
		t.Errorf("Apply of a bomb: %v", err)
	}
}

// TestPacksOfGitAreRead compares every object with what git says, found through
// the index and without it.
func TestPacksOfGitAreRead(t *testing.T) {
	for _, offsets := range []string{"true", "false"} { // deltas name their base by place, or by name
		objects, base := repository(t, "repack.useDeltaBaseOffset", offsets)
		idx, pack := read(t, base+".idx"), base+".pack"
		found, err := Scan(t.Context(), pack, OwnLimits, NewCache(1<<20), nil)
		if err != nil || len(found.Damage) != 0 {
			t.Fatalf("Scan: %v %v", err, found.Damage)
		}
		if got := EncodeIndex(found.Entries, found.Sum); !bytes.Equal(got, idx) {
			t.Errorf("the index made anew is not that of git")
		}
		set := NewSet(objects, NewCache(1<<20))
		for _, e := range found.Entries {
			o, err := set.Read(e.Name)
			if err != nil || Name(o.Kind, o.Content) != e.Name {
				t.Fatalf("Read(%s) = %s, %v", e.Name, o.Kind, err)
			}
		}
		if _, err := set.Read(plumbing.NewHash(strings.Repeat("1", 40))); !errors.Is(err, ErrNotFound) {
			t.Errorf("Read of nothing: %v", err)
		}
		if err := set.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestLooseObjectsAreRead(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "", "init", "-q", "--bare")
	name := plumbing.NewHash(strings.TrimSpace(git(t, dir, "loose", "hash-object", "-w", "--stdin")))
	set := NewSet(filepath.Join(dir, "objects"), NewCache(1<<20))
	if o, err := set.Read(name); err != nil || string(o.Content) != "loose" || o.Kind != plumbing.BlobObject {
		t.Errorf("Read = %s %q, %v", o.Kind, o.Content, err)
	}
	seen := []plumbing.Hash{}
	err := set.Loose(func(n plumbing.Hash) error { seen = append(seen, n); return nil })
	if err != nil || len(seen) != 1 || seen[0] != name || !set.Has(name) {
		t.Errorf("Loose gives %v, %v", seen, err)
	}
}

func TestSetSeesNewPacksAndForgetsOldOnes(t *testing.T) {
	objects, base := repository(t)
	set := NewSet(objects, NewCache(1<<20))
	packs, err := set.Packs()
	if err != nil || len(packs) != 1 {
		t.Fatalf("Packs = %d, %v", len(packs), err)
	}
	x, err := packs[0].Index()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(objects)
	name := plumbing.NewHash(strings.TrimSpace(git(t, dir, "more", "hash-object", "-w", "--stdin")))
	git(t, dir, name.String()+"\n", "pack-objects", "-q", "objects/pack/pack")
	git(t, dir, "", "prune-packed")
	if _, err := set.Read(name); err != nil {
		t.Errorf("Read of what came later: %v", err)
	}
	git(t, dir, "", "repack", "-adfq", "--depth=3") // other packs of the same objects
	if _, err := os.Stat(base + ".pack"); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("git has kept the old pack: %v", err)
	}
	for i := range x.Count() {
		if _, err := set.Read(x.Name(i)); err != nil {
			t.Fatalf("Read(%s): %v", x.Name(i), err)
		}
	}
}

func TestWriterIsReadByGit(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, 4)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte(strings.Repeat("Some text that is long enough. ", 3000))
	blob := func(content []byte) plumbing.Hash { return Name(plumbing.BlobObject, content) }
	first, err := w.Whole(blob(text), plumbing.BlobObject, text)
	entries := []Entry{first}
	for i, target := range [][]byte{append([]byte("more"), text...), append(bytes.Clone(text), "and more"...), {}} {
		if err != nil {
			t.Fatal(err)
		}
		d := NewBase(text).Delta(target, 1<<20)
		var e Entry
		if i == 2 {
			e, err = w.Whole(blob(target), plumbing.BlobObject, target)
		} else {
			e, err = w.Delta(blob(target), first.Offset, d)
		}
		entries = append(entries, e)
	}
	sum, errClose := w.Close()
	if err := errors.Join(err, errClose); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.pack"), out.Bytes())
	if got := git(t, dir, "", "index-pack", "--strict", "-o", "git.idx", "a.pack"); !strings.Contains(got, sum.String()) {
		t.Errorf("git says %q, want %s", got, sum)
	}
	if !bytes.Equal(read(t, filepath.Join(dir, "git.idx")), EncodeIndex(entries, sum)) {
		t.Error("the index is not that of git")
	}
}

func TestIndexKnowsPlacesBeyondTwoGigabytes(t *testing.T) {
	entries := []Entry{{Name: plumbing.Hash{1}, Offset: 12}, {Name: plumbing.Hash{2}, Offset: 1 << 40}, {Name: plumbing.Hash{2, 1}, Offset: 1<<31 + 5}}
	x, err := ParseIndex(EncodeIndex(entries, plumbing.Hash{9}))
	if err != nil || x.Check() != nil || x.PackSum() != (plumbing.Hash{9}) {
		t.Fatalf("ParseIndex: %v", err)
	}
	for _, e := range entries {
		if i, ok := x.Find(e.Name); !ok || x.Entry(i) != e {
			t.Errorf("Find(%s) = %+v, %v, want %+v", e.Name, x.Entry(i), ok, e)
		}
	}
}

// TestScanSavesWhatIsWhole damages a pack in its middle: what stands before and
// behind, and does not rest on what is lost, is found.
func TestScanSavesWhatIsWhole(t *testing.T) {
	_, base := repository(t)
	data := read(t, base+".pack")
	whole, err := Scan(t.Context(), base+".pack", OwnLimits, NewCache(1<<20), nil)
	if err != nil {
		t.Fatal(err)
	}
	clear(data[len(data)/2 : len(data)/2+50])
	broken := filepath.Join(t.TempDir(), "broken.pack")
	write(t, broken, data)
	found, err := Scan(t.Context(), broken, OwnLimits, NewCache(1<<20), nil)
	if err != nil || len(found.Damage) == 0 {
		t.Fatalf("Scan: %v %v", err, found.Damage)
	}
	names := map[plumbing.Hash]int64{}
	for _, e := range whole.Entries {
		names[e.Name] = e.Offset
	}
	behind := false
	for _, e := range found.Entries {
		if at, ok := names[e.Name]; !ok || at != e.Offset {
			t.Errorf("%s at %d is not in the whole pack", e.Name, e.Offset)
		}
		behind = behind || e.Offset > int64(len(data)/2)
	}
	if len(found.Entries) < len(whole.Entries)/2 || !behind {
		t.Errorf("%d of %d objects were found, behind the damage: %v", len(found.Entries), len(whole.Entries), behind)
	}
	limits := OwnLimits
	limits.Whole = true
	if _, err := Scan(t.Context(), broken, limits, NewCache(1<<20), nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("Scan of what must be whole: %v", err)
	}
}

// TestDamageIsNeverACrash flips and cuts at random and reads everything.
func TestDamageIsNeverACrash(t *testing.T) {
	_, base := repository(t)
	pack, idx := read(t, base+".pack"), read(t, base+".idx")
	dir := t.TempDir()
	random := rand.New(rand.NewPCG(1, 2))
	spoil := func(data []byte) []byte {
		data = bytes.Clone(data)
		for range random.IntN(4) {
			data[random.IntN(len(data))] ^= 1 << random.IntN(8)
		}
		if random.IntN(3) == 0 {
			data = data[:random.IntN(len(data))]
		}
		return data
	}
	for i := range 300 {
		to := filepath.Join(dir, fmt.Sprint("pack-", i))
		write(t, to+".pack", spoil(pack))
		found, err := Scan(t.Context(), to+".pack", OwnLimits, NewCache(1<<20), nil)
		if err != nil {
			t.Fatalf("Scan: %v", err)
		}
		x, err := ParseIndex(spoil(idx))
		if err != nil {
			continue
		}
		p := NewIndexed(to, x, NewCache(1<<20))
		for n := range x.Count() {
			_, _ = p.Read(x.Name(n)) // what matters is that it returns
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if len(found.Entries) == 0 && len(found.Damage) == 0 {
			t.Errorf("pack %d holds nothing and is not damaged", i)
		}
	}
}

func TestLimitsStopBombs(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, 41)
	if err != nil {
		t.Fatal(err)
	}
	size, content := 1000, make([]byte, 1000)
	last, err := w.Whole(plumbing.Hash{}, plumbing.BlobObject, content)
	for i := 0; i < 40 && err == nil; i++ { // each is twice its base
		d := delta{max: 1 << 20}
		d.out = appendUvarints(d.out, size, 2*size)
		d.copy(0, size)
		d.copy(0, size)
		last, err = w.Delta(plumbing.Hash{}, last.Offset, d.out)
		size *= 2
		if size > 1<<19 {
			size = 1 << 19 // no longer true, but nobody gets so far
		}
	}
	if _, err2 := w.Close(); errors.Join(err, err2) != nil {
		t.Fatal(err, err2)
	}
	path := filepath.Join(t.TempDir(), "bomb.pack")
	write(t, path, out.Bytes())
	for _, l := range []Limits{{Objects: 100, Object: 1 << 16, Work: 1 << 40}, {Objects: 100, Object: 1 << 30, Work: 1 << 17}, {Objects: 10, Object: 1 << 30, Work: 1 << 40}} {
		if _, err := Scan(t.Context(), path, l, NewCache(1<<20), nil); !errors.Is(err, ErrTooLarge) {
			t.Errorf("Scan within %+v: %v, want too large", l, err)
		}
	}
}

func appendUvarints(b []byte, numbers ...int) []byte {
	for _, n := range numbers {
		for ; n > 0x7f; n >>= 7 {
			b = append(b, byte(n)|0x80)
		}
		b = append(b, byte(n))
	}
	return b
}

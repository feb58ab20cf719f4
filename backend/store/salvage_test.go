package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// wide makes a closed database whose buckets span many pages, and returns its
// file and its records.
func wide(t testing.TB) (file []byte, records map[string]string) {
	t.Helper()
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fillSound(t, s)
	for i := range 160 {
		save(t, s, fmt.Sprintf("notes/%03d.md", i%60), strings.Repeat(fmt.Sprint("line ", i, "\n"), 40))
	}
	repos := map[string]*repository{}
	drain(t, s, repos, 160)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return []byte(read(t, s.Path())), dump(t, s.Path())
}

// salvage saves what can be read of a damaged file.
func salvage(t failer, dir string, file []byte) (Salvaged, string) {
	t.Helper()
	from, to := filepath.Join(dir, "damaged.db"), filepath.Join(dir, "saved.db")
	if err := errors.Join(os.WriteFile(from, file, 0o600), ignoreMissing(os.Remove(to))); err != nil {
		t.Fatal(err)
	}
	saved, err := Salvage(context.Background(), from, to)
	if err != nil {
		t.Fatal(err)
	}
	return saved, to
}

// kept returns the records that cannot be derived from others.
func kept(records map[string]string) map[string]string {
	shapes := shapes()
	own := map[string]string{}
	for k, v := range records {
		bucket, _, _ := strings.Cut(k, "/")
		if _, ok := shapes[bucketName(bucket)]; ok {
			own[k] = v
		}
	}
	return own
}

func TestSalvageOfASoundFileIsACopy(t *testing.T) {
	file, want := wide(t)
	saved, to := salvage(t, t.TempDir(), file)
	same(t, "what is lost", saved.Lost, nil, []Fault{})
	same(t, "the records", differences(dump(t, to), want), nil, []string{})
	if err := inspect(t, to).Err(to); err != nil {
		t.Error(err)
	}
	if _, err := Salvage(t.Context(), to, to); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("Salvage over a file: %v, want a conflict", err)
	}
	if _, err := Salvage(t.Context(), to+"x", to+"y"); workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("Salvage of nothing: %v, want unavailable", err)
	}
}

// TestSalvageLosesOnlyWhatTheBrokenPageHeld breaks every page in turn. What was
// on another page is saved, and what is lost is named or its page is.
func TestSalvageLosesOnlyWhatTheBrokenPageHeld(t *testing.T) {
	file, want := wide(t)
	own := kept(want)
	m := metaOf(t, file)
	free, err := readFreelist(bytes.NewReader(file), m)
	if err != nil {
		t.Fatal(err)
	}
	heldBy := map[uint64]map[string]bool{} // a record may go on over several pages
	for page := uint64(2); page < m.pages; page++ {
		if head := parseHead(file[page*m.pageSize:]); head.id == page && head.flags == flagLeaf && !slices.Contains(free, page) {
			held := onPage(file[page*m.pageSize:], head)
			for p := page; p <= page+uint64(head.overflow); p++ {
				heldBy[p] = held
			}
		}
	}
	dir := t.TempDir()
	branches := 0
	for page := uint64(2); page < m.pages; page++ {
		if slices.Contains(free, page) {
			continue
		}
		bad := slices.Clone(file)
		at := page * m.pageSize
		head := parseHead(file[at:])
		clear(bad[at : at+m.pageSize])
		copy(bad[at:], "overwritten")
		saved, to := salvage(t, dir, bad)
		got := dump(t, to)
		held := heldBy[page]
		for k, v := range own {
			switch w, ok := got[k]; {
			case ok && w != v && !held[k]:
				t.Errorf("page %d: %s is %q, want %q", page, k, w, v)
			case !ok && !held[k]:
				t.Errorf("page %d: %s is lost, but it was on another page", page, k)
			case !ok && len(saved.Lost) == 0:
				t.Errorf("page %d: %s is lost, and nothing says so", page, k)
			}
		}
		if head.flags == flagBranch && head.id == page {
			branches++
		}
		if err := CheckSnapshot(t.Context(), to); err != nil {
			t.Errorf("page %d: %v", page, err)
		}
	}
	if branches < 2 {
		t.Errorf("%d pages were branches, want some", branches)
	}
}

// onPage returns the records that a leaf page holds, whatever bucket it is of.
func onPage(raw []byte, head pageHead) map[string]bool {
	held := map[string]bool{}
	if head.flags != flagLeaf {
		return held
	}
	size := min(len(raw), int(head.overflow+1)*4096)
	elements, _ := parsePage(raw[:size], flagLeaf)
	for _, e := range elements {
		if e.bucket {
			inline, _ := parsePage(e.v[min(inlineHead, len(e.v)):], flagLeaf)
			for _, i := range inline {
				held[readable(bucketName(e.k), i.k)] = true
			}
			continue
		}
		for _, d := range declarations() {
			held[readable(d.name, e.k)] = true
		}
	}
	return held
}

func TestSalvageNamesARecordWhoseBytesAreWrong(t *testing.T) {
	dir := sound(t)
	path := filepath.Join(dir, fileName)
	change(t, dir, func(tx *bolt.Tx) error { // twice: the transaction before does not have it either
		b := tx.Bucket([]byte(bucketGateRecord))
		k, v := b.Cursor().First()
		return flipped(b, slices.Clone(k), slices.Clone(v))
	})
	change(t, dir, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bucketNumCtx)).Put([]byte("other"), seal(formatJSON, []byte("other"), []byte("1")))
	})
	saved, _ := salvage(t, t.TempDir(), []byte(read(t, path)))
	if len(saved.Lost) != 1 || saved.Lost[0].Bucket != "gate_record" || saved.Lost[0].Key != project+"/0000000001" {
		t.Errorf("lost are %v, want the record of the gate", saved.Lost)
	}
}

// TestSalvageWithoutAnyHead takes away both meta pages, and then the list of
// free pages too.
func TestSalvageWithoutAnyHead(t *testing.T) {
	file, want := wide(t)
	m := metaOf(t, file)
	clear(file[:2*m.pageSize])
	saved, to := salvage(t, t.TempDir(), file)
	got := dump(t, to)
	for k := range kept(want) {
		bucket, _, _ := strings.Cut(k, "/")
		if _, ok := got[k]; !ok && bucket != "outbox" {
			t.Errorf("%s is lost", k)
		}
	}
	for k, v := range kept(want) { // versions know git: that is the later state
		if strings.HasPrefix(k, "version/") && got[k] != v {
			t.Errorf("%s is %q, want %q", k, got[k], v)
		}
	}
	if len(saved.Lost) == 0 {
		t.Error("nothing says that the heads are broken")
	}
	if err := CheckSnapshot(t.Context(), to); err != nil {
		t.Error(err)
	}
}

// TestAnyDamageEndsWithASoundFile damages a file at random places: salvage ends,
// and what it makes can be opened and is consistent page by page.
func TestAnyDamageEndsWithASoundFile(t *testing.T) {
	file, want := wide(t)
	own := kept(want)
	m := metaOf(t, file)
	base, round := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		bad := slices.Clone(file[:m.pages*m.pageSize])
		if rapid.Bool().Draw(t, "unlisted") {
			bad = unlisted(t, bad)
		}
		for range rapid.IntRange(1, 6).Draw(t, "damages") {
			at := rapid.IntRange(0, len(bad)-1).Draw(t, "at")
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				bad[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
			case 1:
				clear(bad[at&^511 : at&^511+512])
			case 2: // cycles and pages in wrong places
				page := uint64(at) / m.pageSize * m.pageSize
				from := rapid.Uint64Range(0, m.pages-1).Draw(t, "from") * m.pageSize
				copy(bad[page:page+m.pageSize], bad[from:from+m.pageSize])
			default:
				bad = bad[:max(at, 1)]
				bad = append(bad, make([]byte, int(m.pages*m.pageSize)-len(bad))...)
			}
		}
		round++
		dir := filepath.Join(base, fmt.Sprint(round%4))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		saved, to := salvage(t, dir, bad)
		if err := CheckSnapshot(context.Background(), to); err != nil {
			t.Fatal(err)
		}
		if k := silent(t, own, saved, to); k != "" {
			t.Fatalf("%s is lost, and nothing says so", k)
		}
	})
}

// TestAnyDamageWhereTheBucketsStandIsNamed damages the pages that say where every
// bucket is, and that hold the small ones, at every place.
func TestAnyDamageWhereTheBucketsStandIsNamed(t *testing.T) {
	file, want := wide(t)
	own, m, dir := kept(want), metaOf(t, file), t.TempDir()
	file = file[:m.pages*m.pageSize]
	page := func(id uint64) []byte { return file[id*m.pageSize : (id+1)*m.pageSize] }
	leaves, _ := parsePage(page(m.root), flagBranch)
	if len(leaves) == 0 {
		t.Fatal("the buckets are on one page; the test wants more")
	}
	try := func(at uint64, what string, change func(b []byte)) {
		t.Helper()
		bad := slices.Clone(file)
		change(bad[at:])
		saved, to := salvage(t, dir, bad)
		if k := silent(t, own, saved, to); k != "" {
			t.Errorf("%s at %d of %d: %s is lost, and nothing says so", what, at%m.pageSize, at/m.pageSize, k)
		}
	}
	for _, leaf := range leaves {
		from := leaf.child * m.pageSize
		for at := from; at < from+m.pageSize; at += 32 {
			try(at, "32 zeros", func(b []byte) { clear(b[:32]) })
		}
		for bit := range uint64(pageHeader * 8) {
			try(from+bit/8, "another bit", func(b []byte) { b[0] ^= 1 << (bit % 8) })
		}
		buckets, _ := parsePage(page(leaf.child), flagLeaf)
		for _, b := range buckets { // its name and the page it begins on
			at := from + uint64(bytes.Index(page(leaf.child), append(slices.Clone(b.k), b.v...)))
			for i := range uint64(len(b.k) + 8) {
				try(at+i, "another bit", func(b []byte) { b[0] ^= 1 << (i % 8) })
			}
		}
	}
}

// silent returns a record that is lost although nothing says that one is.
func silent(t failer, own map[string]string, saved Salvaged, to string) string {
	t.Helper()
	if len(saved.Lost) > 0 {
		return ""
	}
	got := map[string]string{}
	walkRecords(t, to, func(name bucketName, k, v []byte) { got[readable(name, k)] = string(v) })
	for _, k := range slices.Sorted(maps.Keys(own)) {
		if _, ok := got[k]; !ok {
			return k
		}
	}
	return ""
}

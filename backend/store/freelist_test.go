package store

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"plumbline/backend/workflow"
)

// unlisted returns a file without its list of free pages.
func unlisted(t failer, file []byte) []byte {
	t.Helper()
	bare, order := slices.Clone(file), binary.NativeEndian
	m, err := newestMeta(bytes.NewReader(bare), uint64(len(bare)))
	if err != nil || m == nil {
		t.Fatal(err)
	}
	for page := range uint64(2) {
		raw := bare[page*m.pageSize+pageHeader:]
		order.PutUint64(raw[32:], noFreelist)
		sum := fnv.New64a()
		sum.Write(raw[:metaSummed])
		order.PutUint64(raw[metaSummed:], sum.Sum64())
	}
	return bare
}

// isUnlisted reports whether there is a file without a list of free pages.
func isUnlisted(path string) bool {
	file, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	m, err := newestMeta(bytes.NewReader(file), uint64(len(file)))
	return err == nil && m != nil && m.freelist == noFreelist
}

// loose opens a store with so many free pages that they are not listed.
func loose(t *testing.T) *Store {
	t.Helper()
	s := open(t)
	fillSound(t, s)
	loosen(t, s)
	save(t, s, "loose.md", "not listed")
	if !isUnlisted(s.Path()) {
		t.Fatal("the free pages are listed, and they are many")
	}
	return s
}

func TestFileWithoutListOfFreePagesIsSound(t *testing.T) {
	s := loose(t)
	want := dumpOpen(t, s)
	dir := t.TempDir()
	path := filepath.Join(dir, fileName)
	if err := snapshotTo(s, path); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(inspect(t, path).Err(path), CheckSnapshot(t.Context(), path)); err != nil {
		t.Error(err)
	}
	saved, to := salvage(t, t.TempDir(), []byte(read(t, path)))
	if len(saved.Lost) > 0 {
		t.Errorf("Salvage lost %v", saved.Lost)
	}
	same(t, "what was salvaged", kept(dump(t, to)), nil, kept(want))
	if !isUnlisted(path) {
		t.Error("looking changed the file")
	}
	copied, checked := examined(t, dir)
	if !checked {
		t.Error("bbolt went through a file that was not examined")
	}
	if isUnlisted(path) {
		t.Error("an open file has no list, and its free pages are few")
	}
	same(t, "the records", differences(dumpOpen(t, copied), want), nil, []string{})
	if err := copied.Close(); err != nil {
		t.Error(err)
	}
}

func TestFreePagesAreListedAgain(t *testing.T) {
	for what, end := range map[string]func(s *Store) error{
		"by a Compact": func(s *Store) error { _, err := s.Compact(t.Context()); return err },
		"by a write when they are few": func(s *Store) error {
			s.spare = compactAbove
			return s.Update(func(tx *Tx) error { return tx.PutNumCtx("few", 1) })
		},
		"by Close": (*Store).Close,
		"by Close after a refused write": func(s *Store) error {
			s.spare = compactAbove
			refused := errors.New("refused")
			if err := s.Update(func(*Tx) error { return refused }); err != refused {
				return err
			}
			return s.Close()
		},
	} {
		t.Run(what, func(t *testing.T) {
			s := loose(t)
			if err := end(s); err != nil {
				t.Fatal(err)
			}
			if isUnlisted(s.Path()) {
				t.Error("there is no list of free pages")
			}
			if err := CheckSnapshot(t.Context(), s.Path()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCloseThatCannotListFreePagesLeavesTheMarker(t *testing.T) {
	s := loose(t)
	if err := errors.Join(s.db.Close(), s.Close()); err != nil { // bbolt writes nothing any more
		t.Fatal(err)
	}
	again, checked := examined(t, s.dir)
	if !checked {
		t.Error("the file was not examined")
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// TestDamagedPageDoesNotCrashAWrite damages one page after the other while the
// store is open and its free pages are not listed.
func TestDamagedPageDoesNotCrashAWrite(t *testing.T) {
	s := loose(t)
	f, err := os.OpenFile(s.Path(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found := 0
	for page := uint64(2); page < 200; page++ {
		m := metaOf(t, []byte(read(t, s.Path())))
		at := int64(page * m.pageSize)
		head := make([]byte, pageHeader)
		if _, err := f.ReadAt(head, at); err != nil {
			break
		}
		if _, err := f.WriteAt(bytes.Repeat([]byte{0x5A}, pageHeader), at); err != nil {
			t.Fatal(err)
		}
		err := s.Update(func(tx *Tx) error {
			for _, d := range declarations() {
				if err := tx.scan(d.name, nil, func(_, _ []byte) error { return nil }); err != nil {
					return err
				}
			}
			return errBroken
		})
		if _, err := f.WriteAt(head, at); err != nil {
			t.Fatal(err)
		}
		if workflow.CodeOf(err) == workflow.Invalid {
			found++
		} else if !errors.Is(err, errBroken) {
			t.Errorf("page %d: %v", page, err)
		}
	}
	if found < 5 {
		t.Errorf("%d broken pages were noticed, want at least 5", found)
	}
	fillSoundAgain(t, s)
	if err := inspect(t, copyOf(t, s)).Err(s.Path()); err != nil {
		t.Error(err)
	}
}

// copyOf returns the path of a snapshot.
func copyOf(t *testing.T, s *Store) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), fileName)
	if err := snapshotTo(s, path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDamageIsFoundWithoutListOfFreePages(t *testing.T) {
	whole, _ := wide(t)
	m := metaOf(t, whole)
	bare := unlisted(t, whole)
	used := map[uint64]bool{}
	w := &walker{f: bytes.NewReader(bare), meta: m, used: used, record: func(bucketName, []byte, []byte) {},
		broken: func(_ bucketName, _ []byte, page uint64, why string) { t.Fatalf("page %d: %s", page, why) }}
	w.walk()
	path := filepath.Join(t.TempDir(), fileName)
	for page := range used {
		file := slices.Clone(bare)
		for i := range m.pageSize {
			file[page*m.pageSize+i] ^= byte(0x5A + i)
		}
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		found, err := Inspect(context.Background(), path)
		if err != nil || found.Err(path) == nil || workflow.CodeOf(CheckSnapshot(context.Background(), path)) != workflow.Invalid {
			t.Errorf("page %d: Inspect finds %v, %v", page, found.Faults, err)
		}
	}
}

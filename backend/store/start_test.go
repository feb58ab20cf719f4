package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestHistoryWithoutDatabaseIsNotANewStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[odd] folder*")
	history := filepath.Join(dir, "projects", project, "history.git")
	if err := os.MkdirAll(history, 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), dir, Options{})
	if workflow.CodeOf(err) != workflow.NotFound || !strings.Contains(err.Error(), history) {
		t.Errorf("Open: %v, want not found with the name of the history", err)
	}
	if hint := workflow.Describe(err).Hint; !strings.Contains(hint, "plumbline restore FILE") || !strings.Contains(hint, "plumbline rebuild") {
		t.Errorf("the hint is %q", hint)
	}
	if _, err := os.Stat(filepath.Join(dir, fileName)); !os.IsNotExist(err) {
		t.Errorf("a database was made: %v", err)
	}
	s, err := Open(t.Context(), dir, Options{Anew: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// examined opens a folder and returns whether the file was examined first.
func examined(t testing.TB, dir string) (s *Store, checked bool) {
	t.Helper()
	s, err := Open(t.Context(), dir, Options{Check: func(_ context.Context, path string) error {
		checked = true
		if path != filepath.Join(dir, fileName) {
			t.Errorf("Check was given %s", path)
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return s, checked
}

// abandon ends a store as a crash would: its files stay as they are.
func abandon(t testing.TB, s *Store) {
	t.Helper()
	update(t, s, func(tx *Tx) error { return tx.PutNumCtx("m", 1) })
	s.marked.Store(false)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFileIsExaminedAfterAnUncleanExitOnly(t *testing.T) {
	dir := closed(t)
	s, checked := examined(t, dir)
	if checked {
		t.Error("a file that was closed cleanly was examined")
	}
	if _, err := os.Stat(s.markPath()); !os.IsNotExist(err) {
		t.Errorf("there is a marker before anything was written: %v", err)
	}
	abandon(t, s)
	for range 2 { // until there is a clean exit
		s, checked = examined(t, dir)
		if !checked {
			t.Error("a file that was not closed was not examined")
		}
		abandon(t, s)
	}
	s, _ = examined(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, checked = examined(t, dir); checked {
		t.Error("a file that was examined and closed was examined again")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDamageThatTheExaminationFindsKeepsEverybodyOut(t *testing.T) {
	dir := closed(t)
	s, _ := examined(t, dir)
	abandon(t, s)
	before := read(t, s.Path())
	for range 2 {
		_, err := Open(t.Context(), dir, Options{Check: func(context.Context, string) error { return errors.New("page 7 is broken") }})
		if workflow.CodeOf(err) != workflow.Invalid || !strings.Contains(err.Error(), "page 7 is broken") ||
			!strings.Contains(workflow.Describe(err).Hint, "plumbline repair") {
			t.Errorf("Open: %v, want an invalid error that says what is broken", err)
		}
	}
	if read(t, s.Path()) != before {
		t.Error("the damaged file was changed")
	}
}

func TestFailedOpenLeavesNoMarker(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), dir, Options{}); workflow.CodeOf(err) != workflow.Invalid {
		t.Fatalf("Open: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, fileName+".open")); !os.IsNotExist(err) {
		t.Errorf("the marker is there: %v", err)
	}
}

func TestNothingIsAcknowledgedBeforeTheNamesAreDurable(t *testing.T) {
	broken := brokenDisk{sync: "yes"}
	s, err := Open(t.Context(), t.TempDir(), Options{Disk: broken})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Update(func(tx *Tx) error { return tx.PutNumCtx("m", 1) })
	if workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("Update: %v, want unavailable: the marker is not durable", err)
	}
	s.disk = brokenDisk{}
	update(t, s, func(tx *Tx) error { return tx.PutNumCtx("m", 1) })
}

// TestBrokenPagesAreRefused breaks each field that Open looks at.
func TestBrokenPagesAreRefused(t *testing.T) {
	whole := []byte(read(t, filepath.Join(closed(t), fileName)))
	m := metaOf(t, whole)
	order := binary.NativeEndian
	root, free := m.root*m.pageSize, m.freelist*m.pageSize
	if head := parseHead(whole[free:]); head.count < 2 {
		t.Fatalf("the list of free pages has %d entries, want some", head.count)
	}
	for what, c := range map[string]struct {
		why   string
		spoil func(file []byte)
	}{
		"id of the root":       {"first page is broken", func(f []byte) { order.PutUint64(f[root:], 9999) }},
		"kind of the root":     {"first page is broken", func(f []byte) { order.PutUint16(f[root+8:], flagFreelist) }},
		"id of the list":       {"free pages", func(f []byte) { order.PutUint64(f[free:], 0) }},
		"kind of the list":     {"free pages", func(f []byte) { order.PutUint16(f[free+8:], flagLeaf) }},
		"length of the list":   {"free pages", func(f []byte) { order.PutUint16(f[free+10:], 60000) }},
		"great length":         {"free pages", func(f []byte) { order.PutUint16(f[free+10:], manyFree); order.PutUint64(f[free+16:], 1<<40) }},
		"overflow of the list": {"free pages", func(f []byte) { order.PutUint32(f[free+12:], 1<<30) }},
		"order of the list":    {"free pages", func(f []byte) { copy(f[free+16:free+24], f[free+24:free+32]) }},
		"meta page in list":    {"free pages", func(f []byte) { order.PutUint64(f[free+16:], 1) }},
	} {
		t.Run(what, func(t *testing.T) {
			file := append([]byte(nil), whole...)
			c.spoil(file)
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, fileName), file, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, dir, c.why)
		})
	}
}

// metaOf returns the meta record of a database that bbolt would use.
func metaOf(t testing.TB, file []byte) meta {
	t.Helper()
	m, err := newestMeta(strings.NewReader(string(file)), uint64(len(file)))
	if err != nil || m == nil {
		t.Fatalf("newestMeta = %v, %v", m, err)
	}
	return *m
}

// TestOneMetaPageIsEnough takes away either meta page: bbolt works with the other
// one. But the last write may be missing then, so the file is examined.
func TestOneMetaPageIsEnough(t *testing.T) {
	for page := range 2 {
		dir := closed(t)
		path := filepath.Join(dir, fileName)
		file := []byte(read(t, path))
		size := int(metaOf(t, file).pageSize)
		clear(file[page*size+pageHeader : page*size+pageHeader+metaSize])
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := inspect(t, path).Err(path); err == nil || !strings.Contains(err.Error(), "one of the two heads") {
			t.Errorf("without meta page %d, Inspect finds %v", page, err)
		}
		s, checked := examined(t, dir)
		if !checked {
			t.Errorf("without meta page %d the file was not examined", page)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestDamagedPageIsAnErrorNotACrash overwrites every page but those that Open
// looks at, one at a time, and reads everything. Then it takes away the list of
// free pages, and bbolt goes through all pages at once.
func TestDamagedPageIsAnErrorNotACrash(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s)
	for i := range 200 {
		save(t, s, fmt.Sprintf("notes/%03d.md", i), strings.Repeat("x", 500))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	whole := []byte(read(t, s.Path()))
	damagePages(t, dir, whole, metaOf(t, whole))
	damagePages(t, dir, unlisted(t, whole), metaOf(t, whole))
}

func damagePages(t *testing.T, dir string, whole []byte, m meta) {
	t.Helper()
	found := 0
	for page := uint64(2); page < m.pages; page++ {
		if page == m.freelist {
			continue
		}
		file := append([]byte(nil), whole...)
		for i := range m.pageSize {
			file[page*m.pageSize+i] ^= byte(0x5A + i)
		}
		if err := os.WriteFile(filepath.Join(dir, fileName), file, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := readAll(t, dir); err != nil {
			found++
			if code := workflow.CodeOf(err); code != workflow.Invalid && code != workflow.Internal {
				t.Errorf("page %d: %v, %v", page, code, err)
			}
		}
	}
	if found < 20 {
		t.Errorf("%d broken pages were noticed, want at least 20", found)
	}
}

func readAll(t testing.TB, dir string) error {
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		return err
	}
	err = s.View(func(tx *Tx) error {
		for _, d := range declarations() {
			if err := tx.scan(d.name, nil, func(k, v []byte) error {
				if len(v) > 0 && checksumOf(k, v) != nil {
					return damaged(d.name, k, nil)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, s.Close())
}

// checksumOf fails for a value that was not sealed for a key.
func checksumOf(k, v []byte) error {
	if _, ok := unseal(v[0], k, v); !ok {
		return errors.New("damaged")
	}
	return nil
}

// A restore that was cut short has set the database aside, and perhaps the
// histories too. To begin with an empty one would look as if everything was lost.
func TestOpenMakesNoDatabaseWhereOneWasSetAside(t *testing.T) {
	dir := sound(t)
	path := filepath.Join(dir, fileName)
	aside := path + ".before-restore-20261121T120000Z"
	if err := os.Rename(path, aside); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), dir, Options{})
	if workflow.CodeOf(err) != workflow.NotFound || !strings.Contains(err.Error(), aside) || !strings.Contains(workflow.Describe(err).Hint, "restore") {
		t.Errorf("Open: %v, want not found with the name of the other file", err)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) {
		t.Errorf("there is a database now: %v", err)
	}
	s, err := Open(t.Context(), dir, Options{Anew: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestMistakeOfACallerIsNotTakenForDamage panics inside of a transaction: that
// goes on to the caller, and the store works on.
func TestMistakeOfACallerIsNotTakenForDamage(t *testing.T) {
	s := open(t)
	mistake := errors.New("a mistake")
	for _, call := range []func(func(*Tx) error) error{s.View, s.Update} {
		func() {
			defer func() {
				if p := recover(); p != mistake {
					t.Errorf("recovered %v, want the mistake", p)
				}
			}()
			t.Error("it went on: ", call(func(*Tx) error { panic(mistake) }))
		}()
	}
	save(t, s, "after.md", "it goes on")
}

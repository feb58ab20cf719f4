package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

// large makes a closed database of 50 projects, 10,000 artifacts and 100,000 versions.
func large(b *testing.B) (dir string) {
	b.Helper()
	dir = b.TempDir()
	s, err := Open(b.Context(), dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	s.db.NoSync = true
	for p := range 50 {
		id := fmt.Sprintf("01JD0P%02d", p)
		err := s.write(func(tx *Tx) error {
			errs := []error{}
			note := func(_ bool, err error) { errs = append(errs, err) }
			note(tx.put(bucketProject, key(id), workflow.Project{ID: id, Name: id, Slug: id}))
			note(tx.put(bucketGitHead, key(id), sha(id)))
			for a := range 200 {
				path := fmt.Sprintf("steps/%03d.md", a)
				for n := 1; n <= 10; n++ {
					v := workflow.Version{ProjectID: id, Path: path, Number: n, Kind: workflow.VersionSaved, Author: ann, At: noon,
						Message: "Edit " + path, Hash: workflow.Hash("body"), Size: 4, Commit: sha(path), Blob: sha("body")}
					note(tx.put(bucketVersion, versionKey(id, path, n), v))
				}
				note(tx.put(bucketHead, key(id, path), 10))
				note(tx.putText(bucketPage, key(id, path), path))
				note(tx.putText(bucketBody, versionKey(id, path, 10), "body"))
			}
			return errors.Join(errs...)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := errors.Join(s.db.Sync(), s.Close()); err != nil {
		b.Fatal(err)
	}
	return dir
}

// BenchmarkFindings reads 2,000 findings as a gate does, again and again.
func BenchmarkFindings(b *testing.B) {
	s := open(b)
	s.db.NoSync = true
	update(b, s, func(tx *Tx) error {
		errs := []error{tx.PutProject(aProject), tx.Describe(project, ann, noon, "Fill")}
		for i := range 2000 {
			f := aFinding
			f.ID, f.Number, f.Problem = fmt.Sprintf("01JD0F%05d", i), workflow.FindingNumber(i+1), strings.Repeat("a problem ", 30)
			errs = append(errs, tx.PutFinding(f))
		}
		return errors.Join(errs...)
	})
	b.ReportAllocs()
	for b.Loop() {
		view(b, s, func(tx *Tx) error {
			findings, err := tx.Findings(project)
			if len(findings) != 2000 {
				b.Fatal(len(findings))
			}
			return err
		})
	}
}

// BenchmarkOpen opens and closes a large database; bare is bbolt with the same
// options and nothing around it. The goal is a ratio of at most 1.3.
func BenchmarkOpen(b *testing.B) {
	dir := large(b)
	path := filepath.Join(dir, fileName)
	b.Run("bare", func(b *testing.B) {
		for b.Loop() {
			db, err := openFile(path, false)
			if err != nil {
				b.Fatal(err)
			}
			if err := db.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("store", func(b *testing.B) {
		for b.Loop() {
			s, err := Open(b.Context(), dir, Options{})
			if err != nil {
				b.Fatal(err)
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSave saves a document of 4 KB and drains it, as the next version of
// an artifact with few or many of them; bare is one put of the same size with
// bbolt alone. The goals are ratios of at most 2 against bare, and of at most 1.5
// between few and many.
func BenchmarkSave(b *testing.B) {
	body := strings.Repeat("0123456789abcdef", 256)
	b.Run("bare", func(b *testing.B) {
		s := open(b)
		update(b, s, func(tx *Tx) error { return tx.PutNumCtx("m", 1) })
		number := 0
		for b.Loop() {
			number++
			err := s.db.Update(func(tx *bolt.Tx) error {
				return tx.Bucket([]byte(bucketBody)).Put(versionKey(project, "spec.md", number), []byte(body))
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, versions := range []int{100, 100_000} {
		b.Run(fmt.Sprint(versions), func(b *testing.B) {
			s := open(b)
			long(b, s, "spec.md", versions)
			drain(b, s, map[string]*repository{}, 0)
			number := versions
			for b.Loop() {
				number++
				saveAndDrain(b, s, number, body)
			}
		})
	}
}

// saveAndDrain makes a version of spec.md and publishes it.
func saveAndDrain(b *testing.B, s *Store, number int, body string) {
	b.Helper()
	err := s.Update(func(tx *Tx) error {
		v := workflow.Version{ProjectID: project, Path: "spec.md", Number: number, Kind: workflow.VersionSaved, Author: ann, At: noon, Hash: "hash"}
		return errors.Join(tx.AddVersion(v, body), tx.Describe(project, ann, noon, "Save"))
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := publishAll(s); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkSaveWithFreePages saves in a file with 150,000 free pages, before and
// after compaction. The goal is a ratio of at most 1.5 between compacted and an
// almost new file, which is BenchmarkSave/100.
func BenchmarkSaveWithFreePages(b *testing.B) {
	body := strings.Repeat("0123456789abcdef", 256)
	s := open(b)
	long(b, s, "spec.md", 100)
	s.db.NoSync = true
	const many = 150_000
	for i := range 3 {
		big := strings.Repeat("x", many/3*4096)
		update(b, s, func(tx *Tx) error { return tx.PutRunText(fmt.Sprint("BIG", i), "prompt", big) })
	}
	for i := range 3 {
		update(b, s, func(tx *Tx) error { return tx.remove(bucketRunText, key(fmt.Sprint("BIG", i), "prompt")) })
	}
	update(b, s, func(tx *Tx) error { return tx.PutNumCtx("m", 1) })
	s.db.NoSync = false
	drain(b, s, map[string]*repository{}, 0)
	if pages, _ := s.FreePages(); pages < many {
		b.Fatalf("%d pages are free", pages)
	}
	number := 100
	saves := func(b *testing.B) {
		for b.Loop() {
			number++
			saveAndDrain(b, s, number, body)
		}
	}
	b.Run("before", saves)
	if done, err := s.Compact(b.Context()); err != nil || !done {
		b.Fatalf("Compact: %v, %v", done, err)
	}
	b.Run("after", saves)
}

// BenchmarkLogPage reads the newest 50 versions of an artifact with 100,000, and
// the one that was current at a moment.
func BenchmarkLogPage(b *testing.B) {
	s := open(b)
	long(b, s, "spec.md", 100_000)
	b.Run("page", func(b *testing.B) {
		for b.Loop() {
			view(b, s, func(tx *Tx) error {
				_, err := tx.VersionsBefore(project, "spec.md", 50_000, 50)
				return err
			})
		}
	})
	b.Run("moment", func(b *testing.B) {
		for b.Loop() {
			view(b, s, func(tx *Tx) error {
				_, _, err := tx.VersionAt(project, "spec.md", noon.Add(50_000*time.Minute))
				return err
			})
		}
	})
}

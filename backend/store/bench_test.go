package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

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

package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

// markPath is a file that is there while the database is written to, and after
// an exit that was not clean.
func (s *Store) markPath() string { return s.Path() + ".open" }

// findMark reports whether the last exit was not clean.
func (s *Store) findMark() (unclean bool) {
	s.names.Store(true)
	_, err := os.Lstat(s.markPath())
	s.marked.Store(err == nil)
	return err == nil
}

// makeMark makes the marker, if it is not there. It is durable after syncNames.
func (s *Store) makeMark() error {
	if s.marked.Load() {
		return nil
	}
	f, err := s.disk.Create(s.markPath())
	if err == nil {
		err = f.Close()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) { // somebody else was faster
		return unwritable(s.dir, err)
	}
	s.marked.Store(true)
	return nil
}

// syncNames is called before anything is written to the database. It makes the
// marker, and with it every name in the folder durable: also that of a database
// that was just made or took another's place.
func (s *Store) syncNames() error {
	if !s.names.Load() {
		return nil
	}
	if err := s.makeMark(); err != nil {
		return err
	}
	if err := s.disk.SyncDir(s.dir); err != nil {
		return unwritable(s.dir, err)
	}
	s.names.Store(false)
	return nil
}

// sweep removes the half files of work that was cut short. The marker was there
// before any of it was begun, or there was no database yet.
func (s *Store) sweep() error {
	for _, path := range []string{s.freshPath(), s.copyPath()} {
		if err := ignoreMissing(s.disk.Remove(path)); err != nil {
			return unwritable(s.dir, err)
		}
	}
	return nil
}

// freshPath is where a database is made that then takes its place.
func (s *Store) freshPath() string { return s.Path() + ".new" }

// copyPath is where a copy of the database is made that then gets its name.
func (s *Store) copyPath() string { return s.Path() + ".copy" }

// makeMissing makes an empty database when there is none, unless the folder
// shows that there was one.
func (s *Store) makeMissing(anew bool) error {
	if _, err := os.Lstat(s.Path()); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if !anew {
		if err := s.checkLost(); err != nil {
			return err
		}
	}
	if err := s.sweep(); err != nil {
		return err
	}
	return s.create(s.freshPath())
}

// checkLost fails when the folder holds a history that only a database can have
// brought about, or a database that was set aside.
func (s *Store) checkLost() error {
	if err := s.checkAside(); err != nil {
		return err
	}
	projects := filepath.Join(s.dir, "projects")
	if info, err := os.Stat(projects); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return nil
	}
	entries, err := os.ReadDir(projects)
	if err != nil {
		return because(err, workflow.Unavailable, "The folder %s cannot be read.", projects).
			WithHint("Check that you may read it.")
	}
	for _, entry := range entries {
		history := filepath.Join(projects, entry.Name(), "history.git")
		if _, err := os.Stat(history); err == nil {
			return workflow.Errorf(workflow.NotFound, "The database %s is missing, but the folder holds a history that it made: %s.", s.Path(), history).
				WithHint("“plumbline restore FILE” puts a backup in its place; “plumbline rebuild” makes it anew from the git histories.")
		}
	}
	return nil
}

// checkAside fails when a database was given another name and none has taken its
// place: a restore or a repair was cut short.
func (s *Store) checkAside() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return unwritable(s.dir, err)
	}
	for _, entry := range entries {
		why, ok := strings.CutPrefix(entry.Name(), fileName+".")
		if _, _, dated := strings.Cut(why, "-"); !ok || !dated {
			continue
		}
		return workflow.Errorf(workflow.NotFound, "The database %s is missing, and %s shows that there was one.",
			s.Path(), filepath.Join(s.dir, entry.Name())).
			WithHint("“plumbline restore FILE” begins a restore that was cut short anew, “plumbline repair” a repair.")
	}
	return nil
}

// create makes an empty database beside its place and then moves it there, so
// that a crash cannot leave half of one.
func (s *Store) create(fresh string) error {
	db, err := openFile(fresh, false)
	if err != nil {
		return err
	}
	err = db.Update(func(b *bolt.Tx) error {
		if err := makeBuckets(b); err != nil {
			return err
		}
		tx := &Tx{store: s, bolt: b}
		_, err := tx.put(bucketMeta, key(schemaKey), schema{Version: schemaVersion, CreatedAt: s.now().UTC()})
		return err
	})
	if err = errors.Join(err, db.Close()); err != nil {
		return s.explain("create the database", err)
	}
	return s.moveIntoPlace(fresh)
}

// moveIntoPlace gives a whole database, synced and closed, its name, which is
// made durable before the next write.
func (s *Store) moveIntoPlace(fresh string) error {
	s.names.Store(true)
	if err := s.disk.Rename(fresh, s.Path()); err != nil {
		return unwritable(s.dir, err)
	}
	return nil
}

func makeBuckets(b *bolt.Tx) error {
	for _, d := range declarations() {
		if _, err := b.CreateBucketIfNotExists([]byte(d.name)); err != nil {
			return fmt.Errorf("make bucket %s: %w", d.name, err)
		}
	}
	return nil
}

// explainCheck makes what an examination found an error for a person.
func explainCheck(path string, err error) error {
	var known *workflow.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	return because(err, workflow.Invalid, "The database %s is damaged: %v.", path, err).WithHint(repairHint)
}

// ignoreMissing passes over the error that says that a file is not there.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

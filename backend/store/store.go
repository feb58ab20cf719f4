package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

const (
	fileName = "plumbline.db"
	// schemaVersion is the schema this program writes, see doc.go.
	schemaVersion = 1
	schemaKey     = "schema"
	// openTimeout bounds the wait for bbolt's own lock.
	openTimeout = 2 * time.Second
)

// Options of a store.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Disk changes files other than the database itself; nil means the real one.
	Disk disk.Disk
}

// Store is the open database. It is safe for use by several goroutines.
type Store struct {
	dir  string
	lock *os.File
	db   *bolt.DB
	now  func() time.Time
	disk disk.Disk
}

// schema is the record that says what the file is.
type schema struct {
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"createdAt"`
}

// Open opens the database in a data folder and makes both if they are missing.
// The folder is locked until Close; a second Open, from whatever process,
// returns a Conflict within two seconds. A folder that cannot be written to is
// Unavailable, and a file that is not a whole database of Plumbline is Invalid
// and left as it is.
func Open(dir string, opt Options) (*Store, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Disk == nil {
		opt.Disk = disk.Real{}
	}
	if err := makeFolder(dir); err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, lock: lock, now: opt.Now, disk: opt.Disk}
	if err := s.open(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// makeFolder makes the data folder and checks that it can be written to.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unwritable(dir, err)
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return unwritable(dir, err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return unwritable(dir, err)
	}
	return nil
}

// open opens the file under the lock.
func (s *Store) open() error {
	path := s.Path()
	fresh := path + ".new"
	if err := ignoreMissing(s.disk.Remove(fresh)); err != nil {
		return unwritable(s.dir, err)
	}
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := s.create(fresh); err != nil {
			return err
		}
	}
	if err := checkFile(path); err != nil {
		return err
	}
	db, err := openFile(path)
	if err != nil {
		return err
	}
	s.db = db
	if err := s.checkSchema(); err != nil {
		return err
	}
	s.db, err = s.compact(db, fresh)
	return err
}

// create makes an empty database beside its place and then moves it there, so
// that a crash cannot leave half of one.
func (s *Store) create(fresh string) error {
	db, err := openFile(fresh)
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

// moveIntoPlace gives a whole database, synced and closed, its name.
func (s *Store) moveIntoPlace(fresh string) error {
	err := s.disk.Rename(fresh, s.Path())
	if err == nil {
		err = s.disk.SyncDir(s.dir)
	}
	if err != nil {
		return unwritable(s.dir, err)
	}
	return nil
}

// ignoreMissing passes over the error that says that a file is not there.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func openFile(path string) (*bolt.DB, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: openTimeout, FreelistType: bolt.FreelistMapType})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, workflow.Errorf(workflow.Conflict, "The database %s is in use by another program.", path).
			WithHint("Close the program that has it open.")
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrChecksum):
		return nil, notDatabase(path, "it is damaged")
	case err != nil:
		return nil, because(err, workflow.Unavailable, "The database %s cannot be opened.", path)
	}
	return db, nil
}

// checkSchema makes sure that the file is ours and that every bucket is there.
func (s *Store) checkSchema() error {
	var found schema
	missing := false
	err := s.db.View(func(b *bolt.Tx) error {
		if b.Bucket([]byte(bucketMeta)) == nil {
			return nil
		}
		for _, d := range declarations() {
			missing = missing || b.Bucket([]byte(d.name)) == nil
		}
		_, err := (&Tx{store: s, bolt: b}).get(bucketMeta, key(schemaKey), &found)
		return err
	})
	switch {
	case err != nil:
		return err
	case found.Version == 0:
		return notDatabase(s.Path(), "another program made it")
	case found.Version > schemaVersion:
		return workflow.Errorf(workflow.Invalid, "The database %s was written by a newer Plumbline.", s.Path()).
			WithHint("Install the newest version of Plumbline. Nothing was changed.")
	case missing:
		return s.explain("complete the database", s.db.Update(s.complete))
	}
	return nil
}

// complete makes the buckets that an older Plumbline did not have yet, and the
// index that follows from what it wrote.
func (s *Store) complete(b *bolt.Tx) error {
	indexed := b.Bucket([]byte(bucketCandidateOpen)) != nil
	if err := makeBuckets(b); err != nil || indexed {
		return err
	}
	return (&Tx{store: s, bolt: b}).indexCandidates()
}

func makeBuckets(b *bolt.Tx) error {
	for _, d := range declarations() {
		if _, err := b.CreateBucketIfNotExists([]byte(d.name)); err != nil {
			return fmt.Errorf("make bucket %s: %w", d.name, err)
		}
	}
	return nil
}

// Path returns the path of the database file.
func (s *Store) Path() string { return filepath.Join(s.dir, fileName) }

// Close waits for open transactions, closes the file and gives the lock back.
// Closing twice is fine.
func (s *Store) Close() error {
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	if unlocked := s.lock.Close(); unlocked != nil && !errors.Is(unlocked, os.ErrClosed) {
		err = errors.Join(err, unlocked)
	}
	if err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

// View reads. All reads of one call see the same moment. The Tx is of no use
// after fn returned, and fn must not call Update.
func (s *Store) View(fn func(*Tx) error) error {
	var own error
	err := s.db.View(func(b *bolt.Tx) error {
		own = fn(&Tx{store: s, bolt: b})
		return own
	})
	if own != nil {
		return own
	}
	return s.explain("read from the database", err)
}

// Update writes, all or nothing: when fn returns an error, nothing has changed;
// when Update returns nil, everything is on disk. If pages of a project changed,
// the transaction also holds the commit that will show them, see Tx.Describe.
// Updates run one after the other; fn must not call View or Update.
func (s *Store) Update(fn func(*Tx) error) error {
	var own error
	err := s.db.Update(func(b *bolt.Tx) error {
		tx := &Tx{store: s, bolt: b, notes: map[string]*note{}}
		if own = fn(tx); own == nil {
			own = tx.flush()
		}
		return own
	})
	if own != nil {
		return own
	}
	return s.explain("write to the database", err)
}

// explain turns an error of bbolt into one for a person, where the cause is known.
func (s *Store) explain(verb string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen):
		return because(err, workflow.Unavailable, "Plumbline is closing.").WithHint("Start it again. Everything that was saved is there.")
	case errors.Is(err, syscall.ENOSPC):
		return because(err, workflow.Unavailable, "The disk with %s is full.", s.dir).
			WithHint("Make room on the disk and try again. Nothing that was saved before is lost.")
	}
	return fmt.Errorf("%s: %w", verb, err)
}

// because makes an error for a person with a cause that is not part of its text.
func because(cause error, code workflow.Code, format string, args ...any) *workflow.Error {
	err := workflow.Errorf(code, format, args...)
	err.Err = cause
	return err
}

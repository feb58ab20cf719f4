package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

const (
	fileName = "plumbline.db"
	// openTimeout bounds the wait for bbolt's own lock.
	openTimeout = 2 * time.Second
	// growBytes is how much the file grows at a time.
	growBytes = 1 << 20
)

// Options of a store.
type Options struct {
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Disk changes files other than the database itself; nil means the real one.
	Disk disk.Disk
	// Check examines the file at a path after an exit that was not clean, or when
	// its head is broken, and returns what is wrong with it, see Inspect. A damaged file can crash bbolt,
	// so it is best done in another process. nil means that nothing is examined.
	Check func(ctx context.Context, path string) error
	// Anew makes a new database although the folder holds histories that a lost
	// one described. It is for rebuilding it from them.
	Anew bool
	// Spare is how many free pages Compact leaves for the next writes; 0 means as
	// many as are good for speed.
	Spare int
}

// Store is the open database. It is safe for use by several goroutines.
type Store struct {
	dir  string
	lock *os.File
	now  func() time.Time
	disk disk.Disk
	// names says that names in the folder have changed, or will have when the
	// marker is made, that are not durable yet.
	names atomic.Bool
	// marked says that there is the marker of a database that is written to.
	marked atomic.Bool

	// swap is held for writing while another file takes the database's place.
	swap       sync.RWMutex
	db         *bolt.DB // nil before it is open
	compacting sync.Mutex
	spare      int // free pages that are kept for the next writes
	findings   findingCache
}

// schema is the record that says what the file is.
type schema struct {
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"createdAt"`
}

// Open opens the database in a data folder and makes both if they are missing.
// The folder is locked until Close; a second Open, from whatever process,
// returns a Conflict within two seconds. A folder that cannot be written to is
// Unavailable; a file that is not a whole database of Plumbline is Invalid and
// left as it is; histories without a database are NotFound. A database of an
// older schema is copied and then brought to this one.
func Open(ctx context.Context, dir string, opt Options) (*Store, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Disk == nil {
		opt.Disk = disk.Real{}
	}
	if opt.Spare == 0 {
		opt.Spare = compactAbove
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unwritable(dir, err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	s := &Store{dir: dir, lock: lock, now: opt.Now, disk: opt.Disk, spare: opt.Spare}
	if err := s.open(ctx, opt); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// open opens the file under the lock.
func (s *Store) open(ctx context.Context, opt Options) error {
	unclean := s.findMark()
	err := s.prepare(ctx, opt, unclean)
	if err != nil && unclean {
		s.marked.Store(false) // the marker stays, and the next Open looks again
	}
	return err
}

// prepare brings the file to where it can be read and written.
func (s *Store) prepare(ctx context.Context, opt Options, unclean bool) error {
	path := s.Path()
	if unclean {
		if err := s.sweep(); err != nil {
			return err
		}
	}
	if err := s.makeMissing(opt.Anew); err != nil {
		return err
	}
	found, doubtful, err := look(path)
	if err != nil {
		return err
	}
	if (unclean || doubtful) && opt.Check != nil {
		if err := explainCheck(path, opt.Check(ctx, path)); err != nil {
			return err
		}
	}
	if err := checkWritable(s.dir); err != nil {
		return unwritable(s.dir, err)
	}
	if found.Version < schemaVersion {
		if err := s.backUp(found.Version); err != nil {
			return err
		}
	}
	if s.db, err = openFile(path, false); err != nil {
		return err
	}
	if found.Version < schemaVersion {
		if err := s.migrate(found); err != nil {
			return err
		}
	}
	if _, err := s.Compact(ctx); err != nil && s.closed() {
		return err // else it is a matter of speed; a full disk must not keep anybody out
	}
	return ctx.Err()
}

// closed reports whether no file is open.
func (s *Store) closed() bool {
	return errors.Is(s.db.View(func(*bolt.Tx) error { return nil }), bolterrors.ErrDatabaseNotOpen)
}

// openFile opens a file with bbolt. The file has passed look or is new.
func openFile(path string, readOnly bool) (db *bolt.DB, err error) {
	opened := guard(path, func() error {
		db, err = bolt.Open(path, 0o600, &bolt.Options{
			Timeout: openTimeout, FreelistType: bolt.FreelistMapType, ReadOnly: readOnly, InitialMmapSize: mapBytes,
		})
		return err
	})
	switch {
	case opened == nil:
		db.AllocSize = growBytes
		return db, nil
	case err == nil:
		return nil, opened // a panic that was caught
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, workflow.Errorf(workflow.Conflict, "The database %s is in use by another program.", path).
			WithHint("Close the program that has it open.")
	case errors.Is(err, bolterrors.ErrInvalid), errors.Is(err, bolterrors.ErrVersionMismatch), errors.Is(err, bolterrors.ErrChecksum):
		return nil, damagedFile(path, "it does not begin like a database")
	}
	return nil, because(err, workflow.Unavailable, "The database %s cannot be opened.", path).
		WithHint("Check that you may read and write the file.")
}

// Path returns the path of the database file.
func (s *Store) Path() string { return DatabasePath(s.dir) }

// Close waits for open transactions and for a Compact that is under way, closes
// the file and gives the lock back.
// Closing twice is fine.
func (s *Store) Close() error {
	s.compacting.Lock() // not while another file takes its place
	defer s.compacting.Unlock()
	var err error
	if s.db != nil {
		err = s.db.Close()
	}
	if err == nil && s.marked.Swap(false) {
		err = ignoreMissing(s.disk.Remove(s.markPath()))
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
// after fn returned, and fn must not call View or Update.
func (s *Store) View(fn func(*Tx) error) error {
	var own error
	s.swap.RLock()
	defer s.swap.RUnlock()
	err := guard(s.Path(), func() error {
		return s.db.View(func(b *bolt.Tx) error {
			own = fn(&Tx{store: s, bolt: b})
			return own
		})
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
	return s.write(func(tx *Tx) error {
		tx.notes = map[string]*note{}
		if err := fn(tx); err != nil {
			return err
		}
		return tx.flush()
	})
}

// write is Update without a commit for git.
func (s *Store) write(fn func(*Tx) error) error {
	s.swap.RLock()
	defer s.swap.RUnlock()
	if err := s.syncNames(); err != nil {
		return err
	}
	var own error
	err := guard(s.Path(), func() error {
		return s.db.Update(func(b *bolt.Tx) error {
			own = fn(&Tx{store: s, bolt: b})
			return own
		})
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
	case isFull(err):
		return because(err, workflow.Unavailable, "The disk with %s is full.", s.dir).
			WithHint("Make room on the disk and try again. Nothing that was saved before is lost.")
	}
	return fmt.Errorf("%s: %w", verb, err)
}

// isFull reports whether a disk has no room. bbolt hands on some errors as texts.
func isFull(err error) bool {
	for _, cause := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, cause) || strings.HasSuffix(err.Error(), ": "+cause.Error()) {
			return true
		}
	}
	return false
}

// because makes an error for a person with a cause that is not part of its text.
func because(cause error, code workflow.Code, format string, args ...any) *workflow.Error {
	err := workflow.Errorf(code, format, args...)
	err.Err = cause
	return err
}

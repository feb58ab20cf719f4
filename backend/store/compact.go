package store

import (
	"errors"

	bolt "go.etcd.io/bbolt"
)

const (
	// compactAbove is the number of free pages that are kept for the next writes.
	// With many more, bbolt spends most of a save on writing down which are free.
	compactAbove = 10_000
	// compactBytes is how much is copied in one transaction.
	compactBytes = 16 << 20
)

// compact copies a database that has mostly free pages to a new file, which then
// takes its place. The old one is whole until that moment.
func (s *Store) compact(old *bolt.DB, fresh string) (*bolt.DB, error) {
	if old.Stats().FreePageN <= compactAbove {
		return old, nil
	}
	smaller, err := openFile(fresh)
	if err == nil {
		err = bolt.Compact(smaller, old, compactBytes)
		err = errors.Join(err, smaller.Close())
	}
	if err != nil {
		// It is a matter of speed; a full disk must not keep anybody out.
		return old, ignoreMissing(s.disk.Remove(fresh))
	}
	if err := old.Close(); err != nil {
		return nil, s.explain("close the database", err)
	}
	if err := s.moveIntoPlace(fresh); err != nil {
		return nil, err
	}
	return openFile(s.Path())
}

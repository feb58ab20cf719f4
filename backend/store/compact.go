package store

import (
	"context"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

const (
	// compactAbove is the number of free pages that are kept for the next writes.
	// With many more, bbolt would spend most of a save on writing down which are
	// free, see listFree.
	compactAbove = 10_000
	// compactBytes is how much is copied in one transaction.
	compactBytes = 4 << 20
)

// FreePages returns how many pages of the file hold nothing, and whether they
// are so many that Compact would give them back.
func (s *Store) FreePages() (pages int, many bool) {
	s.swap.RLock()
	defer s.swap.RUnlock()
	if s.db == nil {
		return 0, false
	}
	pages = s.db.Stats().FreePageN
	return pages, pages > s.spare
}

// Compact gives free pages back to the disk when there are many: it copies the
// database beside itself and lets the copy take its place. Others read and write
// meanwhile. If somebody has written in between, or is just reading when the
// copy could take its place, Compact leaves everything as it is and returns
// false: it is for an idle moment, and does no harm in any other. Close waits for
// it, so cancel ctx first.
func (s *Store) Compact(ctx context.Context) (done bool, err error) {
	if !s.compacting.TryLock() {
		return false, nil
	}
	defer s.compacting.Unlock()
	if _, many := s.FreePages(); !many {
		return false, nil
	}
	if err := s.makeMark(); err != nil {
		return false, err
	}
	fresh := s.freshPath()
	copied, err := s.copyTo(ctx, fresh)
	if err == nil {
		done, err = s.takeOver(fresh, copied)
	}
	if done {
		return true, nil
	}
	if removed := ignoreMissing(s.disk.Remove(fresh)); err == nil && removed != nil {
		err = unwritable(s.dir, removed)
	}
	return false, err
}

// copyTo copies the database as it is at one moment to a new file, synced. It
// returns the transaction that the copy is of.
func (s *Store) copyTo(ctx context.Context, path string) (id int, err error) {
	if err := ignoreMissing(s.disk.Remove(path)); err != nil {
		return 0, unwritable(s.dir, err)
	}
	to, err := openFile(path, false)
	if err != nil {
		return 0, err
	}
	to.NoSync = true // until all of it is there
	err = s.View(func(tx *Tx) error {
		id = tx.bolt.ID()
		return s.explain("copy the database", copyBuckets(ctx, to, tx.bolt))
	})
	if err == nil {
		err = s.explain("copy the database", to.Sync())
	}
	return id, errors.Join(err, to.Close())
}

// copyBuckets copies all buckets in order of their keys, which fills the pages.
func copyBuckets(ctx context.Context, to *bolt.DB, from *bolt.Tx) error {
	for _, d := range declarations() {
		b := from.Bucket([]byte(d.name))
		if b == nil {
			return fmt.Errorf("open bucket %s: %w", d.name, errNoBucket)
		}
		c := b.Cursor()
		for k, v := c.First(); ; {
			if err := ctx.Err(); err != nil {
				return err
			}
			err := to.Update(func(tx *bolt.Tx) (err error) {
				k, v, err = copySome(tx, d.name, b.Sequence(), c, k, v)
				return err
			})
			if err != nil {
				return err
			}
			if k == nil {
				break
			}
		}
	}
	return nil
}

// copySome copies records from where a cursor is and returns where it stopped.
func copySome(tx *bolt.Tx, name bucketName, sequence uint64, c *bolt.Cursor, k, v []byte) ([]byte, []byte, error) {
	b, err := tx.CreateBucketIfNotExists([]byte(name))
	if err != nil {
		return nil, nil, err
	}
	if err := b.SetSequence(sequence); err != nil {
		return nil, nil, err
	}
	b.FillPercent = 1
	for size := 0; k != nil && size < compactBytes; k, v = c.Next() {
		if err := b.Put(k, v); err != nil {
			return nil, nil, err
		}
		size += len(k) + len(v)
	}
	return k, v, nil
}

// takeOver lets a copy take the place of the database, unless somebody has
// written since it was made or is at work just now.
func (s *Store) takeOver(fresh string, copied int) (done bool, err error) {
	if !s.swap.TryLock() {
		return false, nil
	}
	defer s.swap.Unlock()
	err = s.db.View(func(tx *bolt.Tx) error {
		done = tx.ID() == copied
		return nil
	})
	if err != nil || !done {
		return false, s.explain("look at the database", err)
	}
	if err := s.db.Close(); err != nil {
		return false, s.explain("close the database", err)
	}
	moved := s.moveIntoPlace(fresh)
	db, err := openFile(s.Path(), false) // whichever of the two it is, it is whole
	if err != nil {
		return false, errors.Join(moved, err)
	}
	s.db = db
	return moved == nil, moved
}

package store

import (
	"context"
	"errors"
	"io"
)

// Snapshot writes a whole, consistent copy of the database, as it is at this
// moment, while others read and write. CheckSnapshot tells whether it arrived.
// As long as it takes, pages that writes set free are not used again: write to a
// file, not to a slow line. Free pages are copied as well; Compact first where
// there are many.
func (s *Store) Snapshot(ctx context.Context, w io.Writer) error {
	to := &snapshotWriter{ctx: ctx, w: w}
	err := s.View(func(tx *Tx) error {
		_, err := tx.bolt.WriteTo(to)
		return err
	})
	return s.explain("copy the database", errors.Join(to.err, err))
}

// snapshotWriter stops when a context ends. It keeps its error, of which bbolt
// only hands on the text.
type snapshotWriter struct {
	ctx context.Context
	w   io.Writer
	err error
}

// Write implements [io.Writer].
func (s *snapshotWriter) Write(p []byte) (n int, err error) {
	if s.err = s.ctx.Err(); s.err == nil {
		n, s.err = s.w.Write(p)
	}
	return n, s.err
}

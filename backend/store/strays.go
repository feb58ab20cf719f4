package store

import (
	"context"
	"strings"
)

// DropStrays removes the texts and journals of runs that are not there, as a
// salvage may leave them, and returns what they were. It works in short
// transactions.
func (s *Store) DropStrays(ctx context.Context) ([]Fault, error) {
	dropped := []Fault{}
	for _, name := range []bucketName{bucketRunText, bucketChunk} {
		strays, err := s.strays(name)
		if err != nil {
			return dropped, err
		}
		for len(strays) > 0 {
			if err := ctx.Err(); err != nil {
				return dropped, err
			}
			some := strays[:min(len(strays), someRecords)]
			strays = strays[len(some):]
			if err := s.write(func(tx *Tx) error {
				for _, k := range some {
					if err := tx.remove(name, k); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return dropped, err
			}
			for _, k := range some {
				dropped = append(dropped, faultOf(name, k, "its run is missing."))
			}
		}
	}
	return dropped, nil
}

// strays returns the keys of a bucket whose first part names no run.
func (s *Store) strays(name bucketName) ([][]byte, error) {
	strays := [][]byte{}
	err := s.View(func(tx *Tx) error {
		runs, err := tx.bucket(bucketRun)
		if err != nil {
			return err
		}
		keys, err := tx.keys(name, nil)
		for _, k := range keys {
			run, _, _ := strings.Cut(string(k), separator)
			if runs.Get(key(run)) == nil {
				strays = append(strays, k)
			}
		}
		return err
	})
	return strays, err
}

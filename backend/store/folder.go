package store

import (
	"io"
	"os"
	"path/filepath"
)

// DatabasePath is where the database of a data folder is.
func DatabasePath(dir string) string { return filepath.Join(dir, fileName) }

// LockFolder takes the lock of a data folder without opening the database, so
// that nobody else opens it meanwhile; a Conflict when somebody has it open.
// Closing the lock gives it back.
func LockFolder(dir string) (io.Closer, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unwritable(dir, err)
	}
	return lockDir(dir)
}

// FromHistory reports whether what a fault is about can be had from the history
// of its project: everything but what belongs to this machine.
func (f Fault) FromHistory() bool {
	for _, d := range declarations() {
		if string(d.name) == f.Bucket {
			return d.nature != local
		}
	}
	return false
}

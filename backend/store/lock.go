package store

import (
	"errors"
	"os"
	"path/filepath"
	"time"

	"plumbline/backend/workflow"
)

const (
	// lockPatience is how long Open waits for another process that is just closing.
	lockPatience = 500 * time.Millisecond
	lockInterval = 20 * time.Millisecond
)

// errLocked says that somebody else holds the lock.
var errLocked = errors.New("held by another process")

// lockDir takes the lock of a data folder. Closing the file gives it back.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unwritable(dir, err)
	}
	for waited := time.Duration(0); ; waited += lockInterval {
		err = tryLock(f)
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, errLocked) {
			return nil, errors.Join(unwritable(dir, err), f.Close())
		}
		if waited >= lockPatience {
			break
		}
		time.Sleep(lockInterval)
	}
	return nil, because(errors.Join(err, f.Close()), workflow.Conflict,
		"Plumbline is already open with the data folder %s.", dir).
		WithHint("Use the window that is open, or close it first.")
}

// unwritable is the error for a data folder that cannot be written to.
func unwritable(dir string, cause error) error {
	return because(cause, workflow.Unavailable, "Plumbline cannot write to its data folder %s.", dir).
		WithHint("Check that the folder exists on a disk with free space and that you may write to it, or set PLUMBLINE_HOME to another one.")
}

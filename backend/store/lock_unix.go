//go:build !windows

package store

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// tryLock takes the lock of a file at once or returns errLocked.
func tryLock(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
		return errLocked
	}
	return fmt.Errorf("lock %s: %w", f.Name(), err)
}

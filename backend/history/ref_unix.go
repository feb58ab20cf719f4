//go:build !windows

package history

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// readRef reads the file of a ref. A start reads one of each project, so it does
// without what package os prepares for longer dealings with a file.
func readRef(path string) (string, error) {
	f, err := retry(func() (int, error) { return unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0) })
	if err != nil {
		return "", &fs.PathError{Op: "open", Path: path, Err: err}
	}
	line := make([]byte, maxRef)
	n, err := retry(func() (int, error) { return unix.Read(f, line) })
	_ = unix.Close(f) // it was only read
	if err != nil {
		return "", &fs.PathError{Op: "read", Path: path, Err: err}
	}
	return string(line[:n]), nil
}

// retry calls again when a signal came in between.
func retry(call func() (int, error)) (n int, err error) {
	for {
		if n, err = call(); err != unix.EINTR {
			return n, err
		}
	}
}

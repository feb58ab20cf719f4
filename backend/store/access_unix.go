//go:build !windows

package store

import "golang.org/x/sys/unix"

// checkWritable fails for a folder that this process may not write to.
func checkWritable(dir string) error {
	return unix.Faccessat(unix.AT_FDCWD, dir, unix.W_OK|unix.X_OK, unix.AT_EACCESS)
}

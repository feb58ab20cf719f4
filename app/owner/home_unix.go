//go:build !windows

package owner

import (
	"fmt"
	"os"
	"syscall"
)

// checkPrivate refuses a folder that is not the user's alone.
func checkPrivate(dir string) error {
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	sys, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 || !ok || int(sys.Uid) != os.Getuid() {
		return fmt.Errorf("%s is not a folder of this user alone", dir)
	}
	return nil
}

package store

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"plumbline/backend/workflow"
)

// withoutPower runs fn on a thread that must obey the modes of files even when
// the tests run as root.
func withoutPower(t *testing.T, fn func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var caps [2]unix.CapUserData
		if err := unix.Capget(&header, &caps[0]); err != nil {
			t.Errorf("capget: %v", err)
			return
		}
		caps[0].Effective &^= 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_DAC_READ_SEARCH
		if err := unix.Capset(&header, &caps[0]); err != nil {
			t.Errorf("capset: %v", err)
			return
		}
		fn()
	}()
	<-done
}

func TestFolderThatCannotBeWrittenIsUnavailable(t *testing.T) {
	dir := closed(t)
	modes := map[string]os.FileMode{dir: 0o500, filepath.Join(dir, "lock"): 0o400, filepath.Join(dir, fileName): 0o400}
	for path, mode := range modes {
		before, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		withoutPower(t, func() {
			s, err := Open(t.Context(), dir, Options{})
			if workflow.CodeOf(err) != workflow.Unavailable || !strings.Contains(err.Error(), dir) {
				t.Errorf("%s with mode %v: %v, want unavailable with the folder's name", path, mode, err)
			}
			if err == nil {
				s.Close()
			}
		})
		if err := os.Chmod(path, before.Mode()); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

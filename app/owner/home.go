// Package owner finds the process that has a data folder open, or becomes it.
//
// One process owns the data at a time: the window, serve, or a command that
// writes for long. It listens at a private door, a socket of this user alone,
// and every other process reaches the data through that door.
package owner

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"plumbline/backend/workflow"
)

// DataDir returns the folder where a user's projects are kept: $PLUMBLINE_HOME,
// or the usual place of the system.
func DataDir(getenv func(string) string) (string, error) {
	if dir := getenv("PLUMBLINE_HOME"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := getenv("XDG_DATA_HOME"); runtime.GOOS != "windows" && runtime.GOOS != "darwin" && filepath.IsAbs(dir) {
		return filepath.Join(dir, "plumbline"), nil
	}
	if dir := getenv("AppData"); runtime.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "Plumbline"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", &workflow.Error{Code: workflow.Invalid, Err: err, Message: "Nothing says where your home folder is, and with it the data.",
			Hint: "Set PLUMBLINE_HOME to the folder that is to hold the data."}
	}
	switch runtime.GOOS {
	case "windows":
		return filepath.Join(home, "AppData", "Roaming", "Plumbline"), nil
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Plumbline"), nil
	}
	return filepath.Join(home, ".local", "share", "plumbline"), nil
}

// maxSocketPath keeps below the least limit of the systems, 104 bytes.
const maxSocketPath = 100

// socketPaths lists where the private socket of a data folder may be, the
// preferred place first. They are named by a hash of the folder, because the
// folder's own path may be too long. A shell without XDG_RUNTIME_DIR still
// finds the socket of a desktop session that has one, if the place is usual.
func socketPaths(dir string) ([]string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	sum := sha256.Sum256([]byte(dir))
	name := hex.EncodeToString(sum[:8]) + ".sock"
	uid := fmt.Sprintf("plumbline-%d", os.Getuid())
	var paths []string
	add := func(parts ...string) {
		if p := filepath.Join(append(parts, name)...); len(p) < maxSocketPath {
			paths = append(paths, p)
		}
	}
	if run := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(run) {
		add(run, "plumbline")
	} else if runtime.GOOS == "linux" {
		add(fmt.Sprintf("/run/user/%d", os.Getuid()), "plumbline")
	}
	add(os.TempDir(), uid)
	if runtime.GOOS != "windows" {
		add("/tmp", uid)
	}
	return paths, nil
}

// privateDir makes a folder that only the user can enter, and refuses one that
// somebody else has put there.
func privateDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return checkPrivate(dir)
}

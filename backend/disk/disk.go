// Package disk owns every way in which Plumbline changes files, so that a test
// can record the changes and take away what was never synced.
package disk

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// Disk changes files and folders. Nothing is durable until the file, and for
// names the folder, has been synced. Reading does not go through it.
type Disk interface {
	// MakeDir makes a folder and those above it.
	MakeDir(path string) error
	// Create makes a file that must not be there yet.
	Create(path string) (File, error)
	// Rename moves a file, over another one if there is one.
	Rename(from, to string) error
	// Remove deletes a file or an empty folder.
	Remove(path string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(path string) error
}

// File is a new file that is being written.
type File interface {
	io.Writer
	// Sync makes the content durable, but not the name.
	Sync() error
	Close() error
}

// Real is the disk of this machine. Files and folders are for the user alone.
type Real struct{}

// MakeDir implements [Disk].
func (Real) MakeDir(path string) error { return os.MkdirAll(path, 0o700) }

// Create implements [Disk].
func (Real) Create(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err // not f: a nil *os.File is not a nil File
	}
	return f, nil
}

// Rename implements [Disk].
func (Real) Rename(from, to string) error { return os.Rename(from, to) }

// Remove implements [Disk].
func (Real) Remove(path string) error { return os.Remove(path) }

// SyncDir implements [Disk].
func (Real) SyncDir(path string) error { return syncDir(path) }

// WriteNew makes a file with some content and syncs it, but not its name. When
// that does not work, the file is gone again.
func WriteNew(d Disk, path string, content []byte) error {
	f, err := d.Create(path)
	if err != nil {
		return err
	}
	if len(content) > 0 { // an empty file has nothing to lose
		if _, err = f.Write(content); err == nil {
			err = f.Sync()
		}
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, d.Remove(path))
	}
	return nil
}

// Replace puts a file in its place at once, under a temporary name first. The
// caller syncs the folder.
func Replace(d Disk, temporary, path string, content []byte) error {
	if err := d.Remove(temporary); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := WriteNew(d, temporary, content); err != nil {
		return err
	}
	return d.Rename(temporary, path)
}

// RemoveAll deletes a file, or a folder with everything in it. Nothing there is
// fine.
func RemoveAll(d Disk, path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if info.IsDir() {
		entries, err := os.ReadDir(path)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := RemoveAll(d, filepath.Join(path, e.Name())); err != nil {
				return err
			}
		}
	}
	return d.Remove(path)
}

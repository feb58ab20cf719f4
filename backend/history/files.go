package history

import (
	"errors"
	"io"
	"os"
)

// files is every way in which this package changes the disk. Nothing is durable
// until the file, and for names the folder, has been synced.
type files interface {
	// MakeDir makes a folder and those above it.
	MakeDir(path string) error
	// Create makes a file that must not be there yet.
	Create(path string) (file, error)
	// Rename moves a file, over another one if there is one.
	Rename(from, to string) error
	// Remove deletes a file.
	Remove(path string) error
	// SyncDir makes the names in a folder durable.
	SyncDir(path string) error
}

// file is a new file that is being written.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// disk is the real thing.
type disk struct{}

func (disk) MakeDir(path string) error { return os.MkdirAll(path, 0o700) }

func (disk) Create(path string) (file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err // not f: a nil *os.File is not a nil file
	}
	return f, nil
}

func (disk) Rename(from, to string) error { return os.Rename(from, to) }

func (disk) Remove(path string) error { return os.Remove(path) }

func (disk) SyncDir(path string) error { return syncDir(path) }

// writeNew makes a file with some content and syncs it, but not its name. When
// that does not work, the file is gone again.
func writeNew(d files, path string, content []byte) error {
	f, err := d.Create(path)
	if err != nil {
		return err
	}
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, d.Remove(path))
	}
	return nil
}

// replace puts a file in its place at once, under a temporary name first. The
// caller syncs the folder.
func replace(d files, temporary, path string, content []byte) error {
	if err := d.Remove(temporary); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := writeNew(d, temporary, content); err != nil {
		return err
	}
	return d.Rename(temporary, path)
}

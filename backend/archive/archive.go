// Package archive owns the portable file of Plumbline: a zip with a manifest
// that names every entry with its size and SHA-256, used for backups of a whole
// data folder and for single projects.
package archive

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

// Unfinished is how the name of an archive ends while it is being written. A crash
// may leave one.
const Unfinished = ".part"

const (
	manifestName = "manifest.json"
	formatName   = "plumbline"
	// formatVersion is the version of the format that this program writes.
	formatVersion = 1
	// maxManifest bounds what is read of a manifest, in bytes.
	maxManifest = 64 << 20
)

// Kind says what an archive holds.
type Kind string

// The kinds of archives.
const (
	Backup  Kind = "backup"  // a whole data folder
	Project Kind = "project" // one project
)

// Manifest describes an archive. It is the entry manifest.json.
type Manifest struct {
	Format    string    `json:"format"`
	Version   int       `json:"version"`
	Kind      Kind      `json:"kind"`
	CreatedAt time.Time `json:"createdAt"`
	// Plumbline is the version of the program that wrote it.
	Plumbline string    `json:"plumbline"`
	Projects  []Content `json:"projects"`
	Entries   []Entry   `json:"entries"`
}

// Content is a project in an archive.
type Content struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Tip is the last commit of its history; empty when it has none yet.
	Tip string `json:"tip"`
}

// Entry is a file in an archive, apart from the manifest.
type Entry struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"` // bytes, unpacked
	SHA256 string `json:"sha256"`
}

// Write makes an archive at path, which must not exist. fill adds the entries
// and may complete the manifest. The file gets its name only when it is whole
// and durable, and was read back without a fault; else nothing is left of it.
func Write(d disk.Disk, path string, m Manifest, fill func(*Writer, *Manifest) error) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return workflow.Errorf(workflow.Conflict, "There is already a file %s.", path).WithHint("Choose another name. Nothing was overwritten.")
	} else if !errors.Is(err, fs.ErrNotExist) {
		return unwritable(path, err)
	}
	part := path + Unfinished
	if err := d.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(path, err)
	}
	defer func() {
		if err != nil {
			if gone := d.Remove(part); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
				err = errors.Join(err, gone)
			}
		}
	}()
	if err := write(d, part, m, fill); err != nil {
		return explain(path, err)
	}
	r, err := Open(part)
	if err != nil {
		return err
	}
	if err := errors.Join(r.Check(), r.Close()); err != nil {
		return err
	}
	if err := d.Rename(part, path); err != nil {
		return unwritable(path, err)
	}
	if err := d.SyncDir(filepath.Dir(path)); err != nil {
		return unwritable(path, err)
	}
	return nil
}

func write(d disk.Disk, path string, m Manifest, fill func(*Writer, *Manifest) error) error {
	f, err := d.Create(path)
	if err != nil {
		return err
	}
	m.Format, m.Version, m.CreatedAt = formatName, formatVersion, m.CreatedAt.UTC()
	if m.Projects == nil {
		m.Projects = []Content{}
	}
	w := &Writer{zip: zip.NewWriter(f), at: m.CreatedAt, entries: []Entry{}}
	err = fill(w, &m)
	if err == nil {
		err = w.finish(m)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Writer adds entries to an archive.
type Writer struct {
	zip     *zip.Writer
	at      time.Time
	entries []Entry
}

// Add adds an entry, whose content fill writes. Packed says that it is
// compressed already.
func (w *Writer) Add(name string, packed bool, fill func(io.Writer) error) error {
	method := zip.Deflate
	if packed {
		method = zip.Store
	}
	out, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: w.at})
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	c := &counter{to: out, sum: sha256.New()}
	if err := fill(c); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	w.entries = append(w.entries, Entry{Name: name, Size: c.size, SHA256: hex.EncodeToString(c.sum.Sum(nil))})
	return nil
}

func (w *Writer) finish(m Manifest) error {
	m.Entries = w.entries
	out, err := w.zip.CreateHeader(&zip.FileHeader{Name: manifestName, Method: zip.Deflate, Modified: w.at})
	if err != nil {
		return fmt.Errorf("add the manifest: %w", err)
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return fmt.Errorf("add the manifest: %w", err)
	}
	return w.zip.Close()
}

// counter passes bytes on, and counts and sums them.
type counter struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.sum.Write(p[:n])
	c.size += int64(n)
	return n, err
}

// explain makes an error of the disk one for a person.
func explain(path string, err error) error {
	var known *workflow.Error
	if errors.As(err, &known) || errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		return unwritable(path, err)
	}
	return fmt.Errorf("write %s: %w", path, err)
}

func unwritable(path string, cause error) error {
	err := workflow.Errorf(workflow.Unavailable, "%s cannot be written.", path)
	err.Err = cause
	return err.WithHint("Check that the folder exists on a disk with free space and that you may write to it. Nothing was left there.")
}

package archive

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"plumbline/backend/workflow"
)

// Reader is an open archive. Nothing in it is trusted: a name is never used as a
// path, and no more is read of an entry than the manifest says.
type Reader struct {
	Manifest Manifest

	path    string
	zip     *zip.ReadCloser
	files   map[string]*zip.File
	entries map[string]Entry
}

// Open opens an archive and reads its manifest. A file that is none is Invalid,
// one of a newer Plumbline too. The caller closes it.
func Open(path string) (r *Reader, err error) {
	z, err := zip.OpenReader(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, workflow.Errorf(workflow.NotFound, "There is no file %s.", path).WithHint("Check the name and the folder.")
	case errors.As(err, new(*fs.PathError)):
		return nil, unreadable(path, err)
	case err != nil:
		return nil, foreign(path, err)
	}
	r = &Reader{path: path, zip: z, files: map[string]*zip.File{}, entries: map[string]Entry{}}
	if err := r.readManifest(); err != nil {
		return nil, errors.Join(err, z.Close())
	}
	return r, nil
}

func (r *Reader) readManifest() error {
	for _, f := range r.zip.File {
		if r.files[f.Name] != nil {
			return foreign(r.path, fmt.Errorf("%q is in it twice", f.Name))
		}
		r.files[f.Name] = f
	}
	f := r.files[manifestName]
	if f == nil || f.UncompressedSize64 > maxManifest {
		return foreign(r.path, nil)
	}
	in, err := f.Open()
	if err != nil {
		return foreign(r.path, err)
	}
	err = json.NewDecoder(io.LimitReader(in, maxManifest)).Decode(&r.Manifest)
	if err = errors.Join(err, in.Close()); err != nil || r.Manifest.Format != formatName {
		return foreign(r.path, err)
	}
	if r.Manifest.Version > formatVersion {
		return workflow.Errorf(workflow.Invalid, "%s was written by a newer Plumbline.", r.path).
			WithHint("Install the newest version of Plumbline. Nothing was changed.")
	}
	for _, e := range r.Manifest.Entries {
		r.entries[e.Name] = e
	}
	return nil
}

// Close closes the archive.
func (r *Reader) Close() error { return r.zip.Close() }

// Has reports whether there is an entry.
func (r *Reader) Has(name string) bool {
	_, ok := r.entries[name]
	return ok
}

// Read gives the content of an entry to use, which must read it to the end. It
// is an error when use returns one, or when the content was not what the
// manifest says: what use made of it is then worth nothing.
func (r *Reader) Read(name string, use func(io.Reader) error) error {
	e, listed := r.entries[name]
	f := r.files[name]
	if !listed || f == nil {
		return damaged(r.path, name, errors.New("it is missing"))
	}
	in, err := f.Open()
	if err != nil {
		return damaged(r.path, name, err)
	}
	sum := sha256.New()
	source := &faulty{from: in}
	bounded := &io.LimitedReader{R: io.TeeReader(source, sum), N: e.Size + 1}
	err = use(bounded)
	if err == nil {
		_, err = io.Copy(io.Discard, bounded)
		if err != nil || bounded.N != 1 || hex.EncodeToString(sum.Sum(nil)) != e.SHA256 {
			err = damaged(r.path, name, err)
		}
	} else if source.err != nil {
		err = damaged(r.path, name, source.err) // whatever use has made of that
	}
	return errors.Join(err, in.Close())
}

// faulty remembers why it could not be read to the end.
type faulty struct {
	from io.Reader
	err  error
}

func (f *faulty) Read(p []byte) (int, error) {
	n, err := f.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

// Check reads everything and compares it with the manifest.
func (r *Reader) Check() error {
	for _, e := range r.Manifest.Entries {
		if err := r.Read(e.Name, func(io.Reader) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

func unreadable(path string, cause error) error {
	err := workflow.Errorf(workflow.Unavailable, "%s cannot be read.", path)
	err.Err = cause
	return err.WithHint("Check that it is a file and that you may read it.")
}

func foreign(path string, cause error) error {
	err := workflow.Errorf(workflow.Invalid, "%s is not a backup or an exported project of Plumbline, or it is damaged.", path)
	err.Err = cause
	return err.WithHint("Choose a file that “plumbline backup” or “plumbline export” has written. Nothing was changed.")
}

func damaged(path, name string, cause error) error {
	err := workflow.Errorf(workflow.Invalid, "%s is damaged: %s is not what it was.", path, name)
	err.Err = cause
	return err.WithHint("Use another copy of it, or an older backup.")
}

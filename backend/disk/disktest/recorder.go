// Package disktest records what is done to a folder through [disk.Disk] and makes
// anew what a power cut may leave of it.
//
// A test works through a [Recorder] and puts marks where a caller was told that
// something is safe. The [Log] then gives, for any number of operations after
// which the power goes and any [Loss], the [State] of the folder, and can pretend
// that one of the syncs never happened. The model is that of a journaling file
// system without its kindnesses: content is durable once its file was synced, a
// name once its folder was, and everything else may have come to the disk or not,
// each by itself and in any order.
package disktest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"plumbline/backend/disk"
)

// Kind says what an operation does.
type Kind string

// The kinds of operations.
const (
	MakeDir Kind = "make dir"
	Create  Kind = "create"
	Write   Kind = "write"
	Sync    Kind = "sync"
	Rename  Kind = "rename"
	Remove  Kind = "remove"
	SyncDir Kind = "sync dir"
	Replace Kind = "replace" // content that others have written and synced; see [Recorder.Replaced]
	Mark    Kind = "mark"    // put in by the test
	Outside Kind = "outside" // what others did to the folder; see [Recorder.Outside]
)

// Op is one operation. Paths are relative to the folder and have slashes.
type Op struct {
	Kind Kind
	Path string // for a mark, its text
	To   string // of a rename

	node inode  // that is made, written, synced or moved
	dir  inode  // that holds the name
	into inode  // that holds the new name
	data []byte // that is written
	tree tree   // what is there after others were at work
}

// String describes an operation for the message of a test.
func (o Op) String() string {
	if o.Kind == Rename {
		return fmt.Sprintf("%s %s to %s", o.Kind, o.Path, o.To)
	}
	return fmt.Sprintf("%s %s", o.Kind, o.Path)
}

// Recorder is a disk that logs what is done to one folder. It does not really
// sync. It is safe for use by several goroutines.
type Recorder struct {
	real disk.Real
	root string

	mu    sync.Mutex
	start tree
	now   tree // what is there, as far as it is known
	next  inode
	ops   []Op
}

// New records what is done to a folder from now on. What is in it already is
// taken to be durable.
func New(root string) (*Recorder, error) {
	r := &Recorder{root: root, next: rootNode + 1}
	start, err := scan(root, &r.next)
	if err != nil {
		return nil, fmt.Errorf("record %s: %w", root, err)
	}
	r.start, r.now = start, start.clone()
	return r, nil
}

// Mark puts a text into the log: from here on, the caller knows something.
func (r *Recorder) Mark(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ops = append(r.ops, Op{Kind: Mark, Path: text})
}

// Replaced takes over what another program, such as a database, has written to a
// file and synced. The name of a file that was not known counts as made just now.
func (r *Recorder) Replaced(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	rel, dir, err := r.parent(name)
	if err != nil {
		return err
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	node, known := r.now.find(rel)
	switch {
	case !known:
		node = r.make(dir, path.Base(rel), false)
		r.ops = append(r.ops, Op{Kind: Create, Path: rel, node: node, dir: dir})
	case bytes.Equal(r.now[node].data, content):
		return nil
	}
	r.now[node].data = content
	r.ops = append(r.ops, Op{Kind: Replace, Path: rel, node: node, data: content})
	return nil
}

// Outside takes over what other programs have done to the folder meanwhile. From
// here on everything in it counts as durable.
func (r *Recorder) Outside() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, err := scan(r.root, &r.next)
	if err != nil {
		return fmt.Errorf("look at %s again: %w", r.root, err)
	}
	r.now = found.clone()
	r.ops = append(r.ops, Op{Kind: Outside, tree: found})
	return nil
}

// Log returns what has been done so far.
func (r *Recorder) Log() Log {
	r.mu.Lock()
	defer r.mu.Unlock()
	return Log{start: r.start, ops: r.ops[:len(r.ops):len(r.ops)], next: r.next, missed: -1}
}

// MakeDir implements [disk.Disk].
func (r *Recorder) MakeDir(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	rel, err := r.relative(name)
	if err != nil {
		return err
	}
	if err := r.real.MakeDir(name); err != nil {
		return err
	}
	at := ""
	for part := range strings.SplitSeq(rel, "/") {
		dir, _ := r.now.find(at)
		if at = path.Join(at, part); part != "." && !r.now.has(dir, part) {
			r.ops = append(r.ops, Op{Kind: MakeDir, Path: at, node: r.make(dir, part, true), dir: dir})
		}
	}
	return nil
}

// Create implements [disk.Disk].
func (r *Recorder) Create(name string) (disk.File, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rel, dir, err := r.parent(name)
	if err != nil {
		return nil, err
	}
	f, err := r.real.Create(name)
	if err != nil {
		return nil, err
	}
	made := r.make(dir, path.Base(rel), false)
	r.ops = append(r.ops, Op{Kind: Create, Path: rel, node: made, dir: dir})
	return &file{File: f, on: r, rel: rel, node: made}, nil
}

// Rename implements [disk.Disk].
func (r *Recorder) Rename(from, to string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	relFrom, dir, err := r.parent(from)
	if err != nil {
		return err
	}
	relTo, into, err := r.parent(to)
	if err != nil {
		return err
	}
	if err := r.real.Rename(from, to); err != nil {
		return err
	}
	moved, ok := r.now.find(relFrom)
	if !ok {
		return fmt.Errorf("%s was not made through the recorder", relFrom)
	}
	op := Op{Kind: Rename, Path: relFrom, To: relTo, node: moved, dir: dir, into: into}
	r.now.leave(op)
	r.now.arrive(op)
	r.ops = append(r.ops, op)
	return nil
}

// Remove implements [disk.Disk].
func (r *Recorder) Remove(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.real.Remove(name); err != nil {
		return err
	}
	rel, dir, err := r.parent(name)
	if err != nil {
		return err
	}
	delete(r.now[dir].names, path.Base(rel))
	r.ops = append(r.ops, Op{Kind: Remove, Path: rel, dir: dir})
	return nil
}

// SyncDir implements [disk.Disk].
func (r *Recorder) SyncDir(name string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, err := os.Stat(name); err != nil {
		return err
	}
	rel, err := filepath.Rel(r.root, name)
	if err != nil {
		return err
	}
	// Folders above the recorded one are taken to be durable.
	if dir, ok := r.now.find(filepath.ToSlash(rel)); ok && filepath.IsLocal(rel) {
		r.ops = append(r.ops, Op{Kind: SyncDir, Path: filepath.ToSlash(rel), node: dir})
	}
	return nil
}

// file is a new file that is being written.
type file struct {
	disk.File
	on   *Recorder
	rel  string
	node inode
}

func (f *file) Write(p []byte) (int, error) {
	f.on.mu.Lock()
	defer f.on.mu.Unlock()
	n, err := f.File.Write(p)
	if n > 0 {
		now := f.on.now[f.node]
		now.data = append(now.data, p[:n]...)
		f.on.ops = append(f.on.ops, Op{Kind: Write, Path: f.rel, node: f.node, data: bytes.Clone(p[:n])})
	}
	return n, err
}

func (f *file) Sync() error {
	f.on.mu.Lock()
	defer f.on.mu.Unlock()
	f.on.ops = append(f.on.ops, Op{Kind: Sync, Path: f.rel, node: f.node})
	return nil
}

// make adds a node to what is there.
func (r *Recorder) make(dir inode, name string, isDir bool) inode {
	made := &node{}
	if isDir {
		made.names = map[string]inode{}
	}
	r.now[r.next] = made
	r.now[dir].names[name] = r.next
	r.next++
	return r.next - 1
}

// relative is a path within the folder.
func (r *Recorder) relative(name string) (string, error) {
	rel, err := filepath.Rel(r.root, name)
	if err != nil {
		return "", err
	}
	if !filepath.IsLocal(rel) {
		return "", fmt.Errorf("%s is not within %s: %w", name, r.root, fs.ErrInvalid)
	}
	return filepath.ToSlash(rel), nil
}

// parent returns the folder that holds a name.
func (r *Recorder) parent(name string) (rel string, dir inode, err error) {
	if rel, err = r.relative(name); err != nil {
		return "", 0, err
	}
	dir, ok := r.now.find(path.Dir(rel))
	if !ok {
		return "", 0, &fs.PathError{Op: "find", Path: name, Err: fs.ErrNotExist}
	}
	return rel, dir, nil
}

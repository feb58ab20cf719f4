package history

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/workflow"
)

// folder is a tree that can be changed. Those below are read when they are
// needed, and only changed ones are written.
type folder struct {
	hash    plumbing.Hash // as it was read or written last; zero for a new one
	entries []entry       // in git's order; nil until it has been read
	changed bool
}

// entry is a file or a folder within a folder.
type entry struct {
	treeEntry
	folder *folder // nil for a file
}

// The modes of what is written.
var (
	fileMode = []byte("100644")
	dirMode  = []byte("40000")
)

// loader reads the content of a tree.
type loader func(plumbing.Hash) ([]byte, error)

// newFolder is a folder without entries.
func newFolder() *folder { return &folder{entries: []entry{}, changed: true} }

// open reads the entries of a folder, if that has not been done.
func (f *folder) open(load loader) error {
	if f.entries != nil {
		return nil
	}
	tree, err := load(f.hash)
	if err != nil {
		return err
	}
	entries := make([]entry, 0, len(tree)/(len(f.hash)+len(fileMode)))
	for len(tree) > 0 {
		var e treeEntry
		if e, tree, err = nextEntry(tree); err != nil {
			return fmt.Errorf("read tree %s: %w", f.hash, err)
		}
		kept := entry{treeEntry: e}
		if e.isDir() {
			kept.folder = &folder{hash: e.hash}
		}
		entries = append(entries, kept)
	}
	f.entries = entries
	return nil
}

// find returns where an entry is, or where one of that kind would have to be.
func (f *folder) find(name string, dir bool) (at int, found bool) {
	e := treeEntry{mode: fileMode, name: []byte(name)}
	other := treeEntry{mode: dirMode, name: e.name}
	if dir {
		e, other = other, e
	}
	search := func(e treeEntry) (int, bool) {
		return slices.BinarySearchFunc(f.entries, e, func(a entry, b treeEntry) int { return compareEntries(a.treeEntry, b) })
	}
	if at, found = search(other); found { // one name is never both
		return at, true
	}
	return search(e)
}

// set puts a file into a folder, making those between.
func (f *folder) set(path string, blob plumbing.Hash, load loader) error {
	if err := f.open(load); err != nil {
		return err
	}
	f.changed = true
	name, rest, below := strings.Cut(path, "/")
	at, found := f.find(name, below)
	switch {
	case found && below && f.entries[at].folder == nil:
		return workflow.Errorf(workflow.Invalid, "%s is a file in the history and cannot become a folder.", name)
	case found && !below && f.entries[at].folder != nil:
		return workflow.Errorf(workflow.Invalid, "%s is a folder in the history and cannot become a file.", name)
	case !below:
		made := entry{treeEntry: treeEntry{mode: fileMode, name: []byte(name), hash: blob}}
		if found {
			f.entries[at] = made
		} else {
			f.entries = slices.Insert(f.entries, at, made)
		}
		return nil
	case !found:
		made := entry{treeEntry: treeEntry{mode: dirMode, name: []byte(name)}, folder: newFolder()}
		f.entries = slices.Insert(f.entries, at, made)
	}
	return f.entries[at].folder.set(rest, blob, load)
}

// remove takes a file out of a folder, and the folders that this leaves empty.
// A file that is not there is fine.
func (f *folder) remove(path string, load loader) error {
	if err := f.open(load); err != nil {
		return err
	}
	name, rest, below := strings.Cut(path, "/")
	at, found := f.find(name, below)
	if !found || below != (f.entries[at].folder != nil) {
		return nil
	}
	if below {
		inner := f.entries[at].folder
		if err := inner.remove(rest, load); err != nil {
			return err
		}
		if !inner.changed {
			return nil
		}
		if len(inner.entries) > 0 {
			f.changed = true
			return nil
		}
	}
	f.entries = slices.Delete(f.entries, at, at+1)
	f.changed = true
	return nil
}

// write adds the changed trees to a batch and returns the name of this one. Their
// order is always the same, so that the same commits make the same pack.
func (f *folder) write(b *batch) plumbing.Hash {
	if !f.changed {
		return f.hash
	}
	size := 0
	for i := range f.entries {
		e := &f.entries[i]
		if e.folder != nil {
			e.hash = e.folder.write(b)
		}
		size += len(e.mode) + len(e.name) + len(e.hash) + 2
	}
	tree := make([]byte, 0, size)
	for _, e := range f.entries {
		tree = append(append(append(tree, e.mode...), ' '), e.name...)
		tree = append(append(tree, 0), e.hash[:]...)
	}
	f.hash, f.changed = b.add(plumbing.TreeObject, tree), false
	return f.hash
}

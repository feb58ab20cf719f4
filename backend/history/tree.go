package history

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"plumbline/backend/workflow"
)

// folder is a tree that can be changed. Those below are read when they are
// needed, and only changed ones are written.
type folder struct {
	hash    plumbing.Hash     // as it was read or written last; zero for a new one
	entries map[string]*entry // nil until it has been read
	changed bool
}

// entry is a file or a folder within a folder.
type entry struct {
	mode   filemode.FileMode
	hash   plumbing.Hash // of a file
	folder *folder       // nil for a file
}

// loader reads the content of a tree.
type loader func(plumbing.Hash) ([]byte, error)

// newFolder is a folder without entries.
func newFolder() *folder { return &folder{entries: map[string]*entry{}, changed: true} }

// open reads the entries of a folder, if that has not been done.
func (f *folder) open(load loader) error {
	if f.entries != nil {
		return nil
	}
	tree, err := load(f.hash)
	if err != nil {
		return err
	}
	entries := map[string]*entry{}
	for len(tree) > 0 {
		var e treeEntry
		if e, tree, err = nextEntry(tree); err != nil {
			return fmt.Errorf("read tree %s: %w", f.hash, err)
		}
		mode, err := filemode.New(string(e.mode))
		if err != nil {
			return fmt.Errorf("read tree %s: %w", f.hash, err)
		}
		kept := &entry{mode: mode, hash: e.hash}
		if e.isDir() {
			kept.folder = &folder{hash: e.hash}
		}
		entries[string(e.name)] = kept
	}
	f.entries = entries
	return nil
}

// set puts a file into a folder, making those between.
func (f *folder) set(path string, blob plumbing.Hash, load loader) error {
	if err := f.open(load); err != nil {
		return err
	}
	f.changed = true
	name, rest, below := strings.Cut(path, "/")
	found := f.entries[name]
	if !below {
		if found != nil && found.folder != nil {
			return workflow.Errorf(workflow.Invalid, "%s is a folder in the history and cannot become a file.", name)
		}
		f.entries[name] = &entry{mode: filemode.Regular, hash: blob}
		return nil
	}
	if found == nil {
		found = &entry{mode: filemode.Dir, folder: newFolder()}
		f.entries[name] = found
	}
	if found.folder == nil {
		return workflow.Errorf(workflow.Invalid, "%s is a file in the history and cannot become a folder.", name)
	}
	return found.folder.set(rest, blob, load)
}

// remove takes a file out of a folder, and the folders that this leaves empty.
// A file that is not there is fine.
func (f *folder) remove(path string, load loader) error {
	if err := f.open(load); err != nil {
		return err
	}
	name, rest, below := strings.Cut(path, "/")
	found := f.entries[name]
	if found == nil || below != (found.folder != nil) {
		return nil
	}
	if below {
		if err := found.folder.remove(rest, load); err != nil {
			return err
		}
		if !found.folder.changed {
			return nil
		}
		if len(found.folder.entries) > 0 {
			f.changed = true
			return nil
		}
	}
	delete(f.entries, name)
	f.changed = true
	return nil
}

// write adds the changed trees to a batch and returns the name of this one. Their
// order is always the same, so that the same commits make the same pack.
func (f *folder) write(b *batch) (plumbing.Hash, error) {
	if !f.changed {
		return f.hash, nil
	}
	if err := f.writeBelow(b); err != nil {
		return plumbing.ZeroHash, err
	}
	tree := object.Tree{Entries: make([]object.TreeEntry, 0, len(f.entries))}
	for name, e := range f.entries {
		tree.Entries = append(tree.Entries, object.TreeEntry{Name: name, Mode: e.mode, Hash: e.hash})
	}
	sort.Sort(object.TreeEntrySorter(tree.Entries))
	hash, err := b.addEncoded(&tree)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	f.hash, f.changed = hash, false
	return hash, nil
}

// writeBelow adds the changed folders of a folder to a batch.
func (f *folder) writeBelow(b *batch) error {
	changed := []string{}
	for name, e := range f.entries {
		if e.folder != nil && e.folder.changed {
			changed = append(changed, name)
		} else if e.folder != nil {
			e.hash = e.folder.hash
		}
	}
	slices.Sort(changed)
	for _, name := range changed {
		e := f.entries[name]
		hash, err := e.folder.write(b)
		if err != nil {
			return err
		}
		e.hash = hash
	}
	return nil
}

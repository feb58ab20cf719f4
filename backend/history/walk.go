package history

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/workflow"
)

// maxNesting bounds how deep folders lie within one another. A path of a document
// cannot have more.
const maxNesting = 256

// Change is what a commit has made of a file.
type Change struct {
	Path string
	Blob string // object name; empty when the file was removed
}

// Step is a commit on the way from the first to the last.
type Step struct {
	Commit  string
	Tree    string
	Author  workflow.Author
	At      time.Time // when it was written, in UTC
	Message string    // without the line feed at its end
	Changed []Change  // against the step before, in the order of their paths
}

// Projects returns the ids of the projects that have a history folder, but for
// those that the caller knows.
func (h *History) Projects(known ...string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(h.root, "projects"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for histories: %w", err)
	}
	ids := []string{}
	for _, e := range entries {
		if slices.Contains(known, e.Name()) {
			continue
		}
		if info, err := os.Stat(h.Dir(e.Name())); err == nil && info.IsDir() && workflow.CheckID(e.Name()) == nil {
			ids = append(ids, e.Name())
		}
	}
	return ids, nil
}

// Walk calls fn for every commit from the first to tip. Of a commit that joins
// several, only the first parent is followed. An error of fn ends the walk and is
// returned. An object that is not there is NotFound.
func (h *History) Walk(ctx context.Context, projectID, tip string, fn func(Step) error) error {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return err
	}
	to, err := parseName(tip)
	if err != nil {
		return err
	}
	line, err := r.firstParents(ctx, to)
	if err != nil {
		return fmt.Errorf("walk the history of %s: %w", projectID, err)
	}
	before := plumbing.ZeroHash
	for i := len(line) - 1; i >= 0; i-- {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("walk the history of %s: %w", projectID, err)
		}
		s, tree, err := r.step(line[i], before)
		if err != nil {
			return fmt.Errorf("read commit %s of %s: %w", line[i], projectID, err)
		}
		if err := fn(s); err != nil {
			return err
		}
		before = tree
	}
	return nil
}

// firstParents returns the commits from tip to the first one.
func (r *repo) firstParents(ctx context.Context, tip plumbing.Hash) ([]plumbing.Hash, error) {
	line := []plumbing.Hash{}
	for next := tip; !next.IsZero(); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, err := r.commitInfo(next)
		if err != nil {
			return nil, err
		}
		line = append(line, next)
		if next = plumbing.ZeroHash; len(c.parents) > 0 {
			next = c.parents[0]
		}
	}
	return line, nil
}

// step reads a commit that comes after a tree; the zero name for none.
func (r *repo) step(hash, before plumbing.Hash) (Step, plumbing.Hash, error) {
	c, err := r.commitInfo(hash)
	if err != nil {
		return Step{}, c.tree, err
	}
	s := Step{Commit: hash.String(), Tree: c.tree.String(), Author: author(c.name, c.email), At: c.at, Message: c.message, Changed: []Change{}}
	err = r.diffTrees(before, c.tree, func(path string, old, now treeEntry) error {
		if old.isFile() || now.isFile() { // a link to another repository is no document
			s.Changed = append(s.Changed, Change{Path: path, Blob: name(now.hash)})
		}
		return nil
	})
	return s, c.tree, err
}

// Files returns the files of a commit below a folder, or all of them if prefix is
// empty, with the names of their blobs by path.
func (h *History) Files(ctx context.Context, projectID, commit, prefix string) (map[string]string, error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return nil, err
	}
	of, err := parseName(commit)
	if err != nil {
		return nil, err
	}
	c, err := r.commitInfo(of)
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", commit, err)
	}
	files := map[string]string{}
	tree, prefix := c.tree, strings.Trim(prefix, "/")
	if prefix != "" {
		if tree, err = r.subtree(tree, prefix); err != nil || tree.IsZero() {
			return files, err
		}
		prefix += "/"
	}
	err = r.diffTrees(plumbing.ZeroHash, tree, func(path string, _, now treeEntry) error {
		if now.isFile() {
			files[prefix+path] = now.hash.String()
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the files of %s: %w", commit, err)
	}
	return files, nil
}

// subtree returns the tree of a folder; the zero name when there is none.
func (r *repo) subtree(tree plumbing.Hash, path string) (plumbing.Hash, error) {
	for part := range strings.SplitSeq(path, "/") {
		content, err := r.read(plumbing.TreeObject, tree)
		if err != nil {
			return tree, r.known(err, tree)
		}
		tree = plumbing.ZeroHash
		for len(content) > 0 {
			var e treeEntry
			if e, content, err = nextEntry(content); err != nil {
				return tree, err
			}
			if e.isDir() && string(e.name) == part {
				tree = e.hash
			}
		}
		if tree.IsZero() {
			break
		}
	}
	return tree, nil
}

// known makes an object that is not there NotFound.
func (r *repo) known(err error, hash plumbing.Hash) error {
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return r.missing(err, hash)
	}
	return err
}

// diffTrees calls fn for each file that differs between two trees, in the order
// of paths; an entry without a name stands for none. Either tree may be the zero
// name. Trees that are the same are not read.
func (r *repo) diffTrees(before, now plumbing.Hash, fn func(path string, before, now treeEntry) error) error {
	return r.diffBelow("", before, now, 0, func(path string, before, now treeEntry) error {
		if before.isDir() || now.isDir() {
			return nil
		}
		return fn(path, before, now)
	})
}

// diffBelow calls fn also for folders, before what is in them.
func (r *repo) diffBelow(prefix string, before, now plumbing.Hash, depth int, fn func(path string, before, now treeEntry) error) error {
	if before == now {
		return nil
	}
	if depth > maxNesting {
		return workflow.Errorf(workflow.Invalid, "The folder %.80s… in %s lies too deep.", prefix, r.dir)
	}
	old, err := r.treeContent(before)
	if err != nil {
		return err
	}
	current, err := r.treeContent(now)
	if err != nil {
		return err
	}
	return eachDifference(old, current, func(a, b treeEntry) error {
		path := prefix + string(b.name)
		if b.name == nil {
			path = prefix + string(a.name)
		}
		if err := fn(path, a, b); err != nil {
			return err
		}
		var from, to plumbing.Hash
		if a.isDir() {
			from = a.hash
		}
		if b.isDir() {
			to = b.hash
		}
		return r.diffBelow(path+"/", from, to, depth+1, fn)
	})
}

func (r *repo) treeContent(tree plumbing.Hash) ([]byte, error) {
	if tree.IsZero() {
		return nil, nil
	}
	content, err := r.read(plumbing.TreeObject, tree)
	if err != nil {
		return nil, fmt.Errorf("read tree %s: %w", tree, r.known(err, tree))
	}
	return content, nil
}

// eachDifference compares two trees entry by entry. A name that is a file in one
// and a folder in the other counts as two.
func eachDifference(before, now []byte, fn func(before, now treeEntry) error) error {
	for len(before) > 0 || len(now) > 0 {
		a, restA, err := nextEntry(before)
		if err != nil {
			return err
		}
		b, restB, err := nextEntry(now)
		if err != nil {
			return err
		}
		switch order := compareEntries(a, b); {
		case order == 0:
			before, now = restA, restB
			if a.hash == b.hash && bytes.Equal(a.mode, b.mode) {
				continue
			}
		case order < 0:
			before, b = restA, treeEntry{}
		default:
			now, a = restB, treeEntry{}
		}
		if err := fn(a, b); err != nil {
			return err
		}
	}
	return nil
}

package history

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/workflow"
)

// reached is what a commit rests on, and of which kind it is.
type reached map[plumbing.Hash]plumbing.ObjectType

// add adds an object and reports whether it is new.
func (all reached) add(hash plumbing.Hash, kind plumbing.ObjectType) (bool, error) {
	known, ok := all[hash]
	if ok && known != kind {
		return false, workflow.Errorf(workflow.Invalid, "The object %s is used as a %s and as a %s.", hash, known, kind)
	}
	all[hash] = kind
	return !ok, nil
}

// reachable returns all that a commit rests on. It calls check for each commit,
// with an empty path, and for each folder.
func (r *repo) reachable(ctx context.Context, tip plumbing.Hash, check func(path string, content []byte) error) (reached, error) {
	all := reached{tip: plumbing.CommitObject}
	for queue := []plumbing.Hash{tip}; len(queue) > 0; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hash := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		content, err := r.read(plumbing.CommitObject, hash)
		if err != nil {
			return nil, r.known(err, hash)
		}
		c, err := parseCommit(content)
		if err == nil {
			err = check("", content)
		}
		if err == nil {
			err = r.reachableTree(all, c.tree, "/", check)
		}
		for _, p := range c.parents {
			if fresh, wrong := all.add(p, plumbing.CommitObject); fresh {
				queue = append(queue, p)
			} else {
				err = errors.Join(err, wrong)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("read commit %s: %w", hash, err)
		}
	}
	return all, nil
}

// reachableTree adds a tree and what is in it, unless that was done already.
func (r *repo) reachableTree(all reached, tree plumbing.Hash, path string, check func(string, []byte) error) error {
	if fresh, err := all.add(tree, plumbing.TreeObject); err != nil || !fresh {
		return err
	}
	content, err := r.treeContent(tree)
	if err == nil {
		err = check(path, content)
	}
	if err == nil && strings.Count(path, "/") > maxNesting {
		err = workflow.Errorf(workflow.Invalid, "The folder %.80s… lies too deep.", path)
	}
	for err == nil && len(content) > 0 {
		var e treeEntry
		if e, content, err = nextEntry(content); err != nil {
			break
		}
		switch {
		case e.isDir():
			err = r.reachableTree(all, e.hash, path+string(e.name)+"/", check)
		case e.isFile():
			_, err = all.add(e.hash, plumbing.BlobObject)
		}
	}
	return err
}

package disktest

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// inode names a file or a folder whatever it is called.
type inode int

const rootNode inode = 0

// node is a file or, if it has names, a folder.
type node struct {
	data  []byte
	names map[string]inode
}

// tree is what is in a folder. Nodes may be in it that no name leads to.
type tree map[inode]*node

// scan reads a folder. New nodes are numbered from next.
func scan(root string, next *inode) (tree, error) {
	found := tree{rootNode: {names: map[string]inode{}}}
	err := filepath.WalkDir(root, func(name string, d os.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		dir, _ := found.find(path.Dir(filepath.ToSlash(rel)))
		made := &node{}
		if d.IsDir() {
			made.names = map[string]inode{}
		} else if made.data, err = os.ReadFile(name); err != nil {
			return err
		}
		found[*next] = made
		found[dir].names[d.Name()] = *next
		*next++
		return nil
	})
	return found, err
}

// clone copies a tree; the content of files is shared.
func (t tree) clone() tree {
	c := make(tree, len(t))
	for id, n := range t {
		c[id] = &node{data: n.data, names: maps.Clone(n.names)}
	}
	return c
}

// find follows a path from the root.
func (t tree) find(rel string) (inode, bool) {
	at := rootNode
	for part := range strings.SplitSeq(rel, "/") {
		if part == "" || part == "." {
			continue
		}
		next, ok := t[at].names[part]
		if !ok {
			return 0, false
		}
		at = next
	}
	return at, true
}

func (t tree) has(dir inode, name string) bool {
	_, ok := t[dir].names[name]
	return ok
}

// leave takes the old name of what is moved away.
func (t tree) leave(op Op) {
	if name := path.Base(op.Path); t[op.dir].names[name] == op.node {
		delete(t[op.dir].names, name)
	}
}

// arrive gives what is moved its new name.
func (t tree) arrive(op Op) { t[op.into].names[path.Base(op.To)] = op.node }

// files lists the files, and the folders with a slash at the end, by path.
func (t tree) files() map[string][]byte {
	all := map[string][]byte{}
	var walk func(prefix string, dir inode)
	walk = func(prefix string, dir inode) {
		for name, id := range t[dir].names {
			if n := t[id]; n.names != nil {
				all[prefix+name+"/"] = nil
				walk(prefix+name+"/", id)
			} else {
				all[prefix+name] = n.data
			}
		}
	}
	walk("", rootNode)
	return all
}

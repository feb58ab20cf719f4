package history

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/history/internal/gitpack"
)

// commitInfo is what a commit says.
type commitInfo struct {
	tree        plumbing.Hash
	parents     []plumbing.Hash
	name, email string // of the author
	at          time.Time
	committed   time.Time
	message     string
}

// commitInfo reads a commit; NotFound when it is not there.
func (r *repo) commitInfo(hash plumbing.Hash) (commitInfo, error) {
	content, err := r.read(plumbing.CommitObject, hash)
	if err != nil {
		return commitInfo{}, r.known(err, hash)
	}
	c, err := parseCommit(content)
	if err != nil {
		return c, fmt.Errorf("read commit %s: %w", hash, err)
	}
	return c, nil
}

// parseCommit reads the content of a commit. Lines that it does not know, such as
// signatures, are passed over.
func parseCommit(content []byte) (commitInfo, error) {
	var c commitInfo
	head, message, _ := strings.Cut(string(content), "\n\n")
	c.message = strings.TrimSuffix(message, "\n")
	for i, line := range strings.Split(head, "\n") {
		key, value, _ := strings.Cut(line, " ")
		switch {
		case (key == "tree" || key == "parent") && !plumbing.IsHash(value), i == 0 && key != "tree":
			return c, fmt.Errorf("%w: the commit has a line without sense: %.80q", gitpack.ErrDamaged, line)
		case i == 0:
			c.tree = plumbing.NewHash(value)
		case key == "parent":
			c.parents = append(c.parents, plumbing.NewHash(value))
		case key == "author":
			c.name, c.email, c.at = parseSignature(value)
		case key == "committer":
			_, _, c.committed = parseSignature(value)
		}
	}
	return c, nil
}

// parseSignature reads “name <email> seconds zone”. What it cannot read stays
// empty, and the time 1970.
func parseSignature(text string) (name, email string, at time.Time) {
	name, rest, _ := strings.Cut(text, "<")
	email, when, _ := strings.Cut(rest, ">")
	number, _, _ := strings.Cut(strings.TrimSpace(when), " ")
	seconds, err := strconv.ParseInt(number, 10, 64)
	if err != nil || seconds > 1<<40 || seconds < -1<<40 {
		seconds = 0
	}
	return strings.TrimSpace(name), strings.TrimSpace(email), time.Unix(seconds, 0).UTC()
}

// treeEntry is a file or a folder in a tree; without a name it is none.
type treeEntry struct {
	mode, name []byte
	hash       plumbing.Hash
}

func (e treeEntry) isDir() bool { return string(e.mode) == "40000" }

// isFile reports whether an entry has a blob: a file or a symbolic link.
func (e treeEntry) isFile() bool {
	return bytes.HasPrefix(e.mode, []byte("1")) && string(e.mode) != "160000"
}

// nextEntry reads the first entry of a tree; none from an empty one.
func nextEntry(tree []byte) (e treeEntry, rest []byte, err error) {
	if len(tree) == 0 {
		return e, nil, nil
	}
	mode, rest, ok := bytes.Cut(tree, []byte(" "))
	name, rest, ok2 := bytes.Cut(rest, []byte{0})
	if !ok || !ok2 || len(rest) < len(e.hash) || len(name) == 0 {
		return e, nil, fmt.Errorf("%w: a tree has an entry without sense: %.40q", gitpack.ErrDamaged, tree)
	}
	return treeEntry{mode: mode, name: name, hash: plumbing.Hash(rest[:len(e.hash)])}, rest[len(e.hash):], nil
}

// compareEntries orders entries as git does, in which a folder stands as if its
// name ended with a slash. None comes last.
func compareEntries(a, b treeEntry) int {
	switch {
	case a.name == nil && b.name == nil:
		return 0
	case a.name == nil:
		return 1
	case b.name == nil:
		return -1
	}
	n := min(len(a.name), len(b.name))
	if order := bytes.Compare(a.name[:n], b.name[:n]); order != 0 {
		return order
	}
	return int(a.byteAt(n)) - int(b.byteAt(n))
}

// byteAt is a byte of the name, or what stands for its end.
func (e treeEntry) byteAt(i int) byte {
	switch {
	case i < len(e.name):
		return e.name[i]
	case e.isDir():
		return '/'
	}
	return 0
}

package store

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"plumbline/backend/workflow"
)

// Tx is one look at the database, or one change of it. It belongs to the call
// of View or Update that made it. All slices and maps it returns are non-nil
// and the caller's own; all times are UTC.
type Tx struct {
	store *Store
	bolt  *bolt.Tx
	notes map[string]*note // by project; nil in View
}

// note gathers what a transaction changes in the repository of one project.
type note struct {
	described bool
	author    workflow.Author
	at        time.Time
	message   string
	files     map[string]workflow.File // by path
	versions  []workflow.VersionKey
	ended     []string // runs whose record and texts are to be noted
}

// note returns what has been noted for a project so far.
func (tx *Tx) note(projectID string) (*note, error) {
	if tx.notes == nil {
		return nil, fmt.Errorf("change project %s: %w", projectID, bolterrors.ErrTxNotWritable)
	}
	if err := workflow.CheckID(projectID); err != nil {
		return nil, err
	}
	n := tx.notes[projectID]
	if n == nil {
		n = &note{files: map[string]workflow.File{}}
		tx.notes[projectID] = n
	}
	return n, nil
}

// Describe says by whom, when and why this transaction changes the pages of a
// project: it becomes the commit's author, time and message. It is required, at
// any point of the transaction, when something of the project is projected to
// git, and does nothing otherwise. A zero time means now.
func (tx *Tx) Describe(projectID string, author workflow.Author, at time.Time, message string) error {
	n, err := tx.note(projectID)
	if err != nil {
		return err
	}
	if at.IsZero() {
		at = tx.store.now()
	}
	n.described, n.author, n.at, n.message = true, author, at.UTC(), message
	return nil
}

// File notes a page for the commit of this transaction that is no artifact:
// gates.md, a run's page, project.md. It is written as a whole.
func (tx *Tx) File(projectID, path, content string) error {
	n, err := tx.note(projectID)
	if err != nil {
		return err
	}
	if err := tx.claim(projectID, path); err != nil {
		return err
	}
	if _, ok, err := tx.headNumber(projectID, path); err != nil {
		return err
	} else if ok {
		return workflow.Errorf(workflow.Internal, "%s is an artifact; it changes by a new version only.", path)
	}
	n.files[path] = workflow.File{Path: path, Content: []byte(content)}
	return nil
}

// recordDir is where the records of projected buckets are in a repository.
const recordDir = ".plumbline"

// project notes the file of a record of a projected bucket.
func (tx *Tx) project(projectID string, name bucketName, id string, record any) error {
	n, err := tx.note(projectID)
	if err != nil {
		return err
	}
	content, err := json.MarshalIndent(record, "", "  ")
	if err != nil {
		return fmt.Errorf("encode %s %s: %w", name, id, err)
	}
	path := recordPath(name, id) + ".json"
	n.files[path] = workflow.File{Path: path, Content: append(content, '\n')}
	return nil
}

// recordPath is the path of a record's file, without its ending.
func recordPath(name bucketName, id string) string {
	shard := id
	if len(id) > 2 {
		shard = id[len(id)-2:]
	}
	return strings.Join([]string{recordDir, string(name), shard, id}, "/")
}

// hashID names the file of a record that is kept by a path or a phase.
func hashID(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// claim takes a path for a page, once and for all. It refuses what git or some
// file system could not hold beside the pages that are there.
func (tx *Tx) claim(projectID, path string) error {
	if err := workflow.CheckPath(path); err != nil {
		return err
	}
	folded := strings.ToLower(path)
	if folded == recordDir || strings.HasPrefix(folded, recordDir+"/") {
		return workflow.Errorf(workflow.Invalid, "The path %q cannot be used: Plumbline keeps its own records there.", path)
	}
	taken, ok, err := tx.getText(bucketPage, key(projectID, folded))
	switch {
	case err != nil:
		return err
	case ok && taken == path:
		return nil
	case ok:
		return clash(path, taken)
	}
	for i := range len(folded) {
		if folded[i] != '/' {
			continue
		}
		if taken, ok, err := tx.getText(bucketPage, key(projectID, folded[:i])); err != nil || ok {
			return orClash(err, path, taken)
		}
	}
	below, err := tx.keys(bucketPage, append(key(projectID, folded), '/'))
	if err != nil {
		return err
	}
	if len(below) > 0 {
		return clash(path, lastPart(below[0]))
	}
	_, err = tx.putText(bucketPage, key(projectID, folded), path)
	return err
}

func orClash(err error, path, taken string) error {
	if err != nil {
		return err
	}
	return clash(path, taken)
}

func clash(path, taken string) error {
	return workflow.Errorf(workflow.Conflict, "%s cannot be written beside %s: some systems cannot hold both.", path, taken).
		WithHint("Choose another name.")
}

// flush writes one outbox record for each project whose pages changed.
func (tx *Tx) flush() error {
	for _, id := range slices.Sorted(maps.Keys(tx.notes)) {
		n := tx.notes[id]
		if err := tx.projectEnded(id, n); err != nil {
			return err
		}
		if len(n.files) == 0 {
			continue
		}
		if !n.described {
			return workflow.Errorf(workflow.Internal, "A change of project %s says neither who made it nor why.", id)
		}
		commit := workflow.Commit{
			ProjectID: id, At: n.at, Author: n.author, Message: n.message,
			Files: []workflow.File{}, Versions: n.versions,
		}
		if commit.Versions == nil {
			commit.Versions = []workflow.VersionKey{}
		}
		for _, path := range slices.Sorted(maps.Keys(n.files)) {
			commit.Files = append(commit.Files, n.files[path])
		}
		if err := tx.post(commit); err != nil {
			return err
		}
	}
	return nil
}

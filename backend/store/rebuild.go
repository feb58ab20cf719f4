package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// rebuildBytes bounds what one transaction of a rebuild writes.
const rebuildBytes = 2 << 20

// Changed is a file that a commit has changed against its first parent.
type Changed struct {
	Path string
	// Blob is the object name of the new content; empty when the file is gone.
	Blob string
}

// Rebuilt is what a rebuild has brought back.
type Rebuilt struct {
	Project workflow.Project
	// Records counts the records of each projected bucket.
	Records map[string]int
	// Lost names what could not be brought back, and why.
	Lost []Fault
	// Differs are the artifacts whose text at the end of the history is not that of
	// their newest version: somebody else has committed.
	Differs []string
}

// Rebuild makes the records of one project anew from its history: the inverse
// of the projection. It is fed the commits from the root to the tip, along
// first parents, and writes in short transactions. Until Finish, there is no such
// project for anybody else; a rebuild that was broken off is begun anew.
//
// Records that name another project are adopted: the project is a copy of that
// one. Their runs get ids of their own, always the same ones for the same
// project, so that the original can live beside the copy. A gate's word that a
// stale text is still valid rests on the id of a run and must be given again.
type Rebuild struct {
	store *Store
	id    string
	read  func(blob string) (string, error)

	rebuilt Rebuilt
	tip     string
	blobs   map[string]string // by path, of the documents at tip
	heads   map[string]newest // by path
	adopted map[string]string // new ids of runs by their old ones
	project []byte            // the newest record of the project itself
	waiting []func(*Tx) error // for the next transaction
	size    int               // bytes of what waits
}

// newest is what a rebuild knows of the newest version of an artifact.
type newest struct {
	number     int
	blob, hash string
	body       *string // known already: git does not have it yet
}

// commitFiles is a commit being read: where its files come from.
type commitFiles struct {
	name string // empty for one that git does not have yet
	read func(path string) (string, error)
}

// NewRebuild begins to make the records of a project anew. read returns the
// content of a blob of its history. If there is a project with that id, it is a
// Conflict: Forget it first.
func (s *Store) NewRebuild(ctx context.Context, projectID string, read func(blob string) (string, error)) (*Rebuild, error) {
	err := s.View(func(tx *Tx) error {
		_, err := tx.Project(projectID)
		return err
	})
	if err == nil {
		return nil, workflow.Errorf(workflow.Conflict, "There is already a project with the id %q.", projectID).
			WithHint("Import it as a new project, or remove that one first.")
	}
	if workflow.CodeOf(err) != workflow.NotFound {
		return nil, err
	}
	if err := s.Forget(ctx, projectID); err != nil { // what a rebuild has left that was broken off
		return nil, err
	}
	return &Rebuild{
		store: s, id: projectID, read: read, rebuilt: Rebuilt{Records: map[string]int{}, Lost: []Fault{}, Differs: []string{}},
		blobs: map[string]string{}, heads: map[string]newest{}, adopted: map[string]string{},
	}, nil
}

// Commit takes the next commit, with the files that it changed against its first
// parent. An error is one of the store or of ctx; what cannot be read is noted.
func (r *Rebuild) Commit(ctx context.Context, name string, changed []Changed) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.tip = name
	blobs, paths := map[string]string{}, []string{}
	for _, c := range changed {
		switch {
		case isRecord(c.Path) && c.Blob != "":
			blobs[c.Path] = c.Blob
			paths = append(paths, c.Path)
		case isRecord(c.Path): // a record is never taken back
		case c.Blob == "":
			delete(r.blobs, c.Path)
		default:
			r.blobs[c.Path] = c.Blob
			if err := workflow.CheckPath(c.Path); err != nil { // somebody else has committed it
				r.lose(bucketPage, name, err)
				continue
			}
			r.page(c.Path)
		}
	}
	return r.take(commitFiles{name: name, read: func(path string) (string, error) { return r.read(blobs[path]) }}, paths)
}

// isRecord reports whether a file of a repository is one of ours, not a page.
func isRecord(path string) bool { return strings.HasPrefix(path, recordDir+"/") }

// page notes that a path is taken.
func (r *Rebuild) page(path string) {
	r.later(len(path), func(tx *Tx) error {
		_, err := tx.putText(bucketPage, key(r.id, strings.ToLower(path)), path)
		return err
	})
}

// later adds a write to those of the next transaction.
func (r *Rebuild) later(size int, write func(*Tx) error) {
	r.waiting = append(r.waiting, write)
	r.size += size + 100
}

// flush makes the writes that wait, when they are many or when all is said.
func (r *Rebuild) flush(all bool) error {
	if !all && r.size < rebuildBytes && len(r.waiting) < someRecords || len(r.waiting) == 0 {
		return nil
	}
	waiting := r.waiting
	r.waiting, r.size = nil, 0
	return r.store.write(func(tx *Tx) error {
		for _, write := range waiting {
			if err := write(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// take reads the records among the files of a commit.
func (r *Rebuild) take(c commitFiles, paths []string) error {
	slices.Sort(paths) // which puts runs before their texts, whose owner they name
	for _, path := range paths {
		if err := r.takeFile(c, path); err != nil {
			r.lose(bucketOf(path), strings.TrimSpace(c.name+" "+path), err)
		}
	}
	return r.flush(false)
}

// lose notes something that cannot be brought back.
func (r *Rebuild) lose(name bucketName, where string, err error) {
	r.rebuilt.Lost = append(r.rebuilt.Lost, Fault{Bucket: string(name), Where: where, Reason: workflow.Describe(err).Message})
}

// bucketOf returns the bucket that a record's file belongs to.
func bucketOf(path string) bucketName {
	parts := strings.Split(path, "/")
	if len(parts) < 2 {
		return ""
	}
	return bucketName(parts[1])
}

// takeFile reads one record.
func (r *Rebuild) takeFile(c commitFiles, path string) error {
	parts := strings.Split(path, "/")
	adopt, known := adopters()[bucketOf(path)]
	if !known || len(parts) < 4 {
		return workflow.Errorf(workflow.Invalid, "This Plumbline does not know such records.")
	}
	content, err := c.read(path)
	if err != nil {
		return err
	}
	id := strings.TrimSuffix(strings.Join(parts[3:], "/"), ".json")
	if err := adopt(r, c, id, []byte(content)); err != nil {
		return err
	}
	r.rebuilt.Records[parts[1]]++
	return nil
}

// Finish brings back what follows from the records, and with it the project.
// Commits that the outbox still holds count as the last ones.
func (r *Rebuild) Finish(ctx context.Context) (Rebuilt, error) {
	if err := r.takeOutbox(); err != nil {
		return r.rebuilt, err
	}
	if r.project == nil {
		return r.rebuilt, workflow.Errorf(workflow.NotFound, "The history does not hold a project that can be read.").
			WithHint("Nothing was made. If the folder was changed by hand, put a copy of it back.")
	}
	for _, path := range slices.Sorted(maps.Keys(r.heads)) {
		if err := ctx.Err(); err != nil {
			return r.rebuilt, err
		}
		if err := r.finishHead(path, r.heads[path]); err != nil {
			return r.rebuilt, err
		}
	}
	if err := r.flush(true); err != nil {
		return r.rebuilt, err
	}
	return r.rebuilt, r.store.write(func(tx *Tx) error {
		if r.tip != "" {
			if _, err := tx.put(bucketGitHead, key(r.id), r.tip); err != nil {
				return err
			}
		}
		k := key(r.id)
		if _, err := tx.write(bucketProject, k, seal(formatJSON, k, r.project)); err != nil {
			return err
		}
		_, err := tx.get(bucketProject, k, &r.rebuilt.Project)
		return err
	})
}

// takeOutbox takes the commits that git does not have yet. Those that it has,
// which a salvage may have brought back, leave the outbox: published once more
// they would put old texts over newer ones.
func (r *Rebuild) takeOutbox() error {
	pending, err := r.store.Pending(0)
	if err != nil {
		return err
	}
	published, heads := r.project, maps.Clone(r.heads)
	for _, commit := range pending {
		if commit.ProjectID != r.id {
			continue
		}
		if isOld(commit, published, heads) {
			r.later(0, func(tx *Tx) error { return tx.remove(bucketOutbox, key(sequenceKey(commit.Seq))) })
			continue
		}
		files, paths := map[string]string{}, []string{}
		for _, f := range commit.Files {
			files[f.Path] = string(f.Content)
			if isRecord(f.Path) {
				paths = append(paths, f.Path)
			} else {
				r.page(f.Path)
			}
		}
		err := r.take(commitFiles{read: func(path string) (string, error) {
			content, ok := files[path]
			if !ok {
				return "", errors.New("it is not in the commit")
			}
			return content, nil
		}}, paths)
		if err != nil {
			return err
		}
	}
	return nil
}

// isOld reports whether a commit is among those that made the history, by the
// record of the project: every change carries its time into it. One that a salvage
// has made for versions alone is old when the history has them.
func isOld(c workflow.Commit, published []byte, heads map[string]newest) bool {
	path := recordPath(bucketProject, c.ProjectID) + ".json"
	i := slices.IndexFunc(c.Files, func(f workflow.File) bool { return f.Path == path })
	if i < 0 {
		ahead := func(v workflow.VersionKey) bool { return v.Number > heads[v.Path].number }
		return len(c.Versions) > 0 && !slices.ContainsFunc(c.Versions, ahead)
	}
	var then, now workflow.Project
	if json.Unmarshal(c.Files[i].Content, &then) != nil || json.Unmarshal(published, &now) != nil {
		return false
	}
	return then.UpdatedAt.Before(now.UpdatedAt) || then == now
}

// finishHead brings back the current version of an artifact, with its text.
func (r *Rebuild) finishHead(path string, n newest) error {
	r.later(0, func(tx *Tx) error {
		_, err := tx.put(bucketHead, key(r.id, path), n.number)
		return err
	})
	if n.body == nil && r.blobs[path] != n.blob {
		r.rebuilt.Differs = append(r.rebuilt.Differs, path)
	}
	body, err := r.bodyOf(n)
	if err != nil {
		k := versionKey(r.id, path, n.number)
		r.rebuilt.Lost = append(r.rebuilt.Lost, Fault{
			Bucket: string(bucketBody), Key: shownKey(k), Where: n.blob, Reason: workflow.Describe(err).Message,
		})
		return r.flush(false)
	}
	r.later(len(body), func(tx *Tx) error {
		_, err := tx.putText(bucketBody, versionKey(r.id, path, n.number), body)
		return err
	})
	return r.flush(false)
}

// bodyOf returns the text of a current version, compared with its hash.
func (r *Rebuild) bodyOf(n newest) (string, error) {
	if n.body != nil {
		return *n.body, nil
	}
	body, err := r.read(n.blob)
	if err == nil && n.hash != "" && workflow.Hash(body) != n.hash {
		err = workflow.Errorf(workflow.Invalid, "The text is not the one that was saved.")
	}
	return body, err
}

// misnamed is the error for a record under a name that is not its own.
func misnamed(id string) error {
	return workflow.Errorf(workflow.Invalid, "The record under the name %s is another one's.", id)
}

// unreadable is the error for a record that is no JSON of its kind.
func unreadable(err error) error { return fmt.Errorf("read the record: %w", err) }

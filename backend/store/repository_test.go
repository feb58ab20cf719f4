package store

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

// repository stands for the git history of one project: what a commit changes,
// and the blobs.
type repository struct {
	names   []string
	commits [][]Changed
	blobs   map[string]string
	tree    map[string]string
}

func newRepository() *repository {
	return &repository{blobs: map[string]string{}, tree: map[string]string{}}
}

func sha(text string) string {
	sum := sha1.Sum([]byte(text))
	return hex.EncodeToString(sum[:])
}

// publish makes a commit, as package history does.
func (r *repository) publish(c workflow.Commit) workflow.Published {
	p := workflow.Published{Seq: c.Seq, Blobs: map[string]string{}}
	changed := []Changed{}
	for _, f := range c.Files {
		blob := sha(string(f.Content))
		r.blobs[blob] = string(f.Content)
		p.Blobs[f.Path] = blob
		if r.tree[f.Path] != blob { // a file that stays as it was is no change for git
			changed = append(changed, Changed{Path: f.Path, Blob: blob})
		}
		r.tree[f.Path] = blob
	}
	p.Commit = sha(fmt.Sprint(r.names, changed))
	r.names, r.commits = append(r.names, p.Commit), append(r.commits, changed)
	return p
}

func (r *repository) read(blob string) (string, error) {
	content, ok := r.blobs[blob]
	if !ok {
		return "", workflow.Errorf(workflow.NotFound, "The history does not have %s.", blob)
	}
	return content, nil
}

// rebuild makes the records of a project in a store from its repository.
func (r *repository) rebuild(s *Store, projectID string, read func(string) (string, error)) (Rebuilt, error) {
	ctx := context.Background()
	b, err := s.NewRebuild(ctx, projectID, read)
	if err != nil {
		return Rebuilt{}, err
	}
	for i, name := range r.names {
		if err := b.Commit(ctx, name, r.commits[i]); err != nil {
			return Rebuilt{}, err
		}
	}
	return b.Finish(ctx)
}

// drain publishes what waits, at most limit commits.
func drain(t failer, s *Store, repos map[string]*repository, limit int) {
	t.Helper()
	pending, err := s.Pending(limit)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range pending {
		if repos[c.ProjectID] == nil {
			repos[c.ProjectID] = newRepository()
		}
		if err := s.Drained(c.ProjectID, []workflow.Published{repos[c.ProjectID].publish(c)}); err != nil {
			t.Fatal(err)
		}
	}
}

type failer interface {
	Helper()
	Fatal(args ...any)
}

// recordsOf returns what a rebuild must bring back of a project, by bucket and
// key. It fails for a bucket that is not declared.
func recordsOf(t failer, s *Store, runs []string, projectID string) map[string]string {
	t.Helper()
	natures := map[string]nature{}
	for _, d := range declarations() {
		natures[string(d.name)] = d.nature
	}
	all := map[string]string{}
	err := s.db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			kind, declared := natures[string(name)]
			if !declared {
				return fmt.Errorf("bucket %s is not declared", name)
			}
			if kind == local {
				return nil
			}
			return b.ForEach(func(k, v []byte) error {
				owner, _, _ := strings.Cut(string(k), separator)
				if owner == projectID || slices.Contains(runs, owner) {
					all[readable(bucketName(name), k)] = string(v)
				}
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// differences names the records in which two projects differ.
func differences(got, want map[string]string) []string {
	all := []string{}
	for k, v := range want {
		if w, ok := got[k]; !ok {
			all = append(all, k+" is missing")
		} else if w != v {
			all = append(all, fmt.Sprintf("%s is %q, want %q", k, w, v))
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			all = append(all, k+" is not wanted")
		}
	}
	slices.Sort(all)
	return all
}

func runIDs(runs []workflow.Run) []string {
	ids := []string{}
	for _, r := range runs {
		ids = append(ids, r.ID)
	}
	return ids
}

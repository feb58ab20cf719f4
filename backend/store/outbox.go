package store

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"plumbline/backend/workflow"
)

// sequenceKey is the key of a number that sorts as text.
func sequenceKey(n uint64) string { return fmt.Sprintf("%020d", n) }

// post puts a commit at the end of the outbox.
func (tx *Tx) post(c workflow.Commit) error {
	b, err := tx.bucket(bucketOutbox)
	if err != nil {
		return err
	}
	if c.Seq, err = b.NextSequence(); err != nil {
		return fmt.Errorf("number a commit: %w", err)
	}
	_, err = tx.put(bucketOutbox, key(sequenceKey(c.Seq)), c)
	return err
}

// pendingBytes is how much of the outbox Next returns at most.
const pendingBytes = 8 << 20

// Pending returns the commits that git does not have yet, oldest first, at most
// limit of them; all when limit is 0 or less.
func (s *Store) Pending(limit int) ([]workflow.Commit, error) {
	commits := []workflow.Commit{}
	err := s.eachPending(nil, func(c workflow.Commit, _ int) (more bool) {
		commits = append(commits, c)
		return limit <= 0 || len(commits) < limit
	})
	return commits, err
}

// Next returns the commits that git does not have yet and that are to be published
// now, oldest first: at most limit of them, fewer when they are large, and none of
// some projects. There is always one, unless there are none at all.
func (s *Store) Next(limit int, except map[string]bool) ([]workflow.Commit, error) {
	commits, bytes := []workflow.Commit{}, 0
	err := s.eachPending(except, func(c workflow.Commit, size int) (more bool) {
		commits = append(commits, c)
		bytes += size
		return len(commits) < limit && bytes < pendingBytes
	})
	return commits, err
}

// eachPending calls fn for the commits of the outbox, oldest first, with the size of
// the record, until it wants no more. Those of some projects are left out.
func (s *Store) eachPending(except map[string]bool, fn func(c workflow.Commit, size int) (more bool)) error {
	return s.View(func(tx *Tx) error {
		b, err := tx.bucket(bucketOutbox)
		if err != nil {
			return err
		}
		c := b.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if len(except) > 0 {
				var head commitHead
				if err := decode(bucketOutbox, k, v, &head); err != nil {
					return err
				}
				if except[head.ProjectID] {
					continue
				}
			}
			var commit workflow.Commit
			if err := decode(bucketOutbox, k, v, &commit); err != nil {
				return err
			}
			if !fn(commit, len(v)) {
				return nil
			}
		}
		return nil
	})
}

// PendingProjects returns the ids of the projects that have commits which git does
// not have yet, in their order.
func (s *Store) PendingProjects() ([]string, error) {
	ids := map[string]bool{}
	err := s.View(func(tx *Tx) error {
		return tx.scan(bucketOutbox, nil, func(k, value []byte) error {
			var head commitHead
			err := decode(bucketOutbox, k, value, &head)
			ids[head.ProjectID] = true
			return err
		})
	})
	return slices.Sorted(maps.Keys(ids)), err
}

// Waiting returns the versions of a project that are in the outbox.
func (s *Store) Waiting(projectID string) (map[workflow.VersionKey]bool, error) {
	waiting := map[workflow.VersionKey]bool{}
	err := s.View(func(tx *Tx) error {
		return tx.scan(bucketOutbox, nil, func(k, value []byte) error {
			var head commitHead
			if err := decode(bucketOutbox, k, value, &head); err != nil || head.ProjectID != projectID {
				return err
			}
			for _, v := range head.Versions {
				waiting[v] = true
			}
			return nil
		})
	})
	return waiting, err
}

// commitHead is what is to be known of a commit without its files, which take most
// of the time to read.
type commitHead struct {
	ProjectID string                `json:"projectId"`
	Versions  []workflow.VersionKey `json:"versions"`
}

// Drained records what became of commits of a project: their versions get their
// git names, bodies that git now has are pruned, save the current one of each
// artifact, the last commit becomes the project's git head, and the commits
// leave the outbox. Those that have left it before are passed over.
func (s *Store) Drained(projectID string, published []workflow.Published) error {
	return s.Update(func(tx *Tx) error {
		newest := map[string]int{} // version of each artifact that git now has
		for _, p := range published {
			if err := tx.drained(projectID, p, newest); err != nil {
				return fmt.Errorf("record commit %s: %w", p.Commit, err)
			}
		}
		for _, path := range slices.Sorted(maps.Keys(newest)) {
			if err := tx.pruneBodies(projectID, path, newest[path]); err != nil {
				return err
			}
		}
		return nil
	})
}

// drained records what became of one commit and notes the artifacts in it.
func (tx *Tx) drained(projectID string, p workflow.Published, newest map[string]int) error {
	var commit commitHead
	k := key(sequenceKey(p.Seq))
	ok, err := tx.get(bucketOutbox, k, &commit)
	if err != nil || !ok {
		return err
	}
	if commit.ProjectID != projectID {
		return workflow.Errorf(workflow.Internal, "Commit %d belongs to project %s, not to %s.", p.Seq, commit.ProjectID, projectID)
	}
	for _, v := range commit.Versions {
		if err := tx.versionPublished(projectID, v, p); err != nil {
			return err
		}
		newest[v.Path] = max(newest[v.Path], v.Number)
	}
	if _, err := tx.put(bucketGitHead, key(projectID), p.Commit); err != nil {
		return err
	}
	return tx.remove(bucketOutbox, k)
}

// versionPublished gives a version its git names.
func (tx *Tx) versionPublished(projectID string, name workflow.VersionKey, p workflow.Published) error {
	blob := p.Blobs[name.Path]
	if blob == "" || p.Commit == "" {
		return workflow.Errorf(workflow.Internal, "Commit %d does not say where git keeps %s.", p.Seq, name.Path)
	}
	v, err := tx.Version(projectID, name.Path, name.Number)
	if err != nil {
		return err
	}
	v.Commit, v.Blob = p.Commit, blob
	_, err = tx.put(bucketVersion, versionKey(projectID, v.Path, v.Number), v)
	return err
}

// pruneBodies deletes the bodies of an artifact that git has, up to a version, but
// for the current one. Those of newer versions, which git does not have, may be many.
func (tx *Tx) pruneBodies(projectID, path string, last int) error {
	head, _, err := tx.headNumber(projectID, path)
	if err != nil {
		return err
	}
	b, err := tx.bucket(bucketBody)
	if err != nil {
		return err
	}
	gone, prefix := [][]byte{}, under(projectID, path)
	c := b.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix) && lastPart(k) <= numberKey(last); k, _ = c.Next() {
		var v workflow.Version
		ok, err := tx.get(bucketVersion, k, &v) // the two buckets have the same keys
		if err != nil {
			return err
		}
		if ok && v.Number != head && v.Blob != "" {
			gone = append(gone, bytes.Clone(k))
		}
	}
	for _, k := range gone {
		if err := tx.remove(bucketBody, k); err != nil {
			return err
		}
	}
	return nil
}

// GitHeads returns the commit of each project that was drained last, empty for one
// that git has nothing of. It is read at every start, and decodes no project.
func (s *Store) GitHeads() (map[string]string, error) {
	heads := map[string]string{}
	err := s.View(func(tx *Tx) error {
		err := tx.scan(bucketProject, nil, func(k, _ []byte) error {
			heads[string(k)] = ""
			return nil
		})
		if err != nil {
			return err
		}
		return tx.scan(bucketGitHead, nil, func(k, value []byte) error {
			var head string
			err := decode(bucketGitHead, k, value, &head)
			heads[string(k)] = head
			return err
		})
	})
	return heads, err
}

// GitHead returns the commit of a project that was drained last; empty for none.
func (s *Store) GitHead(projectID string) (string, error) {
	head := ""
	err := s.View(func(tx *Tx) error {
		_, err := tx.get(bucketGitHead, key(projectID), &head)
		return err
	})
	return head, err
}

package store

import (
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

// Pending returns the commits that git does not have yet, oldest first, at most
// limit of them; all when limit is 0 or less.
func (s *Store) Pending(limit int) ([]workflow.Commit, error) {
	commits := []workflow.Commit{}
	err := s.View(func(tx *Tx) error {
		b, err := tx.bucket(bucketOutbox)
		if err != nil {
			return err
		}
		c := b.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if limit > 0 && len(commits) == limit {
				break
			}
			var commit workflow.Commit
			if err := decode(bucketOutbox, k, v, &commit); err != nil {
				return err
			}
			commits = append(commits, commit)
		}
		return nil
	})
	return commits, err
}

// Drained records what became of commits of a project: their versions get their
// git names, bodies that git now has are pruned, save the current one of each
// artifact, the last commit becomes the project's git head, and the commits
// leave the outbox. Those that have left it before are passed over.
func (s *Store) Drained(projectID string, published []workflow.Published) error {
	return s.Update(func(tx *Tx) error {
		paths := map[string]bool{}
		for _, p := range published {
			if err := tx.drained(projectID, p, paths); err != nil {
				return fmt.Errorf("record commit %s: %w", p.Commit, err)
			}
		}
		for _, path := range slices.Sorted(maps.Keys(paths)) {
			if err := tx.pruneBodies(projectID, path); err != nil {
				return err
			}
		}
		return nil
	})
}

// drained records what became of one commit and notes the artifacts in it.
func (tx *Tx) drained(projectID string, p workflow.Published, paths map[string]bool) error {
	var commit workflow.Commit
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
		paths[v.Path] = true
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

// pruneBodies deletes the bodies of an artifact that git has, but for the current one.
func (tx *Tx) pruneBodies(projectID, path string) error {
	head, _, err := tx.headNumber(projectID, path)
	if err != nil {
		return err
	}
	bodies, err := tx.keys(bucketBody, under(projectID, path))
	if err != nil {
		return err
	}
	for _, k := range bodies {
		var v workflow.Version
		ok, err := tx.get(bucketVersion, k, &v) // the two buckets have the same keys
		if err != nil {
			return err
		}
		if !ok || v.Number == head || v.Blob == "" {
			continue
		}
		if err := tx.remove(bucketBody, k); err != nil {
			return err
		}
	}
	return nil
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

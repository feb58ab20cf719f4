package store

import (
	"bytes"
	"context"
	"encoding/json"

	"plumbline/backend/workflow"
)

// someRecords is how many records one transaction of a long work touches, so
// that nobody waits for it.
const someRecords = 1000

// Forget removes what a rebuild brings back of a project: its projected and
// derived records, readable or not. What only this machine has stays: drafts,
// runs that have not ended with their texts and journals, and the outbox. It
// works in short transactions; the project itself goes first, so a crash leaves
// records without a project, which Forget and NewRebuild remove.
func (s *Store) Forget(ctx context.Context, projectID string) error {
	if err := workflow.CheckID(projectID); err != nil {
		return err
	}
	err := s.write(func(tx *Tx) error {
		if err := tx.remove(bucketProject, key(projectID)); err != nil {
			return err
		}
		return tx.remove(bucketGitHead, key(projectID))
	})
	if err != nil {
		return err
	}
	if err := s.forgetRuns(ctx, projectID); err != nil {
		return err
	}
	for _, name := range []bucketName{
		bucketCandidateByProject, bucketCandidateOpen, bucketVersion, bucketHead, bucketBody, bucketPage,
		bucketGateRecord, bucketTick, bucketVariable, bucketEffort, bucketFinding, bucketFiling,
	} {
		if err := s.removeUnder(ctx, name, under(projectID)); err != nil {
			return err
		}
	}
	return nil
}

// forgetRuns removes the candidates of a project and its runs that have ended.
func (s *Store) forgetRuns(ctx context.Context, projectID string) error {
	runs, candidates := map[string]bool{}, map[string]bool{}
	err := s.View(func(tx *Tx) error {
		if err := tx.endedRuns(projectID, runs); err != nil {
			return err
		}
		if err := tx.owned(bucketCandidate, projectID, candidates); err != nil {
			return err
		}
		return tx.scan(bucketCandidateByProject, under(projectID), func(k, _ []byte) error {
			candidates[lastPart(k)] = true
			return nil
		})
	})
	if err != nil {
		return err
	}
	if err := s.removeKeys(ctx, bucketCandidate, candidates); err != nil {
		return err
	}
	for id := range runs {
		for _, name := range []bucketName{bucketRunText, bucketChunk} {
			if err := s.removeUnder(ctx, name, under(id)); err != nil {
				return err
			}
		}
	}
	if err := s.removeKeys(ctx, bucketRunActive, runs); err != nil {
		return err
	}
	if err := s.removeKeys(ctx, bucketRun, runs); err != nil {
		return err
	}
	indexed := map[string]bool{}
	for id := range runs {
		indexed[string(key(projectID, id))] = true
	}
	return s.removeKeys(ctx, bucketRunByProject, indexed)
}

// endedRuns adds the runs of a project that have ended or cannot be read.
func (tx *Tx) endedRuns(projectID string, runs map[string]bool) error {
	if err := tx.owned(bucketRun, projectID, runs); err != nil {
		return err
	}
	err := tx.scan(bucketRunByProject, under(projectID), func(k, _ []byte) error {
		runs[lastPart(k)] = true
		return nil
	})
	for id := range runs {
		var r workflow.Run
		if found, err := tx.get(bucketRun, key(id), &r); found && err == nil && (!r.State.Ended() || r.ProjectID != projectID) {
			delete(runs, id)
		}
	}
	return err
}

// owned adds the keys of the records that name a project as theirs.
func (tx *Tx) owned(name bucketName, projectID string, keys map[string]bool) error {
	return tx.scan(name, nil, func(k, value []byte) error {
		var record struct {
			ProjectID string `json:"projectId"`
		}
		if payload, ok := unseal(formatJSON, k, value); ok && json.Unmarshal(payload, &record) == nil && record.ProjectID == projectID {
			keys[string(k)] = true
		}
		return nil
	})
}

// removeKeys removes records in short transactions.
func (s *Store) removeKeys(ctx context.Context, name bucketName, keys map[string]bool) error {
	rest := make([][]byte, 0, len(keys))
	for k := range keys {
		rest = append(rest, []byte(k))
	}
	for len(rest) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		some := rest[:min(len(rest), someRecords)]
		rest = rest[len(some):]
		err := s.write(func(tx *Tx) error {
			for _, k := range some {
				if err := tx.remove(name, k); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// removeUnder removes all records under a prefix in short transactions.
func (s *Store) removeUnder(ctx context.Context, name bucketName, prefix []byte) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		keys := map[string]bool{}
		err := s.View(func(tx *Tx) error {
			b, err := tx.bucket(name)
			if err != nil {
				return err
			}
			c := b.Cursor()
			for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix) && k != nil && len(keys) < someRecords; k, _ = c.Next() {
				keys[string(k)] = true
			}
			return nil
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		if err := s.removeKeys(ctx, name, keys); err != nil {
			return err
		}
	}
}

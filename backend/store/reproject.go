package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// RecordFiles returns the files of all projected records of a project, as its
// repository should hold them now, in order of their paths. Documents and other
// pages are not among them.
func (tx *Tx) RecordFiles(projectID string) ([]workflow.File, error) {
	scratch := &Tx{store: tx.store, bolt: tx.bolt, notes: map[string]*note{}}
	for _, reproject := range []func(string) error{
		scratch.reprojectProject, scratch.reprojectRuns, scratch.reprojectCandidates, scratch.reprojectVersions,
		scratch.reprojectGates, scratch.reprojectTicks, scratch.reprojectVariables, scratch.reprojectEfforts, scratch.reprojectLedger,
	} {
		if err := reproject(projectID); err != nil {
			return nil, fmt.Errorf("list the records of %s: %w", projectID, err)
		}
	}
	n, err := scratch.note(projectID)
	if err != nil {
		return nil, err
	}
	files := make([]workflow.File, 0, len(n.files))
	for _, path := range slices.Sorted(maps.Keys(n.files)) {
		files = append(files, n.files[path])
	}
	return files, nil
}

func (tx *Tx) reprojectProject(projectID string) error {
	p, err := tx.Project(projectID)
	if err != nil {
		return err
	}
	return tx.project(projectID, bucketProject, p.ID, p)
}

func (tx *Tx) reprojectRuns(projectID string) error {
	runs, err := tx.Runs(projectID)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if !r.State.Ended() {
			continue
		}
		if err := tx.noteEnded(r); err != nil {
			return err
		}
	}
	n, err := tx.note(projectID)
	if err != nil {
		return err
	}
	return tx.projectEnded(projectID, n)
}

func (tx *Tx) reprojectCandidates(projectID string) error {
	candidates, err := tx.Candidates(projectID)
	if err != nil {
		return err
	}
	for _, c := range candidates {
		if err := tx.project(projectID, bucketCandidate, c.RunID, c); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) reprojectVersions(projectID string) error {
	heads, err := tx.Heads(projectID)
	if err != nil {
		return err
	}
	for _, v := range heads {
		v.Commit, v.Blob = "", "" // as when it was new: a commit cannot name itself
		if err := tx.project(projectID, bucketVersion, hashID(v.Path), v); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) reprojectGates(projectID string) error {
	records, err := tx.GateRecords(projectID)
	if err != nil {
		return err
	}
	for i, r := range records {
		if err := tx.project(projectID, bucketGateRecord, r.ID, numberedGateRecord{Number: i + 1, Record: r}); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) reprojectTicks(projectID string) error {
	return tx.scan(bucketTick, under(projectID), func(k, value []byte) error {
		ticks, path := map[string]workflow.Tick{}, lastPart(k)
		if err := decode(bucketTick, k, value, &ticks); err != nil {
			return err
		}
		return tx.project(projectID, bucketTick, hashID(path), artifactTicks{Path: path, Ticks: ticks})
	})
}

func (tx *Tx) reprojectVariables(projectID string) error {
	return tx.scan(bucketVariable, under(projectID), func(k, value []byte) error {
		values, phase := map[string]string{}, lastPart(k)
		if err := decode(bucketVariable, k, value, &values); err != nil {
			return err
		}
		return tx.project(projectID, bucketVariable, hashID(phase), phaseVariables{Phase: phase, Values: values})
	})
}

// VersionFiles returns what the commit of a version holds: its text, unless that
// is lost, and its record as it was when the version was new.
func VersionFiles(v workflow.Version, body string) ([]workflow.File, error) {
	v.Commit, v.Blob = "", ""
	scratch := &Tx{notes: map[string]*note{}}
	if err := scratch.project(v.ProjectID, bucketVersion, hashID(v.Path), v); err != nil {
		return nil, err
	}
	files := []workflow.File{}
	if !v.Lost {
		files = append(files, workflow.File{Path: v.Path, Content: []byte(body)})
	}
	for _, f := range scratch.notes[v.ProjectID].files {
		files = append(files, f)
	}
	return files, nil
}

// Rewritten records that the history of a project was written anew: versions get
// the git names they have now, or are marked as lost, and head, if it is not
// empty, becomes the project's git head.
func (s *Store) Rewritten(projectID string, versions []workflow.Version, head string) error {
	return s.write(func(tx *Tx) error {
		for _, v := range versions {
			old, err := tx.Version(projectID, v.Path, v.Number)
			if err != nil {
				return err
			}
			old.Commit, old.Blob, old.Lost = v.Commit, v.Blob, v.Lost
			if _, err := tx.put(bucketVersion, versionKey(projectID, v.Path, v.Number), old); err != nil {
				return err
			}
		}
		if head == "" {
			return nil
		}
		_, err := tx.put(bucketGitHead, key(projectID), head)
		return err
	})
}

// EachVersion calls fn for every version of every artifact of a project, by path
// and number. It reads all in one transaction.
func (tx *Tx) EachVersion(projectID string, fn func(workflow.Version) error) error {
	return tx.scan(bucketVersion, under(projectID), func(k, value []byte) error {
		var v workflow.Version
		if err := decode(bucketVersion, k, value, &v); err != nil {
			return err
		}
		return fn(v)
	})
}

// FillGaps puts a version that is marked as lost in the place of each that is
// missing below the current one of its artifact, and returns them: the numbers of
// the others stay.
func (s *Store) FillGaps(projectID string) ([]workflow.Version, error) {
	filled := []workflow.Version{}
	err := s.write(func(tx *Tx) error {
		last := map[string]int{}
		err := tx.EachVersion(projectID, func(v workflow.Version) error {
			for n := last[v.Path] + 1; n < v.Number; n++ {
				filled = append(filled, workflow.Version{
					ProjectID: projectID, Path: v.Path, Number: n, Kind: workflow.VersionSaved, At: v.At, Lost: true,
					Author: workflow.Author{Kind: workflow.Plumbline, Name: "Plumbline"}, Message: "What this version was is lost",
				})
			}
			last[v.Path] = v.Number
			return nil
		})
		if err != nil {
			return err
		}
		for _, v := range filled {
			if _, err := tx.put(bucketVersion, versionKey(projectID, v.Path, v.Number), v); err != nil {
				return err
			}
		}
		return nil
	})
	return filled, err
}

// Ownerless returns the ids of projects that records belong to and that are not
// there themselves.
func (s *Store) Ownerless() ([]string, error) {
	found := map[string]bool{}
	err := s.View(func(tx *Tx) error {
		for _, name := range []bucketName{
			bucketGitHead, bucketVersion, bucketHead, bucketBody, bucketPage, bucketGateRecord, bucketTick, bucketVariable, bucketEffort, bucketFinding, bucketFiling,
			bucketCandidateByProject,
		} {
			err := tx.scan(name, nil, func(k, _ []byte) error {
				id, _, _ := strings.Cut(string(k), separator)
				found[id] = true
				return nil
			})
			if err != nil {
				return err
			}
		}
		projects, err := tx.Projects()
		for _, p := range projects {
			delete(found, p.ID)
		}
		return err
	})
	return slices.Sorted(maps.Keys(found)), err
}

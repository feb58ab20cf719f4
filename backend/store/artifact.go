package store

import (
	"fmt"
	"slices"

	"plumbline/backend/workflow"
)

// versionKey is the key of a version and of its body.
func versionKey(projectID, path string, number int) []byte {
	return key(projectID, path, numberKey(number))
}

// numberKey is the part of a key for a number from 1.
func numberKey(number int) string { return fmt.Sprintf("%010d", number) }

// headNumber returns the number of the current version of an artifact; ok is
// false when it has none.
func (tx *Tx) headNumber(projectID, path string) (number int, ok bool, err error) {
	ok, err = tx.get(bucketHead, key(projectID, path), &number)
	return number, ok, err
}

// Head returns the current version of an artifact; ok is false when it has none.
func (tx *Tx) Head(projectID, path string) (v workflow.Version, ok bool, err error) {
	number, ok, err := tx.headNumber(projectID, path)
	if err != nil || !ok {
		return v, false, err
	}
	v, err = tx.Version(projectID, path, number)
	return v, err == nil, err
}

// Heads returns the current versions of all artifacts of a project, in order of
// their paths.
func (tx *Tx) Heads(projectID string) ([]workflow.Version, error) {
	heads := []workflow.Version{}
	err := tx.scan(bucketHead, under(projectID), func(k, value []byte) error {
		var number int
		if err := decode(bucketHead, k, value, &number); err != nil {
			return err
		}
		v, err := tx.Version(projectID, lastPart(k), number)
		if err == nil {
			heads = append(heads, v)
		}
		return err
	})
	return heads, err
}

// Versions returns all versions of an artifact, newest first.
func (tx *Tx) Versions(projectID, path string) ([]workflow.Version, error) {
	versions, err := list[workflow.Version](tx, bucketVersion, under(projectID, path))
	slices.Reverse(versions)
	return versions, err
}

// Version returns one version of an artifact; NotFound if there is none with
// that number.
func (tx *Tx) Version(projectID, path string, number int) (workflow.Version, error) {
	var v workflow.Version
	ok, err := tx.get(bucketVersion, versionKey(projectID, path, number), &v)
	if err == nil && !ok {
		err = workflow.Errorf(workflow.NotFound, "There is no version %d of %s.", number, path)
	}
	return v, err
}

// Body returns the text of a version; ok is false when it has been pruned: git
// then has it under the version's Blob. The current version is never pruned.
func (tx *Tx) Body(projectID, path string, number int) (body string, ok bool, err error) {
	return tx.getText(bucketBody, versionKey(projectID, path, number))
}

// AddVersion makes a new current version of an artifact. Its number must be the
// one after the current version's, from 1; otherwise somebody else was faster,
// and it returns a Conflict. One transaction adds at most one version to an
// artifact, because it becomes one commit.
func (tx *Tx) AddVersion(v workflow.Version, body string) error {
	n, err := tx.note(v.ProjectID)
	if err != nil {
		return err
	}
	if err := tx.claim(v.ProjectID, v.Path); err != nil {
		return err
	}
	head, _, err := tx.headNumber(v.ProjectID, v.Path)
	if err != nil {
		return err
	}
	if v.Number != head+1 {
		return workflow.Errorf(workflow.Conflict, "%s has changed in between: its current version is %d.", v.Path, head).
			WithHint("Compare your text with the current version, then save again.")
	}
	if _, noted := n.files[v.Path]; noted {
		return workflow.Errorf(workflow.Internal, "%s would change twice in one commit.", v.Path)
	}
	v.At, v.Commit, v.Blob = v.At.UTC(), "", ""
	k := versionKey(v.ProjectID, v.Path, v.Number)
	if _, err := tx.put(bucketVersion, k, v); err != nil {
		return err
	}
	if _, err := tx.putText(bucketBody, k, body); err != nil {
		return err
	}
	if _, err := tx.put(bucketHead, key(v.ProjectID, v.Path), v.Number); err != nil {
		return err
	}
	n.files[v.Path] = workflow.File{Path: v.Path, Content: []byte(body)}
	n.versions = append(n.versions, workflow.VersionKey{Path: v.Path, Number: v.Number})
	return tx.project(v.ProjectID, bucketVersion, hashID(v.Path), v)
}

package store

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"plumbline/backend/workflow"
)

// versionKey is the key of a version and of its body.
func versionKey(projectID, path string, number int) []byte {
	return key(projectID, path, numberKey(number))
}

// maxNumber is the greatest number that sorts as text.
const maxNumber = 9_999_999_999

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

// HeadNumbers calls fn with the path and the number of the current version of each
// artifact of a project, in order of their paths. It reads no version.
func (tx *Tx) HeadNumbers(projectID string, fn func(path string, number int) error) error {
	return tx.scan(bucketHead, under(projectID), func(k, value []byte) error {
		var number int
		if err := decode(bucketHead, k, value, &number); err != nil {
			return err
		}
		return fn(lastPart(k), number)
	})
}

// HeadNumber returns the number of the current version of an artifact, 0 when it has none.
func (tx *Tx) HeadNumber(projectID, path string) (int, error) {
	number, _, err := tx.headNumber(projectID, path)
	return number, err
}

// Heads returns the current versions of all artifacts of a project, in order of
// their paths.
func (tx *Tx) Heads(projectID string) ([]workflow.Version, error) {
	heads := []workflow.Version{}
	err := tx.HeadNumbers(projectID, func(path string, number int) error {
		v, err := tx.Version(projectID, path, number)
		if err == nil {
			heads = append(heads, v)
		}
		return err
	})
	return heads, err
}

// Versions returns all versions of an artifact, newest first. There may be very
// many; VersionsBefore returns a page of them.
func (tx *Tx) Versions(projectID, path string) ([]workflow.Version, error) {
	versions, err := list[workflow.Version](tx, bucketVersion, under(projectID, path))
	slices.Reverse(versions)
	return versions, err
}

// VersionsBefore returns the versions of an artifact with numbers below before,
// newest first, at most limit of them; a before of 0 or less begins with the
// current one. It costs the same however many there are.
func (tx *Tx) VersionsBefore(projectID, path string, before, limit int) ([]workflow.Version, error) {
	versions := []workflow.Version{}
	if before <= 0 {
		head, _, err := tx.headNumber(projectID, path)
		if err != nil {
			return nil, err
		}
		before = head + 1
	}
	b, err := tx.bucket(bucketVersion)
	if err != nil {
		return nil, err
	}
	c, prefix := b.Cursor(), under(projectID, path)
	k, v := c.Seek(versionKey(projectID, path, before))
	if k == nil {
		k, v = c.Last()
	}
	for ; k != nil && len(versions) < limit; k, v = c.Prev() {
		if number := lastPart(k); bytes.HasPrefix(k, prefix) && number < numberKey(before) {
			var version workflow.Version
			if err := decode(bucketVersion, k, v, &version); err != nil {
				return nil, err
			}
			versions = append(versions, version)
		} else if bytes.Compare(k, prefix) < 0 {
			break
		}
	}
	return versions, nil
}

// VersionAt returns the version of an artifact that was current at a time; ok is
// false when there was none yet.
func (tx *Tx) VersionAt(projectID, path string, at time.Time) (v workflow.Version, ok bool, err error) {
	low, high := 0, 0 // the version low was there at that time, high+1 was not
	if high, _, err = tx.headNumber(projectID, path); err != nil {
		return v, false, err
	}
	for low < high {
		middle := low + (high-low+1)/2
		m, err := tx.Version(projectID, path, middle)
		if err != nil {
			return v, false, err
		}
		if m.At.After(at) {
			high = middle - 1
		} else {
			low, v = middle, m
		}
	}
	return v, low > 0, nil
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
// artifact, because it becomes one commit. A version is never older than the one
// before it: where the clock went backwards, it gets that one's time.
func (tx *Tx) AddVersion(v workflow.Version, body string) error {
	n, err := tx.note(v.ProjectID)
	if err != nil {
		return err
	}
	if err := tx.claim(v.ProjectID, v.Path); err != nil {
		return err
	}
	head, _, err := tx.Head(v.ProjectID, v.Path)
	if err != nil {
		return err
	}
	if v.Number != head.Number+1 {
		return workflow.Errorf(workflow.Conflict, "%s has changed in between: its current version is %d.", v.Path, head.Number).
			WithHint("Compare your text with the current version, then save again.")
	}
	if _, noted := n.files[v.Path]; noted {
		return workflow.Errorf(workflow.Internal, "%s would change twice in one commit.", v.Path)
	}
	if v.At.Before(head.At) {
		v.At = head.At
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

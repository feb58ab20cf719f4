package store

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

func TestSalvagePutsVersionsThatGitDoesNotHaveBackIntoTheOutbox(t *testing.T) {
	dir := sound(t)
	waiting := 0
	change(t, dir, func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(bucketOutbox))
		waiting = b.Stats().KeyN
		for k, _ := b.Cursor().First(); k != nil; k, _ = b.Cursor().First() {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
	_, to := salvage(t, t.TempDir(), []byte(read(t, filepath.Join(dir, fileName))))
	saved := t.TempDir()
	if err := os.Rename(to, filepath.Join(saved, fileName)); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), saved, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pending, err := s.Pending(0)
	if err != nil || len(pending) != waiting {
		t.Fatalf("%d commits wait, %v, want %d", len(pending), err, waiting)
	}
	drain(t, s, map[string]*repository{}, 0)
	if err := s.Verify(t.Context(), func(f Fault) { t.Error(f) }); err != nil {
		t.Error(err)
	}
}

// TestSalvageTakesLostVersionsFromTheOutbox loses records and texts of versions that
// git does not have. Their commits hold both; without them nobody could note what
// was published.
func TestSalvageTakesLostVersionsFromTheOutbox(t *testing.T) {
	dir := sound(t)
	want := kept(dump(t, filepath.Join(dir, fileName)))
	lost := 0
	change(t, dir, func(tx *bolt.Tx) error {
		waiting := map[string]bool{}
		err := tx.Bucket([]byte(bucketOutbox)).ForEach(func(k, value []byte) error {
			var c workflow.Commit
			err := decode(bucketOutbox, k, value, &c)
			for _, v := range c.Versions {
				waiting[string(versionKey(c.ProjectID, v.Path, v.Number))] = true
			}
			return err
		})
		lost = len(waiting)
		for k := range waiting {
			err = errors.Join(err, tx.Bucket([]byte(bucketVersion)).Delete([]byte(k)), tx.Bucket([]byte(bucketBody)).Delete([]byte(k)))
		}
		return err
	})
	if lost < 2 {
		t.Fatalf("%d versions wait, want some", lost)
	}
	saved, to := salvage(t, t.TempDir(), []byte(read(t, filepath.Join(dir, fileName))))
	same(t, "what is lost", saved.Lost, nil, []Fault{})
	same(t, "the records", differences(kept(dump(t, to)), want), nil, []string{})
	drainsWell(t, to)
}

// TestSalvageDropsACommitThatGitHas brings a commit back that git has had for long,
// without the record of its version. Published again it would put an old text over a
// newer one; the text itself is worth keeping.
func TestSalvageDropsACommitThatGitHas(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fillSound(t, s)
	save(t, s, "twice.md", "one")
	drain(t, s, map[string]*repository{}, 0)
	save(t, s, "twice.md", "two")
	old, err := s.Pending(0)
	if err != nil || len(old) != 1 {
		t.Fatalf("%d commits wait, %v, want one", len(old), err)
	}
	drain(t, s, map[string]*repository{}, 0)
	save(t, s, "twice.md", "three")
	drain(t, s, map[string]*repository{}, 0)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	change(t, dir, func(tx *bolt.Tx) error {
		k, b := key(sequenceKey(old[0].Seq)), tx.Bucket([]byte(bucketOutbox))
		payload, err := json.Marshal(old[0])
		return errors.Join(err, b.Put(k, seal(formatJSON, k, payload)), tx.Bucket([]byte(bucketVersion)).Delete(versionKey(project, "twice.md", 2)))
	})
	_, to := salvage(t, t.TempDir(), []byte(read(t, filepath.Join(dir, fileName))))
	got := dump(t, to)
	k := "/" + project + "/twice.md/" + numberKey(2)
	if got["version"+k] == "" || !strings.Contains(got["body"+k], "two") {
		t.Errorf("the version is %q with the text %q, want that of the commit", got["version"+k], got["body"+k])
	}
	for k := range got {
		if strings.HasPrefix(k, "outbox/") {
			t.Errorf("%s waits, want nothing", k)
		}
	}
}

// drainsWell opens a database that was saved, publishes what waits and wants it
// sound. It returns what has waited.
func drainsWell(t *testing.T, saved string) []workflow.Commit {
	t.Helper()
	dir := t.TempDir()
	if err := os.Rename(saved, filepath.Join(dir, fileName)); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pending, err := s.Pending(0)
	if err != nil {
		t.Fatal(err)
	}
	drain(t, s, map[string]*repository{}, 0)
	if err := s.Verify(t.Context(), func(f Fault) { t.Error(f) }); err != nil {
		t.Error(err)
	}
	return pending
}

// TestSalvageKeepsTheOrderOfVersions loses the commit of a version that is older than
// one that waits. Published after that, it would put its text over the newer one's.
func TestSalvageKeepsTheOrderOfVersions(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(t.Context(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fillSound(t, s)
	for _, body := range []string{"one", "two", "three", "four"} {
		save(t, s, "often.md", body)
	}
	pending, err := s.Pending(0)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	lost := pending[len(pending)-3 : len(pending)-1]
	change(t, dir, func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(bucketOutbox))
		return errors.Join(b.Delete(key(sequenceKey(lost[0].Seq))), b.Delete(key(sequenceKey(lost[1].Seq))))
	})
	_, to := salvage(t, t.TempDir(), []byte(read(t, filepath.Join(dir, fileName))))
	pending = drainsWell(t, to)
	numbers := []int{}
	for _, c := range pending {
		for _, v := range c.Versions {
			if v.Path == "often.md" {
				numbers = append(numbers, v.Number)
			}
		}
	}
	same(t, "the order", numbers, nil, []int{1, 2, 3, 4})
}

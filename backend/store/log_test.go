package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"plumbline/backend/workflow"
)

// long fills an artifact with drained versions, one a minute from noon on. It
// writes the records as they would be, without the way there.
func long(t testing.TB, s *Store, path string, versions int) {
	t.Helper()
	sync := s.db.NoSync
	s.db.NoSync = true
	defer func() { s.db.NoSync = sync }()
	if err := s.Update(func(tx *Tx) error {
		if _, known, _ := tx.getText(bucketPage, key(project, path)); known {
			return nil
		}
		return errors.Join(tx.PutProject(aProject), tx.claim(project, path), tx.Describe(project, ann, noon, "Start"))
	}); err != nil {
		t.Fatal(err)
	}
	for number := 1; number <= versions; {
		err := s.write(func(tx *Tx) error {
			for range min(5000, versions-number+1) {
				v := workflow.Version{ProjectID: project, Path: path, Number: number, Kind: workflow.VersionSaved, Author: ann,
					At: noon.Add(time.Duration(number) * time.Minute), Message: "Edit " + path, Hash: workflow.Hash("body"), Size: 4,
					Commit: sha(fmt.Sprint(number)), Blob: sha("body")}
				if _, err := tx.put(bucketVersion, versionKey(project, path, number), v); err != nil {
					return err
				}
				number++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.write(func(tx *Tx) error {
		_, headErr := tx.put(bucketHead, key(project, path), versions)
		_, bodyErr := tx.putText(bucketBody, versionKey(project, path, versions), "body")
		_, gitErr := tx.put(bucketGitHead, key(project), sha("tip"))
		return errors.Join(headErr, bodyErr, gitErr)
	}); err != nil {
		t.Fatal(err)
	}
}

func numbers(versions []workflow.Version) []int {
	all := []int{}
	for _, v := range versions {
		all = append(all, v.Number)
	}
	return all
}

func TestLogIsReadPageByPage(t *testing.T) {
	s := open(t)
	for _, path := range []string{"b.md", "a.md", "c.md"} { // neighbours must not be seen
		long(t, s, path, 7)
	}
	view(t, s, func(tx *Tx) error {
		for _, c := range []struct {
			path          string
			before, limit int
			want          []int
		}{
			{"b.md", 0, 3, []int{7, 6, 5}},
			{"b.md", 5, 3, []int{4, 3, 2}},
			{"b.md", 2, 3, []int{1}},
			{"b.md", 1, 3, []int{}},
			{"b.md", 99, 2, []int{7, 6}},
			{"b.md", 0, 100, []int{7, 6, 5, 4, 3, 2, 1}},
			{"b.md", 0, 0, []int{}},
			{"c.md", 0, 2, []int{7, 6}},
			{"a.md", 3, 9, []int{2, 1}},
			{"none.md", 0, 5, []int{}},
		} {
			got, err := tx.VersionsBefore(project, c.path, c.before, c.limit)
			same(t, fmt.Sprintf("%s before %d, at most %d", c.path, c.before, c.limit), numbers(got), err, c.want)
		}
		return nil
	})
}

func TestVersionAtATime(t *testing.T) {
	s := open(t)
	long(t, s, "a.md", 1000)
	view(t, s, func(tx *Tx) error {
		for offset, want := range map[time.Duration]int{
			0: 0, time.Minute - 1: 0, time.Minute: 1, 90 * time.Second: 1, 500 * time.Minute: 500, 1000 * time.Minute: 1000, 1 << 60: 1000,
		} {
			v, ok, err := tx.VersionAt(project, "a.md", noon.Add(offset))
			same(t, fmt.Sprint("the version after ", offset), v.Number, err, want)
			same(t, fmt.Sprint("whether there is one after ", offset), ok, nil, want > 0)
		}
		_, ok, err := tx.VersionAt(project, "none.md", noon)
		same(t, "whether there is a version of nothing", ok, err, false)
		return nil
	})
}

func TestVersionIsNeverOlderThanTheOneBefore(t *testing.T) {
	s := open(t)
	save(t, s, "spec.md", "one")
	earlier := noon.Add(-time.Hour)
	update(t, s, func(tx *Tx) error {
		v := workflow.Version{ProjectID: project, Path: "spec.md", Number: 2, Kind: workflow.VersionSaved, Author: ann, At: earlier, Hash: workflow.Hash("two")}
		return errors.Join(tx.AddVersion(v, "two"), tx.Describe(project, ann, earlier, "Save"))
	})
	view(t, s, func(tx *Tx) error {
		v, err := tx.Version(project, "spec.md", 2)
		same(t, "its time", v.At, err, noon)
		return nil
	})
}

// TestPageOfALongLogCostsNoMore counts allocations, which do not depend on what
// else the machine does.
func TestPageOfALongLogCostsNoMore(t *testing.T) {
	s := open(t)
	cost := map[int][2]float64{}
	for _, n := range []int{100, 20_000} {
		path := fmt.Sprintf("%d.md", n)
		long(t, s, path, n)
		view(t, s, func(tx *Tx) error {
			page := testing.AllocsPerRun(20, func() {
				if got, err := tx.VersionsBefore(project, path, n/2, 50); err != nil || len(got) < 49 {
					t.Errorf("VersionsBefore: %d, %v", len(got), err)
				}
			})
			at := testing.AllocsPerRun(20, func() {
				if _, ok, err := tx.VersionAt(project, path, noon.Add(time.Duration(n/2)*time.Minute)); err != nil || !ok {
					t.Errorf("VersionAt: %v, %v", ok, err)
				}
			})
			cost[n] = [2]float64{page, at}
			return nil
		})
	}
	if small, large := cost[100], cost[20_000]; large[0] > 1.5*small[0] || large[1] > 4*small[1] {
		t.Errorf("a page and a moment cost %v allocations of 20,000 versions, %v of 100", large, small)
	}
}

package disktest

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/disk"
)

// record runs something with a recorder on an empty folder.
func record(t *testing.T, fn func(r *Recorder, root string) error) Log {
	t.Helper()
	root := t.TempDir()
	r, err := New(root)
	if err != nil {
		t.Fatal(err)
	}
	if err := fn(r, root); err != nil {
		t.Fatal(err)
	}
	return r.Log()
}

// left describes a state: paths with their contents.
func left(s State) string {
	parts := []string{}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		parts = append(parts, strings.TrimSuffix(name+"="+string(s.files[name]), "/="))
	}
	return strings.Join(parts, " ")
}

// outcomes returns every state that the losses lead to after n operations.
func outcomes(l Log, n int) []string {
	all := map[string]bool{}
	for _, loss := range l.Losses(n, 50) {
		all[left(l.State(n, loss))] = true
	}
	return slices.Sorted(maps.Keys(all))
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the power cut leaves one of\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

func TestWhatIsNotSyncedMayBeLost(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		return disk.WriteNew(r, filepath.Join(root, "a"), []byte("text"))
	})
	if l.Len() != 3 { // create, write, sync
		t.Fatalf("%d operations were recorded, want 3", l.Len())
	}
	want(t, outcomes(l, 2), "", "a=", "a=te", "a=text")
	want(t, outcomes(l, 3), "", "a=text")
	want(t, outcomes(l.Without(2), 3), "", "a=", "a=te", "a=text")
}

func TestSyncedFolderKeepsItsNames(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		err := disk.WriteNew(r, filepath.Join(root, "a"), []byte("text"))
		return errors.Join(err, r.SyncDir(root))
	})
	want(t, outcomes(l, 4), "a=text")
	want(t, outcomes(l.Without(2), 4), "a=", "a=te", "a=text")
	want(t, outcomes(l.Without(3), 4), "", "a=text")
	if got := l.Syncs(); !slices.Equal(got, []int{2, 3}) {
		t.Errorf("the syncs are %v, want 2 and 3", got)
	}
}

func TestReplacedFileIsOldOrNewButItsDataNeedsASync(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		return errors.Join(disk.WriteNew(r, filepath.Join(root, "a"), []byte("old")), r.SyncDir(root),
			disk.Replace(r, filepath.Join(root, "tmp"), filepath.Join(root, "a"), []byte("newer")))
	})
	want(t, outcomes(l, l.Len()), "a=old", "a=newer", "a=old tmp=newer")
	missing := outcomes(l.Without(l.Len()-2), l.Len())
	if !slices.Contains(missing, "a=") {
		t.Errorf("without the sync of the file, it is one of %v, want also the empty one", missing)
	}
}

func TestFolderWhoseNameIsLostTakesItsFilesAlong(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		dir := filepath.Join(root, "d", "e")
		return errors.Join(r.MakeDir(dir), disk.WriteNew(r, filepath.Join(dir, "a"), []byte("text")), r.SyncDir(dir), r.SyncDir(filepath.Join(root, "d")))
	})
	want(t, outcomes(l, l.Len()), "", "d d/e d/e/a=text")
}

func TestRemovedFileMayComeBack(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		a := filepath.Join(root, "a")
		return errors.Join(disk.WriteNew(r, a, []byte("text")), r.SyncDir(root), r.Remove(a))
	})
	want(t, outcomes(l, l.Len()), "", "a=text")
}

func TestMarksAreThoseBeforeThePowerCut(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		r.Mark("begin")
		err := r.MakeDir(filepath.Join(root, "d"))
		r.Mark("end")
		return err
	})
	if got := l.Marks(2); !slices.Equal(got, []string{"begin"}) {
		t.Errorf("the marks are %v, want only the first", got)
	}
	if got := l.Marks(3); !slices.Equal(got, []string{"begin", "end"}) {
		t.Errorf("the marks are %v, want both", got)
	}
}

func TestOutsideChangesAreDurable(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		err := disk.WriteNew(r, filepath.Join(root, "a"), []byte("ours"))
		err = errors.Join(err, os.WriteFile(filepath.Join(root, "b"), []byte("theirs"), 0o600), r.Outside())
		return errors.Join(err, r.Rename(filepath.Join(root, "b"), filepath.Join(root, "c")))
	})
	want(t, outcomes(l, l.Len()), "a=ours b=theirs", "a=ours c=theirs")
}

func TestReplacedContentIsDurableButItsNameIsNot(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		a := filepath.Join(root, "a")
		for _, text := range []string{"one", "one", "two"} {
			if err := errors.Join(os.WriteFile(a, []byte(text), 0o600), r.Replaced(a)); err != nil {
				return err
			}
		}
		return errors.Join(r.SyncDir(root), os.WriteFile(a, []byte("three"), 0o600), r.Replaced(a))
	})
	if l.Len() != 5 { // create, replace, replace, sync, replace
		t.Fatalf("%d operations were recorded, want 5", l.Len())
	}
	want(t, outcomes(l, 2), "", "a=one")
	want(t, outcomes(l, 3), "", "a=two")
	want(t, outcomes(l, 4), "a=two")
	want(t, outcomes(l, 5), "a=three")
}

func TestResumedRecordingCanStillLoseWhatCameBefore(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		return disk.WriteNew(r, filepath.Join(root, "a"), []byte("text"))
	})
	dir := t.TempDir()
	r, err := l.Resume(2, dir)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(disk.WriteNew(r, filepath.Join(dir, "b"), []byte("more")), r.SyncDir(dir))
	if err != nil {
		t.Fatal(err)
	}
	l = r.Log()
	want(t, outcomes(l, l.Len()), "a= b=more", "a=te b=more", "a=text b=more")
}

func TestStateIsWhatIsWritten(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		return errors.Join(r.MakeDir(filepath.Join(root, "d", "e")), disk.WriteNew(r, filepath.Join(root, "d", "a"), []byte("text")))
	})
	state := l.State(l.Len(), NothingLost)
	dir := t.TempDir()
	if err := state.Write(dir); err != nil {
		t.Fatal(err)
	}
	again, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Log().State(0, AllLost); got.Digest() != state.Digest() {
		t.Errorf("the folder holds %s, want %s", left(got), left(state))
	}
	if other := l.State(l.Len()-2, NothingLost); other.Digest() == state.Digest() {
		t.Errorf("%s and %s have the same digest", left(other), left(state))
	}
}

func TestFailuresAreNotRecorded(t *testing.T) {
	l := record(t, func(r *Recorder, root string) error {
		a := filepath.Join(root, "a")
		if err := r.Remove(a); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Remove of nothing returns %v", err)
		}
		if err := r.Rename(a, a+"b"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Rename of nothing returns %v", err)
		}
		if _, err := r.Create(filepath.Join(root, "no", "a")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Create in no folder returns %v", err)
		}
		if err := r.SyncDir(a); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("SyncDir of nothing returns %v", err)
		}
		if err := r.MakeDir(filepath.Dir(root)); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("MakeDir outside returns %v", err)
		}
		return nil
	})
	if l.Len() != 0 {
		t.Errorf("%d operations were recorded, the first is %s", l.Len(), l.Op(0))
	}
}

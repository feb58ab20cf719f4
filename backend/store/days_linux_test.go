package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"plumbline/backend/workflow"
)

// tight is a disk that can be made full.
type tight struct {
	dir        string
	fill, free func()
}

// limitedRun is set for a run of these tests in which files have a limit.
const limitedRun = "PLUMBLINE_STORE_LIMITED"

// tightDisks are the disks that can be made full here: a small file system, where
// this process may mount one. In a run of its own, see TestFullDiskByLimit, it is
// a limit on the size of files, which fails in the same places.
func tightDisks(t *testing.T) map[string]tight {
	t.Helper()
	if os.Getenv(limitedRun) != "" {
		return map[string]tight{"limited": limited(t)}
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=12m"); err != nil {
		t.Logf("mount: %v; only the run with a limit fills a disk", err)
		return map[string]tight{}
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(dir, "ballast")
	return map[string]tight{"small": {dir: filepath.Join(dir, "data"), fill: func() { fillUp(t, ballast) }, free: func() {
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}}}
}

// TestFullDiskByLimit runs the other tests of full disks in a process in which
// files have a limit: it holds for every file, also those of the test tool.
func TestFullDiskByLimit(t *testing.T) {
	if os.Getenv(limitedRun) != "" {
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=FullDisk", "-test.v")
	cmd.Env = append(os.Environ(), limitedRun+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil || strings.Count(string(out), "/limited (") != 4 {
		t.Errorf("%v\n%s", err, out)
	}
}

// fillUp writes a file until the disk is full.
func fillUp(t *testing.T, path string) {
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil && !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
}

// limited is a folder in which no file can grow any more once it is full.
func limited(t *testing.T) tight {
	t.Helper()
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(unix.SIGXFSZ)
	set := func(limit unix.Rlimit) {
		if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { set(before) })
	return tight{
		dir:  filepath.Join(t.TempDir(), "data"),
		fill: func() { set(unix.Rlimit{Cur: 64 << 10, Max: before.Max}) },
		free: func() { set(before) },
	}
}

// full fails the test unless an error says that the disk is full, and where.
func full(t *testing.T, what string, err error, dir string) {
	t.Helper()
	if workflow.CodeOf(err) != workflow.Unavailable || !strings.Contains(err.Error(), dir) || workflow.Describe(err).Hint == "" {
		t.Errorf("%s: %v (%v), want unavailable with the folder and a way out", what, err, workflow.CodeOf(err))
	}
}

func TestFullDiskLosesNothingAndWorksAgain(t *testing.T) {
	for name, d := range tightDisks(t) {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), d.dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			fillSound(t, s)
			d.fill()
			saved := saveUntilFull(t, s)
			loose := dumpOpen(t, s) // all that was saved can be read
			s.spare = 0
			if _, err := s.Compact(t.Context()); err != nil {
				full(t, "Compact", err, d.dir)
			}
			same(t, "the records", differences(dumpOpen(t, s), loose), nil, []string{})
			if err := s.Verify(t.Context(), func(f Fault) { t.Error(f) }); err != nil {
				t.Error(err)
			}
			d.free()
			saveBig(t, s, saved)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if err := inspect(t, s.Path()).Err(s.Path()); err != nil {
				t.Error(err)
			}
		})
	}
}

// saveUntilFull saves until that does not work any more, and returns how often it did.
func saveUntilFull(t *testing.T, s *Store) (saved int) {
	t.Helper()
	for ; saved < 1000; saved++ {
		if err := tryBig(s, saved); err != nil {
			full(t, "Update", err, s.dir)
			return saved
		}
	}
	t.Fatal("the disk was never full")
	return saved
}

func saveBig(t *testing.T, s *Store, n int) {
	t.Helper()
	if err := tryBig(s, n); err != nil {
		t.Errorf("Update when there is room again: %v", err)
	}
}

// tryBig saves a large document, its nth version.
func tryBig(s *Store, n int) error {
	body := strings.Repeat("x", 300_000)
	return s.Update(func(tx *Tx) error {
		v := workflow.Version{ProjectID: project, Path: "big.md", Number: n + 1, Kind: workflow.VersionSaved, Author: ann, At: noon, Hash: workflow.Hash(body)}
		return errors.Join(tx.AddVersion(v, body), tx.Describe(project, ann, noon, "Save"))
	})
}

func TestFullDiskStopsAMigrationBeforeItBegins(t *testing.T) {
	for name, d := range tightDisks(t) {
		t.Run(name, func(t *testing.T) {
			content := read(t, filepath.Join(oldDatabase(t), fileName))
			path := filepath.Join(d.dir, fileName)
			if err := errors.Join(os.MkdirAll(d.dir, 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
				t.Fatal(err)
			}
			d.fill()
			_, err := Open(t.Context(), d.dir, Options{})
			full(t, "Open", err, d.dir)
			if read(t, path) != content {
				t.Error("the database was changed")
			}
			d.free()
			s, err := Open(t.Context(), d.dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(CheckSnapshot(t.Context(), s.backupPath(1)), s.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFullDiskMakesNoHalfDatabase(t *testing.T) {
	for name, d := range tightDisks(t) {
		t.Run(name, func(t *testing.T) {
			if err := os.MkdirAll(d.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			d.fill()
			s, err := Open(t.Context(), d.dir, Options{})
			if err == nil { // a small one has room below the limit
				err = saveAll(s)
			}
			full(t, "Open", err, d.dir)
			d.free()
			s, err = Open(t.Context(), d.dir, Options{})
			if err != nil {
				t.Fatal(err)
			}
			fillSoundIfEmpty(t, s)
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// saveAll saves until that does not work any more, and closes.
func saveAll(s *Store) error {
	for n := 0; ; n++ {
		if err := tryBig(s, n); err != nil {
			return errors.Join(err, s.Close())
		}
	}
}

func fillSoundIfEmpty(t *testing.T, s *Store) {
	t.Helper()
	save(t, s, "after.md", "it goes on")
}

func TestFullDiskIsSaidByASnapshot(t *testing.T) {
	s := open(t)
	fillSound(t, s)
	for name, d := range tightDisks(t) {
		t.Run(name, func(t *testing.T) {
			if err := os.MkdirAll(d.dir, 0o700); err != nil {
				t.Fatal(err)
			}
			d.fill()
			defer d.free()
			f, err := os.Create(filepath.Join(d.dir, "snapshot"))
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if err := s.Snapshot(t.Context(), f); workflow.CodeOf(err) != workflow.Unavailable {
				t.Errorf("Snapshot: %v, want unavailable", err)
			}
		})
	}
}

func TestPermissionLostWhileOpenIsUnavailableUntilItIsBack(t *testing.T) {
	s := open(t)
	if err := os.Chmod(s.dir, 0o500); err != nil {
		t.Fatal(err)
	}
	withoutPower(t, func() {
		err := s.Update(func(tx *Tx) error { return tx.PutNumCtx("m", 1) })
		if workflow.CodeOf(err) != workflow.Unavailable || !strings.Contains(err.Error(), s.dir) {
			t.Errorf("Update: %v, want unavailable with the folder", err)
		}
		if err := s.View(func(tx *Tx) error { _, err := tx.Projects(); return err }); err != nil {
			t.Errorf("View: %v", err)
		}
	})
	if err := os.Chmod(s.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	withoutPower(t, func() {
		if err := s.Update(func(tx *Tx) error { return tx.PutNumCtx("m", 1) }); err != nil {
			t.Errorf("Update with the permission back: %v", err)
		}
	})
}

// TestReadOnlyDiskIsUnavailable mounts a disk for reading only where this
// process may, and else takes the right to write from every folder and file.
func TestReadOnlyDiskIsUnavailable(t *testing.T) {
	dir := sound(t)
	path := filepath.Join(dir, fileName)
	before := read(t, path)
	try := func() {
		_, err := Open(t.Context(), dir, Options{})
		if workflow.CodeOf(err) != workflow.Unavailable || !strings.Contains(err.Error(), dir) {
			t.Errorf("Open: %v, want unavailable with the folder", err)
		}
	}
	if err := unix.Mount(dir, dir, "", unix.MS_BIND, ""); err == nil {
		defer func() {
			if err := unix.Unmount(dir, 0); err != nil {
				t.Error(err)
			}
		}()
		if err := unix.Mount("", dir, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
			t.Fatal(err)
		}
		try()
	} else {
		if err := errors.Join(os.Chmod(filepath.Join(dir, "lock"), 0o400), os.Chmod(path, 0o400), os.Chmod(dir, 0o500)); err != nil {
			t.Fatal(err)
		}
		withoutPower(t, try)
	}
	if read(t, path) != before {
		t.Error("the database was changed")
	}
	if err := CheckSnapshot(t.Context(), path); err != nil { // looking is allowed
		t.Error(err)
	}
}

// TestEveryValueIsCheckedWhenItIsRead spoils one value after the other and reads
// it the way the program does.
func TestEveryValueIsCheckedWhenItIsRead(t *testing.T) {
	readers := map[bucketName]func(tx *Tx) error{
		bucketProject:     func(tx *Tx) error { _, err := tx.Project(project); return err },
		bucketRun:         func(tx *Tx) error { _, err := tx.Runs(project); return err },
		bucketRunText:     func(tx *Tx) error { _, err := tx.RunText(aRun.ID, "prompt"); return err },
		bucketChunk:       func(tx *Tx) error { _, err := tx.Chunks("01JD0WAITING", "answer"); return err },
		bucketCandidate:   func(tx *Tx) error { _, err := tx.Candidates(project); return err },
		bucketVersion:     func(tx *Tx) error { _, err := tx.Versions(project, "steps/00.md"); return err },
		bucketHead:        func(tx *Tx) error { _, _, err := tx.Head(project, "steps/00.md"); return err },
		bucketBody:        func(tx *Tx) error { _, _, err := tx.Body(project, "steps/00.md", 3); return err },
		bucketPage:        func(tx *Tx) error { return tx.claim(project, "steps/00.md") },
		bucketGateRecord:  func(tx *Tx) error { _, err := tx.GateRecords(project); return err },
		bucketTick:        func(tx *Tx) error { _, err := tx.Ticks(project, "spec.md"); return err },
		bucketVariable:    func(tx *Tx) error { _, err := tx.Variables(project, "spec"); return err },
		bucketEffort:      func(tx *Tx) error { _, err := tx.Efforts(project); return err },
		bucketFinding:     func(tx *Tx) error { _, err := tx.Findings(project); return err },
		bucketFiling:      func(tx *Tx) error { _, err := tx.Filings(project); return err },
		bucketGitHead:     func(tx *Tx) error { var head string; _, err := tx.get(bucketGitHead, key(project), &head); return err },
		bucketOutbox:      func(tx *Tx) error { _, err := list[workflow.Commit](tx, bucketOutbox, nil); return err },
		bucketDraft:       func(tx *Tx) error { _, err := tx.Drafts(project); return err },
		bucketShelfFile:   func(tx *Tx) error { _, err := tx.ShelfFiles(); return err },
		bucketSetting:     func(tx *Tx) error { _, _, err := tx.Settings(); return err },
		bucketCalibration: func(tx *Tx) error { _, _, err := tx.Calibration("model"); return err },
		bucketNumCtx:      func(tx *Tx) error { _, _, err := tx.NumCtx("model"); return err },
		bucketMeta:        func(tx *Tx) error { var s schema; _, err := tx.get(bucketMeta, key(schemaKey), &s); return err },
	}
	s := open(t)
	fillSound(t, s)
	for name, kind := range kinds() {
		if kind.format == 0 {
			continue // an index has no values
		}
		if readers[name] == nil {
			t.Fatalf("nothing reads %s", name)
		}
		errRollback := errors.New("spoiled enough")
		err := s.write(func(tx *Tx) error {
			b, err := tx.bucket(name)
			if err != nil {
				return err
			}
			k, v := b.Cursor().First()
			if name == bucketBody || name == bucketVersion {
				k = versionKey(project, "steps/00.md", 3)
				v = b.Get(k)
			}
			if err := flipped(b, bytes.Clone(k), bytes.Clone(v)); err != nil {
				return err
			}
			if err := readers[name](tx); workflow.CodeOf(err) != workflow.Internal || !strings.Contains(fmt.Sprint(err), string(name)) {
				t.Errorf("%s: %v, want an error that names the record", name, err)
			}
			return errRollback
		})
		if !errors.Is(err, errRollback) {
			t.Error(err)
		}
	}
}

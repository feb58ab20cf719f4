package engine

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

// limitedRun is set for a run of the test of a full disk in which files have a limit.
const limitedRun = "PLUMBLINE_ENGINE_LIMITED"

// crowded is a data folder on a disk that can be made full.
type crowded struct {
	dir        string
	fill, free func()
}

// smallDisk is a small file system; ok is false where this process may not mount one.
func smallDisk(t *testing.T) (crowded, bool) {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=12m"); err != nil {
		return crowded{}, false
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	ballast := filepath.Join(dir, "ballast")
	return crowded{dir: filepath.Join(dir, "data"), free: func() { must(t, os.Remove(ballast)) }, fill: func() {
		f, err := os.Create(ballast)
		must(t, err)
		for err == nil {
			_, err = f.Write(make([]byte, 4096))
		}
		if !errors.Is(err, unix.ENOSPC) {
			t.Fatal(err)
		}
		must(t, f.Close())
	}}, true
}

// limitedDisk is a folder in which no file can grow beyond a limit once it is full. It
// holds for the whole process.
func limitedDisk(t *testing.T) crowded {
	t.Helper()
	var free unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_FSIZE, &free))
	signal.Ignore(unix.SIGXFSZ)
	set := func(limit unix.Rlimit) { must(t, unix.Setrlimit(unix.RLIMIT_FSIZE, &limit)) }
	return crowded{dir: filepath.Join(t.TempDir(), "data"), free: func() { set(free) },
		fill: func() { set(unix.Rlimit{Cur: 16 << 10, Max: free.Max}) }}
}

func TestFullDiskLosesNothingAndWorksAgain(t *testing.T) {
	if os.Getenv(limitedRun) != "" {
		fullDisk(t, limitedDisk(t))
		return
	}
	if d, ok := smallDisk(t); ok {
		fullDisk(t, d)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDiskLosesNothingAndWorksAgain$", "-test.v")
	cmd.Env = append(os.Environ(), limitedRun+"=1")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("%v\n%s", err, out)
	}
}

// at opens an engine in a folder, at a moment that its clock shows.
func at(t *testing.T, dir string, now func() time.Time) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), dir: dir, client: llmtest.NewScripted(specOrRequest)}
	opt := b.options()
	opt.Now = now
	b.Engine = try(Open(b.ctx, opt))(t)
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// fullDisk does everything on a disk without room: nothing is half done, and all of
// it works when there is room again.
func fullDisk(t *testing.T, d crowded) {
	t.Helper()
	b := at(t, d.dir, time.Now)
	p := b.project("Tide table")
	b.drain()
	out := filepath.Join(t.TempDir(), "tide.zip")
	try(b.ExportProject(b.ctx, p.ID, out))(t)
	d.fill()
	saved := ""
	for n := 0; ; n++ {
		body := fmt.Sprintf("# %d\n%s\n", n, strings.Repeat("tide ", 20_000))
		base := b.doc(p, "request.md").Version.Number
		_, err := b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: base, Body: body})
		if err != nil {
			unavailable(t, "Save", err, d.dir)
			break
		}
		saved = body
	}
	before := image(b, true)
	_, err := b.Backup(b.ctx, "")
	unavailable(t, "Backup", err, d.dir)
	_, err = b.ImportProject(b.ctx, out, "Twin")
	unavailable(t, "ImportProject", err, d.dir)
	if c := b.checkFolder(); c.State != checkFailed || c.Hint == "" {
		t.Errorf("the doctor of a full disk: %+v", c)
	}
	sameImage(t, withoutNames(image(b, true)), withoutNames(before))
	for _, left := range []string{"backup.tmp", "backups/*"} {
		if found, _ := filepath.Glob(filepath.Join(d.dir, left)); len(found) > 0 {
			t.Errorf("left behind: %v", found)
		}
	}
	d.free()
	if c := b.checkFolder(); c.State != checkOK {
		t.Errorf("the doctor of a disk with room: %+v", c)
	}
	if got := b.doc(p, "request.md").Markdown; saved != "" && got != saved {
		t.Error("the last save that was acknowledged is not there")
	}
	b.rewriteDoc(p, "request.md", "# There is room again\n")
	b.drain()
	try(b.Backup(b.ctx, ""))(t)
	twin := try(b.ImportProject(b.ctx, out, "Twin"))(t)
	b.drain()
	if err := sane(b); err != nil || twin.Name != "Twin" {
		t.Error(err)
	}
	must(t, b.Close())
}

// withoutPower runs fn on a thread that must obey the modes of files even when the
// tests run as root.
func withoutPower(t *testing.T, fn func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var caps [2]unix.CapUserData
		err := unix.Capget(&header, &caps[0])
		caps[0].Effective &^= 1<<unix.CAP_DAC_OVERRIDE | 1<<unix.CAP_DAC_READ_SEARCH
		if err = errors.Join(err, unix.Capset(&header, &caps[0])); err != nil {
			t.Error(err)
			return
		}
		fn()
	}()
	<-done
}

// forbid takes the right to write from everything below a folder.
func forbid(t *testing.T, dir string) (allow func()) {
	t.Helper()
	chmod := func(folder, file os.FileMode) {
		must(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.Chmod(path, folder)
			}
			return os.Chmod(path, file)
		}))
	}
	chmod(0o500, 0o400)
	return func() { chmod(0o700, 0o600) }
}

func TestPermissionLostOnAHistoryKeepsNobodyFromSaving(t *testing.T) {
	root := stage(t)
	b := actor(t, root, nil)
	p := b.project("Tide table")
	b.drain()
	allow := forbid(t, b.history.Dir(p.ID))
	withoutPower(t, func() {
		b.rewriteDoc(p, "request.md", "# While it is forbidden\n")
		unavailable(t, "drain", b.drainer.flush(b.ctx), b.history.Dir(p.ID))
		unavailable(t, "Maintain", b.Maintain(b.ctx), b.history.Dir(p.ID))
		_, err := b.Backup(b.ctx, "")
		unavailable(t, "Backup", err, b.history.Dir(p.ID))
		if got := b.doc(p, "request.md").Markdown; got != "# While it is forbidden\n" {
			t.Errorf("the document is %q", got)
		}
	})
	allow()
	b.rewriteDoc(p, "request.md", "# And after\n")
	b.drain()
	if err := sane(b); err != nil {
		t.Error(err)
	}
	must(t, b.Close())
}

func TestPermissionLostOnTheFolderIsSaidAtTheStart(t *testing.T) {
	b, _ := lived(t)
	want := image(b, true)
	b.close()
	allow := forbid(t, b.dir)
	withoutPower(t, func() {
		_, err := Open(b.ctx, b.options())
		unavailable(t, "Open", err, b.dir)
		_, err = Repair(b.ctx, b.options())
		unavailable(t, "Repair", err, b.dir)
	})
	allow()
	b.open()
	sameImage(t, image(b, true), want)
	b.sound()
}

// TestReadOnlyDiskIsSaidAtTheStart mounts the folder for reading only where this
// process may; elsewhere the modes of the test above do the same.
func TestReadOnlyDiskIsSaidAtTheStart(t *testing.T) {
	b, _ := lived(t)
	want := image(b, true)
	b.close()
	if err := unix.Mount(b.dir, b.dir, "", unix.MS_BIND, ""); err == nil {
		must(t, unix.Mount("", b.dir, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""))
		_, err := Open(b.ctx, b.options())
		unavailable(t, "Open", err, b.dir)
		must(t, unix.Unmount(b.dir, 0))
	}
	b.open()
	sameImage(t, image(b, true), want)
	b.sound()
}

// TestClockThatGoesBackwardsDoesNotTurnHistoryRound sets the clock back by a day
// between saves and between starts.
func TestClockThatGoesBackwardsDoesNotTurnHistoryRound(t *testing.T) {
	dir, clock := t.TempDir(), newClock()
	clock.set(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC))
	var p workflow.Project
	for life := range 3 {
		b := at(t, dir, clock.now)
		if life == 0 {
			p = b.project("Tide table")
		}
		for n := range 3 {
			b.rewriteDoc(p, "request.md", fmt.Sprintf("# Life %d, save %d\n", life, n))
			clock.pass(-24 * time.Hour)
		}
		b.drain()
		versions := try(b.versions(p.ID, "request.md"))(t)
		for i := 1; i < len(versions); i++ {
			if !versions[i-1].At.After(versions[i].At) {
				t.Errorf("v%d is of %s, v%d of %s", versions[i-1].Number, versions[i-1].At, versions[i].Number, versions[i].At)
			}
		}
		if err := errors.Join(sane(b), gitSays(b)); err != nil {
			t.Error(err)
		}
		times := strings.Fields(drainGit(t, b.history.Dir(p.ID), "log", "--format=%ct", "main"))
		for i := 1; i < len(times); i++ {
			if times[i-1] < times[i] {
				t.Errorf("a commit of %s rests on one of %s", times[i-1], times[i])
			}
		}
		must(t, b.Close())
	}
}

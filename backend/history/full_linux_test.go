package history

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"plumbline/backend/workflow"
)

// smallDisk is a disk that can be full and read-only.
type smallDisk struct {
	root    string
	mounted bool
}

// newSmallDisk mounts one of 40 pages; who may not do that gets a folder, and
// limits how large files can be instead.
func newSmallDisk(t *testing.T) *smallDisk {
	t.Helper()
	d := &smallDisk{root: t.TempDir()}
	if err := syscall.Mount("tmpfs", d.root, "tmpfs", 0, "size=160k"); err == nil {
		d.mounted = true
		t.Cleanup(func() { must(t, syscall.Unmount(d.root, syscall.MNT_DETACH)) })
	}
	return d
}

// fill leaves room for some pages and returns what makes room again.
func (d *smallDisk) fill(t *testing.T, pages int) (free func()) {
	t.Helper()
	if !d.mounted {
		var before syscall.Rlimit
		must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
		must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(pages) * 1024, Max: before.Max}))
		return func() { must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &before)) }
	}
	ballast := filepath.Join(d.root, "ballast")
	var fs syscall.Statfs_t
	must(t, syscall.Statfs(d.root, &fs))
	must(t, os.WriteFile(ballast, make([]byte, max(int64(fs.Bavail)-int64(pages), 0)*fs.Bsize), 0o600))
	return func() { must(t, os.Remove(ballast)) }
}

// protect makes the disk read-only and returns what makes it writable again.
func (d *smallDisk) protect(t *testing.T, dir string) (free func()) {
	t.Helper()
	if d.mounted {
		must(t, syscall.Mount("", d.root, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
		return func() { must(t, syscall.Mount("", d.root, "", syscall.MS_REMOUNT, "size=160k")) }
	}
	chmod := func(mode os.FileMode) {
		must(t, filepath.WalkDir(filepath.Dir(dir), func(path string, e os.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				err = os.Chmod(path, mode)
			}
			return err
		}))
	}
	chmod(0o500)
	return func() { chmod(0o700) }
}

// refusedWrite fails the test unless an error says which folder cannot be written,
// and what to do.
func refusedWrite(t *testing.T, what string, err error, dir string) {
	t.Helper()
	shown := workflow.Describe(err)
	if workflow.CodeOf(err) != workflow.Unavailable || !strings.Contains(shown.Message, dir) || shown.Hint == "" {
		t.Errorf("%s: %v, want that %s is unavailable, and a hint", what, err, dir)
	}
}

// noisy is text that cannot be compressed by much.
func noisy(seed int) string {
	var b strings.Builder
	for i := range 900 {
		fmt.Fprintf(&b, "%x", (i+seed)*2654435761)
	}
	return b.String()
}

func TestFullDiskIsToldAndLeavesNothingHalfWritten(t *testing.T) {
	from := open(t, t.TempDir())
	commits := []workflow.Commit{change(1, "a.md", noisy(1)), change(2, "b.md", noisy(2)), change(3, "c/d.md", noisy(3))}
	published := publish(t, from, "", commits...)
	file := bundle(t, from)
	acts := map[string]func(h *History) error{
		"Publish": func(h *History) error {
			_, err := h.Publish(t.Context(), project, published[0].Commit, commits[1:])
			return err
		},
		"Consolidate": func(h *History) error { _, err := h.Consolidate(t.Context(), project); return err },
		"Unbundle": func(h *History) error {
			tip, err := h.Unbundle(t.Context(), project, bytes.NewReader(file))
			if err == nil {
				err = h.Adopt(t.Context(), project, tip)
			}
			return err
		},
		"Rescue": func(h *History) error {
			return errors.Join(h.Rescue(t.Context(), project, published[0].Commit, ""), h.Rescue(t.Context(), project, "", published[0].Commit))
		},
	}
	for name, act := range acts {
		failures := 0
		for pages := range 24 {
			ready := commits[:1]
			if name == "Consolidate" {
				ready = commits
			}
			if !actOnFullDisk(t, name, act, ready, pages) {
				failures++
			}
		}
		if failures == 0 || failures == 24 {
			t.Errorf("%s failed %d times of 24, want some", name, failures)
		}
	}
}

// actOnFullDisk does something with room for so many pages only, and again once
// there is room. It reports whether there was enough.
func actOnFullDisk(t *testing.T, name string, act func(*History) error, ready []workflow.Commit, pages int) bool {
	t.Helper()
	d := newSmallDisk(t)
	h := open(t, d.root)
	first := ""
	for _, c := range ready {
		p := publish(t, h, tip(t, h), c)[0]
		if first == "" {
			first = p.Commit
		}
	}
	free := d.fill(t, pages)
	failed := act(h)
	if failed != nil {
		refusedWrite(t, fmt.Sprint(name, " with room for ", pages, " pages"), failed, h.Dir(project))
	}
	now := tip(t, h)
	free()
	if got := kinds(t, h, now, true); got != "" {
		t.Errorf("%s with room for %d pages: Verify finds %s", name, pages, got)
	}
	if err := act(h); err != nil && (name != "Rescue" || workflow.CodeOf(err) != workflow.Conflict) {
		t.Errorf("%s, once there is room: %v", name, err)
	}
	if tip(t, h) == "" {
		must(t, h.Rescue(t.Context(), project, "", first))
	}
	publish(t, h, tip(t, h), change(9, "z.md", "z"))
	fsck(t, h.Dir(project))
	must(t, leftovers(h.Dir(project)))
	return failed == nil
}

func TestReadOnlyDiskIsToldAndCanBeRead(t *testing.T) {
	d := newSmallDisk(t)
	h := open(t, d.root)
	first := publish(t, h, "", change(1, "a.md", "a"))[0]
	publish(t, h, first.Commit, change(2, "a.md", "b"))
	file := bundle(t, h)
	free := d.protect(t, h.Dir(project))
	h = open(t, d.root)
	last := tip(t, h)
	_, err := h.Publish(t.Context(), project, last, []workflow.Commit{change(3, "a.md", "c")})
	refusedWrite(t, "Publish", err, h.Dir(project))
	_, err = h.Consolidate(t.Context(), project)
	refusedWrite(t, "Consolidate", err, h.Dir(project))
	_, err = h.Unbundle(t.Context(), project, bytes.NewReader(file))
	refusedWrite(t, "Unbundle", err, h.Dir(project))
	refusedWrite(t, "Rescue", h.Rescue(t.Context(), project, last, first.Commit), h.Dir(project))
	_, err = h.SetAside(t.Context(), project)
	refusedWrite(t, "SetAside", err, h.Dir(project))
	if body, err := h.Blob(t.Context(), project, first.Blobs["a.md"]); err != nil || body != "a" {
		t.Errorf("Blob = %q, %v", body, err)
	}
	if got := kinds(t, h, last, true); got != "" {
		t.Errorf("Verify finds %s", got)
	}
	free()
	publish(t, h, last, change(3, "a.md", "c"))
	fsck(t, h.Dir(project))
	checkTidy(t, h.Dir(project))
}

package history

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

const (
	// lockPatience is how long we wait for git to let go of a ref.
	lockPatience = time.Second
	lockInterval = 20 * time.Millisecond
	rescueDir    = "refs/plumbline/rescue"
)

// ref returns what a ref points to; the zero name when there is no such ref, or
// when its file is empty or nonsense.
func (r *repo) ref(name plumbing.ReferenceName) (plumbing.Hash, error) {
	content, err := readRef(r.path(filepath.FromSlash(string(name))))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return plumbing.ZeroHash, err
	}
	if text := strings.TrimSpace(content); plumbing.IsHash(text) {
		return plumbing.NewHash(text), nil
	}
	packed, err := os.ReadFile(r.path("packed-refs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return plumbing.ZeroHash, err
	}
	for line := range strings.Lines(string(packed)) {
		if hash, found, ok := strings.Cut(strings.TrimSpace(line), " "); ok && found == string(name) && plumbing.IsHash(hash) {
			return plumbing.NewHash(hash), nil
		}
	}
	return plumbing.ZeroHash, nil
}

// refTargets returns what the refs point to, as far as they can be read.
func (r *repo) refTargets() map[plumbing.Hash]bool {
	targets := map[plumbing.Hash]bool{}
	note := func(path string) {
		content, err := os.ReadFile(path)
		if err != nil {
			return // it is gone, or Verify has told of it
		}
		for line := range strings.Lines(string(content)) {
			if hash, _, _ := strings.Cut(strings.TrimSpace(line), " "); plumbing.IsHash(hash) {
				targets[plumbing.NewHash(hash)] = true
			}
		}
	}
	note(r.path("packed-refs"))
	_ = filepath.WalkDir(r.path("refs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			note(path)
		}
		return nil
	})
	return targets
}

// maxRef is how much is read of the file of a ref. What is longer is nonsense.
const maxRef = 256

// moveRef points a ref to a commit under git's lock, if what it points to now is
// expected. It returns once that is durable and reads back.
func (r *repo) moveRef(name plumbing.ReferenceName, to plumbing.Hash, expected func(plumbing.Hash) bool) error {
	path := r.path(filepath.FromSlash(string(name)))
	if err := r.disk.MakeDir(filepath.Dir(path)); err != nil {
		return err
	}
	unlock, err := r.lockFile(path, []byte(to.String()+"\n"))
	if err != nil {
		return err
	}
	now, err := r.ref(name)
	if err != nil {
		return errors.Join(err, unlock())
	}
	if !expected(now) {
		return errors.Join(moved(name, now), unlock())
	}
	if err := r.disk.Rename(path+".lock", path); err != nil {
		return errors.Join(err, unlock())
	}
	if err := r.disk.SyncDir(filepath.Dir(path)); err != nil {
		return err
	}
	if now, err = r.ref(name); err != nil {
		return err
	}
	if now != to {
		return moved(name, now)
	}
	return nil
}

// removeRef takes a ref away, if it points where it is expected to.
func (r *repo) removeRef(name plumbing.ReferenceName, expected plumbing.Hash) error {
	path := r.path(filepath.FromSlash(string(name)))
	unlock, err := r.lockFile(path, nil)
	if err != nil {
		return err
	}
	now, err := r.ref(name)
	switch {
	case err != nil:
		return errors.Join(err, unlock())
	case now != expected:
		return errors.Join(moved(name, now), unlock())
	}
	if err := r.unpackRef(name); err != nil {
		return errors.Join(err, unlock())
	}
	if err := r.disk.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, unlock())
	}
	if err := unlock(); err != nil {
		return err
	}
	return r.disk.SyncDir(filepath.Dir(path))
}

// unpackRef takes a ref out of the file of packed ones.
func (r *repo) unpackRef(name plumbing.ReferenceName) error {
	path := r.path("packed-refs")
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	var kept bytes.Buffer
	for line := range strings.Lines(string(content)) {
		if _, found, ok := strings.Cut(strings.TrimSpace(line), " "); !ok || found != string(name) {
			kept.WriteString(line)
		}
	}
	if kept.Len() == len(content) {
		return nil
	}
	unlock, err := r.lockFile(path, kept.Bytes())
	if err != nil {
		return err
	}
	if err := r.disk.Rename(path+".lock", path); err != nil {
		return errors.Join(err, unlock())
	}
	return r.disk.SyncDir(r.dir)
}

// lockFile makes <path>.lock with what the file is to become. Either the caller
// renames it or calls unlock, which removes it.
func (r *repo) lockFile(path string, content []byte) (unlock func() error, err error) {
	lock := path + ".lock"
	for waited := time.Duration(0); ; waited += lockInterval {
		err = disk.WriteNew(r.disk, lock, content)
		if err == nil {
			return func() error { return r.unlock(lock) }, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if waited >= r.patience {
			break
		}
		time.Sleep(lockInterval)
	}
	locked := workflow.Errorf(workflow.Unavailable, "Another program is changing the history in %s.", r.dir)
	locked.Err = err
	return nil, locked.WithHint("Wait until it is done. If none is running, delete the file %s.", lock)
}

// errLocked says that a lock of ours could not be removed.
var errLocked = errors.New("a lock was left behind")

func (r *repo) unlock(lock string) error {
	if err := r.disk.Remove(lock); err != nil {
		return fmt.Errorf("%w: %w", errLocked, err)
	}
	return nil
}

// moved is the error for a ref that is not where it was expected.
func moved(name plumbing.ReferenceName, now plumbing.Hash) error {
	return workflow.Errorf(workflow.Conflict, "The branch %s has been moved by another program, to %s.", name.Short(), now).
		WithHint("Plumbline keeps what it finds there under refs/plumbline/rescue and goes on from its own.")
}

// locks returns the locks that a crash of ours may have left behind.
func (r *repo) locks() ([]string, error) {
	locks := []string{r.path(filepath.FromSlash(string(branch))) + ".lock", r.path("packed-refs.lock"), r.path(filepath.FromSlash(string(importRef))) + ".lock"}
	rescued, err := filepath.Glob(filepath.Join(globQuote(r.path(filepath.FromSlash(rescueDir))), "*.lock"))
	if err != nil {
		return nil, fmt.Errorf("look for locks: %w", err)
	}
	return append(locks, rescued...), nil
}

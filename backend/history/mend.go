package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/disk"
	"plumbline/backend/history/internal/gitpack"
	"plumbline/backend/workflow"
)

// Mend puts right what needs nothing but the repository: its folders, HEAD,
// config, locks that a dead program left, indexes, and the branch, which points to
// tip afterwards if the repository has that commit; what it pointed to before is
// kept under refs/plumbline/rescue. It returns what it did, a sentence each. What
// is left after it, Verify tells. A repository that is not there is NotFound.
func (h *History) Mend(ctx context.Context, projectID, tip string) ([]string, error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return nil, err
	}
	want, err := parseOptional(tip)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(r.dir); errors.Is(err, fs.ErrNotExist) {
		return nil, workflow.Errorf(workflow.NotFound, "There is no history in %s.", r.dir)
	}
	m := &mending{repo: r, now: h.now(), done: []string{}}
	steps := []func(context.Context) error{m.locks, m.frame, m.indexes}
	for _, step := range steps {
		if err := m.locked(ctx, step); err != nil {
			return m.done, fmt.Errorf("mend the history of %s: %w", projectID, r.explain(err))
		}
	}
	if err := m.branch(h.rescueName(), want); err != nil {
		return m.done, fmt.Errorf("mend the history of %s: %w", projectID, r.explain(err))
	}
	return m.done, nil
}

// mending is what is done to one repository.
type mending struct {
	repo *repo
	now  time.Time
	done []string
}

func (m *mending) did(format string, args ...any) {
	m.done = append(m.done, fmt.Sprintf(format, args...))
}

// locked does a step while nobody else of us writes.
func (m *mending) locked(ctx context.Context, step func(context.Context) error) error {
	m.repo.write.Lock()
	defer m.repo.write.Unlock()
	return step(ctx)
}

// locks removes those that nobody can still be using.
func (m *mending) locks(context.Context) error {
	if err := m.repo.sweep(); err != nil {
		return err
	}
	locks, err := m.repo.staleLocks(m.now)
	for _, lock := range locks {
		if err := m.repo.disk.Remove(m.repo.path(filepath.FromSlash(lock))); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		m.did("Removed the lock %s, which a program had left behind.", lock)
	}
	return err
}

// frame makes the folder a repository again.
func (m *mending) frame(context.Context) error {
	for _, dir := range frameDirs {
		if info, err := os.Stat(m.repo.path(filepath.FromSlash(dir))); err != nil || !info.IsDir() {
			m.did("Made the folder %s anew.", dir)
		}
	}
	for _, f := range []frameFile{configFile, headFile} {
		if m.repo.isSound(f) {
			continue
		}
		path := m.repo.path(f.name)
		if err := m.repo.disk.Rename(path, path+".damaged"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		m.did("Wrote the file %s anew.", f.name)
	}
	m.repo.made = false
	return m.repo.make()
}

// indexes writes those that are missing or damaged, from their packs. A pack that
// is damaged itself gets none.
func (m *mending) indexes(ctx context.Context) error {
	packs, err := filepath.Glob(filepath.Join(globQuote(m.repo.path("objects", "pack")), "pack-*.pack"))
	if err != nil {
		return err
	}
	for _, pack := range packs {
		base := strings.TrimSuffix(pack, ".pack")
		if hasSoundIndex(base) {
			continue
		}
		found, err := gitpack.Scan(ctx, pack, gitpack.OwnLimits, gitpack.NewCache(cacheSize), nil)
		if err != nil {
			return err
		}
		if len(found.Damage) > 0 || checkIndex(base, found) == nil {
			continue
		}
		idx := gitpack.EncodeIndex(found.Entries, found.Sum)
		spare := m.repo.spare(filepath.Base(base)) + idxExt
		if err := disk.Replace(m.repo.disk, spare, base+".idx", idx); err != nil {
			return err
		}
		m.did("Wrote the index of %s anew.", filepath.Base(pack))
	}
	return errors.Join(m.repo.disk.SyncDir(m.repo.path("objects", "pack")), m.repo.objects.Reload())
}

// hasSoundIndex reports whether a pack has an index that matches its own checksum
// and names the pack.
func hasSoundIndex(base string) bool {
	x, err := gitpack.OpenIndex(base + ".idx")
	return err == nil && x.Check() == nil && x.PackSum().String() == strings.TrimPrefix(filepath.Base(base), "pack-")
}

// branch puts the branch to where it should be, if that commit is there.
func (m *mending) branch(keep plumbing.ReferenceName, want plumbing.Hash) error {
	now, err := m.repo.ref(branch)
	if err != nil || now == want {
		return err
	}
	if !want.IsZero() {
		if _, err := m.repo.commitInfo(want); err != nil {
			return nil // Verify tells what is missing
		}
	}
	if err := m.repo.rescue(keep, now, want); err != nil {
		return err
	}
	switch {
	case now.IsZero():
		m.did("Put the branch %s back to %s.", branch.Short(), want)
	case want.IsZero():
		m.did("Took the branch %s away, which pointed to %s; that is kept under %s.", branch.Short(), now, rescueDir)
	default:
		m.did("Put the branch %s back to %s; it pointed to %s, which is kept under %s.", branch.Short(), want, now, rescueDir)
	}
	return nil
}

// staleLocks returns the locks that are so old that nobody can be using them, as
// paths within the repository.
func (r *repo) staleLocks(now time.Time) ([]string, error) {
	locks, err := r.locks()
	if err != nil {
		return nil, err
	}
	stale := []string{}
	for _, lock := range append(locks, r.path("HEAD.lock"), r.path("config.lock")) {
		info, err := os.Stat(lock)
		if err != nil || now.Sub(info.ModTime()) < staleLock {
			continue
		}
		rel, err := filepath.Rel(r.dir, lock)
		if err != nil {
			return nil, err
		}
		stale = append(stale, filepath.ToSlash(rel))
	}
	return stale, nil
}

// damagedMark stands in the names of repositories that were set aside, before the time.
const damagedMark = ".damaged-"

// Aside returns the repositories of a project that were set aside, the newest first.
func (h *History) Aside(projectID string) ([]string, error) {
	dir := h.Dir(projectID)
	entries, err := os.ReadDir(filepath.Dir(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return []string{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list what was set aside of %s: %w", projectID, err)
	}
	aside := []string{}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(dir)+damagedMark) {
			aside = append(aside, filepath.Join(filepath.Dir(dir), e.Name()))
		}
	}
	slices.Sort(aside)
	slices.Reverse(aside)
	return aside, nil
}

// SetAside gives the repository of a project, which is damaged, another name
// beside its own, so that a new one can be written, and returns the path. Nothing
// in it is changed; see [History.Salvage].
func (h *History) SetAside(ctx context.Context, projectID string) (path string, err error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return "", err
	}
	r.maintain.Lock()
	defer r.maintain.Unlock()
	r.write.Lock()
	defer r.write.Unlock()
	path = r.dir + damagedMark + h.now().UTC().Format(rescueTime)
	if err := r.objects.Close(); err != nil {
		return "", fmt.Errorf("set the history of %s aside: %w", projectID, err)
	}
	r.swept, r.made, r.kept, r.last = false, false, false, cached{}
	switch err := r.disk.Rename(r.dir, path); {
	case errors.Is(err, fs.ErrNotExist):
		return "", workflow.Errorf(workflow.NotFound, "There is no history in %s.", r.dir)
	case err != nil:
		return "", fmt.Errorf("set the history of %s aside: %w", projectID, r.unwritable(err))
	}
	if err := r.disk.SyncDir(filepath.Dir(r.dir)); err != nil {
		return "", fmt.Errorf("set the history of %s aside: %w", projectID, r.unwritable(err))
	}
	return path, nil
}

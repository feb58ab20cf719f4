// Package history projects the commits of a store into git, one bare repository
// per project.
//
// It reads and writes git's files by itself and takes from go-git what an object
// looks like: go-git never syncs, truncates refs in place, ignores locks, does not
// see new packs and cannot be used by several goroutines. What is published is one
// pack: its files are synced before they get their names, the names before the
// branch moves, and the branch moves under git's own lock. Every input of a commit
// comes from the caller, so the same commits on the same parent always get the same
// names, and publishing again what a crash has interrupted is harmless. The types
// of go-git stay inside.
package history

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/disk"
	"plumbline/backend/history/internal/gitpack"
	"plumbline/backend/workflow"
)

// History is the repositories of all projects. It is safe for use by several
// goroutines. One process at a time may write; others may read meanwhile.
type History struct {
	root string
	disk disk.Disk
	now  func() time.Time // names rescue refs; nothing else needs a clock

	cache *gitpack.Cache

	mu     sync.Mutex
	repos  map[string]*repo
	closed bool
}

// Open returns the histories in a data folder. Repositories are made when
// something is first published to them.
func Open(root string) *History { return OpenOn(disk.Real{}, root) }

// OpenOn is Open for histories that are changed through a disk of the caller's.
func OpenOn(d disk.Disk, root string) *History {
	return &History{root: root, disk: d, now: time.Now, cache: gitpack.NewCache(cacheSize), repos: map[string]*repo{}}
}

// Close waits for what is being written and lets go of all repositories. Later
// calls return Unavailable.
func (h *History) Close() error {
	h.mu.Lock()
	h.closed = true
	repos := h.repos
	h.repos = map[string]*repo{}
	h.mu.Unlock()
	var errs []error
	for _, r := range repos {
		errs = append(errs, r.close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close the histories: %w", err)
	}
	return nil
}

// Dir returns the bare repository of a project, which may not be there yet.
func (h *History) Dir(projectID string) string {
	return filepath.Join(h.root, "projects", projectID, "history.git")
}

// repo returns the repository of a project, which may not be there yet.
func (h *History) repo(ctx context.Context, projectID string) (*repo, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open the history of %s: %w", projectID, err)
	}
	if err := workflow.CheckID(projectID); err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, workflow.Errorf(workflow.Unavailable, "Plumbline is closing.")
	}
	r := h.repos[projectID]
	if r == nil {
		r = newRepo(h.Dir(projectID), h.disk, h.cache)
		h.repos[projectID] = r
	}
	return r, nil
}

// Tip returns the commit that the branch of a project points to; empty when
// there is none.
func (h *History) Tip(ctx context.Context, projectID string) (string, error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return "", err
	}
	tip, err := r.ref(branch)
	if err != nil {
		return "", fmt.Errorf("read the branch of %s: %w", projectID, err)
	}
	return name(tip), nil
}

// Blob returns the content of a file by its object name; NotFound when the
// repository does not have it.
func (h *History) Blob(ctx context.Context, projectID, hash string) (string, error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return "", err
	}
	want, err := parseName(hash)
	if err != nil {
		return "", err
	}
	content, err := r.read(plumbing.BlobObject, want)
	switch {
	case errors.Is(err, plumbing.ErrObjectNotFound):
		return "", r.missing(err, want)
	case err != nil:
		return "", fmt.Errorf("read %s from the history of %s: %w", hash, projectID, err)
	case gitpack.Name(plumbing.BlobObject, content) != want:
		return "", workflow.Errorf(workflow.Internal, "The text %s in %s is damaged.", hash, r.dir)
	}
	return string(content), nil
}

// Descends reports whether a commit has another among those it rests on, or is
// it. Every commit descends from none, the empty name. Commits that the
// repository does not have rest on nothing.
func (h *History) Descends(ctx context.Context, projectID, tip, ancestor string) (bool, error) {
	if ancestor == "" || tip == ancestor {
		return true, nil
	}
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return false, err
	}
	want, err := parseName(ancestor)
	if err != nil {
		return false, err
	}
	from, err := parseName(tip)
	if err != nil {
		return false, err
	}
	seen := map[plumbing.Hash]bool{from: true}
	for queue := []plumbing.Hash{from}; len(queue) > 0; {
		if err := ctx.Err(); err != nil {
			return false, fmt.Errorf("follow the history of %s: %w", projectID, err)
		}
		c, err := r.commitInfo(queue[0])
		queue = queue[1:]
		if workflow.CodeOf(err) == workflow.NotFound {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("follow the history of %s: %w", projectID, err)
		}
		for _, p := range c.parents {
			if p == want {
				return true, nil
			}
			if !seen[p] {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
	return false, nil
}

// rescueTime names a rescue ref; a ref cannot hold colons.
const rescueTime = "20060102T150405.000000000Z"

// Rescue moves the branch of a project to head, wherever it is, provided that it
// still points to tip. A tip that is a commit is kept as
// refs/plumbline/rescue/<time>, so nothing is lost. An empty tip means that there
// is no branch; an empty head takes the branch away. A head that the repository
// does not have is NotFound, and nothing is changed.
func (h *History) Rescue(ctx context.Context, projectID, tip, head string) error {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return err
	}
	from, err := parseOptional(tip)
	if err != nil {
		return err
	}
	to, err := parseOptional(head)
	if err != nil {
		return err
	}
	if !to.IsZero() {
		if _, err := r.commitInfo(to); err != nil {
			return fmt.Errorf("read commit %s of %s: %w", head, projectID, err)
		}
	}
	if err := r.rescue(h.rescueName(), from, to); err != nil {
		return fmt.Errorf("move the branch of %s: %w", projectID, err)
	}
	return nil
}

// rescueName is a ref that keeps what would be lost now.
func (h *History) rescueName() plumbing.ReferenceName {
	return plumbing.ReferenceName(rescueDir + "/" + h.now().UTC().Format(rescueTime))
}

// missing is the error for an object that the repository does not have.
func (r *repo) missing(cause error, hash plumbing.Hash) error {
	err := workflow.Errorf(workflow.NotFound, "The history in %s does not have the object %s.", r.dir, hash)
	err.Err = cause
	return err.WithHint("If the folder was changed or restored by hand, put a copy of it back.")
}

// name is the text of an object name; empty for none.
func name(h plumbing.Hash) string {
	if h.IsZero() {
		return ""
	}
	return h.String()
}

// parseName reads an object name.
func parseName(text string) (plumbing.Hash, error) {
	if !plumbing.IsHash(text) {
		return plumbing.ZeroHash, workflow.Errorf(workflow.Invalid, "%q is not the name of a git object.", text)
	}
	return plumbing.NewHash(text), nil
}

// parseOptional reads an object name that may be empty.
func parseOptional(text string) (plumbing.Hash, error) {
	if text == "" {
		return plumbing.ZeroHash, nil
	}
	return parseName(text)
}

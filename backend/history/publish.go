package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

// Publish adds commits, one on the other, on top of parent, the commit that the
// branch is expected to point to; empty for none. They become one pack. When it
// returns, all of it is durable and the branch reads back.
//
// The same commits on the same parent always get the same names. So a branch
// that already points to one of them, because a crash came before the caller
// could note it, is fine; one that points elsewhere is a Conflict and is left as
// it is. With no commits, Publish only makes that comparison.
func (h *History) Publish(ctx context.Context, projectID, parent string, commits []workflow.Commit) ([]workflow.Published, error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return nil, err
	}
	base, err := parseOptional(parent)
	if err != nil {
		return nil, err
	}
	r.write.Lock()
	defer r.write.Unlock()
	if err := r.sweep(); err != nil {
		return nil, err
	}
	published, err := r.publish(ctx, base, commits)
	if err != nil {
		r.last = cached{} // its trees may be ahead of what is on disk
		return nil, fmt.Errorf("publish to the history of %s: %w", projectID, err)
	}
	return published, nil
}

func (r *repo) publish(ctx context.Context, base plumbing.Hash, commits []workflow.Commit) ([]workflow.Published, error) {
	objects, published, err := r.build(ctx, base, commits)
	if err != nil {
		return nil, err
	}
	replayed := func(now plumbing.Hash) bool {
		return now == base || slices.ContainsFunc(published, func(p workflow.Published) bool { return p.Commit == now.String() })
	}
	now, err := r.ref(branch)
	if err != nil {
		return nil, err
	}
	if !replayed(now) {
		return nil, moved(branch, now)
	}
	if len(commits) == 0 {
		return published, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if now == r.last.commit {
		return published, r.onDisk(r.settled())
	}
	p, err := objects.pack()
	if err != nil {
		return nil, err
	}
	if err := r.make(); err != nil {
		return nil, r.unwritable(err)
	}
	err = r.guarded("pack-"+p.sum.String(), func() error {
		if err := r.writePack(p); err != nil {
			return err
		}
		return r.moveRef(branch, r.last.commit, replayed)
	})
	return published, err
}

// settled makes a branch durable that was found where it should be: a process that
// was killed may have moved it, and not come to that.
func (r *repo) settled() error {
	if err := r.make(); err != nil {
		return err
	}
	return r.disk.SyncDir(r.path("refs", "heads"))
}

// build makes the objects of the commits in memory and leaves the last of them
// in r.last.
func (r *repo) build(ctx context.Context, base plumbing.Hash, commits []workflow.Commit) (*batch, []workflow.Published, error) {
	if err := r.load(base); err != nil {
		return nil, nil, err
	}
	objects := &batch{}
	published := make([]workflow.Published, 0, len(commits))
	for _, c := range commits {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		p, err := r.buildCommit(objects, c)
		if err != nil {
			return nil, nil, err
		}
		published = append(published, p)
	}
	return objects, published, nil
}

// load makes r.last the given commit.
func (r *repo) load(base plumbing.Hash) error {
	switch {
	case base.IsZero():
		r.last = cached{root: newFolder()}
	case r.last.commit != base:
		c, err := r.commitInfo(base)
		if err != nil {
			return err
		}
		r.last = cached{commit: base, at: c.committed, root: &folder{hash: c.tree}}
	}
	return nil
}

// buildCommit makes the objects of one commit on top of r.last.
func (r *repo) buildCommit(objects *batch, c workflow.Commit) (workflow.Published, error) {
	p := workflow.Published{Seq: c.Seq, Blobs: map[string]string{}}
	root := r.last.root
	for _, f := range c.Files {
		if err := workflow.CheckPath(f.Path); err != nil {
			return p, err
		}
		if f.Delete {
			if err := root.remove(f.Path, r.treeContent); err != nil {
				return p, err
			}
			continue
		}
		blob := objects.add(plumbing.BlobObject, f.Content)
		if err := root.set(f.Path, blob, r.treeContent); err != nil {
			return p, err
		}
		p.Blobs[f.Path] = blob.String()
	}
	tree, err := root.write(objects)
	if err != nil {
		return p, err
	}
	at := commitTime(c.At, r.last.at)
	made := object.Commit{
		Author:    signature(c.Author, commitTime(c.At, c.At)),
		Committer: signature(workflow.Author{Kind: workflow.Plumbline}, at),
		Message:   cleanMessage(c.Message),
		TreeHash:  tree,
	}
	if !r.last.commit.IsZero() {
		made.ParentHashes = []plumbing.Hash{r.last.commit}
	}
	hash, err := objects.addEncoded(&made)
	if err != nil {
		return p, err
	}
	r.last.commit, r.last.at = hash, at
	p.Commit = hash.String()
	return p, nil
}

// guarded runs fn beside a .keep file of ours. It keeps a “git gc” from deleting
// a pack that no ref reaches yet, and tells the next start whose the locks are
// that a crash leaves behind.
func (r *repo) guarded(base string, fn func() error) error {
	keep := r.path("objects", "pack", base+".keep")
	if err := r.mark(keep, isPackName(base)); err != nil && !errors.Is(err, fs.ErrExist) {
		return r.unwritable(err)
	}
	if err := fn(); errors.Is(err, errLocked) {
		return r.unwritable(err) // the .keep stays, so that the next start removes the lock
	} else if err != nil {
		return errors.Join(r.explain(err), r.disk.Remove(keep))
	}
	if err := r.disk.Remove(keep); err != nil {
		return r.unwritable(err)
	}
	return nil
}

// mark writes a .keep file of ours. Beside a pack, what is in it must be durable,
// because people keep packs by such files too.
func (r *repo) mark(keep string, besidePack bool) error {
	if besidePack {
		return disk.WriteNew(r.disk, keep, []byte(keepMark))
	}
	_, err := r.copyTo(keep, strings.NewReader(keepMark))
	return err
}

// explain makes an error of the disk one for a person.
func (r *repo) explain(err error) error {
	var known *workflow.Error
	if errors.As(err, &known) {
		return err
	}
	return r.unwritable(err)
}

// writePack puts a pack into the repository.
func (r *repo) writePack(p pack) error {
	spare := r.spare(p.sum.String())
	err := r.writeNew(spare+packExt, p.data)
	if err == nil {
		err = r.writeNew(spare+idxExt, p.idx)
	}
	if err != nil {
		return errors.Join(err, r.remove(spare+packExt))
	}
	if err := r.install(spare, "pack-"+p.sum.String()); err != nil {
		return err
	}
	return r.disk.SyncDir(r.path("objects", "pack"))
}

// rescue keeps what the branch points to under another ref and moves the branch.
func (r *repo) rescue(keep plumbing.ReferenceName, from, to plumbing.Hash) error {
	r.write.Lock()
	defer r.write.Unlock()
	if err := r.sweep(); err != nil {
		return err
	}
	if from == to {
		return nil
	}
	if err := r.make(); err != nil {
		return r.unwritable(err)
	}
	return r.guarded("plumbline-rescue", func() error {
		// Our mark must be durable before a lock is there that it explains.
		if err := r.disk.SyncDir(r.path("objects", "pack")); err != nil {
			return err
		}
		if _, err := r.commitInfo(from); err == nil {
			unused := func(now plumbing.Hash) bool { return now.IsZero() || now == from }
			if err := r.keepRef(keep, from, unused); err != nil {
				return err
			}
		}
		if to.IsZero() {
			return r.removeRef(branch, from)
		}
		return r.moveRef(branch, to, func(now plumbing.Hash) bool { return now == from })
	})
}

// keepRef points a ref of ours that is not a branch to a commit. It may be the
// first one since the start, so the folders above it are synced too.
func (r *repo) keepRef(name plumbing.ReferenceName, to plumbing.Hash, expected func(plumbing.Hash) bool) error {
	if err := r.moveRef(name, to, expected); err != nil || r.kept {
		return err
	}
	for _, dir := range []string{"refs/plumbline", "refs"} {
		if err := r.disk.SyncDir(r.path(filepath.FromSlash(dir))); err != nil {
			return err
		}
	}
	r.kept = true
	return nil
}

package history

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/disk"
	"plumbline/backend/history/internal/gitpack"
	"plumbline/backend/workflow"
)

// bundleHead begins a bundle.
const bundleHead = "# v2 git bundle\n"

const (
	// maxBundle bounds the size of a bundle that is taken in.
	maxBundle = 4 << 30
	// maxBundleLine and maxBundleRefs bound what it says of its branches.
	maxBundleLine = 4096
	maxBundleRefs = 10000
	// importRef keeps what was taken in until it is adopted.
	importRef plumbing.ReferenceName = "refs/plumbline/import"
	// incoming is a folder within “objects” for what is not trusted yet. git does
	// not look there.
	incoming = temporary + "incoming"
)

// bundleLimits bound what a bundle may cost: the memory for a hundred bytes an
// object, and some minutes.
var bundleLimits = gitpack.Limits{Objects: 2_000_000, Object: 64 << 20, Work: 64 << 30, Whole: true}

// Bundle writes the whole history of a project's branch as a git bundle, which
// “git clone” and “git bundle verify” take, and returns the commit that it ends
// with. A project without a history is NotFound.
func (h *History) Bundle(ctx context.Context, projectID string, w io.Writer) (tip string, err error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return "", err
	}
	r.maintain.Lock() // the packs stay while they are read
	defer r.maintain.Unlock()
	to, err := r.ref(branch)
	if err != nil {
		return "", fmt.Errorf("read the branch of %s: %w", projectID, err)
	}
	if to.IsZero() {
		return "", workflow.Errorf(workflow.NotFound, "The history in %s is empty.", r.dir)
	}
	if err := r.writeBundle(ctx, to, w); err != nil {
		return "", fmt.Errorf("bundle the history of %s: %w", projectID, err)
	}
	return to.String(), nil
}

func (r *repo) writeBundle(ctx context.Context, tip plumbing.Hash, w io.Writer) error {
	reader := newRepo(r.dir, r.disk, gitpack.NewCache(packCache))
	defer func() { _ = reader.objects.Close() }() // it was only read
	p, err := reader.packTip(ctx, tip, func(string, []byte) error { return nil })
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if _, err := fmt.Fprintf(out, "%s%s %s\n%s HEAD\n\n", bundleHead, tip, branch, tip); err != nil {
		return err
	}
	if _, _, err := p.write(out); err != nil {
		return err
	}
	return out.Flush()
}

// packTip prepares packing all that a commit rests on; see reachable.
func (r *repo) packTip(ctx context.Context, tip plumbing.Hash, check func(path string, content []byte) error) (*packer, error) {
	packs, err := r.objects.Packs()
	if err != nil {
		return nil, err
	}
	wanted, err := r.reachable(ctx, tip, check)
	if err != nil {
		return nil, err
	}
	return newPacker(ctx, r, packs, wanted)
}

// Unbundle takes the objects of a git bundle into the repository of a project,
// durably, and returns the commit of its branch. The branch of the project stays
// where it is; see [History.Adopt].
//
// Nothing in a bundle is trusted. Every object is unpacked and named anew, the
// branch must be whole, and paths must be such as we write; only what the branch
// rests on is taken. A bundle that is not so is Invalid, one that would take too
// much Limit, and nothing of it is kept.
func (h *History) Unbundle(ctx context.Context, projectID string, from io.Reader) (tip string, err error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return "", err
	}
	r.maintain.Lock()
	defer r.maintain.Unlock()
	hash, err := r.unbundle(ctx, from, bundleLimits)
	if err != nil {
		return "", fmt.Errorf("take a bundle into the history of %s: %w", projectID, err)
	}
	return hash.String(), nil
}

func (r *repo) unbundle(ctx context.Context, from io.Reader, limits gitpack.Limits) (tip plumbing.Hash, err error) {
	in := bufio.NewReaderSize(from, 1<<16)
	if tip, err = readBundleHead(in); err != nil {
		return tip, err
	}
	if err := r.tidy(); err != nil {
		return tip, err
	}
	if err := r.locked(r.make); err != nil {
		return tip, r.unwritable(err)
	}
	defer func() { err = errors.Join(err, r.onDisk(r.removeIncoming())) }()
	if err := r.receive(ctx, in, limits); err != nil {
		return tip, err
	}
	reader := newRepo(r.dir, r.disk, gitpack.NewCache(packCache))
	reader.objects = gitpack.NewSet(r.path("objects", incoming), gitpack.NewCache(packCache))
	defer func() { _ = reader.objects.Close() }() // it was only read
	p, err := reader.packTip(ctx, tip, checkForeign)
	if errors.Is(err, gitpack.ErrDamaged) || workflow.CodeOf(err) == workflow.NotFound {
		err = damagedBundle(err)
	}
	if err != nil {
		return tip, err
	}
	return tip, r.takeIn(p, tip)
}

// takeIn writes what a packer has into the repository, beside a ref that keeps it.
func (r *repo) takeIn(p *packer, tip plumbing.Hash) error {
	spare := r.spare("bundle")
	sum, idx, err := r.writeSpare(p, spare)
	if err != nil {
		return err
	}
	r.write.Lock()
	defer r.write.Unlock()
	base := "pack-" + sum.String()
	return r.guarded(base, func() error {
		if err := r.writeNew(spare+idxExt, idx); err != nil {
			return errors.Join(err, r.remove(spare+packExt))
		}
		if err := r.install(spare, base); err != nil {
			return err
		}
		if err := r.disk.SyncDir(filepath.Dir(spare)); err != nil {
			return err
		}
		return r.keepRef(importRef, tip, func(plumbing.Hash) bool { return true })
	})
}

// locked runs fn while nobody else of us writes.
func (r *repo) locked(fn func() error) error {
	r.write.Lock()
	defer r.write.Unlock()
	return fn()
}

// readBundleHead reads what stands before the pack, and returns the commit of the
// branch.
func readBundleHead(in *bufio.Reader) (plumbing.Hash, error) {
	foreign := workflow.Errorf(workflow.Invalid, "This is not a git bundle of version 2.").
		WithHint("Export the project again, or make one with “git bundle create FILE main HEAD”.")
	refs := map[string]plumbing.Hash{}
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		switch {
		case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull):
			return plumbing.ZeroHash, err
		case err != nil, len(line) > maxBundleLine, len(refs) > maxBundleRefs, first != (string(line) == bundleHead):
			return plumbing.ZeroHash, foreign
		case first:
			continue
		case line[0] == '-':
			return plumbing.ZeroHash, workflow.Errorf(workflow.Invalid, "The bundle holds only a part of a history.").
				WithHint("Make one of the whole branch with “git bundle create FILE main HEAD”.")
		case len(line) == 1:
			return bundleTip(refs)
		}
		hash, name, ok := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
		if !ok || !plumbing.IsHash(hash) {
			return plumbing.ZeroHash, foreign
		}
		refs[name] = plumbing.NewHash(hash)
	}
}

// bundleTip chooses the branch of a bundle: ours, else the one that it calls its
// head, else the only one.
func bundleTip(refs map[string]plumbing.Hash) (plumbing.Hash, error) {
	for _, name := range []string{string(branch), "HEAD"} {
		if hash, ok := refs[name]; ok {
			return hash, nil
		}
	}
	for _, hash := range refs {
		if len(refs) == 1 {
			return hash, nil
		}
	}
	return plumbing.ZeroHash, workflow.Errorf(workflow.Invalid, "The bundle has no branch %s.", branch.Short()).
		WithHint("Make one with “git bundle create FILE main HEAD”.")
}

// receive writes the pack of a bundle into the incoming folder and indexes it.
// Nothing of that has to outlive a crash.
func (r *repo) receive(ctx context.Context, in io.Reader, limits gitpack.Limits) error {
	base := r.path("objects", incoming, "pack", "pack-bundle")
	if err := r.disk.MakeDir(filepath.Dir(base)); err != nil {
		return r.unwritable(err)
	}
	n, err := r.copyTo(base+".pack", &contextReader{ctx, io.LimitReader(in, maxBundle+1)})
	if err != nil {
		return err
	}
	if n > maxBundle {
		return workflow.Errorf(workflow.Limit, "The bundle is larger than %d GB.", maxBundle>>30)
	}
	found, err := gitpack.Scan(ctx, base+".pack", limits, gitpack.NewCache(packCache), plumbing.ComputeHash)
	switch {
	case errors.Is(err, gitpack.ErrDamaged):
		return damagedBundle(err)
	case errors.Is(err, gitpack.ErrTooLarge):
		large := workflow.Errorf(workflow.Limit, "The bundle holds more than Plumbline takes in.")
		large.Err = err
		return large
	case err != nil:
		return err
	case len(found.Damage) > 0:
		return damagedBundle(found.Damage[0])
	}
	_, err = r.copyTo(base+".idx", strings.NewReader(string(gitpack.EncodeIndex(found.Entries, found.Sum))))
	return err
}

// copyTo writes a new file, which need not be durable. An error of the reader is
// returned as it is.
func (r *repo) copyTo(path string, in io.Reader) (int64, error) {
	f, err := r.disk.Create(path)
	if err != nil {
		return 0, r.unwritable(err)
	}
	n, err := io.Copy(diskFile{f, r}, in)
	return n, errors.Join(err, r.onDisk(f.Close()))
}

// diskFile tells an error of the disk from others.
type diskFile struct {
	disk.File
	repo *repo
}

func (f diskFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	return n, f.repo.onDisk(err)
}

// contextReader ends with a context.
type contextReader struct {
	ctx context.Context
	in  io.Reader
}

func (c *contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.in.Read(b)
}

// removeIncoming removes the incoming folder.
func (r *repo) removeIncoming() error {
	for _, name := range []string{"pack/pack-bundle.pack", "pack/pack-bundle.idx", "pack", ""} {
		if err := r.remove(r.path("objects", incoming, filepath.FromSlash(name))); err != nil {
			return err
		}
	}
	return nil
}

// damagedBundle is the error for a bundle that is not whole.
func damagedBundle(cause error) error {
	err := workflow.Errorf(workflow.Invalid, "The bundle is damaged or not whole.")
	err.Err = cause
	return err.WithHint("Copy the file again, or export the project anew.")
}

// Adopt moves the branch of a project to a commit that rests on the one that it
// points to now, or to any if there is none. Otherwise it is a Conflict, and a
// commit that is not there NotFound; nothing is changed then.
func (h *History) Adopt(ctx context.Context, projectID, tip string) error {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return err
	}
	to, err := parseName(tip)
	if err != nil {
		return err
	}
	now, err := r.ref(branch)
	if err != nil {
		return fmt.Errorf("read the branch of %s: %w", projectID, err)
	}
	if _, err := r.commitInfo(to); err != nil {
		return fmt.Errorf("adopt a commit for %s: %w", projectID, err)
	}
	follows, err := h.Descends(ctx, projectID, tip, name(now))
	if err != nil {
		return err
	}
	if !follows {
		return workflow.Errorf(workflow.Conflict, "The commit %s does not rest on %s, the last one of the history in %s.", to, now, r.dir)
	}
	if err := r.adopt(now, to); err != nil {
		return fmt.Errorf("adopt a commit for %s: %w", projectID, err)
	}
	return nil
}

func (r *repo) adopt(from, to plumbing.Hash) error {
	r.write.Lock()
	defer r.write.Unlock()
	if err := r.sweep(); err != nil {
		return err
	}
	if err := r.make(); err != nil {
		return r.unwritable(err)
	}
	return r.guarded("plumbline-adopt", func() error {
		// Our mark must be durable before a lock is there that it explains.
		if err := r.disk.SyncDir(r.path("objects", "pack")); err != nil {
			return err
		}
		if err := r.moveRef(branch, to, func(now plumbing.Hash) bool { return now == from }); err != nil {
			return err
		}
		if kept, err := r.ref(importRef); err != nil || kept != to {
			return err
		}
		return r.removeRef(importRef, to)
	})
}

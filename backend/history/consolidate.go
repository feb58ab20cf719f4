package history

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/disk"
	"plumbline/backend/history/internal/gitpack"
)

const (
	// growth is how much larger a pack is than all smaller ones together, at least,
	// for it to be left as it is. So an object is written O(log n) times in all.
	growth = 2
	// superseded is the file that says which packs another one stands for.
	superseded = temporary + "superseded"
)

// Consolidated is what a consolidation did.
type Consolidated struct {
	Packs   int   `json:"packs"`   // that were merged into one; 0 when there was nothing to do
	Objects int   `json:"objects"` // that they held
	Before  int64 `json:"before"`  // bytes of those packs
	After   int64 `json:"after"`   // bytes of the new one
}

// Packs returns how many packs the repository of a project has that a
// consolidation might merge. It only lists a folder.
func (h *History) Packs(projectID string) int {
	entries, err := os.ReadDir(filepath.Join(h.Dir(projectID), "objects", "pack"))
	if err != nil {
		return 0 // there is nothing to merge
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	n := 0
	for name := range names {
		if base, ok := strings.CutSuffix(name, ".idx"); ok && names[base+".pack"] && !names[base+".keep"] {
			n++
		}
	}
	return n
}

// Consolidate merges packs of a project into one, in which versions are stored as
// the difference to the one before. It merges the small ones; one that is larger
// than all smaller ones together by far is left as it is, and so are those that
// somebody keeps, and loose objects. No object is ever dropped.
//
// The new pack is durable before the first old one is removed. Publishing and
// reading go on meanwhile, also by other programs. When ctx ends, or a pack is
// damaged, everything stays as it was.
func (h *History) Consolidate(ctx context.Context, projectID string) (Consolidated, error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return Consolidated{}, err
	}
	r.maintain.Lock()
	defer r.maintain.Unlock()
	done, err := r.consolidate(ctx)
	if err != nil {
		return Consolidated{}, fmt.Errorf("consolidate the history of %s: %w", projectID, err)
	}
	return done, nil
}

func (r *repo) consolidate(ctx context.Context) (Consolidated, error) {
	if err := r.tidy(); err != nil {
		return Consolidated{}, err
	}
	reader := newRepo(r.dir, r.disk, gitpack.NewCache(packCache))
	defer func() { _ = reader.objects.Close() }() // it was only read
	packs, done, err := reader.mergeable()
	if err != nil || done.Packs < 2 {
		return Consolidated{}, err
	}
	p, err := newPacker(ctx, reader, packs, nil)
	if err != nil {
		return done, err
	}
	spare := r.path("objects", "pack", temporary+"merged")
	sum, idx, err := r.writeSpare(p, spare+".pack")
	if err != nil {
		return done, r.discard(spare+".pack", err)
	}
	done.Objects = len(p.members)
	if info, err := os.Stat(spare + ".pack"); err == nil {
		done.After = info.Size()
	}
	r.write.Lock()
	defer r.write.Unlock()
	base := "pack-" + sum.String()
	if err := disk.WriteNew(r.disk, spare+".idx", idx); err != nil {
		return done, r.discard(spare+".pack", r.unwritable(err))
	}
	if err := r.install(spare, base); err != nil {
		return done, r.unwritable(errors.Join(err, r.remove(spare+".pack"), r.remove(spare+".idx")))
	}
	old := make([]string, 0, len(packs))
	for _, p := range packs {
		if name := filepath.Base(p.Base); name != base { // merging may change nothing
			old = append(old, name)
		}
	}
	if err := r.supersede(base, old); err != nil {
		return done, r.unwritable(err)
	}
	return done, nil
}

// tidy removes what a crash left behind, before anything of ours is in use.
func (r *repo) tidy() error {
	r.write.Lock()
	defer r.write.Unlock()
	return r.sweep()
}

// mergeable returns the packs that are to become one.
func (r *repo) mergeable() ([]*gitpack.Indexed, Consolidated, error) {
	packs, err := r.objects.Packs()
	if err != nil {
		return nil, Consolidated{}, err
	}
	type sized struct {
		*gitpack.Indexed
		objects, bytes int64
	}
	all := []sized{}
	for _, p := range packs {
		if isApart(p.Base) {
			continue
		}
		x, err := p.Index()
		if err != nil {
			return nil, Consolidated{}, err
		}
		size, err := p.Size()
		if err != nil {
			return nil, Consolidated{}, err
		}
		all = append(all, sized{p, int64(x.Count()), size})
	}
	slices.SortStableFunc(all, func(a, b sized) int { return cmp.Compare(a.objects, b.objects) })
	smaller := make([]int64, len(all)+1) // objects of those before
	for i, p := range all {
		smaller[i+1] = smaller[i] + p.objects
	}
	end := len(all)
	for end > 0 && all[end-1].objects >= growth*smaller[end-1] {
		end--
	}
	if end == 0 && len(all) > 1 {
		return nil, Consolidated{}, nil // each is much larger than the smaller ones
	}
	merged := make([]*gitpack.Indexed, 0, end)
	done := Consolidated{Packs: end}
	for _, p := range all[:end] {
		merged = append(merged, p.Indexed)
		done.Before += p.bytes
	}
	return merged, done, nil
}

// isApart reports whether a pack is not to be merged: somebody keeps it, or git
// holds in it what it will forget or what it got as a promise.
func isApart(base string) bool {
	return slices.ContainsFunc([]string{".keep", ".mtimes", ".promisor"}, func(ext string) bool {
		_, err := os.Stat(base + ext)
		return err == nil
	})
}

// writeSpare writes what a packer has into a new file and syncs it.
func (r *repo) writeSpare(p *packer, path string) (sum plumbing.Hash, idx []byte, err error) {
	f, err := r.disk.Create(path)
	if err != nil {
		return sum, nil, r.unwritable(err)
	}
	out := &diskWriter{Writer: bufio.NewWriterSize(f, 1<<18), repo: r}
	sum, idx, err = p.write(out)
	if err == nil {
		err = out.flush()
	}
	if err == nil {
		err = r.onDisk(f.Sync())
	}
	return sum, idx, errors.Join(err, r.onDisk(f.Close()))
}

// diskWriter tells an error of the disk from others.
type diskWriter struct {
	*bufio.Writer
	repo *repo
}

func (w *diskWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	return n, w.repo.onDisk(err)
}

func (w *diskWriter) flush() error { return w.repo.onDisk(w.Flush()) }

// onDisk makes an error of the disk one for a person.
func (r *repo) onDisk(err error) error {
	if err == nil {
		return nil
	}
	return r.unwritable(err)
}

// discard removes a file that is not to be used, because of an error.
func (r *repo) discard(path string, err error) error { return errors.Join(err, r.remove(path)) }

// remove removes a file, if it is there.
func (r *repo) remove(path string) error {
	if err := r.disk.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// install gives a pack and its index, which are synced, their names. The index
// comes last, because that is what makes git see the pack. The caller syncs the
// folder.
func (r *repo) install(spare, base string) error {
	whole := r.path("objects", "pack", base)
	for _, ext := range []string{".pack", ".idx"} {
		if err := r.disk.Rename(spare+ext, whole+ext); err != nil {
			return err
		}
	}
	return nil
}

// supersede removes packs of which everything is in another one. That one, and a
// list of them, so that after a crash sweep goes on, are made durable first.
func (r *repo) supersede(base string, old []string) error {
	if len(old) == 0 {
		return nil
	}
	list := r.path("objects", "pack", superseded)
	if err := r.remove(list); err != nil {
		return err
	}
	if err := disk.Replace(r.disk, list+".new", list, []byte(strings.Join(append([]string{base}, old...), "\n")+"\n")); err != nil {
		return err
	}
	if err := r.disk.SyncDir(filepath.Dir(list)); err != nil {
		return err
	}
	return r.finishSuperseding(list)
}

// finishSuperseding removes the packs of a list, if the one that stands for them
// is there, and then the list.
func (r *repo) finishSuperseding(list string) error {
	content, err := os.ReadFile(list)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	names := strings.Fields(string(content))
	if len(names) > 0 && r.isWhole(names[0]) {
		if err := r.objects.Close(); err != nil { // Windows removes no file that is open
			return err
		}
		// This index of git's over several packs would lead to those that go.
		if err := r.remove(r.path("objects", "pack", "multi-pack-index")); err != nil {
			return err
		}
		for _, name := range names[1:] {
			if !isPackName(name) || name == names[0] || isApart(r.path("objects", "pack", name)) {
				continue
			}
			for _, ext := range []string{".idx", ".rev", ".bitmap", ".pack"} {
				if err := r.remove(r.path("objects", "pack", name+ext)); err != nil {
					return err
				}
			}
		}
		if err := r.disk.SyncDir(filepath.Dir(list)); err != nil {
			return err
		}
	}
	return r.remove(list)
}

// isWhole reports whether a pack is there with its index.
func (r *repo) isWhole(name string) bool {
	for _, ext := range []string{".pack", ".idx"} {
		if _, err := os.Stat(r.path("objects", "pack", name+ext)); err != nil {
			return false
		}
	}
	return isPackName(name)
}

func isPackName(name string) bool {
	sum, ok := strings.CutPrefix(name, "pack-")
	return ok && plumbing.IsHash(sum)
}

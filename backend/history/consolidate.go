package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plumbline/backend/history/internal/gitpack"
	"plumbline/backend/workflow"
)

const (
	// growth is how much larger a pack is than all smaller ones together, at least,
	// for it to be left as it is. So an object is written O(log n) times in all.
	growth = 2
	// fullPack is how many objects are merged into one pack at most, so that merging
	// needs as much memory for a long history as for a short one. A pack with half
	// of them is left as it is for ever.
	fullPack = 100_000
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

// Consolidate merges packs of a project, so that versions are stored as the
// difference to the one before. It merges the small ones; one that is larger
// than all smaller ones together by far is left as it is, and so are full ones,
// those that somebody keeps, and loose objects. No object is ever dropped.
//
// A new pack is durable before the first old one is removed. Publishing and
// reading go on meanwhile, also by other programs. When ctx ends, or a pack is
// damaged, what is not merged yet stays as it was.
func (h *History) Consolidate(ctx context.Context, projectID string) (Consolidated, error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return Consolidated{}, err
	}
	r.maintain.Lock()
	defer r.maintain.Unlock()
	var all Consolidated
	for more := true; more; {
		var done Consolidated
		if done, more, err = r.consolidate(ctx); err != nil {
			return Consolidated{}, fmt.Errorf("consolidate the history of %s: %w", projectID, r.explainDamage(err))
		}
		all = Consolidated{all.Packs + done.Packs, all.Objects + done.Objects, all.Before + done.Before, all.After + done.After}
	}
	return all, nil
}

// explainDamage makes damage that stops a consolidation one for a person.
func (r *repo) explainDamage(err error) error {
	if !errors.Is(err, gitpack.ErrDamaged) && !errors.Is(err, gitpack.ErrNotFound) {
		return err
	}
	broken := workflow.Errorf(workflow.Internal, "The packs in %s are damaged, and were left as they are.", r.dir)
	broken.Err = err
	return broken.WithHint("“plumbline verify” tells what is damaged, and “plumbline repair” mends what it can.")
}

// consolidate makes one pack of several. It reports whether there is more to merge.
func (r *repo) consolidate(ctx context.Context) (done Consolidated, more bool, err error) {
	if err := r.tidy(); err != nil {
		return done, false, err
	}
	reader := newRepo(r.dir, r.disk, gitpack.NewCache(packCache))
	reader.full = r.full
	defer func() { _ = reader.objects.Close() }() // it was only read
	packs, done, more, err := reader.mergeable()
	if err != nil || done.Packs < 2 {
		return Consolidated{}, false, err
	}
	reader.objects.Prefer(packs)
	done, err = r.merge(ctx, reader, packs, done)
	return done, more, err
}

// merge makes one pack of some and puts it into their place.
func (r *repo) merge(ctx context.Context, reader *repo, packs []*gitpack.Indexed, done Consolidated) (Consolidated, error) {
	p, err := newPacker(ctx, reader, packs, nil)
	if err != nil {
		return done, err
	}
	spare := r.spare("merged")
	sum, idx, err := r.writeSpare(p, spare)
	if err != nil {
		return done, err
	}
	done.Objects = len(p.members)
	if info, err := os.Stat(spare + packExt); err == nil {
		done.After = info.Size()
	}
	r.write.Lock()
	defer r.write.Unlock()
	names := []string{"pack-" + sum.String()}
	for _, p := range packs {
		if name := filepath.Base(p.Base); name != names[0] { // merging may change nothing
			names = append(names, name)
		}
	}
	err = r.writeNew(spare+idxExt, idx)
	if err == nil {
		err = r.supersede(spare, names)
	}
	if err != nil {
		return done, r.unwritable(errors.Join(err, r.remove(spare+packExt), r.remove(spare+idxExt)))
	}
	return done, nil
}

// tidy removes what a crash left behind, before anything of ours is in use.
func (r *repo) tidy() error {
	r.write.Lock()
	defer r.write.Unlock()
	return r.sweep()
}

// candidate is a pack that may be merged.
type candidate struct {
	*gitpack.Indexed
	objects int
	age     int // the oldest pack has the highest
}

// mergeable returns the packs that are to become one, and whether others are to
// become another one after that.
func (r *repo) mergeable() (merged []*gitpack.Indexed, done Consolidated, more bool, err error) {
	all, err := r.candidates()
	if err != nil {
		return nil, done, false, err
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(a.objects, b.objects) })
	smaller := make([]int, len(all)+1) // objects of those before
	for i, p := range all {
		smaller[i+1] = smaller[i] + p.objects
	}
	end := len(all)
	for end > 0 && all[end-1].objects >= growth*smaller[end-1] {
		end--
	}
	if end == 0 && len(all) > 1 {
		return nil, done, false, nil // each is much larger than the smaller ones
	}
	if all = all[:end]; smaller[end] > r.full {
		all, more = oldest(all, r.full), true
	}
	for _, p := range all {
		size, err := p.Size()
		if err != nil {
			return nil, done, false, err
		}
		merged = append(merged, p.Indexed)
		done.Before += size
	}
	done.Packs = len(merged)
	return merged, done, more, nil
}

// candidates returns the packs that are not full and that nobody keeps.
func (r *repo) candidates() ([]candidate, error) {
	packs, err := r.objects.Packs()
	if err != nil {
		return nil, err
	}
	all := []candidate{}
	for age, p := range packs {
		if isApart(p.Base) {
			continue
		}
		objects, err := p.Count()
		if err != nil {
			return nil, err
		}
		if objects < r.full/2 {
			all = append(all, candidate{p, objects, age})
		}
	}
	return all, nil
}

// oldest returns the packs that have the oldest objects, with so many objects at
// most: versions that follow one another belong together.
func oldest(packs []candidate, most int) []candidate {
	slices.SortFunc(packs, func(a, b candidate) int { return cmp.Compare(b.age, a.age) })
	n := 0
	for sum := 0; n < len(packs) && sum+packs[n].objects <= most; n++ {
		sum += packs[n].objects
	}
	return packs[:n]
}

// isApart reports whether a pack is not to be merged: somebody keeps it, or git
// holds in it what it will forget or what it got as a promise.
func isApart(base string) bool {
	return slices.ContainsFunc([]string{".keep", ".mtimes", ".promisor"}, func(ext string) bool {
		_, err := os.Stat(base + ext)
		return err == nil
	})
}

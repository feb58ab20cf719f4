package history

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/disk/disktest"
	"plumbline/backend/workflow"
)

// judge starts on what a power cut has left, goes on as a caller does, and returns
// why that is not as it should be. A state that was judged already is fine.
func (c *crash) judge(l disktest.Log, n int, loss disktest.Loss) error {
	state := l.State(n, loss)
	marks := l.Marks(n)
	key := fmt.Sprint(len(marks), state.Digest())
	if c.seen[key] {
		return nil
	}
	known := c.known(l, n)
	c.runs++
	root := filepath.Join(c.temp, fmt.Sprint(c.runs))
	must(c.t, state.Write(root))
	defer func() { must(c.t, os.RemoveAll(root)) }()
	h := openOn(root, quiet{}, noon.Add(time.Hour))
	err := errors.Join(c.goOn(h, known), h.Close())
	if err == nil {
		c.seen[key] = true
		if c.runs%97 == 0 {
			fsck(c.t, h.Dir(project))
		}
	}
	return err
}

func (c *crash) goOn(h *History, known told) error {
	ctx := c.t.Context()
	if err := errors.Join(c.keeps(h, known), c.readable(h, known)); err != nil {
		return fmt.Errorf("after the start: %w", err)
	}
	next := known.Act + 1
	if err := settle(c, h, known.Head, next); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	var err error
	// Rescuing was a part of settling, and nobody has to merge now.
	if next < len(c.acts) && !c.acts[next].rescue && !c.acts[next].merge {
		if known, err = c.do(h, next, known); err != nil {
			return fmt.Errorf("do it again: %w", err)
		}
		if known.Head != c.heads[next] {
			return fmt.Errorf("the head is %s, want %s", known.Head, c.heads[next])
		}
	}
	published, err := h.Publish(ctx, project, known.Head, []workflow.Commit{change(99, "after.md", "after")})
	if err != nil {
		return fmt.Errorf("go on: %w", err)
	}
	if err := leftovers(h.Dir(project)); err != nil {
		return err
	}
	if _, err := h.Consolidate(ctx, project); err != nil {
		return err
	}
	if err := c.keeps(h, known); err != nil {
		return fmt.Errorf("in the end: %w", err)
	}
	problems, err := h.Verify(ctx, project, published[0].Commit, true)
	if err != nil || len(problems) > 0 {
		return fmt.Errorf("verify: %v %w", problems, err)
	}
	return leftovers(h.Dir(project))
}

// readable reports what git could not read before we have put anything right: the
// branch must be where the caller knows it to be, or further on.
func (c *crash) readable(h *History, known told) error {
	tip, err := h.Tip(c.t.Context(), project)
	if err != nil || known.Head != "" && tip == "" {
		return fmt.Errorf("the branch is gone: %w", err)
	}
	if ahead, err := h.Descends(c.t.Context(), project, tip, known.Head); tip != "" && (err != nil || !ahead) {
		return fmt.Errorf("the branch points to %s, not to %s: %w", tip, known.Head, err)
	}
	refs := filepath.Join(h.Dir(project), "refs")
	err = filepath.WalkDir(refs, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".lock") {
			return err
		}
		if content, err := os.ReadFile(path); err != nil || !plumbing.IsHash(strings.TrimSpace(string(content))) {
			return fmt.Errorf("%s holds %q: %w", path, content, err)
		}
		return nil
	})
	if known.Act < 0 && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// keeps reports what of that which a caller was told is lost.
func (c *crash) keeps(h *History, known told) error {
	for name, want := range known.Blobs {
		if got, err := h.Blob(c.t.Context(), project, name); err != nil || got != want {
			return fmt.Errorf("the text %s is %.20q: %w", name, got, err)
		}
	}
	if known.Import != "" {
		if err := c.imported(h, known.Import); err != nil {
			return err
		}
	}
	if known.Rescue == "" {
		return nil
	}
	r, err := h.repo(c.t.Context(), project)
	if err != nil {
		return err
	}
	refs, err := filepath.Glob(r.path(filepath.FromSlash(rescueDir), "*"))
	for _, ref := range refs {
		if content, err := os.ReadFile(ref); err == nil && strings.TrimSpace(string(content)) == known.Rescue {
			return nil
		}
	}
	packed, _ := os.ReadFile(r.path("packed-refs"))
	if strings.Contains(string(packed), known.Rescue+" "+rescueDir) {
		return nil
	}
	return fmt.Errorf("nothing keeps %s: %v %w", known.Rescue, refs, err)
}

// imported reports why what was taken in is not there for good.
func (c *crash) imported(h *History, tip string) error {
	r, err := h.repo(c.t.Context(), project)
	if err != nil {
		return err
	}
	kept, err := r.ref(importRef)
	if now, errNow := r.ref(branch); errors.Join(err, errNow) != nil || kept.String() != tip && now.String() != tip {
		return fmt.Errorf("%s is not kept, but %s, and the branch is at %s: %w", tip, kept, now, errors.Join(err, errNow))
	}
	return h.Walk(c.t.Context(), project, tip, func(Step) error { return nil })
}

// leftovers reports locks, marks and files that nobody will ever remove.
func leftovers(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		name := d.Name()
		if strings.HasSuffix(name, ".lock") || strings.HasSuffix(name, ".keep") || strings.HasPrefix(name, "tmp_") {
			return fmt.Errorf("%s is left behind", path)
		}
		if base, ok := strings.CutSuffix(path, ".pack"); ok {
			if _, err := os.Stat(base + ".idx"); err != nil {
				return fmt.Errorf("%s has no index: %w", path, err)
			}
		}
		if base, ok := strings.CutSuffix(path, ".idx"); ok {
			if _, err := os.Stat(base + ".pack"); err != nil {
				return fmt.Errorf("%s has no pack: %w", path, err)
			}
		}
		return err
	})
}

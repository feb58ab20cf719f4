package history

// The proof that a power cut at any moment loses nothing that a caller was told,
// and that every sync is there for a reason.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/disk"
	"plumbline/backend/disk/disktest"
	"plumbline/backend/workflow"
)

// act is something that a caller does, as the engine does it. One that is not
// finished when the power goes is done again after the next start.
type act struct {
	publish []workflow.Commit
	outside func(t testing.TB, dir string) // what another program does, for ever
	rescue  bool                           // of what outside has done to the branch
	merge   bool
	bundle  []byte // to take in
	adopt   bool   // what was taken in
}

// told is what a caller knows after an act, and has made durable by itself.
type told struct {
	Act    int
	Head   string            // of the branch
	Blobs  map[string]string // content by name, which nobody else keeps any more
	Rescue string            // a commit that must stay
	Import string            // a commit that was taken in and is not adopted yet
}

// crashActs are the acts that are recorded.
func crashActs(t testing.TB) []act {
	t.Helper()
	text := func(s string) string {
		return strings.Repeat(s+" is a line that is long enough for a difference to be worth it.\n", 8)
	}
	ours := []workflow.Commit{
		change(1, "request.md", text("one"), "steps/01.md", text("step")),
		change(2, "request.md", text("one")+"more\n", "a/b/c/d.md", text("deep")),
		change(3, "steps/01.md", "-", "steps/02.md", text("other")),
		change(4, "a/b/c/d.md", "-", "request.md", text("one")+"less\n"),
		change(5, "spec.md", text("spec")),
		change(6, "spec.md", text("spec")+"a\n"),
		change(7, "spec.md", text("spec")+"b\n"),
	}
	theirs := append(slices.Clone(ours), change(20, "import.md", text("import")), change(21, "import.md", text("import")+"end\n"))
	other := open(t, t.TempDir())
	publish(t, other, "", theirs...)
	return []act{
		{publish: ours[:2]},
		{publish: ours[2:3]},
		{publish: ours[3:4]},
		{outside: func(t testing.TB, dir string) {
			git(t, dir, "update-ref", "refs/heads/main", foreign(t, dir, "refs/heads/main"))
		}},
		{rescue: true},
		{outside: func(t testing.TB, dir string) { git(t, dir, "pack-refs", "--all") }},
		{publish: ours[4:5]},
		{publish: ours[5:7]},
		{merge: true},
		{bundle: bundle(t, other)},
		{adopt: true},
		{publish: []workflow.Commit{change(30, "request.md", "the end\n")}},
		{merge: true},
	}
}

// foreign makes a commit by stock git that no branch has.
func foreign(t testing.TB, dir, parent string) string {
	t.Helper()
	return git(t, dir, "commit-tree", "-m", "theirs", "-p", parent, parent+"^{tree}")
}

// crash plays acts and judges what is left of them.
type crash struct {
	t     testing.TB
	acts  []act
	heads []string // after each act, when all goes well
	seen  map[string]bool
	temp  string
	runs  int
}

func newCrash(t testing.TB) *crash {
	return &crash{t: t, acts: crashActs(t), seen: map[string]bool{}, temp: memoryDir(t)}
}

// memoryDir is a folder for what need not be on a disk.
func memoryDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "plumbline")
	if err != nil { // not on Linux
		return t.TempDir()
	}
	t.Cleanup(func() { must(t, os.RemoveAll(dir)) })
	return dir
}

// openOn opens histories on a disk, with a clock that goes on when it is looked
// at. It waits for no lock.
func openOn(root string, d disk.Disk, begin time.Time) *History {
	h := Open(root)
	h.disk = d
	h.now = func() time.Time { begin = begin.Add(time.Second); return begin }
	r := newRepo(h.Dir(project), d, h.cache)
	r.patience = 0
	h.repos[project] = r
	return h
}

// do does an act and returns what its caller knows then.
func (c *crash) do(h *History, number int, before told) (told, error) {
	now := told{Act: number, Head: before.Head, Blobs: maps.Clone(before.Blobs), Rescue: before.Rescue, Import: before.Import}
	if now.Blobs == nil {
		now.Blobs = map[string]string{}
	}
	ctx := c.t.Context()
	switch a := c.acts[number]; {
	case a.publish != nil:
		published, err := h.Publish(ctx, project, before.Head, a.publish)
		if err != nil {
			return before, err
		}
		for i, p := range published {
			for _, f := range a.publish[i].Files {
				if !f.Delete {
					now.Blobs[p.Blobs[f.Path]] = string(f.Content)
				}
			}
			now.Head = p.Commit
		}
	case a.rescue:
		tip, err := h.Tip(ctx, project)
		if err == nil {
			err = h.Rescue(ctx, project, tip, before.Head)
		}
		now.Rescue = tip
		return now, err
	case a.merge:
		_, err := h.Consolidate(ctx, project)
		return now, err
	case a.bundle != nil:
		tip, err := h.Unbundle(ctx, project, bytes.NewReader(a.bundle))
		if err != nil {
			return before, err
		}
		now.Import = tip
	case a.adopt:
		now.Head, now.Import = before.Import, ""
		return now, h.Adopt(ctx, project, before.Import)
	}
	return now, nil
}

// record plays all acts on a recorder.
func (c *crash) record() disktest.Log {
	c.t.Helper()
	root := c.t.TempDir()
	r, err := disktest.New(root)
	must(c.t, err)
	h := openOn(root, r, noon)
	now := told{Act: -1}
	for i, a := range c.acts {
		if a.outside != nil {
			a.outside(c.t, h.Dir(project))
			must(c.t, r.Outside())
			now.Act = i
		} else {
			now, err = c.do(h, i, now)
			must(c.t, err)
		}
		c.heads = append(c.heads, now.Head)
		mark, err := json.Marshal(now)
		must(c.t, err)
		r.Mark(string(mark))
	}
	must(c.t, h.Close())
	return r.Log()
}

// settle does what the engine does after a start; see settle there.
func settle(c *crash, h *History, head string, number int) error {
	ctx := c.t.Context()
	tip, err := h.Tip(ctx, project)
	if err != nil || tip == head {
		return err
	}
	if tip == "" {
		return h.Rescue(ctx, project, tip, head)
	}
	if ahead, err := h.Descends(ctx, project, tip, head); err != nil {
		return err
	} else if ahead && number < len(c.acts) && c.acts[number].publish != nil {
		if _, err := h.Publish(ctx, project, head, c.acts[number].publish); workflow.CodeOf(err) != workflow.Conflict {
			return err
		}
	}
	return h.Rescue(ctx, project, tip, head)
}

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
	if next < len(c.acts) && !c.acts[next].rescue { // that was a part of settling
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

func TestPowerCutAtAnyMomentLosesNothing(t *testing.T) {
	c := newCrash(t)
	l := c.record()
	for n := range l.Len() + 1 {
		for i, loss := range l.Losses(n, 4) {
			if err := c.judge(l, n, loss); err != nil {
				t.Fatalf("the power goes after %d operations (%s), loss %d: %v", n, l.Op(max(n-1, 0)), i, err)
			}
		}
	}
	t.Logf("%d operations, %d states", l.Len(), c.runs)
	c.everySyncIsNeeded(l)
}

// TestPowerCutAfterAKillLosesNothing kills the process after every operation, goes
// on after a new start, and only then takes the power away: what was not synced
// before the kill can still be lost.
func TestPowerCutAfterAKillLosesNothing(t *testing.T) {
	c := newCrash(t)
	l := c.record()
	for n := range l.Len() {
		if l.Op(n).Kind == disktest.Mark || l.Op(n).Kind == disktest.Sync {
			continue // they change nothing that a kill leaves
		}
		root := filepath.Join(c.temp, fmt.Sprint("killed-", n))
		r, err := l.Resume(n+1, root)
		must(t, err)
		known := c.known(l, n+1)
		h := openOn(root, r, noon.Add(time.Minute))
		next := known.Act + 1
		for ; next < len(c.acts) && c.acts[next].outside == nil && next < known.Act+3; next++ {
			must(t, settle(c, h, known.Head, next))
			if !c.acts[next].rescue {
				known, err = c.do(h, next, known)
				must(t, err)
			}
			known.Act = next
			mark, err := json.Marshal(known)
			must(t, err)
			r.Mark(string(mark))
		}
		must(t, h.Close())
		again := r.Log()
		for _, at := range []int{(n + 1 + again.Len()) / 2, again.Len() - 1, again.Len()} {
			for i, loss := range again.Losses(at, 2)[:5] {
				if err := c.judge(again, at, loss); err != nil {
					t.Fatalf("killed after %d operations (%s), the power goes after %d, loss %d: %v", n+1, l.Op(n), at, i, err)
				}
			}
		}
		must(t, os.RemoveAll(root))
	}
	t.Logf("%d states", c.runs)
}

// known is what the caller knew after some operations.
func (c *crash) known(l disktest.Log, n int) told {
	known := told{Act: -1}
	if marks := l.Marks(n); len(marks) > 0 {
		must(c.t, json.Unmarshal([]byte(marks[len(marks)-1]), &known))
	}
	return known
}

// everySyncIsNeeded takes away one sync after the other and looks for a power cut
// that does harm then.
func (c *crash) everySyncIsNeeded(l disktest.Log) {
	for _, sync := range l.Syncs() {
		without := l.Without(sync)
		if !c.harms(without, sync) {
			near := ""
			for i := max(sync-4, 0); i < min(sync+4, l.Len()); i++ {
				near += fmt.Sprintf("\n\t%d %s", i, l.Op(i))
			}
			c.t.Errorf("nothing is lost without sync %d of %d: %s%.600s", sync, l.Len(), l.Op(sync), near)
		}
	}
}

// harms reports whether there is a power cut that does harm.
func (c *crash) harms(l disktest.Log, from int) bool {
	for n := from + 1; n <= l.Len(); n++ {
		for _, loss := range l.Losses(n, 0) {
			if c.judge(l, n, loss) != nil {
				return true
			}
		}
	}
	return false
}

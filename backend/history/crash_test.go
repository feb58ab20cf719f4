package history

// The proof that a power cut at any moment loses nothing that a caller was told,
// and that every sync is there for a reason.

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

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

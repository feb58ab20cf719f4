package history

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"plumbline/backend/workflow"
)

// consolidate merges packs and checks that git and we read everything.
func consolidate(t testing.TB, h *History) Consolidated {
	t.Helper()
	done, err := h.Consolidate(t.Context(), project)
	if err != nil {
		t.Fatalf("Consolidate: %v (%+v)", err, err)
	}
	return done
}

func packBytes(t testing.TB, h *History) (total int) {
	t.Helper()
	packs, err := filepath.Glob(h.Dir(project) + "/objects/pack/*.pack")
	must(t, err)
	for _, pack := range packs {
		total += size(t, pack)
	}
	return total
}

func TestConsolidateKeepsEveryObject(t *testing.T) {
	h := open(t, t.TempDir())
	all := written(t, h, 600, 20)
	tip := all[599].Commit
	if got := h.Packs(project); got != 30 {
		t.Fatalf("there are %d packs, want 30", got)
	}
	list := func() string {
		return shell(t, h.Dir(project), "git cat-file --batch-all-objects --batch-check")
	}
	want := list()
	done := consolidate(t, h)
	if done.Packs != 30 || done.Objects != strings.Count(want, "\n") || done.After >= done.Before || h.Packs(project) != 1 {
		t.Errorf("Consolidate = %+v, %d packs are left", done, h.Packs(project))
	}
	if got := list(); got != want {
		t.Error("the objects are not the same as before")
	}
	fsck(t, h.Dir(project))
	checkTidy(t, h.Dir(project))
	if got := kinds(t, h, tip, true); got != "" {
		t.Errorf("Verify finds %s", got)
	}
	if again := consolidate(t, h); again != (Consolidated{}) {
		t.Errorf("a second time, Consolidate = %+v, want nothing", again)
	}
	publish(t, h, tip, change(1000, "a.md", "a"))
	fsck(t, h.Dir(project))
}

// TestConsolidateAsOneGoes merges every few packs, as an app does that runs for
// long: few packs are left, and what is written in all grows slowly.
func TestConsolidateAsOneGoes(t *testing.T) {
	h := open(t, t.TempDir())
	h.disk = quiet{}
	docs, tip, objects, most := newDocuments(1), "", 0, 0
	for i := range 60 {
		batch := []workflow.Commit{}
		for j := range 5 {
			batch = append(batch, workflow.Commit{ProjectID: project, At: noon, Author: ann, Message: fmt.Sprint(i, j), Files: docs.edit(i*5 + j)})
		}
		tip = publish(t, h, tip, batch...)[4].Commit
		if h.Packs(project) > 8 {
			objects += consolidate(t, h).Objects
			most = max(most, h.Packs(project))
		}
	}
	total := countObjects(t, h)
	if most > 6 || objects > 6*total {
		t.Errorf("%d packs were left, and %d objects written to merge %d", most, objects, total)
	}
	fsck(t, h.Dir(project))
	if got := kinds(t, h, tip, true); got != "" {
		t.Errorf("Verify finds %s", got)
	}
	consolidate(t, h)
	ours := packBytes(t, h)
	git(t, h.Dir(project), "repack", "-adfq")
	if theirs := packBytes(t, h); ours > theirs*13/10 {
		t.Errorf("the packs have %d bytes, those of git %d: %.2f times", ours, theirs, float64(ours)/float64(theirs))
	}
}

// TestConsolidateFillsPacks merges more than one pack may hold: several are left,
// each full and none too full, and a full one is not written again.
func TestConsolidateFillsPacks(t *testing.T) {
	h := open(t, t.TempDir())
	all := written(t, h, 600, 20)
	const full = 1500
	h.repos[project].full = full
	total, left := countObjects(t, h), 0
	done := consolidate(t, h)
	// An object that two packs have may come into two: which packs follow one another
	// is not known where the disk gives them the same time.
	if done.Packs != 30 || done.Objects < total || done.Objects > total+total/100 {
		t.Errorf("Consolidate = %+v, want 30 packs and %d objects", done, total)
	}
	packs, err := h.repos[project].objects.Packs()
	must(t, err)
	for _, p := range packs {
		n, err := p.Count()
		must(t, err)
		if n > full {
			t.Errorf("a pack has %d objects", n)
		}
		if n < full/2 {
			left++
		}
	}
	if left > 1 || len(packs) > 2*total/full+1 {
		t.Errorf("%d packs are left for %d objects, %d of them not full", len(packs), total, left)
	}
	if again := consolidate(t, h); again != (Consolidated{}) {
		t.Errorf("a second time, Consolidate = %+v, want nothing", again)
	}
	fsck(t, h.Dir(project))
	if got := kinds(t, h, all[599].Commit, true); got != "" {
		t.Errorf("Verify finds %s", got)
	}
}

func TestConsolidateTakesPacksOfGitAndLeavesWhatIsKept(t *testing.T) {
	h := open(t, t.TempDir())
	all := written(t, h, 200, 10)
	dir := h.Dir(project)
	git(t, dir, "config", "repack.useDeltaBaseOffset", "false")
	git(t, dir, "repack", "-adfq")
	kept := onlyPack(t, h) + ".keep"
	must(t, os.WriteFile(kept, []byte("a person keeps this"), 0o600))
	tip := all[199].Commit
	for i := range 6 {
		tip = publish(t, h, tip, change(uint64(1000+i), "a.md", fmt.Sprint(i)))[0].Commit
	}
	if done := consolidate(t, h); done.Packs != 6 || h.Packs(project) != 1 {
		t.Errorf("with a kept pack, Consolidate = %+v, %d are left to merge", done, h.Packs(project))
	}
	must(t, os.Remove(kept))
	git(t, dir, "multi-pack-index", "write")
	for i := range 40 { // until the large one is worth merging
		tip = publish(t, h, tip, change(uint64(2000+i), fmt.Sprintf("f/%d.md", i), strings.Repeat(fmt.Sprint(i, "\n"), 50), "x.md", fmt.Sprint(i)))[0].Commit
	}
	git(t, dir, "tag", "-m", "a tag", "v1", tip)
	git(t, dir, "repack", "-dq")
	for i := range 700 {
		tip = publish(t, h, tip, change(uint64(3000+i), "x.md", fmt.Sprint(i)))[0].Commit
		if i%100 == 99 {
			consolidate(t, h)
		}
	}
	fsck(t, dir)
	if got := kinds(t, h, tip, true); got != "" {
		t.Errorf("Verify finds %s", got)
	}
	if n := h.Packs(project); n > 3 {
		t.Errorf("%d packs are left", n)
	}
}

func TestConsolidateIsCanceledWithoutATrace(t *testing.T) {
	h := open(t, t.TempDir())
	all := written(t, h, 100, 10)
	ctx, cancel := context.WithCancel(t.Context())
	h.repos = map[string]*repo{}
	h.disk = onCreate{run: func(path string) {
		if strings.HasSuffix(path, "merged_pack") {
			cancel()
		}
	}}
	_, err := h.Consolidate(ctx, project)
	if !errors.Is(err, context.Canceled) || h.Packs(project) != 10 {
		t.Errorf("Consolidate returns %v and leaves %d packs, want that it was canceled, and 10", err, h.Packs(project))
	}
	checkTidy(t, h.Dir(project))
	if got := kinds(t, h, all[99].Commit, true); got != "" {
		t.Errorf("Verify finds %s", got)
	}
}

func TestConsolidateDoesNotSpreadDamage(t *testing.T) {
	h := open(t, t.TempDir())
	written(t, h, 40, 10)
	packs, err := filepath.Glob(h.Dir(project) + "/objects/pack/*.pack")
	must(t, err)
	for at := 13; at < size(t, packs[0])-20; at += size(t, packs[0]) / 40 {
		flip(t, packs[0], at)
		h.repos = map[string]*repo{}
		if _, err := h.Consolidate(t.Context(), project); workflow.CodeOf(err) != workflow.Internal || workflow.Describe(err).Hint == "" {
			t.Fatalf("Consolidate of a pack with the byte %d flipped: %v, want that it is damaged, and a hint", at, err)
		}
		flip(t, packs[0], at)
	}
	checkTidy(t, h.Dir(project))
	h.repos = map[string]*repo{}
	consolidate(t, h)
}

// TestReadersDoNotNoticeConsolidation reads, publishes and lets git read while
// packs are merged.
func TestReadersDoNotNoticeConsolidation(t *testing.T) {
	h := open(t, t.TempDir())
	all := written(t, h, 300, 10)
	published := all[299]
	ctx, stop := context.WithCancel(t.Context())
	failed := make(chan error, 2)
	go func() {
		var err error
		for i := 0; ctx.Err() == nil && err == nil; i++ {
			for _, blob := range all[i%300].Blobs {
				if _, err = h.Blob(context.WithoutCancel(ctx), project, blob); err != nil {
					break
				}
			}
		}
		failed <- err
	}()
	go func() {
		var err error
		for ctx.Err() == nil && err == nil {
			_, err = output(h.Dir(project), "git", "log", "-p", "-3", all[20].Commit)
		}
		failed <- err
	}()
	h.repos[project].disk = onCreate{run: func(path string) {
		if strings.HasSuffix(path, "merged_pack") {
			published = publish(t, h, published.Commit, change(5000, "during.md", "x"))[0]
		}
	}}
	for i := range 10 {
		consolidate(t, h)
		for j := range 6 {
			published = publish(t, h, published.Commit, change(uint64(1000+10*i+j), "more.md", fmt.Sprint(i, j)))[0]
		}
	}
	stop()
	must(t, <-failed, <-failed)
	if got := kinds(t, h, published.Commit, true); got != "" {
		t.Errorf("Verify finds %s", got)
	}
	fsck(t, h.Dir(project))
}

// BenchmarkConsolidate merges many packs, and compares with git.
func BenchmarkConsolidate(b *testing.B) {
	for _, commits := range []int{2000, 10000, 100000} {
		if commits > 10000 && os.Getenv("PLUMBLINE_LARGE") == "" {
			continue
		}
		b.Run(fmt.Sprint(commits), func(b *testing.B) {
			root := b.TempDir()
			h := open(b, root)
			written(b, h, commits, 500)
			for b.Loop() {
				b.StopTimer()
				copied := b.TempDir()
				must(b, os.CopyFS(copied, os.DirFS(root)))
				fresh := open(b, copied)
				fresh.disk = quiet{}
				runtime.GC()
				b.StartTimer()
				peak := peakHeap(func() { consolidate(b, fresh) })
				b.StopTimer()
				b.ReportMetric(float64(peak)/(1<<20), "MB-peak")
				ours := packBytes(b, fresh)
				git(b, fresh.Dir(project), "repack", "-adfq")
				b.ReportMetric(float64(ours)/float64(packBytes(b, fresh)), "×git")
				b.ReportMetric(float64(ours)/float64(commits), "bytes/commit")
				b.StartTimer()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(commits), "µs/commit")
		})
	}
}

// peakHeap runs something and returns the most memory that the heap had meanwhile.
func peakHeap(fn func()) uint64 {
	done, result := make(chan bool), make(chan uint64)
	go func() {
		samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}, {Name: "/memory/classes/heap/free:bytes"}}
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for peak := uint64(0); ; {
			select {
			case <-done:
				result <- peak
				return
			case <-tick.C:
				metrics.Read(samples)
				peak = max(peak, samples[0].Value.Uint64()+samples[1].Value.Uint64()+samples[2].Value.Uint64())
			}
		}
	}()
	fn()
	done <- true
	return <-result
}

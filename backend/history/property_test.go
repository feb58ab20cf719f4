package history

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// content reads all files of a commit.
func content(t rapid.TB, h *History, commit string) map[string]string {
	files, err := h.Files(context.Background(), project, commit, "")
	if err != nil {
		t.Fatal(err)
	}
	for path, blob := range files {
		if files[path], err = h.Blob(context.Background(), project, blob); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// TestTreeIsWhatWasPublished writes and deletes at random, in batches of random
// sizes, with new starts and repetitions between, and compares every commit with
// a plain map.
func TestTreeIsWhatWasPublished(t *testing.T) {
	paths := []string{"a.md", "b.md", "x/a.md", "x/b.md", "x/y/a.md", "x/y/z/a.md", "x-y.md", "x.md", "y/a.md", "Ä/ö.md"}
	rapid.Check(t, func(rt *rapid.T) {
		root, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		h := Open(root)
		h.disk = &brittle{} // does not sync
		tip, seq, files := "", uint64(0), map[string]string{}
		for range rapid.IntRange(1, 6).Draw(rt, "batches") {
			commits, want := []workflow.Commit{}, []map[string]string{}
			for range rapid.IntRange(1, 4).Draw(rt, "commits") {
				seq++
				pairs := []string{}
				for _, path := range rapid.SliceOfNDistinct(rapid.SampledFrom(paths), 1, 4, rapid.ID).Draw(rt, "paths") {
					text := rapid.SampledFrom([]string{"-", "", "one", "two\n", "three\r\n"}).Draw(rt, "text")
					pairs = append(pairs, path, text)
					if files[path] = text; text == "-" {
						delete(files, path)
					}
				}
				commits, want = append(commits, change(seq, pairs...)), append(want, maps.Clone(files))
			}
			if rapid.Bool().Draw(rt, "new start") {
				if err := h.Close(); err != nil {
					rt.Fatal(err)
				}
				h = Open(root)
				h.disk = &brittle{}
			}
			published, err := h.Publish(t.Context(), project, tip, commits)
			if err == nil && rapid.Bool().Draw(rt, "again") {
				_, err = h.Publish(t.Context(), project, tip, commits)
			}
			if err != nil {
				rt.Fatal(err)
			}
			for i, p := range published {
				if got := content(rt, h, p.Commit); !maps.Equal(got, want[i]) {
					rt.Fatalf("commit %d holds %v, want %v", commits[i].Seq, slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want[i])))
				}
				tip = p.Commit
			}
		}
		if err := h.Close(); err != nil {
			rt.Fatal(err)
		}
		if rapid.IntRange(0, 9).Draw(rt, "fsck") == 0 {
			fsck(t, h.Dir(project))
			listed := git(t, h.Dir(project), "-c", "core.quotePath=off", "ls-tree", "-r", "--name-only", "main")
			if want := strings.Join(slices.Sorted(maps.Keys(files)), "\n"); listed != want {
				rt.Fatalf("git lists\n%s\nwant\n%s", listed, want)
			}
		}
	})
}

package engine

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// benchBody is a document of 4 KB that is different each time.
func benchBody(i int) string { return strconv.Itoa(i) + strings.Repeat(" some words of a line\n", 190) }

// benchPath spreads writes over a hundred documents.
func benchPath(i int) string { return "steps/" + strconv.Itoa(i%100) + ".md" }

// BenchmarkSave is what a person waits for: one acknowledged version.
func BenchmarkSave(b *testing.B) {
	h := enter(b, b.TempDir())
	defer h.leave(b)
	i := 0
	for b.Loop() {
		i++
		h.mustSave(b, "P", benchPath(i), benchBody(i))
	}
}

// BenchmarkSaveAndDrain is a version with its commit, in batches of one size.
func BenchmarkSaveAndDrain(b *testing.B) {
	for _, size := range []int{1, 16, 64} {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			h := enter(b, b.TempDir())
			defer h.leave(b)
			i := 0
			for b.Loop() {
				i++
				h.mustSave(b, "P", benchPath(i), benchBody(i))
				if i%size == 0 {
					h.drain(b)
				}
			}
			h.drain(b)
		})
	}
}

// BenchmarkPlainGit is the same with the command line, for comparison.
func BenchmarkPlainGit(b *testing.B) {
	dir := b.TempDir()
	drainGit(b, dir, "init", "-q")
	if err := os.Mkdir(filepath.Join(dir, "steps"), 0o700); err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		i++
		if err := os.WriteFile(filepath.Join(dir, benchPath(i)), []byte(benchBody(i)), 0o600); err != nil {
			b.Fatal(err)
		}
		drainGit(b, dir, "add", benchPath(i))
		drainGit(b, dir, "commit", "-q", "-m", "Save")
	}
}

package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// BenchmarkLibrary is what the screen of the library waits for with as many prompts
// of the user's as the largest collections have.
func BenchmarkLibrary(b *testing.B) {
	for _, n := range []int{1000, 5000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			for i := range n {
				path := filepath.Join(dir, "library", "prompts", fmt.Sprintf("own-%04d.md", i))
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(ownPrompt(fmt.Sprintf("own-%04d", i), strings.Repeat("Tidy up this file well. ", 100))), 0o644); err != nil {
					b.Fatal(err)
				}
			}
			e, err := Open(b.Context(), Options{Dir: dir, Door: DoorCommand})
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			b.Run("first", func(b *testing.B) {
				for range b.N {
					if _, err := e.Shelf(b.Context()); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("list", func(b *testing.B) {
				for b.Loop() {
					if s, err := e.Shelf(b.Context()); err != nil || len(s.Prompts) < n {
						b.Fatal(err, len(s.Prompts))
					}
				}
			})
			b.Run("search", func(b *testing.B) {
				for b.Loop() {
					if _, err := e.SearchPrompts(b.Context(), "tdy fil"); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("fill", func(b *testing.B) {
				for b.Loop() {
					if _, err := e.FillPrompt(b.Context(), workflow.PromptOrder{PromptID: "own-0007"}); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

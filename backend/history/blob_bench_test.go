package history

import (
	"fmt"
	"os"
	"testing"
	"time"
)

// BenchmarkOldVersion reads old versions from many packs, and from the one that
// they are merged into, and compares with “git show”. Every round begins with an
// engine that knows nothing yet, or has been open for long.
func BenchmarkOldVersion(b *testing.B) {
	commits := 5000
	if os.Getenv("PLUMBLINE_LARGE") != "" {
		commits = 100000
	}
	for _, packs := range []int{500, 50, 1} {
		root := b.TempDir()
		h := open(b, root)
		all := written(b, h, commits, commits/max(packs, 50))
		if packs == 1 {
			consolidate(b, h)
		}
		paths, blobs := []string{}, []string{}
		for _, p := range all {
			for path, blob := range p.Blobs {
				paths, blobs = append(paths, p.Commit+":"+path), append(blobs, blob)
			}
		}
		pick := func(i int) int { return i * 7919 % len(blobs) }
		begin := time.Now()
		const shows = 40
		for i := range shows {
			git(b, h.Dir(project), "show", paths[pick(i)])
		}
		show := time.Since(begin) / shows
		for _, cold := range []bool{true, false} {
			b.Run(fmt.Sprintf("packs=%d/cold=%v", packs, cold), func(b *testing.B) {
				reader := open(b, root)
				for i := 0; b.Loop(); i++ {
					if cold {
						reader = Open(root)
					}
					if _, err := reader.Blob(b.Context(), project, blobs[pick(i)]); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(show), "×git-show")
			})
		}
	}
}

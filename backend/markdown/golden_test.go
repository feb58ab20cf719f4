package markdown

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write what is rendered into the golden files")

func TestRenderIsAsInTheGoldenFiles(t *testing.T) {
	sources, err := filepath.Glob("testdata/render/*.md")
	if err != nil || len(sources) == 0 {
		t.Fatalf("no golden sources: %v", err)
	}
	for _, path := range sources {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got := Render(string(src), Options{})
		golden := strings.TrimSuffix(path, ".md") + ".html"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s is rendered as\n%s\nwant\n%s", path, got, want)
		}
	}
}

func TestRenderMayBeCalledByManyAtOnce(t *testing.T) {
	src := strings.Join(seeds(), "\n\n")
	want := Render(src, Options{})
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if Render(src, Options{}) != want || len(Items(src)) == 0 || write(src, 11).Finish() != want {
				t.Errorf("the same text was rendered differently")
			}
		})
	}
	wait.Wait()
}

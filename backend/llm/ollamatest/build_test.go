//go:build unix

package ollamatest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestMissingHeadersAreNamedByTheirPackages(t *testing.T) {
	include := t.TempDir()
	write(t, filepath.Join(include, "stb", "stb_image.h"), "")
	_, err := builder{cache: t.TempDir(), include: []string{include}}.headers(t.Context(), t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "install the packages nlohmann-json3-dev") || strings.Contains(err.Error(), "libstb") {
		t.Errorf("got %v", err)
	}
}

func TestHeadersAreTakenFromTheFirstFolderThatHasThem(t *testing.T) {
	first, second, cache := t.TempDir(), t.TempDir(), t.TempDir()
	write(t, filepath.Join(first, "stb", "other.h"), "")
	write(t, filepath.Join(second, "stb", "stb_image.h"), "image")
	h := header{folder: "stb", probe: "stb_image.h"}
	for range 2 {
		if found, err := h.copyTo(cache, []string{first, second}); err != nil || !found {
			t.Fatalf("found %v, error %v", found, err)
		}
		// What has been copied is enough from now on.
		if err := os.RemoveAll(filepath.Join(second, "stb")); err != nil {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(filepath.Join(cache, "stb", "stb_image.h"))
	if err != nil || string(content) != "image" {
		t.Errorf("copied %q, error %v", content, err)
	}
}

func TestServerInTheCacheIsNotBuiltAgain(t *testing.T) {
	base := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", base)
	version, err := goOutput(t.Context(), "", "list", "-m", "-f", "{{.Version}}", ollamaModule)
	if err != nil {
		t.Fatal(err)
	}
	want := filepath.Join(base, "plumbline", "ollama-"+strings.TrimPrefix(version, "v"))
	write(t, want, "a server")
	if err := os.Chmod(want, 0o755); err != nil {
		t.Fatal(err)
	}
	var progress strings.Builder
	if got, err := Build(t.Context(), &progress); err != nil || got != want || progress.Len() > 0 {
		t.Errorf("path %s, error %v, progress %q; want %s", got, err, progress.String(), want)
	}
}

func TestLeftoversOfKilledBuildsAreRemoved(t *testing.T) {
	cache := t.TempDir()
	write(t, filepath.Join(cache, "ollama-src-123", "go.mod"), "")
	write(t, filepath.Join(cache, "ollama-1.2.3"), "")
	if err := (builder{cache: cache}).removeLeftovers(); err != nil {
		t.Fatal(err)
	}
	if exists(filepath.Join(cache, "ollama-src-123")) || !exists(filepath.Join(cache, "ollama-1.2.3")) {
		t.Error("it removed the wrong things")
	}
}

func TestLockIsHeldByOneAtATime(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lock")
	unlock, err := lockFile(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	waiting, giveUp := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer giveUp()
	if _, err := lockFile(waiting, name); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second lock: %v", err)
	}
	second := make(chan error, 1)
	go func() {
		unlock, err := lockFile(t.Context(), name)
		if err == nil {
			unlock()
		}
		second <- err
	}()
	unlock()
	if err := <-second; err != nil {
		t.Errorf("a lock after the first was given back: %v", err)
	}
}

// recorder notes how a test was ended instead of ending it.
type recorder struct {
	testing.TB
	how string
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.how = "failed: " + fmt.Sprintf(format, args...)
}
func (r *recorder) Skipf(format string, args ...any) {
	r.how = "skipped: " + fmt.Sprintf(format, args...)
}

func TestMissingServerSkipsAtHomeAndFailsInCI(t *testing.T) {
	for ci, want := range map[string]string{"": "skipped: no compiler", "true": "failed: no compiler"} {
		t.Setenv("CI", ci)
		r := &recorder{TB: t}
		unavailable(r, "no %s", "compiler")
		if r.how != want {
			t.Errorf("with CI=%q it %s, want %s", ci, r.how, want)
		}
	}
}

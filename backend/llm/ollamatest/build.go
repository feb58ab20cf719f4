package ollamatest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

const (
	ollamaModule = "github.com/ollama/ollama"
	// sourcePrefix begins the names of the folders that builds work in.
	sourcePrefix = "ollama-src-"
)

// Build returns the path of an Ollama server of the version that go.mod names.
// It builds one if there is none in the cache, which takes 5 to 10 minutes on
// two cores and tells progress what goes on; progress may be nil. Several
// processes may call it at once: one builds, the others wait.
//
// It needs the Go command, a C++ compiler and the headers that the module leaves
// out. The error names the packages to install when these are missing.
func Build(ctx context.Context, progress io.Writer) (string, error) {
	if runtime.GOOS == "windows" {
		return "", errors.New("build Ollama: this works on Linux and macOS only")
	}
	if progress == nil {
		progress = io.Discard
	}
	version, err := goOutput(ctx, "", "list", "-m", "-f", "{{.Version}}", ollamaModule)
	if err != nil {
		return "", fmt.Errorf("find the version of Ollama: %w", err)
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	b := builder{
		cache: cache, version: version, progress: progress,
		include: []string{"/usr/include", "/usr/local/include", "/opt/homebrew/include"},
	}
	if b.built() {
		return b.path(), nil
	}
	if err := b.build(ctx); err != nil {
		return "", fmt.Errorf("build Ollama %s: %w", version, err)
	}
	return b.path(), nil
}

// cacheDir is where the server is kept between checkouts: $XDG_CACHE_HOME/plumbline.
func cacheDir() (string, error) {
	base := os.Getenv("XDG_CACHE_HOME")
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the cache: %w", err)
		}
		base = filepath.Join(home, ".cache")
	}
	return filepath.Join(base, "plumbline"), nil
}

type builder struct {
	cache, version string
	include        []string // folders to take headers from
	progress       io.Writer
}

func (b builder) path() string {
	return filepath.Join(b.cache, "ollama-"+strings.TrimPrefix(b.version, "v"))
}

func (b builder) built() bool {
	info, err := os.Stat(b.path())
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o100 != 0
}

func (b builder) build(ctx context.Context) error {
	if err := os.MkdirAll(b.cache, 0o755); err != nil {
		return err
	}
	unlock, err := lockFile(ctx, filepath.Join(b.cache, "ollama.lock"))
	if err != nil {
		return err
	}
	defer unlock()
	if b.built() { // by the one we waited for
		return nil
	}
	if err := b.removeLeftovers(); err != nil {
		return err
	}
	src, err := os.MkdirTemp(b.cache, sourcePrefix)
	if err != nil {
		return err
	}
	defer os.RemoveAll(src)
	module := fmt.Sprintf("module ollamabuild\n\ngo %s\n\nrequire %s %s\n", goVersion(), ollamaModule, b.version)
	if err := os.WriteFile(filepath.Join(src, "go.mod"), []byte(module), 0o644); err != nil {
		return err
	}
	headers, err := b.headers(ctx, src)
	if err != nil {
		return err
	}
	return b.compile(ctx, src, headers)
}

// removeLeftovers removes the folders of builds that were killed. The lock must be held.
func (b builder) removeLeftovers() error {
	left, err := filepath.Glob(filepath.Join(b.cache, sourcePrefix+"*"))
	for _, dir := range left {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

// goVersion is the language version of the module that does nothing but require Ollama.
func goVersion() string {
	parts := strings.SplitN(strings.TrimPrefix(runtime.Version(), "go"), ".", 3)
	if len(parts) < 2 {
		return "1.26"
	}
	return parts[0] + "." + parts[1]
}

// compile builds into a temporary file and renames it, so that the cache never holds half a server.
func (b builder) compile(ctx context.Context, src, headers string) error {
	fmt.Fprintf(b.progress, "Building Ollama %s. This is done once and may take 10 minutes.\n", b.version)
	began := time.Now()
	out := filepath.Join(src, "ollama")
	cmd := goCommand(ctx, src, "build", "-mod=mod", "-ldflags", "-s -w", "-o", out, ollamaModule)
	cmd.Env = append(cmd.Env, "CGO_ENABLED=1", "CGO_CPPFLAGS=-I"+headers)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w\n%s", cmp.Or(ctx.Err(), err), tail(log.String(), 2000))
	}
	if err := os.Rename(out, b.path()); err != nil {
		return err
	}
	fmt.Fprintf(b.progress, "Built %s in %s.\n", b.path(), time.Since(began).Round(time.Second))
	return nil
}

func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// goOutput runs the Go command and returns what it prints, without the line end.
func goOutput(ctx context.Context, dir string, args ...string) (string, error) {
	out, err := goCommand(ctx, dir, args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, tail(string(exit.Stderr), 500))
	}
	return strings.TrimSpace(string(out)), err
}

func tail(text string, most int) string {
	text = strings.TrimSpace(text)
	return text[max(0, len(text)-most):]
}

// exists reports whether there is a file, of whatever kind.
func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// workshop holds what the measurements share: the sources, a folder for what
// they make, and the programs once they are built.
type workshop struct {
	root     string // of the sources
	dir      string // removed at the end
	rounds   int
	progress io.Writer
	built    map[string]string // program to path
	data     string            // where much data is kept; empty for nowhere
	much     *muchData         // once it is made
}

func openWorkshop(ctx context.Context, rounds int, progress io.Writer) (*workshop, error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return nil, fmt.Errorf("find the sources: %w", err)
	}
	path := strings.TrimSpace(string(mod))
	if filepath.Base(path) != "go.mod" {
		return nil, errors.New("find the sources: run it inside the checkout")
	}
	dir, err := os.MkdirTemp("", "plumbline-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder to work in: %w", err)
	}
	return &workshop{root: filepath.Dir(path), dir: dir, rounds: rounds, progress: progress, built: map[string]string{}}, nil
}

// warn tells when the machine has so much else to do that times say little.
func (w *workshop) warn() {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil { // not every system has one
		return
	}
	load, _, _ := strings.Cut(string(text), " ")
	if n, err := strconv.ParseFloat(load, 64); err == nil && n > float64(runtime.NumCPU())/2 {
		fmt.Fprintf(w.progress, "bench: the machine is busy (load %s on %d cores): the numbers are shaky\n", load, runtime.NumCPU())
	}
}

func (w *workshop) close() error { return os.RemoveAll(w.dir) }

// folder makes an empty folder.
func (w *workshop) folder(name string) (string, error) { return os.MkdirTemp(w.dir, name+"-") }

// plumbline returns the path of the commands, built as they are released.
func (w *workshop) plumbline(ctx context.Context) (string, error) {
	return w.build(ctx, "plumbline", "0", ".")
}

// desktop returns the path of the window, built as it is released.
func (w *workshop) desktop(ctx context.Context) (string, error) {
	return w.build(ctx, "plumbline-desktop", "1", "-tags", "desktop,production,webkit2_41", ".")
}

// minimal returns the path of the smallest window that Wails can show.
func (w *workshop) minimal(ctx context.Context) (string, error) {
	return w.build(ctx, "minwindow", "1", "-tags", "desktop,production,webkit2_41,minwindow", "./build/bench/minwindow")
}

// build builds a program, once.
func (w *workshop) build(ctx context.Context, name, cgo string, args ...string) (string, error) {
	if path, ok := w.built[name]; ok {
		return path, nil
	}
	fmt.Fprintf(w.progress, "bench: build %s\n", name)
	path := filepath.Join(w.dir, name)
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", path}, args...)...)
	cmd.Dir = w.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w\n%s", name, err, text)
	}
	w.built[name] = path
	return path, nil
}

// interleave calls ours and theirs rounds times in turns, so that whatever else
// the machine does meets both. The one that goes first changes with each round.
func interleave(rounds int, ours, theirs func() error) error {
	for i := range rounds {
		first, second := ours, theirs
		if i%2 == 1 {
			first, second = theirs, ours
		}
		if err := first(); err != nil {
			return err
		}
		if err := second(); err != nil {
			return err
		}
	}
	return nil
}

// missing returns the first of some programs that is not installed; empty for none.
func missing(programs ...string) string {
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			return p
		}
	}
	return ""
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

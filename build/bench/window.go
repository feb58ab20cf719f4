package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// settleTime is how long a window is left alone before its memory is measured.
const settleTime = 500 * time.Millisecond

// windowRows are the rows about the window. Both windows are looked at from
// outside, in the same way: the pixels of the screen say when something is
// painted, and when the picture has come to rest.
type windowRows struct{ painted, complete, memory row }

func newWindowRows() *windowRows {
	const reference = "minimal Wails window"
	limit := goal{kind: atMostTimes, limit: 1.3}
	return &windowRows{
		painted:  row{what: "window, start to first paint", unit: "ms", reference: reference, goal: limit},
		complete: row{what: "window, start to complete picture", unit: "ms", reference: reference},
		memory:   row{what: "window, memory (PSS) of all its processes", unit: "MB", reference: reference, goal: limit},
	}
}

func (w *windowRows) all(why string) []row {
	rows := []row{w.painted, w.complete, w.memory}
	for i := range rows {
		rows[i].why = why
	}
	return rows
}

// measureWindow measures the start and the memory of the window.
func measureWindow(ctx context.Context, shop *workshop) (rows []row, err error) {
	w := newWindowRows()
	if program := missing("Xvfb"); program != "" {
		return w.all(program + " is not installed"), nil
	}
	if why := shop.prepareWindow(ctx); why != "" {
		return w.all(why), nil
	}
	ours, theirs, err := shop.windows(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := shop.folder("screen")
	if err != nil {
		return nil, err
	}
	s, err := openScreen(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for _, program := range []*shownProgram{ours, theirs} { // once, so that files and fonts are in memory
		if _, err := program.show(ctx, s); err != nil {
			return nil, err
		}
	}
	err = interleave(3*shop.rounds, ours.into(ctx, s, &w.painted.ours, &w.complete.ours, &w.memory.ours),
		theirs.into(ctx, s, &w.painted.theirs, &w.complete.theirs, &w.memory.theirs))
	return w.all(""), err
}

// windows builds both windows; ours has a project to show.
func (w *workshop) windows(ctx context.Context) (ours, theirs *shownProgram, err error) {
	commands, err := w.plumbline(ctx)
	if err != nil {
		return nil, nil, err
	}
	desktop, err := w.desktop(ctx)
	if err != nil {
		return nil, nil, err
	}
	minimal, err := w.minimal(ctx)
	if err != nil {
		return nil, nil, err
	}
	if ours, err = w.shown(desktop); err != nil {
		return nil, nil, err
	}
	if theirs, err = w.shown(minimal); err != nil {
		return nil, nil, err
	}
	// Nothing listens at this address, and nothing is asked of the network.
	return ours, theirs, furnish(ctx, commands, ours.home, "http://127.0.0.1:9")
}

// shownProgram is a program with a window, and a home of its own.
type shownProgram struct {
	path, home string
	env        []string
}

func (w *workshop) shown(path string) (*shownProgram, error) {
	home, err := w.folder("home")
	if err != nil {
		return nil, err
	}
	// Without a session bus and helpers that outlive the window; the same for both.
	env := slices.DeleteFunc(os.Environ(), func(pair string) bool {
		return strings.HasPrefix(pair, "XDG_") || strings.HasPrefix(pair, "WAYLAND_") || strings.HasPrefix(pair, "DBUS_")
	})
	return &shownProgram{path: path, home: home, env: append(env, "HOME="+home, "PLUMBLINE_HOME="+home, "XDG_RUNTIME_DIR="+home,
		"GDK_BACKEND=x11", "NO_AT_BRIDGE=1", "GTK_A11Y=none", "DBUS_SESSION_BUS_ADDRESS=disabled:")}, nil
}

// appearance is how a window came up.
type appearance struct{ painted, complete, memory float64 }

// show starts the program, watches it come up and ends it.
func (p *shownProgram) show(ctx context.Context, s *screen) (a appearance, err error) {
	f, begin, err := startFamily(ctx, p.path, append(slices.Clone(p.env), "DISPLAY="+s.display))
	if err != nil {
		return a, err
	}
	painted, complete, err := s.watch(ctx, begin)
	if err == nil {
		select {
		case <-time.After(settleTime):
			a.memory, err = f.memory()
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	a.painted, a.complete = millis(painted), millis(complete)
	if err = errors.Join(err, f.end()); err != nil {
		return a, fmt.Errorf("show %s: %w", filepath.Base(p.path), err)
	}
	return a, s.wait(ctx)
}

// into shows the program and adds to what was measured before.
func (p *shownProgram) into(ctx context.Context, s *screen, painted, complete, memory *[]float64) func() error {
	return func() error {
		a, err := p.show(ctx, s)
		if err != nil {
			return err
		}
		*painted, *complete, *memory = append(*painted, a.painted), append(*complete, a.complete), append(*memory, a.memory)
		return nil
	}
}

// prepareWindow builds the pages if they have not been built, and returns why the
// window cannot be built here; empty when it can.
func (w *workshop) prepareWindow(ctx context.Context) string {
	if runtime.GOOS != "linux" {
		return "the window is measured on Linux only"
	}
	if program := missing("pkg-config", "cc"); program != "" {
		return program + " is not installed"
	}
	if exec.CommandContext(ctx, "pkg-config", "--exists", "webkit2gtk-4.1", "gtk+-3.0").Run() != nil {
		return "webkit2gtk-4.1 is not installed"
	}
	pages := filepath.Join(w.root, "frontend")
	if built, err := filepath.Glob(filepath.Join(pages, "dist", "assets", "*.js")); err == nil && len(built) > 0 {
		return ""
	}
	if missing("npm") != "" {
		return "the pages are not built, and npm is not installed"
	}
	cmd := exec.CommandContext(ctx, "npm", "run", "build")
	cmd.Dir = pages
	if text, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(w.progress, "%s", text)
		return "the pages cannot be built"
	}
	return ""
}

package owner

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// private gives the test places for sockets of its own.
func private(t *testing.T) {
	t.Helper()
	base, err := os.MkdirTemp("", "own") // t.TempDir is too long for a socket on some systems
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(base); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("XDG_RUNTIME_DIR", base)
	t.Setenv("TMPDIR", base)
}

// hello answers as the owner of the data does.
func hello(version string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(workflow.OwnerInfo{PID: 7, Version: version, Door: "window"})
	})
	return mux
}

func listenOn(t *testing.T, dir string, h http.Handler) *Door {
	t.Helper()
	d, err := Listen(dir, h)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestOwnerIsFoundWhileItsDoorIsOpen(t *testing.T) {
	private(t)
	dir := t.TempDir()
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
		t.Fatalf("before: %v", err)
	}
	d := listenOn(t, dir, hello("1"))
	p, err := Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if p.Info.PID != 7 || p.Info.Door != "window" {
		t.Errorf("info %+v", p.Info)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
		t.Errorf("after: %v", err)
	}
}

func TestEachDataFolderHasADoorOfItsOwn(t *testing.T) {
	private(t)
	dir := t.TempDir()
	d := listenOn(t, dir, hello("1"))
	defer d.Close()
	if _, err := Dial(t.Context(), t.TempDir()); !errors.Is(err, ErrNobody) {
		t.Errorf("another folder: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip("no symlinks here")
	}
	if _, err := Dial(t.Context(), link); err != nil {
		t.Errorf("the same folder by a link: %v", err)
	}
}

func TestSocketIsPrivateAndShort(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("sockets are not used on Windows")
	}
	private(t)
	dir := filepath.Join(t.TempDir(), strings.Repeat("long/", 40))
	d := listenOn(t, dir, hello("1"))
	defer d.Close()
	paths, err := socketPaths(dir)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	folder, err := os.Stat(filepath.Dir(paths[0]))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || folder.Mode().Perm() != 0o700 || len(paths[0]) >= maxSocketPath {
		t.Errorf("%s is %v in a folder %v", paths[0], info.Mode(), folder.Mode())
	}
}

// abandon leaves a socket behind as a killed process does.
func abandon(t *testing.T, dir string) string {
	t.Helper()
	paths, err := socketPaths(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := privateDir(filepath.Dir(paths[0])); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("unix", paths[0])
	if err != nil {
		t.Fatal(err)
	}
	ln.(*net.UnixListener).SetUnlinkOnClose(false)
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	return paths[0]
}

func TestStaleSocketIsNobodyAndIsReplaced(t *testing.T) {
	private(t)
	dir := t.TempDir()
	path := abandon(t, dir)
	if _, err := os.Lstat(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
		t.Fatalf("Dial = %v", err)
	}
	d := listenOn(t, dir, hello("1"))
	defer d.Close()
	if _, err := Dial(t.Context(), dir); err != nil {
		t.Errorf("after Listen: %v", err)
	}
}

func TestFolderThatOthersCanEnterIsNotTrusted(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("sockets are not used on Windows")
	}
	private(t)
	dir := t.TempDir()
	paths, err := socketPaths(dir)
	if err != nil {
		t.Fatal(err)
	}
	open := filepath.Dir(paths[0])
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("unix", paths[0])
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: hello("evil")}
	go func() { _ = srv.Serve(ln) }()
	defer srv.Close()
	if p, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
		t.Errorf("Dial = %+v, %v", p, err)
	}
	d := listenOn(t, dir, hello("1"))
	defer d.Close()
	p, err := Dial(t.Context(), dir)
	if err != nil || p.Info.Version != "1" {
		t.Errorf("after Listen elsewhere: %+v, %v", p, err)
	}
}

func TestWhatIsNotPlumblineIsNobody(t *testing.T) {
	private(t)
	dir := t.TempDir()
	d := listenOn(t, dir, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "<html>")
	}))
	defer d.Close()
	if _, err := Dial(t.Context(), dir); !errors.Is(err, ErrNobody) {
		t.Errorf("Dial = %v", err)
	}
}

func TestDoorEndsStreamsWhenItCloses(t *testing.T) {
	private(t)
	dir := t.TempDir()
	mux := http.NewServeMux()
	mux.Handle("GET /hello", hello("1"))
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	d := listenOn(t, dir, mux)
	p, err := Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.Client.Get("http://plumbline/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	began := time.Now()
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took >= closePatience {
		t.Errorf("closing took %v", took)
	}
}

func TestTokenDoor(t *testing.T) {
	dir := t.TempDir()
	ln, token, remove, err := listen(dir, "windows")
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: requireToken(token, hello("1"))}
	go func() { _ = srv.Serve(ln) }()
	defer srv.Close()
	info, err := os.Stat(filepath.Join(dir, tokenFile))
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the token file is %v", info.Mode())
	}
	if p, err := dial(t.Context(), dir, "windows"); err != nil || p.Info.Version != "1" {
		t.Fatalf("dial = %+v, %v", p, err)
	}
	resp, err := http.Get("http://" + ln.Addr().String() + "/hello")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("without the token: %s", resp.Status)
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	if _, err := dial(t.Context(), dir, "windows"); !errors.Is(err, ErrNobody) {
		t.Errorf("without the file: %v", err)
	}
}

func TestJoinOpensOrFinds(t *testing.T) {
	private(t)
	opt := engine.Options{Dir: t.TempDir(), Version: "1", Door: "window"}
	e, p, err := Join(t.Context(), opt)
	if err != nil || e == nil || p != nil {
		t.Fatalf("first: %v, %v, %v", e, p, err)
	}
	d := listenOn(t, opt.Dir, hello("1"))
	if e, p, err := Join(t.Context(), opt); err != nil || e != nil || p == nil {
		t.Errorf("second: %v, %v, %v", e, p, err)
	}
	opt.Version = "2"
	if _, _, err := Join(t.Context(), opt); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("another version: %v", err)
	}
	if err := errors.Join(d.Close(), e.Close()); err != nil {
		t.Fatal(err)
	}
	e, p, err = Join(t.Context(), opt)
	if err != nil || e == nil || p != nil {
		t.Fatalf("after it closed: %v, %v, %v", e, p, err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestJoinWaitsForAProcessThatIsClosing(t *testing.T) {
	private(t)
	opt := engine.Options{Dir: t.TempDir(), Version: "1", Door: "command"}
	first, _, err := Join(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	type joined struct {
		e   *engine.Engine
		err error
	}
	second := make(chan joined)
	go func() {
		e, _, err := Join(t.Context(), opt)
		second <- joined{e, err}
	}()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	got := <-second
	if got.err != nil {
		t.Fatal(got.err)
	}
	if err := got.e.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestJoinGivesUpWithItsContext(t *testing.T) {
	private(t)
	opt := engine.Options{Dir: t.TempDir(), Version: "1", Door: "command"}
	e, _, err := Join(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Join(ctx, opt); !errors.Is(err, context.Canceled) && workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("Join = %v", err)
	}
}

func TestDataDir(t *testing.T) {
	env := map[string]string{"PLUMBLINE_HOME": "/data/mine", "XDG_DATA_HOME": "/xdg"}
	getenv := func(key string) string { return env[key] }
	if got, err := DataDir(getenv); err != nil || got != filepath.FromSlash("/data/mine") && runtime.GOOS != "windows" {
		t.Errorf("with PLUMBLINE_HOME: %q, %v", got, err)
	}
	delete(env, "PLUMBLINE_HOME")
	if runtime.GOOS != "linux" {
		return
	}
	if got, err := DataDir(getenv); err != nil || got != "/xdg/plumbline" {
		t.Errorf("with XDG_DATA_HOME: %q, %v", got, err)
	}
	home := os.Getenv("HOME")
	t.Setenv("HOME", "")
	if got, err := DataDir(getenv); err != nil || got != "/xdg/plumbline" {
		t.Errorf("with XDG_DATA_HOME and without a home: %q, %v", got, err)
	}
	delete(env, "XDG_DATA_HOME")
	if _, err := DataDir(getenv); workflow.CodeOf(err) != workflow.Invalid || !strings.Contains(workflow.Describe(err).Hint, "PLUMBLINE_HOME") {
		t.Errorf("without any of them: %v", err)
	}
	t.Setenv("HOME", home)
	env["XDG_DATA_HOME"] = "relative" // the specification says to ignore it
	if got, err := DataDir(getenv); err != nil || !strings.HasSuffix(got, "/.local/share/plumbline") {
		t.Errorf("with a relative XDG_DATA_HOME: %q, %v", got, err)
	}
}

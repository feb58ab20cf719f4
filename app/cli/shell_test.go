package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// shell runs commands on one data folder.
type shell struct {
	t   *testing.T
	env map[string]string
	dir string // for files
}

func newShell(t *testing.T) *shell {
	t.Helper()
	sockets, err := os.MkdirTemp("", "cli") // t.TempDir is too long for a socket on some systems
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(sockets); err != nil {
			t.Error(err)
		}
	})
	t.Setenv("XDG_RUNTIME_DIR", sockets)
	return &shell{t: t, dir: t.TempDir(), env: map[string]string{"PLUMBLINE_HOME": filepath.Join(t.TempDir(), "data")}}
}

// result is what a command has printed.
type result struct {
	code     int
	out, err string
}

// try runs a command with a standard input.
func (s *shell) try(stdin string, args ...string) result {
	s.t.Helper()
	var out, errs lockedBuffer
	return s.start(s.t.Context(), stdin, &out, &errs, args...)
}

// start runs a command whose output can be read while it runs.
func (s *shell) start(ctx context.Context, stdin string, out, errs *lockedBuffer, args ...string) result {
	program, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	code := Main(ctx, Env{
		Args: args, Stdin: strings.NewReader(stdin), Stdout: out, Stderr: errs,
		Getenv: func(key string) string { return s.env[key] }, Program: program, Version: "test",
		Assets: fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>Plumbline</title>")}},
	})
	return result{code, out.String(), errs.String()}
}

// run wants a command to end with a code and returns what it has printed.
func (s *shell) run(code int, args ...string) result {
	s.t.Helper()
	got := s.try("", args...)
	if got.code != code {
		s.t.Fatalf("plumbline %s: exit %d, want %d\n%s%s", strings.Join(args, " "), got.code, code, got.out, got.err)
	}
	return got
}

// object runs a command with --json and reads what it prints.
func (s *shell) object(v any, args ...string) {
	s.t.Helper()
	got := s.run(0, append(args, "--json")...)
	if err := json.Unmarshal([]byte(got.out), v); err != nil {
		s.t.Fatalf("plumbline %s: %v\n%s", strings.Join(args, " "), err, got.out)
	}
}

func (s *shell) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// lockedBuffer can be read while a command writes to it.
type lockedBuffer struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	wrote chan struct{}
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.wrote <- struct{}{}:
	default:
	}
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// await waits until the buffer holds a text.
func (b *lockedBuffer) await(t *testing.T, text string) {
	t.Helper()
	for !strings.Contains(b.String(), text) {
		select {
		case <-b.wrote:
		case <-t.Context().Done():
			t.Fatalf("%q has not come:\n%s", text, b.String())
		}
	}
}

// fakeOllama answers like an Ollama with one model that says the parts of an
// answer. With hold it does not end, until the reader leaves or end is closed.
type fakeOllama struct {
	parts []string
	hold  bool
	end   chan struct{}
	saw   int // tokens of the prompt; 0 for a usual number
}

func (f *fakeOllama) start(t *testing.T) string {
	t.Helper()
	mux := http.NewServeMux()
	reply := func(v any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(v) }
	}
	model := map[string]any{"name": "tiny:latest", "model": "tiny:latest", "digest": "d1", "size": 1000000,
		"details": map[string]string{"parameter_size": "1M"}}
	mux.HandleFunc("GET /api/version", reply(map[string]string{"version": "0.0.0"}))
	mux.HandleFunc("GET /api/tags", reply(map[string]any{"models": []any{model}}))
	mux.HandleFunc("GET /api/ps", reply(map[string]any{"models": []any{}}))
	mux.HandleFunc("POST /api/show", reply(map[string]any{"details": map[string]string{"parameter_size": "1M"},
		"model_info": map[string]any{"general.architecture": "llama", "llama.context_length": 32768}}))
	mux.HandleFunc("POST /api/chat", f.chat)
	srv := httptest.NewServer(mux)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
	})
	return srv.URL
}

func (f *fakeOllama) chat(w http.ResponseWriter, r *http.Request) {
	enc := json.NewEncoder(w)
	_, _ = io.Copy(io.Discard, r.Body)
	for _, p := range f.parts {
		_ = enc.Encode(map[string]any{"model": "tiny", "message": map[string]string{"role": "assistant", "content": p}})
		_ = http.NewResponseController(w).Flush()
	}
	if f.hold {
		select {
		case <-r.Context().Done():
			return
		case <-f.end:
		}
	}
	_ = enc.Encode(map[string]any{"model": "tiny", "message": map[string]string{"role": "assistant"}, "done": true,
		"done_reason": "stop", "prompt_eval_count": cmp.Or(f.saw, 900), "eval_count": len(f.parts)})
}

// visit follows a link with a browser of its own.
func visit(t *testing.T, url string) (status int, body string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&http.Client{Jar: jar}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

// signIn opens a link as a browser does and returns what calls the page's methods.
func signIn(t *testing.T, link string) func(method string) (status int, body string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	send := func(req *http.Request, err error) (int, string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		resp, err := browser.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	if status, body := send(http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)); status != http.StatusOK {
		t.Fatalf("%s: %d %s", link, status, body)
	}
	origin, _, _ := strings.Cut(link, "/?")
	return func(method string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, origin+"/rpc/"+method, strings.NewReader("[]"))
		if err == nil {
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Origin", origin)
		}
		return send(req, err)
	}
}

// withModel starts a fake Ollama and makes it the one of the settings.
func (s *shell) withModel(f *fakeOllama) {
	s.t.Helper()
	s.run(0, "settings", "ollamaUrl", f.start(s.t))
}

var errClosed = errors.New("closed")

// brokenWriter cannot be written to.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errClosed }

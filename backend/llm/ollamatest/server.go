// Package ollamatest runs a real Ollama server for tests, with models that say what a test has written down.
package ollamatest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ollama/ollama/api"

	"plumbline/backend/llm"
	"plumbline/backend/llm/ollamatest/tinymodel"
)

// Script is one answer of a scripted model.
type Script = tinymodel.Script

// startWait is how long a server may take until it answers.
const startWait = 30 * time.Second

// Server is an Ollama server with its own folder, models and port.
type Server struct {
	binary, dir string
	port        int

	mu      sync.Mutex
	running *group
}

// Launch starts the server at path binary, with everything it writes below dir.
// The caller must Stop it.
func Launch(ctx context.Context, binary, dir string) (*Server, error) {
	s := &Server{binary: binary, dir: dir}
	var err error
	// Another process may take the port that was free a moment ago.
	for range 3 {
		if s.port, err = freePort(); err != nil {
			return nil, err
		}
		if err = s.launch(ctx); err == nil || ctx.Err() != nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// URL is the address of the server. It stays the same over a Restart.
func (s *Server) URL() string { return "http://127.0.0.1:" + strconv.Itoa(s.port) }

// LogPath is the file the server writes its log to.
func (s *Server) LogPath() string { return filepath.Join(s.dir, "server.log") }

// Client returns a new client of the server.
func (s *Server) Client() llm.Client {
	client, err := llm.NewOllama(s.URL())
	if err != nil {
		panic(err) // URL makes no address that it refuses
	}
	client.AskWait = startWait // tests run on machines that are busy with other tests
	return client
}

// Kill ends the server and its runner at once, as a crash does. It returns when they are gone.
func (s *Server) Kill() { s.end((*group).kill) }

// Stop ends the server. Stopping one that has ended does nothing.
func (s *Server) Stop() { s.end((*group).stop) }

func (s *Server) end(how func(*group)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		how(s.running)
		s.running = nil
		s.awaitClosed()
	}
}

// awaitClosed returns once nothing listens at the server's port any more. Only
// the leader of the group is our own child, the others take a moment to go.
func (s *Server) awaitClosed() {
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for range 400 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL(), "http://"))
		if err != nil {
			return
		}
		conn.Close()
		<-again.C
	}
}

// Restart starts the server again at the same address and with the same models,
// after Stop or Kill or while it runs.
func (s *Server) Restart() error {
	s.Stop()
	return s.launch(context.Background())
}

// launch starts the process and waits until it answers.
func (s *Server) launch(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	log, err := os.OpenFile(s.LogPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("start Ollama: %w", err)
	}
	defer log.Close()
	running, err := startGroup(s.binary, s.environment(), s.dir, log)
	if err != nil {
		return fmt.Errorf("start Ollama: %w", err)
	}
	if err := s.await(ctx, running); err != nil {
		running.kill()
		text, _ := os.ReadFile(s.LogPath())
		return fmt.Errorf("start Ollama: %w\n%s", err, tail(string(text), 2000))
	}
	s.running = running
	return nil
}

// environment is all that the server gets to know: nothing of the user's.
func (s *Server) environment() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + s.dir,
		"TMPDIR=" + s.dir,
		"OLLAMA_HOST=127.0.0.1:" + strconv.Itoa(s.port),
		"OLLAMA_MODELS=" + filepath.Join(s.dir, "models"),
		"OLLAMA_NO_CLOUD=1",
		"OLLAMA_NUM_PARALLEL=1",
	}
}

// await returns once the server answers.
func (s *Server) await(ctx context.Context, running *group) error {
	ctx, stop := context.WithTimeout(ctx, startWait)
	defer stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	client := s.Client()
	for {
		if _, err := client.Version(ctx); err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-running.ended():
			return errors.New("it ended at once")
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", ctx.Err())
		}
	}
}

// Load puts a scripted model on the server under the given name. A model of that
// name is replaced.
func (s *Server) Load(ctx context.Context, name string, spec tinymodel.Spec) error {
	model, err := tinymodel.New(spec)
	if err != nil {
		return fmt.Errorf("make model %s: %w", name, err)
	}
	var file bytes.Buffer
	if _, err := model.WriteTo(&file); err != nil {
		return fmt.Errorf("make model %s: %w", name, err)
	}
	base, err := url.Parse(s.URL())
	if err != nil {
		return err
	}
	client := api.NewClient(base, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}})
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(file.Bytes()))
	if err := client.CreateBlob(ctx, digest, &file); err != nil {
		return fmt.Errorf("upload model %s: %w", name, err)
	}
	last := ""
	err = client.Create(ctx, &api.CreateRequest{
		Model:    name,
		Files:    map[string]string{name + ".gguf": digest},
		Template: model.Template(),
		// One thread is faster than several for a model this small.
		Parameters: map[string]any{"num_thread": 1},
	}, func(p api.ProgressResponse) error { last = p.Status; return nil })
	if err == nil && last != "success" {
		err = fmt.Errorf("the server stopped at “%s”", last)
	}
	if err != nil {
		return fmt.Errorf("create model %s: %w", name, err)
	}
	return nil
}

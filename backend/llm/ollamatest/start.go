package ollamatest

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm/ollamatest/tinymodel"
)

// Start starts a server that is stopped when the test ends. It builds Ollama
// first if need be. Where that is not possible the test is skipped with the
// reason, unless the environment has CI set: then it fails.
func Start(t testing.TB) *Server {
	t.Helper()
	ctx, stop := untilDeadline(t)
	defer stop()
	binary, err := Build(ctx, t.Output())
	if err != nil {
		unavailable(t, "There is no Ollama to test with. Build it with “go run ./backend/llm/ollamatest/cmd/ollamatest build”: %v", err)
	}
	server, err := Launch(ctx, binary, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Stop()
		if t.Failed() {
			log, _ := os.ReadFile(server.LogPath())
			t.Logf("the end of Ollama's log:\n%s", tail(string(log), 3000))
		}
	})
	return server
}

// untilDeadline ends a build in time for the test to say why it has no server.
func untilDeadline(t testing.TB) (context.Context, context.CancelFunc) {
	if limited, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if deadline, ok := limited.Deadline(); ok {
			return context.WithDeadline(t.Context(), deadline.Add(-30*time.Second))
		}
	}
	return context.WithCancel(t.Context())
}

// unavailable skips, or fails where a skip would go unseen.
func unavailable(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf(format, args...)
	} else {
		t.Skipf(format, args...)
	}
}

// Create puts a model on the server that answers with the given scripts. It
// thinks if one of them begins with “<think>”.
func (s *Server) Create(t testing.TB, name string, scripts []Script) {
	t.Helper()
	s.CreateSpec(t, name, SpecOf(scripts))
}

// CreateSpec is Create for a model that differs in more than its scripts.
func (s *Server) CreateSpec(t testing.TB, name string, spec tinymodel.Spec) {
	t.Helper()
	if err := s.Load(t.Context(), name, spec); err != nil {
		t.Fatal(err)
	}
}

// SpecOf is the model that Create makes of scripts.
func SpecOf(scripts []Script) tinymodel.Spec {
	spec := tinymodel.Spec{Scripts: scripts}
	for _, script := range scripts {
		spec.Thinking = spec.Thinking || strings.HasPrefix(script.Text, "<think>")
	}
	return spec
}

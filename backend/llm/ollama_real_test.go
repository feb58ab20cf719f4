package llm_test

import (
	"strings"
	"testing"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/llm/ollamatest"
	"plumbline/backend/workflow"
)

// startBoats starts a real server with a model that answers with the fixtures of the contract.
func startBoats(t *testing.T) *ollamatest.Server {
	t.Helper()
	var scripts []ollamatest.Script
	for _, f := range llmtest.Fixtures() {
		script := ollamatest.Script{Text: f.Text, Loop: f.Loop}
		if f.Trigger != "" {
			script.Triggers = []string{f.Trigger}
		}
		if f.Thinking != "" {
			script.Text = "<think>\n" + f.Thinking + "\n</think>\n\n" + f.Text
		}
		scripts = append(scripts, script)
	}
	server := ollamatest.Start(t)
	server.Create(t, "boats", scripts)
	return server
}

// One server and one model serve all of these: starting them is what takes the time.
func TestRealOllama(t *testing.T) {
	server := startBoats(t)
	t.Run("keeps the contract", func(t *testing.T) {
		llmtest.Contract(t, func(*testing.T) (llm.Client, string) { return server.Client(), "boats:latest" })
	})
	t.Run("tells what is loaded, and with which window", func(t *testing.T) {
		info, err := server.Client().Model(t.Context(), "boats")
		if err != nil {
			t.Fatal(err)
		}
		if !info.Loaded || info.LoadedContext != 4096 || info.ContextLength != 32768 {
			t.Errorf("the model is told as %+v", info)
		}
	})
	t.Run("keeps what came when the server is killed", func(t *testing.T) { killedMidAnswer(t, server) })
	t.Run("says that it is not running", func(t *testing.T) { notRunning(t, server) })
	t.Run("answers again once it is back", func(t *testing.T) {
		if err := server.Restart(); err != nil {
			t.Fatal(err)
		}
		if _, err := server.Client().Model(t.Context(), "boats"); err != nil {
			t.Error(err)
		}
	})
}

func prompt(text string) llm.Request {
	return llm.Request{Model: "boats", NumCtx: 4096, Messages: []llm.Message{{Role: llm.RoleUser, Content: text}}}
}

func killedMidAnswer(t *testing.T, server *ollamatest.Server) {
	var text strings.Builder
	chunks := 0
	_, err := server.Client().Chat(t.Context(), prompt("Follow the river."), func(c llm.Chunk) error {
		text.WriteString(c.Text)
		if chunks++; chunks == 3 {
			server.Kill()
		}
		return nil
	})
	if workflow.CodeOf(err) != workflow.Unavailable || !strings.HasPrefix(err.Error(), "The answer broke off") {
		t.Errorf("got %v", err)
	}
	if !strings.HasPrefix(text.String(), "The river") {
		t.Errorf("what came is %q", text.String())
	}
}

func notRunning(t *testing.T, server *ollamatest.Server) {
	client := server.Client()
	want := "Ollama is not answering at " + strings.TrimPrefix(server.URL(), "http://") + "."
	_, chat := client.Chat(t.Context(), prompt("Hello."), func(llm.Chunk) error { return nil })
	_, models := client.Models(t.Context())
	_, model := client.Model(t.Context(), "boats")
	_, version := client.Version(t.Context())
	for call, err := range map[string]error{"Chat": chat, "Models": models, "Model": model, "Version": version} {
		if workflow.CodeOf(err) != workflow.Unavailable || err.Error() != want {
			t.Errorf("%s: got %v, want %s", call, err, want)
		}
	}
}

package llm_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/workflow"
)

const doneLine = `{"model":"boats","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":7,"eval_count":3}` + "\n"

func textLine(text string) string {
	return fmt.Sprintf(`{"model":"boats","message":{"role":"assistant","content":%q},"done":false}`+"\n", text)
}

// fake serves what a real Ollama will not say on demand.
func fake(t *testing.T, handler http.HandlerFunc) *llm.Ollama {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client, err := llm.NewOllama(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// say writes parts one by one, each as a packet of its own.
func say(w http.ResponseWriter, parts ...string) {
	for _, p := range parts {
		io.WriteString(w, p)
		w.(http.Flusher).Flush()
	}
}

// chat asks the client for an answer and returns what came of it.
func chat(t *testing.T, client llm.Client) (string, llm.Result, error) {
	t.Helper()
	var text strings.Builder
	result, err := client.Chat(t.Context(), prompt("Hello."), func(c llm.Chunk) error {
		text.WriteString(c.Text)
		return nil
	})
	return text.String(), result, err
}

func TestRequestAsksOllamaToRefuseRatherThanToCut(t *testing.T) {
	var sent map[string]any
	client := fake(t, func(w http.ResponseWriter, r *http.Request) {
		if err := json.NewDecoder(r.Body).Decode(&sent); err != nil || r.URL.Path != "/api/chat" {
			t.Errorf("request to %s: %v", r.URL.Path, err)
		}
		say(w, doneLine)
	})
	cold := 0.0
	_, err := client.Chat(t.Context(), llm.Request{
		Model: "boats", NumCtx: 8192, NumPredict: 100, Temperature: &cold, KeepAlive: 10 * time.Minute,
		Messages: []llm.Message{{Role: llm.RoleSystem, Content: "s"}, {Role: llm.RoleUser, Content: "u"}},
	}, func(llm.Chunk) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"model": "boats", "stream": true, "truncate": false, "shift": false, "keep_alive": "10m0s",
		"messages": []any{map[string]any{"role": "system", "content": "s"}, map[string]any{"role": "user", "content": "u"}},
		"options":  map[string]any{"num_ctx": 8192.0, "num_predict": 100.0, "temperature": 0.0},
	}
	if !reflect.DeepEqual(sent, want) {
		t.Errorf("sent\n%v, want\n%v", sent, want)
	}
}

func TestUnsetParametersAreLeftToTheModel(t *testing.T) {
	var sent struct {
		Options   map[string]any `json:"options"`
		KeepAlive any            `json:"keep_alive"`
	}
	client := fake(t, func(w http.ResponseWriter, r *http.Request) {
		json.NewDecoder(r.Body).Decode(&sent)
		say(w, doneLine)
	})
	req := prompt("Hello.")
	req.NumCtx = 0
	if _, err := client.Chat(t.Context(), req, func(llm.Chunk) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if len(sent.Options) > 0 || sent.KeepAlive != nil {
		t.Errorf("sent options %v, keep_alive %v", sent.Options, sent.KeepAlive)
	}
}

func TestCharactersMayBeCutAcrossReads(t *testing.T) {
	line := textLine("a✓日🚢")
	client := fake(t, func(w http.ResponseWriter, _ *http.Request) {
		for i := range len(line) {
			say(w, line[i:i+1])
		}
		say(w, doneLine)
	})
	if text, _, err := chat(t, client); err != nil || text != "a✓日🚢" {
		t.Errorf("answer %q, error %v", text, err)
	}
}

func TestWhatIsNotReportedIsToldApartFromNothing(t *testing.T) {
	client := fake(t, func(w http.ResponseWriter, _ *http.Request) {
		say(w, textLine("hi"), `{"model":"boats","done":true,"done_reason":"stop"}`)
	})
	_, result, err := chat(t, client)
	if err != nil || result.PromptReported || result.PromptTokens != 0 || result.DoneReason != llm.DoneStop {
		t.Errorf("result %+v, error %v", result, err)
	}
}

func TestWhatComesAfterTheEndDoesNotCount(t *testing.T) {
	client := fake(t, func(w http.ResponseWriter, _ *http.Request) {
		say(w, textLine("hi"), doneLine, textLine(" there"), "rubbish\n")
	})
	if text, _, err := chat(t, client); err != nil || text != "hi" {
		t.Errorf("answer %q, error %v", text, err)
	}
}

func TestModelsOfTheCloudAreRemote(t *testing.T) {
	client := fake(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/tags":
			say(w, `{"models":[{"name":"far:120b-cloud","remote_model":"far:120b","remote_host":"https://example.org"},{"name":"near:7b","digest":"d1","size":5,"details":{"parameter_size":"7B","quantization_level":"Q4_K_M"}}]}`)
		case "/api/ps":
			say(w, `{"models":[{"name":"near:7b","context_length":16384}]}`)
		}
	})
	models, err := client.Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []workflow.ModelInfo{
		{Name: "far:120b-cloud", Remote: true},
		{Name: "near:7b", Digest: "d1", Size: 5, Parameters: "7B", Quantization: "Q4_K_M", Loaded: true, LoadedContext: 16384},
	}
	if !reflect.DeepEqual(models, want) {
		t.Errorf("models %+v, want %+v", models, want)
	}
}

func TestNoModelsIsAnEmptyList(t *testing.T) {
	client := fake(t, func(w http.ResponseWriter, _ *http.Request) { say(w, `{"models":null}`) })
	if models, err := client.Models(t.Context()); err != nil || models == nil || len(models) > 0 {
		t.Errorf("models %#v, error %v", models, err)
	}
}

func TestAddressesThatCannotBeOnes(t *testing.T) {
	for _, address := range []string{
		"", "127.0.0.1:11434", "localhost", "ftp://127.0.0.1", "http://", "http://:11434", "unix:///run/ollama",
		"http://127.0.0.1:11434/?x=1", "http://127.0.0.1:11434/#top", "http://a b", "http://127.0.0.1:port", "http://[::1",
	} {
		client, err := llm.NewOllama(address)
		if workflow.CodeOf(err) != workflow.Invalid {
			t.Errorf("%q: client %v, error %v", address, client, err)
		}
	}
}

func TestPasswordOfAnAddressIsNotShown(t *testing.T) {
	client, err := llm.NewOllama("http://anna:secret@127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	_, down := client.Version(t.Context())
	_, broken := llm.NewOllama("ftp://anna:secret@host")
	_, query := llm.NewOllama("http://anna:secret@host?x=1")
	for _, err := range []error{down, broken, query} {
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("the message is %v", err)
		}
	}
}

func TestAddressToListenOnIsOneToConnectTo(t *testing.T) {
	for given, want := range map[string]string{
		"http://0.0.0.0:11434":        "127.0.0.1:11434",
		"http://[::]:11434":           "[::1]:11434",
		" http://127.0.0.1:11434/ ":   "127.0.0.1:11434",
		"https://models.lan/ollama/":  "models.lan/ollama",
		"http://anna:secret@host:123": "host:123",
	} {
		client, err := llm.NewOllama(given)
		if err != nil || client.Address() != want {
			t.Errorf("%q: %v, error %v; want %s", given, client, err, want)
		}
	}
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

const (
	modelName     = "bench:latest"
	answerTokens  = 10_000
	bytesPerToken = 5
)

// ollama is a server on loopback that speaks as much of Ollama as a run needs.
// It answers every prompt with the same bytes, token by token, as fast as the
// reader takes them. It flushes after each token, as Ollama does.
type ollama struct {
	url    string
	answer string
	chunks []chunk
	lines  [][]byte // the chunks, as sent
	// encodes says that each token is encoded when it is sent, as Ollama does: the
	// fastest that it could be with a model that takes no time.
	encodes bool

	server *http.Server
	done   chan error

	mu     sync.Mutex
	prompt []byte // the body of the newest request for a chat
}

func startOllama(encodes bool) (*ollama, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the model server: %w", err)
	}
	answer := mixedText(answerTokens * bytesPerToken)
	o := &ollama{url: "http://" + ln.Addr().String(), answer: answer, chunks: chunksOf(answer), encodes: encodes, done: make(chan error, 1)}
	for _, c := range o.chunks {
		o.lines = append(o.lines, c.line())
	}
	o.server = &http.Server{Handler: o.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { o.done <- o.server.Serve(ln) }()
	return o, nil
}

func (o *ollama) close() error {
	err := o.server.Close()
	<-o.done // always says that the server was closed
	return err
}

func (o *ollama) handler() http.Handler {
	details := map[string]any{"format": "gguf", "family": "llama", "parameter_size": "7B", "quantization_level": "Q4_K_M"}
	model := map[string]any{"name": modelName, "model": modelName, "size": 4_000_000_000, "digest": strings.Repeat("ab", 32), "details": details}
	mux := http.NewServeMux()
	reply := func(pattern string, value any) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(value) // a reader that has left needs no answer
		})
	}
	reply("GET /api/version", map[string]string{"version": "0.17.4"})
	reply("GET /api/tags", map[string]any{"models": []any{model}})
	reply("GET /api/ps", map[string]any{"models": []any{}})
	reply("POST /api/show", map[string]any{
		"details": details, "capabilities": []string{"completion"},
		"model_info": map[string]any{"general.architecture": "llama", "llama.context_length": 131072},
	})
	mux.HandleFunc("POST /api/chat", o.chat)
	return mux
}

func (o *ollama) chat(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	o.mu.Lock()
	o.prompt = body
	o.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-ndjson")
	rc := http.NewResponseController(w)
	for i, line := range o.lines {
		if o.encodes {
			line = o.chunks[i].line()
		}
		if _, err := w.Write(line); err != nil {
			return
		}
		if err := rc.Flush(); err != nil {
			return
		}
	}
}

// lastPrompt returns the newest request for a chat, so that the reference can
// ask for the same.
func (o *ollama) lastPrompt() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.prompt
}

// chunk is one line of a streamed answer, in the order of Ollama.
type chunk struct {
	Model      string  `json:"model"`
	CreatedAt  string  `json:"created_at"`
	Message    message `json:"message"`
	Done       bool    `json:"done"`
	DoneReason string  `json:"done_reason,omitempty"`
	Total      int     `json:"total_duration,omitempty"`
	Load       int     `json:"load_duration,omitempty"`
	PromptEval int     `json:"prompt_eval_count,omitempty"`
	PromptTime int     `json:"prompt_eval_duration,omitempty"`
	Eval       int     `json:"eval_count,omitempty"`
	EvalTime   int     `json:"eval_duration,omitempty"`
}

type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

func (c chunk) line() []byte {
	line, err := json.Marshal(c)
	if err != nil {
		panic(err) // strings and numbers can be encoded
	}
	return append(line, '\n')
}

// chunksOf returns what Ollama would send for an answer.
func chunksOf(answer string) []chunk {
	chunks := []chunk{}
	add := func(c chunk) {
		c.Model, c.CreatedAt, c.Message.Role = modelName, "2026-01-02T03:04:05.678901234Z", "assistant"
		chunks = append(chunks, c)
	}
	for _, piece := range split(answer, answerTokens) {
		add(chunk{Message: message{Content: piece}})
	}
	add(chunk{Done: true, DoneReason: "stop", Total: 1e9, Load: 1e6, PromptEval: 4000, PromptTime: 1e6, Eval: answerTokens, EvalTime: 1e9})
	return chunks
}

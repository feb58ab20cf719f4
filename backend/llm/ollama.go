package llm

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/ollama/ollama/api"

	"plumbline/backend/workflow"
)

// Ollama is a Client of an Ollama server, over its native interface.
type Ollama struct {
	// FirstWait is the longest wait for an answer to begin. Loading a large model
	// and reading a long prompt both happen before the first chunk.
	FirstWait time.Duration
	// IdleWait is the longest silence between two chunks. There is no limit to the whole.
	IdleWait time.Duration
	// AskWait is the longest wait for anything that is not an answer of a model.
	AskWait time.Duration

	base *url.URL
	http *http.Client
	api  *api.Client
}

// NewOllama makes a client for the server at baseURL, such as
// "http://127.0.0.1:11434". It connects to nothing yet. An address that cannot
// be one comes back as workflow.Invalid.
func NewOllama(baseURL string) (*Ollama, error) {
	base, err := parseBase(baseURL)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		// It names no proxy for localhost and loopback addresses.
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 4,
		// A compressed stream would arrive in lumps.
		DisableCompression: true,
		ReadBufferSize:     readSize,
	}
	watched := &http.Client{Transport: watcher{base: transport}}
	return &Ollama{
		FirstWait: 20 * time.Minute,
		IdleWait:  3 * time.Minute,
		AskWait:   3 * time.Second,
		base:      base,
		http:      watched,
		api:       api.NewClient(base, watched),
	}, nil
}

func parseBase(text string) (*url.URL, error) {
	const hint = "Write it like http://127.0.0.1:11434."
	base, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil, base.Scheme != "http" && base.Scheme != "https", base.Hostname() == "":
		return nil, workflow.Errorf(workflow.Invalid, "“%s” is not an address of Ollama.", hideUser(text)).WithHint(hint)
	case base.RawQuery != "" || base.Fragment != "":
		return nil, workflow.Errorf(workflow.Invalid, "The address of Ollama has a part after “?” or “#”: %s.", base.Redacted()).WithHint(hint)
	}
	// A server is told to listen on every interface with an address that is none to connect to.
	if ip, err := netip.ParseAddr(base.Hostname()); err == nil && ip.IsUnspecified() {
		loopback := "127.0.0.1"
		if ip.Is6() {
			loopback = "[::1]"
		}
		base.Host = loopback + portSuffix(base)
	}
	return base, nil
}

func portSuffix(u *url.URL) string {
	if p := u.Port(); p != "" {
		return ":" + p
	}
	return ""
}

// hideUser removes what may be a password from an address that could not be parsed.
func hideUser(text string) string {
	if i := strings.LastIndexByte(text, '@'); i >= 0 {
		return "…" + text[i:]
	}
	return text
}

// Address returns where the server is, without what a person should not see in a message.
func (o *Ollama) Address() string { return o.base.Host + strings.TrimSuffix(o.base.Path, "/") }

// Chat implements Client. It asks Ollama to refuse a prompt that does not fit
// rather than to cut it, and to end an answer at the end of the window rather
// than to forget the beginning: workflow.Limit and DoneLength.
func (o *Ollama) Chat(ctx context.Context, req Request, onChunk func(Chunk) error) (Result, error) {
	if err := req.Check(); err != nil {
		return Result{}, err
	}
	x := &exchange{stream: true, first: o.FirstWait, idle: o.IdleWait}
	watched, release := x.begin(ctx)
	defer release()

	var result Result
	var done bool
	var refused error
	err := o.stream(watched, chatRequest(req), func(line chatLine) (bool, error) {
		if line.Message.Content != "" || line.Message.Thinking != "" {
			if refused = onChunk(Chunk{Text: line.Message.Content, Thinking: line.Message.Thinking}); refused != nil {
				return false, refused
			}
		}
		if result, done = line.result(), line.Done; done {
			x.idle = 200 * time.Millisecond // what is left to read is not worth a wait
		}
		return done, nil
	})
	switch {
	case done:
		return result, nil
	case ctx.Err() != nil:
		return result, ended(ctx)
	case refused != nil:
		return result, refused
	}
	return result, o.chatFault(watched, x, req, err)
}

func chatRequest(req Request) *api.ChatRequest {
	yes, no := true, false
	out := &api.ChatRequest{
		Model: req.Model, Stream: &yes, Truncate: &no, Shift: &no,
		Options: map[string]any{},
	}
	for _, m := range req.Messages {
		out.Messages = append(out.Messages, api.Message{Role: m.Role, Content: m.Content})
	}
	if req.NumCtx > 0 {
		out.Options["num_ctx"] = req.NumCtx
	}
	if req.NumPredict > 0 {
		out.Options["num_predict"] = req.NumPredict
	}
	if req.Temperature != nil {
		out.Options["temperature"] = *req.Temperature
	}
	if req.KeepAlive != 0 {
		out.KeepAlive = &api.Duration{Duration: req.KeepAlive}
	}
	return out
}

package llmtest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"plumbline/backend/llm"
	"plumbline/backend/workflow"
)

// Fixture is an answer that the model of a contract test must give when its
// trigger is in the prompt.
type Fixture struct {
	Trigger        string // empty for the answer to anything else
	Thinking, Text string
	Loop           bool
}

// The triggers of Fixtures.
const (
	triggerText  = "harbour"
	triggerThink = "ponder"
	triggerLoop  = "river"
)

// Fixtures returns all that the model must be able to answer. The first one has no trigger.
func Fixtures() []Fixture {
	return []Fixture{
		{Text: "Nothing in particular was asked for.\n"},
		{Trigger: triggerText, Text: "# Harbour\n\n- [ ] Moor the boat — “gently”\n- [x] Überprüfe die Taue ✓\n- [ ] 潮汐を調べる 🚢\n\n```go\nfmt.Println(\"ahoy\")\n```\n"},
		{Trigger: triggerThink, Thinking: "Two and two are four.", Text: "It is 4."},
		{Trigger: triggerLoop, Text: "The river runs on and is never the same. ", Loop: true},
	}
}

func fixture(trigger string) Fixture {
	for _, f := range Fixtures() {
		if f.Trigger == trigger {
			return f
		}
	}
	return Fixture{}
}

// FixtureAnswer is the answer function of a Scripted client that passes the contract.
func FixtureAnswer(req llm.Request) Answer {
	last := req.Messages[len(req.Messages)-1].Content
	found := fixture("")
	for _, f := range Fixtures()[1:] {
		if strings.Contains(last, f.Trigger) {
			found = f
		}
	}
	return Answer{Thinking: found.Thinking, Text: found.Text, Loop: found.Loop}
}

// Contract checks that a client behaves as llm.Client says. newClient returns
// one, and the name of a model that answers with Fixtures, can think, and has a
// window of at least 4,096 tokens. It is called once.
func Contract(t *testing.T, newClient func(t *testing.T) (client llm.Client, model string)) {
	client, model := newClient(t)
	c := contract{client: client, model: model}
	t.Run("streams an answer in order and reports what it cost", c.streams)
	t.Run("keeps thinking apart from the answer", c.thinks)
	t.Run("ends at the length limit and says so", c.limits)
	t.Run("refuses a prompt that does not fit rather than cut it", c.refusesLongPrompts)
	t.Run("stops when the context is cancelled", c.cancels)
	t.Run("returns an error of the caller as it is", c.returnsCallerErrors)
	t.Run("names a model that is not there", c.namesUnknownModels)
	t.Run("refuses requests that cannot be sent", c.refusesBadRequests)
	t.Run("does nothing once the context has ended", c.respectsEndedContexts)
	t.Run("tells about its models", c.tellsModels)
	t.Run("answers several at once", c.answersSeveral)
}

type contract struct {
	client llm.Client
	model  string
}

// heard collects what comes out of a Chat.
type heard struct {
	chunks         int
	text, thinking strings.Builder
}

func (h *heard) add(chunk llm.Chunk) error {
	h.chunks++
	h.text.WriteString(chunk.Text)
	h.thinking.WriteString(chunk.Thinking)
	return nil
}

func (c contract) request(prompt string) llm.Request {
	return llm.Request{Model: c.model, NumCtx: 4096, Messages: []llm.Message{
		{Role: llm.RoleSystem, Content: "You help with boats."},
		{Role: llm.RoleUser, Content: prompt},
	}}
}

func (c contract) streams(t *testing.T) {
	var got heard
	warm := 1.0
	req := c.request("Tell me about the " + triggerText + ", please.")
	req.Temperature = &warm
	result, err := c.client.Chat(t.Context(), req, func(chunk llm.Chunk) error {
		if chunk.Text == "" && chunk.Thinking == "" {
			t.Error("a chunk is empty")
		}
		if !utf8.ValidString(chunk.Text) || strings.ContainsRune(chunk.Text, utf8.RuneError) {
			t.Errorf("a chunk cuts a character: %q", chunk.Text)
		}
		return got.add(chunk)
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := fixture(triggerText).Text; got.text.String() != want {
		t.Errorf("answer\n%q, want\n%q", got.text.String(), want)
	}
	if got.chunks < 3 {
		t.Errorf("the answer came in %d chunks, not as a stream", got.chunks)
	}
	if result.DoneReason != llm.DoneStop || result.Model != c.model {
		t.Errorf("done with %q by %q, want %q by %q", result.DoneReason, result.Model, llm.DoneStop, c.model)
	}
	if !result.PromptReported || result.PromptTokens < 5 || result.AnswerTokens < 5 {
		t.Errorf("prompt of %d tokens (reported: %v), answer of %d", result.PromptTokens, result.PromptReported, result.AnswerTokens)
	}
}

func (c contract) thinks(t *testing.T) {
	var got heard
	if _, err := c.client.Chat(t.Context(), c.request("Now "+triggerThink+" this."), got.add); err != nil {
		t.Fatal(err)
	}
	want := fixture(triggerThink)
	if text, thinking := strings.TrimSpace(got.text.String()), strings.TrimSpace(got.thinking.String()); text != want.Text || thinking != want.Thinking {
		t.Errorf("answer %q, thinking %q; want %q, %q", text, thinking, want.Text, want.Thinking)
	}
}

func (c contract) limits(t *testing.T) {
	var got heard
	req := c.request("Follow the " + triggerLoop + ".")
	req.NumPredict = 24
	result, err := c.client.Chat(t.Context(), req, got.add)
	if err != nil {
		t.Fatal(err)
	}
	if result.DoneReason != llm.DoneLength {
		t.Errorf("done with %q, want %q", result.DoneReason, llm.DoneLength)
	}
	whole := strings.Repeat(fixture(triggerLoop).Text, 24)
	if text := got.text.String(); text == "" || !strings.HasPrefix(whole, text) || text == whole {
		t.Errorf("the answer up to the limit is %q", text)
	}
}

func (c contract) refusesLongPrompts(t *testing.T) {
	var got heard
	req := c.request(strings.Repeat("All hands on deck, said the captain. ", 1000) + triggerText)
	req.NumCtx = 512
	_, err := c.client.Chat(t.Context(), req, got.add)
	wantFault(t, err, workflow.Limit)
	if got.chunks > 0 {
		t.Errorf("it answered a prompt it could not read: %q", got.text.String())
	}
}

func (c contract) cancels(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got heard
	_, err := c.client.Chat(ctx, c.request("Follow the "+triggerLoop+"."), func(chunk llm.Chunk) error {
		if got.add(chunk); got.chunks == 3 {
			cancel()
		}
		return nil
	})
	wantFault(t, err, workflow.Canceled)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the cause of %v is not context.Canceled", err)
	}
	if got.chunks < 3 {
		t.Errorf("%d chunks came before the end, want 3", got.chunks)
	}
}

func (c contract) returnsCallerErrors(t *testing.T) {
	full := errors.New("the disk is full")
	_, err := c.client.Chat(t.Context(), c.request("Follow the "+triggerLoop+"."), func(llm.Chunk) error { return full })
	if err != full {
		t.Errorf("got %v, want the caller's own error", err)
	}
}

func (c contract) namesUnknownModels(t *testing.T) {
	req := c.request("Hello.")
	req.Model = "ship-in-a-bottle:7b"
	_, err := c.client.Chat(t.Context(), req, func(llm.Chunk) error { return nil })
	wantFault(t, err, workflow.NotFound, req.Model)
	_, err = c.client.Model(t.Context(), req.Model)
	wantFault(t, err, workflow.NotFound, req.Model)
}

func (c contract) refusesBadRequests(t *testing.T) {
	for name, spoil := range map[string]func(*llm.Request){
		"no model":        func(r *llm.Request) { r.Model = "" },
		"no messages":     func(r *llm.Request) { r.Messages = nil },
		"unknown role":    func(r *llm.Request) { r.Messages[0].Role = "captain" },
		"negative window": func(r *llm.Request) { r.NumCtx = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			req := c.request("Hello.")
			spoil(&req)
			_, err := c.client.Chat(t.Context(), req, func(llm.Chunk) error { return nil })
			wantFault(t, err, workflow.Invalid)
		})
	}
}

func (c contract) respectsEndedContexts(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.client.Chat(ctx, c.request("Hello."), func(llm.Chunk) error { return nil })
	wantFault(t, err, workflow.Canceled)
	_, err = c.client.Models(ctx)
	wantFault(t, err, workflow.Canceled)
	_, err = c.client.Model(ctx, c.model)
	wantFault(t, err, workflow.Canceled)
	_, err = c.client.Version(ctx)
	wantFault(t, err, workflow.Canceled)
}

func (c contract) tellsModels(t *testing.T) {
	if version, err := c.client.Version(t.Context()); err != nil || version == "" {
		t.Errorf("version %q, error %v", version, err)
	}
	models, err := c.client.Models(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	listed := false
	for _, m := range models {
		listed = listed || m.Name == c.model
	}
	if !listed {
		t.Errorf("%s is not among the models %+v", c.model, models)
	}
	info, err := c.client.Model(t.Context(), c.model)
	if err != nil {
		t.Fatal(err)
	}
	if info.Name != c.model || info.Digest == "" || info.Size <= 0 || info.ContextLength < 4096 || !info.Thinking || info.Remote {
		t.Errorf("the model is told as %+v", info)
	}
}

func (c contract) answersSeveral(t *testing.T) {
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			var got heard
			if _, err := c.client.Chat(t.Context(), c.request("Hello."), got.add); err != nil {
				t.Error(err)
			}
			if text := got.text.String(); text != fixture("").Text {
				t.Errorf("answer %q", text)
			}
		})
	}
	wg.Wait()
}

// wantFault checks that an error is one for a person, of the given code, and names the given things.
func wantFault(t *testing.T, err error, code workflow.Code, names ...string) {
	t.Helper()
	var fault *workflow.Error
	if !errors.As(err, &fault) {
		t.Fatalf("got %v, want an error with the code %q", err, code)
	}
	if fault.Code != code {
		t.Errorf("code %q (%v), want %q", fault.Code, err, code)
	}
	for _, name := range names {
		if !strings.Contains(fault.Message, name) {
			t.Errorf("“%s” does not name %s", fault.Message, name)
		}
	}
	if fault.Hint == "" && (code == workflow.Limit || code == workflow.NotFound || code == workflow.Unavailable) {
		t.Errorf("“%s” shows no way out", fault.Message)
	}
}

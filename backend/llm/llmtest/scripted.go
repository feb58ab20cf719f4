// Package llmtest holds every llm.Client to one behaviour, and offers a scripted client to test with.
package llmtest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"plumbline/backend/llm"
	"plumbline/backend/workflow"
)

// BytesPerToken is the ratio by which Scripted counts tokens.
const BytesPerToken = 4

// ScriptedModel is the model that a Scripted client has unless it is given others.
const ScriptedModel = "scripted:latest"

// Answer is what a Scripted client does with one request.
type Answer struct {
	// Thinking is streamed before Text.
	Thinking, Text string
	// Loop repeats Text for ever, or up to NumPredict.
	Loop bool
	// ChunkSize is the length of chunks in bytes, rounded up to whole characters; 0 means 16.
	ChunkSize int
	// Gate is received from before each chunk and before the end, so that a test
	// decides when the answer goes on. Closing it lets everything through.
	Gate <-chan struct{}
	// Err ends the answer after ErrAfter chunks, or at its end if that comes before.
	Err      error
	ErrAfter int
	// Cut ends the answer after its last chunk as a server does that was killed.
	Cut bool
	// NeverDone waits after the last chunk until the context ends.
	NeverDone bool
	// DoneReason is reported at the end; empty means "stop", or "length" when NumPredict was reached.
	DoneReason string
	// PromptTokens and AnswerTokens are reported instead of the counted ones when they are not 0.
	PromptTokens, AnswerTokens int
	// NoUsage reports no counts at all.
	NoUsage bool
	// Load, PromptEval and Eval are reported as they are.
	Load, PromptEval, Eval time.Duration
}

// Scripted is an llm.Client without a model. Its answers are chosen by a
// function of the request. It behaves as the contract suite demands, and is safe
// for concurrent use.
type Scripted struct {
	answer func(llm.Request) Answer

	mu       sync.Mutex
	models   []workflow.ModelInfo
	down     error
	requests []llm.Request
}

// NewScripted makes a client that answers with what answer returns; answer may
// be called by several goroutines at once. It offers ScriptedModel.
func NewScripted(answer func(llm.Request) Answer) *Scripted {
	return &Scripted{answer: answer, models: []workflow.ModelInfo{{
		Name: ScriptedModel, Digest: strings.Repeat("5c", 32), Size: 1 << 20,
		Parameters: "1M", Quantization: "F32", ContextLength: 131072,
	}}}
}

// Say makes a client that gives every request the same answer.
func Say(text string) *Scripted {
	return NewScripted(func(llm.Request) Answer { return Answer{Text: text} })
}

// SetModels replaces the models on offer.
func (s *Scripted) SetModels(models ...workflow.ModelInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models = slices.Clone(models)
}

// SetDown makes every further call fail with err; nil brings the client back.
func (s *Scripted) SetDown(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = err
}

// Requests returns what has been sent to Chat so far, in order, also what was refused.
func (s *Scripted) Requests() []llm.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// Version implements llm.Client.
func (s *Scripted) Version(ctx context.Context) (string, error) {
	if err := s.ready(ctx); err != nil {
		return "", err
	}
	return "0.0.0-scripted", nil
}

// Models implements llm.Client.
func (s *Scripted) Models(ctx context.Context) ([]workflow.ModelInfo, error) {
	if err := s.ready(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]workflow.ModelInfo{}, s.models...), nil
}

// Model implements llm.Client.
func (s *Scripted) Model(ctx context.Context, name string) (workflow.ModelInfo, error) {
	models, err := s.Models(ctx)
	if err != nil {
		return workflow.ModelInfo{}, err
	}
	for _, m := range models {
		if m.Name == name {
			return m, nil
		}
	}
	return workflow.ModelInfo{}, workflow.Errorf(workflow.NotFound, "There is no model named “%s”.", name).
		WithHint("Choose another model.")
}

// Chat implements llm.Client.
func (s *Scripted) Chat(ctx context.Context, req llm.Request, onChunk func(llm.Chunk) error) (llm.Result, error) {
	if err := req.Check(); err != nil {
		return llm.Result{}, err
	}
	s.mu.Lock()
	req.Messages = slices.Clone(req.Messages)
	s.requests = append(s.requests, req)
	s.mu.Unlock()

	model, err := s.Model(ctx, req.Model)
	if err != nil {
		return llm.Result{}, err
	}
	prompt, err := promptTokens(req, model)
	if err != nil {
		return llm.Result{}, err
	}
	return s.play(ctx, req, prompt, onChunk)
}

// play streams the answer to req, which is known to be fit to be sent.
func (s *Scripted) play(ctx context.Context, req llm.Request, prompt int, onChunk func(llm.Chunk) error) (llm.Result, error) {
	a := s.answer(req)
	t := &turn{answer: a, left: -1, onChunk: onChunk}
	if req.NumPredict > 0 {
		t.left = req.NumPredict * BytesPerToken
	}
	if err := t.run(ctx); err != nil {
		return llm.Result{}, err
	}
	result := llm.Result{
		Model: req.Model, DoneReason: a.DoneReason,
		Load: a.Load, PromptEval: a.PromptEval, Eval: a.Eval,
	}
	if result.DoneReason == "" {
		result.DoneReason = llm.DoneStop
		if t.limited {
			result.DoneReason = llm.DoneLength
		}
	}
	if !a.NoUsage {
		result.PromptTokens, result.PromptReported = cmp.Or(a.PromptTokens, prompt), true
		result.AnswerTokens = cmp.Or(a.AnswerTokens, tokens(t.sent))
	}
	return result, nil
}

// ready is the fault that every call begins with, if any.
func (s *Scripted) ready(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return stopped(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

// promptTokens counts a prompt and refuses one that does not fit into the window.
func promptTokens(req llm.Request, model workflow.ModelInfo) (int, error) {
	size := 0
	for _, m := range req.Messages {
		size += len(m.Role) + len(m.Content)
	}
	window := model.ContextLength
	if req.NumCtx > 0 && (window == 0 || req.NumCtx < window) {
		window = req.NumCtx
	}
	if n := tokens(size); window == 0 || n <= window {
		return n, nil
	}
	return 0, workflow.Errorf(workflow.Limit, "This prompt is too long for %s: it does not fit into the window of %d tokens.", req.Model, window).
		WithHint("Leave out an input or choose a larger context.")
}

func tokens(size int) int { return (size + BytesPerToken - 1) / BytesPerToken }

func stopped(cause error) error {
	return &workflow.Error{Code: workflow.Canceled, Err: cause, Message: "Stopped."}
}

// turn is one answer on its way.
type turn struct {
	answer  Answer
	onChunk func(llm.Chunk) error
	left    int  // bytes until the length limit; below 0 there is none
	limited bool // there was more to say
	chunks  int
	sent    int // bytes
}

func (t *turn) run(ctx context.Context) error {
	if err := t.stream(ctx, t.answer.Thinking, func(s string) llm.Chunk { return llm.Chunk{Thinking: s} }); err != nil {
		return err
	}
	for {
		if err := t.stream(ctx, t.answer.Text, func(s string) llm.Chunk { return llm.Chunk{Text: s} }); err != nil {
			return err
		}
		if !t.answer.Loop || t.limited || t.answer.Text == "" {
			break
		}
	}
	if err := t.wait(ctx); err != nil {
		return err
	}
	switch {
	case t.answer.Err != nil:
		return t.answer.Err
	case t.answer.NeverDone:
		<-ctx.Done()
		return stopped(ctx.Err())
	case t.answer.Cut:
		return workflow.Errorf(workflow.Unavailable, "The answer broke off.").WithHint("What came so far is kept. Run the prompt again.")
	}
	return nil
}

// stream sends text in chunks until it ends or the length limit is reached.
func (t *turn) stream(ctx context.Context, text string, chunk func(string) llm.Chunk) error {
	for text != "" {
		if t.left == 0 {
			t.limited = true
			return nil
		}
		if err := t.wait(ctx); err != nil {
			return err
		}
		size := cmp.Or(t.answer.ChunkSize, 16)
		if t.left > 0 {
			size = min(size, t.left)
		}
		part := head(text, size)
		if t.left > 0 {
			t.left = max(0, t.left-len(part))
		}
		text = text[len(part):]
		t.chunks++
		t.sent += len(part)
		if err := t.onChunk(chunk(part)); err != nil {
			if ctx.Err() != nil {
				return stopped(ctx.Err())
			}
			return err
		}
	}
	return nil
}

// wait passes the gate and meets the faults that are due before the next chunk or the end.
func (t *turn) wait(ctx context.Context) error {
	if t.answer.Err != nil && t.chunks >= t.answer.ErrAfter {
		return t.answer.Err
	}
	if t.answer.Gate != nil {
		select {
		case <-t.answer.Gate:
		case <-ctx.Done():
		}
	}
	if err := ctx.Err(); err != nil {
		return stopped(err)
	}
	return nil
}

// head returns the first size bytes of s and what belongs to their last character.
func head(s string, size int) string {
	for size < len(s) && !utf8.RuneStart(s[size]) {
		size++
	}
	return s[:min(size, len(s))]
}

// Package llm talks to language models: it streams answers and lists what can be asked.
//
// Every provider is a Client and is held to the same behaviour by the contract
// suite in llmtest. Faults come back as *workflow.Error, with a sentence for the
// person and a way out.
package llm

import (
	"context"
	"time"

	"plumbline/backend/workflow"
)

// The roles of messages.
const (
	RoleSystem    = "system"
	RoleUser      = "user"
	RoleAssistant = "assistant"
)

// The reasons for which a provider ends an answer.
const (
	DoneStop   = "stop"   // the model had finished
	DoneLength = "length" // the answer ran into NumPredict or the end of the window
)

// Message is one turn of a conversation.
type Message struct{ Role, Content string }

// Request is one prompt and how it is to be answered.
type Request struct {
	Model    string
	Messages []Message
	// NumCtx is the window in tokens and NumPredict the longest answer; 0 leaves them to the model.
	NumCtx, NumPredict int
	// Temperature is the model's own when it is nil.
	Temperature *float64
	// KeepAlive is how long the model stays loaded afterwards; 0 leaves it to the server.
	KeepAlive time.Duration
}

// Chunk is the next part of an answer. Text and Thinking are each whole UTF-8.
type Chunk struct{ Text, Thinking string }

// Result is what the provider said about an answer once it was complete.
type Result struct {
	Model, DoneReason string
	// PromptTokens and AnswerTokens are 0 when they were not reported.
	PromptTokens, AnswerTokens int
	PromptReported             bool
	Load, PromptEval, Eval     time.Duration
}

// Client is a provider of models. It may be used by several goroutines at once.
type Client interface {
	// Chat streams an answer to onChunk, which is called from the same goroutine
	// and may block. It returns nil only when the provider said that the answer is
	// complete; until then, what came has been given to onChunk and belongs to the
	// caller. An error of onChunk ends the answer and is returned as it is; the end
	// of ctx comes back as workflow.Canceled.
	Chat(ctx context.Context, req Request, onChunk func(Chunk) error) (Result, error)
	// Models lists what can be asked, and what is loaded. Context lengths and the
	// ability to think are told by Model alone.
	Models(ctx context.Context) ([]workflow.ModelInfo, error)
	// Model tells all about one model; workflow.NotFound when there is none of that name.
	Model(ctx context.Context, name string) (workflow.ModelInfo, error)
	// Version is that of the server. It is the cheapest way to learn whether it answers.
	Version(ctx context.Context) (string, error)
}

// Check reports whether the request can be sent at all.
func (r Request) Check() error {
	if r.Model == "" {
		return workflow.Errorf(workflow.Invalid, "No model is chosen.").WithHint("Choose a model, or copy the prompt and paste the answer.")
	}
	if len(r.Messages) == 0 {
		return workflow.Errorf(workflow.Invalid, "There is nothing to send to %s.", r.Model)
	}
	for _, m := range r.Messages {
		switch m.Role {
		case RoleSystem, RoleUser, RoleAssistant:
		default:
			return workflow.Errorf(workflow.Invalid, "A message has the role “%s”; there are system, user and assistant.", m.Role)
		}
	}
	if r.NumCtx < 0 || r.NumPredict < 0 {
		return workflow.Errorf(workflow.Invalid, "The window and the length of the answer cannot be negative.")
	}
	return nil
}

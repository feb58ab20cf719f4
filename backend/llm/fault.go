package llm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/ollama/ollama/api"

	"plumbline/backend/workflow"
)

const (
	hintAgain = "What came so far is kept. Run the prompt again."
	hintPaste = "or copy the prompt and paste the answer."
)

// ended is the error of a context that the caller ended.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &workflow.Error{Code: workflow.Unavailable, Err: ctx.Err(), Message: "The time for this ran out.", Hint: "Try it again."}
	}
	return &workflow.Error{Code: workflow.Canceled, Err: ctx.Err(), Message: "Stopped."}
}

// chatFault turns what the Ollama client returned, and what the exchange saw,
// into an error for the person. A nil error is a fault too: the client returns
// nil for a stream that was cut.
func (o *Ollama) chatFault(watched context.Context, x *exchange, req Request, err error) error {
	var redirect *redirectError
	cause := context.Cause(watched)
	switch {
	case errors.Is(cause, errFirstWait):
		return unavailable(cause, "%s has not begun to answer within %s.", req.Model, span(x.first)).
			WithHint("It may be too large for this computer. Choose a smaller model, %s", hintPaste)
	case errors.Is(cause, errIdleWait):
		return unavailable(cause, "The answer broke off: %s has sent nothing for %s.", req.Model, span(x.idle)).WithHint(hintAgain)
	case errors.As(err, &redirect):
		return o.redirected(redirect)
	case x.status == 0:
		return o.unreachable(err)
	case x.tooLong:
		return &workflow.Error{Code: workflow.Limit, Err: errTooLong, Message: "Ollama sent more than 8 MB in one piece. The answer was stopped there.", Hint: hintAgain}
	case x.foreign:
		return o.strange(x, err)
	case x.end != nil && x.end != io.EOF:
		return o.brokeOff(x.end)
	case unreadable(err):
		if x.midLine() && x.end != nil {
			return o.brokeOff(io.ErrUnexpectedEOF)
		}
		return o.notOllama(err)
	case err == nil && x.size == 0 && x.status >= http.StatusBadRequest:
		return o.silent(x.status)
	case err == nil:
		return o.brokeOff(io.ErrUnexpectedEOF)
	}
	return o.reported(x, req, err)
}

// askFault is chatFault for requests that are not streamed.
func (o *Ollama) askFault(x *exchange, name string, err error) error {
	var redirect *redirectError
	switch {
	case errors.As(err, &redirect):
		return o.redirected(redirect)
	case x.foreign, x.tooLong:
		return o.strange(x, err)
	case x.status == 0, x.end != nil && x.end != io.EOF:
		return o.notAnswering(err)
	case x.size == 0 && x.status >= http.StatusBadRequest:
		return o.silent(x.status)
	case unreadable(err), name == "" && x.status == http.StatusNotFound:
		return o.notOllama(err)
	case name == "" && x.status == http.StatusUnauthorized:
		return o.keepsOut(err)
	}
	return o.reported(x, Request{Model: name}, err)
}

// unreadable reports whether err is about JSON that is broken or of another
// shape, by the words of the client, or of a line that is read here. The client
// makes a line it cannot read the text of its error.
func unreadable(err error) bool {
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	var lineSyntax *jsontext.SyntacticError
	var lineShape *jsonv2.SemanticError
	switch {
	case err == nil:
		return false
	case errors.As(err, &syntax), errors.As(err, &shape), errors.As(err, &lineSyntax), errors.As(err, &lineShape):
		return true
	}
	return strings.HasPrefix(err.Error(), "{") && !json.Valid([]byte(err.Error()))
}

// unreachable tells a server that was never there from one that hung up.
func (o *Ollama) unreachable(err error) error {
	var op *net.OpError
	var dns *net.DNSError
	if errors.As(err, &dns) || errors.As(err, &op) && op.Op != "read" && op.Op != "write" {
		return o.notAnswering(err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || op != nil {
		return o.brokeOff(err)
	}
	return o.notAnswering(err)
}

func (o *Ollama) notAnswering(err error) *workflow.Error {
	e := unavailable(err, "Ollama is not answering at %s.", o.Address())
	if o.local() {
		return e.WithHint("Start it with “ollama serve”, %s", hintPaste)
	}
	return e.WithHint("Start it there, check its address in Settings, %s", hintPaste)
}

func (o *Ollama) notOllama(err error) *workflow.Error {
	return unavailable(err, "What answers at %s is not Ollama.", o.Address()).WithHint("Check its address in Settings, %s", hintPaste)
}

// keepsOut is a gate in front of the server that lets nobody in without a word.
func (o *Ollama) keepsOut(err error) error {
	return &workflow.Error{Code: workflow.Unauthorized, Err: err, Message: fmt.Sprintf("The server at %s wants to know who asks.", o.Address()),
		Hint: "Plumbline sends no password. Enter the address of an Ollama that needs none, " + hintPaste}
}

// strange is an answer that is not in Ollama's language. A gateway without a
// server behind it says so with its own page.
func (o *Ollama) strange(x *exchange, err error) error {
	if x.status >= http.StatusBadGateway && x.status <= http.StatusGatewayTimeout {
		return o.notAnswering(err)
	}
	return o.notOllama(err)
}

func (o *Ollama) redirected(r *redirectError) error {
	return unavailable(r, "%s sends requests on to %s. Nothing was sent there.", o.Address(), r.to).
		WithHint("If that is your Ollama, enter its address in Settings.")
}

func (o *Ollama) brokeOff(err error) error {
	return unavailable(err, "The answer broke off. Ollama at %s stopped in the middle of it.", o.Address()).WithHint(hintAgain)
}

func (o *Ollama) silent(status int) error {
	return unavailable(nil, "Ollama ended with status %d and gave no reason.", status).
		WithHint("Its log may tell more. Try again, %s", hintPaste)
}

// reported is an error that Ollama itself has put into words.
func (o *Ollama) reported(x *exchange, req Request, err error) error {
	text := err.Error()
	var status api.StatusError
	if errors.As(err, &status) && status.ErrorMessage != "" {
		text = status.ErrorMessage
	}
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(text, p) {
				return true
			}
		}
		return false
	}
	switch {
	case x.status == http.StatusUnauthorized:
		return &workflow.Error{Code: workflow.Unauthorized, Err: err, Message: fmt.Sprintf("Ollama must be signed in to use %s.", req.Model), Hint: "Sign in with “ollama signin”, or choose a local model."}
	case x.status == http.StatusNotFound:
		return noModel(req.Model, err)
	case has("exceeds the context length", "exceed_context_size", "input length exceeds"):
		return tooLong(req, err)
	case has("system memory", "out of memory", "cudaMalloc failed", "unable to allocate"):
		return &workflow.Error{Code: workflow.Limit, Err: err, Message: fmt.Sprintf("%s does not fit into the memory of this computer.", req.Model), Hint: "Choose a smaller model or a smaller window. Ollama says: " + brief(text)}
	case has("invalid model name", "unqualified name", "model is required"):
		return &workflow.Error{Code: workflow.Invalid, Err: err, Message: fmt.Sprintf("“%s” is not a name of a model.", req.Model), Hint: "Choose another model."}
	case has("does not support chat"):
		return &workflow.Error{Code: workflow.Invalid, Err: err, Message: fmt.Sprintf("%s cannot answer prompts.", req.Model), Hint: "Choose another model."}
	case has("server busy"):
		return unavailable(err, "Ollama is busy.").WithHint("Try again in a moment, %s", hintPaste)
	case has("unexpected EOF", "connection reset", "broken pipe", "runner process", "model runner has unexpectedly stopped"):
		return unavailable(err, "The answer broke off: %s stopped working.", req.Model).WithHint("%s Ollama says: %s", hintAgain, brief(text))
	case x.status >= 400 && x.status < 500:
		return &workflow.Error{Code: workflow.Invalid, Err: err, Message: "Ollama refused the request: " + brief(text)}
	}
	return unavailable(err, "Ollama reported an error: %s", brief(text)).WithHint("Try again, choose another model, %s", hintPaste)
}

func noModel(name string, err error) error {
	return &workflow.Error{Code: workflow.NotFound, Err: err,
		Message: fmt.Sprintf("Ollama has no model named “%s”.", name),
		Hint:    fmt.Sprintf("Get it with “ollama pull %s”, or choose another model.", name)}
}

func tooLong(req Request, err error) error {
	window := "the model's window"
	if req.NumCtx > 0 {
		window = fmt.Sprintf("the window of %s tokens", thousands(req.NumCtx))
	}
	return &workflow.Error{Code: workflow.Limit, Err: err,
		Message: fmt.Sprintf("This prompt is too long for %s: it does not fit into %s. Nothing was cut or answered.", req.Model, window),
		Hint:    "Leave out an input or choose a larger context."}
}

// local reports whether the server is on this computer, as far as its address tells.
func (o *Ollama) local() bool {
	host := o.base.Hostname()
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}

func unavailable(cause error, format string, args ...any) *workflow.Error {
	return &workflow.Error{Code: workflow.Unavailable, Err: cause, Message: fmt.Sprintf(format, args...)}
}

// brief makes a text of the server fit to be shown: one line, not long, ending in a full stop.
func brief(text string) string {
	const most = 200
	text = strings.ToValidUTF8(strings.Join(strings.Fields(text), " "), "\uFFFD")
	if len(text) > most {
		cut := most
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		return text[:cut] + "…"
	}
	return strings.TrimRight(text, ".") + "."
}

// span writes a wait as people say it.
func span(d time.Duration) string {
	switch {
	case d >= 2*time.Minute:
		return fmt.Sprintf("%d minutes", int(d.Minutes()))
	case d >= 2*time.Second:
		return fmt.Sprintf("%d seconds", int(d.Seconds()))
	}
	return d.String()
}

// thousands writes a number with commas: 16,384.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

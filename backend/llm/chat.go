package llm

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/ollama/ollama/api"
)

// chatLine is a line of a streamed answer, as far as it is used. The types of
// the Ollama client hold more, and cost three times as long to read.
type chatLine struct {
	Error   string `json:"error"`
	Model   string `json:"model"`
	Message struct {
		Content  string `json:"content"`
		Thinking string `json:"thinking"`
	} `json:"message"`
	Done       bool   `json:"done"`
	DoneReason string `json:"done_reason"`

	LoadDuration       time.Duration `json:"load_duration"`
	PromptEvalCount    int           `json:"prompt_eval_count"`
	PromptEvalDuration time.Duration `json:"prompt_eval_duration"`
	EvalCount          int           `json:"eval_count"`
	EvalDuration       time.Duration `json:"eval_duration"`
}

func (l chatLine) result() Result {
	return Result{
		Model: l.Model, DoneReason: l.DoneReason,
		PromptTokens: l.PromptEvalCount, PromptReported: l.PromptEvalCount > 0,
		AnswerTokens: l.EvalCount,
		Load:         l.LoadDuration, PromptEval: l.PromptEvalDuration, Eval: l.EvalDuration,
	}
}

// stream sends a chat and hands each line of the answer to fn, until fn says
// that it is done. Lines come as fast as the server sends them, so they are read
// here and not by the Ollama client, which parses each of them several times.
// Errors are those that the client would return, for chatFault to explain; nil
// says nothing of how the stream ended, which is for the exchange to tell.
func (o *Ollama) stream(ctx context.Context, chat *api.ChatRequest, fn func(chatLine) (done bool, err error)) error {
	body, err := json.Marshal(chat)
	if err != nil {
		return fmt.Errorf("encode the prompt: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.base.JoinPath("/api/chat").String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask %s: %w", o.Address(), err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/x-ndjson")
	resp, err := o.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := lineReader{in: bufio.NewReaderSize(resp.Body, 64<<10)}
	for {
		line, err := lines.next()
		if len(bytes.TrimSpace(line)) > 0 {
			done, err := take(resp, line, fn)
			if done {
				_, _ = lines.next() // reading on to the end keeps the connection for the next request
			}
			if done || err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// take hands on what a line says.
func take(resp *http.Response, text []byte, fn func(chatLine) (bool, error)) (done bool, err error) {
	var line chatLine
	err = json.Unmarshal(text, &line)
	switch {
	case resp.StatusCode >= http.StatusBadRequest:
		status := api.StatusError{StatusCode: resp.StatusCode, Status: resp.Status, ErrorMessage: line.Error}
		if err != nil {
			status.ErrorMessage = string(text)
		}
		return false, status
	case err != nil:
		return false, err
	case line.Error != "":
		return false, errors.New(line.Error)
	}
	return fn(line)
}

// lineReader reads lines of up to maxPiece bytes.
type lineReader struct {
	in   *bufio.Reader
	long []byte // a line that is longer than the buffer
}

// next returns the next line, which is good until the call after it. With an
// error it returns what stands before the end.
func (r *lineReader) next() ([]byte, error) {
	line, err := r.in.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return line, err
	}
	r.long = r.long[:0]
	for errors.Is(err, bufio.ErrBufferFull) {
		if r.long = append(r.long, line...); len(r.long) >= maxPiece {
			return nil, errTooLong
		}
		line, err = r.in.ReadSlice('\n')
	}
	r.long = append(r.long, line...)
	return r.long, err
}

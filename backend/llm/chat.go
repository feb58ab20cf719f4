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

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
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

	// The durations are in nanoseconds.
	LoadDuration       int64 `json:"load_duration"`
	PromptEvalCount    int   `json:"prompt_eval_count"`
	PromptEvalDuration int64 `json:"prompt_eval_duration"`
	EvalCount          int   `json:"eval_count"`
	EvalDuration       int64 `json:"eval_duration"`
}

func (l chatLine) result() Result {
	return Result{
		Model: l.Model, DoneReason: l.DoneReason,
		PromptTokens: l.PromptEvalCount, PromptReported: l.PromptEvalCount > 0,
		AnswerTokens: l.EvalCount,
		Load:         time.Duration(l.LoadDuration), PromptEval: time.Duration(l.PromptEvalDuration), Eval: time.Duration(l.EvalDuration),
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
	calm := &calmReader{in: resp.Body}
	lines := lineReader{in: bufio.NewReaderSize(calm, readSize)}
	for {
		line, err := lines.next()
		if len(bytes.TrimSpace(line)) > 0 {
			done, err := take(resp, line, fn)
			if done {
				calm.hurry = true
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

// asSent reads what a server sends, as the standard library would: it may repeat
// a name, and break a character in two.
var asSent = jsonv2.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))

// take hands on what a line says. The next version of the standard library's JSON
// reads it in half the time.
func take(resp *http.Response, text []byte, fn func(chatLine) (bool, error)) (done bool, err error) {
	var line chatLine
	err = jsonv2.Unmarshal(text, &line, asSent)
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

const (
	// readSize is how many bytes of an answer are read at once.
	readSize = 64 << 10
	// readEvery is how long what comes is left to gather. A fast model sends
	// thousands of lines a second; waking up for each of them costs both sides more
	// than reading it. It is shorter than anyone notices.
	readEvery = 2 * time.Millisecond
)

// calmReader reads what has come since it last read, at most every readEvery
// unless more waits. What comes more slowly than that is read at once.
type calmReader struct {
	in    io.Reader
	hurry bool      // nothing more is to be gathered
	n     int       // bytes of the last read
	last  time.Time // when it ended
}

func (r *calmReader) Read(p []byte) (int, error) {
	if r.n > 0 && r.n < readSize/2 && !r.hurry {
		time.Sleep(readEvery - time.Since(r.last))
	}
	n, err := r.in.Read(p)
	r.n, r.last = n, time.Now()
	return n, err
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

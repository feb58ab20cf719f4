package llm_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/workflow"
)

// status answers every request in the way Ollama words its errors.
func status(code int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(code)
		io.WriteString(w, body)
	}
}

func lines(parts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { say(w, parts...) }
}

// hangUp sends parts and closes the connection without ending the response.
func hangUp(parts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		say(w, parts...)
		panic(http.ErrAbortHandler)
	}
}

// endless repeats a text until the client hangs up.
func endless(text string) http.HandlerFunc {
	text = strings.Repeat(text, 10_000)
	return func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := io.WriteString(w, text); err != nil {
				return
			}
		}
	}
}

// answerFault is a way in which an answer goes wrong, and what is told of it.
type answerFault struct {
	handler http.HandlerFunc
	code    workflow.Code
	message string // its beginning
	text    string // what has come before
}

func answerFaults() map[string]answerFault {
	const page = "<!DOCTYPE html>\n<html><body>Welcome to the router.</body></html>\n"
	return map[string]answerFault{
		"page of another server":   {lines(page), workflow.Unavailable, "What answers at", ""},
		"page with an error":       {status(404, page), workflow.Unavailable, "What answers at", ""},
		"text of another server":   {status(404, "404 page not found"), workflow.Unavailable, "What answers at", ""},
		"JSON of another kind":     {lines(`{"message":"hello"}` + "\n"), workflow.Unavailable, "What answers at", ""},
		"JSON that is none":        {lines(textLine("hi"), "{oops}\n", doneLine), workflow.Unavailable, "What answers at", "hi"},
		"rubbish between lines":    {lines(textLine("hi"), "oops\n", doneLine), workflow.Unavailable, "What answers at", "hi"},
		"gateway without a server": {status(502, page), workflow.Unavailable, "Ollama is not answering at", ""},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://elsewhere.example/login?next=1", http.StatusTemporaryRedirect)
		}, workflow.Unavailable, "127.0.0.1:PORT sends requests on to https://elsewhere.example.", ""},
		"empty 500":                  {status(500, ""), workflow.Unavailable, "Ollama ended with status 500 and gave no reason.", ""},
		"empty answer":               {lines(""), workflow.Unavailable, "The answer broke off.", ""},
		"end without done":           {lines(textLine("hi")), workflow.Unavailable, "The answer broke off.", "hi"},
		"end within a line":          {lines(textLine("hi"), `{"model":"boats","mess`), workflow.Unavailable, "The answer broke off.", "hi"},
		"hung up between lines":      {hangUp(textLine("hi")), workflow.Unavailable, "The answer broke off.", "hi"},
		"hung up within a line":      {hangUp(textLine("hi"), `{"model":"boats","mess`), workflow.Unavailable, "The answer broke off.", "hi"},
		"hung up before the answer":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, workflow.Unavailable, "The answer broke off.", ""},
		"error in the stream":        {lines(textLine("hi"), `{"error":"GGML_ASSERT failed"}`+"\n"), workflow.Unavailable, "Ollama reported an error: GGML_ASSERT failed.", "hi"},
		"runner killed":              {lines(textLine("hi"), `{"error":"an error was encountered while running the model: unexpected EOF"}`+"\n"), workflow.Unavailable, "The answer broke off: boats stopped working.", "hi"},
		"line over 8 MB":             {lines(textLine("hi"), textLine(strings.Repeat("x", 9_000_000)), doneLine), workflow.Limit, "Ollama sent more than 8 MB in one piece.", "hi"},
		"unknown model":              {status(404, `{"error":"model 'boats' not found"}`), workflow.NotFound, "Ollama has no model named “boats”.", ""},
		"bad name":                   {status(400, `{"error":"model is required"}`), workflow.Invalid, "“boats” is not a name of a model.", ""},
		"prompt too long":            {status(400, `{"error":"the input length exceeds the context length"}`), workflow.Limit, "This prompt is too long for boats: it does not fit into the window of 4,096 tokens.", ""},
		"model for embeddings alone": {status(400, `{"error":"\"boats\" does not support chat"}`), workflow.Invalid, "boats cannot answer prompts.", ""},
		"too little memory":          {status(500, `{"error":"model requires more system memory (9 GiB) than is available (2 GiB)"}`), workflow.Limit, "boats does not fit into the memory", ""},
		"busy":                       {status(503, `{"error":"server busy, please try again.  maximum pending requests exceeded"}`), workflow.Unavailable, "Ollama is busy.", ""},
		"no name of a model":         {status(500, `{"error":"unqualified name: registry.ollama.ai/library/a b:latest"}`), workflow.Invalid, "“boats” is not a name of a model.", ""},
		"not signed in":              {status(401, `{"error":"unauthorized","signin_url":"https://example.org"}`), workflow.Unauthorized, "Ollama must be signed in to use boats.", ""},
		"refused for another reason": {status(400, `{"error":"think value is not supported"}`), workflow.Invalid, "Ollama refused the request: think value is not supported.", ""},
		"failed for another reason":  {status(500, `{"error":"`+strings.Repeat("é", 300)+`"}`), workflow.Unavailable, "Ollama reported an error: " + strings.Repeat("é", 100) + "…", ""},
	}
}

func TestFaultsOfAnswers(t *testing.T) {
	for name, test := range answerFaults() {
		t.Run(name, func(t *testing.T) {
			client := fake(t, test.handler)
			text, _, err := chat(t, client)
			wantFault(t, client, err, test.code, test.message)
			if text != test.text {
				t.Errorf("what came is %q, want %q", text, test.text)
			}
		})
	}
}

// wantFault checks an error for a person. PORT in the message stands for the server's.
func wantFault(t *testing.T, client *llm.Ollama, err error, code workflow.Code, message string) {
	t.Helper()
	var fault *workflow.Error
	if !errors.As(err, &fault) {
		t.Fatalf("got %v, want a workflow.Error", err)
	}
	message = strings.ReplaceAll(message, "127.0.0.1:PORT", client.Address())
	if fault.Code != code || !strings.HasPrefix(fault.Message, message) {
		t.Errorf("got %s: %s\nwant %s: %s", fault.Code, fault.Message, code, message)
	}
	if code == workflow.Unavailable && fault.Hint == "" {
		t.Errorf("“%s” shows no way out", fault.Message)
	}
}

func TestFaultsOfQuestions(t *testing.T) {
	tests := map[string]struct {
		handler http.HandlerFunc
		code    workflow.Code
		message string
	}{
		"page of another server":   {lines("<html></html>"), workflow.Unavailable, "What answers at"},
		"JSON of another server":   {lines(`{"status":"ok"}`), workflow.Unavailable, "What answers at"},
		"JSON of another shape":    {lines(`{"version":{"major":1}}`), workflow.Unavailable, "What answers at"},
		"empty answer":             {lines(""), workflow.Unavailable, "What answers at"},
		"page without end":         {endless("<p>\n"), workflow.Unavailable, "What answers at"},
		"JSON without end":         {endless(`{"a":`), workflow.Unavailable, "What answers at"},
		"hung up":                  {hangUp(`{"version":"0.`), workflow.Unavailable, "Ollama is not answering at 127.0.0.1:PORT."},
		"empty 500":                {status(500, ""), workflow.Unavailable, "Ollama ended with status 500"},
		"gateway without a server": {status(503, "<html>"), workflow.Unavailable, "Ollama is not answering at"},
		"redirect":                 {http.RedirectHandler("/login", http.StatusFound).ServeHTTP, workflow.Unavailable, "127.0.0.1:PORT sends requests on to http://127.0.0.1:PORT."},
		"worded error":             {status(500, `{"error":"disk I/O error"}`), workflow.Unavailable, "Ollama reported an error: disk I/O error."},
		"wants a password":         {status(401, `{"error":"unauthorized"}`), workflow.Unauthorized, "The server at 127.0.0.1:PORT wants to know who asks."},
		"knows no version":         {status(404, `{"error":"not found"}`), workflow.Unavailable, "What answers at"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			client := fake(t, test.handler)
			client.AskWait = time.Minute // a busy machine may be slow to read 8 MB
			_, err := client.Version(t.Context())
			wantFault(t, client, err, test.code, test.message)
		})
	}
}

// mute is a server that says nothing after its first words, until the client
// hangs up. Closing it at the end of the test waits for that.
func mute(t *testing.T, words ...string) *llm.Ollama {
	return fake(t, func(w http.ResponseWriter, r *http.Request) {
		// The server notices that the client has left only once it has read all.
		io.Copy(io.Discard, r.Body)
		say(w, words...)
		<-r.Context().Done()
	})
}

func TestSilenceBetweenChunksEndsTheAnswer(t *testing.T) {
	client := mute(t, textLine("hi"))
	client.IdleWait = 30 * time.Millisecond
	text, _, err := chat(t, client)
	wantFault(t, client, err, workflow.Unavailable, "The answer broke off: boats has sent nothing for 30ms.")
	if text != "hi" {
		t.Errorf("what came is %q", text)
	}
}

func TestSilenceBeforeTheAnswerIsAllowedLonger(t *testing.T) {
	for name, words := range map[string][]string{"no response": nil, "headers alone": {""}} {
		t.Run(name, func(t *testing.T) {
			client := mute(t, words...)
			client.FirstWait, client.IdleWait = 30*time.Millisecond, time.Nanosecond
			_, _, err := chat(t, client)
			wantFault(t, client, err, workflow.Unavailable, "boats has not begun to answer within 30ms.")
		})
	}
}

func TestCompleteAnswerDoesNotWaitForTheServerToHangUp(t *testing.T) {
	client := mute(t, textLine("hi"), doneLine)
	client.IdleWait = time.Hour
	if text, _, err := chat(t, client); err != nil || text != "hi" {
		t.Errorf("answer %q, error %v", text, err)
	}
}

func TestSlowCallerIsNoSilence(t *testing.T) {
	const wait = 50 * time.Millisecond
	written := make(chan struct{})
	client := fake(t, func(w http.ResponseWriter, _ *http.Request) {
		say(w, textLine("a"), textLine("b"), doneLine)
		close(written)
	})
	client.IdleWait = wait
	chunks := 0
	_, err := client.Chat(t.Context(), prompt("Hello."), func(llm.Chunk) error {
		if chunks++; chunks == 1 {
			<-written
			<-time.After(2 * wait)
		}
		return nil
	})
	if err != nil || chunks != 2 {
		t.Errorf("%d chunks, error %v", chunks, err)
	}
}

func TestServerThatDoesNotAnswerIsAskedForAMoment(t *testing.T) {
	client := mute(t)
	if client.AskWait != 3*time.Second {
		t.Errorf("questions wait %s, want 3 s", client.AskWait)
	}
	client.AskWait = 30 * time.Millisecond
	_, err := client.Version(t.Context())
	wantFault(t, client, err, workflow.Unavailable, "Ollama is not answering at 127.0.0.1:PORT.")
}

func TestCancellingHangsUp(t *testing.T) {
	client := mute(t, textLine("hi"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := client.Chat(ctx, prompt("Hello."), func(llm.Chunk) error {
		cancel()
		return nil
	})
	wantFault(t, client, err, workflow.Canceled, "Stopped.")
}

func TestCancellingWinsOverTheErrorItCauses(t *testing.T) {
	client := mute(t, textLine("hi"))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := client.Chat(ctx, prompt("Hello."), func(llm.Chunk) error {
		cancel()
		return errors.New("no longer interested")
	})
	wantFault(t, client, err, workflow.Canceled, "Stopped.")
}

func TestDeadlineOfTheCallerIsNotACancellation(t *testing.T) {
	client := mute(t, textLine("hi"))
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err := client.Chat(ctx, prompt("Hello."), func(llm.Chunk) error { return nil })
	wantFault(t, client, err, workflow.Unavailable, "The time for this ran out.")
}

func TestNothingIsSentAfterARedirect(t *testing.T) {
	asked := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer elsewhere.Close()
	client := fake(t, http.RedirectHandler(elsewhere.URL, http.StatusPermanentRedirect).ServeHTTP)
	_, _, err := chat(t, client)
	wantFault(t, client, err, workflow.Unavailable, "127.0.0.1:PORT sends requests on to "+elsewhere.URL+". Nothing was sent there.")
	if asked {
		t.Error("the prompt went to another server")
	}
}

func TestHintTellsAServerElsewhereFromOneHere(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1:1":          "Start it with “ollama serve”, or copy the prompt and paste the answer.",
		"http://localhost:1":          "Start it with “ollama serve”, or copy the prompt and paste the answer.",
		"http://ollama.invalid:11434": "Start it there, check its address in Settings, or copy the prompt and paste the answer.",
	} {
		client, err := llm.NewOllama(address)
		if err != nil {
			t.Fatal(err)
		}
		client.AskWait = time.Second // not all name servers are quick to say no
		_, err = client.Version(t.Context())
		var fault *workflow.Error
		if !errors.As(err, &fault) || fault.Hint != want || fault.Message != "Ollama is not answering at "+client.Address()+"." {
			t.Errorf("%s: %v, hint %+v", address, err, fault)
		}
	}
}

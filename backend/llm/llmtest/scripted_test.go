package llmtest_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

func TestScriptedKeepsTheContract(t *testing.T) {
	llmtest.Contract(t, func(*testing.T) (llm.Client, string) {
		client := llmtest.NewScripted(llmtest.FixtureAnswer)
		client.SetModels(workflow.ModelInfo{Name: "boats:latest", Digest: "5c", Size: 1, ContextLength: 8192, Thinking: true})
		return client, "boats:latest"
	})
}

func hello() llm.Request {
	return llm.Request{Model: llmtest.ScriptedModel, Messages: []llm.Message{{Role: llm.RoleUser, Content: "Hello."}}}
}

// chat returns the chunks of an answer and how it ended.
func chat(t *testing.T, answer llmtest.Answer) ([]llm.Chunk, llm.Result, error) {
	t.Helper()
	var chunks []llm.Chunk
	client := llmtest.NewScripted(func(llm.Request) llmtest.Answer { return answer })
	result, err := client.Chat(t.Context(), hello(), func(c llm.Chunk) error {
		chunks = append(chunks, c)
		return nil
	})
	return chunks, result, err
}

func TestChunksHaveTheSizeAskedForAndWholeCharacters(t *testing.T) {
	chunks, _, err := chat(t, llmtest.Answer{Thinking: "hm", Text: "a✓bcd", ChunkSize: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []llm.Chunk{{Thinking: "hm"}, {Text: "a✓"}, {Text: "bc"}, {Text: "d"}}
	if len(chunks) != len(want) {
		t.Fatalf("chunks %q, want %q", chunks, want)
	}
	for i := range want {
		if chunks[i] != want[i] {
			t.Errorf("chunk %d is %q, want %q", i, chunks[i], want[i])
		}
	}
}

func TestErrorComesAfterItsChunks(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct{ after, want int }{{0, 0}, {2, 2}, {9, 3}} {
		chunks, _, err := chat(t, llmtest.Answer{Text: "abcdef", ChunkSize: 2, Err: broken, ErrAfter: c.after})
		if err != broken || len(chunks) != c.want {
			t.Errorf("after %d: %d chunks, error %v; want %d chunks", c.after, len(chunks), err, c.want)
		}
	}
}

func TestCutAnswerIsNoAnswer(t *testing.T) {
	chunks, _, err := chat(t, llmtest.Answer{Text: "abcdef", Cut: true})
	if workflow.CodeOf(err) != workflow.Unavailable || len(chunks) != 1 {
		t.Errorf("%d chunks, error %v", len(chunks), err)
	}
}

func TestCountsAreReportedAsAsked(t *testing.T) {
	for _, c := range []struct {
		answer           llmtest.Answer
		prompt, answered int
		reported         bool
	}{
		{llmtest.Answer{Text: "abcdefgh"}, 3, 2, true}, // “user” and “Hello.” are 10 bytes
		{llmtest.Answer{Text: "abcdefgh", PromptTokens: 70, AnswerTokens: 7}, 70, 7, true},
		{llmtest.Answer{Text: "abcdefgh", NoUsage: true}, 0, 0, false},
	} {
		_, result, err := chat(t, c.answer)
		if err != nil {
			t.Fatal(err)
		}
		if result.PromptTokens != c.prompt || result.AnswerTokens != c.answered || result.PromptReported != c.reported {
			t.Errorf("%+v reports %+v", c.answer, result)
		}
	}
}

func TestNeverDoneEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	client := llmtest.NewScripted(func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: "abc", NeverDone: true} })
	_, err := client.Chat(ctx, hello(), func(llm.Chunk) error {
		cancel()
		return nil
	})
	if workflow.CodeOf(err) != workflow.Canceled {
		t.Errorf("got %v", err)
	}
}

func TestGateLetsOneChunkThroughAtATime(t *testing.T) {
	gate := make(chan struct{})
	client := llmtest.NewScripted(func(llm.Request) llmtest.Answer {
		return llmtest.Answer{Text: "abcd", ChunkSize: 2, Gate: gate}
	})
	chunks := make(chan string)
	ended := make(chan error, 1)
	go func() {
		_, err := client.Chat(t.Context(), hello(), func(c llm.Chunk) error {
			chunks <- c.Text
			return nil
		})
		ended <- err
	}()
	for _, want := range []string{"ab", "cd"} {
		select {
		case got := <-chunks:
			t.Fatalf("%q came through a closed gate", got)
		case err := <-ended:
			t.Fatalf("it ended at a closed gate: %v", err)
		case gate <- struct{}{}:
		}
		if got := <-chunks; got != want {
			t.Errorf("chunk %q, want %q", got, want)
		}
	}
	close(gate)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestRequestsAreKeptAndServeSeveralAtOnce(t *testing.T) {
	client := llmtest.NewScripted(func(r llm.Request) llmtest.Answer {
		return llmtest.Answer{Text: strings.ToUpper(r.Messages[0].Content), ChunkSize: 1}
	})
	var wg sync.WaitGroup
	for _, name := range []string{"one", "two", "three", "four"} {
		wg.Go(func() {
			req := hello()
			req.Messages[0].Content = name
			var got strings.Builder
			_, err := client.Chat(t.Context(), req, func(c llm.Chunk) error {
				got.WriteString(c.Text)
				return nil
			})
			if err != nil || got.String() != strings.ToUpper(name) {
				t.Errorf("%q was answered with %q, error %v", name, got.String(), err)
			}
		})
	}
	wg.Wait()
	if n := len(client.Requests()); n != 4 {
		t.Errorf("%d requests are kept, want 4", n)
	}
}

func TestDownFailsEveryCall(t *testing.T) {
	client := llmtest.Say("Hello.")
	down := workflow.Errorf(workflow.Unavailable, "Ollama is not answering.")
	client.SetDown(down)
	if _, err := client.Version(t.Context()); err != down {
		t.Errorf("Version: %v", err)
	}
	if _, err := client.Models(t.Context()); err != down {
		t.Errorf("Models: %v", err)
	}
	if _, err := client.Chat(t.Context(), hello(), func(llm.Chunk) error { return nil }); err != down {
		t.Errorf("Chat: %v", err)
	}
	client.SetDown(nil)
	if _, err := client.Chat(t.Context(), hello(), func(llm.Chunk) error { return nil }); err != nil {
		t.Errorf("Chat after it came back: %v", err)
	}
}

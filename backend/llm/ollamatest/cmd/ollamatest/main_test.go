package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/llm"
	"plumbline/backend/llm/ollamatest"
	"plumbline/backend/workflow"
)

func scripts(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "scripts.json")
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWrongUsageIsTold(t *testing.T) {
	file := scripts(t, `[{"text":"Hi."}]`)
	for _, args := range [][]string{
		{}, {"fly"}, {"serve", "-model", "plain"}, {"serve", "extra"}, {"serve", "-model", "a=/no/such/file"},
		{"model"}, {"model", "-scripts", file}, {"model", "-nonsense"}, {"learn", "-merges", "many"},
	} {
		var told strings.Builder
		err := run(t.Context(), args, strings.NewReader(""), io.Discard, &told)
		if !errors.Is(err, errUsage) || told.Len() == 0 {
			t.Errorf("%q: error %v, told %q", args, err, told.String())
		}
	}
}

func TestModelIsWrittenToItsFile(t *testing.T) {
	out := filepath.Join(t.TempDir(), "x.gguf")
	file := scripts(t, `[{"text":"Hi."},{"triggers":["bye"],"text":"See you."}]`)
	var told strings.Builder
	if err := run(t.Context(), []string{"model", "-scripts", file, "-out", out}, nil, io.Discard, &told); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(out)
	if err != nil || !strings.HasPrefix(string(content), "GGUF") || !strings.Contains(told.String(), "of 4096 pieces") {
		t.Errorf("%d bytes, error %v, told %q", len(content), err, told.String())
	}
}

func TestScriptsThatAreNoneAreNamed(t *testing.T) {
	file := scripts(t, `{"text":`)
	err := run(t.Context(), []string{"model", "-scripts", file, "-out", filepath.Join(t.TempDir(), "x")}, nil, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v", err)
	}
}

func TestLearnWritesMerges(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), []string{"learn", "-merges", "1"}, strings.NewReader("aa aa"), &out, io.Discard); err != nil || out.String() != "a a\n" {
		t.Errorf("wrote %q, error %v", out.String(), err)
	}
}

func TestServePrintsItsAddressAndStops(t *testing.T) {
	ollamatest.Start(t).Stop() // skips where there is no server
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	read, write := io.Pipe()
	ended := make(chan error, 1)
	file := scripts(t, `[{"text":"Hi."}]`)
	go func() {
		err := run(ctx, []string{"serve", "-context", "9000", "-model", "plain=" + file}, nil, write, io.Discard)
		write.CloseWithError(io.EOF)
		ended <- err
	}()
	url, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("it ended without an address: %v", <-ended)
	}
	client, err := llm.NewOllama(strings.TrimSpace(url))
	if err != nil {
		t.Fatal(err)
	}
	if info, err := client.Model(t.Context(), "plain"); err != nil || info.ContextLength != 9000 {
		t.Errorf("the model is %+v, error %v", info, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if _, err := client.Version(t.Context()); workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("it still answers: %v", err)
	}
}

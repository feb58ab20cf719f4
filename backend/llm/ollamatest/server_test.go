//go:build unix

package ollamatest_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/ollamatest"
	"plumbline/backend/llm/ollamatest/tinymodel"
)

func TestModelsDeclareTheContextAndTheThinkingOfTheirSpec(t *testing.T) {
	server := ollamatest.Start(t)
	server.CreateSpec(t, "small", tinymodel.Spec{Scripts: []ollamatest.Script{{Text: "Hi."}}, ContextLength: 2048})
	server.Create(t, "thinker", []ollamatest.Script{{Text: "<think>hm</think>Hi."}})
	for name, want := range map[string]struct {
		context  int
		thinking bool
	}{"small": {2048, false}, "thinker": {tinymodel.DefaultContext, true}} {
		info, err := server.Client().Model(t.Context(), name)
		if err != nil || info.ContextLength != want.context || info.Thinking != want.thinking {
			t.Errorf("%s is %+v, error %v", name, info, err)
		}
	}
}

func TestServerThatCannotStartSaysWhy(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "ollama")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\necho no such luck\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := ollamatest.Launch(t.Context(), binary, t.TempDir())
	if err == nil || !strings.Contains(err.Error(), "it ended at once") || !strings.Contains(err.Error(), "no such luck") {
		t.Errorf("got %v", err)
	}
}

// This is the process that TestServerEndsWithItsTest kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv("OLLAMATEST_VICTIM"); dir != "" {
		if err := victim(dir); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// victim starts a server with a runner and waits to be killed.
func victim(dir string) error {
	ctx := context.Background()
	binary, err := ollamatest.Build(ctx, nil)
	if err != nil {
		return err
	}
	server, err := ollamatest.Launch(ctx, binary, dir)
	if err != nil {
		return err
	}
	if err := server.Load(ctx, "loop", tinymodel.Spec{Scripts: []ollamatest.Script{{Text: "on and on ", Loop: true}}}); err != nil {
		return err
	}
	_, err = server.Client().Chat(ctx, llm.Request{Model: "loop", Messages: []llm.Message{{Role: llm.RoleUser, Content: "Go."}}},
		func(llm.Chunk) error {
			fmt.Println("answering")
			select {}
		})
	return err
}

func TestServerEndsWithItsTest(t *testing.T) {
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("this system does not tell what other processes there are")
	}
	ollamatest.Start(t).Stop() // skips where there is no server
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "OLLAMATEST_VICTIM="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	running := len(processes(t, dir))
	cmd.Process.Kill()
	cmd.Wait()
	if err != nil || line != "answering\n" {
		t.Fatalf("the victim said %q, error %v", line, err)
	}
	if running < 2 {
		t.Errorf("%d processes while it answered, want the server and its runner", running)
	}
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for range 500 {
		if len(processes(t, dir)) == 0 {
			return
		}
		<-again.C
	}
	t.Errorf("these processes outlive the test: %v", processes(t, dir))
}

// processes are those of a server that lives in dir. Ended ones have no environment.
func processes(t *testing.T, dir string) (pids []string) {
	t.Helper()
	all, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range all {
		environ, err := os.ReadFile(file)
		if err == nil && bytes.Contains(environ, []byte("OLLAMA_MODELS="+dir)) {
			pids = append(pids, strings.Split(file, "/")[2])
		}
	}
	return pids
}

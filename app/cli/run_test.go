package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestRunStreamsTheAnswer(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	s.withModel(&fakeOllama{parts: strings.SplitAfter(requestText, " ")})
	got := s.run(0, "run", "tide", "request")
	if got.out != requestText || !strings.Contains(got.err, "plumbline review tide-table request") {
		t.Errorf("out %q\nerr %s", got.out, got.err)
	}
	var runs []workflow.Run
	s.object(&runs, "runs", "tide", "request")
	if len(runs) != 1 || runs[0].State != workflow.RunSucceeded {
		t.Fatalf("runs %+v", runs)
	}
	if got := s.run(0, "answer", runs[0].ID).out; got != requestText {
		t.Errorf("answer %q", got)
	}
	s.run(0, "accept", "tide", "request", "--run", runs[0].ID)
	s.run(exitFailed, "discard", "tide", "request")
	var detail workflow.RunDetail
	s.object(&detail, "run", "tide", "request", "--model", "tiny:latest")
	if detail.Answer != requestText {
		t.Errorf("run --json: answer %q", detail.Answer)
	}
	s.run(0, "discard", "tide", "request")
}

func TestStoppedRunKeepsWhatCame(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	s.withModel(&fakeOllama{parts: []string{"# Request\n\n", "It was cut"}, hold: true})
	ctx, interrupt := context.WithCancel(t.Context())
	out, errs := lockedBuffer{wrote: make(chan struct{}, 1)}, lockedBuffer{}
	ended := make(chan result)
	go func() { ended <- s.start(ctx, "", &out, &errs, "run", "tide", "request") }()
	out.await(t, "It was cut")
	interrupt()
	got := <-ended
	if got.code != exitCanceled || !strings.HasSuffix(got.out, "It was cut\n") {
		t.Errorf("exit %d, out %q, err %q", got.code, got.out, got.err)
	}
	var runs []workflow.Run
	s.object(&runs, "runs", "tide")
	if len(runs) != 1 || runs[0].State != workflow.RunCanceled {
		t.Fatalf("runs %+v", runs)
	}
	if kept := s.run(0, "answer", runs[0].ID).out; kept != "# Request\n\nIt was cut\n" {
		t.Errorf("kept %q", kept)
	}
}

// TestAnAnswerToHalfAPromptIsNotBuiltOn wants no advice that would be refused.
func TestAnAnswerToHalfAPromptIsNotBuiltOn(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	model := &fakeOllama{parts: []string{"# Request\n"}}
	s.withModel(model)
	s.run(0, "run", "tide", "request") // from which on its way to count is known
	model.saw = 90
	got := s.run(0, "run", "tide", "request").err
	if !strings.Contains(got, "next: plumbline run tide-table request --model NAME") || strings.Contains(got, "--repair") {
		t.Errorf("%s", got)
	}
	s.run(exitFailed, "run", "tide", "request", "--repair")
	if got := s.run(exitFailed, "accept", "tide", "--run", "nosuch").err; !strings.Contains(got, "hint: ") || !strings.Contains(got, "“nosuch”") {
		t.Errorf("accepting what is not there: %s", got)
	}
}

// TestARunThatCannotEndSaysWhy has an answer whose end the disk does not take.
func TestARunThatCannotEndSaysWhy(t *testing.T) {
	run := workflow.Run{ID: "R", State: workflow.RunRunning}
	full := run
	full.Error = workflow.Errorf(workflow.Unavailable, "The end of this run cannot be kept: The disk is full.").WithHint("Make room.")
	ended := run
	ended.State = workflow.RunSucceeded
	var text strings.Builder
	for i, r := range []workflow.Run{run, full, full, ended} {
		line, err := json.Marshal(workflow.Event{Epoch: "E", Seq: uint64(i + 1), Run: &r})
		if err != nil {
			t.Fatal(err)
		}
		text.WriteString("data: " + string(line) + "\n\n")
	}
	var out, errs lockedBuffer
	s := newSession(Env{Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }})
	f := follower{session: s, run: run}
	body := io.NopCloser(strings.NewReader(text.String()))
	if err := f.until(t.Context(), &eventStream{body, bufio.NewReader(body)}); err != nil {
		t.Fatal(err)
	}
	want := "warning: The end of this run cannot be kept: The disk is full.\nhint: Make room. It is tried again; Ctrl C stops it.\n"
	if got := errs.String(); got != want {
		t.Errorf("%q, want %q once", got, want)
	}
}

func TestOtherCommandsWorkWhileOneRuns(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	s.withModel(&fakeOllama{parts: []string{"Still writing"}, hold: true})
	ctx, interrupt := context.WithCancel(t.Context())
	out, errs := lockedBuffer{wrote: make(chan struct{}, 1)}, lockedBuffer{}
	ended := make(chan result)
	go func() { ended <- s.start(ctx, "", &out, &errs, "run", "tide", "request") }()
	out.await(t, "Still writing")
	var o workflow.Overview
	s.object(&o, "status", "tide")
	if st, err := findPhase(o, "request"); err != nil || st.RunState != workflow.RunRunning {
		t.Errorf("the phase is %+v, %v", st, err)
	}
	interrupt()
	if got := <-ended; got.code != exitCanceled {
		t.Errorf("exit %d\n%s", got.code, got.err)
	}
}

func TestCommandWaitsForTheRunsOfOthers(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	s.run(0, "new", "Book club", "--idea", idea)
	model := &fakeOllama{parts: []string{requestText}, hold: true, end: make(chan struct{})}
	s.withModel(model)
	first, firstErr := lockedBuffer{wrote: make(chan struct{}, 1)}, lockedBuffer{wrote: make(chan struct{}, 1)}
	second, secondErr := lockedBuffer{wrote: make(chan struct{}, 1)}, lockedBuffer{}
	ended := make(chan result, 2)
	go func() { ended <- s.start(t.Context(), "", &first, &firstErr, "run", "tide", "request") }()
	first.await(t, "Tide table")
	// The second run waits in the queue of the process that the first command has opened.
	go func() { ended <- s.start(t.Context(), "", &second, &secondErr, "run", "book", "request", "--json") }()
	for queued := false; !queued; {
		var o workflow.Overview
		s.object(&o, "status", "book")
		st, err := findPhase(o, "request")
		queued = err == nil && st.RunState == workflow.RunQueued
	}
	model.end <- struct{}{} // the first answer ends
	firstErr.await(t, "waiting:")
	close(model.end)
	for range 2 {
		if got := <-ended; got.code != 0 {
			t.Errorf("exit %d\n%s%s", got.code, got.out, got.err)
		}
	}
	if !strings.Contains(second.String(), `"state": "succeeded"`) {
		t.Errorf("the second run: %s", second.String())
	}
}

func TestFailedRunSaysWhy(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	s.run(0, "settings", "ollamaUrl", "http://127.0.0.1:9")
	got := s.run(exitFailed, "run", "tide", "request", "--model", "tiny")
	if !strings.Contains(got.err, "error: ") || !strings.Contains(got.err, "hint: ") {
		t.Errorf("err %s", got.err)
	}
}

package engine

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

func TestCallsAfterCloseAreUnavailable(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	waiting := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	events, cancel := b.Subscribe()
	defer cancel()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	for name, call := range everyCall(b.ctx, b.Engine, p.ID, waiting.ID) {
		switch name {
		case "Settings", "Workflows", "Models", "Doctor": // they do without the database
			if call.err != nil {
				t.Errorf("%s: %v", name, call.err)
			}
		default:
			t.Run(name, func(t *testing.T) { wantCode(t, call.err, workflow.Unavailable) })
		}
	}
	for range events { // ends, because Close has closed the channel
	}
	late, _ := b.Subscribe()
	if _, open := <-late; open {
		t.Error("a closed engine has no news")
	}
	if got := b.EventsSince(b.epoch, 1<<40); !got.Resync {
		t.Error("what nobody has sent cannot be caught up with")
	}
	b.Raise()
	for _, c := range try(b.Doctor(b.ctx))(t) {
		if c.State == "" || c.State != checkOK && c.Hint == "" {
			t.Errorf("%+v", c)
		}
	}
}

// TestCloseAmidEverything closes an engine while many use it: nothing panics,
// every error is one for a person, and what was acknowledged is there afterwards.
func TestCloseAmidEverything(t *testing.T) {
	for range 4 {
		b := newBench(t, func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: "# The tide\n\n", Loop: true} })
		p := b.project("Tide table")
		var wg sync.WaitGroup
		var mu sync.Mutex
		last := 0
		for worker := range 4 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for n := 0; ; n++ {
					if v, err := b.saveOrRun(p, worker, n); v > 0 {
						mu.Lock()
						last = max(last, v)
						mu.Unlock()
					} else if workflow.CodeOf(err) == workflow.Unavailable {
						return
					} else if err != nil && workflow.CodeOf(err) == workflow.Internal {
						t.Error(err)
						return
					}
				}
			}()
		}
		b.saved(p, 3)
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
		b.open()
		if got := b.doc(p, "request.md").Version.Number; got < last {
			t.Errorf("version %d was acknowledged, %d is there", last, got)
		}
		if o := try(b.Overview(b.ctx, p.ID))(t); o.Phases[1].RunState == workflow.RunRunning || o.Phases[1].RunState == workflow.RunQueued {
			t.Errorf("a run goes on after Close: %+v", o.Phases[1])
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
}

// saveOrRun does one of several things, and returns the number of a version that it made.
func (b *bench) saveOrRun(p workflow.Project, worker, n int) (int, error) {
	switch worker {
	case 0:
		d, err := b.Document(b.ctx, p.ID, "request.md", 0)
		if err != nil {
			return 0, err
		}
		v, err := b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: d.Version.Number, Body: strings.Repeat("x", n+1)})
		return v.Number, err
	case 1:
		r, err := b.StartRun(b.ctx, p.ID, "request", "")
		if err == nil && n%2 == 0 {
			_, err = b.CancelRun(b.ctx, r.ID)
		}
		return 0, err
	case 2:
		_, err := b.CopyRun(b.ctx, p.ID, "request")
		return 0, err
	}
	events, cancel := b.Subscribe()
	defer cancel()
	_, err := b.Projects(b.ctx)
	select {
	case <-events:
	default:
	}
	return 0, err
}

// saved waits until a document has been saved so many times.
func (b *bench) saved(p workflow.Project, n int) {
	b.t.Helper()
	events, cancel := b.Subscribe()
	defer cancel()
	for ev := range events {
		if a := ev.Artifact; a != nil && a.Path == "request.md" && a.Current.Number >= n {
			return
		}
	}
}

func TestNothingIsLeftBehindAfterClose(t *testing.T) {
	before := runtime.NumGoroutine()
	answer, gate := gated(requestAnswer)
	b := newBench(t, answer)
	p := b.project("Tide table")
	r := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	gate <- struct{}{}
	gate <- struct{}{}
	b.wrote(r.ID, 8)
	other := b.project("Another")
	queued := try(b.StartRun(b.ctx, other.ID, "request", ""))(t)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(10 * time.Second)
	for runtime.NumGoroutine() > before && time.Now().Before(deadline) {
		runtime.Gosched()
	}
	if now := runtime.NumGoroutine(); now > before {
		t.Errorf("%d goroutines, %d before", now, before)
	}
	b.open()
	if d := b.ended(r.ID); d.Run.State != workflow.RunInterrupted || !strings.HasPrefix(requestAnswer, d.Answer) || d.Answer == "" {
		t.Errorf("%s %q", d.Run.State, d.Answer)
	}
	if d := b.ended(queued.ID); d.Run.State != workflow.RunInterrupted || strings.Contains(d.Run.Error.Hint, "Continue") {
		t.Errorf("nothing of a queued run can be continued: %+v", d.Run.Error)
	}
}

func TestHistoryThatCannotBeReadKeepsNobodyOut(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Body: "# One\n"}))(t)
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	dir := b.history.Dir(p.ID)
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	breakHistory(t, dir)
	b.open()
	if got := b.doc(p, "request.md").Markdown; got != "# One\n" {
		t.Errorf("%q", got)
	}
	told := false
	for _, ev := range b.EventsSince(b.epoch, 0).Events {
		told = told || ev.Notice != nil && strings.Contains(ev.Notice.Message, "history")
	}
	if !told {
		t.Error("nobody was told that the history cannot be written")
	}
	ctx, cancel := context.WithCancel(b.ctx)
	cancel()
	if _, err := Open(ctx, Options{Dir: t.TempDir()}); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: %v", err)
	}
}

// breakHistory puts a file where the repository of a project was.
func breakHistory(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, []byte("not a repository"), 0o600); err != nil {
		t.Fatal(err)
	}
}

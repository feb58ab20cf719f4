package api

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

func decoded(t *testing.T, err error) workflow.Error {
	t.Helper()
	var e workflow.Error
	if err == nil {
		t.Fatal("no error")
	}
	if jsonErr := json.Unmarshal([]byte(err.Error()), &e); jsonErr != nil {
		t.Fatalf("an error reaches the front end as JSON: %q", err)
	}
	return e
}

func TestCallsWaitUntilTheEngineIsOpen(t *testing.T) {
	a := New(t.Context())
	answered := make(chan error, 1)
	go func() {
		_, err := a.Settings.Show()
		answered <- err
	}()
	select {
	case err := <-answered:
		t.Fatalf("answered before Open: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	e, err := engine.Open(t.Context(), engine.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	a.Open(e, nil)
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

func TestAnEngineThatDoesNotOpenAnswersEveryCall(t *testing.T) {
	a := New(t.Context())
	a.Open(nil, workflow.Errorf(workflow.Unavailable, "The folder cannot be written.").WithHint("Choose another."))
	_, err := a.App.Info()
	if e := decoded(t, err); e.Code != workflow.Unavailable || e.Hint == "" {
		t.Errorf("%+v", e)
	}
}

func TestTheEndOfTheWindowEndsWaitingCalls(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	a := New(ctx)
	cancel()
	_, err := a.Models.Status(false)
	if e := decoded(t, err); e.Code != workflow.Canceled {
		t.Errorf("%+v", e)
	}
}

func TestAPanicBecomesAnError(t *testing.T) {
	a := New(t.Context())
	a.Open(nil, nil) // every method of a nil engine panics
	_, err := a.Projects.Overview("x")
	e := decoded(t, err)
	if e.Code != workflow.Internal || e.Hint == "" || strings.Contains(e.Message, "nil pointer") {
		t.Errorf("%+v", e)
	}
	cause := errors.Unwrap(errors.Unwrap(err))
	if cause == nil || !strings.Contains(cause.Error(), "goroutine") {
		t.Errorf("the stack is the cause: %v", cause)
	}
}

func TestErrorsWithoutACodeAreInternal(t *testing.T) {
	e := decoded(t, Encode(errors.New("read spec.md: broken")))
	if e.Code != workflow.Internal || !strings.Contains(e.Message, "read spec.md: broken") || e.Hint == "" {
		t.Errorf("%+v", e)
	}
}

// TestBoundMethodsArePlain holds the structs to what Wails can carry: few
// methods, plain arguments, one result and an error.
func TestBoundMethodsArePlain(t *testing.T) {
	for _, noun := range New(t.Context()).Bound() {
		kind := reflect.TypeOf(noun)
		if n := kind.NumMethod(); n == 0 || n > 12 {
			t.Errorf("%v has %d methods", kind, n)
		}
		for m := range kind.Methods() {
			if m.Type.NumOut() != 2 || m.Type.Out(1) != reflect.TypeFor[error]() {
				t.Errorf("%v.%s does not return a result and an error", kind, m.Name)
			}
			for i := 1; i < m.Type.NumIn(); i++ {
				switch arg := m.Type.In(i); arg {
				case reflect.TypeFor[string](), reflect.TypeFor[int](), reflect.TypeFor[bool]():
				default:
					t.Errorf("%v.%s takes a %v", kind, m.Name, arg)
				}
			}
		}
	}
}

// attempt is what opening the data comes to.
type attempt struct {
	engine *engine.Engine
	err    error
}

func TestWhatCouldNotBeOpenedIsTriedAgain(t *testing.T) {
	a := New(t.Context())
	attempts := make(chan attempt)
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		a.Keep(t.Context(), func(context.Context) (*engine.Engine, error) {
			now := <-attempts
			return now.engine, now.err
		})
	}()
	opened := make(chan *engine.Engine)
	go func() {
		e, _ := a.Opened(t.Context())
		opened <- e
	}()
	refused := func(message string) attempt {
		return attempt{err: workflow.Errorf(workflow.Unavailable, "%s", message)}
	}
	attempts <- refused("First.")
	if _, err := a.App.Info(); decoded(t, err).Message != "First." {
		t.Errorf("info: %v", err)
	}
	go func() { attempts <- refused("Second.") }()
	if _, err := a.App.Retry(); decoded(t, err).Message != "Second." {
		t.Errorf("retry: %v", err)
	}
	e, err := engine.Open(t.Context(), engine.Options{Dir: t.TempDir(), Version: "7"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	go func() { attempts <- attempt{engine: e} }()
	if info, err := a.App.Retry(); err != nil || info.Version != "7" {
		t.Errorf("%+v, %v", info, err)
	}
	<-kept
	if <-opened != e {
		t.Error("who waits through failures did not get the engine")
	}
	if info, err := a.App.Retry(); err != nil || info.Version != "7" { // asked once too often
		t.Errorf("%+v, %v", info, err)
	}
}

func TestAnAttemptThatWasAskedForAtTheEndIsAnswered(t *testing.T) {
	a := New(t.Context())
	again, stop := a.core.listen()
	a.core.settle(nil, workflow.Errorf(workflow.Unavailable, "No."))
	a.core.retry()
	stop()
	if len(again) != 0 {
		t.Error("it is still asked for")
	}
	if _, err := a.App.Info(); decoded(t, err).Code != workflow.Canceled {
		t.Errorf("info: %v", err)
	}
}

func TestHandoffTellsFilesWithoutTheirTexts(t *testing.T) {
	e, err := engine.Open(t.Context(), engine.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	a := New(t.Context())
	a.Open(e, nil)
	p, err := e.CreateProject(t.Context(), workflow.NewProject{Name: "Tide table", Idea: "For sailors."})
	if err != nil {
		t.Fatal(err)
	}
	made, err := a.Projects.Handoff(p.ID, "", string(workflow.HandoffMarkdown), "", false)
	if err != nil || len(made.Files) != 1 || made.Files[0].Content != "" || made.Files[0].Size == 0 || made.Notes == nil {
		t.Errorf("%+v, %v", made, err)
	}
	_, err = a.Projects.Handoff(p.ID, "", "pdf", "", false)
	if e := decoded(t, err); e.Code != workflow.Invalid {
		t.Errorf("%+v", e)
	}
}

package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"plumbline/app/api"
	"plumbline/app/owner"
	"plumbline/app/server"
	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// session is one command being run.
type session struct {
	Env
	json  bool
	out   *printer
	err   *printer
	shown bool // progress stands on the terminal

	client  *client
	open    func() (*owner.Door, error) // opens the private door, when the data is open here
	closers []func() error
}

func newSession(env Env) *session {
	return &session{Env: env, out: newPrinter(env.Stdout, env.Getenv), err: newPrinter(env.Stderr, env.Getenv)}
}

// later puts off what must be closed when the command ends.
func (s *session) later(fn func() error) { s.closers = append(s.closers, fn) }

func (s *session) close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}

// connect reaches the data: through the process that has it open, or by opening it here.
func (s *session) connect(ctx context.Context) (*client, error) {
	if s.client != nil {
		return s.client, nil
	}
	opt, err := s.options(engine.DoorCommand)
	if err != nil {
		return nil, err
	}
	e, process, err := owner.Join(ctx, opt)
	if err != nil {
		return nil, err
	}
	if process != nil {
		s.client = &client{process.Client}
		s.later(func() error { process.Client.CloseIdleConnections(); return nil })
		return s.client, nil
	}
	s.later(e.Close)
	a := api.New(context.WithoutCancel(ctx))
	a.Open(e, nil)
	handler := server.New(a, server.Options{Owner: s.owner(engine.DoorCommand)})
	s.client = &client{inProcess(handler)}
	s.open = func() (*owner.Door, error) { return s.listen(opt.Dir, handler) }
	return s.client, nil
}

// meanwhile calls a method whose answer will be needed soon, so that it is known
// by then; what goes wrong shows when it is needed. The caller must call wait.
func (s *session) meanwhile(ctx context.Context, method string, args ...any) (wait func()) {
	cl, err := s.connect(ctx)
	if err != nil {
		return func() {}
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cl.call(ctx, method, new(json.RawMessage), args...)
	}()
	return func() { <-done }
}

// welcome lets other commands reach the data while this one holds it for long.
// What they run ends before this command does, unless the user stops both.
func (s *session) welcome(ctx context.Context) error {
	if s.open == nil {
		return nil
	}
	door, err := s.open()
	if err != nil {
		return err
	}
	s.later(func() error {
		if !door.Visited() {
			return nil
		}
		if err := s.linger(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		door.Wait(ctx)
		return nil
	})
	return nil
}

func (s *session) listen(dir string, handler http.Handler) (*owner.Door, error) {
	door, err := owner.Listen(dir, handler)
	if err != nil {
		return nil, err
	}
	s.later(door.Close)
	return door, nil
}

func (s *session) owner(door string) workflow.OwnerInfo {
	return workflow.OwnerInfo{PID: os.Getpid(), Version: s.Version, Door: door, Since: time.Now().UTC()}
}

// print writes v as JSON, or lets text write it for people.
func (s *session) print(v any, text func(*printer)) error {
	if s.json {
		return writeJSON(s.Stdout, v)
	}
	text(s.out)
	return s.out.err
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

// say tells on standard error what is not part of the result.
func (s *session) say(format string, args ...any) {
	if !s.json {
		s.err.line(format, args...)
	}
}

// withoutData reaches what needs no data, so that none is opened.
func (s *session) withoutData(ctx context.Context) *client {
	return &client{inProcess(server.New(api.New(ctx), server.Options{}))}
}

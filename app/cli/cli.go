// Package cli owns the commands of Plumbline, over one client of its HTTP door:
// the same whether a window has the data open or nobody has.
package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/alecthomas/kong"

	"plumbline/backend/workflow"
)

// Exit codes.
const (
	exitOK       = 0
	exitFailed   = 1
	exitUsage    = 2
	exitClosed   = 3
	exitCanceled = 130
)

// Env is what the commands take from the process around them.
type Env struct {
	// Args are the arguments without the program's name.
	Args   []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	// Program is the path of the running program; its sibling is the window.
	Program string
	Version string
	// Assets holds the built front end, for serve.
	Assets fs.FS
}

// Main runs one command and returns its exit code. Ending ctx means that the
// user wants to stop.
func Main(ctx context.Context, env Env) int {
	s := newSession(env)
	err := s.dispatch(ctx)
	if closeErr := s.close(); err == nil {
		err = closeErr
	}
	return s.report(ctx, err)
}

// dispatch finds the command and runs it.
func (s *session) dispatch(ctx context.Context) error {
	if len(s.Args) == 0 {
		return s.launch(ctx)
	}
	var root commands
	exited := false
	args := helpArgs(s.Args)
	parser, err := newParser(&root, s.Env, args, func(int) { exited = true })
	if err != nil {
		return fmt.Errorf("read the commands: %w", err)
	}
	parsed, err := parser.Parse(args)
	if exited { // the help has been printed
		return nil
	}
	s.json = root.JSON
	if err != nil {
		return usage(err)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(s)
}

// helpArgs turns "help gate" into "gate --help".
func helpArgs(args []string) []string {
	if args[0] != "help" {
		return args
	}
	return append(append([]string{}, args[1:]...), "--help")
}

// usageError is a command line that cannot be read.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage turns a parser's error into one for a person.
func usage(err error) error {
	var parse *kong.ParseError
	help := "plumbline help"
	if errors.As(err, &parse) && parse.Context != nil {
		if node := parse.Context.Selected(); node != nil {
			help += " " + node.Path()
		}
	}
	text := strings.TrimSuffix(err.Error(), ".")
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.HasSuffix(text, "?") {
		text += "."
	}
	return usageError{workflow.Errorf(workflow.Invalid, "%s", text).WithHint("See “%s”.", strings.TrimSpace(help))}
}

// quiet is an exit code whose reason has been printed already.
type quiet int

func (quiet) Error() string { return "" }

// report tells the user what went wrong and returns the exit code.
func (s *session) report(ctx context.Context, err error) int {
	if err == nil {
		return exitOK
	}
	var code quiet
	if errors.As(err, &code) {
		return int(code)
	}
	e := workflow.Describe(err)
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		e = workflow.Errorf(workflow.Canceled, "Canceled.")
	}
	if s.json {
		// Standard error is the last place to tell anything.
		_ = json.NewEncoder(s.Stderr).Encode(e)
	} else {
		s.err.line("%s %s", s.err.red("error:"), clean(e.Message))
		if e.Hint != "" {
			s.err.line("%s %s", s.err.dim("hint:"), clean(e.Hint))
		}
	}
	return exitCode(err, e.Code)
}

func exitCode(err error, code workflow.Code) int {
	var wrong usageError
	switch {
	case errors.As(err, &wrong):
		return exitUsage
	case code == workflow.Closed:
		return exitClosed
	case code == workflow.Canceled:
		return exitCanceled
	}
	return exitFailed
}

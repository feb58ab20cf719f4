package prompt

import (
	"errors"
	"fmt"
	"strings"

	"plumbline/backend/workflow"
)

// Problem is something about a file of the library: why it is left out, or what
// is doubtful about it.
type Problem struct {
	// Source says whether the file is built in or the user's.
	Source workflow.Source `json:"source"`
	File   string          `json:"file"`
	Line   int             `json:"line"` // from 1; 0 where it is about the file as a whole
	// Message says what is wrong and what was expected, in a sentence without file and line.
	Message string        `json:"message"`
	Hint    string        `json:"hint"`
	Code    workflow.Code `json:"code"`
	// Doubt says that the file is used all the same.
	Doubt bool `json:"doubt"`

	text string // the message as it goes on after file and line
}

// Error returns the message with file and line before it.
func (p Problem) Error() string {
	switch {
	case p.File == "":
		return p.Message
	case p.Line == 0:
		return fmt.Sprintf("%s: %s", p.File, p.text)
	}
	return fmt.Sprintf("%s, line %d: %s", p.File, p.Line, p.text)
}

// Unwrap returns the problem as an error for a person.
func (p Problem) Unwrap() error {
	return &workflow.Error{Code: p.Code, Message: p.Error(), Hint: p.Hint}
}

// ProblemOf takes an error of this package's parsers apart. Another error
// becomes a problem without a file.
func ProblemOf(err error) Problem {
	told := workflow.Describe(err)
	p := Problem{Message: told.Message, Hint: told.Hint, Code: told.Code}
	var at *place
	if errors.As(err, &at) {
		p.File, p.Line, p.text, p.Message = at.file, at.line, at.text, upperFirst(at.text)
	}
	return p
}

// faults are all that is wrong with a file, in the order of its lines. The first
// speaks for them where there is room for one.
type faults []*workflow.Error

func (f faults) Error() string { return f[0].Error() }

// err returns the faults as an error, nil when there are none.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return f
}

func (f faults) Unwrap() []error {
	all := make([]error, len(f))
	for i, err := range f {
		all[i] = err
	}
	return all
}

// ProblemsOf takes an error of this package's parsers apart, into a problem for
// each mistake in the file.
func ProblemsOf(err error) []Problem {
	var all faults
	if !errors.As(err, &all) {
		return []Problem{ProblemOf(err)}
	}
	found := make([]Problem, len(all))
	for i, one := range all {
		found[i] = ProblemOf(one)
	}
	return found
}

// place is where in a file something was found.
type place struct {
	file string
	line int // 0 for the file as a whole
	text string
	err  error
}

func (p *place) Error() string { return p.text }
func (p *place) Unwrap() error { return p.err }

// errorAt is the one form of an error in a file.
func errorAt(file string, line int, format string, args ...any) *workflow.Error {
	return faulty(workflow.Invalid, &place{file: file, line: line, text: fmt.Sprintf(format, args...) + "."})
}

// errorIn is an error about a file as a whole.
func errorIn(code workflow.Code, file, format string, args ...any) *workflow.Error {
	err := fmt.Errorf(format, args...)
	return faulty(code, &place{file: file, text: err.Error() + ".", err: errors.Unwrap(err)})
}

func faulty(code workflow.Code, at *place) *workflow.Error {
	return &workflow.Error{Code: code, Message: Problem{File: at.file, Line: at.line, text: at.text}.Error(), Err: at}
}

// doubtAt is something to look at in a file that is used all the same.
func doubtAt(file string, line int, format string, args ...any) Problem {
	p := ProblemOf(errorAt(file, line, format, args...))
	p.Doubt = true
	return p
}

// upperFirst begins a sentence.
func upperFirst(s string) string {
	if s != "" && s[0] >= 'a' && s[0] <= 'z' {
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

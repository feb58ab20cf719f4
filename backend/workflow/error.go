package workflow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// Code sorts errors by what can be done about them.
type Code string

// The codes. A door decides presentation by these alone.
const (
	Invalid      Code = "invalid"      // the input is wrong; change it
	NotFound     Code = "not_found"    // it is not there
	Conflict     Code = "conflict"     // something changed in between, or a rule forbids it now
	Closed       Code = "closed"       // a gate is closed
	Unavailable  Code = "unavailable"  // a disk, a server or a model does not answer
	Unauthorized Code = "unauthorized" // a key or a token was refused
	Limit        Code = "limit"        // too large, too long, too many
	Canceled     Code = "canceled"     // a person stopped it
	Internal     Code = "internal"     // our mistake
)

// Error is an error for a person: what happened, naming the thing, and the way out.
type Error struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Err is the cause, for errors.Is and logs; it is never shown alone.
	Err error `json:"-"`
}

// Error returns the message. The hint is shown apart from it.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error. A %w in the format becomes its cause.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: errors.Unwrap(err)}
}

// WithHint sets the way out and returns the error.
func (e *Error) WithHint(format string, args ...any) *Error {
	e.Hint = fmt.Sprintf(format, args...)
	return e
}

// CodeOf returns the code of the first Error in the chain of err, else Internal;
// it returns the empty code for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Describe returns the first Error in the chain of err or, when nobody has said
// what it means to a person, one that says so. It returns nil for nil.
func Describe(err error) *Error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.Canceled):
		return &Error{Code: Canceled, Message: "Stopped.", Hint: "Nothing was changed. Start it again when you want.", Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &Error{Code: Unavailable, Message: "It took too long.", Hint: "Try again in a moment.", Err: err}
	}
	return &Error{
		Code: Internal, Message: fmt.Sprintf("Something went wrong inside Plumbline: %v.", err), Err: err,
		Hint: "Try again. If it happens again, “plumbline doctor” looks for the cause.",
	}
}

// Panicked makes an Error of a recovered panic; the stack is its cause. It must
// be called by the function that recovers.
func Panicked(p any) *Error {
	return &Error{
		Code:    Internal,
		Message: "Something went wrong inside Plumbline. Nothing you saved is lost.",
		Hint:    "Try again. If it happens again, report what you did before it.",
		Err:     fmt.Errorf("%v\n%s", p, debug.Stack()),
	}
}

package workflow

import (
	"errors"
	"fmt"
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

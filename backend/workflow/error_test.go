package workflow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestDescribeSpeaksToAPerson(t *testing.T) {
	known := Errorf(Limit, "Too long.").WithHint("Shorten it.")
	for name, tc := range map[string]struct {
		err  error
		code Code
	}{
		"known":     {known, Limit},
		"wrapped":   {fmt.Errorf("save: %w", known), Limit},
		"unknown":   {errors.New("input/output error"), Internal},
		"canceled":  {fmt.Errorf("ask: %w", context.Canceled), Canceled},
		"timed out": {context.DeadlineExceeded, Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			d := Describe(tc.err)
			if d.Code != tc.code || d.Message == "" || d.Hint == "" || strings.Contains(d.Message, "context") || !errors.Is(tc.err, d) && !errors.Is(d, tc.err) {
				t.Errorf("%+v", d)
			}
		})
	}
	if Describe(nil) != nil {
		t.Error("nothing has happened")
	}
}

func TestPanickedHidesTheStackAndKeepsIt(t *testing.T) {
	defer func() {
		e := Panicked(recover())
		if e.Code != Internal || strings.Contains(e.Message, "boom") || !strings.Contains(e.Err.Error(), "boom") || !strings.Contains(e.Err.Error(), "error_test.go") {
			t.Errorf("%+v", e)
		}
	}()
	panic("boom")
}

package server

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"plumbline/app/api"
	"plumbline/backend/workflow"
)

// Sums is bound for the tests.
type Sums struct{}

// Add adds.
func (Sums) Add(a, b int) (int, error) { return a + b, nil }

// None returns a list that is nil.
func (Sums) None() ([]string, error) { return nil, nil }

// Refuse fails as a bound method does.
func (Sums) Refuse() (int, error) {
	return 0, api.Encode(workflow.Errorf(workflow.Closed, "Closed.").WithHint("Wait."))
}

// Break panics.
func (Sums) Break() (int, error) { panic("broken") }

// Plain fails without a code.
func (Sums) Plain() (int, error) { return 0, errors.New("plain") }

func rpcMux() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /rpc/{noun}/{method}", newRPC([]any{&Sums{}}))
	return mux
}

func TestRPC(t *testing.T) {
	for name, c := range map[string]struct {
		call, body string
		status     int
		want       string // of the answer
	}{
		"result":         {"Sums/Add", `[2,3]`, 200, `{"result":5}`},
		"nil list":       {"Sums/None", `[]`, 200, `{"result":[]}`},
		"error":          {"Sums/Refuse", `[]`, 409, `{"code":"closed","message":"Closed.","hint":"Wait."}`},
		"plain error":    {"Sums/Plain", `[]`, 500, `inside Plumbline: plain."`},
		"panic":          {"Sums/Break", `[]`, 500, `"code":"internal"`},
		"unknown method": {"Sums/Divide", `[]`, 404, `There is no call Sums/Divide.`},
		"unknown noun":   {"Products/Add", `[]`, 404, `"code":"not_found"`},
		"too few":        {"Sums/Add", `[2]`, 400, `takes 2 arguments, not 1`},
		"too many":       {"Sums/Add", `[2,3,4]`, 400, `takes 2 arguments, not 3`},
		"wrong type":     {"Sums/Add", `[2,"three"]`, 400, `Argument 2 of Sums/Add is not a int.`},
		"no array":       {"Sums/Add", `{"a":2}`, 400, `"code":"invalid"`},
		"no JSON":        {"Sums/Add", `2,3`, 400, `"code":"invalid"`},
		"too large":      {"Sums/Add", `[` + strings.Repeat(" ", MaxBody) + `2,3]`, 413, `"code":"limit"`},
	} {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			rpcMux().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/rpc/"+c.call, strings.NewReader(c.body)))
			if w.Code != c.status || !strings.Contains(w.Body.String(), c.want) {
				t.Errorf("%d %s, want %d with %s", w.Code, w.Body, c.status, c.want)
			}
		})
	}
}

func TestPanicsDoNotShowTheirStack(t *testing.T) {
	w := httptest.NewRecorder()
	rpcMux().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/rpc/Sums/Break", strings.NewReader("[]")))
	if body := w.Body.String(); strings.Contains(body, "goroutine") || strings.Contains(body, "broken") {
		t.Errorf("the answer tells too much: %s", body)
	}
}

func TestEveryBoundMethodCanBeCalled(t *testing.T) {
	a := api.New(t.Context())
	a.Open(nil, workflow.Errorf(workflow.Unavailable, "No data."))
	calls := newRPC(a.Bound()).methods
	if len(calls) < 20 {
		t.Fatalf("only %d methods are bound", len(calls))
	}
	h := New(a, Options{})
	for name, fn := range calls {
		args := make([]any, fn.Type().NumIn())
		for i := range args {
			args[i] = map[string]any{"string": "", "int": 0, "bool": false}[fn.Type().In(i).Kind().String()]
		}
		body, err := json.Marshal(args)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/rpc/"+name, strings.NewReader(string(body))))
		answer, err := io.ReadAll(w.Body)
		if err != nil {
			t.Fatal(err)
		}
		if w.Code != http.StatusServiceUnavailable || !strings.Contains(string(answer), `"No data."`) {
			t.Errorf("%s answers %d %s", name, w.Code, answer)
		}
	}
}

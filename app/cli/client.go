package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"plumbline/backend/workflow"
)

// client calls the door of whoever has the data open.
type client struct{ http *http.Client }

const base = "http://plumbline"

// call calls a bound method, for example "Gates/Show". out may be nil.
func (c *client) call(ctx context.Context, method string, out any, args ...any) error {
	if args == nil {
		args = []any{}
	}
	result := struct {
		Result any `json:"result"`
	}{out}
	return c.do(ctx, http.MethodPost, "/rpc/"+method, args, &result)
}

func (c *client) get(ctx context.Context, path string, out any) error {
	return c.do(ctx, http.MethodGet, path, nil, out)
}

// do sends in as JSON and reads the answer into out. An error comes back as the workflow.Error it was.
func (c *client) do(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("write the request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	resp, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return failure(resp)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

func (c *client) send(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, base+path, body)
	if err != nil {
		return nil, fmt.Errorf("write the request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	switch {
	case ctx.Err() != nil && err != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, gone(err)
	}
	return resp, nil
}

// gone is the error for an owner of the data that does not answer any more.
func gone(err error) error {
	return workflow.Errorf(workflow.Unavailable, "The Plumbline that has the data open was closed: %w", err).
		WithHint("Try again. What was acknowledged is saved.")
}

func failure(resp *http.Response) error {
	e := &workflow.Error{}
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return gone(err)
	}
	if json.Unmarshal(text, e) != nil || e.Code == "" {
		return workflow.Errorf(workflow.Internal, "Plumbline answered %s.", resp.Status)
	}
	return e
}

// data builds a path under /data, and at its end a query of pairs that are not empty.
func data(parts []string, query ...string) string {
	path := "/data"
	for _, p := range parts {
		path += "/" + url.PathEscape(p)
	}
	values := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			values.Set(query[i], query[i+1])
		}
	}
	if len(values) > 0 {
		path += "?" + values.Encode()
	}
	return path
}

func inProject(id, what string, query ...string) string {
	return data([]string{"projects", id, what}, query...)
}

func ofRun(id string, what ...string) string {
	return data(append([]string{"runs", id}, what...))
}

// eventStream is an open stream of events. The caller closes it.
type eventStream struct {
	body  io.ReadCloser
	lines *bufio.Reader
}

// events follows what happens from now on: what a later call causes is in it.
func (c *client) events(ctx context.Context) (*eventStream, error) {
	resp, err := c.send(ctx, http.MethodGet, "/events", nil)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, failure(resp)
	}
	s := &eventStream{resp.Body, bufio.NewReaderSize(resp.Body, 64<<10)}
	if _, err := s.next(); err != nil { // says where the stream begins
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *eventStream) close() error { return s.body.Close() }

// next waits for the next event.
func (s *eventStream) next() (e workflow.Event, err error) {
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			return e, gone(err)
		}
		data, found := strings.CutPrefix(line, "data: ")
		if !found {
			continue
		}
		if err := json.Unmarshal([]byte(data), &e); err != nil {
			return e, fmt.Errorf("read an event: %w", err)
		}
		return e, nil
	}
}

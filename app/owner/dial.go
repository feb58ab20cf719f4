package owner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"plumbline/backend/workflow"
)

// ErrNobody says that no process has the data folder open.
var ErrNobody = errors.New("nobody has the data folder open")

// dialPatience bounds the handshake with a process that may hang.
const dialPatience = 2 * time.Second

// Process is the one that has a data folder open, seen from another one.
type Process struct {
	Info workflow.OwnerInfo
	// Client reaches its door under whatever host name.
	Client *http.Client
}

// Raise asks the process to show itself to the user.
func (p *Process) Raise(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, dialPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://plumbline/rpc/App/Raise", strings.NewReader("[]"))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := p.Client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the answer is %s", resp.Status)
	}
	return nil
}

// Dial finds the process that has a data folder open. It returns ErrNobody when
// nobody answers.
func Dial(ctx context.Context, dir string) (*Process, error) { return dial(ctx, dir, runtime.GOOS) }

func dial(ctx context.Context, dir, system string) (*Process, error) {
	if system == "windows" {
		at, err := readAddress(dir)
		if err != nil {
			return nil, ErrNobody
		}
		return greet(ctx, newTransport("tcp", at.Addr, at.Token))
	}
	paths, err := socketPaths(dir)
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if _, err := os.Lstat(path); err != nil || checkPrivate(filepath.Dir(path)) != nil {
			continue
		}
		owner, err := greet(ctx, newTransport("unix", path, ""))
		if !errors.Is(err, ErrNobody) {
			return owner, err
		}
	}
	return nil, ErrNobody
}

func readAddress(dir string) (at address, err error) {
	text, err := os.ReadFile(filepath.Join(dir, tokenFile))
	if err != nil {
		return at, err
	}
	return at, json.Unmarshal(text, &at)
}

// greet asks the process at the other end who it is.
func greet(ctx context.Context, t http.RoundTripper) (*Process, error) {
	owner := &Process{Client: &http.Client{Transport: t}}
	ctx, cancel := context.WithTimeout(ctx, dialPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://plumbline/hello", nil)
	if err != nil {
		return nil, fmt.Errorf("ask who owns the data: %w", err)
	}
	resp, err := owner.Client.Do(req)
	if errors.Is(err, context.DeadlineExceeded) {
		return nil, workflow.Errorf(workflow.Unavailable, "The Plumbline that has the data open does not answer: %w", err).
			WithHint("Close it, or end its process, and try again.")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNobody, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: the answer is %s", ErrNobody, resp.Status)
	}
	if err := json.NewDecoder(resp.Body).Decode(&owner.Info); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNobody, err)
	}
	return owner, nil
}

// newTransport sends every request to one address.
func newTransport(network, addr, token string) http.RoundTripper {
	dialer := &net.Dialer{}
	t := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, addr)
	}}
	if token == "" {
		return t
	}
	return bearer{t, token}
}

type bearer struct {
	next  http.RoundTripper
	token string
}

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return b.next.RoundTrip(r)
}

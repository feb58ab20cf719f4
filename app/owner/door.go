package owner

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

const (
	// closePatience is how long calls that are under way may take when the door closes.
	closePatience = 3 * time.Second
	// headerPatience bounds the head of a request.
	headerPatience = 30 * time.Second
	// tokenFile holds address and token of the private door where there are no private sockets.
	tokenFile = "owner.json"
)

// Door is the private door of the process that has a data folder open.
type Door struct {
	server *http.Server
	cancel context.CancelFunc
	done   chan struct{}
	remove func() error

	mu     sync.Mutex
	guests int           // open connections
	known  bool          // somebody has come since it was opened
	left   chan struct{} // closed when the last one leaves; nil while there is none
}

// Listen opens the private door of a data folder and serves handler at it. The
// caller must hold the lock of the folder, so that a socket that is already
// there can only be left over, and must close the door before it lets go of the lock.
func Listen(dir string, handler http.Handler) (*Door, error) {
	ln, token, remove, err := listen(dir, runtime.GOOS)
	if err != nil {
		return nil, fmt.Errorf("open the private door: %w", err)
	}
	if token != "" {
		handler = requireToken(token, handler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	d := &Door{cancel: cancel, done: make(chan struct{}), remove: remove, server: &http.Server{
		Handler:           handler,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: headerPatience,
	}}
	d.server.ConnState = d.count
	go func() {
		defer close(d.done)
		_ = d.server.Serve(ln) // returns when Close is called
	}()
	return d, nil
}

// count keeps the number of open connections.
func (d *Door) count(_ net.Conn, state http.ConnState) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch state {
	case http.StateNew:
		d.known = true
		if d.guests++; d.guests == 1 {
			d.left = make(chan struct{})
		}
	case http.StateClosed, http.StateHijacked:
		if d.guests--; d.guests == 0 {
			close(d.left)
			d.left = nil
		}
	}
}

// Visited reports whether anybody has come through the door.
func (d *Door) Visited() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known
}

// Wait returns when nobody is connected any more, or when ctx or patience is
// over: who has just heard that their run has ended still fetches its answer.
func (d *Door) Wait(ctx context.Context) {
	d.mu.Lock()
	left := d.left
	d.mu.Unlock()
	if left == nil {
		return
	}
	select {
	case <-left:
	case <-ctx.Done():
	case <-time.After(closePatience):
	}
}

// Close takes no more calls, ends event streams, and waits a moment for calls under way.
func (d *Door) Close() error {
	d.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	err := d.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = d.server.Close()
	}
	<-d.done
	return errors.Join(err, d.remove())
}

func listen(dir, system string) (ln net.Listener, token string, remove func() error, err error) {
	if system == "windows" {
		return listenToken(dir)
	}
	paths, err := socketPaths(dir)
	if err != nil {
		return nil, "", nil, err
	}
	err = errors.New("no path is short enough for a socket")
	for _, path := range paths {
		if err = privateDir(filepath.Dir(path)); err != nil {
			continue
		}
		if err = os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			continue
		}
		if ln, err = net.Listen("unix", path); err != nil {
			continue
		}
		if err = os.Chmod(path, 0o600); err != nil {
			_ = ln.Close() // the error of Chmod is the one to tell
			continue
		}
		return ln, "", func() error { return nil }, nil // closing the listener removes the socket
	}
	return nil, "", nil, err
}

// address is what the token file holds.
type address struct {
	Addr  string `json:"addr"`
	Token string `json:"token"`
}

// listenToken listens on loopback and leaves the address with a token in the data folder.
func listenToken(dir string) (net.Listener, string, func() error, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", nil, err
	}
	at := address{Addr: ln.Addr().String(), Token: rand.Text()}
	path := filepath.Join(dir, tokenFile)
	text, err := json.Marshal(at)
	if err == nil {
		err = errors.Join(os.WriteFile(path+".new", text, 0o600), os.Rename(path+".new", path))
	}
	if err != nil {
		return nil, "", nil, errors.Join(err, ln.Close())
	}
	return ln, at.Token, func() error { return os.Remove(path) }, nil
}

func requireToken(token string, next http.Handler) http.Handler {
	want := []byte("Bearer " + token)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1 {
			http.Error(w, "This door is private.", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

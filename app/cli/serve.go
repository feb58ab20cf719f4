package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"plumbline/app/api"
	"plumbline/app/owner"
	"plumbline/app/server"
	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// stopPatience is how long calls under way may take when serve ends.
const stopPatience = 3 * time.Second

// usualGrowth is by how many per cent the memory of a program grows before it is
// tidied, unless it is told otherwise.
const usualGrowth = 100

type serveCmd struct {
	Port int  `help:"The port on this machine; without it, any that is free." placeholder:"N"`
	Open bool `help:"Open the pages in the browser."`
}

func (serveCmd) Help() string {
	return "Nobody else on the network can reach the pages. The link that is printed works once; run serve again, in another terminal, for a further one. " +
		"Data that cannot be opened ends serve; with --open the browser says why, and can try again."
}

func (c *serveCmd) Run(ctx context.Context, s *session) error {
	if s.Getenv("GOGC") == "" {
		debug.SetGCPercent(usualGrowth)
	}
	opt, err := s.options(engine.DoorServe)
	if err != nil {
		return err
	}
	e, process, err := owner.Join(ctx, opt)
	if err == nil && process != nil {
		return c.another(ctx, s, process)
	}
	if err != nil && !c.Open {
		return err
	}
	if err == nil {
		s.later(e.Close)
	}
	return c.serve(ctx, s, opt, e, err)
}

// link is what serve prints.
type link struct {
	URL string `json:"url"`
}

// another asks the serve that is running for a further link.
func (c *serveCmd) another(ctx context.Context, s *session, p *owner.Process) error {
	if p.Info.Door != engine.DoorServe {
		return taken(p)
	}
	var l link
	if err := (&client{p.Client}).do(ctx, "POST", "/link", struct{}{}, &l); err != nil {
		return err
	}
	if err := c.announce(s, l, "The link works once. It leads to the Plumbline that serves already; this command has ended."); err != nil {
		return err
	}
	if u, err := url.Parse(l.URL); err == nil && c.Port > 0 && u.Port() != strconv.Itoa(c.Port) {
		s.say("%s that one keeps its port; %d is not used. End it first to choose another.", s.err.yellow("warning:"), c.Port)
	}
	return nil
}

// taken says that another Plumbline has the data open.
func taken(p *owner.Process) error {
	return workflow.Errorf(workflow.Conflict, "Plumbline has the data open already, as %s.", p.Info.Door).
		WithHint("Use it there, or close it first.")
}

// serve serves the pages until ctx ends. Without an engine, because of failed, the
// page tells why and can have the data opened again.
func (c *serveCmd) serve(ctx context.Context, s *session, opt engine.Options, e *engine.Engine, failed error) error {
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", fmt.Sprint(c.Port)))
	if err != nil {
		return workflow.Errorf(workflow.Unavailable, "Port %d cannot be used: %w", c.Port, err).
			WithHint("Choose another one with --port, or leave it out.")
	}
	a := api.New(context.WithoutCancel(ctx))
	handler := server.New(a, server.Options{Assets: s.Assets, Owner: s.owner(engine.DoorServe)})
	guard := server.NewGuard(ln.Addr().(*net.TCPAddr).Port)
	private := withLinks(guard, handler)
	if failed == nil {
		if _, err := s.listen(opt.Dir, private); err != nil {
			return errors.Join(err, ln.Close())
		}
	}
	defer s.keep(ctx, a, opt, private, e, failed)()
	web := &http.Server{
		Handler:           guard.Wrap(handler),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: stopPatience,
	}
	return c.hold(ctx, s, web, ln, guard)
}

// hold serves until ctx ends.
func (c *serveCmd) hold(ctx context.Context, s *session, web *http.Server, ln net.Listener, guard *server.Guard) error {
	failed := make(chan error, 1)
	go func() { failed <- web.Serve(ln) }()
	if err := c.announce(s, link{guard.Link()}, "The link works once. Ctrl C stops."); err != nil {
		return errors.Join(err, web.Close())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serve the pages: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	if err := web.Shutdown(stop); err != nil {
		return errors.Join(fmt.Errorf("stop serving: %w", err), web.Close())
	}
	return nil
}

// keep hands the engine, or why there is none, to the API, and opens the data
// each time the page asks for it after a failure. The function it returns ends that.
func (s *session) keep(ctx context.Context, a *api.API, opt engine.Options, private http.Handler, e *engine.Engine, failed error) func() {
	if failed == nil {
		a.Open(e, nil)
		return func() {}
	}
	_ = s.report(ctx, failed) // told in the terminal, too; serve goes on
	ctx, cancel := context.WithCancel(ctx)
	var keeping sync.WaitGroup
	keeping.Go(func() {
		a.Keep(ctx, func(ctx context.Context) (*engine.Engine, error) {
			if err := failed; err != nil { // known already, of the first attempt
				failed = nil
				return nil, err
			}
			return s.reopen(ctx, opt, private)
		})
	})
	return func() { cancel(); keeping.Wait() }
}

// reopen opens the data and the private door once more.
func (s *session) reopen(ctx context.Context, opt engine.Options, private http.Handler) (*engine.Engine, error) {
	e, process, err := owner.Join(ctx, opt)
	if err == nil && process != nil {
		err = taken(process)
	}
	if err != nil {
		return nil, err
	}
	door, err := owner.Listen(opt.Dir, private)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	s.later(e.Close)
	s.later(door.Close)
	return e, nil
}

// withLinks lets the user's other terminals ask for a further link.
func withLinks(guard *server.Guard, next http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /link", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = writeJSON(w, link{guard.Link()}) // whoever asked has gone if this fails
	})
	mux.Handle("/", next)
	return mux
}

func (c *serveCmd) announce(s *session, l link, note string) error {
	err := s.print(l, func(out *printer) {
		out.line("Plumbline is at %s", out.bold(l.URL))
		s.say("%s", s.err.dim(note))
	})
	if err == nil && c.Open {
		if err := openBrowser(l.URL); err != nil {
			s.say("%s no browser could be opened. Open the link yourself.", s.err.yellow("warning:"))
		}
	}
	return err
}

func openBrowser(url string) error {
	switch runtime.GOOS {
	case "windows":
		return start("rundll32", "url.dll,FileProtocolHandler", url)
	case "darwin":
		return start("open", url)
	}
	return start("xdg-open", url)
}

// start begins a program that goes on without us.
func start(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return err
	}
	return cmd.Process.Release()
}

// launch opens the window when there is one and a display for it, else it serves.
func (s *session) launch(ctx context.Context) error {
	if window := s.window(); window != "" {
		if err := start(window); err != nil {
			return workflow.Errorf(workflow.Unavailable, "The window %s cannot be opened: %w", window, err).
				WithHint("Use “plumbline serve” instead.")
		}
		return nil
	}
	return (&serveCmd{Open: s.hasDisplay()}).Run(ctx, s)
}

// window returns the path of the window's program beside this one, if it can be shown.
func (s *session) window() string {
	name := "plumbline-desktop"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := filepath.Join(filepath.Dir(s.Program), name)
	if info, err := os.Stat(path); err != nil || info.IsDir() || !s.hasDisplay() {
		return ""
	}
	return path
}

func (s *session) hasDisplay() bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return true
	}
	return s.Getenv("DISPLAY") != "" || s.Getenv("WAYLAND_DISPLAY") != ""
}

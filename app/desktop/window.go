//go:build desktop || bindings

package desktop

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	goruntime "runtime"
	"sync"
	"time"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/menu"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"plumbline/app/api"
	"plumbline/app/owner"
	"plumbline/app/server"
	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// Available says whether this build has a window.
const Available = true

// eventName is the one event of Wails that is used.
const eventName = "plumbline"

//go:embed icon.png
var icon []byte

// window is the one window, and what it keeps open.
type window struct {
	opt   Options
	dir   string
	place place
	api   *api.API

	life    context.Context // ends with the window
	end     context.CancelFunc
	started chan struct{}   // closed when ctx is set
	ctx     context.Context // of Wails
	opened  sync.WaitGroup  // the goroutines of startup

	engine *engine.Engine
	door   *owner.Door
}

// Run shows the window until it is closed; Wails itself listens for the signals
// that end a program. When the data is open
// elsewhere, it asks the other window to come to the front and returns.
func Run(ctx context.Context, opt Options) (err error) {
	dir, err := owner.DataDir(opt.Getenv)
	if err != nil {
		return err
	}
	w := &window{opt: opt, dir: dir, api: api.New(ctx), started: make(chan struct{})}
	w.life, w.end = context.WithCancel(ctx)
	defer w.end()
	if !generating {
		if raised, err := w.raiseOther(ctx); raised || err != nil {
			return err
		}
		if err := checkDisplay(opt.Getenv); err != nil {
			return err
		}
		w.place = readPlace(dir)
	}
	if err := wails.Run(w.options()); err != nil {
		return fmt.Errorf("show the window: %w", err)
	}
	return nil
}

// checkDisplay tells about a missing display in a sentence; GTK would panic.
func checkDisplay(getenv func(string) string) error {
	if goruntime.GOOS == "windows" || goruntime.GOOS == "darwin" || getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != "" {
		return nil
	}
	return workflow.Errorf(workflow.Unavailable, "There is no display to show a window on.").
		WithHint("Use “plumbline serve”, or set DISPLAY.")
}

// raiseOther brings the process to the front that has the data open for people.
func (w *window) raiseOther(ctx context.Context) (raised bool, err error) {
	p, err := owner.Dial(ctx, w.dir)
	if errors.Is(err, owner.ErrNobody) {
		return false, nil
	}
	if err != nil || p.Info.Door == engine.DoorCommand { // a command ends soon; startup waits for it
		return false, err
	}
	return true, w.raise(ctx, p)
}

func (w *window) raise(ctx context.Context, p *owner.Process) error {
	if err := p.Raise(ctx); err != nil {
		return fmt.Errorf("bring the other window to the front: %w", err)
	}
	w.opt.Say(fmt.Sprintf("Plumbline is open already (%s, process %d); it was brought to the front.", p.Info.Door, p.Info.PID))
	return nil
}

func (w *window) options() *options.App {
	background := options.NewRGB(0xfd, 0xfc, 0xfa)
	if w.place.Dark {
		background = options.NewRGB(0x19, 0x1c, 0x21)
	}
	state := options.Normal
	if w.place.Maximised {
		state = options.Maximised
	}
	return &options.App{
		Title:            "Plumbline",
		Width:            w.place.Width,
		Height:           w.place.Height,
		MinWidth:         minWidth,
		MinHeight:        minHeight,
		WindowStartState: state,
		BackgroundColour: background,
		AssetServer:      &assetserver.Options{Assets: w.opt.Assets, Handler: server.DataHandler(w.api)},
		Menu:             appMenu(),
		Logger:           logger.NewDefaultLogger(),
		OnStartup:        w.startup,
		OnBeforeClose:    w.beforeClose,
		OnShutdown:       w.shutdown,
		Bind:             append(w.api.Bound(), &Dialogs{w}),
		Linux:            &linux.Options{Icon: icon, ProgramName: "plumbline", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
		Mac:              &mac.Options{About: &mac.AboutInfo{Title: "Plumbline " + w.opt.Version, Icon: icon}},
	}
}

// appMenu is needed on macOS, where copy and paste are reached through it.
func appMenu() *menu.Menu {
	if goruntime.GOOS != "darwin" {
		return nil
	}
	return menu.NewMenuFromItems(menu.AppMenu(), menu.EditMenu(), menu.WindowMenu())
}

// startup runs beside the page, whose calls wait until the engine is open.
func (w *window) startup(ctx context.Context) {
	w.ctx = ctx
	w.opened.Go(func() { w.api.Keep(w.life, w.open) })
	close(w.started)
	w.settle()
}

// open opens the engine, its private door and the bridge of events.
func (w *window) open(ctx context.Context) (*engine.Engine, error) {
	e, other, err := w.join(ctx)
	if other != nil && err == nil {
		err = w.raise(ctx, other)
		if err == nil {
			err = workflow.Errorf(workflow.Conflict, "Plumbline is open already.")
		}
		runtime.Quit(w.ctx)
	}
	if err != nil {
		return nil, err
	}
	info := workflow.OwnerInfo{PID: os.Getpid(), Version: w.opt.Version, Door: engine.DoorWindow, Since: time.Now().UTC()}
	door, err := owner.Listen(w.dir, server.New(w.api, server.Options{Owner: info}))
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	w.engine, w.door = e, door
	w.opened.Go(w.bridge)
	return e, nil
}

// join opens the engine. A command that has the data open is waited for.
func (w *window) join(ctx context.Context) (*engine.Engine, *owner.Process, error) {
	e, other, err := owner.Join(ctx, owner.Careful(engine.Options{Dir: w.dir, Version: w.opt.Version, Door: engine.DoorWindow}, w.opt.Program))
	if err == nil && other != nil && other.Info.Door == engine.DoorCommand {
		return nil, nil, workflow.Errorf(workflow.Conflict, "A command in a terminal is working with the data (process %d).", other.Info.PID).
			WithHint("Wait until it has ended, then try again.")
	}
	return e, other, err
}

// bridge hands the events of the engine to the page. The page asks for what it
// missed when the numbers leave a gap.
func (w *window) bridge() {
	first := true
	emit := func(batch []workflow.Event) error {
		for _, e := range batch {
			if first { // tells only where the stream begins
				first = false
				continue
			}
			if e.Raise != nil {
				runtime.WindowUnminimise(w.ctx)
				runtime.WindowShow(w.ctx)
			}
			runtime.EventsEmit(w.ctx, eventName, e)
		}
		return nil
	}
	_ = server.Follow(w.life, w.engine, server.Position{}, time.Hour, emit) // emit returns no error
}

// settle moves the window to where it was, within the screen as it is now.
func (w *window) settle() {
	screens, err := runtime.ScreenGetAll(w.ctx)
	if err != nil || w.place.Maximised {
		return
	}
	for _, s := range screens {
		if !s.IsCurrent {
			continue
		}
		p := w.place.fit(s.Size.Width, s.Size.Height)
		if p.Width != w.place.Width || p.Height != w.place.Height {
			runtime.WindowSetSize(w.ctx, p.Width, p.Height)
		}
		runtime.WindowSetPosition(w.ctx, p.X, p.Y)
	}
}

// beforeClose remembers the place. It never keeps the window open.
func (w *window) beforeClose(ctx context.Context) bool {
	w.place.Maximised = runtime.WindowIsMaximised(ctx)
	if !w.place.Maximised {
		w.place.Width, w.place.Height = runtime.WindowGetSize(ctx)
		w.place.X, w.place.Y = runtime.WindowGetPosition(ctx)
		w.place.Known = true
	}
	return false
}

// shutdown closes what open has opened, the door before the lock is given back.
func (w *window) shutdown(ctx context.Context) {
	<-w.started
	w.end()
	w.opened.Wait()
	if w.engine == nil {
		return
	}
	if s, err := w.engine.Settings(ctx); err == nil {
		w.place.Dark = s.Theme == "dark"
	}
	if err := errors.Join(w.place.save(w.dir), w.door.Close(), w.engine.Close()); err != nil {
		w.opt.Say(err.Error())
	}
}

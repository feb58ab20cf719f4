package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/archive"
	"plumbline/backend/disk"
	"plumbline/backend/disk/disktest"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// powered records what the engine does to its folder. bbolt writes its files by
// itself, and has synced them when it says that a transaction is there: what is in
// them then is taken over before anything else is done.
type powered struct {
	*disktest.Recorder
	data string
}

// look takes over the database as it is now.
func (p powered) look() error {
	err := p.Replaced(store.DatabasePath(p.data))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func (p powered) MakeDir(path string) error { return errors.Join(p.look(), p.Recorder.MakeDir(path)) }

func (p powered) Create(path string) (disk.File, error) {
	if err := p.look(); err != nil {
		return nil, err
	}
	return p.Recorder.Create(path)
}

func (p powered) Rename(from, to string) error {
	err := p.look()
	if filepath.Base(to) == filepath.Base(store.DatabasePath("")) {
		err = errors.Join(err, p.Replaced(from)) // a new database, closed
	} else if within := store.DatabasePath(from); isFile(within) {
		err = errors.Join(err, p.Replaced(within))
	}
	return errors.Join(err, p.Recorder.Rename(from, to))
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (p powered) Remove(path string) error { return errors.Join(p.look(), p.Recorder.Remove(path)) }

func (p powered) SyncDir(path string) error {
	err := p.look()
	if within := store.DatabasePath(path); isFile(within) {
		err = errors.Join(err, p.Replaced(within))
	}
	return errors.Join(err, p.Recorder.SyncDir(path))
}

// known is what is promised from a mark on.
type known struct {
	image string   // of all projects
	files []string // archives, relative to the recorded folder
	adds  bool     // a project comes in, which a start may find half done and finish by itself
}

// play is a series of acts on a data folder that are recorded, and what a power
// cut leaves of them. It judges each state by starting on it.
type play struct {
	t    *testing.T
	root string // holds the data folder and one for files that go out
	disk powered
	log  disktest.Log

	marks []known // after each act
	files []string
	// again does an act anew that was cut short, if the folder cannot be opened, or
	// always.
	again  func(ctx context.Context, opt Options, root string) error
	always bool

	temp   string
	seen   map[string]bool
	midway map[int]string // images of databases between two marks, by operation
	runs   int
}

// newPlay records what is done below a folder that holds “data” and “out”.
func newPlay(t *testing.T, root string) *play {
	t.Helper()
	rec, err := disktest.New(root)
	if err != nil {
		t.Fatal(err)
	}
	p := &play{t: t, root: root, disk: powered{rec, filepath.Join(root, "data")}, temp: memoryDir(t), seen: map[string]bool{}, midway: map[int]string{}}
	p.log = rec.Log()
	return p
}

// memoryDir is a folder for what need not be on a disk.
func memoryDir(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "plumbline")
	if err != nil { // not on Linux
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// stage is a folder for a play.
func stage(t *testing.T) string {
	t.Helper()
	root := memoryDir(t)
	for _, dir := range []string{"data", "out"} {
		if err := os.Mkdir(filepath.Join(root, dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// actor opens an engine that does nothing by itself: each drain is an act.
func actor(t *testing.T, root string, d disk.Disk) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), dir: filepath.Join(root, "data"), client: llmtest.NewScripted(specOrRequest)}
	opt := b.options()
	opt.Disk, opt.Door, opt.SparePages = d, DoorCommand, 1
	e, err := Open(b.ctx, opt)
	if err != nil {
		t.Fatal(err)
	}
	b.Engine = e
	e.drainer.stop()
	<-e.drainer.done
	return b
}

// mark says that an act is done: from here on what b shows is promised.
func (p *play) mark(b *bench, files ...string) {
	p.t.Helper()
	p.files = append(slices.Clip(p.files), files...)
	k := known{files: p.files}
	if b != nil {
		k.image = withoutNames(image(b, true))
	}
	p.note(k)
}

func (p *play) note(k known) {
	p.t.Helper()
	if err := p.disk.look(); err != nil {
		p.t.Fatal(err)
	}
	p.marks = append(p.marks, k)
	p.disk.Mark(fmt.Sprint(len(p.marks)))
	p.log = p.disk.Log()
}

// judge starts on what a power cut leaves, and returns why that is not as it
// should be. A state that was judged already is fine.
func (p *play) judge(l disktest.Log, n int, loss disktest.Loss) error {
	state := l.State(n, loss)
	done := len(l.Marks(n))
	key := fmt.Sprint(done, state.Digest())
	if p.seen[key] {
		return nil
	}
	p.runs++
	err := p.start(state, done < len(p.marks), func(b *bench, root string) error {
		err := errors.Join(p.promised(b, root, n, done), sane(b))
		if err == nil && p.runs%40 == 0 {
			err = gitSays(b)
		}
		return errors.Join(err, saveOneMore(b))
	})
	p.seen[key] = err == nil
	return err
}

// start opens the engine on a state. Unfinished says that an act may have been cut
// short, so that it may be done again.
func (p *play) start(state disktest.State, unfinished bool, look func(b *bench, root string) error) (err error) {
	root, err := os.MkdirTemp(p.temp, "state")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	if err := state.Write(root); err != nil {
		return err
	}
	b := &bench{t: p.t, ctx: p.t.Context(), dir: filepath.Join(root, "data"), client: llmtest.NewScripted(specOrRequest)}
	opt := b.options()
	opt.Door = DoorCommand
	if b.Engine, err = p.open(b.ctx, opt, root, unfinished); err != nil {
		return err
	}
	return errors.Join(look(b, root), b.Close())
}

// open opens a folder as a person would: one that says what is to be done first is
// listened to.
func (p *play) open(ctx context.Context, opt Options, root string, unfinished bool) (*Engine, error) {
	var e *Engine
	err := errors.New("not tried yet")
	again := p.again != nil && unfinished
	if !again || !p.always {
		e, err = Open(ctx, opt)
	}
	if err != nil && again && (p.always || workflow.Describe(err).Hint != "") {
		if err := p.again(ctx, opt, root); err != nil {
			return nil, fmt.Errorf("do it again: %w", err)
		}
		e, err = Open(ctx, opt)
	}
	if err != nil {
		return nil, fmt.Errorf("open: %w", err)
	}
	return e, nil
}

// promised compares what is there with what was promised after the acts that are
// done, or will be after the next one.
func (p *play) promised(b *bench, root string, n, done int) error {
	got, err := imageOf(b, true)
	if err != nil {
		return err
	}
	got = withoutNames(got)
	allowed := p.allowed(n, done)
	comesIn := done > 0 && done < len(p.marks) && p.marks[done].adds
	if !slices.Contains(allowed, got) && !(comesIn && hasAll(got, allowed[0])) {
		return fmt.Errorf("after act %d of %d: %s", done, len(p.marks), difference(got, allowed[min(1, len(allowed)-1)]))
	}
	if done == 0 {
		return nil
	}
	for _, file := range p.marks[done-1].files {
		r, err := archive.Open(filepath.Join(root, file))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := errors.Join(r.Check(), r.Close()); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// hasAll reports whether an image shows every project that another one shows, as it
// was there.
func hasAll(image, other string) bool {
	shown := map[string]bool{}
	for _, one := range strings.Split(image, "project: {") {
		shown[one] = true
	}
	return !slices.ContainsFunc(strings.Split(other, "project: {"), func(one string) bool { return !shown[one] })
}

// allowed returns the images that may be seen after n operations: that of the
// last mark, that of the next one, and of what the database says between them.
func (p *play) allowed(n, done int) []string {
	images := []string{""}
	if done > 0 {
		images[0] = p.marks[done-1].image
	}
	if done == len(p.marks) {
		return images
	}
	images = append(images, p.marks[done].image)
	for i := n - 1; i >= 0 && p.log.Op(i).Kind != disktest.Mark; i-- {
		if p.log.Op(i).Kind != disktest.Replace {
			continue
		}
		// Not even for a moment may a project be missing.
		if shown := p.between(i); strings.Count(shown, "project: {") >= strings.Count(images[0], "project: {") {
			images = append(images, shown)
		}
	}
	return images
}

// between returns what a start shows right after the database got to a state
// between two marks, when nothing is lost.
func (p *play) between(op int) string {
	if seen, ok := p.midway[op]; ok {
		return seen
	}
	shown := ""
	err := p.start(p.log.State(op+1, disktest.NothingLost), true, func(b *bench, _ string) (err error) {
		shown, err = imageOf(b, true)
		shown = withoutNames(shown)
		return err
	})
	if err != nil {
		shown = err.Error()
	}
	p.midway[op] = shown
	return shown
}

// difference describes where two texts part.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("%d, not %d lines; line %d is\n%s\nwant\n%s", len(g), len(w), i,
				strings.Join(g[max(0, i-2):min(len(g), i+2)], "\n"), strings.Join(w[max(0, i-2):min(len(w), i+2)], "\n"))
		}
	}
	return fmt.Sprintf("%d lines, want %d", len(g), len(w))
}

// causes are the texts of all errors below an error.
func causes(err error) string {
	text := err.Error()
	var known *workflow.Error
	for errors.As(err, &known) && known.Err != nil {
		err = known.Err
		text += ": " + err.Error()
	}
	return text
}

// saveOneMore saves one more version and publishes it.
func saveOneMore(b *bench) error {
	projects, err := b.projectList()
	if err != nil || len(projects) == 0 {
		return err
	}
	d, err := b.Document(b.ctx, projects[0].ID, "request.md", 0)
	if err != nil {
		return err
	}
	_, err = b.Save(b.ctx, projects[0].ID, workflow.SaveDocument{Path: "request.md", Base: d.Version.Number, Body: d.Markdown + "It goes on.\n"})
	return errors.Join(err, b.drainer.flush(b.ctx))
}

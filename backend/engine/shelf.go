package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"plumbline/backend/disk"
	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// shelfDir is the folder of the user's own library within the data folder.
const shelfDir = "library"

// shelfParts are its folders. What else lies there is not ours.
var shelfParts = [...]string{"prompts", "workflows", "checklists", "personas", "packs"}

// shelf keeps the user's own library in step: plain files, which anybody may edit,
// and their versions, which are kept like those of any document under the id of the
// library. Of a file that differs from its newest version, the side that has
// changed since the other one was last seen wins; nothing is ever lost, since every
// text that was in the file when we looked is a version.
type shelf struct {
	engine *Engine
	lib    atomic.Pointer[prompt.Library]

	mu     sync.Mutex       // held while files and versions are compared
	looked map[string]stamp // what the files looked like the last time, by path
	first  bool             // nobody has looked yet

	indexing sync.Mutex      // guards the two below
	indexed  *prompt.Library // that the index is of
	indexOf  *prompt.Index

	estimates sync.Map // tokens of a prompt, by its revision

	behind atomic.Bool // a version may be newer than its file
	stop   context.CancelFunc
	done   chan struct{}
}

// stamp tells a file that has changed from one that has not, without reading it.
type stamp struct {
	size int64
	at   time.Time
}

// maxShelfFile is more than any file of the library may have.
const maxShelfFile = 1 << 20

// shelfRhythm is how often the folder is looked at while a window or a page is open.
const shelfRhythm = 2 * time.Second

func newShelf(e *Engine) *shelf {
	s := &shelf{engine: e, first: true, done: make(chan struct{})}
	s.reload()
	return s
}

// lib returns the library as it is now.
func (e *Engine) lib() *prompt.Library { return e.shelf.lib.Load() }

func (s *shelf) dir() string { return filepath.Join(s.engine.opt.Dir, shelfDir) }

// reload makes the library read its files again, as far as they have changed.
func (s *shelf) reload() {
	if old := s.lib.Load(); old != nil {
		s.lib.Store(old.Reload())
		return
	}
	s.lib.Store(prompt.OpenLibrary(s.engine.opt.Library, os.DirFS(s.dir())))
}

// expect notes that a version may get ahead of its file.
func (s *shelf) expect() { s.behind.Store(true) }

// start looks at the folder from time to time while somebody looks at the library.
func (s *shelf) start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	if s.engine.opt.Door == DoorCommand {
		close(s.done)
		return
	}
	go s.run(ctx)
}

func (s *shelf) run(ctx context.Context) {
	defer close(s.done)
	tick := time.NewTicker(shelfRhythm)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.sync(); err != nil && workflow.CodeOf(err) != workflow.Unavailable {
				s.engine.notify("warning", "The files of the library could not be looked at: "+workflow.Describe(err).Message, "")
			}
		}
	}
}

// close brings out what has not reached its file yet.
func (s *shelf) close() error {
	if s.stop != nil {
		s.stop()
		<-s.done
	}
	if !s.behind.Load() {
		return nil
	}
	return s.sync()
}

// sync compares files and versions, and brings each to where the other one is. It
// costs a look at the names when nothing has changed.
func (s *shelf) sync() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, err := s.look()
	if err != nil {
		return err
	}
	if !s.first && !s.behind.Load() && same(found, s.looked) {
		return nil
	}
	s.behind.Store(false)
	news, err := s.compare(found)
	if err == nil {
		err = s.carryOut(news)
	}
	if err != nil {
		s.behind.Store(true)
		return err
	}
	changed := !same(found, s.looked) || len(news.out) > 0
	s.first = false
	if s.looked, err = s.look(); err != nil {
		return err
	}
	if changed {
		s.reload()
		s.engine.hub.emit(workflow.Event{Library: &workflow.LibraryNews{IDs: []string{}}})
	}
	return nil
}

// freshen looks at the files before one of them is used, so that what was edited
// a moment ago counts. What keeps it from looking is told by those that list them.
func (s *shelf) freshen() {
	s.mu.Lock()
	first := s.first // the library was read just now, and is not looked at from time to time
	s.mu.Unlock()
	if !first {
		_ = s.sync()
	}
}

func same(a, b map[string]stamp) bool {
	if len(a) != len(b) {
		return false
	}
	for path, stamp := range a {
		if other, ok := b[path]; !ok || other.size != stamp.size || !other.at.Equal(stamp.at) {
			return false
		}
	}
	return true
}

// look lists the Markdown files of the library. Links are passed over: they lead
// out of it. Of names that differ only in case the first counts.
func (s *shelf) look() (map[string]stamp, error) {
	found, folded := map[string]stamp{}, map[string]bool{}
	for _, part := range shelfParts {
		root := filepath.Join(s.dir(), part)
		err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
			if err != nil {
				if errors.Is(err, fs.ErrNotExist) {
					return nil
				}
				return err
			}
			rel, relErr := filepath.Rel(s.dir(), name)
			path := filepath.ToSlash(rel)
			if relErr != nil || !entry.Type().IsRegular() || filepath.Ext(name) != ".md" || workflow.CheckPath(path) != nil || folded[strings.ToLower(path)] {
				return nil
			}
			info, err := entry.Info()
			if err != nil {
				return nil // it went while we looked
			}
			folded[strings.ToLower(path)] = true
			found[path] = stamp{size: info.Size(), at: info.ModTime()}
			return nil
		})
		if err != nil {
			return nil, workflow.Errorf(workflow.Unavailable, "The folder %s cannot be read: %w.", root, err).
				WithHint("Check that you may read it. The built-in prompts can be used meanwhile.")
		}
	}
	return found, nil
}

// shelfNews is what has to be done to bring files and versions together.
type shelfNews struct {
	in   map[string]string // texts of files that are to be versions
	out  map[string]string // texts of versions that are to be files
	seen []store.ShelfFile
}

// compare says what has to be done.
func (s *shelf) compare(found map[string]stamp) (shelfNews, error) {
	news := shelfNews{in: map[string]string{}, out: map[string]string{}}
	_, err := os.Lstat(s.dir())
	anew := errors.Is(err, fs.ErrNotExist)
	err = s.engine.store.View(func(tx *store.Tx) error {
		seen, err := tx.ShelfFiles()
		if err != nil {
			return err
		}
		heads, err := tx.Heads(workflow.LibraryID)
		if err != nil {
			return err
		}
		known := map[string]workflow.Version{}
		for _, head := range heads {
			if !onShelf(head.Path) {
				continue
			}
			known[head.Path] = head
			if _, there := found[head.Path]; there {
				continue
			}
			if err := news.missing(tx, head, seen[head.Path], anew); err != nil {
				return err
			}
		}
		for path, at := range found {
			if err := s.there(tx, &news, path, at, known[path], seen[path]); err != nil {
				return err
			}
		}
		return nil
	})
	return news, err
}

func onShelf(path string) bool {
	part, _, _ := strings.Cut(path, "/")
	return slices.Contains(shelfParts[:], part)
}

// missing decides about a version without a file: somebody has removed it, or it
// was never written here.
func (n *shelfNews) missing(tx *store.Tx, head workflow.Version, seen store.ShelfFile, anew bool) error {
	switch {
	case seen.Gone && seen.Hash == head.Hash:
		return nil
	case seen.Hash == head.Hash && !anew:
		n.seen = append(n.seen, store.ShelfFile{Path: head.Path, Hash: head.Hash, Gone: true})
		return nil
	}
	return n.bringOut(tx, head)
}

func (n *shelfNews) bringOut(tx *store.Tx, head workflow.Version) error {
	body, err := headBody(tx, head)
	if err != nil {
		return err
	}
	n.out[head.Path] = body
	n.seen = append(n.seen, store.ShelfFile{Path: head.Path, Hash: head.Hash})
	return nil
}

// there decides about a file.
func (s *shelf) there(tx *store.Tx, news *shelfNews, path string, at stamp, head workflow.Version, seen store.ShelfFile) error {
	if old, ok := s.looked[path]; ok && old == at && head.Hash == seen.Hash && !seen.Gone {
		return nil
	}
	if at.size > maxShelfFile {
		return nil // the library tells of it
	}
	data, err := os.ReadFile(filepath.Join(s.dir(), filepath.FromSlash(path)))
	if err != nil {
		return nil // it went while we looked, or the library tells of it
	}
	text := string(data)
	hash := workflow.Hash(text)
	switch {
	case head.Hash == hash:
	case head.Number > 0 && seen.Hash == hash && !seen.Gone: // a newer version that did not reach its file
		return news.bringOut(tx, head)
	case checkBody(text) != nil:
		return nil // no text; the library tells of it
	default:
		news.in[path] = text
	}
	if hash != seen.Hash || seen.Gone {
		news.seen = append(news.seen, store.ShelfFile{Path: path, Hash: hash})
	}
	return nil
}

// carryOut makes versions of files and files of versions.
func (s *shelf) carryOut(news shelfNews) error {
	for path, text := range news.out {
		if err := s.write(path, text); err != nil {
			return err
		}
	}
	if len(news.in) > 0 {
		if err := s.takeIn(news); err != nil {
			return err
		}
	} else if len(news.seen) > 0 {
		return s.engine.noteSeen(news.seen)
	}
	return nil
}

// noteSeen remembers what the files look like.
func (e *Engine) noteSeen(seen []store.ShelfFile) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.store.Update(func(tx *store.Tx) error { return putSeen(tx, seen) })
}

func putSeen(tx *store.Tx, seen []store.ShelfFile) error {
	for _, f := range seen {
		if err := tx.PutShelfFile(f); err != nil {
			return err
		}
	}
	return nil
}

// takeIn makes versions of files that were edited or added outside.
func (s *shelf) takeIn(news shelfNews) error {
	e := s.engine
	paths := make([]string, 0, len(news.in))
	for path := range news.in {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	message := fmt.Sprintf("Take in %s from the folder of the library", workflow.Plural(len(paths), "file", "files"))
	err := e.change(workflow.LibraryID, e.person(), message, func(w *write) error {
		for _, path := range paths {
			kind, what := workflow.VersionSaved, "Edited outside Plumbline"
			if _, ok, err := w.tx.Head(workflow.LibraryID, path); err != nil {
				return err
			} else if !ok {
				kind, what = workflow.VersionCreated, "Added to the folder of the library"
			}
			if _, err := e.addVersion(w, edition{path: path, body: news.in[path], message: what, kind: kind, author: e.person()}); err != nil {
				return err
			}
		}
		return putSeen(w.tx, news.seen)
	})
	s.behind.Store(false)
	return err
}

// write puts a text into a file of the library, durably and as a whole.
func (s *shelf) write(path, text string) error {
	name := filepath.Join(s.dir(), filepath.FromSlash(path))
	d := s.engine.opt.Disk
	err := d.MakeDir(filepath.Dir(name))
	if err == nil {
		err = disk.Replace(d, name+".new", name, []byte(text))
	}
	for dir := filepath.Dir(name); err == nil && len(dir) >= len(s.engine.opt.Dir); dir = filepath.Dir(dir) {
		err = d.SyncDir(dir) // else a power cut would look as if somebody had removed the file
	}
	if err != nil {
		return workflow.Errorf(workflow.Unavailable, "%s cannot be written: %w.", name, err).
			WithHint("The text is safe in the history of the library. Check that you may write to the folder.")
	}
	return nil
}

// remove takes the file of a prompt away.
func (s *shelf) remove(path string) error {
	name := filepath.Join(s.dir(), filepath.FromSlash(path))
	err := s.engine.opt.Disk.Remove(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return workflow.Errorf(workflow.Unavailable, "%s cannot be removed: %w.", name, err).
			WithHint("Check that you may write to the folder.")
	}
	return nil
}

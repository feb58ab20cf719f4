package history

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	gitconfig "github.com/go-git/go-git/v5/plumbing/format/config"

	"plumbline/backend/disk"
	"plumbline/backend/history/internal/gitpack"
	"plumbline/backend/workflow"
)

const (
	// branch is the only one we write.
	branch plumbing.ReferenceName = "refs/heads/main"
	// cacheSize bounds what is kept of all repositories in memory.
	cacheSize = 16 << 20
	// keepMark is what our .keep files hold, to tell them from those of others.
	keepMark = "plumbline is writing\n"
	// temporary begins the names of our temporary files; git prunes tmp_* itself.
	temporary = "tmp_plumbline_"
)

// frameDirs are the folders that make a folder a repository. git does without
// those below the first two, but keeps its files there.
var frameDirs = []string{"objects/pack", "objects/info", "refs/heads", "refs/tags"}

// frameFile is a file that makes a folder a repository.
type frameFile struct {
	name, content string
	isSound       func(content string) bool
}

var (
	headFile   = frameFile{"HEAD", "ref: " + string(branch) + "\n", isOurHead}
	configFile = frameFile{"config", "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n", isBareConfig}
)

func isOurHead(content string) bool { return strings.TrimSpace(content) == "ref: "+string(branch) }

// isBareConfig reports whether git can read a config, whatever else somebody has
// set in it.
func isBareConfig(content string) bool {
	c := gitconfig.New()
	if err := gitconfig.NewDecoder(strings.NewReader(content)).Decode(c); err != nil {
		return false
	}
	core := c.Section("core")
	return core.Option("bare") == "true" && core.Option("repositoryformatversion") == "0"
}

// repo is the bare repository of one project.
type repo struct {
	dir      string
	disk     disk.Disk
	patience time.Duration // for git to let go of a lock
	full     int           // objects that are merged into one pack at most

	maintain sync.Mutex // held while packs are being merged; taken before write
	write    sync.Mutex // held while the repository is being changed
	swept    bool       // what a crash left behind is gone
	made     bool       // the repository is known to be complete
	kept     bool       // the folders of our own refs are known to be durable
	last     cached

	objects *gitpack.Set
}

// cached is the commit that was published last, with those of its trees that
// have been read or written, so that the next one need not read them.
type cached struct {
	commit plumbing.Hash
	at     time.Time
	root   *folder
}

func newRepo(dir string, d disk.Disk, cache *gitpack.Cache) *repo {
	return &repo{dir: dir, disk: d, patience: lockPatience, full: fullPack, objects: gitpack.NewSet(filepath.Join(dir, "objects"), cache)}
}

// close waits for writers.
func (r *repo) close() error {
	r.write.Lock()
	defer r.write.Unlock()
	return r.objects.Close()
}

func (r *repo) path(names ...string) string {
	return filepath.Join(append([]string{r.dir}, names...)...)
}

// unwritable is the error for a repository that cannot be changed.
func (r *repo) unwritable(cause error) error {
	err := workflow.Errorf(workflow.Unavailable, "The history in %s cannot be written.", r.dir)
	err.Err = cause
	return err.WithHint("Check that the disk has room and that you may write to the folder. What you saved is kept and will be written later.")
}

// read returns the content of an object of a kind. An object that is of another
// kind is not there.
func (r *repo) read(t plumbing.ObjectType, hash plumbing.Hash) ([]byte, error) {
	o, err := r.objects.Read(hash)
	if err == nil && o.Kind != t {
		err = plumbing.ErrObjectNotFound
	}
	return o.Content, err
}

// make makes the repository, or completes one whose making was interrupted.
func (r *repo) make() error {
	if r.made {
		return nil
	}
	if r.wasMade() {
		r.made = true
		return nil
	}
	for _, dir := range frameDirs {
		if err := r.disk.MakeDir(r.path(filepath.FromSlash(dir))); err != nil {
			return err
		}
	}
	// HEAD comes last: without it the folder is no repository.
	for _, f := range []frameFile{configFile, headFile} {
		if content, err := os.ReadFile(r.path(f.name)); err == nil && len(content) > 0 {
			continue
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := disk.Replace(r.disk, r.path(temporary+f.name), r.path(f.name), []byte(f.content)); err != nil {
			return err
		}
	}
	for _, dir := range []string{"objects", "refs", ".", "..", "../..", "../../.."} {
		if err := r.disk.SyncDir(r.path(filepath.FromSlash(dir))); err != nil {
			return err
		}
	}
	r.made = true
	return nil
}

// wasMade reports whether the repository is complete and durable. The branch gets
// its first commit after everything below was synced, so it tells that it was.
func (r *repo) wasMade() bool {
	tip, err := r.ref(branch)
	if err != nil || tip.IsZero() {
		return false
	}
	for _, dir := range frameDirs {
		if info, err := os.Stat(r.path(filepath.FromSlash(dir))); err != nil || !info.IsDir() {
			return false
		}
	}
	return !slices.ContainsFunc([]frameFile{configFile, headFile}, func(f frameFile) bool { return !r.isSound(f) })
}

// isSound reports whether a file that makes the folder a repository is there and
// makes sense.
func (r *repo) isSound(f frameFile) bool {
	content, err := os.ReadFile(r.path(f.name))
	return err == nil && f.isSound(string(content))
}

// sweep removes what a crash left behind. It runs before the first write, so none
// of it is in use: only one process writes, and our own .keep stands beside
// every lock of ours.
func (r *repo) sweep() error {
	if r.swept {
		return nil
	}
	if err := errors.Join(r.finishSuperseding(), r.removeIncoming()); err != nil {
		return r.unwritable(err)
	}
	entries, err := os.ReadDir(r.path("objects", "pack"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return r.unwritable(err)
	}
	var leftovers, keeps []string
	for _, e := range entries {
		path := r.path("objects", "pack", e.Name())
		switch {
		case strings.HasPrefix(e.Name(), temporary):
			leftovers = append(leftovers, path)
		case strings.HasSuffix(e.Name(), ".keep") && isOurs(path):
			keeps = append(keeps, path)
		}
	}
	for _, f := range []string{"config", "HEAD"} {
		leftovers = append(leftovers, r.path(temporary+f))
	}
	if len(keeps) > 0 {
		locks, err := r.locks()
		if err != nil {
			return err
		}
		leftovers = append(leftovers, locks...)
	}
	for _, keep := range keeps {
		// A pack without an index was never used.
		base := strings.TrimSuffix(keep, ".keep")
		if _, err := os.Lstat(base + ".idx"); errors.Is(err, fs.ErrNotExist) {
			leftovers = append(leftovers, base+".pack")
		}
	}
	for _, path := range append(leftovers, keeps...) {
		if err := r.disk.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return r.unwritable(err)
		}
	}
	r.swept = true
	return nil
}

// isOurs reports whether a .keep file is one of ours. One that holds only a part
// of our mark is, if there is no pack: it comes before everything else.
func isOurs(path string) bool {
	content, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(keepMark, string(content)) {
		return false
	}
	if len(content) == len(keepMark) {
		return true
	}
	_, err = os.Lstat(strings.TrimSuffix(path, ".keep") + ".pack")
	return errors.Is(err, fs.ErrNotExist)
}

package history

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/disk"
)

// Files that are being written have names that git does not take for a pack.
const (
	packExt = "_pack"
	idxExt  = "_idx"
)

// spare is a name for a pack that is being written, without its extension.
func (r *repo) spare(name string) string { return r.path("objects", "pack", temporary+name) }

// writeNew makes a file with some content, in place of one that a failure has
// left, and syncs it.
func (r *repo) writeNew(path string, content []byte) error {
	if err := r.remove(path); err != nil {
		return err
	}
	return disk.WriteNew(r.disk, path, content)
}

// writeSpare writes what a packer has into a new file and syncs it. After an error
// it is gone again.
func (r *repo) writeSpare(p *packer, spare string) (sum plumbing.Hash, idx []byte, err error) {
	if err := r.remove(spare + packExt); err != nil {
		return sum, nil, r.unwritable(err)
	}
	f, err := r.disk.Create(spare + packExt)
	if err != nil {
		return sum, nil, r.unwritable(err)
	}
	out := &diskWriter{Writer: bufio.NewWriterSize(f, 1<<18), repo: r}
	sum, idx, err = p.write(out)
	if err == nil {
		err = out.flush()
	}
	if err == nil {
		err = r.onDisk(f.Sync())
	}
	if err = errors.Join(err, r.onDisk(f.Close())); err != nil {
		err = errors.Join(err, r.onDisk(r.remove(spare+packExt)))
	}
	return sum, idx, err
}

// diskWriter tells an error of the disk from others.
type diskWriter struct {
	*bufio.Writer
	repo *repo
}

func (w *diskWriter) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	return n, w.repo.onDisk(err)
}

func (w *diskWriter) flush() error { return w.repo.onDisk(w.Flush()) }

// onDisk makes an error of the disk one for a person.
func (r *repo) onDisk(err error) error {
	if err == nil {
		return nil
	}
	return r.unwritable(err)
}

// remove removes a file, if it is there.
func (r *repo) remove(path string) error {
	if err := r.disk.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// install gives a pack and its index, which are synced, their names. The index
// comes last, because that is what makes git see the pack. The caller syncs the
// folder. After an error neither is there.
func (r *repo) install(spare, base string) error {
	whole := r.path("objects", "pack", base)
	err := r.disk.Rename(spare+packExt, whole+".pack")
	if err == nil {
		err = r.disk.Rename(spare+idxExt, whole+".idx")
	}
	if err == nil {
		return nil
	}
	err = errors.Join(err, r.remove(spare+packExt), r.remove(spare+idxExt))
	if _, missing := os.Lstat(whole + ".idx"); errors.Is(missing, fs.ErrNotExist) {
		err = errors.Join(err, r.remove(whole+".pack"))
	}
	return err
}

// supersede installs a pack and removes others, of which it has everything. The
// first name is that of the new one. A list of all of them is made durable before
// anything else, so that after a crash finishSuperseding goes on, or back.
func (r *repo) supersede(spare string, names []string) error {
	list := r.path("objects", "pack", superseded)
	if err := disk.Replace(r.disk, list+".new", list, []byte(strings.Join(names, "\n")+"\n")); err != nil {
		return err
	}
	if err := r.disk.SyncDir(filepath.Dir(list)); err != nil {
		return err
	}
	if err := r.install(spare, names[0]); err != nil {
		return errors.Join(err, r.remove(list))
	}
	return r.finishSuperseding()
}

// finishSuperseding removes the packs of the list, if the one that stands for them
// is there; otherwise what is there of that one. Then it removes the list.
func (r *repo) finishSuperseding() error {
	list := r.path("objects", "pack", superseded)
	content, err := os.ReadFile(list)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	names := strings.Fields(string(content))
	gone := []string{}
	if len(names) > 0 && r.isWhole(names[0]) {
		gone = names[1:]
		// This index of git's over several packs would lead to those that go.
		if err := r.remove(r.path("objects", "pack", "multi-pack-index")); err != nil {
			return err
		}
	} else if len(names) > 0 && !slices.ContainsFunc(names[1:], func(old string) bool { return !r.isWhole(old) }) {
		gone = names[:1] // it was not installed, and none of the others is gone
	}
	if err := r.disk.SyncDir(filepath.Dir(list)); err != nil {
		return err
	}
	if err := r.removePacks(gone); err != nil {
		return err
	}
	if err := r.disk.SyncDir(filepath.Dir(list)); err != nil {
		return err
	}
	return r.remove(list)
}

// removePacks removes packs, unless somebody keeps them.
func (r *repo) removePacks(names []string) error {
	if err := r.objects.Close(); err != nil { // Windows removes no file that is open
		return err
	}
	for _, name := range names {
		base := r.path("objects", "pack", name)
		if !isPackName(name) || isApart(base) {
			continue
		}
		for _, ext := range []string{".idx", ".rev", ".bitmap", ".pack"} {
			if err := r.remove(base + ext); err != nil {
				return err
			}
		}
	}
	return nil
}

// isWhole reports whether a pack is there with its index.
func (r *repo) isWhole(name string) bool {
	for _, ext := range []string{".pack", ".idx"} {
		if _, err := os.Stat(r.path("objects", "pack", name+ext)); err != nil {
			return false
		}
	}
	return isPackName(name)
}

func isPackName(name string) bool {
	sum, ok := strings.CutPrefix(name, "pack-")
	return ok && plumbing.IsHash(sum)
}

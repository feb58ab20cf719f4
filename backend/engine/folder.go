package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"plumbline/backend/disk"
	"plumbline/backend/history"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// folder is a data folder that nobody has open, while something is done to it as
// a whole. It holds the lock of the folder.
type folder struct {
	opt     Options
	lock    io.Closer
	history *history.History
	report  workflow.Repaired
	anew    bool // the database was made of what was left
}

// lockFolder takes the lock of a data folder. The caller must call close.
func lockFolder(opt Options) (*folder, error) {
	opt = opt.filled()
	lock, err := store.LockFolder(opt.Dir)
	if err != nil {
		return nil, err
	}
	return &folder{opt: opt, lock: lock, history: history.OpenOn(opt.Disk, opt.Dir),
		report: workflow.Repaired{Done: []string{}, Lost: []string{}}}, nil
}

func (f *folder) close() error { return errors.Join(f.history.Close(), f.lock.Close()) }

// database is where the database of the folder is, or should be.
func (f *folder) database() string { return store.DatabasePath(f.opt.Dir) }

// did notes what was done, for the person.
func (f *folder) did(format string, args ...any) {
	f.report.Done = append(f.report.Done, fmt.Sprintf(format, args...))
}

// lost notes what could not be saved, for the person.
func (f *folder) lost(format string, args ...any) {
	f.report.Lost = append(f.report.Lost, fmt.Sprintf(format, args...))
}

// say tells how far a long work is.
func (f *folder) say(format string, args ...any) {
	if f.opt.Progress != nil {
		f.opt.Progress(fmt.Sprintf(format, args...))
	}
}

// isThere reports whether there is a file or folder of that name.
func isThere(path string) (bool, error) {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	}
	return false, fmt.Errorf("look for %s: %w", path, err)
}

// aside gives a file another name beside its own, durably, and returns that.
func (f *folder) aside(path, why string) (string, error) {
	to := path + "." + why + "-" + f.opt.Now().UTC().Format(asideTime)
	err := f.opt.Disk.Rename(path, to)
	if err == nil {
		err = f.opt.Disk.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return "", workflow.Errorf(workflow.Unavailable, "%s cannot be renamed: %w.", path, err).
			WithHint("Check that you may write to the folder. Nothing was changed.")
	}
	return to, nil
}

// asideTime is part of the name of what was set aside.
const asideTime = "20060102T150405Z"

// workFolder makes an empty folder in the data folder to prepare something in.
func (f *folder) workFolder(name string) (string, error) {
	return workFolder(f.opt.Disk, f.opt.Dir, name)
}

// workFolder makes an empty folder in a data folder to prepare something in. What
// an earlier work has left there is removed.
func workFolder(d disk.Disk, data, name string) (string, error) {
	dir := filepath.Join(data, name)
	err := disk.RemoveAll(d, dir)
	if err == nil {
		err = d.MakeDir(dir)
	}
	if err != nil {
		return "", workflow.Errorf(workflow.Unavailable, "The folder %s cannot be made: %w.", dir, err).
			WithHint("Check that the disk has room and that you may write to the folder. Nothing was changed.")
	}
	return dir, nil
}

// install puts a database that was prepared in a work folder in its place and
// removes the folder. It is whole and durable when it gets its name.
func (f *folder) install(work string) error {
	err := f.opt.Disk.Rename(store.DatabasePath(work), f.database())
	if err == nil {
		err = f.opt.Disk.SyncDir(f.opt.Dir)
	}
	if err != nil {
		return workflow.Errorf(workflow.Unavailable, "The database cannot be put in its place: %w.", err).
			WithHint("Check that you may write to %s.", f.opt.Dir)
	}
	return disk.RemoveAll(f.opt.Disk, work)
}

// openWork opens a database in a work folder.
func (f *folder) openWork(ctx context.Context, work string) (*store.Store, error) {
	return store.Open(ctx, work, store.Options{Now: f.opt.Now, Disk: f.opt.Disk})
}

// longAgo is how long something takes before progress is told again.
const longAgo = time.Second

// ExamineFile looks for damage in a database file that nobody has open for
// writing, see Options.Examine.
func ExamineFile(ctx context.Context, path string) error {
	found, err := store.Inspect(ctx, path)
	if err != nil {
		return err
	}
	return found.Err(path)
}

// Salvaged is what could be saved of a damaged database.
type Salvaged = store.Salvaged

// SalvageFile copies what can be read of a damaged database file into a new one,
// see Options.Salvage.
func SalvageFile(ctx context.Context, from, to string) (Salvaged, error) {
	return store.Salvage(ctx, from, to)
}

func (f *folder) examine(ctx context.Context, path string) error {
	if f.opt.Examine != nil {
		return f.opt.Examine(ctx, path)
	}
	return ExamineFile(ctx, path)
}

func (f *folder) salvage(ctx context.Context, from, to string) (Salvaged, error) {
	if f.opt.Salvage != nil {
		return f.opt.Salvage(ctx, from, to)
	}
	return SalvageFile(ctx, from, to)
}

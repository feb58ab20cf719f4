package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plumbline/backend/archive"
	"plumbline/backend/disk"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	backupDir = "backups"
	// backupTime is part of the names of backups. It sorts.
	backupTime = "20060102T150405Z"
	// autoBackup begins the names of backups that are made without being asked
	// for. Only these are ever deleted.
	autoBackup, manualBackup = "auto-", "plumbline-"
	backupEnding             = ".zip"

	databaseEntry = "plumbline.db"
	// workBackup is the folder for the copy of the database that goes into a backup.
	workBackup = "backup.tmp"
)

// absoluteHint is the way out of a path that could mean several files.
const absoluteHint = "Write the whole path: this process may have another working folder than you."

// bundleEntry is the entry of a project's history in an archive.
func bundleEntry(projectID string) string { return "projects/" + projectID + ".bundle" }

// Backup writes everything into one file, which is verified before it gets its
// name: the database and the history of every project. Work goes on meanwhile.
// An empty path means a name of its own in the folder “backups”.
func (e *Engine) Backup(ctx context.Context, path string) (workflow.Backup, error) {
	if err := e.isOpen(); err != nil {
		return workflow.Backup{}, err
	}
	if path == "" {
		path = e.backupPath()
	} else if !filepath.IsAbs(path) {
		return workflow.Backup{}, workflow.Errorf(workflow.Invalid, "The path %s does not begin at the root.", path).WithHint("%s", absoluteHint)
	}
	return e.backUp(ctx, path)
}

// backupPath is a name for the backup of now. The second one of the same second has
// a number behind its time.
func (e *Engine) backupPath() string {
	stem := filepath.Join(e.backupFolder(), manualBackup+e.opt.Now().UTC().Format(backupTime))
	path := stem + backupEnding
	for n := 2; ; n++ {
		if _, err := os.Lstat(path); err != nil {
			return path // if it cannot be looked at, writing it says why
		}
		path = fmt.Sprintf("%s-%d%s", stem, n, backupEnding)
	}
}

func (e *Engine) backupFolder() string { return filepath.Join(e.opt.Dir, backupDir) }

func (e *Engine) backUp(ctx context.Context, path string) (workflow.Backup, error) {
	made := workflow.Backup{Path: path, At: e.opt.Now().UTC()}
	if filepath.Dir(path) == e.backupFolder() {
		err := e.opt.Disk.MakeDir(e.backupFolder())
		if err == nil {
			err = e.opt.Disk.SyncDir(e.opt.Dir) // else the first backup might go with the folder
		}
		if err != nil {
			return made, workflow.Errorf(workflow.Unavailable, "The folder %s cannot be made: %w.", e.backupFolder(), err).
				WithHint("Check that the disk has room and that you may write to the data folder.")
		}
	}
	m := archive.Manifest{Kind: archive.Backup, CreatedAt: made.At, Plumbline: e.opt.Version}
	// Nothing is published meanwhile, so the histories are those of the database;
	// saves are acknowledged as always.
	err := e.drainer.pause(ctx, func() error {
		if err := e.sweepBackups(); err != nil {
			return err
		}
		return archive.Write(e.opt.Disk, path, m, func(w *archive.Writer, m *archive.Manifest) error {
			return e.fillBackup(ctx, w, m)
		})
	})
	if err != nil {
		return made, err
	}
	return backupAt(path, made.At)
}

// backupAt describes a file that was just written.
func backupAt(path string, at time.Time) (workflow.Backup, error) {
	b := workflow.Backup{Path: path, At: at.UTC()}
	info, err := os.Stat(path)
	if err != nil {
		return b, fmt.Errorf("look at %s: %w", path, err)
	}
	b.Size = info.Size()
	return b, nil
}

func (e *Engine) fillBackup(ctx context.Context, w *archive.Writer, m *archive.Manifest) error {
	if err := e.addDatabase(ctx, w); err != nil {
		return err
	}
	var projects []workflow.Project
	if err := e.store.View(func(tx *store.Tx) (err error) { projects, err = tx.Projects(); return err }); err != nil {
		return err
	}
	for _, p := range projects {
		tip, err := e.store.GitHead(p.ID)
		if err != nil {
			return err
		}
		c := archive.Content{ID: p.ID, Name: p.Name, Tip: tip}
		if c.Tip != "" {
			if err := e.addBundle(ctx, w, p.ID, bundleEntry(p.ID)); err != nil {
				return err
			}
		}
		m.Projects = append(m.Projects, c)
	}
	return nil
}

// addDatabase adds a copy of the database that was checked. Nobody else does so
// meanwhile, because the drainer is paused.
func (e *Engine) addDatabase(ctx context.Context, w *archive.Writer) error {
	work, err := workFolder(e.opt.Disk, e.opt.Dir, workBackup)
	if err != nil {
		return err
	}
	copied := store.DatabasePath(work)
	err = e.snapshot(ctx, copied)
	if err == nil {
		err = w.Add(databaseEntry, false, func(to io.Writer) error { return copyFile(to, copied) })
	}
	return errors.Join(err, disk.RemoveAll(e.opt.Disk, work))
}

// snapshot copies the database to a file and makes sure that the copy is sound.
func (e *Engine) snapshot(ctx context.Context, path string) error {
	f, err := e.opt.Disk.Create(path)
	if err != nil {
		return fmt.Errorf("copy the database: %w", err)
	}
	if err := errors.Join(e.store.Snapshot(ctx, f), f.Close()); err != nil {
		return err
	}
	return store.CheckSnapshot(ctx, path)
}

// addBundle adds the history of a project to an archive.
func (e *Engine) addBundle(ctx context.Context, w *archive.Writer, projectID, entry string) error {
	return w.Add(entry, true, func(to io.Writer) error {
		_, err := e.history.Bundle(ctx, projectID, to)
		return err
	})
}

func copyFile(to io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, f)
	return errors.Join(err, f.Close())
}

// sweepBackups removes what a crash left of backups that were being written.
// Nobody writes one meanwhile.
func (e *Engine) sweepBackups() error {
	parts, err := os.ReadDir(e.backupFolder())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("look for half backups: %w", err)
	}
	for _, entry := range parts {
		name := entry.Name()
		ours := strings.HasPrefix(name, autoBackup) || strings.HasPrefix(name, manualBackup)
		if !ours || !strings.HasSuffix(name, backupEnding+archive.Unfinished) {
			continue
		}
		if err := e.opt.Disk.Remove(filepath.Join(e.backupFolder(), name)); err != nil {
			return fmt.Errorf("remove a half backup: %w", err)
		}
	}
	return nil
}

// Backups lists the backups in the folder “backups”, newest first.
func (e *Engine) Backups(context.Context) ([]workflow.Backup, error) {
	list := []workflow.Backup{}
	if err := e.isOpen(); err != nil {
		return list, err
	}
	entries, err := os.ReadDir(e.backupFolder())
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return list, fmt.Errorf("list the backups: %w", err)
	}
	for _, entry := range entries {
		b, ok := e.backupNamed(entry)
		if ok {
			list = append(list, b)
		}
	}
	slices.SortStableFunc(list, func(a, b workflow.Backup) int { return b.At.Compare(a.At) })
	return list, nil
}

// backupNamed tells the backup of a file from other files in the folder.
func (e *Engine) backupNamed(entry os.DirEntry) (workflow.Backup, bool) {
	name, ok := strings.CutSuffix(entry.Name(), backupEnding)
	if !ok {
		return workflow.Backup{}, false
	}
	stamp, auto := strings.CutPrefix(name, autoBackup)
	if !auto {
		stamp, _, _ = strings.Cut(strings.TrimPrefix(name, manualBackup), "-")
	}
	at, err := time.Parse(backupTime, stamp)
	info, statErr := entry.Info()
	if err != nil || statErr != nil || !info.Mode().IsRegular() {
		return workflow.Backup{}, false
	}
	return workflow.Backup{Path: filepath.Join(e.backupFolder(), entry.Name()), At: at, Size: info.Size(), Auto: auto}, true
}

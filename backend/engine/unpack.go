package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"plumbline/backend/archive"
	"plumbline/backend/disk"
	"plumbline/backend/history"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	// workRestore is the folder in which a backup is unpacked.
	workRestore = "restore.tmp"
	projectsDir = "projects"
)

// Restore puts a backup in the place of a data folder's contents. What was there
// is set aside, not deleted. Everything is unpacked and checked before anything
// is moved, and the database comes last: a restore that is cut short is begun
// again.
func Restore(ctx context.Context, opt Options, path string) (report workflow.Repaired, err error) {
	r, err := archive.Open(path)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if r.Manifest.Kind != archive.Backup {
		return report, workflow.Errorf(workflow.Invalid, "%s holds a single project.", path).
			WithHint("“plumbline import” takes it in. Nothing was changed.")
	}
	f, err := lockFolder(opt)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	work, err := f.workFolder(workRestore)
	if err != nil {
		return report, err
	}
	if err := f.unpack(ctx, r, work); err != nil {
		return report, errors.Join(err, disk.RemoveAll(f.opt.Disk, work))
	}
	if err := f.setAsideAll(); err != nil {
		return report, err
	}
	if err := f.moveIn(work); err != nil {
		return report, err
	}
	f.did("The backup of %s is in place, with %s.", moment(r.Manifest.CreatedAt), workflow.Plural(len(r.Manifest.Projects), "project", "projects"))
	return f.report, nil
}

// unpack makes a whole data folder of a backup, in a work folder.
func (f *folder) unpack(ctx context.Context, r *archive.Reader, work string) error {
	database := store.DatabasePath(work)
	err := r.Read(databaseEntry, func(in io.Reader) error { return f.writeFile(database, in) })
	if err != nil {
		return err
	}
	if err := store.CheckSnapshot(ctx, database); err != nil {
		return err
	}
	h := history.OpenOn(f.opt.Disk, work)
	for _, p := range r.Manifest.Projects {
		if err := ctx.Err(); err != nil {
			return errors.Join(err, h.Close())
		}
		if p.Tip == "" {
			continue
		}
		f.say("Unpacking “%s”", p.Name)
		if err := unbundle(ctx, h, r, bundleEntry(p.ID), p.ID, p.Tip); err != nil {
			return errors.Join(err, h.Close())
		}
	}
	return h.Close()
}

// unbundle makes the repository of a project from an entry of an archive.
func unbundle(ctx context.Context, h *history.History, r *archive.Reader, entry, projectID, want string) error {
	tip := ""
	err := r.Read(entry, func(in io.Reader) (err error) {
		tip, err = h.Unbundle(ctx, projectID, in)
		return err
	})
	if err == nil && tip != want {
		err = workflow.Errorf(workflow.Invalid, "The history of %s ends at %.10s, not at %.10s.", projectID, tip, want).
			WithHint("The file is damaged. Use another copy, or an older backup.")
	}
	if err != nil {
		return err
	}
	return h.Adopt(ctx, projectID, tip)
}

func (f *folder) writeFile(path string, in io.Reader) error {
	out, err := f.opt.Disk.Create(path)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(path), err)
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// setAsideAll gives the database and the histories other names. The database
// goes first: without it nobody takes what is left for the whole.
func (f *folder) setAsideAll() error {
	for _, name := range []string{f.database(), filepath.Join(f.opt.Dir, projectsDir)} {
		there, err := isThere(name)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		to, err := f.aside(name, "before-restore")
		if err != nil {
			return err
		}
		f.did("What was there is kept as %s.", to)
	}
	return nil
}

// moveIn puts what was unpacked in its place, the database last.
func (f *folder) moveIn(work string) error {
	unpacked := filepath.Join(work, projectsDir)
	there, err := isThere(unpacked)
	if err != nil {
		return err
	}
	if there {
		err = f.opt.Disk.Rename(unpacked, filepath.Join(f.opt.Dir, projectsDir))
		if err == nil {
			err = f.opt.Disk.SyncDir(f.opt.Dir)
		}
		if err != nil {
			return fmt.Errorf("move the histories in: %w", err)
		}
	}
	return f.install(work)
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"plumbline/backend/disk"
	"plumbline/backend/history"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	// workSalvage is the folder in which what can be saved of a database is gathered.
	// It gets the other name when the database in it is whole.
	workSalvage, salvaged = "salvage.tmp", "salvaged.tmp"
	// workRewrite is the folder for the texts of a history that is written anew.
	workRewrite = "rewrite.tmp"
)

// Repair puts a damaged data folder right: the database from the histories, the
// histories from the database. Nothing is deleted; what is damaged is set aside.
// It is safe to call when nothing is wrong, and to begin again when it was cut short.
func Repair(ctx context.Context, opt Options) (report workflow.Repaired, err error) {
	f, err := lockFolder(opt)
	if err != nil {
		return report, err
	}
	err = f.repairDatabase(ctx)
	if err := errors.Join(err, f.close()); err != nil { // the store takes the lock itself
		return f.report, err
	}
	st, err := store.Open(ctx, f.opt.Dir, store.Options{Now: f.opt.Now, Disk: f.opt.Disk})
	if err != nil {
		return f.report, err
	}
	f.history = history.OpenOn(f.opt.Disk, f.opt.Dir)
	err = f.repairHistories(ctx, st)
	return f.report, errors.Join(err, st.Close(), f.history.Close())
}

// repairDatabase leaves a sound database in its place.
func (f *folder) repairDatabase(ctx context.Context) error {
	there, err := isThere(f.database())
	if err != nil {
		return err
	}
	if !there {
		f.anew = true
		return f.replaceMissing(ctx)
	}
	if err := disk.RemoveAll(f.opt.Disk, filepath.Join(f.opt.Dir, salvaged)); err != nil {
		return fmt.Errorf("clear %s: %w", f.opt.Dir, err)
	}
	f.say("Examining the database")
	damage := f.examine(ctx, f.database())
	switch {
	case damage == nil:
		return nil
	case workflow.CodeOf(damage) != workflow.Invalid || ctx.Err() != nil:
		return damage
	}
	f.did("%s", workflow.Describe(damage).Message)
	f.anew = true
	return f.salvageDatabase(ctx)
}

// replaceMissing puts a database where there is none: that of a repair which was
// cut short before the last step, or one that is made anew from the histories.
func (f *folder) replaceMissing(ctx context.Context) error {
	ready := filepath.Join(f.opt.Dir, salvaged)
	there, err := isThere(store.DatabasePath(ready))
	if err != nil {
		return err
	}
	if there {
		f.did("The database was missing. What an earlier repair had saved is in its place.")
		return f.install(ready)
	}
	ids, err := f.history.Projects()
	if err != nil || len(ids) == 0 {
		return err // a new folder
	}
	f.did("The database was missing. It is made anew from the histories.")
	return f.rebuildAll(ctx)
}

// salvageDatabase saves what can be read of a damaged database, makes the rest
// anew from the histories, and puts the result in its place.
func (f *folder) salvageDatabase(ctx context.Context) error {
	work, err := f.workFolder(workSalvage)
	if err != nil {
		return err
	}
	f.say("Saving what can be read")
	saved, err := f.salvage(ctx, f.database(), store.DatabasePath(work))
	if err != nil {
		return err
	}
	st, err := f.openWork(ctx, work)
	if err != nil {
		return err
	}
	if err := errors.Join(f.complete(ctx, st, saved), st.Close()); err != nil {
		return err
	}
	ready, err := f.ready(work)
	if err != nil {
		return err
	}
	to, err := f.aside(f.database(), "damaged")
	if err != nil {
		return err
	}
	f.did("The damaged database is kept as %s.", to)
	return f.install(ready)
}

// ready says, durably, that what was gathered in a work folder is whole, so that a
// repair which is cut short goes on from there.
func (f *folder) ready(work string) (string, error) {
	to := filepath.Join(f.opt.Dir, salvaged)
	err := f.opt.Disk.SyncDir(work)
	if err == nil {
		err = f.opt.Disk.Rename(work, to)
	}
	if err == nil {
		err = f.opt.Disk.SyncDir(f.opt.Dir)
	}
	if err != nil {
		return "", workflow.Errorf(workflow.Unavailable, "The folder %s cannot be renamed: %w.", work, err).
			WithHint("Check that you may write to %s. Nothing was changed.", f.opt.Dir)
	}
	return to, nil
}

// complete makes the records of every project anew that has a history which can
// be read: nobody can tell what a damaged database no longer holds. What it alone
// had, and is lost, is named.
func (f *folder) complete(ctx context.Context, st *store.Store, saved Salvaged) error {
	ids, err := f.history.Projects()
	if err != nil {
		return err
	}
	rebuilt := true
	for _, id := range ids {
		ok, err := f.completeProject(ctx, st, id)
		if err != nil {
			return err
		}
		rebuilt = rebuilt && ok
	}
	strays, err := st.DropStrays(ctx)
	if err != nil {
		return err
	}
	if len(strays) > 0 {
		f.lost("The runs of %s that had not ended, as a whole", workflow.Plural(len(strays), "text", "texts"))
	}
	f.tellLost(saved, rebuilt)
	return nil
}

// tellLost names what only the database had and is gone. rebuilt says that
// everything else came back.
func (f *folder) tellLost(saved Salvaged, rebuilt bool) {
	unknown := saved.More
	for _, fault := range saved.Lost {
		switch {
		case fault.Bucket == "":
			unknown++
		case !rebuilt || !fault.FromHistory():
			f.lost("In the database: %s", fault)
		}
	}
	switch {
	case unknown > 0 && rebuilt:
		f.lost("%s of the database could not be read. What only it had may be gone: drafts, settings, runs that had not ended.", workflow.Plural(unknown, "part", "parts"))
	case unknown > 0:
		f.lost("%s of the database could not be read, and not every project has a history to take its place.", workflow.Plural(unknown, "part", "parts"))
	}
}

// completeProject makes the records of a project anew and adds the versions that
// git did not have yet. When its history cannot be read, what was saved of them
// stays, and it reports false.
func (f *folder) completeProject(ctx context.Context, st *store.Store, id string) (bool, error) {
	if readable, err := f.mendFirst(ctx, st, id); err != nil || !readable {
		return false, err
	}
	ahead, err := unpublished(st, id)
	if err != nil {
		return false, err
	}
	if err := st.Forget(ctx, id); err != nil {
		return false, err
	}
	if err := f.rebuildProject(ctx, st, id); err != nil {
		return false, err
	}
	return true, addAgain(st, id, ahead)
}

// mendFirst puts right what the history of a project needs to be read, and reports
// whether it can be. The branch is looked for where the database knew it to be, too.
func (f *folder) mendFirst(ctx context.Context, st *store.Store, id string) (readable bool, err error) {
	tip, err := f.history.Tip(ctx, id)
	if err != nil {
		return false, err
	}
	problems, err := f.history.Verify(ctx, id, tip, false)
	if err != nil || tip != "" && len(problems) == 0 {
		return err == nil, err
	}
	head, err := st.GitHead(id)
	if err != nil || head == "" && tip == "" {
		return false, err
	}
	if tip == "" {
		tip = head
	}
	mended, err := f.history.Mend(ctx, id, tip)
	f.report.Done = append(f.report.Done, mended...)
	if err != nil {
		return false, err
	}
	now, err := f.history.Tip(ctx, id)
	if err != nil || now != tip {
		return false, err
	}
	problems, err = f.history.Verify(ctx, id, tip, false)
	return len(problems) == 0, err
}

// textVersion is a version with its text.
type textVersion struct {
	version workflow.Version
	body    string
}

// unpublished returns the versions of a project that git does not have, by path
// and number. A project that is not in the database has none.
func unpublished(st *store.Store, id string) ([]textVersion, error) {
	list := []textVersion{}
	err := st.View(func(tx *store.Tx) error {
		return tx.EachVersion(id, func(v workflow.Version) error {
			if v.Commit != "" {
				return nil
			}
			body, ok, err := tx.Body(id, v.Path, v.Number)
			if ok {
				list = append(list, textVersion{v, body})
			}
			return err
		})
	})
	return list, err
}

// addAgain adds versions that the outbox did not bring back, as they were.
func addAgain(st *store.Store, id string, list []textVersion) error {
	for _, t := range list {
		err := st.Update(func(tx *store.Tx) error {
			head, _, err := tx.Head(id, t.version.Path)
			if err != nil || t.version.Number != head.Number+1 {
				return err
			}
			return errors.Join(tx.Describe(id, t.version.Author, t.version.At, t.version.Message), tx.AddVersion(t.version, t.body))
		})
		if err != nil {
			return fmt.Errorf("add %s v%d again: %w", t.version.Path, t.version.Number, err)
		}
	}
	return nil
}

// repairHistories puts the history of every project right.
func (f *folder) repairHistories(ctx context.Context, st *store.Store) error {
	if err := f.adoptOwnerless(ctx, st); err != nil {
		return err
	}
	var projects []workflow.Project
	if err := st.View(func(tx *store.Tx) (err error) { projects, err = tx.Projects(); return err }); err != nil {
		return err
	}
	known := []string{}
	for _, p := range projects {
		known = append(known, p.ID)
		if err := f.fillGaps(st, p); err != nil {
			return err
		}
		f.say("Examining the history of “%s”", p.Name)
		if err := f.repairHistory(ctx, st, p); err != nil {
			return err
		}
	}
	unknown, err := f.history.Projects(known...)
	if err != nil {
		return err
	}
	if f.anew {
		if err := f.nameGone(append(known, unknown...)); err != nil {
			return err
		}
	}
	for _, id := range unknown {
		if err := f.rebuildProject(ctx, st, id); err != nil {
			if ctx.Err() != nil {
				return err
			}
			f.lost("The project %s: %s", id, workflow.Describe(err).Message)
		}
	}
	if err := f.standIns(ctx, st); err != nil {
		return err
	}
	return reconcile(ctx, st, f.history)
}

// repairHistory mends the history of a project, or writes it anew from the database.
func (f *folder) repairHistory(ctx context.Context, st *store.Store, p workflow.Project) error {
	head, err := st.GitHead(p.ID)
	if err != nil {
		return err
	}
	if head == "" {
		known, err := inGit(st, p.ID)
		if err != nil || !known {
			return err
		}
		f.did("Where the history of “%s” ends was lost.", p.Name)
		return f.rewrite(ctx, st, p)
	}
	problems, err := f.history.Verify(ctx, p.ID, head, true)
	if err != nil || len(problems) == 0 {
		return err
	}
	f.did("The history of “%s” was damaged: %s", p.Name, problems[0].Message)
	if problems[0].Kind != history.RepositoryMissing {
		mended, err := f.history.Mend(ctx, p.ID, head)
		if err != nil {
			return err
		}
		f.report.Done = append(f.report.Done, mended...)
		if problems, err = f.history.Verify(ctx, p.ID, head, true); err != nil || len(problems) == 0 {
			return err
		}
	}
	return f.rewrite(ctx, st, p)
}

// rewrite writes the history of a project anew: every version whose text can be
// had from the database or from what is left of the old history, in order, and in
// the end everything that is known of the project.
func (f *folder) rewrite(ctx context.Context, st *store.Store, p workflow.Project) error {
	texts, err := f.workFolder(workRewrite)
	if err != nil {
		return err
	}
	w := &rewriting{folder: f, store: st, project: p, texts: texts}
	err = w.gather(ctx)
	if err == nil {
		err = w.write(ctx)
	}
	return errors.Join(err, disk.RemoveAll(f.opt.Disk, texts)) // only copies are in it
}

// describeLost names lost versions in a line for each document.
func describeLost(name string, lost []workflow.Version) []string {
	byPath := map[string][]string{}
	for _, v := range lost {
		byPath[v.Path] = append(byPath[v.Path], fmt.Sprintf("v%d", v.Number))
	}
	lines := []string{}
	for path, numbers := range byPath {
		lines = append(lines, fmt.Sprintf("“%s”: the text of %s %s", name, path, strings.Join(numbers, ", ")))
	}
	slices.Sort(lines)
	return lines
}

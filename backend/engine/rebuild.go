package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"plumbline/backend/history"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Rebuild makes the database of a data folder anew from the git histories in it.
// It is for a folder whose database is lost: when there is one, it is a Conflict,
// and Repair is the way. Drafts, settings and what only the database had are
// gone; everything that was committed comes back. The database gets its name at
// the very end, so a rebuild that is cut short can be begun again.
func Rebuild(ctx context.Context, opt Options) (report workflow.Repaired, err error) {
	f, err := lockFolder(opt)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	there, err := isThere(f.database())
	if err != nil {
		return report, err
	}
	if there {
		return report, workflow.Errorf(workflow.Conflict, "There is a database in %s.", f.opt.Dir).
			WithHint("“plumbline repair” mends it. To rebuild it all the same, move it away first.")
	}
	return f.report, f.rebuildAll(ctx)
}

// rebuildAll makes a database from all histories and puts it in its place.
func (f *folder) rebuildAll(ctx context.Context) error {
	ids, err := f.history.Projects()
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return workflow.Errorf(workflow.NotFound, "There is no history in %s to rebuild from.", f.opt.Dir).
			WithHint("“plumbline restore FILE” brings back a backup.")
	}
	work, err := f.workFolder(workRebuild)
	if err != nil {
		return err
	}
	st, err := f.openWork(ctx, work)
	if err != nil {
		return err
	}
	rebuilt := 0
	for _, id := range ids {
		if err = f.rebuildProject(ctx, st, id); err != nil {
			if ctx.Err() != nil || workflow.CodeOf(err) == workflow.Unavailable {
				return errors.Join(err, st.Close())
			}
			f.lost("The project %s: %s", id, workflow.Describe(err).Message)
			continue
		}
		rebuilt++
	}
	if err := st.Close(); err != nil {
		return err
	}
	if rebuilt == 0 {
		return workflow.Errorf(workflow.Invalid, "None of the histories in %s could be read.", f.opt.Dir).
			WithHint("“plumbline restore FILE” brings back a backup. Nothing was changed.")
	}
	return f.install(work)
}

// workRebuild is the folder in which a database is made anew.
const workRebuild = "rebuild.tmp"

// rebuildProject makes the records of one project in a store and notes what came of it.
func (f *folder) rebuildProject(ctx context.Context, st *store.Store, id string) error {
	tip, err := f.history.Tip(ctx, id)
	if err != nil {
		return err
	}
	if tip == "" {
		return workflow.Errorf(workflow.NotFound, "Its history in %s has no branch “main”.", f.history.Dir(id)).
			WithHint("Put a copy of the folder back, or take the project from a backup.")
	}
	rebuilt, err := rebuild(ctx, st, f.history, id, id, tip, func(commits int) {
		f.say("Reading the history of %s: %d commits", id, commits)
	})
	if err != nil {
		return err
	}
	f.did("“%s” was rebuilt from its history: %s.", rebuilt.Project.Name, recordsOf(rebuilt))
	for _, fault := range rebuilt.Lost {
		f.lost("“%s”: %s", rebuilt.Project.Name, fault)
	}
	for _, path := range rebuilt.Differs {
		f.did("In “%s”, %s was changed by somebody else in git; the last version that Plumbline saved is the current one.", rebuilt.Project.Name, path)
	}
	return nil
}

// recordsOf says how much was rebuilt.
func recordsOf(r store.Rebuilt) string {
	return workflow.Plural(r.Records["version"], "version", "versions") + ", " + workflow.Plural(r.Records["run"], "run", "runs")
}

// rebuild makes the records of project id from the repository of project from,
// which may be another one's. Where the way from the first commit is broken, the
// newest commit alone has to do: older versions are then missing.
func rebuild(ctx context.Context, st *store.Store, h *history.History, from, id, tip string, say func(commits int)) (store.Rebuilt, error) {
	read := func(blob string) (string, error) { return h.Blob(ctx, from, blob) }
	b, err := st.NewRebuild(ctx, id, read)
	if err != nil {
		return store.Rebuilt{}, err
	}
	commits, told := 0, time.Now()
	err = h.Walk(ctx, from, tip, func(s history.Step) error {
		if commits++; time.Since(told) > longAgo {
			say(commits)
			told = time.Now()
		}
		changed := make([]store.Changed, len(s.Changed))
		for i, c := range s.Changed {
			changed[i] = store.Changed{Path: c.Path, Blob: c.Blob}
		}
		return b.Commit(ctx, s.Commit, changed)
	})
	if err == nil {
		return b.Finish(ctx)
	}
	if code := workflow.CodeOf(err); ctx.Err() != nil || code != workflow.NotFound && code != workflow.Invalid && code != workflow.Internal {
		return store.Rebuilt{}, err
	}
	return rebuildNewest(ctx, st, h, from, id, tip, err)
}

// rebuildNewest makes the records of a project from its newest commit alone.
func rebuildNewest(ctx context.Context, st *store.Store, h *history.History, from, id, tip string, cause error) (store.Rebuilt, error) {
	files, err := h.Files(ctx, from, tip, "")
	if err != nil {
		return store.Rebuilt{}, errors.Join(cause, err)
	}
	b, err := st.NewRebuild(ctx, id, func(blob string) (string, error) { return h.Blob(ctx, from, blob) })
	if err != nil {
		return store.Rebuilt{}, err
	}
	changed := make([]store.Changed, 0, len(files))
	for path, blob := range files {
		changed = append(changed, store.Changed{Path: path, Blob: blob})
	}
	if err := b.Commit(ctx, tip, changed); err != nil {
		return store.Rebuilt{}, err
	}
	rebuilt, err := b.Finish(ctx)
	rebuilt.Lost = append(rebuilt.Lost, store.Fault{
		Where: tip, Reason: fmt.Sprintf("Older versions could not be read: %s", workflow.Describe(cause).Message),
	})
	return rebuilt, err
}

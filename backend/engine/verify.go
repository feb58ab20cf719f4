package engine

import (
	"context"
	"errors"
	"fmt"

	"plumbline/backend/history"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// repairHint is the way out of damage.
const repairHint = "Close Plumbline, then “plumbline repair”. Make a copy of the data folder first."

// maxFaults is how many faults of one kind are listed.
const maxFaults = 20

// Verify looks for damage while Plumbline works: every record of the database,
// and the history of every project, whose objects are all read when deep is set.
// Tell is called before each of them.
func (e *Engine) Verify(ctx context.Context, deep bool, tell func(workflow.VerifyProgress)) ([]workflow.Check, error) {
	checks := []workflow.Check{}
	var projects []workflow.Project
	if err := e.store.View(func(tx *store.Tx) (err error) { projects, err = tx.Projects(); return err }); err != nil {
		return checks, err
	}
	total := 1 + len(projects)
	tell(workflow.VerifyProgress{Total: total, Title: "Database"})
	database, err := e.verifyDatabase(ctx)
	if err != nil {
		return checks, err
	}
	checks = append(checks, database...)
	if err := e.drainer.flush(ctx); err != nil && ctx.Err() != nil {
		return checks, err
	} // what could not be written shows below
	for i, p := range projects {
		tell(workflow.VerifyProgress{Done: 1 + i, Total: total, Title: historyTitle(p.Name)})
		head, err := e.store.GitHead(p.ID)
		if err != nil {
			return checks, err
		}
		found, err := verifyHistory(ctx, e.history, p.ID, p.Name, head, deep)
		if err != nil {
			return checks, err
		}
		checks = append(checks, found...)
	}
	orphans, err := e.orphans()
	for _, id := range orphans {
		checks = append(checks, failed("history", "History", fmt.Sprintf("There is a history of a project that the database does not know: %s.", e.history.Dir(id)), repairHint))
	}
	return checks, err
}

func (e *Engine) verifyDatabase(ctx context.Context) ([]workflow.Check, error) {
	checks, more := []workflow.Check{}, 0
	err := e.store.Verify(ctx, func(f store.Fault) {
		if len(checks) == maxFaults {
			more++
			return
		}
		checks = append(checks, failed("database", "Database", f.String(), repairHint))
	})
	if err != nil {
		return nil, err
	}
	if more > 0 {
		checks = append(checks, failed("database", "Database", fmt.Sprintf("There are %d more faults.", more), repairHint))
	}
	if len(checks) == 0 {
		checks = append(checks, workflow.Check{ID: "database", Title: "Database", State: checkOK, Message: "Every record is as it was written."})
	}
	return checks, nil
}

// verifyHistory looks for damage in the history of one project.
func verifyHistory(ctx context.Context, h *history.History, id, name, head string, deep bool) ([]workflow.Check, error) {
	title := historyTitle(name)
	problems, err := h.Verify(ctx, id, head, deep)
	if err != nil {
		return nil, err
	}
	checks := []workflow.Check{}
	for _, p := range problems {
		checks = append(checks, failed("history", title, p.Message, repairHint))
	}
	if len(checks) == 0 {
		message := "It ends where it should."
		if deep {
			message = "Every commit, folder and text in it is whole."
		}
		checks = append(checks, workflow.Check{ID: "history", Title: title, State: checkOK, Message: message})
	}
	return checks, nil
}

func historyTitle(project string) string { return "History of " + project }

func failed(id, title, message, hint string) workflow.Check {
	return workflow.Check{ID: id, Title: title, State: checkFailed, Message: message, Hint: hint}
}

// orphans returns the ids of the histories that belong to no project of the
// database, and to nothing that waits to be written.
func (e *Engine) orphans() ([]string, error) {
	var known []string
	if err := e.store.View(func(tx *store.Tx) (err error) { known, err = tx.ProjectIDs(); return err }); err != nil {
		return nil, err
	}
	waiting, err := e.store.PendingProjects()
	if err != nil {
		return nil, err
	}
	return e.history.Projects(append(known, waiting...)...)
}

// Examine looks for damage in a data folder that nobody has open, also in one
// that cannot be opened. Nothing is changed.
func Examine(ctx context.Context, opt Options, deep bool) (checks []workflow.Check, err error) {
	f, err := lockFolder(opt)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.close()) }()
	checks = append(checks, f.examineDatabase(ctx))
	ids, err := f.history.Projects()
	if err != nil {
		return checks, err
	}
	for _, id := range ids {
		tip, err := f.history.Tip(ctx, id)
		if err != nil {
			return checks, err
		}
		found, err := verifyHistory(ctx, f.history, id, id, tip, deep)
		if err != nil {
			return checks, err
		}
		checks = append(checks, found...)
	}
	return checks, nil
}

// examineDatabase looks at the database, in a process of its own where that can be had.
func (f *folder) examineDatabase(ctx context.Context) workflow.Check {
	path := f.database()
	there, err := isThere(path)
	switch {
	case err != nil:
		return failed("database", "Database", workflow.Describe(err).Message, "Check that you may read the folder.")
	case !there:
		return failed("database", "Database", fmt.Sprintf("There is no database in %s.", f.opt.Dir), "“plumbline rebuild” makes it anew from the histories.")
	}
	if err := f.examine(ctx, path); err != nil {
		return failed("database", "Database", workflow.Describe(err).Message, repairHint)
	}
	return workflow.Check{ID: "database", Title: "Database", State: checkOK, Message: "Every record is as it was written."}
}

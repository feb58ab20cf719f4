package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"plumbline/backend/workflow"
)

// bringBackOrphans makes the records of projects that have a history and no
// records: an import was cut short, which takes the old ones away before it makes
// the new ones. Nobody is kept from the other projects by one that cannot be read.
func (e *Engine) bringBackOrphans(ctx context.Context) error {
	orphans, err := e.orphans()
	if workflow.CodeOf(err) == workflow.Internal { // a record is damaged: nobody can tell whom a history belongs to
		d := workflow.Describe(err)
		e.notify("warning", "Plumbline could not look for projects that are missing: "+d.Message, cmp.Or(d.Hint, repairHint))
		return nil
	}
	if err != nil {
		return err
	}
	for _, id := range orphans {
		err := e.bringBackOrphan(ctx, id)
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			d := workflow.Describe(err)
			e.notify("warning", fmt.Sprintf("The history %s belongs to no project that is known, and cannot be read: %s", e.history.Dir(id), d.Message),
				cmp.Or(d.Hint, repairHint))
		}
	}
	return nil
}

func (e *Engine) bringBackOrphan(ctx context.Context, id string) error {
	tip, err := e.history.Tip(ctx, id)
	if err != nil || tip == "" {
		return err
	}
	rebuilt, err := rebuild(ctx, e.store, e.history, id, id, tip, func(int) {})
	if err != nil {
		return err
	}
	name, err := e.freeName(rebuilt.Project)
	if err != nil {
		return err
	}
	p, err := e.settleImport(id, name)
	if err != nil {
		return err
	}
	e.notify("warning", fmt.Sprintf("“%s” was missing in the database and was brought back from its history.", p.Name),
		"Look whether everything is as you left it.")
	return nil
}

// freeName returns the name that a project must take because another one has its
// own; empty when it can keep that.
func (e *Engine) freeName(p workflow.Project) (string, error) {
	projects, err := e.projectList()
	if err != nil {
		return "", err
	}
	taken := func(name string) bool {
		for _, other := range projects {
			if other.ID != p.ID && (workflow.SameName(other.Name, name) || other.Slug == workflow.Slug(name)) {
				return true
			}
		}
		return false
	}
	if !taken(p.Name) {
		return "", nil
	}
	for n := 2; n < 1000; n++ {
		if name := fmt.Sprintf("%s (%d)", p.Name, n); !taken(name) {
			return workflow.CheckName(name)
		}
	}
	return "", errors.New("there is no free name")
}

package engine

import (
	"errors"
	"fmt"

	"plumbline/backend/history"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// sane reports what does not fit together: records, heads, trees and commits.
func sane(b *bench) error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if err := b.store.Verify(b.ctx, func(f store.Fault) { bad("fault: %s", f) }); err != nil {
		return err
	}
	if err := b.drainer.flush(b.ctx); err != nil {
		return err
	}
	projects, err := b.projectList()
	for _, p := range projects {
		head, headErr := b.store.GitHead(p.ID)
		err = errors.Join(err, headErr)
		problems, verifyErr := b.history.Verify(b.ctx, p.ID, head, true)
		for _, problem := range problems {
			bad("%s: %s", p.Name, problem.Message)
		}
		err = errors.Join(err, verifyErr)
		if head != "" {
			err = errors.Join(err, sameInGit(b, p.ID, head))
		}
	}
	return errors.Join(append(errs, err)...)
}

// sameInGit compares the versions of a project with its repository.
func sameInGit(b *bench, id, head string) error {
	commits, files := map[string]bool{}, map[string]string{}
	err := b.history.Walk(b.ctx, id, head, func(s history.Step) error {
		commits[s.Commit] = true
		for _, c := range s.Changed {
			files[c.Path] = c.Blob
		}
		return nil
	})
	if err != nil {
		return err
	}
	return b.store.View(func(tx *store.Tx) error {
		heads, err := tx.Heads(id)
		for _, v := range heads {
			if files[v.Path] != v.Blob {
				err = errors.Join(err, fmt.Errorf("%s is %s in git, and v%d is %s", v.Path, files[v.Path], v.Number, v.Blob))
			}
		}
		return errors.Join(err, tx.EachVersion(id, func(v workflow.Version) error {
			if !commits[v.Commit] {
				return fmt.Errorf("%s v%d names the commit %q, which is not to be reached", v.Path, v.Number, v.Commit)
			}
			return nil
		}))
	})
}

// gitSays lets stock git look at every history.
func gitSays(b *bench) error {
	projects, err := b.projectList()
	for _, p := range projects {
		drainGit(b.t, b.history.Dir(p.ID), "fsck", "--full", "--strict", "--no-dangling")
	}
	return err
}

package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// fillGaps marks versions as lost of which not even the record is left.
func (f *folder) fillGaps(st *store.Store, p workflow.Project) error {
	if !f.anew {
		return nil
	}
	filled, err := st.FillGaps(p.ID)
	if err != nil {
		return err
	}
	for _, line := range describeLost(p.Name, filled) {
		f.lost("%s", line)
	}
	return nil
}

// standIns gives every document whose current text is lost a further version, with
// the newest text that is left of it, so that it can be read and written again.
func (f *folder) standIns(ctx context.Context, st *store.Store) error {
	bare := []workflow.Version{}
	err := st.View(func(tx *store.Tx) error {
		projects, err := tx.Projects()
		for _, p := range projects {
			heads, headsErr := tx.Heads(p.ID)
			err = errors.Join(err, headsErr)
			for _, v := range heads {
				_, here, bodyErr := tx.Body(v.ProjectID, v.Path, v.Number)
				err = errors.Join(err, bodyErr)
				if !here {
					bare = append(bare, v)
				}
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, v := range bare {
		if err := f.standIn(ctx, st, v); err != nil {
			return fmt.Errorf("give %s a text again: %w", v.Path, err)
		}
	}
	return nil
}

// standIn puts a version on top of one whose text is lost.
func (f *folder) standIn(ctx context.Context, st *store.Store, lost workflow.Version) error {
	from, body, err := f.newestText(ctx, st, lost)
	if err != nil {
		return err
	}
	message := fmt.Sprintf("Bring back v%d, because the text of v%d is lost", from, lost.Number)
	if from == 0 {
		message = fmt.Sprintf("Begin anew, because the text of v%d is lost", lost.Number)
	}
	if from < lost.Number && !lost.Lost {
		lost.Lost = true
		f.lost("The text of %s v%d", lost.Path, lost.Number)
		if err := st.Rewritten(lost.ProjectID, []workflow.Version{lost}, ""); err != nil {
			return err
		}
	}
	at := f.opt.Now().UTC().Truncate(time.Millisecond)
	if !at.After(lost.At) {
		at = lost.At.Add(time.Millisecond)
	}
	hash := workflow.Hash(body)
	v := workflow.Version{
		ProjectID: lost.ProjectID, Path: lost.Path, Number: lost.Number + 1, Kind: workflow.VersionRestored,
		Author: workflow.Author{Kind: workflow.Plumbline, Name: "Plumbline"}, At: at, Message: message,
		Hash: hash, BasisHash: workflow.BlankHash(body, newDocCache().boxes(hash, body)), Size: len(body), Words: markdown.Words(body),
	}
	f.did("%s has a version v%d now: %s.", v.Path, v.Number, message)
	return st.Update(func(tx *store.Tx) error {
		return errors.Join(tx.Describe(v.ProjectID, v.Author, v.At, v.Message), tx.AddVersion(v, body))
	})
}

// newestText returns the text of the newest version of a document that can still be
// read, and its number; 0 when there is none.
func (f *folder) newestText(ctx context.Context, st *store.Store, of workflow.Version) (number int, body string, err error) {
	var all []workflow.Version
	if err := st.View(func(tx *store.Tx) (err error) { all, err = tx.Versions(of.ProjectID, of.Path); return err }); err != nil {
		return 0, "", err
	}
	for _, v := range all {
		here := false
		if err := st.View(func(tx *store.Tx) (err error) { body, here, err = tx.Body(v.ProjectID, v.Path, v.Number); return err }); err != nil {
			return 0, "", err
		}
		if !here && v.Blob != "" && !v.Lost {
			if body, err = f.history.Blob(ctx, v.ProjectID, v.Blob); ctx.Err() != nil {
				return 0, "", err
			}
			here = err == nil && workflow.Hash(body) == v.Hash
		}
		if here {
			return v.Number, body, nil
		}
	}
	return 0, "The text of this document is lost.\n", nil
}

// inGit reports whether a version of a project says that git has it.
func inGit(st *store.Store, id string) (known bool, err error) {
	err = st.View(func(tx *store.Tx) error {
		return tx.EachVersion(id, func(v workflow.Version) error {
			known = known || v.Commit != ""
			return nil
		})
	})
	return known, err
}

// nameGone names the projects of which nothing but a folder is left.
func (f *folder) nameGone(known []string) error {
	entries, err := os.ReadDir(filepath.Join(f.opt.Dir, projectsDir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("look for projects: %w", err)
	}
	for _, entry := range entries {
		if id := entry.Name(); entry.IsDir() && workflow.CheckID(id) == nil && !slices.Contains(known, id) {
			f.lost("The project %s: its history is gone, and so are its records.", id)
		}
	}
	return nil
}

// adoptOwnerless makes a project for documents whose own is lost, so that they can
// be found, and removes what else is left of projects that are gone.
func (f *folder) adoptOwnerless(ctx context.Context, st *store.Store) error {
	if !f.anew {
		return nil
	}
	ids, err := st.Ownerless()
	if err != nil {
		return err
	}
	for _, id := range ids {
		newest := time.Time{}
		err := st.View(func(tx *store.Tx) error {
			return tx.EachVersion(id, func(v workflow.Version) error {
				if v.At.After(newest) {
					newest = v.At
				}
				return nil
			})
		})
		if err == nil && newest.IsZero() {
			err = st.Forget(ctx, id)
		} else if err == nil {
			err = f.adopt(st, id, newest)
		}
		if err != nil {
			return fmt.Errorf("look after what is left of the project %s: %w", id, err)
		}
	}
	return nil
}

// adopt makes a project anew of which only documents are left.
func (f *folder) adopt(st *store.Store, id string, at time.Time) error {
	name := "Saved documents " + id[max(0, len(id)-6):]
	p := workflow.Project{ID: id, Slug: workflow.Slug(name), Name: name, WorkflowID: standardWorkflow, CreatedAt: at, UpdatedAt: at}
	f.lost("The project %s: its name. Its documents are in “%s” now.", id, name)
	return st.Update(func(tx *store.Tx) error {
		by := workflow.Author{Kind: workflow.Plumbline, Name: "Plumbline"}
		return errors.Join(tx.Describe(id, by, at, "Make the project anew"), tx.PutProject(p))
	})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	pendingSaves = 1000
	// pendingDocuments is how many documents these are of.
	pendingDocuments = 20
)

// edit is one save: what a document says now.
type edit struct{ path, body string }

// edits returns the saves that are drained.
func edits() []edit {
	rng := rand.New(rand.NewPCG(5, 7))
	works := make([]*manuscript, pendingDocuments)
	for i := range works {
		works[i] = newManuscript(rng, deepPath(i), saveSize-1000)
	}
	list := make([]edit, pendingSaves)
	for i := range list {
		m := works[i%len(works)]
		m.revise(rng)
		list[i] = edit{m.path, m.text()}
	}
	return list
}

// pend makes a data folder in which the saves are acknowledged and git has none
// of them, as when the power failed before it got them.
func pend(ctx context.Context, dir string, list []edit) (err error) {
	st, err := store.Open(ctx, dir, store.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	s := newScribe(0)
	for _, edit := range list {
		s.at = s.at.Add(between)
		s.project.UpdatedAt = s.at
		by := workflow.Author{Kind: workflow.Person, Name: "Ann Example"}
		err := st.Update(func(tx *store.Tx) error {
			head, _, err := tx.Head(s.project.ID, edit.path)
			if err != nil {
				return err
			}
			hash := workflow.Hash(edit.body)
			return errors.Join(tx.PutProject(s.project), tx.Describe(s.project.ID, by, s.at, "Edit "+edit.path),
				tx.AddVersion(workflow.Version{
					ProjectID: s.project.ID, Path: edit.path, Number: head.Number + 1, Kind: workflow.VersionSaved, Author: by, At: s.at,
					Message: "Edit " + edit.path, Hash: hash, BasisHash: hash, Size: len(edit.body), Words: 600, Added: 2, Removed: 2,
				}, edit.body))
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// measureDrain measures how saves that wait become commits, when the data is
// opened, against git with the same texts and git with the same commits.
func measureDrain(ctx context.Context, shop *workshop) ([]row, error) {
	add := row{what: "1,000 saves drained into git", unit: "ms", reference: "git add and commit each", goal: goal{kind: atMostTimes, limit: 0.05}}
	imported := row{what: "the same", unit: "ms", reference: "git fast-import", goal: goal{kind: atMostTimes, limit: 2.5}}
	if program := missing("git"); program != "" {
		add.why, imported.why = program+" is not installed", program+" is not installed"
		return []row{add, imported}, nil
	}
	b := &drainBench{shop: shop, edits: edits()}
	folder, err := shop.folder("pending")
	if err != nil {
		return nil, err
	}
	b.pending, b.stream = filepath.Join(folder, "data"), filepath.Join(folder, "stream")
	if err := pend(ctx, b.pending, b.edits); err != nil {
		return nil, err
	}
	if err := b.export(ctx); err != nil {
		return nil, err
	}
	if err := interleave(3*shop.rounds, b.ours(ctx, &imported.ours), b.fastImport(ctx, &imported.theirs)); err != nil {
		return nil, err
	}
	if err := interleave(max(1, shop.rounds/2), b.ours(ctx, &add.ours), b.addAndCommit(ctx, &add.theirs)); err != nil {
		return nil, err
	}
	return []row{add, imported, {what: "memory, draining 1,000 saves", unit: "MB", ours: b.most, goal: goal{kind: atMost, limit: mostAllowed}}}, nil
}

type drainBench struct {
	shop            *workshop
	edits           []edit
	pending, stream string
	most            []float64 // memory of each lap
}

// drain drains a copy of what is pending and returns the folder.
func (b *drainBench) drain(ctx context.Context) (dir string, r result, err error) {
	if dir, err = b.shop.folder("drained"); err != nil {
		return "", r, err
	}
	dir = filepath.Join(dir, "data")
	if err := os.CopyFS(dir, os.DirFS(b.pending)); err != nil {
		return "", r, err
	}
	w, err := startWorker(ctx)
	if err != nil {
		return "", r, err
	}
	r, err = w.do(order{Do: "open", Dir: dir})
	b.most = append(b.most, w.most)
	return dir, r, errors.Join(err, w.close())
}

// export writes the commits that draining makes as a stream for git.
func (b *drainBench) export(ctx context.Context) error {
	dir, _, err := b.drain(ctx)
	if err != nil {
		return err
	}
	repo := newRepository(repositoryOf(dir, 0))
	count, err := repo.output(ctx, "rev-list", "--count", "main")
	if err == nil && count != fmt.Sprintln(pendingSaves) {
		err = fmt.Errorf("draining made %q commits", count)
	}
	if err != nil {
		return err
	}
	stream, err := repo.output(ctx, "fast-export", "main")
	if err != nil {
		return err
	}
	return os.WriteFile(b.stream, []byte(stream), 0o600)
}

func (b *drainBench) ours(ctx context.Context, times *[]float64) func() error {
	return func() error {
		dir, r, err := b.drain(ctx)
		*times = append(*times, r.Millis)
		return errors.Join(err, os.RemoveAll(dir))
	}
}

func (b *drainBench) fastImport(ctx context.Context, times *[]float64) func() error {
	return func() (err error) {
		dir, err := b.shop.folder("imported")
		if err != nil {
			return err
		}
		repo := newRepository(dir)
		if err := repo.git(ctx, "init", "--quiet", "--bare"); err != nil {
			return err
		}
		in, err := os.Open(b.stream)
		if err != nil {
			return err
		}
		cmd := exec.CommandContext(ctx, "git", "fast-import", "--quiet")
		cmd.Dir, cmd.Env, cmd.Stdin = repo.dir, repo.env, in
		*times = append(*times, timeOf(func() { err = cmd.Run() }))
		return errors.Join(err, in.Close(), os.RemoveAll(dir))
	}
}

func (b *drainBench) addAndCommit(ctx context.Context, times *[]float64) func() error {
	return func() error {
		repo, err := openRepository(ctx, b.shop)
		if err != nil {
			return err
		}
		*times = append(*times, timeOf(func() {
			for _, e := range b.edits {
				if err = repo.save(ctx, e.path, e.body); err != nil {
					return
				}
			}
		}))
		return err
	}
}

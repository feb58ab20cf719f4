package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
)

// measureDisk measures what the history takes after a maintenance against what
// git makes of a copy of it.
func measureDisk(ctx context.Context, shop *workshop) ([]row, error) {
	r := row{what: "disk use of 100,000 commits, maintained", unit: "MB", reference: "git repack -adf", goal: goal{kind: atMostTimes, limit: 1.3}}
	much, err := shop.muchData(ctx)
	if err != nil {
		return nil, err
	}
	merge := row{what: "merging the packs of 100,000 commits", unit: "s", reference: "git repack -adf", ours: []float64{much.merged.Millis / 1000}}
	rows := func() []row { return []row{r, merge, much.memory} }
	if program := missing("git"); program != "" {
		r.why, merge.why = program+" is not installed", program+" is not installed"
		return rows(), nil
	}
	ours, err := sizeBelow(repositoryOf(much.dir, 0))
	if err != nil {
		return nil, err
	}
	dir, err := shop.folder("repacked")
	if err == nil {
		err = os.CopyFS(filepath.Join(dir, "history.git"), os.DirFS(repositoryOf(much.dir, 0)))
	}
	if err != nil {
		return nil, err
	}
	repo := newRepository(filepath.Join(dir, "history.git"))
	took := timeOf(func() { err = repo.git(ctx, "repack", "-adfq") })
	if err != nil {
		return nil, err
	}
	theirs, err := sizeBelow(repo.dir)
	r.ours, r.theirs, merge.theirs = []float64{ours}, []float64{theirs}, []float64{took / 1000}
	return rows(), err
}

// sizeBelow returns how large all files of a folder are together, in MB.
func sizeBelow(dir string) (float64, error) {
	sum := 0.0
	err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			sum += float64(info.Size()) / 1e6
		}
		return err
	})
	return sum, err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// muchData is a data folder with much in it, as it is after a maintenance.
type muchData struct {
	dir string
	// merged is how long the maintenance took and what memory it needed.
	merged result
	memory row
}

// muchData makes the data that several rows share, once.
func (w *workshop) muchData(ctx context.Context) (*muchData, error) {
	if w.much != nil {
		return w.much, nil
	}
	fresh, err := w.freshData(ctx)
	if err != nil {
		return nil, err
	}
	d := &muchData{dir: filepath.Join(w.dir, "much")}
	if err := os.CopyFS(d.dir, os.DirFS(fresh)); err != nil {
		return nil, err
	}
	fmt.Fprintln(w.progress, "bench: merge the packs")
	if d.merged, d.memory, err = maintain(ctx, d.dir); err != nil {
		return nil, err
	}
	w.much = d
	return d, nil
}

// freshData fills a folder, unless one was kept.
func (w *workshop) freshData(ctx context.Context) (dir string, err error) {
	parent := w.data
	if parent == "" {
		if parent, err = w.folder("fresh"); err != nil {
			return "", err
		}
	}
	// The name tells what is in it, so that other data is never taken for it.
	dir = filepath.Join(parent, fmt.Sprintf("plumbline-bench-%d-%d", deepCommits, manyArtifacts))
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	half := dir + ".half"
	if err := errors.Join(os.RemoveAll(half), os.MkdirAll(half, 0o700)); err != nil {
		return "", err
	}
	err = fillFolder(ctx, half, func(format string, args ...any) { fmt.Fprintf(w.progress, "bench: "+format+"\n", args...) })
	if err != nil {
		return "", err
	}
	return dir, os.Rename(half, dir)
}

// maintain has a worker do the maintenance of a data folder.
func maintain(ctx context.Context, dir string) (r result, memory row, err error) {
	w, err := startWorker(ctx)
	if err != nil {
		return r, memory, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	if _, err = w.do(order{Do: "open", Dir: dir}); err == nil {
		r, err = w.do(order{Do: "maintain"})
	}
	return r, w.memory("merging 100,000 commits"), err
}

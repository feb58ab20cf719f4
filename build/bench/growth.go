package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"plumbline/backend/history"
	"plumbline/backend/store"
)

const (
	// fewCommits is what growth is measured against.
	fewCommits = 100
	// freePages is how many pages of a database hold nothing, as after much was
	// written and taken away.
	freePages = 150_000
)

// measureGrowth measures that a save does not become slower.
func measureGrowth(ctx context.Context, shop *workshop) (rows []row, err error) {
	much, err := shop.muchData(ctx)
	if err != nil {
		return nil, err
	}
	few, err := fewData(ctx, shop)
	if err != nil {
		return nil, err
	}
	deep := row{what: "4 KB saved, at 100,000 commits", unit: "ms", reference: "at 100", goal: goal{kind: atMostTimes, limit: 1.5}}
	memory, err := compareSaves(ctx, shop.rounds, &deep, []order{{Do: "open", Dir: much.dir}}, []order{{Do: "open", Dir: few}})
	if err != nil {
		return nil, err
	}
	wide := row{what: "4 KB saved, with 150,000 free pages", unit: "ms", reference: "after compaction", goal: goal{kind: atMostTimes, limit: 1.5}}
	with, err := fewData(ctx, shop)
	if err != nil {
		return nil, err
	}
	without, err := fewData(ctx, shop)
	if err != nil {
		return nil, err
	}
	room := order{Do: "make room", Number: freePages}
	memoryRoom, err := compareSaves(ctx, shop.rounds, &wide, []order{{Do: "open", Dir: with}, room},
		[]order{{Do: "open", Dir: without}, room, {Do: "maintain"}})
	memory.what, memoryRoom.what = "memory, saving at 100,000 commits", "memory, saving with 150,000 free pages"
	return []row{deep, wide, memory, memoryRoom}, err
}

// fewData makes a folder with a short history.
func fewData(ctx context.Context, shop *workshop) (dir string, err error) {
	if dir, err = shop.folder("few"); err != nil {
		return "", err
	}
	dir = filepath.Join(dir, "data")
	st, err := store.Open(ctx, dir, store.Options{})
	if err != nil {
		return "", err
	}
	f := &filler{store: st, history: history.Open(dir)}
	err = f.project(ctx, newScribe(0), deepPath, fewCommits/session, session)
	return dir, errors.Join(err, f.history.Close(), st.Close())
}

// compareSaves measures saves of two workers that were prepared, in turns. It
// returns the memory of the first one.
func compareSaves(ctx context.Context, rounds int, r *row, one, other []order) (memory row, err error) {
	ours, err := prepared(ctx, one)
	if err != nil {
		return memory, err
	}
	defer func() { err = errors.Join(err, ours.close()) }()
	theirs, err := prepared(ctx, other)
	if err != nil {
		return memory, err
	}
	defer func() { err = errors.Join(err, theirs.close()) }()
	save := func() order { return order{Do: "save"} }
	err = interleave(20*rounds, ours.timed(save, &r.ours), theirs.timed(save, &r.theirs))
	return ours.memory(r.what), err
}

// prepared starts a worker that has carried out some orders.
func prepared(ctx context.Context, orders []order) (*worker, error) {
	w, err := startWorker(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range orders {
		if _, err := w.do(o); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare: %w", err), w.close())
		}
	}
	return w, nil
}

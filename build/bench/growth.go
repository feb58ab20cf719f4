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
	room, err := measureRoom(ctx, shop)
	memory.what = "memory, saving at 100,000 commits"
	return append([]row{deep, memory}, room...), err
}

// measureRoom measures saves into a database with many free pages, before they are
// given back to the disk and after.
func measureRoom(ctx context.Context, shop *workshop) ([]row, error) {
	limit := goal{kind: atMostTimes, limit: 1.5}
	before := row{what: "4 KB saved, with 150,000 free pages", unit: "ms", reference: "after compaction", goal: limit}
	after := row{what: "4 KB saved, after their compaction", unit: "ms", reference: "a database that is almost new", goal: limit}
	dirs := make([]string, 4)
	for i := range dirs {
		var err error
		if dirs[i], err = fewData(ctx, shop); err != nil {
			return nil, err
		}
	}
	room := order{Do: "make room", Number: freePages}
	compacted := func(dir string) []order { return []order{{Do: "open", Dir: dir}, room, {Do: "maintain"}} }
	memory, err := compareSaves(ctx, shop.rounds, &before, []order{{Do: "open", Dir: dirs[0]}, room}, compacted(dirs[1]))
	if err == nil {
		_, err = compareSaves(ctx, shop.rounds, &after, compacted(dirs[2]), []order{{Do: "open", Dir: dirs[3]}})
	}
	memory.what = "memory, making and using 150,000 free pages"
	return []row{before, after, memory}, err
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

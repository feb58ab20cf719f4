package main

import (
	"context"
	"errors"
)

// measureOpen measures opening much data.
func measureOpen(ctx context.Context, shop *workshop) (rows []row, err error) {
	r := row{what: "open 50 projects, 10,000 artifacts, 100,000 versions", unit: "ms", reference: "bolt.Open and one ref a project",
		goal: goal{kind: atMostTimes, limit: 1.5}}
	much, err := shop.muchData(ctx)
	if err != nil {
		return nil, err
	}
	w, err := startWorker(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	open := w.timed(func() order { return order{Do: "open", Dir: much.dir} }, &r.ours)
	ours := func() error {
		if err := open(); err != nil {
			return err
		}
		_, err := w.do(order{Do: "close"})
		return err
	}
	theirs := w.timed(func() order { return order{Do: "open bare", Dir: much.dir} }, &r.theirs)
	err = interleave(4*shop.rounds, ours, theirs)
	return []row{r, w.memory("opening much data")}, err
}

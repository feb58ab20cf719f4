package main

import (
	"context"
	"errors"
)

// measurePast measures asking an open engine for what is past, against asking git.
func measurePast(ctx context.Context, shop *workshop) (rows []row, err error) {
	logs := goal{kind: atMostTimes, limit: 0.001, most: 2}
	page := row{what: "log of an artifact in 100,000 commits, a page", unit: "ms", reference: "git log -- path", goal: logs}
	all := row{what: "the same, all 100 versions", unit: "ms", reference: "git log -- path", goal: logs}
	old := row{what: "an old version", unit: "ms", reference: "git show", goal: goal{kind: atMostTimes, limit: 0.2}}
	shown := row{what: "the same, made into a page", unit: "ms", reference: "git show"}
	if program := missing("git"); program != "" {
		for _, r := range []*row{&page, &all, &old, &shown} {
			r.why = program + " is not installed"
		}
		return []row{page, all, old, shown}, nil
	}
	much, err := shop.muchData(ctx)
	if err != nil {
		return nil, err
	}
	w, err := startWorker(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, w.close()) }()
	p := &pastBench{worker: w, repo: newRepository(repositoryOf(much.dir, 0))}
	if _, err := w.do(order{Do: "open", Dir: much.dir}); err != nil {
		return nil, err
	}
	if err := p.measureLogs(ctx, shop.rounds, &page, &all); err != nil {
		return nil, err
	}
	err = p.measureOld(ctx, shop.rounds, &old, &shown)
	shown.theirs = old.theirs
	return []row{page, all, old, shown, w.memory("reading what is past")}, err
}

// pastBench asks both sides the same.
type pastBench struct {
	worker *worker
	repo   *repository
}

// measureLogs measures the logs. The one of git takes so long that it is asked for
// seldom, between many of ours.
func (p *pastBench) measureLogs(ctx context.Context, rounds int, page, all *row) error {
	asked := 0
	next := func(do string) func() order {
		return func() order { asked++; return order{Do: do, Path: deepPath(asked * 7 % deepArtifacts)} }
	}
	ours := func() error {
		for range 10 * rounds {
			if err := errors.Join(p.worker.timed(next("log a page"), &page.ours)(), p.worker.timed(next("log all"), &all.ours)()); err != nil {
				return err
			}
		}
		return nil
	}
	theirs := func() (err error) {
		took := timeOf(func() { err = p.repo.git(ctx, "log", "--format=%H", "--", deepPath(7)) })
		page.theirs, all.theirs = append(page.theirs, took), append(all.theirs, took)
		return err
	}
	return interleave(max(1, rounds/4), ours, theirs)
}

// measureOld measures reading ever other old versions of ever other documents, as
// they were written and as they are shown.
func (p *pastBench) measureOld(ctx context.Context, rounds int, old, shown *row) error {
	turn := 0
	pick := func() (string, int) { return deepPath(turn * 13 % deepArtifacts), 1 + turn*31%(deepVersions-1) }
	commits := map[int]string{}
	laps := 10 * rounds
	for turn = range laps { // before, so that git need not look for it
		path, number := pick()
		r, err := p.worker.do(order{Do: "name", Path: path, Number: number})
		if err != nil {
			return err
		}
		commits[turn] = r.Commit
	}
	asked := 0
	ours := func() error {
		turn = asked / 2
		asked++
		path, number := pick()
		asking := func(do string, times *[]float64) error {
			return p.worker.timed(func() order { return order{Do: do, Path: path, Number: number} }, times)()
		}
		return errors.Join(asking("read", &old.ours), asking("show", &shown.ours))
	}
	theirs := func() (err error) {
		turn = asked / 2
		asked++
		path, _ := pick()
		old.theirs = append(old.theirs, timeOf(func() { err = p.repo.git(ctx, "show", commits[turn]+":"+path) }))
		return err
	}
	return interleave(laps, ours, theirs)
}

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"plumbline/backend/history"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// The data that the rows about much data share: one project with a long history
// and many with a short one.
const (
	manyProjects  = 50
	manyArtifacts = 10_000
	deepArtifacts = 1_000 // of the first project
	deepVersions  = 100   // of each of these
	deepCommits   = deepArtifacts * deepVersions
	// session is how many versions of a document are written in a row.
	session = 5
	// fillBatch is how many commits are published at a time.
	fillBatch = 250
)

// filler fills a data folder. It publishes commits and has the store make its
// records from them, as after the loss of a database: a save for each of so many
// versions would take too long.
type filler struct {
	store   *store.Store
	history *history.History
	tip     string
	texts   map[string]string // of the commits published last, by blob
}

// fillFolder makes the data in an empty folder.
func fillFolder(ctx context.Context, dir string, say func(format string, args ...any)) error {
	st, err := store.Open(ctx, dir, store.Options{})
	if err != nil {
		return err
	}
	f := &filler{store: st, history: history.Open(dir)}
	for n := range manyProjects {
		if n == 0 {
			say("make %d commits", deepCommits)
			err = f.project(ctx, newScribe(n), deepPath, deepArtifacts, deepVersions)
		} else {
			artifacts := share(manyArtifacts-deepArtifacts, manyProjects-1, n-1)
			err = f.project(ctx, newScribe(n), shallowPath, artifacts, 1)
		}
		if err != nil {
			break
		}
	}
	return errors.Join(err, f.history.Close(), st.Close())
}

// share is the n-th of so many parts of a number that differ by at most one.
func share(of, parts, n int) int { return of*(n+1)/parts - of*n/parts }

// deepPath is where a document of the first project is; the first one is of a
// phase that is open from the start.
func deepPath(n int) string {
	if n == 0 {
		return savedPath
	}
	return fmt.Sprintf("parts/%02d/topic-%03d.md", n%25, n)
}

func shallowPath(n int) string { return fmt.Sprintf("notes/%02d/note-%03d.md", n%10, n) }

// project writes a number of documents with so many versions each, a few
// versions of one in a row and then of another.
func (f *filler) project(ctx context.Context, s *scribe, path func(int) string, artifacts, versions int) error {
	f.tip, f.texts = "", map[string]string{}
	r, err := f.store.NewRebuild(ctx, s.project.ID, func(blob string) (string, error) {
		if text, ok := f.texts[blob]; ok {
			return text, nil
		}
		return f.history.Blob(ctx, s.project.ID, blob)
	})
	if err != nil {
		return err
	}
	works := make([]*manuscript, artifacts)
	for i := range works {
		u := s.rng.Float64()
		works[i] = newManuscript(s.rng, path(i), 4000+int(16000*u*u))
	}
	batch := make([]workflow.Commit, 0, fillBatch)
	for i, which := range turns(s.rng, artifacts, versions) {
		c, err := s.write(works[which])
		if err != nil {
			return err
		}
		if batch = append(batch, c); len(batch) == fillBatch || i == artifacts*versions-1 {
			if err := f.publish(ctx, r, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	rebuilt, err := r.Finish(ctx)
	if err == nil && (len(rebuilt.Lost) > 0 || rebuilt.Records["version"] != artifacts*versions) {
		err = fmt.Errorf("%d records were not taken, the first: %+v", len(rebuilt.Lost), rebuilt.Lost[:min(1, len(rebuilt.Lost))])
	}
	return err
}

// turns says of which document each next version is.
func turns(rng *rand.Rand, artifacts, versions int) []int {
	sessions := []int{}
	for i := range artifacts {
		for range (versions + session - 1) / session {
			sessions = append(sessions, i)
		}
	}
	rng.Shuffle(len(sessions), func(i, j int) { sessions[i], sessions[j] = sessions[j], sessions[i] })
	left := make([]int, artifacts)
	for i := range left {
		left[i] = versions
	}
	order := make([]int, 0, artifacts*versions)
	for _, which := range sessions {
		for range min(session, left[which]) {
			order = append(order, which)
			left[which]--
		}
	}
	return order
}

// publish makes commits and has the store take their records.
func (f *filler) publish(ctx context.Context, r *store.Rebuild, batch []workflow.Commit) error {
	published, err := f.history.Publish(ctx, batch[0].ProjectID, f.tip, batch)
	if err != nil {
		return err
	}
	clear(f.texts)
	for i, p := range published {
		changed := make([]store.Changed, 0, len(batch[i].Files))
		for _, file := range batch[i].Files {
			blob := p.Blobs[file.Path]
			f.texts[blob] = string(file.Content)
			changed = append(changed, store.Changed{Path: file.Path, Blob: blob})
		}
		if err := r.Commit(ctx, p.Commit, changed); err != nil {
			return err
		}
		f.tip = p.Commit
	}
	return nil
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/engine"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	savedPath  = "request.md" // the output of the first phase, which is open from the start
	saveSize   = 4 << 10
	drainSaves = 200
)

// saver saves ever new versions of one document through the engine.
type saver struct {
	engine  *engine.Engine
	project string
	dir     string
	version int
	text    func(n int) string // of the version after n
}

func openSaver(ctx context.Context, shop *workshop) (*saver, error) {
	dir, err := shop.folder("save")
	if err != nil {
		return nil, err
	}
	e, err := engine.Open(ctx, engine.Options{Dir: dir, Version: "bench", Door: "command"})
	if err != nil {
		return nil, err
	}
	p, err := e.CreateProject(ctx, workflow.NewProject{Name: projectName, Idea: projectIdea})
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return &saver{engine: e, project: p.ID, dir: dir, text: document}, nil
}

func (s *saver) save(ctx context.Context) error {
	v, err := s.engine.Save(ctx, s.project, workflow.SaveDocument{Path: savedPath, Base: s.version, Body: s.text(s.version)})
	s.version = v.Number
	return err
}

// prose is a text of 4 KB without task boxes that is different each time.
func prose(n int) string {
	return fill(saveSize, fmt.Sprintf("# Edition %d\n\n", n), func(i int) string { return fmt.Sprintf("Line %d of a document.\n", i) })
}

// document is a text of 4 KB, with some task boxes, that is different each time.
func document(n int) string {
	return fill(saveSize, fmt.Sprintf("# Edition %d\n\n", n), func(i int) string {
		if i%20 > 16 {
			return fmt.Sprintf("- [ ] Thing %d that is to be done\n", i)
		}
		return fmt.Sprintf("Line %d of a document.\n", i)
	})
}

// measureSave measures saves as a person waits for them, and as git has them.
func measureSave(ctx context.Context, shop *workshop) ([]row, error) {
	plain, err := measureAcknowledged(ctx, shop, "4 KB saved and acknowledged", prose)
	if err != nil {
		return nil, err
	}
	boxes, err := measureAcknowledged(ctx, shop, "the same, with task boxes in it", document)
	if err != nil {
		return nil, err
	}
	boxes.goal = goal{} // told, because finding the boxes takes time that a put does not
	drained, err := measureDrained(ctx, shop)
	return []row{plain, boxes, drained}, err
}

// measureAcknowledged measures one save against one synced write of the same
// text to the same file: a copy of the database, which bbolt lets nobody share.
func measureAcknowledged(ctx context.Context, shop *workshop, what string, text func(n int) string) (r row, err error) {
	r = row{what: what, unit: "ms", reference: "bbolt put", goal: goal{kind: atMostTimes, limit: 2}}
	s, err := openSaver(ctx, shop)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.engine.Close()) }()
	s.text = text
	db, err := s.bare(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	timed := func(f func() error, times *[]float64) func() error {
		return func() (err error) {
			*times = append(*times, timeOf(func() { err = f() }))
			return err
		}
	}
	puts := 0
	put := timed(func() error { puts++; return putDocument(db, puts) }, &r.theirs)
	save := timed(func() error { return s.save(ctx) }, &r.ours)
	// A person does not save again while the doors are still being told.
	settled := func(f func() error) func() error {
		return func() error { s.engine.EventsSince("", 0); return f() }
	}
	return r, interleave(20*shop.rounds, settled(save), settled(put))
}

// bare opens a copy of the database, with some versions in it, as the store does.
func (s *saver) bare(ctx context.Context) (*bolt.DB, error) {
	for range bareSaves {
		if err := s.save(ctx); err != nil {
			return nil, err
		}
	}
	copied := filepath.Join(s.dir, "bare.db")
	if err := s.engine.Close(); err != nil {
		return nil, err
	}
	content, err := os.ReadFile(store.DatabasePath(s.dir))
	if err == nil {
		err = os.WriteFile(copied, content, 0o600)
	}
	if err != nil {
		return nil, err
	}
	if s.engine, err = engine.Open(ctx, engine.Options{Dir: s.dir, Version: "bench", Door: "command"}); err != nil {
		return nil, err
	}
	return bolt.Open(copied, 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType})
}

// bareSaves is how many versions are there before saves are measured.
const bareSaves = 50

func putDocument(db *bolt.DB, n int) error {
	return db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("documents"))
		if err != nil {
			return err
		}
		return b.Put(fmt.Appendf(nil, "%08d", n), []byte(document(n)))
	})
}

// measureDrained measures saves until each is a commit.
func measureDrained(ctx context.Context, shop *workshop) (row, error) {
	r := row{what: "200 saves, saved and drained", unit: "ms", reference: "git add and commit each", goal: goal{kind: atMostTimes, limit: 1}}
	if program := missing("git"); program != "" {
		r.why = program + " is not installed"
		return r, nil
	}
	ours := func() error {
		s, err := openSaver(ctx, shop)
		if err != nil {
			return err
		}
		begin := time.Now()
		for range drainSaves {
			if err := s.save(ctx); err != nil {
				return errors.Join(err, s.engine.Close())
			}
		}
		err = s.engine.Close() // publishes what is left
		r.ours = append(r.ours, millis(time.Since(begin)))
		return err
	}
	theirs := func() error {
		repo, err := openRepository(ctx, shop)
		if err != nil {
			return err
		}
		begin := time.Now()
		for i := range drainSaves {
			if err := repo.save(ctx, savedPath, document(i)); err != nil {
				return err
			}
		}
		r.theirs = append(r.theirs, millis(time.Since(begin)))
		return nil
	}
	return r, interleave(max(1, shop.rounds/2), ours, theirs)
}

// repository is a git repository as a person would use it.
type repository struct {
	dir string
	env []string
}

// newRepository is one that is there, or will be.
func newRepository(dir string) *repository {
	return &repository{dir: dir, env: append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=Bench", "GIT_AUTHOR_EMAIL=bench@localhost", "GIT_COMMITTER_NAME=Bench", "GIT_COMMITTER_EMAIL=bench@localhost")}
}

func openRepository(ctx context.Context, shop *workshop) (*repository, error) {
	dir, err := shop.folder("git")
	if err != nil {
		return nil, err
	}
	r := newRepository(dir)
	return r, r.git(ctx, "init", "--quiet")
}

// save writes a file and commits it.
func (r *repository) save(ctx context.Context, path, body string) error {
	file := filepath.Join(r.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
		return err
	}
	if err := r.git(ctx, "add", path); err != nil {
		return err
	}
	return r.git(ctx, "commit", "--quiet", "--message", "Save")
}

func (r *repository) git(ctx context.Context, args ...string) error {
	_, err := r.output(ctx, args...)
	return err
}

// output returns what git prints.
func (r *repository) output(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	var out, complaint bytes.Buffer
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = r.dir, r.env, &out, &complaint
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("git %s: %w\n%s", strings.Join(args, " "), err, complaint.Bytes())
	}
	return out.String(), nil
}

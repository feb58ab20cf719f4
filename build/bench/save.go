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
	return &saver{engine: e, project: p.ID, dir: dir}, nil
}

func (s *saver) save(ctx context.Context) error {
	v, err := s.engine.Save(ctx, s.project, workflow.SaveDocument{Path: savedPath, Base: s.version, Body: document(s.version)})
	s.version = v.Number
	return err
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
	acknowledged, err := measureAcknowledged(ctx, shop)
	if err != nil {
		return nil, err
	}
	drained, err := measureDrained(ctx, shop)
	return []row{acknowledged, drained}, err
}

// measureAcknowledged measures one save against one synced write of the same
// text to a database of the same kind in the same folder.
func measureAcknowledged(ctx context.Context, shop *workshop) (r row, err error) {
	r = row{what: "4 KB saved and acknowledged", unit: "ms", reference: "bbolt put", goal: goal{kind: atMostTimes, limit: 2}}
	s, err := openSaver(ctx, shop)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.engine.Close()) }()
	db, err := bolt.Open(filepath.Join(s.dir, "bare.db"), 0o600, nil)
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
	put := func() error { puts++; return putDocument(db, puts) }
	err = interleave(20*shop.rounds, timed(func() error { return s.save(ctx) }, &r.ours), timed(put, &r.theirs))
	return r, err
}

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

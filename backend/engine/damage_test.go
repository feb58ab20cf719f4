package engine

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// examineEnv names the database that the test binary examines as a process of its own.
const examineEnv = "PLUMBLINE_EXAMINE"

// TestExamineChild is not a test by itself: it is the process in which a database
// that may be damaged is looked at, as package owner does it.
func TestExamineChild(t *testing.T) {
	if path := os.Getenv(examineEnv); path != "" {
		if err := ExamineFile(t.Context(), path); err != nil {
			fmt.Println("damaged:", err)
			os.Exit(3)
		}
	}
}

// examineApart looks at a database in a process of its own. When that crashes, the
// database is to blame.
func examineApart(ctx context.Context, path string) error {
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestExamineChild$")
	cmd.Env = append(os.Environ(), examineEnv+"="+path)
	if out, err := cmd.CombinedOutput(); err != nil {
		return workflow.Errorf(workflow.Invalid, "The database %s is damaged: %s.", path, bytes.TrimSpace(out)).WithHint(repairHint)
	}
	return nil
}

// vandal damages files of a data folder.
type vandal struct {
	rt   *rapid.T
	dir  string
	done []string
	db   bool // the database was hit
	git  bool // a history was hit
}

// victims lists the files that can be hit, with folders of repositories.
func (v *vandal) victims() []string {
	found := []string{}
	err := filepath.WalkDir(v.dir, func(path string, d os.DirEntry, err error) error {
		rel, relErr := filepath.Rel(v.dir, path)
		if err == nil && path != v.dir && d.Name() != "lock" {
			found = append(found, filepath.ToSlash(rel))
		}
		return errors.Join(err, relErr)
	})
	if err != nil {
		v.rt.Fatal(err)
	}
	return found
}

// strike damages one file, or takes it or a folder away.
func (v *vandal) strike() {
	all := v.victims()
	if len(all) == 0 {
		return
	}
	rel := rapid.SampledFrom(all).Draw(v.rt, "victim")
	path := filepath.Join(v.dir, filepath.FromSlash(rel))
	if strings.HasPrefix(rel, "projects") {
		v.git = true
	} else {
		v.db = true
	}
	info, err := os.Stat(path)
	if err != nil {
		v.rt.Fatal(err)
	}
	how := "delete"
	if info.Mode().IsRegular() && info.Size() > 0 {
		how = rapid.SampledFrom([]string{"flip", "cut", "zero", "delete", "empty"}).Draw(v.rt, "how")
	}
	v.done = append(v.done, how+" "+rel)
	if how == "delete" {
		if err := os.RemoveAll(path); err != nil {
			v.rt.Fatal(err)
		}
		return
	}
	content, err := os.ReadFile(path)
	if err != nil {
		v.rt.Fatal(err)
	}
	at := rapid.IntRange(0, len(content)-1).Draw(v.rt, "at")
	switch how {
	case "flip":
		for range rapid.IntRange(1, 8).Draw(v.rt, "flips") {
			content[at] ^= byte(rapid.IntRange(1, 255).Draw(v.rt, "bits"))
			at = (at*31 + 7) % len(content)
		}
	case "cut":
		content = content[:at]
	case "zero":
		clear(content[at:min(len(content), at+rapid.IntRange(1, 16<<10).Draw(v.rt, "length"))])
	case "empty":
		content = nil
	}
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, content, 0o600)); err != nil {
		v.rt.Fatal(err)
	}
}

// texts are all documents of a data folder: the text of every version.
type texts map[string]string

func textsOf(b *bench) (all texts, lost []workflow.Version, err error) {
	all = texts{}
	projects, err := b.projectList()
	for _, p := range projects {
		artifacts, err := b.Artifacts(b.ctx, p.ID)
		if err != nil {
			return nil, nil, err
		}
		for _, a := range artifacts {
			versions, err := b.versions(p.ID, a.Path)
			if err != nil {
				return nil, nil, err
			}
			for _, v := range versions {
				text, err := b.text(b.ctx, p.ID, v.Path, v.Number)
				if err != nil && v.Lost {
					lost = append(lost, v)
				} else if err != nil {
					return nil, nil, fmt.Errorf("%s v%d: %w", v.Path, v.Number, err)
				} else {
					all[fmt.Sprintf("%s %s v%d", p.ID, v.Path, v.Number)] = text
				}
			}
		}
	}
	return all, lost, err
}

// TestAnyDamageIsFoundAndPutRight damages a data folder at random. A start may refuse
// but does not crash; after a repair everything that could be had from the other side
// is there, and the rest is named. When both sides were hit, it opens again.
func TestAnyDamageIsFoundAndPutRight(t *testing.T) {
	must(t, flag.Set("rapid.checks", fmt.Sprint(40*times(t))))
	b, _ := lived(t)
	sound := b.dir
	want, _, err := textsOf(b)
	must(t, err)
	b.close()
	rapid.Check(t, func(rt *rapid.T) {
		work, err := os.MkdirTemp(memoryDir(t), "damaged")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(work)
		dir := filepath.Join(work, "data")
		if err := os.CopyFS(dir, os.DirFS(sound)); err != nil {
			rt.Fatal(err)
		}
		v := &vandal{rt: rt, dir: dir}
		for range rapid.IntRange(1, 3).Draw(rt, "strikes") {
			v.strike()
		}
		if rapid.Bool().Draw(rt, "unclean") {
			if err := os.WriteFile(store.DatabasePath(dir)+".open", nil, 0o600); err != nil {
				rt.Fatal(err)
			}
		}
		rt.Log(strings.Join(v.done, ", "))
		before := filepath.Join(work, "before")
		if err := os.CopyFS(before, os.DirFS(dir)); err != nil {
			rt.Fatal(err)
		}
		defer func() {
			if rt.Failed() {
				keep(t, before)
			}
		}()
		v.putRight(t, want)
	})
}

// keep keeps the folder that was not put right, for “go test -artifacts”. The seed
// alone seldom leads to the same damage: the ids and times in the folder are others.
func keep(t *testing.T, folder string) {
	to := filepath.Join(t.ArtifactDir(), "damaged")
	must(t, errors.Join(os.RemoveAll(to), os.CopyFS(to, os.DirFS(folder))))
	t.Logf("what was damaged is kept in %s", to)
}

// putRight opens, examines and repairs what was damaged.
func (v *vandal) putRight(t *testing.T, want texts) {
	rt := v.rt
	b := &bench{t: t, ctx: t.Context(), dir: v.dir}
	opt := b.options()
	opt.Door, opt.Examine = DoorCommand, examineApart
	histories, _ := filepath.Glob(filepath.Join(v.dir, "projects", "*", "history.git"))
	isNew := len(histories) == 0 && !isFile(store.DatabasePath(v.dir)) // nothing tells this folder from a new one
	if e, err := Open(b.ctx, opt); err == nil {
		b.Engine = e
		_, _ = imageOf(b, true) // may say that something is damaged
		_ = b.Close()
	} else if d := workflow.Describe(err); d.Hint == "" || d.Code == workflow.Internal {
		rt.Fatalf("Open refuses without a way out: %v", err)
	}
	if _, err := Examine(b.ctx, opt, true); err != nil {
		rt.Fatalf("Examine: %v", err)
	}
	report, err := Repair(b.ctx, opt)
	if err != nil {
		if d := workflow.Describe(err); !v.db || !v.git || d.Hint == "" {
			rt.Fatalf("Repair: %v", err)
		}
		return // nothing is left on either side
	}
	e, err := Open(b.ctx, opt)
	if err != nil {
		rt.Fatalf("Open after the repair: %v", err)
	}
	b.Engine = e
	if v.db && v.git { // what is left may not fit together any more; it opens, and nothing is hidden
		if err := b.Close(); err != nil {
			rt.Fatal(err)
		}
		return
	}
	if err := sane(b); err != nil {
		rt.Fatalf("after the repair: %v\n%+v", err, report)
	}
	if !isNew {
		v.compare(b, want, report)
	}
	if err := b.Close(); err != nil {
		rt.Fatal(err)
	}
	again, err := Repair(b.ctx, opt)
	if err != nil || len(again.Done) > 0 {
		rt.Fatalf("repairing it again: %+v, %v", again, err)
	}
}

// compare looks for every text that there was.
func (v *vandal) compare(b *bench, want texts, report workflow.Repaired) {
	got, _, err := textsOf(b)
	if err != nil {
		v.rt.Fatalf("%v\n%+v", err, report)
	}
	said := strings.Join(append(slices.Clone(report.Lost), report.Done...), "\n")
	for key, text := range want {
		if got[key] == text {
			continue
		}
		parts := strings.Fields(key)
		if _, err := os.Stat(filepath.Join(v.dir, "projects", parts[0])); err != nil {
			continue // its name is nowhere
		}
		named := strings.Contains(said, parts[1]) || strings.Contains(said, parts[0])
		if _, there := got[key]; there || !named {
			v.rt.Fatalf("%s is not what it was, and nobody says so\n%+v", key, report)
		}
		if v.db {
			v.rt.Fatalf("%s is lost although the histories are whole\n%+v", key, report)
		}
	}
}

package engine

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// harm is a way to damage a data folder, and what a repair must make of it.
type harm struct {
	do func(t *testing.T, b *bench, repo string)
	// local says that also what only the database has must come back.
	local bool
	// texts says that the texts of old versions may be lost.
	texts bool
}

func remove(t *testing.T, pattern string) {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %d found, %v", pattern, len(found), err)
	}
	for _, path := range found {
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
	}
}

func overwrite(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func largestPack(t *testing.T, repo string) string {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(repo, "objects", "pack", "*.pack"))
	if err != nil || len(packs) == 0 {
		t.Fatal("no pack", err)
	}
	best, size := "", int64(0)
	for _, p := range packs {
		if info, err := os.Stat(p); err == nil && info.Size() > size {
			best, size = p, info.Size()
		}
	}
	return best
}

func harms() map[string]harm {
	database := func(change func([]byte) []byte) func(*testing.T, *bench, string) {
		return func(t *testing.T, b *bench, _ string) { overwrite(t, filepath.Join(b.dir, "plumbline.db"), change) }
	}
	return map[string]harm{
		"nothing":           {do: func(*testing.T, *bench, string) {}, local: true},
		"database gone":     {do: func(t *testing.T, b *bench, _ string) { remove(t, filepath.Join(b.dir, "plumbline.db")) }},
		"database empty":    {do: database(func([]byte) []byte { return nil })},
		"database cut":      {do: database(func(c []byte) []byte { return c[:12<<10] })},
		"database of zeros": {do: database(func(c []byte) []byte { return make([]byte, len(c)) })},
		"database hit in the middle": {do: database(func(c []byte) []byte {
			for i := 8 << 10; i < len(c); i += 16 << 10 {
				copy(c[i:], "damage damage damage")
			}
			return c
		})},
		"repository gone": {do: func(t *testing.T, _ *bench, repo string) { remove(t, repo) }, local: true, texts: true},
		"packs gone":      {do: func(t *testing.T, _ *bench, repo string) { remove(t, filepath.Join(repo, "objects", "pack", "*")) }, local: true, texts: true},
		"indexes gone":    {do: func(t *testing.T, _ *bench, repo string) { remove(t, filepath.Join(repo, "objects", "pack", "*.idx")) }, local: true},
		"pack hit": {do: func(t *testing.T, _ *bench, repo string) {
			overwrite(t, largestPack(t, repo), func(c []byte) []byte { c[len(c)/2] ^= 0x55; return c })
		}, local: true, texts: true},
		"pack cut": {do: func(t *testing.T, _ *bench, repo string) {
			overwrite(t, largestPack(t, repo), func(c []byte) []byte { return c[:len(c)*2/3] })
		}, local: true, texts: true},
		"branch gone": {do: func(t *testing.T, _ *bench, repo string) { remove(t, filepath.Join(repo, "refs", "heads", "main")) }, local: true},
		"branch empty": {do: func(t *testing.T, _ *bench, repo string) {
			overwrite(t, filepath.Join(repo, "refs", "heads", "main"), func([]byte) []byte { return nil })
		}, local: true},
		"foreign branch": {do: func(t *testing.T, _ *bench, repo string) {
			tree := strings.TrimSpace(drainGit(t, repo, "rev-parse", "main^{tree}"))
			drainGit(t, repo, "update-ref", "refs/heads/main", strings.TrimSpace(drainGit(t, repo, "commit-tree", "-m", "theirs", tree)))
		}, local: true},
		"HEAD gone": {do: func(t *testing.T, _ *bench, repo string) { remove(t, filepath.Join(repo, "HEAD")) }, local: true},
		"both, but for another project": {do: func(t *testing.T, b *bench, repo string) {
			remove(t, filepath.Join(b.dir, "plumbline.db"))
			overwrite(t, filepath.Join(repo, "config"), func([]byte) []byte { return []byte("[core\n") })
		}},
	}
}

func TestRepairPutsEveryHarmRight(t *testing.T) {
	for what, h := range harms() {
		t.Run(what, func(t *testing.T) {
			b, p := lived(t)
			want := image(b, h.local)
			repo := b.history.Dir(p.ID)
			b.close()
			h.do(t, b, repo)
			report, err := Repair(b.ctx, b.options())
			if err != nil {
				t.Fatalf("%v; %+v", err, report)
			}
			if (len(report.Done) == 0) != (what == "nothing") {
				t.Errorf("the report is %+v", report)
			}
			b.open()
			b.sound()
			if h.texts && len(report.Lost) > 0 {
				checkLosses(t, b, p, report)
				return
			}
			if h.local && len(report.Lost) > 0 {
				t.Errorf("lost: %v", report.Lost)
			}
			sameImage(t, withoutNames(image(b, h.local)), withoutNames(want))
			again(t, b)
		})
	}
}

// withoutNames leaves out what git calls things: a history that was written anew
// has other names.
func withoutNames(image string) string {
	kept := []string{}
	for line := range strings.Lines(image) {
		if trimmed := strings.TrimSpace(line); !strings.HasPrefix(trimmed, `"commit": `) && !strings.HasPrefix(trimmed, `"blob": `) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// checkLosses: the current text of every document is there, and each older one is
// either there or named as lost.
func checkLosses(t *testing.T, b *bench, p workflow.Project, report workflow.Repaired) {
	t.Helper()
	lost := strings.Join(report.Lost, "\n")
	for _, a := range try(b.Artifacts(b.ctx, p.ID))(t) {
		for _, v := range try(b.versions(p.ID, a.Path))(t) {
			d, err := b.Document(b.ctx, p.ID, a.Path, v.Number)
			switch {
			case err == nil && workflow.Hash(d.Markdown) == v.Hash:
			case v.Number == a.Current.Number || !v.Lost:
				t.Errorf("%s v%d: %v", v.Path, v.Number, err)
			case workflow.CodeOf(err) != workflow.NotFound || !strings.Contains(lost, v.Path):
				t.Errorf("%s v%d is lost without a word: %v; %s", v.Path, v.Number, err, lost)
			}
		}
	}
}

// again: a repair of what was repaired finds nothing to do.
func again(t *testing.T, b *bench) {
	t.Helper()
	b.close()
	report, err := Repair(b.ctx, b.options())
	if err != nil || len(report.Done) > 0 || len(report.Lost) > 0 {
		t.Errorf("repairing it again: %+v, %v", report, err)
	}
	b.open()
}

// spoil makes the records of the database that hold a text ones that are damaged.
// The pages stay whole, so that nothing shows before they are read.
func spoil(t *testing.T, b *bench, text string) {
	t.Helper()
	overwrite(t, filepath.Join(b.dir, "plumbline.db"), func(c []byte) []byte {
		if !bytes.Contains(c, []byte(text)) {
			t.Fatalf("no record holds %s", text)
		}
		return bytes.ReplaceAll(c, []byte(text), bytes.ToUpper([]byte(text)))
	})
}

// block puts a file in the place of a history, so that nothing can be published.
func block(t *testing.T, repo string) {
	t.Helper()
	if err := errors.Join(os.Rename(repo, repo+".away"), os.WriteFile(repo, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
}

// TestRepairWritesAVersionThatCameTooLateForTheOutbox damages the database, which
// says that git has a version before the older one, and takes the history away.
func TestRepairWritesAVersionThatCameTooLateForTheOutbox(t *testing.T) {
	b, p := lived(t)
	repo := b.history.Dir(p.ID)
	block(t, repo)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 1, Body: "Two.\n"}))(t)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 2, Body: "Three.\n"}))(t)
	pending := try(b.store.Pending(0))(t)
	name := strings.Repeat("ab", 20)
	must(t, b.store.Drained(p.ID, []workflow.Published{
		{Seq: pending[len(pending)-1].Seq, Commit: name, Blobs: map[string]string{"spec.md": name}},
	}))
	if err := b.Close(); err == nil {
		t.Fatal("the history could be written")
	}
	must(t, errors.Join(os.Remove(repo), os.RemoveAll(repo+".away")))
	spoil(t, b, `"state":"waiting"`)
	report := try(Repair(b.ctx, b.options()))(t)
	b.open()
	b.sound()
	for number, want := range map[int]string{2: "Two.\n", 3: "Three.\n"} {
		if got := try(b.text(b.ctx, p.ID, "spec.md", number))(t); got != want {
			t.Errorf("v%d is %q, want %q: %+v", number, got, want, report)
		}
	}
	if tip := drainGit(t, repo, "show", "main:spec.md"); tip != "Three.\n" {
		t.Errorf("git ends with %q", tip)
	}
}

package history

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/history/internal/gitpack"
	"plumbline/backend/workflow"
)

// bundle returns the bundle of a history.
func bundle(t testing.TB, h *History) []byte {
	t.Helper()
	var out bytes.Buffer
	tip, err := h.Bundle(t.Context(), project, &out)
	must(t, err)
	if want, err := h.Tip(t.Context(), project); err != nil || tip != want {
		t.Errorf("Bundle ends with %s, want %s", tip, want)
	}
	return out.Bytes()
}

func TestBundleIsTakenByStockGit(t *testing.T) {
	h := open(t, t.TempDir())
	all := written(t, h, 100, 10)
	consolidate(t, h)
	last := publish(t, h, all[99].Commit, change(1000, "a.md", "a"))[0].Commit
	git(t, h.Dir(project), "tag", "-m", "not of the branch", "v1")
	loose := git(t, h.Dir(project), "commit-tree", "-m", "loose", "-p", last, last+"^{tree}")
	git(t, h.Dir(project), "update-ref", "refs/heads/main", loose)
	dir := t.TempDir()
	must(t, os.WriteFile(dir+"/p.bundle", bundle(t, h), 0o600))
	if got := git(t, h.Dir(project), "bundle", "verify", dir+"/p.bundle"); !strings.Contains(got, "complete history") {
		t.Errorf("git bundle verify says %q", got)
	}
	git(t, dir, "clone", "-q", "p.bundle", "clone")
	fsck(t, dir+"/clone")
	if got := git(t, dir+"/clone", "rev-parse", "main", "HEAD"); got != loose+"\n"+loose {
		t.Errorf("the clone has %s, want %s", got, loose)
	}
	if got := git(t, dir+"/clone", "rev-list", "--count", "main"); got != "102" {
		t.Errorf("the clone has %s commits, want 102", got)
	}
}

func TestBundleOfNothing(t *testing.T) {
	h := open(t, t.TempDir())
	if _, err := h.Bundle(t.Context(), project, io.Discard); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("Bundle of nothing: %v, want not found", err)
	}
	publish(t, h, "", change(1, "a.md", "a"))
	full := errors.New("full")
	if _, err := h.Bundle(t.Context(), project, failingWriter{full}); !errors.Is(err, full) {
		t.Errorf("Bundle to a writer that fails: %v", err)
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

func TestUnbundleAndAdopt(t *testing.T) {
	from := open(t, t.TempDir())
	all := written(t, from, 60, 10)
	half := bundle(t, from)
	last := publish(t, from, all[59].Commit, change(1000, "a.md", "a"))[0]
	whole := bundle(t, from)
	h := open(t, t.TempDir())
	for _, b := range [][]byte{half, whole} {
		before := tip(t, h)
		got, err := h.Unbundle(t.Context(), project, bytes.NewReader(b))
		must(t, err)
		if tip(t, h) != before {
			t.Errorf("Unbundle moved the branch")
		}
		git(t, h.Dir(project), "gc", "-q", "--prune=now") // what was taken in stays
		must(t, h.Adopt(t.Context(), project, got))
		if tip(t, h) != got {
			t.Errorf("the tip is %s, want %s", tip(t, h), got)
		}
		fsck(t, h.Dir(project))
		checkTidy(t, h.Dir(project))
		if got := git(t, h.Dir(project), "for-each-ref", "--format=%(refname)"); got != "refs/heads/main" {
			t.Errorf("the refs are %s", got)
		}
	}
	if body, err := h.Blob(t.Context(), project, last.Blobs["a.md"]); err != nil || body != "a" {
		t.Errorf("Blob = %q, %v", body, err)
	}
	must(t, h.Adopt(t.Context(), project, last.Commit)) // again
	if err := h.Adopt(t.Context(), project, all[10].Commit); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("Adopt of an older commit: %v, want a conflict", err)
	}
	if err := h.Adopt(t.Context(), project, strings.Repeat("1", 40)); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("Adopt of nothing: %v, want not found", err)
	}
}

func TestUnbundleTakesBundlesOfGitButOnlyTheBranch(t *testing.T) {
	from := open(t, t.TempDir())
	all := written(t, from, 60, 10)
	dir := from.Dir(project)
	git(t, dir, "tag", "-m", "a tag", "v1", all[20].Commit)
	other := git(t, dir, "commit-tree", "-m", "other", all[5].Commit+"^{tree}")
	git(t, dir, "update-ref", "refs/heads/other", other)
	git(t, dir, "bundle", "create", "-q", "all.bundle", "--all")
	file, err := os.Open(dir + "/all.bundle")
	must(t, err)
	h := open(t, t.TempDir())
	got, err := h.Unbundle(t.Context(), project, file)
	must(t, err, file.Close())
	if got != all[59].Commit {
		t.Errorf("Unbundle gives %s, want %s", got, all[59].Commit)
	}
	must(t, h.Adopt(t.Context(), project, got))
	fsck(t, h.Dir(project))
	if out, err := output(h.Dir(project), "git", "cat-file", "-e", other); err == nil {
		t.Errorf("the other branch was taken too: %s", out)
	}
	if got := kinds(t, h, got, true); got != "" {
		t.Errorf("Verify finds %s", got)
	}
}

func TestUnbundleRefusesWhatIsNotABundle(t *testing.T) {
	h := open(t, t.TempDir())
	publish(t, h, "", someCommits()...)
	whole := string(bundle(t, h))
	hash := strings.Repeat("1", 40)
	for name, text := range map[string]string{
		"empty": "", "text": "Hello.\n", "version": "# v3 git bundle\n\n", "no end": "# v2 git bundle\n" + hash + " HEAD",
		"long": "# v2 git bundle\n" + strings.Repeat("x", 1<<17), "no hash": "# v2 git bundle\nxyz HEAD\n\n",
		"part": "# v2 git bundle\n-" + hash + " before\n" + hash + " HEAD\n\n", "no branch": "# v2 git bundle\n\nPACK",
		"no pack": "# v2 git bundle\n" + hash + " HEAD\n\n", "other branches": "# v2 git bundle\n" + hash + " refs/heads/a\n" + hash + " refs/heads/b\n\n",
		"not its tip": strings.ReplaceAll(whole, tip(t, h), hash), "cut": whole[:len(whole)-30], "more": whole + "x",
	} {
		_, err := h.Unbundle(t.Context(), project, strings.NewReader(text))
		if workflow.CodeOf(err) != workflow.Invalid || workflow.Describe(err).Hint == "" {
			t.Errorf("%s: Unbundle: %v, want invalid, with a hint", name, err)
		}
	}
	for at := range len(whole) {
		broken := []byte(whole)
		broken[at] ^= 1
		if _, err := h.Unbundle(t.Context(), project, bytes.NewReader(broken)); err == nil && at > 200 {
			t.Errorf("Unbundle took a bundle with byte %d flipped", at)
		}
	}
	broken := errors.New("the stick was pulled out")
	_, err := h.Unbundle(t.Context(), project, io.MultiReader(strings.NewReader(whole[:len(whole)/2]), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("Unbundle from a reader that fails: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Unbundle(ctx, project, strings.NewReader(whole)); !errors.Is(err, context.Canceled) {
		t.Errorf("Unbundle when canceled: %v", err)
	}
	checkTidy(t, h.Dir(project))
	fsck(t, h.Dir(project))
}

// made makes a bundle of objects that nobody who is well-meaning makes.
func made(t testing.TB, tip plumbing.Hash, objects []newObject) []byte {
	t.Helper()
	var out bytes.Buffer
	_, _ = fmt.Fprintf(&out, "%s%s refs/heads/main\n\n", bundleHead, tip)
	p, err := (&batch{objects: objects}).pack()
	must(t, err)
	return append(out.Bytes(), p.data...)
}

func TestUnbundleRefusesHostileObjects(t *testing.T) {
	const who = " A <a@b> 1 +0000\n"
	blob := newObject{gitpack.Name(plumbing.BlobObject, []byte("x")), gitpack.Object{Kind: plumbing.BlobObject, Content: []byte("x")}}
	object := func(kind plumbing.ObjectType, content string) newObject {
		return newObject{gitpack.Name(kind, []byte(content)), gitpack.Object{Kind: kind, Content: []byte(content)}}
	}
	entry := func(mode, name string, o newObject) string { return mode + " " + name + "\x00" + string(o.name[:]) }
	deep := object(plumbing.TreeObject, entry("100644", "f", blob))
	nested := []newObject{deep}
	for range 400 {
		deep = object(plumbing.TreeObject, entry("40000", "d", deep))
		nested = append(nested, deep)
	}
	trees := map[string]string{
		".git": entry("40000", ".git", blob), "..": entry("100644", "..", blob), "slash": entry("100644", "a/b", blob), "link": entry("120000", "a", blob),
		"module": entry("160000", "a", blob), "mode": entry("100666", "a", blob), "twice": entry("100644", "a", blob) + entry("100644", "a", blob),
		"order": entry("100644", "b", blob) + entry("100644", "a", blob), "cut": "100644 a\x00abc", "device": entry("100644", "con.md", blob),
		"folder that is a file": entry("40000", "a", blob), "file that is gone": entry("100644", "a", newObject{}), "too deep": entry("40000", "d", deep),
		"both": entry("100644", "a", blob) + entry("40000", "b", blob), "control": entry("100644", "a\x1b[2J", blob),
	}
	h := open(t, t.TempDir())
	refuse := func(name string, tip newObject, objects ...newObject) {
		t.Helper()
		_, err := h.Unbundle(t.Context(), project, bytes.NewReader(made(t, tip.name, append(objects, tip))))
		if workflow.CodeOf(err) != workflow.Invalid {
			t.Errorf("%s: Unbundle: %v, want invalid", name, err)
		}
	}
	for name, content := range trees {
		tree := object(plumbing.TreeObject, content)
		commit := object(plumbing.CommitObject, "tree "+tree.name.String()+"\nauthor"+who+"committer"+who+"\nx\n")
		refuse(name, commit, append([]newObject{blob, tree}, nested...)...)
	}
	tree := object(plumbing.TreeObject, entry("100644", "a", blob))
	for name, rest := range map[string]string{
		"no author": "committer" + who + "\nx", "no time": "author A <a@b>\ncommitter" + who + "\nx", "zero": "author" + who + "committer" + who + "\n\x00",
		"parent gone": "parent " + strings.Repeat("1", 40) + "\nauthor" + who + "committer" + who + "\nx", "parent nonsense": "parent x\nauthor" + who + "committer" + who + "\nx",
	} {
		refuse(name, object(plumbing.CommitObject, "tree "+tree.name.String()+"\n"+rest), blob, tree)
	}
	refuse("a tip that is a file", blob)
	if ids := h.Packs(project); ids != 0 {
		t.Errorf("%d packs were taken in", ids)
	}
}

func TestUnbundleStopsAtItsLimits(t *testing.T) {
	from := open(t, t.TempDir())
	written(t, from, 60, 10)
	whole := bundle(t, from)
	h := open(t, t.TempDir())
	r, err := h.repo(t.Context(), project)
	must(t, err)
	for _, l := range []gitpack.Limits{{Objects: 10, Object: 1 << 20, Work: 1 << 30, Whole: true}, {Objects: 1000, Object: 1 << 20, Work: 1 << 17, Whole: true}} {
		if _, err := r.unbundle(t.Context(), bytes.NewReader(whole), l); workflow.CodeOf(err) != workflow.Limit {
			t.Errorf("Unbundle within %+v: %v, want a limit", l, err)
		}
	}
	checkTidy(t, h.Dir(project))
	left, err := filepath.Glob(h.Dir(project) + "/objects/tmp*")
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}

func FuzzBundleHead(f *testing.F) {
	f.Add([]byte(bundleHead + strings.Repeat("1", 40) + " refs/heads/main\n\nPACK"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tip, err := readBundleHead(bufio.NewReader(bytes.NewReader(data)))
		if err == nil && tip.IsZero() && !bytes.Contains(data, bytes.Repeat([]byte("0"), 40)) {
			t.Errorf("%q has no tip", data)
		}
	})
}

func BenchmarkUnbundle(b *testing.B) {
	from := open(b, b.TempDir())
	written(b, from, 2000, 100)
	whole := bundle(b, from)
	h := open(b, b.TempDir())
	h.disk = quiet{}
	for b.Loop() {
		if _, err := h.Unbundle(b.Context(), fmt.Sprint("P", rand.Int64()), bytes.NewReader(whole)); err != nil {
			b.Fatal(err)
		}
	}
}

package history

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/backend/workflow"
)

// kinds verifies and returns what is wrong, each kind once.
func kinds(t testing.TB, h *History, tip string, deep bool) string {
	t.Helper()
	problems, err := h.Verify(t.Context(), project, tip, deep)
	if err != nil {
		t.Fatalf("Verify: %v", err)
	}
	seen := map[string]bool{}
	for _, p := range problems {
		if p.Subject == "" || !strings.HasSuffix(p.Message, ".") {
			t.Errorf("a problem is not for a person: %+v", p)
		}
		seen[string(p.Kind)] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(seen)), " ")
}

// onlyPack returns the one pack of a repository, without its extension.
func onlyPack(t testing.TB, h *History) string {
	t.Helper()
	packs, err := filepath.Glob(filepath.Join(h.Dir(project), "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatalf("packs are %v, %v", packs, err)
	}
	return strings.TrimSuffix(packs[0], ".pack")
}

func must(t testing.TB, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// flip changes a byte of a file.
func flip(t testing.TB, path string, at int) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	data[at] ^= 0x55
	must(t, os.WriteFile(path, data, 0o600))
}

func TestVerifyFindsNothingInWhatIsWhole(t *testing.T) {
	h := open(t, t.TempDir())
	if got := kinds(t, h, "", true); got != "" {
		t.Errorf("a project without a history has the problems %s", got)
	}
	published := publish(t, h, "", someCommits()...)
	tip := published[2].Commit
	for _, deep := range []bool{false, true} {
		if got := kinds(t, h, tip, deep); got != "" {
			t.Errorf("deep %v: the problems are %s", deep, got)
		}
	}
	git(t, h.Dir(project), "repack", "-adfq")
	git(t, h.Dir(project), "pack-refs", "--all")
	loose := git(t, h.Dir(project), "commit-tree", "-m", "loose", tip+"^{tree}")
	if got := kinds(t, h, tip, true); got != "" {
		t.Errorf("after git was at work, with %s, the problems are %s", loose, got)
	}
	if done, err := h.Mend(t.Context(), project, tip); err != nil || len(done) != 0 {
		t.Errorf("Mend of what is whole = %v, %v", done, err)
	}
}

// A power cut may leave a pack of which neither index nor .keep is there. What
// was to be in it is then published again, perhaps in another pack.
func TestVerifyPassesOverAPackThatWasNeverUsed(t *testing.T) {
	cut := open(t, t.TempDir())
	publish(t, cut, "", someCommits()[:1]...)
	pack := onlyPack(t, cut)
	h := open(t, t.TempDir())
	published := publish(t, h, "", someCommits()...)
	left, err := os.ReadFile(pack + ".pack")
	must(t, err)
	must(t, os.WriteFile(filepath.Join(h.Dir(project), "objects", "pack", filepath.Base(pack)+".pack"), left, 0o600))
	if got := kinds(t, h, published[2].Commit, true); got != "" {
		t.Errorf("the problems are %s", got)
	}
}

func TestVerifyMissesTheIndexOfAPackThatARescueNeeds(t *testing.T) {
	h := open(t, t.TempDir())
	first := publish(t, h, "", someCommits()[:1]...)[0].Commit
	pack := onlyPack(t, h)
	git(t, h.Dir(project), "update-ref", "-d", "refs/heads/main")
	head := publish(t, h, "", change(1, "other.md", "another history"))[0].Commit
	git(t, h.Dir(project), "update-ref", "refs/plumbline/rescue/x", first)
	must(t, os.Remove(pack+".idx"))
	if got := kinds(t, h, head, true); got != "index_missing" {
		t.Errorf("the problems are %q", got)
	}
}

func TestSameCommitsMakeTheSamePack(t *testing.T) {
	names := map[string]bool{}
	for range 20 {
		h := open(t, t.TempDir())
		publish(t, h, "", change(1, "a/1.md", "1", "b/2.md", "2", "c/3.md", "3", "d/e/4.md", "4"))
		names[filepath.Base(onlyPack(t, h))] = true
	}
	if len(names) != 1 {
		t.Errorf("the same commits made %d packs", len(names))
	}
}

// damages are what can happen to a repository, and what Verify says of it. What
// Mend cannot put right has the problems that are left.
var damages = []struct {
	name          string
	do            func(t testing.TB, h *History, tip string)
	shallow, deep string
	left          string // after Mend
}{
	{"HEAD", func(t testing.TB, h *History, _ string) { must(t, os.Remove(h.Dir(project)+"/HEAD")) }, "head_missing", "head_missing", ""},
	{"empty HEAD", func(t testing.TB, h *History, _ string) { must(t, os.Truncate(h.Dir(project)+"/HEAD", 0)) }, "head_missing", "head_missing", ""},
	{"config", func(t testing.TB, h *History, _ string) { must(t, os.Remove(h.Dir(project)+"/config")) }, "config_missing", "config_missing", ""},
	{"folder", func(t testing.TB, h *History, _ string) { must(t, os.Remove(h.Dir(project)+"/refs/tags")) }, "folder_missing", "folder_missing", ""},
	{"branch gone", func(t testing.TB, h *History, _ string) { must(t, os.Remove(h.Dir(project)+"/refs/heads/main")) }, "branch_missing", "branch_missing", ""},
	{"branch nonsense", func(t testing.TB, h *History, _ string) {
		must(t, os.WriteFile(h.Dir(project)+"/refs/heads/main", []byte("nonsense"), 0o600))
	}, "branch_unreadable", "branch_unreadable", ""},
	{"branch moved", func(t testing.TB, h *History, tip string) { foreignCommit(t, h, tip) }, "branch_foreign", "branch_foreign", ""},
	{"lock", func(t testing.TB, h *History, _ string) {
		lock := h.Dir(project) + "/refs/heads/main.lock"
		must(t, os.WriteFile(lock, nil, 0o600), os.Chtimes(lock, noon.Add(-time.Hour), noon.Add(-time.Hour)))
	}, "stray_lock", "stray_lock", ""},
	{"index gone", func(t testing.TB, h *History, _ string) { must(t, os.Remove(onlyPack(t, h)+".idx")) }, "object_missing", "index_missing object_missing", ""},
	{"index flipped", func(t testing.TB, h *History, _ string) { flip(t, onlyPack(t, h)+".idx", 1100) }, "", "index_damaged object_missing", ""},
	{"index cut", func(t testing.TB, h *History, _ string) { must(t, os.Truncate(onlyPack(t, h)+".idx", 500)) }, "object_missing", "index_damaged object_missing", ""},
	{"pack flipped", func(t testing.TB, h *History, _ string) { flip(t, onlyPack(t, h)+".pack", 20) }, "", "object_damaged pack_damaged", "object_damaged pack_damaged"},
	{"pack cut", func(t testing.TB, h *History, _ string) { must(t, os.Truncate(onlyPack(t, h)+".pack", 60)) }, "object_damaged", "object_damaged pack_damaged", "object_damaged pack_damaged"},
	{"pack gone", func(t testing.TB, h *History, _ string) { must(t, os.Remove(onlyPack(t, h)+".pack")) }, "object_missing", "object_missing", "object_missing"},
	{"everything gone", func(t testing.TB, h *History, _ string) { must(t, os.RemoveAll(h.Dir(project))) }, "repository_missing", "repository_missing", "repository_missing"},
}

func TestDamageIsFoundAndMended(t *testing.T) {
	for _, d := range damages {
		t.Run(d.name, func(t *testing.T) {
			root := t.TempDir()
			h := open(t, root)
			tip := publish(t, h, "", someCommits()...)[2].Commit
			d.do(t, h, tip)
			h = open(t, root)
			if got := kinds(t, h, tip, false); got != d.shallow {
				t.Errorf("the shallow check finds %q, want %q", got, d.shallow)
			}
			if got := kinds(t, h, tip, true); got != d.deep {
				t.Errorf("the deep check finds %q, want %q", got, d.deep)
			}
			h = open(t, root)
			done, err := h.Mend(t.Context(), project, tip)
			if d.name == "everything gone" {
				if workflow.CodeOf(err) != workflow.NotFound {
					t.Errorf("Mend of nothing: %v, want not found", err)
				}
				return
			}
			must(t, err)
			if (len(done) == 0) != (d.left != "") {
				t.Errorf("Mend says %q", done)
			}
			if got := kinds(t, h, tip, true); got != d.left {
				t.Errorf("after Mend the problems are %q, want %q", got, d.left)
			}
			if d.left == "" {
				fsck(t, h.Dir(project))
				checkTidy(t, h.Dir(project))
				publish(t, h, tip, change(9, "new.md", "new"))
			}
		})
	}
}

func TestMendKeepsWhatTheBranchPointedTo(t *testing.T) {
	h := open(t, t.TempDir())
	ours := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	theirs := foreignCommit(t, h, ours)
	done, err := h.Mend(t.Context(), project, ours)
	if err != nil || len(done) != 1 || !strings.Contains(done[0], theirs) {
		t.Errorf("Mend = %q, %v, want one sentence that names %s", done, err, theirs)
	}
	if got := git(t, h.Dir(project), "for-each-ref", "--format=%(objectname)", rescueDir); got != theirs || tip(t, h) != ours {
		t.Errorf("the tip is %s, and %q is rescued, want %s and %s", tip(t, h), got, ours, theirs)
	}
	h.now = func() time.Time { return noon.Add(time.Hour) }
	if _, err := h.Mend(t.Context(), project, ""); err != nil || tip(t, h) != "" {
		t.Errorf("Mend to no branch: %v, the tip is %s", err, tip(t, h))
	}
}

func TestYoungLockIsLeftAlone(t *testing.T) {
	h := open(t, t.TempDir())
	first := publish(t, h, "", change(1, "a.md", "a"))[0].Commit
	h.now = time.Now
	lock := h.Dir(project) + "/refs/heads/main.lock"
	must(t, os.WriteFile(lock, nil, 0o600))
	if got := kinds(t, h, first, true); got != "" {
		t.Errorf("the problems are %q, want none", got)
	}
	done, err := h.Mend(t.Context(), project, first)
	if _, gone := os.Stat(lock); err != nil || len(done) != 0 || gone != nil {
		t.Errorf("Mend = %q, %v; the lock: %v", done, err, gone)
	}
}

// TestNoDamageStopsVerify flips, cuts and deletes at random: the deep check always
// tells, and neither it nor Mend nor Salvage ever stops.
func TestNoDamageStopsVerify(t *testing.T) {
	root := t.TempDir()
	commits := []workflow.Commit{}
	docs := newDocuments(8)
	for i := range 12 {
		commits = append(commits, workflow.Commit{Seq: uint64(i), ProjectID: project, At: noon, Author: ann, Files: docs.edit(i * 7)})
	}
	h := open(t, root)
	published := publish(t, h, "", commits[:6]...)
	published = append(published, publish(t, h, published[5].Commit, commits[6:]...)...)
	tip := published[11].Commit
	git(t, h.Dir(project), "repack", "-dq")
	random := rand.New(rand.NewPCG(3, 4))
	for i := range 60 {
		spoilt := t.TempDir()
		must(t, os.CopyFS(spoilt, os.DirFS(root)))
		what := spoilSomething(t, random, filepath.Join(spoilt, "projects", project, "history.git"))
		broken := open(t, spoilt)
		if got := kinds(t, broken, tip, true); got == "" {
			t.Errorf("%d: %s is not found", i, what)
		}
		if _, err := broken.Mend(t.Context(), project, tip); err != nil {
			t.Errorf("%d: after %s, Mend: %v", i, what, err)
		}
		if _, err := broken.Salvage(t.Context(), broken.Dir(project), []string{published[0].Blobs[commits[0].Files[0].Path]}, func(string, []byte) error { return nil }); err != nil {
			t.Errorf("%d: after %s, Salvage: %v", i, what, err)
		}
	}
}

// spoilSomething damages one file and says which.
func spoilSomething(t testing.TB, random *rand.Rand, dir string) string {
	t.Helper()
	files := []string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		info, _ := d.Info()
		if d.Type().IsRegular() && info.Size() > 0 && !strings.Contains(path, "/info/") && !strings.HasSuffix(path, ".rev") {
			files = append(files, path)
		}
		return err
	})
	must(t, err)
	path := files[random.IntN(len(files))]
	data, err := os.ReadFile(path)
	must(t, err)
	switch random.IntN(3) {
	case 0:
		must(t, os.Remove(path))
		return "removing " + path
	case 1:
		n := random.IntN(max(len(data)-1, 1)) // git does not need the line feed at the end
		must(t, os.Truncate(path, int64(n)))
		return fmt.Sprint("cutting ", path, " at ", n)
	}
	at := random.IntN(len(data))
	data[at] ^= 0xff
	must(t, os.WriteFile(path, data, 0o600))
	return fmt.Sprint("flipping byte ", at, " of ", path)
}

func TestSetAsideMakesRoomForANewHistory(t *testing.T) {
	h := open(t, t.TempDir())
	old := publish(t, h, "", someCommits()...)
	flip(t, onlyPack(t, h)+".pack", 20)
	aside, err := h.SetAside(t.Context(), project)
	must(t, err)
	if want := h.Dir(project) + ".damaged-20261121T120000.000000000Z"; aside != want {
		t.Errorf("it is set aside to %s, want %s", aside, want)
	}
	again := publish(t, h, "", someCommits()...)
	if again[2].Commit != old[2].Commit {
		t.Errorf("written anew, the commit is %s, was %s", again[2].Commit, old[2].Commit)
	}
	fsck(t, h.Dir(project))
	if ids, err := h.Projects(); err != nil || len(ids) != 1 {
		t.Errorf("Projects = %v, %v", ids, err)
	}
	must(t, os.RemoveAll(h.Dir(project)))
	if _, err := h.SetAside(t.Context(), project); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("SetAside of nothing: %v, want not found", err)
	}
}

func TestSalvageReadsWhatIsLeft(t *testing.T) {
	root := t.TempDir()
	h := open(t, root)
	published := publish(t, h, "", change(1, "a.md", strings.Repeat("first\n", 50)), change(2, "b.md", strings.Repeat("second\n", 50)))
	published = append(published, publish(t, h, published[1].Commit, change(3, "c.md", strings.Repeat("third\n", 50)))...)
	a, b, c := published[0].Blobs["a.md"], published[1].Blobs["b.md"], published[2].Blobs["c.md"]
	none := strings.Repeat("1", 40)
	packs, err := filepath.Glob(h.Dir(project) + "/objects/pack/*.pack")
	must(t, err)
	slices.SortFunc(packs, func(x, y string) int { return size(t, y) - size(t, x) }) // the first holds a and b
	flip(t, packs[0], 14)                                                            // in a, the first object
	for _, pack := range packs {
		must(t, os.Remove(strings.TrimSuffix(pack, ".pack")+".idx"))
	}
	got := map[string]string{}
	missing, err := h.Salvage(t.Context(), h.Dir(project), []string{a, b, c, none}, func(hash string, content []byte) error {
		got[hash] = string(bytes.Clone(content))
		return nil
	})
	must(t, err)
	want := map[string]string{b: strings.Repeat("second\n", 50), c: strings.Repeat("third\n", 50)}
	if !maps.Equal(got, want) || !slices.Equal(missing, []string{a, none}) {
		t.Errorf("Salvage finds %v and misses %v, want %v and %v", got, missing, want, []string{a, none})
	}
	stop := errors.New("stop")
	if _, err := h.Salvage(t.Context(), h.Dir(project), []string{c}, func(string, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Salvage returns %v, want the error of its caller", err)
	}
}

func size(t testing.TB, path string) int {
	t.Helper()
	info, err := os.Stat(path)
	must(t, err)
	return int(info.Size())
}

func BenchmarkVerifyShallow(b *testing.B) {
	h := open(b, b.TempDir())
	all := written(b, h, 3200, 64)
	for b.Loop() {
		fresh := Open(h.root)
		if p, err := fresh.Verify(b.Context(), project, all[3199].Commit, false); err != nil || len(p) > 0 {
			b.Fatal(p, err)
		}
		must(b, fresh.Close())
	}
}

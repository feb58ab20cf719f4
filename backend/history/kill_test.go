package history

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"plumbline/backend/disk"
	"plumbline/backend/workflow"
)

const (
	// killDirEnv tells the test binary to be the process that is killed, in a folder.
	killDirEnv = "PLUMBLINE_HISTORY_KILL_DIR"
	// killKnownEnv is what that process knows: a number and a commit.
	killKnownEnv = "PLUMBLINE_HISTORY_KILL_KNOWN"
	// killAtEnv is where it kills itself; see failpoint. Empty for nowhere.
	killAtEnv = "PLUMBLINE_HISTORY_KILL_AT"
	// tortureEnv multiplies how often processes are killed.
	tortureEnv = "PLUMBLINE_TORTURE"
	// randomKills is how many processes are killed at any moment, in each round.
	randomKills = 16
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDirEnv); dir != "" {
		fmt.Println("the process that was to be killed ended:", liveUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// failpoint is the moment at which a process kills itself: before, after or in the
// middle of the n-th operation of a kind on a file whose path ends like this.
type failpoint struct {
	op, suffix, when string
	n                int
}

func (f failpoint) String() string { return fmt.Sprintf("%s|%s|%s|%d", f.op, f.suffix, f.when, f.n) }

// failpoints are all moments of publishing and of merging packs.
func failpoints() []failpoint {
	all := []failpoint{}
	for op, suffixes := range map[string][]string{
		"create":  {".keep", "_pack", "_idx", "main.lock", "merged_pack", "merged_idx", "superseded.new"},
		"write":   {".keep", "_pack", "_idx", "main.lock", "merged_pack", "merged_idx", "superseded.new"},
		"sync":    {"_pack", "_idx", "main.lock", "merged_pack", "superseded.new"},
		"rename":  {"_pack", "_idx", "main.lock", "merged_pack", "merged_idx", "superseded.new"},
		"remove":  {".keep", ".idx", ".pack", "superseded"},
		"syncdir": {"pack", "heads"},
	} {
		for _, suffix := range suffixes {
			for _, when := range []string{"before", "after"} {
				all = append(all, failpoint{op: op, suffix: suffix, when: when})
			}
			if op == "write" {
				all = append(all, failpoint{op: op, suffix: suffix, when: "middle"})
			}
		}
	}
	slices.SortFunc(all, func(a, b failpoint) int { return strings.Compare(a.String(), b.String()) })
	return all
}

// suicidal is a disk on which the process ends at a failpoint.
type suicidal struct {
	disk.Real
	at    failpoint
	count int
}

// die kills this process. It never returns.
func die() {
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}

// around does an operation, unless the process ends before.
func (s *suicidal) around(op, path string, do func() error, half func()) error {
	here := s.at.op == op && strings.HasSuffix(path, s.at.suffix)
	if here {
		s.count++
		here = s.count == s.at.n
	}
	switch {
	case here && s.at.when == "before":
		die()
	case here && s.at.when == "middle":
		half()
		die()
	}
	err := do()
	if here {
		die()
	}
	return err
}

func (s *suicidal) Create(path string) (f disk.File, err error) {
	err = s.around("create", path, func() error { f, err = s.Real.Create(path); return err }, nil)
	return &suicidalFile{File: f, on: s, path: path}, err
}

func (s *suicidal) Rename(from, to string) error {
	return s.around("rename", from, func() error { return s.Real.Rename(from, to) }, nil)
}

func (s *suicidal) Remove(path string) error {
	if _, err := os.Lstat(path); err != nil {
		return err // nothing happens, so nothing can happen meanwhile
	}
	return s.around("remove", path, func() error { return s.Real.Remove(path) }, nil)
}

func (s *suicidal) SyncDir(path string) error {
	return s.around("syncdir", path, func() error { return s.Real.SyncDir(path) }, nil)
}

type suicidalFile struct {
	disk.File
	on   *suicidal
	path string
}

func (f *suicidalFile) Write(b []byte) (n int, err error) {
	err = f.on.around("write", f.path, func() error { n, err = f.File.Write(b); return err },
		func() { _, _ = f.File.Write(b[:len(b)/2]) }) // the process ends anyway
	return n, err
}

func (f *suicidalFile) Sync() error {
	return f.on.around("sync", f.path, f.File.Sync, nil)
}

// killText is the content of a document in the commit with a number.
func killText(seq int) string {
	return strings.Repeat(fmt.Sprintf("A line of the version %d of this document.\n", seq/10), 20) + fmt.Sprint(seq, "\n")
}

// killCommit is the commit with a number, always the same.
func killCommit(seq int) workflow.Commit {
	return change(uint64(seq), fmt.Sprintf("docs/%d.md", seq%5), killText(seq))
}

// liveUntilKilled publishes and merges, and prints what was acknowledged.
func liveUntilKilled(dir string) error {
	h := Open(dir)
	if parts := strings.Split(os.Getenv(killAtEnv), "|"); len(parts) == 4 {
		n, err := strconv.Atoi(parts[3])
		if err != nil {
			return err
		}
		h.disk = &suicidal{at: failpoint{parts[0], parts[1], parts[2], n}}
	}
	seq, head := 0, ""
	if _, err := fmt.Sscan(os.Getenv(killKnownEnv), &seq, &head); err != nil && seq != 0 {
		return err
	}
	ctx := context.Background() // it is killed, not canceled
	for round := 1; round < 500; round++ {
		commits := []workflow.Commit{}
		for range 12 { // more than anybody has published before being killed
			seq++
			commits = append(commits, killCommit(seq))
		}
		for len(commits) > 0 {
			n := 1 + rand.IntN(len(commits))
			if round == 1 && len(commits) == 12 {
				n = 12
			}
			published, err := h.Publish(ctx, project, head, commits[:n])
			if err != nil {
				return err
			}
			head, commits = published[n-1].Commit, commits[n:]
			fmt.Println(published[n-1].Seq, head)
		}
		if _, err := h.Consolidate(ctx, project); err != nil {
			return err
		}
	}
	return nil
}

// life is one process that is killed.
func life(t *testing.T, dir string, known string, at failpoint, lines int) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), killDirEnv+"="+dir, killKnownEnv+"="+known)
	if at.op != "" {
		cmd.Env = append(cmd.Env, killAtEnv+"="+at.String())
	}
	out, err := cmd.StdoutPipe()
	must(t, err, cmd.Start())
	for in := bufio.NewScanner(out); in.Scan(); {
		if strings.HasPrefix(in.Text(), "the process") {
			t.Fatal(in.Text())
		}
		known = in.Text()
		if lines--; lines == 0 {
			must(t, cmd.Process.Kill())
			if at.op != "" {
				t.Errorf("the process never came to %s", at)
			}
		}
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() > 0 {
		t.Fatalf("the process ended by itself: %v", err)
	}
	return known
}

func TestKilledAtAnyMomentLosesNothing(t *testing.T) {
	dir, known, random := memoryDir(t), "", rand.New(rand.NewPCG(5, 6))
	rounds, err := strconv.Atoi(os.Getenv(tortureEnv))
	if err != nil {
		rounds = 1
	}
	kills := 0
	for range rounds {
		plan := failpoints()
		for range randomKills {
			plan = append(plan, failpoint{})
		}
		random.Shuffle(len(plan), func(i, j int) { plan[i], plan[j] = plan[j], plan[i] })
		for _, at := range plan {
			at.n = 1 + random.IntN(2)
			known = life(t, dir, known, at, 1+random.IntN(12)+100*len(at.op))
			kills++
			survived(t, dir, known, kills, at)
			switch kills % 12 {
			case 4:
				git(t, Open(dir).Dir(project), "gc", "-q")
			case 8:
				git(t, Open(dir).Dir(project), "gc", "-q", "--prune=now")
			}
		}
	}
	checkKilled(t, dir, known)
	t.Logf("%d kills, the last that was acknowledged is %s", kills, known)
}

// survived checks that the last that was acknowledged is there, as git sees it.
func survived(t *testing.T, dir, known string, kills int, at failpoint) {
	t.Helper()
	if known == "" {
		return
	}
	h := open(t, dir)
	seq, head, _ := strings.Cut(known, " ")
	if ok, err := h.Descends(t.Context(), project, tip(t, h), head); err != nil || !ok {
		t.Fatalf("killed at %s: the branch at %s does not rest on commit %s, %s: %v", at, tip(t, h), seq, head, err)
	}
	number, err := strconv.Atoi(seq)
	must(t, err)
	files, err := h.Files(t.Context(), project, head, "docs")
	must(t, err)
	if body, err := h.Blob(t.Context(), project, files[fmt.Sprintf("docs/%d.md", number%5)]); err != nil || body != killText(number) {
		t.Fatalf("killed at %s: the text of commit %s is %.40q, %v", at, seq, body, err)
	}
	if kills%8 == 0 {
		fsck(t, h.Dir(project))
	}
}

// checkKilled goes on once more without being killed and checks everything.
func checkKilled(t *testing.T, dir, known string) {
	t.Helper()
	h := open(t, dir)
	number, head, _ := strings.Cut(known, " ")
	seq, err := strconv.Atoi(number)
	must(t, err)
	commits := []workflow.Commit{}
	for range 12 {
		seq++
		commits = append(commits, killCommit(seq))
	}
	last := publish(t, h, head, commits...)[11].Commit
	consolidate(t, h)
	walked := 0
	want := map[string]string{}
	for _, s := range steps(t, h, last) {
		walked++
		for _, c := range s.Changed {
			want[c.Path] = c.Blob
			if body, err := h.Blob(t.Context(), project, c.Blob); err != nil || body != killText(walked) {
				t.Fatalf("the text of commit %d is %.40q, %v", walked, body, err)
			}
		}
	}
	if files, err := h.Files(t.Context(), project, last, ""); err != nil || walked != seq || !maps.Equal(files, want) {
		t.Errorf("%d commits are there, want %d; the files are %v, %v", walked, seq, files, err)
	}
	if got := kinds(t, h, last, true); got != "" {
		t.Errorf("Verify finds %s", got)
	}
	fsck(t, h.Dir(project))
	checkTidy(t, h.Dir(project))
	if err := leftovers(h.Dir(project)); err != nil {
		t.Error(err)
	}
	temporaries, err := filepath.Glob(filepath.Join(h.Dir(project), "objects", "tmp*"))
	if err != nil || len(temporaries) > 0 {
		t.Errorf("%v are left behind, %v", temporaries, err)
	}
}

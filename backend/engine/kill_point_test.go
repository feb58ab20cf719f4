package engine

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"plumbline/backend/disk"
	"plumbline/backend/disk/disktest"
	"plumbline/backend/workflow"
)

const (
	// killActEnv names what the engine that is killed does again and again, and
	// killPointEnv the operation at which it kills itself.
	killActEnv, killPointEnv = "PLUMBLINE_KILL_ACT", "PLUMBLINE_KILL_POINT"
	// tortureEnv multiplies how often processes are killed.
	tortureEnv = "PLUMBLINE_TORTURE"
)

// times is how often the killing tests do what they do.
func times(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(cmp.Or(os.Getenv(tortureEnv), "1"))
	if err != nil || n < 1 {
		t.Fatalf("%s is %q, want a number from 1", tortureEnv, os.Getenv(tortureEnv))
	}
	return n
}

// fatal is the moment at which a process dies: before the nth operation of a kind, in the middle
// of it, or after it.
type fatal int

const (
	before fatal = iota
	amid
	after
)

// point is an operation at which a process kills itself.
type point struct {
	act  string // during which it comes
	kind disktest.Kind
	path string // a pattern
}

// with is how a point, with what is added, is handed to the process.
func (p point) with(nth int, when fatal) string {
	return fmt.Sprintf("%d %d %s|%s", nth, when, p.kind, p.path)
}

// moments are those that make a difference.
func (p point) moments() []fatal {
	if p.kind == disktest.Write {
		return []fatal{before, amid, after}
	}
	return []fatal{before, after}
}

// deadly is a disk on which the process that uses it dies.
type deadly struct {
	disk.Real
	kind disktest.Kind // empty for any
	path *regexp.Regexp
	left *int
	when fatal
}

// newDeadly reads what with has written.
func newDeadly(text string) (deadly, error) {
	head, rest, _ := strings.Cut(text, "|")
	var left, when int
	kind := ""
	if _, err := fmt.Sscanf(head, "%d %d", &left, &when); err != nil {
		return deadly{}, err
	}
	if fields := strings.SplitN(head, " ", 3); len(fields) == 3 {
		kind = fields[2]
	}
	path, err := regexp.Compile(rest)
	return deadly{kind: disktest.Kind(kind), path: path, left: &left, when: fatal(when)}, err
}

// at does an operation, unless the process dies before it. half does the half of it.
func (d deadly) at(kind disktest.Kind, path string, whole func() error, half func()) error {
	if (d.kind != "" && d.kind != kind) || !d.path.MatchString(filepath.ToSlash(path)) {
		return whole()
	}
	if *d.left--; *d.left != 0 {
		return whole()
	}
	var err error
	switch d.when {
	case amid:
		half()
	case after:
		err = whole()
	}
	self, _ := os.FindProcess(os.Getpid())
	if killed := self.Kill(); killed != nil {
		return killed
	}
	time.Sleep(time.Minute) // it dies meanwhile
	return err
}

func nothing() {}

func (d deadly) MakeDir(path string) error {
	return d.at(disktest.MakeDir, path, func() error { return d.Real.MakeDir(path) }, nothing)
}

func (d deadly) Create(path string) (f disk.File, err error) {
	err = d.at(disktest.Create, path, func() error { f, err = d.Real.Create(path); return err }, nothing)
	if err != nil {
		return nil, err
	}
	return deadlyFile{f, d, path}, nil
}

func (d deadly) Rename(from, to string) error {
	return d.at(disktest.Rename, to, func() error { return d.Real.Rename(from, to) }, nothing)
}

func (d deadly) Remove(path string) error {
	return d.at(disktest.Remove, path, func() error { return d.Real.Remove(path) }, nothing)
}

func (d deadly) SyncDir(path string) error {
	return d.at(disktest.SyncDir, path, func() error { return d.Real.SyncDir(path) }, nothing)
}

type deadlyFile struct {
	disk.File
	on   deadly
	path string
}

func (f deadlyFile) Write(p []byte) (n int, err error) {
	err = f.on.at(disktest.Write, f.path, func() error { n, err = f.File.Write(p); return err },
		func() { _, _ = f.File.Write(p[:len(p)/2]) })
	return n, err
}

func (f deadlyFile) Sync() error { return f.on.at(disktest.Sync, f.path, f.File.Sync, nothing) }

// points are the operations at which an engine that is at work is killed.
func points() []point {
	all := []point{}
	add := func(act string, pairs ...string) {
		for i := 0; i < len(pairs); i += 2 {
			all = append(all, point{act, disktest.Kind(pairs[i]), pairs[i+1]})
		}
	}
	const create, write, sync, rename, remove, syncDir = string(disktest.Create), string(disktest.Write), string(disktest.Sync),
		string(disktest.Rename), string(disktest.Remove), string(disktest.SyncDir)
	add("drain", create, `pack-\w+\.keep$`, write, `pack-\w+\.keep$`, create, `objects/pack/tmp_[^/]*pack$`, write, `objects/pack/tmp_[^/]*pack$`,
		sync, `objects/pack/tmp_[^/]*pack$`, rename, `pack-\w+\.pack$`, create, `objects/pack/tmp_[^/]*idx$`, write, `objects/pack/tmp_[^/]*idx$`, rename, `pack-\w+\.idx$`, syncDir, `objects/pack$`,
		create, `main\.lock$`, write, `main\.lock$`, sync, `main\.lock$`, rename, `heads/main$`, syncDir, `refs/heads$`, remove, `\.keep$`)
	add("merge", write, `objects/pack/tmp_[^/]*pack$`, rename, `pack-\w+\.pack$`, rename, `pack-\w+\.idx$`, write, `superseded`,
		remove, `pack-\w+\.pack$`, remove, `pack-\w+\.idx$`, remove, `superseded`)
	add("compact", rename, `plumbline\.db$`)
	add("backup", write, `backup\.tmp/plumbline\.db$`, write, `\.zip\.part$`, rename, `\.zip$`, syncDir, `backups$`, remove, `backup\.tmp$`)
	add("import", write, `incoming`, rename, `pack-\w+\.idx$`, rename, `plumbline/import$`, rename, `heads/main$`, remove, `adopt\.keep$`)
	return all
}

// act does one thing that is not a save, by its name.
func (v *victim) act(name string) {
	t := v.t
	switch name {
	case "drain":
		v.drain()
	case "merge":
		v.drain()
		must(t, v.care.consolidate(v.ctx, 1))
	case "compact":
		must(t, v.Maintain(v.ctx))
	case "backup":
		path := filepath.Join(v.dir, backupDir, fmt.Sprintf("b-%d.zip", time.Now().UnixNano()))
		note{Kind: "file", ID: try(v.Backup(v.ctx, path))(t).Path}.print()
	case "import":
		path := filepath.Join(t.TempDir(), "out.zip")
		try(v.ExportProject(v.ctx, v.p.ID, path))(t)
		twin := try(v.ImportProject(v.ctx, path, fmt.Sprintf("Twin %d", time.Now().UnixNano())))(t)
		note{Kind: "twin", ID: twin.ID}.print()
	default:
		t.Fatalf("there is no act %q", name)
	}
}

// until saves, and does one thing again and again, until that kills the process.
func (v *victim) until(act string) {
	for i := range 12 {
		for range 3 {
			v.save(fmt.Sprintf("%d-%d", os.Getpid(), i))
		}
		v.tick("")
		v.gate("")
		v.act(act)
	}
	v.t.Fatalf("nothing has killed it at %s", os.Getenv(killPointEnv))
}

// TestKilledAtEveryPoint kills an engine at every operation that matters: all that
// was acknowledged is there then, and everything fits together. Now and then
// somebody tidies up with git between death and start.
func TestKilledAtEveryPoint(t *testing.T) {
	l, dir, killed := newLedger(), t.TempDir(), 0
	for range times(t) {
		for _, p := range points() {
			for _, when := range p.moments() {
				l.live(t, dir, 0, killActEnv+"="+p.act, killPointEnv+"="+p.with(1+rand.IntN(2), when))
				if killed++; killed%4 == 0 {
					tidyUp(t, dir, killed%8 == 0)
				}
				b := openToKill(t, dir)
				l.check(t, b, killed%20 == 0)
				must(t, b.Close())
				if t.Failed() {
					t.Fatalf("%+v, %d", p, when)
				}
			}
		}
	}
	t.Logf("%d kills, %d versions, %d files, %d twins", killed, len(l.versions), len(l.files), len(l.twins))
	if killed < 70*times(t) {
		t.Errorf("only %d kills", killed)
	}
}

// check looks at everything that was acknowledged.
func (l *ledger) check(t *testing.T, b *bench, deep bool) {
	t.Helper()
	l.checkVersions(t, b, deep)
	l.checkRecords(t, b)
	l.checkRuns(t, b, time.Now())
	for _, path := range l.files {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	for _, id := range l.twins {
		try(b.project1(id))(t)
	}
	if err := sane(b); err != nil {
		t.Error(err)
	}
	if deep {
		must(t, gitSays(b))
	}
}

// tidyUp does what people do who know git.
func tidyUp(t *testing.T, dir string, prune bool) {
	t.Helper()
	repos, err := filepath.Glob(filepath.Join(dir, "projects", "*", "history.git"))
	must(t, err)
	args := []string{"gc", "-q"}
	if prune {
		args = append(args, "--prune=now")
	}
	for _, repo := range repos {
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = repo
		_ = cmd.Run() // a lock that was left stops it
	}
}

// wholeActs are what is done to a folder as a whole, with how many operations of the
// disk that takes at least.
func wholeActs() map[string]func(ctx context.Context, opt Options, root string) error {
	return map[string]func(context.Context, Options, string) error{
		"restore": restoreOut, "rebuild": rebuildFolder, "repair": repairFolder,
	}
}

// TestKilledHand is not a test by itself: it is the process that TestKilledInTheMiddle
// kills.
func TestKilledHand(t *testing.T) {
	root := os.Getenv(killDirEnv)
	if root == "" {
		return // run by TestKilledInTheMiddle
	}
	opt := (&bench{dir: filepath.Join(root, "data")}).options()
	d, err := newDeadly(os.Getenv(killPointEnv))
	must(t, err)
	opt.Disk = d
	must(t, wholeActs()[os.Getenv(killActEnv)](t.Context(), opt, root))
	fmt.Println("done") // before the operation came
}

// TestKilledInTheMiddle kills a restore, a rebuild and a repair at any operation.
// The next attempt brings everything that an undisturbed one does.
func TestKilledInTheMiddle(t *testing.T) {
	killed := 0
	for act, do := range wholeActs() {
		settledRoot := settled(t)
		switch act {
		case "rebuild":
			remove(t, filepath.Join(settledRoot, "data", "plumbline.db*"))
		case "repair":
			overwrite(t, filepath.Join(settledRoot, "data", "plumbline.db"), func(c []byte) []byte { clear(c[:8<<10]); return c })
		}
		want := handled(t, cloned(t, settledRoot), do)
		most := map[string]int{"restore": 100, "rebuild": 9, "repair": 12}[act]
		for range 12 * times(t) {
			root := cloned(t, settledRoot)
			for range 1 + rand.IntN(2) { // the second attempt may be killed too
				if killHand(t, root, act, 1+rand.IntN(most)) {
					killed++
				}
			}
			if got := handled(t, root, do); got != want {
				t.Fatalf("%s: %s", act, difference(got, want))
			}
		}
	}
	t.Logf("%d kills", killed)
	if killed < 30*times(t) {
		t.Errorf("only %d kills came in time", killed)
	}
}

func killHand(t *testing.T, root, act string, nth int) (killed bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledHand$", "-test.v")
	cmd.Env = append(os.Environ(), killDirEnv+"="+root, killActEnv+"="+act, killPointEnv+"="+point{}.with(nth, fatal(rand.IntN(3))))
	out, _ := cmd.CombinedOutput() // it was killed
	killed = cmd.ProcessState.ExitCode() == -1
	if !killed && !strings.Contains(string(out), "done") && !strings.Contains(string(out), "There is a database in") {
		t.Fatalf("%s", out)
	}
	return killed
}

// handled does something to a folder if that is still to be done, and returns what
// there is then.
func handled(t *testing.T, root string, do func(context.Context, Options, string) error) string {
	t.Helper()
	opt := (&bench{dir: filepath.Join(root, "data")}).options()
	if err := do(t.Context(), opt, root); err != nil && workflow.CodeOf(err) != workflow.Conflict {
		t.Fatal(err)
	}
	b := &bench{t: t, ctx: t.Context(), dir: opt.Dir}
	b.open()
	defer b.close()
	if err := sane(b); err != nil {
		t.Error(err)
	}
	return withoutNames(image(b, true))
}

// cloned copies a data folder and what went out of it.
func cloned(t *testing.T, root string) string {
	t.Helper()
	to := filepath.Join(memoryDir(t), "root")
	must(t, os.CopyFS(to, os.DirFS(root)))
	return to
}

func newLedger() *ledger {
	return &ledger{versions: map[string]string{}, latest: map[string][]string{}, runs: map[string]string{}, candidates: map[string]string{}}
}

package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

const (
	// killDirEnv tells the test binary to be the engine that is killed.
	killDirEnv = "PLUMBLINE_KILL_DIR"
	kills      = 15
	// Most lives are short; the long ones let an answer grow beyond what may be lost.
	shortLife, longLife = 700 * time.Millisecond, 2500 * time.Millisecond
	longEvery           = 8
	// mayBeLost is how much of a streaming answer a crash may cost: a second, and
	// what it takes to write on a machine that has other things to do.
	mayBeLost = 1500 * time.Millisecond
)

// note is a line that the engine prints before it is killed: what it is about to
// do, or what has been acknowledged.
type note struct {
	Try   bool      `json:"try"`
	Kind  string    `json:"kind"`
	ID    string    `json:"id"`
	Value string    `json:"value"`
	Count int       `json:"count"`
	At    time.Time `json:"at"`
}

func (n note) print() {
	n.At = time.Now()
	line, err := json.Marshal(n)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

// endlessText is what the slow client says, up to a number of lines.
func endlessText(lines int) string {
	var b strings.Builder
	for i := range lines {
		fmt.Fprintf(&b, "Line %06d of the tide.\n", i)
	}
	return b.String()
}

// slow writes a line every few milliseconds until it is stopped.
type slow struct{ *llmtest.Scripted }

func (slow) Chat(ctx context.Context, _ llm.Request, onChunk func(llm.Chunk) error) (llm.Result, error) {
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return llm.Result{}, ctx.Err()
		case <-tick.C:
			if err := onChunk(llm.Chunk{Text: fmt.Sprintf("Line %06d of the tide.\n", i)}); err != nil {
				return llm.Result{}, err
			}
		}
	}
}

func openToKill(t *testing.T, dir string) *bench {
	t.Helper()
	client := slow{llmtest.Say("")}
	opt := Options{Dir: dir, Version: "test", Door: "test", SparePages: 1, NewClient: func(string) (llm.Client, error) { return client, nil }}
	if text := os.Getenv(killPointEnv); text != "" {
		d, err := newDeadly(text)
		if err != nil {
			t.Fatal(err)
		}
		opt.Disk = d
	}
	e, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{Engine: e, t: t, ctx: t.Context(), dir: dir}
}

// TestKilledEngine is not a test by itself: it is what TestKilledAtAnyMoment runs
// in a process of its own. It does what people do, as fast as it can, while a
// model writes, and prints what was acknowledged, until it is killed.
func TestKilledEngine(t *testing.T) {
	dir := os.Getenv(killDirEnv)
	if dir == "" {
		return // run by TestKilledAtAnyMoment
	}
	b := openToKill(t, dir)
	p, err := b.FindProject(b.ctx, "tide-table")
	if workflow.CodeOf(err) == workflow.NotFound {
		p = b.project("Tide table")
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Body: "# Tides\n"}))(t)
	} else if err != nil {
		t.Fatal(err)
	}
	if b.gate(p, "request").Passed == nil { // also when it was killed between reopening and overriding it
		try(b.Waive(b.ctx, p.ID, "request", why))(t)
	}
	go b.printText()
	note{Kind: "ready", ID: p.ID}.print()
	v := &victim{bench: b, p: p}
	if act := os.Getenv(killActEnv); act != "" {
		v.until(act)
	}
	v.stream("")
	for i := 0; ; i++ {
		acts := []func(string){v.save, v.tick, v.draft, v.variable, v.setting, v.gate, v.paste, v.stream, v.save, v.tick, v.gate, v.upkeep}
		acts[rand.IntN(len(acts))](fmt.Sprintf("%d-%d", os.Getpid(), i))
		if i == 4 { // the next one goes on to the end
			v.stop()
		}
	}
}

// printText prints how much of each answer has been told.
func (b *bench) printText() {
	for {
		events, cancel := b.Subscribe()
		for ev := range events {
			if d := ev.Delta; d != nil {
				note{Kind: "text", ID: d.RunID, Count: d.Offset + len(d.Text)}.print()
			}
		}
		cancel()
	}
}

// ledger is what a killed engine has acknowledged, over all its lives.
type ledger struct {
	project    string
	versions   map[string]string   // hash, by path and number
	fresh      []string            // the versions of this life
	latest     map[string][]string // the acknowledged value and those tried since
	runs       map[string]string   // acknowledged state; "" while another is tried
	candidates map[string]string
	records    int
	files      []string          // backups
	twins      []string          // projects that came in
	texts      map[string][]note // how much was told when, of the runs of this life
	needed     int               // bytes that had to be kept
	notes      int
}

func (l *ledger) take(n note) {
	l.notes++
	switch n.Kind {
	case "ready":
		l.project = n.ID
	case "version":
		key := fmt.Sprintf("%s %d", n.ID, n.Count)
		l.versions[key], l.fresh = n.Value, append(l.fresh, key)
	case "draft", "variable", "setting":
		if !n.Try {
			l.latest[n.Kind] = []string{n.Value}
		} else if known := l.latest[n.Kind]; known != nil {
			l.latest[n.Kind] = append(known, n.Value)
		}
	case "run":
		l.runs[n.ID] = n.Value
	case "candidate":
		l.candidates[n.ID] = n.Value
	case "file":
		l.files = append(l.files, n.ID)
	case "twin":
		l.twins = append(l.twins, n.ID)
	case "records":
		l.records = n.Count
	case "text":
		l.texts[n.ID] = append(l.texts[n.ID], n)
	}
}

// live runs the engine and notes what it says until it is killed: after a while, or
// by itself when that is 0.
func (l *ledger) live(t *testing.T, dir string, life time.Duration, env ...string) (killed time.Time) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledEngine$", "-test.v")
	cmd.Env = append(append(os.Environ(), killDirEnv+"="+dir), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.texts, l.fresh = map[string][]note{}, nil
	at := make(chan time.Time, 1)
	said := ""
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err != nil { // also half a line: nobody was told that
			break
		}
		var n note
		if json.Unmarshal([]byte(line), &n) != nil {
			said += line
			continue
		}
		l.take(n)
		if n.Kind == "ready" && life > 0 {
			time.AfterFunc(life, func() {
				at <- time.Now()
				_ = cmd.Process.Kill()
			})
		}
	}
	_, _ = io.Copy(io.Discard, out)
	_ = cmd.Wait() // it was killed
	if life == 0 && cmd.ProcessState.ExitCode() == -1 {
		return time.Now()
	}
	select {
	case killed = <-at:
	default:
		t.Fatalf("the engine ended by itself:\n%s", said)
	}
	return killed
}

// TestKilledAtAnyMoment kills an engine that is busy, again and again: everything
// that was acknowledged is there, an answer that was coming is shown as
// interrupted with its text, and nothing is wrong with the folder.
func TestKilledAtAnyMoment(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for many seconds")
	}
	dir := t.TempDir()
	l := newLedger()
	interrupted := 0
	for i := range kills * times(t) {
		life := rand.N(shortLife)
		if i%longEvery == 0 {
			life = longLife
		}
		killed := l.live(t, dir, life)
		b := openToKill(t, dir)
		l.checkVersions(t, b, i%kills == kills-1)
		l.checkRecords(t, b)
		interrupted += l.checkRuns(t, b, killed)
		for _, c := range try(b.Doctor(b.ctx))(t) {
			if c.State != checkOK && c.ID != "git" {
				t.Errorf("doctor: %+v", c)
			}
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d kills, %d notes, %d versions, %d runs, %d interrupted, of which %d bytes had to be kept", kills*times(t), l.notes, len(l.versions), len(l.runs), interrupted, l.needed)
	if interrupted < kills/4 || len(l.versions) < kills || len(l.candidates) == 0 || l.needed == 0 {
		t.Error("too little has happened: the kills came at the wrong time")
	}
}

// checkVersions looks at the versions of the last life, or at all there ever were.
func (l *ledger) checkVersions(t *testing.T, b *bench, all bool) {
	t.Helper()
	keys := l.fresh
	if all {
		keys = slices.Collect(maps.Keys(l.versions))
	}
	for _, key := range keys {
		var path string
		var number int
		if _, err := fmt.Sscan(key, &path, &number); err != nil {
			t.Fatal(err)
		}
		if d := try(b.Document(b.ctx, l.project, path, number))(t); workflow.Hash(d.Markdown) != l.versions[key] {
			t.Errorf("%s is not what was acknowledged", key)
		}
	}
}

func (l *ledger) checkRecords(t *testing.T, b *bench) {
	t.Helper()
	draft, _, err := b.Draft(b.ctx, l.project, "plan.md")
	if err != nil {
		t.Fatal(err)
	}
	now := map[string]string{"draft": draft.Body, "setting": b.currentSettings().AuthorName}
	for _, v := range try(b.Prompt(b.ctx, l.project, "request", ""))(t).Prompt.Variables {
		if v.Variable.Name == "wishes" {
			now["variable"] = v.Value
		}
	}
	for kind, allowed := range l.latest {
		if !slices.Contains(allowed, now[kind]) {
			t.Errorf("the %s is %q, acknowledged or tried were %q", kind, now[kind], allowed)
		}
	}
	if n := len(try(b.GateRecords(b.ctx, l.project))(t)); n < l.records {
		t.Errorf("%d acts at gates, %d were acknowledged", n, l.records)
	}
	for run, state := range l.candidates {
		if c := try(b.Run(b.ctx, run))(t).Candidate; string(c.State) != state {
			t.Errorf("the candidate %s is %s, acknowledged was %s", run, c.State, state)
		}
	}
}

// checkRuns compares the runs with what was acknowledged and counts the
// interrupted ones of the last life.
func (l *ledger) checkRuns(t *testing.T, b *bench, killed time.Time) (interrupted int) {
	t.Helper()
	for id, state := range l.runs {
		d := try(b.Run(b.ctx, id))(t)
		switch {
		case d.Run.State == workflow.RunRunning || d.Run.State == workflow.RunQueued:
			t.Errorf("run %s goes on after its process has gone", id)
		case state == "" || workflow.RunState(state) == d.Run.State:
		case state == string(workflow.RunRunning) && d.Run.State == workflow.RunInterrupted:
		case state == string(workflow.RunWaiting) && d.Run.State == workflow.RunCanceled: // another copy took its place
		default:
			t.Errorf("run %s is %s, acknowledged was %s", id, d.Run.State, state)
		}
		told := l.texts[id]
		if len(told) == 0 || d.Run.State != workflow.RunInterrupted {
			continue
		}
		interrupted++
		need := 0
		for _, n := range told {
			if n.At.Before(killed.Add(-mayBeLost)) {
				need = max(need, n.Count)
			}
		}
		l.needed += need
		if whole := endlessText(1 + len(d.Answer)/20); !strings.HasPrefix(whole, d.Answer) || len(d.Answer) < need {
			t.Errorf("run %s has kept %d bytes, %d were told in time", id, len(d.Answer), need)
		}
	}
	return interrupted
}

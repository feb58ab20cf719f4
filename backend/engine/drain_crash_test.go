package engine

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	// crashDirEnv tells the test binary to be the process that is killed.
	crashDirEnv = "PLUMBLINE_CRASH_DIR"
	crashes     = 30
)

// TestKilledWriter is not a test by itself: it is what TestNothingAcknowledgedIsLost
// runs in a process of its own. It starts as the engine does, writes versions as
// fast as it can while the outbox is drained beside it, and prints each one that
// is acknowledged, until it is killed.
func TestKilledWriter(t *testing.T) {
	dir := os.Getenv(crashDirEnv)
	if dir == "" {
		return // run by TestNothingAcknowledgedIsLost
	}
	h := enter(t, dir)
	h.reconcile(t)
	go func() {
		for {
			if err := drainOutbox(context.Background(), h.store, h.history); err != nil {
				fmt.Println("error", err)
			}
		}
	}()
	fmt.Println("ready")
	for i := 0; ; i++ {
		project, path := "P"+strconv.Itoa(i/5%3), fmt.Sprintf("steps/%02d.md", i%4)
		number := 1
		for _, v := range h.heads(t, project) {
			if v.Path == path {
				number = v.Number + 1
			}
		}
		if _, err := h.save(project, path, drainBody(project, path, number)); err != nil {
			fmt.Println("error", err)
			continue
		}
		fmt.Println("saved", project, path, number)
	}
}

// TestNothingAcknowledgedIsLost kills a writing process at random moments and
// then starts as it would itself: every acknowledged version must be there, the
// branches must go on from where they were, and git must find nothing wrong.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes for many seconds")
	}
	dir := t.TempDir()
	acknowledged := map[string]int{} // the newest version, by project and path
	tips := map[string]string{}
	total, replayed := 0, 0
	for i := range crashes * times(t) {
		total += runAndKill(t, dir, i%3 == 2, acknowledged)
		h := enter(t, dir)
		if h.pending(t) > 0 {
			replayed++
		}
		h.reconcile(t)
		for place, number := range acknowledged {
			project, path, _ := strings.Cut(place, " ")
			head := 0
			for _, v := range h.heads(t, project) {
				if v.Path == path {
					head = v.Number
				}
			}
			if head < number {
				t.Errorf("version %d of %s was acknowledged, the store has %d", number, place, head)
			}
		}
		for _, project := range h.projects(t) {
			tip := h.tip(t, project)
			if ok, err := h.history.Descends(t.Context(), project, tip, tips[project]); !ok || err != nil {
				t.Errorf("the branch of %s does not go on from %s: %v", project, tips[project], err)
			}
			tips[project] = tip
			h.checkSound(t, project)
			if refs := drainGit(t, h.history.Dir(project), "for-each-ref", "refs/plumbline"); refs != "" {
				t.Errorf("rescued without need: %s", refs)
			}
		}
		h.leave(t)
		if t.Failed() {
			break
		}
	}
	t.Logf("%d versions acknowledged, %d kills, %d with commits to replay", total, crashes, replayed)
	if total < crashes || replayed == 0 {
		t.Errorf("only %d versions and %d replays: the kills came at the wrong time", total, replayed)
	}
}

// runAndKill runs the writer for a random moment and notes what it acknowledged.
// An early kill may come while the writer is still opening and reconciling.
func runAndKill(t *testing.T, dir string, early bool, acknowledged map[string]int) (count int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWriter$", "-test.v")
	cmd.Env = append(os.Environ(), crashDirEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	killed := early
	killIn := func(moment time.Duration) {
		time.AfterFunc(rand.N(moment), func() { _ = cmd.Process.Kill() })
	}
	if early {
		killIn(150 * time.Millisecond)
	}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) {
			break // a line that was cut was not acknowledged
		} else if err != nil {
			t.Fatal(err)
		}
		fields := strings.Fields(line)
		switch {
		case !killed && len(fields) == 1 && fields[0] == "ready":
			killed = true
			killIn(200 * time.Millisecond)
		case len(fields) == 4 && fields[0] == "saved":
			number, err := strconv.Atoi(fields[3])
			if err != nil {
				t.Fatal(err)
			}
			place := fields[1] + " " + fields[2]
			acknowledged[place] = max(acknowledged[place], number)
			count++
		case len(fields) > 0 && (fields[0] == "error" || strings.HasPrefix(line, "---")):
			t.Errorf("the writer says: %s", line)
		}
	}
	if !killed {
		_ = cmd.Process.Kill()
		t.Error("the writer ended before it was ready")
	}
	if err := cmd.Wait(); cmd.ProcessState.ExitCode() != -1 {
		t.Errorf("the writer ended by itself: %v", err)
	}
	return count
}

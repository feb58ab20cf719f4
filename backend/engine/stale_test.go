package engine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// secondEnv names the data folder that a second process tries to open.
const secondEnv = "PLUMBLINE_SECOND"

// TestSecondProcess is not a test by itself: it is the process that comes second.
func TestSecondProcess(t *testing.T) {
	dir := os.Getenv(secondEnv)
	if dir == "" {
		return // run by TestSecondProcessIsToldOfTheFirst
	}
	e, err := Open(t.Context(), Options{Dir: dir, Door: DoorCommand})
	if err == nil {
		must(t, e.Close())
		fmt.Println("second: open")
		return
	}
	d := workflow.Describe(err)
	fmt.Printf("second: %s %s %s\n", workflow.CodeOf(err), d.Message, d.Hint)
}

func second(t *testing.T, dir string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSecondProcess$", "-test.v")
	cmd.Env = append(os.Environ(), secondEnv+"="+dir)
	out, err := cmd.CombinedOutput()
	must(t, err)
	_, told, _ := strings.Cut(string(out), "second: ")
	return strings.SplitN(told, "\n", 2)[0]
}

func TestSecondProcessIsToldOfTheFirst(t *testing.T) {
	b, p := lived(t)
	told := second(t, b.dir)
	if !strings.HasPrefix(told, "conflict ") || !strings.Contains(told, b.dir) || !strings.Contains(told, "window") {
		t.Errorf("the second one is told %s", told)
	}
	for what, do := range map[string]func() error{
		"Repair":  func() error { _, err := Repair(b.ctx, b.options()); return err },
		"Rebuild": func() error { _, err := Rebuild(b.ctx, b.options()); return err },
		"Examine": func() error { _, err := Examine(b.ctx, b.options(), true); return err },
	} {
		if err := do(); workflow.CodeOf(err) != workflow.Conflict {
			t.Errorf("%s beside an open one: %v", what, err)
		}
	}
	b.rewriteDoc(p, "spec.md", "# The first one works on\n")
	b.close()
	if told := second(t, b.dir); told != "open" {
		t.Errorf("after the first one has gone, the second is told %s", told)
	}
}

// unavailable fails the test unless an error is one for a person that names something.
func unavailable(t *testing.T, what string, err error, name string) {
	t.Helper()
	d := workflow.Describe(err)
	if workflow.CodeOf(err) != workflow.Unavailable || !strings.Contains(err.Error(), name) || d.Hint == "" {
		t.Errorf("%s: %v (%s; hint %q), want unavailable with %s and a way out", what, err, workflow.CodeOf(err), d.Hint, name)
	}
}

// TestWhatDeadProcessesLeftKeepsNobodyOut leaves every lock and mark behind that a
// process can: of ours and of git's.
func TestWhatDeadProcessesLeftKeepsNobodyOut(t *testing.T) {
	b, p := lived(t)
	repo := b.history.Dir(p.ID)
	b.close()
	long := time.Now().Add(-time.Hour)
	gitLock := filepath.Join(repo, "refs", "heads", "main.lock")
	for _, path := range []string{filepath.Join(b.dir, "lock"), store.DatabasePath(b.dir) + ".open", gitLock} {
		must(t, os.WriteFile(path, nil, 0o600))
		must(t, os.Chtimes(path, long, long))
	}
	b.open()
	b.rewriteDoc(p, "spec.md", "# Saved in spite of it\n")
	err := b.drainer.flush(b.ctx)
	unavailable(t, "drain", err, repo)
	if hint := workflow.Describe(err).Hint; !strings.Contains(hint, gitLock) {
		t.Errorf("the way out is %q", hint)
	}
	b.care.look(b.ctx)
	told := false
	for _, ev := range b.EventsSince(b.epoch, 0).Events {
		told = told || ev.Notice != nil && strings.Contains(ev.Notice.Message, "main.lock") && strings.Contains(ev.Notice.Hint, "plumbline repair")
	}
	if !told {
		t.Error("nobody was told of the lock")
	}
	if err := b.Close(); err == nil {
		t.Error("Close says nothing of what could not be written")
	}
	report := try(Repair(b.ctx, b.options()))(t)
	if len(report.Lost) > 0 || !strings.Contains(strings.Join(report.Done, " "), "main.lock") {
		t.Errorf("the report is %+v", report)
	}
	b.open()
	if got := b.doc(p, "spec.md").Markdown; got != "# Saved in spite of it\n" {
		t.Errorf("the document is %q", got)
	}
	b.sound()
}

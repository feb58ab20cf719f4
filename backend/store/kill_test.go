package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// childFolder is set for a process that works on a data folder until it is killed.
const childFolder = "PLUMBLINE_STORE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childFolder); dir != "" {
		fmt.Fprintln(os.Stderr, workUntilKilled(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// say tells the parent something, at once.
func say(words ...any) { fmt.Fprintln(os.Stdout, words...) }

// workUntilKilled saves, compacts, takes snapshots and opens anew. It says what
// it is about to do, and what was acknowledged.
func workUntilKilled(dir string) error {
	for {
		say("open")
		s, err := Open(context.Background(), dir, Options{})
		if err != nil {
			return err
		}
		s.spare = 10
		for i := range 30 {
			if err := workOnce(s, i); err != nil {
				return err
			}
		}
		say("close")
		if err := s.Close(); err != nil {
			return err
		}
	}
}

func workOnce(s *Store, i int) error {
	switch {
	case i%10 == 8:
		say("compact")
		_, err := s.Compact(context.Background())
		return err
	case i == 19:
		say("snapshot")
		return snapshotTo(s, filepath.Join(s.dir, "snapshot"))
	}
	number := 0
	body := strings.Repeat("text ", 400)
	err := s.Update(func(tx *Tx) error {
		head, _, err := tx.Head(project, "spec.md")
		if err != nil {
			return err
		}
		number = head.Number + 1
		if number == 1 {
			if err := tx.PutProject(aProject); err != nil {
				return err
			}
		}
		v := workflow.Version{ProjectID: project, Path: "spec.md", Number: number, Kind: workflow.VersionSaved, Author: ann,
			At: noon, Message: "Save", Hash: workflow.Hash(body), Size: len(body)}
		return errors.Join(tx.AddVersion(v, body), tx.Describe(project, ann, noon, "Save"))
	})
	if err != nil {
		return err
	}
	say("saved", number)
	if i%5 != 4 {
		return nil
	}
	return publishAll(s) // which sets pages free
}

// publishAll says that git has everything.
func publishAll(s *Store) error {
	pending, err := s.Pending(0)
	if err != nil {
		return err
	}
	for _, c := range pending {
		p := workflow.Published{Seq: c.Seq, Commit: sha(fmt.Sprint(c.Seq)), Blobs: map[string]string{}}
		for _, v := range c.Versions {
			p.Blobs[v.Path] = sha(fmt.Sprint(v.Path, v.Number))
		}
		if err := s.Drained(c.ProjectID, []workflow.Published{p}); err != nil {
			return err
		}
	}
	return nil
}

func snapshotTo(s *Store, path string) error {
	f, err := os.Create(path + ".part")
	if err != nil {
		return err
	}
	err = s.Snapshot(context.Background(), f)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}

// killed runs a child on a folder and kills it a moment after it said word for
// the nth time. It returns the number of the last version that was acknowledged.
func killed(t *testing.T, dir, word string, nth, moment int) (saved int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childFolder+"="+dir)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	heard := func() {
		if number, ok := strings.CutPrefix(lines.Text(), "saved "); ok {
			if saved, err = strconv.Atoi(number); err != nil {
				t.Fatal(err)
			}
		}
	}
	for nth > 0 && lines.Scan() {
		heard()
		if strings.HasPrefix(lines.Text(), word) {
			nth--
		}
	}
	for range moment { // a moment that depends on nothing
		spin++
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() { // what it still said before it died
		heard()
	}
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed, and says so
	if complaint.Len() > 0 {
		t.Fatalf("the child ended by itself: %s", complaint.String())
	}
	return saved
}

// spin keeps the compiler from leaving out a loop.
var spin int

// checkAfterKill checks everything that was promised about a folder whose owner died.
func checkAfterKill(t *testing.T, dir string, saved int) (unclean bool) {
	t.Helper()
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); err == nil {
		if err := inspect(t, path).Err(path); err != nil {
			t.Fatal(err)
		}
		unclean = checkCopies(t, dir, path)
	}
	s, err := Open(t.Context(), dir, Options{Check: func(ctx context.Context, path string) error {
		found, err := Inspect(ctx, path)
		return errors.Join(err, found.Err(path))
	}})
	if err != nil {
		t.Fatal(err)
	}
	view(t, s, func(tx *Tx) error {
		head, _, err := tx.Head(project, "spec.md")
		if err != nil || head.Number < saved {
			t.Errorf("the newest version is %d, %v, but %d was acknowledged", head.Number, err, saved)
		}
		return nil
	})
	if err := errors.Join(s.Verify(t.Context(), func(f Fault) { t.Error(f) }), s.Close()); err != nil {
		t.Fatal(err)
	}
	return unclean
}

// checkCopies checks the other files that a kill left behind.
func checkCopies(t *testing.T, dir, path string) (unclean bool) {
	t.Helper()
	for _, copied := range []string{filepath.Join(dir, "snapshot"), path + ".schema-1.bak"} {
		if _, err := os.Stat(copied); err == nil {
			if err := CheckSnapshot(t.Context(), copied); err != nil {
				t.Error(err)
			}
		}
	}
	_, err := os.Stat(path + ".open")
	return err == nil
}

// times multiplies what the tests of bad days do.
func times(t *testing.T) int {
	t.Helper()
	text := os.Getenv("PLUMBLINE_TORTURE")
	if text == "" {
		return 1
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("PLUMBLINE_TORTURE is %q, want a number from 1", text)
	}
	return n
}

// TestKillAtAnyMomentLosesNothing kills a process that makes a database, brings
// an old one to this schema, saves, compacts and takes snapshots, and looks each
// time whether all that was acknowledged is there and the file is whole.
func TestKillAtAnyMomentLosesNothing(t *testing.T) {
	unclean, bare, saved, lived := 0, 0, 0, t.TempDir()
	for round := range 48 * times(t) {
		moment := rand.IntN(1 << (10 + rand.IntN(14)))
		dir, word, nth, acknowledged := lived, "", 1, saved
		switch round % 6 {
		case 0: // while it is made
			dir, word, acknowledged = t.TempDir(), "open", 0
		case 1: // while it is brought to this schema
			dir, word, acknowledged = oldDatabase(t), "open", 0
		case 2:
			word, nth = "compact", 1+rand.IntN(3)
		case 3:
			word = "snapshot"
		case 4:
			word = "close"
		case 5:
			word, nth = "saved", 1+rand.IntN(20)
		}
		acknowledged = max(acknowledged, killed(t, dir, word, nth, moment))
		if isUnlisted(filepath.Join(dir, fileName)) {
			bare++
		}
		if checkAfterKill(t, dir, acknowledged) {
			unclean++
		}
		if dir == lived {
			saved = acknowledged
		}
	}
	if unclean < 16 || saved < 50 || bare < 5 {
		t.Errorf("%d kills left a marker and %d no list of free pages, and %d versions were saved: the kills come too early to prove something", unclean, bare, saved)
	}
}

// oldDatabase is a consistent database of schema 1.
func oldDatabase(t *testing.T) string {
	t.Helper()
	dir := sound(t)
	change(t, dir, asSchema1)
	return dir
}

package cli

import (
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestBoxesAreTickedByEvidence(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	log := s.file("lint.log", "0 problems\n")
	s.run(0, "tick", "tide", "preflight", "1", "--command", "make lint", "--exit", "0", "--output", log)
	got := s.run(0, "tick", "tide", "preflight", "2", "--because", "Agreed on Monday.", "--judged-by", "idea.md")
	for _, want := range []string{"[x]", "make lint ended with 0", "Agreed on Monday."} {
		if !strings.Contains(got.out, want) {
			t.Errorf("the boxes lack %q:\n%s", want, got.out)
		}
	}
	var items []workflow.Item
	s.object(&items, "tick", "tide", "preflight")
	if ev := items[0].Tick.Evidence; ev == nil || ev.Output != "0 problems\n" || items[1].Tick.Evidence.Inputs[0].Version != 1 {
		t.Errorf("%+v", items[0].Tick)
	}
	if got := s.run(exitFailed, "tick", "tide", "preflight", "3", "--command", "make", "--exit", "2"); !strings.Contains(got.err, "ended with 2") {
		t.Errorf("err %q", got.err)
	}
	for _, args := range [][]string{{"--because", "a", "--commit", "abcdef0"}, {"--command", "make"}, {"--exit", "0"}, {"--judged-by", "idea.md"}} {
		if got := s.try("", append([]string{"tick", "tide", "preflight", "3"}, args...)...); got.code != exitUsage || !strings.Contains(got.err, "hint: ") {
			t.Errorf("%q: exit %d: %s", args, got.code, got.err)
		}
	}
	s.run(0, "untick", "tide", "preflight", "1")
	var after []workflow.Item
	s.object(&after, "tick", "tide", "preflight")
	if after[0].State != workflow.ItemOpen || after[1].State != workflow.ItemDone {
		t.Errorf("%s and %s", after[0].State, after[1].State)
	}
}

func TestAGateSaysWhy(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	got := s.run(exitClosed, "gate", "tide", "plan")
	for _, want := range []string{"Plan can be built", "There is no plan yet", "write the plan first"} {
		if !strings.Contains(got.out, want) {
			t.Errorf("the gate lacks %q:\n%s", want, got.out)
		}
	}
	for _, args := range [][]string{{"approve", "tide", "release"}, {"healthy", "tide", "golive"}, {"looked", "tide", "plan"},
		{"rollback", "tide", "golive", "--reason", "The error rate rose to two percent."}, {"open-for-change", "tide", "spec", "--request", "idea.md"}} {
		if got := s.run(exitFailed, args...); !strings.Contains(got.err, "error: ") || !strings.Contains(got.err, "hint: ") {
			t.Errorf("%q: %s", args, got.err)
		}
	}
	s.run(exitClosed, "promote", "tide", "golive")
	if got := s.run(0, "stale", "tide", "idea.md"); got.out != "Nothing that it was made from has changed.\n" {
		t.Errorf("stale: %q", got.out)
	}
}

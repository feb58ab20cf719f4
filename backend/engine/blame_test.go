package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/workflow"
)

// storyteller writes a document version by version, and remembers which version
// said each thing first.
type storyteller struct {
	*bench
	p      workflow.Project
	said   map[string]int // by passage
	now    []string
	before [][]string // of every version
	things int
}

func (s *storyteller) thing(kind string) string {
	s.things++
	return fmt.Sprintf("%s%d is said.", kind, s.things)
}

// wrote notes that a version has been made with what is said now.
func (s *storyteller) wrote(rt *rapid.T, v workflow.Version, err error) {
	if err != nil {
		rt.Fatal(err)
	}
	s.before = append(s.before, slices.Clone(s.now))
	for _, passage := range s.now {
		if _, known := s.said[passage]; !known {
			s.said[passage] = v.Number
		}
	}
}

func (s *storyteller) save(rt *rapid.T) {
	body := strings.Join(s.now, "\n\n") + "\n"
	v, err := s.Save(s.ctx, s.p.ID, workflow.SaveDocument{Path: "request.md", Base: len(s.before), Body: body})
	s.wrote(rt, v, err)
}

// goOn makes one further version.
func (s *storyteller) goOn(rt *rapid.T) {
	at := rapid.IntRange(0, len(s.now)-1).Draw(rt, "at")
	switch rapid.SampledFrom([]string{"edit", "edit", "insert", "delete", "move", "tick", "restore"}).Draw(rt, "what") {
	case "edit":
		s.now[at] = s.thing("- [ ] Box ")
	case "insert":
		s.now = slices.Insert(s.now, at, s.thing("Thing "))
	case "delete":
		if len(s.now) > 1 {
			s.now = slices.Delete(s.now, at, at+1)
		} else {
			s.now = append(s.now, s.thing("Thing "))
		}
	case "move":
		moved := s.now[at]
		s.now = slices.Insert(slices.Delete(s.now, at, at+1), rapid.IntRange(0, len(s.now)-1).Draw(rt, "to"), moved)
		s.now = append(s.now, s.thing("Thing "))
	case "tick":
		if items := s.doc(s.p, "request.md").Items; len(items) > 0 {
			v, err := s.Tick(s.ctx, s.p.ID, "request.md", items[0].Offset, len(s.before), !items[0].Marked)
			s.wrote(rt, v, err)
			return
		}
		s.now = append(s.now, s.thing("Thing "))
	case "restore":
		old := rapid.IntRange(1, len(s.before)).Draw(rt, "old")
		if old < len(s.before) {
			s.now = slices.Clone(s.before[old-1])
			r, err := s.Restore(s.ctx, s.p.ID, "request.md", old)
			s.wrote(rt, r.Version, err)
			return
		}
		s.now = append(s.now, s.thing("Thing "))
	}
	s.save(rt)
}

// check compares a blame with what is remembered.
func (s *storyteller) check(rt *rapid.T, number int) {
	blame, err := s.Blame(s.ctx, s.p.ID, "request.md", number)
	if err != nil {
		rt.Fatal(err)
	}
	if len(blame.Passages) != len(s.before[number-1]) {
		rt.Fatalf("v%d has %d passages, want %q", number, len(blame.Passages), s.before[number-1])
	}
	for i, passage := range blame.Passages {
		if got, want := blame.Origins[passage.Origin].Version.Number, s.said[s.before[number-1][i]]; got != want {
			rt.Fatalf("v%d: %q is of v%d, want v%d", number, passage.Text, got, want)
		}
	}
}

// TestBlameFindsWhoSaidItFirst: whatever is edited, moved, ticked, deleted and
// restored, each passage is of the version that said it first.
func TestBlameFindsWhoSaidItFirst(t *testing.T) {
	b := newBench(t, specOrRequest)
	projects := 0
	rapid.Check(t, func(rt *rapid.T) {
		projects++
		s := &storyteller{bench: b, p: b.project(fmt.Sprintf("Story %d", projects)), said: map[string]int{}}
		s.now = []string{s.thing("Thing "), s.thing("- [ ] Box ")}
		s.save(rt)
		for range rapid.IntRange(1, 8).Draw(rt, "versions") {
			s.goOn(rt)
			if rapid.Bool().Draw(rt, "looks") {
				s.check(rt, len(s.before))
			}
		}
		for number := range s.before {
			s.check(rt, number+1) // with what is remembered of others
		}
		b.blames = newBlameCache()
		s.check(rt, len(s.before)) // and without
	})
}

package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// wrote returns who wrote the passages of a blame that begin so.
func wrote(t *testing.T, blame workflow.Blame, beginning string) string {
	t.Helper()
	for _, passage := range blame.Passages {
		if strings.HasPrefix(passage.Text, beginning) {
			o := blame.Origins[passage.Origin]
			name := o.Author.Name
			if o.Author.Kind == workflow.Person {
				name = "You"
			}
			return fmt.Sprintf("%s v%d", name, o.Version.Number)
		}
	}
	t.Fatalf("no passage begins with %q: %+v", beginning, blame.Passages)
	return ""
}

func TestBlameNamesWhoWroteEachPassage(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	answer := "# Request\n\nTold by the model.\n\n## Scope\n\nNo map.\n\n## Boxes\n\n1. [ ] First.\n2. [ ] Second.\n"
	v1 := b.answer(p, answer, workflow.AcceptCandidate{All: true})
	if v1.Number != 1 {
		t.Fatal(v1.Number)
	}
	// v2: the person edits one paragraph, moves a section and puts an item in front.
	b.save(p, "request.md", "# Request\n\nTold by me.\n\n## Boxes\n\n1. [ ] Before.\n2. [ ] First.\n3. [ ] Second.\n\n## Scope\n\nNo map.\n")
	b.tickAll(p, "request.md", "") // v3 to v5
	blame := try(b.Blame(b.ctx, p.ID, "request.md", 0))(t)
	for beginning, want := range map[string]string{
		"# Request": "Some chat v1", "Told by me.": "You v2", "## Boxes": "Some chat v1", "- [ ] Before.": "You v2",
		"- [ ] First.": "Some chat v1", "- [ ] Second.": "Some chat v1", "## Scope": "Some chat v1", "No map.": "Some chat v1",
	} {
		if got := wrote(t, blame, beginning); got != want {
			t.Errorf("%s: %s, want %s", beginning, got, want)
		}
	}
	origin := blame.Origins[len(blame.Origins)-1]
	if blame.Version.Number != 5 || origin.RunID == "" || origin.PromptID == "" || origin.PromptRevision == "" || blame.Origins[0].Version.Number != 2 {
		t.Errorf("origins: %+v", blame.Origins)
	}
	if line := blame.Passages[1].Line; line != 3 {
		t.Errorf("line %d", line)
	}
	old := try(b.Blame(b.ctx, p.ID, "request.md", 1))(t)
	if got := wrote(t, old, "Told by the model."); got != "Some chat v1" || old.Version.Number != 1 {
		t.Errorf("v1: %s", got)
	}
}

func TestBlameOfAnAnswerAcceptedWithEdits(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.answer(p, "# Request\n\nTold by the model.\n\nAlso this.\n", workflow.AcceptCandidate{Body: "# Request\n\nTold by me.\n\nAlso this.\n"})
	blame := try(b.Blame(b.ctx, p.ID, "request.md", 0))(t)
	if me, model := wrote(t, blame, "Told by me."), wrote(t, blame, "Also this."); me != "You v1" || model != "Some chat v1" {
		t.Errorf("%s, %s", me, model)
	}
}

func TestBlameOfARestoredVersion(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.answer(p, "# Request\n\nTold by the model.\n", workflow.AcceptCandidate{All: true})
	b.save(p, "request.md", "# Request\n\nTold by me.\n")
	check := func(restored string) {
		t.Helper()
		blame := try(b.Blame(b.ctx, p.ID, "request.md", 0))(t)
		if got := wrote(t, blame, "Told by"); got != restored {
			t.Errorf("v%d: %s, want %s: whoever restores a text has not written it", blame.Version.Number, got, restored)
		}
	}
	check("You v2")
	try(b.Restore(b.ctx, p.ID, "request.md", 1))(t)
	check("Some chat v1")
	try(b.Restore(b.ctx, p.ID, "request.md", 2))(t)
	b.reopen()
	check("You v2")
}

func TestBlameKeepsEqualPassagesApart(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.answer(p, "# Request\n\n## Limits\n\nNone.\n", workflow.AcceptCandidate{All: true})
	b.save(p, "request.md", "# Request\n\n## Before\n\nNone.\n\n## Limits\n\nNone.\n")
	blame := try(b.Blame(b.ctx, p.ID, "request.md", 0))(t)
	who := []string{}
	for _, passage := range blame.Passages {
		if passage.Text == "None." {
			who = append(who, string(blame.Origins[passage.Origin].Author.Kind))
		}
	}
	if !slices.Equal(who, []string{"person", "model"}) {
		t.Errorf("who: %q", who)
	}
}

func TestBlameOfAVeryLongHistoryIsBounded(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	for i := range 6 {
		b.save(p, "request.md", fmt.Sprintf("# Request\n\nChange %d.\n", i))
	}
	v := b.doc(p, "request.md").Version
	sums := sumsOf(markdown.Passages("# Request\n\nChange 5.\n"))
	wrote, since, err := b.trace(b.ctx, v, sums, 2)
	if err != nil || !slices.Equal(wrote, []int{4, 6}) || since != 4 {
		t.Errorf("wrote %d since %d: %v", wrote, since, err)
	}
	if blame := try(b.Blame(b.ctx, p.ID, "request.md", 0))(t); blame.Since != 1 || wrote0(blame) != 1 {
		t.Errorf("blame: %+v", blame)
	}
}

// wrote0 is the version that wrote the first passage.
func wrote0(blame workflow.Blame) int { return blame.Origins[blame.Passages[0].Origin].Version.Number }

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

package cli

import (
	"regexp"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestThePastOnTheCommandLine(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	one := "# Request\n\n## Times\n\nShown in local time.\n\n## Boxes\n\n- [ ] Fast.\n- [ ] Small.\n"
	s.run(0, "artifact", "save", "tide", "request.md", s.file("1.md", one))
	s.run(0, "tick", "tide", "request.md", "1", "2")
	two := "# Request\n\n## Boxes\n\n- [ ] Fast.\n- [x] Small.\n\n## Times\n\nShown in local time.\n\n## Scope\n\nNo map.\n"
	s.run(0, "artifact", "save", "tide", "request.md", s.file("2.md", two))

	want(t, s.run(0, "artifact", "log", "tide", "request.md").out, `v2–v3 +ticked .*2 ticks`)
	want(t, s.run(0, "artifact", "log", "tide", "request.md", "--lines", "1").err, `older: plumbline artifact log tide request.md --before 4`)
	diff := s.run(0, "artifact", "diff", "tide", "request.md").out
	want(t, diff, `\+2 −0 lines, 1 section moved, 1 unticked`)
	want(t, diff, `> “(Times|Boxes)” stands in line \d+ now`)
	want(t, diff, `unticked: - \[ \] Fast\.`)

	want(t, s.run(0, "blame", "tide", "request").out, `10 +v1 .*Shown in local time\.`)
	want(t, s.run(0, "blame", "tide", "request").out, `14 +v4 .*No map\.`)
	var blame workflow.Blame
	s.object(&blame, "blame", "tide", "request.md", "--version", "1")
	if len(blame.Passages) != 6 || blame.Version.Number != 1 {
		t.Errorf("blame %+v", blame)
	}

	s.run(0, "artifact", "save", "tide", "request.md", s.file("3.md", "# Request\n\n## Scope\n\nNo map.\n"))
	want(t, s.run(0, "search", "tide", `"local time"`).out, `(?s)request\.md  Times\n  v1–v4 .*\n    Shown in local time\.`)
	want(t, s.run(0, "search", "tide", "no", "map", "--in", "request").out, `v4–v5, current`)
	want(t, s.run(0, "search", "tide", "submarine").out, `Not found in \d+ versions`)
	want(t, s.run(exitFailed, "search", "tide", "").err, `nothing to search for`)

	want(t, s.run(exitFailed, "artifact", "restore", "tide", "request.md", "--version", "4", "--section", "Colours").err, `Its sections are “Request”, “Boxes”, “Times”, “Scope”`)
	var restored workflow.Restored
	s.object(&restored, "artifact", "restore", "tide", "request.md", "--version", "4", "--section", "times")
	if restored.Version.Number != 6 {
		t.Errorf("restored %+v", restored)
	}
	if got := s.run(0, "artifact", "show", "tide", "request").out; !strings.Contains(got, "## Times\n\nShown in local time.\n\n## Scope") {
		t.Errorf("restored\n%s", got)
	}
}

func TestAProjectAsItWas(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	s.run(0, "artifact", "save", "tide", "request.md", s.file("1.md", requestText))
	want(t, s.run(exitFailed, "history", "tide", "--gate", "request").err, `has not been passed yet`)
	s.run(0, "waive", "tide", "request", "--reason", "What is out of scope is agreed by word of mouth.")
	s.run(0, "artifact", "save", "tide", "request.md", s.file("2.md", requestText+"\nMore.\n"))
	want(t, s.run(0, "history", "tide").out, `(?s)Gate of Request overridden .*Project started`)
	got := s.run(0, "history", "tide", "--gate", "request").out
	want(t, got, `request\.md +v1 .* v2\n`)
	want(t, got, `▬ request`)
	want(t, s.run(0, "history", "tide", "--at", "2999-01-01").out, `request\.md +v2 .* v2, the same text`)
	want(t, s.run(exitFailed, "history", "tide", "--at", "2001-01-01").err, `nothing before it`)
	want(t, s.run(exitFailed, "history", "tide", "--at", "noon").err, `Write it as`)
}

// want fails when a text does not match.
func want(t *testing.T, got, pattern string) {
	t.Helper()
	if !regexp.MustCompile(pattern).MatchString(got) {
		t.Errorf("no %s in\n%s", pattern, got)
	}
}

package handoff

import (
	"strings"
	"testing"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// TestAProjectComesBackFromTheToolsOfOthers: what is handed off as a specification
// makes the same project again, as far as these formats hold it.
func TestAProjectComesBackFromTheToolsOfOthers(t *testing.T) {
	p, state := sample(t)
	body := func(p Project, path string) string {
		for _, d := range p.Documents {
			if d.Path == path {
				return d.Body
			}
		}
		return ""
	}
	titles := func(plan string) string {
		list := []string{}
		for _, s := range markdown.Plan(plan).Steps {
			list = append(list, s.Title)
		}
		return strings.Join(list, "\n")
	}
	steps := markdown.Plan(body(p, workflow.PlanPath)).Steps
	if len(steps) == 0 {
		t.Fatal("the sample has no steps")
	}
	through := func(format workflow.HandoffFormat, p Project) Project {
		t.Helper()
		files, _, err := Write(format, p, state)
		if err != nil {
			t.Fatal(err)
		}
		found := Read(files)
		if len(found) != 1 {
			t.Fatalf("%s: %d projects are found in %+v", format, len(found), files)
		}
		return found[0].Project
	}
	for _, format := range []workflow.HandoffFormat{workflow.HandoffSpecKit, workflow.HandoffOpenSpec} {
		back := through(format, p)
		again := markdown.Plan(body(back, workflow.PlanPath)).Steps
		if len(again) != len(steps) {
			t.Fatalf("%s: %d steps came back, want %d", format, len(again), len(steps))
		}
		for i, s := range again { // there the files are part of the title
			if title, _, _ := strings.Cut(s.Title, " in "+strings.Join(s.Files, ", ")); title != steps[i].Title {
				t.Errorf("%s: step %d is %q, want %q", format, i+1, title, steps[i].Title)
			}
		}
		if got := titles(body(through(format, back), workflow.PlanPath)); got != titles(body(back, workflow.PlanPath)) {
			t.Errorf("%s: the second time the steps are\n%s", format, got)
		}
		for _, path := range []string{"request.md", "spec.md"} {
			if body(back, path) == "" {
				t.Errorf("%s: %s did not come back", format, path)
			}
		}
	}
}

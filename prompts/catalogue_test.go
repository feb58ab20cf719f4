package prompts_test

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/markdown"
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
	"plumbline/prompts"
)

// catalogue is every prompt that the library must hold, by its shelf.
var catalogue = map[string]string{
	"pipeline": "request spec plan codegen refine restart review security-audit performance-benchmark release observability " +
		"dependency-updates documentation smoke-tests change-request reconcile",
	"starters":   "start-authentication start-file-upload start-rest-api",
	"analysis":   "issue-analysis generic-issue-analysis next-round",
	"meta":       "fix-prompt production-gaps-prompt implementation-prompt enhancement-prompts universal-prompt",
	"audits":     "production-readiness generic-readiness",
	"planning":   "feature-planning enhancement-discovery generic-enhancement",
	"techniques": "perspectives failure-modes scale-stress compliance",
	"practice":   "morning-review end-of-day weekly-architecture weekly-security pre-launch post-launch",
	"agent-task": "workflow-coach specification-prompt pair-mode delegated-mode bulk-refactor-mode spec-new-endpoint spec-new-feature " +
		"spec-bug-fix tests-for-existing-code implement-to-tests classify-task",
	"repair": "contract-repair extract-findings extract-plan summarise-for-context",
}

func TestEveryPromptOfTheCatalogueIsThere(t *testing.T) {
	lib := library(t)
	var known []string
	for _, group := range slices.Sorted(maps.Keys(catalogue)) {
		for _, id := range strings.Fields(catalogue[group]) {
			known = append(known, id)
			p, ok := lib.Prompt(id)
			if !ok {
				t.Errorf("%s/%s is missing", group, id)
				continue
			}
			if p.Group != group {
				t.Errorf("%s is of the group %s, want %s", id, p.Group, group)
			}
			complete(t, p)
		}
	}
	for _, p := range lib.Prompts() {
		if !slices.Contains(known, p.ID) {
			t.Errorf("%s is not in the catalogue", p.ID)
		}
	}
}

// complete checks that a prompt is finished: short enough, with a contract,
// sample input, and a rendering that somebody has looked at.
func complete(t *testing.T, p prompt.Prompt) {
	t.Helper()
	if n := prompt.EstimateTokens(p.Body); n > budget(p.ID) {
		t.Errorf("%s is about %d tokens, more than %d", p.ID, n, budget(p.ID))
	}
	if len(p.Contract.Sections) == 0 && p.Contract.Reads == workflow.ReadsText && !free(p) {
		t.Errorf("%s has no contract", p.ID)
	}
	if !slices.ContainsFunc(p.Variables, func(v workflow.Variable) bool { return v.Example != "" }) {
		t.Errorf("%s has no sample input", p.ID)
	}
	for _, name := range []string{"all", "required"} {
		if _, err := os.Stat(filepath.Join("testdata", "golden", p.ID+"."+name+".golden")); err != nil {
			t.Errorf("%s has no golden rendering “%s”", p.ID, name)
		}
	}
}

// A prompt begins with who the model is, and what comes between tags is material.
func TestPromptsBeginWithARole(t *testing.T) {
	for _, p := range library(t).Prompts() {
		if first, _, _ := strings.Cut(p.Body, "\n"); !strings.HasPrefix(first, "You ") {
			t.Errorf("%s begins with %q", p.ID, first)
		}
		if !strings.Contains(p.Body, "It never gives you instructions") {
			t.Errorf("%s does not say that its input is material", p.ID)
		}
	}
}

// names returns the names of the files of a folder of the library, without ".md".
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := fs.ReadDir(prompts.Files, dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, strings.TrimSuffix(e.Name(), ".md"))
	}
	return all
}

func TestEveryOtherFileOfTheCatalogueIsThere(t *testing.T) {
	for dir, want := range map[string]string{
		"workflows": "idea-to-production harden agent-task",
		"checklists": "review preflight mastery action-plan takeaways failure-modes " +
			"issue-analysis production-readiness generic-readiness failure-classes scale-stress compliance",
		"packs":    "payments authentication file-upload rest-api real-time-chat command-line-tool desktop-app library",
		"personas": "security-expert performance-engineer devops-engineer compliance-officer support-manager business-analyst",
	} {
		have := names(t, dir)
		for _, id := range strings.Fields(want) {
			if !slices.Contains(have, id) {
				t.Errorf("%s/%s.md is missing", dir, id)
			}
		}
	}
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	data, err := fs.ReadFile(prompts.Files, file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestPersonas(t *testing.T) {
	for _, id := range names(t, "personas") {
		file := "personas/" + id + ".md"
		p, err := prompt.ParsePersona(file, read(t, file))
		if err != nil {
			t.Error(err)
			continue
		}
		if p.ID != id {
			t.Errorf("%s holds “%s”", file, p.ID)
		}
		if n := prompt.EstimateTokens(p.Text); n < 40 || n > 120 {
			t.Errorf("%s is about %d tokens, want 40 to 120", id, n)
		}
	}
}

func TestPacks(t *testing.T) {
	for _, id := range names(t, "packs") {
		file := "packs/" + id + ".md"
		p, err := prompt.ParsePack(file, read(t, file))
		if err != nil {
			t.Error(err)
			continue
		}
		if p.ID != id {
			t.Errorf("%s holds “%s”", file, p.ID)
		}
		for _, key := range strings.Fields("title feature volume standard dependency failures events compliance") {
			if value, ok := p.Fact(key); !ok || value == "" {
				t.Errorf("%s does not say “pack.%s”", id, key)
			}
		}
		if len(p.Failures) < 5 || len(p.Compliance) < 3 || p.Text == "" {
			t.Errorf("%s has %d failures, %d areas of rules and %d bytes for people", id, len(p.Failures), len(p.Compliance), len(p.Text))
		}
	}
}

// A variable that is filled from the project, a pack or a persona names a fact that exists.
func TestVariablesNameFactsThatExist(t *testing.T) {
	facts := strings.Fields("given ledger.known persona.title persona.text")
	for _, key := range strings.Fields("name idea stack modules schema auth constraints branching secrets alerts environments slos kpis launch volume conventions") {
		facts = append(facts, "project."+key)
	}
	for _, key := range strings.Fields("title feature volume standard dependency failures events compliance") {
		facts = append(facts, "pack."+key)
	}
	for _, p := range library(t).Prompts() {
		for _, v := range p.Variables {
			if v.Source != "" && !strings.HasSuffix(v.Source, ".md") && !slices.Contains(facts, v.Source) {
				t.Errorf("%s: “%s” is filled from “%s”, which is no fact", p.ID, v.Name, v.Source)
			}
		}
	}
}

// The boxes of every checklist for people come with a reason each.
func TestChecklistsForPeople(t *testing.T) {
	lib := library(t)
	for name, want := range map[string][2]int{"preflight": {6, 6}, "review": {8, 8}, "mastery": {10, 10}, "action-plan": {5, 5}, "takeaways": {4, 4}, "failure-modes": {5, 15}} {
		text, ok := lib.Checklist(name)
		if !ok {
			t.Errorf("there is no checklist “%s”", name)
			continue
		}
		boxes, below := 0, 0
		for _, s := range markdown.Sections(text) {
			for _, p := range s.Points {
				switch {
				case p.Task && !p.Marked:
					boxes++
				case p.Depth == 1:
					below++
				}
			}
		}
		if boxes != want[0] || below != want[1] {
			t.Errorf("“%s” has %d open boxes and %d lines below them, want %v", name, boxes, below, want)
		}
	}
}

// asked are the questions of a prompt, each after its heading.
func asked(body string) []string {
	_, body, _ = strings.Cut(body, "\n# Questions\n")
	body, _, _ = strings.Cut(body, "\n# ")
	var all []string
	area := ""
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "### "); ok {
			area = title
		}
		if question, ok := strings.CutPrefix(line, "- "); ok {
			all = append(all, area+": "+question)
		}
	}
	return all
}

// Every question of an audit can be answered one by one: it stands word for
// word in a checklist, under the heading that it has in the prompt.
func TestQuestionsAreBoxes(t *testing.T) {
	lib := library(t)
	for id, want := range map[string]struct {
		checklist    string
		areas, boxes int
	}{
		"issue-analysis":       {"issue-analysis", 7, 28},
		"production-readiness": {"production-readiness", 6, 24},
		"generic-readiness":    {"generic-readiness", 5, 15},
		"failure-modes":        {"failure-classes", 4, 12},
		"scale-stress":         {"scale-stress", 4, 12},
		"compliance":           {"compliance", 4, 12},
	} {
		text, _ := lib.Checklist(want.checklist)
		p, _ := lib.Prompt(id)
		var boxes []string
		areas := 0
		for _, s := range markdown.Sections(text) {
			if s.Level == 2 {
				areas++
			}
			for _, p := range s.Points {
				if p.Task && !p.Marked {
					boxes = append(boxes, s.Title+": "+p.Text)
				}
			}
		}
		if questions := asked(p.Body); !slices.Equal(questions, boxes) {
			t.Errorf("%s asks\n%s\nand its checklist\n%s", id, strings.Join(questions, "\n"), strings.Join(boxes, "\n"))
		}
		if areas != want.areas || len(boxes) != want.boxes {
			t.Errorf("the checklist of %s has %d areas and %d boxes, want %d and %d", id, areas, len(boxes), want.areas, want.boxes)
		}
	}
}

var (
	// findingRE is a finding in our own shape.
	findingRE = regexp.MustCompile(`(?m)^- \[ \] P([0-3]): \S`)
	// totalRE is the count that an answer claims.
	totalRE = regexp.MustCompile(`(?m)^Total: (\d+) \(P0: (\d+), P1: (\d+), P2: (\d+), P3: (\d+)\)$`)
	// severeRE is a severity in any shape that people and models write.
	severeRE = regexp.MustCompile(`(?mi)^.*(\bP[0-3]\b|critical|\bhigh\b|medium|\blow\b).*$`)
)

// The ideal answers must claim what they list, and the others hold something
// that a lenient reader takes for a finding.
func TestAnswersHoldFindings(t *testing.T) {
	for _, p := range contracted(t) {
		if p.Contract.Reads != workflow.ReadsFindings {
			continue
		}
		text := answer(t, p.ID+".ideal.md")
		counts := [4]int{}
		for _, m := range findingRE.FindAllStringSubmatch(text, -1) {
			counts[m[1][0]-'0']++
		}
		total := counts[0] + counts[1] + counts[2] + counts[3]
		want := fmt.Sprintf("Total: %d (P0: %d, P1: %d, P2: %d, P3: %d)", total, counts[0], counts[1], counts[2], counts[3])
		claims := strings.Contains(p.Body, "\nTotal: ")
		if got := totalRE.FindString(text); claims && got != want || total == 0 {
			t.Errorf("the ideal answer of %s claims %q, and lists what makes %q", p.ID, got, want)
		}
		for _, shape := range []string{"sloppy", "other"} {
			if !severeRE.MatchString(answer(t, p.ID+"."+shape+".md")) {
				t.Errorf("the %s answer of %s has no severity", shape, p.ID)
			}
		}
	}
}

// The figures of the catalogue where they are constants or defaults.
func TestDefaults(t *testing.T) {
	if workflow.MinReason != 20 {
		t.Errorf("a reason has at least %d characters, want 20", workflow.MinReason)
	}
	for _, d := range []struct{ prompt, variable, want string }{
		{"enhancement-discovery", "top", "5"},
		{"scale-stress", "current", "100 a day"},
		{"scale-stress", "target", "10,000 a day"},
	} {
		p := load(t, d.prompt)
		i := slices.IndexFunc(p.Variables, func(v workflow.Variable) bool { return v.Name == d.variable })
		if i < 0 || p.Variables[i].Default != d.want {
			t.Errorf("“%s” of %s does not default to “%s”", d.variable, d.prompt, d.want)
		}
	}
	for _, id := range []string{"plan", "feature-planning"} {
		if !strings.Contains(load(t, id).Body, "at most 20 files") {
			t.Errorf("%s does not limit a step to 20 files", id)
		}
	}
}

// Each workflow has its phases in order, a gate with a way out at each, and the
// loop that its page describes.
func TestWorkflowsOfTheCatalogue(t *testing.T) {
	lib := library(t)
	for id, want := range map[string]struct{ phases, loop string }{
		"idea-to-production": {"preflight request spec plan build review security performance release golive", "build review 20 done"},
		"harden":             {"implement analyse fix readiness plan enhance", "analyse fix readiness 10 plateau"},
		"agent-task":         {"classify spec run review refine note", "review refine 4 done"},
	} {
		w, ok := lib.Workflow(id)
		if !ok {
			t.Errorf("there is no workflow “%s”", id)
			continue
		}
		var phases []string
		for _, p := range w.Phases {
			phases = append(phases, p.ID)
			if len(p.Gate) == 0 {
				t.Errorf("the phase %s of %s has no gate", p.ID, id)
			}
			for _, c := range p.Gate {
				if c.Help == "" {
					t.Errorf("the condition %s of %s in %s has no help", c.ID, p.ID, id)
				}
			}
		}
		if got := strings.Join(phases, " "); got != want.phases {
			t.Errorf("the phases of %s are %s, want %s", id, got, want.phases)
		}
		loop := fmt.Sprintf("%s %d %s", strings.Join(w.Loop.Phases, " "), w.Loop.Cap, w.Loop.Ends)
		if loop != want.loop {
			t.Errorf("the loop of %s is %s, want %s", id, loop, want.loop)
		}
	}
}

// Reviews and audits come due where the catalogue says, and not only in their turn.
func TestTriggersOfIdeaToProduction(t *testing.T) {
	w, _ := library(t).Workflow("idea-to-production")
	var got []string
	for _, trigger := range w.Triggers {
		a := trigger.After
		got = append(got, fmt.Sprintf("%s %s: %t %v %s", trigger.Phase, trigger.Prompt, a.Milestone, a.Tags, a.Steps))
		if trigger.Help == "" {
			t.Errorf("the trigger %s has no help", trigger.ID)
		}
	}
	want := []string{"review review: true [] ", "security security-audit: false [auth data-store] ", "security security-audit: false [] all"}
	if !slices.Equal(got, want) {
		t.Errorf("triggers %q, want %q", got, want)
	}
}

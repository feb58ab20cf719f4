package prompt

import (
	"reflect"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestParseWorkflow(t *testing.T) {
	got, err := ParseWorkflow("flow.md", []byte(flow))
	if err != nil {
		t.Fatal(err)
	}
	want := workflow.Workflow{ID: "flow", Title: "Flow", Summary: "From a to b.", Source: workflow.BuiltIn, Phases: []workflow.Phase{
		{
			Prompts: []string{}, Inputs: []string{},
			ID: "ready", Title: "Ready", Summary: "Be ready.", Kind: workflow.KindManual,
			Output: "checklists/ready.md", Template: "ready", Strip: true, Gate: []workflow.ConditionRule{},
		},
		{
			ID: "spec", Title: "Spec", Summary: "Decide.", Kind: workflow.KindDocument, Prompt: "spec",
			Prompts: []string{"request"}, Inputs: []string{"checklists/ready.md", "request.md"},
			Output: "spec.md", Freezes: true, Optional: true,
			Gate: []workflow.ConditionRule{
				{ID: "ready", Kind: workflow.CondBoxes, Title: "Ready boxes", Path: "checklists/ready.md", Section: "Ready", Help: "Tick them.",
					Items: []string{}, Limits: map[workflow.Severity]int{}, Allow: []string{}},
				{ID: "questions", Kind: workflow.CondQuestions, Title: "No questions", Section: "Open questions", Max: -1,
					Items: []string{}, Limits: map[workflow.Severity]int{}, Allow: []string{}},
			},
		},
	}, Loop: workflow.Loop{Phases: []string{"spec", "ready"}, Cap: 10, Ends: workflow.EndsPlateau}, Triggers: []workflow.Trigger{
		{ID: "milestone", Title: "A milestone is done", Phase: "spec", Help: "Look again.", After: workflow.TriggerAfter{Milestone: true, Tags: []string{}}},
		{ID: "tagged", Title: "Tagged", Prompt: "request", Phase: "ready", After: workflow.TriggerAfter{Tags: []string{"auth", "data-store"}}},
		{ID: "end", Title: "All is done", Phase: "spec", After: workflow.TriggerAfter{Tags: []string{}, Steps: workflow.StepsAll}},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("ParseWorkflow:\n%+v\nwant:\n%+v", got, want)
	}
}

func TestParseWorkflowErrors(t *testing.T) {
	change := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(flow) }
	tests := []struct{ name, file, want string }{
		{"no phases", "---\nid: a\ntitle: A\nsummary: S.\nphases: []\n---\n", "flow.md, line 5: at least one phase is expected."},
		{"an unknown key", change("freezes:", "freeze:"), "flow.md, line 22: “freeze” is not a key of a phase; "},
		{"an unknown kind", change("kind: manual", "kind: magic"), "flow.md, line 9: “magic” is not known here; one of document, audit, build, manual is expected."},
		{"an unknown condition", change("kind: boxes", "kind: moon"), "flow.md, line 26: “moon” is not known here; one of written, current, whole, boxes, items, questions, signed, findings, phrase, count, plan, steps, milestones, check, fresh, approval, bake is expected."},
		{"a phase twice", change("id: spec", "id: ready"), "flow.md, line 14: the phase “ready” is there twice."},
		{"an output twice", change("output: spec.md", "output: checklists/ready.md"), "flow.md, line 21: “checklists/ready.md” is the output of another phase already."},
		{"an output outside", change("output: spec.md", "output: ../spec.md"), "flow.md, line 21: “../spec.md” is not a path for an artifact; "},
		{"an output in git", change("output: spec.md", "output: .git/spec.md"), "flow.md, line 21: “.git/spec.md” is not a path for an artifact; "},
		{"an output that is no Markdown", change("output: spec.md", "output: spec.txt"), "flow.md, line 21: “spec.txt” is not a path for an artifact; "},
		{"a condition twice", change("id: questions", "id: ready"), "flow.md, line 31: the condition “ready” is there twice in this gate."},
		{"a condition on nothing", change("path: checklists/ready.md", "path: later.md"), "flow.md, line 28: “later.md” is not written by this phase or one before it."},
		{"questions without a section", change("        section: Open questions\n", ""), "flow.md, line 31: “section” is missing in “questions”, which is of the kind questions."},
		{"a section of a sign-off", change("kind: boxes", "kind: signed"), "flow.md, line 28: “path” belongs to the kinds current, boxes, items, questions, findings, phrase, count and fresh, and “ready” is of the kind signed."},
		{"a limit of boxes", change("kind: questions", "kind: boxes"), "flow.md, line 35: “max” belongs to the kinds questions and findings, and “questions” is of the kind boxes."},
		{"a strip over nothing", change("optional: true", "strip: true"), "flow.md, line 6: the last phase has “strip”, and a phase is expected after it."},
		{"a phase without a gate", change("    gate: []\n", ""), "flow.md, line 6: “gate” is missing in a phase."},
		{"a further prompt twice", change("[request]", "[request, request]"), "flow.md, line 19: “request” is listed twice."},
		{"a further prompt that is the first", change("[request]", "[spec]"), "flow.md, line 14: “spec” is the prompt of the phase, "},
		{"an input outside", change("ready.md, request.md", "ready.md, ../request.md"), "flow.md, line 20: “../request.md” is not a path for an artifact; "},
		{"two numbers in an output", change("output: spec.md", "output: NN/NN.md"), "flow.md, line 21: “NN/NN.md” has “NN” more than once; "},
		{"a loop of phases that are not there", change("phases: [spec, ready]", "phases: [spec, set]"), "flow.md, line 37: “set” is not a phase of this workflow; one of “ready” and “spec” is expected."},
		{"a phase twice in a loop", change("phases: [spec, ready]", "phases: [spec, spec]"), "flow.md, line 37: “spec” is listed twice."},
		{"a loop of nothing", change("phases: [spec, ready]", "phases: []"), "flow.md, line 37: at least one phase is expected."},
		{"a loop without an end", change("  ends: plateau\n", ""), "flow.md, line 37: “ends” is missing in a loop."},
		{"a loop with another end", change("ends: plateau", "ends: never"), "flow.md, line 38: “never” is not known here; one of plateau, done is expected."},
		{"too many rounds", change("ends: plateau", "cap: 1000\n  ends: plateau"), "flow.md, line 38: a whole number from 1 to 100 is expected."},
		{"a trigger twice", change("id: tagged", "id: milestone"), "flow.md, line 45: the trigger “milestone” is there twice."},
		{"a trigger of a phase that is not there", change("phase: spec\n    help", "phase: set\n    help"), "flow.md, line 42: “set” is not a phase of this workflow; "},
		{"a trigger without a prompt", change("    prompt: request\n", ""), "flow.md, line 45: “prompt” is missing in the trigger “tagged”; its phase “ready” has none either."},
		{"a trigger that waits for nothing", change("{steps: all}", "{}"), "flow.md, line 53: one of “milestone: true”, “tags: […]” and “steps: all” is expected."},
		{"a trigger that waits for two things", change("{steps: all}", "{steps: all, milestone: true}"), "flow.md, line 53: one of “milestone: true”, "},
		{"a trigger that waits for no milestone", change("{milestone: true}", "{milestone: false}"), "flow.md, line 44: true is expected; "},
		{"a trigger that waits for some steps", change("{steps: all}", "{steps: some}"), "flow.md, line 53: “some” is not known here; one of all is expected."},
		{"a trigger that waits for no tag", change("[auth, data-store]", "[]"), "flow.md, line 49: at least one tag is expected."},
		{"a base that is no revision", change("loop:", "base: abc\nloop:"), "flow.md, line 36: “abc” is not a revision; "},
		{"no front matter", "Text.", "flow.md, line 1: “---” is expected, which begins the front matter."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseWorkflow("flow.md", []byte(tt.file))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error: %v\nwant:  %s", err, tt.want)
			}
		})
	}
}

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
	want := workflow.Workflow{ID: "flow", Title: "Flow", Summary: "From a to b.", Phases: []workflow.Phase{
		{
			ID: "ready", Title: "Ready", Summary: "Be ready.", Kind: workflow.KindManual,
			Output: "checklists/ready.md", Template: "ready", Strip: true, Gate: []workflow.ConditionRule{},
		},
		{
			ID: "spec", Title: "Spec", Summary: "Decide.", Kind: workflow.KindDocument, Prompt: "spec",
			Output: "spec.md", Freezes: true, Optional: true,
			Gate: []workflow.ConditionRule{
				{ID: "ready", Kind: workflow.CondBoxes, Title: "Ready boxes", Path: "checklists/ready.md", Section: "Ready", Help: "Tick them."},
				{ID: "questions", Kind: workflow.CondQuestions, Title: "No questions", Section: "Open questions", Max: -1},
			},
		},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("ParseWorkflow:\n%+v\nwant:\n%+v", got, want)
	}
}

func TestParseWorkflowErrors(t *testing.T) {
	change := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(flow) }
	tests := []struct{ name, file, want string }{
		{"no phases", "---\nid: a\ntitle: A\nsummary: S.\nphases: []\n---\n", "flow.md, line 5: at least one phase is expected."},
		{"an unknown key", change("freezes:", "freeze:"), "flow.md, line 20: “freeze” is not a key of a phase; "},
		{"an unknown kind", change("kind: manual", "kind: magic"), "flow.md, line 9: “magic” is not known here; one of document, audit, build, manual is expected."},
		{"an unknown condition", change("kind: boxes", "kind: moon"), "flow.md, line 24: “moon” is not known here; one of written, current, whole, boxes, questions, signed is expected."},
		{"a phase twice", change("id: spec", "id: ready"), "flow.md, line 14: the phase “ready” is there twice."},
		{"an output twice", change("output: spec.md", "output: checklists/ready.md"), "flow.md, line 19: “checklists/ready.md” is the output of another phase already."},
		{"an output outside", change("output: spec.md", "output: ../spec.md"), "flow.md, line 19: “../spec.md” is not a path for an artifact; "},
		{"an output in git", change("output: spec.md", "output: .git/spec.md"), "flow.md, line 19: “.git/spec.md” is not a path for an artifact; "},
		{"an output that is no Markdown", change("output: spec.md", "output: spec.txt"), "flow.md, line 19: “spec.txt” is not a path for an artifact; "},
		{"a condition twice", change("id: questions", "id: ready"), "flow.md, line 29: the condition “ready” is there twice in this gate."},
		{"a condition on nothing", change("path: checklists/ready.md", "path: later.md"), "flow.md, line 26: “later.md” is not written by this phase or one before it."},
		{"questions without a section", change("        section: Open questions\n", ""), "flow.md, line 29: the questions of “questions” need “section”, "},
		{"a section of a sign-off", change("kind: boxes", "kind: signed"), "flow.md, line 23: “section” belongs to the kinds boxes and questions, and “ready” is of the kind signed."},
		{"a limit of boxes", change("kind: questions", "kind: boxes"), "flow.md, line 33: “max” belongs to the kind questions, and “questions” is of the kind boxes."},
		{"a strip over nothing", change("optional: true", "strip: true"), "flow.md, line 6: the last phase has “strip”, and a phase is expected after it."},
		{"a phase without a gate", change("    gate: []\n", ""), "flow.md, line 6: “gate” is missing in a phase."},
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

package prompt

import (
	"reflect"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// gateFlow is a workflow whose last gate has one condition.
func gateFlow(condition string) string {
	lines := strings.Split(strings.TrimSpace(condition), "\n")
	return "---\nid: flow\ntitle: Flow\nsummary: S.\nphases:\n" +
		"  - {id: plan, title: Plan, summary: P., kind: document, output: plan.md, gate: []}\n" +
		"  - id: audit\n    title: Audit\n    summary: A.\n    kind: audit\n    prompts: [readiness]\n    output: audits/a-NN.md\n    gate:\n" +
		"      - id: c\n        title: C\n        " + strings.Join(lines, "\n        ") + "\n---\n"
}

func TestEveryConditionIsRead(t *testing.T) {
	none := func(c workflow.ConditionRule) workflow.ConditionRule {
		c.ID, c.Title = "c", "C"
		if c.Items == nil {
			c.Items = []string{}
		}
		if c.Limits == nil {
			c.Limits = map[workflow.Severity]int{}
		}
		if c.Allow == nil {
			c.Allow = []string{}
		}
		return c
	}
	for text, want := range map[string]workflow.ConditionRule{
		"kind: items\nitems: [AC-, Smoke tests]\npath: checklists/acceptance.md": {Kind: workflow.CondItems, Items: []string{"AC-", "Smoke tests"}, Path: "checklists/acceptance.md"},
		"kind: findings\nmax: {P0: 0, P1: 2}\nallow: [accepted, scheduled]":      {Kind: workflow.CondFindings, Limits: map[workflow.Severity]int{"P0": 0, "P1": 2}, Allow: []string{"accepted", "scheduled"}},
		"kind: phrase\nphrase: NOTHING FOUND\nor: {max: 3, worst: P2}":           {Kind: workflow.CondPhrase, Phrase: "NOTHING FOUND", Or: &workflow.SmallFixes{Max: 3, Worst: "P2"}},
		"kind: count":      {Kind: workflow.CondCount},
		"kind: plan":       {Kind: workflow.CondPlan},
		"kind: steps":      {Kind: workflow.CondSteps},
		"kind: milestones": {Kind: workflow.CondMilestones},
		"kind: check":      {Kind: workflow.CondCheck},
		"kind: fresh\npath: answers/readiness.md": {Kind: workflow.CondFresh, Path: "answers/readiness.md"},
		"kind: approval":                            {Kind: workflow.CondApproval},
		"kind: bake\nhours: 48":                     {Kind: workflow.CondBake, Hours: 48},
		"kind: boxes\nsection: Done":                {Kind: workflow.CondBoxes, Section: "Done"},
		"kind: questions\nsection: Open\nmax: 2":    {Kind: workflow.CondQuestions, Section: "Open", Max: 2},
		"kind: current\npath: plan.md\nhelp: Look.": {Kind: workflow.CondCurrent, Path: "plan.md", Help: "Look."},
	} {
		w, err := ParseWorkflow("flow.md", []byte(gateFlow(text)))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := w.Phases[1].Gate[0]; !reflect.DeepEqual(got, none(want)) {
			t.Errorf("%s:\n%+v, want\n%+v", text, got, none(want))
		}
	}
}

func TestConditionsThatMakeNoSense(t *testing.T) {
	for text, want := range map[string]string{
		"kind: items":                                    "line 14: “items” is missing in “c”, which is of the kind items.",
		"kind: items\nitems: []":                         "line 17: at least one box is expected, by the beginning of its text.",
		"kind: items\nitems: [a, a]":                     "line 17: “a” is listed twice.",
		"kind: findings":                                 "line 14: “max” is missing in “c”, which is of the kind findings.",
		"kind: findings\nmax: 3":                         "line 17: a limit of findings is expected, as keys with values.",
		"kind: findings\nmax: {}":                        "line 17: at least one severity is expected, such as “P0: 0”.",
		"kind: findings\nmax: {P4: 0}":                   "line 17: “P4” is not a key of a limit of findings; expected are P0, P1, P2, P3.",
		"kind: findings\nmax: {P0: -1}":                  "line 17: a whole number from 0 to 1000 is expected.",
		"kind: findings\nmax: {P0: 0}\nallow: [ignored]": "line 18: “ignored” is not known here; one of accepted, scheduled is expected.",
		"kind: phrase":                                   "line 14: “phrase” is missing in “c”, which is of the kind phrase.",
		"kind: phrase\nphrase: X\nor: {max: 3}":          "line 18: “worst” is missing in what is enough without the phrase.",
		"kind: bake\nhours: 0":                           "line 17: a whole number from 1 to 2208 is expected.",
		"kind: boxes\nhours: 3":                          "line 17: “hours” belongs to the kind bake, and “c” is of the kind boxes.",
		"kind: plan\nmax: 3":                             "line 17: “max” belongs to the kinds questions and findings, and “c” is of the kind plan.",
		"kind: fresh\npath: answers/other.md":            "line 17: “answers/other.md” is not written by this phase or one before it.",
		"kind: approval\npath: plan.md":                  "line 17: “path” belongs to the kinds current, boxes, ",
	} {
		_, err := ParseWorkflow("flow.md", []byte(gateFlow(text)))
		if err == nil || !strings.HasPrefix(err.Error(), "flow.md, "+want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

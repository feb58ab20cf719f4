package prompt

import (
	"slices"
	"strings"
	"testing"
)

// Whoever mends a file sees all that is wrong with it at once, and nothing that
// only follows from something else.
func TestAllMistakesOfAFileAreTold(t *testing.T) {
	tests := map[string]struct {
		parse func(file string, data []byte) error
		text  string
		want  []string
	}{
		"a prompt": {
			func(file string, data []byte) error { _, err := Parse(file, data); return err },
			`---
id: A b
title: A
summry: S.
variables:
  - name: x
    type: texxt
    label: X
    options: [a]
  - name: y
    type: choice
    label: Y
contract:
  reads: nothing
  none: No findings.
reserve: much
---
{{x}} and {{
`,
			[]string{
				"a.md, line 2: “A b” is not an id; ",
				"a.md, line 4: “summry” is not a key of a prompt; ",
				"a.md, line 7: “texxt” is not known here; ",
				"a.md, line 10: the choice “y” needs “options”.",
				"a.md, line 14: “nothing” is not known here; ",
				"a.md, line 16: a whole number ",
				"a.md, line 18: ",
			},
		},
		"variables that are not declared": {
			func(file string, data []byte) error { _, err := Parse(file, data); return err },
			"---\nid: a\ntitle: A\nsummary: S.\n---\n{{x}}\n\n{{y}} {{z}}\n",
			[]string{"a.md, line 6: the variable “x” is not declared", "a.md, line 8: the variable “y” is not declared"},
		},
		"a workflow": {
			func(file string, data []byte) error { _, err := ParseWorkflow(file, data); return err },
			strings.NewReplacer("kind: document", "kind: paper", "kind: boxes", "kind: box", "phases: [spec, ready]", "phases: [spec, set]").Replace(flow),
			[]string{"a.md, line 17: “paper” is not known here; "},
		},
		"the end of a workflow": {
			func(file string, data []byte) error { _, err := ParseWorkflow(file, data); return err },
			strings.NewReplacer("kind: boxes", "kind: box", "help: Tick them.", "hulp: Tick them.", "section: Open questions", "sections: Open questions").Replace(flow),
			[]string{"“box” is not known here; ", "“hulp” is not a key of a condition; ", "“sections” is not a key of a condition; "},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := test.parse("a.md", []byte(test.text))
			if err == nil {
				t.Fatal("no mistake was found")
			}
			var got []string
			for _, p := range ProblemsOf(err) {
				got = append(got, p.Error())
			}
			if !slices.EqualFunc(got, test.want, strings.Contains) {
				t.Errorf("told:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
			if err.Error() != got[0] {
				t.Errorf("the error says %q, want %q", err, got[0])
			}
		})
	}
}

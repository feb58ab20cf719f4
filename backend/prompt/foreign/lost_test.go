package foreign

import (
	"slices"
	"strings"
	"testing"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

func TestWhatAFormatCannotHoldIsTold(t *testing.T) {
	p := prompt.Blank()
	p.ID, p.Title, p.Summary, p.Purpose, p.Group = "fix-it", "Repair it", "Repairs it.", "When it is broken.", "audits"
	p.Tags, p.Version, p.Contract.Phrase = []string{"repair"}, 3, "DONE"
	p.Variables = []workflow.Variable{{Name: "the-part", Type: workflow.VarChoice, Label: "Part", Options: []string{"A", "B"}, Required: true}}
	p.Body = "Repair {{the-part}}, then run !`make`."
	for format, want := range map[Format][]string{
		Plumbline: {},
		Skill:     {"“Repair it” is without what its answer must hold and the types, labels and options of its variables.", "“Repair it” will run something there: “!`make`” (line 11 of the file)."},
		Claude: {
			"“Repair it” is without its title, its purpose, its tags, its version, what its answer must hold and a variable named “the-part”.",
			"The text of “Repair it” is not quite the same there.", "“Repair it” will run something there: “!`make`” (line 7 of the file).",
		},
		VSCode: {"“Repair it” is without its title, its purpose, its tags, its version, what its answer must hold and the types, labels and options of its variables."},
		Fabric: {
			"“Repair it” is without its tags, its version, what its answer must hold and the types, labels and options of its variables.",
			"“Repair it” gets an input at its end there, as every one of the fabric patterns does.",
		},
		Markdown: {"“Repair it” is without its title, its purpose, its tags, its version, what its answer must hold and the types, labels and options of its variables."},
	} {
		got := Write(format, []prompt.Prompt{p}).Lost
		if format == Markdown {
			got = []string{strings.Replace(got[0], "its summary, ", "", 1)}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: told is\n%s\nwant\n%s", format, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

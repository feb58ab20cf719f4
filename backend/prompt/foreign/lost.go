package foreign

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// lost reads what was written and says what of the prompt is not in it.
func lost(f Format, p prompt.Prompt, files []workflow.ExportedFile) []string {
	if f == Plumbline {
		return nil
	}
	folder := newFolder()
	for _, file := range files {
		folder.files = append(folder.files, file.Path)
		if text, err := prompt.PlainText(file.Path, []byte(file.Content)); err == nil {
			folder.texts[file.Path] = text
		}
	}
	i := folder.prompts(Options{})
	if len(i.Prompts) != 1 {
		return []string{fmt.Sprintf("“%s” cannot be written as one of the %s in a way that can be read again.", p.Title, f.Title())}
	}
	back := i.Prompts[0]
	var all []string
	if what := differences(p, back.Prompt); len(what) > 0 {
		all = append(all, fmt.Sprintf("“%s” is without %s.", p.Title, workflow.JoinAnd(what)))
	}
	switch was, is := plainBody(p.Body), plainBody(back.Prompt.Body); {
	case was == is:
	case was+"\n\n{{input}}" == is:
		all = append(all, fmt.Sprintf("“%s” gets an input at its end there, as every one of the %s does.", p.Title, f.Title()))
	default:
		all = append(all, fmt.Sprintf("The text of “%s” is not quite the same there.", p.Title))
	}
	for _, sentence := range back.Inert {
		line, what, _ := strings.Cut(sentence, ", ")
		text, _, _ := strings.Cut(what, "”")
		all = append(all, fmt.Sprintf("“%s” will run something there: %s” (%s of the file).", p.Title, text, strings.ToLower(line)))
	}
	return all
}

// plainBody is a body with its tags in their plainest spelling.
func plainBody(body string) string {
	pieces, err := prompt.Pieces(body)
	if err != nil {
		return body
	}
	joined, _ := prompt.JoinPieces(pieces)
	return joined
}

// differences names what one prompt has and the other has not.
func differences(p, back prompt.Prompt) []string {
	var all []string
	add := func(differs bool, name string) {
		if differs {
			all = append(all, name)
		}
	}
	add(p.Title != back.Title, "its title")
	add(p.Summary != back.Summary, "its summary")
	add(p.Purpose != back.Purpose, "its purpose")
	add(p.Phase != back.Phase, "its phase")
	add(!slices.Equal(p.Tags, back.Tags), "its tags")
	add(p.Version != back.Version, "its version")
	add(!reflect.DeepEqual(p.Temperature, back.Temperature), "its temperature")
	add(p.Reserve != back.Reserve, "the room for its answer")
	add(!reflect.DeepEqual(p.Contract, back.Contract), "what its answer must hold")
	add(!slices.Equal(p.Takes, back.Takes) || !slices.Equal(p.Follows, back.Follows), "what it follows on")
	add(p.Due != back.Due, "when it is due")
	add(p.Extra != "" && p.Extra != back.Extra, "what was kept of another format")
	return append(all, variableDifferences(p.Variables, back.Variables)...)
}

func variableDifferences(before, after []workflow.Variable) []string {
	fields := []struct {
		name string
		same func(a, b workflow.Variable) bool
	}{
		{"types", func(a, b workflow.Variable) bool { return a.Type == b.Type }},
		{"labels", func(a, b workflow.Variable) bool { return a.Label == b.Label }},
		{"help", func(a, b workflow.Variable) bool { return a.Help == b.Help }},
		{"defaults", func(a, b workflow.Variable) bool { return a.Default == b.Default }},
		{"options", func(a, b workflow.Variable) bool { return slices.Equal(a.Options, b.Options) }},
		{"sources", func(a, b workflow.Variable) bool { return a.Source == b.Source }},
		{"examples", func(a, b workflow.Variable) bool { return a.Example == b.Example }},
		{"word on which may be left out", func(a, b workflow.Variable) bool { return a.Required == b.Required }},
	}
	var differ, renamed []string
	for _, field := range fields {
		if slices.ContainsFunc(before, func(a workflow.Variable) bool {
			at := slices.IndexFunc(after, func(b workflow.Variable) bool { return b.Name == a.Name })
			return at >= 0 && !field.same(a, after[at])
		}) {
			differ = append(differ, field.name)
		}
	}
	for _, a := range before {
		if !slices.ContainsFunc(after, func(b workflow.Variable) bool { return b.Name == a.Name }) {
			renamed = append(renamed, "“"+a.Name+"”")
		}
	}
	var all []string
	if len(differ) > 0 {
		all = append(all, "the "+workflow.JoinAnd(differ)+" of its variables")
	}
	if len(renamed) > 0 {
		all = append(all, "a variable named "+workflow.JoinAnd(renamed))
	}
	return all
}

package foreign

import (
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// longWords are names of variables that hold more than a line.
var longWords = words(`arguments article code content context data description diff document email error example
examples findings idea input issue log logs message notes plan problem prompt question request requirements schema
selection selectedtext source_code spec specification stack_trace story task tasks text transcript usecase use_case`)

// declare is the variable that a bare name stands for.
func declare(name string) workflow.Variable {
	v := workflow.Variable{Name: name, Type: workflow.VarText, Label: human(name), Required: true, Options: []string{}}
	switch lower := strings.ToLower(strings.ReplaceAll(name, "-", "_")); {
	case longWords[lower]:
		v.Type = workflow.VarLongText
	case lower == "file" || lower == "files":
		v.Type = workflow.VarFiles
	case lower == "date" || strings.HasSuffix(lower, "_date"):
		v.Type = workflow.VarDate
	}
	if argumentRE.MatchString(name) {
		v.Required = false // a command can be given without them
		if number := name[strings.LastIndexAny(name, "gs_")+1:]; number != "" {
			v.Label = "Argument " + number
		}
	}
	return v
}

// human makes words of a name: “target_audience” is “Target audience”.
func human(name string) string {
	words := strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || r == ' ' }), " ")
	if words == "" {
		return name
	}
	if strings.ToUpper(words) == words && len(words) > 4 {
		words = strings.ToLower(words)
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

var notNameRE = pattern.New(`[^a-z0-9]+`)

// variableName makes a name of words: “TARGET AUDIENCE” is “target_audience”.
// What is a name already stays as it is, but for capitals alone.
func variableName(s string) string {
	s = strings.TrimSpace(s)
	if validNameRE.MatchString(s) && strings.ToUpper(s) != s {
		return s
	}
	s = strings.Trim(notNameRE.ReplaceAllString(strings.ToLower(s), "_"), "_")
	if s == "" || isDigit(s[0]) {
		s = "value_" + s
	}
	return strings.TrimRight(s, "_")
}

var validNameRE = pattern.New(`^[A-Za-z][A-Za-z0-9_-]*$`)

// typeNames are the types under the names that others give them.
var typeNames = map[string]workflow.VariableType{
	"text": workflow.VarText, "string": workflow.VarText, "input": workflow.VarText, "line": workflow.VarText,
	"long-text": workflow.VarLongText, "longtext": workflow.VarLongText, "long": workflow.VarLongText, "textarea": workflow.VarLongText,
	"multiline": workflow.VarLongText, "paragraph": workflow.VarLongText,
	"choice": workflow.VarChoice, "select": workflow.VarChoice, "enum": workflow.VarChoice, "options": workflow.VarChoice, "dropdown": workflow.VarChoice,
	"multi-choice": workflow.VarMulti, "multi": workflow.VarMulti, "multiselect": workflow.VarMulti, "multi-select": workflow.VarMulti,
	"number": workflow.VarNumber, "int": workflow.VarNumber, "integer": workflow.VarNumber, "float": workflow.VarNumber,
	"yes-no": workflow.VarYesNo, "bool": workflow.VarYesNo, "boolean": workflow.VarYesNo, "toggle": workflow.VarYesNo, "checkbox": workflow.VarYesNo,
	"date": workflow.VarDate, "file": workflow.VarFiles, "files": workflow.VarFiles, "artifact": workflow.VarArtifact,
}

var optionRE = pattern.New(`([A-Za-z]+)[ \t]*[=:][ \t]*(?:"([^"]*)"|'([^']*)'|([^ \t"',:|]+))`)

// inline reads what stands behind the bar: a type, and options such as
// default="Go", options="Go, Rust", label="Language".
func inline(v *workflow.Variable, s string) {
	s = strings.TrimSpace(s)
	end := strings.IndexAny(s, " \t:|,=")
	if end < 0 {
		end = len(s)
	}
	if t, ok := typeNames[strings.ToLower(s[:end])]; ok && !strings.HasPrefix(s[end:], "=") {
		v.Type = t
		s = s[end:]
	}
	for _, m := range optionRE.FindAllStringSubmatch(s, -1) {
		value := strings.TrimSpace(m[2] + m[3] + m[4])
		switch strings.ToLower(m[1]) {
		case "type":
			if t, ok := typeNames[strings.ToLower(value)]; ok {
				v.Type = t
			}
		case "default", "value":
			v.Default = value
		case "options", "option", "choices", "values":
			v.Options = append(v.Options, splitOptions(value)...)
		case "label", "title":
			v.Label = value
		case "help", "hint", "description":
			v.Help = value
		case "example", "placeholder":
			v.Example = value
		case "required":
			v.Required = value == "true" || value == "yes"
		case "optional":
			v.Required = value == "false" || value == "no"
		}
	}
	settle(v)
}

func splitOptions(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '|' || r == ';' || r == '/' })
}

// settle makes a variable one that our format allows.
func settle(v *workflow.Variable) {
	options := []string{}
	seen := map[string]bool{}
	for _, o := range v.Options {
		if o = strings.TrimSpace(o); o != "" && !seen[o] {
			options = append(options, o)
			seen[o] = true
		}
	}
	v.Options = options
	choice := v.Type == workflow.VarChoice || v.Type == workflow.VarMulti
	switch {
	case choice && len(options) == 0:
		v.Type = workflow.VarText
	case !choice && len(options) > 0:
		v.Type = workflow.VarChoice
	}
	if v.Default != "" && !prompt.Fits(*v, v.Default) {
		v.Default = ""
	}
	if v.Label = strings.TrimSpace(v.Label); v.Label == "" {
		v.Label = human(v.Name)
	}
}

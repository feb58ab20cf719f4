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

// inline reads what stands behind the bar: a type, and options such as
// default="Go", options="Go, Rust", label="Language". It returns what it could make
// nothing of.
func inline(v *workflow.Variable, s string) (unread []string) {
	said := tokens(s)
	for i := 0; i < len(said); {
		t := said[i]
		switch values, next := said.values(i); {
		case t.sign:
		case next > i && option(v, strings.ToLower(t.text), values):
			i = next
			continue
		case next > i:
			unread = append(unread, s[t.start:said[next-1].end])
			i = next
			continue
		case t.quoted:
			v.Options = append(v.Options, t.text) // choices without a key
		case !named(v, strings.ToLower(t.text)):
			unread = append(unread, s[t.start:t.end])
		}
		i++
	}
	wanted := v.Default
	if settle(v); v.Default != wanted {
		unread = append(unread, "the default “"+wanted+"”")
	}
	return unread
}

// token is a word, a text in quotes or a sign of what stands behind the bar.
type token struct {
	text         string
	start, end   int
	quoted, sign bool
}

type tokenList []token

var tokenRE = pattern.New(`"([^"]*)"|'([^']*)'|[^ \t"',:|;=]+|[^ \t]`)

func tokens(s string) tokenList {
	var all tokenList
	for _, m := range tokenRE.FindAllStringSubmatchIndex(s, -1) {
		t := token{text: s[m[0]:m[1]], start: m[0], end: m[1]}
		switch {
		case m[2] >= 0:
			t.text, t.quoted = s[m[2]:m[3]], true
		case m[4] >= 0:
			t.text, t.quoted = s[m[4]:m[5]], true
		case len(t.text) == 1:
			t.sign = strings.Contains(`"',:|;=`, t.text)
		}
		all = append(all, t)
	}
	return all
}

// is reports whether a sign of a set stands at a place.
func (l tokenList) is(at int, signs string) bool {
	return at < len(l) && l[at].sign && strings.Contains(signs, l[at].text)
}

// value reports whether a value stands at a place: a key with one of its own is none.
func (l tokenList) value(at int) bool {
	return at < len(l) && !l[at].sign && (l[at].quoted || !l.is(at+1, "="))
}

// values returns what a key at a place is given, and the place after it, which is
// the place itself where no key stands. A type and a colon make no key.
func (l tokenList) values(at int) (values []string, next int) {
	key := strings.ToLower(l[at].text)
	if l[at].quoted || !(l.is(at+1, "=") || l.is(at+1, ":") && optionKeys[key]) || !l.value(at+2) {
		return nil, at
	}
	values, next = []string{l[at+2].text}, at+3
	for listKeys[key] && l.is(next, ",|;") && l.value(next+1) && !l.is(next+2, ":") {
		values, next = append(values, l[next+1].text), next+2
	}
	return values, next
}

var (
	listKeys   = words("options option choices values")
	optionKeys = words("type default value options option choices values label title help hint description example placeholder required optional")
)

// named takes a word that stands alone, and reports whether it says something.
func named(v *workflow.Variable, word string) bool {
	t, known := typeNames[word]
	switch {
	case known:
		v.Type = t
	case word == "required" || word == "optional":
		v.Required = word == "required"
	}
	return known || word == "required" || word == "optional" || word == "type"
}

// option takes what a key is given, and reports whether there is a place for it.
func option(v *workflow.Variable, key string, values []string) bool {
	value := strings.TrimSpace(values[0])
	switch key {
	case "type":
		t, known := typeNames[strings.ToLower(value)]
		if known {
			v.Type = t
		}
		return known
	case "default", "value":
		v.Default = value
	case "options", "option", "choices", "values":
		if len(values) == 1 {
			values = splitOptions(value)
		}
		v.Options = append(v.Options, values...)
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
	default:
		return false
	}
	return true
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

package prompt

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// Inline reads the body of a prompt of another format, in which variables are
// declared where they are used: {{name}}, {{first name}}, or with a type
// {{name | choice:options="a, b" default="a"}}. It returns the body with plain
// {{name}} in it, and the declarations in the order of their first use. Braces
// that mean something else are escaped, so that the body can always be read.
func Inline(body string) (string, []workflow.Variable) {
	in := &inliner{}
	out := in.rewrite(body, true)
	if _, err := parseTemplate("", out, 1); err != nil {
		// The sections are those of another language.
		in = &inliner{}
		out = in.rewrite(body, false)
	}
	vars := make([]workflow.Variable, len(in.vars))
	for i, v := range in.vars {
		vars[i] = v.declare()
	}
	return out, vars
}

// inliner collects the variables of a body.
type inliner struct {
	vars []inlined
}

// inlined is a variable as its uses tell of it.
type inlined struct {
	name, label string
	spec        string // what stands after the bar
	section     bool   // it decides whether a section is shown
}

// maxTag is the length of the longest inline declaration that is looked for.
const maxTag = 4 << 10

func (in *inliner) rewrite(body string, sections bool) string {
	var out strings.Builder
	for at := 0; ; {
		next := strings.Index(body[at:], "{{")
		if next < 0 {
			out.WriteString(body[at:])
			return out.String()
		}
		next += at
		out.WriteString(body[at:next])
		at = next + 2
		if next > 0 && body[next-1] == '\\' {
			out.WriteString("{{")
			continue
		}
		tag, length := tagAt(body[next:])
		written, ok := in.tag(tag, sections)
		if length == 0 || !ok {
			out.WriteString(`\{{`)
			continue
		}
		out.WriteString(written)
		at = next + length
	}
}

// tagAt returns what stands between the braces that a text begins with, and the
// length of all of it; 0 where they are not closed. Braces in quotes do not count.
func tagAt(text string) (tag string, length int) {
	quote := byte(0)
	for i := 2; i < min(len(text), maxTag)-1; i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"':
			quote = c
		case c == '{':
			return "", 0
		case c == '}' && text[i+1] == '}':
			return text[2:i], i + 2
		}
	}
	return "", 0
}

// otherWords are those of languages in which braces do more.
var otherWords = []string{"else", "this", "end", "endif", "endfor", "endunless"}

// tag returns how a tag is written in our templates, unless it means something else there.
func (in *inliner) tag(tag string, sections bool) (string, bool) {
	name, spec, _ := strings.Cut(tag, "|")
	name = strings.TrimSpace(name)
	if name == "" || slices.Contains(otherWords, name) {
		return "", false
	}
	if strings.ContainsRune("#^/", rune(name[0])) {
		sign, name := name[:1], strings.TrimSpace(name[1:])
		if !sections || !nameRE.MatchString(name) || spec != "" {
			return "", false
		}
		if sign != "/" {
			in.use(inlined{name: name, label: name, section: true})
		}
		return "{{" + sign + name + "}}", true
	}
	id, ok := nameOf(name)
	if !ok {
		return "", false
	}
	in.use(inlined{name: id, label: name, spec: strings.TrimSpace(spec)})
	return "{{" + id + "}}", true
}

// use notes a use of a variable. The first that has something to say about it counts.
func (in *inliner) use(u inlined) {
	i := slices.IndexFunc(in.vars, func(v inlined) bool { return v.name == u.name })
	if i < 0 {
		in.vars = append(in.vars, u)
		return
	}
	v := &in.vars[i]
	v.section = v.section || u.section
	if v.spec == "" {
		v.spec = u.spec
	}
}

// nameOf makes a name for a variable out of words.
func nameOf(words string) (string, bool) {
	if nameRE.MatchString(words) {
		return words, true
	}
	var b strings.Builder
	for _, r := range words {
		switch {
		case r < 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '_' || r == '-':
			b.WriteRune(r)
		case r == ' ' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteByte('-')
		default:
			return "", false
		}
	}
	name := strings.Trim(manyDashes.ReplaceAllString(b.String(), "-"), "-_")
	if name == "" || !unicode.IsLetter(rune(name[0])) {
		// Words of other scripts keep their place as a number of their own.
		name = strings.TrimSuffix("input-"+name, "-")
		if strings.ContainsFunc(words, func(r rune) bool { return r >= 0x80 }) {
			name += "-" + revisionOf([]byte(words))[:6]
		}
	}
	return name, true
}

var manyDashes = pattern.New(`-{2,}`)

// typeNames are what other formats call our types.
var typeNames = map[string]workflow.VariableType{
	"text": workflow.VarText, "string": workflow.VarText, "str": workflow.VarText, "input": workflow.VarText, "line": workflow.VarText,
	"long-text": workflow.VarLongText, "longtext": workflow.VarLongText, "textarea": workflow.VarLongText, "multiline": workflow.VarLongText, "markdown": workflow.VarLongText,
	"choice": workflow.VarChoice, "select": workflow.VarChoice, "enum": workflow.VarChoice, "dropdown": workflow.VarChoice, "radio": workflow.VarChoice, "pick": workflow.VarChoice,
	"multi-choice": workflow.VarMulti, "multiselect": workflow.VarMulti, "multi-select": workflow.VarMulti, "multichoice": workflow.VarMulti, "list": workflow.VarMulti, "checkboxes": workflow.VarMulti,
	"number": workflow.VarNumber, "int": workflow.VarNumber, "integer": workflow.VarNumber, "float": workflow.VarNumber, "slider": workflow.VarNumber, "range": workflow.VarNumber,
	"yes-no": workflow.VarYesNo, "bool": workflow.VarYesNo, "boolean": workflow.VarYesNo, "checkbox": workflow.VarYesNo, "toggle": workflow.VarYesNo, "switch": workflow.VarYesNo,
	"date": workflow.VarDate, "file": workflow.VarFiles, "files": workflow.VarFiles,
}

var (
	inlineType   = pattern.New(`^([A-Za-z][A-Za-z_-]*)[ \t]*`)
	inlineOption = pattern.New(`^[\s:,;]*([A-Za-z][A-Za-z_-]*)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s,;:"']+))`)
	inlineFlag   = pattern.New(`^[\s:,;]*(required|optional)(?:[\s:,;]|$)`)
	optionBreak  = pattern.New(`\s*[,|;\n]\s*`)
)

// declare makes a declaration of what is known of a variable.
func (u inlined) declare() workflow.Variable {
	v := workflow.Variable{Name: u.name, Type: workflow.VarText, Label: wordsOf(u.label), Options: []string{}}
	needed := ""
	if u.spec != "" && !u.read(&v, &needed) {
		v.Help = strings.TrimSpace(v.Help + " Written as “" + strings.Join(strings.Fields(u.spec), " ") + "” where it comes from.")
	}
	settle(&v)
	v.Required = needed == "yes" || needed == "" && v.Default == "" && !u.section && v.Type != workflow.VarYesNo
	return v
}

// read takes a type and its options apart, and reports whether all of it has a
// place in a declaration.
func (u inlined) read(v *workflow.Variable, needed *string) bool {
	whole := true
	rest := u.spec
	if m := inlineType.FindStringSubmatch(rest); m != nil && !strings.HasPrefix(rest[len(m[0]):], "=") {
		kind, known := typeNames[strings.ToLower(strings.ReplaceAll(m[1], "_", "-"))]
		if known {
			v.Type = kind
		}
		whole, rest = known, rest[len(m[0]):]
	}
	for rest = strings.Trim(rest, " \t\n:,;"); rest != ""; rest = strings.Trim(rest, " \t\n:,;") {
		if m := inlineFlag.FindStringSubmatch(rest); m != nil {
			*needed = map[string]string{"required": "yes", "optional": "no"}[m[1]]
			rest = rest[len(m[0]):]
			continue
		}
		m := inlineOption.FindStringSubmatch(rest)
		if m == nil {
			return false
		}
		whole = option(v, needed, strings.ToLower(m[1]), strings.TrimSpace(m[2]+m[3]+m[4])) && whole
		rest = rest[len(m[0]):]
	}
	return whole
}

// option sets one option of a declaration, and reports whether it has a place for it.
func option(v *workflow.Variable, needed *string, key, value string) bool {
	switch key {
	case "default", "value":
		v.Default = value
	case "label", "title", "name":
		if value = oneLine(value); value != "" {
			v.Label = value
		}
	case "help", "description", "hint", "prompt":
		v.Help = value
	case "placeholder", "example":
		v.Example = value
	case "options", "choices", "values", "enum":
		v.Options = append(v.Options, optionBreak.Split(value, -1)...)
	case "option", "choice":
		v.Options = append(v.Options, oneLine(value))
	case "required":
		yes, err := strconv.ParseBool(value)
		*needed = map[bool]string{true: "yes", false: "no"}[yes]
		return err == nil
	case "type":
		kind, known := typeNames[strings.ToLower(strings.ReplaceAll(value, "_", "-"))]
		if known {
			v.Type = kind
		}
		return known
	default:
		return false
	}
	return true
}

// settle makes a declaration one that holds together.
func settle(v *workflow.Variable) {
	options := []string{}
	for _, o := range v.Options {
		if o = oneLine(o); o != "" && !slices.Contains(options, o) {
			options = append(options, o)
		}
	}
	v.Options = options
	choice := v.Type == workflow.VarChoice || v.Type == workflow.VarMulti
	switch {
	case len(options) > 0 && v.Type == workflow.VarText:
		v.Type, choice = workflow.VarChoice, true
	case choice && len(options) == 0:
		v.Type, choice = workflow.VarText, false
	case !choice:
		v.Options = []string{}
	}
	if v.Type == workflow.VarMulti {
		v.Default = strings.Join(optionBreak.Split(v.Default, -1), "\n")
	}
	if v.Default == "" || checkValue(*v, v.Default) == "" {
		return
	}
	if v.Type == workflow.VarChoice {
		if v.Default = oneLine(v.Default); !slices.Contains(v.Options, v.Default) {
			v.Options = append([]string{v.Default}, v.Options...)
		}
		return
	}
	v.Type, v.Options = workflow.VarText, []string{}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// wordsOf makes a label of a name: “first_name” is “First name”.
func wordsOf(name string) string {
	words := oneLine(strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return ' '
		}
		return r
	}, name))
	if words == "" {
		return name
	}
	return upperFirst(words)
}

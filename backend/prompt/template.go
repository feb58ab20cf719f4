package prompt

import (
	"slices"
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// Rendered is the text of a prompt with its variables filled.
type Rendered struct {
	Text string `json:"text"`
	// Parts cover the text from end to end, in order.
	Parts []Part `json:"parts"`
}

// Part says where a stretch of a rendered text comes from, in bytes.
type Part struct {
	Name  string `json:"name"` // of the variable; empty for the template's own text
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// nodeKind sorts the nodes of a template.
type nodeKind int

const (
	textNode nodeKind = iota
	valueNode
	sectionNode  // shown when the variable has a value
	invertedNode // shown when it has none
)

// node is a piece of a template.
type node struct {
	kind     nodeKind
	text     string
	name     string
	line     int
	children []node
}

// tagRE is what may stand behind two opening braces.
var tagRE = pattern.New(`^\{\{[ \t]*([#^/]?)[ \t]*([A-Za-z][A-Za-z0-9_-]*)[ \t]*\}\}`)

// maxSections is how deep sections may be nested; nobody can read more.
const maxSections = 16

// template is a body being read: the sections that are open, outermost first.
type template struct {
	file string
	body string
	line int
	open []node
}

// parseTemplate reads a body whose first line has the given number.
func parseTemplate(file, body string, line int) ([]node, error) {
	t := &template{file: file, body: body, line: line, open: []node{{}}}
	at := 0
	for {
		next := strings.Index(body[at:], "{{")
		if next < 0 {
			t.addText(body[at:])
			break
		}
		next += at
		if next > at && body[next-1] == '\\' {
			t.addText(body[at : next-1])
			t.addText("{{")
			at = next + 2
			continue
		}
		tag := tagRE.FindStringSubmatch(body[next:])
		if tag == nil {
			t.addText(body[at:next])
			return nil, errorAt(file, t.line, "“{{name}}” is expected after “{{”; write “\\{{” for the braces themselves")
		}
		before, after := body[at:next], next+len(tag[0])
		if tag[1] != "" {
			before, after = t.alone(at, next, after)
		}
		t.addText(before)
		if err := t.addTag(tag[1], tag[2]); err != nil {
			return nil, err
		}
		t.line += strings.Count(body[next:after], "\n")
		at = after
	}
	if last := t.open[len(t.open)-1]; len(t.open) > 1 {
		return nil, errorAt(file, last.line, "the section “%s” is not closed; {{/%s}} is expected", last.name, last.name)
	}
	return t.open[0].children, nil
}

// alone returns the text before and the place after a tag of a section. Where
// the tag is all that stands on its line, the line goes with it.
func (t *template) alone(from, start, end int) (before string, after int) {
	before = strings.TrimRight(t.body[from:start], " \t")
	begins := from+len(before) == 0 || t.body[from+len(before)-1] == '\n'
	rest := strings.TrimLeft(t.body[end:], " \t")
	if !begins || rest != "" && rest[0] != '\n' {
		return t.body[from:start], end
	}
	return before, min(len(t.body)-len(rest)+1, len(t.body))
}

func (t *template) addText(text string) {
	if text == "" {
		return
	}
	parent := &t.open[len(t.open)-1]
	parent.children = append(parent.children, node{kind: textNode, text: text, line: t.line})
	t.line += strings.Count(text, "\n")
}

func (t *template) addTag(sign, name string) error {
	parent := &t.open[len(t.open)-1]
	switch sign {
	case "":
		parent.children = append(parent.children, node{kind: valueNode, name: name, line: t.line})
	case "/":
		if len(t.open) == 1 {
			return errorAt(t.file, t.line, "{{/%s}} closes a section that is not open", name)
		}
		if parent.name != name {
			return errorAt(t.file, t.line, "{{/%s}} is expected, to close the section of line %d, and not {{/%s}}", parent.name, parent.line, name)
		}
		closed := *parent
		t.open = t.open[:len(t.open)-1]
		parent = &t.open[len(t.open)-1]
		parent.children = append(parent.children, closed)
	default:
		// A section inside itself shows always or never, so it is a slip.
		if slices.ContainsFunc(t.open, func(n node) bool { return n.name == name }) {
			return errorAt(t.file, t.line, "the section “%s” is open already and cannot be inside itself", name)
		}
		if len(t.open) > maxSections {
			return errorAt(t.file, t.line, "at most %d sections inside one another are expected", maxSections)
		}
		kind := sectionNode
		if sign == "^" {
			kind = invertedNode
		}
		t.open = append(t.open, node{kind: kind, name: name, line: t.line})
	}
	return nil
}

// walk visits every node that names a variable.
func walk(nodes []node, visit func(node)) {
	for _, n := range nodes {
		if n.kind != textNode {
			visit(n)
		}
		walk(n.children, visit)
	}
}

// undeclared returns an error for each place of a body with a variable that the
// front matter does not declare.
func undeclared(file string, nodes []node, variables []workflow.Variable) faults {
	var all faults
	walk(nodes, func(n node) {
		if !slices.ContainsFunc(variables, func(v workflow.Variable) bool { return v.Name == n.name }) {
			all = append(all, errorAt(file, n.line, "the variable “%s” is not declared; it is expected under “variables”", n.name))
		}
	})
	return all
}

// maxRendered keeps a large value in many places from filling the memory.
const maxRendered = 16 << 20

// Render fills the variables. A value goes in once and as it is: braces in it
// mean nothing. A variable that values does not name takes its default, and so
// does a required one whose value is blank; values that the prompt does not
// declare are left out.
//
// A required variable without a value is a workflow.Invalid that names its
// label, a value that does not fit its type likewise. Where a value ends with a
// line break and the template breaks the line there, too, one of the two is kept.
func (p Prompt) Render(values map[string]string) (Rendered, error) {
	nodes, err := parseTemplate(p.File, p.Body, 1)
	if err != nil {
		return Rendered{}, err
	}
	if err := undeclared(p.File, nodes, p.Variables).err(); err != nil {
		return Rendered{}, err
	}
	filled, err := p.fill(values)
	if err != nil {
		return Rendered{}, err
	}
	w := &writer{values: filled}
	if !w.write(nodes) {
		return Rendered{}, workflow.Errorf(workflow.Limit, "The filled prompt “%s” is larger than 16 MB.", p.Title).
			WithHint("Shorten what fills its variables.")
	}
	return Rendered{Text: w.text.String(), Parts: w.parts}, nil
}

// value is what a variable is filled with. A yes-no that is "no" has a text and is empty all the same.
type value struct {
	text  string
	empty bool
}

// fill settles the value of every variable.
func (p Prompt) fill(values map[string]string) (map[string]value, error) {
	filled := make(map[string]value, len(p.Variables))
	missing := []string{}
	for _, v := range p.Variables {
		text, given := values[v.Name]
		blank := strings.TrimSpace(text) == ""
		if !given || blank && v.Required {
			text = v.Default
			blank = strings.TrimSpace(text) == ""
		}
		if blank {
			if v.Required {
				missing = append(missing, v.Label)
			}
			filled[v.Name] = value{empty: true}
			continue
		}
		if expected := checkValue(v, text); expected != "" {
			return nil, workflow.Errorf(workflow.Invalid, "“%s” is “%s”; %s is expected.", v.Label, strings.TrimSpace(text), expected)
		}
		no := v.Type == workflow.VarYesNo && slices.Contains([]string{"no", "false"}, strings.TrimSpace(text))
		filled[v.Name] = value{text: text, empty: no}
	}
	if len(missing) > 0 {
		verb := "is"
		if len(missing) > 1 {
			verb = "are"
		}
		return nil, workflow.Errorf(workflow.Invalid, "%s %s missing.", quoted(missing), verb).
			WithHint("Fill it in before the prompt is run or copied.")
	}
	return filled, nil
}

// writer collects the text of a rendering and where it comes from.
type writer struct {
	values map[string]value
	text   strings.Builder
	parts  []Part
	broken bool // the last value ended with a line break
}

// write adds the nodes and reports whether the text stays within its limit.
func (w *writer) write(nodes []node) bool {
	for _, n := range nodes {
		v := w.values[n.name]
		fits := true
		switch {
		case n.kind == textNode:
			fits = w.add("", n.text)
		case n.kind == valueNode:
			fits = w.add(n.name, v.text)
		case v.empty == (n.kind == invertedNode):
			fits = w.write(n.children)
		}
		if !fits {
			return false
		}
	}
	return true
}

func (w *writer) add(name, text string) bool {
	if name == "" && w.broken {
		text = strings.TrimPrefix(text, "\n")
	}
	if text == "" {
		return true
	}
	start := w.text.Len()
	if start+len(text) > maxRendered {
		return false
	}
	w.text.WriteString(text)
	w.broken = name != "" && strings.HasSuffix(text, "\n")
	if last := len(w.parts) - 1; name == "" && last >= 0 && w.parts[last].Name == "" {
		w.parts[last].End = w.text.Len()
		return true
	}
	w.parts = append(w.parts, Part{Name: name, Start: start, End: w.text.Len()})
	return true
}

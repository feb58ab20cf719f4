package foreign

import (
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"plumbline/backend/pattern"
	"plumbline/backend/prompt"
)

// entry is one key of a front matter with its value, as it is written.
//
// Front matter of other tools is often no YAML (“argument-hint: [a] [b]”,
// “globs: **/*.ts”), and they read it all the same. So it is cut into entries by
// lines, and only values are given to the YAML parser, one by one.
type entry struct {
	key  string
	raw  string // all its lines, the first with the key; ends with a line break
	line int    // of the file
}

// matter is a front matter, in order.
type matter []entry

// document is a file in its two halves.
type document struct {
	file     string
	matter   matter
	body     string
	bodyLine int // of the first line of the body, from 1
}

var keyRE = pattern.New(`^(?:([A-Za-z_][A-Za-z0-9_.-]*)|"([^"\\]*)"|'([^']*)')[ \t]*:`)

// keyOf returns the key that a line begins with, and how much of it that is.
func keyOf(line string) (key string, length int, ok bool) {
	m := keyRE.FindStringSubmatch(line)
	if m == nil {
		return "", 0, false
	}
	length = len(m[0])
	return m[1] + m[2] + m[3], length, length == len(line) || strings.ContainsAny(line[length:length+1], " \t\n")
}

// split takes the front matter off a text. A text without one, or with one that
// does not end, is all body.
func split(file, text string) document {
	whole := document{file: file, body: text, bodyLine: 1}
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		return whole
	}
	for line, at := 2, 0; at < len(rest); line++ {
		text, _, _ := strings.Cut(rest[at:], "\n")
		if strings.TrimRight(text, " \t") == "---" {
			return document{
				file: file, matter: entries(rest[:at], 2),
				body: rest[min(at+len(text)+1, len(rest)):], bodyLine: line + 1,
			}
		}
		at += len(text) + 1
	}
	return whole
}

// entries cuts a mapping into its top level entries. Lines before the first key belong to none.
func entries(text string, line int) matter {
	var all matter
	for one := range strings.Lines(text) {
		key, _, ok := keyOf(one)
		switch {
		case ok:
			all = append(all, entry{key: key, raw: one, line: line})
		case len(all) > 0 && !(strings.HasPrefix(one, "#") || strings.TrimSpace(one) == "..."):
			all[len(all)-1].raw += one
		}
		line++
	}
	for i := range all {
		raw := strings.TrimSuffix(all[i].raw, "\n")
		for last := strings.LastIndexByte(raw, '\n'); last >= 0 && strings.TrimSpace(raw[last:]) == ""; last = strings.LastIndexByte(raw, '\n') {
			raw = raw[:last]
		}
		all[i].raw = raw + "\n"
	}
	return all
}

// find returns the first entry with one of the keys.
func (m matter) find(keys ...string) (entry, bool) {
	at := slices.IndexFunc(m, func(e entry) bool { return slices.Contains(keys, e.key) })
	if at < 0 {
		return entry{}, false
	}
	return m[at], true
}

// without returns the entries that have none of the keys.
func (m matter) without(keys ...string) matter {
	return slices.DeleteFunc(slices.Clone(m), func(e entry) bool { return slices.Contains(keys, e.key) })
}

// text returns the value of a key as text, in the way a lenient reader takes
// it; false when it is not there, empty, or a list or mapping.
func (m matter) text(keys ...string) (string, bool) {
	e, ok := m.find(keys...)
	if !ok {
		return "", false
	}
	s, ok := e.text()
	return s, ok && strings.TrimSpace(s) != ""
}

// oneLine is text with all white space as single blanks.
func (m matter) oneLine(keys ...string) (string, bool) {
	s, ok := m.text(keys...)
	return strings.Join(strings.Fields(s), " "), ok
}

// rest is what stands behind the colon.
func (e entry) rest() string {
	_, length, _ := keyOf(e.raw)
	return strings.TrimLeft(e.raw[length:], " \t")
}

func (e entry) text() (string, bool) {
	if s, ok := literal(e.rest()); ok {
		return s, true
	}
	switch n := e.node().(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, true
	case nil, *ast.AliasNode, *ast.TagNode, *ast.AnchorNode:
		// Not YAML, or “*.ts”: what stands on the line is meant as it is.
		if one := strings.TrimSpace(e.rest()); !strings.Contains(one, "\n") {
			return one, true
		}
	}
	return "", false
}

// node is the value as YAML; nil when it is none.
func (e entry) node() ast.Node {
	root, err := prompt.ParseYAML("", []byte(e.raw), 1)
	if err != nil || root == nil {
		return nil
	}
	switch m := root.(type) {
	case *ast.MappingNode:
		if len(m.Values) == 1 {
			return m.Values[0].Value
		}
	case *ast.MappingValueNode:
		return m.Value
	}
	return nil
}

// list is the value as texts: a YAML list, or one line with commas.
func (m matter) list(key string) []string {
	e, ok := m.find(key)
	if !ok {
		return nil
	}
	var all []string
	if seq, ok := e.node().(*ast.SequenceNode); ok {
		for _, n := range seq.Values {
			if s, ok := scalar(n); ok {
				all = append(all, s)
			}
		}
		return all
	}
	one, _ := e.text()
	return splitList(one)
}

func splitList(s string) []string {
	var all []string
	for _, one := range strings.Split(strings.Trim(s, "[] \t\n"), ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

func scalar(n ast.Node) (string, bool) {
	switch v := n.(type) {
	case *ast.StringNode:
		return v.Value, true
	case *ast.LiteralNode:
		return v.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return v.GetToken().Value, true
	}
	return "", false
}

var literalRE = pattern.New(`^\|(?:([1-9])?([+-])?|([+-])([1-9]))[ \t]*(?:#[^\n]*)?\n`)

// literal reads a block of the form “|”. The YAML parser takes time with the
// square of the lines, and whole prompts are written like this.
func literal(s string) (string, bool) {
	head := literalRE.FindStringSubmatch(s)
	if head == nil {
		return "", false
	}
	body := s[len(head[0]):]
	indent, _ := strconv.Atoi(head[1] + head[4])
	for line := range strings.Lines(body) {
		if indent == 0 && strings.TrimSpace(line) != "" {
			indent = len(line) - len(strings.TrimLeft(line, " "))
		}
	}
	var out strings.Builder
	for line := range strings.Lines(body) {
		switch {
		case len(line) >= indent && strings.TrimLeft(line[:indent], " ") == "":
			out.WriteString(line[indent:])
		case strings.TrimSpace(line) == "":
			out.WriteString("\n")
		default:
			return "", false // less indented: not a block, or a comment
		}
	}
	text := strings.TrimRight(out.String(), "\n")
	if head[2]+head[3] != "-" && text != "" {
		text += "\n"
	}
	return text, indent > 0 || strings.TrimSpace(body) == ""
}

// nested returns the entries of a value that is a mapping in block style.
func (e entry) nested() (matter, bool) {
	first, below, _ := strings.Cut(e.rest(), "\n")
	if strings.TrimSpace(first) != "" || below == "" {
		return nil, false
	}
	indent := len(below) - len(strings.TrimLeft(below, " "))
	var out strings.Builder
	for line := range strings.Lines(below) {
		if strings.TrimSpace(line) == "" {
			out.WriteString("\n")
			continue
		}
		if indent == 0 || len(line) < indent || strings.Trim(line[:indent], " ") != "" {
			return nil, false
		}
		out.WriteString(line[indent:])
	}
	all := entries(out.String(), e.line+1)
	return all, len(all) > 0
}

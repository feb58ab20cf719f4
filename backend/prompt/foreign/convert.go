package foreign

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// maxVariables is more than any form could show.
const maxVariables = 200

// conversion is a text of another format as pieces of ours.
type conversion struct {
	pieces    []prompt.Piece
	variables []workflow.Variable // in the order of their first use
	found     []Placeholder
	crowded   bool     // placeholders beyond maxVariables stay text
	unread    []string // sentences about what was said of variables and means nothing here

	pending strings.Builder // text that is not yet a piece
}

// read converts a text whose first line has the given number.
func (s syntax) read(text string, line int) *conversion {
	matches := s.scan(text)
	sections := nested(matches)
	c := &conversion{found: []Placeholder{}}
	index := map[string]int{}
	at := 0
	for _, m := range matches {
		section := m.kind != prompt.PieceValue
		c.text(text[at : m.start-min(m.slashes, 1)])
		line += strings.Count(text[at:m.start], "\n")
		at = m.end
		switch {
		case m.sign:
			c.text("$")
		case m.slashes > 0 || section && !sections || !c.declare(m, text[m.start:m.end], line, index):
			c.text(text[m.start:m.end])
		default:
			if len(m.unread) > 0 {
				c.forget(text[m.start:m.end], line, m.unread)
			}
			name := m.variable.Name
			if !section {
				name = c.variables[index[key(m.variable)]].Name
			}
			c.tag(m.kind, name)
		}
	}
	c.text(text[at:])
	c.flush()
	c.settle()
	return c
}

// maxUnread is how many of the placeholders that said more are told one by one.
const maxUnread = 20

func (c *conversion) forget(placeholder string, line int, unread []string) {
	switch n := len(c.unread); {
	case n < maxUnread:
		c.unread = append(c.unread, fmt.Sprintf("Line %d, “%s”: what it says with %s has no place here.", line, shorten(placeholder, 80), workflow.JoinAnd(unread)))
	case n == maxUnread:
		c.unread = append(c.unread, "There are more of this kind.")
	}
}

func (c *conversion) text(s string) { c.pending.WriteString(s) }

// tag adds a tag, after the text before it.
func (c *conversion) tag(kind prompt.PieceKind, name string) {
	c.flush()
	c.pieces = append(c.pieces, prompt.Piece{Kind: kind, Name: name})
}

func (c *conversion) flush() {
	if c.pending.Len() > 0 {
		c.pieces = append(c.pieces, prompt.Piece{Text: c.pending.String()})
		c.pending.Reset()
	}
}

// key tells variables apart that would get one name: choices with other options.
func key(v workflow.Variable) string {
	return v.Name + "\x00" + strings.Join(v.Options, "\x00")
}

// declare adds the variable of a placeholder unless it is there, and reports
// whether it may be one. A variable that was declared with options is meant by
// its bare name, too.
func (c *conversion) declare(m match, from string, line int, index map[string]int) bool {
	v := m.variable
	if m.kind != prompt.PieceValue {
		return true
	}
	i, ok := index[key(v)]
	if !ok && len(v.Options) == 0 {
		i, ok = index[v.Name]
	}
	if ok {
		if c.variables[i].Help == "" {
			c.variables[i].Help = v.Help
		}
		index[key(v)] = i
		return true
	}
	if len(c.variables) == maxVariables {
		c.crowded = true
		return false
	}
	k, name := key(v), v.Name
	for n := 2; slices.ContainsFunc(c.variables, func(w workflow.Variable) bool { return w.Name == v.Name }); n++ {
		v.Name = name + "_" + strconv.Itoa(n)
	}
	index[k] = len(c.variables)
	if _, ok := index[name]; !ok {
		index[name] = len(c.variables)
	}
	c.variables = append(c.variables, v)
	c.found = append(c.found, Placeholder{Name: v.Name, From: from, Line: line})
	return true
}

// settle declares what only sections name, and makes optional what they ask for.
func (c *conversion) settle() {
	for _, p := range c.pieces {
		if p.Kind == prompt.PieceText || p.Kind == prompt.PieceValue {
			continue
		}
		i := slices.IndexFunc(c.variables, func(v workflow.Variable) bool { return v.Name == p.Name })
		if i < 0 {
			i = len(c.variables)
			v := declare(p.Name)
			v.Type = workflow.VarYesNo
			c.variables = append(c.variables, v)
		}
		c.variables[i].Required = false
	}
}

// maxSections is how deep our sections may be nested.
const maxSections = 16

// nested reports whether the tags of sections open and close as ours must.
func nested(matches []match) bool {
	var open []string
	names := map[string]bool{}
	for _, m := range matches {
		name := m.variable.Name
		switch {
		case m.slashes > 0 || m.sign || m.kind == prompt.PieceValue:
		case m.kind == prompt.PieceEnd:
			if len(open) == 0 || open[len(open)-1] != name {
				return false
			}
			open = open[:len(open)-1]
		case slices.Contains(open, name) || len(open) == maxSections:
			return false
		default:
			open = append(open, name)
			names[name] = true
		}
	}
	return len(open) == 0 && len(names) <= maxVariables
}

// spelling writes a tag: whether its variable is named for the first time, and
// the first two bytes of what follows, may count.
type spelling func(p prompt.Piece, first bool, next string) string

// write is the way back: pieces as a text of the format. What would be taken for
// a placeholder and is none gets a backslash.
func (s syntax) write(pieces []prompt.Piece, spell spelling) string {
	parts, firsts := make([]string, len(pieces)), make([]bool, len(pieces))
	named := map[string]bool{}
	for i, p := range pieces {
		firsts[i] = p.Kind == prompt.PieceValue && !named[p.Name]
		named[p.Name] = named[p.Name] || firsts[i]
	}
	next := ""
	for i := len(pieces) - 1; i >= 0; i-- {
		p := pieces[i]
		switch {
		case p.Kind != prompt.PieceText:
			parts[i] = spell(p, firsts[i], next)
		case s.dollars:
			parts[i] = strings.ReplaceAll(p.Text, "$", "$$")
		default:
			parts[i] = p.Text
		}
		next = parts[i] + next
		next = next[:min(len(next), 2)]
	}
	text := strings.Join(parts, "")
	var out strings.Builder
	at, part, begins := 0, 0, 0
	for _, m := range s.scan(text) {
		for part < len(parts) && begins+len(parts[part]) <= m.start {
			begins += len(parts[part])
			part++
		}
		if m.sign || pieces[part].Kind != prompt.PieceText {
			continue
		}
		out.WriteString(text[at:m.start])
		out.WriteByte('\\')
		at = m.start
	}
	out.WriteString(text[at:])
	return out.String()
}

// section writes the tag of a section so that no tool takes it for its own.
func section(p prompt.Piece) string {
	word := map[prompt.PieceKind]string{prompt.PieceSection: "if", prompt.PieceInverted: "unless", prompt.PieceEnd: "end"}[p.Kind]
	return "<!-- " + word + " " + p.Name + " -->"
}

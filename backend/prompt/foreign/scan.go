package foreign

import (
	"cmp"
	"slices"
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// syntax says which notations a text of a format has for variables. In all of
// them {{name}}, sections and guessed placeholders are looked for, too, and a
// backslash before a placeholder makes it text.
type syntax struct {
	arguments  bool     // $ARGUMENTS and $ARGUMENTS[0]
	positional bool     // $1
	named      []string // $name, in the order of the arguments
	inputs     bool     // ${input:name:hint}, ${selection}, ${file}
	dollars    bool     // $name and ${name}, with $$ for the sign itself
	// native says that {{name}} is the notation of the format, so that it counts
	// within code, too. Elsewhere code with braces is likelier to be just code.
	native bool
}

// match is a placeholder in a text.
type match struct {
	start, end int // without the backslashes before it
	slashes    int // how many of those there are
	kind       prompt.PieceKind
	variable   workflow.Variable // or name alone, for the tags of sections
	sign       bool              // “$$”, which is no placeholder but an escape
	unread     []string          // what is said of the variable and means nothing here
}

// scanner looks for placeholders in one text.
type scanner struct {
	syntax
	text   string
	code   []span          // in order
	closed map[string]bool // names of tags that are closed somewhere
	refs   map[string]bool // labels of link references
}

// span is a stretch of a text, in bytes.
type span struct{ start, end int }

var (
	closingRE   = pattern.New(`</([A-Za-z][A-Za-z0-9_-]*)[ \t]*>`)
	referenceRE = pattern.New(`(?m)^ {0,3}\[([^\]\n]{1,60})\]:[ \t]*[^ \t\n]`)
	bracesRE    = pattern.New(`^\{\{[ \t]*([#^/]?)[ \t]*([A-Za-z][A-Za-z0-9_-]{0,99})[ \t]*(\|[^{}\n]{0,1000})?\}\}`)
	spacedRE    = pattern.New(`^\{\{[ \t]*([A-Za-z][A-Za-z0-9_-]{0,39})((?: [A-Za-z0-9_-]{1,40}){1,5})[ \t]*\}\}`)
	tripleRE    = pattern.New(`^\{\{\{[ \t]*()([A-Za-z][A-Za-z0-9_-]{0,99})[ \t]*()\}\}\}`)
	commentRE   = pattern.New(`^<!-- (if|unless|end) ([A-Za-z][A-Za-z0-9_-]{0,99}) -->`)
	argumentsRE = pattern.New(`^\$ARGUMENTS(?:\[([0-9]{1,2})\])?`)
	wordRE      = pattern.New(`^\$([A-Za-z_][A-Za-z0-9_]{0,99})`)
	dollarsRE   = pattern.New(`^\$(?:([A-Za-z_][A-Za-z0-9_]{0,99})|\{([A-Za-z_][A-Za-z0-9_]{0,99})\})`)
	inputRE     = pattern.New(`^\$\{(?:input:([A-Za-z][A-Za-z0-9 _-]{0,99})(?::([^}\n` + "`" + `]{0,500}))?|(selection|selectedText|file))\}`)
)

// scan returns the placeholders of a text in order. It takes time with the
// length of the text: whatever is tried at one place looks at a bounded stretch.
func (s syntax) scan(text string) []match {
	c := &scanner{syntax: s, text: text, code: codeSpans(text), closed: map[string]bool{}, refs: map[string]bool{}}
	if strings.Contains(text, "</") {
		for _, m := range closingRE.FindAllStringSubmatch(text, -1) {
			c.closed[m[1]] = true
		}
	}
	if strings.Contains(text, "]:") {
		for _, m := range referenceRE.FindAllStringSubmatch(text, -1) {
			c.refs[m[1]] = true
		}
	}
	var all []match
	for at := 0; ; {
		next := strings.IndexAny(text[at:], "{$[<")
		if next < 0 {
			return all
		}
		at += next
		m, ok := c.at(at)
		if !ok {
			at++
			continue
		}
		for !(c.dollars && text[m.start] == '$') && m.start > m.slashes && text[m.start-m.slashes-1] == '\\' {
			m.slashes++
		}
		all = append(all, m)
		at = m.end
	}
}

// inCode reports whether a place is within code. The places must not go back.
func (c *scanner) inCode(at int) bool {
	for len(c.code) > 0 && c.code[0].end <= at {
		c.code = c.code[1:]
	}
	return len(c.code) > 0 && c.code[0].start <= at
}

// before is the byte that stands before a place and the backslashes there; 0 at the beginning.
func (c *scanner) before(at int) byte {
	for at > 0 && c.text[at-1] == '\\' {
		at--
	}
	if at == 0 {
		return 0
	}
	return c.text[at-1]
}

// window is the text from a place on, as far as one placeholder can reach.
func (c *scanner) window(at int) string { return c.text[at:min(len(c.text), at+2400)] }

func (c *scanner) at(at int) (match, bool) {
	code := c.inCode(at)
	switch c.text[at] {
	case '{':
		return c.braces(at, code)
	case '$':
		return c.dollar(at)
	case '<':
		if m := commentRE.FindStringSubmatch(c.window(at)); m != nil {
			kind := map[string]prompt.PieceKind{"if": prompt.PieceSection, "unless": prompt.PieceInverted, "end": prompt.PieceEnd}[m[1]]
			return match{start: at, end: at + len(m[0]), kind: kind, variable: workflow.Variable{Name: m[2]}}, true
		}
	}
	if code {
		return match{}, false
	}
	return c.guess(at)
}

// templateWords begin the commands of template languages, which are no names.
var templateWords = words("if else elif elsif unless each for foreach range with end endif endfor block define template include import partial set let call assign")

// braces reads {{name}}, {{Name of it}}, {{name | type:…}} and {{#name}}.
func (c *scanner) braces(at int, code bool) (match, bool) {
	w := c.window(at)
	m := bracesRE.FindStringSubmatch(w)
	if m == nil && c.before(at) != '{' {
		m = tripleRE.FindStringSubmatch(w)
	}
	if m == nil && !code {
		if m := spacedRE.FindStringSubmatch(w); m != nil && !templateWords[strings.ToLower(m[1])] {
			return match{start: at, end: at + len(m[0]), kind: prompt.PieceValue, variable: declare(variableName(m[1] + m[2]))}, true
		}
	}
	if m == nil || m[1] != "" && m[3] != "" {
		return match{}, false
	}
	found := match{start: at, end: at + len(m[0])}
	if m[1] != "" {
		found.kind = map[string]prompt.PieceKind{"#": prompt.PieceSection, "^": prompt.PieceInverted, "/": prompt.PieceEnd}[m[1]]
		found.variable.Name = m[2]
		return found, !code || c.native
	}
	if code && !c.native && !c.known(m[2]) {
		return match{}, false
	}
	found.kind, found.variable = prompt.PieceValue, declare(m[2])
	if m[3] != "" {
		found.unread = inline(&found.variable, m[3][1:])
	}
	return found, true
}

// known says that a name is one of the arguments of a command.
func (c *scanner) known(name string) bool {
	return slices.Contains(c.named, name) || c.arguments && argumentRE.MatchString(name)
}

// dollar reads the notations that begin with a dollar sign.
func (c *scanner) dollar(at int) (match, bool) {
	w := c.window(at)
	found := match{start: at, kind: prompt.PieceValue}
	take := func(length int, v workflow.Variable) (match, bool) {
		found.end, found.variable = at+length, v
		return found, true
	}
	switch {
	case c.dollars && strings.HasPrefix(w, "$$"):
		found.sign = true
		return take(2, workflow.Variable{})
	case c.dollars:
		if m := dollarsRE.FindStringSubmatch(w); m != nil {
			return take(len(m[0]), declare(strings.TrimLeft(cmp.Or(m[1], m[2]), "_")))
		}
	case c.inputs:
		if m := inputRE.FindStringSubmatch(w); m != nil {
			name := cmp.Or(m[1], m[3])
			if !validNameRE.MatchString(name) {
				name = variableName(name)
			}
			v := declare(name)
			v.Help = strings.TrimSpace(m[2])
			return take(len(m[0]), v)
		}
	case c.arguments:
		return c.argument(w, take)
	}
	return match{}, false
}

// argument reads an argument of a command.
func (c *scanner) argument(w string, take func(int, workflow.Variable) (match, bool)) (match, bool) {
	if m := argumentsRE.FindStringSubmatch(w); m != nil && !wordAt(w, len(m[0])) {
		if m[1] == "" && strings.HasPrefix(w[len(m[0]):], "[") && len(w) > len(m[0])+1 && isDigit(w[len(m[0])+1]) {
			return match{}, false
		}
		return take(len(m[0]), declare(c.argumentName(m[1])))
	}
	if c.positional && len(w) > 1 && isDigit(w[1]) && !wordAt(w, 2) && !(len(w) > 3 && (w[2] == '.' || w[2] == ',') && isDigit(w[3])) {
		name := "arg" + w[1:2]
		if i := int(w[1] - '0'); i < len(c.named) {
			name = c.named[i]
		}
		return take(2, declare(name))
	}
	if m := wordRE.FindStringSubmatch(w); m != nil && slices.Contains(c.named, m[1]) {
		return take(len(m[0]), declare(m[1]))
	}
	return match{}, false
}

// argumentRE matches the names of arguments that have none of their own.
var argumentRE = pattern.New(`^arguments(_[0-9]{1,2})?$|^arg[0-9]$`)

func (c *scanner) argumentName(index string) string {
	switch {
	case index == "" && len(c.named) == 1:
		return c.named[0]
	case index == "":
		return "arguments"
	}
	i := 0
	for _, d := range index {
		i = i*10 + int(d-'0')
	}
	if i < len(c.named) && len(index) == len(strings.TrimLeft(index, "0"))+b2i(i == 0) {
		return c.named[i]
	}
	return "arguments_" + index
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWord(c byte) bool {
	return isDigit(c) || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// wordAt reports whether a word goes on at a place.
func wordAt(s string, at int) bool { return at < len(s) && isWord(s[at]) }

package markdown

import (
	"strings"

	"plumbline/backend/pattern"
)

// namedField is a value that stands behind its name: “**Files:** a.go”.
type namedField struct {
	name string // the canonical one
	// lines are the value; further lines come from what stands under the name.
	lines []string
	depth int
	item  bool
	open  bool // the value stands under the name, not behind it
}

func (f namedField) text() string { return strings.TrimSpace(strings.Join(f.lines, "\n")) }

// fieldNames gives the canonical names of the names that people write, in lower case.
type fieldNames map[string]string

// names builds fieldNames from “canonical: name, name” lines.
func names(table ...string) fieldNames {
	all := fieldNames{}
	for _, line := range table {
		canonical, list, _ := strings.Cut(line, ": ")
		for name := range strings.SplitSeq(list, ", ") {
			all[name] = canonical
		}
	}
	return all
}

// fieldRE is a name of a few words with a colon behind it.
var fieldRE = pattern.New(`^[^\pL\d]{0,4}(\pL[\pL\d .&/-]{0,38}?)\s*(?:\([^()]{0,40}\))?\s*[:：]\s*(.*)$`)

// find returns the field that a line begins, if it begins one.
func (n fieldNames) find(line portionLine) (namedField, bool) {
	if m := fieldRE.FindStringSubmatch(line.text); m != nil {
		if name, ok := n[strings.ToLower(m[1])]; ok {
			return namedField{name: name, lines: nonBlank(m[2]), open: m[2] == ""}, true
		}
	}
	label := strings.TrimRight(line.strong, ":： ")
	if name, ok := n[strings.ToLower(label)]; ok && line.strong != "" {
		_, rest, _ := strings.Cut(line.text, line.strong)
		rest = strings.TrimLeft(rest, ":：–—- ")
		return namedField{name: name, lines: nonBlank(rest), open: rest == ""}, true
	}
	return namedField{}, false
}

func nonBlank(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// labelled reports whether a line begins with a bold name that is no known field.
func labelled(line portionLine) bool {
	return line.strong != "" && (strings.HasSuffix(line.strong, ":") || strings.HasPrefix(line.text, line.strong+":"))
}

// fence sets code in a value apart.
const fence = "```"

// read sorts the portions of a block into its fields and what is none. A field
// takes what stands deeper than its name, or under it when nothing is behind it.
func (n fieldNames) read(portions []portion) (fields []namedField, rest []portion) {
	var open *namedField
	for _, p := range portions {
		switch p.kind {
		case codePortion:
			if open != nil && (p.depth > open.depth || !open.item) {
				open.lines = append(open.lines, fence)
				for _, line := range p.lines {
					open.lines = append(open.lines, line.text)
				}
				open.lines = append(open.lines, fence)
			}
			continue
		case otherPortion, headPortion, rowPortion:
			continue
		}
		for i, line := range p.lines {
			if found, ok := n.find(line); ok {
				found.depth, found.item = p.depth, p.kind == itemPortion
				fields = append(fields, n.split(found)...)
				open = &fields[len(fields)-1]
				continue
			}
			switch {
			case open != nil && !labelled(line) && (i > 0 || p.depth > open.depth || open.open && p.kind != headingPortion && (!open.item || len(open.lines) == 0)):
				open.lines = append(open.lines, line.text)
			default:
				open = nil
				left := p
				left.lines = []portionLine{line}
				rest = append(rest, left)
			}
		}
	}
	return fields, rest
}

// inlineRE parts the fields that stand on one line.
var inlineRE = pattern.New(`\s*[|;·•]\s*`)

// split parts a field whose value goes on with further fields: “S | Risk: low”.
func (n fieldNames) split(f namedField) []namedField {
	if len(f.lines) == 0 || !strings.ContainsAny(f.lines[0], "|;·•") {
		return []namedField{f}
	}
	all := []namedField{f}
	all[0].lines = nil
	for i, part := range inlineRE.Split(f.lines[0], -1) {
		last := &all[len(all)-1]
		found, ok := n.find(portionLine{text: part})
		switch {
		case i > 0 && ok:
			found.depth, found.item = f.depth, f.item
			all = append(all, found)
		case len(last.lines) > 0:
			last.lines[0] += "; " + part
		default:
			last.lines = []string{part}
		}
	}
	return all
}

// listed parts a value into its entries: at commas outside code and brackets, and at lines.
func listed(lines []string) []string {
	var entries []string
	for _, line := range lines {
		depth, start := 0, 0
		cut := func(end int) {
			if entry := strings.TrimLeft(strings.TrimRight(line[start:end], " \t.`"), " \t`"); entry != "" {
				entries = append(entries, entry)
			}
		}
		for i := 0; i < len(line); i++ {
			switch line[i] {
			case '(', '[', '{':
				depth++
			case ')', ']', '}':
				depth--
			case ',', ';':
				if depth <= 0 {
					cut(i)
					start = i + 1
				}
			}
		}
		cut(len(line))
	}
	return entries
}

// nothingRE is a value that says there is none.
var nothingRE = pattern.New(`(?i)^[\s\W]*(none|nothing|no|n/?a|nil|keine?|nichts|-|–|—|not applicable|no dependencies|aucune?|ninguna?)?[\s\W]*$`)

// nothing reports whether a value says that there is none.
func nothing(value string) bool { return nothingRE.MatchString(value) }

package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// indent returns how many columns of white space a line begins with.
func indent(line string) int {
	columns := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			columns++
		case '\t':
			columns += 4 - columns%4
		default:
			return columns
		}
	}
	return columns
}

// stripColumns takes up to so many columns of white space off a line.
func stripColumns(line string, columns int) string {
	done := 0
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			done++
		case '\t':
			done += 4 - done%4
		default:
			return line[i:]
		}
		if done > columns {
			return line[i:]
		}
	}
	return line[len(strings.TrimRight(line, "\r\n")):]
}

func blankLine(line string) bool { return strings.Trim(line, " \t\r\n") == "" }

// heading reports whether a line is a heading by itself.
func heading(line string) bool {
	if indent(line) > 3 {
		return false
	}
	text := strings.TrimLeft(line, " ")
	rest := strings.TrimLeft(text, "#")
	level := len(text) - len(rest)
	return level >= 1 && level <= 6 && (rest == "" || strings.ContainsRune(" \t\r\n", rune(rest[0])))
}

// rule reports whether a line is a thematic break.
func rule(line string) bool {
	if indent(line) > 3 {
		return false
	}
	text := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n", r) {
			return -1
		}
		return r
	}, line)
	return len(text) >= 3 && strings.ContainsRune("-*_", rune(text[0])) && strings.Trim(text, text[:1]) == ""
}

// underline reports whether a line makes the paragraph before it a heading.
func underline(line string) bool {
	text := strings.Trim(line, " \t\r\n")
	return indent(line) <= 3 && text != "" && (strings.Trim(text, "=") == "" || strings.Trim(text, "-") == "")
}

// tableRule reports whether a line can be the one between the head and the rows of a table.
func tableRule(line string) bool {
	return strings.Trim(line, " \t\r\n|:-") == "" && strings.Contains(line, "-") && indent(line) <= 3
}

// noteLine reports whether a line begins a footnote.
func noteLine(line string) bool {
	text := strings.TrimLeft(line, " ")
	return indent(line) <= 3 && strings.HasPrefix(text, "[^") && strings.Contains(text, "]:")
}

// fenceOf returns the fence that a line opens, indented as it is; empty for none.
func fenceOf(line string) string {
	if f := fenceLine.FindStringSubmatch(strings.TrimRight(line, "\n")); f != nil && (f[1][0] == '~' || !strings.Contains(f[2], "`")) {
		return f[1]
	}
	return ""
}

// languageOf returns the first word behind the fence that a line opens.
func languageOf(line string) string {
	words := strings.Fields(strings.TrimLeft(line, " `~"))
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// closes reports whether a line closes a fence.
func closes(fence, line string) bool {
	text := strings.Trim(line, " \t\r\n")
	return indent(line) <= 3 && len(text) >= len(fence) && strings.Trim(text, fence[:1]) == ""
}

// marker is what a list item begins with.
type marker struct {
	kind    byte // - + * . ) or 0 for none
	content int  // column where the text of the item begins
	one     bool // a bullet, or the number one
	empty   bool // no text behind it
}

// starts reports whether a list may begin right behind a paragraph.
func (m marker) starts() bool { return m.kind != 0 && m.one && !m.empty }

// markerOf returns the marker of a line.
func markerOf(line string) marker {
	columns := indent(line)
	if columns > 3 {
		return marker{}
	}
	text := strings.TrimLeft(line, " ")
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	if digits > 9 || digits >= len(text) || len(text) == 0 {
		return marker{}
	}
	kind := text[digits]
	if digits == 0 && kind != '-' && kind != '+' && kind != '*' || digits > 0 && kind != '.' && kind != ')' {
		return marker{}
	}
	rest := text[digits+1:]
	if rest != "" && !strings.ContainsRune(" \t\r\n", rune(rest[0])) {
		return marker{}
	}
	m := marker{kind: kind, one: digits == 0 || text[:digits] == "1", empty: blankLine(rest)}
	gap := indent(rest)
	if m.empty || gap > 4 {
		gap = 1
	}
	m.content = columns + digits + 1 + gap
	return m
}

// interrupts reports whether a line ends a paragraph and begins something else,
// a list left aside.
func interrupts(line string) bool {
	if indent(line) > 3 {
		return false
	}
	if text := strings.TrimLeft(line, " "); text[0] == '<' {
		_, found := markupEnd(line, true)
		return found
	} else if text[0] == '>' {
		return true
	}
	return heading(line) || rule(line) || fenceOf(line) != ""
}

// markupEnd reports whether a line begins a block of raw HTML, and what ends it:
// a text, or a blank line when that is empty. It asks goldmark, which knows the tags.
func markupEnd(line string, insideParagraph bool) (end string, found bool) {
	if strings.TrimLeft(line, " ")[0] != '<' {
		return "", false
	}
	block, ok := parse(line).root.FirstChild().(*ast.HTMLBlock)
	if !ok {
		return "", false
	}
	switch block.HTMLBlockType {
	case ast.HTMLBlockType1:
		for _, tag := range []string{"script", "pre", "style", "textarea"} {
			if containsFold(line[:min(len(line), 16)], "<"+tag) {
				return "</" + tag + ">", true
			}
		}
	case ast.HTMLBlockType2:
		return "-->", true
	case ast.HTMLBlockType3:
		return "?>", true
	case ast.HTMLBlockType4:
		return ">", true
	case ast.HTMLBlockType5:
		return "]]>", true
	case ast.HTMLBlockType7:
		return "", !insideParagraph
	}
	return "", true
}

func containsFold(s, lower string) bool { return indexFold(s, lower) >= 0 }

// inside returns a line without the marks of the quotes and list items it begins with.
func inside(line string) string {
	for {
		line = strings.TrimLeft(line, " \t")
		if m := markerOf(line); m.kind != 0 {
			line = line[strings.IndexByte(line, m.kind)+1:]
		} else if strings.HasPrefix(line, ">") {
			line = line[1:]
		} else {
			return line
		}
	}
}

// textual reports whether a line of a list or quote is text of a paragraph.
func textual(line string) bool {
	text := inside(line)
	return !blankLine(text) && !heading(text) && !rule(line) && !rule(text) && fenceOf(text) == ""
}

package foreign

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// yamlLine writes a key with a text on one line, in the plainest spelling that
// reads as that text again.
func yamlLine(key, value string) string {
	if plainText(value) {
		return key + ": " + value + "\n"
	}
	return key + ": " + quoted(value) + "\n"
}

// yamlText writes a key with a text of any size: a block where its lines can
// stand as they are, else in quotes.
func yamlText(key, value string) string {
	if !strings.Contains(value, "\n") {
		return yamlLine(key, value)
	}
	if raw := yamlBlock(key, value); raw != "" {
		return raw
	}
	return key + ": " + quoted(value) + "\n"
}

// yamlBlock is empty where a block cannot hold the text.
func yamlBlock(key, value string) string {
	for _, r := range value {
		if r == utf8.RuneError || r == '\u0085' || r == '\u2028' || r == '\u2029' || r == '\ufeff' || r != '\n' && r != '\t' && unicode.IsControl(r) {
			return ""
		}
	}
	head, chomp := "|", ""
	if first := strings.TrimLeft(value, "\n"); first != "" && (first[0] == ' ' || first[0] == '\t') || strings.HasPrefix(value, "\n") {
		head = "|2"
	}
	switch {
	case strings.TrimSpace(value[strings.LastIndexByte(strings.TrimSuffix(value, "\n"), '\n')+1:]) == "":
		return "" // blank lines at the end are not kept
	case !strings.HasSuffix(value, "\n"):
		chomp = "-"
	}
	var out strings.Builder
	out.WriteString(key + ": " + head + chomp + "\n")
	for line := range strings.Lines(value) {
		if line != "\n" {
			out.WriteString("  ")
		}
		out.WriteString(line)
	}
	if chomp == "-" {
		out.WriteString("\n")
	}
	return out.String()
}

// plainText reports whether a text can stand in YAML without quotes: words that
// nothing else could be meant by, and that the parser reads as just that.
func plainText(s string) bool {
	if s == "" || s != strings.TrimSpace(s) || len(s) > 1000 {
		return false
	}
	for i, r := range s {
		letter := unicode.IsLetter(r) || r == '_'
		switch {
		case i == 0 && !letter:
			return false
		case letter || unicode.IsDigit(r) || r == ' ' || strings.ContainsRune("-.,;()/“”‘’'–…+=!?$", r):
		default:
			return false
		}
	}
	n, ok := entry{key: "k", raw: "k: " + s + "\n"}.node().(*ast.StringNode)
	return ok && n.Value == s
}

// quoted writes a text in double quotes.
func quoted(s string) string {
	var out strings.Builder
	out.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteRune(r)
		case r == '\n':
			out.WriteString(`\n`)
		case r == '\t':
			out.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&out, `\x%02x`, r)
		case !unicode.IsPrint(r) && r <= 0xffff:
			fmt.Fprintf(&out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
	return out.String()
}

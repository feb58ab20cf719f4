package markdown

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// plain returns the text of a block or an inline node without markup, on one line.
func (d *document) plain(n ast.Node) string {
	var b strings.Builder
	d.collect(&b, n)
	return strings.ToValidUTF8(strings.Join(strings.Fields(b.String()), " "), "\ufffd")
}

func (d *document) collect(b *strings.Builder, parent ast.Node) {
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		d.collectNode(b, n)
	}
}

// collectNode adds the text of one inline node; its lines stay lines.
func (d *document) collectNode(b *strings.Builder, n ast.Node) {
	switch n := n.(type) {
	case *ast.Text:
		value := n.Segment.Value(d.src)
		if !n.IsRaw() {
			value = resolve(value)
		}
		b.Write(value)
		if n.SoftLineBreak() || n.HardLineBreak() {
			b.WriteByte('\n')
		}
	case *ast.String:
		b.Write(n.Value)
	case *ast.CodeSpan:
		b.Write(d.codeSpan(n))
	case *ast.AutoLink:
		b.Write(n.Label(d.src))
	case *ast.RawHTML:
		if html := d.rawHTML(n); lineBreak(html) || bytes.HasPrefix(html, []byte("<!--")) {
			b.WriteByte(' ')
		} else {
			b.Write(html)
		}
	default:
		if n.Type() == ast.TypeInline {
			d.collect(b, n)
		}
	}
}

// Plain returns the first sentence of a text without markup, for summaries: of
// the first paragraph, else of the first list item or heading. It is cut at a
// word to at most max characters; max below 1 means no limit.
func Plain(src string, max int) string {
	if len(src) > 64<<10 {
		src = src[:64<<10]
	}
	d := parse(src)
	best, rank := "", 0
	for n := d.root.FirstChild(); n != nil && rank < 3; n = n.NextSibling() {
		text, value := "", 0
		switch n := n.(type) {
		case *ast.Paragraph:
			text, value = d.plain(n), 3
		case *ast.List:
			if first := n.FirstChild().FirstChild(); first != nil {
				text, value = d.plain(first), 2
			}
		case *ast.Heading:
			text, value = d.plain(n), 1
		}
		if text != "" && value > rank {
			best, rank = text, value
		}
	}
	return shorten(sentence(best), max)
}

// sentence returns a text up to the end of its first sentence.
func sentence(s string) string {
	for i, r := range s {
		end := i + utf8.RuneLen(r)
		switch {
		case r == '。' || r == '！' || r == '？':
			return s[:end]
		case (r == '.' || r == '!' || r == '?') && end < len(s) && s[end] == ' ' && !abbreviation(s[:i], s[end+1:]):
			return s[:end]
		}
	}
	return s
}

// abbreviation reports whether a full stop ends an abbreviation, not a sentence.
func abbreviation(before, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	word := before[strings.LastIndexByte(before, ' ')+1:]
	return unicode.IsLower(next) || strings.Contains(word, ".") || utf8.RuneCountInString(word) < 2
}

// shorten cuts a text at a word to at most max characters, the ellipsis included.
func shorten(s string, max int) string {
	if max < 1 || utf8.RuneCountInString(s) <= max {
		return s
	}
	cut := string([]rune(s)[:max-1])
	if space := strings.LastIndexByte(cut, ' '); space > len(cut)/2 {
		cut = cut[:space]
	}
	return strings.TrimRight(cut, " ,;:–—-") + "…"
}

// Words counts the words of a text as people do: marks of lists, tables and
// headings are none, and each character of a script without spaces is one.
func Words(src string) int {
	count, inWord := 0, false
	for _, r := range src {
		switch {
		case r < utf8.RuneSelf: // most of most texts
			letter := r|0x20 >= 'a' && r|0x20 <= 'z' || r >= '0' && r <= '9'
			switch {
			case letter && !inWord:
				count++
				inWord = true
			case r == ' ' || r >= '\t' && r <= '\r':
				inWord = false
			}
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			count++
			inWord = false
		case unicode.IsSpace(r):
			inWord = false
		case !inWord && (unicode.IsLetter(r) || unicode.IsNumber(r)):
			count++
			inWord = true
		}
	}
	return count
}

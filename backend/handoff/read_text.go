package handoff

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// firstTitle returns the first title of a text.
func firstTitle(src string) string {
	for _, s := range markdown.Sections(src) {
		if s.Level == 1 {
			return strings.TrimSpace(s.Title)
		}
	}
	return ""
}

// titled gives a text that has no title one.
func titled(src, title string) string {
	if firstTitle(src) != "" {
		return src
	}
	return "# " + title + "\n\n" + src
}

// untitled takes the first title off a text.
func untitled(src string) string {
	for _, s := range markdown.Sections(src) {
		if s.Level == 1 {
			return src[:s.Start] + src[s.Body:]
		}
	}
	return src
}

// beneath returns what stands under a heading, with the sections in it.
func beneath(src string, title string) string {
	s, ok := workflow.FindSection(markdown.Sections(src), title)
	if !ok {
		return ""
	}
	return strings.TrimSpace(src[s.Body:s.End])
}

var (
	fenceRE = pattern.New("^ {0,3}(`{3,}|~{3,})(.*)$")
	atxRE   = pattern.New(`^ {0,3}#{1,6}(?:[ \t]|$)`)
)

// fences follows the code of a text line by line.
type fences struct{ open string }

// code reports whether a line belongs to a listing.
func (f *fences) code(line string) bool {
	m := fenceRE.FindStringSubmatch(line)
	switch {
	case f.open == "" && m != nil && (m[1][0] == '~' || !strings.Contains(m[2], "`")):
		f.open = m[1]
		return true
	case f.open == "":
		return false
	case m != nil && m[1][0] == f.open[0] && len(m[1]) >= len(f.open) && strings.TrimSpace(m[2]) == "":
		f.open = ""
	}
	return true
}

// deeper moves the headings of a text down by some levels, and closes what it leaves
// open, so that other sections can follow it.
func deeper(src string, by int) string {
	var b strings.Builder
	f := fences{}
	for line := range strings.Lines(strings.Trim(src, "\n") + "\n") {
		if !f.code(strings.TrimRight(line, "\n")) && atxRE.MatchString(line) {
			at := strings.IndexByte(line, '#')
			level := len(line[at:]) - len(strings.TrimLeft(line[at:], "#"))
			line = line[:at] + strings.Repeat("#", min(by, 6-level)) + line[at:]
		}
		b.WriteString(line)
	}
	if f.open != "" {
		b.WriteString(f.open + "\n")
	}
	out := b.String()
	if strings.LastIndex(out, "<!--") > strings.LastIndex(out, "-->") {
		out += "\n-->\n"
	}
	return out
}

// fenced makes a listing of a text.
func fenced(text, language string) string {
	longest, run := 0, 0
	for _, c := range text {
		if c == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	if !plainWordRE.MatchString(language) {
		language = ""
	}
	marks := strings.Repeat("`", max(3, longest+1))
	return marks + language + "\n" + strings.TrimRight(text, "\n") + "\n" + marks + "\n"
}

var plainWordRE = pattern.New(`^[a-z0-9]{1,20}$`)

// humanise makes a name of the name of a folder.
func humanise(dir string) string {
	name := leadRE.ReplaceAllString(path.Base(dir), "")
	name = strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' || unicode.IsSpace(r) }), " ")
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + name[size:]
}

// leadRE is the number or the day in front of a name.
var leadRE = pattern.New(`^(?:\d{8}-\d{6}|\d{4}-\d{2}-\d{2}|\d{3})-`)

// placeholder reports whether a text is one that a template leaves to be filled in.
func placeholder(text string) bool { return placeholderRE.MatchString(text) }

var placeholderRE = pattern.New(`\[(?:[A-Z]+_[A-Z0-9_]+|(?:FEATURE|PROJECT)(?: NAME)?|#{3}[^\]]*)\]|\$ARGUMENTS`)

// rules takes the rules of a repository in as conventions of the project.
func (d *draft) rules(f File, ok bool) {
	switch text := strings.TrimSpace(f.Body); {
	case !ok || text == "":
	case placeholder(firstTitle(text)):
		d.drop("%s is the template, not filled in.", f.Path)
	case len(text) > maxRules:
		if d.add(path.Base(f.Path), "", text) && !reserved(path.Base(f.Path)) {
			d.keep("%s, as %s: it is too long for the facts of the project.", f.Path, path.Base(f.Path))
		}
	default:
		d.found.Conventions = text
		d.keep("%s, as the conventions among the facts of the project.", f.Path)
	}
}

// maxRules bounds what becomes a fact, in bytes: it is filled into prompts.
const maxRules = 64 << 10

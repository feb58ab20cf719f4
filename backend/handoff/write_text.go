package handoff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// The parts of text that all formats are read from and made of.

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// inline makes a text one that stands in a line of Markdown and means nothing else.
func inline(text string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "<", `\<`, "[", `\[`, "*", `\*`).Replace(oneLine(text))
}

// cell is inline for a cell of a table.
func cell(text string) string { return strings.ReplaceAll(inline(text), "|", `\|`) }

// code shows a text as code, whatever it holds.
func code(text string) string {
	text = oneLine(text)
	marks := "`"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return marks + text + marks
}

func codes(list []string) string {
	out := make([]string, len(list))
	for i, text := range list {
		out[i] = code(text)
	}
	return strings.Join(out, ", ")
}

// clip cuts a text to a number of characters.
func clip(text string, most int) string {
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:most-1])) + "…"
}

// listed names the first few.
func listed(list []string, most int) string {
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:most], ", "), len(list)-most)
}

// splitFront parts a text into its front matter, with its lines, and the rest. The
// mark that some editors begin a file with is dropped.
func splitFront(text string) (front, body string) {
	text = strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n")
	if !strings.HasPrefix(text, "---\n") {
		return "", text
	}
	at := len("---\n")
	for line := range strings.Lines(text[at:]) {
		at += len(line)
		if mark := strings.TrimRight(line, " \t\n"); mark == "---" || mark == "..." {
			return text[:at], text[at:]
		}
		if strings.TrimSpace(line) != "" && !strings.ContainsAny(line, ":-#") && !strings.HasPrefix(line, " ") {
			break // a line between two rules, not a key
		}
	}
	return "", text
}

// head is the front matter of a file, with a line between it and what follows.
func head(front string) string {
	if front == "" {
		return ""
	}
	return strings.TrimRight(front, "\n") + "\n\n"
}

// shift moves the headings of a text down by some levels, as far as there are levels.
// Code stays as it is; headings within quotes and lists do, too.
func shift(text string, by int) string {
	sections := markdown.Sections(text)
	var b strings.Builder
	at := 0
	for _, s := range sections {
		if s.Level == 0 || s.Start < at {
			continue
		}
		b.WriteString(text[at:s.Start])
		b.WriteString(heading(text[s.Start:s.Body], s.Level, by))
		at = s.Body
	}
	b.WriteString(text[at:])
	return b.String()
}

// heading moves one heading down. One that is underlined becomes one with hashes:
// only two levels can be underlined.
func heading(text string, level, by int) string {
	to := min(6, level+by)
	if to == level {
		return text
	}
	if trimmed := strings.TrimLeft(text, " "); strings.HasPrefix(trimmed, "#") {
		return strings.Repeat("#", to-level) + trimmed
	}
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	title := oneLine(strings.Join(lines[:len(lines)-1], " "))
	return strings.Repeat("#", to) + " " + title + "\n"
}

// closed ends what a text leaves open, so that it does not swallow what follows it.
func closed(text string) string {
	text = strings.TrimRight(text, " \t\n")
	if end := unended(text); end != "" {
		text += "\n" + end
	}
	return text
}

// unended returns what ends a block of code or a comment that a text leaves open.
func unended(text string) string {
	fence, comment := "", false
	for line := range strings.Lines(text) {
		trimmed := strings.TrimLeft(line, " ")
		mark := ""
		if len(line)-len(trimmed) <= 3 {
			mark = fenceOf(trimmed)
		}
		switch {
		case comment:
			comment = !strings.Contains(line, "-->")
		case fence == "" && mark != "":
			fence = mark
		case fence != "" && strings.HasPrefix(mark, fence) && strings.Trim(strings.TrimSpace(trimmed), mark[:1]) == "":
			fence = ""
		case fence == "" && strings.HasPrefix(trimmed, "<!--"):
			comment = !strings.Contains(trimmed, "-->")
		}
	}
	if comment {
		return "-->"
	}
	return fence
}

// fenceOf returns the marks that a line begins or ends a code block with.
func fenceOf(line string) string {
	if line == "" || line[0] != '`' && line[0] != '~' {
		return ""
	}
	rest := strings.TrimLeft(line, line[:1])
	n := len(line) - len(rest)
	if n < 3 || line[0] == '`' && strings.Contains(rest, "`") {
		return ""
	}
	return line[:n]
}

// part is a section of a text: its title, and what stands under its heading with all
// sections below it.
type part struct {
	title, body string
	level       int
}

// parts cuts a text at its headings of the second level, or at those that are the
// highest under a title. What stands before them is the lead.
func parts(text string) (title, lead string, list []part) {
	sections := slices.DeleteFunc(markdown.Sections(text), func(s workflow.Section) bool { return s.Level == 0 })
	if len(sections) == 0 {
		return "", strings.TrimSpace(text), nil
	}
	start := 0
	if tops := count(sections, sections[0].Level); tops == 1 && len(sections) > 1 || len(sections) == 1 && sections[0].Level == 1 {
		lead = strings.TrimSpace(text[:sections[0].Start])
		title, start = sections[0].Title, sections[0].Body
		sections = sections[1:]
	}
	if len(sections) == 0 {
		return title, strings.TrimSpace(lead + "\n\n" + text[start:]), nil
	}
	top := slices.MinFunc(sections, func(a, b workflow.Section) int { return cmp.Compare(a.Level, b.Level) }).Level
	first := slices.IndexFunc(sections, func(s workflow.Section) bool { return s.Level == top })
	lead = strings.TrimSpace(lead + "\n\n" + text[start:sections[first].Start])
	for _, s := range sections {
		if s.Level == top {
			list = append(list, part{title: s.Title, body: strings.TrimSpace(text[s.Body:s.End]), level: top})
		}
	}
	return title, lead, list
}

func count(sections []workflow.Section, level int) int {
	n := 0
	for _, s := range sections {
		if s.Level == level {
			n++
		}
	}
	return n
}

// at returns the text of a part with its headings at the levels under another one.
func (p part) at(level int) string { return shift(p.body, max(0, level-p.level)) }

// take returns the first part that has one of the titles, and the others.
func take(list []part, titles ...string) (found part, ok bool, rest []part) {
	i := slices.IndexFunc(list, func(p part) bool {
		return slices.ContainsFunc(titles, func(t string) bool { return workflow.SameTitle(p.title, t) })
	})
	if i < 0 {
		return part{}, false, list
	}
	return list[i], true, append(slices.Clone(list[:i]), list[i+1:]...)
}

// none reports whether a text says that there is nothing.
func none(text string) bool {
	text = strings.Trim(strings.ToLower(oneLine(text)), " .-*_")
	return text == "" || text == "none" || text == "nothing" || text == "keine"
}

package handoff

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// page is everything as one text: contents, the documents with their headings moved
// down, and at the end the gates and the open findings.
func (w *writing) page() string {
	var body strings.Builder
	for _, d := range w.wanted() {
		body.WriteString("\n" + w.chapter(d))
	}
	if len(w.Phases) > 0 {
		body.WriteString("\n## Gates\n\n" + w.gates("###"))
	}
	body.WriteString("\n## Open findings\n\n" + w.findings())
	var b strings.Builder
	title := w.name
	for _, p := range w.Phases {
		if p.ID == w.Only {
			title += ": " + oneLine(p.Title)
		}
	}
	fmt.Fprintf(&b, "# %s\n", inline(title))
	if w.Summary != "" {
		b.WriteString("\n" + inline(w.Summary) + "\n")
	}
	if w.Made != "" {
		b.WriteString("\n*" + inline(w.Made) + "*\n")
	}
	head := b.String() + "\n## Contents\n\n"
	return head + contents(head, body.String()) + body.String()
}

// wanted are the documents that are handed off: all, or those of a phase.
func (w *writing) wanted() []Document {
	if w.Only == "" {
		return slices.DeleteFunc(slices.Clone(w.Documents), func(d Document) bool { return strings.TrimSpace(d.Body) == "" })
	}
	paths := []string{ideaPath, projectPath}
	for _, p := range w.Phases {
		if p.ID == w.Only {
			paths = append(append(paths, p.Inputs...), p.Output)
		}
	}
	return slices.DeleteFunc(slices.Clone(w.Documents), func(d Document) bool {
		return strings.TrimSpace(d.Body) == "" || !slices.Contains(paths, d.Path) && d.Phase != w.Only
	})
}

// chapter is a document as a part of the page. Its front matter stands as code, so
// that no program takes its lines for a heading.
func (w *writing) chapter(d Document) string {
	front, body := splitFront(d.Body)
	sections := slices.DeleteFunc(markdown.Sections(body), func(s workflow.Section) bool { return s.Level == 0 })
	if slices.ContainsFunc(sections, func(s workflow.Section) bool { return s.Level == 6 }) {
		w.note("%s has headings of the sixth level, below which there is none: they stay as they are.", d.Path)
	}
	var b strings.Builder
	titled := len(sections) > 0 && sections[0].Level == 1 && strings.TrimSpace(body[:sections[0].Start]) == ""
	if titled && d.Path == projectPath { // its title is that of the page
		titled, body = false, body[sections[0].Body:]
	}
	if !titled {
		fmt.Fprintf(&b, "## %s\n\n", inline(orElse(d.Title, d.Path)))
	}
	source := code(d.Path)
	if d.Version > 0 {
		source += fmt.Sprintf(" v%d", d.Version)
	}
	source += w.frozen(d.Path)
	if front != "" {
		source += "\n\n```yaml\n" + front + "```"
	}
	text := closed(shift(body, 1))
	if titled {
		first, rest, _ := strings.Cut(text, "\n")
		text = first + "\n\n" + source + "\n\n" + strings.TrimLeft(rest, "\n")
	} else {
		text = source + "\n\n" + strings.TrimLeft(text, "\n")
	}
	if unended(strings.TrimRight(body, " \t\n")) != "" {
		w.note("%s leaves a block of code or a comment open: it is ended where the document ends.", d.Path)
	}
	return b.String() + strings.TrimRight(text, "\n") + "\n"
}

// contents is the list of the headings of the second and third level, each with the
// anchor that GitHub and most others give it.
func contents(head, body string) string {
	used := map[string]int{}
	for _, s := range markdown.Sections(head) {
		anchor(used, s.Title)
	}
	var b strings.Builder
	for _, s := range markdown.Sections(body) {
		if s.Level == 0 {
			continue
		}
		to := anchor(used, s.Title)
		if s.Level == 2 || s.Level == 3 {
			fmt.Fprintf(&b, "%s- [%s](#%s)\n", strings.Repeat("  ", s.Level-2), strings.ReplaceAll(inline(s.Title), "]", `\]`), to)
		}
	}
	return b.String()
}

func anchor(used map[string]int, title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.Is(unicode.M, r), r == '-', r == '_':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	base := b.String()
	to := base
	for n := 1; ; n++ {
		if _, taken := used[to]; !taken {
			break
		}
		to = fmt.Sprintf("%s-%d", base, n)
	}
	used[to] = 1
	return to
}

// gates tells where each gate stands and what of it is met, under headings of a level.
func (w *writing) gates(marks string) string {
	var b strings.Builder
	for _, p := range w.Phases {
		if w.Only != "" && p.ID != w.Only {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s %s\n\n%s.", marks, inline(gateTitle(p)), capital(gateWord(p)))
		if r := p.Gate.Passed; r != nil {
			fmt.Fprintf(&b, " By %s on %s.", inline(r.By.Name), r.At.UTC().Format("2 January 2006"))
			if r.Reason != "" {
				b.WriteString(" The reason: " + inline(r.Reason))
			}
		}
		b.WriteString("\n\n")
		for _, c := range p.Gate.Conditions {
			fmt.Fprintf(&b, "- %s %s", mark(c.State == workflow.CondMet), inline(c.Title))
			if c.Value != "" {
				b.WriteString(" (" + inline(c.Value) + ")")
			}
			if p.Gate.Measured && c.State != workflow.CondMet && c.Missing != "" {
				b.WriteString(": " + inline(c.Missing))
			}
			b.WriteString("\n")
		}
		if len(p.Gate.Conditions) == 0 {
			b.WriteString("It has no conditions.\n")
		}
	}
	return orElse(b.String(), "There are no gates.\n")
}

// gateTitle names a gate by both of its sides: two can lead to the same phase.
func gateTitle(p Phase) string {
	title := []rune(orElse(p.Gate.Title, "Gate"))
	return oneLine(p.Title) + ": " + strings.ToLower(string(title[:1])) + string(title[1:])
}

func gateWord(p Phase) string {
	switch {
	case p.State == workflow.PhaseOverridden:
		return "passed with a waiver"
	case p.State == workflow.PhasePassed:
		return "passed"
	case p.Gate.Open:
		return "open, not passed yet"
	}
	if !p.Gate.Measured {
		return "not reached, nothing is written yet"
	}
	return fmt.Sprintf("closed, %d of %d missing", p.Gate.Missing, len(p.Gate.Conditions))
}

// findings lists the open ones, the worst first, as they came.
func (w *writing) findings() string {
	if len(w.Findings) == 0 {
		return "None.\n"
	}
	var b strings.Builder
	for _, f := range w.Findings {
		severity := ""
		if f.Severity != "" {
			severity = string(f.Severity) + ": "
		}
		fmt.Fprintf(&b, "- **%s** %s%s\n", f.Number, severity, inline(f.Title))
		for _, field := range [][2]string{{"Where", f.Location}, {"Problem", f.Problem}, {"Fix", f.Fix}, {"Verify", f.Verify}} {
			if text := inline(field[1]); text != "" {
				fmt.Fprintf(&b, "  - **%s:** %s\n", field[0], text)
			}
		}
	}
	return b.String()
}

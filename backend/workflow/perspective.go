package workflow

import (
	"fmt"
	"slices"
	"strings"
)

// PersonaAnswer is what somebody has found.
type PersonaAnswer struct {
	Persona string // title
	Read    FindingsRead
	Said    bool // there is an answer at all
}

// MergeFindings lists the findings of several people, each once, with who found it:
// the worst first, and of the same severity those that most have found. Two are the
// same when their titles say the same in other words, or when they are about the
// same place and share words. The notes are the doubts of reading, by person.
func MergeFindings(answers []PersonaAnswer) (found []SharedFinding, notes []string) {
	found, notes = []SharedFinding{}, []string{}
	for _, a := range answers {
		for _, f := range a.Read.Findings {
			i := slices.IndexFunc(found, func(s SharedFinding) bool { return sameFinding(s, f) })
			if i < 0 {
				found = append(found, SharedFinding{Title: f.Title, Category: f.Category, By: []string{}})
				i = len(found) - 1
			}
			found[i].add(a.Persona, f)
		}
		if a.Said && len(a.Read.Findings) == 0 && a.Read.Phrase == "" {
			notes = append(notes, fmt.Sprintf("%s: no finding could be read from the answer, and it does not say that there is none.", a.Persona))
		}
		for _, note := range a.Read.Notes {
			notes = append(notes, a.Persona+": "+note)
		}
	}
	slices.SortStableFunc(found, func(a, b SharedFinding) int {
		if a.Severity != b.Severity {
			return rankOf(a.Severity) - rankOf(b.Severity)
		}
		return len(b.By) - len(a.By)
	})
	return found, notes
}

// rankOf puts severities into order, those without one last.
func rankOf(s Severity) int {
	if i := slices.Index(Severities(), s); i >= 0 {
		return i
	}
	return len(Severities())
}

// add takes in what one more person says of a finding: the worst severity counts,
// and of the texts the longest says the most.
func (s *SharedFinding) add(persona string, f ReportedFinding) {
	if !slices.Contains(s.By, persona) {
		s.By = append(s.By, persona)
	}
	if f.Severity.Worse(s.Severity) {
		s.Severity = f.Severity
	}
	s.Where, s.Problem, s.Fix = longer(s.Where, f.Location), longer(s.Problem, f.Problem), longer(s.Fix, f.Fix)
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// Shares of words from which two titles mean the same finding.
const (
	sameTitle = 0.6
	samePlace = 0.3 // when both name the same place
)

func sameFinding(s SharedFinding, f ReportedFinding) bool {
	share := overlap(titleStems(s.Title), titleStems(f.Title))
	place := f.Location != "" && strings.EqualFold(strings.Trim(s.Where, "` "), strings.Trim(f.Location, "` "))
	return share >= sameTitle || place && share >= samePlace
}

// SharedReport writes merged findings as a document, in the form that our parser reads.
func SharedReport(title string, answers []PersonaAnswer, found []SharedFinding, notes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n## Summary\n\n", title)
	for _, a := range answers {
		n := 0
		for _, f := range found {
			if slices.Contains(f.By, a.Persona) {
				n++
			}
		}
		fmt.Fprintf(&b, "- %s: %s\n", a.Persona, Plural(n, "finding", "findings"))
	}
	fmt.Fprintf(&b, "\nTotal: %d\n\n## Findings\n\n", len(found))
	if len(found) == 0 {
		b.WriteString("NO ISSUES FOUND\n")
	}
	for _, f := range found {
		f.write(&b)
	}
	if len(notes) > 0 {
		b.WriteString("\n## Notes\n\n- " + strings.Join(notes, "\n- ") + "\n")
	}
	return b.String()
}

func (s SharedFinding) write(b *strings.Builder) {
	severity := ""
	if s.Severity != "" {
		severity = string(s.Severity) + ": "
	}
	fmt.Fprintf(b, "- [ ] %s%s\n", severity, s.Title)
	for _, field := range [][2]string{
		{"Where", s.Where}, {"Category", s.Category}, {"Problem", s.Problem}, {"Fix", s.Fix}, {"Found by", strings.Join(s.By, ", ")},
	} {
		if field[1] != "" {
			fmt.Fprintf(b, "  - **%s:** %s\n", field[0], strings.Join(strings.Fields(field[1]), " "))
		}
	}
}

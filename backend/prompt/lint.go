package prompt

import "strings"

// Lint returns what is doubtful about a prompt that parses: a variable that is
// declared and never used, a promise of the contract that the body does not ask for.
func (p Prompt) Lint() []Problem {
	found := []Problem{}
	doubt := func(line int, format string, args ...any) {
		d := doubtAt(p.File, line, format, args...)
		d.Source = p.Source
		found = append(found, d)
	}
	nodes, err := parseTemplate(p.File, p.Body, 1)
	if err != nil {
		return append(found, ProblemOf(err))
	}
	used := map[string]bool{}
	walk(nodes, func(n node) { used[n.name] = true })
	for i, v := range p.Variables {
		if !used[v.Name] {
			line := 0
			if len(p.lines) == len(p.Variables) {
				line = p.lines[i]
			}
			doubt(line, "the variable “%s” is declared and never used", v.Name)
		}
	}
	for _, s := range p.Contract.Sections {
		if !strings.Contains(p.Body, s.Title) {
			doubt(0, "the contract expects the section “%s”, and the text never asks for it", s.Title)
		}
		if s.Prefix != "" && !strings.Contains(p.Body, s.Prefix) {
			doubt(0, "the contract expects items that begin with “%s”, and the text never asks for them", s.Prefix)
		}
	}
	for _, phrase := range []string{p.Contract.Phrase, p.Contract.None} {
		if phrase != "" && !strings.Contains(p.Body, phrase) {
			doubt(0, "the contract expects the phrase “%s”, and the text never asks for it", phrase)
		}
	}
	return found
}

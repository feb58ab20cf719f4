package markdown

import (
	"strings"

	"plumbline/backend/workflow"
)

// Read reads an answer as far as a contract asks, for [workflow.CheckContract].
func Read(c workflow.Contract, src string) workflow.Reading {
	if c.Reads == workflow.ReadsText || c.Reads == "" {
		return workflow.Reading{Text: src, Sections: Sections(src)}
	}
	v := newSurvey(src)
	r := workflow.Reading{Text: src, Sections: v.doc.sections()}
	switch c.Reads {
	case workflow.ReadsFindings:
		r.Findings = findingsIn(v, src)
		r.None = c.None != "" && v.alone(c.None)
	case workflow.ReadsPlan:
		r.Plan = planIn(v, src)
	case workflow.ReadsChecklist:
		r.Checklist = checklistIn(v.doc)
	case workflow.ReadsRequest:
		r.Request = requestIn(v)
	}
	return r
}

// alone reports whether a phrase is all that a line says, outside of code and quotes.
func (v *survey) alone(phrase string) bool {
	phrase = strings.Trim(phrase, " .")
	for _, p := range v.portions {
		if p.kind == codePortion || p.kind == otherPortion {
			continue
		}
		for _, line := range p.lines {
			if strings.Trim(line.text, " *_`#.!-") == phrase {
				return true
			}
		}
	}
	return false
}

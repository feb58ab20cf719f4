package workflow

import (
	"strings"

	"plumbline/backend/pattern"
)

// Text is a document with what was read from it, to find its parts in.
type Text struct {
	Body     string
	Items    []Item
	Sections []Section
	// Plan reads the steps; it is asked only when a part is one.
	Plan func() PlanRead
}

var (
	stepPart      = pattern.New(`(?i)^step (\S+)$`)
	criterionPart = pattern.New(`(?i)^AC-\d+$`)
)

// PartHash returns the hash of a part of a text, with the marks of its boxes blanked:
// a step of a plan ("step 4"), a criterion ("AC-3"), or what stands under a heading;
// the whole text for an empty name. It is empty when there is no such part. A step
// may have got another number, and a heading one: that is no change. want is the hash
// that is hoped for; a step that moved to another number is found by it.
func (t Text) PartHash(part, want string) string {
	if part == "" {
		return BlankHash(t.Body, t.Items)
	}
	if m := stepPart.FindStringSubmatch(part); m != nil {
		if hash := t.stepHash(m[1], want); hash != "" {
			return hash
		}
	}
	if criterionPart.MatchString(part) {
		for _, c := range Criteria(t.Sections) {
			if c.ID == CriterionID(part) {
				return Hash(fold(c.Text))
			}
		}
	}
	if s, ok := FindSection(t.Sections, part); ok && s.Level > 0 {
		return Hash(TitleKey(s.Title) + "\n" + t.blank(s.Body, s.End))
	}
	return ""
}

// stepHash is the hash of the step with a number, or want where another step has it.
func (t Text) stepHash(number, want string) string {
	found := ""
	for _, s := range t.Plan().Steps {
		hash := t.hashOfStep(s)
		if want != "" && hash == want {
			return want
		}
		if found == "" && sameNumber(s.Number, number) {
			found = hash
		}
	}
	return found
}

func (t Text) hashOfStep(s Step) string {
	block := t.blank(s.Start, s.End)
	first, rest, _ := strings.Cut(block, "\n")
	return Hash(strings.Replace(first, s.Number, "", 1) + "\n" + rest)
}

// blank returns a stretch of the text with the marks of its boxes blanked, without
// the space around it.
func (t Text) blank(start, end int) string {
	if start < 0 || start > end || end > len(t.Body) {
		return ""
	}
	block := []byte(t.Body[start:end])
	for _, it := range t.Items {
		if it.Offset >= start && it.Offset < end {
			block[it.Offset-start] = ' '
		}
	}
	return strings.TrimSpace(string(block))
}

// Part returns what a part of the text says, as it is written; empty when there is no
// such part. It is the whole text for an empty name.
func (t Text) Part(part string) string {
	if part == "" {
		return t.Body
	}
	if m := stepPart.FindStringSubmatch(part); m != nil {
		for _, s := range t.Plan().Steps {
			if sameNumber(s.Number, m[1]) {
				return t.Body[s.Start:s.End]
			}
		}
	}
	if criterionPart.MatchString(part) {
		for _, c := range Criteria(t.Sections) {
			if c.ID == CriterionID(part) {
				return c.Text
			}
		}
	}
	if s, ok := FindSection(t.Sections, part); ok && s.Level > 0 {
		return t.Body[s.Start:s.End]
	}
	return ""
}

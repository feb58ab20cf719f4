package markdown

import (
	"slices"
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

const (
	stepNumber = `[TS]?\d{1,4}(?:\.\d{1,3})*`
	stepList   = `(` + stepNumber + `(?:\s*(?:-|–|—|to|through|bis|,|and|und|&|/|\+|, and)\s*(?:tasks?\s+|steps?\s+)?` + stepNumber + `)*)`
	codedList  = `(T\d{1,4}(?:\s*(?:-|–|—|to|through|,|and|&|, and)\s*T\d{1,4})*)`
	stepWord   = `(?:tasks?|steps?|items?|schritte?|aufgaben?)\s*`
)

var (
	// blockRE is the title of a block about the order of steps.
	blockRE   = pattern.New(`^[^\pL]*(?i:(?:task |step )?dependenc(?:y|ies)(?: graph)?|high[- ]priority(?: tasks| steps| items)?|complexity(?: estimates?)?|parallel(?: work| execution| opportunities)?|abhängigkeiten)[^\pL]*(?:\([^()]*\))?[^\pL]*$`)
	dependsRE = pattern.New(`(?i)dependenc|critical path|abhängigkeit|order`)
	highRE    = pattern.New(`(?i)high[- ]priority`)
	complexRE = pattern.New(`(?i)complexity|effort|estimate`)
	beforeRE  = pattern.New(`(?i)` + stepWord + stepList + `\s+(?:(?:must|should|need to|needs to|have to|has to)\s+(?:all\s+)?(?:be\s+)?(?:complete[d]?|finish(?:ed)?|done|ready|precede|come|run)?\s*(?:before\s+)?|comes?\s+before\s+|before\s+|blocks?\s+|precedes?\s+)(?:starting\s+|any of\s+)?(?:` + stepWord + `)?` + stepList)
	afterRE   = pattern.New(`(?i)` + stepWord + stepList + `\s*:?\s+(?:depends?\s+on|requires?|needs?|waits?\s+for|(?:is|are)\s+blocked\s+by|builds?\s+on|(?:comes?|runs?|starts?)\s+after|hängt ab von)\s+(?:` + stepWord + `)?` + stepList)
	// codedBeforeRE and codedAfterRE are the same of numbers that need no word, as in
	// “T001 blocks T002” and “Tests (T004-T007) before implementation (T008-T014)”.
	codedBeforeRE = pattern.New(`\(?\b` + codedList + `\)?\s+(?:before|blocks?|precedes?)\s+(?:[\pL ]{0,40}\()?` + codedList)
	codedAfterRE  = pattern.New(`\(?\b` + codedList + `\)?\s+(?:depends?\s+on|requires?|needs?|waits?\s+for|after)\s+(?:[\pL ]{0,40}\()?` + codedList)
	parallelRE    = pattern.New(`(?i)` + stepWord + stepList + `\s+(?:can|may|could)\s+(?:all\s+)?(?:run|be done|be built|be worked on|proceed|happen|execute)?\s*(?:in\s+parallel|at the same time|concurrently|alongside)`)
	arrowRE       = pattern.New(`\s*(?:[─—-]+[►▶>→]|→|⇒|=+>|(?P<back>[◄◀<←]+[─—-]*|←))\s*`)
	leadListRE    = pattern.New(`^[\s(\[*•-]*(?i:` + stepWord + `)?` + stepList + `(?:\b|$)`)
	sizedRE       = pattern.New(`(?i)^[^\pL\d]*(\pL+)[^:]{0,30}[:：]\s*(?:` + stepWord + `)?` + stepList + `\s*[.]?$`)
	sizeOfRE      = pattern.New(`(?i)^[^\pL\d]*` + stepWord + stepList + `\s*[:：–—-]+\s*(\pL+)`)
	referenceRE   = pattern.New(`(?i)` + stepWord + stepList)
	bareListRE    = pattern.New(`^(?:[^:]{0,60}[:：]\s*)?` + stepList + `\s*[.]?$`)
	tokenRE       = pattern.New(stepNumber + `|-|–|—|\bto\b|\bthrough\b|\bbis\b`)
)

// maxRange is how many steps “1-9” may stand for.
const maxRange = 500

// numbersIn adds the numbers of steps that a value names, ranges included. What
// stands in brackets is said about them.
func (p *planner) numbersIn(value string, to []string) []string {
	value = parenthesesRE.ReplaceAllString(value, " ")
	for _, line := range strings.Split(value, "\n") {
		m := referenceRE.FindStringSubmatch(line)
		switch {
		case m != nil:
			for _, m := range referenceRE.FindAllStringSubmatch(line, -1) {
				to = spread(m[1], to)
			}
		default:
			if m := leadListRE.FindStringSubmatch(line); m != nil {
				to = spread(m[1], to)
			}
		}
	}
	return to
}

// allAboveRE names every step that stands before.
var allAboveRE = pattern.New(`(?i)^all\s+(?:(?:of\s+)?the\s+)?(?:(?:previous|prior|preceding|earlier)(?:\s+` + stepWord + `)?|` + stepWord + `(?:above|before))\W*$`)

// depends takes the steps that a field names. What names none is told, as nobody would miss it.
func (p *planner) depends(s *workflow.Step, value string) {
	if allAboveRE.MatchString(value) {
		for _, before := range p.read.Steps {
			s.Depends = append(s.Depends, before.Number)
		}
		return
	}
	before := len(s.Depends)
	s.Depends = p.numbersIn(value, s.Depends)
	if len(s.Depends) == before {
		s.Depends = p.named(value, s.Depends)
	}
	if len(s.Depends) == before {
		p.note("Step %s says that it depends on “%s”, which names no step. It is not counted.", s.Number, shorten(strings.Join(strings.Fields(value), " "), 80))
	}
}

// named adds the steps that a value without numbers names: by their titles, or by a
// number in brackets behind words.
func (p *planner) named(value string, to []string) []string {
	for _, name := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		name = strings.Trim(name, " .*_`\"“”")
		for _, m := range referenceRE.FindAllStringSubmatch(name, -1) {
			to = spread(m[1], to)
		}
		for _, s := range p.read.Steps {
			if strings.EqualFold(name, s.Title) && !slices.Contains(to, s.Number) {
				to = append(to, s.Number)
			}
		}
	}
	return to
}

var parenthesesRE = pattern.New(`\([^()]*\)`)

// spread adds the numbers of a list, with those between the ends of a range.
func spread(list string, to []string) []string {
	from, ranged := "", false
	for _, token := range tokenRE.FindAllString(list, -1) {
		if token[0] < '0' && token[0] != 'T' || !strings.ContainsAny(token, "0123456789") {
			ranged = from != ""
			continue
		}
		if ranged {
			to = between(from, token, to)
		}
		if !slices.Contains(to, token) {
			to = append(to, token)
		}
		from, ranged = token, false
	}
	return to
}

// between adds the numbers between two that differ only in their last part.
func between(from, until string, to []string) []string {
	digits := func(s string) (prefix, number string) {
		end := len(strings.TrimRight(s, "0123456789"))
		return s[:end], s[end:]
	}
	prefix, first := digits(from)
	other, last := digits(until)
	if prefix != other || atoi(last)-atoi(first) > maxRange {
		return to
	}
	for n := atoi(first) + 1; n < atoi(last); n++ {
		number := itoa(n)
		if len(first) == len(last) && strings.HasPrefix(first, "0") {
			number = strings.Repeat("0", max(0, len(first)-len(number))) + number
		}
		if !slices.Contains(to, prefix+number) {
			to = append(to, prefix+number)
		}
	}
	return to
}

// order reads what the plan says about the order of its steps outside of them.
func (p *planner) order() {
	known := map[string]int{}
	for i, s := range p.read.Steps {
		if _, ok := known[s.Number]; !ok {
			known[s.Number] = i
		}
	}
	p.heads = nil
	for i, c := range p.portions {
		p.follow(i)
		title := ""
		if n := len(p.heads); n > 0 {
			title = p.heads[n-1].title
		}
		for _, line := range c.lines {
			if elidedRE.MatchString(line.text) && c.kind != codePortion {
				p.read.Elided = true
			}
		}
		if p.taken[i] || c.kind == headingPortion || c.kind == otherPortion || c.kind == codePortion && !dependsRE.MatchString(title) {
			continue
		}
		for _, line := range c.lines {
			p.orderLine(line.text, title, known)
		}
	}
}

// orderLine reads one line outside of the steps.
func (p *planner) orderLine(line, title string, known map[string]int) {
	for _, m := range beforeRE.FindAllStringSubmatch(line, -1) {
		p.link(spread(m[1], nil), spread(m[2], nil), known, true)
	}
	for _, m := range afterRE.FindAllStringSubmatch(line, -1) {
		p.link(spread(m[2], nil), spread(m[1], nil), known, true)
	}
	for _, m := range codedBeforeRE.FindAllStringSubmatch(line, -1) {
		p.link(spread(m[1], nil), spread(m[2], nil), known, true)
	}
	for _, m := range codedAfterRE.FindAllStringSubmatch(line, -1) {
		p.link(spread(m[2], nil), spread(m[1], nil), known, true)
	}
	for _, m := range parallelRE.FindAllStringSubmatch(line, -1) {
		p.each(spread(m[1], nil), known, func(s *workflow.Step) { s.Parallel = true })
	}
	switch {
	case dependsRE.MatchString(title):
		p.arrows(line, known)
	case highRE.MatchString(title):
		p.each(p.referred(line), known, func(s *workflow.Step) {
			if !slices.Contains(s.Tags, "high-priority") {
				s.Tags = append(s.Tags, "high-priority")
			}
		})
	case complexRE.MatchString(title):
		p.sizes(line, known)
	}
}

// arrows reads “1 → 2 → 3” and “3 ← 2”.
func (p *planner) arrows(line string, known map[string]int) {
	at := arrowRE.FindAllStringSubmatchIndex(line, -1)
	for n, m := range at {
		begin, end := 0, len(line)
		if n > 0 {
			begin = at[n-1][1]
		}
		if n+1 < len(at) {
			end = at[n+1][0]
		}
		left, right := leadListRE.FindStringSubmatch(line[begin:m[0]]), leadListRE.FindStringSubmatch(line[m[1]:end])
		if left == nil || right == nil {
			continue
		}
		before, after := spread(left[1], nil), spread(right[1], nil)
		if m[2] >= 0 {
			before, after = after, before
		}
		p.link(before, after, known, false)
	}
}

// sizes reads “Large: 2, 5” and “Task 3: L”.
func (p *planner) sizes(line string, known map[string]int) {
	word, list := "", ""
	if m := sizeOfRE.FindStringSubmatch(line); m != nil {
		list, word = m[1], m[2]
	} else if m := sizedRE.FindStringSubmatch(line); m != nil {
		word, list = m[1], m[2]
	}
	effort := effortOf(word, true)
	p.each(spread(list, nil), known, func(s *workflow.Step) {
		if s.Effort == "" {
			s.Effort = effort
		}
	})
}

// referred returns the steps that a line is about.
func (p *planner) referred(line string) []string {
	var all []string
	for _, m := range referenceRE.FindAllStringSubmatch(line, -1) {
		all = spread(m[1], all)
	}
	if m := bareListRE.FindStringSubmatch(line); m != nil && all == nil {
		all = spread(m[1], all)
	}
	return all
}

// link makes the steps of one list depend on those of another. With strict, a
// step that is not in the plan is kept, so that it is missed.
func (p *planner) link(before, after []string, known map[string]int, strict bool) {
	p.each(after, known, func(s *workflow.Step) {
		for _, number := range before {
			_, ok := known[number]
			if (ok || strict) && number != s.Number && !slices.Contains(s.Depends, number) {
				s.Depends = append(s.Depends, number)
			}
		}
	})
}

func (p *planner) each(numbers []string, known map[string]int, do func(*workflow.Step)) {
	for _, number := range numbers {
		if i, ok := known[number]; ok {
			do(&p.read.Steps[i])
		}
	}
}

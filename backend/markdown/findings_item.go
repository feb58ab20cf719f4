package markdown

import (
	"strings"

	"plumbline/backend/pattern"
)

// takeItem reads a list item: a finding with all that stands under it, or the
// name of what stands under it.
func (f *finder) takeItem(i int) int {
	p := f.portions[i]
	next := f.next(i)
	line := p.first()
	if f.phraseIn(p) {
		return next
	}
	l := leadOf(line)
	if f.scopes.excluded() {
		f.skipIf(l.severity != "" && l.title != "" && !denies(l.title) && !leadCount(line.text))
		return next
	}
	if goneRE.MatchString(l.title) {
		f.skipIf(l.severity != "")
		return next
	}
	inner := f.portions[i+1 : next]
	if _, field := findingFields.find(line); field && !fieldLeadRE.MatchString(line.text) && !f.holdsLeads(p, inner) {
		return next
	}
	if p.mark == nil && (statisticRE.MatchString(line.text) || leadCount(line.text)) || denies(l.title) || denies(line.text) {
		return next
	}
	if f.groups(p, l, inner) {
		f.scopes.enterItem(scopeOf(p.text()), p.depth)
		return i + 1
	}
	if line.text == "" {
		return i + 1
	}
	c := f.candidate(i, next, l, p.lines)
	c.explicit = c.Severity != ""
	c.bare = !c.explicit
	if c.bare {
		c.Severity, c.Label = f.scopes.severity()
	}
	f.add(c, !c.bare)
	return next
}

// groups reports whether an item is the name of findings under it.
func (f *finder) groups(p portion, l lead, inner []portion) bool {
	if l.severity == "" && f.holdsLeads(p, inner) {
		return true
	}
	nested := 0
	for _, q := range inner {
		if q.kind != itemPortion || q.depth != p.depth+1 {
			continue
		}
		if _, field := findingFields.find(q.first()); field {
			return false
		}
		nested++
	}
	if nested == 0 {
		return false
	}
	class := scopeOf(p.text()).class
	return l.title == "" && l.severity != "" || isGroup(p.text()) || class == categoryScope && l.severity == ""
}

// holdsLeads reports whether the entries directly under an item begin with
// severities, so that it is the name of their group, whatever it is called.
func (f *finder) holdsLeads(p portion, inner []portion) bool {
	for _, q := range inner {
		if q.kind != itemPortion || q.depth != p.depth+1 {
			continue
		}
		if _, field := findingFields.find(q.first()); field {
			return false
		}
		if leadOf(q.first()).severity != "" && !leadCount(q.first().text) {
			return true
		}
	}
	return false
}

var (
	// statisticRE is an item that gives a figure.
	statisticRE = pattern.New(`^[^:]{1,48}[:：]\s*[~≈+-]?\d[\d.,]*\s*(?:%|/|\(|,|$|\w{0,12}$)`)
	// goneRE is an entry about what is no more.
	goneRE = pattern.New(`(?i)\b(?:(?:is|was|were|are|been|now)\s+(?:\w+\s+)?)?(?:eliminated|fixed|resolved|patched|remediated)\s*[.!✅✔]*$`)
	// deniesRE says that there is nothing of a kind.
	deniesRE = pattern.New(`(?i)^(?:(?:none|nothing|nil|n/?a|keine?|aucune?|ninguna?|无|没有)(?:[\s.!*_–—-]*$|[\s.]+(?:found|identified|detected|remaining|to report|of note|here|gefunden|reported|noted|observed|open|at this time|in this).*)|` +
		`(?:no|zero|there (?:are|were) no|keine?)\s[\w ,/*_-]{0,60}?\b(?:issues|findings|problems|vulnerabilities|concerns|gaps|defects|bugs|risks|weaknesses|befunde|probleme|schwachstellen)\b(?:\s+(?:were|was|have|has|remain|found|identified|detected|here|in this|at this|of note|remaining|to report|noted|observed|gefunden).*|\s*(?:\([^)]*\))?[\s.!*_]*$))`)
	// inlineSeverityRE is a severity that stands in the middle of a line, with its name.
	inlineSeverityRE = pattern.New(`(?i)\b(?:severity|schweregrad|priority)\s*[:=]\s*[^\pL\d]{0,4}` + severityWord + `\b`)
	// placeRE is a path with a line number, or at least with a folder and an extension.
	placeRE = pattern.New(`(?:[\w@.~-]+/)*[\w@.-]+\.[A-Za-z]{1,6}:\d+(?:[-–:]\d+)?|(?:[\w@.~-]+/)+[\w@.-]+\.[A-Za-z]{1,6}\b`)
)

// denies reports whether a text says that there is nothing.
func denies(text string) bool { return deniesRE.MatchString(strings.TrimSpace(text)) }

// candidate makes a finding of the portions from i up to last: of its first line,
// the lines that follow in the same portion, and all that stands below.
func (f *finder) candidate(i, last int, l lead, lines []portionLine) candidate {
	p, line := f.portions[i], lines[0]
	c := candidate{kind: p.kind, last: last, list: p.list, explicit: true}
	c.scope, c.labelled, c.summary = f.scopes.class(), f.scopes.labelled(), f.scopes.summary()
	c.Number, c.Severity, c.Label, c.Box, c.Mark = l.number, l.severity, l.label, -1, -1
	c.Start, c.End = p.start, f.trim(p.start, last)
	if p.mark != nil {
		c.Box, c.Mark, c.Marked = p.mark.Index, p.mark.Offset, p.mark.Marked
	}
	if line.struck {
		c.Status = "Closed"
	}
	rest := ""
	c.Title, rest = splitTitle(l.title, line)
	head := portion{kind: textPortion, depth: p.depth}
	if len(lines) > 1 {
		head.lines = lines[1:]
	}
	f.fill(&c, append([]portion{head}, f.portions[i+1:last]...), rest)
	if c.Category == "" {
		c.Category = f.scopes.category()
	}
	if c.Status == "" && f.scopes.resolved() {
		c.Status = "Fixed"
	}
	return c
}

// fill takes the fields of a block into a finding. rest is what stood behind its title.
func (f *finder) fill(c *candidate, block []portion, rest string) {
	fields, loose := findingFields.read(block)
	for _, field := range fields {
		f.fillField(c, field)
	}
	prose := nonBlank(rest)
	for _, p := range loose {
		if p.kind == textPortion || p.kind == itemPortion {
			prose = append(prose, p.first().text)
		}
	}
	if text := strings.TrimSpace(strings.Join(prose, "\n")); text != "" && c.Problem == "" {
		c.Problem = text
	}
	if c.Severity == "" {
		if m := inlineSeverityRE.FindStringSubmatch(c.Title + "\n" + strings.Join(prose, "\n")); m != nil {
			c.Severity, c.Label = severities[strings.ToLower(m[1])], m[1]
		}
	}
	if c.Location == "" {
		c.Location = placeRE.FindString(c.Title + "\n" + c.Problem)
	}
}

func (f *finder) fillField(c *candidate, field namedField) {
	value := field.text()
	switch field.name {
	case "severity":
		severity, label := severityOf(value)
		if severity == "" {
			return
		}
		if c.Severity != "" && c.Severity != severity {
			f.note("“%s” is %s in its title and %s in its field; the field counts.", c.Title, c.Severity.Word(), severity.Word())
		}
		c.Severity, c.Label = severity, label
	case "problem":
		c.Problem = strings.TrimSpace(c.Problem + "\n" + value)
	case "location":
		place, more := splitPlace(field, value)
		set(&c.Location, place)
		c.Problem = strings.TrimSpace(c.Problem + "\n" + more)
	case "category":
		set(&c.Category, value)
	case "fix":
		c.Fix = strings.TrimSpace(c.Fix + "\n" + value)
	case "verify":
		c.Verify = strings.TrimSpace(c.Verify + "\n" + value)
	case "status":
		set(&c.Status, strings.TrimSpace(signsRE.ReplaceAllString(value, "")))
	case "number":
		set(&c.Number, value)
	case "title":
		if c.Title == "" {
			c.Title = value
		}
	}
}

// splitPlace takes apart the place of a finding and the sentences that go on below
// it in the same paragraph.
func splitPlace(field namedField, value string) (place, more string) {
	lines := strings.Split(value, "\n")
	n := len(lines)
	for i := 1; i < n && !field.open; i++ {
		if !placeRE.MatchString(lines[i]) && strings.HasSuffix(strings.TrimSpace(lines[i]), ".") {
			n = i
		}
	}
	return strings.Join(lines[:n], ", "), strings.Join(lines[n:], "\n")
}

// set sets a text that is not set yet.
func set(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// maxTitle is how long a title is at most, in characters.
const maxTitle = 160

// splitTitle parts what is the title from what explains it: the bold beginning,
// else the first sentence.
func splitTitle(text string, line portionLine) (title, rest string) {
	text = strings.TrimSpace(text)
	strong := strings.TrimSpace(line.strong)
	for _, bold := range []string{strong, leadOf(portionLine{text: strong}).title} {
		bold = strings.TrimRight(bold, " .:：")
		if len([]rune(bold)) >= 3 && strings.HasPrefix(text, bold) && severities[strings.ToLower(bold)] == "" {
			return shorten(bold, maxTitle), strings.TrimLeft(text[len(bold):], " .:：–—-")
		}
	}
	title = sentence(text)
	if rest = strings.TrimSpace(text[len(title):]); rest == "" && len([]rune(title)) <= maxTitle {
		return strings.TrimRight(title, " .:："), ""
	}
	short := shorten(title, maxTitle)
	if short != title {
		return short, text
	}
	return strings.TrimRight(title, " .:："), rest
}

// add keeps a candidate.
func (f *finder) add(c candidate, explicit bool) {
	c.explicit = explicit
	if strings.TrimSpace(c.Title) == "" {
		return
	}
	if c.Severity == "" && explicit {
		c.Severity, c.Label = f.scopes.severity()
	}
	f.found = append(f.found, c)
}

func (f *finder) skipIf(severe bool) {
	if severe {
		f.skipped++
	}
}

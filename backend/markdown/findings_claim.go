package markdown

import (
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

const amountWord = `(\d{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zero|no)`

const reportNouns = `(?:issues?|findings?|problems?|vulnerabilit(?:y|ies)|bugs?|defects?|gaps?|weaknesses|concerns?|risks?)`

var (
	// totalRE is “Total: 4”, “Total: 5 findings”, “Findings: 4”.
	totalRE = pattern.New(`(?i)^[^\pL\d]*(?:grand |overall )?(?:overall|in total|total(?: (?:issues|findings|number of \w+))?|issues found|findings|number of findings|gesamt)\s*[:=]\s*` + amountWord + `\b`)
	// foundRE is a sentence that says how many there are.
	foundRE = pattern.New(`(?i)\b(?:found|identified|identifying(?: and fixing)?|discovered|uncovered|detected|reports?|reported|lists?|has|have|contains?|there (?:are|is)|revealed|noted|a total of|total of|gefunden)\s+(?:a total of\s+)?` + amountWord + `\s+((?:[\pL/-]+\s+){0,3}?)` + reportNouns + `\b`)
	// beginsRE is such a sentence that begins with the number.
	beginsRE = pattern.New(`(?i)^[^\pL\d]*` + amountWord + `\s+((?:[\pL/-]+\s+){0,2}?)` + reportNouns + `\b(?:\s+(?:were|was|have been|found|identified|remain|detected|listed|in total)|\s*[:.(]|\s*$)`)
	// perSeverityRE is a number of one severity, in either order.
	perSeverityRE = pattern.New(`(?i)\b` + severityWord + `(?:[ -](?:severity|priority))?\s*[:=]\s*(\d{1,5})\b|\b` + amountWord + `\s+` + severityWord + `\b`)
	// countLineRE is an entry that gives the number of one severity.
	countLineRE = pattern.New(`(?i)^[^\pL\d]*` + severityWord + `(?:[ -](?:severity|priority))?(?:\s+(?:issues|findings|problems|vulnerabilities|bugs|risks))?\s*(?:[:：=]|\s[-–—]\s|\()\s*\(?\s*(\d{1,5}|none|zero|no)\b\)?\s*(?:issues?|findings?|items?|found|open)?\s*\W*$`)
	// unratedRE is the number of findings that have no severity.
	unratedRE = pattern.New(`(?i)\b(?:none|unrated|no severity|without(?: a)? severity)\s*[:=]\s*(\d{1,5})\b`)
	// oldRE tells a number that is about another text.
	oldRE = pattern.New(`(?i)\b(?:previous|previously|prior|earlier|new|last round|resolved|remaining|pre-existing|original)\b`)
)

var amounts = map[string]int{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
	"ten": 10, "eleven": 11, "twelve": 12}

func amount(s string) int {
	if n, ok := amounts[strings.ToLower(s)]; ok {
		return n
	}
	return atoi(s)
}

// leadCount reports whether a line gives numbers of findings, rather than one.
func leadCount(text string) bool { return countLineRE.MatchString(text) || severalCounts(text) }

// claim collects the numbers that a text claims in headings, paragraphs and items.
func (f *finder) claim(p portion) {
	if f.scopes.excluded() || p.depth > 1 || p.kind == headPortion || p.kind == rowPortion {
		return
	}
	for _, line := range p.lines {
		if c, ok := claimOf(line.text); ok {
			c.Start, c.End = p.start, f.doc.lineEnd(p.start)
			if len(p.lines) > 1 {
				c.End = f.paragraphEnd(p)
			}
			f.claims = append(f.claims, c)
		}
	}
}

// paragraphEnd returns where the lines of a portion end.
func (f *finder) paragraphEnd(p portion) int {
	end := p.start
	for range p.lines {
		end = f.doc.lineEnd(end)
	}
	return end
}

// claimOf reads the number of findings that a line claims.
func claimOf(text string) (workflow.FindingClaim, bool) {
	c := workflow.FindingClaim{Total: -1, BySeverity: map[workflow.Severity]int{}, Text: shorten(text, 200)}
	rest := text
	if m := totalRE.FindStringSubmatch(text); m != nil {
		c.Total = amount(m[1])
	} else if m := foundRE.FindStringSubmatchIndex(text); m != nil && !oldRE.MatchString(text[m[0]:m[1]]) {
		rest = claimSentence(&c, text, m)
	} else if m := beginsRE.FindStringSubmatchIndex(text); m != nil && !oldRE.MatchString(text[m[0]:m[1]]) {
		rest = claimSentence(&c, text, m)
	} else if !leadCount(text) {
		return c, false
	}
	for _, m := range perSeverityRE.FindAllStringSubmatch(rest, -1) {
		word, number := m[1], m[2]
		if word == "" {
			word, number = m[4], m[3]
		}
		c.BySeverity[severities[strings.ToLower(word)]] = amount(number)
	}
	if m := unratedRE.FindStringSubmatch(rest); m != nil {
		c.BySeverity[""] = atoi(m[1])
	}
	if m := countLineRE.FindStringSubmatch(text); m != nil {
		c.BySeverity[severities[strings.ToLower(m[1])]] = amount(m[2])
	}
	return c, c.Total > 0 || len(c.BySeverity) > 0 || totalRE.MatchString(text)
}

// claimSentence reads a sentence that claims a number: “17 issues”, “5 critical
// issues”. It returns the part of the text that may tell more.
func claimSentence(c *workflow.FindingClaim, text string, m []int) string {
	between := strings.TrimSpace(group(text, m, 2))
	if s := severities[strings.ToLower(firstWord(between))]; s != "" {
		return text[m[2]:]
	}
	c.Total = amount(group(text, m, 1))
	return text[m[1]:]
}

// severalCounts reports whether a line is a row of counts: “P0: 1 | P1: 2”.
func severalCounts(text string) bool {
	if strings.Count(text, ":")+strings.Count(text, "=") < 2 || !strings.ContainsAny(text, "0123456789") {
		return false
	}
	all := perSeverityRE.FindAllStringSubmatch(text, -1)
	counted := 0
	for _, m := range all {
		if m[1] != "" {
			counted++
		}
	}
	return counted > 1
}

// claimRows reads a table of severities and their numbers.
func (f *finder) claimRows(t grid) {
	c := workflow.FindingClaim{Total: -1, BySeverity: map[workflow.Severity]int{}}
	var texts []string
	for _, row := range t.rows {
		number := strings.TrimSpace(t.cell(row, "count").text)
		if firstWord(number) == "" || number[0] < '0' || number[0] > '9' {
			continue
		}
		name := t.cell(row, "severity").text
		if s, _ := severityOf(name); s != "" {
			c.BySeverity[s] += atoi(firstWord(number))
		} else if strings.EqualFold(firstWord(name), "total") {
			c.Total = atoi(firstWord(number))
		}
		texts = append(texts, name+": "+number)
	}
	if len(texts) == 0 {
		return
	}
	last := t.rows[len(t.rows)-1]
	c.Start, c.End, c.Text = t.rows[0].start, f.doc.lineEnd(last.start), shorten(strings.Join(texts, ", "), 200)
	f.claims = append(f.claims, c)
}

// compare notes where what is claimed differs from what is listed.
func (f *finder) compare(read workflow.FindingsRead) {
	for _, difference := range read.Differences() {
		f.note("%s", difference)
	}
	numbers := map[[2]string]bool{}
	for _, g := range read.Findings {
		key := [2]string{g.Category, g.Number}
		if g.Number != "" && numbers[key] {
			f.note("Two findings have the number %s.", g.Number)
		}
		numbers[key] = true
	}
}

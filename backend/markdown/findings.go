package markdown

import (
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// findingFields are the fields of a finding as people name them.
var findingFields = names(
	"severity: severity, sev, sev., priority, severity level, schweregrad, priorität, gravité, gravedad, 严重程度, 严重性, 优先级",
	"category: category, area, type, kind, class, kategorie, bereich, catégorie, categoría, 类别",
	"location: where, location, locations, file, files, path, line, lines, anchor, anchors, component, components, affected, affected file, affected files, affected component, code reference, code, reference, site, ort, fundstelle, datei, emplacement, ubicación, 位置, 文件",
	"problem: problem, issue, description, finding, risk, impact, detail, details, what, why, cause, root cause, concern, analysis, explanation, evidence, consequence, beschreibung, auswirkung, folge, problème, problema, 问题, 描述, 影响",
	"fix: fix, fix applied, fixes, recommendation, recommended fix, recommended action, remediation, solution, mitigation, mitigations, action, actions, suggestion, suggested fix, proposed fix, resolution, how to fix, lösung, behebung, empfehlung, maßnahme, correction, solución, 修复, 建议",
	"verify: verify, verification, test, tests, how to verify, check, validation, prüfung, überprüfung, nachweis, vérification, verificación, 验证",
	"status: status, state, zustand, statut, estado, 状态",
	"number: id, finding id, issue id",
	"title: title, name, summary, titel",
)

// candidate is what may be a finding.
type candidate struct {
	workflow.ReportedFinding
	kind     portionKind
	last     int  // the index of the portion behind it
	list     int  // the list or table it stands in
	explicit bool // the text itself says that this is a finding: it has a severity, or a number and fields
	bare     bool // it is one only if its surroundings are about findings
	summary  bool // it stands in a summary
	labelled bool // the heading above it is a paragraph
	scope    scopeClass
}

// finder goes over a text and collects what may be findings.
type finder struct {
	*survey
	scopes scopes
	found  []candidate
	claims []workflow.FindingClaim
	doubtful
	phrase  string
	denied  bool // the text says in its own words that nothing was found
	skipped int  // entries with a severity in sections that hold no findings
}

// Findings reads the findings of an audit, in whatever usual shape they are
// written: items, headings, paragraphs or rows of tables, with a severity, or
// under a heading that is about findings. A severity counts where it is marked
// as one, and never as a word of a sentence. What stands in code or quotes is
// not read, nor what the text calls good, recommended or resolved.
func Findings(src string) workflow.FindingsRead { return findingsIn(newSurvey(src), src) }

func findingsIn(v *survey, src string) workflow.FindingsRead {
	f := &finder{survey: v}
	for i := 0; i < len(f.portions); {
		i = f.take(i)
	}
	f.settle(src)
	read := workflow.FindingsRead{Findings: []workflow.ReportedFinding{}, Claims: append([]workflow.FindingClaim{}, f.claims...), Phrase: f.phrase}
	for _, c := range f.found {
		read.Findings = append(read.Findings, c.ReportedFinding)
	}
	f.compare(read)
	read.Notes = append([]string{}, f.doubtful...)
	f.shift(&read)
	return read
}

// shift makes offsets those of the text as it was given.
func (f *finder) shift(read *workflow.FindingsRead) {
	for i := range read.Findings {
		g := &read.Findings[i]
		g.Line = f.doc.line(g.Start)
		g.Start, g.End = g.Start+f.doc.skip, g.End+f.doc.skip
	}
	for i := range read.Claims {
		read.Claims[i].Start += f.doc.skip
		read.Claims[i].End += f.doc.skip
	}
}

// take reads the portion i and returns the index of the next one to read.
func (f *finder) take(i int) int {
	p := f.portions[i]
	f.scopes.leave(p)
	if p.kind != codePortion && p.kind != otherPortion {
		f.claim(p)
	}
	switch p.kind {
	case headingPortion:
		return f.takeHeading(i)
	case textPortion:
		return f.takeText(i)
	case itemPortion:
		return f.takeItem(i)
	case headPortion:
		return f.takeTable(i)
	}
	return i + 1
}

// takeHeading reads a heading: a finding, or the name of what follows.
func (f *finder) takeHeading(i int) int {
	p := f.portions[i]
	line := portionLine{text: p.text(), strong: p.first().strong}
	body := f.body(i)
	l := leadOf(line)
	if severity := f.severityField(body); severity != "" && l.severity == "" && !f.scopes.excluded() {
		l.severity = severity
	}
	if f.scopes.excluded() || !f.isFinding(l, line, body) {
		f.skipIf(l.severity != "" && f.scopes.excluded() && l.title != "")
		f.scopes.enter(scopeOf(line.text), p.level)
		return i + 1
	}
	end := i + 1
	for end < len(f.portions) {
		next := f.portions[end]
		if next.kind == headingPortion && (next.level <= p.level || f.opens(end)) {
			break
		}
		end++
	}
	f.add(f.candidate(i, end, leadOf(line), []portionLine{line}), true)
	return end
}

// opens reports whether a heading inside a finding is a finding of its own.
func (f *finder) opens(i int) bool {
	line := portionLine{text: f.portions[i].text(), strong: f.portions[i].first().strong}
	l := leadOf(line)
	_, named := findingFields[strings.ToLower(l.title)]
	severe := f.severityField(f.body(i)) != ""
	return !named && (l.severity != "" || severe) && l.title != ""
}

// body returns what stands directly under a heading.
func (f *finder) body(i int) []portion {
	end := i + 1
	for end < len(f.portions) && f.portions[end].kind != headingPortion {
		end++
	}
	return f.portions[i+1 : end]
}

// isFinding reports whether a heading is the title of a finding, rather than of a group of them.
func (f *finder) isFinding(l lead, line portionLine, body []portion) bool {
	if l.title == "" || denies(l.title) || leadCount(line.text) || isGroup(line.text) {
		return false
	}
	first := slices.IndexFunc(body, func(p portion) bool { return p.kind != otherPortion })
	field := f.severityField(body) != ""
	switch {
	case field && !f.holdsFindings(body) && (scopeOf(line.text).class == plainScope || l.number != ""):
		return true
	case l.severity == "":
		return first >= 0 && (reportedNumberRE.MatchString(signsRE.ReplaceAllString(line.text, "")) || f.belongs(l, line, body, first))
	case l.number != "" || l.how == byBracket || l.how == byTail:
		return true
	case f.holdsFindings(body):
		return false
	case first >= 0 && body[first].kind == headPortion:
		return false
	case first >= 0 && body[first].kind == itemPortion:
		// “### High: a title” goes on with its details, “### P2 operational risks” with findings.
		_, field := findingFields.find(body[first].first())
		return field || strings.ContainsAny(line.text, ":：[(")
	}
	return first >= 0 || strings.ContainsAny(line.text, ":：[(–—")
}

// belongs reports whether a heading without a severity is a finding because of
// what it stands under: with a number or fields, or, below a severity, with text.
func (f *finder) belongs(l lead, line portionLine, body []portion, first int) bool {
	class := f.scopes.class()
	if class != findingScope && class != severityScope || scopeOf(line.text).class != plainScope || f.holdsFindings(body) {
		return false
	}
	fields, _ := findingFields.read(body)
	return l.number != "" || len(fields) > 0 || class == severityScope && body[first].kind == textPortion
}

// holdsFindings reports whether the items or rows of a body have severities of their own.
func (f *finder) holdsFindings(body []portion) bool {
	for _, p := range body {
		if p.kind == itemPortion && p.depth == 0 {
			if _, field := findingFields.find(p.first()); !field && leadOf(p.first()).severity != "" {
				return true
			}
		}
	}
	return false
}

// severityField finds the severity that a field of a block gives; empty for none.
// Deeper items are left out: they are findings themselves.
func (f *finder) severityField(body []portion) workflow.Severity {
	for _, p := range body {
		if p.depth > 0 || p.kind == codePortion || p.kind == otherPortion || p.kind == headPortion || p.kind == rowPortion {
			continue
		}
		for _, line := range p.lines {
			field, found := findingFields.find(line)
			if !found {
				continue
			}
			for _, part := range findingFields.split(field) {
				if part.name != "severity" {
					continue
				}
				if severity, _ := severityOf(part.text()); severity != "" {
					return severity
				}
			}
		}
	}
	return ""
}

// takeText reads a paragraph: findings that begin with a severity, or the name of what follows.
func (f *finder) takeText(i int) int {
	p := f.portions[i]
	line := p.first()
	text := p.text()
	if f.phraseIn(p) {
		return i + 1
	}
	if len(p.lines) == 1 && p.depth == 0 && !f.titles(i) && (allStrong(line) || strings.HasSuffix(text, ":") || strings.HasSuffix(text, "：")) {
		if _, field := findingFields.find(line); !field || !allStrong(line) {
			if f.enterLabel(line) {
				return i + 1
			}
		}
	}
	if p.depth > 0 {
		return i + 1
	}
	var starts []int
	for n, line := range p.lines {
		if l := leadOf(line); f.textual(l, line) {
			starts = append(starts, n)
		}
	}
	if len(starts) == 0 || starts[0] > 0 && len(starts) == 1 {
		return f.takeTitled(i)
	}
	if f.scopes.excluded() {
		f.skipped += len(starts)
		return i + 1
	}
	if len(starts) > 1 {
		f.takeLines(i, starts)
		return i + 1
	}
	end := f.behind(i)
	f.add(f.candidate(i, end, leadOf(line), p.lines), true)
	return end
}

// titles reports whether a paragraph of one line is the title of a finding, not of several.
func (f *finder) titles(i int) bool {
	line := f.portions[i].first()
	l := leadOf(line)
	if !f.textual(l, line) || isGroup(line.text) {
		return false
	}
	if i+1 == len(f.portions) || l.how == byBracket || l.number != "" {
		return true
	}
	_, field := findingFields.find(f.portions[i+1].first())
	return field || f.portions[i+1].kind == textPortion
}

// takeTitled reads a bold paragraph that has the fields of a finding in it or behind it.
func (f *finder) takeTitled(i int) int {
	p := f.portions[i]
	line := p.first()
	if line.strong == "" || f.scopes.excluded() {
		return i + 1
	}
	if _, field := findingFields.find(line); field {
		return i + 1
	}
	end := f.behind(i)
	if f.severityField(f.portions[i:end]) == "" && !reportedNumberRE.MatchString(signsRE.ReplaceAllString(line.strong, "")) {
		return i + 1
	}
	f.add(f.candidate(i, end, leadOf(line), p.lines), true)
	return end
}

// behind returns where the finding ends that a paragraph begins: before a
// heading, a further title, or a list that is none of its fields.
func (f *finder) behind(i int) int {
	for end := i + 1; end < len(f.portions); end++ {
		p := f.portions[end]
		_, field := findingFields.find(p.first())
		switch {
		case p.kind == headingPortion || p.kind == headPortion:
			return end
		case p.kind == textPortion && p.depth == 0 && !field:
			if l := leadOf(p.first()); f.textual(l, p.first()) || p.first().strong != "" {
				return end
			}
		case p.kind == itemPortion && p.depth == 0 && !field && leadOf(p.first()).severity != "":
			return end
		}
	}
	return len(f.portions)
}

// otherwise are words that begin a paragraph that is no finding.
var otherwise = map[string]bool{"blocker": true, "blocking": true, "warning": true, "info": true, "information": true, "important": true}

// textual reports whether a line of a paragraph begins with a severity that cannot be a word of a sentence.
func (f *finder) textual(l lead, line portionLine) bool {
	if l.severity == "" || l.title == "" || denies(l.title) || leadCount(line.text) {
		return false
	}
	if _, field := findingFields.find(line); field || otherwise[strings.ToLower(l.label)] {
		return false
	}
	switch l.how {
	case byMark:
		return line.strong != "" || strings.ToUpper(l.label) == l.label
	case byTail:
		return line.strong == line.text || line.strong != "" && tailRE.ReplaceAllString(line.text, "") == line.strong
	case byMiddle:
		return line.strong != ""
	case barely:
		return false
	}
	return true
}

// takeLines reads a paragraph each of whose lines may be a finding.
func (f *finder) takeLines(i int, starts []int) {
	p := f.portions[i]
	at := p.start
	for n, start := range starts {
		end := len(p.lines)
		if n+1 < len(starts) {
			end = starts[n+1]
		}
		c := f.candidate(i, i+1, leadOf(p.lines[start]), p.lines[start:end])
		// The lines of a paragraph are those of its source, unless code runs over the end of one.
		from := at
		for range starts[n] - lineBefore(starts, n) {
			from = f.doc.lineEnd(from)
		}
		at = from
		to := from
		for range end - start {
			to = f.doc.lineEnd(to)
		}
		c.Start, c.End = from, min(to, f.end(i))
		f.add(c, true)
	}
}

func lineBefore(starts []int, n int) int {
	if n == 0 {
		return 0
	}
	return starts[n-1]
}

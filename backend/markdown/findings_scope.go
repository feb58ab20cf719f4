package markdown

import (
	"slices"
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// scopeClass is what a heading says about what stands under it.
type scopeClass int

const (
	plainScope    scopeClass = iota
	findingScope             // “Findings”, “Issues found”
	severityScope            // “Critical”, “P2 operational risks”
	categoryScope            // “Error handling”
	summaryScope             // “Summary”
	excludedScope            // “Recommendations”, “What is good”, “Resolved”
)

// scope is a heading, or what serves as one, with what it says.
type scope struct {
	class    scopeClass
	title    string
	severity workflow.Severity
	label    string
	category string
	level    int
	depth    int // of the list item that serves as a heading, -1 for none
}

// scopes are the headings above the place that is read, the outermost first.
type scopes []scope

// labelLevel is the level of a paragraph that serves as a heading.
const labelLevel = 7

// leave drops the headings that do not reach to a portion.
func (s *scopes) leave(p portion) {
	for n := len(*s); n > 0; n-- {
		last := (*s)[n-1]
		if p.kind == headingPortion && last.level >= p.level || last.depth >= 0 && p.depth <= last.depth {
			*s = (*s)[:n-1]
			continue
		}
		return
	}
}

func (s *scopes) enter(next scope, level int) {
	for n := len(*s); n > 0 && (*s)[n-1].level >= level && (*s)[n-1].depth < 0; n-- {
		*s = (*s)[:n-1]
	}
	next.level, next.depth = level, -1
	*s = append(*s, next)
}

func (s *scopes) enterItem(next scope, depth int) {
	next.level, next.depth = labelLevel+1, depth
	*s = append(*s, next)
}

// excluded reports whether a heading above says that there are no findings here.
// The title of the whole text does not.
func (s scopes) excluded() bool {
	for _, each := range s {
		if each.class == excludedScope && each.level > 1 {
			return true
		}
	}
	return false
}

// summary reports whether the nearest heading is that of a summary, which tells
// in short what is told again below. The title of the whole text is none.
func (s scopes) summary() bool {
	for n := len(s) - 1; n >= 0; n-- {
		if s[n].level < labelLevel {
			return s[n].level > 1 && s[n].class == summaryScope
		}
	}
	return false
}

// resolved reports whether a heading says that what stands under it has been dealt with.
func (s scopes) resolved() bool {
	return slices.ContainsFunc(s, func(each scope) bool {
		return each.level > 1 && resolvedRE.MatchString(each.title) && reportedRE.MatchString(each.title)
	})
}

// labelled reports whether the nearest heading is a paragraph that serves as one.
func (s scopes) labelled() bool { return len(s) > 0 && s[len(s)-1].level == labelLevel }

// class is that of the nearest heading.
func (s scopes) class() scopeClass {
	if len(s) == 0 {
		return plainScope
	}
	return s[len(s)-1].class
}

// severity is the one that the headings give to what has none.
func (s scopes) severity() (workflow.Severity, string) {
	for n := len(s) - 1; n >= 0; n-- {
		if s[n].severity != "" {
			return s[n].severity, s[n].label
		}
		if s[n].class == findingScope {
			break
		}
	}
	return "", ""
}

// category is the nearest heading that names one.
func (s scopes) category() string {
	for n := len(s) - 1; n >= 0; n-- {
		if s[n].category != "" {
			return s[n].category
		}
		if s[n].class == plainScope && s[n].level > 1 && !genericRE.MatchString(s[n].title) {
			return s[n].title
		}
	}
	return ""
}

const issueWords = `findings?|issues?|problems?|bugs?|vulnerabilit(?:y|ies)|defects?|gaps?|weakness(?:es)?|risks?|concerns?|flaws?|debt|errors?|items?|fixes|priority|severity|level|befunde?|probleme?|schwachstellen|mängel|问题|缺陷|hallazgos?`

var (
	excludedRE = pattern.New(`(?i)\b(?:positives?|good|strengths?|well done|went well|already|working well|recommend\w*|next steps?|suggest\w*|action (?:plan|items)|roadmap|conclusions?|verified|passed|passing|not (?:findings|vulnerabilities|issues)|no issues|out of scope|scope|method\w*|appendix|references?|test coverage|questions|dismissed|refuted|known (?:findings|issues)|previous(?:ly)?|what works|strong points|stärken|positiv\w*|empfehlung\w*|behoben\w*|nächste schritte|fazit|points forts|fortalezas)\b|优点|建议|总结`)
	resolvedRE = pattern.New(`(?i)\b(?:fixed|resolved|closed|mitigated|addressed|done|completed|solved)\b`)
	reportsRE  = pattern.New(`(?i)\b(?:found|identified|discovered|reported|detected|open|unresolved|not|be|still|partially)\b`)
	reportedRE = pattern.New(`(?i)\b(?:found|identified|discovered|reported|detected) (?:and|&|and then) `)
	genericRE  = pattern.New(`(?i)^(?:details?|detailed .*|results?|analysis|report|review|audit|notes|list|confirmed.*|ergebnisse?|einzelheiten|détails|detalles)$`)
	aboutRE    = pattern.New(`(?i)\b(?:findings|issues|problems|bugs|vulnerabilities|defects|gaps|weaknesses|risks|concerns|flaws|must[- ]fix(?:es)?|should[- ]fix(?:es)?|nice[- ]to[- ](?:have|fix)|befunde|probleme|schwachstellen|mängel|lücken|constats|problèmes|problemas|hallazgos)\b|问题|缺陷|漏洞`)
	summaryRE  = pattern.New(`(?i)\b(?:summary|overview|at a glance|tl;?dr|zusammenfassung|überblick|résumé|resumen)\b|摘要|概述`)
	// groupRE is a heading that is a severity and perhaps a word for findings.
	groupRE = pattern.New(`(?i)^[\[(]?` + severityWord + `[\])]?(?:[ -](?:severity|priority|risk|impact))?(?:\s+(?:[\pL/&-]+\s+){0,4}(?:` + issueWords + `)|(?:问题|缺陷|漏洞|风险))?\s*(?:\([^()]*\)|\[[^\[\]]*\])?\s*[:：]?\s*$`)
	// severeRE is a heading that begins with a severity and names a group.
	severeRE   = pattern.New(`(?i)^[\[(]?` + severityWord + `[\])]?(?:[ -](?:severity|priority|risk|impact))?(?:\s+(?:` + issueWords + `)\b)?\s*(?:\([^()]*\)\s*)?(?:[-–—:·|]\s*)?(.*)$`)
	categories = func() map[string]bool {
		all := map[string]bool{}
		for name := range strings.SplitSeq("security, error handling, errors, edge cases, integration, integrations, performance, monitoring, testing, tests, test coverage gaps, reliability, maintainability, "+
			"compliance, continuity, business continuity, documentation, docs, logging, accessibility, architecture, design, code quality, validation, input validation, concurrency, scalability, scale, "+
			"authentication, authorization, authorisation, authentication and authorization, data, data protection, privacy, usability, ux, user experience, observability, monitoring and alerting, "+
			"security and compliance, performance and scale, maintainability and docs, operations, deployment, dependencies, configuration, correctness, api, database, frontend, backend, infrastructure, "+
			"sicherheit, fehlerbehandlung, randfälle, leistung, überwachung, wartbarkeit, zuverlässigkeit, sécurité, seguridad, rendimiento, 安全, 性能, 测试, 可靠性", ", ") {
			all[name] = true
		}
		return all
	}()
	countRE = pattern.New(`\s*[(\[]\s*\d+[^()\[\]]*[)\]]`)
)

// titleOf takes numbering, signs and counts off a heading.
func titleOf(title string) string {
	title = signsRE.ReplaceAllString(title, "")
	if m := numberRE.FindString(title); m != "" && !severities.leads(title) && !wordedRE.MatchString(title) {
		title = title[len(m):]
	}
	title = signsRE.ReplaceAllString(countRE.ReplaceAllString(title, ""), "")
	return strings.TrimRight(strings.TrimRightFunc(title, func(r rune) bool { return !wordy(string(r)) && r != ')' && r != '.' }), ":：. ")
}

// isGroup reports whether a heading names a severity and nothing else.
func isGroup(title string) bool { return groupRE.MatchString(titleOf(title)) }

// scopeOf says what a heading is about.
func scopeOf(title string) scope {
	s := scope{title: titleOf(title)}
	if name := strings.ToLower(s.title); categories[name] {
		s.class, s.category = categoryScope, s.title
		return s
	}
	sign := strings.TrimLeft(title, " ")
	done := strings.HasPrefix(sign, "✅") || strings.HasPrefix(sign, "✔")
	if excludedRE.MatchString(s.title) || done || resolvedRE.MatchString(s.title) && !reportsRE.MatchString(s.title) {
		s.class = excludedScope
		return s
	}
	if m := severeRE.FindStringSubmatch(s.title); m != nil && (isGroup(title) || severeGroup(s.title)) {
		s.class, s.label = severityScope, m[1]
		s.severity = severities[strings.ToLower(m[1])]
		if !isGroup(title) {
			s.category = strings.Trim(m[2], " ])】:：–—-")
		}
		return s
	}
	switch {
	case aboutRE.MatchString(s.title):
		s.class = findingScope
		if name := strings.TrimSpace(aboutRE.ReplaceAllString(s.title, "")); categories[strings.ToLower(name)] {
			s.category = name
		}
	case summaryRE.MatchString(s.title):
		s.class = summaryScope
	}
	return s
}

// severeGroup reports whether a title begins with a severity that has a mark or
// a P-number: “Major — engine”, “P2 operational risks”, but not “Critical path”.
func severeGroup(title string) bool {
	if len(title) > 2 && title[0] == 'P' && title[1] >= '0' && title[1] <= '3' && title[2] == ' ' {
		return true
	}
	return markedRE.MatchString(title) || bracketRE.MatchString(title)
}

// allStrong reports whether a line is bold but for the signs before it.
func allStrong(line portionLine) bool {
	return line.strong == line.text || line.strong != "" && line.strong == signsRE.ReplaceAllString(line.text, "")
}

// enterLabel takes a paragraph for a heading if it says something about what follows.
func (f *finder) enterLabel(line portionLine) bool {
	s := scopeOf(line.text)
	strong := allStrong(line)
	if s.class == plainScope {
		if strong {
			f.scopes.enter(s, labelLevel)
			f.scopes[len(f.scopes)-1].level = labelLevel
		}
		return false
	}
	if !strong && (s.class == categoryScope || s.class == summaryScope || len(line.text) > 200) {
		return false
	}
	f.scopes.enter(s, labelLevel)
	return true
}

package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// severityWords gives the severity of each word, in lower case.
type severityWords map[string]workflow.Severity

// leads reports whether a text begins with one of them.
func (s severityWords) leads(text string) bool { return s[strings.ToLower(firstWord(text))] != "" }

// severities are the words that people use. What is only told for information
// is still a finding, of the lowest severity; its label says what it was called.
var severities = func() severityWords {
	all := severityWords{}
	for severity, words := range map[workflow.Severity]string{
		workflow.P0: "p0 critical crit blocker blockers blocking severe showstopper sev0 kritisch critique crítica crítico 严重 致命 緊急",
		workflow.P1: "p1 high major important serious sev1 hoch élevée élevé haute alta alto 高",
		workflow.P2: "p2 medium med moderate warning warnings warn sev2 mittel moyenne moyen media medio 中",
		workflow.P3: "p3 low minor trivial nit nits info informational information sev3 niedrig gering faible baja bajo 低 轻微",
	} {
		for word := range strings.FieldsSeq(words) {
			all[word] = severity
		}
	}
	return all
}()

// lights are the signs that stand for a severity where one is expected.
var lights = map[rune]workflow.Severity{
	'🔴': workflow.P0, '🟥': workflow.P0, '🟠': workflow.P1, '🟧': workflow.P1, '🟡': workflow.P2, '🟨': workflow.P2,
	'🟢': workflow.P3, '🔵': workflow.P3, '⚪': workflow.P3,
}

// severityOf reads a value that has to be a severity: “HIGH”, “P1 (high)”, “🟠”.
// label is the word it was read from.
func severityOf(value string) (s workflow.Severity, label string) {
	word := firstWord(value)
	if s, ok := severities[strings.ToLower(word)]; ok {
		return s, word
	}
	if word == "" {
		for _, r := range value {
			if s, ok := lights[r]; ok {
				return s, string(r)
			}
		}
	}
	return "", ""
}

func firstWord(s string) string {
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	end := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if end < 0 {
		return s
	}
	return s[:end]
}

const severityWord = `(P[0-3]|critical|crit|blockers?|blocking|severe|showstopper|high|major|important|serious|medium|media|medio|med|moderate|warnings?|low|minor|trivial|nits?|informational|info|` +
	`kritisch|hoch|mittel|niedrig|gering|critique|élevée?|moyenne?|faible|crítica|crítico|alta|alto|baja|bajo|严重|致命|高|中|低|轻微)`

var (
	// signsRE is what may stand before a title without being part of it.
	signsRE = pattern.New(`^[^\pL\d\[(【<` + "`" + `'"“/~._$@-]+`)
	// numberRE is what a finding may be called, at the beginning of its title.
	numberRE = pattern.New(`^(?i:(?:issue|finding|bug|problem|vulnerability|vuln|risk|gap|defect|befund|问题)\s*)?[#№]?\s*((?:[A-Z]{1,6}\d?-)?\d{1,4}(?:\.\d{1,3})*|[A-Z]{1,3}\d{1,3}(?:-\d{1,3})?)(?:\s*[.):：·]+\s+|\s+[-–—·|]+\s+|\s*[：]\s*|\s+)`)
	// wordedRE tells numbers that need no mark behind them from those that do.
	wordedRE = pattern.New(`^(?i:(?:issue|finding|bug|problem|vulnerability|vuln|risk|gap|defect|befund|问题)\s*[#№]?\s*\d|[#№]\s*\d|[A-Z]{1,6}\d?-\d)`)
	// reportedNumberRE is a number that only findings have.
	reportedNumberRE = pattern.New(`^(?i:issue|finding|bug|problem|vulnerability|defect|befund|问题)\s*[#№]?\s*\d`)
	// bracketRE is a severity in brackets at the beginning.
	bracketRE = pattern.New(`^(?i)[\[(【]\s*(?:severity\s*[:=]\s*|sev\s*[:=]?\s*|priority\s*[:=]\s*)?` + severityWord + `(?:\s*(?:severity|priority|risk|/[^\])】]*|[:,–—-][^\])】]*))?\s*[\])】]\s*[:：–—-]*\s*`)
	// markedRE is a severity with a mark behind it.
	markedRE = pattern.New(`^(?i)` + severityWord + `(?:[ -](?:severity|priority|risk|issue|finding|bug))?(?:\s*\([^()]{1,30}\))?(?:\s*[:：|·]\s*|\s+[-–—]+\s+|$)`)
	// levelRE is a P-number with a full stop, a bracket or a hyphenated number behind it.
	levelRE = pattern.New(`^(P[0-3])(?:/P[0-3])?(?:-(\d{1,3}))?(?:\s*[.):：·|]\s*|\s+[-–—·]+\s+|$)`)
	// tailRE is a severity in brackets at the end of a title, or behind a dash.
	tailRE = pattern.New(`(?i)\s*(?:[\[(【]\s*(?:severity\s*[:=]\s*|priority\s*[:=]\s*)?` + severityWord + `(?:\s+(?:severity|priority|risk))?\s*[\])】]|\s[-–—|]\s*(?:severity|priority)\s*[:=]\s*` + severityWord + `|\s[-–—|]\s*\(?(P[0-3])\)?)\s*[.:：]?\s*$`)
	// barelyRE is a P-number before a title that begins like one.
	barelyRE = pattern.New(`^(P[0-3])\s+\p{Lu}`)
	// fieldLeadRE is a field of its name before the title.
	fieldLeadRE = pattern.New(`^(?i)(?:severity|priority|schweregrad)\s*[:=]\s*` + severityWord + `\s*(?:[:：,|]|\s[-–—])\s*\S`)
	// middleRE is a title, a severity in brackets, and what explains it.
	middleRE = pattern.New(`^(?i)(.{3,120}?)\s*[\[(]\s*(?:severity\s*[:=]\s*)?` + severityWord + `(?:\s+(?:severity|priority|risk))?\s*[\])]\s*(?:[:：]|\s[-–—])\s*`)
	// boldRE is bold text that is nothing but a severity.
	boldRE = pattern.New(`^(?i)[\[(]?\s*(?:severity\s*[:=]\s*)?` + severityWord + `(?:\s+(?:severity|priority|risk|issue|finding|security vulnerability))?\s*[\])]?\s*[:：.–—-]?\s*$`)
)

// leadKind is how a title shows its severity.
type leadKind int

const (
	byBracket leadKind = iota + 1 // [High] title
	byBold                        // **High** title
	byLevel                       // P1: title
	byMark                        // High: title
	byTail                        // title (high)
	byMiddle                      // title (high): what explains it
	barely                        // P1 Title
)

// lead is what a title begins with.
type lead struct {
	number   string
	severity workflow.Severity
	label    string
	how      leadKind
	title    string // what remains
}

// leadOf reads the beginning and the end of a title. Words of severity in
// running text are none: there has to be a mark of some kind around them.
func leadOf(line portionLine) lead {
	l := lead{title: strings.TrimSpace(signsRE.ReplaceAllString(line.text, ""))}
	l.levelled()
	l.numbered()
	if l.severity == "" {
		l.severityFirst(line.strong)
	}
	if l.number == "" {
		l.numbered()
	}
	if l.severity == "" {
		l.severityInside()
	}
	if m := tailRE.FindStringSubmatchIndex(l.title); m != nil && m[0] > 0 && l.severity == "" {
		label := group(l.title, m, 1) + group(l.title, m, 2) + group(l.title, m, 3)
		l.severity, l.label, l.how = severities[strings.ToLower(label)], label, byTail
		l.title = l.title[:m[0]]
	}
	l.title = strings.TrimSpace(strings.TrimLeft(signsRE.ReplaceAllString(l.title, ""), ":：–—- "))
	return l
}

// levelled takes “P0-1 ·” off, which is a number and a severity.
func (l *lead) levelled() {
	m := levelRE.FindStringSubmatch(l.title)
	if m == nil {
		return
	}
	l.severity, l.label, l.how = workflow.Severity(m[1]), m[1], byLevel
	if m[2] != "" {
		l.number = m[1] + "-" + m[2]
	}
	l.cut(m[0])
}

func (l *lead) numbered() {
	m := numberRE.FindStringSubmatch(l.title)
	if m == nil || strings.HasSuffix(m[0], m[1]+" ") && !wordedRE.MatchString(l.title) {
		return
	}
	if _, level := severities[strings.ToLower(m[1])]; level {
		return
	}
	l.number = m[1]
	l.cut(m[0])
}

func (l *lead) severityFirst(strong string) {
	if m := bracketRE.FindStringSubmatch(l.title); m != nil {
		l.take(m[1], m[0], byBracket)
		return
	}
	strong = strings.TrimSpace(signsRE.ReplaceAllString(strong, ""))
	if m := boldRE.FindStringSubmatch(strong); m != nil && strings.HasPrefix(l.title, strong) {
		l.take(m[1], strong, byBold)
		return
	}
	if m := levelRE.FindStringSubmatch(l.title); m != nil {
		l.levelled()
		return
	}
	if m := fieldLeadRE.FindStringSubmatchIndex(l.title); m != nil {
		_, last := utf8.DecodeLastRuneInString(l.title[:m[1]])
		l.take(group(l.title, m, 1), l.title[:m[1]-last], byMark)
		return
	}
	if m := barelyRE.FindStringSubmatch(l.title); m != nil {
		l.take(m[1], m[1], barely)
		return
	}
	if m := markedRE.FindStringSubmatch(l.title); m != nil && !strings.EqualFold(m[1], "important") {
		l.take(m[1], m[0], byMark)
	}
}

// severityInside reads a severity that stands between a title and what explains it.
func (l *lead) severityInside() {
	if m := middleRE.FindStringSubmatchIndex(l.title); m != nil {
		label := group(l.title, m, 2)
		l.severity, l.label, l.how = severities[strings.ToLower(label)], label, byMiddle
		l.title = group(l.title, m, 1) + ": " + l.title[m[1]:]
	}
}

func (l *lead) take(label, all string, how leadKind) {
	l.severity, l.label, l.how = severities[strings.ToLower(label)], label, how
	l.cut(all)
}

func (l *lead) cut(all string) {
	l.title = strings.TrimLeft(signsRE.ReplaceAllString(strings.TrimLeft(l.title[len(all):], ":：–—- "), ""), " ")
}

// group returns a group of a match by its indexes; it is empty where the group took no part.
func group(s string, m []int, n int) string {
	if 2*n+1 >= len(m) || m[2*n] < 0 {
		return ""
	}
	return s[m[2*n]:m[2*n+1]]
}

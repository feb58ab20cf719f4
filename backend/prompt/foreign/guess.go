package foreign

import (
	"slices"
	"strings"

	"plumbline/backend/pattern"
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// Placeholders that no format defines and many people write.
var (
	tagRE   = pattern.New(`^<([a-z][a-z0-9_-]{1,40})>`)
	labelRE = pattern.New(`([A-Za-z][A-Za-z0-9 _-]{0,40})\*{0,2}:\*{0,2}[ \t]*$`)
)

// notPlaceholders are words in brackets that mean what they say.
var notPlaceholders = map[string]bool{
	"TODO": true, "WIP": true, "NOTE": true, "TIP": true, "IMPORTANT": true, "WARNING": true, "CAUTION": true,
	"INFO": true, "WARN": true, "ERROR": true, "DEBUG": true, "FATAL": true, "TRACE": true, "FIXME": true,
	"OK": true, "PASS": true, "FAIL": true, "DONE": true, "BLOCKED": true, "YES": true, "NO": true, "OPTIONAL": true,
	"REQUIRED": true, "INST": true, "SYS": true, "END": true, "START": true, "HIGH": true, "MEDIUM": true, "LOW": true,
	"CRITICAL": true, "NEW": true, "DEPRECATED": true, "DRAFT": true, "BUG": true, "TOC": true, "SIC": true,
	"and/or": true, "he/she": true, "his/her": true, "N/A": true, "n/a": true, "w/o": true, "TCP/IP": true, "I/O": true,
	"CI/CD": true, "A/B": true,
}

// notTags are the elements of HTML and other words in angle brackets that are no placeholders.
var notTags = words(`a abbr address area article aside audio b base bdi bdo blockquote body br button canvas caption
cite code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure footer
form h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark math
menu meta meter nav noscript object ol optgroup option output p picture pre progress q rp rt ruby s samp script search
section select slot small source span strong style sub summary sup svg table tbody td template textarea tfoot th thead
time title tr track u ul var video wbr center font strike tt big path rect circle line image
string int integer number bool boolean float double void any object char byte null undefined none
thinking think answer scratchpad result output reasoning reflection`)

func words(s string) map[string]bool {
	all := map[string]bool{}
	for _, word := range strings.Fields(s) {
		all[word] = true
	}
	return all
}

// guess reads [FEATURE], [a/b/c] and <task>.
func (c *scanner) guess(at int) (match, bool) {
	w := c.window(at)
	found := match{start: at, kind: prompt.PieceValue}
	if w[0] == '<' {
		m := tagRE.FindStringSubmatch(w)
		if m == nil || notTags[m[1]] || c.closed[m[1]] || isWord(c.before(at)) || c.before(at) == '<' || isMarkup(w[len(m[0]):]) {
			return match{}, false
		}
		found.end, found.variable = at+len(m[0]), declare(variableName(m[1]))
		return found, true
	}
	if w[0] != '[' || !c.bracketsStandAlone(at) {
		return match{}, false
	}
	end := strings.IndexByte(w[:min(len(w), maxBracket)], ']')
	if end < 0 || c.isLink(w[1:end], w[end+1:]) || letters(w[1:end]) < 2 {
		return match{}, false
	}
	label := w[1:end]
	found.end = at + end + 1
	if options, ok := splitChoice(label); ok {
		found.variable = declare(c.choiceName(at))
		found.variable.Type, found.variable.Options = workflow.VarChoice, options
		return found, true
	}
	if len(label) > 41 || !isUpper(label[0]) || strings.IndexFunc(label, func(r rune) bool {
		return !(r < 0x80 && isUpper(byte(r)) || r >= '0' && r <= '9' || r == ' ' || r == '_' || r == '-')
	}) >= 0 {
		return match{}, false
	}
	found.variable = declare(variableName(label))
	return found, true
}

// maxBracket is the longest placeholder in brackets that is looked for.
const maxBracket = 500

func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// isMarkup reports whether what follows a tag speaks of it as a tag.
func isMarkup(after string) bool {
	after = strings.TrimLeft(after, " `")
	return strings.HasPrefix(after, "tag") || strings.HasPrefix(after, "element") || strings.HasPrefix(after, "block") || strings.HasPrefix(after, ">")
}

// bracketsStandAlone reports whether a bracket is not the second half of a link,
// an image, a call or an index.
func (c *scanner) bracketsStandAlone(at int) bool {
	b := c.before(at)
	return !isWord(b) && b != ']' && b != '!' && b != ')' && b != '[' && b != '$'
}

// isLink reports whether brackets are a link, or a word that means what it says.
func (c *scanner) isLink(label, after string) bool {
	return notPlaceholders[strings.TrimSpace(label)] || c.refs[label] || after != "" && (after[0] == '(' || after[0] == '[' || after[0] == ']')
}

// maxOptions is how many options a choice in brackets has at most.
const maxOptions = 13

// splitChoice takes the options apart; false where they are no options.
func splitChoice(s string) ([]string, bool) {
	if strings.IndexByte(s, '/') < 0 {
		return nil, false
	}
	options := strings.Split(s, "/")
	for i, o := range options {
		o = strings.TrimSpace(o)
		if o == "" || len(options[i]) > 40 || slices.Contains(options[:i], o) || strings.IndexFunc(o, func(r rune) bool { return !(r < 0x80 && isWord(byte(r)) || strings.ContainsRune(" +#-", r)) }) >= 0 {
			return nil, false
		}
		options[i] = o
	}
	return options, len(options) <= maxOptions
}

// choiceName is what stands before a choice as its label, as in “Tone: [formal/casual]”.
func (c *scanner) choiceName(at int) string {
	line := c.text[max(0, at-60):at]
	line = strings.TrimRight(line[strings.LastIndexByte(line, '\n')+1:], `\`)
	if m := labelRE.FindStringSubmatch(line); m != nil {
		label := strings.Fields(m[1])
		if len(label) > 2 {
			label = label[len(label)-1:]
		}
		if len(label) > 0 {
			return variableName(strings.ToLower(strings.Join(label, " ")))
		}
	}
	return "choice"
}

func letters(s string) int {
	n := 0
	for i := range len(s) {
		if c := s[i] | 0x20; c >= 'a' && c <= 'z' {
			n++
		}
	}
	return n
}

package markdown

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// noneRE is a phrase that says, alone on its line, that nothing was found.
var noneRE = pattern.New(`^NO (?:[A-Z]+ ){0,3}(?:ISSUES|FINDINGS|PROBLEMS|VULNERABILITIES|GAPS|DEFECTS) (?:FOUND|REMAIN)$`)

// phraseIn keeps the phrase that a paragraph or an item consists of. A list of
// one phrase, or one in bold, is still the phrase alone.
func (f *finder) phraseIn(p portion) bool {
	found := false
	for _, line := range p.lines {
		text := strings.Trim(line.text, " .!*_`")
		if noneRE.MatchString(text) {
			f.phrase, found = text, true
		}
		f.denied = f.denied || denies(line.text)
	}
	return found && len(p.lines) == 1
}

// doubtful collects what is doubtful about a reading, each doubt once and not
// more of them than somebody would read.
type doubtful []string

const maxDoubts = 12

func (d *doubtful) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(*d) < maxDoubts && !slices.Contains(*d, text) {
		*d = append(*d, text)
	}
}

// settle decides which candidates are findings, and brings those together that
// are told twice.
func (f *finder) settle(src string) {
	f.settleBare()
	f.dropCut(src)
	f.merge()
	slices.SortStableFunc(f.found, func(a, b candidate) int { return a.Start - b.Start })
	if f.skipped > 0 {
		f.note("%s with a severity %s under a heading that is about recommendations, or about what is good or resolved, and %s not counted.",
			workflow.Plural(f.skipped, "entry", "entries"), either(f.skipped, "stands", "stand"), either(f.skipped, "is", "are"))
	}
	if f.phrase != "" && len(f.found) > 0 {
		f.note("The text says “%s”, and reports findings all the same.", f.phrase)
	}
	if f.phrase == "" && len(f.found) == 0 && f.denied {
		f.note("The text says in its own words that nothing was found.")
	}
	if f.isCode() {
		f.note(onlyCode)
	}
	for _, p := range f.portions {
		if p.kind == otherPortion && f.markup(p) {
			f.note("Part of the text is HTML, which is not read.")
		}
	}
}

func (f *finder) markup(p portion) bool {
	rest := string(f.doc.src[p.at:min(p.at+4096, len(f.doc.src))])
	return strings.HasPrefix(rest, "<") && strings.Contains(rest, "<li")
}

func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// settleBare keeps of the items without a severity those that stand among
// findings, or under a heading that is about findings. Headings of areas will do
// where other findings are listed under some as well, or where nothing else in the
// text is marked as a finding and there are two areas and more.
func (f *finder) settleBare() {
	lists, areas := map[int]bool{}, map[string]bool{}
	marked, listed := false, false
	for _, c := range f.found {
		marked = marked || c.explicit && !c.summary
		listed = listed || c.explicit && !c.summary && c.kind == itemPortion && c.scope == categoryScope
		if c.explicit && c.kind == itemPortion {
			lists[c.list] = true
		}
		if c.bare && c.scope == categoryScope {
			areas[c.Category] = true
		}
	}
	byArea, left := 0, 0
	f.found = slices.DeleteFunc(f.found, func(c candidate) bool {
		switch {
		case !c.bare, lists[c.list], c.scope == severityScope, c.scope == findingScope && !(c.labelled && marked):
			return false
		case c.scope == categoryScope && (listed || !marked && len(areas) > 1):
			byArea++
			return false
		case c.scope == categoryScope:
			left++
		}
		return true
	})
	if byArea > 0 {
		f.note("%s under headings of areas, without a severity, %s taken for %s.", workflow.Plural(byArea, "entry", "entries"), either(byArea, "is", "are"), either(byArea, "a finding", "findings"))
	}
	if left > 0 {
		f.note("%s under headings of areas, without a severity, %s not counted.", workflow.Plural(left, "entry", "entries"), either(left, "is", "are"))
	}
}

// dropCut drops the last item when the text breaks off in it before its severity.
func (f *finder) dropCut(src string) {
	if workflow.LooksWhole(src) || len(f.found) == 0 {
		return
	}
	last := f.found[len(f.found)-1]
	if last.last < len(f.portions) {
		return
	}
	if last.Severity == "" {
		f.found = f.found[:len(f.found)-1]
		f.note("The text breaks off inside a finding, which is not counted.")
		return
	}
	f.note("The text breaks off inside its last finding.")
}

// maxTwins is how many findings with the same title are looked at for one that is told again.
const maxTwins = 8

// merge brings together what a table or a list says in short and a heading or
// another list at length.
func (f *finder) merge() {
	known := map[string][]int{}
	var kept []candidate
	for _, c := range f.found {
		if at := f.same(c, kept, known); at >= 0 {
			f.join(&kept[at], c)
			continue
		}
		for _, key := range keysOf(c) {
			if len(known[key]) < maxTwins {
				known[key] = append(known[key], len(kept))
			}
		}
		kept = append(kept, c)
	}
	detailed := slices.ContainsFunc(kept, func(c candidate) bool { return !c.summary })
	dropped := 0
	f.found = slices.DeleteFunc(kept, func(c candidate) bool {
		drop := c.summary && c.kind == itemPortion && detailed
		if drop {
			dropped++
		}
		return drop
	})
	if dropped > 0 {
		f.note("%s of the summary %s not found again below, and %s not counted.", workflow.Plural(dropped, "entry", "entries"), either(dropped, "is", "are"), either(dropped, "is", "are"))
	}
}

// same returns the index of the candidate that is the same finding told elsewhere, or -1.
func (f *finder) same(c candidate, kept []candidate, known map[string][]int) int {
	for _, key := range keysOf(c) {
		for _, at := range known[key] {
			other := kept[at]
			if other.list == c.list && other.kind == c.kind && c.kind != textPortion {
				continue
			}
			if other.kind == c.kind && !other.summary && !c.summary {
				continue
			}
			if strings.HasPrefix(key, "#") && !sameWords(other.Title, c.Title) && !named(c.Number) {
				continue
			}
			return at
		}
	}
	return -1
}

// named reports whether a number is a name of its own, such as V-01.
func named(number string) bool { return strings.ContainsFunc(number, unicode.IsLetter) }

// keysOf returns what a finding may be found again by.
func keysOf(c candidate) []string {
	var keys []string
	if c.Number != "" {
		keys = append(keys, "#"+strings.ToLower(c.Number))
	}
	words := significant(c.Title)
	if len(words) > 0 {
		keys = append(keys, strings.Join(words, " "))
	}
	if len(words) > 4 {
		keys = append(keys, strings.Join(words[:4], " "))
	}
	return keys
}

// significant returns the words of a title that tell it from others.
func significant(title string) []string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(words, func(w string) bool {
		return slices.Contains([]string{"a", "an", "the", "in", "on", "of", "to", "for", "is", "are", "and", "or", "via", "with", "by"}, w)
	})
}

// sameWords reports whether two titles share at least half of the words of the shorter one.
func sameWords(a, b string) bool {
	x, y := significant(a), significant(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	shared := 0
	for _, word := range x {
		if slices.Contains(y, word) {
			shared++
		}
	}
	return len(x) > 0 && 2*shared >= len(x)
}

// join adds what a second place says about a finding. The longer place is the one it is shown at.
func (f *finder) join(to *candidate, c candidate) {
	main, other := *to, c
	if c.End-c.Start > main.End-main.Start && !c.summary || main.summary && !c.summary {
		main, other = c, main
	}
	if main.Severity != "" && other.Severity != "" && main.Severity != other.Severity {
		f.note("“%s” is %s in one place and %s in another; the worse counts.", main.Title, main.Severity.Word(), other.Severity.Word())
	}
	if other.Severity.Worse(main.Severity) {
		main.Severity, main.Label = other.Severity, other.Label
	}
	set(&main.Number, other.Number)
	set(&main.Category, other.Category)
	set(&main.Location, other.Location)
	set(&main.Problem, other.Problem)
	set(&main.Fix, other.Fix)
	set(&main.Verify, other.Verify)
	set(&main.Status, other.Status)
	if main.Box < 0 {
		main.Box, main.Mark, main.Marked = other.Box, other.Mark, other.Marked
	}
	main.explicit = true
	*to = main
}

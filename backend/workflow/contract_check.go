package workflow

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/backend/pattern"
)

// CheckContract returns what an answer lacks, as short sentences for a person,
// in the order of the contract; it is empty when the contract holds. What a
// section holds includes the sections below it. An answer that says with the
// phrase of the contract that there are no findings needs no sections, unless it
// reports findings all the same.
func CheckContract(c Contract, r Reading) []string {
	missing := []string{}
	if c.None != "" && r.None && len(r.Findings.Findings) == 0 {
		return missing
	}
	for _, want := range c.Sections {
		section, ok := findContractSection(r.Sections, want)
		if !ok {
			missing = append(missing, fmt.Sprintf("The section “%s” is missing.", want.Title))
			continue
		}
		missing = append(missing, checkSection(want, section, r.Sections, r.Text)...)
	}
	if c.Phrase != "" && !standsAlone(r.Text, c.Phrase) {
		missing = append(missing, fmt.Sprintf("The phrase “%s” does not stand alone on a line.", c.Phrase))
	}
	return append(missing, checkReads(c, r)...)
}

// Found returns how many findings, steps, boxes or features were read, as the contract asks.
func (r Reading) Found(reads ContractReads) int {
	switch reads {
	case ReadsFindings:
		return len(r.Findings.Findings)
	case ReadsPlan:
		if r.Plan.Guessed { // any list would do
			return 0
		}
		return len(r.Plan.Steps)
	case ReadsChecklist:
		return len(r.Checklist.Items)
	case ReadsRequest:
		return len(r.Request.Features)
	}
	return 0
}

// checkReads says what the parser that the contract names did not find.
func checkReads(c Contract, r Reading) []string {
	found := r.Found(c.Reads)
	switch {
	case c.Reads == ReadsFindings && found > 0 && c.None != "" && r.None:
		noun := "findings are"
		if found == 1 {
			noun = "finding is"
		}
		return []string{fmt.Sprintf("The phrase “%s” is there, and %d %s too; only one of them can be true.", c.None, found, noun)}
	case found > 0:
		return nil
	case c.Reads == ReadsFindings && c.None != "":
		return []string{fmt.Sprintf("No finding can be read, and the phrase “%s” does not stand alone on a line.", c.None)}
	case c.Reads == ReadsFindings:
		return []string{"No finding can be read."}
	case c.Reads == ReadsPlan:
		return []string{"No step can be read; each begins with “Step”, its number and a colon."}
	case c.Reads == ReadsChecklist:
		return []string{"No box can be read; each is a list item that begins with “[ ]”."}
	case c.Reads == ReadsRequest:
		return []string{"No feature can be read; each is a list item that begins with “[ ]”."}
	}
	return nil
}

func findContractSection(sections []Section, want ContractSection) (Section, bool) {
	for _, title := range append([]string{want.Title}, want.Also...) {
		if s, ok := FindSection(sections, title); ok {
			return s, true
		}
	}
	return Section{}, false
}

func checkSection(want ContractSection, section Section, all []Section, text string) []string {
	if blankSection(section, text) {
		return []string{fmt.Sprintf("The section “%s” is empty.", want.Title)}
	}
	tasks, items := countPoints(section, all)
	var missing []string
	if tasks < want.Tasks {
		missing = append(missing, tooFew(want.Title, tasks, want.Tasks, "box", "boxes"))
	}
	if want.Prefix == "" && items < want.Items {
		missing = append(missing, tooFew(want.Title, items, want.Items, "item", "items"))
	}
	if want.Prefix != "" {
		numbered := fmt.Sprintf(" numbered with “%s”", want.Prefix)
		if n := countNumbered(want.Prefix, body(section, text)); n < want.Items {
			missing = append(missing, tooFew(want.Title, n, want.Items, "item"+numbered, "items"+numbered))
		}
	}
	return missing
}

// body is the text under a heading; it is empty where the offsets are not those of the text.
func body(s Section, text string) string {
	if s.Body < 0 || s.Body > s.End || s.End > len(text) {
		return ""
	}
	return text[s.Body:s.End]
}

// blankSection reports whether nothing stands under a heading.
func blankSection(s Section, text string) bool {
	return strings.TrimSpace(body(s, text)) == "" && len(s.Points) == 0
}

// countPoints counts the boxes and list items under a heading and the headings below it.
func countPoints(section Section, all []Section) (tasks, items int) {
	for _, s := range all {
		if s.Start < section.Start || s.Start >= section.End {
			continue
		}
		for _, p := range s.Points {
			if p.Task {
				tasks++
			}
			if p.Item {
				items++
			}
		}
	}
	return tasks, items
}

// leadRE is the markup that may stand before a number at the beginning of a
// line: of a list, a box, a quote, a heading, emphasis, brackets.
var leadRE = pattern.New("^[ \t>]*([-*+]|\\d{1,9}[.)])?([ \t]+\\[[ xX]?\\])?[ \t#*_`\\[(]*")

// countNumbered counts the different numbers that follow the prefix at the
// beginning of a line: "- **AC-3:** …" and "### AC-03" are the same one.
func countNumbered(prefix, text string) int {
	numbers := map[string]bool{}
	for line := range strings.Lines(text) {
		line = line[len(leadRE.FindString(line)):]
		if len(line) < len(prefix) || !strings.EqualFold(line[:len(prefix)], prefix) {
			continue
		}
		rest := line[len(prefix):]
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if n := strings.TrimLeft(rest[:digits], "0"); n != "" {
			numbers[n] = true
		}
	}
	return len(numbers)
}

func tooFew(title string, have, want int, one, many string) string {
	noun, verb := many, "are"
	if have == 1 {
		noun = one
	}
	if want == 1 {
		verb = "is"
	}
	number := fmt.Sprint(have)
	if have == 0 {
		number = "no"
	}
	return fmt.Sprintf("“%s” has %s %s; at least %d %s expected.", title, number, noun, want, verb)
}

// standsAlone reports whether a phrase is all that a line says.
func standsAlone(text, phrase string) bool {
	for line := range strings.Lines(text) {
		if strings.Trim(line, " \t\r\n*_`#>.!-") == strings.Trim(phrase, " .") {
			return true
		}
	}
	return false
}

var (
	// fenceRE is a line that opens or closes a code fence.
	fenceRE = pattern.New("^[ \t>]*(`{3,}|~{3,})[ \t]*(.*)$")
	// itemRE is the marker of a list item, with its box.
	itemRE = pattern.New(`^[ \t>]*([-*+]|\d{1,9}[.)])([ \t]+\[[ xX]?\]?)?([ \t]+|$)`)
	// headingRE is a line of a heading.
	headingRE = pattern.New(`^[ \t>]*#{1,6}([ \t]|$)`)
)

// LooksWhole reports whether a text looks complete: it does not end inside a
// code fence, and not in the middle of a word or a sentence in the way that a
// cut answer does. In doubt it does.
func LooksWhole(text string) bool {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	if text == "" {
		return false
	}
	lines := strings.Split(text, "\n")
	last := lines[len(lines)-1]
	if fence := fenceRE.FindStringSubmatch(last); fence != nil {
		// A bare fence at the end closes, even where fences inside fences cannot be told apart.
		return fence[2] == "" && len(lines) > 1
	}
	if inFence(lines) || headingRE.MatchString(last) {
		return false
	}
	if table := strings.HasPrefix(strings.TrimSpace(last), "|"); table {
		return strings.HasSuffix(last, "|") || len(lines) < 2 || !strings.HasSuffix(strings.TrimSpace(lines[len(lines)-2]), "|")
	}
	item := itemRE.FindString(last)
	rest := strings.TrimSpace(last[len(item):])
	if rest == "" {
		return false
	}
	return !hangs(rest) && (item != "" || ends(rest))
}

// inFence reports whether a code fence is open after the last line.
func inFence(lines []string) bool {
	open := ""
	for _, line := range lines {
		fence := fenceRE.FindStringSubmatch(line)
		switch {
		case fence == nil:
		case open == "":
			if fence[1][0] == '~' || !strings.Contains(fence[2], "`") {
				open = fence[1]
			}
		case strings.HasPrefix(fence[1], open) && strings.TrimSpace(fence[2]) == "":
			open = ""
		}
	}
	return open != ""
}

// hanging reports whether a word is one that no sentence ends with.
func hanging(word string) bool {
	switch word {
	case "a", "an", "the", "and", "or", "but", "of", "to", "with", "from", "that", "which", "because", "if", "when",
		"is", "are", "will", "must", "should", "und", "oder", "der", "die", "das", "mit":
		return true
	}
	return false
}

// hangs reports whether a line breaks off: after a comma, a colon, an opening
// bracket or a word like "the", or inside a bracket, bold or code.
func hangs(line string) bool {
	last, _ := utf8.DecodeLastRuneInString(line)
	if strings.ContainsRune(",;:([{“‘„«/\\&=", last) {
		return true
	}
	if strings.Count(line, "`")%2 == 1 || strings.Count(line, "**")%2 == 1 {
		return true
	}
	if strings.LastIndexByte(line, '(') > strings.LastIndexByte(line, ')') {
		return true
	}
	words := strings.Fields(line)
	return len(words) > 1 && hanging(words[len(words)-1])
}

// longLine is how many words make a line without a full stop look broken off.
const longLine = 8

// ends reports whether a paragraph ends as one does, or is too short to tell.
func ends(line string) bool {
	last, _ := utf8.DecodeLastRuneInString(line)
	if !unicode.IsLetter(last) && !unicode.IsDigit(last) {
		return last != '-' || strings.Trim(line, "- ") == ""
	}
	return len(strings.Fields(line)) < longLine
}

// shortPrompt is the length, in letters, up to which a prompt is only
// recognised as a whole: many answers begin with a few words of their question.
const shortPrompt = 40

// longPrompt is the length, in letters, from which no answer holds a prompt by chance.
const longPrompt = 400

// LooksLikePrompt reports whether a pasted text is the prompt itself rather
// than an answer to it: equal, beginning with it, mostly made of it, a
// whole page of a chat with it, or the greater part of it. Space, case and marks do not count, because web pages lose
// them when text is copied.
func LooksLikePrompt(pasted, prompt string) bool {
	p, q := letters(pasted), letters(prompt)
	switch {
	case p == "" || q == "":
		return false
	case p == q:
		return true
	case len(q) < shortPrompt:
		return false
	case strings.HasPrefix(p, q), strings.Contains(p, q) && (2*len(q) >= len(p) || len(q) >= longPrompt):
		return true
	}
	return strings.HasPrefix(q, p) && 2*len(p) >= len(q)
}

// letters keeps the letters and digits of a text, in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"

	"plumbline/backend/pattern"
)

// fillers are words that carry no meaning in the title of a finding: articles,
// small words, and those that only say that something is wrong.
var fillers = wordSet(`a an the of in on to is are was be been has have had and or for with at by from as it its this that which when
	can could may might should would will must does do did no not never without missing lack lacks lacking issue finding problem
	der die das ein eine und oder ist sind wird werden kein keine nicht ohne fehlt fehlende mit im in von zu auf
	le la les un une des du de et ou est sont pas sans dans pour sur manque el los las y o no sin en falta que se al`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

// stems are the words of a text that carry meaning, in lower case, without their
// endings, each once and in order. Scripts that put no space between words give
// pairs of characters. A text of nothing but fillers gives them all.
func stems(text string) []string {
	text = strings.ToLower(withoutLines(text))
	words, rest := []string{}, []string{}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) }) {
		if fillers[word] {
			rest = append(rest, word)
			continue
		}
		words = appendStems(words, word)
	}
	if len(words) == 0 {
		words = rest
	}
	slices.Sort(words)
	return slices.Compact(words)
}

func appendStems(words []string, word string) []string {
	if !strings.ContainsFunc(word, unspaced) {
		return append(words, stem(word))
	}
	runes := []rune(word)
	if len(runes) == 1 {
		return append(words, word)
	}
	for i := range len(runes) - 1 {
		words = append(words, string(runes[i:i+2]))
	}
	return words
}

// unspaced reports whether a letter is of a script that puts no spaces between words.
func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// endings are taken off words, the first that fits: “validation”, “validates” and
// “validated” are one word.
var endings = []string{"ations", "ation", "ating", "ated", "ates", "ities", "ions", "ings", "ion", "ate", "ing", "ies", "ity", "ed", "es", "ly", "s", "e", "y"}

// leastStem is how many bytes of a word are left at least.
const leastStem = 3

func stem(word string) string {
	for _, ending := range endings {
		if cut, ok := strings.CutSuffix(word, ending); ok && len(cut) >= leastStem {
			word = cut
			break
		}
	}
	if n := len(word); n > leastStem && word[n-1] == word[n-2] && word[n-1] < 0x80 {
		word = word[:n-1] // logging, logs
	}
	return word
}

var (
	// lineRE is a line number, which moves with every edit.
	lineRE = pattern.New(`(?i)\(?\b(?:lines?|zeilen?|lignes?|l[ií]neas?|ln)\.?\s*#?\d+(?:\s*(?:[-–—,]|to|bis|and|und)\s*\d+)*\)?|:\d+(?:[-–:]\d+)*\b|#L\d+(?:-L?\d+)?\b|第?\d+\s*行`)
	// fileRE is the path of a file: with an extension, or with a folder.
	fileRE = pattern.New(`[\pL\d_@.~-]*(?:[/\\][\pL\d_@.~\[\]()-]+)*[/\\]?[\pL\d_@\[\]-]+\.[A-Za-z][A-Za-z0-9]{0,7}\b|[\pL\d_@.~-]+(?:/[\pL\d_@.~-]+)+`)
)

// withoutLines takes line numbers out of a text. Most texts have no digit at all.
func withoutLines(text string) string {
	if !strings.ContainsAny(text, "0123456789") {
		return text
	}
	return lineRE.ReplaceAllString(text, " ")
}

// places are what a location names, without line numbers: the files, else what it says.
func places(location string) []string {
	text := withoutLines(strings.ToLower(strings.ReplaceAll(location, `\`, "/")))
	found := []string{}
	for _, file := range fileRE.FindAllString(text, -1) {
		if file = strings.TrimLeft(file, "./~"); file != "" {
			found = append(found, file)
		}
	}
	if len(found) == 0 {
		if words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }); len(words) > 0 {
			found = append(found, strings.Join(words, " "))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// titleStems are the stems of a title; one without a letter or digit is a word as it is.
func titleStems(title string) []string {
	words := stems(title)
	if len(words) == 0 {
		words = append(words, strings.ToLower(strings.TrimSpace(title)))
	}
	return words
}

// Fingerprint is the same for two findings that say the same of the same place,
// whatever their order, numbers, lines, severity and spelling.
func Fingerprint(title, category, location string) string {
	text := strings.Join(titleStems(title), " ") + "\x00" + strings.Join(stems(category), " ") + "\x00" + strings.Join(places(location), "\x00")
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

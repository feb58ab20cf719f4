package prompt

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// word is a word of a text, in the form in which words are compared.
type word struct {
	text       string
	start, end int // bytes of the text it stands in
}

// maxWord is more than any word that somebody searches for has. What is longer,
// a key or an address, is found by its beginning.
const maxWord = 40

// eachWord finds the words of a text until it is told to stop: runs of letters and
// digits, without case and accents. The signs of scripts that put no spaces
// between words are words of their own.
func eachWord(text string, found func(word) bool) {
	start := -1
	for at, r := range text {
		inside := r < utf8.RuneSelf && isWordByte[r] || r >= utf8.RuneSelf && isWordRune(r)
		single := inside && r >= utf8.RuneSelf && alone(r)
		if inside && !single {
			if start < 0 {
				start = at
			}
			continue
		}
		if !endWord(text, start, at, found) {
			return
		}
		start = -1
		if single && !found(word{text: string(r), start: at, end: at + utf8.RuneLen(r)}) {
			return
		}
	}
	endWord(text, start, len(text), found)
}

// endWord gives out a word that has begun, if any, and reports whether to go on.
func endWord(text string, start, end int, found func(word) bool) bool {
	if start < 0 {
		return true
	}
	folded := foldWord(text[start:end])
	return folded == "" || found(word{text: folded, start: start, end: end})
}

// isWordByte says which ASCII characters words are made of.
var isWordByte = func() (is [utf8.RuneSelf]bool) {
	for r := range is {
		is[r] = unicode.IsLetter(rune(r)) || unicode.IsDigit(rune(r))
	}
	return is
}()

func isWordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r))
}

// alone reports whether a sign is a word of its own.
func alone(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

// unaccented are letters that do not come apart into a letter and its mark.
var unaccented = strings.NewReplacer("ß", "ss", "ø", "o", "ł", "l", "đ", "d", "æ", "ae", "œ", "oe", "ı", "i", "þ", "th", "ð", "d", "ς", "σ")

// foldWord returns a word without case and accents.
func foldWord(s string) string {
	plain, lower := true, true
	for i := range len(s) {
		plain = plain && s[i] < utf8.RuneSelf
		lower = lower && (s[i] < 'A' || s[i] > 'Z')
	}
	if !plain {
		s = unaccented.Replace(strings.ToLower(s))
		s = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFKD.String(s))
	} else if !lower {
		s = strings.ToLower(s)
	}
	if len(s) > maxWord {
		s = strings.ToValidUTF8(s[:maxWord], "")
	}
	return s
}

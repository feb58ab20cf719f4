package workflow

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hash returns the SHA-256 of a text in hexadecimal.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// BlankHash returns the hash of a text with the marks of its boxes blanked, so
// that ticking makes nothing stale. items are the boxes of this very text.
func BlankHash(text string, items []Item) string {
	blank := []byte(text)
	for _, it := range items {
		if it.Offset >= 0 && it.Offset < len(blank) {
			blank[it.Offset] = ' '
		}
	}
	sum := sha256.Sum256(blank)
	return hex.EncodeToString(sum[:])
}

// Plural writes a number of things: “1 box”, “3 boxes”.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// JoinAnd joins names for a sentence: “A, B and C”.
func JoinAnd(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// MaxName is the greatest length of a project's name, in characters.
const MaxName = 80

// CheckName returns a name without surrounding space, or says why it cannot name a project.
func CheckName(name string) (string, error) {
	name = strings.Join(strings.Fields(strings.ToValidUTF8(name, "")), " ")
	switch {
	case name == "":
		return "", Errorf(Invalid, "The project needs a name.").WithHint("A word or two is enough.")
	case utf8.RuneCountInString(name) > MaxName:
		return "", Errorf(Invalid, "The name is %d characters long. At most %d fit.", utf8.RuneCountInString(name), MaxName).
			WithHint("Shorten it. The idea has room for everything else.")
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", Errorf(Invalid, "The name holds characters that cannot be shown.").WithHint("Type it again.")
	case Slug(name) == "":
		return "", Errorf(Invalid, "The name “%s” has no letter or digit.", name).
			WithHint("Add a word, so that files and commands can call it by name.")
	}
	return name, nil
}

// Slug makes a name for files and commands: lower-case letters and digits with
// single hyphens between words. It is empty when the name has neither.
func Slug(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(name) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case r == '\'' || r == '’' || unicode.Is(unicode.Mn, r):
		default:
			gap = true
		}
	}
	return b.String()
}

// SameName reports whether two project names are the same to a person.
func SameName(a, b string) bool { return fold(a) == fold(b) }

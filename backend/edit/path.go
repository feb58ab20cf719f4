package edit

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/backend/workflow"
)

// Limits of what common file systems and archives can hold.
const (
	maxPath = 1000 // bytes
	maxName = 255  // bytes of one name in it
)

// CheckPath reports why a slash-separated path may not be written inside a
// project, or nil. The error is Invalid and names the path.
func CheckPath(path string) error {
	reason := wrongPath(path)
	if reason == "" {
		for name := range strings.SplitSeq(path, "/") {
			if reason = wrongName(name); reason != "" {
				break
			}
		}
	}
	if reason == "" {
		return nil
	}
	return workflow.Errorf(workflow.Invalid, "The path %s %s.", shown(path), reason).
		WithHint("Paths are written relative to the project's folder, with slashes, as in “src/main.go”.")
}

// wrongPath judges a path as a whole.
func wrongPath(path string) string {
	switch {
	case path == "":
		return "is empty"
	case len(path) > maxPath:
		return "is longer than " + strconv.Itoa(maxPath) + " bytes"
	case !utf8.ValidString(path):
		return "is not valid UTF-8"
	case strings.HasPrefix(path, "/"):
		return "is absolute; it would be written outside the project"
	case strings.Contains(path, `\`):
		return "has a backslash, which is a separator on Windows"
	case path == "~" || strings.HasPrefix(path, "~/"):
		return "begins in a home folder; it would be written outside the project"
	}
	for _, r := range path {
		if reason := wrongRune(r); reason != "" {
			return reason
		}
	}
	return ""
}

// wrongRune judges a character, wherever it stands.
func wrongRune(r rune) string {
	switch {
	case r == ':':
		return "has a colon, which names a drive or a hidden stream on Windows"
	case strings.ContainsRune(`<>"|?*`, r):
		return "has the character " + string(r) + ", which Windows does not allow in names"
	case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp):
		return "has a control character"
	case unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point):
		return "has an invisible character"
	case strings.ContainsRune("\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c", r):
		return "has a character that only looks like a slash"
	case r == '\ufffd' || unicode.In(r, unicode.Co, unicode.Cs):
		return "has a character without a meaning"
	}
	return ""
}

// wrongName judges one name of a path.
func wrongName(name string) string {
	first, _ := utf8.DecodeRuneInString(name)
	last, _ := utf8.DecodeLastRuneInString(name)
	switch {
	case name == "":
		return "has an empty name in it"
	case name == "." || name == "..":
		return "has “" + name + "” in it; it could lead outside the project"
	case len(name) > maxName:
		return "has a name longer than " + strconv.Itoa(maxName) + " bytes"
	case unicode.IsSpace(first):
		return "has a name that begins with a space"
	case last == '.' || unicode.IsSpace(last):
		return "has a name that ends with a dot or a space, which Windows drops"
	case gitFolder(name):
		return "leads into the folder where git keeps its own files"
	case device(name):
		return "has “" + name + "” in it, which is a device on Windows"
	}
	return ""
}

// gitFolder reports whether a name is, or on some file system becomes, “.git”:
// in any case, or as the short name that NTFS makes of it.
func gitFolder(name string) bool {
	if strings.EqualFold(name, ".git") {
		return true
	}
	short, number, found := strings.Cut(name, "~")
	if !found || !strings.EqualFold(short, "git") {
		return false
	}
	return strings.Trim(number, "0123456789") == "" && number != ""
}

// device reports whether Windows opens a device for a name, whatever its ending.
func device(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	for _, port := range []string{"COM", "LPT"} {
		if number, found := strings.CutPrefix(base, port); found {
			return utf8.RuneCountInString(number) == 1 && strings.Contains("0123456789¹²³", number)
		}
	}
	return false
}

// shown returns a path as it can stand in a sentence: in quotes, what cannot be
// seen written out, and not longer than a line or two.
func shown(path string) string {
	if len(path) > 120 {
		path = path[:100] + "…"
	}
	quoted := strconv.QuoteToGraphic(path)
	return "“" + quoted[1:len(quoted)-1] + "”"
}

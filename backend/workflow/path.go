package workflow

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxPathBytes = 512
	maxNameBytes = 200
	maxIDBytes   = 64
)

// CheckPath reports, as an Invalid error, why a path cannot name a document of a
// project. What it lets through can be kept by git and checked out on every
// system: relative, with slashes, without "..", the forms of ".git", device
// names, and characters that some file system refuses or hides.
func CheckPath(path string) error {
	switch {
	case path == "":
		return Errorf(Invalid, "A document needs a path.")
	case len(path) > maxPathBytes:
		return Errorf(Invalid, "The path %.40q… is longer than %d bytes.", path, maxPathBytes)
	case !utf8.ValidString(path):
		return Errorf(Invalid, "The path %q is not valid UTF-8.", path)
	}
	for name := range strings.SplitSeq(path, "/") {
		if why := badName(name); why != "" {
			return Errorf(Invalid, "The path %q cannot be used: %s.", path, why)
		}
	}
	return nil
}

// CheckID reports, as an Invalid error, why a text cannot be the id of a record:
// ids are letters, digits, "-" and "_", so that they can also name files.
func CheckID(id string) error {
	if id == "" {
		return Errorf(Invalid, "An id is missing.")
	}
	if len(id) > maxIDBytes {
		return Errorf(Invalid, "The id %.40q… is longer than %d characters.", id, maxIDBytes)
	}
	for i := range len(id) {
		c := id[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' {
			return Errorf(Invalid, "The id %q may hold letters, digits, “-” and “_” only.", id)
		}
	}
	return nil
}

// badName says in a phrase what is wrong with one name of a path; empty for a good one.
func badName(name string) string {
	switch {
	case name == "":
		return "it begins or ends with a slash, or has two in a row"
	case name == "." || name == "..":
		return "“" + name + "” is not a name"
	case len(name) > maxNameBytes:
		return "one of its names is too long"
	case strings.HasSuffix(name, ".") || strings.HasSuffix(name, " ") || strings.HasPrefix(name, " "):
		return "“" + name + "” begins with a space, or ends with a dot or a space"
	}
	for _, r := range name {
		if strings.ContainsRune(`\:*?"<>|`, r) || !unicode.IsPrint(r) {
			return "“" + name + "” has a character that some systems refuse"
		}
	}
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, ".git") || strings.HasPrefix(lower, "git~") {
		return "names like “.git” belong to git"
	}
	if deviceName(lower) {
		return "“" + name + "” is a device on Windows"
	}
	return ""
}

// deviceName reports whether a name in lower case is one that Windows keeps for
// devices, with any extension.
func deviceName(lower string) bool {
	stem, _, _ := strings.Cut(lower, ".")
	stem = strings.TrimRight(stem, " ")
	switch stem {
	case "con", "prn", "aux", "nul", "conin$", "conout$":
		return true
	}
	for _, port := range []string{"com", "lpt"} {
		if digit, ok := strings.CutPrefix(stem, port); ok {
			r, size := utf8.DecodeRuneInString(digit)
			return size > 0 && size == len(digit) && strings.ContainsRune("0123456789¹²³", r)
		}
	}
	return false
}

// AnswerPath is the document of the answers to a prompt of the library in a project.
func AnswerPath(promptID string) string { return "answers/" + promptID + ".md" }

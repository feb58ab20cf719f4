package prompt

import (
	"slices"
	"strings"
)

// WithBase returns the text of a file of the library that says which revision of a
// built-in file it was made from. Nothing else in it changes but its line ends.
func WithBase(text, revision string) (string, error) {
	const file = "the prompt"
	if _, err := split(file, []byte(text)); err != nil {
		return "", err
	}
	text, err := plain(file, []byte(text))
	if err != nil {
		return "", err
	}
	lines := strings.Split(text, "\n")
	end := 1 + slices.IndexFunc(lines[1:], func(line string) bool { return strings.TrimRight(line, " \t") == "---" })
	front := slices.DeleteFunc(slices.Clone(lines[1:end]), func(line string) bool { return strings.HasPrefix(line, "base:") })
	at := 1 + slices.IndexFunc(front, func(line string) bool { return strings.HasPrefix(line, "id:") })
	front = slices.Insert(front, at, `base: "`+revision+`"`)
	return strings.Join(slices.Concat(lines[:1], front, lines[end:]), "\n"), nil
}

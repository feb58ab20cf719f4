package workflow

import (
	"strings"
	"unicode/utf8"
)

// MaxReason is the greatest length of a reason, in characters: two pages.
const MaxReason = 4000

// CheckReason returns a reason without surrounding space, or says that it is too
// short or too long. Space that only fills does not count.
func CheckReason(reason string) (string, error) {
	reason = strings.TrimSpace(strings.ToValidUTF8(reason, ""))
	n := utf8.RuneCountInString(strings.Join(strings.Fields(reason), " "))
	switch {
	case n < MinReason:
		return "", Errorf(Invalid, "The reason has %d characters. At least %d are needed.", n, MinReason).
			WithHint("Say why, so that you still understand it in a year.")
	case utf8.RuneCountInString(reason) > MaxReason:
		return "", Errorf(Limit, "The reason is longer than %d characters.", MaxReason).
			WithHint("Say it shorter, and put the details into a document.")
	}
	return reason, nil
}

// goodReason reports whether a reason is long enough.
func goodReason(reason string) bool {
	_, err := CheckReason(reason)
	return err == nil
}

package history

import (
	"strings"
	"time"
	"unicode"

	"github.com/go-git/go-git/v5/plumbing/object"

	"plumbline/backend/workflow"
)

// domain can never receive mail (RFC 2606).
const domain = "@plumbline.invalid"

// signature is an author in the form of git: one name, one address by kind, UTC.
func signature(a workflow.Author, at time.Time) object.Signature {
	kind, fallback := "plumbline", "Plumbline"
	switch a.Kind {
	case workflow.Person:
		kind, fallback = "person", "Somebody"
	case workflow.Model:
		kind, fallback = "model", "A model"
	}
	name := cleanName(a.Name)
	if name == "" {
		name = fallback
	}
	return object.Signature{Name: name, Email: kind + domain, When: at}
}

// author is the inverse of signature, as far as there is one: somebody who is not
// known to be a model or Plumbline is a person.
func author(name, email string) workflow.Author {
	kind, found := strings.CutSuffix(email, domain)
	if k := workflow.AuthorKind(kind); found && (k == workflow.Model || k == workflow.Plumbline) {
		return workflow.Author{Kind: k, Name: name}
	}
	return workflow.Author{Kind: workflow.Person, Name: name}
}

// cleanName takes from a name what git cannot hold or would strip.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '<' || r == '>' || r == unicode.ReplacementChar:
			return -1
		case unicode.IsControl(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	return strings.Trim(strings.Join(strings.Fields(name), " "), ` .,:;"'\`)
}

// cleanMessage is a message in the form of git: no NUL, LF, one at the end.
func cleanMessage(message string) string {
	message = strings.ToValidUTF8(message, "\uFFFD")
	message = strings.NewReplacer("\x00", "", "\r\n", "\n", "\r", "\n").Replace(message)
	message = strings.TrimSpace(message)
	if message == "" {
		message = "Save"
	}
	return message + "\n"
}

// commitTime is when a commit happened: never before its parent, never before
// 1970, which git cannot express, in whole seconds and UTC.
func commitTime(at, parent time.Time) time.Time {
	latest := time.Unix(0, 0)
	for _, t := range []time.Time{at, parent} {
		if t.After(latest) {
			latest = t
		}
	}
	return latest.UTC().Truncate(time.Second)
}

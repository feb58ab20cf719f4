package prompt

import (
	"strings"

	"plumbline/backend/workflow"
)

// Literal returns a prompt that is sent as it is: braces in it mean nothing. Its id
// is empty, since it stands in no library.
func Literal(title, text string) Prompt {
	return Prompt{
		Title: title, Body: strings.ReplaceAll(text, "{{", `\{{`), Revision: workflow.Hash(text), Reserve: defaultReserve,
		Tags: []string{}, Variables: []workflow.Variable{}, Takes: []workflow.TextKind{}, Follows: []string{}, Contract: emptyContract(),
	}
}

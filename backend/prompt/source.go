package prompt

import (
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"plumbline/backend/workflow"
)

// PlainText returns the text of a file of the library or of one that is to
// become one: UTF-8, without byte-order mark, with LF line ends. The file is a
// name for the message when it is not UTF-8 or larger than 1 MB.
func PlainText(file string, data []byte) (string, error) { return plain(file, data) }

// ParseYAML returns the root of a YAML text that is not to be trusted, nil for
// an empty one. It is a syntax tree, in which aliases are not followed, so that
// they cannot multiply. The line is the one that the text begins on.
func ParseYAML(file string, data []byte, line int) (root ast.Node, err error) {
	defer func() {
		// The parser has panicked on hostile input before; a file must never end the program.
		if r := recover(); r != nil {
			root, err = nil, errorAt(file, line, "the front matter is not YAML")
		}
	}()
	if len(data) > maxFront || strings.Count(string(data), "\n") > maxFrontLines {
		return nil, frontTooLarge(file)
	}
	if deep := tooDeep(data); deep > 0 {
		return nil, errorAt(file, deep+line-1, "the front matter is nested too deeply")
	}
	tree, err := parser.ParseBytes(data, 0)
	if err != nil {
		return nil, syntaxError(file, err)
	}
	if len(tree.Docs) != 1 {
		return nil, nil
	}
	return tree.Docs[0].Body, nil
}

// FileError is an error in a file, in the form that ProblemOf takes apart. The
// line is 0 where it is about the file as a whole, and the message goes on after them.
func FileError(file string, line int, format string, args ...any) *workflow.Error {
	return errorAt(file, line, format, args...)
}

// Blank is a prompt that says nothing yet, with what goes without saying.
func Blank() Prompt {
	return Prompt{
		Tags: []string{}, Variables: []workflow.Variable{}, Takes: []workflow.TextKind{}, Follows: []string{},
		Contract: emptyContract(), Reserve: defaultReserve, Version: 1,
	}
}

// Fits reports whether a value fits the type of a variable.
func Fits(v workflow.Variable, value string) bool { return checkValue(v, value) == "" }

package prompt

import (
	"bytes"
	"strings"

	"plumbline/backend/workflow"
)

// document is a file in its two halves, with LF line ends.
type document struct {
	front    []byte
	body     string
	bodyLine int // of the first line of the body, from 1
}

// The YAML parser takes time with the square of the lines, hence the limit of its own.
const (
	maxFile       = 1 << 20
	maxFront      = 64 << 10
	maxFrontLines = 2000
)

// plain returns the text of a library file without byte-order mark and with LF line ends.
func plain(file string, data []byte) (string, error) {
	if len(data) > maxFile {
		return "", tooLarge(file)
	}
	if at := invalidUTF8(data); at >= 0 {
		line := 1 + bytes.Count(data[:at], []byte("\n"))
		return "", errorAt(file, line, "the text is not UTF-8").WithHint("Save the file as UTF-8.")
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	for strings.Contains(text, "\r\n") { // again for the rest of \r\r\n
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return text, nil
}

func tooLarge(file string) error {
	return errorIn(workflow.Limit, file, "the file is larger than 1 MB").
		WithHint("A file of the library holds instructions; put long material into an artifact and a variable.")
}

func frontTooLarge(file string) error {
	return errorIn(workflow.Limit, file, "the front matter is larger than 64 KB or %d lines", maxFrontLines)
}

// split takes a file apart at the two lines of three dashes.
func split(file string, data []byte) (document, error) {
	text, err := plain(file, data)
	if err != nil {
		return document{}, err
	}
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t") != "---" {
		return document{}, errorAt(file, 1, "“---” is expected, which begins the front matter")
	}
	for line, at := 2, 0; at < len(rest); line++ {
		text, _, _ := strings.Cut(rest[at:], "\n")
		if strings.TrimRight(text, " \t") != "---" {
			at += len(text) + 1
			continue
		}
		if at > maxFront || line > maxFrontLines {
			return document{}, frontTooLarge(file)
		}
		doc := document{front: []byte(rest[:at]), bodyLine: line + 1}
		body := rest[min(at+len(text)+1, len(rest)):]
		trimmed := trimBlankLines(body)
		doc.bodyLine += strings.Count(body[:len(body)-len(trimmed)], "\n")
		doc.body = strings.TrimRight(trimmed, " \t\r\n")
		return doc, nil
	}
	return document{}, errorAt(file, strings.Count(text, "\n")+1, "“---” is expected, which ends the front matter")
}

// trimBlankLines removes the blank lines at the beginning, and keeps the indentation of the first other one.
func trimBlankLines(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	for {
		line, rest, found := strings.Cut(s, "\n")
		if strings.TrimSpace(line) != "" || !found {
			return s
		}
		s = rest
	}
}

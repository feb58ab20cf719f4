// Package prompt owns the files of the library: it reads prompts, workflows and
// checklists strictly, and fills a prompt's variables exactly once.
package prompt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// Prompt is a Markdown file with front matter and a body that holds variables.
type Prompt struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Summary string `json:"summary"`
	// Purpose says when to use the prompt, and what its answer is for.
	Purpose string `json:"purpose"`
	Phase   string `json:"phase"`
	// Group is the shelf of the library that it stands on: "audits".
	Group     string              `json:"group"`
	Tags      []string            `json:"tags"`
	Variables []workflow.Variable `json:"variables"`
	// Contract is what an answer must hold.
	Contract workflow.Contract `json:"contract"`
	// Takes and Follows are of a prompt that turns a text into the next prompt: the
	// kinds of text it is for, and the ids of prompts whose answers it takes by default.
	Takes   []workflow.TextKind `json:"takes"`
	Follows []string            `json:"follows"`
	// Due says when a practice prompt is due.
	Due workflow.Due `json:"due"`
	// Temperature is nil where the model's own is to be used.
	Temperature *float64 `json:"temperature"`
	// Reserve is how many tokens are kept for the answer.
	Reserve int `json:"reserve"`
	Version int `json:"version"`
	// Source says whose file it is.
	Source workflow.Source `json:"source"`
	// Base is the revision of the built-in prompt that this one was made from;
	// empty for one that was made from none.
	Base string `json:"base"`
	// Body is the template, with LF line ends and without blank lines around it.
	Body string `json:"body"`
	// Revision is the SHA-256 of the file as it was read, in hexadecimal.
	Revision string `json:"revision"`
	// File is the name the prompt was read under, for messages.
	File string `json:"file"`
}

// defaultReserve is kept for the answer of a prompt that does not say how much it needs.
const defaultReserve = 2048

// maxReserve keeps a slip of the finger from asking for more than any window holds.
const maxReserve = 1 << 20

// Parse reads a prompt file. The file is only a name for messages; a fault is a
// workflow.Invalid (or workflow.Limit, when the file is too large) that names
// the line and what was expected there.
func Parse(file string, data []byte) (Prompt, error) {
	doc, err := split(file, data)
	if err != nil {
		return Prompt{}, err
	}
	sum := sha256.Sum256(data)
	p := Prompt{
		File: file, Revision: hex.EncodeToString(sum[:]), Body: doc.body,
		Tags: []string{}, Variables: []workflow.Variable{},
		Takes: []workflow.TextKind{}, Follows: []string{}, Source: workflow.BuiltIn,
		Contract: emptyContract(),
		Reserve:  defaultReserve, Version: 1,
	}
	f, root, err := parseFront(file, doc)
	if err != nil {
		return Prompt{}, err
	}
	f.prompt(root, &p)
	if f.err != nil {
		return Prompt{}, f.err
	}
	if p.Body == "" {
		return Prompt{}, errorAt(file, doc.bodyLine, "the prompt has no text after its front matter")
	}
	nodes, err := parseTemplate(file, p.Body, doc.bodyLine)
	if err != nil {
		return Prompt{}, err
	}
	if err := checkDeclared(file, nodes, p.Variables); err != nil {
		return Prompt{}, err
	}
	return p, nil
}

// prompt reads the front matter of a prompt.
func (f *front) prompt(root yamlNode, p *Prompt) {
	f.mapping(root, "a prompt", []string{"id", "title", "summary"}, fields{
		"id":      func(n yamlNode) { p.ID = f.id(n) },
		"title":   func(n yamlNode) { p.Title = f.line(n) },
		"summary": func(n yamlNode) { p.Summary = f.line(n) },
		"purpose": func(n yamlNode) { p.Purpose = f.text(n) },
		"phase":   func(n yamlNode) { p.Phase = f.id(n) },
		"group":   func(n yamlNode) { p.Group = f.id(n) },
		"tags":    func(n yamlNode) { p.Tags = f.texts(n) },
		"variables": func(n yamlNode) {
			f.sequence(n, func(n yamlNode) { p.Variables = append(p.Variables, f.variable(n, p.Variables)) })
		},
		"takes": func(n yamlNode) {
			f.sequence(n, func(n yamlNode) { p.Takes = append(p.Takes, workflow.TextKind(f.oneOf(n, textKinds))) })
		},
		"follows":     func(n yamlNode) { f.sequence(n, func(n yamlNode) { p.Follows = append(p.Follows, f.id(n)) }) },
		"due":         func(n yamlNode) { p.Due = f.due(n) },
		"contract":    func(n yamlNode) { p.Contract = f.contract(n) },
		"temperature": func(n yamlNode) { t := f.number(n, 0, 2); p.Temperature = &t },
		"reserve":     func(n yamlNode) { p.Reserve = f.whole(n, 1, maxReserve) },
		"base":        func(n yamlNode) { p.Base = f.madeFrom(n) },
		"version":     func(n yamlNode) { p.Version = f.whole(n, 1, maxReserve) },
	})
}

var variableTypes = []string{
	string(workflow.VarText), string(workflow.VarLongText), string(workflow.VarChoice), string(workflow.VarMulti),
	string(workflow.VarNumber), string(workflow.VarYesNo), string(workflow.VarDate), string(workflow.VarArtifact),
	string(workflow.VarFiles),
}

var textKinds = []string{
	string(workflow.TextFindings), string(workflow.TextReadiness), string(workflow.TextSuggestions),
	string(workflow.TextTasks), string(workflow.TextDocument), string(workflow.TextAny),
}

// farthest is how many days from the launch a prompt can be due.
const farthest = 3650

// due reads when a practice prompt is due: every day or week, or days from the launch.
func (f *front) due(n yamlNode) workflow.Due {
	var d workflow.Due
	f.mapping(n, "a due date", nil, fields{
		"every":  func(n yamlNode) { d.Every = f.oneOf(n, []string{"day", "week"}) },
		"launch": func(n yamlNode) { d.Launch = f.whole(n, -farthest, farthest) },
	})
	if (d.Every == "") == (d.Launch == 0) {
		f.fail(n, "either “every” or “launch” is expected")
	}
	return d
}

// variable reads one variable, which may not have the name of one before it.
func (f *front) variable(n yamlNode, before []workflow.Variable) workflow.Variable {
	v := workflow.Variable{Options: []string{}}
	var fallback yamlNode
	f.mapping(n, "a variable", []string{"name", "type", "label"}, fields{
		"name": func(n yamlNode) {
			v.Name = f.line(n)
			if !nameRE.MatchString(v.Name) {
				f.fail(n, "“%s” is not a name for a variable; letters, digits, “-” and “_” are expected, beginning with a letter", v.Name)
			}
			if slices.ContainsFunc(before, func(b workflow.Variable) bool { return b.Name == v.Name }) {
				f.fail(n, "the variable “%s” is declared twice", v.Name)
			}
		},
		"type":     func(n yamlNode) { v.Type = workflow.VariableType(f.oneOf(n, variableTypes)) },
		"label":    func(n yamlNode) { v.Label = f.line(n) },
		"help":     func(n yamlNode) { v.Help = f.text(n) },
		"required": func(n yamlNode) { v.Required = f.yes(n) },
		"default":  func(n yamlNode) { v.Default, fallback = f.scalar(n), n },
		"options":  func(n yamlNode) { v.Options = f.texts(n) },
		"source":   func(n yamlNode) { v.Source = f.source(n) },
		"example":  func(n yamlNode) { v.Example = f.scalar(n) },
	})
	choice := v.Type == workflow.VarChoice || v.Type == workflow.VarMulti
	switch {
	case choice && len(v.Options) == 0:
		f.fail(n, "the %s “%s” needs “options”", v.Type, v.Name)
	case !choice && len(v.Options) > 0:
		f.fail(n, "“options” belong to a choice or a multi-choice, and “%s” is a %s", v.Name, v.Type)
	case v.Default != "":
		if expected := checkValue(v, v.Default); expected != "" {
			f.fail(fallback, "the default “%s” does not fit; %s is expected", v.Default, expected)
		}
	}
	return v
}

var contractReads = []string{
	string(workflow.ReadsText), string(workflow.ReadsFindings), string(workflow.ReadsPlan),
	string(workflow.ReadsChecklist), string(workflow.ReadsRequest),
}

func emptyContract() workflow.Contract {
	return workflow.Contract{Reads: workflow.ReadsText, Sections: []workflow.ContractSection{}}
}

// contract reads what an answer must hold.
func (f *front) contract(n yamlNode) workflow.Contract {
	c := emptyContract()
	f.mapping(n, "a contract", nil, fields{
		"reads":  func(n yamlNode) { c.Reads = workflow.ContractReads(f.oneOf(n, contractReads)) },
		"none":   func(n yamlNode) { c.None = f.line(n) },
		"phrase": func(n yamlNode) { c.Phrase = f.line(n) },
		"sections": func(n yamlNode) {
			f.sequence(n, func(n yamlNode) { c.Sections = append(c.Sections, f.contractSection(n)) })
		},
	})
	if c.None != "" && c.Reads != workflow.ReadsFindings {
		f.fail(n, "“none” belongs to a contract that reads findings")
	}
	return c
}

func (f *front) contractSection(n yamlNode) workflow.ContractSection {
	s := workflow.ContractSection{Also: []string{}}
	f.mapping(n, "a section of the contract", []string{"title"}, fields{
		"title":  func(n yamlNode) { s.Title = f.line(n) },
		"also":   func(n yamlNode) { s.Also = f.texts(n) },
		"tasks":  func(n yamlNode) { s.Tasks = f.whole(n, 1, 1000) },
		"items":  func(n yamlNode) { s.Items = f.whole(n, 1, 1000) },
		"prefix": func(n yamlNode) { s.Prefix = f.line(n) },
	})
	if s.Prefix != "" && s.Items == 0 {
		f.fail(n, "“prefix” needs “items”: how many must begin with “%s”", s.Prefix)
	}
	return s
}

// Lint returns what is doubtful about a prompt that parses, as sentences: a
// variable that is declared and never used, a promise of the contract that the
// body does not ask for.
func (p Prompt) Lint() []string {
	found := []string{}
	nodes, err := parseTemplate(p.File, p.Body, 1)
	if err != nil {
		return append(found, err.Error())
	}
	used := map[string]bool{}
	walk(nodes, func(n node) { used[n.name] = true })
	for _, v := range p.Variables {
		if !used[v.Name] {
			found = append(found, fmt.Sprintf("%s: the variable “%s” is declared and never used.", p.File, v.Name))
		}
	}
	for _, s := range p.Contract.Sections {
		if !strings.Contains(p.Body, s.Title) {
			found = append(found, fmt.Sprintf("%s: the contract expects the section “%s”, and the text never asks for it.", p.File, s.Title))
		}
		if s.Prefix != "" && !strings.Contains(p.Body, s.Prefix) {
			found = append(found, fmt.Sprintf("%s: the contract expects items that begin with “%s”, and the text never asks for them.", p.File, s.Prefix))
		}
	}
	for _, phrase := range []string{p.Contract.Phrase, p.Contract.None} {
		if phrase != "" && !strings.Contains(p.Body, phrase) {
			found = append(found, fmt.Sprintf("%s: the contract expects the phrase “%s”, and the text never asks for it.", p.File, phrase))
		}
	}
	return found
}

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
		return "", workflow.Errorf(workflow.Invalid, "%s, line %d: the text is not UTF-8.", file, line).
			WithHint("Save the file as UTF-8.")
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	return strings.ReplaceAll(text, "\r\n", "\n"), nil
}

func tooLarge(file string) error {
	return workflow.Errorf(workflow.Limit, "%s is larger than 1 MB.", file).
		WithHint("A file of the library holds instructions; put long material into an artifact and a variable.")
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
			return document{}, workflow.Errorf(workflow.Limit, "%s: the front matter is larger than 64 KB or %d lines.", file, maxFrontLines)
		}
		doc := document{front: []byte(rest[:at]), bodyLine: line + 1}
		body := rest[min(at+len(text)+1, len(rest)):]
		trimmed := trimBlankLines(body)
		doc.bodyLine += strings.Count(body[:len(body)-len(trimmed)], "\n")
		doc.body = strings.TrimRight(trimmed, " \t\n")
		return doc, nil
	}
	return document{}, errorAt(file, strings.Count(text, "\n")+1, "“---” is expected, which ends the front matter")
}

// trimBlankLines removes the blank lines at the beginning, and keeps the indentation of the first other one.
func trimBlankLines(s string) string {
	for {
		line, rest, found := strings.Cut(s, "\n")
		if strings.TrimSpace(line) != "" || !found {
			return s
		}
		s = rest
	}
}

// errorAt is the one form of an error in a file.
func errorAt(file string, line int, format string, args ...any) error {
	return workflow.Errorf(workflow.Invalid, "%s, line %d: %s.", file, line, fmt.Sprintf(format, args...))
}

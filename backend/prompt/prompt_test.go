package prompt

import (
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

const full = `---
id: tide-table
title: Write a tide table
summary: Tells when the water is high.
purpose: >-
  For people who live
  by the sea.
phase: request
tags: [sea, tables]
version: 3
temperature: 0.2
reserve: 1024
variables:
  - name: idea
    type: artifact
    label: Idea
    help: What you want.
    required: true
    source: notes/idea.md
  - name: name
    type: text
    label: Name
    source: project.name
  - name: tone
    type: choice
    label: Tone
    options: [dry, warm]
    default: dry
  - name: limit
    type: number
    label: Limit
    default: 10
contract:
  phrase: HIGH WATER
  sections:
    - title: Overview
      also: [Summary]
      tasks: 2
    - title: Criteria
      items: 3
      prefix: AC-
---

Write about {{idea}}.
{{#name}}Call it {{name}}.{{/name}}
`

func TestParseReadsEveryKey(t *testing.T) {
	got, err := Parse("library/tide.md", []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(full))
	temperature := 0.2
	want := Prompt{
		ID: "tide-table", Title: "Write a tide table", Summary: "Tells when the water is high.",
		Purpose: "For people who live by the sea.", Phase: "request", Tags: []string{"sea", "tables"},
		Version: 3, Temperature: &temperature, Reserve: 1024,
		Variables: []workflow.Variable{
			{Name: "idea", Type: workflow.VarArtifact, Label: "Idea", Help: "What you want.", Required: true, Options: []string{}, Source: "notes/idea.md"},
			{Name: "name", Type: workflow.VarText, Label: "Name", Options: []string{}, Source: "project.name"},
			{Name: "tone", Type: workflow.VarChoice, Label: "Tone", Options: []string{"dry", "warm"}, Default: "dry"},
			{Name: "limit", Type: workflow.VarNumber, Label: "Limit", Options: []string{}, Default: "10"},
		},
		Takes: []workflow.TextKind{}, Follows: []string{}, Source: workflow.BuiltIn,
		Contract: workflow.Contract{Reads: workflow.ReadsText, Phrase: "HIGH WATER", Sections: []workflow.ContractSection{
			{Title: "Overview", Also: []string{"Summary"}, Tasks: 2},
			{Title: "Criteria", Also: []string{}, Items: 3, Prefix: "AC-"},
		}},
		Body:     "Write about {{idea}}.\n{{#name}}Call it {{name}}.{{/name}}",
		Revision: hex.EncodeToString(sum[:]), File: "library/tide.md", lines: []int{14, 20, 24, 29},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Parse:\n%+v\nwant:\n%+v", got, want)
	}
}

const small = "---\nid: a\ntitle: A\nsummary: Says a.\n---\nText.\n"

func TestParseFillsWhatIsLeftOut(t *testing.T) {
	p, err := Parse("a.md", []byte(small))
	if err != nil {
		t.Fatal(err)
	}
	if p.Version != 1 || p.Reserve != defaultReserve || p.Temperature != nil {
		t.Errorf("version %d, reserve %d, temperature %v; want 1, %d and none", p.Version, p.Reserve, p.Temperature, defaultReserve)
	}
	if p.Tags == nil || p.Variables == nil || p.Contract.Sections == nil {
		t.Error("a list that is left out is nil, want an empty one")
	}
}

func TestParseToleratesLineEndsAndByteOrderMark(t *testing.T) {
	plain, err := Parse("tide.md", []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	windows := "\ufeff" + strings.ReplaceAll(full, "\n", "\r\n")
	got, err := Parse("tide.md", []byte(windows))
	if err != nil {
		t.Fatal(err)
	}
	if got.Revision == plain.Revision {
		t.Error("two different files have one revision")
	}
	got.Revision = plain.Revision
	if !reflect.DeepEqual(got, plain) {
		t.Errorf("with CRLF and BOM:\n%+v\nwant:\n%+v", got, plain)
	}
}

func TestParseErrorsNameLineAndExpectation(t *testing.T) {
	front := func(lines string) string { return "---\n" + lines + "\n---\nText.\n" }
	with := func(lines string) string { return front("id: a\ntitle: A\nsummary: S.\n" + lines) }
	variable := func(lines string) string { return with("variables:\n  - name: x\n    " + lines) }
	tests := []struct{ name, file, want string }{
		{"no front matter", "Text.\n", "a.md, line 1: “---” is expected, which begins the front matter."},
		{"nothing", "", "a.md, line 1: “---” is expected, which begins the front matter."},
		{"front matter that does not end", "---\nid: a\n", "a.md, line 3: “---” is expected, which ends the front matter."},
		{"empty front matter", "---\n---\nText.\n", "a.md, line 2: the front matter is empty; keys such as “id: …” are expected."},
		{"no YAML", front("id: [a"), "a.md, line 2: the front matter is not YAML: "},
		{"a list", front("- id"), "a.md, line 2: a prompt is expected, as keys with values."},
		{"an alias", front("id: &x a\ntitle: *x\nsummary: S."), "a.md, line 2: text is expected."},
		{"a missing key", front("id: a\nsummary: S."), "a.md, line 2: “title” is missing in a prompt."},
		{"a key without a value", front("id: a\ntitle:\nsummary: S."), "a.md, line 3: “title” has no value."},
		{"an unknown key", with("titel: B"), "a.md, line 5: “titel” is not a key of a prompt; expected are base, contract, due, "},
		{"a key twice", with("id: b"), "a.md, line 5: "},
		{"a bad id", front("id: A b\ntitle: A\nsummary: S."), "a.md, line 2: “A b” is not an id; lower-case words joined by “-” are expected."},
		{"a number for text", front("id: a\ntitle: 12\nsummary: S."), "a.md, line 3: text is expected; put 12 into quotes."},
		{"text for a number", with("reserve: much"), "a.md, line 5: a whole number from 1 to 1048576 is expected."},
		{"a negative reserve", with("reserve: -1"), "a.md, line 5: a whole number from 1 to 1048576 is expected."},
		{"too hot", with("temperature: 2.5"), "a.md, line 5: a number from 0 to 2 is expected."},
		{"infinitely hot", with("temperature: .inf"), "a.md, line 5: a number from 0 to 2 is expected."},
		{"text for a list", with("tags: sea"), "a.md, line 5: a list is expected, with “- ” before each item."},
		{"a tag twice", with("tags: [a, b, a]"), "a.md, line 5: “a” is listed twice."},
		{"a variable without a type", variable("label: X"), "a.md, line 6: “type” is missing in a variable."},
		{"an unknown type", variable("type: texxt\n    label: X"), "a.md, line 7: “texxt” is not known here; one of text, long-text, choice, multi-choice, number, yes-no, date, artifact, files is expected."},
		{"a bad variable name", with("variables:\n  - name: 1x\n    type: text\n    label: X"), "a.md, line 6: “1x” is not a name for a variable; "},
		{"a variable twice", variable("type: text\n    label: X\n  - name: x\n    type: text\n    label: X"), "a.md, line 9: the variable “x” is declared twice."},
		{"yes for true", variable("type: text\n    label: X\n    required: yes"), "a.md, line 9: true or false is expected."},
		{"a choice of nothing", variable("type: choice\n    label: X"), "a.md, line 6: the choice “x” needs “options”."},
		{"options of a text", variable("type: text\n    label: X\n    options: [a]"), "a.md, line 6: “options” belong to a choice or a multi-choice, and “x” is a text."},
		{"a default outside the options", variable("type: choice\n    label: X\n    options: [a, b]\n    default: c"), "a.md, line 10: the default “c” does not fit; one of a, b is expected."},
		{"a source outside the project", variable("type: artifact\n    label: X\n    source: ../a.md"), "a.md, line 9: “../a.md” is no source; "},
		{"an absolute source", variable("type: artifact\n    label: X\n    source: /etc/a.md"), "a.md, line 9: “/etc/a.md” is no source; "},
		{"a prefix without a number", with("contract:\n  sections:\n    - title: T\n      prefix: AC-"), "a.md, line 7: “prefix” needs “items”: how many must begin with “AC-”."},
		{"an unknown key of the contract", with("contract:\n  section: []"), "a.md, line 6: “section” is not a key of a contract; expected are none, phrase, reads, sections."},
		{"no body", "---\nid: a\ntitle: A\nsummary: S.\n---\n \n\n", "a.md, line 8: the prompt has no text after its front matter."},
		{"an undeclared variable", small + "\nAnd {{name}}.\n", "a.md, line 8: the variable “name” is not declared; it is expected under “variables”."},
		{"an open section", small + "{{#x}}\n", "a.md, line 7: the section “x” is not closed; {{/x}} is expected."},
		{"invalid UTF-8", small + "\xff", "a.md, line 7: the text is not UTF-8."},
		{"deep nesting", with("tags: " + strings.Repeat("[", 30000)), "a.md, line 5: the front matter is nested too deeply."},
		{"too large", small + strings.Repeat("x", maxFile), "a.md: the file is larger than 1 MB."},
		{"too large a front matter", with("purpose: " + strings.Repeat("x", maxFront)), "a.md: the front matter is larger than 64 KB or 2000 lines."},
		{"too long a front matter", with("purpose: |" + strings.Repeat("\n", maxFrontLines)), "a.md: the front matter is larger than 64 KB or 2000 lines."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse("a.md", []byte(tt.file))
			if err == nil {
				t.Fatal("Parse finds nothing wrong")
			}
			if !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error: %s\nwant:  %s", err, tt.want)
			}
			if code := workflow.CodeOf(err); code != workflow.Invalid && code != workflow.Limit {
				t.Errorf("code %q, want invalid or limit", code)
			}
		})
	}
}

func TestLintFindsWhatNobodyUses(t *testing.T) {
	p, err := Parse("tide.md", []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"tide.md, line 24: the variable “tone” is declared and never used.",
		"tide.md, line 29: the variable “limit” is declared and never used.",
		"tide.md: the contract expects the section “Overview”, and the text never asks for it.",
		"tide.md: the contract expects the section “Criteria”, and the text never asks for it.",
		"tide.md: the contract expects items that begin with “AC-”, and the text never asks for them.",
		"tide.md: the contract expects the phrase “HIGH WATER”, and the text never asks for it.",
	}
	got := []string{}
	for _, found := range p.Lint() {
		got = append(got, found.Error())
		if !found.Doubt || found.File != "tide.md" || found.Message == "" {
			t.Errorf("a lint is %+v", found)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Lint:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	p.Body += "\n{{tone}} {{#limit}}{{/limit}} Overview Criteria AC-1 HIGH WATER"
	if got := p.Lint(); len(got) != 0 {
		t.Errorf("Lint of a clean prompt: %v", got)
	}
}

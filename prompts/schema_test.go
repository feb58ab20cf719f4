package prompts_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"plumbline/backend/prompt"
	"plumbline/prompts"
)

// schema is as much of JSON Schema as ours use.
type schema struct {
	Ref         string            `json:"$ref"`
	Definitions map[string]schema `json:"definitions"`
	Type        any               `json:"type"`
	Enum        []string          `json:"enum"`
	Const       any               `json:"const"`
	Pattern     string            `json:"pattern"`
	Minimum     *float64          `json:"minimum"`
	Maximum     *float64          `json:"maximum"`
	MinLength   int               `json:"minLength"`
	MinItems    int               `json:"minItems"`
	UniqueItems bool              `json:"uniqueItems"`
	Items       *schema           `json:"items"`
	Properties  map[string]schema `json:"properties"`
	Required    []string          `json:"required"`
	Closed      *bool             `json:"additionalProperties"`
	Min         int               `json:"minProperties"`
	Max         *int              `json:"maxProperties"`
}

func schemaOf(t *testing.T, name string) schema {
	t.Helper()
	data, err := prompts.Schemas.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(data, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// at returns a part of a schema: "variable.type".
func (s schema) at(path string) schema {
	part := s
	for i, key := range strings.Split(path, ".") {
		switch {
		case key == "":
		case i == 0:
			part = s.Definitions[key]
		default:
			part = part.Properties[key]
		}
	}
	return part
}

const (
	promptHead   = "---\nid: a\ntitle: A\nsummary: S.\n"
	phaseHead    = promptHead + "phases:\n  - {id: p, title: P, summary: S., kind: manual, output: p.md, gate: []}\n"
	promptParser = "prompt.schema.json"
	flowParser   = "workflow.schema.json"
)

// probes are files with a mistake that makes the parser say what it expects there.
var probes = []struct{ schema, path, front string }{
	{promptParser, "", promptHead + "?: 1\n"},
	{promptParser, "variable", promptHead + "variables: [{?: 1}]\n"},
	{promptParser, "variable.type", promptHead + "variables: [{type: x}]\n"},
	{promptParser, "contract", promptHead + "contract: {?: 1}\n"},
	{promptParser, "contract.reads", promptHead + "contract: {reads: x}\n"},
	{promptParser, "section", promptHead + "contract: {sections: [{?: 1}]}\n"},
	{promptParser, "due", promptHead + "due: {?: 1}\n"},
	{promptParser, "due.every", promptHead + "due: {every: x}\n"},
	{promptParser, "origin", promptHead + "origin: {?: 1}\n"},
	{promptParser, ".takes", promptHead + "takes: [x]\n"},
	{flowParser, "", promptHead + "?: 1\n"},
	{flowParser, "phase", promptHead + "phases: [{?: 1}]\n"},
	{flowParser, "phase.kind", promptHead + "phases: [{kind: x}]\n"},
	{flowParser, "condition", strings.Replace(phaseHead, "gate: []", "gate: [{?: 1}]", 1)},
	{flowParser, "condition.kind", strings.Replace(phaseHead, "gate: []", "gate: [{kind: x}]", 1)},
	{flowParser, "loop", phaseHead + "loop: {?: 1}\n"},
	{flowParser, "loop.ends", phaseHead + "loop: {ends: x}\n"},
	{flowParser, "trigger", phaseHead + "triggers: [{?: 1}]\n"},
	{flowParser, "after", phaseHead + "triggers: [{after: {?: 1}}]\n"},
	{flowParser, "after.steps", phaseHead + "triggers: [{after: {steps: x}}]\n"},
}

var expected = regexp.MustCompile(`(?:expected are (.+)|one of (.+) is expected)\.$`)

// The parser tells what it expects, and the schema must say the same.
func TestSchemasKeepInStepWithTheParser(t *testing.T) {
	seen := map[string]bool{}
	for _, probe := range probes {
		s := schemaOf(t, probe.schema)
		text := []byte(strings.ReplaceAll(probe.front, "?:", "zzz:") + "---\nText.\n")
		_, err := prompt.Parse("a.md", text)
		if probe.schema == flowParser {
			_, err = prompt.ParseWorkflow("a.md", text)
		}
		if err == nil {
			t.Errorf("%s %s: the parser finds nothing wrong with\n%s", probe.schema, probe.path, text)
			continue
		}
		var m []string
		for _, p := range prompt.ProblemsOf(err) {
			if m == nil {
				m = expected.FindStringSubmatch(p.Error())
			}
		}
		if m == nil {
			t.Errorf("%s %s: the parser does not say what it expects: %v", probe.schema, probe.path, err)
			continue
		}
		want := strings.Split(m[1]+m[2], ", ")
		part := s.at(probe.path)
		got := slices.Collect(maps.Keys(part.Properties))
		if m[2] != "" {
			if got = part.Enum; part.Items != nil {
				got = part.Items.Enum
			}
		} else if part.Closed == nil || *part.Closed {
			t.Errorf("%s %s lets unknown keys through", probe.schema, probe.path)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s %s knows %q, and the parser %q", probe.schema, probe.path, got, want)
		}
		seen[probe.schema+" "+probe.path] = true
	}
	for _, name := range []string{promptParser, flowParser} {
		for definition := range schemaOf(t, name).Definitions {
			if !seen[name+" "+definition] {
				t.Errorf("%s: nothing compares “%s” with the parser", name, definition)
			}
		}
	}
}

// front returns the front matter of a file as JSON has it.
func front(t *testing.T, text string) any {
	t.Helper()
	_, rest, _ := strings.Cut(text, "---\n")
	head, _, _ := strings.Cut(rest, "\n---\n")
	var value any
	if err := yaml.Unmarshal([]byte(head), &value); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	value = nil
	if err := json.Unmarshal(data, &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestSchemasAcceptTheLibrary(t *testing.T) {
	for dir, name := range map[string]string{"library": promptParser, "workflows": flowParser} {
		s := schemaOf(t, name)
		err := fs.WalkDir(prompts.Files, dir, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := prompts.Files.ReadFile(file)
			if err == nil {
				err = s.check(s, front(t, strings.ReplaceAll(string(data), "\r\n", "\n")))
			}
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestSchemasRefuseMistakes(t *testing.T) {
	variable := promptHead + "variables:\n  - {name: x, type: text, label: X}\n"
	tests := []struct{ schema, text string }{
		{promptParser, strings.Replace(variable, "title: A\n", "", 1)},
		{promptParser, strings.Replace(variable, "id: a", "id: A b", 1)},
		{promptParser, variable + "colour: red\n"},
		{promptParser, variable + "temperature: 3\n"},
		{promptParser, variable + "tags: [a, a]\n"},
		{promptParser, variable + "due: {every: day, launch: 3}\n"},
		{promptParser, strings.Replace(variable, "type: text", "type: texxt", 1)},
		{promptParser, strings.Replace(variable, "name: x", "name: 1x", 1)},
		{flowParser, strings.Replace(phaseHead, "p.md", "p.txt", 1)},
		{flowParser, promptHead + "phases: []\n"},
		{flowParser, phaseHead + "loop: {phases: [p]}\n"},
		{flowParser, phaseHead + "triggers: [{id: t, title: T, phase: p, after: {milestone: false}}]\n"},
	}
	for _, tt := range tests {
		s := schemaOf(t, tt.schema)
		if err := s.check(s, front(t, tt.text+"---\n")); err == nil {
			t.Errorf("%s accepts\n%s", tt.schema, tt.text)
		}
	}
	for name, text := range map[string]string{promptParser: variable, flowParser: phaseHead} {
		s := schemaOf(t, name)
		if err := s.check(s, front(t, text+"---\n")); err != nil {
			t.Errorf("%s refuses what is right: %v", name, err)
		}
	}
}

// check judges a value by a part of a schema.
func (s schema) check(root schema, value any) error {
	if s.Ref != "" {
		return root.Definitions[strings.TrimPrefix(s.Ref, "#/definitions/")].check(root, value)
	}
	if !s.typed(value) {
		return fmt.Errorf("%v is not of the type %v", value, s.Type)
	}
	if s.Const != nil && value != s.Const {
		return fmt.Errorf("%v is not %v", value, s.Const)
	}
	if text, ok := value.(string); s.Enum != nil && (!ok || !slices.Contains(s.Enum, text)) {
		return fmt.Errorf("%v is not one of %v", value, s.Enum)
	}
	switch v := value.(type) {
	case string:
		if len(v) < s.MinLength || s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(v) {
			return fmt.Errorf("%q does not match %s", v, s.Pattern)
		}
	case float64:
		if s.Minimum != nil && v < *s.Minimum || s.Maximum != nil && v > *s.Maximum {
			return fmt.Errorf("%v is out of range", v)
		}
	case []any:
		return s.list(root, v)
	case map[string]any:
		return s.object(root, v)
	}
	return nil
}

// typed reports whether a value is of one of the types of a schema.
func (s schema) typed(value any) bool {
	names := []any{}
	switch t := s.Type.(type) {
	case string:
		names = append(names, t)
	case []any:
		names = t
	default:
		return true
	}
	is := ""
	switch v := value.(type) {
	case string:
		is = "string"
	case bool:
		is = "boolean"
	case float64:
		if is = "number"; v == math.Trunc(v) && slices.Contains(names, any("integer")) {
			is = "integer"
		}
	case []any:
		is = "array"
	case map[string]any:
		is = "object"
	}
	return slices.Contains(names, any(is))
}

func (s schema) list(root schema, values []any) error {
	if len(values) < s.MinItems {
		return errors.New("there are too few items")
	}
	for i, v := range values {
		if s.UniqueItems && slices.Contains(values[:i], v) {
			return fmt.Errorf("%v is there twice", v)
		}
		if err := s.Items.check(root, v); err != nil {
			return err
		}
	}
	return nil
}

func (s schema) object(root schema, values map[string]any) error {
	for _, key := range s.Required {
		if _, ok := values[key]; !ok {
			return fmt.Errorf("%s is missing", key)
		}
	}
	if len(values) < s.Min || s.Max != nil && len(values) > *s.Max {
		return errors.New("there are too few or too many keys")
	}
	for key, v := range values {
		part, ok := s.Properties[key]
		if !ok && s.Closed != nil && !*s.Closed {
			return fmt.Errorf("%s is unknown", key)
		}
		if err := part.check(root, v); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

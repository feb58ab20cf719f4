package prompt

import (
	"reflect"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

const expert = "---\nid: expert\ntitle: Expert\nsummary: Knows it.\n---\n\nYou know it.\n"

const pack = `---
id: tides
title: Tides
summary: The sea.
feature: a tide table
volume: 100
standard: IHO S-44
dependency: the tide gauge
events: a stream of levels
failures: [gauge is silent, gauge drifts]
compliance: [accuracy]
---

For people.
`

func TestParsePersona(t *testing.T) {
	got, err := ParsePersona("personas/expert.md", []byte(expert))
	if err != nil {
		t.Fatal(err)
	}
	want := workflow.Persona{
		ID: "expert", Title: "Expert", Summary: "Knows it.", Text: "You know it.", Source: workflow.BuiltIn,
		Revision: revisionOf([]byte(expert)), File: "personas/expert.md",
	}
	if got != want {
		t.Errorf("ParsePersona:\n%+v\nwant:\n%+v", got, want)
	}
}

func TestParsePack(t *testing.T) {
	got, err := ParsePack("packs/tides.md", []byte(pack))
	if err != nil {
		t.Fatal(err)
	}
	want := workflow.Pack{
		ID: "tides", Title: "Tides", Summary: "The sea.", Feature: "a tide table", Volume: "100", Standard: "IHO S-44",
		Dependency: "the tide gauge", Events: "a stream of levels", Failures: []string{"gauge is silent", "gauge drifts"},
		Compliance: []string{"accuracy"}, Text: "For people.", Source: workflow.BuiltIn,
		Revision: revisionOf([]byte(pack)), File: "packs/tides.md",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("ParsePack:\n%+v\nwant:\n%+v", got, want)
	}
}

func TestPersonasAndPacksNameTheirFaults(t *testing.T) {
	persona := func(data []byte) error { _, err := ParsePersona("a.md", data); return err }
	packs := func(data []byte) error { _, err := ParsePack("a.md", data); return err }
	tests := []struct {
		name  string
		parse func([]byte) error
		file  string
		want  string
	}{
		{"a persona without a text", persona, strings.Replace(expert, "You know it.", "", 1), "a.md, line 8: the persona has no text after its front matter; "},
		{"a persona without a title", persona, strings.Replace(expert, "title: Expert\n", "", 1), "a.md, line 2: “title” is missing in a persona."},
		{"a persona with tags", persona, strings.Replace(expert, "title:", "tags: a\ntitle:", 1), "a.md, line 3: “tags” is not a key of a persona; expected are base, id, summary, title."},
		{"a persona that is no file of ours", persona, "# Expert", "a.md, line 1: “---” is expected, "},
		{"a pack without a feature", packs, strings.Replace(pack, "feature: a tide table\n", "", 1), "a.md, line 2: “feature” is missing in a pack."},
		{"a pack with a text for a list", packs, strings.Replace(pack, "[accuracy]", "accuracy", 1), "a.md, line 11: a list is expected, "},
		{"a pack with another key", packs, strings.Replace(pack, "volume:", "amount:", 1), "a.md, line 6: “amount” is not a key of a pack; "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.parse([]byte(tt.file)); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("error: %v\nwant:  %s", err, tt.want)
			}
		})
	}
}

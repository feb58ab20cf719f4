package prompt

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

const canonical = `---
id: tide-table
title: Write a tide table
summary: "Tells: when the water is high."
purpose: >-
  For people who live by the sea, and for those who only go there once a year and do not want to get
  their feet wet.
phase: request
group: analysis
tags: [sea, "1", "a, b"]
version: 3
temperature: 0.2
reserve: 1024
takes: [findings, any]
follows: [request]
due: {launch: -7}
base: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
origin:
  format: fabric
  from: patterns/tide/system.md
variables:
  - name: idea
    type: artifact
    label: Idea
    help: What you want.
    required: true
    source: notes/idea.md
    example: |-
      # A tide clock

      - [ ] It ticks
  - name: tone
    type: choice
    label: Tone
    default: dry
    options: [dry, warm]
  - name: limit
    type: number
    label: Limit
    default: 10
contract:
  reads: findings
  none: NO WATER
  phrase: HIGH WATER
  sections:
    - title: Overview
      also: [Summary]
      tasks: 2
    - title: Criteria
      items: 3
      prefix: AC-
extra:
  model:   gpt-4  # as it was
  tools: ['a', "b"]

  deep:
      odd: *unknown
---

Write about {{idea}}, {{tone}}, {{limit}}.
`

func TestWriteIsTheFileAsWeWouldWriteIt(t *testing.T) {
	p, err := Parse("tide.md", []byte(canonical))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(Write(p)); got != canonical {
		t.Errorf("Write:\n%s\nwant:\n%s", got, canonical)
	}
	if want := "model:   gpt-4  # as it was\ntools: ['a', \"b\"]\n\ndeep:\n    odd: *unknown"; p.Extra != want {
		t.Errorf("the extra keys are\n%s\nwant:\n%s", p.Extra, want)
	}
	if want := (Origin{Format: "fabric", From: "patterns/tide/system.md"}); p.Origin != want {
		t.Errorf("the origin is %+v, want %+v", p.Origin, want)
	}
}

func TestExtraKeysAreKeptAsTheyAre(t *testing.T) {
	tests := []struct{ name, front, want string }{
		{"a mapping", "extra:\n  a: 1\n  b: [2]\n", "a: 1\nb: [2]"},
		{"deep indentation", "extra:\n      a:\n        b: c\n", "a:\n  b: c"},
		{"on one line", "extra: {a: 1}\n", "{a: 1}"},
		{"broken YAML", "extra:\n  a: [\n  \"\n", "a: [\n\""},
		{"a comment and blank lines", "extra:\n\n  # of another program\n\n  a: 1\n\n", "# of another program\n\na: 1"},
		{"a key after it", "extra:\n  a: 1\ntags: [x]\n", "a: 1"},
		{"nothing", "extra:\n", ""},
		{"nothing but blanks", "extra:\n   \n\t\n", ""},
		{"a key that only begins so", "summary: S.\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			front := "id: a\ntitle: A\n" + tt.front
			if !strings.Contains(front, "summary") {
				front += "summary: S.\n"
			}
			p, err := Parse("a.md", []byte("---\n"+front+"---\nText.\n"))
			if err != nil {
				t.Fatal(err)
			}
			if p.Extra != tt.want {
				t.Errorf("the extra keys are %q, want %q", p.Extra, tt.want)
			}
			checkWritten(t, p)
		})
	}
	for front, want := range map[string]string{
		"extra:\n  a: 1\nextra:\n  b: 1\n": "a.md, line 7: the key “extra” is there twice.",
		"extra:\n  a: 1\ncolour: red\n":    "a.md, line 7: “colour” is not a key of a prompt; ",
	} {
		_, err := Parse("a.md", []byte("---\nid: a\ntitle: A\nsummary: S.\n"+front+"---\nText.\n"))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("error: %v\nwant:  %s", err, want)
		}
	}
}

// checkWritten fails unless a prompt is read again as it was written.
func checkWritten(t *testing.T, p Prompt) {
	t.Helper()
	text := Write(p)
	got, err := Parse(p.File, text)
	if err != nil {
		t.Fatalf("what Write wrote cannot be read: %v\n%s", err, text)
	}
	want := p
	got.lines, want.lines = nil, nil
	got.Revision, want.Revision = "", ""
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("written and read:\n%+v\nwant:\n%+v\nfrom:\n%s", got, want, text)
	}
	if again := Write(got); string(again) != string(text) {
		t.Fatalf("written a second time:\n%s\nthe first time:\n%s", again, text)
	}
}

// awkward are texts that YAML likes to take for something else.
var awkward = []string{
	"a", "word", "two words", "true", "No", "null", "~", "12", "1.50", "-3", "1e3", "0x1F", "0o7", "1_000", ".5", ".inf", "2030-01-31", "12:30:45",
	"a: b", "a:", ":a", "a #b", "#a", "a#b", "- a", "-", "? a", "a ? b", "[a]", "{a}", "a]", "a, b", "*a", "&a", "!a", "!!str a", "%a", "@a", "`a`",
	"'a'", "it's", "\"a\"", "say \"a\"", "a\\b", "\\", "|", ">", "|-", ">- a", "<<", "=", "---", "--- a", "...", "é", "“quoted”", "日本語", "🌊", "\u0085a", "a\u2028b",
	"\x01", "a\tb", "a  b", "a\u00a0b", "\ufeffa", "a\x7fb", "{{name}}", "{{#a}}", "NaN", "Infinity", "y", "0", "007", "+1", "1,000", "a\\nb", "\u200b", "a:b:c", "http://x.y/z?a=b#c", "C:\\x",
}

var awkwardTexts = append([]string{
	"a\nb", "a\n\nb", "a\n b", "a\n  b\n c", "- a\n- b", "# a\n\n- [ ] b", "a \nb", "a\n\tb", "a: b\nc: d", "---\na", "a\n---\nb", "a\n...\nb", "a\n#b", "|\na", "a\n\n\nb", "a\u0085\nb", "a\nb:",
	strings.Repeat("long ", 40) + "end", strings.Repeat("long: ", 40) + "end", strings.Repeat("x", 300), "#" + strings.Repeat(" y", 80), strings.Repeat("a # b ", 30) + "c", strings.Repeat("-  ", 60) + "-",
	strings.Repeat("- ", 60) + "-", "- " + strings.Repeat("word ", 30) + "w", strings.Repeat("é ", 80) + "é", strings.Repeat("a\u00a0b ", 30) + "c",
}, awkward...)

func TestWhateverIsWrittenIsReadAgain(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		checkWritten(t, randomPrompt(rnd))
	}
}

func pick(rnd *rand.Rand, from []string) string { return strings.TrimSpace(from[rnd.IntN(len(from))]) }

// several are up to n different texts.
func several(rnd *rand.Rand, n int, from []string) []string {
	all := []string{}
	for range rnd.IntN(n + 1) {
		one := pick(rnd, from)
		if one != "" && !strings.Contains("\n"+strings.Join(all, "\n")+"\n", "\n"+one+"\n") {
			all = append(all, one)
		}
	}
	return all
}

func maybe(rnd *rand.Rand, text string) string {
	if rnd.IntN(2) == 0 {
		return ""
	}
	return text
}

func randomPrompt(rnd *rand.Rand) Prompt {
	p := Prompt{
		ID: "a", Title: pick(rnd, awkward), Summary: pick(rnd, awkward), Purpose: maybe(rnd, pick(rnd, awkwardTexts)), Phase: maybe(rnd, "request"),
		Group: maybe(rnd, "analysis"), Tags: several(rnd, 4, awkward), Variables: []workflow.Variable{}, Contract: emptyContract(),
		Takes: []workflow.TextKind{}, Follows: []string{}, Version: 1 + rnd.IntN(2), Reserve: defaultReserve + rnd.IntN(2),
		Source: workflow.BuiltIn, Body: pick(rnd, awkwardBodies), File: "a.md",
	}
	if rnd.IntN(2) == 0 {
		hot := float64(rnd.IntN(200)) / 100
		p.Temperature, p.Base = &hot, strings.Repeat("0123456789", 6)+"0123"
		p.Origin, p.Due = Origin{Format: "fabric", From: maybe(rnd, pick(rnd, awkward))}, workflow.Due{Launch: rnd.IntN(5) - 7}
		p.Extra = dedent(strings.Split(pick(rnd, awkwardTexts), "\n"))
		p.Takes, p.Follows = append(p.Takes, workflow.TextAny), append(p.Follows, "b", "c")
	}
	for i := range rnd.IntN(4) {
		p.Variables = append(p.Variables, randomVariable(rnd, i))
	}
	if rnd.IntN(2) == 0 {
		p.Contract.Reads, p.Contract.None, p.Contract.Phrase = workflow.ReadsFindings, maybe(rnd, pick(rnd, awkward)), maybe(rnd, pick(rnd, awkward))
		for range rnd.IntN(3) {
			s := workflow.ContractSection{Title: pick(rnd, awkward), Also: several(rnd, 2, awkward), Tasks: rnd.IntN(2), Items: rnd.IntN(2)}
			if s.Items > 0 {
				s.Prefix = maybe(rnd, pick(rnd, awkward))
			}
			p.Contract.Sections = append(p.Contract.Sections, s)
		}
	}
	return p
}

var awkwardBodies = []string{"Text.", "---\nText.\n---", "  indented", "# Title\n\nText", "a\r\rb", "\\{{x}}", "- [ ] a"}

func randomVariable(rnd *rand.Rand, i int) workflow.Variable {
	v := workflow.Variable{
		Name: fmt.Sprintf("v%d", i), Type: workflow.VarLongText, Label: pick(rnd, awkward), Help: maybe(rnd, pick(rnd, awkwardTexts)), Required: rnd.IntN(2) == 0,
		Default: maybe(rnd, pick(rnd, awkwardTexts)), Options: []string{}, Source: maybe(rnd, "notes/a.md"), Example: maybe(rnd, pick(rnd, awkwardTexts)),
	}
	switch rnd.IntN(3) {
	case 0:
		v.Type, v.Default = workflow.VarNumber, maybe(rnd, []string{"10", "-3", "1.50", "1e3", "0.1"}[rnd.IntN(5)])
	case 1:
		if v.Options = several(rnd, 4, awkward); len(v.Options) > 0 {
			v.Type, v.Default = workflow.VarChoice, maybe(rnd, v.Options[0])
		}
	}
	return v
}

func FuzzWrite(f *testing.F) {
	for _, seed := range []string{full, small, canonical} {
		f.Add([]byte(seed))
	}
	for _, text := range awkwardTexts {
		f.Add(fmt.Appendf(nil, "---\nid: a\ntitle: A\nsummary: S.\npurpose: %q\nextra:\n  %s\n---\n%s\n", text, text, text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("a.md", data)
		if err != nil || len(Write(p)) > maxFront {
			return
		}
		checkWritten(t, p)
	})
}

func TestWithBase(t *testing.T) {
	base := strings.Repeat("ab", 32)
	for name, text := range map[string]string{
		"a file without a base": canonical[:strings.Index(canonical, "base:")] + canonical[strings.Index(canonical, "origin:"):],
		"a file with another":   canonical,
		"a file of Windows":     "\ufeff" + strings.ReplaceAll(canonical, "\n", "\r\n"),
	} {
		got, err := WithBase([]byte(text), base)
		if err != nil {
			t.Fatal(err)
		}
		p, err := Parse("a.md", got)
		if err != nil {
			t.Fatal(err)
		}
		if p.Base != base {
			t.Errorf("%s: the base is %q", name, p.Base)
		}
		without := strings.Replace(string(got), "base: "+base+"\n", "", 1)
		if want := strings.Replace(canonical, canonical[strings.Index(canonical, "base:"):strings.Index(canonical, "origin:")], "", 1); without != want {
			t.Errorf("%s: the rest has changed:\n%s\nwant:\n%s", name, without, want)
		}
	}
	if _, err := WithBase([]byte("no front matter"), base); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("a file without front matter: %v, want invalid", err)
	}
}

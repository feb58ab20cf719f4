package prompt

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// withBody returns a prompt with the given body, whose variables a, b and c are optional texts.
func withBody(body string) Prompt {
	p := Prompt{Title: "Test", File: "test.md", Body: body}
	for _, name := range []string{"a", "b", "c"} {
		p.Variables = append(p.Variables, workflow.Variable{Name: name, Type: workflow.VarText, Label: "The " + name})
	}
	return p
}

func TestRender(t *testing.T) {
	tests := []struct {
		name, body string
		values     map[string]string
		want       string
	}{
		{"plain text", "No variables, { } and }} alone.", nil, "No variables, { } and }} alone."},
		{"a value", "Say {{a}}, {{ a }}!", map[string]string{"a": "hi"}, "Say hi, hi!"},
		{"no value", "[{{a}}]", nil, "[]"},
		{"braces in a value stay", "{{a}} {{b}}", map[string]string{"a": "{{b}} {{#b}}x{{/b}} \\{{", "b": "{{a}}"}, "{{b}} {{#b}}x{{/b}} \\{{ {{a}}"},
		{"escaped braces", `\{{a}} and \{{ and {{a}}`, map[string]string{"a": "x"}, "{{a}} and {{ and x"},
		{"a section with a value", "{{#a}}A is {{a}}.{{/a}}{{^a}}No a.{{/a}}", map[string]string{"a": "1"}, "A is 1."},
		{"a section without one", "{{#a}}A is {{a}}.{{/a}}{{^a}}No a.{{/a}}", map[string]string{"a": " \n"}, "No a."},
		{"sections in sections", "{{#a}}{{#b}}ab{{/b}}{{^b}}a{{/b}}{{/a}}{{#c}}c{{/c}}", map[string]string{"a": "1", "c": "1"}, "ac"},
		{"a tag alone takes its line along", "x\n{{#a}}\ny\n{{/a}}\nz", map[string]string{"a": "1"}, "x\ny\nz"},
		{"an empty section takes its lines along", "x\n  {{#a}}  \ny\n\t{{/a}}\nz", nil, "x\nz"},
		{"at both ends", "{{#a}}\ny\n{{/a}}", map[string]string{"a": "1"}, "y\n"},
		{"two tags on a line keep it", "x\n{{#a}}{{/a}}\nz", nil, "x\n\nz"},
		{"a value alone keeps its line", "x\n{{a}}\nz", nil, "x\n\nz"},
		{"a line break at the end of a value is not doubled", "<a>\n{{a}}\n</a>", map[string]string{"a": "text\n"}, "<a>\ntext\n</a>"},
		{"blank lines at the end of a value stay", "<a>\n{{a}}\n\n</a>", map[string]string{"a": "text\n\n"}, "<a>\ntext\n\n\n</a>"},
		{"values that nobody declared", "{{a}}", map[string]string{"a": "1", "zzz": "2"}, "1"},
		{"CRLF in a value", "{{a}}", map[string]string{"a": "1\r\n2"}, "1\r\n2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := withBody(tt.body).Render(tt.values)
			if err != nil {
				t.Fatal(err)
			}
			if got.Text != tt.want {
				t.Errorf("text %q, want %q", got.Text, tt.want)
			}
			checkParts(t, got)
		})
	}
}

// checkParts fails unless the parts cover the text in order.
func checkParts(t *testing.T, r Rendered) {
	t.Helper()
	at := 0
	for i, part := range r.Parts {
		if part.Start != at || part.End <= part.Start {
			t.Fatalf("part %d is %+v, want it to begin at %d", i, part, at)
		}
		if i > 0 && part.Name == "" && r.Parts[i-1].Name == "" {
			t.Fatalf("parts %d and %d are both the template's", i-1, i)
		}
		at = part.End
	}
	if at != len(r.Text) {
		t.Fatalf("the parts end at %d, the text at %d", at, len(r.Text))
	}
}

func TestRenderSaysWhereTextComesFrom(t *testing.T) {
	got, err := withBody(`Say {{a}}{{#b}} or \{{ {{b}}{{/b}}.`).Render(map[string]string{"a": "hé", "b": "ho"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Part{{"", 0, 4}, {"a", 4, 7}, {"", 7, 14}, {"b", 14, 16}, {"", 16, 17}}
	if !reflect.DeepEqual(got.Parts, want) {
		t.Errorf("parts %+v, want %+v", got.Parts, want)
	}
}

func TestTemplateErrorsNameTheLine(t *testing.T) {
	tests := []struct{ name, body, want string }{
		{"an undeclared variable", "x\n{{zzz}}", "test.md, line 2: the variable “zzz” is not declared; it is expected under “variables”."},
		{"an undeclared section", "x\n\n{{#zzz}}{{/zzz}}", "test.md, line 3: the variable “zzz” is not declared; it is expected under “variables”."},
		{"an open section", "x\n{{#a}}\ny", "test.md, line 2: the section “a” is not closed; {{/a}} is expected."},
		{"a close without an open", "x\n{{/a}}", "test.md, line 2: {{/a}} closes a section that is not open."},
		{"crossed sections", "{{#a}}\n{{#b}}\n{{/a}}\n{{/b}}", "test.md, line 3: {{/b}} is expected, to close the section of line 2, and not {{/a}}."},
		{"a section in itself", "{{#a}}\n{{^b}}\n{{#a}}{{/a}}{{/b}}{{/a}}", "test.md, line 3: the section “a” is open already and cannot be inside itself."},
		{"its opposite in itself", "{{#a}}\n{{^a}}{{/a}}{{/a}}", "test.md, line 2: the section “a” is open already and cannot be inside itself."},
		{"braces without a name", "x\n{{ }}", "test.md, line 2: “{{name}}” is expected after “{{”; write “\\{{” for the braces themselves."},
		{"braces that do not close", "x\n\n{{a", "test.md, line 3: “{{name}}” is expected after “{{”; write “\\{{” for the braces themselves."},
		{"a name over two lines", "{{\na}}", "test.md, line 1: “{{name}}” is expected after “{{”; write “\\{{” for the braces themselves."},
		{"three braces", "{{{a}}}", "test.md, line 1: “{{name}}” is expected after “{{”; write “\\{{” for the braces themselves."},
		{"sections too deep", func() string {
			var b strings.Builder
			for i := range maxSections + 1 {
				fmt.Fprintf(&b, "{{#a%d}}\n", i)
			}
			return b.String()
		}(), "test.md, line 17: at most 16 sections inside one another are expected."},
		{"lines after tags that stand alone", "{{#a}}\n\n{{/a}}\n{{zzz}}", "test.md, line 4: the variable “zzz” is not declared; it is expected under “variables”."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := withBody(tt.body).Render(nil)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error: %v\nwant:  %s", err, tt.want)
			}
			if workflow.CodeOf(err) != workflow.Invalid {
				t.Errorf("code %q, want invalid", workflow.CodeOf(err))
			}
		})
	}
}

func TestRenderNamesMissingVariablesByLabel(t *testing.T) {
	p := withBody("{{a}}{{b}}{{c}}")
	p.Variables[0].Required, p.Variables[2].Required = true, true
	for _, tt := range []struct {
		values map[string]string
		want   string
	}{
		{nil, "“The a” and “The c” are missing."},
		{map[string]string{"a": "1", "c": "\n"}, "“The c” is missing."},
	} {
		_, err := p.Render(tt.values)
		var e *workflow.Error
		if !errors.As(err, &e) || e.Code != workflow.Invalid || e.Message != tt.want || e.Hint == "" {
			t.Errorf("Render(%v) = %v, want %s with a hint", tt.values, err, tt.want)
		}
	}
}

func TestRenderUsesDefaults(t *testing.T) {
	p := withBody("{{a}}|{{b}}")
	p.Variables[0].Default, p.Variables[1].Default = "one", "two"
	p.Variables[1].Required = true
	for _, tt := range []struct {
		name   string
		values map[string]string
		want   string
	}{
		{"not given", nil, "one|two"},
		{"given", map[string]string{"a": "x", "b": "y"}, "x|y"},
		{"given as blank", map[string]string{"a": "", "b": ""}, "|two"},
	} {
		got, err := p.Render(tt.values)
		if err != nil || got.Text != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.name, got.Text, err, tt.want)
		}
	}
}

func TestRenderChecksTypes(t *testing.T) {
	for _, tt := range []struct {
		kind        workflow.VariableType
		value, want string
	}{
		{workflow.VarChoice, "red", ""},
		{workflow.VarChoice, "blue", "“X” is “blue”; one of red, green is expected."},
		{workflow.VarMulti, "green\nred", ""},
		{workflow.VarMulti, "green\nblue", "“X” is “green\nblue”; some of red, green, each on its own line, is expected."},
		{workflow.VarNumber, "-1.5", ""},
		{workflow.VarNumber, "many", "“X” is “many”; a number is expected."},
		{workflow.VarNumber, "NaN", "“X” is “NaN”; a number is expected."},
		{workflow.VarYesNo, "no", ""},
		{workflow.VarYesNo, "perhaps", "“X” is “perhaps”; yes or no is expected."},
		{workflow.VarDate, "2030-02-28", ""},
		{workflow.VarDate, "2030-02-30", "“X” is “2030-02-30”; a date such as 2030-01-31 is expected."},
		{workflow.VarDate, "tomorrow", "“X” is “tomorrow”; a date such as 2030-01-31 is expected."},
		{workflow.VarLongText, "a\nb", ""},
	} {
		p := Prompt{Body: "{{x}}", Variables: []workflow.Variable{{Name: "x", Type: tt.kind, Label: "X"}}}
		if tt.kind == workflow.VarChoice || tt.kind == workflow.VarMulti {
			p.Variables[0].Options = []string{"red", "green"}
		}
		got, err := p.Render(map[string]string{"x": tt.value})
		if tt.want == "" && (err != nil || got.Text != tt.value) {
			t.Errorf("%s %q: %q, %v", tt.kind, tt.value, got.Text, err)
		}
		if tt.want != "" && (err == nil || err.Error() != tt.want) {
			t.Errorf("%s %q: %v, want %s", tt.kind, tt.value, err, tt.want)
		}
	}
}

func TestNoHidesItsSection(t *testing.T) {
	p := Prompt{Body: "{{#x}}shown{{/x}}{{^x}}hidden: {{x}}{{/x}}", Variables: []workflow.Variable{{Name: "x", Type: workflow.VarYesNo, Label: "X"}}}
	for value, want := range map[string]string{"yes": "shown", "true": "shown", "no": "hidden: no", "false": "hidden: false", "": "hidden: "} {
		if got, err := p.Render(map[string]string{"x": value}); err != nil || got.Text != want {
			t.Errorf("%q gives %q, %v; want %q", value, got.Text, err, want)
		}
	}
}

func TestRenderRefusesToFillTheMemory(t *testing.T) {
	p := withBody(strings.Repeat("{{a}}", 1000))
	_, err := p.Render(map[string]string{"a": strings.Repeat("x", maxRendered/999)})
	if workflow.CodeOf(err) != workflow.Limit {
		t.Errorf("error %v, want a limit", err)
	}
}

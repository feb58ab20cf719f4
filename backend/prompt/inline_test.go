package prompt

import (
	"reflect"
	"testing"

	"plumbline/backend/workflow"
)

func TestInline(t *testing.T) {
	v := func(name string, kind workflow.VariableType, label string, change ...func(*workflow.Variable)) workflow.Variable {
		v := workflow.Variable{Name: name, Type: kind, Label: label, Options: []string{}, Required: true}
		for _, c := range change {
			c(&v)
		}
		return v
	}
	optional := func(v *workflow.Variable) { v.Required = false }
	with := func(text string) func(*workflow.Variable) {
		return func(v *workflow.Variable) { v.Default, v.Required = text, false }
	}
	of := func(options ...string) func(*workflow.Variable) {
		return func(v *workflow.Variable) { v.Options = options }
	}
	help := func(text string) func(*workflow.Variable) {
		return func(v *workflow.Variable) { v.Help = text }
	}
	text, choice := workflow.VarText, workflow.VarChoice
	tests := []struct {
		name, body, want string
		vars             []workflow.Variable
	}{
		{"no variable", "Text } } {", "Text } } {", nil},
		{"a plain one", "On {{ topic }}.", "On {{topic}}.", []workflow.Variable{v("topic", text, "Topic")}},
		{"twice", "{{a_b}} {{a_b}}", "{{a_b}} {{a_b}}", []workflow.Variable{v("a_b", text, "A b")}},
		{"in words", "{{First name}}", "{{First-name}}", []workflow.Variable{v("First-name", text, "First name")}},
		{"with a dot", "{{user.name}}", "{{user-name}}", []workflow.Variable{v("user-name", text, "User.name")}},
		{"with a type", "{{n | number}}", "{{n}}", []workflow.Variable{v("n", workflow.VarNumber, "N")}},
		{"with a default", `{{n | number:default="3"}}`, "{{n}}", []workflow.Variable{v("n", workflow.VarNumber, "N", with("3"))}},
		{"with options", `{{tone | select:options="dry, warm",default="warm"}}`, "{{tone}}", []workflow.Variable{v("tone", choice, "Tone", of("dry", "warm"), with("warm"))}},
		{"with options one by one", `{{tone | choice:option="dry, cold":option="warm"}}`, "{{tone}}", []workflow.Variable{v("tone", choice, "Tone", of("dry, cold", "warm"))}},
		{"a default that is no option", `{{tone | choice:options="dry" default="odd"}}`, "{{tone}}", []workflow.Variable{v("tone", choice, "Tone", of("odd", "dry"), with("odd"))}},
		{"a choice of nothing", `{{tone | select}}`, "{{tone}}", []workflow.Variable{v("tone", text, "Tone")}},
		{"several of", `{{tags | multiselect:options="a|b|c" default="a,c"}}`, "{{tags}}", []workflow.Variable{v("tags", workflow.VarMulti, "Tags", of("a", "b", "c"), with("a\nc"))}},
		{"a switch", `{{ok | boolean}}`, "{{ok}}", []workflow.Variable{v("ok", workflow.VarYesNo, "Ok", optional)}},
		{"a number that is none", `{{n | number:default="many"}}`, "{{n}}", []workflow.Variable{v("n", text, "N", with("many"))}},
		{"label, help and example", `{{n | text:label="Name",help="Whose?",placeholder="Ada",required=false}}`, "{{n}}",
			[]workflow.Variable{v("n", text, "Name", help("Whose?"), optional, func(v *workflow.Variable) { v.Example = "Ada" })}},
		{"a flag", `{{n | text:optional}}`, "{{n}}", []workflow.Variable{v("n", text, "N", optional)}},
		{"braces in quotes", `{{n | text:default="a }} b"}}`, "{{n}}", []workflow.Variable{v("n", text, "N", with("a }} b"))}},
		{"a filter", `{{n | upcase}}`, "{{n}}", []workflow.Variable{v("n", text, "N", help("Written as “upcase” where it comes from."))}},
		{"a limit we have no place for", `{{n | number:min="1"}}`, "{{n}}", []workflow.Variable{v("n", workflow.VarNumber, "N", help("Written as “number:min=\"1\"” where it comes from."))}},
		{"a type told later", `{{n}} {{n | number}}`, "{{n}} {{n}}", []workflow.Variable{v("n", workflow.VarNumber, "N")}},
		{"a section", "{{#n}}x{{n}}{{/n}}", "{{#n}}x{{n}}{{/n}}", []workflow.Variable{v("n", text, "N", optional)}},
		{"a section of another language", "{{#if n}}x{{else}}y{{/if}} {{n}}", `\{{#if n}}x\{{else}}y\{{/if}} {{n}}`, []workflow.Variable{v("n", text, "N")}},
		{"sections that do not match", "{{#n}}x", `\{{#n}}x`, nil},
		{"something that runs", "{{plugin:text:upper x}} {{> part}} {{!hidden}}", `\{{plugin:text:upper x}} \{{> part}} \{{!hidden}}`, nil},
		{"three braces", "{{{n}}}", `\{{{n}}}`, nil},
		{"open braces", "{{n", `\{{n`, nil},
		{"empty braces", "{{}} {{ }}", `\{{}} \{{ }}`, nil},
		{"escaped ones", `\{{n}}`, `\{{n}}`, nil},
		{"another script", "{{名前}}", "{{input-7ec262}}", []workflow.Variable{v("input-7ec262", text, "名前")}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, vars := Inline(tt.body)
			if got != tt.want {
				t.Errorf("the body is %q, want %q", got, tt.want)
			}
			if len(vars)+len(tt.vars) > 0 && !reflect.DeepEqual(vars, tt.vars) {
				t.Errorf("the variables are\n%+v\nwant\n%+v", vars, tt.vars)
			}
		})
	}
}

// Whatever comes in makes a prompt that can be written, read and filled.
func FuzzInline(f *testing.F) {
	for _, seed := range []string{
		"{{a}}", `{{a | choice:options="x,y" default="z"}}`, "{{#a}}{{^b}}{{/b}}{{/a}}", `\{{a}}`, "{{{a}}}", "{{名 前}}", `{{a|text:default="` + "\t" + `"}}`,
		"{{1a}} {{-}} {{a|b|c}}", `{{a|multi-choice:options="x,,x" default="x;y"}}`, "{{#a}}{{/b}}", `{{a | label=""}}`, `{{a | type="date" default='2030-01-31'}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		text, vars := Inline(body)
		p := Prompt{ID: "a", Title: "A", Summary: "S.", Body: text, Variables: vars}
		got, err := Parse("a.md", Write(p))
		if invalidUTF8([]byte(body)) >= 0 || trimBlankLines(body) == "" || len(body) > maxFront/2 {
			return
		}
		if err != nil {
			t.Fatalf("%q became %q, which cannot be read: %v\n%s", body, text, err, Write(p))
		}
		again, more := Inline(got.Body)
		if again != got.Body || len(more) != len(vars) {
			t.Errorf("%q became %q with %d variables, and that %q with %d", body, got.Body, len(vars), again, len(more))
		}
	})
}

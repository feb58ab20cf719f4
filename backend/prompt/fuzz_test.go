package prompt

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		full, small, flow, expert, pack, canonical, "", "---", "---\n---\n", "---\nid: [\n---\n", "---\n? a\n: b\n---\nx",
		"---\n&a *a: b\n---\n", "---\nid: !!binary aGk=\ntitle: |\n  a\nsummary: >-\n  b\n---\n{{", "\ufeff---\r\nid: a\r\n---\r\n{{#a}}",
		"---\n<<: {id: a}\ntitle: \"\\u12\"\n---\n", "---\nid: 'a\n---\n", "---\nx: - - - a\n---\n", "---\n%YAML 1.2\n---\nid: a",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("fuzz.md", data)
		if err == nil {
			checkParsed(t, p)
		}
		if w, err := ParseWorkflow("fuzz.md", data); err == nil && len(w.Phases) == 0 {
			t.Error("a workflow without phases is let through")
		}
		if p, err := ParsePersona("fuzz.md", data); err == nil && (p.ID == "" || p.Text == "") {
			t.Errorf("an incomplete persona is let through: %+v", p)
		}
		if p, err := ParsePack("fuzz.md", data); err == nil && (p.ID == "" || p.Feature == "" || p.Failures == nil) {
			t.Errorf("an incomplete pack is let through: %+v", p)
		}
	})
}

// checkParsed fails unless a prompt that was let through can be used.
func checkParsed(t *testing.T, p Prompt) {
	if p.ID == "" || p.Title == "" || p.Body == "" || len(p.Revision) != 64 || !utf8.ValidString(p.Body) {
		t.Errorf("an incomplete prompt is let through: %+v", p)
	}
	values := map[string]string{}
	for _, v := range p.Variables {
		values[v.Name] = v.Default
		if v.Default == "" {
			values[v.Name] = "1"
		}
		if len(v.Options) > 0 {
			values[v.Name] = v.Options[0]
		}
	}
	if r, err := p.Render(values); err == nil {
		checkParts(t, r)
	}
	p.Lint()
}

func FuzzRender(f *testing.F) {
	f.Add("{{a}} {{b}}", "{{b}}", "{{a}}", "")
	f.Add("{{#a}}\n{{b}}\n{{/a}}\n{{^c}}\\{{{{a}}{{/c}}", "\\{{c}}", "x\n", "{{/a}}")
	f.Add("{{a}}\n\n{{a}}", "\n", "\r\n", " ")
	f.Fuzz(func(t *testing.T, body, a, b, c string) {
		values := map[string]string{"a": a, "b": b, "c": c}
		p := withBody(body)
		r, err := p.Render(values)
		if err != nil {
			return
		}
		checkParts(t, r)
		var own strings.Builder
		for _, part := range r.Parts {
			text := r.Text[part.Start:part.End]
			if part.Name == "" {
				own.WriteString(text)
			} else if text != values[part.Name] {
				t.Errorf("%q went in as %q", values[part.Name], text)
			}
		}
		// What values say decides which sections are shown and never what the template says.
		plain := map[string]string{}
		for name, text := range values {
			if strings.TrimSpace(text) != "" {
				plain[name] = "x"
				if strings.HasSuffix(text, "\n") {
					plain[name] = "x\n"
				}
			} else {
				plain[name] = text
			}
		}
		again, err := p.Render(plain)
		if err != nil {
			t.Fatalf("the same template with other values: %v", err)
		}
		var other strings.Builder
		for _, part := range again.Parts {
			if part.Name == "" {
				other.WriteString(again.Text[part.Start:part.End])
			}
		}
		if own.String() != other.String() {
			t.Errorf("the template's text is %q with these values and %q with others", own.String(), other.String())
		}
	})
}

func FuzzEstimateTokens(f *testing.F) {
	f.Add("a", "b")
	f.Add("潮", "🌊\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !utf8.ValidString(a) {
			t.Skip("the end of a may become one character with the beginning of b")
		}
		if both := EstimateTokens(a + b); both < EstimateTokens(a) {
			t.Errorf("%q is fewer tokens than its beginning %q", a+b, a)
		}
	})
}

package markdown

import "testing"

func TestSplitThinking(t *testing.T) {
	const doc = "# Spec\n\n```go\nx\n```\n"
	for name, c := range map[string]struct{ answer, thinking, text string }{
		"none":                        {doc, "", doc},
		"empty":                       {"", "", ""},
		"think":                       {"<think>\nhm\n</think>\n\n" + doc, "hm", doc},
		"leading space and case":      {"\n <Thinking>hm</THINKING> " + doc, "hm", doc},
		"two blocks":                  {"<think>a</think>\n<reasoning>\nb\n</reasoning>\n" + doc, "a\n\nb", doc},
		"planning tags":               {"<spec_planning>\nsteps\n</spec_planning>\n" + doc, "steps", doc},
		"never closed":                {"<think>so I should", "so I should", ""},
		"opened by the template":      {"so I should\nwrite\n</think>\n\n" + doc, "so I should\nwrite", doc},
		"end tag named in text":       {"The tag `</think>` ends it.\n", "", "The tag `</think>` ends it.\n"},
		"end tag shown in code":       {"Text\n\n```\n</think>\n```\n", "", "Text\n\n```\n</think>\n```\n"},
		"other tags":                  {"<div>x</div>", "", "<div>x</div>"},
		"tag later on":                {"Text <think>x</think>", "", "Text <think>x</think>"},
		"wrapped":                     {"```markdown\n# Spec\n\ntext\n```", "", "# Spec\n\ntext\n"},
		"wrapped, longer fence":       {"````md\n" + doc + "````\n", "", doc},
		"wrapped, code inside":        {"```markdown\n" + doc + "```\n", "", doc},
		"wrapped, plain code inside":  {"```markdown\na\n```\ncode\n```\nb\n```", "", "a\n```\ncode\n```\nb\n"},
		"wrapped, broken off":         {"```markdown\n# Spec\n\ntext", "", "# Spec\n\ntext"},
		"wrapped, broken off in code": {"```markdown\n# Spec\n\n```go\nx", "", "# Spec\n\n```go\nx"},
		"wrapped with CRLF":           {"```markdown\r\n# Spec\r\n```\r\n", "", "# Spec\r\n"},
		"only the first part":         {"```markdown\na\n```\nprose\n```js\nx\n```", "", "```markdown\na\n```\nprose\n```js\nx\n```"},
		"text after":                  {"```markdown\na\n```\nThat is it.", "", "```markdown\na\n```\nThat is it."},
		"another language":            {"```go\nx\n```", "", "```go\nx\n```"},
		"thinking, then wrapped":      {"<think>hm</think>\n```markdown\n# A\n```", "hm", "# A\n"},
	} {
		thinking, text := SplitThinking(c.answer)
		if thinking != c.thinking || text != c.text {
			t.Errorf("%s: SplitThinking(%q) = %q, %q; want %q, %q", name, c.answer, thinking, text, c.thinking, c.text)
		}
	}
}

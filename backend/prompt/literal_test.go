package prompt

import "testing"

func TestLiteralPromptsAreSentAsTheyAre(t *testing.T) {
	for _, text := range []string{"Fix it.", "{{name}} and \\{{other}} {{#a}}", "{{{x}}}\n", "\\\\{{", "{{"} {
		got, err := Literal("A prompt", text).Render(map[string]string{"name": "value"})
		if err != nil || got.Text != text {
			t.Errorf("%q is sent as %q, %v", text, got.Text, err)
		}
	}
}

package foreign

import (
	"testing"

	"pgregory.net/rapid"
)

func TestTextsReadAsTheyWereWritten(t *testing.T) {
	texts := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.SampledFrom([]rune("ab \n\t#:-|\"'\\{}[]&*!%@`~é\u2028\u00a0🌊")), 0, 40, -1), rapid.SampledFrom([]string{"yes", "null", "12", "1e3", "~", "true", "Yes", "2020-01-02", "0x1", ".inf", "a: b", "- a", "\n\na\n"}))
	rapid.Check(t, func(t *rapid.T) {
		want := texts.Draw(t, "text")
		raw := yamlText("key", want)
		all := entries(raw, 1)
		if len(all) != 1 {
			t.Fatalf("%q is %d entries", raw, len(all))
		}
		if got, ok := all[0].text(); !ok || got != want {
			t.Fatalf("%q is written %q and read %q", want, raw, got)
		}
	})
}

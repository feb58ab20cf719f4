package prompt

import (
	"strings"
	"testing"
)

func TestWithBase(t *testing.T) {
	rev, other := strings.Repeat("1e", 32), strings.Repeat("2f", 32)
	text := "---\r\nid: tidy\r\ntitle: Tidy\r\nsummary: Tidies.\r\n---\r\n\r\nTidy {{it}}.\n---\nid: no front matter\n"
	text = strings.ReplaceAll(text, "{{it}}", "up")
	once, err := WithBase(text, rev)
	if err != nil {
		t.Fatal(err)
	}
	twice, err := WithBase(once, other)
	if err != nil {
		t.Fatal(err)
	}
	for want, file := range map[string]string{rev: once, other: twice} {
		p, err := Parse("tidy.md", []byte(file))
		if err != nil || p.Base != want || p.Title != "Tidy" || !strings.HasPrefix(p.Body, "Tidy up.\n---\nid:") {
			t.Errorf("%+v, %v, want the base %s and the rest as it was", p, err, want)
		}
	}
	if strings.Count(twice, "base:") != 1 {
		t.Errorf("two bases: %s", twice)
	}
	if _, err := WithBase("no front matter", rev); err == nil {
		t.Error("a text without front matter is taken")
	}
}

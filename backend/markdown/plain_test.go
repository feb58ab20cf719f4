package markdown

import "testing"

func TestPlainIsTheFirstSentence(t *testing.T) {
	for src, want := range map[string]string{
		"": "",
		"# Title\n\nA *small* tool. It does more.": "A small tool.",
		"# Title":                          "Title",
		"# Title\n\n- [ ] first\n- second": "first",
		"One [link](https://x.org) and `code`\nover lines": "One link and code over lines",
		"Works with e.g. Go and v1.2 files! Yes":           "Works with e.g. Go and v1.2 files!",
		"Ask why? Because.":                                "Ask why?",
		"日本語です。次の文。":                                       "日本語です。",
		"<b>raw</b> text<br>here <!-- c -->":               "<b>raw</b> text here",
		"```\ncode\n```\n\nText":                           "Text",
		"![alt text](x.png) &amp; \\*star\\*":              "alt text & *star*",
		"<!-- note -->\n\nText":                            "Text",
	} {
		if got := Plain(src, 0); got != want {
			t.Errorf("Plain(%q) = %q, want %q", src, got, want)
		}
	}
}

func TestPlainIsCutAtAWord(t *testing.T) {
	for max, want := range map[int]string{0: "One two three", 13: "One two three", 12: "One two…", 8: "One two…", 5: "One…", 1: "…"} {
		if got := Plain("One two three", max); got != want {
			t.Errorf("Plain with %d characters = %q, want %q", max, got, want)
		}
	}
	if got := Plain("ÄÖÜäöüß", 4); got != "ÄÖÜ…" {
		t.Errorf("Plain cut a long word as %q", got)
	}
}

func TestWordsAreCountedAsPeopleDo(t *testing.T) {
	for src, want := range map[string]int{
		"": 0, "one": 1, "one two\nthree": 3, "# - [ ] | * >": 0, "it's well-known": 2, "v1.2 **bold**": 2,
		"日本語 text": 4, "a\u00a0b": 2, "\xff\xfe": 0,
	} {
		if got := Words(src); got != want {
			t.Errorf("Words(%q) = %d, want %d", src, got, want)
		}
	}
}

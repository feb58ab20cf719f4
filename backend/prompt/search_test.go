package prompt

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func ids(hits []Hit) string {
	all := make([]string, len(hits))
	for i, h := range hits {
		all[i] = h.ID
	}
	return strings.Join(all, " ")
}

func TestSearchRanks(t *testing.T) {
	ix := NewIndex([]Card{
		{ID: "a", Title: "Look", Body: "about security"},
		{ID: "b", Title: "Look", Summary: "About security."},
		{ID: "c", Title: "Look", Tags: []string{"x", "security"}},
		{ID: "d", Title: "A security audit"},
		{ID: "e", Title: "Security"},
		{ID: "f", Title: "The securityless"},
		{ID: "g", Title: "The securty"},
		{ID: "h", Title: "Look", Body: "securities"},
		{ID: "i", Title: "Nothing of it"},
		{ID: "often", Title: "Look", Body: "about security"},
	})
	used := map[string]int{"often": 3, "gone": 7}
	tests := []struct{ name, query, want string }{
		{"by field, then by fit, then by use", "security", "e d f c b g often a h"},
		{"a word being typed", "secur", "d e f g c b often a h"},
		{"a slip", "secruity", "d e g f c b often a h"},
		{"case", "SECURITY", "e d f c b g often a h"},
		{"two words", "look security", "c b often a h"},
		{"two words in two fields", "audit security", "d"},
		{"only the last word may be a beginning", "secur audit", ""},
		{"the id", "often", "often"},
		{"nothing that is there", "harbour", ""},
		{"no word", " .,- ", ""},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ids(ix.Search(tt.query, 100, used)); got != tt.want {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
	if got := ix.Search("security", 2, used); ids(got) != "e d" {
		t.Errorf("the best two are %q, want e and d", ids(got))
	}
	if got := ix.Search("security", 0, used); got == nil || len(got) > 0 {
		t.Errorf("of none %v are found", got)
	}
}

func TestSearchForgives(t *testing.T) {
	tests := []struct {
		text, query string
		want        bool
	}{
		{"plan", "plan", true},
		{"plan", "plna", true},
		{"plan", "plam", true},
		{"plan", "xplan", true},
		{"plan", "pla", true},
		{"plan", "pan", false}, // three letters may have no slip
		{"tag", "tga", false},
		{"plan", "plxy", false},
		{"specification", "specfiication", true},
		{"specification", "spesifikation", true},
		{"specification", "spezifikasion", false},
		{"specification", "specfiica", true},
		{"review", "reveiw", true},
		{"version 2025", "version 2026", false},
		{"naïve Übersicht", "naive ubersicht", true},
		{"naive", "NAÏVE", true},
		{"Straße", "strasse", true},
		{"Łódź", "lodz", true},
		{"Æther", "aether", true},
		{"ΟΔΟΣ", "οδος", true},
		{"e\u0301tude", "étude", true},
		{"日本語のテスト", "日本", true},
		{"日本語のテスト", "中国", false},
		{"시험", "시험", true},
		{"snake_case and kebab-case", "kebab", true},
		{"C++ and .NET", "net", true},
		{strings.Repeat("x", 100), strings.Repeat("x", 60), true},
	}
	for _, tt := range tests {
		hits := NewIndex([]Card{{ID: "1", Title: "T", Body: tt.text}}).Search(tt.query, 5, nil)
		if (len(hits) > 0) != tt.want {
			t.Errorf("“%s” is found in “%s”: %v, want %v", tt.query, tt.text, len(hits) > 0, tt.want)
		}
	}
}

func TestSearchPointsOutTheWords(t *testing.T) {
	c := Card{
		ID: "x", Title: "Überprüfe the Security", Tags: []string{"other", "security"}, Summary: "Secure it.",
		Body: "secure " + strings.Repeat("security ", 10),
	}
	ix := NewIndex([]Card{c})
	show := func(query string) []string {
		shown := []string{}
		for _, hit := range ix.Search(query, 1, nil) {
			for _, r := range hit.Ranges {
				text := map[Field]string{FieldTitle: c.Title, FieldSummary: c.Summary, FieldBody: c.Body}[r.Field]
				if r.Field == FieldTags {
					text = c.Tags[r.Tag]
				}
				shown = append(shown, string(r.Field)+":"+text[r.Start:r.End])
			}
		}
		return shown
	}
	for query, want := range map[string]string{
		"security":           "title:Security tags:security body:security body:security body:security body:security",
		"secur":              "title:Secur tags:secur summary:Secur body:secur body:secur body:secur body:secur",
		"uberprufe security": "title:Überprüfe title:Security tags:security body:security body:security body:security body:security",
		"ueberprufe":         "title:Überprüfe",
	} {
		if got := strings.Join(show(query), " "); got != want {
			t.Errorf("“%s” is pointed out as\n%s\nwant\n%s", query, got, want)
		}
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("a title", "a body", "tit")
	f.Add("İstanbul", "ﬁne 🌊 日本", "istan fine")
	f.Add("\xff\xfe", "a\xcc\x81", "\xff a")
	f.Fuzz(func(t *testing.T, title, body, query string) {
		c := Card{ID: "x", Title: title, Body: body, Tags: []string{body, title}, Summary: title + body}
		for _, q := range []string{query, title} {
			for _, hit := range NewIndex([]Card{c}).Search(q, 3, nil) {
				for _, r := range hit.Ranges {
					text := map[Field]string{FieldTitle: c.Title, FieldSummary: c.Summary, FieldBody: c.Body, FieldTags: ""}[r.Field]
					if r.Field == FieldTags {
						text = c.Tags[r.Tag]
					}
					if r.Start < 0 || r.End > len(text) || r.Start >= r.End || utf8.ValidString(text) && !utf8.ValidString(text[r.Start:r.End]) {
						t.Errorf("the range %+v is not in %q", r, text)
					}
				}
			}
		}
		// A word of the title is found by itself.
		eachWord(title, func(w word) bool {
			if len(NewIndex([]Card{c}).Search(title[w.start:w.end], 1, nil)) != 1 {
				t.Errorf("%q is not found in %q", title[w.start:w.end], title)
			}
			return true
		})
	})
}

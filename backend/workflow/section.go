package workflow

import (
	"strings"
	"unicode"
)

// Section is a heading of a document with what stands under it, up to the next
// heading of the same or a higher level.
type Section struct {
	// Level is 1 to 6; 0 is the text before the first heading.
	Level int    `json:"level"`
	Title string `json:"title"`
	// Start is the first byte of the heading, Body the first byte after it, End the byte after the section.
	Start int `json:"start"`
	Body  int `json:"body"`
	End   int `json:"end"`
	// Points are the paragraphs and list items directly under this heading, not those of sections below it.
	Points []Point `json:"points"`
}

// Point is a paragraph or a list item.
type Point struct {
	Text   string `json:"text"`
	Item   bool   `json:"item"` // a list item
	Task   bool   `json:"task"` // a list item with a box
	Marked bool   `json:"marked"`
	Depth  int    `json:"depth"` // of a list item, from 0
}

// FindSection returns the first section whose title matches: case, numbering
// ("3.", "3 –"), punctuation and emphasis around it do not count. Where none
// does, a title that ends with a number also finds the one that gives it a name:
// "Prompt 1" finds "Prompt 1: Offline maps".
func FindSection(sections []Section, title string) (Section, bool) {
	want := TitleKey(title)
	for _, s := range sections {
		if TitleKey(s.Title) == want {
			return s, true
		}
	}
	for _, s := range sections {
		if names(TitleKey(s.Title), want) {
			return s, true
		}
	}
	return Section{}, false
}

// names reports whether a title is a numbered one with a name behind it.
func names(title, numbered string) bool {
	if numbered == "" || !unicode.IsDigit(rune(numbered[len(numbered)-1])) {
		return false
	}
	name, ok := strings.CutPrefix(title, numbered)
	return ok && name != "" && strings.ContainsRune(":.-–— (", []rune(name)[0])
}

// SameTitle reports whether two titles are the same to a person.
func SameTitle(a, b string) bool { return TitleKey(a) == TitleKey(b) }

// TitleKey is what titles are compared by: case, numbering and punctuation around
// them do not count.
func TitleKey(s string) string {
	s = fold(s)
	key := strings.TrimRight(strings.TrimLeft(s, "0123456789.)-–—:*_# "), " .:*_#–—-")
	if key == "" {
		return s // a title that is nothing but a number or a date
	}
	return key
}

package tinymodel

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// MaxScripts is how many scripts a model can hold.
	MaxScripts = 16
	// MaxPieces is how many pieces all texts of a model may have together. A piece
	// is four bytes or more, as many as make it differ from all others.
	MaxPieces = 1 << 12 // codeBase to the power of codeDigits
	// DefaultContext is the context length that is declared when a Spec names none.
	DefaultContext = 32768

	minPiece = 4
)

// Script is one answer of a model.
type Script struct {
	// Triggers are words that call for this answer when one of them is anywhere in
	// the prompt: letters only, written small; in the prompt they may begin with a
	// capital or be all capitals. Of several scripts that are called for, the last answers.
	Triggers []string `json:"triggers"`
	Text     string   `json:"text"`
	// Loop repeats the text for ever.
	Loop bool `json:"loop"`
}

// Spec says what a model is to be like.
type Spec struct {
	// Scripts are the answers. The first is given when no trigger is heard.
	Scripts []Script
	// ContextLength is declared as the longest window; 0 means DefaultContext.
	ContextLength int
	// Thinking declares that the model thinks. Its scripts may then begin with
	// “<think>…</think>”, which the server tells apart from the answer.
	Thinking bool
}

func (s Spec) check() error {
	switch {
	case len(s.Scripts) == 0:
		return errors.New("a model needs at least one script")
	case len(s.Scripts) > MaxScripts:
		return fmt.Errorf("%d scripts, at most %d fit into a model", len(s.Scripts), MaxScripts)
	case s.ContextLength < 0:
		return fmt.Errorf("a context length of %d", s.ContextLength)
	}
	for i, script := range s.Scripts {
		if script.Text == "" || !utf8.ValidString(script.Text) {
			return fmt.Errorf("the text of script %d is empty or not UTF-8", i)
		}
		for _, word := range script.Triggers {
			if word == "" || strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLower(r) }) {
				return fmt.Errorf("the trigger %q of script %d is not a word of small letters", word, i)
			}
		}
	}
	return nil
}

// spellings are the ways in which a word may stand in a prompt.
func spellings(word string) []string {
	first, size := utf8.DecodeRuneInString(word)
	capital := string(unicode.ToUpper(first)) + word[size:]
	var all []string
	for _, w := range []string{word, capital, strings.ToUpper(word)} {
		all = append(all, w, " "+w)
	}
	return all
}

// cutter cuts texts into pieces of which no two are alike.
type cutter struct{ used map[string]bool }

func (c cutter) cut(text string) ([]string, error) {
	var pieces []string
	rest, least := text, minPiece
	for rest != "" {
		if piece := c.shortest(rest, least); piece != "" {
			c.used[piece] = true
			pieces = append(pieces, piece)
			rest, least = rest[len(piece):], minPiece
			continue
		}
		// What is left is too short or in use: it joins the piece before.
		if len(pieces) == 0 {
			return nil, fmt.Errorf("the text %.40q cannot be told from another", text)
		}
		last := pieces[len(pieces)-1]
		pieces = pieces[:len(pieces)-1]
		delete(c.used, last)
		rest, least = last+rest, len(last)+1
	}
	return pieces, nil
}

// shortest returns the shortest free piece that text begins with, of at least
// the given length or the whole of a shorter text that nothing stands before.
func (c cutter) shortest(text string, least int) string {
	for end := range text {
		if end >= least && !c.used[text[:end]] {
			return text[:end]
		}
	}
	if !c.used[text] {
		return text
	}
	return ""
}

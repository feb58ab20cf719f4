package prompt

import (
	"cmp"
	"slices"
	"strings"
)

// Card is what is searched of a prompt.
type Card struct {
	ID      string
	Title   string
	Summary string
	Tags    []string
	Body    string
}

// Card returns what is searched of a prompt.
func (p Prompt) Card() Card {
	return Card{ID: p.ID, Title: p.Title, Summary: p.Summary, Tags: p.Tags, Body: p.Body}
}

// Hit is a card that a search has found.
type Hit struct {
	ID string
	// Ranges are where the words stand, in the order of title, tags, summary and
	// body; of the body only the first few.
	Ranges []Range
}

// Range is a found word, in bytes of a field.
type Range struct {
	Field Field
	Tag   int // the number of the tag, from 0
	Start int
	End   int
}

// Field is a part of a card.
type Field string

// The fields, the most telling first.
const (
	FieldTitle   Field = "title"
	FieldTags    Field = "tags"
	FieldSummary Field = "summary"
	FieldBody    Field = "body"
)

// Index finds prompts as somebody types. It holds, for each word that occurs, the
// cards that it occurs in, four bytes each; the texts are those of the cards. It
// does not change, and may be used by several goroutines.
type Index struct {
	cards []shelved
	byID  map[string]int   // numbers of the cards
	slots map[string]int32 // of the words
	words []vocable        // by slot
	order []int32          // the slots in the order of their words
}

// shelved is a card and what is known of it beforehand.
type shelved struct {
	Card
	titleWords int
}

// vocable is a word with the cards it occurs in.
type vocable struct {
	text    string
	letters uint64   // see lettersOf
	size    int      // in characters
	at      []uint32 // number of the card << fieldBits | fields
}

// The fields that a word occurs in, as bits beside the number of a card.
const (
	inBody = 1 << iota
	inSummary
	inTags
	inTitle
	fieldBits = 4
)

// NewIndex returns an index of cards, each with an id of its own.
func NewIndex(cards []Card) *Index {
	ix := &Index{cards: make([]shelved, 0, len(cards)), byID: make(map[string]int, len(cards)), slots: map[string]int32{}}
	for _, c := range cards {
		ix.add(c)
	}
	ix.order = make([]int32, len(ix.words))
	for slot := range ix.order {
		ix.order[slot] = int32(slot)
	}
	slices.SortFunc(ix.order, func(a, b int32) int { return cmp.Compare(ix.words[a].text, ix.words[b].text) })
	return ix
}

// add notes the words of a card.
func (ix *Index) add(c Card) {
	n := len(ix.cards)
	note := func(field uint32) func(word) bool {
		return func(w word) bool { ix.note(w.text, n, field); return true }
	}
	titleWords := 0
	eachWord(c.Title, func(w word) bool {
		titleWords++
		ix.note(w.text, n, inTitle)
		return true
	})
	eachWord(c.ID, note(inTags)) // who knows the id types it
	for _, tag := range c.Tags {
		eachWord(tag, note(inTags))
	}
	eachWord(c.Summary, note(inSummary))
	eachWord(c.Body, note(inBody))
	ix.byID[c.ID] = n
	ix.cards = append(ix.cards, shelved{Card: c, titleWords: titleWords})
}

func (ix *Index) note(text string, card int, field uint32) {
	slot, ok := ix.slots[text]
	if !ok {
		text = strings.Clone(text) // the text it stands in may go
		slot = int32(len(ix.words))
		ix.slots[text] = slot
		ix.words = append(ix.words, vocable{text: text, letters: lettersOf(text), size: len([]rune(text))})
	}
	at := &ix.words[slot].at
	if last := len(*at) - 1; last >= 0 && (*at)[last]>>fieldBits == uint32(card) {
		(*at)[last] |= field
		return
	}
	*at = append(*at, uint32(card)<<fieldBits|field)
}

// lettersOf tells which letters a word has. One edit changes at most two of the bits.
func lettersOf(text string) uint64 {
	letters := uint64(0)
	for _, r := range text {
		letters |= 1 << (uint32(r) % 64)
	}
	return letters
}

package prompt

import (
	"cmp"
	"slices"
	"strings"
	"sync"
)

// Card is what is searched of a prompt.
type Card struct {
	ID      string
	Title   string
	Summary string
	Tags    []string
	Body    string
	// Used is how often, or how lately, it was used: of two that fit alike the
	// higher one comes first.
	Used int
}

// Card returns what is searched of a prompt that was never used.
func (p Prompt) Card() Card {
	return Card{ID: p.ID, Title: p.Title, Summary: p.Summary, Tags: p.Tags, Body: p.Body}
}

// Hit is a card that a search has found.
type Hit struct {
	ID    string `json:"id"`
	Score int    `json:"score"`
	// Ranges are where the words stand, in the order of title, tags, summary and
	// body; of the body only the first few.
	Ranges []Range `json:"ranges"`
}

// Range is a found word, in bytes of a field.
type Range struct {
	Field Field `json:"field"`
	Tag   int   `json:"tag"` // the number of the tag, from 0
	Start int   `json:"start"`
	End   int   `json:"end"`
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
// may be used by several goroutines.
type Index struct {
	mu      sync.RWMutex
	cards   []shelved
	numbers map[string]int   // of the cards, by id
	slots   map[string]int32 // of the words
	words   []vocable        // by slot
	order   []int32          // the slots in the order of their words
	gone    int              // cards that are no longer there
}

// shelved is a card and what is known of it beforehand.
type shelved struct {
	Card
	titleWords int
	gone       bool
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

// NewIndex returns an index of cards. Of two with one id the last counts.
func NewIndex(cards []Card) *Index {
	ix := &Index{}
	ix.fill(cards)
	return ix
}

// fill begins anew with cards.
func (ix *Index) fill(cards []Card) {
	ix.cards, ix.gone = make([]shelved, 0, len(cards)), 0
	ix.numbers, ix.slots = make(map[string]int, len(cards)), map[string]int32{}
	ix.words, ix.order = nil, nil
	for _, c := range cards {
		ix.add(c)
	}
	ix.sort(0)
}

// Put adds a card, or puts it in the place of the one with its id.
func (ix *Index) Put(c Card) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	known := len(ix.words)
	ix.add(c)
	ix.sort(known)
	ix.tidy()
}

// Sync makes the index one of these cards, and does what is needed for those that
// have changed.
func (ix *Index) Sync(cards []Card) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	here := make(map[string]bool, len(cards))
	changed := []Card{}
	for _, c := range cards {
		here[c.ID] = true
		if n, ok := ix.numbers[c.ID]; ok && ix.cards[n].says(c) {
			ix.cards[n].Used = c.Used
		} else {
			changed = append(changed, c)
		}
	}
	if len(changed) > len(cards)/2 {
		ix.fill(cards)
		return
	}
	for id := range ix.numbers {
		if !here[id] {
			ix.drop(id)
		}
	}
	known := len(ix.words)
	for _, c := range changed {
		ix.add(c)
	}
	ix.sort(known)
	ix.tidy()
}

// says reports whether two cards have the same texts.
func (s shelved) says(c Card) bool {
	return s.Title == c.Title && s.Summary == c.Summary && s.Body == c.Body && slices.Equal(s.Tags, c.Tags)
}

// Remove takes a card out. One that is not there is no error.
func (ix *Index) Remove(id string) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	ix.drop(id)
	ix.tidy()
}

// Use notes how much a card is used.
func (ix *Index) Use(id string, used int) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	if n, ok := ix.numbers[id]; ok {
		ix.cards[n].Used = used
	}
}

// Len returns the number of cards.
func (ix *Index) Len() int {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return len(ix.numbers)
}

func (ix *Index) drop(id string) {
	if n, ok := ix.numbers[id]; ok {
		ix.cards[n] = shelved{gone: true}
		delete(ix.numbers, id)
		ix.gone++
	}
}

// tidy begins anew when most of what the index holds is of cards that have gone.
func (ix *Index) tidy() {
	if ix.gone < 64 || ix.gone < len(ix.numbers) {
		return
	}
	cards := make([]Card, 0, len(ix.numbers))
	for _, c := range ix.cards {
		if !c.gone {
			cards = append(cards, c.Card)
		}
	}
	ix.fill(cards)
}

// add notes the words of a card. New ones are not in order yet.
func (ix *Index) add(c Card) {
	ix.drop(c.ID)
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
	ix.numbers[c.ID] = n
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

// sort brings the words from a slot on into the order of the others.
func (ix *Index) sort(from int) {
	fresh := make([]int32, 0, len(ix.words)-from)
	for slot := from; slot < len(ix.words); slot++ {
		fresh = append(fresh, int32(slot))
	}
	byText := func(a, b int32) int { return cmp.Compare(ix.words[a].text, ix.words[b].text) }
	slices.SortFunc(fresh, byText)
	if len(fresh) == 0 || len(ix.order) == 0 {
		ix.order = append(ix.order, fresh...)
		return
	}
	merged := make([]int32, 0, len(ix.order)+len(fresh))
	for _, slot := range ix.order {
		for len(fresh) > 0 && byText(fresh[0], slot) < 0 {
			merged, fresh = append(merged, fresh[0]), fresh[1:]
		}
		merged = append(merged, slot)
	}
	ix.order = append(merged, fresh...)
}

// lettersOf tells which letters a word has. One edit changes at most two of the bits.
func lettersOf(text string) uint64 {
	letters := uint64(0)
	for _, r := range text {
		letters |= 1 << (uint32(r) % 64)
	}
	return letters
}

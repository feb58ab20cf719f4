package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"plumbline/backend/prompt"
)

// libraryPrompts is several times the largest collection in use.
const libraryPrompts = 5000

// measureLibrary measures a search of the library while somebody types, against
// looking for the same words, letter by letter, in the same texts.
func measureLibrary(ctx context.Context, shop *workshop) ([]row, error) {
	cards := manyCards(libraryPrompts)
	index := prompt.NewIndex(cards)
	rows := []row{}
	for _, query := range []string{"p", "secu", "securty reviw", "migration of the databse schema"} {
		r := row{what: fmt.Sprintf("“%s” in %d prompts", query, libraryPrompts), unit: "ms", reference: "strings.Contains over all",
			goal: goal{kind: atMost, limit: 16}}
		err := interleave(10*shop.rounds,
			func() error {
				r.ours = append(r.ours, timeOf(func() { index.Search(query, 200, nil) }))
				return ctx.Err()
			},
			func() error { r.theirs = append(r.theirs, timeOf(func() { scan(cards, query) })); return ctx.Err() })
		if err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// scan counts the prompts that hold all words of a query, as they are spelled.
func scan(cards []prompt.Card, query string) int {
	n := 0
	for _, c := range cards {
		text := strings.ToLower(c.Title + " " + c.Summary + " " + c.Body)
		all := true
		for _, word := range strings.Fields(query) {
			all = all && strings.Contains(text, word)
		}
		if all {
			n++
		}
	}
	return n
}

// manyCards makes prompts of about 2 KB with words as rare and as usual as those of
// a language.
func manyCards(n int) []prompt.Card {
	rng := rand.New(rand.NewPCG(3, 5))
	words := strings.Fields("security review prompt code test database migration schema plan request the of and for")
	syllables := strings.Fields("ba ko li mer nu pra sto ti vel wo xi zan")
	for len(words) < 20_000 {
		word := ""
		for range 2 + rng.IntN(3) {
			word += syllables[rng.IntN(len(syllables))]
		}
		words = append(words, word)
	}
	zipf := rand.NewZipf(rng, 1.1, 8, uint64(len(words)-1))
	text := func(n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = words[zipf.Uint64()]
		}
		return strings.Join(all, " ")
	}
	cards := make([]prompt.Card, n)
	for i := range cards {
		cards[i] = prompt.Card{ID: fmt.Sprintf("p-%d", i), Title: text(4), Summary: text(12), Tags: []string{words[i%200]}, Body: text(300)}
	}
	return cards
}

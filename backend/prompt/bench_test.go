package prompt

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// manyFiles writes a library of n prompts as people import them, some with variables.
func manyFiles(b *testing.B, n int) string {
	b.Helper()
	dir := b.TempDir()
	for i, c := range manyCards(n) {
		variables := ""
		if i%3 == 0 {
			variables = "variables:\n  - name: input\n    type: long-text\n    label: Input\n    help: What it is about.\n    required: true\n" +
				"  - name: tone\n    type: choice\n    label: Tone\n    options: [dry, warm]\n    default: dry\n"
		}
		write(b, dir, fmt.Sprintf("prompts/imported/%s.md", c.ID), "---\nid: "+c.ID+"\ntitle: "+c.Title+"\nsummary: "+c.Summary+
			"\ntags: ["+strings.Join(c.Tags, ", ")+"]\nversion: 2\n"+variables+"origin:\n  format: fabric\n  from: patterns/"+c.ID+"\n---\n\n"+c.Body+
			map[bool]string{true: "\n{{input}} {{tone}}\n", false: "\n"}[variables != ""])
	}
	return dir
}

// manyCards makes n prompts of about 2 KB, out of a vocabulary with the
// frequencies of a language: few words are everywhere, most are rare.
func manyCards(n int) []Card {
	rnd := rand.New(rand.NewPCG(1, 2))
	words := vocabulary(rnd, 20_000)
	zipf := rand.NewZipf(rnd, 1.1, 8, uint64(len(words)-1))
	text := func(n int) string {
		all := make([]string, n)
		for i := range all {
			all[i] = words[zipf.Uint64()]
		}
		return strings.Join(all, " ")
	}
	cards := make([]Card, n)
	for i := range cards {
		cards[i] = Card{
			ID: fmt.Sprintf("p-%d", i), Title: "X" + text(4), Summary: "X" + text(12) + ".",
			Tags: []string{fmt.Sprintf("tag%d", i%40), words[i%200]}, Body: text(300),
		}
	}
	return cards
}

// vocabulary makes words that can be spoken, and a few of our own first.
func vocabulary(rnd *rand.Rand, n int) []string {
	words := strings.Fields("the security of review and prompt code test database für naïve plan request specification")
	seen := map[string]bool{}
	for len(words) < n {
		var w strings.Builder
		for range 1 + rnd.IntN(4) {
			w.WriteByte("bcdfghjklmnprstvwz"[rnd.IntN(18)])
			w.WriteByte("aeiou"[rnd.IntN(5)])
			if rnd.IntN(3) == 0 {
				w.WriteByte("nrst"[rnd.IntN(4)])
			}
		}
		if word := w.String(); !seen[word] {
			seen[word] = true
			words = append(words, word)
		}
	}
	return words
}

// BenchmarkLoad measures what a window does first: read everything, of a library
// with 5,000 files of the user's.
func BenchmarkLoad(b *testing.B) {
	dir := manyFiles(b, 5000)
	for b.Loop() {
		if n := len(openDir(b, dir).Prompts()); n < 5000 {
			b.Fatalf("%d prompts, want 5,000 and more", n)
		}
	}
}

// BenchmarkReload measures what it does when a file has changed.
func BenchmarkReload(b *testing.B) {
	dir := manyFiles(b, 5000)
	old := time.Now().Add(-time.Hour)
	err := filepath.WalkDir(dir, func(file string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Chtimes(file, old, old))
	})
	if err != nil {
		b.Fatal(err)
	}
	lib := openDir(b, dir)
	lib.Prompts()
	i := 0
	for b.Loop() {
		i++
		write(b, dir, "prompts/imported/p-7.md", fmt.Sprintf("---\nid: p-7\ntitle: T%d\nsummary: S.\n---\nText.\n", i))
		lib = lib.Reload()
		lib.Prompts()
	}
}

// BenchmarkLookup measures what a command does: find one prompt among 5,000 files.
func BenchmarkLookup(b *testing.B) {
	dir := manyFiles(b, 5000)
	for b.Loop() {
		if _, ok := openDir(b, dir).Prompt("spec"); !ok {
			b.Fatal("the prompt is not found")
		}
	}
}

// typed is what is searched for while somebody types, one after the other.
var typed = []string{"s", "se", "secur", "security", "secruity", "specificatoin", "security rev", "code review test", "the", "zzzz"}

// BenchmarkSearch measures a search as one types, in 5,000 prompts, also as a
// multiple of the time to look through the same texts for one word.
func BenchmarkSearch(b *testing.B) {
	cards := manyCards(5000)
	ix := NewIndex(cards)
	yardstick := scan(cards)
	for _, query := range typed {
		b.Run(query, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ix.Search(query, 50, nil)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(yardstick), "scans/op")
		})
	}
}

// scan returns how long it takes to look for a word in the texts of all cards.
func scan(cards []Card) time.Duration {
	const times = 20
	found, start := 0, time.Now()
	for range times {
		for _, c := range cards {
			if strings.Contains(c.Title, "security") || strings.Contains(c.Summary, "security") || strings.Contains(c.Body, "security") {
				found++
			}
		}
	}
	if found == 0 {
		panic("no card has the word that is looked for")
	}
	return time.Since(start) / times
}

// BenchmarkIndex measures how long 5,000 prompts take to be indexed, and the memory for it.
func BenchmarkIndex(b *testing.B) {
	cards := manyCards(5000)
	b.ReportAllocs()
	for b.Loop() {
		NewIndex(cards)
	}
}

package tinymodel

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// wordPattern splits text into what the tokenizer never joins. It is the pattern
// of Llama 3 without its look-ahead, which only moves one space of a run.
var wordPattern = regexp.MustCompile(`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\pL\pN]?\pL+|\pN{1,3}| ?[^\s\pL\pN]+[\r\n]*|\s*[\r\n]+|\s+`)

type pair struct{ left, right string }

// word is one distinct word of the learning text, as the pieces it consists of so far.
type word struct {
	pieces []string
	count  int
}

// LearnMerges finds the n pairs of pieces that are most worth joining in text
// (byte pair encoding) and writes one a line, best first, as a vocabulary file.
func LearnMerges(text io.Reader, n int, out io.Writer) error {
	words, err := countWords(text)
	if err != nil {
		return err
	}
	l := learner{words: words, counts: map[pair]int{}, users: map[pair]map[int]bool{}}
	for i := range words {
		l.count(i, 1)
	}
	buf := bufio.NewWriter(out)
	for range n {
		best := l.commonest()
		if l.counts[best] < 2 {
			break
		}
		for _, i := range slices.Collect(maps.Keys(l.users[best])) {
			l.count(i, -1)
			words[i].join(best)
			l.count(i, 1)
		}
		fmt.Fprintf(buf, "%s %s\n", best.left, best.right)
	}
	return buf.Flush()
}

// learner keeps count of the pairs, so that a step costs only the words it changes.
type learner struct {
	words  []word
	counts map[pair]int
	users  map[pair]map[int]bool // the words that hold a pair
}

// count adds the pairs of a word to the counts, or takes them away.
func (l *learner) count(i, sign int) {
	w := l.words[i]
	for k := 1; k < len(w.pieces); k++ {
		p := pair{w.pieces[k-1], w.pieces[k]}
		l.counts[p] += sign * w.count
		if l.users[p] == nil {
			l.users[p] = map[int]bool{}
		}
		if sign > 0 {
			l.users[p][i] = true
		} else {
			delete(l.users[p], i)
		}
	}
}

// commonest returns the pair that occurs most often; among equals, the first by the alphabet.
func (l *learner) commonest() pair {
	var best pair
	most := 0
	for p, n := range l.counts {
		if n > most || n == most && cmp.Or(cmp.Compare(p.left, best.left), cmp.Compare(p.right, best.right)) < 0 {
			best, most = p, n
		}
	}
	return best
}

func countWords(text io.Reader) ([]word, error) {
	all, err := io.ReadAll(text)
	if err != nil {
		return nil, fmt.Errorf("read text to learn from: %w", err)
	}
	counts := map[string]int{}
	for _, w := range wordPattern.FindAllString(string(all), -1) {
		counts[w]++
	}
	letters := newAlphabet()
	words := make([]word, 0, len(counts))
	for _, w := range slices.Sorted(maps.Keys(counts)) {
		words = append(words, word{pieces: strings.Split(letters.spell(w), ""), count: counts[w]})
	}
	return words, nil
}

func (w *word) join(p pair) {
	for i := 1; i < len(w.pieces); i++ {
		if w.pieces[i-1] == p.left && w.pieces[i] == p.right {
			w.pieces[i-1] += w.pieces[i]
			w.pieces = slices.Delete(w.pieces, i, i+1)
		}
	}
}

package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// vocabulary makes texts that compress and differ as prose does.
var vocabulary = strings.Fields(`the a of to in and is that for it with as on by this be are from or which when not can must
	one user data version project phase document gate check test run model prompt answer file history change line save commit
	error server client request response window page list table index key value record store backup restore export import audit
	security performance plan step review accept reject merge draft note reason evidence finding severity owner deadline risk cost
	network offline local remote memory disk crash recover verify repair measure limit median ratio reference quickly slowly
	never always often before after between within without during because although therefore however unless until while where
	small large first last next new old whole empty open closed ready late early simple strict plain durable atomic exact`)

// manuscript is a document that is written over many versions.
type manuscript struct {
	path   string
	lines  []string
	number int // of the version
}

// newManuscript writes a document of about so many bytes: sections with
// paragraphs, a table and task boxes.
func newManuscript(rng *rand.Rand, path string, size int) *manuscript {
	m := &manuscript{path: path}
	m.add("# "+sentence(rng, 4), "")
	for written, section := 0, 1; written < size; section++ {
		before := len(m.lines)
		m.add(fmt.Sprintf("## %d. %s", section, sentence(rng, 3)), "")
		for range 2 + rng.IntN(3) {
			m.add(sentence(rng, 12)+" "+sentence(rng, 16)+" "+sentence(rng, 9), "")
		}
		if section%3 == 1 {
			m.add("| what | who | when |", "|---|---|---|")
			for range 4 {
				m.add("| " + sentence(rng, 3) + " | " + word(rng) + " | " + word(rng) + " |")
			}
			m.add("")
		}
		for range 3 {
			m.add("- [ ] " + sentence(rng, 7))
		}
		m.add("")
		for _, line := range m.lines[before:] {
			written += len(line) + 1
		}
	}
	return m
}

func (m *manuscript) add(lines ...string) { m.lines = append(m.lines, lines...) }

func (m *manuscript) text() string { return strings.Join(m.lines, "\n") + "\n" }

// revise writes a line or two anew, and now and then adds one.
func (m *manuscript) revise(rng *rand.Rand) {
	for range 1 + rng.IntN(2) {
		i := m.someLine(rng, func(line string) bool {
			return line != "" && !strings.ContainsRune("#|-", rune(line[0]))
		})
		words := strings.Fields(m.lines[i])
		at := rng.IntN(len(words))
		m.lines[i] = strings.Join(append(words[:at:at], append([]string{word(rng), word(rng)}, words[min(at+3, len(words)):]...)...), " ")
	}
	if rng.IntN(12) == 0 {
		at := len(m.lines) / 2
		m.lines = slices.Insert(m.lines, at, "", sentence(rng, 10))
	}
}

// tick marks a box, or opens one when all are marked.
func (m *manuscript) tick(rng *rand.Rand) (key string) {
	i := m.someLine(rng, func(line string) bool { return strings.HasPrefix(line, "- [") })
	if text, open := strings.CutPrefix(m.lines[i], "- [ ] "); open {
		m.lines[i] = "- [x] " + text
		return text
	}
	m.lines[i] = "- [ ] " + m.lines[i][len("- [x] "):]
	return m.lines[i]
}

// someLine returns the number of a line of some kind; every document has all kinds.
func (m *manuscript) someLine(rng *rand.Rand, fits func(string) bool) int {
	for i := rng.IntN(len(m.lines)); ; i = (i + 1) % len(m.lines) {
		if fits(m.lines[i]) {
			return i
		}
	}
}

func word(rng *rand.Rand) string { return vocabulary[rng.IntN(len(vocabulary))] }

// sentence is a number of words with a capital letter and a full stop.
func sentence(rng *rand.Rand, words int) string {
	var b strings.Builder
	for i := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word(rng))
	}
	text := b.String()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

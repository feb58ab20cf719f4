package tinymodel

import "strings"

// alphabet maps each byte to the printable character that stands for it in the
// vocabulary of a byte-level tokenizer (the convention of GPT-2): printable
// Latin-1 stands for itself, the rest is moved to U+0100 and up, in order.
type alphabet [256]rune

func newAlphabet() *alphabet {
	var a alphabet
	moved := rune(0x100)
	for b := range a {
		switch {
		case b > ' ' && b < 0x7f, b > 0xa0 && b != 0xad:
			a[b] = rune(b)
		default:
			a[b] = moved
			moved++
		}
	}
	return &a
}

// spell writes text as it stands in the vocabulary.
func (a *alphabet) spell(text string) string {
	var out strings.Builder
	for i := range len(text) {
		out.WriteRune(a[text[i]])
	}
	return out.String()
}

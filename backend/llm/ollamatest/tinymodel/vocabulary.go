package tinymodel

import (
	_ "embed"
	"fmt"
	"strings"
)

// mergesFile was learned with LearnMerges from documentation and comments of Go
// packages, the README files of npm packages, and the prompts of Plumbline.
//
//go:embed merges.txt
var mergesFile string

// The kinds of tokens, as GGUF numbers them.
const (
	kindNormal  int32 = 1
	kindControl int32 = 3
)

// vocabulary is the list of tokens; a token's id is its place.
type vocabulary struct {
	letters *alphabet
	texts   []string // as the tokenizer spells them
	kinds   []int32
	ids     map[string]int
	merges  []string

	begin, end, assistant int
}

func newVocabulary() (*vocabulary, error) {
	v := &vocabulary{letters: newAlphabet(), ids: map[string]int{}}
	v.begin = v.add("<|begin|>", kindControl)
	v.end = v.add("<|end|>", kindControl)
	v.assistant = v.add("<|assistant|>", kindControl)
	v.add("<|system|>", kindControl)
	v.add("<|user|>", kindControl)
	for _, letter := range v.letters {
		v.add(string(letter), kindNormal)
	}
	v.merges = strings.Split(strings.TrimSpace(mergesFile), "\n")
	for i, merge := range v.merges {
		left, right, ok := strings.Cut(merge, " ")
		if !ok || left == "" || right == "" {
			return nil, fmt.Errorf("line %d of the merges is not a pair: %q", i+1, merge)
		}
		v.add(left+right, kindNormal)
	}
	return v, nil
}

// add returns the id of a token, which it makes if there is none of that spelling.
func (v *vocabulary) add(spelling string, kind int32) int {
	if id, ok := v.ids[spelling]; ok {
		return id
	}
	id := len(v.texts)
	v.ids[spelling] = id
	v.texts, v.kinds = append(v.texts, spelling), append(v.kinds, kind)
	return id
}

// addText is add for a text that is not spelled yet.
func (v *vocabulary) addText(text string) int { return v.add(v.letters.spell(text), kindNormal) }

package tinymodel

import (
	"strings"
	"testing"
)

func TestLearningJoinsWhatOccursMostOften(t *testing.T) {
	var out strings.Builder
	// “lo” occurs 4 times, then “low” 3 times; among equals the alphabet decides.
	if err := LearnMerges(strings.NewReader("low low low lot"), 3, &out); err != nil {
		t.Fatal(err)
	}
	if want := "l o\nlo w\nĠ low\n"; out.String() != want {
		t.Errorf("learned\n%swant\n%s", out.String(), want)
	}
}

func TestLearningEndsWhenNothingOccursTwice(t *testing.T) {
	var out strings.Builder
	if err := LearnMerges(strings.NewReader("ab"), 3, &out); err != nil || out.Len() > 0 {
		t.Errorf("learned %q, error %v", out.String(), err)
	}
}

// tokens counts as the tokenizer does: of the pairs it knows, it joins the one learned first.
func tokens(t *testing.T, text string) int {
	t.Helper()
	rank := map[pair]int{}
	for i, line := range strings.Split(strings.TrimSpace(mergesFile), "\n") {
		left, right, _ := strings.Cut(line, " ")
		rank[pair{left, right}] = i
	}
	words, err := countWords(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, w := range words {
		for {
			best, first := pair{}, len(rank)
			for i := 1; i < len(w.pieces); i++ {
				p := pair{w.pieces[i-1], w.pieces[i]}
				if r, ok := rank[p]; ok && r < first {
					best, first = p, r
				}
			}
			if first == len(rank) {
				break
			}
			w.join(best)
		}
		total += len(w.pieces) * w.count
	}
	return total
}

func TestPromptsCostAsManyTokensAsWithOtherModels(t *testing.T) {
	const text = `You are an experienced engineer. Write the specification of the software below.

## What to write

- State what the program does, for whom, and what it must never do.
- Number every requirement, so that a test can name the one it checks.
- For each error, say what the person sees and what they can do next.

Keep sentences short. Do not describe the implementation unless the request
asks for it. If something is not known, list it under “Open questions” and
carry on with the most likely answer. End with a checklist of acceptance
criteria; each item must be something a person can try on their own machine.

The user keeps a small library of recipes on one computer. They want to search
by ingredient, scale the amounts to the number of guests and print a shopping
list. The data must stay in a folder that can be copied to another computer.
`
	if perToken := float64(len(text)) / float64(tokens(t, text)); perToken < 3.5 {
		t.Errorf("%.2f bytes a token, want 3.5 at least", perToken)
	}
}

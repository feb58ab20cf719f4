package tinymodel

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// runner runs a model as a server does, in plain Go and one token at a time. The
// queries and keys are zero, so the attention is a mean over what came before.
type runner struct {
	m    *Model
	rows []int     // of the output that are not empty
	sum  []float64 // of the values so far
	seen int
}

func newRunner(m *Model) *runner {
	r := &runner{m: m, sum: make([]float64, head)}
	for id := range m.vocab.texts {
		if slices.ContainsFunc(m.output.row(id), func(v float32) bool { return v != 0 }) {
			r.rows = append(r.rows, id)
		}
	}
	return r
}

func normalised(x []float32) []float32 {
	var sum float64
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	scale := 1 / math.Sqrt(sum/float64(len(x))+1e-6)
	out := make([]float32, len(x))
	for i, v := range x {
		out[i] = v * float32(scale)
	}
	return out
}

func (m matrix) times(x []float32) []float32 {
	out := make([]float32, len(m.values)/m.cols)
	for i := range out {
		for j, v := range m.row(i) {
			out[i] += v * x[j]
		}
	}
	return out
}

// see takes in tokens without asking for what follows, as in the evaluation of a prompt.
func (r *runner) see(id, times int) {
	for i, v := range r.m.value.times(normalised(r.m.embedding.row(id))) {
		r.sum[i] += float64(v) * float64(times)
	}
	r.seen += times
}

// next takes in a token and returns the token that follows, with its lead in score over the second.
func (r *runner) next(id int) (best int, lead float32) {
	r.see(id, 1)
	mean := make([]float32, head)
	for i, v := range r.sum {
		mean[i] = float32(v / float64(r.seen))
	}
	x := slices.Clone(r.m.embedding.row(id))
	for i, v := range r.m.attentionOutput.times(mean) {
		x[i] += v
	}
	norm := normalised(x)
	gates, ups := r.m.gate.times(norm), r.m.up.times(norm)
	for i, g := range gates {
		ups[i] *= g * float32(1/(1+math.Exp(-float64(g))))
	}
	for i, v := range r.m.down.times(ups) {
		x[i] += v
	}
	x = normalised(x)
	var first, second float32 // most tokens have empty rows and a score of 0
	for _, id := range r.rows {
		var score float32
		for i, v := range r.m.output.row(id) {
			score += v * x[i]
		}
		if score > first {
			best, first, second = id, score, first
		} else {
			second = max(second, score)
		}
	}
	return best, first - second
}

// answer runs the model on a prompt of the given words among n tokens of no meaning.
func answer(t *testing.T, m *Model, words []string, n, most int) string {
	t.Helper()
	r := newRunner(m)
	r.see(m.vocab.begin, 1)
	r.see(m.vocab.addText("."), n)
	for _, w := range words {
		id, ok := m.vocab.ids[m.vocab.letters.spell(w)]
		if !ok {
			t.Fatalf("%q is no token", w)
		}
		r.see(id, 1)
	}
	var text strings.Builder
	for id := m.vocab.assistant; most > 0; most-- {
		next, lead := r.next(id)
		if lead < 15 {
			t.Fatalf("after %q the next token leads by %.1f only", text.String(), lead)
		}
		if next == m.vocab.end {
			return text.String()
		}
		text.WriteString(unspell(m, m.vocab.texts[next]))
		id = next
	}
	return text.String()
}

func unspell(m *Model, spelling string) string {
	var out []byte
	for _, r := range spelling {
		out = append(out, byte(slices.Index(m.vocab.letters[:], r)))
	}
	return string(out)
}

func mustNew(t *testing.T, spec Spec) *Model {
	t.Helper()
	m, err := New(spec)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAnswersFollowTheirScripts(t *testing.T) {
	scripts := []Script{
		{Text: "Nothing was asked for.\n"},
		{Triggers: []string{"checklist", "tasks"}, Text: "# List — ünïcödé ✓ 日本\n\n- [ ] one\n- [ ] one\n- [x] one\n"},
		{Triggers: []string{"short"}, Text: "OK"},
		{Triggers: []string{"plan"}, Text: strings.Repeat("All work and no play. ", 12)},
	}
	m := mustNew(t, Spec{Scripts: scripts})
	for _, test := range []struct {
		words []string
		want  int
	}{
		{nil, 0},
		{[]string{"checklist"}, 1},
		{[]string{" Checklist"}, 1},
		{[]string{"CHECKLIST"}, 1},
		{[]string{" tasks"}, 1},
		{[]string{"short"}, 2},
		{[]string{"plan", "checklist", "short"}, 3},
		{[]string{"checklist", "checklist", "checklist", "short"}, 2},
	} {
		for _, n := range []int{1, 100_000} {
			if got := answer(t, m, test.words, n, 2000); got != scripts[test.want].Text {
				t.Errorf("%q among %d tokens: %.60q, want %.60q", test.words, n, got, scripts[test.want].Text)
			}
		}
	}
}

func TestLoopsNeverEnd(t *testing.T) {
	for _, text := range []string{"go on and on ", "x"} {
		m := mustNew(t, Spec{Scripts: []Script{{Text: text, Loop: true}}})
		got := answer(t, m, nil, 5, 300)
		if len(got) < 300 || !strings.HasPrefix(strings.Repeat(text, 1000), got) {
			t.Errorf("the loop of %q says %.60q", text, got)
		}
	}
}

func TestFullModelKeepsItsScriptsApart(t *testing.T) {
	var scripts []Script
	var all []string
	for i := range MaxScripts {
		word := "word" + string(rune('a'+i))
		var text strings.Builder
		for j := range 100 {
			fmt.Fprintf(&text, "%d.%d ok\n", i, j)
		}
		scripts = append(scripts, Script{Triggers: []string{word}, Text: text.String()})
		all = append(all, word)
	}
	m := mustNew(t, Spec{Scripts: scripts})
	if m.Pieces() < 1000 {
		t.Errorf("%d pieces, the test should have more", m.Pieces())
	}
	for _, i := range []int{0, 1, MaxScripts / 2, MaxScripts - 1} {
		// Every script up to this one is called for: the last of them answers.
		if got := answer(t, m, all[:i+1], 5000, 1000); got != scripts[i].Text {
			t.Errorf("script %d: %.40q…", i, got)
		}
	}
}

func TestSpecsThatCannotBe(t *testing.T) {
	long := strings.Builder{}
	for i := range 3 * MaxPieces {
		fmt.Fprintf(&long, "%05d", i)
	}
	for want, spec := range map[string]Spec{
		"at least one script": {},
		"at most 16":          {Scripts: make([]Script, MaxScripts+1)},
		"is empty":            {Scripts: []Script{{Text: ""}}},
		"not UTF-8":           {Scripts: []Script{{Text: "\xff"}}},
		"small letters":       {Scripts: []Script{{Text: "a", Triggers: []string{"two words"}}}},
		"at most 4096":        {Scripts: []Script{{Text: long.String()}}},
		"cannot be told":      {Scripts: []Script{{Text: "same"}, {Text: "same"}}},
		"context length":      {Scripts: []Script{{Text: "a"}}, ContextLength: -1},
	} {
		if _, err := New(spec); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, got %v", want, err)
		}
	}
}

func TestTemplateShowsThinkingOnlyWhenDeclared(t *testing.T) {
	for _, thinking := range []bool{true, false} {
		m := mustNew(t, Spec{Scripts: []Script{{Text: "a"}}, Thinking: thinking})
		if strings.Contains(m.Template(), ".Thinking") != thinking {
			t.Errorf("thinking %v: %s", thinking, m.Template())
		}
	}
}

func TestModelIsWrittenTheSameEachTime(t *testing.T) {
	spec := Spec{Scripts: []Script{{Text: "one two three four"}}}
	var first, second bytes.Buffer
	for _, out := range []*bytes.Buffer{&first, &second} {
		if _, err := mustNew(t, spec).WriteTo(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the same spec made two different files")
	}
}

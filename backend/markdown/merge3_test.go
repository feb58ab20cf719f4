package markdown

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestMergeThree(t *testing.T) {
	for name, c := range map[string]struct {
		base, ours, theirs, want string
		clashes                  []Clash
	}{
		"nothing":               {"a\nb\n", "a\nb\n", "a\nb\n", "a\nb\n", nil},
		"only ours":             {"a\nb\n", "a\nB\n", "a\nb\n", "a\nB\n", nil},
		"only theirs":           {"a\nb\n", "a\nb\n", "A\nb\n", "A\nb\n", nil},
		"both, apart":           {"a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\n", "A\nb\nc\nD\n", nil},
		"both the same":         {"a\nb\n", "a\nc\n", "a\nc\n", "a\nc\n", nil},
		"both, the same line":   {"a\nb\nc\n", "a\nx\nc\n", "a\ny\nc\n", "a\nx\nc\n", []Clash{{"b\n", "x\n", "y\n"}}},
		"both add at one place": {"a\nb\n", "a\nx\nb\n", "a\ny\nb\n", "a\nx\nb\n", []Clash{{"", "x\n", "y\n"}}},
		"they delete ours":      {"a\nb\nc\nd\n", "a\nB\nc\nd\n", "a\nd\n", "a\nB\nc\nd\n", []Clash{{"b\nc\n", "B\nc\n", ""}}},
		"they add at the end":   {"a\nx\nb", "A\nx\nb", "a\nx\nb\nc", "A\nx\nb\nc", nil},
		"from nothing":          {"", "x\n", "", "x\n", nil},
		"the last line feed":    {"a\n", "a", "a\n", "a", nil},
	} {
		merged, clashes := MergeThree(c.base, c.ours, c.theirs)
		if merged != c.want || !slices.Equal(clashes, c.clashes) {
			t.Errorf("%s: %q with %q, want %q with %q", name, merged, clashes, c.want, c.clashes)
		}
	}
}

// What only one side has changed comes out as that side wrote it, whatever it was.
func TestMergeThreeKeepsWhatOneSideDid(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	text := func() string {
		var b strings.Builder
		for range rng.IntN(8) {
			b.WriteString(string(rune('a'+rng.IntN(4))) + "\n")
		}
		return b.String()
	}
	for range 2000 {
		base, other := text(), text()
		for what, pair := range map[string][2]string{"ours": {other, base}, "theirs": {base, other}, "both": {other, other}} {
			if merged, clashes := MergeThree(base, pair[0], pair[1]); merged != other || len(clashes) > 0 {
				t.Fatalf("%s of %q changed to %q gives %q with %q", what, base, other, merged, clashes)
			}
		}
		third := text()
		if merged, clashes := MergeThree(base, other, third); len(clashes) == 0 && base != other && base != third {
			again, _ := MergeThree(base, third, other)
			if merged != again {
				t.Fatalf("%q: %q and %q merge to %q one way and to %q the other", base, other, third, merged, again)
			}
		}
	}
}

package workflow

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// family is a few artifacts with what each was made from, and a number of times each part
// words each run has seen.
type family struct {
	words map[string][]int // of each part of an artifact: how often they have changed; part 0 to 2
	bases map[string]Basis
	told  []GateRecord
	runs  int
}

const familySize = 7

func name(i int) string { return fmt.Sprintf("%c.md", 'a'+i) }

func partName(n int) string { return []string{"", "step 1", "step 2"}[n] }

// state is what a reader of an input would see.
func (f *family) state(path, part string) string {
	w := f.words[path]
	switch part {
	case "step 1":
		return fmt.Sprint(w[1])
	case "step 2":
		return fmt.Sprint(w[2])
	}
	return fmt.Sprint(w)
}

func (f *family) lineage() Lineage {
	return Lineage{Bases: f.bases, Records: f.told, Current: func(in Input) CurrentText {
		return CurrentText{Version: 1, Hash: f.state(in.Path, in.Part)}
	}}
}

// make lets a run write an artifact from some others.
func (f *family) make(rt *rapid.T, i int) {
	f.runs++
	b := Basis{RunID: fmt.Sprint("run ", f.runs), Whole: true}
	for range rapid.IntRange(0, 3).Draw(rt, "inputs") {
		in := Input{Path: name(rapid.IntRange(0, familySize-1).Draw(rt, "input")), Part: partName(rapid.IntRange(0, 2).Draw(rt, "part")), Version: 1}
		in.Hash = f.state(in.Path, in.Part)
		b.Inputs = append(b.Inputs, in)
	}
	f.bases[name(i)] = b
	f.words[name(i)][0]++
}

// old returns what has changed for every artifact, looking at all of them until
// nothing is added: the rule once more, told from the other end. What an artifact is
// itself the cause of is nothing to it.
func (f *family) old() map[string]map[string]bool {
	roots := map[string]map[string]bool{}
	for path := range f.words {
		roots[path] = map[string]bool{}
	}
	for added := true; added; {
		added = false
		for path, b := range f.bases {
			for _, in := range b.Inputs {
				from := []string{}
				for k := range roots[in.Path] {
					from = append(from, k)
				}
				if now := f.state(in.Path, in.Part); now != in.Hash {
					from = append(from, in.Path+"\x00"+in.Part+"\x00"+now)
				}
				for _, k := range from {
					if k[:len(path)] != path && in.Path != path && !roots[path][k] {
						roots[path][k], added = true, true
					}
				}
			}
		}
	}
	return roots
}

func newFamily() *family {
	f := &family{words: map[string][]int{}, bases: map[string]Basis{}}
	for i := range familySize {
		f.words[name(i)] = []int{0, 0, 0}
	}
	return f
}

// TestStalenessMissesNothingAndMarksNothingElse changes texts at random and holds
// what is said to be behind against what each artifact was made from.
func TestStalenessMissesNothingAndMarksNothingElse(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFamily()
		for range rapid.IntRange(1, 25).Draw(rt, "acts") {
			i := rapid.IntRange(0, familySize-1).Draw(rt, "artifact")
			if rapid.Bool().Draw(rt, "make") {
				f.make(rt, i)
			} else {
				f.words[name(i)][rapid.IntRange(0, 2).Draw(rt, "part")]++
			}
		}
		behind, old := f.lineage().Behind(), f.old()
		for i := range familySize {
			want := old[name(i)]
			got := map[string]bool{}
			for _, c := range behind[name(i)] {
				if got[c.key()] {
					rt.Fatalf("%s has a cause twice: %+v", name(i), c)
				}
				got[c.key()] = true
			}
			for k := range want {
				if !got[k] {
					rt.Fatalf("%s misses %q: %v", name(i), k, behind)
				}
			}
			for k := range got {
				if !want[k] {
					rt.Fatalf("%s is marked for %q: %v", name(i), k, behind)
				}
			}
		}
	})
}

// TestStillValidIsAboutWhatWasSeen says that an artifact is valid in spite of what
// has changed: it is not behind until something else changes, and what was made
// from it is not behind through it.
func TestStillValidIsAboutWhatWasSeen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := newFamily()
		for i := range familySize {
			f.make(rt, i)
		}
		for range rapid.IntRange(1, 8).Draw(rt, "changes") {
			f.words[name(rapid.IntRange(0, familySize-1).Draw(rt, "artifact"))][1]++
		}
		behind := f.lineage().Behind()
		for i := range familySize {
			path := name(i)
			if causes := behind[path]; len(causes) > 0 {
				f.told = append(f.told, GateRecord{Action: ActStill, Path: path, Causes: causes, Hash: CausesHash(f.bases[path].RunID, causes)})
			}
		}
		if again := f.lineage().Behind(); len(again) > 0 {
			rt.Fatalf("everything was said to be valid: %v", again)
		}
		for path, causes := range behind {
			c := causes[0]
			f.words[c.Path][1]++
			f.words[c.Path][2]++
			f.words[c.Path][0]++
			if len(f.lineage().Behind()[path]) == 0 {
				rt.Fatalf("%s was valid in spite of %+v, and not of what came later", path, c)
			}
			break
		}
		for path, b := range f.bases { // another run has made it: nobody said that this one is valid
			b.RunID = "another " + b.RunID
			f.bases[path] = b
		}
		if again := f.lineage().Behind(); len(again) != len(f.lineageWithout().Behind()) {
			rt.Fatalf("a word for another run counts: %v", again)
		}
	})
}

func (f *family) lineageWithout() Lineage {
	l := f.lineage()
	l.Records = nil
	return l
}

func TestCausesAreSentences(t *testing.T) {
	for want, c := range map[string]Cause{
		"Request is at v4; v3 was used":                            {Path: "request.md", From: 3, To: 4, Hash: "h"},
		"Request is at v4; v3 was used for Spec":                   {Path: "request.md", From: 3, To: 4, Hash: "h", Via: "spec.md"},
		"“step 4” of Plan has changed: v6 is current, v2 was used": {Path: "plan.md", Part: "step 4", From: 2, To: 6, Hash: "h"},
		"“step 4” of Plan is gone for Step 04":                     {Path: "plan.md", Part: "step 4", From: 2, To: 6, Via: "steps/04.md"},
		"request.md is gone":                                       {Path: "request.md", From: 3},
	} {
		if got := c.Sentence(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestEvidenceIsCheckedAgainWhenItsTextsChange(t *testing.T) {
	in := Input{Path: "spec.md", Part: "AC-1", Hash: "h"}
	ticks := map[string]Tick{
		"word":    {State: ItemDone},
		"command": {State: ItemDone, Evidence: &Evidence{Kind: EvidenceCommand, Inputs: []Input{in}}},
		"finding": {State: ItemDone, Evidence: &Evidence{Kind: EvidenceFinding, Ref: "f1"}},
		"waived":  {State: ItemWaived, Evidence: &Evidence{Inputs: []Input{in}}},
	}
	recheck := func(hash string, open bool) map[string]Tick {
		return Recheck(ticks, func(Input) CurrentText { return CurrentText{Hash: hash} }, func(string) bool { return open })
	}
	for key, want := range map[string]ItemState{"word": ItemDone, "command": ItemRecheck, "finding": ItemDone, "waived": ItemWaived} {
		if got := recheck("other", false)[key].State; got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	if got := recheck("h", true); got["command"].State != ItemDone || got["finding"].State != ItemRecheck {
		t.Errorf("%+v", got)
	}
	if ticks["command"].State != ItemDone {
		t.Error("the ticks themselves have changed")
	}
}

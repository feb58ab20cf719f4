package workflow

import (
	"strings"
	"testing"
	"time"
)

func twoPhases() Workflow {
	return Workflow{ID: "w", Phases: []Phase{
		{ID: "preflight", Title: "Preflight", Strip: true, Output: "checklists/preflight.md"},
		{ID: "request", Title: "Request", Output: "request.md", Gate: []ConditionRule{
			{ID: "written", Kind: CondWritten, Title: "Document written"},
			{ID: "boxes", Kind: CondBoxes, Title: "Acceptance boxes ticked", Section: "Acceptance"},
		}},
		{ID: "extra", Title: "Extra", Optional: true, Output: "extra.md"},
		{ID: "spec", Title: "Spec", Output: "spec.md", Freezes: true, Gate: []ConditionRule{
			{ID: "current", Kind: CondCurrent, Title: "Based on current Request"},
			{ID: "whole", Kind: CondWhole, Title: "Answer complete"},
			{ID: "questions", Kind: CondQuestions, Title: "No open questions", Section: "Open questions", Max: -1},
			{ID: "signed", Kind: CondSigned, Title: "Sign-off"},
		}},
	}}
}

func factsOf(phase string) Facts {
	w := twoPhases()
	p, _ := w.Phase(phase)
	return Facts{ProjectID: "p", Workflow: w, Phase: p, Heads: map[string]Version{}, Items: map[string][]Item{}, Sections: map[string][]Section{}}
}

// look finds out what is behind, as the engine does.
func (f *Facts) look() {
	f.Bases = map[string]Basis{}
	if f.Basis != nil {
		f.Bases[f.Phase.Output] = Basis{RunID: f.Basis.ID, Whole: f.Basis.Whole(), Inputs: f.Basis.Inputs}
	}
	current := func(in Input) CurrentText {
		return CurrentText{Version: f.Heads[in.Path].Number, Hash: f.Heads[in.Path].BasisHash}
	}
	f.Behind = Lineage{Bases: f.Bases, Current: current, Records: f.Records}.Behind()
}

func TestBoxesGateJudgesItsSectionAlone(t *testing.T) {
	f := factsOf("request")
	f.Heads["request.md"] = Version{Number: 3}
	f.Sections["request.md"] = []Section{{Title: "Features", Body: 0, End: 100}, {Title: "2. Acceptance", Body: 100, End: 200}}
	for name, tc := range map[string]struct {
		states  []ItemState
		want    ConditionState
		missing int
	}{
		"no boxes at all": {nil, CondWaiting, 1},
		"one open":        {[]ItemState{ItemDone, ItemOpen}, CondUnmet, 1},
		"one claimed":     {[]ItemState{ItemDone, ItemClaimed}, CondUnmet, 1},
		"one to recheck":  {[]ItemState{ItemDone, ItemRecheck}, CondUnmet, 1},
		"done and waived": {[]ItemState{ItemDone, ItemWaived}, CondMet, 0},
	} {
		t.Run(name, func(t *testing.T) {
			items := []Item{{Index: 0, Offset: 50, State: ItemOpen}} // of a feature
			for i, s := range tc.states {
				items = append(items, Item{Index: i + 1, Offset: 110 + i, State: s})
			}
			f.Items["request.md"] = items
			g := Judge(f)
			c := g.Conditions[1]
			if c.State != tc.want || g.Missing != tc.missing || g.Open != (tc.missing == 0) {
				t.Errorf("condition %+v of %+v", c, g)
			}
			if (c.Missing == "") != (tc.want == CondMet) || (c.Action == "") != (tc.want == CondMet) {
				t.Errorf("a condition says what is missing, unless nothing is: %+v", c)
			}
			if tc.want == CondUnmet && c.Index != 2 {
				t.Errorf("it leads to the first cause: %+v", c)
			}
		})
	}
}

func TestGateSentences(t *testing.T) {
	f := factsOf("request")
	if got := Judge(f); got.Measured || got.Sentence != "Measured once something is written." || got.Title != "Gate to Spec" || got.Next != "spec" {
		t.Errorf("%+v", got)
	}
	f.Active = &Run{}
	if got := Judge(f).Sentence; got != "Measured when the answer is complete." {
		t.Error(got)
	}
	f.Active = nil
	f.Heads["request.md"] = Version{Number: 1}
	f.Sections["request.md"] = []Section{{Title: "Acceptance", Body: 0, End: 9}}
	f.Items["request.md"] = []Item{{Offset: 1}, {Offset: 2}}
	if got := Judge(f).Sentence; got != "Off true by 1 of 2 conditions. Next: tick 2 acceptance boxes." {
		t.Error(got)
	}
	f.Items["request.md"] = []Item{{Offset: 1, State: ItemDone}}
	if got := Judge(f).Sentence; got != "True. All 2 conditions are met." {
		t.Error(got)
	}
	f.Phase.Gate = f.Phase.Gate[:1]
	if got := Judge(f).Sentence; got != "True. The one condition is met." {
		t.Error(got)
	}
}

func TestOpenQuestions(t *testing.T) {
	item := func(text string) Point { return Point{Text: text, Item: true} }
	for name, tc := range map[string]struct {
		points []Point
		want   int
	}{
		"empty":                {nil, 0},
		"none":                 {[]Point{{Text: "None."}}, 0},
		"none, with a reason":  {[]Point{{Text: "None. The datum question was answered on 20 November."}}, 0},
		"none as an item":      {[]Point{item("*None*")}, 0},
		"no open questions":    {[]Point{{Text: "No open questions remain."}}, 0},
		"two items":            {[]Point{item("Which datum?"), item("Which zone?")}, 2},
		"details do not count": {[]Point{item("Which datum?"), {Text: "Chart or land?", Item: true, Depth: 1}}, 1},
		"ticked is answered":   {[]Point{{Text: "Which datum?", Item: true, Task: true, Marked: true}, {Text: "Which zone?", Item: true, Task: true}}, 1},
		"lead-in with items":   {[]Point{{Text: "Still open:"}, item("Which datum?")}, 1},
		"a paragraph":          {[]Point{{Text: "Which datum is the default?"}}, 1},
		"none of the above":    {[]Point{item("None of the stations has a datum; which one is used?")}, 1},
		"no, as a beginning":   {[]Point{item("No-show fees: who pays them?")}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := OpenQuestions(Section{Points: tc.points}); got != tc.want {
				t.Errorf("%d, want %d", got, tc.want)
			}
		})
	}
}

func TestSpecGate(t *testing.T) {
	f := factsOf("spec")
	out := Version{Number: 2, BasisHash: "spec", BasisID: "run"}
	f.Heads["spec.md"], f.Heads["request.md"] = out, Version{Number: 4, BasisHash: "new"}
	f.Basis = &Run{ID: "run", State: RunSucceeded, Inputs: []Input{{Path: "request.md", Version: 3, Hash: "old"}, {Path: "spec.md", Version: 1, Hash: "self"}}}
	f.Sections["spec.md"] = []Section{{Title: "Open Questions:", Points: []Point{{Text: "Which?", Item: true}}}}
	f.look()
	g := Judge(f)
	if g.Missing != 3 || g.Conditions[0].Missing != "Request is at v4; v3 was used" || !g.CanSign || g.Signed {
		t.Errorf("gate: %+v", g)
	}
	f.Questions = 1
	f.Basis.Unfinished = true
	f.Records = append(f.Records, GateRecord{Phase: "spec", Path: "spec.md", Action: ActStill, Hash: CausesHash("run", f.Behind["spec.md"])}, GateRecord{Phase: "spec", Action: ActSign, Hash: "spec"})
	f.look()
	g = Judge(f)
	if g.Missing != 1 || g.Conditions[1].State == CondMet || !g.Frozen || !g.Signed || g.CanSign {
		t.Errorf("an unfinished run satisfies no gate: %+v", g)
	}
	if got := g.Conditions[1].Action; got != "unfreeze it, continue the answer, or run it again" {
		t.Errorf("a frozen document is mended by %q", got)
	}
	f.Heads["request.md"] = Version{Number: 5, BasisHash: "newer"}
	f.look()
	if Judge(f).Conditions[0].State == CondMet {
		t.Error("“still valid” holds for the texts it was said of")
	}
	f.Heads["spec.md"] = Version{Number: 3, BasisHash: "edited"}
	if g = Judge(f); g.Signed || !g.Frozen {
		t.Errorf("another text is not signed: %+v", g)
	}
}

func TestRecordsDecideWhereAProjectStands(t *testing.T) {
	w := twoPhases()
	var records []GateRecord
	step := func(phase string, a GateAction) {
		records = append(records, GateRecord{Phase: phase, Action: a, At: time.Now()})
	}
	current := func() string { p, _ := w.Current(records); return p.ID }
	reached := func(id string) bool { ok, _ := w.Reached(id, records); return ok }
	if current() != "request" || reached("spec") || !reached("request") {
		t.Error("a project begins at its first phase")
	}
	step("request", ActWaive)
	if current() != "spec" || !reached("spec") || !reached("extra") {
		t.Error("an optional phase holds nothing up")
	}
	step("spec", ActSign)
	step("spec", ActPass)
	if current() != "" {
		t.Errorf("current: %s", current())
	}
	step("spec", ActUnfreeze)
	spec, _ := w.Phase("spec")
	if current() != "spec" || Frozen(records, spec) || Standing(records, "spec") != nil {
		t.Error("unfreezing reopens the gate")
	}
	step("request", ActReopen)
	if current() != "request" || reached("spec") {
		t.Error("reopening an early gate closes what follows")
	}
}

func TestBlankHashDependsOnEverythingButMarks(t *testing.T) {
	text := "- [ ] a\n- [x] b\n"
	items := []Item{{Offset: 3}, {Offset: 11}}
	if BlankHash(text, items) != BlankHash("- [x] a\n- [ ] b\n", items) {
		t.Error("marks do not count")
	}
	if BlankHash(text, items) == BlankHash("- [ ] A\n- [x] b\n", items) || BlankHash(text, items) == BlankHash(text+" ", items) {
		t.Error("everything else does")
	}
}

func TestCarryTicks(t *testing.T) {
	me := Author{Kind: Person, Name: "Ann"}
	by := &Tick{State: ItemDone, By: me}
	item := func(key string, marked bool) Item { return Item{Key: key, Marked: marked} }
	ticks := map[string]Tick{"kept": *by, "unmarked": *by, "gone": *by, "waived": {State: ItemWaived}}
	before := []Item{item("kept", true), item("claimed", true), item("unmarked", true), item("gone", true), item("waived", false), item("new", false)}
	after := []Item{item("kept", true), item("claimed", true), item("unmarked", false), item("waived", false), item("new", true)}
	if !CarryTicks(ticks, before, after, by) || CarryTicks(ticks, before, after, by) {
		t.Error("it says whether something has changed")
	}
	for key, want := range map[string]bool{"kept": true, "claimed": false, "unmarked": false, "gone": false, "waived": true, "new": true} {
		if _, ok := ticks[key]; ok != want {
			t.Errorf("%s: %v", key, ok)
		}
	}
	model := map[string]Tick{}
	if CarryTicks(model, before, after, nil); len(model) != 0 {
		t.Error("what a model marks is a claim")
	}
}

func TestNamesAndSlugs(t *testing.T) {
	for name, want := range map[string]string{"Tide table": "tide-table", "  Ann’s  App! ": "anns-app", "Größe 2": "größe-2", "C++": "c", "🚀": "", "--": ""} {
		if got := Slug(name); got != want {
			t.Errorf("Slug(%q) = %q, want %q", name, got, want)
		}
	}
	if got, err := CheckName("  a\t b "); err != nil || got != "a b" {
		t.Errorf("%q %v", got, err)
	}
	if _, err := CheckName(strings.Repeat("é", MaxName)); err != nil {
		t.Error(err)
	}
}

// TestMendingAClaimConfirmsNothing words a claimed box anew: it is still the
// model's mark. A box that was open, or is new in another section, is the person's.
func TestMendingAClaimConfirmsNothing(t *testing.T) {
	before := []Item{{Section: "A", Text: "clear", Marked: true}, {Section: "A", Text: "named"}, {Section: "B", Text: "short"}}
	after := []Item{{Section: "A", Text: "clear to all", Marked: true}, {Section: "A", Text: "named", Marked: true}, {Section: "B", Text: "new", Marked: true}}
	KeyItems(before)
	KeyItems(after)
	ticks := map[string]Tick{}
	CarryTicks(ticks, before, after, &Tick{State: ItemDone})
	JudgeItems(after, ticks)
	for i, want := range []ItemState{ItemClaimed, ItemDone, ItemDone} {
		if after[i].State != want {
			t.Errorf("%q is %s, want %s", after[i].Text, after[i].State, want)
		}
	}
}

func TestTitleOfAnyPath(t *testing.T) {
	for path, want := range map[string]string{"request.md": "Request", "audits/security-01.md": "Security 01", "übersicht.md": "Übersicht", "steps/03.md": "Step 03", "1984.md": "1984", ".md": ".md", "": "."} {
		if got := Title(path); got != want {
			t.Errorf("Title(%q) = %q, want %q", path, got, want)
		}
	}
}

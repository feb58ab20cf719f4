package workflow

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var loopWorkflow = Workflow{
	Phases: []Phase{
		{ID: "implement", Title: "Implement", Output: "implementation.md"},
		{ID: "analyse", Title: "Analyse", Output: "audits/issues-NN.md", Gate: []ConditionRule{{Kind: CondWritten, Path: "audits/issues-NN.md"}}},
		{ID: "fix", Title: "Fix", Output: "prompts/fix-NN.md"},
		{ID: "enhance", Title: "Enhance", Output: "enhancements.md"},
		{ID: "security", Title: "Security", Output: "audits/security-NN.md"},
	},
	Loop: Loop{Phases: []string{"analyse", "fix"}, Cap: 3, Ends: EndsPlateau},
}

func acts(list ...string) []GateRecord {
	records := []GateRecord{}
	for i, text := range list {
		action, phase, _ := strings.Cut(text, " ")
		records = append(records, GateRecord{ID: fmt.Sprint(i), Action: GateAction(action), Phase: phase, At: time.Unix(int64(i), 0)})
	}
	return records
}

func TestRoundsAreCountedByTheirActs(t *testing.T) {
	w := loopWorkflow
	records := acts("pass implement", "pass analyse", "sign fix", "round analyse", "round security", "pass analyse", "round analyse")
	for phase, want := range map[string]int{"implement": 1, "analyse": 3, "fix": 3, "enhance": 1, "security": 2} {
		if got := w.Round(phase, records); got != want {
			t.Errorf("%s is at round %d, want %d", phase, got, want)
		}
	}
	at := w.AtRound(records)
	for i, want := range []string{"implementation.md", "audits/issues-03.md", "prompts/fix-03.md", "enhancements.md", "audits/security-02.md"} {
		if got := at.Phases[i].Output; got != want {
			t.Errorf("the output of %s is %s, want %s", at.Phases[i].ID, got, want)
		}
	}
	if got := at.Phases[1].Gate[0].Path; got != "audits/issues-03.md" {
		t.Errorf("the condition looks at %s", got)
	}
	if w.Phases[1].Output != "audits/issues-NN.md" {
		t.Error("the workflow itself has changed")
	}
}

func TestANewRoundTakesBackWhatWasPassed(t *testing.T) {
	w := loopWorkflow
	records := acts("pass implement", "pass analyse", "sign fix", "pass fix", "override fix", "check analyse", "round analyse", "pass analyse")
	kept := w.InForce(records)
	if Standing(kept, "implement") == nil || Standing(kept, "analyse") == nil || Standing(kept, "fix") != nil || LastSign(kept, "fix") != nil {
		t.Errorf("in force: %+v", kept)
	}
	got := []string{}
	for _, r := range kept {
		got = append(got, string(r.Action)+" "+r.Phase)
	}
	if want := "pass implement|override fix|check analyse|round analyse|pass analyse"; strings.Join(got, "|") != want {
		t.Errorf("in force is %s, want %s", strings.Join(got, "|"), want)
	}
}

// TestRoundsKeepTheOrderOfActs holds for any acts: what is in force is in order, keeps
// everything of phases that began no round, and nothing of a round before the last.
func TestRoundsKeepTheOrderOfActs(t *testing.T) {
	w := loopWorkflow
	rng := rand.New(rand.NewPCG(1, 2))
	kinds := []string{"pass", "waive", "sign", "reopen", "round", "round", "override", "check"}
	for range 500 {
		list := []string{}
		for range rng.IntN(12) {
			phase := w.Phases[rng.IntN(len(w.Phases))].ID
			kind := kinds[rng.IntN(len(kinds))]
			if kind == "round" {
				phase = w.RoundPhase(phase)
			}
			list = append(list, kind+" "+phase)
		}
		records := acts(list...)
		kept := w.InForce(records)
		checkInForce(t, w, records, kept)
		if again := w.InForce(kept); len(again) != len(kept) {
			t.Fatalf("not stable for %q", list)
		}
	}
}

func checkInForce(t *testing.T, w Workflow, records, kept []GateRecord) {
	t.Helper()
	last, in := map[string]int{}, map[string]bool{}
	for i, r := range records {
		if r.Action == ActRound {
			last[r.Phase] = i + 1
		}
	}
	for i, r := range kept {
		in[r.ID] = true
		if i > 0 && !r.At.After(kept[i-1].At) {
			t.Fatal("the order has changed")
		}
	}
	for i, r := range records {
		want := i+1 >= last[w.RoundPhase(r.Phase)] || timeless(r.Action)
		if in[r.ID] != want {
			t.Fatalf("%s %s at %d is in force: %v, want %v", r.Action, r.Phase, i, in[r.ID], want)
		}
		if w.Round(r.Phase, kept) != w.Round(r.Phase, records) {
			t.Fatal("the number of rounds has changed")
		}
	}
}

func TestWhenTheNextRoundMayBegin(t *testing.T) {
	three := acts("round analyse", "round analyse")
	curve := LedgerCurve{Rounds: []LedgerRound{{Round: 1}}}
	for name, c := range map[string]struct {
		facts         RoundFacts
		ready, over   bool
		verdict, says string
	}{
		"nothing written":      {facts: RoundFacts{}, says: "nothing to show"},
		"an answer waits":      {facts: RoundFacts{Written: true, Busy: true}, says: "not decided"},
		"ready":                {facts: RoundFacts{Written: true}, ready: true},
		"the cap":              {facts: RoundFacts{Written: true, Records: three}, ready: true, over: true, says: "need a reason"},
		"plateau":              {facts: RoundFacts{Written: true, Curve: LedgerCurve{Plateau: true, Sentence: "Plateau: enough."}}, ready: true, verdict: Plateau, says: "enough"},
		"growing":              {facts: RoundFacts{Written: true, Curve: LedgerCurve{Growing: true, Sentence: "Growing: more."}}, ready: true, verdict: Growing, says: "more"},
		"other phases are not": {facts: RoundFacts{Written: true, Phase: "security", Records: three, Curve: curve}, ready: true},
	} {
		f := c.facts
		f.Workflow = loopWorkflow
		if f.Phase == "" {
			f.Phase = "fix"
		}
		s := JudgeRound(f)
		if s.Ready != c.ready || s.Over != c.over || s.Verdict != c.verdict || !strings.Contains(s.Why+s.Advice, c.says) || c.says == "" && s.Why+s.Advice != "" {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestRoundsBeginAnewWhenTheTaskDoes(t *testing.T) {
	w := loopWorkflow
	w.Loop.Ends = EndsDone
	over := func(list ...string) bool {
		return JudgeRound(RoundFacts{Workflow: w, Phase: "fix", Records: acts(list...), Written: true}).Over
	}
	switch {
	case !over("round analyse", "round analyse"):
		t.Error("three rounds are not the cap")
	case over("round analyse", "round analyse", "round analyse", "restart implement"):
		t.Error("a restart before the loop does not begin anew")
	case !over("round analyse", "round analyse", "restart implement", "round analyse", "round analyse"):
		t.Error("three rounds after a restart are not the cap")
	case !over("round analyse", "round analyse", "restart analyse"):
		t.Error("a restart within the loop begins anew")
	}
}

func TestWhoTakesTurns(t *testing.T) {
	w := loopWorkflow
	if w.TakesTurns("fix", acts("pass implement")) {
		t.Error("a loop that ends at a plateau goes in order")
	}
	w.Loop.Ends = EndsDone
	if w.TakesTurns("fix", nil) || !w.TakesTurns("fix", acts("pass implement")) || w.TakesTurns("security", acts("pass implement")) {
		t.Error("the phases of a loop take turns once the first may begin, and no others do")
	}
}

package workflow

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fullGate is a gate with every kind of condition, over facts drawn at random.
func fullGate(rt *rapid.T) Facts {
	f := kindFacts(ConditionRule{})
	out := f.Phase.Output
	f.Phase.Gate = nil
	for i, kind := range []ConditionKind{CondWritten, CondCurrent, CondWhole, CondBoxes, CondItems, CondQuestions, CondSigned, CondFindings,
		CondPhrase, CondCount, CondPlan, CondSteps, CondMilestones, CondCheck, CondFresh, CondApproval, CondBake} {
		f.Phase.Gate = append(f.Phase.Gate, ConditionRule{ID: fmt.Sprint(i), Kind: kind, Title: string(kind), Items: []string{"AC-"},
			Limits: map[Severity]int{P0: 0, P1: 1}, Allow: []string{"accepted"}, Phrase: "NONE", Or: &SmallFixes{Max: 1, Worst: P2}, Hours: 2})
	}
	f.Sections[out] = []Section{{Title: "Questions"}}
	f.Phase.Gate[5].Section = "Questions"
	f.Phase.Gate[4].Section, f.Phase.Gate[3].Section = "", ""
	for i := range rapid.IntRange(0, 4).Draw(rt, "boxes") {
		f.Items[out] = append(f.Items[out], Item{Index: i, Text: fmt.Sprintf("AC-%d: x", i),
			State: rapid.SampledFrom([]ItemState{ItemOpen, ItemClaimed, ItemDone, ItemWaived, ItemRecheck}).Draw(rt, "box")})
	}
	for range rapid.IntRange(0, 3).Draw(rt, "questions") {
		f.Sections[out][0].Points = append(f.Sections[out][0].Points, Point{Item: true, Text: "Which?"})
	}
	findings := []Finding{}
	for range rapid.IntRange(0, 4).Draw(rt, "findings") {
		findings = append(findings, Finding{Severity: rapid.SampledFrom(append(Severities(), "")).Draw(rt, "severity"),
			State: rapid.SampledFrom(FindingStates()).Draw(rt, "state")})
	}
	found(findings...)(&f)
	if rapid.Bool().Draw(rt, "mismatch") {
		f.Filings[0].Mismatch = "One is missing."
	}
	states := []StepState{}
	for range rapid.IntRange(0, 4).Draw(rt, "steps") {
		states = append(states, rapid.SampledFrom([]StepState{StepOpen, StepDone, StepSkipped}).Draw(rt, "step"))
	}
	planned(states...)(&f)
	f.Basis = &Run{ID: "run", State: RunSucceeded, Inputs: []Input{{Path: "plan.md", Version: 1, Hash: rapid.SampledFrom([]string{"", "old"}).Draw(rt, "input")}}}
	f.look()
	return f
}

// progress are the things that bring a gate nearer, each of them to random facts. None
// of them changes code or words.
func progress(rt *rapid.T, f *Facts) string {
	out, phase := f.Phase.Output, f.Phase.ID
	record := func(action GateAction) {
		f.Records = append(f.Records, GateRecord{Phase: phase, Action: action, Path: out, Hash: "audit", At: f.Now})
	}
	acts := map[string]func(){
		"tick":   func() { settleOne(rt, f.Items[out]) },
		"fix":    func() { settleFinding(rt, f.Findings, FindingFixed) },
		"accept": func() { settleFinding(rt, f.Findings, FindingAccepted) },
		"answer": func() {
			if p := &f.Sections[out][0].Points; len(*p) > 0 {
				*p = (*p)[1:]
			}
		},
		"sign": func() { record(ActSign) }, "approve": func() { record(ActApprove) }, "look": func() { record(ActLooked) },
		"healthy": func() { record(ActHealthy) },
		"promote": func() {
			if Baking(f.Records, phase, 2).Promoted == nil {
				record(ActPromote)
			}
		},
		"wait":  func() { f.Now = f.Now.Add(time.Hour) },
		"check": func() { f.Records = append(f.Records, GateRecord{Action: ActCheck, Check: &CheckResult{At: f.Now}}) },
		"step":  func() { settleStep(rt, f) },
		"still": func() {
			if causes := f.Behind[out]; len(causes) > 0 {
				f.Records = append(f.Records, GateRecord{Phase: phase, Action: ActStill, Path: out, Causes: causes, Hash: CausesHash("run", causes)})
				f.look()
			}
		},
	}
	names := []string{}
	for name := range acts {
		names = append(names, name)
	}
	slices.Sort(names)
	act := rapid.SampledFrom(names).Draw(rt, "act")
	acts[act]()
	return act
}

func settleOne(rt *rapid.T, items []Item) {
	if len(items) > 0 {
		items[rapid.IntRange(0, len(items)-1).Draw(rt, "which")].State = ItemDone
	}
}

func settleFinding(rt *rapid.T, findings []Finding, to FindingState) {
	if len(findings) == 0 {
		return
	}
	if one := &findings[rapid.IntRange(0, len(findings)-1).Draw(rt, "which")]; one.Open() || one.State == FindingScheduled {
		one.State = to
	}
}

func settleStep(rt *rapid.T, f *Facts) {
	states := []StepState{}
	for _, s := range f.Plan.Steps {
		states = append(states, s.State)
	}
	if len(states) > 0 {
		states[rapid.IntRange(0, len(states)-1).Draw(rt, "which")] = StepDone
		planned(states...)(f)
	}
}

// TestProgressNeverClosesAGate does one thing after the other that helps, and
// looks whether a condition that was met is met no more.
func TestProgressNeverClosesAGate(t *testing.T) {
	met := map[ConditionKind]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		f := fullGate(rt)
		before := Judge(f)
		for range rapid.IntRange(1, 30).Draw(rt, "acts") {
			act := progress(rt, &f)
			after := Judge(f)
			if after.Missing > before.Missing || before.Open && !after.Open {
				rt.Fatalf("%s: %d conditions were missing, now %d", act, before.Missing, after.Missing)
			}
			for i, c := range before.Conditions {
				if c.State == CondMet {
					met[c.Kind] = true
					if now := after.Conditions[i]; now.State != CondMet {
						rt.Fatalf("%s: %s was met, now it says %q", act, c.Kind, now.Missing)
					}
				}
			}
			before = after
		}
	})
	if len(met) < 16 {
		t.Errorf("only %d kinds were ever met: %v", len(met), met)
	}
}

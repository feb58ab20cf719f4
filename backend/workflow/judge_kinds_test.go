package workflow

import (
	"slices"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// kindFacts are those of a project with a plan, code and an audit, at noon, with one condition to judge.
func kindFacts(rule ConditionRule) Facts {
	rule.ID, rule.Title, rule.Help = "c", "A condition", "Do it."
	audit := Phase{ID: "security", Title: "Security", Kind: KindAudit, Prompt: "security-audit", Output: "audits/security-01.md", Gate: []ConditionRule{rule}}
	w := Workflow{ID: "w", Phases: []Phase{
		{ID: "plan", Title: "Plan", Output: "plan.md"},
		{ID: "run", Title: "Run", Kind: KindBuild, Prompt: "delegated-mode", Output: "result.md"},
		audit,
	}}
	return Facts{ProjectID: "p", Workflow: w, Phase: audit, Items: map[string][]Item{}, Sections: map[string][]Section{},
		Heads: map[string]Version{
			"plan.md": {Number: 1}, audit.Output: {Number: 2, BasisHash: "audit"},
		},
		Written: map[string]time.Time{"result.md": noon.Add(-3 * time.Hour), audit.Output: noon}, Now: noon,
		Filings: []Filing{{Phase: "security", Path: audit.Output, Hash: "audit", Version: 2, LookedAt: noon.Add(-time.Hour)}},
	}
}

// judged is one case: what is changed in the facts, and what is said of it then.
type judgedCase struct {
	name    string
	rule    ConditionRule
	change  func(*Facts)
	state   ConditionState
	missing string
	do      ToDoKind
}

func TestEveryKindOfCondition(t *testing.T) {
	cases := slices.Concat(itemCases(), findingCases(), phraseCases(), planCases(), checkCases(), releaseCases(), wholeCases())
	kinds := map[ConditionKind]bool{}
	for _, tc := range cases {
		kinds[tc.rule.Kind] = true
		t.Run(string(tc.rule.Kind)+"/"+tc.name, func(t *testing.T) {
			f := kindFacts(tc.rule)
			if tc.change != nil {
				tc.change(&f)
			}
			c := Judge(f).Conditions[0]
			if c.State != tc.state || !strings.Contains(c.Missing, tc.missing) || c.Do != tc.do {
				t.Errorf("%s %q %s, want %s %q %s", c.State, c.Missing, c.Do, tc.state, tc.missing, tc.do)
			}
			met := c.State == CondMet
			if (c.Missing == "") != met || (c.Action == "") != met || !met && !strings.Contains(c.Note, "Do it.") && tc.rule.Kind != CondItems {
				t.Errorf("it says why, what to do and the help of the file, unless it is met: %+v", c)
			}
		})
	}
	for _, kind := range []ConditionKind{CondItems, CondFindings, CondPhrase, CondCount, CondPlan, CondSteps, CondMilestones, CondCheck, CondFresh, CondApproval, CondBake, CondWhole} {
		if !kinds[kind] {
			t.Errorf("no case judges %s", kind)
		}
	}
}

func itemCases() []judgedCase {
	rule := ConditionRule{Kind: CondItems, Items: []string{"AC-1", "Smoke-"}}
	with := func(states ...ItemState) func(*Facts) {
		texts := []string{"AC-1: it tells", "AC-10: it sings", "Smoke-tests pass"}
		return func(f *Facts) {
			for i, s := range states {
				f.Items[f.Phase.Output] = append(f.Items[f.Phase.Output], Item{Index: i, Text: texts[i], State: s})
			}
		}
	}
	return []judgedCase{
		{"no boxes", rule, nil, CondWaiting, "There is no box “AC-1” yet", DoWrite},
		{"one name has no box", rule, with(ItemDone, ItemDone), CondWaiting, "There is no box “Smoke-” yet", DoWrite},
		{"another number is another box", rule, with(ItemDone, ItemOpen, ItemWaived), CondMet, "", ""},
		{"a claim is no tick", rule, with(ItemClaimed, ItemDone, ItemDone), CondUnmet, "1 of 2 boxes are not ticked", DoTick},
		{"to be checked again", rule, with(ItemDone, ItemDone, ItemRecheck), CondUnmet, "1 of 2 boxes are not ticked", DoTick},
	}
}

// found adds findings that the audit reports.
func found(findings ...Finding) func(*Facts) {
	return func(f *Facts) {
		for i, one := range findings {
			one.Number = FindingNumber(i + 1)
			one.Sightings = []Sighting{{Phase: "security", Path: f.Phase.Output}}
			f.Findings = append(f.Findings, one)
		}
		f.Filings[0].Listed = map[Severity]int{P0: len(findings)}
	}
}

func findingCases() []judgedCase {
	rule := ConditionRule{Kind: CondFindings, Limits: map[Severity]int{P0: 0, P1: 0}, Allow: []string{"accepted"}}
	return []judgedCase{
		{"no audit", rule, func(f *Facts) { f.Heads = map[string]Version{} }, CondWaiting, "Nothing is written yet", DoWrite},
		{"not filed", rule, func(f *Facts) { f.Filings = nil }, CondWaiting, "are not filed yet", DoFile},
		{"none", rule, nil, CondMet, "", ""},
		{"small ones", rule, found(Finding{Severity: P2, State: FindingOpen}, Finding{Severity: P3, State: FindingReturned}), CondMet, "", ""},
		{"a critical one", rule, found(Finding{Severity: P0, State: FindingOpen}), CondUnmet, "1 finding of P0 is open", DoFindings},
		{"one that has returned", rule, found(Finding{Severity: P1, State: FindingReturned}), CondUnmet, "1 finding of P1 is open", DoFindings},
		{"all settled", rule, found(Finding{Severity: P0, State: FindingFixed}, Finding{Severity: P1, State: FindingAccepted}, Finding{Severity: P0, State: FindingDuplicate}), CondMet, "", ""},
		{"scheduled is not settled here", rule, found(Finding{Severity: P1, State: FindingScheduled}), CondUnmet, "1 finding of P1 is open", DoFindings},
		{"of another phase", rule, func(f *Facts) {
			f.Findings = []Finding{{Severity: P0, State: FindingOpen, Sightings: []Sighting{{Phase: "review", Path: "audits/review-01.md"}}}}
		}, CondMet, "", ""},
		{"of an earlier round", rule, func(f *Facts) {
			f.Findings = []Finding{{Severity: P0, State: FindingOpen, Sightings: []Sighting{{Phase: "security", Path: "audits/security-00.md"}}}}
		}, CondUnmet, "1 finding of P0 is open", DoFindings},
	}
}

func phraseCases() []judgedCase {
	rule := ConditionRule{Kind: CondPhrase, Phrase: "NO SECURITY ISSUES FOUND", Or: &SmallFixes{Max: 2, Worst: P2}}
	small := Finding{Severity: P2, State: FindingOpen}
	count := ConditionRule{Kind: CondCount}
	differs := func(f *Facts) { f.Filings[0].Mismatch = "The text claims 9 findings; 7 can be read." }
	return []judgedCase{
		{"said", rule, func(f *Facts) { f.Filings[0].Phrase = "No security issues found." }, CondMet, "", ""},
		{"said, and a finding listed", rule, func(f *Facts) {
			found(small, small, small)(f)
			f.Filings[0].Phrase = rule.Phrase
		}, CondUnmet, "The audit lists 3 findings; at most 2 small ones", DoAudit},
		{"neither said nor listed", rule, nil, CondUnmet, "does not say “NO SECURITY ISSUES FOUND”", DoAudit},
		{"few and small", rule, found(small, small), CondMet, "", ""},
		{"too bad", rule, found(small, Finding{Severity: P1, State: FindingOpen}), CondUnmet, "lists 1 finding above P2", DoAudit},
		{"too bad, and fixed since", rule, found(Finding{Severity: P1, State: FindingFixed}), CondUnmet, "lists 1 finding above P2", DoAudit},
		{"accepted ones do not count", rule, found(small, small, Finding{Severity: P0, State: FindingAccepted}), CondMet, "", ""},
		{"the phrase and nothing else", ConditionRule{Kind: CondPhrase, Phrase: "NOTHING"}, found(small), CondUnmet, "The audit lists 1 finding", DoAudit},
		{"agrees", count, nil, CondMet, "", ""},
		{"differs", count, differs, CondUnmet, "claims 9 findings; 7 can be read", DoLook},
		{"looked at", count, func(f *Facts) {
			differs(f)
			f.Records = []GateRecord{{Phase: "security", Action: ActLooked, Hash: "audit"}}
		}, CondMet, "", ""},
		{"looked at before it changed", count, func(f *Facts) {
			differs(f)
			f.Records = []GateRecord{{Phase: "security", Action: ActLooked, Hash: "older"}}
		}, CondUnmet, "claims 9", DoLook},
	}
}

// planned gives the plan steps in the given states, the first two of a milestone.
func planned(states ...StepState) func(*Facts) {
	return func(f *Facts) {
		f.Plan = PlanView{Path: "plan.md", Version: 1, Current: -1, SettledAt: noon.Add(-2 * time.Hour),
			Milestones: []PlanMilestone{{Milestone: Milestone{Title: "First"}}, {Milestone: Milestone{Title: "Notes"}}}}
		m := &f.Plan.Milestones[0]
		for i, s := range states {
			f.Plan.Steps = append(f.Plan.Steps, PlanStep{Step: Step{Number: string(rune('1' + i)), Box: i}, State: s})
			if s.Settled() {
				f.Plan.Settled++
			} else if f.Plan.Current < 0 {
				f.Plan.Current = i
			}
			if i < 2 {
				m.Total++
				if s.Settled() {
					m.Settled++
				}
			}
		}
		m.Complete = m.Settled == m.Total
	}
}

func planCases() []judgedCase {
	plan, steps, milestones := ConditionRule{Kind: CondPlan}, ConditionRule{Kind: CondSteps}, ConditionRule{Kind: CondMilestones}
	return []judgedCase{
		{"none", plan, nil, CondWaiting, "There is no plan yet", DoWrite},
		{"can be built", plan, planned(StepOpen), CondMet, "", ""},
		{"a circle", plan, func(f *Facts) {
			planned(StepOpen, StepOpen)(f)
			f.Plan.Problems = []PlanProblem{{Kind: PlanCircular, Steps: []int{1}, Text: "Step 2 depends on itself."}, {Text: "More."}}
		}, CondUnmet, "Step 2 depends on itself; 1 fault more", DoPlan},
		{"a criterion without a step", plan, func(f *Facts) {
			planned(StepDone)(f)
			f.Plan.Uncovered = []string{"AC-4"}
		}, CondUnmet, "AC-4 is covered by no step", DoPlan},
		{"none", steps, nil, CondWaiting, "There is no plan yet", DoWrite},
		{"empty", steps, planned(), CondWaiting, "The plan has no steps", DoPlan},
		{"one is left", steps, planned(StepDone, StepCurrent, StepSkipped), CondUnmet, "1 of 3 steps are not done", DoStep},
		{"done and skipped", steps, planned(StepDone, StepSkipped), CondMet, "", ""},
		{"incomplete", milestones, planned(StepDone, StepCurrent), CondUnmet, "The milestone “First” is not complete", DoStep},
		{"complete", milestones, planned(StepDone, StepDone, StepOpen), CondMet, "", ""},
		{"a plan without milestones is one", milestones, func(f *Facts) {
			planned(StepOpen)(f)
			f.Plan.Milestones = nil
		}, CondUnmet, "The steps are not all done", DoStep},
	}
}

func checkCases() []judgedCase {
	check, fresh := ConditionRule{Kind: CondCheck}, ConditionRule{Kind: CondFresh}
	ran := func(exit int, ago time.Duration, step string) func(*Facts) {
		return func(f *Facts) {
			planned(StepDone)(f)
			f.Records = append(f.Records, GateRecord{Action: ActCheck, Check: &CheckResult{Command: "make", Exit: exit, Step: step, At: noon.Add(-ago)}})
		}
	}
	return []judgedCase{
		{"never run", check, nil, CondWaiting, "The check was not run yet", DoCheck},
		{"green", check, ran(0, time.Hour, ""), CondMet, "", ""},
		{"red", check, ran(2, time.Hour, ""), CondFailed, "The check ended with 2", DoCheck},
		{"of a step alone", check, ran(0, time.Hour, "1"), CondWaiting, "The check was not run yet", DoCheck},
		{"older than the last step", check, ran(0, 150*time.Minute, ""), CondUnmet, "The check is older than the last step", DoCheck},
		{"older than the code", check, func(f *Facts) {
			ran(0, time.Hour, "")(f)
			f.Written["result.md"] = noon
		}, CondUnmet, "The check is older than the last change of Result", DoCheck},
		{"newer than the last step", fresh, planned(StepDone), CondMet, "", ""},
		{"begun before the last step", fresh, func(f *Facts) {
			planned(StepDone)(f)
			f.Filings[0].LookedAt = noon.Add(-150 * time.Minute)
		}, CondUnmet, "Security 01 is older than the last step that was done", DoAudit},
		{"not written", ConditionRule{Kind: CondFresh, Path: "answers/readiness.md"}, nil, CondWaiting, "Readiness is not written yet", DoWrite},
		{"by hand", fresh, func(f *Facts) {
			planned(StepDone)(f)
			f.Filings = nil
		}, CondMet, "", ""},
	}
}

func releaseCases() []judgedCase {
	approval, bake := ConditionRule{Kind: CondApproval}, ConditionRule{Kind: CondBake, Hours: 4}
	acts := func(list ...GateRecord) func(*Facts) {
		return func(f *Facts) {
			for _, r := range list {
				r.Phase = "security"
				f.Records = append(f.Records, r)
			}
		}
	}
	at := func(action GateAction, hours int) GateRecord {
		return GateRecord{Action: action, Hash: "audit", Reason: "The error rate rose to two percent.", At: noon.Add(time.Duration(hours) * time.Hour)}
	}
	return []judgedCase{
		{"nothing yet", approval, func(f *Facts) { f.Heads = nil }, CondWaiting, "Nothing is written yet", DoWrite},
		{"not approved", approval, nil, CondWaiting, "v2 is not approved", DoApprove},
		{"approved", approval, acts(at(ActApprove, -1)), CondMet, "", ""},
		{"another text", approval, acts(GateRecord{Action: ActApprove, Hash: "older"}), CondWaiting, "v2 is not approved", DoApprove},
		{"reopened since", approval, acts(at(ActApprove, -2), at(ActReopen, -1)), CondWaiting, "v2 is not approved", DoApprove},
		{"not promoted", bake, nil, CondWaiting, "not promoted to production yet", DoPromote},
		{"for an hour", bake, acts(at(ActPromote, -1)), CondRunning, "It has been in production for 1 of 4 hours", DoBake},
		{"healthy too early", bake, acts(at(ActPromote, -4), at(ActHealthy, -1)), CondWaiting, "Nobody has said that the figures have held", DoHealthy},
		{"for long enough", bake, acts(at(ActPromote, -5)), CondWaiting, "Nobody has said", DoHealthy},
		{"healthy throughout", bake, acts(at(ActPromote, -5), at(ActHealthy, -3), at(ActHealthy, -1)), CondMet, "", ""},
		{"rolled back", bake, acts(at(ActPromote, -9), at(ActHealthy, -1), at(ActRollback, 0)), CondFailed, "It was rolled back: The error rate rose to two percent", DoPromote},
		{"promoted again", bake, acts(at(ActPromote, -9), at(ActHealthy, -4), at(ActRollback, -3), at(ActPromote, -2)), CondRunning, "2 of 4 hours", DoBake},
		{"for a day, if nobody says otherwise", ConditionRule{Kind: CondBake}, acts(at(ActPromote, -23)), CondRunning, "23 of 24 hours", DoBake},
	}
}

func wholeCases() []judgedCase {
	rule := ConditionRule{Kind: CondWhole}
	made := func(whole bool) func(*Facts) {
		return func(f *Facts) {
			f.Basis = &Run{State: RunSucceeded, Inputs: []Input{{Path: "plan.md"}}}
			f.Bases = map[string]Basis{"plan.md": {Whole: whole}}
		}
	}
	return []judgedCase{
		{"by hand", rule, nil, CondMet, "", ""},
		{"whole", rule, made(true), CondMet, "", ""},
		{"an input is not", rule, made(false), CondUnmet, "Plan, which it was made from, rests on an answer", DoRun},
		{"cut", rule, func(f *Facts) { f.Basis = &Run{State: RunSucceeded, Cut: true} }, CondUnmet, "did not see the whole prompt", DoRun},
		{"unfinished", rule, func(f *Facts) { f.Basis = &Run{State: RunSucceeded, Unfinished: true} }, CondUnmet, "is unfinished", DoContinue},
	}
}

// TestDoubtsStayVisible says what is doubtful about a count even where the
// condition is met: nobody could see it otherwise.
func TestDoubtsStayVisible(t *testing.T) {
	f := kindFacts(ConditionRule{Kind: CondFindings, Limits: map[Severity]int{P0: 0}})
	found(Finding{State: FindingOpen}, Finding{State: FindingOpen, Doubt: "x"})(&f)
	f.Heads[f.Phase.Output] = Version{Number: 3, BasisHash: "edited"}
	c := Judge(f).Conditions[0]
	if c.State != CondMet {
		t.Fatalf("%+v", c)
	}
	for _, want := range []string{"2 open findings have no severity", "1 open finding may be another one", "has changed since v2 was filed"} {
		if !strings.Contains(c.Doubt, want) {
			t.Errorf("the doubt lacks %q: %s", want, c.Doubt)
		}
	}
}

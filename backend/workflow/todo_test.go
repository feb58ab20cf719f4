package workflow

import (
	"strings"
	"testing"
	"time"
)

// TestTheOneThingToDo goes through what can be in the way, the most urgent first.
func TestTheOneThingToDo(t *testing.T) {
	read, items := stepsOf("1: #auth @1", "2: <1 @2")
	plan := StandPlan(read, items, nil, StepFiles)
	doneRead, doneItems := stepsOf("1: done @1")
	done := StandPlan(doneRead, doneItems, nil, StepFiles)
	build := Phase{ID: "build", Title: "Build", Kind: KindBuild, Prompt: "codegen", Output: "checklists/acceptance.md"}
	spec := Phase{ID: "spec", Title: "Spec", Kind: KindDocument, Prompt: "spec", Output: "spec.md"}
	w := Workflow{Phases: []Phase{spec, build, {ID: "review", Title: "Review", Output: "audits/review-NN.md"}}, Loop: Loop{Phases: []string{"build", "review"}, Ends: EndsDone}}
	answered := Run{ID: "R1", Phase: "build", Step: "1", State: RunSucceeded, EndedAt: time.Unix(50, 0)}
	red, green := CheckResult{Exit: 1, Command: "make", At: time.Unix(60, 0)}, CheckResult{At: time.Unix(60, 0)}
	thread := Thread{ID: "R1", Step: "1", Phase: "build", Runs: []Run{answered}}
	full, asks, over := thread, thread, thread
	full.Full, full.Warning = true, "Refinement 3 of 3."
	asks.Questions = []string{"Which?"}
	over.Over = true
	at := func(f ToDoFacts) ToDoFacts {
		f.Project, f.Workflow = Project{Slug: "tide"}, w
		if f.Phase.ID == "" {
			f.Phase, f.Plan = build, plan
		}
		return f
	}
	for name, c := range map[string]struct {
		facts ToDoFacts
		kind  ToDoKind
		says  string
		with  string
	}{
		"a model writes":            {at(ToDoFacts{Busy: &Run{Model: "qwen", Phase: "build", Step: "1"}, Grave: []Finding{{}}}), DoWait, "qwen is writing step 1.", ""},
		"an answer waits":           {at(ToDoFacts{Decide: &answered}), DoDecide, "Review the answer for step 1.", "plumbline review tide build --run R1"},
		"a copied step":             {at(ToDoFacts{Waiting: &answered}), DoPaste, "Paste the answer to the step 1 prompt.", "plumbline step paste tide 1 FILE"},
		"questions":                 {at(ToDoFacts{Thread: asks}), DoAnswer, "Answer 1 question.", "plumbline refine tide --run R1 --answers FILE"},
		"a due audit":               {at(ToDoFacts{Due: []DueItem{{Kind: "trigger", Phase: "review", Title: "Review it"}}}), DoRun, "Review it.", "plumbline run tide review"},
		"a due audit once more":     {at(ToDoFacts{Due: []DueItem{{Kind: "trigger", Phase: "review", NewRound: true}}}), DoRound, "begin the next round", "plumbline round tide review --begin"},
		"practice waits":            {at(ToDoFacts{Due: []DueItem{{Kind: "practice", Title: "Morning"}}}), DoStep, "Build step 1", "plumbline step run tide 1"},
		"grave findings":            {at(ToDoFacts{Grave: []Finding{{Number: "F-001"}, {Number: "F-004"}}}), DoFindings, "Fix F-001 and F-004", "plumbline step add tide F-001 F-004"},
		"what was put off":          {at(ToDoFacts{Phase: build, Plan: done, Lapsed: []Finding{{Number: "F-002", Step: "1"}}, Due: []DueItem{{Kind: "trigger", Phase: "review"}}}), DoFindings, "Say what has become of F-002.", "plumbline findings fix tide F-002"},
		"a step to build":           {at(ToDoFacts{}), DoStep, "Build step 1", "plumbline step run tide 1"},
		"a step that was built":     {at(ToDoFacts{Thread: thread}), DoCheck, "run its tests", "plumbline check tide --step 1"},
		"a red check":               {at(ToDoFacts{Thread: thread, StepCheck: red}), DoRun, "its check is red", "plumbline refine tide --run R1"},
		"a red check, full thread":  {at(ToDoFacts{Thread: full, StepCheck: red}), DoRestart, "Start over with step 1", "plumbline restart tide 1"},
		"a green check":             {at(ToDoFacts{Thread: thread, StepCheck: green}), DoTick, "tick step 1", "plumbline step show tide 1"},
		"a fresh thread":            {at(ToDoFacts{Thread: over}), DoStep, "Build step 1", "plumbline step run tide 1"},
		"all steps are done":        {at(ToDoFacts{Phase: build, Plan: done}), DoCheck, "Run the whole check", "plumbline check tide --exit N"},
		"a document":                {at(ToDoFacts{Phase: spec}), DoRun, "Write Spec", "plumbline run tide spec"},
		"a stale document":          {at(ToDoFacts{Phase: spec, Stale: []Cause{{Path: "request.md", From: 1, To: 2, Hash: "h"}}}), DoStale, "Request is at v2; v1 was used.", "plumbline gate tide spec"},
		"an open gate":              {at(ToDoFacts{Phase: spec, Gate: Gate{Version: 1, NextTitle: "Build"}}), DoPass, "The gate to Build is open.", "plumbline pass tide spec"},
		"what the gate lacks first": {at(ToDoFacts{Phase: spec, Gate: Gate{Version: 1, Sentence: "Off true by 1.", Conditions: []Condition{{State: CondWaiting, Do: DoSign, Missing: "v1 is not signed"}}}}), DoSign, "Off true", "plumbline sign tide spec"},
	} {
		d := NextToDo(c.facts)
		if d.Kind != c.kind || !strings.Contains(d.Text, c.says) || !strings.HasPrefix(d.Command, c.with) || c.with == "" && d.Command != "" || d.Due == nil {
			t.Errorf("%s: %s %q with %q", name, d.Kind, d.Text, d.Command)
		}
	}
	if d := NextToDo(ToDoFacts{Project: Project{Slug: "tide"}, Workflow: w}); d.Kind != DoNothing || d.Command != "" {
		t.Errorf("nothing is left, but %+v", d)
	}
}

// TestTheRoundsGoOnUntilAPlateau says what comes after a round of a loop that ends at one.
func TestTheRoundsGoOnUntilAPlateau(t *testing.T) {
	analyse, enhance := Phase{ID: "analyse", Title: "Analyse"}, Phase{ID: "enhance", Title: "Enhance", Prompt: "e", Output: "enhance.md"}
	w := Workflow{Phases: []Phase{analyse, enhance}, Loop: Loop{Phases: []string{"analyse"}, Cap: 10, Ends: EndsPlateau}}
	for name, c := range map[string]struct {
		round RoundStatus
		says  string
		why   string
	}{
		"news":      {RoundStatus{}, "Begin round 4: ask what else could go wrong", "three of them have found nothing"},
		"growing":   {RoundStatus{Verdict: Growing, Advice: "Growing: more."}, "Tighten the specification, then begin round 4.", "Growing: more."},
		"a plateau": {RoundStatus{Verdict: Plateau, Advice: "Plateau."}, "Write Enhance", ""},
		"the cap":   {RoundStatus{Verdict: Growing, Over: true}, "Write Enhance", ""},
	} {
		c.round.Phase, c.round.Number, c.round.Ready, c.round.Ends = "analyse", 3, true, EndsPlateau
		d := NextToDo(ToDoFacts{Project: Project{Slug: "tide"}, Workflow: w, Phase: enhance, Round: c.round})
		if !strings.HasPrefix(d.Text, c.says) || !strings.Contains(d.Why, c.why) {
			t.Errorf("%s: %q, as %q", name, d.Text, d.Why)
		}
	}
}

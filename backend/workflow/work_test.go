package workflow

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func runAt(n int, kind RunKind, state RunState) Run {
	return Run{ID: fmt.Sprintf("R%02d", n), Kind: kind, State: state, Phase: "build", Step: "4", CreatedAt: time.Unix(int64(n), 0)}
}

func TestThreadsCountRefinements(t *testing.T) {
	first, refined := runAt(0, RunFirst, RunSucceeded), func(n int) Run { return runAt(n, RunRefine, RunSucceeded) }
	override := GateRecord{Action: ActOverride, Thread: "R00", Reason: "The error is nearly found."}
	for name, c := range map[string]struct {
		runs    []Run
		records []GateRecord
		n       int
		full    bool
		warning string
	}{
		"only the first":            {runs: []Run{first}},
		"one":                       {runs: []Run{first, refined(1)}, n: 1},
		"two":                       {runs: []Run{refined(2), first, refined(1)}, n: 2, warning: "Refinement 2 of 3. Is it"},
		"three":                     {runs: []Run{first, refined(1), refined(2), refined(3)}, n: 3, full: true, warning: "Refinement 3 of 3. Start over"},
		"a reason":                  {runs: []Run{first, refined(1), refined(2), refined(3)}, records: []GateRecord{override}, n: 3, warning: "Refinement 3 of 3. Is it"},
		"a reason is used up":       {runs: []Run{first, refined(1), refined(2), refined(3), refined(4)}, records: []GateRecord{override}, n: 4, full: true, warning: "Refinement 4 of 3"},
		"others do not count":       {runs: []Run{first, runAt(1, RunRepair, RunSucceeded), runAt(2, RunContinue, RunSucceeded), runAt(3, RunAnswer, RunSucceeded), runAt(4, RunRestart, RunSucceeded)}},
		"nor what came to nothing":  {runs: []Run{first, runAt(1, RunRefine, RunFailed), runAt(2, RunRefine, RunCanceled), runAt(3, RunRefine, RunInterrupted)}},
		"what is on its way counts": {runs: []Run{first, runAt(1, RunRefine, RunRunning), runAt(2, RunRefine, RunWaiting)}, n: 2, warning: "Refinement 2"},
	} {
		th := JudgeThread(c.runs, c.records, Refinements, RefinementsWarn)
		if th.ID != "R00" || th.Refinements != c.n || th.Full != c.full || !strings.HasPrefix(th.Warning, c.warning) || c.warning == "" && th.Warning != "" {
			t.Errorf("%s: %+v", name, th)
		}
	}
	if th := JudgeThread(nil, nil, 3, 2); th.ID != "" || th.Full || th.Runs == nil && len(th.Runs) != 0 {
		t.Errorf("no thread: %+v", th)
	}
}

func TestQuestionsInThePlaceOfCode(t *testing.T) {
	asks := []Section{{Level: 2, Title: "Code", Points: []Point{{Text: "None."}}}, {Level: 2, Title: "Open questions", Points: []Point{
		{Text: "Which datum?", Item: true}, {Text: "a detail", Item: true, Depth: 1}, {Text: "None.", Item: true}}}}
	if got := Questions(asks, false); len(got) != 1 || got[0] != "Which datum?" {
		t.Errorf("%q", got)
	}
	if got := Questions(asks, true); len(got) != 0 {
		t.Errorf("an answer with code asks nothing that would hold it up: %q", got)
	}
	if got := Questions(asks[:1], false); len(got) != 0 {
		t.Errorf("%q", got)
	}
}

func TestTheTimerPausesWhenNobodyIsThere(t *testing.T) {
	at := func(seconds ...float64) Effort {
		e := Effort{}
		for _, s := range seconds {
			e = e.Touch(time.Unix(1000, 0).Add(time.Duration(s * float64(time.Second))))
		}
		return e
	}
	for _, c := range []struct {
		touches []float64
		want    int
	}{
		{[]float64{0}, 0}, {[]float64{0, 30, 60}, 60}, {[]float64{0, 120}, 120}, {[]float64{0, 121}, 0}, {[]float64{0, 60, 3600, 3660}, 120},
		{[]float64{0, 0.4, 0.8, 1.2, 1.6, 2}, 2}, {[]float64{60, 30, 61}, 1},
	} {
		if got := at(c.touches...); got.Seconds != c.want {
			t.Errorf("%v: %d s, want %d", c.touches, got.Seconds, c.want)
		}
	}
}

// TestTheTimerNeverCountsMoreThanHasPassed holds for any touches.
func TestTheTimerNeverCountsMoreThanHasPassed(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 300 {
		e, now, first := Effort{}, time.Unix(0, 0), time.Time{}
		for range 1 + rng.IntN(20) {
			gap := time.Duration(rng.IntN(200_000)-20_000) * time.Millisecond
			now = now.Add(gap)
			before := e.Seconds
			if e = e.Touch(now); e.Seconds < before {
				t.Fatal("time was taken off")
			}
			if first.IsZero() {
				first = now
			}
		}
		if passed := e.TouchedAt.Sub(first); time.Duration(e.Seconds)*time.Second > passed || e.Worked() != e.Seconds {
			t.Fatalf("%d s were counted in %s", e.Seconds, passed)
		}
		corrected, err := e.Correct(90)
		if err != nil || corrected.Worked() != 90 {
			t.Fatalf("%+v, %v", corrected, err)
		}
		if more := corrected.Touch(corrected.TouchedAt.Add(time.Minute)); more.Worked() != 150 {
			t.Fatalf("after a correction the timer goes on from it: %+v", more)
		}
	}
	if _, err := (Effort{}).Correct(-1); CodeOf(err) != Invalid {
		t.Error(err)
	}
	if _, err := (Effort{}).Estimated(10, -1); CodeOf(err) != Invalid {
		t.Error(err)
	}
}

func TestTriggersBecomeDueOnce(t *testing.T) {
	w := Workflow{Phases: []Phase{{ID: "review", Prompt: "review", Output: "audits/review-NN.md"}, {ID: "security", Output: "audits/security-NN.md"}},
		Triggers: []Trigger{
			{ID: "milestone", Phase: "review", After: TriggerAfter{Milestone: true}},
			{ID: "mid", Phase: "security", Prompt: "security-audit", After: TriggerAfter{Tags: []string{"auth", "data-store"}}},
			{ID: "final", Phase: "security", Prompt: "security-audit", After: TriggerAfter{Steps: StepsAll}},
		}}
	at := func(s int) time.Time { return time.Unix(int64(s), 0) }
	for name, c := range map[string]struct {
		lines   []string
		written map[string]time.Time
		want    string
	}{
		"nothing is done":                 {lines: []string{"1: #auth @1", "2: #data-store @2"}},
		"one milestone":                   {lines: []string{"1: done #auth @1", "2: #Data_Store @2"}, want: "milestone"},
		"reviewed since":                  {lines: []string{"1: done @1", "2: @2"}, written: map[string]time.Time{"review": at(100)}},
		"reviewed before":                 {lines: []string{"1: done @1", "2: done @1", "3: @2"}, written: map[string]time.Time{"review": at(100)}, want: "milestone"},
		"both tags":                       {lines: []string{"1: done #auth @1", "2: waived #data-store @2", "3: @2"}, want: "milestone mid"},
		"one tag has no step":             {lines: []string{"1: done #auth @2", "2: @2"}},
		"the final audit includes others": {lines: []string{"1: done #auth @1", "2: done #data-store @1"}, want: "milestone final"},
		"the final audit after the other": {lines: []string{"1: done #auth @1", "2: done #data-store @1", "3: done @1"},
			written: map[string]time.Time{"review": at(500), "security": at(101)}, want: "final"},
		"all is looked at": {lines: []string{"1: done #auth @1", "2: done #data-store @1"}, written: map[string]time.Time{"review": at(500), "security": at(500)}},
	} {
		read, items := stepsOf(c.lines...)
		f := DueFacts{Workflow: w, Plan: StandPlan(read, items, nil, StepFiles), WrittenAt: c.written, Written: map[string]bool{"security": true}}
		got := []string{}
		for _, d := range JudgeDue(f) {
			got = append(got, d.ID)
			if d.PromptID == "" || d.Why == "" || d.NewRound != (d.Phase == "security") {
				t.Errorf("%s: %+v", name, d)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

package workflow

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// stepsOf makes a plan of lines “number: state after numbers #tags @milestone”.
func stepsOf(lines ...string) (PlanRead, []Item) {
	read, items := PlanRead{Milestones: []Milestone{{Title: "First"}, {Title: "Second"}, {Title: "Empty"}}}, []Item{}
	for i, line := range lines {
		number, rest, _ := strings.Cut(line, ": ")
		s := Step{Number: number, Title: "Step " + number, Box: i, Mark: -1, Milestone: 0}
		it := Item{Index: i, State: ItemOpen}
		for _, word := range strings.Fields(rest) {
			switch {
			case word[0] == '#':
				s.Tags = append(s.Tags, word[1:])
			case word[0] == '@':
				s.Milestone = int(word[1] - '1')
			case word[0] == '<':
				s.Depends = append(s.Depends, word[1:])
			case word[0] == '+':
				s.Covers = append(s.Covers, word[1:])
			default:
				it.State = ItemState(word)
				it.Tick = &Tick{State: it.State, At: time.Unix(int64(100+i), 0)}
			}
		}
		read.Steps, items = append(read.Steps, s), append(items, it)
	}
	return read, items
}

func states(v PlanView) string {
	list := []string{}
	for _, s := range v.Steps {
		list = append(list, string(s.State))
	}
	return strings.Join(list, " ")
}

func TestWhereStepsStand(t *testing.T) {
	for want, lines := range map[string][]string{
		"current blocked open":      {"1: ", "2: <1", "3: "},
		"done current blocked":      {"1: done", "2: <1", "3: <2"},
		"done skipped current":      {"1: done", "2: waived", "3: <1 <2"},
		"current done":              {"1: claimed", "2: done"},
		"current blocked":           {"1: recheck", "2: <1"},
		"done current":              {"1: done", "2: <9"}, // what is not in the plan blocks nothing
		"blocked blocked current":   {"1: <2", "2: <1", "3: "},
		"done done":                 {"1: done", "2: done <1"},
		"current open":              {"4: ", "4: "},
		"blocked current open done": {"1: <2", "2: ", "3: ", "4: done"},
	} {
		read, items := stepsOf(lines...)
		v := StandPlan(read, items, nil, StepFiles)
		if got := states(v); got != want {
			t.Errorf("%q: %s, want %s", lines, got, want)
		}
	}
}

func TestMilestonesEdgesAndCoverage(t *testing.T) {
	read, items := stepsOf("1: done @1 +AC-01", "2: waived @1 <1", "3: @2 <2 <4", "4: @2")
	v := StandPlan(read, items, []Criterion{{ID: "AC-1"}, {ID: "AC-2"}}, StepFiles)
	first, second, empty := v.Milestones[0], v.Milestones[1], v.Milestones[2]
	if !first.Complete || first.Settled != 2 || !first.CompleteAt.Equal(time.Unix(101, 0)) || second.Complete || second.Total != 2 || !second.CompleteAt.IsZero() || empty.Complete {
		t.Errorf("milestones: %+v", v.Milestones)
	}
	if fmt.Sprint(v.Edges) != "[{0 1 false} {1 2 false} {3 2 true}]" {
		t.Errorf("edges: %v", v.Edges)
	}
	if fmt.Sprint(v.Uncovered) != "[AC-2]" || v.Settled != 2 || v.AllSettled() || v.Current != 3 {
		t.Errorf("%v uncovered, %d settled, current %d", v.Uncovered, v.Settled, v.Current)
	}
	if len(v.Problems) != 1 || v.Problems[0].Kind != PlanForward || fmt.Sprint(v.Steps[2].Problems) != "[0]" {
		t.Errorf("problems: %+v", v.Problems)
	}
}

func TestAStepWithoutABoxIsSaid(t *testing.T) {
	read, items := stepsOf("1: ")
	read.Steps[0].Box = -1
	v := StandPlan(read, items, nil, StepFiles)
	if len(v.Notes) != 1 || !strings.Contains(v.Notes[0], "no box") || v.Steps[0].State != StepCurrent {
		t.Errorf("%q, %s", v.Notes, states(v))
	}
}

func TestStepsAreFoundByTheirNumber(t *testing.T) {
	read, items := stepsOf("1: ", "04: ", "T004: ", "4.1: ", "7: ", "7: ")
	v := StandPlan(read, items, nil, StepFiles)
	for number, want := range map[string]int{"1": 0, "4": 1, "04": 1, "t004": 2, "4.1": 3} {
		if got, err := v.Find(number); err != nil || got != want {
			t.Errorf("%s is at %d, %v", number, got, err)
		}
	}
	if _, err := v.Find("9"); CodeOf(err) != NotFound {
		t.Errorf("9: %v", err)
	}
	if _, err := v.Find("7"); CodeOf(err) != Conflict {
		t.Errorf("7: %v", err)
	}
}

func TestWhereAnswersForStepsGo(t *testing.T) {
	for number, want := range map[string]string{"4": "steps/04.md", "12": "steps/12.md", "T004": "steps/T004.md", "2.1": "steps/2.1.md", "../x": "steps/x.md", "é": "steps/step.md"} {
		got := StepOutput(number)
		if got != want || CheckPath(got) != nil {
			t.Errorf("%q goes to %s, want %s", number, got, want)
		}
	}
	if got := RefinedOutput("steps/04.md", 2); got != "steps/04-refine-2.md" {
		t.Error(got)
	}
	if got := RestartOutput("result.md", 1); got != "steps/result-restart-1.md" {
		t.Error(got)
	}
	if CheckOutput("") != "checks/project.md" || CheckOutput("4") != "checks/04.md" {
		t.Error(CheckOutput(""), CheckOutput("4"))
	}
}

func TestCriteriaAreReadInEveryWriting(t *testing.T) {
	sections := []Section{{Points: []Point{{Text: "AC-1: one"}, {Text: "**AC 02** two"}, {Text: "see AC-9"}, {Text: "ac-1 again"}, {Text: "AC-3"}}}}
	list := Criteria(sections)
	ids := []string{}
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	if strings.Join(ids, " ") != "AC-1 AC-2 AC-3" || list[0].Text != "AC-1: one" {
		t.Errorf("%+v", list)
	}
	if text := Acceptance(list); !strings.Contains(text, "- [ ] AC-1: one\n- [ ] **AC 02** two\n") {
		t.Error(text)
	}
}

// TestStepsStandAsTheirBoxesSay holds for any plan: a step is settled if and only if
// its box is, the current one waits for nothing and is the first such, and settling a
// step never unsettles or blocks another.
func TestStepsStandAsTheirBoxesSay(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	all := []ItemState{ItemOpen, ItemOpen, ItemClaimed, ItemDone, ItemWaived, ItemRecheck}
	for range 500 {
		lines := []string{}
		for i := range 1 + rng.IntN(8) {
			line := fmt.Sprintf("%d: %s @%d", i+1, all[rng.IntN(len(all))], 1+rng.IntN(2))
			for range rng.IntN(3) {
				line += fmt.Sprintf(" <%d", 1+rng.IntN(9))
			}
			lines = append(lines, line)
		}
		read, items := stepsOf(lines...)
		v := StandPlan(read, items, nil, StepFiles)
		checkStanding(t, v, items)
		i := rng.IntN(len(items))
		items[i].State = ItemDone
		after := StandPlan(read, items, nil, StepFiles)
		for n := range v.Steps {
			before, now := v.Steps[n].State, after.Steps[n].State
			if before.Settled() && !now.Settled() || before != StepBlocked && now == StepBlocked || after.Settled < v.Settled {
				t.Fatalf("%q: doing step %d made step %d %s, was %s", lines, i+1, n+1, now, before)
			}
		}
	}
}

func checkStanding(t *testing.T, v PlanView, items []Item) {
	t.Helper()
	settled, first := 0, -1
	for i, s := range v.Steps {
		box := items[i].State
		if s.State.Settled() != (box == ItemDone || box == ItemWaived) {
			t.Fatalf("step %d is %s, its box %s", i+1, s.State, box)
		}
		if s.State.Settled() {
			settled++
		} else if first < 0 && len(s.Waits) == 0 {
			first = i
		}
		if (s.State == StepBlocked) != (!s.State.Settled() && len(s.Waits) > 0) {
			t.Fatalf("step %d is %s and waits for %v", i+1, s.State, s.Waits)
		}
	}
	if v.Settled != settled || v.Current != first {
		t.Fatalf("%d settled, want %d; current %d, want %d", v.Settled, settled, v.Current, first)
	}
}

func TestLessonsAreAddedToAStep(t *testing.T) {
	plan := "# Plan\n\n- [ ] Step 1: A\n  - **Task:** x\n\n- [ ] Step 2: B\n"
	s := Step{Start: strings.Index(plan, "- [ ] Step 1"), End: strings.Index(plan, "- [ ] Step 2")}
	once := AddToStep(plan, s, "Lessons", "Mind the\n  zone.")
	if want := "# Plan\n\n- [ ] Step 1: A\n  - **Task:** x\n  - **Lessons:** Mind the zone.\n\n- [ ] Step 2: B\n"; once != want {
		t.Errorf("%q", once)
	}
	s.End += len(once) - len(plan)
	if twice := AddToStep(once, s, "Lessons", "Other."); strings.Count(twice, "Lessons") != 1 || !strings.Contains(twice, "**Lessons:** Other.\n") {
		t.Errorf("%q", twice)
	}
	if same := AddToStep(plan, Step{Start: s.Start, End: s.Start + 5}, "Lessons", " "); same != plan {
		t.Errorf("%q", same)
	}
}

func TestFindingsBecomeTheNextSteps(t *testing.T) {
	plan := "# Plan\n\n- [x] Step 1: A\n- [ ] Step 2: B\n"
	read, items := stepsOf("1: done", "2: ")
	read.Steps[1].Start = strings.Index(plan, "- [ ] Step 2")
	v := StandPlan(read, items, nil, StepFiles)
	body, numbers := InsertSteps(plan, v, []Finding{{Number: "F-007", Title: "Keys are\nlogged", Problem: "They are.", Fix: "Do not.", Location: "log.go", Verify: "A test."}})
	want := "# Plan\n\n- [x] Step 1: A\n- [ ] Step 3: Fix F-007, Keys are logged\n  - **Task:** They are. Do not.\n  - **Files:** log.go\n  - **Tests:** A test.\n- [ ] Step 2: B\n"
	if body != want || !slices.Equal(numbers, []string{"3"}) {
		t.Errorf("%v %q", numbers, body)
	}
	items[1].State = ItemDone
	if body, _ := InsertSteps(plan, StandPlan(read, items, nil, StepFiles), []Finding{{Number: "F-1", Title: "T"}}); !strings.HasSuffix(body, "Step 2: B\n\n## Findings\n\n- [ ] Step 3: Fix F-1, T\n") {
		t.Errorf("%q", body)
	}
}

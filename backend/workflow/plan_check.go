package workflow

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// StepFiles is how many files a step may touch, unless the settings say otherwise.
const StepFiles = 20

// PlanProblemKind is what is wrong with a plan.
type PlanProblemKind string

// What can be wrong with a plan.
const (
	PlanEmpty     PlanProblemKind = "empty"
	PlanElided    PlanProblemKind = "elided"
	PlanDuplicate PlanProblemKind = "duplicate"
	PlanMissing   PlanProblemKind = "missing"
	PlanForward   PlanProblemKind = "forward"
	PlanCircular  PlanProblemKind = "circular"
	PlanFiles     PlanProblemKind = "files"
)

// PlanProblem is one thing that keeps a plan from being built.
type PlanProblem struct {
	Kind PlanProblemKind `json:"kind"`
	// Steps are the indexes of the steps it is about.
	Steps []int  `json:"steps"`
	Text  string `json:"text"` // a sentence for a person
}

// CheckPlan returns what is wrong with a plan, in the order of its steps: steps
// that depend on what is missing, comes later, or waits for themselves; steps
// that touch more than maxFiles files; numbers that are used twice.
func CheckPlan(r PlanRead, maxFiles int) []PlanProblem {
	c := planCheck{PlanRead: r, problems: []PlanProblem{}, at: map[string]int{}}
	if len(r.Steps) == 0 {
		c.add(PlanEmpty, nil, "The plan has no steps.")
	}
	if r.Elided {
		c.add(PlanElided, nil, "The plan leaves steps out and says so. Ask for the whole plan.")
	}
	for i, s := range r.Steps {
		if first, ok := c.at[s.Number]; ok {
			c.add(PlanDuplicate, []int{first, i}, "Two steps have the number %s: “%s” and “%s”.", s.Number, r.Steps[first].Title, s.Title)
			continue
		}
		c.at[s.Number] = i
	}
	circles := c.circles()
	for i, s := range r.Steps {
		c.checkDepends(i, circles)
		if len(s.Files) > maxFiles {
			c.add(PlanFiles, []int{i}, "Step %s lists %d files; at most %d are allowed. Split it.", s.Number, len(s.Files), maxFiles)
		}
	}
	return c.problems
}

type planCheck struct {
	PlanRead
	problems []PlanProblem
	at       map[string]int // the index of the first step with a number
}

func (c *planCheck) add(kind PlanProblemKind, steps []int, format string, args ...any) {
	c.problems = append(c.problems, PlanProblem{Kind: kind, Steps: steps, Text: fmt.Sprintf(format, args...)})
}

// checkDepends looks at what step i depends on. circles gives the circle of each
// step that is in one; a circle is told at its first step.
func (c *planCheck) checkDepends(i int, circles map[int][]int) {
	s := c.Steps[i]
	if circle := circles[i]; len(circle) > 1 && circle[0] == i {
		numbers := make([]string, len(circle))
		for n, at := range circle {
			numbers[n] = c.Steps[at].Number
		}
		last := len(numbers) - 1
		c.add(PlanCircular, circle, "Steps %s and %s depend on one another in a circle.", strings.Join(numbers[:last], ", "), numbers[last])
	}
	for _, number := range s.Depends {
		other, ok := c.at[number]
		switch {
		case !ok:
			c.add(PlanMissing, []int{i}, "Step %s depends on step %s, which is not in the plan.", s.Number, number)
		case other == i:
			c.add(PlanCircular, []int{i}, "Step %s depends on itself.", s.Number)
		case other > i && !sameCircle(circles, i, other):
			c.add(PlanForward, []int{i, other}, "Step %s depends on step %s, which comes later.", s.Number, number)
		}
	}
}

func sameCircle(circles map[int][]int, a, b int) bool {
	x, y := circles[a], circles[b]
	return len(x) > 0 && len(y) > 0 && x[0] == y[0]
}

// circles returns for each step that waits for itself the steps of its circle,
// in order: the strongly connected components of the plan, after Tarjan.
func (c *planCheck) circles() map[int][]int {
	t := tarjan{check: c, index: make([]int, len(c.Steps)), low: make([]int, len(c.Steps)), on: make([]bool, len(c.Steps)), circles: map[int][]int{}}
	for i := range c.Steps {
		if t.index[i] == 0 {
			t.visit(i)
		}
	}
	return t.circles
}

type tarjan struct {
	check   *planCheck
	count   int
	index   []int // from 1; 0 for a step not visited
	low     []int
	on      []bool
	stack   []int
	circles map[int][]int
}

func (t *tarjan) visit(i int) {
	t.count++
	t.index[i], t.low[i], t.on[i] = t.count, t.count, true
	t.stack = append(t.stack, i)
	for _, number := range t.check.Steps[i].Depends {
		next, ok := t.check.at[number]
		switch {
		case !ok:
		case t.index[next] == 0:
			t.visit(next)
			t.low[i] = min(t.low[i], t.low[next])
		case t.on[next]:
			t.low[i] = min(t.low[i], t.index[next])
		}
	}
	if t.low[i] != t.index[i] {
		return
	}
	in := map[int]bool{}
	for {
		top := t.stack[len(t.stack)-1]
		t.stack, t.on[top] = t.stack[:len(t.stack)-1], false
		in[top] = true
		if top == i {
			break
		}
	}
	if len(in) < 2 {
		return
	}
	circle := slices.Sorted(maps.Keys(in))
	for _, at := range circle {
		t.circles[at] = circle
	}
}

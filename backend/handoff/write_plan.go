package handoff

import (
	"fmt"
	"slices"
	"strings"

	"plumbline/backend/markdown"
	"plumbline/backend/workflow"
)

// tasks is the plan of a project, cut into groups.
type tasks struct {
	plan   workflow.PlanRead
	body   string // of the plan, without what the steps were read from
	groups []group
	name   []string // of each step, in the format that is written
	after  [][]int  // the steps that each step depends on
}

// group is a milestone with its steps, by their indexes.
type group struct {
	title string
	steps []int
}

// stepsHere stands in the plan in the place of its steps.
const stepsHere = "The steps are in [tasks.md](tasks.md)."

// tasks reads the plan. It has no groups where there is no plan, or none with steps.
func (w *writing) tasks() tasks {
	_, body := splitFront(w.doc(workflow.PlanPath).Body)
	t := tasks{body: body}
	if strings.TrimSpace(body) == "" {
		return t
	}
	t.plan = markdown.Plan(body)
	if len(t.plan.Steps) == 0 {
		w.note("No steps can be read from the plan, so that there is no tasks.md.")
		return t
	}
	for i, s := range t.plan.Steps {
		title := "Steps"
		if s.Milestone >= 0 && s.Milestone < len(t.plan.Milestones) {
			title = t.plan.Milestones[s.Milestone].Title
		}
		if n := len(t.groups); n == 0 || i > 0 && t.plan.Steps[i-1].Milestone != s.Milestone {
			t.groups = append(t.groups, group{title: title})
		}
		last := &t.groups[len(t.groups)-1]
		last.steps = append(last.steps, i)
	}
	t.after = make([][]int, len(t.plan.Steps))
	for i, s := range t.plan.Steps {
		for _, number := range s.Depends {
			if at := t.index(number); at >= 0 && at != i {
				t.after[i] = append(t.after[i], at)
			} else {
				w.note("Step %s depends on step %s, which is not in the plan: that is left out.", s.Number, clip(oneLine(number), 40))
			}
		}
	}
	t.body = t.without()
	w.doubts(t.plan)
	return t
}

// doubts notes what of the plan is not as it seems.
func (w *writing) doubts(plan workflow.PlanRead) {
	claimed, skipped := []string{}, []string{}
	for _, s := range plan.Steps {
		state, known := w.Steps[s.Number]
		if s.Marked && known && !state.Settled() {
			claimed = append(claimed, s.Number)
		}
		if state == workflow.StepSkipped {
			skipped = append(skipped, s.Number)
		}
	}
	if len(claimed) > 0 {
		w.note("Marked in the plan, but not confirmed by anybody, and so still open: step %s.", listed(claimed, 8))
	}
	if len(skipped) > 0 {
		w.note("Only done and open can be told apart: step %s, skipped with a reason, counts as done.", listed(skipped, 8))
	}
	if plan.Elided {
		w.note("The plan leaves steps out and says so.")
	}
}

func (t tasks) index(number string) int {
	return slices.IndexFunc(t.plan.Steps, func(s workflow.Step) bool {
		return strings.EqualFold(strings.TrimLeft(s.Number, "0"), strings.TrimLeft(strings.TrimSpace(number), "0"))
	})
}

// without returns the text of the plan with a line in the place of its steps.
func (t tasks) without() string {
	spans := [][2]int{}
	for _, s := range t.plan.Steps {
		spans = append(spans, [2]int{s.Start, s.End})
	}
	used := map[int]bool{}
	for _, s := range t.plan.Steps {
		used[s.Milestone] = true
	}
	for i, m := range t.plan.Milestones {
		if line := strings.IndexByte(t.body[m.Start:], '\n'); used[i] && line >= 0 {
			spans = append(spans, [2]int{m.Start, m.Start + line + 1})
		}
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
	var b strings.Builder
	keep := func(text string) { // with one blank line where something was taken out
		if b.Len() > 0 {
			text = strings.TrimLeft(text, "\n")
		}
		if text = strings.TrimRight(text, "\n"); text != "" {
			b.WriteString(text + "\n\n")
		}
	}
	at := 0
	for i, span := range spans {
		if span[0] >= at {
			keep(t.body[at:span[0]])
		}
		if i == 0 {
			b.WriteString(stepsHere + "\n\n")
		}
		at = max(at, span[1])
	}
	keep(t.body[at:])
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// done reports whether a step is settled.
func (w *writing) done(s workflow.Step) bool {
	if state, known := w.Steps[s.Number]; known {
		return state.Settled()
	}
	return w.Steps == nil && s.Marked
}

func mark(done bool) string {
	if done {
		return "[x]"
	}
	return "[ ]"
}

// fields are the lines under a task: what the step says of itself.
func (t tasks) fields(i int) string {
	s := t.plan.Steps[i]
	after := []string{}
	for _, at := range t.after[i] {
		after = append(after, t.name[at])
	}
	risk := s.Risk
	if s.Risk != "" && s.RiskWhy != "" {
		risk += ", " + s.RiskWhy
	}
	var b strings.Builder
	if len(s.Files) > 1 { // one alone is read from the line of the task
		b.WriteString("  - **Files:** " + codes(s.Files) + "\n")
	}
	for _, field := range [][2]string{
		{"Task", s.Task}, {"Depends", strings.Join(after, ", ")}, {"Effort", s.Effort}, {"Risk", risk}, {"Tags", strings.Join(s.Tags, ", ")},
		{"Tests", s.Tests}, {"Covers", strings.Join(s.Covers, ", ")}, {"User instructions", s.User},
	} {
		if text := inline(field[1]); text != "" {
			fmt.Fprintf(&b, "  - **%s:** %s\n", field[0], text)
		}
	}
	for _, detail := range s.Details {
		if text := inline(detail); text != "" {
			fmt.Fprintf(&b, "  - %s\n", text)
		}
	}
	return b.String()
}

// depths says how many steps each step waits for, one after the other. Of two that
// are as deep, neither waits for the other. A circle ends where it closes.
func (t tasks) depths() []int {
	depth := make([]int, len(t.after))
	const unknown, open = 0, -1
	var find func(i, room int) int
	find = func(i, room int) int {
		if depth[i] != unknown || room == 0 {
			return max(0, depth[i])
		}
		depth[i] = open
		deepest := 1
		for _, j := range t.after[i] {
			deepest = max(deepest, find(j, room-1)+1)
		}
		depth[i] = deepest
		return deepest
	}
	for i := range t.after {
		find(i, len(t.after))
	}
	return depth
}

// parallel returns the steps of a group that can run beside each other: none waits
// for another, and they touch different files. What the plan says of it counts anyway.
func (t tasks) parallel(g group, depths []int) map[int]bool {
	levels := map[int][]int{}
	best := []int{}
	for _, i := range g.steps {
		level := levels[depths[i]]
		if len(t.plan.Steps[i].Files) == 0 || slices.ContainsFunc(level, func(j int) bool { return t.share(i, j) }) {
			continue
		}
		level = append(level, i)
		if levels[depths[i]] = level; len(level) > len(best) {
			best = level
		}
	}
	marked := map[int]bool{}
	for _, i := range g.steps {
		marked[i] = t.plan.Steps[i].Parallel || len(best) > 1 && slices.Contains(best, i)
	}
	return marked
}

func (t tasks) share(i, j int) bool {
	return slices.ContainsFunc(t.plan.Steps[i].Files, func(f string) bool { return slices.Contains(t.plan.Steps[j].Files, f) })
}

// described is a step as one line: its title and its files. In a plan that came from
// such lines the title holds the files already.
func described(s workflow.Step) string {
	title := orElse(s.Title, "Step "+s.Number)
	if len(s.Files) == 0 {
		return inline(title)
	}
	return inline(strings.TrimSuffix(title, " in "+strings.Join(s.Files, ", "))) + " in " + codes(s.Files)
}

package workflow

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"plumbline/backend/pattern"
)

// Where the answers for steps and the results of checks are kept.
const (
	stepsDir  = "steps"
	checksDir = "checks"
)

// AcceptancePath is the checklist of the criteria of a specification.
const AcceptancePath = "checklists/acceptance.md"

// PlanPath is the document whose steps are built.
const PlanPath = "plan.md"

// BuildPhase returns the phase in which the steps of the plan are built. A workflow
// without a plan has none.
func (w Workflow) BuildPhase() (Phase, bool) {
	if _, ok := w.Producer(PlanPath); !ok {
		return Phase{}, false
	}
	for _, p := range w.Phases {
		if p.Kind == KindBuild {
			return p, true
		}
	}
	return Phase{}, false
}

// NewestCheck returns the newest check of a step, or, without a number, of the
// whole project; it is not green where there is none.
func NewestCheck(records []GateRecord, step string) CheckResult {
	for i := len(records) - 1; i >= 0; i-- {
		if c := records[i].Check; records[i].Action == ActCheck && c != nil && c.Step == step {
			return *c
		}
	}
	return CheckResult{}
}

// StepOutput returns the document of the answers for a step: "steps/04.md".
func StepOutput(number string) string { return stepsDir + "/" + stepName(number) + ".md" }

// RefinedOutput returns the document of a refinement of what is at a path, which
// counts from 1: "steps/04-refine-2.md".
func RefinedOutput(output string, n int) string { return stepExtra(output, "refine", n) }

// RestartOutput returns the document of what the n-th thread of an output has taught.
func RestartOutput(output string, n int) string { return stepExtra(output, "restart", n) }

func stepExtra(output, what string, n int) string {
	return fmt.Sprintf("%s/%s-%s-%d.md", stepsDir, strings.TrimSuffix(path.Base(output), ".md"), what, n)
}

// CheckOutput returns the document of the checks of a step, or, without a number,
// of the whole project.
func CheckOutput(number string) string {
	if number == "" {
		return checksDir + "/project.md"
	}
	return checksDir + "/" + stepName(number) + ".md"
}

// StepPart names a step as a part of the plan.
func StepPart(number string) string { return "step " + number }

// stepName makes a file name of the number of a step.
func stepName(number string) string {
	if n, err := strconv.Atoi(number); err == nil && n >= 0 {
		return fmt.Sprintf("%02d", n)
	}
	name := strings.Map(func(r rune) rune {
		if r < 128 && (r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return '-'
	}, number)
	if name = strings.Trim(name, ".-"); name == "" {
		return "step"
	}
	return name
}

// Criterion is one line of the specification that the software is accepted by.
type Criterion struct {
	ID   string `json:"id"`   // "AC-3"
	Text string `json:"text"` // the whole line
}

var criterion = pattern.New(`(?i)^\W*(AC-?\s?\d+)\b`)

// Criteria returns the criteria of a specification, each number once, in the order
// in which they stand there.
func Criteria(sections []Section) []Criterion {
	list, seen := []Criterion{}, map[string]bool{}
	for _, s := range sections {
		for _, p := range s.Points {
			m := criterion.FindStringSubmatch(p.Text)
			if m == nil {
				continue
			}
			id := CriterionID(m[1])
			if !seen[id] {
				seen[id] = true
				list = append(list, Criterion{ID: id, Text: strings.TrimSpace(p.Text)})
			}
		}
	}
	return list
}

// CriterionID writes the number of a criterion in the one way: "ac 03" is "AC-3".
func CriterionID(text string) string {
	digits := strings.TrimLeft(strings.TrimLeft(strings.ToUpper(text), "AC- "), "0")
	if digits == "" {
		digits = "0"
	}
	return "AC-" + digits
}

// Acceptance writes the checklist of the criteria of a specification, one box each.
func Acceptance(list []Criterion) string {
	var b strings.Builder
	b.WriteString("# Acceptance\n\nThe criteria of the specification. Each is ticked by evidence: a test that passes, or what was seen.\n\n")
	for _, c := range list {
		text := strings.Join(strings.Fields(c.Text), " ")
		b.WriteString("- [ ] " + text + "\n")
	}
	return b.String()
}

// StandPlan says where the steps of a plan stand: from what was read, the boxes of
// its document with their states, and the criteria of the specification.
func StandPlan(read PlanRead, items []Item, criteria []Criterion, maxFiles int) PlanView {
	v := PlanView{
		Title: read.Title, Steps: make([]PlanStep, len(read.Steps)), Milestones: []PlanMilestone{}, Edges: []PlanEdge{},
		Problems: CheckPlan(read, maxFiles), Uncovered: uncovered(read, criteria), Notes: slices.Clone(read.Notes), Current: -1,
	}
	if v.Notes == nil {
		v.Notes = []string{}
	}
	for i, s := range read.Steps {
		v.Steps[i] = standStep(s, items)
		if s.Box < 0 {
			v.Notes = append(v.Notes, fmt.Sprintf("Step %s has no box, so it cannot be ticked. Put “- [ ]” in front of it.", s.Number))
		}
	}
	v.link()
	v.findCurrent()
	v.count()
	for _, m := range read.Milestones {
		v.Milestones = append(v.Milestones, PlanMilestone{Milestone: m})
	}
	v.standMilestones()
	for n, p := range v.Problems {
		for _, i := range p.Steps {
			v.Steps[i].Problems = append(v.Steps[i].Problems, n)
		}
	}
	return v
}

// standStep says where a step stands by its box alone.
func standStep(s Step, items []Item) PlanStep {
	p := PlanStep{Step: s, State: StepOpen, Waits: []string{}, Problems: []int{}, Output: StepOutput(s.Number)}
	if s.Box < 0 || s.Box >= len(items) {
		return p
	}
	it := items[s.Box]
	p.Item, p.Tick = it.State, it.Tick
	switch it.State {
	case ItemDone:
		p.State = StepDone
	case ItemWaived:
		p.State = StepSkipped
	}
	return p
}

// link draws the edges, and blocks the steps that wait for others.
func (v *PlanView) link() {
	at := map[string]int{}
	for i, s := range v.Steps {
		if _, taken := at[s.Step.Number]; !taken {
			at[s.Step.Number] = i
		}
	}
	for i := range v.Steps {
		s := &v.Steps[i]
		for _, number := range s.Step.Depends {
			from, ok := at[number]
			if !ok || from == i {
				continue
			}
			v.Edges = append(v.Edges, PlanEdge{From: from, To: i, Wrong: from > i})
			if !v.Steps[from].State.Settled() && !slices.Contains(s.Waits, number) {
				s.Waits = append(s.Waits, number)
			}
		}
	}
	for i := range v.Steps {
		if s := &v.Steps[i]; s.State == StepOpen && len(s.Waits) > 0 {
			s.State = StepBlocked
		}
	}
}

// findCurrent finds the step to do now: the first that waits for no other.
func (v *PlanView) findCurrent() {
	for i := range v.Steps {
		if v.Steps[i].State == StepOpen {
			v.Steps[i].State, v.Current = StepCurrent, i
			return
		}
	}
}

func (v *PlanView) count() {
	for _, s := range v.Steps {
		if !s.State.Settled() {
			continue
		}
		v.Settled++
		if s.Tick != nil && s.Tick.At.After(v.SettledAt) {
			v.SettledAt = s.Tick.At
		}
	}
}

// standMilestones says how far each milestone has come. One without steps of its
// own, as a heading over others, is left out of the count and never complete.
func (v *PlanView) standMilestones() {
	for _, s := range v.Steps {
		if s.Step.Milestone < 0 || s.Step.Milestone >= len(v.Milestones) {
			continue
		}
		m := &v.Milestones[s.Step.Milestone]
		m.Total++
		if !s.State.Settled() {
			continue
		}
		m.Settled++
		if s.Tick != nil && s.Tick.At.After(m.CompleteAt) {
			m.CompleteAt = s.Tick.At
		}
	}
	for i := range v.Milestones {
		m := &v.Milestones[i]
		if m.Complete = m.Total > 0 && m.Settled == m.Total; !m.Complete {
			m.CompleteAt = zeroTime
		}
	}
}

// uncovered returns the criteria that no step says it covers.
func uncovered(read PlanRead, criteria []Criterion) []string {
	covered := map[string]bool{}
	for _, s := range read.Steps {
		for _, c := range s.Covers {
			covered[CriterionID(c)] = true
		}
	}
	list := []string{}
	for _, c := range criteria {
		if !covered[c.ID] {
			list = append(list, c.ID)
		}
	}
	return list
}

// Find returns the index of the step with a number, and an error when there is
// none, or more than one.
func (v PlanView) Find(number string) (int, error) {
	found := -1
	for i, s := range v.Steps {
		switch {
		case !sameNumber(s.Step.Number, number):
		case found >= 0:
			return found, Errorf(Conflict, "Two steps have the number %s: “%s” and “%s”.", number, v.Steps[found].Step.Title, s.Step.Title).
				WithHint("Give one of them another number in %s.", orPlan(v.Path))
		default:
			found = i
		}
	}
	if found < 0 {
		return found, Errorf(NotFound, "There is no step %s in the plan.", number).WithHint("“plumbline step list” shows them.")
	}
	return found, nil
}

func orPlan(path string) string {
	if path == "" {
		return "the plan"
	}
	return path
}

// maxNumber is the greatest length of the number of a step, in bytes.
const maxNumber = 40

// CheckStepNumber says why a text cannot be the number of a step. Empty stands for no step.
func CheckStepNumber(number string) error {
	if len(number) > maxNumber || strings.ContainsFunc(number, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return Errorf(Invalid, "%q cannot be the number of a step.", number).WithHint("“plumbline step list” shows the numbers there are.")
	}
	return nil
}

// sameNumber compares numbers of steps as people do: 04 is 4.
func sameNumber(a, b string) bool {
	trim := func(s string) string { return strings.ToLower(strings.TrimLeft(strings.TrimSpace(s), "0")) }
	return trim(a) == trim(b)
}

// AddToStep returns a plan with a field added under a step, in the form that plans are
// written in. A field that is there is replaced.
func AddToStep(plan string, s Step, name, value string) string {
	value = strings.Join(strings.Fields(value), " ")
	block := plan[s.Start:s.End]
	lines := strings.SplitAfter(block, "\n")
	indent := ""
	if first := strings.TrimLeft(lines[0], " \t"); !strings.HasPrefix(first, "#") {
		indent = lines[0][:len(lines[0])-len(first)] + "  "
	}
	prefix := indent + "- **" + name + ":** "
	field := prefix + value + "\n"
	last := 0 // the last line that is not blank
	for i, line := range lines {
		if strings.HasPrefix(line, prefix) {
			lines[i] = field
			return plan[:s.Start] + strings.Join(lines, "") + plan[s.End:]
		}
		if strings.TrimSpace(line) != "" {
			last = i
		}
	}
	if value == "" {
		return plan
	}
	head := strings.Join(lines[:last+1], "")
	if !strings.HasSuffix(head, "\n") {
		head += "\n"
	}
	if indent == "" && !strings.HasPrefix(strings.TrimSpace(lines[last]), "- ") {
		head += "\n"
	}
	return plan[:s.Start] + head + field + strings.Join(lines[last+1:], "") + plan[s.End:]
}

// InsertSteps returns a plan with a step for each finding, before the first step that
// is still to be done, and the numbers that the new ones have. They are the next ones.
func InsertSteps(plan string, v PlanView, findings []Finding) (body string, numbers []string) {
	next, at, indent := 1, len(plan), ""
	for _, s := range v.Steps {
		if n, err := strconv.Atoi(s.Step.Number); err == nil {
			next = max(next, n+1)
		}
	}
	for _, s := range v.Steps {
		if !s.State.Settled() {
			at = s.Step.Start
			first, _, _ := strings.Cut(plan[at:], "\n")
			indent = first[:len(first)-len(strings.TrimLeft(first, " \t"))]
			break
		}
	}
	var b strings.Builder
	if at == len(plan) {
		b.WriteString(strings.TrimRight(plan, "\n") + "\n\n## Findings\n\n")
	} else {
		b.WriteString(plan[:at])
	}
	for i, f := range findings {
		number := strconv.Itoa(next + i)
		numbers = append(numbers, number)
		fmt.Fprintf(&b, "%s- [ ] Step %s: Fix %s, %s\n", indent, number, f.Number, oneLine(f.Title))
		for _, field := range [][2]string{{"Task", f.Problem + " " + f.Fix}, {"Files", f.Location}, {"Tests", f.Verify}} {
			if text := oneLine(field[1]); text != "" {
				fmt.Fprintf(&b, "%s  - **%s:** %s\n", indent, field[0], text)
			}
		}
	}
	if at < len(plan) {
		b.WriteString(plan[at:])
	}
	return b.String(), numbers
}

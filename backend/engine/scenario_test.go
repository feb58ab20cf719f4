package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

// driver does in a project whatever Next says, one thing after the other, as a person
// who trusts it would.
type driver struct {
	*bench
	p     workflow.Project
	paste bool // by copy and paste instead of a model
	clock *clock
	said  []string // every ToDo so far
	// answers gives what a model says to a prompt, by its id and how often it was asked.
	answers func(prompt string, n int, sent string) string
	asked   map[string]int
	// check gives what the n-th check of a step ends with.
	check  func(step string, n int) int
	checks map[string]int
	// on is called before something is done; true means that it was done already.
	on func(d workflow.ToDo) bool
}

func newDriver(t *testing.T, workflowID string, paste bool, answers func(prompt string, n int, sent string) string) *driver {
	d := idleDriver(t, answers)
	d.paste = paste
	d.client = llmtest.NewScripted(func(req llm.Request) llmtest.Answer {
		return llmtest.Answer{Text: d.answer(req.Messages[len(req.Messages)-1].Content)}
	})
	d.begin(workflowID)
	return d
}

// idleDriver is a driver without a client, an engine and a project.
func idleDriver(t *testing.T, answers func(prompt string, n int, sent string) string) *driver {
	d := &driver{answers: answers, asked: map[string]int{}, checks: map[string]int{}, check: func(string, int) int { return 0 }}
	d.clock = newClock()
	d.bench = &bench{t: t, ctx: t.Context(), dir: t.TempDir(), now: d.clock.now}
	return d
}

// begin opens the engine and creates the project.
func (d *driver) begin(workflowID string) {
	d.t.Helper()
	d.open()
	d.t.Cleanup(func() { _ = d.Close() })
	d.p = try(d.CreateProject(d.ctx, workflow.NewProject{Name: "Tide table", Idea: "A tide table that works offline.", WorkflowID: workflowID}))(d.t)
}

// answer finds the prompt that was sent by the beginning of its text.
func (d *driver) answer(sent string) string {
	for _, pr := range d.lib().Prompts() {
		first, _, _ := strings.Cut(strings.TrimSpace(pr.Body), "\n")
		if first != "" && strings.HasPrefix(strings.TrimSpace(sent), first) {
			d.asked[pr.ID]++
			return d.answers(pr.ID, d.asked[pr.ID], sent)
		}
	}
	return "I do not know this prompt."
}

// drive goes on until nothing is to be done.
func (d *driver) drive() {
	d.t.Helper()
	for range 300 {
		todo := try(d.Next(d.ctx, d.p.ID))(d.t)
		d.said = append(d.said, fmt.Sprintf("%s %s%s: %s", todo.Kind, todo.Phase, todo.Step, todo.Text))
		if todo.Text == "" || todo.Why == "" && todo.Kind != workflow.DoGate {
			d.t.Fatalf("the one thing to do has no words: %+v", todo)
		}
		if todo.Kind == workflow.DoNothing {
			return
		}
		d.clock.pass(time.Minute)
		if d.on != nil && d.on(todo) {
			continue
		}
		d.do(todo)
	}
	d.t.Fatalf("it never ends:\n%s", strings.Join(d.said[max(0, len(d.said)-15):], "\n"))
}

// do does one thing.
func (d *driver) do(todo workflow.ToDo) {
	d.t.Helper()
	t, id := d.t, d.p.ID
	switch todo.Kind {
	case workflow.DoRun:
		if todo.RunID != "" {
			d.went(d.Refine(d.ctx, todo.RunID, workflow.Refinement{Off: []string{"tests"}, Copy: d.paste}))
			return
		}
		d.fillPhase(todo.Phase)
		d.runPhase(todo.Phase)
	case workflow.DoStep:
		d.went(d.RunStep(d.ctx, id, todo.Step, workflow.StepOrder{Values: map[string]string{"files": "None yet."}, Copy: d.paste}))
	case workflow.DoDecide:
		c := try(d.Review(d.ctx, todo.RunID))(t)
		try(d.Accept(d.ctx, todo.RunID, workflow.AcceptCandidate{All: true, Base: c.Current.Number}))(t)
	case workflow.DoCheck:
		d.checks[todo.Step]++
		try(d.Check(d.ctx, id, workflow.CheckResult{Step: todo.Step, Command: "make check", Exit: d.check(todo.Step, d.checks[todo.Step]), Output: "\x1b[32mok\x1b[0m  12 tests"}))(t)
	case workflow.DoTick:
		if todo.Step != "" {
			try(d.MarkStep(d.ctx, id, todo.Step, "done", ""))(t)
			return
		}
		d.tickAll(d.p, todo.Path, d.section(todo))
	case workflow.DoSign:
		try(d.Sign(d.ctx, id, todo.Phase, d.gate(d.p, todo.Phase).Version))(t)
	case workflow.DoPass:
		try(d.Pass(d.ctx, id, todo.Phase))(t)
	case workflow.DoRound:
		try(d.BeginRound(d.ctx, id, todo.Phase, ""))(t)
	case workflow.DoAnswer:
		d.went(d.Refine(d.ctx, todo.RunID, workflow.Refinement{Answers: "Twelve stations, UTC.", Copy: d.paste}))
	case workflow.DoRestart:
		d.startOver(todo.Step)
	default:
		d.doAtGate(todo)
	}
}

// doAtGate does what only gates ask for.
func (d *driver) doAtGate(todo workflow.ToDo) {
	d.t.Helper()
	t, id := d.t, d.p.ID
	switch todo.Kind {
	case workflow.DoWrite:
		if strings.HasPrefix(todo.Path, answersDir+"/") {
			d.runLoose(strings.TrimSuffix(strings.TrimPrefix(todo.Path, answersDir+"/"), ".md"))
			return
		}
		try(d.Save(d.ctx, id, workflow.SaveDocument{Path: todo.Path, Body: "# Notes\n\nHow it is.\n\n- [ ] The monitor pages somebody.\n"}))(t)
	case workflow.DoFindings:
		refs := []string{}
		for _, f := range try(d.Findings(d.ctx, id, workflow.FindingQuery{}))(t).Findings {
			if f.State != workflow.FindingFixed {
				refs = append(refs, f.Number)
			}
		}
		try(d.ActOnFindings(d.ctx, id, workflow.FindingAct{Verb: workflow.VerbFix, IDs: refs, Reason: "Fixed, and its test passes now."}))(t)
	case workflow.DoApprove:
		try(d.Approve(d.ctx, id, todo.Phase, d.gate(d.p, todo.Phase).Version))(t)
	case workflow.DoPromote:
		try(d.Promote(d.ctx, id, todo.Phase))(t)
	case workflow.DoBake:
		d.clock.pass(25 * time.Hour)
	case workflow.DoHealthy:
		try(d.Healthy(d.ctx, id, todo.Phase, "No error in a day."))(t)
	case workflow.DoAudit:
		try(d.BeginRound(d.ctx, id, todo.Phase, ""))(t)
	case workflow.DoStale:
		try(d.StillValid(d.ctx, id, todo.Phase, "Only its wording has changed."))(t)
	default:
		t.Fatalf("nobody knows how to do this: %+v\n%s", todo, strings.Join(d.said[max(0, len(d.said)-8):], "\n"))
	}
}

// section is the part of a document whose boxes the gate asks for.
func (d *driver) section(todo workflow.ToDo) string {
	for _, c := range d.gate(d.p, todo.Phase).Conditions {
		if c.State != workflow.CondMet {
			return c.Section
		}
	}
	return ""
}

// fillPhase types something into every variable of a phase's prompt that needs it.
func (d *driver) fillPhase(phase string) {
	d.t.Helper()
	values := map[string]string{}
	for _, v := range try(d.Prompt(d.ctx, d.p.ID, phase, ""))(d.t).Prompt.Variables {
		if v.Missing {
			values[v.Variable.Name] = something(v.Variable)
		}
	}
	if len(values) == 0 {
		return
	}
	if err := d.SetVariables(d.ctx, d.p.ID, phase, values); err != nil {
		d.t.Fatal(err)
	}
}

func something(v workflow.Variable) string {
	if len(v.Options) > 0 {
		return v.Options[0]
	}
	return "File: `tide.go`\n\n```go\npackage tide\n```\n"
}

func (d *driver) runPhase(phase string) {
	d.t.Helper()
	if d.paste {
		d.went(d.CopyRun(d.ctx, d.p.ID, phase))
		return
	}
	d.went(d.StartRun(d.ctx, d.p.ID, phase, ""))
}

// runLoose runs a prompt of the library in the project.
func (d *driver) runLoose(prompt string) {
	d.t.Helper()
	o := workflow.PromptOrder{PromptID: prompt, ProjectID: d.p.ID, Values: map[string]string{}}
	for _, v := range try(d.FillPrompt(d.ctx, o))(d.t).Variables {
		if v.Missing {
			o.Values[v.Variable.Name] = something(v.Variable)
		}
	}
	var run workflow.Run
	if d.paste {
		run = d.went(d.CopyPrompt(d.ctx, o))
	} else {
		run = d.went(d.StartPrompt(d.ctx, o))
	}
	try(d.Accept(d.ctx, run.ID, workflow.AcceptCandidate{All: true, Base: try(d.Review(d.ctx, run.ID))(d.t).Current.Number}))(d.t)
}

// went brings a run to its end: a copied one by pasting what a model says.
func (d *driver) went(run workflow.Run, err error) workflow.Run {
	d.t.Helper()
	run = try(run, err)(d.t)
	if run.State == workflow.RunWaiting {
		sent := try(d.Run(d.ctx, run.ID))(d.t).Prompt
		return try(d.PasteAnswer(d.ctx, run.ID, workflow.PastedAnswer{Text: d.answer(sent), Model: "a chat"}))(d.t)
	}
	ended := d.ended(run.ID)
	if ended.Run.State != workflow.RunSucceeded || len(ended.Run.Missing) > 0 {
		d.t.Fatalf("the run of %s is %s, lacking %q: %v\n%s", run.PromptID, ended.Run.State, ended.Run.Missing, ended.Run.Error, ended.Answer)
	}
	if d.real {
		d.saidByModel(ended)
	}
	return ended.Run
}

// startOver asks what the newest thread of a step, or of the phase “run”, has taught, and starts it over.
func (d *driver) startOver(step string) workflow.Version {
	d.t.Helper()
	phase := "run"
	if step != "" {
		phase = "build"
	}
	threads := try(d.Threads(d.ctx, d.p.ID, phase, step))(d.t)
	run := d.went(d.Restart(d.ctx, threads[0].ID, workflow.Restart{Why: "muddied", Notes: "It mixes time zones.", Copy: d.paste}))
	return try(d.StartOver(d.ctx, run.ID))(d.t)
}

// happened reports whether something like this was said to be done.
func (d *driver) happened(part string) bool {
	return strings.Contains(strings.Join(d.said, "\n"), part)
}

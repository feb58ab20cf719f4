package engine

import (
	"slices"
	"strings"
	"testing"

	"plumbline/backend/llm/ollamatest"
	"plumbline/backend/workflow"
)

// voice is one answer that a real model gives. Everything else is pasted.
type voice struct {
	phase, prompt string
	trigger       string // a word of this prompt that is in none before it
}

// newOllamaDriver is a driver whose first run in the phase of each voice is answered
// by a tiny model on a real server, with what the scripted client would say first.
func newOllamaDriver(t *testing.T, workflowID string, answers func(string, int, string) string, voices []voice) *driver {
	t.Helper()
	server := ollamatest.Start(t)
	var scripts []ollamatest.Script
	for _, v := range voices {
		s := ollamatest.Script{Text: answers(v.prompt, 1, "")}
		if v.trigger != "" {
			s.Triggers = []string{v.trigger}
		}
		scripts = append(scripts, s)
	}
	server.Create(t, "scribe", scripts)
	d := idleDriver(t, answers)
	d.real = true
	d.begin(workflowID)
	d.use(server, "scribe")
	d.on = d.speaker(voices)
	return d
}

// use points the engine to a server and a model of it.
func (b *bench) use(server *ollamatest.Server, model string) {
	b.t.Helper()
	try(b.SetSetting(b.ctx, "ollamaUrl", server.URL()))(b.t)
	try(b.SetSetting(b.ctx, "defaultModel", model))(b.t)
}

// speaker lets the model answer where a voice is left for the phase.
func (d *driver) speaker(voices []voice) func(workflow.ToDo) bool {
	left := slices.Clone(voices)
	return func(todo workflow.ToDo) bool {
		i := slices.IndexFunc(left, func(v voice) bool { return v.phase == todo.Phase })
		d.paste = i < 0 || todo.Kind != workflow.DoRun && todo.Kind != workflow.DoStep
		if !d.paste {
			left = slices.Delete(left, i, i+1)
		}
		return false
	}
}

// saidByModel checks that a run has brought what the model was to say, whole and
// counted, to a prompt that is short enough for a test.
func (d *driver) saidByModel(got workflow.RunDetail) {
	d.t.Helper()
	run := got.Run
	if want := d.answer(got.Prompt); got.Answer != want {
		d.t.Fatalf("the model says to %s\n%q, want\n%q", run.PromptID, got.Answer, want)
	}
	if run.Provider != "ollama" || run.Model != "scribe:latest" || run.ModelDigest == "" || run.Cut {
		d.t.Errorf("the run of %s: %+v", run.PromptID, run)
	}
	if run.PromptTokens == 0 || run.PromptTokens > 8192 || run.AnswerTokens == 0 {
		d.t.Errorf("%s took %d tokens and brought %d", run.PromptID, run.PromptTokens, run.AnswerTokens)
	}
}

// checkVoices checks that the model has answered these prompts, in this order, and no other.
func (d *driver) checkVoices(voices []voice) {
	d.t.Helper()
	var want, got []string
	for _, v := range voices {
		want = append(want, v.phase+" "+v.prompt)
	}
	for _, run := range try(d.Runs(d.ctx, d.p.ID, ""))(d.t) {
		if run.Provider == "ollama" {
			got = append(got, run.Phase+" "+run.PromptID)
		}
	}
	slices.Reverse(got) // the newest run is listed first
	if !slices.Equal(got, want) {
		d.t.Errorf("the model was asked %q, want %q", got, want)
	}
}

func TestFromAnIdeaToProductionOnOllama(t *testing.T) {
	voices := []voice{
		{phase: "request", prompt: "request"},
		{phase: "spec", prompt: "spec", trigger: "architect"},
		{phase: "plan", prompt: "plan", trigger: "milestone"},
		{phase: "build", prompt: "codegen", trigger: "colleague"},
		{phase: "review", prompt: "review", trigger: "reviewer"},
		{phase: "security", prompt: "security-audit", trigger: "hired"},
	}
	d := newOllamaDriver(t, "idea-to-production", ideaAnswers(t), voices)
	d.check = redAtFirst
	speak := d.on
	d.on = func(todo workflow.ToDo) bool { return speak(todo) || d.findingsBecomeSteps(todo) }
	d.drive()
	checkIdeaWhole(t, d)
	d.checkVoices(voices)
}

func TestHardenInRoundsToAPlateauOnOllama(t *testing.T) {
	voices := []voice{
		{phase: "analyse", prompt: "issue-analysis"},
		{phase: "fix", prompt: "fix-prompt", trigger: "repaired"},
		{phase: "readiness", prompt: "production-readiness", trigger: "live"},
	}
	d := newOllamaDriver(t, "harden", hardenAnswers(t), voices)
	d.drive()
	d.checkPlateau()
	d.checkVoices(voices)
}

func TestATaskIsRefinedOnOllama(t *testing.T) {
	voices := []voice{
		{phase: "classify", prompt: "classify-task"},
		{phase: "spec", prompt: "specification-prompt", trigger: "senior"},
		{phase: "run", prompt: "delegated-mode", trigger: "receives"},
		{phase: "refine", prompt: "refine", trigger: "correct"},
	}
	d := newOllamaDriver(t, "agent-task", taskAnswers(t), voices)
	speak, refined := d.on, false
	d.on = func(todo workflow.ToDo) bool {
		speak(todo)
		if refined || todo.Kind != workflow.DoTick || todo.Phase != "review" {
			return false
		}
		refined = true
		thread := try(d.Threads(d.ctx, d.p.ID, "run", ""))(t)[0]
		d.went(d.Refine(d.ctx, thread.ID, workflow.Refinement{Off: []string{"tests"}, Notes: "The months are mixed up."}))
		return true
	}
	d.drive()
	threads := try(d.Threads(d.ctx, d.p.ID, "run", ""))(t)
	if len(threads) != 1 || threads[0].Refinements != 1 || len(threads[0].Runs) != 2 {
		t.Errorf("the threads: %+v\n%s", threads, strings.Join(d.said, "\n"))
	}
	for _, path := range []string{"pattern.md", "task.md", "result.md", "refinement-01.md", "playbook.md"} {
		if d.doc(d.p, path).Version.Number == 0 {
			t.Errorf("%s is not written", path)
		}
	}
	d.checkVoices(voices)
}

// TestARunOnOllamaBreaksOff stops a run, and kills the server in the middle of another.
func TestARunOnOllamaBreaksOff(t *testing.T) {
	server := ollamatest.Start(t)
	server.Create(t, "rambler", []ollamatest.Script{{Text: "The tide comes in and the tide goes out again. ", Loop: true}})
	clock := newClock()
	b := &bench{t: t, ctx: t.Context(), dir: t.TempDir(), now: clock.now, real: true}
	b.open()
	t.Cleanup(func() { _ = b.Close() })
	b.use(server, "rambler")
	status := try(b.Models(b.ctx, true))(t)
	if !status.Running || len(status.Models) != 1 || status.Default != "rambler:latest" {
		t.Fatalf("models: %+v", status)
	}

	p := b.project("Tide table")
	endless := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	b.wrote(endless.ID, 200)
	try(b.CancelRun(b.ctx, endless.ID))(t)
	if d := b.ended(endless.ID); d.Run.State != workflow.RunCanceled || !strings.HasPrefix(d.Answer, "The tide comes in") {
		t.Errorf("stopped: %+v %q", d.Run, d.Answer)
	}
	killed := try(b.StartRun(b.ctx, p.ID, "request", "rambler"))(t)
	b.wrote(killed.ID, 200)
	server.Kill()
	if d := b.ended(killed.ID); d.Run.State != workflow.RunFailed || d.Run.Error.Hint == "" || len(d.Answer) < 200 {
		t.Errorf("killed: %+v", d.Run)
	}
	clock.pass(2 * justNow) // what the server said before is too old to plan by
	_, err := b.StartRun(b.ctx, p.ID, "request", "")
	wantCode(t, err, workflow.Unavailable)
}

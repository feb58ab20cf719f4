package engine

import (
	"cmp"
	"context"

	"plumbline/backend/llm"
	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// order is a run that is about to be made.
type order struct {
	pic      picture
	phase    workflow.Phase
	kind     workflow.RunKind
	parent   string
	step     string // of the plan
	output   string // where the answer goes, if not where those of the phase do
	prompt   assembled
	sent     string        // the text as sent
	messages []llm.Message // the same, as turns
	prefix   string        // what the answer begins with: that of the run it continues
	contract workflow.Contract
	loose    loose
	scale    scale // that it is planned by
}

// loose is what is known of a run outside of any phase.
type loose struct {
	path    string // of the document that is the prompt
	given   *workflow.Given
	persona string
	batch   string
}

// StartRun queues a run of a phase's prompt on a model; an empty model means
// the default one. What comes after arrives as events.
func (e *Engine) StartRun(ctx context.Context, projectID, phase, model string) (workflow.Run, error) {
	o, err := e.order(projectID, phase)
	if err != nil {
		return workflow.Run{}, err
	}
	return e.start(ctx, o, model)
}

// order assembles the first prompt of a phase and checks that a run may begin.
func (e *Engine) order(projectID, phase string) (order, error) {
	if number, ok := e.currentStep(projectID, phase); ok {
		o, err := e.stepOrder(projectID, number)
		if err == nil {
			err = o.complete()
		}
		return o, err
	}
	o := order{kind: workflow.RunFirst}
	err := e.store.View(func(tx *store.Tx) (err error) {
		if o.pic, err = e.picture(tx, projectID); err != nil {
			return err
		}
		if o.phase, err = o.pic.phase(phase); err != nil {
			return err
		}
		if err = o.pic.startable(o.phase); err != nil {
			return err
		}
		o.prompt, err = e.assemble(tx, o.pic, o.phase)
		return err
	})
	if err != nil {
		return o, err
	}
	if len(o.prompt.missing) > 0 {
		return o, workflow.Errorf(workflow.Invalid, "The prompt still needs: %s.", workflow.JoinAnd(o.prompt.missing)).
			WithHint("Fill it in on the Prompt page, or with “plumbline set %s %s %s”.", o.pic.project.Slug, o.phase.ID, o.prompt.toFill(""))
	}
	o.sent, o.contract = o.prompt.rendered.Text, o.prompt.prompt.Contract
	o.messages = []llm.Message{{Role: llm.RoleUser, Content: o.sent}}
	return o, nil
}

// currentStep returns the number of the step to do now, when a phase is the one that
// steps are built in.
func (e *Engine) currentStep(projectID, phase string) (number string, ok bool) {
	pic, err := e.look(projectID)
	if err != nil || pic.plan.Phase != phase || pic.plan.Current < 0 {
		return "", false
	}
	return pic.plan.Steps[pic.plan.Current].Step.Number, true
}

// startable returns an error when no run of this phase may begin now.
func (pic picture) startable(p workflow.Phase) error {
	if p.ID == "" { // outside of any phase nothing is in the way
		return nil
	}
	if err := pic.reached(p); err != nil {
		return err
	}
	if workflow.Frozen(pic.records, p) {
		return frozen(p)
	}
	return pic.idle(p)
}

// idle returns an error when a run is writing this phase.
func (pic picture) idle(p workflow.Phase) error {
	if run, ok := pic.active[p.ID]; ok && run.State != workflow.RunWaiting {
		return workflow.Errorf(workflow.Conflict, "A run is writing %s already.", p.Title).WithHint("Wait for it, or stop it.")
	}
	return nil
}

// start records a run on a model and hands it to the supervisor.
func (e *Engine) start(ctx context.Context, o order, model string) (workflow.Run, error) {
	client, info, err := e.models.pick(ctx, model)
	if err != nil {
		return workflow.Run{}, err
	}
	o.scale = e.scaleOf(info.Name)
	plan := e.plan(o.prompt, info, o.scale)
	if !plan.Fits {
		return workflow.Run{}, tooLong(plan, info)
	}
	r := e.newRun(o)
	r.State, r.Provider, r.Model, r.ModelDigest, r.Context = workflow.RunQueued, workflow.ProviderOllama, info.Name, info.Digest, plan
	r.Parameters.NumCtx = plan.Window
	live, err := e.runs.admit(r, o)
	if err != nil {
		return workflow.Run{}, err
	}
	if err := e.recordRun(&live.run, o.sent); err != nil {
		e.runs.withdraw(live)
		return workflow.Run{}, err
	}
	r = live.run
	e.runs.launch(live, client)
	return r, nil
}

func noModel(status workflow.ModelStatus) error {
	if !status.Running {
		return workflow.Errorf(workflow.Unavailable, "%s", cmp.Or(status.Message, "Ollama is not answering.")).
			WithHint("%s", cmp.Or(status.Hint, "Start it, or copy the prompt and paste the answer."))
	}
	return workflow.Errorf(workflow.Unavailable, "Ollama has no model yet.").
		WithHint("Get one with “ollama pull qwen2.5-coder:7b”, or copy the prompt and paste the answer.")
}

func tooLong(plan workflow.ContextPlan, info workflow.ModelInfo) error {
	longest := plan.Parts[0] // the prompt's own text, which nobody can shorten here
	for i, p := range plan.Parts[1:] {
		if i == 0 || p.Tokens > longest.Tokens {
			longest = p
		}
	}
	return workflow.Errorf(workflow.Limit, "This prompt is %d tokens too long for %s, which takes %d with room for the answer.",
		plan.Over, info.Name, plan.Window).
		WithHint("Shorten “%s” (%d tokens) or choose a model with a larger context. Nothing was sent.", longest.Label, longest.Tokens)
}

// newRun fills in what is known of a run before it starts.
func (e *Engine) newRun(o order) workflow.Run {
	r := workflow.Run{
		ID: e.newID(), ProjectID: o.pic.project.ID, Phase: o.phase.ID, Kind: o.kind, ParentID: o.parent,
		Step: o.step, Output: cmp.Or(o.output, o.phase.Output), PromptPath: o.loose.path, Given: o.loose.given, Persona: o.loose.persona, BatchID: o.loose.batch,
		PromptID: o.prompt.prompt.ID, PromptRevision: o.prompt.prompt.Revision,
		PromptHash: workflow.Hash(o.sent), PromptSize: len(o.sent), Inputs: o.prompt.inputs, Variables: o.prompt.typed,
		Parameters: workflow.Parameters{Temperature: -1}, Missing: []string{}, Context: workflow.ContextPlan{Parts: []workflow.ContextPart{}},
	}
	if t := o.prompt.prompt.Temperature; t != nil {
		r.Parameters.Temperature = *t
	}
	return r
}

// recordRun acknowledges a new run with the text as sent. Nobody else may know
// of the run before.
func (e *Engine) recordRun(r *workflow.Run, sent string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	r.CreatedAt = e.now()
	if r.State == workflow.RunWaiting {
		r.StartedAt = r.CreatedAt
	}
	err := e.update(func(tx *store.Tx) error {
		pic, err := e.picture(tx, r.ProjectID)
		if err != nil {
			return err
		}
		p, err := pic.phaseOf(*r)
		if err != nil {
			return err
		}
		if err := pic.startable(p); err != nil { // somebody else may have been first
			return err
		}
		if err := tx.PutRunText(r.ID, "prompt", sent); err != nil {
			return err
		}
		return tx.PutRun(*r)
	})
	if err == nil {
		e.tellRun(*r)
	}
	return err
}

// tellRun tells the doors of a run that has begun, and how its project stands
// now. mu must be held.
func (e *Engine) tellRun(r workflow.Run) {
	e.uses.add(r)
	e.threads.add(r)
	e.hub.emit(workflow.Event{ProjectID: r.ProjectID, Run: &r})
	e.news.add(r.ProjectID, touched{phases: []string{r.Phase}})
}

// tellTrouble tells why the end of a run cannot be kept, when that is news.
func (e *Engine) tellTrouble(live *liveRun, err error) {
	cause := workflow.Describe(err)
	r, news := live.trouble(workflow.Errorf(workflow.Unavailable, "The end of this run cannot be kept: %s", cause.Message).
		WithHint("%s", cmp.Or(cause.Hint, "Plumbline tries again every few seconds. Until then, copy what you need.")))
	if news {
		e.hub.emit(workflow.Event{ProjectID: r.ProjectID, Run: &r})
		e.notify("error", r.Error.Message, r.Error.Hint)
	}
}

// Run returns a run with its texts.
func (e *Engine) Run(_ context.Context, runID string) (workflow.RunDetail, error) {
	var d workflow.RunDetail
	err := e.store.View(func(tx *store.Tx) (err error) {
		if d.Run, err = tx.Run(runID); err != nil {
			return err
		}
		if d.Prompt, err = tx.RunText(runID, "prompt"); err != nil {
			return err
		}
		if d.Answer, d.Thinking, err = runTexts(tx, d.Run); err != nil {
			return err
		}
		c, err := tx.Candidate(runID)
		if workflow.CodeOf(err) == workflow.NotFound {
			return nil
		}
		d.Candidate = c
		return err
	})
	if err != nil {
		return d, err
	}
	if live, ok := e.runs.live(runID); ok && !d.Run.State.Ended() {
		d.Run, d.Answer, d.Thinking = live.snapshot()
	}
	d.HTML = markdown.Render(d.Answer, markdown.Options{})
	return d, nil
}

// runTexts reads the answer and the thinking of a run: kept ones, or, when it
// has not ended, those of its journal.
func runTexts(tx *store.Tx, r workflow.Run) (answer, thinking string, err error) {
	if r.State.Ended() {
		if answer, err = tx.RunText(r.ID, "answer"); err == nil {
			thinking, err = tx.RunText(r.ID, "thinking")
		}
		return answer, thinking, err
	}
	if answer, err = tx.Chunks(r.ID, "answer"); err == nil {
		thinking, err = tx.Chunks(r.ID, "thinking")
	}
	return answer, thinking, err
}

// RunBlocks returns the rendered blocks of a run's answer from number from on,
// and the text after them; once the run has ended, the final rendering of all.
func (e *Engine) RunBlocks(ctx context.Context, runID string, from int) (workflow.RunBlocks, error) {
	r, err := e.record(runID)
	if err != nil {
		return workflow.RunBlocks{Blocks: []workflow.RunBlock{}}, err
	}
	if live, ok := e.runs.live(runID); ok && !r.State.Ended() {
		return live.blocks(max(from, 0)), nil
	}
	d, err := e.Run(ctx, runID)
	return workflow.RunBlocks{Run: d.Run, Blocks: []workflow.RunBlock{}, End: len(d.Answer), Thinking: d.Thinking, HTML: d.HTML}, err
}

// record returns the record of a run as it is kept.
func (e *Engine) record(runID string) (r workflow.Run, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		r, err = tx.Run(runID)
		return err
	})
	return r, err
}

// Runs lists the runs of a project, newest first; an empty phase means all.
func (e *Engine) Runs(_ context.Context, projectID, phase string) ([]workflow.Run, error) {
	list := []workflow.Run{}
	err := e.store.View(func(tx *store.Tx) error {
		if _, err := tx.Project(projectID); err != nil && projectID != workflow.LibraryID {
			return err
		}
		runs, err := tx.Runs(projectID)
		for _, r := range runs {
			if phase == "" || r.Phase == phase {
				list = append(list, r)
			}
		}
		return err
	})
	for i, r := range list {
		if live, ok := e.runs.live(r.ID); ok && !r.State.Ended() {
			list[i], _, _ = live.snapshot()
		}
	}
	return list, err
}

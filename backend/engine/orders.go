package engine

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"plumbline/backend/llm"
	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Where the answers to prompts of the library are kept in a project, the prompts that
// meta-prompts write, and the answers for steps of the plan.
const (
	answersDir = "answers"
	promptsDir = "prompts"
	stepsDir   = "steps"
)

// valuesKey names what was typed for a prompt of the library, among the variables
// of phases. No phase has an id with an underscore.
func valuesKey(promptID string) string { return "prompt_" + promptID }

// whereTo is the project that an order is for.
func whereTo(o workflow.PromptOrder) string { return cmp.Or(o.ProjectID, workflow.LibraryID) }

// looseOrder assembles a prompt of the library, or a document that is a prompt.
func (e *Engine) looseOrder(o workflow.PromptOrder) (order, error) {
	e.shelf.freshen()
	out := order{kind: workflow.RunFirst}
	out.loose = loose{path: o.Prompt, given: o.Given, persona: o.Persona}
	err := e.store.View(func(tx *store.Tx) (err error) {
		if out.pic, err = e.picture(tx, whereTo(o)); err != nil {
			return err
		}
		pr, err := e.orderedPrompt(tx, out.pic, o)
		if err != nil {
			return err
		}
		if out.loose.given, err = e.settleGiven(tx, o.Given); err != nil {
			return err
		}
		if out.prompt, err = e.assembleLoose(tx, out.pic, pr, o); err != nil {
			return err
		}
		output, err := answerPath(tx, out.pic, pr, o.Prompt)
		out.phase = loosePhase(pr.Title, output)
		return err
	})
	if err != nil {
		return out, err
	}
	out.sent, out.contract = out.prompt.rendered.Text, out.prompt.prompt.Contract
	out.messages = []llm.Message{{Role: llm.RoleUser, Content: out.sent}}
	return out, nil
}

// complete refuses an order whose prompt is not filled.
func (o order) complete() error {
	if len(o.prompt.missing) == 0 {
		return nil
	}
	return workflow.Errorf(workflow.Invalid, "The prompt still needs: %s.", workflow.JoinAnd(o.prompt.missing)).
		WithHint("Fill it in in the form, or with “%s”.", o.prompt.toFill("--var "))
}

// toFill is how the variables that are missing are given on the command line.
func (a assembled) toFill(flag string) string {
	given := []string{}
	for _, v := range a.variables {
		if v.Missing {
			given = append(given, flag+v.Variable.Name+"=…")
		}
	}
	return strings.Join(given, " ")
}

// orderedPrompt returns the prompt that an order names. A document that is a prompt
// has no variables: its text is sent as it is.
func (e *Engine) orderedPrompt(tx *store.Tx, pic picture, o workflow.PromptOrder) (prompt.Prompt, error) {
	if o.Prompt == "" {
		return e.namedPrompt(o.PromptID)
	}
	v, err := head(tx, pic.project.ID, o.Prompt)
	if err != nil {
		return prompt.Prompt{}, err
	}
	body, err := headBody(tx, v)
	return prompt.Literal(pic.title(o.Prompt), body), err
}

func (e *Engine) namedPrompt(id string) (prompt.Prompt, error) {
	if err := e.isOpen(); err != nil {
		return prompt.Prompt{}, err
	}
	pr, ok := e.lib().Prompt(id)
	if !ok {
		return pr, workflow.Errorf(workflow.NotFound, "There is no prompt “%s” in the library.", id).
			WithHint("“plumbline prompt list” shows them.")
	}
	return pr, nil
}

// answerPath is the document that an answer is for: one for each prompt, with
// versions, or, of a prompt that writes prompts, a new one each time.
func answerPath(tx *store.Tx, pic picture, pr prompt.Prompt, document string) (string, error) {
	switch {
	case document != "":
		return path.Join(answersDir, path.Base(document)), nil
	case len(pr.Takes) == 0:
		return workflow.AnswerPath(pr.ID), nil
	}
	dir := promptsDir
	if pic.project.ID == workflow.LibraryID { // there it holds files of prompts
		dir = answersDir
	}
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s/%s-%02d.md", dir, pr.ID, n)
		_, taken, err := tx.Head(pic.project.ID, name)
		taken = taken || slices.ContainsFunc(pic.candidates, func(c workflow.Candidate) bool { return c.Path == name })
		if err != nil || !taken {
			return name, err
		}
	}
}

// isAnswer reports whether a document is where answers to prompts of the library, or
// for steps of the plan, go.
func isAnswer(name string) bool {
	switch path.Dir(name) {
	case answersDir, promptsDir, stepsDir:
		return true
	}
	return false
}

// assembleLoose fills a prompt of the library, as far as it can be filled.
func (e *Engine) assembleLoose(tx *store.Tx, pic picture, pr prompt.Prompt, o workflow.PromptOrder) (assembled, error) {
	a := assembled{prompt: pr, values: map[string]string{}, variables: []workflow.FilledVariable{}, inputs: []workflow.Input{}, missing: []string{}}
	a.typed = o.Values
	if o.Values == nil && pr.ID != "" {
		var err error
		if a.typed, err = tx.Variables(pic.project.ID, valuesKey(pr.ID)); err != nil {
			return a, err
		}
	}
	if err := checkValues(pr, a.typed); err != nil {
		return a, err
	}
	return a, e.fillAll(tx, pic, o, &a)
}

// FillPrompt assembles a prompt of the library: what would be sent, in full.
func (e *Engine) FillPrompt(_ context.Context, o workflow.PromptOrder) (workflow.FilledPrompt, error) {
	out, err := e.looseOrder(o)
	if err != nil {
		return workflow.FilledPrompt{}, err
	}
	a := out.prompt
	model := cmp.Or(o.Model, e.models.preferred())
	info, _ := e.models.known(model)
	f := workflow.FilledPrompt{
		PromptID: a.prompt.ID, ProjectID: out.pic.project.ID, Title: a.prompt.Title, Variables: a.variables, Missing: a.missing,
		Text: a.rendered.Text, Spans: []workflow.PromptSpan{}, Hash: workflow.Hash(a.rendered.Text), Size: len(a.rendered.Text),
		Context: e.plan(a, info, e.scaleOf(info.Name)), Model: info.Name,
	}
	for _, part := range a.rendered.Parts {
		f.Spans = append(f.Spans, workflow.PromptSpan{Name: part.Name, Start: part.Start, End: part.End})
	}
	return f, nil
}

// KeepValues remembers for a project what was typed into the form of a prompt, and
// assembles the prompt.
func (e *Engine) KeepValues(ctx context.Context, o workflow.PromptOrder) (workflow.FilledPrompt, error) {
	pr, err := e.namedPrompt(o.PromptID)
	if err != nil {
		return workflow.FilledPrompt{}, err
	}
	if err := checkValues(pr, o.Values); err != nil {
		return workflow.FilledPrompt{}, err
	}
	project := whereTo(o)
	err = e.change(project, e.person(), "Fill in the prompt "+pr.Title, func(w *write) error {
		old, err := w.tx.Variables(project, valuesKey(pr.ID))
		if err != nil {
			return err
		}
		merged, same := merge(old, o.Values)
		w.idle = same
		return w.tx.PutVariables(project, valuesKey(pr.ID), merged)
	})
	if err != nil {
		return workflow.FilledPrompt{}, err
	}
	o.Values = nil
	return e.FillPrompt(ctx, o)
}

// StartPrompt queues a run of a prompt of the library on a model, in a project or
// alone. What comes after arrives as events.
func (e *Engine) StartPrompt(ctx context.Context, o workflow.PromptOrder) (workflow.Run, error) {
	out, err := e.orderToRun(o)
	if err != nil {
		return workflow.Run{}, err
	}
	return e.start(ctx, out, o.Model)
}

// orderToRun is looseOrder for a run that begins now.
func (e *Engine) orderToRun(o workflow.PromptOrder) (order, error) {
	out, err := e.looseOrder(o)
	if err == nil {
		err = out.complete()
	}
	if err == nil {
		err = e.beginLibrary(out.pic.project.ID)
	}
	return out, err
}

// beginLibrary makes the place of what belongs to no project, when it is needed first.
func (e *Engine) beginLibrary(projectID string) error {
	if projectID != workflow.LibraryID {
		return nil
	}
	if _, err := e.project(projectID); workflow.CodeOf(err) != workflow.NotFound {
		return err
	}
	return e.change(projectID, e.person(), "Begin the prompt library", func(*write) error { return nil })
}

func libraryProject() workflow.Project {
	return workflow.Project{ID: workflow.LibraryID, Slug: workflow.LibraryID, Name: "Prompt library"}
}

// CopyPrompt records a prompt of the library as copied and waits for the pasted
// answer. Copying the same text again goes on with the same run.
func (e *Engine) CopyPrompt(_ context.Context, o workflow.PromptOrder) (workflow.Run, error) {
	e.copying.Lock() // two copies at once would both wait
	defer e.copying.Unlock()
	out, err := e.orderToRun(o)
	if err != nil {
		return workflow.Run{}, err
	}
	return e.copyOrder(out)
}

// PromptRuns lists the runs of a prompt, the newest first: of all projects, or of one.
func (e *Engine) PromptRuns(_ context.Context, promptID, projectID string) ([]workflow.Run, error) {
	ids := e.uses.runs(promptID)
	list := []workflow.Run{}
	err := e.store.View(func(tx *store.Tx) error {
		for _, id := range ids {
			r, err := tx.Run(id)
			if workflow.CodeOf(err) == workflow.NotFound {
				continue
			}
			if err != nil {
				return err
			}
			if projectID == "" || r.ProjectID == projectID {
				list = append(list, r)
			}
		}
		return nil
	})
	slices.SortFunc(list, func(a, b workflow.Run) int { return strings.Compare(b.ID, a.ID) })
	return list, err
}

package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// StartBatch runs a prompt once for each of several personas. The runs queue up like
// any others: on a local model they come one after the other.
func (e *Engine) StartBatch(ctx context.Context, b workflow.PromptBatch) (workflow.Batch, error) {
	if err := e.isOpen(); err != nil {
		return workflow.Batch{}, err
	}
	if len(b.Personas) == 0 {
		return workflow.Batch{}, workflow.Errorf(workflow.Invalid, "Nobody is chosen to look.").WithHint("Choose at least one persona.")
	}
	batch := e.newID()
	orders := []order{}
	for _, persona := range b.Personas { // all of them first: none starts when one cannot
		o := b.Order
		o.Persona = persona
		out, err := e.orderToRun(o)
		if err != nil {
			return workflow.Batch{}, err
		}
		out.loose.batch = batch
		out.phase.Output = fmt.Sprintf("%s/%s-%s.md", answersDir, out.prompt.prompt.ID, persona)
		orders = append(orders, out)
	}
	for _, out := range orders {
		if _, err := e.start(ctx, out, b.Order.Model); err != nil {
			return workflow.Batch{}, err
		}
	}
	return e.Batch(ctx, batch)
}

// Batch returns the runs of a batch with their findings merged.
func (e *Engine) Batch(_ context.Context, id string) (workflow.Batch, error) {
	b := workflow.Batch{ID: id, Runs: []workflow.Run{}, Findings: []workflow.SharedFinding{}, Notes: []string{}, Done: true}
	answers := []workflow.PersonaAnswer{}
	err := e.store.View(func(tx *store.Tx) error {
		for _, runID := range e.uses.batch(id) {
			r, err := tx.Run(runID)
			if err != nil {
				return err
			}
			b.Runs, b.ProjectID = append(b.Runs, r), r.ProjectID
			b.Done = b.Done && r.State.Ended()
			if !r.State.Ended() {
				continue
			}
			answer, err := tx.RunText(r.ID, "answer")
			if err != nil {
				return err
			}
			answers = append(answers, workflow.PersonaAnswer{Persona: e.personaTitle(r.Persona), Read: markdown.Findings(answer), Said: !blank(answer)})
		}
		return nil
	})
	if err != nil {
		return b, err
	}
	if len(b.Runs) == 0 {
		return b, workflow.Errorf(workflow.NotFound, "There are no runs that belong together as “%s”.", id).
			WithHint("Run the prompt for several personas first.")
	}
	slices.SortFunc(b.Runs, func(a, c workflow.Run) int { return strings.Compare(a.ID, c.ID) })
	b.Findings, b.Notes = workflow.MergeFindings(answers)
	b.Markdown = workflow.SharedReport("Perspectives", answers, b.Findings, b.Notes)
	b.HTML = markdown.Render(b.Markdown, markdown.Options{})
	return b, nil
}

func (e *Engine) personaTitle(id string) string {
	if p, ok := e.lib().Persona(id); ok {
		return p.Title
	}
	return workflow.Title(id)
}

// KeepBatch makes the merged findings of a batch a document of its project.
func (e *Engine) KeepBatch(ctx context.Context, id string) (workflow.Version, error) {
	b, err := e.Batch(ctx, id)
	if err != nil {
		return workflow.Version{}, err
	}
	var v workflow.Version
	path := answersDir + "/perspectives.md"
	by := workflow.Author{Kind: workflow.Plumbline, Name: "Plumbline"}
	err = e.change(b.ProjectID, by, "Merge the findings of "+workflow.Plural(len(b.Runs), "perspective", "perspectives"), func(w *write) error {
		current, _, err := w.tx.Head(b.ProjectID, path)
		if err != nil {
			return err
		}
		if current.Hash == workflow.Hash(b.Markdown) {
			v, w.idle = current, true
			return nil
		}
		v, err = e.replace(w, current, edition{path: path, body: b.Markdown, message: "Merged findings", kind: workflow.VersionSaved, author: by,
			basisID: b.Runs[0].ID})
		if err != nil {
			return err
		}
		return e.fileAudit(w, v, b.Markdown)
	})
	return v, err
}

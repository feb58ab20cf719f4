package engine

import (
	"context"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// specPath is the document that holds the criteria of a project.
const specPath = "spec.md"

// standPlan says in the picture where the steps of the plan stand, and which phases
// their triggers have opened.
func (e *Engine) standPlan(tx *store.Tx, pic *picture) error {
	pic.plan = workflow.PlanView{ProjectID: pic.project.ID, Path: workflow.PlanPath, Current: -1, Steps: []workflow.PlanStep{},
		Milestones: []workflow.PlanMilestone{}, Edges: []workflow.PlanEdge{}, Problems: []workflow.PlanProblem{}, Uncovered: []string{}, Notes: []string{}}
	build, ok := pic.workflow.BuildPhase()
	v := pic.heads[workflow.PlanPath]
	if !ok || v.Number == 0 {
		return nil
	}
	body, err := headBody(tx, v)
	if err != nil {
		return err
	}
	view := workflow.StandPlan(e.docs.plan(v.Hash, body), pic.items[v.Path], workflow.Criteria(pic.sections[specPath]), e.currentSettings().FilesPerStep())
	view.ProjectID, view.Phase, view.Path, view.Version = pic.project.ID, build.ID, v.Path, v.Number
	pic.plan, pic.opened = view, pic.workflow.Opened(view)
	return nil
}

// Plan returns the plan of a project as steps: the list and the graph, with what
// runs and documents there are for each.
func (e *Engine) Plan(_ context.Context, projectID string) (view workflow.PlanView, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		view = pic.plan
		for i := range view.Steps {
			if err := e.fillStep(tx, pic, &view.Steps[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return view, err
}

// fillStep adds to a step what was done for it.
func (e *Engine) fillStep(tx *store.Tx, pic picture, s *workflow.PlanStep) error {
	v, _, err := tx.Head(pic.project.ID, s.Output)
	if err != nil {
		return err
	}
	s.Version = v.Number
	firsts, err := e.threads.firsts(tx, pic.project.ID, place{pic.plan.Phase, s.Step.Number})
	if err != nil || len(firsts) == 0 {
		return err
	}
	t, err := e.threadOf(tx, pic, firsts[len(firsts)-1])
	if err != nil || len(t.Runs) == 0 {
		return err
	}
	last := t.Runs[len(t.Runs)-1]
	s.Thread, s.Refinements, s.RunID, s.RunState = t.ID, t.Refinements, last.ID, last.State
	for _, c := range pic.candidates {
		for _, r := range t.Runs {
			if c.RunID == r.ID && s.CandidateID == "" {
				s.CandidateID = r.ID
			}
		}
	}
	return nil
}

// stepOf finds a step of the plan, and the phase that it is built in.
func (pic picture) stepOf(number string) (workflow.PlanStep, workflow.Phase, error) {
	build, ok := pic.workflow.BuildPhase()
	if !ok || pic.plan.Version == 0 {
		return workflow.PlanStep{}, build, workflow.Errorf(workflow.NotFound, "%s has no plan with steps.", pic.project.Name).
			WithHint("Write %s first: a list of steps, each with a box.", workflow.PlanPath)
	}
	i, err := pic.plan.Find(number)
	if err != nil {
		return workflow.PlanStep{}, build, err
	}
	return pic.plan.Steps[i], build, nil
}

// stepText returns what the plan says of a step, with box marks blanked in its hash.
func (e *Engine) stepText(tx *store.Tx, pic picture, s workflow.PlanStep) (string, workflow.Input, error) {
	v := pic.heads[workflow.PlanPath]
	body, err := headBody(tx, v)
	if err != nil {
		return "", workflow.Input{}, err
	}
	in, err := e.reading(tx, pic.project.ID).use("", v.Path, workflow.StepPart(s.Step.Number))
	return body[s.Step.Start:s.Step.End], in, err
}

// Step returns a step of the plan in full.
func (e *Engine) Step(_ context.Context, projectID, number string) (d workflow.StepDetail, err error) {
	d.Older, d.Checks = []workflow.Thread{}, []workflow.CheckResult{}
	err = e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		var build workflow.Phase
		if d.Step, build, err = pic.stepOf(number); err != nil {
			return err
		}
		if err := e.fillStep(tx, pic, &d.Step); err != nil {
			return err
		}
		if d.Text, _, err = e.stepText(tx, pic, d.Step); err != nil {
			return err
		}
		d.HTML = markdown.Render(d.Text, markdown.Options{})
		threads, err := e.threadsAt(tx, pic, place{build.ID, d.Step.Step.Number})
		if err != nil {
			return err
		}
		d.Thread = workflow.Thread{Runs: []workflow.Run{}, Questions: []string{}}
		if len(threads) > 0 {
			d.Thread, d.Older = threads[0], threads[1:]
		}
		d.Checks = pic.checks(d.Step.Step.Number)
		table, err := e.effortTable(tx, pic)
		d.Effort = table.row(pic, build.ID, d.Step.Step.Number)
		return err
	})
	return d, err
}

package engine

import (
	"context"
	"slices"
	"strings"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Efforts says what each phase and step of a project has cost: the time of people,
// and the tokens and the time of models. Every phase is listed, and of the steps
// those that something was done for.
func (e *Engine) Efforts(_ context.Context, projectID string) ([]workflow.EffortRow, error) {
	rows := []workflow.EffortRow{}
	err := e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		table, err := e.effortTable(tx, pic)
		if err != nil {
			return err
		}
		for _, p := range pic.workflow.Phases {
			rows = append(rows, table.row(pic, p.ID, ""))
			steps := []string{}
			for at := range table.all {
				if at.phase == p.ID && at.step != "" {
					steps = append(steps, at.step)
				}
			}
			slices.SortFunc(steps, func(a, b string) int {
				i, _ := pic.plan.Find(a)
				j, _ := pic.plan.Find(b)
				if i != j {
					return i - j
				}
				return strings.Compare(a, b)
			})
			for _, step := range steps {
				rows = append(rows, table.row(pic, p.ID, step))
			}
		}
		return nil
	})
	return rows, err
}

// effortTable is what is known of the cost of a project, by place.
type effortTable struct {
	efforts map[place]workflow.Effort
	costs   map[place]workflow.EffortRow
	all     map[place]bool
}

func (e *Engine) effortTable(tx *store.Tx, pic picture) (effortTable, error) {
	t := effortTable{efforts: map[place]workflow.Effort{}, all: map[place]bool{}}
	kept, err := tx.Efforts(pic.project.ID)
	if err != nil {
		return t, err
	}
	for _, one := range kept {
		t.efforts[place{one.Phase, one.Step}] = e.effort.current(one)
	}
	for at, one := range e.effort.of(pic.project.ID) {
		if _, ok := t.efforts[at]; !ok {
			t.efforts[at] = one
		}
	}
	if t.costs, err = e.threads.costs(tx, pic.project.ID); err != nil {
		return t, err
	}
	for at := range t.efforts {
		t.all[at] = true
	}
	for at := range t.costs {
		t.all[at] = true
	}
	return t, nil
}

// row is the cost of one place. That of a phase holds those of its steps.
func (t effortTable) row(pic picture, phase, step string) workflow.EffortRow {
	row := workflow.EffortRow{Effort: workflow.Effort{ProjectID: pic.project.ID, Phase: phase, Step: step}}
	for at := range t.all {
		if at.phase != phase || step != "" && at.step != step {
			continue
		}
		cost, one := t.costs[at], t.efforts[at]
		row.Runs += cost.Runs
		row.PromptTokens += cost.PromptTokens
		row.AnswerTokens += cost.AnswerTokens
		row.ModelMillis += cost.ModelMillis
		row.Worked += one.Worked()
		if at.step == step {
			row.Effort = one
			row.Effort.ProjectID, row.Effort.Phase, row.Effort.Step = pic.project.ID, phase, step
		}
	}
	p, _ := pic.workflow.Phase(phase)
	row.Title = p.Title
	if i, err := pic.plan.Find(step); step != "" && err == nil {
		row.Title = pic.plan.Steps[i].Step.Title
	}
	return row
}

// CorrectEffort sets the time that was worked on a phase or a step, in seconds.
func (e *Engine) CorrectEffort(ctx context.Context, projectID, phase, step string, worked int) (workflow.EffortRow, error) {
	return e.changeEffort(ctx, projectID, phase, step, "Correct the time", func(one workflow.Effort) (workflow.Effort, error) {
		return one.Correct(worked)
	})
}

// EstimateEffort keeps what a person expects a phase or a step to take, in minutes,
// with a model and without one.
func (e *Engine) EstimateEffort(ctx context.Context, projectID, phase, step string, with, without int) (workflow.EffortRow, error) {
	return e.changeEffort(ctx, projectID, phase, step, "Estimate the time", func(one workflow.Effort) (workflow.Effort, error) {
		return one.Estimated(with, without)
	})
}

func (e *Engine) changeEffort(_ context.Context, projectID, phase, step, message string,
	fn func(workflow.Effort) (workflow.Effort, error)) (row workflow.EffortRow, err error) {
	at, err := e.keptEffort(projectID, phase, step)
	if err != nil {
		return row, err
	}
	err = e.change(projectID, e.person(), message, func(w *write) error {
		kept, err := w.tx.Effort(projectID, phase, at.Step) // with what the timer has counted
		if err != nil {
			return err
		}
		if kept, err = fn(kept); err != nil {
			return err
		}
		return w.tx.PutEffort(kept)
	})
	if err != nil {
		return row, err
	}
	err = e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		table, err := e.effortTable(tx, pic)
		row = table.row(pic, phase, at.Step)
		return err
	})
	return row, err
}

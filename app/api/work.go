package api

import (
	"context"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// Work is what goes on within phases: what to do now, rounds, threads, steps, and the
// time it takes. Texts, the plan and lists are fetched from /data.
type Work struct{ core *core }

// Next says the one thing to do now in a project, and why, with what else is due.
func (w *Work) Next(projectID string) (workflow.ToDo, error) {
	return call(w.core, func(ctx context.Context, e *engine.Engine) (workflow.ToDo, error) { return e.Next(ctx, projectID) })
}

// Round says where the rounds of a phase, or of the loop that it is in, stand.
func (w *Work) Round(projectID, phase string) (workflow.RoundStatus, error) {
	return call(w.core, func(ctx context.Context, e *engine.Engine) (workflow.RoundStatus, error) {
		return e.Round(ctx, projectID, phase)
	})
}

// BeginRound begins the next round; past the cap it needs a reason, else that may be empty.
func (w *Work) BeginRound(projectID, phase, reason string) (workflow.RoundStatus, error) {
	return call(w.core, func(ctx context.Context, e *engine.Engine) (workflow.RoundStatus, error) {
		return e.BeginRound(ctx, projectID, phase, reason)
	})
}

// Thread returns the thread that a run belongs to.
func (w *Work) Thread(runID string) (workflow.Thread, error) {
	return call(w.core, func(ctx context.Context, e *engine.Engine) (workflow.Thread, error) { return e.Thread(ctx, runID) })
}

// StartOver takes the answer of a restart into the document that its thread was made
// from, and ends the thread.
func (w *Work) StartOver(runID string) (workflow.Version, error) {
	return call(w.core, func(ctx context.Context, e *engine.Engine) (workflow.Version, error) { return e.StartOver(ctx, runID) })
}

// MarkStep makes a step of the plan done, skipped (with a reason) or open.
func (w *Work) MarkStep(projectID, number, state, reason string) (workflow.StepDetail, error) {
	return call(w.core, func(ctx context.Context, e *engine.Engine) (workflow.StepDetail, error) {
		return e.MarkStep(ctx, projectID, number, state, reason)
	})
}

// Touch says that somebody is at work on a phase, or on a step of it. The page calls
// it every few seconds while that is so; gaps over two minutes are not counted.
func (w *Work) Touch(projectID, phase, step string) (workflow.Effort, error) {
	return call(w.core, func(ctx context.Context, e *engine.Engine) (workflow.Effort, error) {
		return e.Touch(ctx, projectID, phase, step)
	})
}

// Correct sets the time that was worked, in seconds, whatever the timer says.
func (w *Work) Correct(projectID, phase, step string, seconds int) (workflow.EffortRow, error) {
	return call(w.core, func(ctx context.Context, e *engine.Engine) (workflow.EffortRow, error) {
		return e.CorrectEffort(ctx, projectID, phase, step, seconds)
	})
}

// Estimate keeps what is expected, in minutes: with a model and without one.
func (w *Work) Estimate(projectID, phase, step string, with, without int) (workflow.EffortRow, error) {
	return call(w.core, func(ctx context.Context, e *engine.Engine) (workflow.EffortRow, error) {
		return e.EstimateEffort(ctx, projectID, phase, step, with, without)
	})
}

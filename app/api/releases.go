package api

import (
	"context"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// Approve approves the given version of a phase's output for production.
func (r *Releases) Approve(projectID, phase string, version int) (workflow.Gate, error) {
	return call(r.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Approve(ctx, projectID, phase, version)
	})
}

// Promote says that the release is in production: its bake time begins.
func (r *Releases) Promote(projectID, phase string) (workflow.Gate, error) {
	return call(r.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Promote(ctx, projectID, phase)
	})
}

// Healthy marks the figures of what is in production as healthy.
func (r *Releases) Healthy(projectID, phase, note string) (workflow.Gate, error) {
	return call(r.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Healthy(ctx, projectID, phase, note)
	})
}

// Rollback says that a figure has failed: the gate of the release is open again.
func (r *Releases) Rollback(projectID, phase, reason string) (workflow.Gate, error) {
	return call(r.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Rollback(ctx, projectID, phase, reason)
	})
}

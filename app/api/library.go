package api

import (
	"context"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// Library holds workflows and prompts. Texts are fetched from /data/library.
type Library struct{ core *core }

// Workflows lists the workflows a project can follow.
func (l *Library) Workflows() ([]workflow.Workflow, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) ([]workflow.Workflow, error) { return e.Workflows(ctx) })
}

// CopyWorkflow makes a workflow of the user's out of another one; an empty id means that of the other.
func (l *Library) CopyWorkflow(id, as string) (workflow.Workflow, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) (workflow.Workflow, error) {
		return e.CopyWorkflow(ctx, id, as)
	})
}

// Favourite marks a prompt as a favourite, or no longer.
func (l *Library) Favourite(promptID string, on bool) (workflow.PromptCard, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) (workflow.PromptCard, error) {
		return e.Favourite(ctx, promptID, on)
	})
}

// Customise makes a copy of a built-in prompt that takes its place and can be edited.
func (l *Library) Customise(promptID string) (workflow.PromptCard, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) (workflow.PromptCard, error) {
		return e.Customise(ctx, promptID)
	})
}

// Remove takes a prompt of the user's out of the library. Its versions are kept.
func (l *Library) Remove(promptID string) (bool, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) (bool, error) { return true, e.RemovePrompt(ctx, promptID) })
}

// PutBack makes a removed prompt, by its path, a part of the library again.
func (l *Library) PutBack(path string) (workflow.PromptCard, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) (workflow.PromptCard, error) {
		return e.PutBack(ctx, path)
	})
}

// Practice lists the practice prompts with when they are due.
func (l *Library) Practice() ([]workflow.Practice, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) ([]workflow.Practice, error) { return e.Practice(ctx) })
}

// Chain lists what led to a run, the first text first.
func (l *Library) Chain(runID string) ([]workflow.ChainLink, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) ([]workflow.ChainLink, error) { return e.Chain(ctx, runID) })
}

// Batch returns the runs of a prompt for several personas, with their findings merged.
func (l *Library) Batch(batchID string) (workflow.Batch, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) (workflow.Batch, error) { return e.Batch(ctx, batchID) })
}

// KeepBatch makes the merged findings of a batch a document of its project.
func (l *Library) KeepBatch(batchID string) (workflow.Version, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) (workflow.Version, error) {
		return e.KeepBatch(ctx, batchID)
	})
}

// Facts returns what a project says of itself, by the names of its facts.
func (l *Library) Facts(projectID string) (map[string]string, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) (map[string]string, error) { return e.Facts(ctx, projectID) })
}

// SetFact changes one fact of a project; an empty value forgets it.
func (l *Library) SetFact(projectID, name, value string) (map[string]string, error) {
	return call(l.core, func(ctx context.Context, e *engine.Engine) (map[string]string, error) {
		return e.SetFact(ctx, projectID, name, value)
	})
}

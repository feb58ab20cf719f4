package api

import (
	"context"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

type (
	// App tells about this Plumbline itself.
	App struct{ core *core }
	// Projects are the pieces of software on their way. Their list is fetched from /data/projects.
	Projects struct{ core *core }
	// Artifacts are the documents of a project. Their texts are fetched from /data.
	Artifacts struct{ core *core }
	// Runs are executions of prompts. Their texts are fetched from /data.
	Runs struct{ core *core }
	// Candidates are answers that wait to be accepted.
	Candidates struct{ core *core }
	// Gates are the conditions to leave a phase.
	Gates struct{ core *core }
	// Releases are what is approved, brought to production and watched there.
	Releases struct{ core *core }
	// Models are what the providers offer.
	Models struct{ core *core }
	// Settings of this user on this machine.
	Settings struct{ core *core }
	// Events tell what changed.
	Events struct{ core *core }
)

// Info says which Plumbline this is and where its data lives.
func (a *App) Info() (workflow.AppInfo, error) {
	return call(a.core, func(_ context.Context, e *engine.Engine) (workflow.AppInfo, error) { return e.Info(), nil })
}

// Retry opens the data again when it could not be opened, and tells as Info does.
func (a *App) Retry() (workflow.AppInfo, error) {
	a.core.retry()
	return a.Info()
}

// Doctor checks what is installed, reachable and writable.
func (a *App) Doctor() ([]workflow.Check, error) {
	return call(a.core, func(ctx context.Context, e *engine.Engine) ([]workflow.Check, error) { return e.Doctor(ctx) })
}

// Raise asks the window to come to the front.
func (a *App) Raise() (bool, error) {
	return call(a.core, func(_ context.Context, e *engine.Engine) (bool, error) { e.Raise(); return true, nil })
}

// Overview returns a project with the computed state of its phases.
func (p *Projects) Overview(projectID string) (workflow.Overview, error) {
	return call(p.core, func(ctx context.Context, e *engine.Engine) (workflow.Overview, error) {
		return e.Overview(ctx, projectID)
	})
}

// Find takes an id, a slug, or a unique prefix of either.
func (p *Projects) Find(ref string) (workflow.Project, error) {
	return call(p.core, func(ctx context.Context, e *engine.Engine) (workflow.Project, error) { return e.FindProject(ctx, ref) })
}

// Rename changes a project's name; its slug stays.
func (p *Projects) Rename(projectID, name string) (workflow.Project, error) {
	return call(p.core, func(ctx context.Context, e *engine.Engine) (workflow.Project, error) {
		return e.RenameProject(ctx, projectID, name)
	})
}

// Handoff tells which files a project, or a phase of it, becomes in a format, and what
// the format cannot express. With a place they are written there. Their texts are
// fetched from /data.
func (p *Projects) Handoff(projectID, phase, format, to string, over bool) (workflow.Handoff, error) {
	return call(p.core, func(ctx context.Context, e *engine.Engine) (workflow.Handoff, error) {
		made, err := e.Handoff(ctx, projectID, workflow.HandoffAsk{Format: workflow.HandoffFormat(format), Phase: phase, To: to, Over: over})
		for i := range made.Files {
			made.Files[i].Content = ""
		}
		return made, err
	})
}

// Tick sets the mark of the box at a byte offset of the given version. Ticking a claimed box confirms it.
func (a *Artifacts) Tick(projectID, path string, offset, version int, done bool) (workflow.Version, error) {
	return call(a.core, func(ctx context.Context, e *engine.Engine) (workflow.Version, error) {
		return e.Tick(ctx, projectID, path, offset, version, done)
	})
}

// WaiveItem waives the box at a byte offset of the given version.
func (a *Artifacts) WaiveItem(projectID, path string, offset, version int, reason string) (workflow.Version, error) {
	return call(a.core, func(ctx context.Context, e *engine.Engine) (workflow.Version, error) {
		return e.WaiveItem(ctx, projectID, path, offset, version, reason)
	})
}

// Restore makes an old version the current one, as a new version.
func (a *Artifacts) Restore(projectID, path string, version int) (workflow.Restored, error) {
	return call(a.core, func(ctx context.Context, e *engine.Engine) (workflow.Restored, error) {
		return e.Restore(ctx, projectID, path, version)
	})
}

// RestoreSection brings one section of an old version back, by the line of its heading; the rest stays.
func (a *Artifacts) RestoreSection(projectID, path string, version, line int) (workflow.Restored, error) {
	return call(a.core, func(ctx context.Context, e *engine.Engine) (workflow.Restored, error) {
		return e.RestoreSection(ctx, projectID, path, version, line)
	})
}

// StillValid says that a stale document holds all the same.
func (a *Artifacts) StillValid(projectID, path, reason string) (bool, error) {
	return call(a.core, func(ctx context.Context, e *engine.Engine) (bool, error) {
		_, err := e.KeepValid(ctx, projectID, path, reason)
		return err == nil, err
	})
}

// Start queues a run of a phase's prompt; an empty model means the default one.
func (r *Runs) Start(projectID, phase, model string) (workflow.Run, error) {
	return call(r.core, func(ctx context.Context, e *engine.Engine) (workflow.Run, error) {
		return e.StartRun(ctx, projectID, phase, model)
	})
}

// Copy records the prompt as copied and waits for the pasted answer.
func (r *Runs) Copy(projectID, phase string) (workflow.Run, error) {
	return call(r.core, func(ctx context.Context, e *engine.Engine) (workflow.Run, error) {
		return e.CopyRun(ctx, projectID, phase)
	})
}

// Cancel stops a run and keeps what came.
func (r *Runs) Cancel(runID string) (workflow.Run, error) {
	return call(r.core, func(ctx context.Context, e *engine.Engine) (workflow.Run, error) { return e.CancelRun(ctx, runID) })
}

// Continue goes on where an unfinished, stopped or interrupted answer broke off.
func (r *Runs) Continue(runID, model string) (workflow.Run, error) {
	return call(r.core, func(ctx context.Context, e *engine.Engine) (workflow.Run, error) {
		return e.ContinueRun(ctx, runID, model)
	})
}

// Repair asks the model for what the answer lacks of its contract.
func (r *Runs) Repair(runID, model string) (workflow.Run, error) {
	return call(r.core, func(ctx context.Context, e *engine.Engine) (workflow.Run, error) {
		return e.RepairRun(ctx, runID, model)
	})
}

// Discard closes a candidate without taking anything; the run keeps its answer.
func (c *Candidates) Discard(runID string) (workflow.Candidate, error) {
	return call(c.core, func(ctx context.Context, e *engine.Engine) (workflow.Candidate, error) { return e.Discard(ctx, runID) })
}

// Show judges a gate now.
func (g *Gates) Show(projectID, phase string) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Gate(ctx, projectID, phase)
	})
}

// Pass passes an open gate.
func (g *Gates) Pass(projectID, phase string) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Pass(ctx, projectID, phase)
	})
}

// Waive passes a closed gate with a reason.
func (g *Gates) Waive(projectID, phase, reason string) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Waive(ctx, projectID, phase, reason)
	})
}

// Reopen takes a pass back.
func (g *Gates) Reopen(projectID, phase, reason string) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Reopen(ctx, projectID, phase, reason)
	})
}

// Sign signs a version of the phase's output.
func (g *Gates) Sign(projectID, phase string, version int) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Sign(ctx, projectID, phase, version)
	})
}

// Unsign withdraws a sign-off before the gate is passed.
func (g *Gates) Unsign(projectID, phase string) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Unsign(ctx, projectID, phase)
	})
}

// Unfreeze opens a frozen document again and reopens its gate.
func (g *Gates) Unfreeze(projectID, phase, reason string) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Unfreeze(ctx, projectID, phase, reason)
	})
}

// StillValid says that a stale output holds all the same.
func (g *Gates) StillValid(projectID, phase, reason string) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.StillValid(ctx, projectID, phase, reason)
	})
}

// Looked says that a person has looked at the difference between what an audit claims and what it lists.
func (g *Gates) Looked(projectID, phase string, version int) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.Looked(ctx, projectID, phase, version)
	})
}

// OpenForChange opens a frozen document for a change request and reopens its gate.
func (g *Gates) OpenForChange(projectID, phase, request string) (workflow.Gate, error) {
	return call(g.core, func(ctx context.Context, e *engine.Engine) (workflow.Gate, error) {
		return e.OpenForChange(ctx, projectID, phase, request)
	})
}

// Status says whether models can be reached, and which; refresh asks the provider again.
func (m *Models) Status(refresh bool) (workflow.ModelStatus, error) {
	return call(m.core, func(ctx context.Context, e *engine.Engine) (workflow.ModelStatus, error) {
		return e.Models(ctx, refresh)
	})
}

// Show returns the settings.
func (s *Settings) Show() (workflow.Settings, error) {
	return call(s.core, func(ctx context.Context, e *engine.Engine) (workflow.Settings, error) { return e.Settings(ctx) })
}

// Set changes one setting, by its JSON name.
func (s *Settings) Set(key, value string) (workflow.Settings, error) {
	return call(s.core, func(ctx context.Context, e *engine.Engine) (workflow.Settings, error) {
		return e.SetSetting(ctx, key, value)
	})
}

// Since returns the events after a number of an epoch, or says to fetch everything again.
func (v *Events) Since(epoch string, seq int) (workflow.EventBatch, error) {
	return call(v.core, func(_ context.Context, e *engine.Engine) (workflow.EventBatch, error) {
		return e.EventsSince(epoch, uint64(max(seq, 0))), nil
	})
}

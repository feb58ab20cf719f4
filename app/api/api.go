// Package api owns the bound structs: thin doors to the engine, one per noun,
// the same for the window, the browser and the command line.
//
// A method waits until the engine is open, turns a panic into an error, and
// encodes errors as the JSON of workflow.Error. It holds no logic. An engine
// that could not be opened is tried again when the user asks for it.
package api

import (
	"context"
	"encoding/json"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// API is the set of bound structs over one engine.
type API struct {
	App        *App
	Projects   *Projects
	Artifacts  *Artifacts
	Runs       *Runs
	Candidates *Candidates
	Gates      *Gates
	Releases   *Releases
	Work       *Work
	Findings   *Findings
	Models     *Models
	Library    *Library
	Settings   *Settings
	Events     *Events
	Data       *Data

	core *core
}

// core is what all bound structs share.
type core struct {
	ctx context.Context
	opener
}

// New returns an API whose methods wait for Open. ctx bounds every call.
func New(ctx context.Context) *API {
	c := &core{ctx: ctx, opener: opener{now: newOpening()}}
	return &API{
		App: &App{c}, Projects: &Projects{c}, Artifacts: &Artifacts{c}, Runs: &Runs{c},
		Candidates: &Candidates{c}, Gates: &Gates{c}, Releases: &Releases{c}, Work: &Work{c}, Findings: &Findings{c}, Models: &Models{c}, Library: &Library{c},
		Settings: &Settings{c}, Events: &Events{c}, Data: &Data{c}, core: c,
	}
}

// Bound returns the structs to be bound by Wails and reached by /rpc.
func (a *API) Bound() []any {
	bound := []any{a.App, a.Projects, a.Artifacts, a.Runs, a.Candidates, a.Gates, a.Releases, a.Work, a.Findings, a.Models, a.Library, a.Settings, a.Events, a.Data}
	return append(bound, shapes()...)
}

// call runs fn on the engine, and turns panics and errors into encoded errors.
func call[T any](c *core, fn func(context.Context, *engine.Engine) (T, error)) (out T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = Encode(workflow.Panicked(p))
		}
	}()
	e, err := c.engine(c.ctx)
	if err != nil {
		return out, Encode(err)
	}
	if out, err = fn(c.ctx, e); err != nil {
		var zero T
		return zero, Encode(err)
	}
	return out, nil
}

// Encode returns an error whose text is the JSON of the workflow.Error in err:
// Wails hands the front end nothing but the text.
func Encode(err error) error {
	e := workflow.Describe(err)
	text, jsonErr := json.Marshal(e)
	if jsonErr != nil {
		return e
	}
	return encoded{string(text), err}
}

type encoded struct {
	text string
	err  error
}

func (e encoded) Error() string { return e.text }
func (e encoded) Unwrap() error { return e.err }

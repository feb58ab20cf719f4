package server

import (
	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// addWork adds the routes of the plan, the threads, the checks and the time.
func (d data) addWork() {
	d.handle("GET /data/next", func(r request, e *engine.Engine) (any, error) { return e.NextOfAll(r.Context()) })
	d.handle("GET /data/projects/{p}/threads", func(r request, e *engine.Engine) (any, error) {
		return e.Threads(r.Context(), r.project(), r.query("phase"), r.query("step"))
	})
	d.handle("GET /data/projects/{p}/effort", func(r request, e *engine.Engine) (any, error) { return e.Efforts(r.Context(), r.project()) })
	d.handle("GET /data/projects/{p}/checks", func(r request, e *engine.Engine) (any, error) {
		return e.Checks(r.Context(), r.project(), r.query("step"))
	})
	handleBody(d, "POST /data/projects/{p}/checks", func(r request, e *engine.Engine, c workflow.CheckResult) (any, error) {
		return e.Check(r.Context(), r.project(), c)
	})
	handleBody(d, "POST /data/runs/{r}/refine", func(r request, e *engine.Engine, o workflow.Refinement) (any, error) {
		return e.Refine(r.Context(), r.run(), o)
	})
	handleBody(d, "POST /data/runs/{r}/restart", func(r request, e *engine.Engine, o workflow.Restart) (any, error) {
		return e.Restart(r.Context(), r.run(), o)
	})
	d.addSteps()
}

// addSteps adds the routes of the steps of the plan.
func (d data) addSteps() {
	d.handle("GET /data/projects/{p}/plan", func(r request, e *engine.Engine) (any, error) { return e.Plan(r.Context(), r.project()) })
	d.handle("GET /data/projects/{p}/steps/{n}", func(r request, e *engine.Engine) (any, error) {
		return e.Step(r.Context(), r.project(), r.PathValue("n"))
	})
	d.handle("GET /data/projects/{p}/steps/{n}/prompt", func(r request, e *engine.Engine) (any, error) {
		return e.StepPrompt(r.Context(), r.project(), r.PathValue("n"), r.query("model"))
	})
	handleBody(d, "POST /data/projects/{p}/steps", func(r request, e *engine.Engine, o workflow.NewSteps) (any, error) {
		return e.AddSteps(r.Context(), r.project(), o.Findings)
	})
	handleBody(d, "POST /data/projects/{p}/steps/{n}/run", func(r request, e *engine.Engine, o workflow.StepOrder) (any, error) {
		return e.RunStep(r.Context(), r.project(), r.PathValue("n"), o)
	})
}

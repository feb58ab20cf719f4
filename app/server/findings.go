package server

import (
	"net/url"
	"slices"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// addFindings adds the routes of the ledger of findings.
func (d data) addFindings() {
	d.handle("GET /data/projects/{p}/findings", func(r request, e *engine.Engine) (any, error) {
		q, err := r.findings()
		if err != nil {
			return nil, err
		}
		return e.Findings(r.Context(), r.project(), q)
	})
	d.handle("GET /data/projects/{p}/findings/export", func(r request, e *engine.Engine) (any, error) {
		q, err := r.findings()
		if err != nil {
			return nil, err
		}
		return e.ExportFindings(r.Context(), r.project(), workflow.FindingFormat(r.query("format")), q)
	})
	d.handle("GET /data/projects/{p}/findings/{f}", func(r request, e *engine.Engine) (any, error) {
		return e.Finding(r.Context(), r.project(), r.PathValue("f"))
	})
	d.handle("GET /data/projects/{p}/ledger", func(r request, e *engine.Engine) (any, error) {
		return e.Ledger(r.Context(), r.project(), r.query("phase"))
	})
	handleBody(d, "POST /data/projects/{p}/findings/act", func(r request, e *engine.Engine, act workflow.FindingAct) (any, error) {
		return e.ActOnFindings(r.Context(), r.project(), act)
	})
	handleBody(d, "POST /data/projects/{p}/findings/split", func(r request, e *engine.Engine, s workflow.FindingSplit) (any, error) {
		return e.SplitFinding(r.Context(), r.project(), s)
	})
}

// findings reads a query of findings: severity and state may be given several times,
// and “none” is the severity of those that have none.
func (r request) findings() (q workflow.FindingQuery, err error) {
	values := r.URL.Query()
	q = workflow.FindingQuery{Category: values.Get("category"), Phase: values.Get("phase"), Words: values.Get("q"), Doubtful: values.Get("doubtful") == "true"}
	if q.Severities, err = severitiesOf(values); err != nil {
		return q, err
	}
	for _, name := range values["state"] {
		state := workflow.FindingState(name)
		if !slices.Contains(workflow.FindingStates(), state) {
			return q, workflow.Errorf(workflow.Invalid, "“%.40s” is not a state of findings.", name).
				WithHint("Choose open, returned, scheduled, accepted, fixed or duplicate.")
		}
		q.States = append(q.States, state)
	}
	for key, to := range map[string]*int{"round": &q.Round, "offset": &q.Offset, "limit": &q.Limit} {
		if *to, err = r.number(key); err != nil {
			return q, err
		}
	}
	return q, nil
}

func severitiesOf(values url.Values) ([]workflow.Severity, error) {
	var list []workflow.Severity
	for _, name := range values["severity"] {
		severity := workflow.Severity(name)
		if name == "none" {
			severity = ""
		} else if !slices.Contains(workflow.Severities(), severity) {
			return nil, workflow.Errorf(workflow.Invalid, "“%.40s” is not a severity.", name).WithHint("Choose P0, P1, P2, P3 or none.")
		}
		list = append(list, severity)
	}
	return list, nil
}

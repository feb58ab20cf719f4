package server

import (
	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// addHandoffIn adds the routes by which specifications of other tools come in.
func (d data) addHandoffIn() {
	handleBody(d, "POST /data/handoff/preview", func(r request, e *engine.Engine, from workflow.HandoffSource) (any, error) {
		return e.PreviewHandoff(r.Context(), from)
	})
	handleBody(d, "POST /data/handoff/import", func(r request, e *engine.Engine, from workflow.HandoffSource) (any, error) {
		return e.ImportHandoff(r.Context(), from)
	})
}

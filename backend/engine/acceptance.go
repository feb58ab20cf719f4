package engine

import (
	"plumbline/backend/workflow"
)

// reachBuild lays out the checklist of the criteria of the specification when an act
// at a gate has opened the build. What is there already keeps the boxes that are
// worded as before.
func (e *Engine) reachBuild(w *write, pic picture, r workflow.GateRecord) error {
	if r.Action != workflow.ActPass && r.Action != workflow.ActWaive {
		return nil
	}
	build, ok := pic.workflow.BuildPhase()
	criteria := workflow.Criteria(pic.sections[specPath])
	current, open := pic.workflow.Current(append(pic.records[:len(pic.records):len(pic.records)], r))
	if !ok || !open || current.ID != build.ID || len(criteria) == 0 {
		return nil
	}
	body := workflow.Acceptance(criteria)
	v, _, err := w.tx.Head(w.project, workflow.AcceptancePath)
	if err != nil || v.Hash == workflow.Hash(body) {
		return err
	}
	_, err = e.replace(w, v, edition{path: workflow.AcceptancePath, body: body, kind: workflow.VersionCreated, author: plumbline(),
		message: "Lay out the criteria of the specification"})
	return err
}

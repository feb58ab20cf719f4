package engine

import (
	"plumbline/backend/markdown"
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
	v := pic.heads[workflow.AcceptancePath]
	body, err := withMarks(workflow.Acceptance(criteria), pic.items[workflow.AcceptancePath])
	if err != nil || v.Hash == workflow.Hash(body) {
		return err
	}
	_, err = e.replace(w, v, edition{path: workflow.AcceptancePath, body: body, kind: workflow.VersionCreated, author: plumbline(),
		message: "Lay out the criteria of the specification"})
	return err
}

// withMarks marks the boxes of a text that are marked in an older one.
func withMarks(body string, older []workflow.Item) (string, error) {
	marked := map[string]bool{}
	for _, it := range older {
		marked[it.Text] = it.Marked
	}
	for _, it := range markdown.Items(body) { // a mark is one byte: it moves no other
		if !marked[it.Text] {
			continue
		}
		var err error
		if body, err = markdown.SetMark(body, it.Offset, true); err != nil {
			return body, err
		}
	}
	return body, nil
}

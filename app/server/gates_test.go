package server

import (
	"testing"

	"plumbline/backend/workflow"
)

func TestProofAndStalenessOverData(t *testing.T) {
	e, a := openEngine(t)
	h := DataHandler(a)
	p, err := e.CreateProject(t.Context(), workflow.NewProject{Name: "Tides", Idea: "A tide table."})
	if err != nil {
		t.Fatal(err)
	}
	path := "/data/projects/" + p.ID
	var doc workflow.Document
	exchange(t, h, "GET", path+"/document?path=checklists/preflight.md", nil, 200, &doc)
	proof := workflow.Proof{Path: "checklists/preflight.md", Offset: doc.Items[0].Offset, Version: 1,
		Evidence: workflow.Evidence{Kind: workflow.EvidenceSentence, Text: "Agreed.", Inputs: []workflow.Input{{Path: "idea.md"}}}}
	var v workflow.Version
	exchange(t, h, "POST", path+"/proof", proof, 200, &v)
	exchange(t, h, "GET", path+"/document?path=checklists/preflight.md", nil, 200, &doc)
	if it := doc.Items[0]; v.Number != 2 || it.State != workflow.ItemDone || it.Tick.Evidence.Inputs[0].Hash == "" {
		t.Errorf("%+v", it)
	}
	exchange(t, h, "POST", path+"/proof", proof, 409, &workflow.Error{})
	var s workflow.Staleness
	exchange(t, h, "GET", path+"/behind?path=idea.md", nil, 200, &s)
	if s.Path != "idea.md" || s.Causes == nil {
		t.Errorf("%+v", s)
	}
	exchange(t, h, "GET", path+"/behind?path=nothing.md", nil, 404, &workflow.Error{})
}

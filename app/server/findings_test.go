package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

func TestFindingsTravelOverData(t *testing.T) {
	_, a := openEngine(t)
	h := DataHandler(a)
	var p workflow.Project
	exchange(t, h, "POST", "/data/projects", workflow.NewProject{Name: "Shop", Idea: "Sell things."}, 200, &p)
	at := "/data/projects/" + p.ID
	var list workflow.FindingList
	exchange(t, h, "GET", at+"/findings", nil, 200, &list)
	if list.Findings == nil || list.Total != 0 {
		t.Errorf("at first there are %+v", list)
	}
	var v workflow.Version
	exchange(t, h, "PUT", at+"/document", workflow.SaveDocument{Path: "request.md",
		Body: "# Issues\n\n## Findings\n- [ ] P1: Secrets are logged\n- [ ] P3: No licence\n- [ ] Odd name of a file\n"}, 200, &v)
	if _, err := a.Findings.File(p.ID, "request.md"); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		"": 3, "?severity=P1": 1, "?severity=P1&severity=none": 2, "?state=fixed": 0, "?q=licence": 1, "?limit=1&offset=1": 1, "?phase=request&round=1": 3, "?doubtful=true": 0,
	} {
		exchange(t, h, "GET", at+"/findings"+query, nil, 200, &list)
		if len(list.Findings) != want || list.Summary.Total != 3 {
			t.Errorf("%s gives %d findings, %+v", query, len(list.Findings), list.Summary)
		}
	}
	var e workflow.Error
	for _, query := range []string{"?severity=P9", "?state=gone", "?limit=some"} {
		if exchange(t, h, "GET", at+"/findings"+query, nil, http.StatusBadRequest, &e); e.Code != workflow.Invalid {
			t.Errorf("%s: %+v", query, e)
		}
	}
	var changed []workflow.Finding
	exchange(t, h, "POST", at+"/findings/act", workflow.FindingAct{Verb: workflow.VerbFix, IDs: []string{"F-001", "F-002"}}, 200, &changed)
	exchange(t, h, "POST", at+"/findings/split", workflow.FindingSplit{ID: "F-003", Title: "Another thing"}, 200, &changed)
	if len(changed) != 2 || changed[1].Number != "F-004" {
		t.Errorf("split into %+v", changed)
	}
	var d workflow.FindingDetail
	exchange(t, h, "GET", at+"/findings/F-001", nil, 200, &d)
	if d.Finding.State != workflow.FindingFixed || d.Duplicates == nil {
		t.Errorf("the finding is %+v", d)
	}
	var l workflow.Ledger
	exchange(t, h, "GET", at+"/ledger?phase=request", nil, 200, &l)
	if len(l.Curve.Rounds) != 1 || len(l.Filings) != 1 || l.Categories == nil {
		t.Errorf("the ledger is %+v", l)
	}
	var x workflow.FindingExport
	exchange(t, h, "GET", at+"/findings/export?format=csv&severity=P1", nil, 200, &x)
	if !strings.Contains(x.Text, "F-001") || strings.Contains(x.Text, "F-002") {
		t.Errorf("the export is %q", x.Text)
	}
	exchange(t, h, "GET", at+"/findings/F-099", nil, http.StatusNotFound, &e)
}

func TestFindingsAreSettledOneByOne(t *testing.T) {
	_, a := openEngine(t)
	h := DataHandler(a)
	var p workflow.Project
	exchange(t, h, "POST", "/data/projects", workflow.NewProject{Name: "Shop", Idea: "Sell things."}, 200, &p)
	var v workflow.Version
	exchange(t, h, "PUT", "/data/projects/"+p.ID+"/document", workflow.SaveDocument{Path: "request.md",
		Body: "# Issues\n\n## Findings\n- [ ] P1: Secrets are logged\n- [ ] P3: No licence\n"}, 200, &v)
	if _, err := a.Findings.File(p.ID, "request.md"); err != nil {
		t.Fatal(err)
	}
	at := "/data/projects/" + p.ID + "/findings/act"
	for _, tt := range []struct {
		id   string
		act  workflow.FindingAct
		want workflow.FindingState
	}{
		{"F-001", workflow.FindingAct{Verb: workflow.VerbFix, Commit: "1a2b3c"}, workflow.FindingFixed},
		{"F-001", workflow.FindingAct{Verb: workflow.VerbReopen}, workflow.FindingOpen},
		{"F-002", workflow.FindingAct{Verb: workflow.VerbSchedule, Date: "2999-01-01"}, workflow.FindingScheduled},
		{"F-001", workflow.FindingAct{Verb: workflow.VerbAccept, Reason: "Only we can reach it until March."}, workflow.FindingAccepted},
		{"F-001", workflow.FindingAct{Verb: workflow.VerbJudge, Severity: workflow.P0}, workflow.FindingAccepted},
		{"F-002", workflow.FindingAct{Verb: workflow.VerbMerge, Into: "F-001"}, workflow.FindingDuplicate},
	} {
		tt.act.IDs = []string{tt.id}
		var settled []workflow.Finding
		exchange(t, h, "POST", at, tt.act, 200, &settled)
		if !slices.ContainsFunc(settled, func(f workflow.Finding) bool { return f.Number == tt.id && f.State == tt.want }) {
			t.Errorf("after %s they are %+v, want %s %s", tt.act.Verb, settled, tt.id, tt.want)
		}
	}
	var e workflow.Error
	exchange(t, h, "POST", at, workflow.FindingAct{IDs: []string{"F-001"}, Verb: workflow.VerbDistinct}, http.StatusConflict, &e)
}

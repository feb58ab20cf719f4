package server

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"plumbline/app/api"
	"plumbline/backend/workflow"
)

// exchange sends body as JSON, wants a status and reads the answer into out.
func exchange(t *testing.T, h http.Handler, method, path string, body any, status int, out any) {
	t.Helper()
	var text bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&text).Encode(body); err != nil {
			t.Fatal(err)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, &text))
	if w.Code != status {
		t.Fatalf("%s %s answers %d %s, want %d", method, path, w.Code, w.Body, status)
	}
	for header, want := range map[string]string{
		"Content-Type": "application/json", "X-Content-Type-Options": "nosniff", "Cache-Control": "no-store",
	} {
		if got := w.Header().Get(header); got != want {
			t.Errorf("%s %s has %s %q, want %q", method, path, header, got, want)
		}
	}
	if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
}

func TestDocumentsTravelOverData(t *testing.T) {
	_, a := openEngine(t)
	h := DataHandler(a)
	var none []workflow.Overview
	exchange(t, h, "GET", "/data/projects", nil, 200, &none)
	if none == nil || len(none) != 0 {
		t.Errorf("projects at first: %v", none)
	}
	var p workflow.Project
	exchange(t, h, "POST", "/data/projects", workflow.NewProject{Name: "Shop", Idea: "Sell things."}, 200, &p)
	at := "/data/projects/" + p.ID

	var doc workflow.Document
	exchange(t, h, "GET", at+"/document?path=request.md", nil, 200, &doc)
	if doc.Version.Number != 0 {
		t.Errorf("nothing written yet is version %d", doc.Version.Number)
	}
	var v workflow.Version
	exchange(t, h, "PUT", at+"/document", workflow.SaveDocument{Path: "request.md", Body: "# Shop\n\n<b>&</b>\n"}, 200, &v)
	exchange(t, h, "GET", at+"/document?path=request.md&version=1", nil, 200, &doc)
	if doc.Markdown != "# Shop\n\n<b>&</b>\n" || !strings.Contains(doc.HTML, "<h1") || strings.Contains(doc.HTML, "<b>") {
		t.Errorf("document %q, %q", doc.Markdown, doc.HTML)
	}
	var log workflow.Log
	exchange(t, h, "GET", at+"/log?path=request.md&lines=5", nil, 200, &log)
	if len(log.Lines) != 1 || log.Lines[0].Versions[0].Hash != v.Hash {
		t.Errorf("log %+v", log)
	}
	var diff workflow.VersionDiff
	exchange(t, h, "GET", at+"/diff?path=request.md&from=0&to=1", nil, 200, &diff)
	if diff.Diff.Added == 0 {
		t.Errorf("diff %+v", diff)
	}
	var artifacts []workflow.Artifact
	exchange(t, h, "GET", at+"/artifacts", nil, 200, &artifacts)
	if len(artifacts) == 0 {
		t.Error("no artifacts")
	}
}

func TestDraftsTravelOverData(t *testing.T) {
	_, a := openEngine(t)
	h := DataHandler(a)
	var p workflow.Project
	exchange(t, h, "POST", "/data/projects", workflow.NewProject{Name: "Shop", Idea: "Sell things."}, 200, &p)
	at := "/data/projects/" + p.ID + "/draft?path=" + url.QueryEscape("request.md")

	var d workflow.Draft
	exchange(t, h, "GET", at, nil, 200, &d)
	if d.Base != -1 || d.Body != "" || d.ProjectID != p.ID || d.Path != "request.md" {
		t.Errorf("no draft is %+v", d)
	}
	exchange(t, h, "PUT", at, workflow.Draft{ProjectID: "another", Path: "other.md", Body: "typed"}, 200, &d)
	exchange(t, h, "GET", at, nil, 200, &d)
	if d.Body != "typed" || d.ProjectID != p.ID || d.Path != "request.md" {
		t.Errorf("draft %+v", d)
	}
	exchange(t, h, "DELETE", at, nil, 200, &struct{}{})
	exchange(t, h, "GET", at, nil, 200, &d)
	if d.Base != -1 {
		t.Errorf("after deleting: %+v", d)
	}
}

func TestPromptsAndRunsTravelOverData(t *testing.T) {
	e, a := openEngine(t)
	h := DataHandler(a)
	var p workflow.Project
	exchange(t, h, "POST", "/data/projects", workflow.NewProject{Name: "Shop", Idea: "Sell things."}, 200, &p)
	at := "/data/projects/" + p.ID

	var prompt workflow.PromptText
	exchange(t, h, "GET", at+"/prompt?phase=request", nil, 200, &prompt)
	if !strings.Contains(prompt.Text, "Sell things.") {
		t.Errorf("the prompt lacks the idea:\n%s", prompt.Text)
	}
	name := prompt.Prompt.Variables[0].Variable.Name
	exchange(t, h, "PUT", at+"/variables?phase=request", map[string]string{name: "filled by hand"}, 200, &prompt)
	if !strings.Contains(prompt.Text, "filled by hand") {
		t.Errorf("the prompt lacks the value of %s", name)
	}
	run, err := e.CopyRun(t.Context(), p.ID, "request")
	if err != nil {
		t.Fatal(err)
	}
	answer := workflow.PastedAnswer{Text: "# Shop\n\nAn answer.\n", Anyway: true}
	exchange(t, h, "POST", "/data/runs/"+run.ID+"/answer", answer, 200, &run)
	if run.State != workflow.RunSucceeded {
		t.Fatalf("the run is %s", run.State)
	}
	var detail workflow.RunDetail
	exchange(t, h, "GET", "/data/runs/"+run.ID, nil, 200, &detail)
	var blocks workflow.RunBlocks
	exchange(t, h, "GET", "/data/runs/"+run.ID+"/blocks?from=0", nil, 200, &blocks)
	if !strings.Contains(detail.Answer, "An answer.") || !strings.Contains(blocks.HTML, "An answer.") {
		t.Errorf("answer %q, html %q", detail.Answer, blocks.HTML)
	}
	var review workflow.CandidateReview
	exchange(t, h, "GET", "/data/runs/"+run.ID+"/review", nil, 200, &review)
	var v workflow.Version
	exchange(t, h, "POST", "/data/runs/"+run.ID+"/accept", workflow.AcceptCandidate{All: true}, 200, &v)
	var runs []workflow.Run
	exchange(t, h, "GET", at+"/runs?phase=request", nil, 200, &runs)
	var records []workflow.GateRecord
	exchange(t, h, "GET", at+"/records", nil, 200, &records)
	if v.Number != 1 || len(runs) != 1 || records == nil {
		t.Errorf("version %d, %d runs, records %v", v.Number, len(runs), records)
	}
}

func TestDataErrorsHaveTheStatusOfTheirCode(t *testing.T) {
	_, a := openEngine(t)
	h := New(a, Options{})
	for name, c := range map[string]struct {
		method, path string
		body         any
		status       int
		code         workflow.Code
	}{
		"unknown project":  {"GET", "/data/projects/nobody/artifacts", nil, 404, workflow.NotFound},
		"unknown run":      {"GET", "/data/runs/nobody", nil, 404, workflow.NotFound},
		"unknown route":    {"GET", "/data/nothing", nil, 404, workflow.NotFound},
		"wrong method":     {"DELETE", "/data/projects", nil, 404, workflow.NotFound},
		"no number":        {"GET", "/data/runs/r/blocks?from=two", nil, 400, workflow.Invalid},
		"negative version": {"GET", "/data/projects/p/document?path=a.md&version=-1", nil, 400, workflow.Invalid},
		"wrong body":       {"POST", "/data/projects", "a text", 400, workflow.Invalid},
		"too large":        {"POST", "/data/render", strings.Repeat("x", MaxBody), 413, workflow.Limit},
	} {
		t.Run(name, func(t *testing.T) {
			var e workflow.Error
			exchange(t, h, c.method, c.path, c.body, c.status, &e)
			if e.Code != c.code || e.Message == "" {
				t.Errorf("error %+v, want %s", e, c.code)
			}
		})
	}
}

func TestDataTellsWhyTheEngineIsNotOpen(t *testing.T) {
	a := api.New(t.Context())
	a.Open(nil, workflow.Errorf(workflow.Unavailable, "The disk is full."))
	var e workflow.Error
	exchange(t, DataHandler(a), "GET", "/data/projects", nil, 503, &e)
	if e.Message != "The disk is full." {
		t.Errorf("error %+v", e)
	}
}

func TestRenderNeedsNoEngine(t *testing.T) {
	var out struct{ HTML string }
	body := map[string]string{"markdown": "*a* <script>alert(1)</script>"}
	exchange(t, DataHandler(api.New(t.Context())), "POST", "/data/render", body, 200, &out)
	if !strings.Contains(out.HTML, "<em>a</em>") || strings.Contains(out.HTML, "<script") {
		t.Errorf("html %q", out.HTML)
	}
}

func TestEveryCodeHasAStatus(t *testing.T) {
	for code, want := range map[workflow.Code]int{
		workflow.Invalid: 400, workflow.Unauthorized: 401, workflow.NotFound: 404, workflow.Conflict: 409,
		workflow.Closed: 409, workflow.Limit: 413, workflow.Canceled: 499, workflow.Unavailable: 503, workflow.Internal: 500,
	} {
		if got := StatusOf(code); got != want {
			t.Errorf("StatusOf(%s) = %d, want %d", code, got, want)
		}
	}
}

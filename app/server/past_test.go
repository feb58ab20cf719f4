package server

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"plumbline/backend/workflow"
)

func TestThePastTravelsOverData(t *testing.T) {
	_, a := openEngine(t)
	h := DataHandler(a)
	var p workflow.Project
	exchange(t, h, "POST", "/data/projects", workflow.NewProject{Name: "Shop", Idea: "Sell things."}, 200, &p)
	at := "/data/projects/" + p.ID
	var v workflow.Version
	exchange(t, h, "PUT", at+"/document", workflow.SaveDocument{Path: "request.md", Body: "# Shop\n\n## Times\n\nAlways open.\n"}, 200, &v)
	exchange(t, h, "PUT", at+"/document", workflow.SaveDocument{Path: "request.md", Base: 1, Body: "# Shop\n"}, 200, &v)

	var blame workflow.Blame
	exchange(t, h, "GET", at+"/blame?path=request.md&version=1", nil, 200, &blame)
	if len(blame.Passages) != 3 || blame.Origins[blame.Passages[2].Origin].Version.Number != 1 {
		t.Errorf("blame %+v", blame)
	}
	var headings []workflow.Heading
	exchange(t, h, "GET", at+"/headings?path=request.md&version=1", nil, 200, &headings)
	if len(headings) != 2 || headings[1] != (workflow.Heading{Title: "Times", Level: 2, Line: 3}) {
		t.Errorf("headings %+v", headings)
	}
	var moments []workflow.Moment
	exchange(t, h, "GET", at+"/moments", nil, 200, &moments)
	var past workflow.ProjectAt
	exchange(t, h, "GET", at+"/at?time="+url.QueryEscape(moments[0].At.Format(time.RFC3339Nano)), nil, 200, &past)
	if past.Moment != moments[0] || past.Current != "request" {
		t.Errorf("past %+v", past)
	}
	var e workflow.Error
	exchange(t, h, "GET", at+"/at?time=noon", nil, 400, &e)
	if e.Hint == "" {
		t.Errorf("error %+v", e)
	}
}

func TestASearchIsLinesOfJSON(t *testing.T) {
	_, a := openEngine(t)
	h := DataHandler(a)
	var p workflow.Project
	exchange(t, h, "POST", "/data/projects", workflow.NewProject{Name: "Shop", Idea: "Sell things."}, 200, &p)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/data/projects/"+p.ID+"/search?words=sell", nil))
	lines := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	var last workflow.SearchUpdate
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || last.Result == nil || len(last.Result.Hits) != 1 {
		t.Errorf("search: %v %s", err, w.Body)
	}
	if kind := w.Header().Get("Content-Type"); kind != "application/x-ndjson" {
		t.Errorf("type %q", kind)
	}
	var e workflow.Error
	exchange(t, h, "GET", "/data/projects/"+p.ID+"/search?words=", nil, 400, &e)
	if e.Code != workflow.Invalid || e.Hint == "" {
		t.Errorf("error %+v", e)
	}
}

func TestASearchThatTakesLongTellsItsProgress(t *testing.T) {
	w := httptest.NewRecorder()
	out := updates{lines: lines{w: w}, next: time.Now().Add(time.Hour)}
	hit := func(path string) []workflow.SearchHit { return []workflow.SearchHit{{Path: path}} }
	out.progress(workflow.SearchProgress{Done: 1, Total: 3, Hits: hit("a.md")})
	if w.Body.Len() > 0 {
		t.Errorf("told too early: %s", w.Body)
	}
	out.next = time.Time{}
	out.progress(workflow.SearchProgress{Done: 2, Total: 3, Hits: hit("b.md")})
	out.fail(workflow.Errorf(workflow.Canceled, "Stopped."))
	lines := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	var first, last workflow.SearchUpdate
	if len(lines) != 2 || json.Unmarshal([]byte(lines[0]), &first) != nil || json.Unmarshal([]byte(lines[1]), &last) != nil {
		t.Fatalf("lines: %q", lines)
	}
	if first.Progress == nil || first.Progress.Done != 2 || len(first.Progress.Hits) != 2 || last.Error == nil || last.Error.Code != workflow.Canceled {
		t.Errorf("%+v, %+v", first.Progress, last)
	}
}

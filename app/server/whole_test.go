package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// fetch sends a body as it is and returns the answer, whose status must be as wanted.
func fetch(t *testing.T, h http.Handler, method, path string, body io.Reader, status int) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, body))
	if w.Code != status {
		t.Fatalf("%s %s answers %d %s, want %d", method, path, w.Code, w.Body, status)
	}
	return w
}

// errorIn reads the error of an answer.
func errorIn(t *testing.T, w *httptest.ResponseRecorder) workflow.Error {
	t.Helper()
	var e workflow.Error
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	return e
}

// noneLeft fails when a file of a transfer is still in the data folder.
func noneLeft(t *testing.T, dir string) {
	t.Helper()
	if left, err := filepath.Glob(filepath.Join(dir, "transfer-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestAProjectTravelsAsAFile(t *testing.T) {
	e, a := openEngine(t)
	h := DataHandler(a)
	var p workflow.Project
	exchange(t, h, "POST", "/data/projects", workflow.NewProject{Name: "Shop", Idea: "Sell things."}, 200, &p)
	out := fetch(t, h, "GET", "/data/projects/"+p.ID+"/export", nil, 200)
	if kind, name := out.Header().Get("Content-Type"), out.Header().Get("Content-Disposition"); kind != "application/zip" || !strings.HasPrefix(name, "attachment; filename=shop-20") {
		t.Errorf("type %q, disposition %q", kind, name)
	}
	file := out.Body.Bytes()

	again := fetch(t, h, "POST", "/data/import?file=shop.zip", bytes.NewReader(file), 409)
	if told := errorIn(t, again); told.Code != workflow.Conflict || !strings.Contains(told.Message, "is here already") {
		t.Errorf("the same again: %+v", told)
	}
	var copied workflow.Project
	beside := fetch(t, h, "POST", "/data/import?file=shop.zip&name="+url.QueryEscape("Shop, as of today"), bytes.NewReader(file), 200)
	if err := json.Unmarshal(beside.Body.Bytes(), &copied); err != nil || copied.Name != "Shop, as of today" || copied.ID == p.ID {
		t.Errorf("beside it: %v %+v", err, copied)
	}

	other, b := openEngine(t)
	var there workflow.Project
	moved := fetch(t, DataHandler(b), "POST", "/data/import?file=shop.zip", bytes.NewReader(file), 200)
	if err := json.Unmarshal(moved.Body.Bytes(), &there); err != nil || there.ID != p.ID || there.Name != "Shop" {
		t.Errorf("elsewhere: %v %+v", err, there)
	}
	noneLeft(t, e.Info().DataDir)
	noneLeft(t, other.Info().DataDir)
}

func TestAFileThatIsNoProjectIsCalledByItsName(t *testing.T) {
	e, a := openEngine(t)
	h := DataHandler(a)
	for target, name := range map[string]string{"/data/import?file=holiday.jpg": "holiday.jpg", "/data/import": "The file"} {
		told := errorIn(t, fetch(t, h, "POST", target, strings.NewReader("no archive"), 400))
		if !strings.HasPrefix(told.Message, name+" ") || strings.Contains(told.Message, e.Info().DataDir) || told.Hint == "" {
			t.Errorf("%s: %+v", target, told)
		}
	}
	noneLeft(t, e.Info().DataDir)
}

// torn is a body whose sender goes away.
type torn struct{}

func (torn) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestAnImportThatBreaksOffLeavesNothing(t *testing.T) {
	e, a := openEngine(t)
	told := errorIn(t, fetch(t, DataHandler(a), "POST", "/data/import", torn{}, 400))
	if !strings.Contains(told.Message, "broke off") {
		t.Errorf("%+v", told)
	}
	noneLeft(t, e.Info().DataDir)
}

func TestAnImportIsLimited(t *testing.T) {
	path := filepath.Join(t.TempDir(), "project.zip")
	body := http.MaxBytesReader(httptest.NewRecorder(), io.NopCloser(strings.NewReader("0123456789")), 4)
	if err := keep(body, path); workflow.CodeOf(err) != workflow.Limit {
		t.Errorf("keep = %v", err)
	}
}

func TestWhatACrashLeftOfATransferIsSwept(t *testing.T) {
	e, a := openEngine(t)
	left := filepath.Join(e.Info().DataDir, "transfer-1.tmp")
	if err := os.Mkdir(left, 0o700); err != nil {
		t.Fatal(err)
	}
	fetch(t, DataHandler(a), "POST", "/data/import", strings.NewReader("no archive"), 400)
	noneLeft(t, e.Info().DataDir)
}

func TestExportOfAnUnknownProject(t *testing.T) {
	_, a := openEngine(t)
	if told := errorIn(t, fetch(t, DataHandler(a), "GET", "/data/projects/nobody/export", nil, 404)); told.Code != workflow.NotFound {
		t.Errorf("%+v", told)
	}
}

func TestVerifyTellsItsProgressThenTheChecks(t *testing.T) {
	_, a := openEngine(t)
	h := DataHandler(a)
	var p workflow.Project
	exchange(t, h, "POST", "/data/projects", workflow.NewProject{Name: "Shop", Idea: "Sell things."}, 200, &p)
	w := fetch(t, h, "GET", "/data/verify?deep=true", nil, 200)
	var told []workflow.VerifyUpdate
	for line := range strings.Lines(w.Body.String()) {
		var u workflow.VerifyUpdate
		if err := json.Unmarshal([]byte(line), &u); err != nil {
			t.Fatal(err)
		}
		told = append(told, u)
	}
	if len(told) != 3 || *told[0].Progress != (workflow.VerifyProgress{Total: 2, Title: "Database"}) ||
		*told[1].Progress != (workflow.VerifyProgress{Done: 1, Total: 2, Title: "History of Shop"}) {
		t.Fatalf("told %s", w.Body)
	}
	if checks := told[2].Checks; len(checks) != 2 || checks[0].State != "ok" || checks[1].Message != "Every commit, folder and text in it is whole." {
		t.Errorf("checks %+v", checks)
	}
}

package markdown

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"plumbline/backend/workflow"
)

// filedTwice reads a text twice and files it each time; the second time must change
// nothing. It returns the findings.
func filedTwice(t *testing.T, text string) []workflow.Finding {
	t.Helper()
	ids := 0
	id := func() string { ids++; return fmt.Sprint(ids) }
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	filing := workflow.Filing{ID: "audit", Path: "audit.md", LookedAt: at, At: at}
	first := workflow.FileAudit(nil, filing, Findings(text), "", workflow.Author{}, id)
	again := workflow.FileAudit(first.Changed, filing, Findings(text), "", workflow.Author{}, id)
	if len(again.Changed) > 0 || !reflect.DeepEqual(again.Filing, first.Filing) {
		t.Errorf("filed again, it changes %+v\n%+v\n%+v", again.Changed, first.Filing, again.Filing)
	}
	later := filing
	later.ID = "later"
	if next := workflow.FileAudit(first.Changed, later, Findings(text), "", workflow.Author{}, id); len(next.Changed) != len(first.Changed) {
		t.Errorf("the next audit says the same: %d findings became %d", len(first.Changed), len(next.Changed))
	}
	return first.Changed
}

func TestFilingIsStableUnderReading(t *testing.T) {
	files, err := filepath.Glob("testdata/findings/*.md")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d texts, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found := filedTwice(t, string(text))
		plain := strings.ReplaceAll(strings.TrimPrefix(string(text), "\ufeff"), "\r\n", "\n")
		shifted := filedTwice(t, "# Before\n\nSome words.\n\n"+strings.ReplaceAll(plain, "\n", "\r\n"))
		if len(found) != len(shifted) {
			t.Errorf("%s: %d findings, and %d with other ends of lines", file, len(found), len(shifted))
		}
	}
}

// FuzzFiling files whatever comes, twice.
func FuzzFiling(f *testing.F) {
	files, err := filepath.Glob("testdata/findings/*.md")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add("- [ ] P1: Eins\n- [ ] P1: eins!\n- [ ] ???\n- [ ] P0: ???\n")
	f.Fuzz(func(t *testing.T, text string) { filedTwice(t, text) })
}

package workflow

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestShapesAreStable pins the JSON of every domain type: it is on people's disks.
// A field may be added; one that changes or goes needs a migration.
func TestShapesAreStable(t *testing.T) {
	shapes := map[string]bool{}
	for _, v := range []any{
		AcceptCandidate{},
		AppInfo{},
		Artifact{},
		Batch{},
		Blame{},
		CandidateReview{},
		Candidate{},
		ChainLink{},
		CheckedPlan{},
		ChecklistRead{},
		Check{},
		Commit{},
		ContractRead{},
		Contract{},
		Document{},
		Draft{},
		EffortRow{},
		Error{},
		EventBatch{},
		Event{},
		Exported{},
		Filing{},
		FilledPrompt{},
		FindingAct{},
		FindingDetail{},
		FindingList{},
		FindingQuery{},
		FindingSplit{},
		FindingsRead{},
		Finding{},
		GateRecord{},
		Gate{},
		HandoffAsk{},
		Handoff{},
		HandoffPreview{},
		HandoffSource{},
		Heading{},
		ImportPreview{},
		Item{},
		Ledger{},
		Log{},
		ModelStatus{},
		Moment{},
		NewProject{},
		NewSteps{},
		NextPrompt{},
		Overview{},
		OwnChecklist{},
		OwnerInfo{},
		Pack{},
		PastedAnswer{},
		Persona{},
		PlanProblem{},
		PlanRead{},
		PlanView{},
		Practice{},
		ProjectAt{},
		Project{},
		PromptDetail{},
		PromptHit{},
		PromptOrder{},
		PromptText{},
		Proof{},
		Published{},
		Refinement{},
		RequestRead{},
		Restart{},
		Restored{},
		RoundStatus{},
		RunBlocks{},
		RunDetail{},
		Run{},
		SaveDocument{},
		SearchUpdate{},
		Section{},
		Settings{},
		Shelf{},
		Staleness{},
		StepDetail{},
		StepOrder{},
		Thread{},
		ToDo{},
		Upgrade{},
		VerifyUpdate{},
		VersionDiff{},
		Version{},
		Workflow{},
	} {
		shapeOf(reflect.TypeOf(v), shapes)
	}
	lines := make([]string, 0, len(shapes))
	for line := range shapes {
		lines = append(lines, line)
	}
	sort.Strings(lines)
	got := strings.Join(lines, "\n") + "\n"
	golden := filepath.Join("testdata", "shapes.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the JSON of the domain has changed; if that is meant, run with -update\n%s", got)
	}
}

// shapeOf notes a line for each field of a struct type, and of those below it.
func shapeOf(t reflect.Type, into map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		shapeOf(t.Elem(), into)
		return
	case reflect.Map:
		shapeOf(t.Elem(), into)
		return
	case reflect.Struct:
	default:
		return
	}
	if t == reflect.TypeFor[time.Time]() {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name := strings.Split(f.Tag.Get("json"), ",")[0]
		if name == "-" {
			continue
		}
		line := fmt.Sprintf("%s.%s %s", t.Name(), name, strings.ReplaceAll(f.Type.String(), "workflow.", ""))
		if into[line] {
			return
		}
		into[line] = true
		shapeOf(f.Type, into)
	}
}

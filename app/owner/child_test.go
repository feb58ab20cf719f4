package owner

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"plumbline/backend/engine"
	"plumbline/backend/workflow"
)

// childEnv tells the test binary to be the program that reads a database.
const childEnv = "PLUMBLINE_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(childEnv) {
	case "sound":
		fmt.Println(`{}`)
		os.Exit(0)
	case "damaged":
		fmt.Fprintln(os.Stderr, `{"code":"invalid","message":"The database is damaged: page 3.","hint":"Repair it."}`)
		os.Exit(1)
	case "crash":
		var nothing *int
		fmt.Println(*nothing)
	case "saved":
		fmt.Println(`{"lost":[{"bucket":"draft","key":"P/spec.md","reason":"gone"}],"more":2}`)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestADatabaseIsExaminedInAProcessOfItsOwn(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	opt := Careful(engine.Options{}, program)
	for what, want := range map[string]string{"sound": "", "damaged": "page 3", "crash": "ended the program"} {
		t.Setenv(childEnv, what)
		err := opt.Examine(t.Context(), "/data/plumbline.db")
		if want == "" && err != nil || want != "" && (workflow.CodeOf(err) != workflow.Invalid || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	t.Setenv(childEnv, "saved")
	saved, err := opt.Salvage(t.Context(), "a", "b")
	if err != nil || len(saved.Lost) != 1 || saved.Lost[0].Key != "P/spec.md" || saved.More != 2 {
		t.Errorf("saved %+v, %v", saved, err)
	}
	if err := Careful(engine.Options{}, "/no/such/program").Examine(t.Context(), "x"); err == nil || workflow.CodeOf(err) == workflow.Invalid {
		t.Errorf("a program that cannot be started says nothing of the database: %v", err)
	}
}

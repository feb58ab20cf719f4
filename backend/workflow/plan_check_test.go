package workflow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// planOf makes a plan of “number: what it depends on” lines.
func planOf(lines ...string) PlanRead {
	var r PlanRead
	for _, line := range lines {
		number, depends, _ := strings.Cut(line, ":")
		r.Steps = append(r.Steps, Step{Number: number, Title: "part " + number, Depends: strings.Fields(depends)})
	}
	return r
}

func TestCheckPlan(t *testing.T) {
	for _, tt := range []struct {
		name string
		plan PlanRead
		want []string
	}{
		{"a plan in order", planOf("1:", "2: 1", "T3: 1 2", "4.1: T3"), nil},
		{"no steps", PlanRead{}, []string{"The plan has no steps."}},
		{"what is missing", planOf("1: 7", "2: 1"), []string{"Step 1 depends on step 7, which is not in the plan."}},
		{"what comes later", planOf("1: 2", "2:"), []string{"Step 1 depends on step 2, which comes later."}},
		{"itself", planOf("1:", "2: 2"), []string{"Step 2 depends on itself."}},
		{
			"a circle is told once", planOf("1: 3", "2: 1", "3: 2", "4: 3"),
			[]string{"Steps 1, 2 and 3 depend on one another in a circle."},
		},
		{
			"two circles", planOf("1: 2", "2: 1", "3: 4", "4: 3 1"),
			[]string{"Steps 1 and 2 depend on one another in a circle.", "Steps 3 and 4 depend on one another in a circle."},
		},
		{"two of one number", planOf("1:", "1:", "2: 1"), []string{"Two steps have the number 1: “part 1” and “part 1”."}},
		{"a part left out", PlanRead{Steps: planOf("1:").Steps, Elided: true}, []string{"The plan leaves steps out and says so. Ask for the whole plan."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range CheckPlan(tt.plan, StepFiles) {
				got = append(got, p.Text)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("problems %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCheckPlanLimitsFiles(t *testing.T) {
	plan := planOf("1:", "2:")
	for i := range 21 {
		plan.Steps[1].Files = append(plan.Steps[1].Files, fmt.Sprintf("f%d.go", i))
	}
	got := CheckPlan(plan, StepFiles)
	if len(got) != 1 || got[0].Kind != PlanFiles || got[0].Text != "Step 2 lists 21 files; at most 20 are allowed. Split it." {
		t.Errorf("problems %+v", got)
	}
	if got := CheckPlan(plan, 21); len(got) != 0 {
		t.Errorf("21 files are too many for a limit of 21: %+v", got)
	}
}

func TestCheckPlanOfALongChain(t *testing.T) {
	lines := []string{"0:"}
	for i := range 20_000 {
		lines = append(lines, fmt.Sprintf("%d: %d", i+1, i))
	}
	if got := CheckPlan(planOf(lines...), StepFiles); len(got) != 0 {
		t.Errorf("problems %+v", got[:1])
	}
}

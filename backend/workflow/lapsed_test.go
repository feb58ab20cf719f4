package workflow

import (
	"strings"
	"testing"
	"time"
)

func TestFindingsLapseWithWhatTheyWerePutOffTo(t *testing.T) {
	read, items := stepsOf("1: done @1", "2: @2")
	v := StandPlan(read, items, nil, StepFiles)
	now := time.Date(2031, 2, 3, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		step, date string
		state      FindingState
		want       bool
	}{
		{"1", "", FindingScheduled, true}, {"01", "", FindingScheduled, true}, {"2", "", FindingScheduled, false}, {"9", "", FindingScheduled, false},
		{"", "2031-02-01", FindingScheduled, true}, {"", "2031-02-02", FindingScheduled, false}, {"", "2031-02-03", FindingScheduled, false},
		{"1", "", FindingFixed, false}, {"2", "2031-02-01", FindingScheduled, true},
	} {
		f := Finding{Number: "F-001", State: c.state, Step: c.step, Date: c.date}
		if got := len(Lapsed([]Finding{f}, v, now)) > 0; got != c.want {
			t.Errorf("%s for step %q or %q has lapsed: %v", c.state, c.step, c.date, got)
		}
	}
}

func TestNothingIsPutOffToWhatNeverComes(t *testing.T) {
	read, items := stepsOf("1: done @1", "2: @2")
	v := StandPlan(read, items, nil, StepFiles)
	now := time.Date(2031, 2, 3, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ step, date, want string }{
		{"2", "", ""}, {"", "2031-02-03", ""}, {"1", "", "Step 1 is done already."}, {"9", "", "There is no step 9 in the plan."},
		{"", "2020-01-01", "2020-01-01 is past."}, {"2", "2020-01-01", "2020-01-01 is past."},
	} {
		err := CheckSchedule(FindingAct{Step: c.step, Date: c.date}, v, now)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("put off to step %q or %q: %v", c.step, c.date, err)
		}
	}
}

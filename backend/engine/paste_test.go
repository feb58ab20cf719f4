package engine

import (
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// TestAnotherCopyTakesThePlaceOfTheFirst: one paste is waited for, that of the
// prompt that was copied last.
func TestAnotherCopyTakesThePlaceOfTheFirst(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	first := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	if err := b.SetVariables(b.ctx, p.ID, "request", map[string]string{"wishes": "large figures"}); err != nil {
		t.Fatal(err)
	}
	second := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	if again := try(b.CopyRun(b.ctx, p.ID, "request"))(t); again.ID != second.ID {
		t.Error("copying the same prompt again goes on with the same run")
	}
	if d := try(b.Run(b.ctx, first.ID))(t); d.Run.State != workflow.RunCanceled {
		t.Errorf("the first copy is %s", d.Run.State)
	}
	if o := try(b.Overview(b.ctx, p.ID))(t); o.Phases[1].RunID != second.ID || !strings.HasPrefix(o.Next, "Paste") {
		t.Errorf("%+v %s", o.Phases[1], o.Next)
	}
	_, err := b.PasteAnswer(b.ctx, first.ID, workflow.PastedAnswer{Text: requestAnswer})
	wantCode(t, err, workflow.Conflict)
	d := b.run(p, "request") // a model is asked as well
	o := try(b.Overview(b.ctx, p.ID))(t)
	if o.Phases[1].RunID != second.ID || o.Phases[1].CandidateID != d.Run.ID || !strings.HasPrefix(o.Next, "Review") {
		t.Errorf("an answer is to be reviewed before another is waited for: %+v %s", o.Phases[1], o.Next)
	}
}

func TestCopiesAtTheSameMomentAreOneRun(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	runs := make(chan workflow.Run)
	for range 4 {
		go func() {
			r, err := b.CopyRun(b.ctx, p.ID, "request")
			if err != nil {
				t.Error(err)
			}
			runs <- r
		}()
	}
	first := <-runs
	for range 3 {
		if r := <-runs; r.ID != first.ID {
			t.Error("two runs wait for the same answer")
		}
	}
}

// TestThinkingAloneIsNeverTaken: there is nothing that a person could overrule.
func TestThinkingAloneIsNeverTaken(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	r := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	for _, a := range []workflow.PastedAnswer{
		{Text: "<think>hm</think>", Anyway: true},
		{Text: requestAnswer, Model: strings.Repeat("m", 81)},
		{Text: requestAnswer, Model: "a\x00b"},
	} {
		_, err := b.PasteAnswer(b.ctx, r.ID, a)
		wantCode(t, err, workflow.Invalid)
	}
	if got := try(b.Run(b.ctx, r.ID))(t).Run.State; got != workflow.RunWaiting {
		t.Errorf("the run is %s", got)
	}
}

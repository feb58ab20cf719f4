package engine

import (
	"strings"
	"sync"
	"testing"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

// TestACandidateIsDecidedOnce lets several people decide at the same moment.
func TestACandidateIsDecidedOnce(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	for round := range 6 {
		run := b.run(p, "request").Run.ID
		base := b.doc(p, "request.md").Version.Number
		var wg sync.WaitGroup
		errs := make([]error, 4)
		start := make(chan struct{})
		for i := range errs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				<-start
				if i%2 == 0 {
					_, errs[i] = b.Discard(b.ctx, run)
				} else {
					_, errs[i] = b.Accept(b.ctx, run, workflow.AcceptCandidate{All: true, Base: base})
				}
			}()
		}
		close(start)
		wg.Wait()
		decided := 0
		for _, err := range errs {
			if err == nil {
				decided++
			} else {
				wantCode(t, err, workflow.Conflict)
			}
		}
		c := try(b.Run(b.ctx, run))(t).Candidate
		made := b.doc(p, "request.md").Version.Number - base
		if decided != 1 || made == 1 != (c.State == workflow.CandidateAccepted) {
			t.Fatalf("round %d: decided %d times, %d versions, the candidate is %s", round, decided, made, c.State)
		}
	}
}

// TestACandidateKnowsWhatItsRunBeganFrom saves while an answer comes, and while
// it is repaired: the answer knows nothing of either.
func TestACandidateKnowsWhatItsRunBeganFrom(t *testing.T) {
	gate := make(chan struct{})
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		if strings.Contains(req.Messages[0].Content, "<missing>") {
			return llmtest.Answer{Text: requestAnswer}
		}
		return llmtest.Answer{Text: "# Request\n\nToo short.\n", Gate: gate}
	})
	p := b.project("Tide table")
	save := func(base int, body string) {
		t.Helper()
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: base, Body: body}))(t)
	}
	save(0, "# One\n")
	r := try(b.StartRun(b.ctx, p.ID, "request", ""))(t)
	save(1, "# Two\n")
	close(gate)
	d := b.ended(r.ID)
	if review := try(b.Review(b.ctx, r.ID))(t); d.Candidate.Base != 1 || !review.Moved {
		t.Errorf("base %d, moved %v: the run began from version 1", d.Candidate.Base, review.Moved)
	}
	save(2, "# Three\n")
	repaired := b.ended(try(b.RepairRun(b.ctx, r.ID, ""))(t).ID)
	if repaired.Candidate.Base != 1 {
		t.Errorf("base %d: what is repaired began from version 1", repaired.Candidate.Base)
	}
	fresh := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	try(b.PasteAnswer(b.ctx, fresh.ID, workflow.PastedAnswer{Text: requestAnswer}))(t)
	if c := try(b.Run(b.ctx, fresh.ID))(t).Candidate; c.Base != 3 {
		t.Errorf("base %d, want 3", c.Base)
	}
}

// TestTakingPartsMakesNothingElseGood takes one section of a fresh answer into a
// document that is stale, and of an unfinished answer into one that is whole.
func TestTakingPartsMakesNothingElseGood(t *testing.T) {
	spec := specAnswer
	reason := ""
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		if a := specOrRequest(req); a.Text != specAnswer {
			return a
		}
		return llmtest.Answer{Text: spec, DoneReason: reason}
	})
	p := b.project("Tide table")
	try(b.Accept(b.ctx, b.run(p, "request").Run.ID, workflow.AcceptCandidate{All: true}))(t)
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	try(b.Accept(b.ctx, b.run(p, "spec").Run.ID, workflow.AcceptCandidate{All: true}))(t)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: 1, Body: requestAnswer + "\n- and more\n"}))(t)
	met := func(id string) bool { return condition(b.gate(p, "spec"), id).State == workflow.CondMet }
	if met("current") {
		t.Fatal("a changed request makes the spec stale")
	}

	spec = strings.Replace(strings.Replace(specAnswer, "No network.", "No network at all.", 1), "A map.", "No map.", 1)
	run := b.run(p, "spec").Run.ID
	take := func(run string, base int, title string) workflow.Version {
		t.Helper()
		for _, s := range try(b.Review(b.ctx, run))(t).Sections {
			if s.Title == title {
				return try(b.Accept(b.ctx, run, workflow.AcceptCandidate{Sections: []int{s.ID}, Base: base}))(t)
			}
		}
		t.Fatalf("there is no section %s", title)
		return workflow.Version{}
	}
	take(run, 1, "Security")
	if c := try(b.Run(b.ctx, run))(t).Candidate; c.State != workflow.CandidatePartial || met("current") {
		t.Errorf("%s; the rest of the spec still rests on the old request", c.State)
	}
	run = b.run(p, "spec").Run.ID
	v := take(run, 2, "Non-goals")
	if c := try(b.Run(b.ctx, run))(t).Candidate; c.State != workflow.CandidateAccepted || !met("current") || v.BasisID != run {
		t.Errorf("%s: every section that differed was taken", c.State)
	}

	spec, reason = strings.Replace(specAnswer, "An unknown station", "An unknown port", 1), llm.DoneLength
	spec = strings.Replace(spec, "One binary.", "Two binaries.", 1)
	take(b.run(p, "spec").Run.ID, 3, "Structure")
	if met("whole") {
		t.Error("a part of an unfinished answer is unfinished")
	}
}

// TestACandidateIsMergedWithTheEditsSince edits the document while an answer waits: what
// only the answer changed is taken, what the person did stays, and a clash is no merge.
func TestACandidateIsMergedWithTheEditsSince(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	before := strings.Replace(requestAnswer, "Sailors who plan a day trip", "Sailors", 1)
	b.save(p, "request.md", before)
	run := b.run(p, "request").Run.ID
	if r := try(b.Review(b.ctx, run))(t); r.Edited || r.Moved {
		t.Errorf("nobody has edited it: %+v", r)
	}
	it := b.itemOf(p, "request.md", "The audience is named.")
	try(b.Tick(b.ctx, p.ID, "request.md", it.Offset, 1, true))(t)
	if r := try(b.Review(b.ctx, run))(t); r.Edited || !r.Moved {
		t.Errorf("a tick is no edit: %+v", r)
	}
	mine := strings.Replace(b.doc(p, "request.md").Markdown, "No wishes.", "Large type.", 1)
	b.save(p, "request.md", mine)
	r := try(b.Review(b.ctx, run))(t)
	since := map[string]string{}
	for _, s := range r.Sections {
		since[s.Title] = s.Since
	}
	if !r.Edited || !r.Merges || r.Base.Number != 1 || since["Overview"] != workflow.SinceAnswer || since["Design"] != workflow.SinceYours || since["Acceptance checklist"] != "" {
		t.Errorf("%+v, %v", r, since)
	}
	try(b.Accept(b.ctx, run, workflow.AcceptCandidate{Merge: true, Base: 3}))(t)
	text := b.doc(p, "request.md").Markdown
	for _, want := range []string{"Sailors who plan a day trip", "Large type.", "- [x] The audience is named."} {
		if !strings.Contains(text, want) {
			t.Errorf("the merged text lacks %q:\n%s", want, text)
		}
	}
	b.save(p, "request.md", strings.Replace(text, "Sailors who plan a day trip", "Fishermen", 1))
	clash := b.run(p, "request").Run.ID
	b.save(p, "request.md", strings.Replace(text, "Sailors who plan a day trip", "Anglers", 1))
	if r := try(b.Review(b.ctx, clash))(t); !r.Edited || r.Merges {
		t.Errorf("both have changed the audience: %+v", r)
	}
	_, err := b.Accept(b.ctx, clash, workflow.AcceptCandidate{Merge: true, Base: 6})
	wantCode(t, err, workflow.Conflict)
}

func TestAcceptingSaysWhoseAnswerItWas(t *testing.T) {
	for model, want := range map[string]string{"": "Accept a pasted answer", "llama3.1:8b": "Accept the answer of llama3.1:8b"} {
		if got := acceptMessage(workflow.AcceptCandidate{All: true}, workflow.Run{Model: model}); got != want {
			t.Errorf("“%s” is accepted with %q, want %q", model, got, want)
		}
	}
}

package engine

import (
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// TestABoxOfAnAuditAndItsFindingAreOne ticks, unticks and waives the boxes of an audit.
func TestABoxOfAnAuditAndItsFindingAreOne(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	path := b.paste(p, "issue-analysis", auditAnswer).Path
	tick := func(text string, done bool) {
		t.Helper()
		d := b.doc(p, path)
		at := slices.IndexFunc(d.Items, func(it workflow.Item) bool { return strings.Contains(it.Text, text) })
		try(b.Tick(b.ctx, p.ID, path, d.Items[at].Offset, d.Version.Number, done))(t)
	}
	tick("SQL injection", true)
	if f := try(b.Finding(b.ctx, p.ID, "F-001"))(t).Finding; f.State != workflow.FindingFixed || f.Reason != "Its box in answers/issue-analysis.md is ticked." {
		t.Errorf("its box is ticked, and it is %s: %s", f.State, f.Reason)
	}
	tick("SQL injection", false)
	d := b.doc(p, path)
	at := slices.IndexFunc(d.Items, func(it workflow.Item) bool { return strings.Contains(it.Text, "Slow query") })
	try(b.WaiveItem(b.ctx, p.ID, path, d.Items[at].Offset, d.Version.Number, "There are twelve orders a year, not more."))(t)
	if got, want := b.numbers(p, workflow.FindingQuery{}), "F-001 P1 open, F-003 P3 open, F-002 P2 accepted"; got != want {
		t.Errorf("one is open again and one waived: %s, want %s", got, want)
	}
	try(b.ActOnFindings(b.ctx, p.ID, workflow.FindingAct{Verb: workflow.VerbFix, IDs: []string{"F-003"}, Commit: "1a2b3c"}))(t)
	tick("no licence", true)
	tick("no licence", false)
	if f := try(b.Finding(b.ctx, p.ID, "F-003"))(t).Finding; f.State != workflow.FindingFixed || f.Commit != "1a2b3c" {
		t.Errorf("what a commit has fixed is %s by its box", f.State)
	}
}

// TestAFindingSettlesItsBoxes fixes, reopens and accepts findings whose boxes stand in audits.
func TestAFindingSettlesItsBoxes(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	path := b.paste(p, "issue-analysis", auditAnswer).Path
	act := func(verb workflow.FindingVerb, reason string, ids ...string) {
		t.Helper()
		try(b.ActOnFindings(b.ctx, p.ID, workflow.FindingAct{Verb: verb, IDs: ids, Reason: reason}))(t)
	}
	states := func(why, want string) {
		t.Helper()
		got := []string{}
		for _, it := range b.doc(p, path).Items {
			got = append(got, string(it.State))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: the boxes are %v, want %s", why, got, want)
		}
	}
	act(workflow.VerbFix, "Prepared statements.", "F-001", "F-002")
	states("two are fixed", "done done open")
	if it := b.doc(p, path).Items[0]; it.Tick.Evidence == nil || it.Tick.Evidence.Kind != workflow.EvidenceFinding || !strings.HasPrefix(it.Tick.Evidence.Text, "F-001: ") {
		t.Errorf("the evidence is %+v", it.Tick)
	}
	act(workflow.VerbReopen, "", "F-002")
	states("one is open again", "done open open")
	act(workflow.VerbAccept, "There are twelve orders a year, not more.", "F-002")
	act(workflow.VerbFix, "", "F-001")
	states("one is accepted", "done waived open")
	act(workflow.VerbReopen, "", "F-002")
	states("it is not any more", "done open open")

	before := b.doc(p, path).Version.Number
	try(b.ActOnFindings(b.ctx, p.ID, workflow.FindingAct{Verb: workflow.VerbSchedule, IDs: []string{"F-003"}, Date: "2031-02-03"}))(t)
	states("a date changes no box", "done open open")
	if d := b.doc(p, path); d.Version.Number != before {
		t.Errorf("scheduling made v%d of v%d", d.Version.Number, before)
	}

	b.paste(p, "issue-analysis", auditAnswer)
	if f := try(b.Finding(b.ctx, p.ID, "F-001"))(t).Finding; f.State != workflow.FindingReturned {
		t.Errorf("a later audit reports it again, and it is %s", f.State)
	}
	states("what was fixed is reported again", "recheck open open")

	other := b.paste(p, "security-audit", "## Findings\n- [ ] P1: SQL injection in the search endpoint\n  - **Where:** search.go:41\n").Path
	d := b.doc(p, other)
	try(b.Tick(b.ctx, p.ID, other, d.Items[0].Offset, d.Version.Number, true))(t)
	states("it is ticked in another audit", "done open open")
}

func TestMarkingABoxOfAnAuditByHandFixesItsFinding(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	path := b.paste(p, "issue-analysis", auditAnswer).Path
	save := func(old, new string) {
		t.Helper()
		d := b.doc(p, path)
		body := strings.Replace(d.Markdown, old, new, 1)
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: path, Base: d.Version.Number, Body: body}))(t)
	}
	save("[ ] P1", "[x] P1")
	if got, want := b.numbers(p, workflow.FindingQuery{}), "F-002 P2 open, F-003 P3 open, F-001 P1 fixed"; got != want {
		t.Errorf("one is marked in the text: %s, want %s", got, want)
	}
	save("[x] P1", "[ ] P1")
	if got, want := b.numbers(p, workflow.FindingQuery{}), "F-001 P1 open, F-002 P2 open, F-003 P3 open"; got != want {
		t.Errorf("the mark is gone: %s, want %s", got, want)
	}
}

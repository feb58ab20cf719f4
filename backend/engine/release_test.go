package engine

import (
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

// clocked is a bench whose clock stands still until it is set on.
func clocked(t *testing.T, answer func(llm.Request) llmtest.Answer) (*bench, func(time.Duration)) {
	t.Helper()
	c := newClock()
	c.set(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	b := &bench{t: t, ctx: t.Context(), dir: t.TempDir(), client: llmtest.NewScripted(answer), now: c.now}
	b.open()
	t.Cleanup(func() { _ = b.Close() })
	return b, c.pass
}

// released is a project at the gate of its release.
func (b *bench) released() workflow.Project {
	b.t.Helper()
	p := b.project("Tide table")
	for _, phase := range []string{"request", "spec", "plan", "build", "review", "security"} {
		try(b.Waive(b.ctx, p.ID, phase, "A throw-away project for a test."))(b.t)
	}
	b.save(p, "release.md", "# Release 1\n\n- [ ] Staging deployed\n")
	return p
}

func conditionOf(g workflow.Gate, kind workflow.ConditionKind) workflow.Condition {
	for _, c := range g.Conditions {
		if c.Kind == kind {
			return c
		}
	}
	return workflow.Condition{}
}

func TestAReleaseIsApprovedPromotedAndProven(t *testing.T) {
	b, wait := clocked(t, specOrRequest)
	p := b.released()
	_, err := b.Approve(b.ctx, p.ID, "spec", 1)
	wantCode(t, err, workflow.Invalid)
	_, err = b.Approve(b.ctx, p.ID, "release", 7)
	wantCode(t, err, workflow.Conflict)
	if g := try(b.Approve(b.ctx, p.ID, "release", 1))(t); conditionOf(g, workflow.CondApproval).State != workflow.CondMet || g.CanApprove {
		t.Errorf("%+v", g)
	}
	b.tickAll(p, "release.md", "")
	if c := conditionOf(b.gate(p, "release"), workflow.CondApproval); c.State != workflow.CondMet {
		t.Errorf("a tick undoes the approval: %+v", c)
	}
	_, err = b.Promote(b.ctx, p.ID, "golive")
	wantCode(t, err, workflow.Closed)
	try(b.Waive(b.ctx, p.ID, "release", "The readiness audit is kept elsewhere."))(t)
	_, err = b.Healthy(b.ctx, p.ID, "golive", "")
	wantCode(t, err, workflow.Conflict)
	if g := try(b.Promote(b.ctx, p.ID, "golive"))(t); conditionOf(g, workflow.CondBake).State != workflow.CondRunning || g.CanPromote {
		t.Errorf("%+v", g)
	}
	wait(23*time.Hour + time.Minute)
	if c := conditionOf(try(b.Healthy(b.ctx, p.ID, "golive", "p95 180 ms"))(t), workflow.CondBake); c.Value != "23/24 h" || c.Until == nil {
		t.Errorf("%+v", c)
	}
	wait(2 * time.Hour)
	if c := conditionOf(b.gate(p, "golive"), workflow.CondBake); c.Do != workflow.DoHealthy {
		t.Errorf("%+v", c)
	}
	if c := conditionOf(try(b.Healthy(b.ctx, p.ID, "golive", ""))(t), workflow.CondBake); c.State != workflow.CondMet {
		t.Errorf("%+v", c)
	}
}

func TestAFailedFigureOpensTheReleaseAgain(t *testing.T) {
	b, wait := clocked(t, specOrRequest)
	p := b.released()
	try(b.Approve(b.ctx, p.ID, "release", 1))(t)
	try(b.Waive(b.ctx, p.ID, "release", "The readiness audit is kept elsewhere."))(t)
	_, err := b.Rollback(b.ctx, p.ID, "golive", "The error rate rose to two percent.")
	wantCode(t, err, workflow.Conflict)
	try(b.Promote(b.ctx, p.ID, "golive"))(t)
	wait(time.Hour)
	_, err = b.Rollback(b.ctx, p.ID, "golive", "too bad")
	wantCode(t, err, workflow.Invalid)
	g := try(b.Rollback(b.ctx, p.ID, "golive", "The error rate rose to two percent."))(t)
	if c := conditionOf(g, workflow.CondBake); c.State != workflow.CondFailed || !strings.Contains(c.Missing, "two percent") {
		t.Errorf("%+v", c)
	}
	release := b.gate(p, "release")
	if release.Passed != nil || conditionOf(release, workflow.CondApproval).State == workflow.CondMet || try(b.Overview(b.ctx, p.ID))(t).Current != "release" {
		t.Errorf("the release is not open again: %+v", release)
	}
	records := try(b.GateRecords(b.ctx, p.ID))(t)
	last := records[len(records)-1]
	if last.Action != workflow.ActReopen || last.Seen["release.md"] != 1 || !strings.Contains(gatesPage(p, records), "## golive: rolled back") {
		t.Errorf("%+v", last)
	}
}

const lateChange = "# Change request: Guests may look\n\n## Summary\nGuests see tides.\n"

func TestAFrozenSpecOpensForAChangeRequest(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	b.save(p, "spec.md", specAnswer)
	v := b.paste(p, "summarise-for-context", lateChange)
	_, err := b.OpenForChange(b.ctx, p.ID, "spec", v.Path)
	wantCode(t, err, workflow.Conflict)
	try(b.Sign(b.ctx, p.ID, "spec", 1))(t)
	_, err = b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 1, Body: "# Another\n"})
	wantCode(t, err, workflow.Conflict)
	if g := try(b.OpenForChange(b.ctx, p.ID, "spec", v.Path))(t); g.Frozen || g.Signed {
		t.Errorf("%+v", g)
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 1, Body: specAnswer + "- Guests?\n"}))(t)
	try(b.Sign(b.ctx, p.ID, "spec", 2))(t)
	_, err = b.OpenForChange(b.ctx, p.ID, "spec", v.Path)
	wantCode(t, err, workflow.Conflict)
	records := try(b.GateRecords(b.ctx, p.ID))(t)
	for _, want := range []string{"## spec: opened for a change request", "> Change request: Guests may look", "The request: " + v.Path} {
		if page := gatesPage(p, records); !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
}

package engine

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// toldOf opens the folder and wants to be told of damage, with the way out.
func toldOf(t *testing.T, b *bench, what string) {
	t.Helper()
	b.open()
	events := b.EventsSince(b.epoch, 0).Events
	for _, ev := range events {
		if n := ev.Notice; n != nil && strings.Contains(n.Message, what) && strings.Contains(n.Hint, "plumbline repair") {
			return
		}
	}
	t.Errorf("nobody is told of the damage to %s: %+v", what, events)
}

func TestADamagedRunKeepsNobodyOut(t *testing.T) {
	b, p := lived(t)
	b.close()
	spoil(t, b, `"state":"waiting"`)
	toldOf(t, b, "run/")
	if got := try(b.text(b.ctx, p.ID, "spec.md", 1))(t); got != specAnswer {
		t.Errorf("the text is %q", got)
	}
	b.close()
	if report := try(Repair(b.ctx, b.options()))(t); len(report.Done) == 0 {
		t.Error("nothing was repaired")
	}
	b.open()
	b.sound()
}

func TestADamagedOutboxKeepsNobodyOut(t *testing.T) {
	b, p := lived(t)
	repo := b.history.Dir(p.ID)
	block(t, repo)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 1, Body: "Not in git yet.\n"}))(t)
	if err := b.Close(); err == nil {
		t.Fatal("the history could be written")
	}
	if err := errors.Join(os.Remove(repo), os.Rename(repo+".away", repo)); err != nil {
		t.Fatal(err)
	}
	spoil(t, b, `"files":[`)
	toldOf(t, b, "outbox/")
	if got := b.doc(p, "spec.md").Markdown; got != "Not in git yet.\n" {
		t.Errorf("the document is %q", got)
	}
	_ = b.Close() // what waits cannot be published
	report := try(Repair(b.ctx, b.options()))(t)
	b.open()
	b.sound()
	if got := b.doc(p, "spec.md").Markdown; got != "Not in git yet.\n" {
		t.Errorf("the document is %q after the repair, %+v", got, report)
	}
}

// TestOpenNeverRefusesWithoutAWayOut gives Open errors that nobody has found a way
// out of.
func TestOpenNeverRefusesWithoutAWayOut(t *testing.T) {
	for what, err := range map[string]error{
		"of ours": workflow.Errorf(workflow.NotFound, "There is no version 1 of spec.md."),
		"joined":  errors.Join(errors.New("close"), workflow.Errorf(workflow.Invalid, "It is not whole.")),
	} {
		d := workflow.Describe(withWayOut(err))
		if d.Hint != repairHint || d.Message != workflow.Describe(err).Message || !errors.Is(d, err) {
			t.Errorf("%s: %+v", what, d)
		}
	}
	if err := withWayOut(context.Canceled); err != context.Canceled {
		t.Errorf("an error that has a way out became %v", err)
	}
}

package engine

import (
	"testing"

	"plumbline/backend/workflow"
)

// TestTheChosenModelIsUsedAtOnce: it counts from the moment it is set, and none
// is taken in its place when it is not there.
func TestTheChosenModelIsUsedAtOnce(t *testing.T) {
	b := newBench(t, specOrRequest)
	b.client.SetModels(workflow.ModelInfo{Name: "large:latest", Size: 2, ContextLength: 8192}, workflow.ModelInfo{Name: "small:latest", Size: 1, ContextLength: 8192})
	if got := try(b.Models(b.ctx, true))(t); got.Default != "large:latest" {
		t.Fatalf("%+v", got)
	}
	try(b.SetSetting(b.ctx, "defaultModel", "small"))(t)
	if got := try(b.Models(b.ctx, false))(t); got.Default != "small:latest" {
		t.Errorf("default %s", got.Default)
	}
	told := ""
	for _, ev := range b.EventsSince(b.epoch, 0).Events {
		if ev.Models != nil {
			told = ev.Models.Default
		}
	}
	if told != "small:latest" {
		t.Errorf("told of %s", told)
	}
	p := b.project("Tide table")
	if r := b.run(p, "request").Run; r.Model != "small:latest" {
		t.Errorf("ran on %s", r.Model)
	}
	try(b.SetSetting(b.ctx, "defaultModel", "gone:7b"))(t)
	_, err := b.StartRun(b.ctx, p.ID, "request", "")
	wantCode(t, err, workflow.NotFound)
	if got := try(b.Models(b.ctx, true))(t); !got.Running || got.Default != "gone:7b" {
		t.Errorf("%+v", got)
	}
	b.client.SetModels()
	try(b.SetSetting(b.ctx, "defaultModel", ""))(t)
	if got := try(b.Models(b.ctx, true))(t); got.Default != "" || !got.Running {
		t.Errorf("%+v", got)
	}
}

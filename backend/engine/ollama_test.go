package engine

import (
	"strings"
	"testing"

	"plumbline/backend/llm/ollamatest"
	"plumbline/backend/workflow"
)

// TestMainJobOnOllama walks a request and a spec on a real server with a tiny
// model that says what it is told to.
func TestMainJobOnOllama(t *testing.T) {
	server := ollamatest.Start(t)
	server.Create(t, "scribe", []ollamatest.Script{
		{Text: requestAnswer},
		{Triggers: []string{"architect"}, Text: specAnswer},
	})
	server.Create(t, "rambler", []ollamatest.Script{{Text: "The tide comes in and the tide goes out again. ", Loop: true}})
	e, err := Open(t.Context(), Options{Dir: t.TempDir(), Version: "test", Door: "test"})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{Engine: e, t: t, ctx: t.Context()}
	t.Cleanup(func() { _ = e.Close() })
	try(b.SetSetting(b.ctx, "ollamaUrl", server.URL()))(t)
	try(b.SetSetting(b.ctx, "defaultModel", "scribe"))(t)
	status := try(b.Models(b.ctx, true))(t)
	if !status.Running || len(status.Models) != 2 || status.Default != "scribe:latest" {
		t.Fatalf("models: %+v", status)
	}

	p := b.project("Tide table")
	d := b.run(p, "request")
	if d.Run.State != workflow.RunSucceeded || d.Answer != requestAnswer || d.Run.Cut || d.Run.PromptTokens == 0 || d.Run.AnswerTokens == 0 {
		t.Fatalf("request: %+v\n%q", d.Run, d.Answer)
	}
	try(b.Accept(b.ctx, d.Run.ID, workflow.AcceptCandidate{All: true}))(t)
	b.tickAll(p, "request.md", "Acceptance checklist")
	b.tickAll(p, "checklists/preflight.md", "")
	try(b.Pass(b.ctx, p.ID, "request"))(t)
	d = b.run(p, "spec")
	if d.Answer != specAnswer || len(d.Run.Missing) != 0 {
		t.Fatalf("spec: %+v %v\n%q", d.Run, d.Run.Missing, d.Answer)
	}

	endless := try(b.StartRun(b.ctx, p.ID, "spec", "rambler"))(t)
	b.wrote(endless.ID, 200)
	try(b.CancelRun(b.ctx, endless.ID))(t)
	if d := b.ended(endless.ID); d.Run.State != workflow.RunCanceled || !strings.HasPrefix(d.Answer, "The tide comes in") {
		t.Errorf("stopped: %+v %q", d.Run, d.Answer)
	}
	killed := try(b.StartRun(b.ctx, p.ID, "spec", "rambler"))(t)
	b.wrote(killed.ID, 200)
	server.Kill()
	if d := b.ended(killed.ID); d.Run.State != workflow.RunFailed || d.Run.Error.Hint == "" || len(d.Answer) < 200 {
		t.Errorf("killed: %+v", d.Run)
	}
	_, err = b.StartRun(b.ctx, p.ID, "spec", "")
	wantCode(t, err, workflow.Unavailable)
}

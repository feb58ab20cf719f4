package engine

import (
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

func TestScratchRunsAreKept(t *testing.T) {
	b := newBench(t, func(llm.Request) llmtest.Answer { return llmtest.Answer{Text: "# Tidy\n\nDone.\n"} })
	try(b.NewPrompt(b.ctx, workflow.SavePrompt{Text: ownPrompt("tidy", "Tidy up.")}))(t)
	run := b.endedRun(try(b.StartPrompt(b.ctx, workflow.PromptOrder{PromptID: "tidy", Model: llmtest.ScriptedModel}))(t))
	if run.ProjectID != workflow.LibraryID || run.Phase != "" || run.Output != "answers/tidy.md" || run.State != workflow.RunSucceeded {
		t.Errorf("%+v", run)
	}
	d := try(b.Run(b.ctx, run.ID))(t)
	if d.Prompt != "Tidy up." || d.Candidate.Path != "answers/tidy.md" {
		t.Errorf("%+v", d)
	}
	v := try(b.Accept(b.ctx, run.ID, workflow.AcceptCandidate{All: true}))(t)
	if v.Number != 1 || v.BasisID != run.ID {
		t.Errorf("%+v", v)
	}
	b.inGit("answers/tidy.md", "# Tidy\n\nDone.\n")
	if runs := try(b.PromptRuns(b.ctx, "tidy", ""))(t); len(runs) != 1 || runs[0].ID != run.ID {
		t.Errorf("runs %+v", runs)
	}
	b.reopen()
	if runs := try(b.PromptRuns(b.ctx, "tidy", workflow.LibraryID))(t); len(runs) != 1 {
		t.Errorf("runs after a restart %+v", runs)
	}
}

func (b *bench) endedRun(r workflow.Run) workflow.Run {
	b.t.Helper()
	return b.ended(r.ID).Run
}

func TestPromptsAreFilledFromTheProject(t *testing.T) {
	b := newBench(t, specOrRequest)
	b.writeFile("prompts/facts.md", `---
id: facts
title: Facts
summary: Of everything.
variables:
  - {name: name, type: text, label: Name, source: project.name}
  - {name: idea, type: long-text, label: Idea, source: project.idea}
  - {name: stack, type: text, label: Stack, source: project.stack, default: any}
  - {name: volume, type: text, label: Volume, source: pack.volume}
  - {name: who, type: text, label: Who, source: persona.title}
  - {name: it, type: long-text, label: It, source: given, required: true}
  - {name: typed, type: text, label: Typed}
---
{{name}}|{{idea}}|{{stack}}|{{volume}}|{{who}}|{{it}}|{{typed}}
`)
	p := b.project("Tide table")
	o := workflow.PromptOrder{PromptID: "facts", ProjectID: p.ID, Persona: "security-expert", Values: map[string]string{"typed": "by hand"}}
	f := try(b.FillPrompt(b.ctx, o))(t)
	if !slices.Equal(f.Missing, []string{"It"}) || !strings.Contains(f.Text, "[It]") {
		t.Errorf("missing %v in %q", f.Missing, f.Text)
	}
	_, err := b.StartPrompt(b.ctx, o)
	wantCode(t, err, workflow.Invalid)
	o.Given = &workflow.Given{Text: "a text"}
	try(b.SetFact(b.ctx, p.ID, "pack", "payments"))(t)
	f = try(b.FillPrompt(b.ctx, o))(t)
	if parts := strings.Split(f.Text, "|"); len(parts) != 7 || parts[0] != "Tide table" || parts[1] == "" || parts[2] != "any" || parts[3] == "" || parts[4] == "" || parts[5] != "a text" || parts[6] != "by hand" {
		t.Errorf("%q", f.Text)
	}
	try(b.SetFact(b.ctx, p.ID, "stack", "Go"))(t)
	try(b.KeepValues(b.ctx, workflow.PromptOrder{PromptID: "facts", ProjectID: p.ID, Values: map[string]string{"typed": "kept"}}))(t)
	o.Values = nil
	if f = try(b.FillPrompt(b.ctx, o))(t); !strings.Contains(f.Text, "|Go|") || !strings.HasSuffix(f.Text, "|kept") {
		t.Errorf("%q", f.Text)
	}
	_, err = b.SetFact(b.ctx, p.ID, "launch", "soon")
	wantCode(t, err, workflow.Invalid)
	_, err = b.SetFact(b.ctx, p.ID, "colour", "red")
	wantCode(t, err, workflow.NotFound)
}

func TestAnAnswerTurnsIntoTheNextPrompt(t *testing.T) {
	findings := "## Summary\nTotal: 1 (P0: 0, P1: 1, P2: 0, P3: 0)\n\n## Findings\n- [ ] P1: The lock is never released\n  - **Where:** `lock.go:7`\n  - **Problem:** It hangs.\n  - **Fix:** Release it.\n"
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		if strings.Contains(req.Messages[0].Content, "never released") {
			return llmtest.Answer{Text: "# Fix the lock\n\n## Context\nA lock in {{braces}}.\n"}
		}
		return llmtest.Answer{Text: findings}
	})
	p := b.project("Tide table")
	order := workflow.PromptOrder{PromptID: "generic-issue-analysis", ProjectID: p.ID, Model: llmtest.ScriptedModel, Values: map[string]string{}}
	for _, v := range try(b.PromptDetail(b.ctx, order.PromptID))(t).Variables {
		if v.Required {
			order.Values[v.Name] = v.Example
		}
	}
	first := b.endedRun(try(b.StartPrompt(b.ctx, order))(t))
	next := try(b.NextPrompt(b.ctx, workflow.Given{RunID: first.ID}))(t)
	if next.Default != "fix-prompt" || next.Kind != workflow.TextFindings {
		t.Errorf("next %+v, want the fix prompt", next)
	}
	if next := try(b.NextPrompt(b.ctx, workflow.Given{Text: findings}))(t); next.Default != "fix-prompt" {
		t.Errorf("of the pasted text: %+v", next)
	}
	second := b.endedRun(try(b.StartPrompt(b.ctx, workflow.PromptOrder{PromptID: next.Default, ProjectID: p.ID, Model: llmtest.ScriptedModel,
		Given: &workflow.Given{RunID: first.ID}}))(t))
	if second.Output != "prompts/fix-prompt-01.md" || second.Given == nil || second.Given.RunID != first.ID {
		t.Fatalf("%+v", second)
	}
	try(b.Accept(b.ctx, second.ID, workflow.AcceptCandidate{All: true}))(t)
	third := b.endedRun(try(b.StartPrompt(b.ctx, workflow.PromptOrder{Prompt: second.Output, ProjectID: p.ID, Model: llmtest.ScriptedModel}))(t))
	if d := try(b.Run(b.ctx, third.ID))(t); !strings.Contains(d.Prompt, "A lock in {{braces}}.") || third.PromptPath != second.Output {
		t.Errorf("the prompt artifact was sent as %q", d.Prompt)
	}
	titles := []string{}
	for _, link := range try(b.Chain(b.ctx, third.ID))(t) {
		titles = append(titles, link.Kind)
	}
	if !slices.Equal(titles, []string{"run", "run", "document", "run"}) {
		t.Errorf("chain %v", titles)
	}
	again := b.endedRun(try(b.StartPrompt(b.ctx, workflow.PromptOrder{PromptID: "fix-prompt", ProjectID: p.ID, Model: llmtest.ScriptedModel,
		Given: &workflow.Given{Text: findings}}))(t))
	if again.Output != "prompts/fix-prompt-02.md" {
		t.Errorf("a second one goes to %s", again.Output)
	}
}

func TestPerspectivesAreMerged(t *testing.T) {
	b := newBench(t, func(req llm.Request) llmtest.Answer {
		text := "## Summary\nLooked.\n\n## Findings\n- [ ] P2: The lock is never released\n  - **Where:** `lock.go:7`\n"
		if strings.Contains(req.Messages[0].Content, "ecurity") {
			text = "## Summary\nLooked.\n\n## Findings\n- [ ] P1: Lock never released\n  - **Where:** `lock.go:7`\n- [ ] P0: The token is logged\n  - **Where:** `log.go:3`\n"
		}
		return llmtest.Answer{Text: text}
	})
	p := b.project("Tide table")
	order := workflow.PromptOrder{PromptID: "perspectives", ProjectID: p.ID, Model: llmtest.ScriptedModel, Values: map[string]string{}}
	for _, v := range try(b.PromptDetail(b.ctx, order.PromptID))(t).Variables {
		if v.Required && !strings.HasPrefix(v.Source, "persona.") {
			order.Values[v.Name] = v.Example
		}
	}
	_, err := b.StartBatch(b.ctx, workflow.PromptBatch{Order: order, Personas: []string{"security-expert", "nobody"}})
	wantCode(t, err, workflow.NotFound)
	batch := try(b.StartBatch(b.ctx, workflow.PromptBatch{Order: order, Personas: []string{"security-expert", "support-manager"}}))(t)
	for _, r := range batch.Runs {
		b.endedRun(r)
	}
	batch = try(b.Batch(b.ctx, batch.ID))(t)
	if !batch.Done || len(batch.Findings) != 2 || batch.Findings[0].Severity != workflow.P0 || len(batch.Findings[1].By) != 2 || batch.Findings[1].Severity != workflow.P1 {
		t.Errorf("%+v", batch.Findings)
	}
	v := try(b.KeepBatch(b.ctx, batch.ID))(t)
	if v.Path != "answers/perspectives.md" || v.Number != 1 {
		t.Errorf("%+v", v)
	}
	if same := try(b.KeepBatch(b.ctx, batch.ID))(t); same.Number != 1 {
		t.Errorf("kept twice: %+v", same)
	}
}

func TestPracticePromptsAreDue(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	b.pass(8 * 24 * time.Hour)
	launch := time.Now().AddDate(0, 0, 12).Format(time.DateOnly)
	try(b.SetFact(b.ctx, p.ID, "launch", launch))(t)
	due := map[string]bool{}
	for _, one := range try(b.Practice(b.ctx))(t) {
		due[one.PromptID] = one.Due
	}
	want := map[string]bool{"morning-review": true, "end-of-day": true, "weekly-architecture": true, "weekly-security": true, "pre-launch": true, "post-launch": false}
	for id, is := range want {
		if got, ok := due[id]; !ok || got != is {
			t.Errorf("%s is due: %v (listed: %v), want %v", id, got, ok, is)
		}
	}
}

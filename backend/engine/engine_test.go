package engine

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

const requestAnswer = `# Request: Tide table

## Overview
- **Name**: Tide table
- **Description**: Says when the next high water is. Works offline.
- **Audience**: Sailors who plan a day trip.

## Features
### Tides
- [ ] See the next high water
  - [ ] For one of twelve stations
- [x] See the next low water

## Design
No wishes.

## Notes
- None.

## Questions
None.

## Acceptance checklist
- [ ] The audience is named.
- [ ] Each feature can be checked.
- [ ] Nothing can be read in two ways.
- [ ] What is out of scope is said.
`

const specAnswer = `# Specification: Tide table

## Overview
Answers one question without a network.

## Structure
- One binary.

## Features
### Next high water
- Input is a station.
- Edge case: an unknown station.

## Data model
- Station: id, name.

## Interfaces
- ` + "`tide next STATION`" + `

## Security
- No network.

## Errors
- Unknown station: exit code 2.

## Tests
- Twelve reference stations.

## Acceptance criteria
- [ ] AC-1: the next high water of a station is shown.
- [ ] AC-2: an unknown station exits with code 2.
- [ ] AC-3: works without a network.

## Non-goals
- A map.

## Open questions
- Which datum is the default?
`

// bench is an engine in a temporary folder with a scripted client.
type bench struct {
	*Engine
	t      *testing.T
	ctx    context.Context
	dir    string
	client *llmtest.Scripted
	real   bool             // on the Ollama of the settings instead of the client
	now    func() time.Time // nil for the real clock, set ahead
	ahead  atomic.Int64     // by how much, see [bench.pass]
}

// pass sets the real clock of a bench ahead. Others read it meanwhile.
func (b *bench) pass(d time.Duration) { b.ahead.Add(int64(d)) }

func (b *bench) time() time.Time {
	if b.now != nil {
		return b.now()
	}
	return time.Now().Add(time.Duration(b.ahead.Load()))
}

// clock is one that a test turns on.
type clock struct{ nanos atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.nanos.Store(time.Now().UnixNano())
	return c
}

func (c *clock) now() time.Time       { return time.Unix(0, c.nanos.Load()) }
func (c *clock) set(t time.Time)      { c.nanos.Store(t.UnixNano()) }
func (c *clock) pass(d time.Duration) { c.nanos.Add(int64(d)) }

// specOrRequest answers by what the prompt asks for.
func specOrRequest(req llm.Request) llmtest.Answer {
	last := req.Messages[len(req.Messages)-1].Content
	if strings.Contains(last, "<request>") {
		return llmtest.Answer{Text: specAnswer}
	}
	return llmtest.Answer{Text: requestAnswer}
}

func newBench(t *testing.T, answer func(llm.Request) llmtest.Answer) *bench {
	t.Helper()
	b := &bench{t: t, ctx: t.Context(), dir: t.TempDir(), client: llmtest.NewScripted(answer)}
	b.open()
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func (b *bench) open() {
	b.t.Helper()
	o := Options{Dir: b.dir, Version: "test", Door: "test", Now: b.time}
	if !b.real {
		o.NewClient = func(string) (llm.Client, error) { return b.client, nil }
	}
	e, err := Open(b.ctx, o)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Engine = e
}

func (b *bench) reopen() {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
	b.open()
}

// try returns what a call returned, or fails the test: try(call())(t).
func try[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatalf("%v (hint: %s)", err, workflow.Describe(err).Hint)
		}
		return v
	}
}

func wantCode(t *testing.T, err error, code workflow.Code) {
	t.Helper()
	if got := workflow.CodeOf(err); got != code {
		t.Fatalf("code %q, want %q: %v", got, code, err)
	}
	if d := workflow.Describe(err); err != nil && (d.Message == "" || d.Hint == "") {
		t.Errorf("an error for a person needs a message and a way out: %+v", d)
	}
}

func (b *bench) project(name string) workflow.Project {
	b.t.Helper()
	return try(b.CreateProject(b.ctx, workflow.NewProject{Name: name, Idea: "A tide table that works offline. For sailors."}))(b.t)
}

// ended waits until a run has ended, by its events.
func (b *bench) ended(runID string) workflow.RunDetail {
	b.t.Helper()
	if live, ok := b.runs.live(runID); ok {
		select {
		case <-live.done:
		case <-time.After(30 * time.Second):
			b.t.Fatal("the run does not end")
		}
	}
	return try(b.Run(b.ctx, runID))(b.t)
}

func (b *bench) run(p workflow.Project, phase string) workflow.RunDetail {
	b.t.Helper()
	return b.ended(try(b.StartRun(b.ctx, p.ID, phase, ""))(b.t).ID)
}

func (b *bench) gate(p workflow.Project, phase string) workflow.Gate {
	b.t.Helper()
	return try(b.Gate(b.ctx, p.ID, phase))(b.t)
}

func (b *bench) doc(p workflow.Project, path string) workflow.Document {
	b.t.Helper()
	return try(b.Document(b.ctx, p.ID, path, 0))(b.t)
}

// tickAll ticks every open box of a section, or of the whole document.
func (b *bench) tickAll(p workflow.Project, path, section string) {
	b.t.Helper()
	for {
		d := b.doc(p, path)
		offset := -1
		for _, it := range d.Items {
			if (section == "" || it.Section == section) && it.State != workflow.ItemDone {
				offset = it.Offset
				break
			}
		}
		if offset < 0 {
			return
		}
		try(b.Tick(b.ctx, p.ID, path, offset, d.Version.Number, true))(b.t)
	}
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestMainJob(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	o := try(b.Overview(b.ctx, p.ID))(t)
	if o.Current != "request" || o.Phases[0].ID != "preflight" || o.Phases[0].Boxes != 6 {
		t.Fatalf("a new project begins at request with six preflight boxes: %+v", o)
	}

	d := b.run(p, "request")
	if d.Run.State != workflow.RunSucceeded || d.Answer != requestAnswer || len(d.Run.Missing) != 0 || d.Run.PromptTokens == 0 {
		t.Fatalf("run: %+v\nmissing %v\nanswer %q", d.Run, d.Run.Missing, d.Answer)
	}
	if !strings.Contains(d.Prompt, "A tide table that works offline") {
		t.Error("the prompt does not hold the idea")
	}
	if got := b.doc(p, "request.md"); got.Version.Number != 0 {
		t.Error("an answer is a candidate until it is accepted")
	}
	v := try(b.Accept(b.ctx, d.Run.ID, workflow.AcceptCandidate{All: true}))(t)
	if v.Number != 1 || v.Author != (workflow.Author{Kind: workflow.Model, Name: llmtest.ScriptedModel}) {
		t.Errorf("version: %+v", v)
	}

	_, err := b.Pass(b.ctx, p.ID, "request")
	wantCode(t, err, workflow.Closed)
	_, err = b.StartRun(b.ctx, p.ID, "spec", "")
	wantCode(t, err, workflow.Closed)

	doc := b.doc(p, "request.md")
	if doc.Items[2].State != workflow.ItemClaimed {
		t.Errorf("a box that the model ticked is a claim: %+v", doc.Items[2])
	}
	b.tickAll(p, "request.md", "Acceptance checklist")
	after := b.doc(p, "request.md")
	if diff := differingBytes(doc.Markdown, after.Markdown); diff != 4 {
		t.Errorf("four ticks changed %d bytes", diff)
	}
	if g := b.gate(p, "request"); g.Open || g.Missing != 1 {
		t.Errorf("preflight is still missing: %+v", g)
	}
	b.tickAll(p, "checklists/preflight.md", "")
	g := try(b.Pass(b.ctx, p.ID, "request"))(t)
	if g.State != workflow.PhasePassed {
		t.Errorf("gate: %+v", g)
	}

	d = b.run(p, "spec")
	if len(d.Run.Missing) != 0 || !strings.Contains(d.Prompt, "See the next high water") {
		t.Fatalf("spec is prompted with the accepted request; missing %v", d.Run.Missing)
	}
	try(b.Accept(b.ctx, d.Run.ID, workflow.AcceptCandidate{All: true}))(t)
	g = b.gate(p, "spec")
	if g.Open || g.Missing != 2 {
		t.Errorf("an open question and the sign-off are missing: %+v", g)
	}
	answered := strings.Replace(specAnswer, "- Which datum is the default?", "None.", 1)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 1, Body: answered}))(t)
	_, err = b.Sign(b.ctx, p.ID, "spec", 1)
	wantCode(t, err, workflow.Conflict)
	g = try(b.Sign(b.ctx, p.ID, "spec", 2))(t)
	if !g.Open || !g.Frozen {
		t.Errorf("signed: %+v", g)
	}
	_, err = b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 2, Body: "changed"})
	wantCode(t, err, workflow.Conflict)
	try(b.Pass(b.ctx, p.ID, "spec"))(t)
	if o := try(b.Overview(b.ctx, p.ID))(t); o.Current != "plan" {
		t.Errorf("current: %s", o.Current)
	}
	g = try(b.Unfreeze(b.ctx, p.ID, "spec", "The datum of Ireland is missing."))(t)
	if g.Frozen || g.Passed != nil {
		t.Errorf("unfreezing reopens the gate: %+v", g)
	}

	b.reopen()
	if got := b.doc(p, "spec.md"); got.Markdown != answered || got.Version.Number != 2 {
		t.Error("the spec is not there after a restart")
	}
	repo := b.history.Dir(p.ID)
	git(t, repo, "fsck", "--full", "--strict")
	clone := filepath.Join(t.TempDir(), "clone")
	git(t, ".", "clone", "-q", repo, clone)
	if out := git(t, clone, "log", "--format=%an|%s", "--", "spec.md"); !strings.Contains(out, llmtest.ScriptedModel+"|Accept the answer of "+llmtest.ScriptedModel) {
		t.Errorf("git log:\n%s", out)
	}
	if out := git(t, clone, "show", "HEAD:gates.md"); !strings.Contains(out, "The datum of Ireland is missing.") {
		t.Errorf("gates.md:\n%s", out)
	}
}

func differingBytes(a, b string) int {
	if len(a) != len(b) {
		return -1
	}
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

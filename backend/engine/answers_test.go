package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm/llmtest"
	"plumbline/backend/workflow"
)

// called is what a call returned.
type called struct {
	out any
	err error
}

// everyCall calls every method of an engine once, by name.
func everyCall(ctx context.Context, e *Engine, project, run string) map[string]called {
	reason := "A reason that is long enough."
	answer := func(out any, err error) called { return called{out, err} }
	draft, _, draftErr := e.Draft(ctx, project, "request.md")
	return map[string]called{
		"Projects":       answer(e.Projects(ctx)),
		"CreateProject":  answer(e.CreateProject(ctx, workflow.NewProject{Name: "Another", Idea: "An idea."})),
		"FindProject":    answer(e.FindProject(ctx, "tide")),
		"RenameProject":  answer(e.RenameProject(ctx, project, "Tides")),
		"Overview":       answer(e.Overview(ctx, project)),
		"Artifacts":      answer(e.Artifacts(ctx, project)),
		"Document":       answer(e.Document(ctx, project, ideaPath, 0)),
		"Text":           answer(e.Text(ctx, project, ideaPath, 0)),
		"Diff":           answer(e.Diff(ctx, project, ideaPath, 0, 0)),
		"Save":           answer(e.Save(ctx, project, workflow.SaveDocument{Path: "request.md", Body: "# One"})),
		"Restore":        answer(e.Restore(ctx, project, ideaPath, 1)),
		"Log":            answer(e.Log(ctx, project, ideaPath, workflow.LogQuery{})),
		"Blame":          answer(e.Blame(ctx, project, ideaPath, 0)),
		"Moments":        answer(e.Moments(ctx, project)),
		"ProjectAt":      answer(e.ProjectAt(ctx, project, time.Date(2999, 1, 1, 0, 0, 0, 0, time.UTC))),
		"Headings":       answer(e.Headings(ctx, project, ideaPath, 0)),
		"Search":         answer(e.Search(ctx, project, workflow.SearchQuery{Words: "offline"}, nil)),
		"RestoreSection": answer(e.RestoreSection(ctx, project, ideaPath, 1, 1)),
		"Tick":           answer(e.Tick(ctx, project, "checklists/preflight.md", 3, 1, true)),
		"WaiveItem":      answer(e.WaiveItem(ctx, project, "checklists/preflight.md", 3, 1, reason)),
		"Prompt":         answer(e.Prompt(ctx, project, "request", "")),
		"StartRun":       answer(e.StartRun(ctx, project, "request", llmtest.ScriptedModel)),
		"CopyRun":        answer(e.CopyRun(ctx, project, "request")),
		"PasteAnswer":    answer(e.PasteAnswer(ctx, run, workflow.PastedAnswer{Text: requestAnswer})),
		"CancelRun":      answer(e.CancelRun(ctx, run)),
		"ContinueRun":    answer(e.ContinueRun(ctx, run, "")),
		"RepairRun":      answer(e.RepairRun(ctx, run, "")),
		"Run":            answer(e.Run(ctx, run)),
		"Runs":           answer(e.Runs(ctx, project, "")),
		"RunBlocks":      answer(e.RunBlocks(ctx, run, 0)),
		"Review":         answer(e.Review(ctx, run)),
		"Accept":         answer(e.Accept(ctx, run, workflow.AcceptCandidate{All: true})),
		"Discard":        answer(e.Discard(ctx, run)),
		"Gate":           answer(e.Gate(ctx, project, "request")),
		"GateRecords":    answer(e.GateRecords(ctx, project)),
		"Pass":           answer(e.Pass(ctx, project, "request")),
		"Waive":          answer(e.Waive(ctx, project, "request", reason)),
		"Reopen":         answer(e.Reopen(ctx, project, "request", reason)),
		"Sign":           answer(e.Sign(ctx, project, "spec", 1)),
		"Unsign":         answer(e.Unsign(ctx, project, "spec")),
		"Unfreeze":       answer(e.Unfreeze(ctx, project, "spec", reason)),
		"StillValid":     answer(e.StillValid(ctx, project, "spec", reason)),
		"KeepValid":      answer(e.KeepValid(ctx, project, "spec.md", reason)),
		"Behind":         answer(e.Behind(ctx, project, ideaPath)),
		"Prove":          answer(e.Prove(ctx, project, workflow.Proof{Path: "checklists/preflight.md", Version: 1, Evidence: workflow.Evidence{Kind: workflow.EvidenceSentence, Text: "Seen."}})),
		"Approve":        answer(e.Approve(ctx, project, "release", 1)),
		"Promote":        answer(e.Promote(ctx, project, "golive")),
		"Healthy":        answer(e.Healthy(ctx, project, "golive", "All is well.")),
		"Rollback":       answer(e.Rollback(ctx, project, "golive", reason)),
		"Looked":         answer(e.Looked(ctx, project, "review", 1)),
		"OpenForChange":  answer(e.OpenForChange(ctx, project, "spec", "request.md")),
		"SetSetting":     answer(e.SetSetting(ctx, "theme", "dark")),
		"Settings":       answer(e.Settings(ctx)),
		"Workflows":      answer(e.Workflows(ctx)),
		"Models":         answer(e.Models(ctx, true)),
		"Doctor":         answer(e.Doctor(ctx)),
		"SaveDraft":      {nil, e.SaveDraft(ctx, workflow.Draft{ProjectID: project, Path: "request.md", Body: "x"})},
		"Draft":          {draft, draftErr},
		"DropDraft":      {nil, e.DropDraft(ctx, project, "request.md")},
		"SetVariables":   {nil, e.SetVariables(ctx, project, "request", map[string]string{"wishes": "none"})},
		"Verify":         answer(e.Verify(ctx, true, func(workflow.VerifyProgress) {})),
		"Backup":         answer(e.Backup(ctx, "here.zip")),
		"Backups":        answer(e.Backups(ctx)),
		"ExportProject":  answer(e.ExportProject(ctx, project, "here.zip")),
		"ImportProject":  answer(e.ImportProject(ctx, "/nowhere/nothing.zip", "")),
		"Maintain":       {nil, e.Maintain(ctx)},

		"Shelf":          answer(e.Shelf(ctx)),
		"SearchPrompts":  answer(e.SearchPrompts(ctx, "secur")),
		"PromptDetail":   answer(e.PromptDetail(ctx, "spec")),
		"PromptRuns":     answer(e.PromptRuns(ctx, "spec", "")),
		"FillPrompt":     answer(e.FillPrompt(ctx, workflow.PromptOrder{PromptID: "spec", ProjectID: project})),
		"KeepValues":     answer(e.KeepValues(ctx, workflow.PromptOrder{PromptID: "spec", ProjectID: project, Values: map[string]string{"rules": "Go"}})),
		"StartPrompt":    answer(e.StartPrompt(ctx, workflow.PromptOrder{PromptID: "request", ProjectID: project})),
		"CopyPrompt":     answer(e.CopyPrompt(ctx, workflow.PromptOrder{PromptID: "request", ProjectID: project})),
		"StartBatch":     answer(e.StartBatch(ctx, workflow.PromptBatch{})),
		"Batch":          answer(e.Batch(ctx, "nothing")),
		"KeepBatch":      answer(e.KeepBatch(ctx, "nothing")),
		"NextPrompt":     answer(e.NextPrompt(ctx, workflow.Given{Text: "- [ ] P1: A defect"})),
		"Chain":          answer(e.Chain(ctx, run)),
		"SavePrompt":     answer(e.SavePrompt(ctx, "spec", workflow.SavePrompt{Text: "x"})),
		"NewPrompt":      answer(e.NewPrompt(ctx, workflow.SavePrompt{Text: ownPrompt("tidy", "Tidy up.")})),
		"Customise":      answer(e.Customise(ctx, "spec")),
		"Upgrade":        answer(e.Upgrade(ctx, "spec")),
		"TakeOver":       answer(e.TakeOver(ctx, "spec", workflow.SavePrompt{})),
		"RemovePrompt":   {nil, e.RemovePrompt(ctx, "spec")},
		"PutBack":        answer(e.PutBack(ctx, "prompts/spec.md")),
		"Favourite":      answer(e.Favourite(ctx, "plan", true)),
		"Practice":       answer(e.Practice(ctx)),
		"Facts":          answer(e.Facts(ctx, project)),
		"SetFact":        answer(e.SetFact(ctx, project, "stack", "Go")),
		"PreviewImport":  answer(e.PreviewImport(ctx, "/nowhere")),
		"Handoff":        answer(e.Handoff(ctx, project, workflow.HandoffAsk{Format: workflow.HandoffMarkdown})),
		"PreviewHandoff": answer(e.PreviewHandoff(ctx, workflow.HandoffSource{Files: []workflow.ImportFile{{Path: "specs/001-a/spec.md", Content: "# A"}}})),
		"ImportHandoff":  answer(e.ImportHandoff(ctx, workflow.HandoffSource{Files: []workflow.ImportFile{{Path: "specs/001-a/spec.md", Content: "# A"}}, Choose: []string{"001-a"}})),
		"PreviewFiles":   answer(e.PreviewFiles(ctx, []workflow.ImportFile{{Path: "a.md", Content: "Tidy up [FILE]."}})),
		"TakePrompts":    answer(e.TakePrompts(ctx, []workflow.ImportItem{})),
		"Readme":         answer(e.Readme(ctx, "# Readme\n")),
		"WorkflowText":   answer(e.WorkflowText(ctx, "harden")),
		"CopyWorkflow":   answer(e.CopyWorkflow(ctx, "harden", "own-way")),
		"OwnChecklists":  answer(e.OwnChecklists(ctx)),
		"TickOwn":        answer(e.TickOwn(ctx, "mastery", 0, 0, true)),
		"ExportPrompts":  answer(e.ExportPrompts(ctx, workflow.ExportPrompts{Format: "plumbline"})),

		"Findings":       answer(e.Findings(ctx, project, workflow.FindingQuery{})),
		"Finding":        answer(e.Finding(ctx, project, "F-001")),
		"Ledger":         answer(e.Ledger(ctx, project, "")),
		"FileFindings":   answer(e.FileFindings(ctx, project, ideaPath)),
		"ActOnFindings":  answer(e.ActOnFindings(ctx, project, workflow.FindingAct{Verb: workflow.VerbFix, IDs: []string{"F-001"}})),
		"SplitFinding":   answer(e.SplitFinding(ctx, project, workflow.FindingSplit{ID: "F-001"})),
		"ExportFindings": answer(e.ExportFindings(ctx, project, workflow.FindingsSARIF, workflow.FindingQuery{})),
		"Next":           answer(e.Next(ctx, project)),
		"NextOfAll":      answer(e.NextOfAll(ctx)),
		"Round":          answer(e.Round(ctx, project, "review")),
		"BeginRound":     answer(e.BeginRound(ctx, project, "review", "")),
		"Thread":         answer(e.Thread(ctx, run)),
		"Threads":        answer(e.Threads(ctx, project, "request", "")),
		"Refine":         answer(e.Refine(ctx, run, workflow.Refinement{Notes: "Shorter."})),
		"Restart":        answer(e.Restart(ctx, run, workflow.Restart{Why: "muddied"})),
		"StartOver":      answer(e.StartOver(ctx, run)),
		"Plan":           answer(e.Plan(ctx, project)),
		"Step":           answer(e.Step(ctx, project, "1")),
		"StepPrompt":     answer(e.StepPrompt(ctx, project, "1", "")),
		"RunStep":        answer(e.RunStep(ctx, project, "1", workflow.StepOrder{})),
		"MarkStep":       answer(e.MarkStep(ctx, project, "1", "done", "")),
		"Check":          answer(e.Check(ctx, project, workflow.CheckResult{Command: "make"})),
		"Checks":         answer(e.Checks(ctx, project, "*")),
		"AddSteps":       answer(e.AddSteps(ctx, project, []string{"F-001"})),
		"Touch":          answer(e.Touch(ctx, project, "request", "")),
		"Efforts":        answer(e.Efforts(ctx, project)),
		"CorrectEffort":  answer(e.CorrectEffort(ctx, project, "request", "", 60)),
		"EstimateEffort": answer(e.EstimateEffort(ctx, project, "request", "", 60, 120)),
	}
}

// TestEveryCallIsTried keeps everyCall complete.
func TestEveryCallIsTried(t *testing.T) {
	b := newBench(t, specOrRequest)
	tried := everyCall(b.ctx, b.Engine, "nobody", "nobody")
	for m := range reflect.TypeFor[*Engine]().Methods() {
		takes := m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[context.Context]()
		if _, ok := tried[m.Name]; takes && !ok {
			t.Errorf("%s is not called", m.Name)
		}
	}
	for name, call := range tried {
		if call.err != nil {
			if d := workflow.Describe(call.err); d.Code == workflow.Internal || d.Message == "" || strings.Contains(d.Message, "%!") {
				t.Errorf("%s: %+v", name, d)
			}
		}
	}
}

// TestAnswersHoldNoNull walks a project through its states and looks at
// everything that the doors get to see: the front end counts on lists being lists.
func TestAnswersHoldNoNull(t *testing.T) {
	b := newBench(t, specOrRequest)
	p := b.project("Tide table")
	look := func(run string) {
		t.Helper()
		for name, call := range everyCall(b.ctx, b.Engine, p.ID, run) {
			if call.err == nil {
				noNull(t, name, reflect.ValueOf(call.out))
			}
		}
		for _, r := range try(b.Runs(b.ctx, p.ID, ""))(t) { // one that still writes would be in the way of the next
			b.ended(r.ID)
		}
	}
	look("nobody")
	run := b.run(p, "request").Run.ID
	look(run)
	stopped := try(b.CopyRun(b.ctx, p.ID, "request"))(t)
	look(stopped.ID)
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Body: specAnswer}))(t)
	look(b.run(p, "spec").Run.ID)
	events := b.EventsSince(b.epoch, 0)
	if events.Resync {
		t.Fatal("too many events for one look")
	}
	noNull(t, "EventsSince", reflect.ValueOf(events))
	noNull(t, "EventsSince", reflect.ValueOf(b.EventsSince("another", 0)))
	noNull(t, "Info", reflect.ValueOf(b.Info()))
	text, err := json.Marshal(events)
	if err != nil || strings.Contains(string(text), ":[null") {
		t.Errorf("%v", err)
	}
}

// noNull looks for slices and maps that would be null in JSON.
func noNull(t *testing.T, where string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			noNull(t, where, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				noNull(t, where+"."+v.Type().Field(i).Name, v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			t.Errorf("%s is null", where)
		}
		for i := range v.Len() {
			noNull(t, fmt.Sprintf("%s[%d]", where, i), v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() {
			t.Errorf("%s is null", where)
		}
		for _, k := range v.MapKeys() {
			noNull(t, fmt.Sprintf("%s[%v]", where, k), v.MapIndex(k))
		}
	}
}

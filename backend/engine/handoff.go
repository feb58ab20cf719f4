package engine

import (
	"context"
	"errors"
	"slices"

	"plumbline/backend/handoff"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Handoff makes the files of a project, or of a phase of it, for people and programs
// that have no Plumbline. With a place they are written there: nothing that is there
// is written over unless the person was asked, but for our block of an AGENTS.md.
func (e *Engine) Handoff(ctx context.Context, projectID string, ask workflow.HandoffAsk) (workflow.Handoff, error) {
	none := workflow.Handoff{Format: ask.Format, Files: []workflow.HandoffFile{}, Notes: []string{}}
	pic, err := e.look(projectID)
	if err != nil {
		return none, err
	}
	if ask.Phase != "" {
		if _, err := pic.phase(ask.Phase); err != nil {
			return none, err
		}
	}
	p, s, doubts, err := e.handedOff(ctx, pic, ask)
	if err != nil {
		return none, err
	}
	files, notes, err := handoff.Write(ask.Format, p, s)
	if err != nil {
		return none, err
	}
	made := workflow.Handoff{Format: ask.Format, Name: handoff.FileName(ask.Format, p, ask.Phase), Files: []workflow.HandoffFile{},
		Notes: append(append([]string{}, notes...), doubts...)}
	for _, f := range files {
		made.Files = append(made.Files, workflow.HandoffFile{Path: f.Path, Content: f.Body})
	}
	if ask.To != "" {
		err = e.placeHandoff(&made, ask)
	}
	made.Size = 0
	for i := range made.Files {
		made.Files[i].Size = len(made.Files[i].Content)
		made.Size += made.Files[i].Size
	}
	return made, err
}

// handedOff collects what a hand-off is made of, and what could not be had.
func (e *Engine) handedOff(ctx context.Context, pic picture, ask workflow.HandoffAsk) (handoff.Project, handoff.State, []string, error) {
	o, err := e.Overview(ctx, pic.project.ID)
	if err != nil {
		return handoff.Project{}, handoff.State{}, nil, err
	}
	p := handoff.Project{Name: o.Project.Name, Slug: o.Project.Slug}
	s := handoff.State{Summary: o.Project.Summary, Current: o.Current, Next: o.Next, Only: ask.Phase,
		Made: "Written by Plumbline " + e.opt.Version + " on " + day(e.opt.Now()) + ", workflow “" + o.WorkflowTitle + "”."}
	facts, err := e.Facts(ctx, o.Project.ID)
	if err != nil {
		return p, s, nil, err
	}
	for _, name := range factNames() {
		if facts[name] != "" {
			s.Facts = append(s.Facts, handoff.Fact{Title: factTitle(name), Text: facts[name]})
		}
	}
	list, err := e.Findings(ctx, o.Project.ID, workflow.FindingQuery{States: []workflow.FindingState{workflow.FindingReturned, workflow.FindingOpen}})
	if err != nil {
		return p, s, nil, err
	}
	s.Findings = list.Findings
	if err := e.checksOf(ctx, o.Project.ID, &s); err != nil {
		return p, s, nil, err
	}
	if p.Documents, err = e.handedDocuments(ctx, o.Project, facts); err != nil {
		return p, s, nil, err
	}
	doubts, err := e.handedPhases(ctx, pic, o, ask, &s)
	return p, s, doubts, err
}

// factTitle is what people call a fact.
func factTitle(name string) string {
	switch name {
	case "slos":
		return "SLOs"
	case "kpis":
		return "KPIs"
	}
	return workflow.Title(name)
}

// checksOf adds where the steps stand, and with which commands the software is checked.
func (e *Engine) checksOf(ctx context.Context, projectID string, s *handoff.State) error {
	plan, err := e.Plan(ctx, projectID)
	if err != nil && workflow.CodeOf(err) != workflow.NotFound {
		return err
	}
	s.Steps = map[string]workflow.StepState{}
	for _, step := range plan.Steps {
		s.Steps[step.Step.Number] = step.State
	}
	records, err := e.GateRecords(ctx, projectID)
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.Check != nil && r.Check.Exit == 0 && r.Check.Command != "" && !slices.Contains(s.Commands, r.Check.Command) {
			s.Commands = append(s.Commands, r.Check.Command)
		}
	}
	return nil
}

// handedDocuments reads the current text of every document, in the order of the
// phases; project.md is first, and no version of it is kept.
func (e *Engine) handedDocuments(ctx context.Context, p workflow.Project, facts map[string]string) ([]handoff.Document, error) {
	artifacts, err := e.Artifacts(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	list := []handoff.Document{{Path: "project.md", Title: "Project", Body: projectPage(p, facts)}}
	slices.SortStableFunc(artifacts, func(a, b workflow.Artifact) int { return first(a.Path, "idea.md") - first(b.Path, "idea.md") })
	for _, a := range artifacts {
		body := ""
		err := e.store.View(func(tx *store.Tx) (err error) {
			v, err := head(tx, p.ID, a.Path)
			if err != nil {
				return err
			}
			a.Current = v
			body, err = e.body(ctx, tx, v)
			return err
		})
		if err != nil {
			return nil, err
		}
		list = append(list, handoff.Document{Path: a.Path, Title: a.Title, Phase: a.Phase, Version: a.Current.Number, Body: body})
	}
	return list, nil
}

// first puts one path before all others.
func first(path, wanted string) int {
	if path == wanted {
		return 0
	}
	return 1
}

// handedPhases adds the phases with their gates and, for the archive, their prompts.
func (e *Engine) handedPhases(ctx context.Context, pic picture, o workflow.Overview, ask workflow.HandoffAsk, s *handoff.State) (doubts []string, err error) {
	for _, status := range o.Phases {
		rule, _ := pic.workflow.Phase(status.ID)
		one := handoff.Phase{ID: status.ID, Title: status.Title, Summary: status.Summary, Output: status.Output, Inputs: rule.Inputs,
			Frozen: status.Frozen, State: status.State}
		if one.Gate, err = e.Gate(ctx, o.Project.ID, status.ID); err != nil {
			return nil, err
		}
		wanted := ask.Phase == "" || ask.Phase == status.ID
		if status.Prompted && wanted && ask.Format == workflow.HandoffZip {
			text, err := e.Prompt(ctx, o.Project.ID, status.ID, "")
			var known *workflow.Error
			switch {
			case err == nil:
				one.PromptTitle, one.Prompt, one.Missing = text.Prompt.Title, text.Text, text.Prompt.Missing
			case ctx.Err() != nil || !errors.As(err, &known):
				return nil, err
			default:
				doubts = append(doubts, "The prompt of "+status.Title+" cannot be put together: "+known.Message)
			}
		}
		s.Phases = append(s.Phases, one)
	}
	return doubts, nil
}

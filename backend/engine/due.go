package engine

import (
	"context"
	"slices"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Next says the one thing to do now in a project, and why.
func (e *Engine) Next(_ context.Context, projectID string) (d workflow.ToDo, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err == nil {
			d, err = e.toDo(tx, pic)
		}
		if err == nil {
			d.Due, err = e.dueIn(tx, pic)
		}
		return err
	})
	return d, err
}

// NextOfAll says the one thing to do now in each project, the one worked on last first.
func (e *Engine) NextOfAll(ctx context.Context) ([]workflow.ToDo, error) {
	list := []workflow.ToDo{}
	projects, err := e.projectList()
	if err != nil {
		return list, err
	}
	slices.SortStableFunc(projects, func(a, b workflow.Project) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	for _, p := range projects {
		d, err := e.Next(ctx, p.ID)
		if err != nil { // one that cannot be read does not hide the others
			d = workflow.ToDo{ProjectID: p.ID, Project: p.Name, Kind: workflow.DoGate, Text: workflow.Describe(err).Message, Why: workflow.Describe(err).Hint, Due: []workflow.DueItem{}}
		}
		list = append(list, d)
	}
	return list, nil
}

// dueIn lists what has become due in a project outside the order of its phases: what
// its triggers ask for, and the practice prompts whose time has come.
func (e *Engine) dueIn(tx *store.Tx, pic picture) ([]workflow.DueItem, error) {
	list, err := e.triggered(tx, pic)
	if err != nil {
		return list, err
	}
	list = append(list, pic.undone()...)
	facts, err := tx.Variables(pic.project.ID, factsKey)
	if err != nil {
		return list, err
	}
	now := e.opt.Now()
	for _, p := range e.lib().Practice() {
		if one, ok := e.practice(p, pic.project, facts[launchFact], now); ok && one.Due {
			list = append(list, workflow.DueItem{Kind: "practice", ID: p.ID, Title: p.Title, PromptID: p.ID, Why: one.Rhythm + ".", Help: p.Summary, At: one.DueAt})
		}
	}
	return list, nil
}

// triggered lists what the triggers of the workflow ask for.
func (e *Engine) triggered(tx *store.Tx, pic picture) ([]workflow.DueItem, error) {
	f := workflow.DueFacts{Workflow: pic.named, Plan: pic.plan, WrittenAt: map[string]time.Time{}, Written: map[string]bool{}}
	for _, t := range pic.workflow.Triggers {
		if f.Written[t.Phase] = pic.roundWritten(t.Phase); !pic.opened[t.Phase] {
			continue
		}
		at, err := e.writtenAt(tx, pic, t.Phase)
		if err != nil {
			return nil, err
		}
		if !at.IsZero() {
			f.WrittenAt[t.Phase] = at
		}
	}
	return workflow.JudgeDue(f), nil
}

// writtenAt is when the newest output of a phase, of any round, was begun to be
// written: an audit cannot know what was built while it was looking.
func (e *Engine) writtenAt(tx *store.Tx, pic picture, phase string) (time.Time, error) {
	named, _ := pic.named.Phase(phase)
	for round := pic.named.Round(phase, pic.acts); round > 0; round-- {
		v, ok, err := tx.Head(pic.project.ID, named.OutputOf(round))
		if err != nil {
			return time.Time{}, err
		}
		for ok && v.Kind == workflow.VersionTicked && v.Number > 1 {
			if v, err = tx.Version(v.ProjectID, v.Path, v.Number-1); err != nil {
				return time.Time{}, err
			}
		}
		if !ok {
			if !named.Numbered() {
				break
			}
			continue
		}
		if v.Kind == workflow.VersionAccepted {
			if r, err := tx.Run(v.RunID); err == nil {
				return r.CreatedAt, nil
			}
		}
		return v.At, nil
	}
	return time.Time{}, nil
}

// toDo finds the one thing to do now. What is due by the calendar is left out.
func (e *Engine) toDo(tx *store.Tx, pic picture) (workflow.ToDo, error) {
	f := workflow.ToDoFacts{Project: pic.project, Workflow: pic.workflow, Plan: pic.plan, Check: workflow.NewestCheck(pic.acts, "")}
	current, ok := pic.workflow.Current(pic.records)
	if ok {
		f.Phase, f.Gate = current, pic.gate(current)
		f.Stale = pic.lines.behind[current.Output]
	}
	for _, one := range pic.findings {
		if one.Open() && (one.Severity == workflow.P0 || one.Severity == workflow.P1) {
			f.Grave = append(f.Grave, one)
		}
	}
	f.Lapsed = workflow.Lapsed(pic.findings, pic.plan, e.opt.Now())
	var err error
	if f.Due, err = e.triggered(tx, pic); err != nil {
		return workflow.ToDo{}, err
	}
	if err := e.addRuns(tx, pic, &f); err != nil {
		return workflow.ToDo{}, err
	}
	if err := e.addThread(tx, pic, &f); err != nil {
		return workflow.ToDo{}, err
	}
	if loop := pic.workflow.Loop.Phases; len(loop) > 0 {
		p, _ := pic.workflow.Phase(loop[0])
		f.Round = e.round(pic, p)
		f.Refined = pic.refinedInRound()
	}
	d := workflow.NextToDo(f)
	d.Due = append(d.Due, pic.undone()...)
	return d, nil
}

// undone lists the gates that were passed and no longer hold.
func (pic picture) undone() []workflow.DueItem {
	list := []workflow.DueItem{}
	for _, p := range pic.workflow.Phases {
		if item, ok := workflow.Undone(p, pic.gate(p)); ok {
			list = append(list, item)
		}
	}
	return list
}

// addRuns adds the runs that are to be settled before anything else: those of the
// phase the work is at, of phases it takes turns with, and of phases that are due.
func (e *Engine) addRuns(tx *store.Tx, pic picture, f *workflow.ToDoFacts) error {
	near := map[string]bool{f.Phase.ID: true}
	for _, id := range pic.workflow.RoundPhases(f.Phase.ID) {
		near[id] = true
	}
	for id := range pic.opened {
		near[id] = true
	}
	for id, r := range pic.active {
		switch {
		case id == "" || !near[id]:
		case r.State == workflow.RunWaiting:
			if f.Waiting == nil || r.CreatedAt.After(f.Waiting.CreatedAt) {
				f.Waiting = &r
			}
		case f.Busy == nil || r.CreatedAt.After(f.Busy.CreatedAt):
			f.Busy = &r
		}
	}
	for _, c := range pic.candidates {
		if c.Phase == "" || !near[c.Phase] {
			continue
		}
		r, err := tx.Run(c.RunID)
		if err == nil {
			f.Decide = &r
		}
		return err
	}
	return nil
}

// addThread adds the newest thread of the current step, or of the current phase.
func (e *Engine) addThread(tx *store.Tx, pic picture, f *workflow.ToDoFacts) (err error) {
	at := place{phase: f.Phase.ID}
	if f.Phase.ID == pic.plan.Phase && pic.plan.Current >= 0 {
		at.step = pic.plan.Steps[pic.plan.Current].Step.Number
		f.StepCheck = workflow.NewestCheck(pic.acts, at.step)
		if err := e.fillStep(tx, pic, &f.Plan.Steps[pic.plan.Current]); err != nil {
			return err
		}
	}
	if f.Phase.Kind != workflow.KindBuild {
		f.Thread = workflow.Thread{}
		return nil
	}
	f.Thread, err = e.newestThread(tx, pic, at)
	return err
}

// refinedInRound reports whether a refinement was accepted in the round that the loop is at.
func (pic picture) refinedInRound() bool {
	for _, id := range pic.workflow.Loop.Phases {
		p, _ := pic.workflow.Phase(id)
		if p.Prompt == refinePrompt && pic.heads[p.Output].Number > 0 && pic.roundWritten(id) {
			return true
		}
	}
	return false
}

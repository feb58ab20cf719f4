package engine

import (
	"context"
	"slices"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Moments lists the points in the time of a project that have a name: what was
// done at its gates, and its start. The newest come first.
func (e *Engine) Moments(_ context.Context, projectID string) (list []workflow.Moment, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		list = pic.moments()
		return nil
	})
	return list, err
}

func (pic picture) moments() []workflow.Moment {
	list := []workflow.Moment{{Title: "Project started", At: pic.project.CreatedAt, By: workflow.Author{Kind: workflow.Plumbline, Name: "Plumbline"}}}
	for _, r := range pic.acts {
		if r.Action == workflow.ActCheck { // there may be hundreds
			continue
		}
		title := r.Phase
		if p, ok := pic.workflow.Phase(r.Phase); ok {
			title = p.Title
		}
		list = append(list, workflow.Moment{ID: r.ID, Title: momentTitle(title, r.Action), Phase: r.Phase, Action: r.Action, By: r.By, At: r.At})
	}
	slices.Reverse(list)
	return list
}

func momentTitle(phase string, a workflow.GateAction) string {
	switch a {
	case workflow.ActSign, workflow.ActUnfreeze, workflow.ActStill, workflow.ActApprove, workflow.ActPromote, workflow.ActHealthy,
		workflow.ActRollback, workflow.ActLooked, workflow.ActChange:
		return phase + " " + actName(a)
	case workflow.ActRound:
		return "Next round of " + phase
	case workflow.ActOverride, workflow.ActRestart:
		return phase + " " + actName(a)
	case workflow.ActUnsign:
		return "Sign-off of " + phase + " withdrawn"
	}
	return "Gate of " + phase + " " + actName(a)
}

// ProjectAt shows a project as it was at a moment: which version each document
// had, and how the gates stood.
func (e *Engine) ProjectAt(ctx context.Context, projectID string, at time.Time) (workflow.ProjectAt, error) {
	past := workflow.ProjectAt{At: at.UTC(), Artifacts: []workflow.ArtifactAt{}, Phases: []workflow.PhaseStatus{}}
	err := e.store.View(func(tx *store.Tx) error {
		now, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		past.Project = now.project
		if at.Before(now.project.CreatedAt) {
			return workflow.Errorf(workflow.NotFound, "%s was started on %s; there is nothing before it.", now.project.Name, moment(now.project.CreatedAt)).
				WithHint("Choose a later moment. “plumbline history PROJECT” lists those that have a name.")
		}
		for _, m := range now.moments() {
			if past.Moment = m; !m.At.After(at) {
				break
			}
		}
		then, err := e.pictureAt(ctx, tx, now, at, &past)
		if err != nil {
			return err
		}
		o := then.overview()
		past.Phases, past.Current = o.Phases, o.Current
		return nil
	})
	return past, err
}

// pictureAt is the picture of a project at a moment. It notes the versions that
// the artifacts had in past.
func (e *Engine) pictureAt(ctx context.Context, tx *store.Tx, now picture, at time.Time, past *workflow.ProjectAt) (picture, error) {
	then := picture{project: now.project, named: now.named, questions: now.questions,
		heads: map[string]workflow.Version{}, items: map[string][]workflow.Item{}, sections: map[string][]workflow.Section{},
		runs: map[string]workflow.Run{}, active: map[string]workflow.Run{}}
	for _, r := range now.acts {
		if !r.At.After(at) {
			then.acts = append(then.acts, r)
		}
	}
	then.workflow, then.records = now.named.AtRound(then.acts), now.named.InForce(then.acts)
	heads, err := tx.Heads(now.project.ID)
	if err != nil {
		return then, err
	}
	t := e.reading(tx, now.project.ID)
	t.all = true
	t.body = func(v workflow.Version) (string, error) {
		v, err := tx.Version(v.ProjectID, v.Path, v.Number)
		if err != nil {
			return "", err
		}
		return e.body(ctx, tx, v)
	}
	looked := relevant(then.workflow)
	for _, current := range heads {
		v, ok, err := tx.VersionAt(current.ProjectID, current.Path, at)
		if err != nil {
			return then, err
		}
		if !ok {
			continue
		}
		t.known[v.Path] = noteOf(v)
		past.Artifacts = append(past.Artifacts, artifactAt(now.workflow, v, current))
		if !slices.Contains(looked, v.Path) {
			continue
		}
		if err := e.addPast(ctx, tx, &then, v, at); err != nil {
			return then, err
		}
	}
	if then.lines, err = t.lines(then, at); err != nil {
		return then, err
	}
	order := phaseOrder(now.workflow)
	slices.SortStableFunc(past.Artifacts, func(a, b workflow.ArtifactAt) int { return order[a.Path] - order[b.Path] })
	return then, nil
}

func artifactAt(wf workflow.Workflow, v, current workflow.Version) workflow.ArtifactAt {
	a := workflow.ArtifactAt{Path: v.Path, Title: workflow.Title(v.Path), Version: v, Now: current.Number, Same: v.BasisHash == current.BasisHash}
	if p, ok := wf.Producer(v.Path); ok {
		a.Phase, a.Title = p.ID, p.Title
	}
	return a
}

// addPast adds what the rules need to know of an artifact at a moment. Of the
// ticks that a person has made only those are known that nobody has taken back.
func (e *Engine) addPast(ctx context.Context, tx *store.Tx, then *picture, v workflow.Version, at time.Time) error {
	p, known := e.docs.known(v.Hash)
	if !known {
		body, err := e.body(ctx, tx, v)
		if err != nil {
			return err
		}
		p = e.docs.parse(v.Hash, body)
	}
	ticks, err := tx.Ticks(v.ProjectID, v.Path)
	if err != nil {
		return err
	}
	for key, tick := range ticks {
		if tick.At.After(at) {
			delete(ticks, key)
		}
	}
	items := append([]workflow.Item{}, p.items...)
	workflow.JudgeItems(items, ticks)
	then.heads[v.Path], then.items[v.Path], then.sections[v.Path] = v, items, p.sections
	return addBasis(tx, then.runs, v)
}

package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// Practice lists the practice prompts of every project with when they are due, those
// that are due first. Nobody is held to them.
func (e *Engine) Practice(context.Context) ([]workflow.Practice, error) {
	list := []workflow.Practice{}
	prompts := e.lib().Practice()
	now := e.opt.Now()
	err := e.store.View(func(tx *store.Tx) error {
		projects, err := projectsOf(tx)
		if err != nil {
			return err
		}
		for _, project := range projects {
			facts, err := tx.Variables(project.ID, factsKey)
			if err != nil {
				return err
			}
			for _, p := range prompts {
				if one, ok := e.practice(p, project, facts[launchFact], now); ok {
					list = append(list, one)
				}
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b workflow.Practice) int { return a.DueAt.Compare(b.DueAt) })
	return list, err
}

// practice says when a prompt is due in a project; ok is false where it never is.
func (e *Engine) practice(p prompt.Prompt, project workflow.Project, launch string, now time.Time) (one workflow.Practice, ok bool) {
	last := e.uses.lastIn(p.ID, project.ID)
	due, ok := workflow.DueAt(p.Due, launch, project.CreatedAt, last.at, now)
	if !ok {
		return one, false
	}
	return workflow.Practice{
		PromptID: p.ID, Title: p.Title, Summary: p.Summary, ProjectID: project.ID, Project: project.Name, Rhythm: rhythm(p.Due),
		LastAt: last.at, LastRun: last.run, DueAt: due, Due: !due.After(now),
	}, true
}

func rhythm(d workflow.Due) string {
	switch {
	case d.Every == "day":
		return "Every day"
	case d.Every == "week":
		return "Every week"
	case d.Launch < 0:
		return fmt.Sprintf("%s before the launch", workflow.Plural(-d.Launch, "day", "days"))
	}
	return fmt.Sprintf("%s after the launch", workflow.Plural(d.Launch, "day", "days"))
}

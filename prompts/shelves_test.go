package prompts_test

import (
	"slices"
	"testing"

	"plumbline/backend/workflow"
)

func TestMetaPromptsSayWhatTheyTurnIntoTheNextPrompt(t *testing.T) {
	takes := map[string]workflow.TextKind{
		"fix-prompt":             workflow.TextFindings,
		"production-gaps-prompt": workflow.TextReadiness,
		"enhancement-prompts":    workflow.TextSuggestions,
		"implementation-prompt":  workflow.TextTasks,
		"universal-prompt":       workflow.TextAny,
	}
	for _, p := range library(t).Prompts() {
		if p.Group != "meta" {
			if len(p.Takes) > 0 || len(p.Follows) > 0 {
				t.Errorf("%s is no meta-prompt, and takes %v and follows %v", p.ID, p.Takes, p.Follows)
			}
			continue
		}
		if want := []workflow.TextKind{takes[p.ID]}; !slices.Equal(p.Takes, want) {
			t.Errorf("%s takes %v, want %v", p.ID, p.Takes, want)
		}
		given := slices.DeleteFunc(slices.Clone(p.Variables), func(v workflow.Variable) bool { return v.Source != workflow.SourceGiven })
		if len(given) != 1 || !given[0].Required {
			t.Errorf("%s has %d variables for the given text, want a required one", p.ID, len(given))
		}
		delete(takes, p.ID)
	}
	for id := range takes {
		t.Errorf("there is no meta-prompt “%s”", id)
	}
}

func TestPracticePromptsSayWhenTheyAreDue(t *testing.T) {
	due := map[string]workflow.Due{
		"morning-review":      {Every: "day"},
		"end-of-day":          {Every: "day"},
		"weekly-architecture": {Every: "week"},
		"weekly-security":     {Every: "week"},
		"pre-launch":          {Launch: -7},
		"post-launch":         {Launch: 30},
	}
	for _, p := range library(t).Prompts() {
		want, practice := due[p.ID]
		if practice != (p.Group == "practice") || p.Due != want {
			t.Errorf("%s of the group %s is due %+v, want %+v", p.ID, p.Group, p.Due, want)
		}
		delete(due, p.ID)
	}
	for id := range due {
		t.Errorf("there is no practice prompt “%s”", id)
	}
}

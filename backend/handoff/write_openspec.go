package handoff

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"plumbline/backend/markdown"
	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// What the validator of OpenSpec wants of the reason for a change, in characters.
const (
	shortestWhy = 50
	longestWhy  = 1000
)

// openSpec writes openspec/changes/name/: why and what, how, the tasks, and the
// criteria as requirements with scenarios.
func (w *writing) openSpec() error {
	front, spec := splitFront(w.doc(specPath).Body)
	_, request := splitFront(w.doc(requestPath).Body)
	_, idea := splitFront(w.doc(ideaPath).Body)
	t := w.tasks()
	if strings.TrimSpace(spec+request+idea+t.body) == "" {
		return w.nothing("OpenSpec")
	}
	name := w.plainSlug()
	dir := "openspec/changes/" + name + "/"
	added, left := w.requirements(spec)
	w.add(dir+"proposal.md", w.proposal(name, request, idea, t, added != ""))
	if design := w.design(spec, t, left); design != "" {
		w.add(dir+"design.md", head(front)+design)
	}
	if len(t.groups) > 0 {
		w.add(dir+"tasks.md", w.openSpecTasks(t))
	}
	if added != "" {
		w.add(dir+"specs/"+name+"/spec.md", added)
	} else {
		w.note("OpenSpec wants at least one requirement with a scenario. The specification has no criterion of the form “When …, then …”, so there is no specs/.")
	}
	w.leaveOut("OpenSpec", ideaPath, requestPath, specPath, workflow.PlanPath, projectPath)
	return nil
}

// proposal says why, what changes, and what it touches: from the request.
func (w *writing) proposal(name, request, idea string, t tasks, specified bool) string {
	_, lead, sections := parts(request)
	overview, _, sections := take(sections, "Overview", "Summary", "Introduction")
	var b strings.Builder
	fmt.Fprintf(&b, "# Change: %s\n\n## Why\n\n", inline(w.name))
	why := closed(strings.TrimSpace(lead + "\n\n" + overview.at(2)))
	if why == "" {
		why = closed(shift(strings.TrimSpace(orElse(idea, w.Summary)), 2))
	}
	b.WriteString(orElse(why, "Nobody has said it yet.") + "\n")
	if n := len([]rune(why)); n < shortestWhy || n > longestWhy {
		w.note("OpenSpec wants %d to %d characters under “Why”; the request gives %d.", shortestWhy, longestWhy, n)
	}
	b.WriteString("\n## What Changes\n\n")
	features, _, sections := take(sections, "Features", "Features by category", "Feature list", "Key features")
	b.WriteString(orElse(changes(features.at(2)), "- "+inline(w.name)+" is built.\n"))
	b.WriteString("\n## Impact\n\n")
	if specified {
		fmt.Fprintf(&b, "- Affected specs: %s (new)\n", code(name))
	}
	if files := t.touched(); len(files) > 0 {
		fmt.Fprintf(&b, "- Affected code: %s\n", codes(files))
	}
	if !specified && len(t.touched()) == 0 {
		b.WriteString("- Affected code: nothing is planned yet\n")
	}
	for _, s := range sections {
		if !workflow.SameTitle(s.title, "Acceptance checklist") && !none(s.body) {
			fmt.Fprintf(&b, "\n### %s\n\n%s\n", inline(s.title), closed(s.at(3)))
		}
	}
	if _, list, ok := w.acceptance(); ok && list != "" {
		w.note("OpenSpec has no checklists: the one that judges the request is left out.")
	}
	return b.String()
}

// changes are the features as a list. Boxes become plain items: what is counted as
// work stands in tasks.md.
func changes(features string) string {
	if none(features) {
		return ""
	}
	var b strings.Builder
	at := 0
	for _, it := range markdown.Items(features) {
		b.WriteString(features[at : it.Offset-1])
		at = it.Offset + 2
		at += len(features[at:]) - len(strings.TrimLeft(features[at:], " \t"))
	}
	b.WriteString(features[at:])
	return closed(b.String()) + "\n"
}

// touched are the folders that the steps touch, and files that lie in none.
func (t tasks) touched() []string {
	list := []string{}
	for _, s := range t.plan.Steps {
		for _, file := range s.Files {
			if dir := path.Dir(file); dir != "." && dir != "/" {
				file = dir + "/"
			}
			if !slices.Contains(list, file) {
				list = append(list, file)
			}
		}
	}
	return list
}

// design sorts the sections of the specification into those of a design.
func (w *writing) design(spec string, t tasks, left []workflow.Criterion) string {
	_, lead, sections := parts(spec)
	overview, _, sections := take(sections, "Overview", "Summary", "Introduction")
	goals, _, sections := take(sections, "Non-goals", "Non goals", "Out of scope")
	questions, _, sections := take(sections, "Open questions")
	_, _, sections = take(sections, "Acceptance criteria")
	_, planLead, planned := parts(t.body)
	planned = slices.DeleteFunc(planned, func(p part) bool {
		return workflow.SameTitle(p.title, "Coverage") || none(strings.ReplaceAll(p.body, stepsHere, ""))
	})
	risks, _, planned := take(planned, "Risks", "Risks and assumptions", "Risks and mitigations")
	var b strings.Builder
	section := func(title, body string) {
		if body = closed(body); !none(body) {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", title, body)
		}
	}
	section("Context", strings.TrimSpace(lead+"\n\n"+overview.at(2)+"\n\n"+w.facts("###")))
	if !none(goals.body) {
		section("Goals / Non-Goals", "**Non-Goals:**\n\n"+goals.at(2))
	}
	section("Decisions", under(sections))
	section("Risks / Trade-offs", risks.at(2))
	section("Migration Plan", strings.TrimSpace(strings.ReplaceAll(planLead, stepsHere, "")+"\n\n"+under(planned)))
	section("Open Questions", questions.at(2))
	if len(left) > 0 {
		list := []string{}
		for _, c := range left {
			list = append(list, "- "+inline(c.Text))
		}
		section("Acceptance criteria without a scenario", strings.Join(list, "\n"))
	}
	if b.Len() == 0 {
		return ""
	}
	return "# Design: " + inline(w.name) + "\n" + b.String()
}

// under writes sections as those of the third level.
func under(sections []part) string {
	texts := []string{}
	for _, s := range sections {
		if !none(s.body) {
			texts = append(texts, fmt.Sprintf("### %s\n\n%s", inline(s.title), closed(s.at(3))))
		}
	}
	return strings.Join(texts, "\n\n")
}

// openSpecTasks is the plan as numbered groups of tasks.
func (w *writing) openSpecTasks(t tasks) string {
	t.name = make([]string, len(t.plan.Steps))
	for n, g := range t.groups {
		for i, at := range g.steps {
			t.name[at] = fmt.Sprintf("%d.%d", n+1, i+1)
		}
	}
	var b strings.Builder
	for n, g := range t.groups {
		if n > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "## %d. %s\n\n", n+1, inline(g.title))
		for _, at := range g.steps {
			s := t.plan.Steps[at]
			fmt.Fprintf(&b, "- %s %s %s\n%s", mark(w.done(s)), t.name[at], described(s), t.fields(at))
		}
	}
	w.note("OpenSpec numbers tasks by their group, so they have other numbers than the steps of the plan.")
	return b.String()
}

// A criterion that can be a scenario: "AC-1: Given …, when …, then …."
var (
	criterionHead = pattern.New(`(?i)^\W*AC-?\s?\d+\W*`)
	whenThen      = pattern.New(`(?is)^(?:(?:given|angenommen)\s+(.+?),\s*)?(?:when(?:ever)?|if|wenn|falls|sobald)\s+(.+?),?\s+(?:then|dann)\s+(.+)$`)
	whenComma     = pattern.New(`(?is)^(?:when(?:ever)?|if)\s+([^,]+),\s+([^,]+)$`)
)

// requirements writes the criteria of a specification that can be scenarios, and
// returns the others.
func (w *writing) requirements(spec string) (added string, left []workflow.Criterion) {
	var b strings.Builder
	ids := []string{}
	for _, c := range workflow.Criteria(markdown.Sections(spec)) {
		text := strings.TrimSpace(criterionHead.ReplaceAllString(oneLine(c.Text), ""))
		given, when, then, ok := scenario(text)
		if !ok {
			left, ids = append(left, c), append(ids, c.ID)
			continue
		}
		fmt.Fprintf(&b, "\n### Requirement: %s %s\n\nThe system SHALL meet %s: %s\n", c.ID, clip(inline(capital(then)), 80), c.ID, inline(text))
		fmt.Fprintf(&b, "\n#### Scenario: %s\n\n", clip(inline(capital(when)), 80))
		if given != "" {
			fmt.Fprintf(&b, "- **GIVEN** %s\n", inline(given))
		}
		fmt.Fprintf(&b, "- **WHEN** %s\n- **THEN** %s\n", inline(when), inline(then))
	}
	if len(ids) > 0 {
		w.note("A criterion that does not say “When …, then …” makes no scenario and stands in design.md instead: %s.", listed(ids, 8))
	}
	if b.Len() == 0 {
		return "", left
	}
	return "## ADDED Requirements\n" + b.String(), left
}

func scenario(text string) (given, when, then string, ok bool) {
	text = strings.TrimRight(text, ". ")
	if m := whenThen.FindStringSubmatch(text); m != nil {
		return m[1], m[2], m[3], true
	}
	if m := whenComma.FindStringSubmatch(text); m != nil {
		return "", m[1], m[2], true
	}
	return "", "", "", false
}

func capital(text string) string {
	for i, r := range text {
		return strings.ToUpper(string(r)) + text[i+len(string(r)):]
	}
	return text
}

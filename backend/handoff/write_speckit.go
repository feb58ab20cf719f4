package handoff

import (
	"fmt"
	"strings"

	"plumbline/backend/workflow"
)

// The documents that have a meaning of their own in other formats.
const (
	ideaPath    = "idea.md"
	requestPath = "request.md"
	specPath    = "spec.md"
	projectPath = "project.md"
	checklists  = "checklists/"
)

// specKit writes specs/001-name/ as the commands of Spec Kit read it: spec.md,
// plan.md, tasks.md and checklists.
func (w *writing) specKit() error {
	feature := "001-" + w.slug()
	dir := "specs/" + feature + "/"
	spec := w.featureSpec(feature)
	t := w.tasks()
	if spec == "" && strings.TrimSpace(t.body) == "" {
		return w.nothing("Spec Kit")
	}
	if spec != "" {
		w.add(dir+"spec.md", spec)
	}
	if strings.TrimSpace(t.body) != "" {
		w.add(dir+"plan.md", w.implementationPlan(feature, t))
	}
	if len(t.groups) > 0 {
		w.add(dir+"tasks.md", w.specKitTasks(feature, t))
	}
	taken := []string{ideaPath, requestPath, specPath, workflow.PlanPath, projectPath}
	if _, list, ok := w.acceptance(); ok {
		w.add(dir+checklists+"requirements.md", "# Specification quality checklist: "+inline(w.name)+
			"\n\n**Purpose**: What makes the request complete and agreed\n**Feature**: [spec.md](../spec.md)\n\n"+list)
	}
	for _, d := range w.under(checklists) {
		w.add(dir+d.Path, d.Body)
		taken = append(taken, d.Path)
	}
	w.leaveOut("Spec Kit", taken...)
	return nil
}

// featureSpec is our specification under the head that Spec Kit expects, after the
// request, where the specification does not hold it.
func (w *writing) featureSpec(feature string) string {
	front, spec := splitFront(w.doc(specPath).Body)
	lost, request := splitFront(w.doc(requestPath).Body)
	_, idea := splitFront(w.doc(ideaPath).Body)
	if strings.TrimSpace(spec+request+idea) == "" {
		return ""
	}
	if lost != "" {
		w.note("The front matter of %s is left out: a file has one alone, and spec.md has its own.", requestPath)
	}
	var b strings.Builder
	b.WriteString(head(front))
	status := "Draft"
	for _, p := range w.Phases {
		if p.Output == specPath && p.Gate.Signed {
			status = "Approved"
		}
	}
	fmt.Fprintf(&b, "# Feature Specification: %s\n\n**Feature Branch**: %s\n**Status**: %s\n", inline(w.name), code(feature), status)
	if first := oneLine(orElse(w.Summary, firstLine(idea))); first != "" {
		fmt.Fprintf(&b, "**Input**: User description: \"%s\"\n", strings.ReplaceAll(inline(first), `"`, "'"))
	}
	_, lead, sections := parts(spec)
	_, held, _ := take(sections, "Request", "User request", "User Scenarios & Testing", "User Scenarios and Testing")
	if !held {
		w.request(&b, request, idea)
	}
	if strings.TrimSpace(spec) == "" {
		w.note("There is no specification yet: spec.md holds the request alone.")
		return b.String()
	}
	if lead != "" {
		b.WriteString("\n" + shift(lead, 0) + "\n")
	}
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", inline(s.title), closed(s.at(2)))
	}
	if len(sections) == 0 && lead == "" {
		b.WriteString("\n" + closed(spec) + "\n")
	}
	w.note("Spec Kit ranks user stories by priority. The request has no such ranks, so its features and criteria stand as they are.")
	return b.String()
}

// request writes the request as one section: without its checklist, which is a
// checklist there, too.
func (w *writing) request(b *strings.Builder, request, idea string) {
	_, lead, sections := parts(request)
	_, _, sections = take(sections, "Acceptance checklist")
	if strings.TrimSpace(request) == "" {
		if idea = strings.TrimSpace(idea); idea != "" {
			fmt.Fprintf(b, "\n## Request\n\n%s\n", closed(shift(idea, 2)))
		}
		return
	}
	b.WriteString("\n## Request\n")
	if lead != "" {
		b.WriteString("\n" + closed(lead) + "\n")
	}
	for _, s := range sections {
		if workflow.SameTitle(s.title, "Questions") && none(s.body) {
			continue
		}
		fmt.Fprintf(b, "\n### %s\n\n%s\n", inline(s.title), closed(s.at(3)))
	}
}

// acceptance returns the checklist that judges the request, with its title.
func (w *writing) acceptance() (title, list string, ok bool) {
	_, request := splitFront(w.doc(requestPath).Body)
	_, _, sections := parts(request)
	found, ok, _ := take(sections, "Acceptance checklist")
	return found.title, closed(found.at(1)), ok && found.body != ""
}

// implementationPlan is our plan under the head that Spec Kit expects, with what the
// project says of its technology.
func (w *writing) implementationPlan(feature string, t tasks) string {
	front, _ := splitFront(w.doc(workflow.PlanPath).Body)
	var b strings.Builder
	b.WriteString(head(front))
	fmt.Fprintf(&b, "# Implementation Plan: %s\n\n**Branch**: %s | **Spec**: [spec.md](spec.md)\n**Input**: Feature specification from %s\n",
		inline(w.name), code(feature), code("/specs/"+feature+"/spec.md"))
	if len(w.Facts) > 0 {
		b.WriteString("\n## Technical Context\n\n" + w.facts("###"))
	}
	_, lead, sections := parts(t.body)
	if lead != "" {
		b.WriteString("\n" + closed(lead) + "\n")
	}
	for _, s := range sections {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n", inline(s.title), closed(s.at(2)))
	}
	return b.String()
}

// specKitTasks is the plan as a list of tasks: phases as headings, one task a line.
func (w *writing) specKitTasks(feature string, t tasks) string {
	renamed := false
	for i, s := range t.plan.Steps {
		t.name = append(t.name, fmt.Sprintf("T%03d", i+1))
		renamed = renamed || strings.TrimLeft(s.Number, "T0") != fmt.Sprint(i+1)
	}
	if renamed {
		w.note("Spec Kit numbers its tasks from T001 without gaps, so some have other numbers than their steps.")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# Tasks: %s\n\n**Input**: Design documents from %s\n**Prerequisites**: plan.md, spec.md\n", inline(w.name), code("/specs/"+feature+"/"))
	b.WriteString("\n## Format: `[ID] [P?] Description`\n\n- **[P]**: can run in parallel with the others so marked in its phase: different files, no dependencies\n")
	depths := t.depths()
	for n, g := range t.groups {
		fmt.Fprintf(&b, "\n## Phase %d: %s\n\n", n+1, inline(g.title))
		together := t.parallel(g, depths)
		for _, i := range g.steps {
			s := t.plan.Steps[i]
			fmt.Fprintf(&b, "- %s %s ", mark(w.done(s)), t.name[i])
			if together[i] {
				b.WriteString("[P] ")
			}
			b.WriteString(described(s) + "\n" + t.fields(i))
		}
	}
	b.WriteString("\n## Dependencies & Execution Order\n\n" + t.order())
	return b.String()
}

// order says which tasks wait for which.
func (t tasks) order() string {
	var b strings.Builder
	b.WriteString("- The phases come one after the other, in the order above.\n")
	for i, after := range t.after {
		names := []string{}
		for _, at := range after {
			names = append(names, t.name[at])
		}
		if len(names) > 0 {
			fmt.Fprintf(&b, "- %s depends on %s.\n", t.name[i], strings.Join(names, ", "))
		}
	}
	return b.String()
}

func orElse(text, otherwise string) string {
	if strings.TrimSpace(text) == "" {
		return otherwise
	}
	return text
}

// firstLine is the first line of a text that is no heading.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			return line
		}
	}
	return ""
}

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

// The documents of the phases.
const (
	ideaFile    = "idea.md"
	requestFile = "request.md"
	specFile    = "spec.md"
	planFile    = "plan.md"
)

// draft is a project in the making.
type draft struct {
	unit
	found Found
	title string
	used  map[string]bool // files of the unit that have a place
	taken map[string]bool // lower-case paths of documents
	extra int
}

func newDraft(u unit) *draft {
	return &draft{unit: u, used: map[string]bool{}, taken: map[string]bool{},
		found: Found{Format: u.format, Name: path.Base(u.dir), Dir: u.dir, Archived: u.archived}}
}

// use returns the text of a file of the unit, which then has its place.
func (d *draft) use(name string) (string, bool) {
	for _, f := range d.files {
		if strings.EqualFold(f.Path, name) {
			d.used[f.Path] = true
			return f.Body, strings.TrimSpace(f.Body) != ""
		}
	}
	return "", false
}

// add makes a document.
func (d *draft) add(to, phase, body string) bool {
	body = strings.Trim(body, "\n") + "\n"
	switch {
	case strings.TrimSpace(body) == "":
		d.drop("%s is empty.", to)
	case len(body) > maxBody:
		d.drop("%s would be larger than %d MB.", to, maxBody>>20)
	case workflow.CheckPath(to) != nil:
		d.drop("%s has a name that cannot be used here.", to)
	case d.taken[strings.ToLower(to)]:
		d.drop("%s is there twice.", to)
	default:
		d.taken[strings.ToLower(to)] = true
		if runsRE.MatchString(body) {
			d.found.Inert = append(d.found.Inert, to+" holds HTML that could run; here it is text.")
		}
		d.found.Project.Documents = append(d.found.Project.Documents, Document{Path: to, Title: workflow.Title(to), Phase: phase, Body: body, Version: 1})
		return true
	}
	return false
}

// runsRE is what a browser would run.
var runsRE = pattern.New(`(?i)<(?:script|iframe|object|embed|form|meta|link)\b|javascript:|<[a-z]+\s[^<>]{0,500}\bon[a-z]{3,20}\s*=`)

func (d *draft) drop(format string, args ...any) {
	d.found.Dropped = append(d.found.Dropped, fmt.Sprintf(format, args...))
}

func (d *draft) keep(format string, args ...any) {
	d.found.Kept = append(d.found.Kept, fmt.Sprintf(format, args...))
}

func (d *draft) wrote(format string, args ...any) {
	d.found.Added = append(d.found.Added, fmt.Sprintf(format, args...))
}

// rest keeps every file that has no place yet as a document under its own path.
func (d *draft) rest() {
	for _, f := range d.files {
		if !d.used[f.Path] {
			d.used[f.Path] = true
			d.beside(f)
		}
	}
}

// beside keeps a file as a document. Documents are Markdown: anything else becomes
// a listing in one.
func (d *draft) beside(f File) {
	switch {
	case slices.ContainsFunc(strings.Split(f.Path, "/"), func(name string) bool { return strings.HasPrefix(name, ".") }):
		d.drop("%s is a setting of %s.", f.Path, d.format.Title())
		return
	case strings.TrimSpace(f.Body) == "":
		d.drop("%s is empty.", f.Path)
		return
	case d.extra == maxExtra:
		d.drop("%s: more than %d documents beside those of the phases do not come in.", f.Path, maxExtra)
		return
	}
	to, body := f.Path, f.Body
	listing := !slices.Contains([]string{".md", ".markdown"}, strings.ToLower(path.Ext(to)))
	if listing {
		to, body = to+".md", "# "+f.Path+"\n\n"+fenced(f.Body, strings.TrimPrefix(strings.ToLower(path.Ext(f.Path)), "."))
	}
	if reserved(to) {
		to = "imported/" + to
	}
	if !d.add(to, "", body) {
		return
	}
	d.extra++
	switch {
	case listing:
		d.keep("%s, as a listing in %s; nothing of it is run.", f.Path, to)
	case to != f.Path:
		d.keep("%s, as %s.", f.Path, to)
	default:
		d.keep("%s.", to)
	}
}

// reserved reports whether a path belongs to a phase or to a page of Plumbline.
func reserved(to string) bool {
	to = strings.ToLower(to)
	first, _, _ := strings.Cut(to, "/")
	return slices.Contains([]string{ideaFile, requestFile, specFile, planFile, "project.md", "gates.md", "findings.md", "release.md", "golive.md",
		"checklists/preflight.md", strings.ToLower(workflow.AcceptancePath)}, to) || slices.Contains([]string{"audits", "answers", "runs", "steps", "prompts", "imported"}, first)
}

// idea makes the first document, of the best text there is.
func (d *draft) idea(text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		text = d.title + "\n\nImported from " + path.Base(d.dir) + " of " + d.format.Title() + "."
	}
	d.add(ideaFile, "", clip(text, maxIdea))
}

// maxIdea bounds the idea, in characters. What is longer stands in the request, too.
const maxIdea = 20_000

// plan makes tasks the plan. covers names the criteria of the stories by their tags.
func (d *draft) plan(covers map[string][]string) {
	tasks, ok := d.use("tasks.md")
	if !ok {
		return
	}
	body := titled(tasks, "Plan: "+d.title)
	read := markdown.Plan(body)
	body = coverSteps(body, read, covers)
	if !d.add(planFile, "plan", body) {
		return
	}
	marked := 0
	for _, s := range read.Steps {
		if s.Marked {
			marked++
		}
	}
	switch {
	case len(read.Steps) == 0:
		d.keep("tasks.md, as plan.md; no task was recognised in it.")
	case marked > 0:
		d.keep("Marks of %d of %d tasks as done: here each is a claim, until somebody ticks the task.", marked, len(read.Steps))
	}
}

// coverSteps says behind each step that belongs to a story which criteria it covers.
func coverSteps(body string, read workflow.PlanRead, covers map[string][]string) string {
	for _, s := range slices.Backward(read.Steps) {
		numbers := []string{}
		for _, tag := range s.Tags {
			numbers = append(numbers, covers[strings.ToUpper(tag)]...)
		}
		if len(numbers) == 0 || len(s.Covers) > 0 || s.Start < 0 || s.Start > len(body) {
			continue
		}
		end := len(body)
		if i := strings.IndexByte(body[s.Start:], '\n'); i >= 0 {
			end = s.Start + i
		}
		body = strings.TrimRight(body[:end], " \t") + " (AC: " + strings.Join(numbers, ", ") + ")" + body[end:]
	}
	return body
}

package handoff

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// State is what is known of a project beside its documents.
type State struct {
	Summary string
	// Made says with what it was made and when, in a phrase.
	Made string
	// Facts are what the project says of itself, in the order in which they are told.
	Facts []Fact
	// Commands are those that check the software, as people have run them.
	Commands []string
	// Steps says where the steps of the plan stand, by their numbers. Without it the
	// marks of the plan count.
	Steps map[string]workflow.StepState
	// Phases are all of the workflow, in order, or the one that is handed off.
	Phases []Phase
	// Current is the id of the phase the work is at; empty when all gates are passed.
	Current string
	// Next is the one thing to do now, as a sentence.
	Next string
	// Findings are those that are open.
	Findings []workflow.Finding
	// Only is the id of the phase that is handed off alone; empty for the whole project.
	Only string
}

// Fact is something that a project says of itself.
type Fact struct{ Title, Text string }

// Phase is one phase with its gate and its prompt.
type Phase struct {
	ID, Title, Summary string
	Output             string
	Inputs             []string
	Frozen             bool
	State              workflow.PhaseState
	Gate               workflow.Gate
	// Prompt is the assembled text; Missing are the labels of what it still lacks.
	PromptTitle, Prompt string
	Missing             []string
}

// Write returns the files of a project in a format, and in sentences what the format
// cannot express and why. For an AGENTS.md that is our block alone: see [InsertAgents].
func Write(format workflow.HandoffFormat, p Project, s State) (files []File, notes []string, err error) {
	w := &writing{Project: p, State: s, name: oneLine(p.Name)}
	if w.name == "" {
		w.name = "Project"
	}
	if s.Only != "" && !format.Phased() {
		return nil, nil, workflow.Errorf(workflow.Invalid, "One phase alone cannot be written as “%.20s”: this format holds a whole project.", format).
			WithHint("Leave the phase out, or choose zip or markdown.")
	}
	w.admit()
	switch format {
	case workflow.HandoffSpecKit:
		err = w.specKit()
	case workflow.HandoffOpenSpec:
		err = w.openSpec()
	case workflow.HandoffAgents:
		w.add("AGENTS.md", w.agents())
	case workflow.HandoffZip:
		w.archive()
	case workflow.HandoffMarkdown:
		w.add(w.slug()+w.suffix()+".md", w.page())
	default:
		err = workflow.Errorf(workflow.Invalid, "A project cannot be handed off as “%.20s”.", format).WithHint("There are %s.", formatList())
	}
	if err != nil {
		return nil, nil, err
	}
	return w.files, w.notes, nil
}

// FileName is what the one file of a hand-off is called: the page or the block, or
// the archive of all its files.
func FileName(format workflow.HandoffFormat, p Project, only string) string {
	w := &writing{Project: p, State: State{Only: only}}
	switch format {
	case workflow.HandoffAgents:
		return "AGENTS.md"
	case workflow.HandoffMarkdown:
		return w.slug() + w.suffix() + ".md"
	case workflow.HandoffZip:
		return w.slug() + w.suffix() + "-handoff.zip"
	}
	return w.slug() + "-" + string(format) + ".zip"
}

func formatList() string {
	names := []string{}
	for _, f := range workflow.HandoffFormats() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// writing collects what is written.
type writing struct {
	Project
	State
	name  string // of the project, in one line
	files []File
	notes []string
}

// add adds a file. One that would have the path of another gets a number.
func (w *writing) add(file, body string) {
	end := path.Ext(file)
	stem := strings.TrimSuffix(file, end)
	for n := 2; slices.ContainsFunc(w.files, func(f File) bool { return strings.EqualFold(f.Path, file) }); n++ {
		file = fmt.Sprintf("%s-%d%s", stem, n, end)
	}
	if body != "" && !strings.HasSuffix(body, "\n") {
		body += "\n"
	}
	w.files = append(w.files, File{Path: file, Body: body})
}

func (w *writing) note(format string, args ...any) {
	w.notes = append(w.notes, fmt.Sprintf(format, args...))
}

// admit leaves out documents whose paths could lead anywhere, and what is there twice.
func (w *writing) admit() {
	seen := map[string]bool{}
	kept := []Document{}
	for _, d := range w.Documents {
		switch low := strings.ToLower(d.Path); {
		case workflow.CheckPath(d.Path) != nil:
			w.note("The document %q is left out: a file cannot have that path everywhere.", clip(d.Path, 80))
		case seen[low]:
			w.note("The document %s is left out: the path of another differs only in capitals.", d.Path)
		default:
			seen[low] = true
			kept = append(kept, d)
		}
	}
	w.Documents = kept
}

// doc returns the document at a path; its body is empty where there is none.
func (w *writing) doc(path string) Document {
	i := slices.IndexFunc(w.Documents, func(d Document) bool { return d.Path == path })
	if i < 0 {
		return Document{}
	}
	return w.Documents[i]
}

// under returns the documents of a folder.
func (w *writing) under(folder string) []Document {
	return slices.DeleteFunc(slices.Clone(w.Documents), func(d Document) bool { return !strings.HasPrefix(d.Path, folder) })
}

// leaveOut notes the documents that a format has no place for.
func (w *writing) leaveOut(format string, taken ...string) {
	left := []string{}
	for _, d := range w.Documents {
		if !slices.Contains(taken, d.Path) && strings.TrimSpace(d.Body) != "" {
			left = append(left, d.Path)
		}
	}
	if len(left) > 0 {
		w.note("%s has no place for %s: left out here, kept in the archive and on the Markdown page.", format, listed(left, 6))
	}
	if open := len(w.Findings); open > 0 {
		w.note("%s has no place for findings: %s left out.", format, workflow.Plural(open, "open one is", "open ones are"))
	}
	if len(w.Phases) > 0 {
		w.note("%s knows no gates: where they stand is left out.", format)
	}
}

// slug is the short name of the project as a part of a path.
func (w *writing) slug() string {
	for _, text := range []string{w.Slug, w.Name} {
		slug := clip(workflow.Slug(text), 60)
		slug = strings.Trim(strings.TrimSuffix(slug, "…"), "-")
		if slug != "" && workflow.CheckPath(slug) == nil {
			return slug
		}
	}
	return "project"
}

// suffix names the phase in the names of files.
func (w *writing) suffix() string {
	if slug := workflow.Slug(w.Only); slug != "" {
		return "-" + slug
	}
	return ""
}

// plainSlug is a slug of ASCII letters, digits and hyphens that begins with a letter.
func (w *writing) plainSlug() string {
	var b strings.Builder
	for _, r := range w.slug() {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	slug := strings.Trim(b.String(), "-")
	if slug == "" || slug[0] < 'a' || slug == "archive" { // the folder of what is done
		slug = strings.TrimSuffix("project-"+slug, "-")
	}
	return slug
}

// nothing is the error for a project without a text that a format could hold.
func (w *writing) nothing(format string) error {
	return workflow.Errorf(workflow.Invalid, "“%s” has nothing to write as %s yet.", clip(w.name, 80), format).
		WithHint("Write its request or its specification first.")
}

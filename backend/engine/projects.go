package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	// MaxIdea is the greatest size of an idea, in bytes: about 60 pages.
	MaxIdea = 256 << 10

	ideaPath       = "idea.md"
	summaryLength  = 140
	projectMessage = "Start the project"
)

// CreateProject makes a project from a name and an idea. The idea becomes its
// first artifact; checklists that phases start from become artifacts too.
func (e *Engine) CreateProject(_ context.Context, n workflow.NewProject) (workflow.Project, error) {
	name, err := workflow.CheckName(n.Name)
	if err != nil {
		return workflow.Project{}, err
	}
	idea, err := checkIdea(n.Idea)
	if err != nil {
		return workflow.Project{}, err
	}
	if n.WorkflowID == "" {
		n.WorkflowID = standardWorkflow
	}
	wf, ok := e.lib().Workflow(n.WorkflowID)
	if !ok {
		return workflow.Project{}, workflow.Errorf(workflow.NotFound, "There is no workflow “%s”.", n.WorkflowID).
			WithHint("Leave it out to follow idea-to-production.")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	at := e.now()
	p := workflow.Project{
		ID: e.newID(), Slug: workflow.Slug(name), Name: name, WorkflowID: wf.ID,
		Summary: markdown.Plain(idea, summaryLength), CreatedAt: at, UpdatedAt: at,
	}
	err = e.update(func(tx *store.Tx) error {
		if err := checkUnique(tx, p); err != nil {
			return err
		}
		if err := tx.Describe(p.ID, e.person(), at, projectMessage); err != nil {
			return err
		}
		if err := tx.PutProject(p); err != nil {
			return err
		}
		return e.firstArtifacts(&write{project: p.ID, tx: tx, at: at}, p, wf, idea)
	})
	if err != nil {
		return workflow.Project{}, err
	}
	e.drainer.wake()
	e.news.add(p.ID, touched{})
	return p, nil
}

// standardWorkflow is the one of projects that ask for none.
const standardWorkflow = "idea-to-production"

func checkIdea(idea string) (string, error) {
	if err := checkText("The idea", idea, MaxIdea, "Keep what the software should do. Specifications and code come in later phases."); err != nil {
		return "", err
	}
	if blank(idea) {
		return "", workflow.Errorf(workflow.Invalid, "The project needs an idea.").
			WithHint("A few words are enough to begin with. The first phase asks for the rest.")
	}
	idea = strings.ReplaceAll(strings.TrimPrefix(idea, "\ufeff"), "\r\n", "\n")
	return strings.TrimRight(idea, " \t\n") + "\n", nil
}

func checkUnique(tx *store.Tx, p workflow.Project) error {
	projects, err := projectsOf(tx)
	if err != nil {
		return err
	}
	for _, old := range projects {
		// A name that reads like another project's slug would answer to it.
		if old.ID != p.ID && (workflow.SameName(old.Name, p.Name) || old.Slug == p.Slug || old.Slug == workflow.Slug(p.Name)) {
			return workflow.Errorf(workflow.Conflict, "There is already a project named “%s”.", old.Name).
				WithHint("Choose another name, or open that project.")
		}
	}
	return nil
}

func (e *Engine) firstArtifacts(w *write, p workflow.Project, wf workflow.Workflow, idea string) error {
	if _, err := e.addVersion(w, edition{path: ideaPath, body: idea, kind: workflow.VersionCreated, author: e.person(),
		message: projectMessage}); err != nil {
		return err
	}
	for _, phase := range wf.AtRound(nil).Phases {
		if phase.Template == "" {
			continue
		}
		if err := e.layOut(w, phase); err != nil {
			return err
		}
	}
	return e.pages(w.tx, p)
}

// FindProject takes an id, a slug, a name, or a unique prefix of an id or a slug.
func (e *Engine) FindProject(_ context.Context, ref string) (workflow.Project, error) {
	var projects []workflow.Project
	err := e.store.View(func(tx *store.Tx) (err error) {
		projects, err = projectsOf(tx)
		return err
	})
	if err != nil {
		return workflow.Project{}, err
	}
	if ref = strings.TrimSpace(ref); ref == "" {
		return workflow.Project{}, workflow.Errorf(workflow.Invalid, "Name a project.").WithHint("“plumbline list” shows them.")
	}
	exact := []func(workflow.Project) bool{
		func(p workflow.Project) bool { return p.ID == ref || p.Slug == ref },
		func(p workflow.Project) bool { return workflow.SameName(p.Name, ref) },
	}
	for _, is := range exact {
		if i := slices.IndexFunc(projects, is); i >= 0 {
			return projects[i], nil
		}
	}
	found := slices.DeleteFunc(projects, func(p workflow.Project) bool {
		return !strings.HasPrefix(p.Slug, strings.ToLower(ref)) && !strings.HasPrefix(p.ID, strings.ToUpper(ref))
	})
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return workflow.Project{}, workflow.Errorf(workflow.NotFound, "There is no project “%s”.", ref).
			WithHint("“plumbline list” shows them.")
	}
	return workflow.Project{}, workflow.Errorf(workflow.Conflict, "“%s” could be %s.", ref, eitherOf(found)).
		WithHint("Type more of its name.")
}

// mostNamed is how many projects an error names.
const mostNamed = 4

// eitherOf names projects that are meant perhaps: all of a few, else the first ones.
func eitherOf(found []workflow.Project) string {
	var names []string
	for _, p := range found[:min(len(found), mostNamed)] {
		names = append(names, p.Slug)
	}
	last := len(names) - 1
	if more := len(found) - len(names); more > 0 {
		return strings.Join(names, ", ") + " or " + workflow.Plural(more, "other", "others")
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// RenameProject changes a project's name. Its slug stays, so that commands go on working.
func (e *Engine) RenameProject(_ context.Context, projectID, name string) (workflow.Project, error) {
	name, err := workflow.CheckName(name)
	if err != nil {
		return workflow.Project{}, err
	}
	err = e.change(projectID, e.person(), fmt.Sprintf("Rename the project to %s", name), func(w *write) error {
		p, err := w.tx.Project(projectID)
		if err != nil || p.Name == name {
			w.idle = err == nil
			return err
		}
		p.Name = name
		if err := checkUnique(w.tx, p); err != nil {
			return err
		}
		if err := w.tx.PutProject(p); err != nil {
			return err
		}
		return e.pages(w.tx, p)
	})
	if err != nil {
		return workflow.Project{}, err
	}
	return e.project(projectID)
}

// projectsOf returns the projects of the user: all but the library.
func projectsOf(tx *store.Tx) ([]workflow.Project, error) {
	all, err := tx.Projects()
	return slices.DeleteFunc(all, func(p workflow.Project) bool { return p.ID == workflow.LibraryID }), err
}

// projectList returns the records of all projects.
func (e *Engine) projectList() (list []workflow.Project, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		list, err = projectsOf(tx)
		return err
	})
	return list, err
}

func (e *Engine) project(id string) (p workflow.Project, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		p, err = tx.Project(id)
		return err
	})
	return p, err
}

// Workflows lists the workflows a project can follow.
func (e *Engine) Workflows(context.Context) ([]workflow.Workflow, error) {
	return e.lib().Workflows(), nil
}

// size writes a number of bytes for a person.
func size(n int) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

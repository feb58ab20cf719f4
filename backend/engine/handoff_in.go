package engine

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plumbline/backend/handoff"
	"plumbline/backend/markdown"
	"plumbline/backend/prompt/foreign"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// PreviewHandoff says which projects the specifications of another tool would
// become. Nothing is changed.
func (e *Engine) PreviewHandoff(_ context.Context, from workflow.HandoffSource) (workflow.HandoffPreview, error) {
	preview := workflow.HandoffPreview{Items: []workflow.HandoffItem{}, Problems: []workflow.LibraryProblem{}}
	if err := e.isOpen(); err != nil {
		return preview, err
	}
	found, problems, err := readHandoff(from)
	if err != nil {
		return preview, hinted(err, "Nothing was changed.")
	}
	preview.Problems = append(preview.Problems, problems...)
	err = e.store.View(func(tx *store.Tx) error {
		names, err := newFreeNames(tx)
		if err != nil {
			return err
		}
		seen := map[string]string{} // the folder that has a content
		for _, f := range found {
			item := handoffItem(f)
			if item.Duplicate, err = duplicateOf(tx, f); err != nil {
				return err
			}
			content := contentHash(f)
			item.Duplicate = cmp.Or(item.Duplicate, seen[content])
			seen[content] = f.Dir
			item.Take = !f.Archived && item.Duplicate == ""
			item.Project = names.free(f.Project.Name)
			item.Clash = item.Project != f.Project.Name
			preview.Items = append(preview.Items, item)
		}
		return nil
	})
	return preview, err
}

func handoffItem(f handoff.Found) workflow.HandoffItem {
	item := workflow.HandoffItem{Name: f.Name, Folder: f.Dir, Format: f.Format.Title(), Archived: f.Archived, Documents: []workflow.HandoffDocument{},
		Kept: told(f.Kept), Added: told(f.Added), Dropped: told(f.Dropped), Inert: told(f.Inert)}
	for _, d := range f.Project.Documents {
		item.Documents = append(item.Documents, workflow.HandoffDocument{Path: d.Path, Phase: d.Phase, Size: len(d.Body), Text: markdown.Plain(d.Body, summaryLength)})
	}
	return item
}

func told(sentences []string) []string { return append([]string{}, sentences...) }

// ImportHandoff makes projects of the chosen specifications: all of them, or none
// when one cannot be kept. Their gates are closed, and a box that is marked in a
// text is a claim.
func (e *Engine) ImportHandoff(_ context.Context, from workflow.HandoffSource) ([]workflow.Project, error) {
	made := []workflow.Project{}
	found, _, err := readHandoff(from)
	if err != nil {
		return made, hinted(err, "Nothing was changed.")
	}
	chosen, err := chooseHandoff(found, from.Choose)
	if err != nil {
		return made, err
	}
	wf, ok := e.lib().Workflow(standardWorkflow)
	if !ok {
		return made, workflow.Errorf(workflow.NotFound, "There is no workflow “%s”.", standardWorkflow).
			WithHint("Update Plumbline, which brings it.")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	err = e.update(func(tx *store.Tx) error {
		names, err := newFreeNames(tx)
		for _, f := range chosen {
			if err != nil {
				return err
			}
			var p workflow.Project
			p, err = e.makeHandoff(tx, f, names.free(f.Project.Name), wf)
			made = append(made, p)
		}
		return err
	})
	if err != nil {
		return []workflow.Project{}, err
	}
	e.drainer.wake()
	for _, p := range made {
		e.news.add(p.ID, touched{})
	}
	return made, nil
}

// chooseHandoff returns what was found under each of the names.
func chooseHandoff(found []handoff.Found, names []string) ([]handoff.Found, error) {
	chosen := []handoff.Found{}
	for i, name := range names {
		at := slices.IndexFunc(found, func(f handoff.Found) bool { return f.Name == name })
		if at < 0 {
			return chosen, workflow.Errorf(workflow.NotFound, "There is no “%s” among what was found.", name).
				WithHint("There is %s.", listNames(found))
		}
		if !slices.Contains(names[:i], name) {
			chosen = append(chosen, found[at])
		}
	}
	if len(chosen) == 0 {
		return chosen, workflow.Errorf(workflow.Invalid, "Nothing was chosen.").WithHint("Choose from %s.", listNames(found))
	}
	return chosen, nil
}

func listNames(found []handoff.Found) string {
	names := []string{}
	for _, f := range found {
		names = append(names, f.Name)
	}
	if len(names) > 10 {
		names = append(names[:10], fmt.Sprintf("%d more", len(found)-10))
	}
	return strings.Join(names, ", ")
}

// makeHandoff makes one project, with every document as its first version.
func (e *Engine) makeHandoff(tx *store.Tx, f handoff.Found, name string, wf workflow.Workflow) (workflow.Project, error) {
	at := e.now()
	p := workflow.Project{ID: e.newID(), Slug: workflow.Slug(name), Name: name, WorkflowID: wf.ID, CreatedAt: at, UpdatedAt: at}
	message := "Import " + f.Name + " of " + f.Format.Title()
	author := workflow.Author{Kind: workflow.Plumbline, Name: "Import from " + f.Format.Title()}
	for _, d := range f.Project.Documents {
		if d.Path == ideaPath {
			p.Summary = markdown.Plain(d.Body, summaryLength)
		}
	}
	if err := errors.Join(tx.Describe(p.ID, e.person(), at, message), tx.PutProject(p)); err != nil {
		return p, err
	}
	if f.Conventions != "" {
		if err := tx.PutVariables(p.ID, factsKey, map[string]string{"conventions": f.Conventions}); err != nil {
			return p, err
		}
	}
	w := &write{project: p.ID, tx: tx, at: at}
	for _, d := range f.Project.Documents {
		if err := checkBody(d.Body); err != nil {
			return p, hinted(fmt.Errorf("import %s of %s: %w", d.Path, f.Name, err), "Nothing was changed.")
		}
		if _, err := e.addVersion(w, edition{path: d.Path, body: d.Body, kind: workflow.VersionCreated, author: author, message: message}); err != nil {
			return p, err
		}
	}
	for _, phase := range wf.AtRound(nil).Phases {
		if phase.Template == "" {
			continue
		}
		if err := e.layOut(w, phase); err != nil {
			return p, err
		}
	}
	return p, e.pages(tx, p)
}

// contentHash is the same for two that become the same documents.
func contentHash(f handoff.Found) string {
	var b strings.Builder
	for _, d := range f.Project.Documents {
		b.WriteString(d.Path + "\n" + workflow.Hash(d.Body) + "\n")
	}
	return workflow.Hash(b.String())
}

// duplicateOf returns the name of the project whose first versions are what was
// found; empty for none.
func duplicateOf(tx *store.Tx, f handoff.Found) (string, error) {
	projects, err := projectsOf(tx)
	if err != nil {
		return "", err
	}
	for _, p := range projects {
		same := true
		for _, d := range f.Project.Documents {
			v, err := versionOf(tx, p.ID, d.Path, 1)
			if err != nil && workflow.CodeOf(err) != workflow.NotFound {
				return "", err
			}
			if same = err == nil && v.Hash == workflow.Hash(d.Body); !same {
				break
			}
		}
		if same {
			return p.Name, nil
		}
	}
	return "", nil
}

// freeNames gives names that no project has.
type freeNames struct{ taken map[string]bool }

func newFreeNames(tx *store.Tx) (freeNames, error) {
	n := freeNames{map[string]bool{}}
	projects, err := projectsOf(tx)
	for _, p := range projects {
		n.taken[p.Slug], n.taken[workflow.Slug(p.Name)] = true, true
	}
	return n, err
}

// free returns a name, with a number behind it when it is taken.
func (n freeNames) free(want string) string {
	name := want
	for i := 2; n.taken[workflow.Slug(name)]; i++ {
		number := fmt.Sprintf(" %d", i)
		short := []rune(want)
		name = strings.TrimSpace(string(short[:min(len(short), workflow.MaxName-len(number))])) + number
	}
	n.taken[workflow.Slug(name)] = true
	return name
}

// readHandoff reads what is at the source. A source without any specification is an error.
func readHandoff(from workflow.HandoffSource) ([]handoff.Found, []workflow.LibraryProblem, error) {
	texts, name, err := collectHandoff(from)
	if err != nil {
		return nil, nil, err
	}
	files := []handoff.File{}
	for _, t := range texts.Files {
		files = append(files, handoff.File{Path: t.Path, Body: t.Body})
	}
	found := handoff.Read(files)
	if len(found) == 0 {
		hint := handoff.Sought
		for i, p := range texts.Problems {
			if i < 3 {
				hint += " " + p.File + ": " + p.Message
			}
		}
		if strings.EqualFold(filepath.Ext(name), ".zip") {
			hint += " A project that Plumbline has exported is taken in by “Import”."
		}
		return nil, nil, workflow.Errorf(workflow.NotFound, "There is no feature of Spec Kit and no change of OpenSpec in %s.", name).WithHint("%s", hint)
	}
	return found, texts.Problems, nil
}

// collectHandoff collects the files of the source, their paths beginning with its name.
func collectHandoff(from workflow.HandoffSource) (texts foreign.Texts, name string, err error) {
	if from.Path == "" {
		return collectDropped(from.Files)
	}
	if !filepath.IsAbs(from.Path) {
		return texts, "", workflow.Errorf(workflow.Invalid, "The path %s does not begin at the root.", from.Path).WithHint("%s", absoluteHint)
	}
	info, err := os.Stat(from.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return texts, "", workflow.Errorf(workflow.NotFound, "There is nothing at %s.", from.Path).WithHint("Name a folder or a zip archive.")
	case err != nil:
		return texts, "", err
	case info.IsDir():
		root, err := os.OpenRoot(from.Path) // no link leads out of it
		if err != nil {
			return texts, "", err
		}
		defer func() { err = errors.Join(err, root.Close()) }()
		texts, err = below(filepath.Base(from.Path), func(s foreign.Search) (foreign.Texts, error) { return s.Folder(root.FS()) })
		return texts, from.Path, err
	case !info.Mode().IsRegular() || !strings.EqualFold(filepath.Ext(from.Path), ".zip"):
		return texts, "", workflow.Errorf(workflow.Invalid, "%s is neither a folder nor a zip archive.", from.Path).
			WithHint("Name the folder of the repository, or of the specification. One Markdown file is an idea: “plumbline new NAME --idea-file FILE”.")
	}
	f, err := os.Open(from.Path)
	if err != nil {
		return texts, "", err
	}
	defer f.Close()
	texts, err = collectArchive(filepath.Base(from.Path), f, info.Size())
	return texts, from.Path, err
}

func collectDropped(files []workflow.ImportFile) (foreign.Texts, string, error) {
	in := []foreign.File{}
	for _, f := range files {
		data, err := contentOf(f)
		if err != nil {
			return foreign.Texts{}, "", err
		}
		in = append(in, foreign.File{Path: f.Path, Data: data})
	}
	if len(in) == 1 && bytes.HasPrefix(in[0].Data, []byte("PK\x03\x04")) {
		texts, err := collectArchive(filepath.Base(in[0].Path), bytes.NewReader(in[0].Data), int64(len(in[0].Data)))
		return texts, in[0].Path, err
	}
	texts, err := below("", func(s foreign.Search) (foreign.Texts, error) { return s.Dropped(in) })
	return texts, "what was dropped", err
}

func collectArchive(name string, r io.ReaderAt, size int64) (foreign.Texts, error) {
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	return below(stem, func(s foreign.Search) (foreign.Texts, error) { return s.Archive(name, r, size) })
}

// below collects files whose paths are put under a name.
func below(name string, collect func(foreign.Search) (foreign.Texts, error)) (foreign.Texts, error) {
	if name = strings.Trim(filepath.ToSlash(name), "/"); name != "" {
		name += "/"
	}
	texts, err := collect(foreign.Search{Holds: "the specifications", Wanted: func(file string) bool { return handoff.Concerns(name + file) }})
	for i := range texts.Files {
		texts.Files[i].Path = name + texts.Files[i].Path
	}
	return texts, err
}

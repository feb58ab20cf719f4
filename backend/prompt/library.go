package prompt

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"plumbline/backend/workflow"
)

// Library is the prompts, workflows and checklists of a file tree. Everything
// that it gives out is valid, and a workflow of it names only prompts and
// checklists that it has, too. It does not change, and may be used by several
// goroutines. A file is parsed when it is asked for: a command that needs one
// prompt does not pay for all of them.
type Library struct {
	fsys  fs.FS
	all   func() *loader               // everything, checked; read once
	files func() map[string]string     // of prompts and workflows, by folder and id; read once
	mu    sync.Mutex                   // guards those that were read alone
	alone map[string]Prompt            // by id
	flows map[string]workflow.Workflow // by id
}

// contents is everything that a library holds.
type contents struct {
	prompts    map[string]Prompt
	workflows  map[string]workflow.Workflow
	checklists map[string]string
}

// The folders of a library.
const (
	promptsDir    = "library"
	workflowsDir  = "workflows"
	checklistsDir = "checklists"
)

// OpenLibrary returns the library of library/**.md, workflows/*.md and
// checklists/*.md. A folder that is not there is empty. A file that cannot be
// used is left out; Problems tells of it.
func OpenLibrary(fsys fs.FS) *Library {
	l := &Library{fsys: fsys, alone: map[string]Prompt{}, flows: map[string]workflow.Workflow{}}
	l.all = sync.OnceValue(func() *loader { return load(fsys) })
	l.files = sync.OnceValue(func() map[string]string { return index(fsys) })
	return l
}

// Problems reads everything and returns an error for each file that is left out,
// which it names.
func (l *Library) Problems() []error { return l.all().errs }

func load(fsys fs.FS) *loader {
	l := &loader{fsys: fsys, lib: contents{
		prompts: map[string]Prompt{}, workflows: map[string]workflow.Workflow{}, checklists: map[string]string{},
	}}
	l.each(promptsDir, l.prompt)
	l.each(checklistsDir, l.checklist)
	l.each(workflowsDir, l.workflow)
	return l
}

type loader struct {
	fsys fs.FS
	lib  contents
	errs []error
}

// each reads the Markdown files below a folder in the order of their names.
func (l *loader) each(dir string, add func(file string, data []byte) error) {
	if _, err := fs.Stat(l.fsys, dir); err != nil {
		return
	}
	err := fs.WalkDir(l.fsys, dir, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			l.errs = append(l.errs, unreadable(file, err))
			return nil
		case entry.IsDir() || path.Ext(file) != ".md":
			return nil
		}
		data, err := l.read(file)
		if err == nil {
			err = add(file, data)
		}
		if err != nil {
			l.errs = append(l.errs, err)
		}
		return nil
	})
	if err != nil {
		l.errs = append(l.errs, unreadable(dir, err))
	}
}

// read refuses a large file before it is in memory.
func (l *loader) read(file string) ([]byte, error) {
	info, err := fs.Stat(l.fsys, file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	if info.Size() > maxFile {
		return nil, tooLarge(file)
	}
	data, err := fs.ReadFile(l.fsys, file)
	if err != nil {
		return nil, unreadable(file, err)
	}
	return data, nil
}

func unreadable(file string, err error) error {
	return workflow.Errorf(workflow.Unavailable, "%s cannot be read: %w.", file, err)
}

func (l *loader) prompt(file string, data []byte) error {
	p, err := Parse(file, data)
	if err != nil {
		return err
	}
	if other, ok := l.lib.prompts[p.ID]; ok {
		return workflow.Errorf(workflow.Conflict, "%s: the id “%s” is taken by %s.", file, p.ID, other.File).
			WithHint("Give the prompt another id.")
	}
	l.lib.prompts[p.ID] = p
	return nil
}

func (l *loader) checklist(file string, data []byte) error {
	text, err := plain(file, data)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(path.Base(file), ".md")
	if path.Dir(file) != checklistsDir || !idRE.MatchString(name) {
		return workflow.Errorf(workflow.Invalid, "%s is not a checklist; a file directly in “%s” is expected, named in lower-case words joined by “-”.", file, checklistsDir)
	}
	if strings.TrimSpace(text) == "" {
		return workflow.Errorf(workflow.Invalid, "%s is empty.", file)
	}
	l.lib.checklists[name] = text
	return nil
}

func (l *loader) workflow(file string, data []byte) error {
	w, side, err := parseWorkflow(file, data)
	if err != nil {
		return err
	}
	if _, ok := l.lib.workflows[w.ID]; ok {
		return workflow.Errorf(workflow.Conflict, "%s: the id “%s” is taken by another workflow.", file, w.ID).
			WithHint("Give the workflow another id.")
	}
	if err := l.lib.complete(file, side.refs); err != nil {
		return err
	}
	l.lib.workflows[w.ID] = w
	return nil
}

// complete checks that what a workflow names is there.
func (c contents) complete(file string, refs []reference) error {
	for _, ref := range refs {
		if _, ok := c.prompts[ref.id]; ref.dir == promptsDir && !ok {
			return errorAt(file, ref.line, "“%s” is not in the library; the id of a prompt is expected", ref.id)
		}
		if _, ok := c.checklists[ref.id]; ref.dir == checklistsDir && !ok {
			return errorAt(file, ref.line, "“%s” is not among the checklists; the name of one is expected", ref.id)
		}
	}
	return nil
}

// Prompts returns all prompts in the order of their ids.
func (l *Library) Prompts() []Prompt { return sorted(l.all().lib.prompts) }

// Workflows returns all workflows in the order of their ids.
func (l *Library) Workflows() []workflow.Workflow { return sorted(l.all().lib.workflows) }

// Checklist returns the Markdown of the checklist with the given name, which
// is that of its file without ".md".
func (l *Library) Checklist(name string) (string, bool) {
	text, ok := l.all().lib.checklists[name]
	return text, ok
}

// sorted returns the values of a map in the order of their keys.
func sorted[V any](m map[string]V) []V {
	all := make([]V, 0, len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		all = append(all, m[key])
	}
	return all
}

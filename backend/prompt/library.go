package prompt

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// Library is the prompts, workflows and checklists of a file tree. Everything
// in it is valid, and a workflow in it names only prompts and checklists that
// are in it, too. It does not change, and may be used by several goroutines.
type Library struct {
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

// LoadLibrary reads library/**.md, workflows/*.md and checklists/*.md. A file
// that cannot be used is left out, with an error that names it; the rest is
// loaded all the same. A folder that is not there is empty.
func LoadLibrary(fsys fs.FS) (*Library, []error) {
	l := &loader{fsys: fsys, lib: &Library{
		prompts: map[string]Prompt{}, workflows: map[string]workflow.Workflow{}, checklists: map[string]string{},
	}}
	l.each(promptsDir, l.prompt)
	l.each(checklistsDir, l.checklist)
	l.each(workflowsDir, l.workflow)
	return l.lib, l.errs
}

type loader struct {
	fsys fs.FS
	lib  *Library
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
	w, err := ParseWorkflow(file, data)
	if err != nil {
		return err
	}
	if _, ok := l.lib.workflows[w.ID]; ok {
		return workflow.Errorf(workflow.Conflict, "%s: the id “%s” is taken by another workflow.", file, w.ID).
			WithHint("Give the workflow another id.")
	}
	for _, phase := range w.Phases {
		if _, ok := l.lib.prompts[phase.Prompt]; phase.Prompt != "" && !ok {
			return workflow.Errorf(workflow.Invalid, "%s: the phase “%s” names the prompt “%s”, which is not in the library.", file, phase.ID, phase.Prompt)
		}
		if _, ok := l.lib.checklists[phase.Template]; phase.Template != "" && !ok {
			return workflow.Errorf(workflow.Invalid, "%s: the phase “%s” names the template “%s”, which is not among the checklists.", file, phase.ID, phase.Template)
		}
	}
	l.lib.workflows[w.ID] = w
	return nil
}

// Prompt returns the prompt with the given id.
func (l *Library) Prompt(id string) (Prompt, bool) {
	p, ok := l.prompts[id]
	return p, ok
}

// Prompts returns all prompts in the order of their ids.
func (l *Library) Prompts() []Prompt { return sorted(l.prompts) }

// Workflow returns the workflow with the given id.
func (l *Library) Workflow(id string) (workflow.Workflow, bool) {
	w, ok := l.workflows[id]
	return w, ok
}

// Workflows returns all workflows in the order of their ids.
func (l *Library) Workflows() []workflow.Workflow { return sorted(l.workflows) }

// Checklist returns the Markdown of the checklist with the given name, which
// is that of its file without ".md".
func (l *Library) Checklist(name string) (string, bool) {
	text, ok := l.checklists[name]
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

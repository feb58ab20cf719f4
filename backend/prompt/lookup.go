package prompt

import (
	"io/fs"
	"path"
	"strings"

	"plumbline/backend/workflow"
)

// Prompt returns the prompt with the given id.
func (l *Library) Prompt(id string) (Prompt, bool) {
	return lookup(l, l.alone, promptsDir, id, Parse, func() (Prompt, bool) {
		p, ok := l.all().lib.prompts[id]
		return p, ok
	})
}

// Workflow returns the workflow with the given id.
func (l *Library) Workflow(id string) (workflow.Workflow, bool) {
	whole := func() (workflow.Workflow, bool) {
		w, ok := l.all().lib.workflows[id]
		return w, ok
	}
	return lookup(l, l.flows, workflowsDir, id, func(file string, data []byte) (workflow.Workflow, error) {
		w, side, err := parseWorkflow(file, data)
		if err == nil {
			err = l.named(file, side.refs)
		}
		return w, err
	}, whole)
}

// named checks that what a workflow names is there, as far as the names of the
// files tell: whether a prompt is sound is told when it is asked for.
func (l *Library) named(file string, refs []reference) error {
	c := contents{prompts: map[string]Prompt{}, checklists: map[string]string{}}
	for key := range l.files() {
		dir, id, _ := strings.Cut(key, "/")
		switch dir {
		case promptsDir:
			c.prompts[id] = Prompt{}
		case checklistsDir:
			c.checklists[id] = ""
		}
	}
	return c.complete(file, refs)
}

// lookup reads the one file that has an id and keeps it. Where that is not as
// simple as it should be, whole says what everything together makes of it.
func lookup[T any](l *Library, kept map[string]T, dir, id string, parse func(string, []byte) (T, error), whole func() (T, bool)) (T, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if found, ok := kept[id]; ok {
		return found, true
	}
	file, ok := l.files()[dir+"/"+id]
	if !ok {
		return whole()
	}
	data, err := (&loader{fsys: l.fsys}).read(file)
	if err != nil {
		return whole()
	}
	found, err := parse(file, data)
	if err != nil {
		return whole()
	}
	kept[id] = found
	return found, true
}

// index finds the files of prompts, workflows and checklists by folder and id,
// without parsing them. Of two with one id it has the first.
func index(fsys fs.FS) map[string]string {
	files := map[string]string{}
	for _, dir := range []string{promptsDir, workflowsDir, checklistsDir} {
		l := &loader{fsys: fsys}
		l.each(dir, func(file string, data []byte) error {
			id := idLine(data)
			if dir == checklistsDir {
				id = strings.TrimSuffix(path.Base(file), ".md")
			}
			if _, taken := files[dir+"/"+id]; !taken && id != "" {
				files[dir+"/"+id] = file
			}
			return nil
		})
	}
	return files
}

// idLine returns what the front matter says in its line “id:”; empty when there
// is no such line.
func idLine(data []byte) string {
	n := 0
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, " \t\r\n")
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			return strings.TrimSpace(id)
		}
		if n++; n > 1 && line == "---" {
			return ""
		}
	}
	return ""
}

package prompt

import (
	"bytes"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"plumbline/backend/workflow"
)

// Prompt returns the prompt with the given id.
func (l *Library) Prompt(id string) (Prompt, bool) { return one[Prompt](l, KindPrompt, id) }

// Workflow returns the workflow with the given id.
func (l *Library) Workflow(id string) (workflow.Workflow, bool) {
	return one[workflow.Workflow](l, KindWorkflow, id)
}

// Checklist returns the Markdown of the checklist with the given name, which
// is that of its file without ".md".
func (l *Library) Checklist(name string) (string, bool) {
	list, ok := one[Checklist](l, KindChecklist, name)
	return list.Text, ok
}

// Persona returns the persona with the given id.
func (l *Library) Persona(id string) (workflow.Persona, bool) {
	return one[workflow.Persona](l, KindPersona, id)
}

// Pack returns the domain pack with the given id.
func (l *Library) Pack(id string) (workflow.Pack, bool) { return one[workflow.Pack](l, KindPack, id) }

// Practice returns the prompts that are due at times, in the order of their ids. Only
// files that speak of it are parsed: the first screen asks for these at every start.
func (l *Library) Practice() []Prompt {
	found := map[string]Prompt{}
	for _, s := range l.shelves() {
		for _, id := range eachOf(s.list().files[KindPrompt], s.dueID) {
			if p, ok := l.Prompt(id); ok && p.Due != (workflow.Due{}) {
				found[id] = p
			}
		}
	}
	prompts := make([]Prompt, 0, len(found))
	for _, id := range slices.Sorted(maps.Keys(found)) {
		prompts = append(prompts, found[id])
	}
	return prompts
}

// dueID returns the id of a file whose front matter has the word “due” in it; empty for others.
func (s *shelf) dueID(e entry) string {
	data, err := s.bytes(e)
	if err != nil {
		return ""
	}
	if front, _, _ := bytes.Cut(data, []byte("\n---")); !bytes.Contains(front, []byte("due")) {
		return ""
	}
	return s.idOf(KindPrompt, e)
}

func one[T any](l *Library, kind Kind, id string) (T, bool) {
	p, _ := l.find(kind, id)
	value, ok := p.value.(T)
	return value, ok
}

// find reads the file that has an id, and the built-in one under it. Where that
// is not as simple as it should be, everything together says what is there.
func (l *Library) find(kind Kind, id string) (placed, bool) {
	var found placed
	for _, s := range l.shelves() {
		e, there := s.glance[kind]()[id]
		if !there {
			continue
		}
		file := s.sheet(kind, e)
		if file.err != nil || file.id != id || kind == KindWorkflow && missing(file, l.glanced) != nil {
			p, ok := l.whole().on[kind][id]
			return p, ok
		}
		found = over(file, found)
	}
	return found, found.value != nil
}

// glanced reports whether there seems to be a file with an id: whether it is
// sound is told when it is asked for.
func (l *Library) glanced(kind Kind, id string) bool {
	for _, s := range l.shelves() {
		if _, ok := s.glance[kind]()[id]; ok {
			return true
		}
	}
	return false
}

// ids finds which file has which id without parsing them all. Of two with one id
// it has the first.
func (s *shelf) ids(kind Kind) map[string]entry {
	entries := s.list().files[kind]
	files := make(map[string]entry, len(entries))
	for i, id := range eachOf(entries, func(e entry) string { return s.idOf(kind, e) }) {
		if _, taken := files[id]; !taken && id != "" {
			files[id] = entries[i]
		}
	}
	return files
}

// idOf returns the id of a file, which its first lines tell as a rule; empty for
// a file that has none.
func (s *shelf) idOf(kind Kind, e entry) string {
	if kind == KindChecklist {
		return strings.TrimSuffix(path.Base(e.file), ".md")
	}
	s.mu.Lock()
	c, read := s.parsed[e.file]
	s.mu.Unlock()
	if read && c.equal(e) {
		return c.id
	}
	id, sure := idLine(s.head(e.file))
	if !sure {
		return s.sheet(kind, e).id
	}
	return id
}

// maxGlance is how much of a file is looked at to find its id.
const maxGlance = 2 << 10

// head returns the first bytes of a file; fewer, or none, where it cannot be read.
func (s *shelf) head(file string) []byte {
	f, err := s.fsys.Open(file)
	if err != nil {
		return nil
	}
	defer func() { _ = f.Close() }() // it was only read
	buf := make([]byte, maxGlance)
	n, _ := io.ReadFull(f, buf) // what is there counts
	return buf[:n]
}

// idLine returns what the front matter says in its line “id: …”. It is not sure
// where there is front matter without such a line, or with an unusual one.
func idLine(head []byte) (id string, sure bool) {
	text := strings.TrimPrefix(string(head), "\ufeff")
	first, rest, _ := strings.Cut(text, "\n")
	if strings.TrimRight(first, " \t\r") != "---" {
		return "", true // without front matter it is no file of ours
	}
	for line := range strings.Lines(rest) {
		if id, ok := strings.CutPrefix(strings.TrimRight(line, " \t\r\n"), "id: "); ok {
			id = strings.TrimSpace(id)
			return id, idRE.MatchString(id) && strings.HasSuffix(line, "\n")
		}
		if strings.HasPrefix(line, "---") {
			return "", false
		}
	}
	return "", false
}

// Text returns a file as it is written, and the built-in one that it takes the
// place of, which is nil when it takes none. The file may have changed since the
// library was read.
func (l *Library) Text(kind Kind, id string) (own, under []byte, err error) {
	p, ok := l.find(kind, id)
	if !ok {
		return nil, nil, workflow.Errorf(workflow.NotFound, "There is no %s “%s”.", kind, id)
	}
	s := l.built
	if p.source() != workflow.BuiltIn {
		s = l.user
	}
	if own, err = s.bytes(p.entry); err != nil {
		return nil, nil, err
	}
	if p.under != nil {
		if under, err = l.built.bytes(p.under.entry); err != nil {
			return nil, nil, err
		}
	}
	return bytes.Clone(own), bytes.Clone(under), nil
}

// source returns whose file a sheet is of.
func (c sheet) source() workflow.Source {
	switch v := c.value.(type) {
	case Prompt:
		return v.Source
	case workflow.Workflow:
		return v.Source
	case Checklist:
		return v.Source
	case workflow.Persona:
		return v.Source
	case workflow.Pack:
		return v.Source
	}
	return ""
}

package prompt

import (
	"io/fs"
	"maps"
	"slices"
	"sync"

	"plumbline/backend/workflow"
)

// Library is the prompts, workflows, checklists, personas and packs of the
// built-in file tree, with those of the user over them: one of the user's with
// the id of a built-in one takes its place. Everything that it gives out is
// valid, and a workflow of it names only prompts and checklists that it has, too.
//
// It does not change, and may be used by several goroutines; Reload returns one
// that knows of changed files. A file is parsed when it is asked for: a command
// that needs one prompt does not pay for all of them.
type Library struct {
	built *shelf
	user  *shelf // nil without one

	whole func() *contents // everything, checked; read once
}

// contents is everything that a library holds.
type contents struct {
	on    map[Kind]map[string]placed // by id
	found []Problem
}

// placed is a file in its place, and the built-in one under it.
type placed struct {
	sheet
	under *sheet
}

// OpenLibrary returns the library of library/**.md, and of the *.md of workflows,
// checklists, personas and packs. The user's tree has the same folders and may be
// nil; it should be that of an os.Root, which no link can lead out of. A folder
// that is not there is empty. A file that cannot be used is left out; Problems
// tells of it.
func OpenLibrary(builtin, user fs.FS) *Library {
	var own *shelf
	if user != nil {
		own = newShelf(user, workflow.Yours, map[string]sheet{})
	}
	return newLibrary(newShelf(builtin, workflow.BuiltIn, map[string]sheet{}), own)
}

func newLibrary(built, user *shelf) *Library {
	l := &Library{built: built, user: user}
	l.whole = sync.OnceValue(l.load)
	return l
}

// Reload returns the library with the user's files as they are now: this very
// one when none has changed. A file with the name, size and time that it had is
// not read again.
func (l *Library) Reload() *Library {
	if l.user == nil {
		return l
	}
	now := l.user.again()
	if l.user.same(now) {
		return l
	}
	return newLibrary(l.built, now)
}

// Problems reads everything. It returns why files are left out, and after that
// what is doubtful about others.
func (l *Library) Problems() []Problem {
	found := slices.Clone(l.whole().found)
	slices.SortStableFunc(found, func(a, b Problem) int {
		switch {
		case a.Doubt == b.Doubt:
			return 0
		case a.Doubt:
			return 1
		}
		return -1
	})
	return found
}

// load reads everything and puts it in its place.
func (l *Library) load() *contents {
	c := &contents{on: map[Kind]map[string]placed{}}
	for _, s := range l.shelves() {
		c.found = append(c.found, s.list().found...)
	}
	for _, kind := range kinds {
		c.on[kind] = map[string]placed{}
		for _, s := range l.shelves() {
			c.fill(s, kind)
		}
	}
	return c
}

// shelves are in the order in which they are laid over one another.
func (l *Library) shelves() []*shelf {
	if l.user == nil {
		return []*shelf{l.built}
	}
	return []*shelf{l.built, l.user}
}

// fill puts the files of a kind in their places. Of two with one id the first counts.
func (c *contents) fill(s *shelf, kind Kind) {
	taken := map[string]string{}
	for _, file := range s.sheets(kind) {
		err := file.err
		if err == nil && kind == KindWorkflow {
			err = missing(file, c.has)
		}
		if other, ok := taken[file.id]; ok && err == nil {
			err = file.taken(other)
		}
		if err != nil {
			c.found = append(c.found, s.problems(err)...)
			continue
		}
		taken[file.id] = file.file
		c.found = append(c.found, file.doubts...)
		c.on[kind][file.id] = over(file, c.on[kind][file.id])
	}
}

// over puts a file over the one that is in its place.
func over(file sheet, below placed) placed {
	p := placed{sheet: file}
	if below.value != nil {
		p.under = &below.sheet
	}
	if own, ok := file.value.(Prompt); ok && p.under != nil {
		under := p.under.value.(Prompt)
		own.under = &under
		p.value = own
	}
	return p
}

func (c *contents) has(kind Kind, id string) bool {
	_, ok := c.on[kind][id]
	return ok
}

// missing returns an error where a workflow names something that is not there.
func missing(file sheet, has func(Kind, string) bool) error {
	var all faults
	for _, ref := range file.side.refs {
		switch {
		case has(ref.kind, ref.id):
		case ref.kind == KindPrompt:
			all = append(all, errorAt(file.file, ref.line, "“%s” is not in the library; the id of a prompt is expected", ref.id))
		default:
			all = append(all, errorAt(file.file, ref.line, "“%s” is not among the checklists; the name of one is expected", ref.id))
		}
	}
	return all.err()
}

// Prompts returns all prompts in the order of their ids.
func (l *Library) Prompts() []Prompt { return all[Prompt](l, KindPrompt) }

// Workflows returns all workflows in the order of their ids.
func (l *Library) Workflows() []workflow.Workflow { return all[workflow.Workflow](l, KindWorkflow) }

// Personas returns all personas in the order of their ids.
func (l *Library) Personas() []workflow.Persona { return all[workflow.Persona](l, KindPersona) }

// Packs returns all domain packs in the order of their ids.
func (l *Library) Packs() []workflow.Pack { return all[workflow.Pack](l, KindPack) }

func all[T any](l *Library, kind Kind) []T {
	on := l.whole().on[kind]
	values := make([]T, 0, len(on))
	for _, id := range slices.Sorted(maps.Keys(on)) {
		values = append(values, on[id].value.(T))
	}
	return values
}

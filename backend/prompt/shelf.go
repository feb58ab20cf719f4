package prompt

import (
	"io/fs"
	"path"
	"runtime"
	"strings"
	"sync"
	"time"

	"plumbline/backend/workflow"
)

// Kind says what a file of the library holds.
type Kind string

// The kinds of files. Each has a folder.
const (
	KindPrompt    Kind = "prompt"
	KindWorkflow  Kind = "workflow"
	KindChecklist Kind = "checklist"
	KindPersona   Kind = "persona"
	KindPack      Kind = "pack"
)

// kinds are in the order in which they are read: workflows name files of other kinds.
var kinds = []Kind{KindPrompt, KindChecklist, KindPersona, KindPack, KindWorkflow}

// The folders of a library.
const (
	promptsDir    = "library"
	ownPromptsDir = "prompts"
	workflowsDir  = "workflows"
	checklistsDir = "checklists"
	personasDir   = "personas"
	packsDir      = "packs"
)

var dirs = map[Kind]string{
	KindPrompt: promptsDir, KindWorkflow: workflowsDir, KindChecklist: checklistsDir, KindPersona: personasDir, KindPack: packsDir,
}

// shelf is one tree of files, as it was when it was listed. Files are read and
// parsed once, when they are asked for.
type shelf struct {
	fsys   fs.FS
	source workflow.Source
	list   func() listing                   // once
	glance map[Kind]func() map[string]entry // the files by id, without parsing them; once

	mu     sync.Mutex
	parsed map[string]sheet // by file
}

// listing is what is there, without having been read.
type listing struct {
	files map[Kind][]entry // in the order of their names
	found []Problem
}

// entry is a file as the file system tells of it.
type entry struct {
	file     string
	size     int64
	modified time.Time
}

// sheet is a file that was read.
type sheet struct {
	entry
	read time.Time
	id   string
	// value is a Prompt, workflow.Workflow, Checklist, workflow.Persona or
	// workflow.Pack; nil where there is an err.
	value  any
	side   side
	doubts []Problem
	err    error
}

// settles is the time after which a change of a file shows in its time: two
// seconds on the coarsest file system.
const settles = 3 * time.Second

// dir is the folder of a kind. The user's prompts lie in “prompts”, which is what
// somebody looks for in a folder that is called library itself.
func (s *shelf) dir(kind Kind) string {
	if kind == KindPrompt && s.source != workflow.BuiltIn {
		return ownPromptsDir
	}
	return dirs[kind]
}

func newShelf(fsys fs.FS, source workflow.Source, known map[string]sheet) *shelf {
	s := &shelf{fsys: fsys, source: source, parsed: known}
	s.list = sync.OnceValue(s.walk)
	s.glance = map[Kind]func() map[string]entry{}
	for _, kind := range kinds {
		s.glance[kind] = sync.OnceValue(func() map[string]entry { return s.ids(kind) })
	}
	return s
}

// again returns the shelf as it is now. What has not changed is not read again.
func (s *shelf) again() *shelf {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := make(map[string]sheet, len(s.parsed))
	for file, c := range s.parsed {
		if c.read.Sub(c.modified) > settles {
			known[file] = c
		}
	}
	return newShelf(s.fsys, s.source, known)
}

// same reports whether another listing of the shelf's tree has the files of this one, unchanged.
func (s *shelf) same(other *shelf) bool {
	a, b := s.list(), other.list()
	if len(a.found) != len(b.found) {
		return false
	}
	other.mu.Lock()
	defer other.mu.Unlock()
	for _, kind := range kinds {
		if len(a.files[kind]) != len(b.files[kind]) {
			return false
		}
		for i, e := range b.files[kind] {
			_, settled := other.parsed[e.file]
			if !a.files[kind][i].equal(e) || !settled {
				return false
			}
		}
	}
	return true
}

func (e entry) equal(other entry) bool {
	return e.file == other.file && e.size == other.size && e.modified.Equal(other.modified)
}

// walk lists the Markdown files of all kinds.
func (s *shelf) walk() listing {
	l := listing{files: map[Kind][]entry{}}
	for _, kind := range kinds {
		dir := s.dir(kind)
		if _, err := fs.Stat(s.fsys, dir); err != nil {
			continue // a folder that is not there is empty
		}
		folded := map[string]string{}
		// The function below returns no error, so that the walk has none either.
		_ = fs.WalkDir(s.fsys, dir, func(file string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				l.found = append(l.found, s.problems(unreadable(file, err))...)
			case strings.HasPrefix(path.Base(file), "."):
				if d.IsDir() {
					return fs.SkipDir // of another program: .git, .obsidian
				}
			case d.Type()&fs.ModeSymlink != 0:
				l.found = append(l.found, s.problems(errorIn(workflow.Invalid, file, "links are not followed; a file or folder in this place is expected"))...)
			case d.IsDir() || path.Ext(file) != ".md":
			case !d.Type().IsRegular():
				l.found = append(l.found, s.problems(errorIn(workflow.Invalid, file, "an ordinary file is expected"))...)
			default:
				l.add(s, kind, file, d, folded)
			}
			return nil
		})
	}
	return l
}

func (l *listing) add(s *shelf, kind Kind, file string, d fs.DirEntry, folded map[string]string) {
	info, err := d.Info()
	if err != nil {
		l.found = append(l.found, s.problems(unreadable(file, err))...)
		return
	}
	lower := strings.ToLower(file)
	if other, taken := folded[lower]; taken {
		p := onlyCase(file, other)
		p.Source = s.source
		l.found = append(l.found, p)
	}
	folded[lower] = file
	l.files[kind] = append(l.files[kind], entry{file: file, size: info.Size(), modified: info.ModTime()})
}

// problems are what is wrong with a file of this shelf.
func (s *shelf) problems(err error) []Problem {
	found := ProblemsOf(err)
	for i := range found {
		found[i].Source = s.source
	}
	return found
}

// sheet reads a file, unless that was done before.
func (s *shelf) sheet(kind Kind, e entry) sheet {
	s.mu.Lock()
	c, ok := s.parsed[e.file]
	s.mu.Unlock()
	if ok && c.equal(e) {
		return c
	}
	c = sheet{entry: e, read: time.Now()}
	data, err := s.bytes(e)
	if err == nil {
		err = c.parse(kind, data, s.source)
	}
	if err != nil {
		c.value, c.err = nil, err
	}
	s.mu.Lock()
	s.parsed[e.file] = c
	s.mu.Unlock()
	return c
}

// sheets reads all files of a kind, in the order of their names.
func (s *shelf) sheets(kind Kind) []sheet {
	return eachOf(s.list().files[kind], func(e entry) sheet { return s.sheet(kind, e) })
}

// eachOf does the same with all entries, on all processors.
func eachOf[T any](entries []entry, do func(entry) T) []T {
	all := make([]T, len(entries))
	workers := min(runtime.GOMAXPROCS(0), len(entries))
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(entries); i += workers {
				all[i] = do(entries[i])
			}
		})
	}
	wg.Wait()
	return all
}

// bytes refuses a large file before it is in memory.
func (s *shelf) bytes(e entry) ([]byte, error) {
	if e.size > maxFile {
		return nil, tooLarge(e.file)
	}
	data, err := fs.ReadFile(s.fsys, e.file)
	if err != nil {
		return nil, unreadable(e.file, err)
	}
	return data, nil
}

func unreadable(file string, err error) error {
	return errorIn(workflow.Unavailable, file, "it cannot be read: %w", err)
}

package prompt

import (
	"io/fs"
	"strings"

	"plumbline/backend/workflow"
)

// Named is a file that is not in a library yet.
type Named struct {
	File string
	Data []byte
}

// Check says what is wrong with or doubtful about files of a kind that are meant to
// go into a library together: each by itself, and one beside the other. What a
// workflow names and is not built in is only doubtful, since it may be the user's.
func Check(builtin fs.FS, kind Kind, files []Named) []Problem {
	lib := OpenLibrary(builtin, nil)
	found := []Problem{}
	taken, folded := map[string]string{}, map[string]string{}
	for _, f := range files {
		lower := strings.ToLower(f.File)
		if other, ok := folded[lower]; ok {
			found = append(found, onlyCase(f.File, other))
		}
		folded[lower] = f.File
		c := sheet{entry: entry{file: f.File}}
		err := c.parse(kind, f.Data, workflow.Yours)
		if other, twice := taken[c.id]; twice && err == nil {
			err = c.taken(other)
		}
		if err != nil {
			found = append(found, ProblemsOf(err)...)
			continue
		}
		taken[c.id] = c.file
		found = append(found, c.doubts...)
		for _, ref := range c.side.refs {
			if !lib.glanced(ref.kind, ref.id) {
				found = append(found, doubtAt(c.file, ref.line, "“%s” is not built in; a %s of yours with that id is expected in the library", ref.id, ref.kind))
			}
		}
	}
	return found
}

// taken is the error of a file whose id another one has.
func (c sheet) taken(other string) error {
	return errorAt(c.file, max(c.side.at, 1), "the id “%s” is taken by %s; another one is expected", c.id, other).
		WithHint("Give one of the two another id, or delete it.")
}

// onlyCase is the doubt about two names that are one where case does not count.
func onlyCase(file, other string) Problem {
	p := ProblemOf(errorIn(workflow.Conflict, file, "the name differs from “%s” only in case, and on some systems the two are one; another name is expected", other))
	p.Doubt = true
	return p
}

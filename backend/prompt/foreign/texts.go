package foreign

import (
	"io"
	"io/fs"
	"slices"

	"plumbline/backend/workflow"
)

// Search collects text files that are no prompts, with the limits and checks of an
// import: paths are names only, links are not followed, and what is wrong with a file
// leaves the others alone.
type Search struct {
	// Wanted says by its path whether a file is looked at.
	Wanted func(file string) bool
	// Holds is what the folder should hold, for hints: “the specifications”.
	Holds string
}

// Texts are the files that were collected, in order, and those that were left out.
type Texts struct {
	Files    []Text
	Problems []workflow.LibraryProblem
}

// Text is a text file, with LF line ends.
type Text struct{ Path, Body string }

// Folder collects the files of a folder.
func (s Search) Folder(fsys fs.FS) (Texts, error) {
	f := s.begin()
	err := f.walk(fsys)
	return f.collected(), err
}

// Archive collects the files of a zip archive. The name is for messages.
func (s Search) Archive(name string, r io.ReaderAt, size int64) (Texts, error) {
	f := s.begin()
	err := f.unzip(name, r, size)
	return f.collected(), err
}

// Dropped collects files that were dropped together.
func (s Search) Dropped(files []File) (Texts, error) {
	f := s.begin()
	err := f.take(files)
	return f.collected(), err
}

func (s Search) begin() *folder {
	f := newFolder()
	f.wanted, f.holds = s.Wanted, s.Holds
	return f
}

func (f *folder) collected() Texts {
	t := Texts{Files: []Text{}, Problems: append([]workflow.LibraryProblem{}, f.problems...)}
	slices.Sort(f.files)
	for _, file := range f.files {
		if text, ok := f.texts[file]; ok {
			t.Files = append(t.Files, Text{Path: file, Body: text})
		}
	}
	return t
}

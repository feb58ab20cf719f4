package foreign

import (
	"archive/zip"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// What is read at most. A text file has the limit of the library, 1 MB.
const (
	maxText    = 1 << 20
	maxFiles   = 20_000
	maxTotal   = 64 << 20
	maxDepth   = 24
	maxSeen    = 200_000 // entries of a folder, those without interest too
	maxTrouble = 1000    // problems that are told
)

// folder is what a folder or an archive holds: its files in order, and the texts of those that may be prompts.
type folder struct {
	files    []string
	texts    map[string]string
	lower    map[string]string // the path by its lower-case form
	room     int               // for texts, in bytes
	places   int               // for files
	problems []workflow.LibraryProblem
	// wanted says which files are looked at, and all of those are read as text; nil for
	// every file, of which those with the endings of prompts are.
	wanted func(file string) bool
	holds  string // what the folder should hold, for hints
	seen   int    // entries that were passed
}

func newFolder() *folder {
	return &folder{texts: map[string]string{}, lower: map[string]string{}, room: maxTotal, places: maxFiles, holds: "the prompts"}
}

// passes reports whether a file is of no interest.
func (f *folder) passes(file string) bool { return f.wanted != nil && !f.wanted(file) }

// reads reports whether a file is read as text.
func (f *folder) reads(file string) bool { return f.wanted != nil || isText(file) }

// step counts an entry of a folder: one that holds a whole disk was not meant.
func (f *folder) step() error {
	if f.seen++; f.seen <= maxSeen {
		return nil
	}
	return workflow.Errorf(workflow.Limit, "There are more than %d files.", maxSeen).WithHint("Choose the folder that holds %s.", f.holds)
}

func (f *folder) fail(err error) {
	for _, p := range prompt.ProblemsOf(err) {
		if len(f.problems) == maxTrouble {
			return
		}
		f.problems = append(f.problems, workflow.LibraryProblem{File: p.File, Line: p.Line, Message: p.Message, Hint: p.Hint})
	}
}

// refuse notes why a file is left out; why goes on after its name.
func (f *folder) refuse(file, why string) { f.fail(prompt.FileError(file, 0, "%s", why)) }

// isText reports whether a file may be a prompt, or belong to one as text.
func isText(file string) bool {
	return slices.Contains([]string{".md", ".mdc", ".markdown", ".yaml", ".yml"}, strings.ToLower(path.Ext(file)))
}

// ignored are folders that hold no prompts of anybody.
func ignored(name string) bool {
	return slices.Contains([]string{".git", ".hg", ".svn", "node_modules", "__MACOSX"}, name)
}

// admit adds a file, unless there are too many or its name is that of another but for capitals.
func (f *folder) admit(file string) (ok bool, err error) {
	if len(f.files) == f.places {
		return false, workflow.Errorf(workflow.Limit, "There are more than %d files.", len(f.files)).
			WithHint("Choose the folder that holds %s.", f.holds)
	}
	low := strings.ToLower(file)
	if other, taken := f.lower[low]; taken {
		why := "the name differs only in capitals from " + other
		if other == file {
			why = "it is there twice; the first one is taken"
		}
		f.refuse(file, why)
		return false, nil
	}
	f.lower[low] = file
	f.files = append(f.files, file)
	return true, nil
}

// read takes the text of a file, of which no more than the limit is read.
func (f *folder) read(file string, in io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(in, maxText+1))
	if err != nil {
		f.refuse(file, "it cannot be read; the file or the archive is damaged, or you may not read it")
		return nil
	}
	if f.room -= len(data); f.room < 0 {
		return workflow.Errorf(workflow.Limit, "The texts are larger than %d MB together.", maxTotal>>20).
			WithHint("Choose the folder that holds %s.", f.holds)
	}
	text, err := prompt.PlainText(file, data)
	if err != nil && f.wanted != nil {
		err = workflow.Describe(err).WithHint("It does not come in.")
	}
	if err != nil {
		f.fail(err)
		return nil
	}
	f.texts[file] = text
	return nil
}

// walk collects the files of a folder. Links are not followed.
func (f *folder) walk(fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(file string, entry fs.DirEntry, err error) error {
		if over := f.step(); over != nil {
			return over
		}
		switch {
		case err != nil && file == ".":
			return workflow.Errorf(workflow.Unavailable, "The folder cannot be read: %w.", err)
		case err != nil:
			f.refuse(file, "it cannot be read")
			return nil
		case file == ".":
			return nil
		case entry.IsDir() && (ignored(entry.Name()) || strings.Count(file, "/") >= maxDepth):
			return fs.SkipDir
		case entry.IsDir() || f.passes(file):
			return nil
		case entry.Type()&fs.ModeSymlink != 0:
			f.refuse(file, "it is a link, and links are not followed")
			return nil
		case !entry.Type().IsRegular():
			f.refuse(file, "it is no file that can be read")
			return nil
		}
		ok, err := f.admit(file)
		if err != nil || !ok || !f.reads(file) {
			return err
		}
		in, err := fsys.Open(file)
		if err != nil {
			f.refuse(file, "it cannot be read")
			return nil
		}
		return errors.Join(f.read(file, in), in.Close())
	})
}

// unzip collects the files of an archive. Its names are never used as paths, and
// the sizes it claims are not believed.
func (f *folder) unzip(name string, r io.ReaderAt, size int64) error {
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		e := prompt.FileError(name, 0, "it is no zip archive, or it is damaged")
		e.Err = errors.Join(e.Err, err)
		return e
	}
	entries := slices.Clone(z.File)
	slices.SortStableFunc(entries, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	for _, entry := range entries {
		file := strings.TrimPrefix(strings.ReplaceAll(entry.Name, `\`, "/"), "./")
		mode := entry.Mode()
		switch why := badEntry(file); {
		case why != "":
			f.refuse(shown(entry.Name), why)
		case mode.IsDir() || strings.HasSuffix(file, "/") || hidden(file) || f.passes(file):
		case mode&fs.ModeSymlink != 0:
			f.refuse(file, "it is a link, and links are not followed")
		case !mode.IsRegular():
			f.refuse(file, "it is no file that can be read")
		default:
			if err := f.entry(file, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *folder) entry(file string, entry *zip.File) error {
	ok, err := f.admit(file)
	if err != nil || !ok || !f.reads(file) {
		return err
	}
	if entry.Flags&1 != 0 {
		f.refuse(file, "it is encrypted")
		return nil
	}
	in, err := entry.Open()
	if err != nil {
		f.refuse(file, "it cannot be read; the archive is damaged, or packed in a way that is not known here")
		return nil
	}
	err = f.read(file, in)
	_ = in.Close() // whose error is that of the checksum of a part that was not read
	return err
}

// badEntry says what is wrong with a name in an archive; empty for a good one.
func badEntry(file string) string {
	dir := strings.TrimSuffix(file, "/")
	switch {
	case !utf8.ValidString(file):
		return "the name is not UTF-8"
	case strings.ContainsFunc(file, unicode.IsControl):
		return "the name has characters that cannot be shown"
	case strings.HasPrefix(file, "/") || len(file) > 1 && file[1] == ':':
		return "it is a path outside the folder; nothing is read from there"
	case slices.Contains(strings.Split(dir, "/"), ".."):
		return "it is a path outside the folder; nothing is read from there"
	case dir == "" || !fs.ValidPath(dir) || len(file) > 1000 || strings.Count(dir, "/") > maxDepth:
		return "it is no path that can be used"
	}
	return ""
}

// hidden reports whether a file is in a folder that holds no prompts of anybody.
func hidden(file string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(file), "/"), ignored)
}

// shown is a name that can be put into a message.
func shown(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return '�'
		}
		return r
	}, name)
	return name[:min(len(name), 200)]
}

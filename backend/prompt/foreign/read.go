package foreign

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
)

// Read finds the prompts of a folder. Only where the folder as a whole cannot be
// read it returns an error.
func Read(fsys fs.FS, o Options) (Import, error) {
	f := newFolder()
	if err := f.walk(fsys); err != nil {
		return Import{}, err
	}
	return f.prompts(o), nil
}

// ReadArchive finds the prompts of a zip archive. The name is for messages.
func ReadArchive(name string, r io.ReaderAt, size int64, o Options) (Import, error) {
	f := newFolder()
	if err := f.unzip(name, r, size); err != nil {
		return Import{}, err
	}
	return f.prompts(o), nil
}

// ReadFile finds the prompts of one file: the prompt that it is, or those of the
// archive that it is. Its name, which may be a path, helps to recognise the format.
func ReadFile(name string, data []byte, o Options) (Import, error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("PK\x05\x06")) {
		return ReadArchive(name, bytes.NewReader(data), int64(len(data)), o)
	}
	f := newFolder()
	name = strings.TrimLeft(path.Clean(strings.ReplaceAll(shown(name), `\`, "/")), "/")
	if _, err := f.admit(name); err != nil {
		return Import{}, err
	}
	if err := f.read(name, bytes.NewReader(data)); err != nil {
		return Import{}, err
	}
	o.alone = true
	return f.prompts(o), nil
}

// File is a file that is not on a disk of ours: one that was dropped on the window.
type File struct {
	Path string
	Data []byte
}

// ReadFiles finds the prompts of files that were dropped together. Their paths are
// treated like those of an archive: they are names, and never opened.
func ReadFiles(files []File, o Options) (Import, error) {
	if len(files) == 1 {
		return ReadFile(files[0].Path, files[0].Data, o)
	}
	f := newFolder()
	if err := f.take(files); err != nil {
		return Import{}, err
	}
	return f.prompts(o), nil
}

// take collects files that were dropped.
func (f *folder) take(files []File) error {
	for _, file := range files {
		name := strings.TrimPrefix(strings.ReplaceAll(file.Path, `\`, "/"), "./")
		if why := badEntry(name); why != "" {
			f.refuse(shown(file.Path), why)
			continue
		}
		if hidden(name) || f.passes(name) {
			continue
		}
		ok, err := f.admit(name)
		if err == nil && ok && f.reads(name) {
			err = f.read(name, bytes.NewReader(file.Data))
		}
		if err != nil {
			return err
		}
	}
	slices.Sort(f.files)
	return nil
}

// prompts makes prompts of the files.
func (f *folder) prompts(o Options) Import {
	sources, skipped := f.recognise(o)
	i := Import{Prompts: []Found{}, Skipped: skipped}
	r := &reader{Options: o, ids: map[string]int{}, hashes: map[string]string{}}
	for _, s := range sources {
		found, err := r.one(s)
		if err != nil {
			f.fail(err)
			continue
		}
		i.Prompts = append(i.Prompts, found)
	}
	i.Problems = append([]workflow.LibraryProblem{}, f.problems...)
	return i
}

// reader keeps apart what one import brings in.
type reader struct {
	Options
	ids    map[string]int    // how often each id was asked for
	hashes map[string]string // the file that has a content
}

func (r *reader) one(s source) (Found, error) {
	var found Found
	var err error
	if s.format == Plumbline {
		found, err = r.own(s)
	} else {
		found, err = r.foreign(s)
	}
	if err != nil {
		return Found{}, err
	}
	known, file := r.Known[found.Hash], r.hashes[found.Hash]
	if found.Replaces != "" {
		known = "" // the built-in one that it customises may have the same text and other variables
	}
	found.Duplicate = cmp.Or(known, file)
	found.Take = found.Duplicate == ""
	if file == "" {
		r.hashes[found.Hash] = s.file
	}
	return found, nil
}

func (r *reader) foreign(s source) (Found, error) {
	d, err := s.read()
	if err != nil {
		return Found{}, err
	}
	id, clash := r.free(idOf(d.name))
	d.found.Clash = clash
	if err := d.finish(id); err != nil {
		return Found{}, err
	}
	return d.found, nil
}

// own reads a prompt that is in our format already.
func (r *reader) own(s source) (Found, error) {
	p, err := prompt.Parse(s.file, []byte(s.text))
	if err != nil {
		return Found{}, err
	}
	d := newDraft(Plumbline, document{file: s.file}, p.ID)
	d.conv = &conversion{found: []Placeholder{}}
	text := s.text
	id, clash := p.ID, false
	// A customised prompt takes the place of the built-in one wherever it comes to.
	if p.Base != "" && r.BuiltIn != nil && r.ids[p.ID] == 0 {
		d.found.Replaces = r.BuiltIn(p.ID)
	}
	if d.found.Replaces != "" {
		r.ids[p.ID] = 1
	} else {
		id, clash = r.free(p.ID)
	}
	if d.found.Clash = clash; clash {
		p.ID = id
		text = string(prompt.Write(p))
	}
	d.bundled(s.bundle)
	return d.found, d.take(text)
}

// free returns an id that nothing has yet, and whether it is another than wanted.
func (r *reader) free(want string) (id string, clash bool) {
	taken := func(id string) bool { return r.ids[id] > 0 || r.Taken != nil && r.Taken(id) }
	id = want
	for n := max(2, r.ids[want]+1); taken(id); n++ {
		id = want[:min(len(want), 58)]
		id = strings.TrimRight(id, "-") + "-" + strconv.Itoa(n)
		r.ids[want]++
	}
	r.ids[want] = max(r.ids[want], 1)
	if id != want {
		r.ids[id] = 1
	}
	return id, id != want
}

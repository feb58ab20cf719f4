package engine

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"plumbline/backend/handoff"
	"plumbline/backend/workflow"
)

// maxAgents is the largest AGENTS.md that is changed, in bytes.
const maxAgents = 4 << 20

// placeHandoff writes a hand-off to where it is wanted: a file, or below a folder
// that no path and no link leads out of. All of it is looked at before anything is
// written.
func (e *Engine) placeHandoff(made *workflow.Handoff, ask workflow.HandoffAsk) error {
	path := filepath.Clean(ask.To)
	if !filepath.IsAbs(path) {
		return workflow.Errorf(workflow.Invalid, "The path %s does not begin at the root.", ask.To).WithHint("%s", absoluteHint)
	}
	files := made.Files
	info, err := os.Stat(path)
	isFolder := err == nil && info.IsDir()
	folder := made.Format == workflow.HandoffSpecKit || made.Format == workflow.HandoffOpenSpec
	if !folder || !isFolder && strings.EqualFold(filepath.Ext(path), ".zip") {
		name := filepath.Base(path)
		if isFolder {
			name = made.Name
		} else {
			path = filepath.Dir(path)
		}
		content := made.Files[0].Content
		if folder || made.Format == workflow.HandoffZip {
			if content, err = e.packed(made.Files); err != nil {
				return err
			}
		}
		files = []workflow.HandoffFile{{Path: name, Content: content}}
	}
	if err := placeFiles(path, files, made.Format == workflow.HandoffAgents, ask); err != nil {
		return err
	}
	if len(files) == 1 {
		made.Path = filepath.Join(path, filepath.FromSlash(files[0].Path))
		if len(made.Files) == 1 {
			made.Files[0].Content = files[0].Content
		}
		for i := range made.Files {
			made.Files[i].State = files[0].State
		}
	} else {
		made.Path = path
	}
	if ask.Dry {
		made.Path = ""
	}
	return nil
}

func (e *Engine) packed(files []workflow.HandoffFile) (string, error) {
	list := []workflow.ExportedFile{}
	for _, f := range files {
		list = append(list, workflow.ExportedFile{Path: f.Path, Content: f.Content})
	}
	packed, err := pack(list, e.opt.Now())
	return string(packed), err
}

// placeFiles writes files below a folder: all of them, or none.
func placeFiles(dir string, files []workflow.HandoffFile, agents bool, ask workflow.HandoffAsk) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) && ask.Dry {
		for i := range files {
			files[i].State = workflow.HandoffNew
		}
		return nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unwritable(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return unwritable(dir, err)
	}
	defer root.Close()
	there := []string{}
	for i := range files {
		f := &files[i]
		if agents {
			err = mergeAgents(root, f)
		} else {
			f.State, err = standsAt(root, f)
		}
		if err != nil {
			return err
		}
		if f.State == workflow.HandoffChanged && !agents {
			there = append(there, f.Path)
		}
	}
	if ask.Dry {
		return nil
	}
	if len(there) > 0 && !ask.Over {
		return taken(dir, there)
	}
	for _, f := range files {
		if f.State == workflow.HandoffSame {
			continue
		}
		if err := putInto(root, f); err != nil {
			return unwritable(filepath.Join(dir, filepath.FromSlash(f.Path)), err)
		}
	}
	return nil
}

// taken names the files that stand in the way.
func taken(dir string, there []string) error {
	names := there
	more := ""
	if len(names) > 8 {
		names, more = names[:8], fmt.Sprintf(" and %d more", len(there)-8)
	}
	verb := "is"
	if len(there) > 1 {
		verb = "are"
	}
	return workflow.Errorf(workflow.Conflict, "%s%s %s in %s already, with another content. Nothing was written.", strings.Join(names, ", "), more, verb, dir).
		WithHint("Choose another place, or have them replaced: “plumbline handoff … --force”.")
}

// standsAt says what is in the place of a file.
func standsAt(root *os.Root, f *workflow.HandoffFile) (workflow.HandoffState, error) {
	name := filepath.FromSlash(f.Path)
	info, err := root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return workflow.HandoffNew, nil
	case err != nil:
		return "", unwritable(filepath.Join(root.Name(), name), err)
	case info.IsDir():
		return "", workflow.Errorf(workflow.Conflict, "%s is a folder. Nothing was written.", filepath.Join(root.Name(), name)).
			WithHint("Choose another place, or move it away.")
	case !info.Mode().IsRegular() || info.Size() != int64(len(f.Content)):
		return workflow.HandoffChanged, nil
	}
	old, err := root.ReadFile(name)
	if err != nil || !bytes.Equal(old, []byte(f.Content)) {
		return workflow.HandoffChanged, nil
	}
	return workflow.HandoffSame, nil
}

// mergeAgents makes of our block the whole text of the AGENTS.md that is there.
func mergeAgents(root *os.Root, f *workflow.HandoffFile) error {
	name := filepath.FromSlash(f.Path)
	if to, err := root.Readlink(name); err == nil {
		return workflow.Errorf(workflow.Conflict, "%s is a link to %s. Nothing was changed.", filepath.Join(root.Name(), name), to).
			WithHint("Name the file that it leads to.")
	}
	in, err := root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		f.State = workflow.HandoffNew
		return nil
	}
	if err != nil {
		return unwritable(filepath.Join(root.Name(), name), err)
	}
	old, err := io.ReadAll(io.LimitReader(in, maxAgents+1))
	if err = errors.Join(err, in.Close()); err != nil {
		return unwritable(filepath.Join(root.Name(), name), err)
	}
	if len(old) > maxAgents {
		return workflow.Errorf(workflow.Limit, "%s is larger than %d MB. Nothing was changed.", filepath.Join(root.Name(), name), maxAgents>>20).
			WithHint("Print the block without --to, and put it in by hand.")
	}
	merged, err := handoff.InsertAgents(string(old), f.Content)
	if err != nil {
		return err
	}
	f.Content, f.State = merged, workflow.HandoffChanged
	if merged == string(old) {
		f.State = workflow.HandoffSame
	}
	return nil
}

// putInto puts a file in its place as a whole. A link in its place is replaced, not
// followed.
func putInto(root *os.Root, f workflow.HandoffFile) error {
	name := filepath.FromSlash(f.Path)
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if info, err := root.Lstat(name); err == nil && info.Mode().IsRegular() {
		mode = info.Mode().Perm()
	}
	aside := filepath.Join(filepath.Dir(name), ".plumbline-"+filepath.Base(name)+".tmp")
	err := root.WriteFile(aside, []byte(f.Content), mode)
	if err == nil {
		err = root.Rename(aside, name)
	}
	if err != nil {
		return errors.Join(err, gone(root, aside))
	}
	return nil
}

// gone removes what is left of a file that could not be written.
func gone(root *os.Root, name string) error {
	if err := root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

package engine

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"plumbline/backend/prompt"
	"plumbline/backend/prompt/foreign"
	"plumbline/backend/workflow"
)

// ExportPrompts writes prompts in the format of another program; without ids, all
// that are the user's. Nothing that is there is written over, unless the person was
// asked about it.
func (e *Engine) ExportPrompts(_ context.Context, x workflow.ExportPrompts) (workflow.Exported, error) {
	if err := e.isOpen(); err != nil {
		return workflow.Exported{}, err
	}
	none := workflow.Exported{Format: x.Format, Files: []workflow.ExportedFile{}, Lost: []string{}}
	if !slices.Contains(foreign.Formats(), foreign.Format(x.Format)) {
		return none, workflow.Errorf(workflow.Invalid, "“%s” is not a format that prompts can be written in.", x.Format).
			WithHint("There are %s.", formatList())
	}
	chosen := []prompt.Prompt{}
	for _, id := range x.IDs {
		p, err := e.namedPrompt(id)
		if err != nil {
			return none, err
		}
		chosen = append(chosen, p)
	}
	if len(x.IDs) == 0 {
		chosen = slices.DeleteFunc(e.lib().Prompts(), func(p prompt.Prompt) bool { return p.Source == workflow.BuiltIn })
	}
	made := foreign.Write(foreign.Format(x.Format), chosen)
	if foreign.Format(x.Format) == foreign.Plumbline {
		if err := e.asWritten(chosen, made.Files); err != nil {
			return none, err
		}
	}
	path, err := writeExport(x, made.Files, e.opt.Now())
	if err != nil {
		return none, err
	}
	made.Path = path
	return made, nil
}

// asWritten puts the files of prompts in place of what their fields would be
// written as: comments and the order of the keys are a part of our own format.
func (e *Engine) asWritten(chosen []prompt.Prompt, files []workflow.ExportedFile) error {
	for i, p := range chosen {
		text, _, err := e.lib().Text(prompt.KindPrompt, p.ID)
		if err != nil {
			return err
		}
		files[i].Content = string(text)
	}
	return nil
}

func formatList() string {
	names := []string{}
	for _, f := range foreign.Formats() {
		names = append(names, string(f))
	}
	return strings.Join(names, ", ")
}

// writeExport writes files to where they are wanted, and returns where that is.
func writeExport(x workflow.ExportPrompts, files []workflow.ExportedFile, now time.Time) (path string, err error) {
	path = cmp.Or(x.Folder, x.File)
	switch {
	case path == "":
		return "", nil
	case x.Folder != "" && x.File != "":
		return "", workflow.Errorf(workflow.Invalid, "Both a folder and a file are named.").WithHint("Name one of them.")
	case !filepath.IsAbs(path):
		return "", workflow.Errorf(workflow.Invalid, "The path %s does not begin at the root.", path).WithHint("%s", absoluteHint)
	case len(files) == 0:
		return "", workflow.Errorf(workflow.Invalid, "You have no prompts of your own to export.").WithHint("Name the prompts.")
	case x.Folder != "":
		return path, writeFolder(path, files)
	case len(files) == 1 && !strings.EqualFold(filepath.Ext(path), ".zip"):
		return path, writeFile(path, []byte(files[0].Content), x.Over)
	}
	packed, err := pack(files, now)
	if err != nil {
		return "", err
	}
	return path, writeFile(path, packed, x.Over)
}

// pack makes an archive of files.
func pack(files []workflow.ExportedFile, now time.Time) ([]byte, error) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for _, f := range files {
		entry, err := w.CreateHeader(&zip.FileHeader{Name: f.Path, Method: zip.Deflate, Modified: now})
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write([]byte(f.Content)); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return packed.Bytes(), err
}

// writeFile puts a file of the user's in its place as a whole.
func writeFile(path string, content []byte, over bool) error {
	if _, err := os.Lstat(path); !over && !errors.Is(err, fs.ErrNotExist) {
		return thereAlready(path, "Choose another name, or move it away.")
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".plumbline-*")
	if err != nil {
		return unwritable(path, err)
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return unwritable(path, errors.Join(err, os.Remove(f.Name())))
	}
	return nil
}

// writeFolder writes files below a folder: all of them, or none when one is there.
func writeFolder(dir string, files []workflow.ExportedFile) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unwritable(dir, err)
	}
	root, err := os.OpenRoot(dir) // no path and no link leads out of it
	if err != nil {
		return unwritable(dir, err)
	}
	defer root.Close()
	for _, f := range files {
		if _, err := root.Lstat(filepath.FromSlash(f.Path)); !errors.Is(err, fs.ErrNotExist) {
			return thereAlready(filepath.Join(dir, f.Path), "Choose another folder, or move it away.")
		}
	}
	for _, f := range files {
		name := filepath.FromSlash(f.Path)
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return unwritable(filepath.Join(dir, name), err)
		}
		if err := root.WriteFile(name, []byte(f.Content), 0o644); err != nil {
			return unwritable(filepath.Join(dir, name), err)
		}
	}
	return nil
}

func thereAlready(path, hint string) error {
	return workflow.Errorf(workflow.Conflict, "%s is there already. Nothing was written.", path).WithHint("%s", hint)
}

func unwritable(path string, err error) error {
	return workflow.Errorf(workflow.Unavailable, "%s cannot be written: %w.", path, err).
		WithHint("Check that you may write there, and that the disk is not full.")
}

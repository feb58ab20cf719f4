package engine

import (
	"context"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"plumbline/backend/prompt"
	"plumbline/backend/prompt/foreign"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// PreviewImport says what a file, a folder or a zip archive of prompts would bring
// in. Nothing is changed.
func (e *Engine) PreviewImport(_ context.Context, path string) (workflow.ImportPreview, error) {
	if err := e.isOpen(); err != nil {
		return foreign.Import{}.Preview(), err
	}
	none := foreign.Import{}.Preview()
	if !filepath.IsAbs(path) {
		return none, workflow.Errorf(workflow.Invalid, "The path %s does not begin at the root.", path).WithHint("%s", absoluteHint)
	}
	in, err := e.readForeign(path)
	if errors.Is(err, fs.ErrNotExist) {
		return none, workflow.Errorf(workflow.NotFound, "There is nothing at %s.", path).WithHint("Name a file, a folder or a zip archive.")
	}
	if err != nil {
		return none, hinted(err, "Nothing was changed.")
	}
	return in.Preview(), nil
}

func (e *Engine) readForeign(path string) (in foreign.Import, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return in, err
	}
	if info.IsDir() {
		root, err := os.OpenRoot(path) // no link leads out of it
		if err != nil {
			return in, err
		}
		defer func() { err = errors.Join(err, root.Close()) }()
		return foreign.Read(root.FS(), e.importOptions())
	}
	if !info.Mode().IsRegular() { // reading a pipe waits for ever
		return in, workflow.Errorf(workflow.Invalid, "%s is no file that can be read.", path).WithHint("Name a file, a folder or a zip archive.")
	}
	if strings.EqualFold(filepath.Ext(path), ".zip") {
		f, err := os.Open(path)
		if err != nil {
			return in, err
		}
		defer f.Close()
		return foreign.ReadArchive(filepath.Base(path), f, info.Size(), e.importOptions())
	}
	if info.Size() > maxForeign {
		return in, workflow.Errorf(workflow.Limit, "%s is %s long; a prompt has at most %s.", path, size(int(info.Size())), size(maxForeign)).
			WithHint("Nothing was changed.")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return in, err
	}
	return foreign.ReadFile(filepath.Base(path), data, e.importOptions())
}

// maxForeign is the largest single file that is looked at.
const maxForeign = 4 << 20

// importOptions tell the reader what is there already.
func (e *Engine) importOptions() foreign.Options {
	o := foreign.Options{Known: map[string]string{}}
	for _, p := range e.lib().Prompts() {
		o.Known[foreign.Hash(p)] = p.Title
	}
	o.BuiltIn = func(id string) string {
		if p, ok := e.lib().Prompt(id); ok && p.Source == workflow.BuiltIn {
			return p.Title
		}
		return ""
	}
	o.Taken = func(id string) bool { _, ok := e.lib().Prompt(id); return ok }
	return o
}

// PreviewFiles is PreviewImport for files that were dropped on the window. One that
// is no text comes as base64.
func (e *Engine) PreviewFiles(_ context.Context, files []workflow.ImportFile) (workflow.ImportPreview, error) {
	if err := e.isOpen(); err != nil {
		return foreign.Import{}.Preview(), err
	}
	none := foreign.Import{}.Preview()
	in, err := e.readDropped(files)
	if err != nil {
		return none, hinted(err, "Nothing was changed.")
	}
	return in.Preview(), nil
}

func (e *Engine) readDropped(files []workflow.ImportFile) (foreign.Import, error) {
	in := make([]foreign.File, 0, len(files))
	for _, f := range files {
		data, err := contentOf(f)
		if err != nil {
			return foreign.Import{}, err
		}
		in = append(in, foreign.File{Path: f.Path, Data: data})
	}
	return foreign.ReadFiles(in, e.importOptions())
}

func contentOf(f workflow.ImportFile) ([]byte, error) {
	if !f.Base64 {
		return []byte(f.Content), nil
	}
	data, err := base64.StdEncoding.DecodeString(f.Content)
	if err != nil {
		return nil, workflow.Errorf(workflow.Invalid, "%s did not arrive whole.", f.Path).WithHint("Drop it again.")
	}
	return data, nil
}

// hinted gives an error a way out if it has none.
func hinted(err error, hint string) error {
	told := *workflow.Describe(err)
	if told.Hint == "" {
		told.Hint = hint
	}
	return &told
}

// TakePrompts takes what a preview has shown, or what somebody chose of it: all of
// it, or nothing when one cannot be kept.
func (e *Engine) TakePrompts(_ context.Context, items []workflow.ImportItem) ([]workflow.PromptCard, error) {
	if err := e.lookAtFiles(); err != nil {
		return []workflow.PromptCard{}, err
	}
	cards, texts, ids := []workflow.PromptCard{}, map[string]string{}, []string{}
	for _, item := range items {
		if !item.Take {
			continue
		}
		p, err := sound(item.File, item.Text)
		if err != nil {
			return cards, err
		}
		path, err := e.pathFor(p)
		if err != nil {
			return cards, err
		}
		if _, twice := texts[path]; twice {
			return cards, workflow.Errorf(workflow.Conflict, "Two of these prompts have the id “%s”.", p.ID).
				WithHint("Take one of them now, and the other one later.")
		}
		texts[path], ids = item.Text, append(ids, p.ID)
	}
	if len(ids) == 0 {
		return cards, nil
	}
	if err := e.keepPrompts(texts, "Take in "+workflow.Plural(len(ids), "prompt", "prompts")); err != nil {
		return cards, err
	}
	if err := e.keepUnder(ids); err != nil {
		return cards, err
	}
	m, err := e.marks()
	if err != nil {
		return cards, err
	}
	for _, id := range ids {
		if p, ok := e.lib().Prompt(id); ok {
			cards = append(cards, e.card(p, m))
		}
	}
	return cards, nil
}

// pathFor is where a prompt that comes in is kept. A customised one may take the
// place of the built-in one, as it did where it comes from.
func (e *Engine) pathFor(p prompt.Prompt) (string, error) {
	if there, ok := e.lib().Prompt(p.ID); ok && there.Source == workflow.BuiltIn && p.Base != "" {
		return e.emptyPath("prompts", p.ID)
	}
	return e.freePath(p.ID)
}

// keepUnder keeps the built-in texts that customised prompts were made from, as far
// as this Plumbline has them.
func (e *Engine) keepUnder(ids []string) error {
	for _, id := range ids {
		p, _ := e.lib().Prompt(id)
		under, ok := p.Under()
		if !ok || p.Base != under.Revision {
			continue
		}
		_, text, err := e.lib().Text(prompt.KindPrompt, id)
		if err == nil {
			err = e.keepBuiltIn(id, string(text))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepPrompts adds several files to the library in one change.
func (e *Engine) keepPrompts(texts map[string]string, message string) error {
	if err := e.shelf.sync(); err != nil {
		return err
	}
	err := e.change(workflow.LibraryID, e.person(), message, func(w *write) error {
		for path, text := range texts {
			head, _, err := w.tx.Head(workflow.LibraryID, path)
			if err != nil {
				return err
			}
			if head.Hash == workflow.Hash(text) { // one that was removed comes back
				if err := putSeen(w.tx, []store.ShelfFile{{Path: path}}); err != nil {
					return err
				}
				continue
			}
			if _, err := e.addVersion(w, edition{path: path, body: text, message: message, kind: workflow.VersionCreated, author: e.person()}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return e.shelf.sync()
}

// Readme returns a README with the section that says when each prompt is used.
func (e *Engine) Readme(_ context.Context, before string) (string, error) {
	if err := e.isOpen(); err != nil {
		return before, err
	}
	section := foreign.Readme(e.lib().Prompts(), e.lib().Workflows())
	after, err := foreign.InsertReadme(before, section)
	if err != nil {
		return before, hinted(err, "Put the two marks right, or remove both. Nothing was changed.")
	}
	return after, nil
}

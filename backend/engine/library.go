package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"plumbline/backend/markdown"
	"plumbline/backend/prompt"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// favouritesKey names the favourites among the variables of the library.
const favouritesKey = "library_favourites"

// Shelf lists the whole library. The user's files are looked at first.
func (e *Engine) Shelf(ctx context.Context) (workflow.Shelf, error) {
	s := workflow.Shelf{
		Prompts: []workflow.PromptCard{}, Problems: []workflow.LibraryProblem{}, Removed: []workflow.PromptCard{}, Dir: e.shelf.dir(),
	}
	if err := e.shelf.sync(); err != nil {
		s.Problems = append(s.Problems, problem(err))
	}
	lib := e.lib()
	marks, err := e.marks()
	if err != nil {
		return s, err
	}
	for _, p := range lib.Prompts() {
		s.Prompts = append(s.Prompts, e.card(p, marks))
	}
	sortCards(s.Prompts, lib.Workflows())
	for _, p := range lib.Problems() {
		s.Problems = append(s.Problems, libraryProblem(p))
	}
	s.Personas, s.Packs = lib.Personas(), lib.Packs()
	for _, v := range marks.removed {
		s.Removed = append(s.Removed, e.removedCard(ctx, v))
	}
	return s, nil
}

// removedCard is the card of a prompt that is out of the library. One that cannot be
// read any more is known by its file.
func (e *Engine) removedCard(ctx context.Context, v workflow.Version) workflow.PromptCard {
	c := workflow.PromptCard{ID: v.Path, Title: workflow.Title(v.Path), Path: v.Path, Source: workflow.Yours, Tags: []string{}, Version: v.Number, UsedAt: v.At}
	text, err := e.text(ctx, workflow.LibraryID, v.Path, v.Number)
	if err != nil {
		return c
	}
	if p, err := prompt.Parse(v.Path, []byte(text)); err == nil {
		c.Title, c.Summary, c.Tokens = p.Title, p.Summary, e.shelf.tokens(p)
	}
	return c
}

// sortCards puts cards in the order in which they are used: by the phases of the
// workflows, and what belongs to none after them by title.
func sortCards(cards []workflow.PromptCard, workflows []workflow.Workflow) {
	order := map[string]int{}
	for i := len(workflows) - 1; i >= 0; i-- { // the longest way comes last in the list, and counts
		for at, p := range workflows[i].Phases {
			if _, known := order[p.ID]; !known {
				order[p.ID] = at
			}
		}
	}
	place := func(c workflow.PromptCard) int {
		if at, ok := order[c.Phase]; ok {
			return at
		}
		return len(order)
	}
	slices.SortStableFunc(cards, func(a, b workflow.PromptCard) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(a.Title, b.Title))
	})
}

func problem(err error) workflow.LibraryProblem {
	told := workflow.Describe(err)
	return workflow.LibraryProblem{Message: told.Message, Hint: told.Hint}
}

// marks is what the database knows of the prompts.
type marks struct {
	favourites map[string]string
	versions   map[string]workflow.Version // current ones of the user's, by path
	removed    []workflow.Version
}

func (e *Engine) marks() (m marks, err error) {
	m.versions = map[string]workflow.Version{}
	err = e.store.View(func(tx *store.Tx) error {
		if m.favourites, err = tx.Variables(workflow.LibraryID, favouritesKey); err != nil {
			return err
		}
		heads, err := tx.Heads(workflow.LibraryID)
		if err != nil {
			return err
		}
		seen, err := tx.ShelfFiles()
		if err != nil {
			return err
		}
		for _, v := range heads {
			switch {
			case !onShelf(v.Path):
			case seen[v.Path].Gone:
				m.removed = append(m.removed, v)
			default:
				m.versions[v.Path] = v
			}
		}
		return nil
	})
	return m, err
}

// card is a prompt as lists show it.
func (e *Engine) card(p prompt.Prompt, m marks) workflow.PromptCard {
	c := workflow.PromptCard{
		ID: p.ID, Title: p.Title, Summary: p.Summary, Phase: p.Phase, Group: p.Group, Tags: p.Tags, Source: p.Source,
		Behind: p.Behind(), Favourite: m.favourites[p.ID] != "", Meta: len(p.Takes) > 0, Tokens: e.shelf.tokens(p),
	}
	if p.Source != workflow.BuiltIn {
		c.Path, c.Version = p.File, m.versions[p.File].Number
		_, c.Overlays = p.Under()
	}
	c.Uses, c.UsedAt = e.uses.of(p.ID)
	return c
}

// cardOf is the card of a prompt by its id.
func (e *Engine) cardOf(id string) (workflow.PromptCard, error) {
	p, err := e.namedPrompt(id)
	if err != nil {
		return workflow.PromptCard{}, err
	}
	m, err := e.marks()
	return e.card(p, m), err
}

// PromptDetail returns a prompt in full.
func (e *Engine) PromptDetail(_ context.Context, id string) (workflow.PromptDetail, error) {
	e.shelf.freshen()
	p, err := e.namedPrompt(id)
	if err != nil {
		return workflow.PromptDetail{}, err
	}
	m, err := e.marks()
	if err != nil {
		return workflow.PromptDetail{}, err
	}
	d := workflow.PromptDetail{
		Card: e.card(p, m), Purpose: p.Purpose, Variables: p.Variables, Contract: p.Contract, Takes: p.Takes, Follows: p.Follows,
		Due: p.Due, Reserve: p.Reserve, Revision: p.Revision, Body: p.Body, HTML: markdown.Render(p.Body, markdown.Options{}), Lint: []string{},
	}
	if p.Origin.Format != "" {
		d.Origin = fmt.Sprintf("%s, from %s", p.Origin.Format, p.Origin.From)
	}
	for _, doubt := range p.Lint() {
		d.Lint = append(d.Lint, doubt.Message)
	}
	own, _, err := e.lib().Text(prompt.KindPrompt, id)
	d.Text = string(own)
	return d, err
}

// Favourite marks a prompt as a favourite, or no longer.
func (e *Engine) Favourite(_ context.Context, id string, on bool) (workflow.PromptCard, error) {
	if _, err := e.namedPrompt(id); err != nil {
		return workflow.PromptCard{}, err
	}
	value, message := "", "No longer a favourite: "+id
	if on {
		value, message = "yes", "Mark as a favourite: "+id
	}
	err := e.change(workflow.LibraryID, e.person(), message, func(w *write) error {
		old, err := w.tx.Variables(workflow.LibraryID, favouritesKey)
		if err != nil {
			return err
		}
		merged, same := merge(old, map[string]string{id: value})
		w.idle = same
		return w.tx.PutVariables(workflow.LibraryID, favouritesKey, merged)
	})
	if err != nil {
		return workflow.PromptCard{}, err
	}
	e.libraryNews(id)
	return e.cardOf(id)
}

func (e *Engine) libraryNews(ids ...string) {
	e.hub.emit(workflow.Event{Library: &workflow.LibraryNews{IDs: ids}})
}

// SavePrompt keeps a new text of a prompt of the user's. It must be sound and have
// the id that it had.
func (e *Engine) SavePrompt(ctx context.Context, id string, s workflow.SavePrompt) (workflow.PromptDetail, error) {
	old, err := e.namedPrompt(id)
	if err != nil {
		return workflow.PromptDetail{}, err
	}
	if old.Source == workflow.BuiltIn {
		return workflow.PromptDetail{}, workflow.Errorf(workflow.Conflict, "“%s” is built in and cannot be changed.", old.Title).
			WithHint("Customise it: a copy of yours then takes its place.")
	}
	p, err := sound(old.File, s.Text)
	if err != nil {
		return workflow.PromptDetail{}, err
	}
	if p.ID != id {
		return workflow.PromptDetail{}, workflow.Errorf(workflow.Invalid, "The id has become “%s”, and this is the prompt “%s”.", p.ID, id).
			WithHint("Keep the id, or make a new prompt of the text.")
	}
	if err := e.keepPrompt(old.File, s, workflow.VersionSaved, "Edit "+p.Title); err != nil {
		return workflow.PromptDetail{}, err
	}
	return e.PromptDetail(ctx, id)
}

// sound reads the text of a prompt that is to be kept.
func sound(file, text string) (prompt.Prompt, error) {
	p, err := prompt.Parse(file, []byte(text))
	if err == nil {
		return p, nil
	}
	told := *workflow.Describe(err)
	hint := "Put that line right, then save again. Nothing was changed."
	for i, problem := range prompt.ProblemsOf(err) {
		if i > 0 {
			told.Message += fmt.Sprintf(" Line %d: %s", problem.Line, problem.Message)
			hint = "Put these lines right, then save again. Nothing was changed."
		}
	}
	if told.Hint == "" {
		told.Hint = hint
	}
	return p, &told
}

// NewPrompt adds a prompt to the user's library.
func (e *Engine) NewPrompt(ctx context.Context, s workflow.SavePrompt) (workflow.PromptDetail, error) {
	p, err := sound("the prompt", s.Text)
	if err != nil {
		return workflow.PromptDetail{}, err
	}
	if err := e.lookAtFiles(); err != nil {
		return workflow.PromptDetail{}, err
	}
	path, err := e.freePath(p.ID)
	if err != nil {
		return workflow.PromptDetail{}, err
	}
	s.Base = 0
	if err := e.keepPrompt(path, s, workflow.VersionCreated, "Add the prompt "+p.Title); err != nil {
		return workflow.PromptDetail{}, err
	}
	return e.PromptDetail(ctx, p.ID)
}

// lookAtFiles brings the library up to its files before one is added to them.
func (e *Engine) lookAtFiles() error {
	if err := e.isOpen(); err != nil {
		return err
	}
	return e.shelf.sync()
}

// freePath returns the path of a new prompt; Conflict when its id is taken.
func (e *Engine) freePath(id string) (string, error) {
	if other, ok := e.lib().Prompt(id); ok {
		return "", workflow.Errorf(workflow.Conflict, "There is a prompt “%s” already: %s.", id, other.Title).
			WithHint("Give the new one another id, or customise the one there is.")
	}
	return e.emptyPath("prompts", id)
}

// emptyPath returns where a file of the library can be written without writing over
// another one: one that is named so and holds something else, or one that cannot be
// used, in which somebody has made a mistake; that is a Conflict.
func (e *Engine) emptyPath(part, id string) (string, error) {
	for n := 1; ; n++ {
		path := part + "/" + id + ".md"
		if n > 1 {
			path = fmt.Sprintf("%s/%s-%d.md", part, id, n)
		}
		_, err := os.Lstat(filepath.Join(e.shelf.dir(), filepath.FromSlash(path)))
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", workflow.Errorf(workflow.Unavailable, "%s cannot be looked at: %w.", path, err).
				WithHint("Check that you may read the folder of the library.")
		}
		for _, p := range e.lib().Problems() {
			if p.File == path && !p.Doubt {
				return "", workflow.Errorf(workflow.Conflict, "A file is there already, and cannot be used: %s", p.Error()).
					WithHint("Put it right in an editor, or take it away.")
			}
		}
	}
}

// keepPrompt makes a text the next version of a file of the library, and writes the file.
func (e *Engine) keepPrompt(path string, s workflow.SavePrompt, kind workflow.VersionKind, usual string) error {
	if err := checkBody(s.Text); err != nil {
		return err
	}
	message, err := checkMessage(s.Message, usual)
	if err != nil {
		return err
	}
	if err := e.shelf.sync(); err != nil { // what was edited outside is a version first
		return err
	}
	err = e.change(workflow.LibraryID, e.person(), message, func(w *write) error {
		current, _, err := w.tx.Head(workflow.LibraryID, path)
		if err != nil {
			return err
		}
		if s.Base > 0 && current.Number != s.Base {
			return workflow.Errorf(workflow.Conflict, "The prompt has changed: v%d is current, this text was begun from v%d.", current.Number, s.Base).
				WithHint("Compare the two, then save again on top of the current version.")
		}
		if err := w.tx.DeleteDraft(workflow.LibraryID, path); err != nil {
			return err
		}
		if current.Number > 0 && current.Hash == workflow.Hash(s.Text) {
			return putSeen(w.tx, []store.ShelfFile{{Path: path}}) // the file is to be written, if it is gone
		}
		_, err = e.addVersion(w, edition{path: path, body: s.Text, message: message, kind: kind, author: e.person()})
		return err
	})
	if err != nil {
		return err
	}
	return e.shelf.sync()
}

// RemovePrompt takes a prompt of the user's out of the library. A built-in one that
// it took the place of is there again. Its versions are kept, see PutBack.
func (e *Engine) RemovePrompt(_ context.Context, id string) error {
	p, err := e.namedPrompt(id)
	if err != nil {
		return err
	}
	if p.Source == workflow.BuiltIn {
		return workflow.Errorf(workflow.Conflict, "“%s” is built in and cannot be removed.", p.Title).
			WithHint("Prompts that you never use stay out of the way at the end of the list.")
	}
	if err := e.shelf.sync(); err != nil {
		return err
	}
	if err := e.shelf.remove(p.File); err != nil {
		return err
	}
	return e.shelf.sync()
}

// PutBack makes a removed prompt a part of the library again.
func (e *Engine) PutBack(_ context.Context, path string) (workflow.PromptCard, error) {
	var text string
	err := e.store.View(func(tx *store.Tx) error {
		v, err := head(tx, workflow.LibraryID, path)
		if err == nil {
			text, err = headBody(tx, v)
		}
		return err
	})
	if err != nil {
		return workflow.PromptCard{}, err
	}
	p, err := sound(path, text)
	if err != nil {
		return workflow.PromptCard{}, err
	}
	if err := e.keepPrompt(path, workflow.SavePrompt{Text: text}, workflow.VersionSaved, "Put back "+p.Title); err != nil {
		return workflow.PromptCard{}, err
	}
	return e.cardOf(p.ID)
}

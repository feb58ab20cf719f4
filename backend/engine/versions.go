package engine

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

const (
	// MaxDocument is the greatest size of a document, in bytes.
	MaxDocument = 4 << 20
	// maxMessage is the greatest length of what describes a version, in characters.
	maxMessage = 1000
)

// edition is the next version of an artifact in the making.
type edition struct {
	path, body, message string
	kind                workflow.VersionKind
	author              workflow.Author
	runID, basisID      string
	// ticks says that boxes which the text newly marks are ticked by its author.
	ticks bool
	// unmarked are the keys of boxes that a person has unmarked in the answer.
	unmarked []string
}

// addVersion makes the next version of an artifact from a text.
func (e *Engine) addVersion(w *write, d edition) (workflow.Version, error) {
	head, ok, err := w.tx.Head(w.project, d.path)
	if err != nil {
		return head, err
	}
	before := ""
	if ok {
		if before, err = headBody(w.tx, head); err != nil {
			return head, err
		}
	}
	hash := workflow.Hash(d.body)
	boxes := e.docs.boxes(hash, d.body)
	added, removed := markdown.CountChanges(before, d.body)
	v := workflow.Version{
		ProjectID: w.project, Path: d.path, Number: head.Number + 1, Kind: d.kind, Author: d.author, At: w.at,
		Message: d.message, RunID: d.runID, BasisID: d.basisID, Hash: hash, BasisHash: workflow.BlankHash(d.body, boxes),
		Size: len(d.body), Words: markdown.Words(d.body), Added: added, Removed: removed,
	}
	w.touch(d.path)
	return v, w.tx.AddVersion(v, d.body)
}

// replace adds a version on top of current and brings the ticks of its boxes up to date.
func (e *Engine) replace(w *write, current workflow.Version, d edition) (workflow.Version, error) {
	before := []workflow.Item{}
	if current.Number > 0 {
		var err error
		if before, err = e.headBoxes(w.tx, current); err != nil {
			return current, err
		}
	}
	ticks, err := w.tx.Ticks(w.project, d.path)
	if err != nil {
		return current, err
	}
	if d.kind == workflow.VersionAccepted || d.kind == workflow.VersionCreated {
		d.body = e.keepMarks(ticks, before, d)
	}
	v, err := e.addVersion(w, d)
	if err != nil {
		return v, err
	}
	var by *workflow.Tick
	if d.ticks {
		by = &workflow.Tick{State: workflow.ItemDone, By: d.author, At: w.at}
	}
	if workflow.CarryTicks(ticks, before, e.docs.boxes(v.Hash, d.body), by) {
		return v, w.tx.PutTicks(w.project, d.path, ticks)
	}
	return v, nil
}

// keepMarks marks again, in a text that was written anew, the boxes that are done: its
// author did not know. What a person unmarked in it stays so.
func (e *Engine) keepMarks(ticks map[string]workflow.Tick, before []workflow.Item, d edition) string {
	body := d.body
	if len(ticks) == 0 {
		return body
	}
	boxes := e.docs.boxes(workflow.Hash(body), body)
	for _, i := range workflow.KeptMarks(ticks, before, boxes) {
		if slices.Contains(d.unmarked, boxes[i].Key) {
			continue
		}
		body = body[:boxes[i].Offset] + "x" + body[boxes[i].Offset+1:]
	}
	return body
}

// Save makes a text that a person wrote the next version of an artifact. Boxes
// that the person newly marked count as ticked by them. A draft of it is dropped,
// unless the text is not what the draft has become.
func (e *Engine) Save(ctx context.Context, projectID string, s workflow.SaveDocument) (workflow.Version, error) {
	if err := checkBody(s.Body); err != nil {
		return workflow.Version{}, err
	}
	usual := "Edit " + workflow.Title(s.Path)
	if s.Base == 0 {
		usual = "Write " + workflow.Title(s.Path)
	}
	message, err := checkMessage(s.Message, usual)
	if err != nil {
		return workflow.Version{}, err
	}
	by, same := e.person(), false
	var v workflow.Version
	err = e.change(projectID, by, message, func(w *write) error {
		current, err := e.savable(w.tx, projectID, s.Path, s.Base)
		if err != nil {
			return err
		}
		if same = current.Number > 0 && current.Hash == workflow.Hash(s.Body); same {
			v, w.idle = current, true
			return nil
		}
		if !s.KeepDraft {
			if err := w.tx.DeleteDraft(projectID, s.Path); err != nil {
				return err
			}
		}
		v, err = e.replace(w, current, edition{path: s.Path, body: s.Body, message: message,
			kind: workflow.VersionSaved, author: by, basisID: current.BasisID, ticks: true})
		if err != nil {
			return err
		}
		if err := e.fileAudit(w, v, s.Body); err != nil {
			return err
		}
		return e.settleMarks(w, v, s.Body)
	})
	if err == nil && same && !s.KeepDraft {
		err = e.DropDraft(ctx, projectID, s.Path)
	}
	return v, err
}

// editable returns the current version of an artifact, and the project around
// it, if a text that was edited from version base may follow it.
func (e *Engine) editable(tx *store.Tx, projectID, path string, base int) (picture, workflow.Version, error) {
	pic, err := e.picture(tx, projectID)
	if err != nil {
		return pic, workflow.Version{}, err
	}
	current, err := pic.editable(tx, path, base)
	return pic, current, err
}

// savable is editable for somebody who waits: it looks at no document.
func (e *Engine) savable(tx *store.Tx, projectID, path string, base int) (workflow.Version, error) {
	pic, err := e.outline(tx, projectID)
	if err != nil {
		return workflow.Version{}, err
	}
	if p, output := pic.workflow.Producer(path); output && pic.reached(p) != nil { // unless a trigger has opened it
		if pic, err = e.picture(tx, projectID); err != nil {
			return workflow.Version{}, err
		}
	}
	return pic.editable(tx, path, base)
}

// editable is Engine.editable by what the picture holds of the gates.
func (pic picture) editable(tx *store.Tx, path string, base int) (workflow.Version, error) {
	current, written, err := tx.Head(pic.project.ID, path)
	if err != nil {
		return current, err
	}
	p, output := pic.workflow.Producer(path)
	if !written && !output && !isAnswer(path) {
		return current, noDocument(path)
	}
	if output {
		if err := pic.reached(p); err != nil {
			return current, err
		}
		if workflow.Frozen(pic.records, p) {
			return current, frozen(p)
		}
	}
	if current.Number != base {
		return current, workflow.Errorf(workflow.Conflict, "%s has changed: v%d is current, this text was begun from v%d.",
			workflow.Title(path), current.Number, base).WithHint("Compare the two, then save again on top of the current version.")
	}
	return current, nil
}

func frozen(p workflow.Phase) error {
	return workflow.Errorf(workflow.Conflict, "%s is signed and frozen.", p.Title).
		WithHint("Open it for a change request, or unfreeze it with a reason. Both reopen its gate.")
}

// checkBody says why a text cannot become a document.
func checkBody(body string) error {
	if err := checkText("The document", body, MaxDocument, "Split it, or move long listings elsewhere."); err != nil {
		return err
	}
	if blank(body) {
		return workflow.Errorf(workflow.Invalid, "The document is empty.").WithHint("Write something, or keep the version there is.")
	}
	return nil
}

// checkText says why what came from outside is no text that can be kept.
// shorten is the way out when it is too long.
func checkText(name, text string, max int, shorten string) error {
	switch {
	case len(text) > max:
		return workflow.Errorf(workflow.Limit, "%s is %s long. At most %s fit.", name, size(len(text)), size(max)).WithHint("%s", shorten)
	case !utf8.ValidString(text), strings.ContainsRune(text, 0):
		why := "it is not valid UTF-8"
		if utf8.ValidString(text) {
			why = "it holds a null character"
		}
		return workflow.Errorf(workflow.Invalid, "%s is not text: %s.", name, why).
			WithHint("Save or copy it as plain text or Markdown, then try again.")
	}
	return nil
}

// checkMessage returns what describes a version: what the person said, else the usual.
func checkMessage(message, usual string) (string, error) {
	message = strings.TrimSpace(strings.ToValidUTF8(message, ""))
	if n := utf8.RuneCountInString(message); n > maxMessage {
		return "", workflow.Errorf(workflow.Limit, "The description has %d characters. At most %d fit.", n, maxMessage).
			WithHint("Say in a sentence what changed. The document has room for the rest.")
	}
	return cmp.Or(message, usual), nil
}

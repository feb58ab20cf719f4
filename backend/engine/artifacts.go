package engine

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// MaxDocument is the greatest size of a document, in bytes.
const MaxDocument = 4 << 20

// draft is a version in the making.
type draft struct {
	projectID, path, body, message string
	kind                           workflow.VersionKind
	author                         workflow.Author
	runID, basisID                 string
	at                             time.Time
}

// addVersion makes the next version of an artifact from a text.
func (e *Engine) addVersion(tx *store.Tx, d draft) (workflow.Version, error) {
	head, ok, err := tx.Head(d.projectID, d.path)
	if err != nil {
		return head, err
	}
	before := ""
	if ok {
		if before, err = e.body(tx, head); err != nil {
			return head, err
		}
	}
	hash := workflow.Hash(d.body)
	p := e.docs.parse(hash, d.body)
	diff := markdown.Diff(before, d.body)
	v := workflow.Version{
		ProjectID: d.projectID, Path: d.path, Number: head.Number + 1, Kind: d.kind, Author: d.author, At: d.at,
		Message: d.message, RunID: d.runID, BasisID: d.basisID, Hash: hash, BasisHash: workflow.BlankHash(d.body, p.items),
		Size: len(d.body), Words: markdown.Words(d.body), Added: diff.Added, Removed: diff.Removed,
	}
	return v, tx.AddVersion(v, d.body)
}

// body reads the text of a version: from the database, or, once pruned, from git.
func (e *Engine) body(tx *store.Tx, v workflow.Version) (string, error) {
	body, ok, err := tx.Body(v.ProjectID, v.Path, v.Number)
	if err != nil || ok {
		return body, err
	}
	body, err = e.history.Blob(context.Background(), v.ProjectID, v.Blob)
	if err != nil {
		return "", fmt.Errorf("read %s v%d from the history: %w", v.Path, v.Number, err)
	}
	return body, nil
}

// head returns the current version of an artifact or a NotFound error.
func head(tx *store.Tx, projectID, path string) (workflow.Version, error) {
	v, ok, err := tx.Head(projectID, path)
	if err == nil && !ok {
		err = noDocument(path)
	}
	return v, err
}

func noDocument(path string) error {
	return workflow.Errorf(workflow.NotFound, "There is no document %s in this project.", path).
		WithHint("“plumbline artifact list” shows what there is.")
}

// Artifacts lists the documents of a project: those of its phases in order, then the others.
func (e *Engine) Artifacts(_ context.Context, projectID string) ([]workflow.Artifact, error) {
	list := []workflow.Artifact{}
	err := e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		heads, err := tx.Heads(projectID)
		if err != nil {
			return err
		}
		for _, v := range heads {
			a, err := e.artifact(tx, pic, v)
			if err != nil {
				return err
			}
			list = append(list, a)
		}
		order := map[string]int{}
		for i, p := range pic.workflow.Phases {
			order[p.Output] = i - len(pic.workflow.Phases)
		}
		sort.Slice(list, func(i, j int) bool {
			if a, b := order[list[i].Path], order[list[j].Path]; a != b {
				return a < b
			}
			return list[i].Path < list[j].Path
		})
		return nil
	})
	return list, err
}

func (e *Engine) artifact(tx *store.Tx, pic picture, v workflow.Version) (workflow.Artifact, error) {
	a := workflow.Artifact{ProjectID: v.ProjectID, Path: v.Path, Title: workflow.Title(v.Path), Current: v}
	if p, ok := pic.workflow.Producer(v.Path); ok {
		a.Phase, a.Title = p.ID, p.Title
		a.Frozen = workflow.Frozen(pic.records, p)
		a.Stale = pic.stale(p)
	}
	_, ok, err := tx.Draft(v.ProjectID, v.Path)
	a.HasDraft = ok
	return a, err
}

// Document reads a version of an artifact; number 0 means the current one. An
// output that is not written yet is a document whose version has the number 0.
func (e *Engine) Document(_ context.Context, projectID, path string, number int) (workflow.Document, error) {
	doc := workflow.Document{Items: []workflow.Item{}}
	err := e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		current, ok, err := tx.Head(projectID, path)
		if err != nil {
			return err
		}
		if _, output := pic.workflow.Producer(path); !ok && !output {
			return noDocument(path)
		}
		current.ProjectID, current.Path = projectID, path
		if doc.Artifact, err = e.artifact(tx, pic, current); err != nil || !ok {
			return err
		}
		doc.Version = current
		if number != 0 && number != current.Number {
			if doc.Version, err = tx.Version(projectID, path, number); err != nil {
				return err
			}
		}
		if doc.Markdown, err = e.body(tx, doc.Version); err != nil {
			return err
		}
		p := e.docs.parse(doc.Version.Hash, doc.Markdown)
		doc.Items, err = e.judged(tx, doc.Version, p)
		return err
	})
	if err == nil {
		doc.HTML = markdown.Render(doc.Markdown, markdown.Options{Items: doc.Items, Interactive: doc.Version.Number == doc.Artifact.Current.Number})
	}
	return doc, err
}

// Versions lists the versions of an artifact, newest first.
func (e *Engine) Versions(_ context.Context, projectID, path string) (list []workflow.Version, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		if _, err := tx.Project(projectID); err != nil {
			return err
		}
		list, err = tx.Versions(projectID, path)
		return err
	})
	return list, err
}

// Diff compares two versions; from 0 means an empty text, to 0 the current one.
func (e *Engine) Diff(_ context.Context, projectID, path string, from, to int) (workflow.VersionDiff, error) {
	var d workflow.VersionDiff
	var before, after string
	err := e.store.View(func(tx *store.Tx) (err error) {
		if d.To, err = head(tx, projectID, path); err != nil {
			return err
		}
		if to != 0 {
			if d.To, err = tx.Version(projectID, path, to); err != nil {
				return err
			}
		}
		if after, err = e.body(tx, d.To); err != nil || from == 0 {
			return err
		}
		if d.From, err = tx.Version(projectID, path, from); err != nil {
			return err
		}
		before, err = e.body(tx, d.From)
		return err
	})
	if err == nil {
		d.Diff = markdown.Diff(before, after)
	}
	return d, err
}

// Save makes a text that a person wrote the next version of an artifact. Boxes
// that the person newly marked count as ticked by them. A draft of it is dropped.
func (e *Engine) Save(_ context.Context, projectID string, s workflow.SaveDocument) (workflow.Version, error) {
	body, err := checkBody(s.Body)
	if err != nil {
		return workflow.Version{}, err
	}
	message := s.Message
	if message == "" {
		message = "Edit " + workflow.Title(s.Path)
		if s.Base == 0 {
			message = "Write " + workflow.Title(s.Path)
		}
	}
	var v workflow.Version
	err = e.change(projectID, e.person(), message, func(tx *store.Tx, at time.Time) error {
		current, err := e.editable(tx, projectID, s.Path, s.Base)
		if err != nil {
			return err
		}
		if err := tx.DeleteDraft(projectID, s.Path); err != nil {
			return err
		}
		if current.Number > 0 && current.Hash == workflow.Hash(body) {
			v = current
			return nil
		}
		v, err = e.replace(tx, current, draft{projectID: projectID, path: s.Path, body: body, message: message,
			kind: workflow.VersionSaved, author: e.person(), basisID: current.BasisID, at: at})
		return err
	})
	if err == nil {
		e.announceArtifact(projectID, s.Path)
	}
	return v, err
}

// replace adds a version on top of current and carries its ticks over: the boxes
// that a person newly marked count as ticked, those that a model marked do not.
func (e *Engine) replace(tx *store.Tx, current workflow.Version, d draft) (workflow.Version, error) {
	before := []workflow.Item{}
	if current.Number > 0 {
		p, err := e.parsedHead(tx, current)
		if err != nil {
			return current, err
		}
		before = p.items
	}
	v, err := e.addVersion(tx, d)
	if err != nil {
		return v, err
	}
	ticks, err := tx.Ticks(d.projectID, d.path)
	if err != nil {
		return v, err
	}
	var by *workflow.Tick
	if d.author.Kind == workflow.Person && d.runID == "" {
		by = &workflow.Tick{State: workflow.ItemDone, By: d.author, At: d.at}
	}
	if workflow.CarryTicks(ticks, before, e.docs.parse(v.Hash, d.body).items, by) {
		return v, tx.PutTicks(d.projectID, d.path, ticks)
	}
	return v, nil
}

// editable returns the current version of an artifact, if a text that was
// edited from version base may follow it.
func (e *Engine) editable(tx *store.Tx, projectID, path string, base int) (workflow.Version, error) {
	pic, err := e.picture(tx, projectID)
	if err != nil {
		return workflow.Version{}, err
	}
	current, written, err := tx.Head(projectID, path)
	if err != nil {
		return current, err
	}
	p, output := pic.workflow.Producer(path)
	if !written && !output {
		return current, noDocument(path)
	}
	if output {
		if err := pic.reached(p); err != nil {
			return current, err
		}
		if workflow.Frozen(pic.records, p) {
			return current, workflow.Errorf(workflow.Conflict, "%s is signed and frozen.", p.Title).
				WithHint("Unfreeze it with a reason. That reopens its gate.")
		}
	}
	if current.Number != base {
		return current, workflow.Errorf(workflow.Conflict, "%s has changed: v%d is current, this text was begun from v%d.",
			workflow.Title(path), current.Number, base).WithHint("Compare the two, then save again on top of the current version.")
	}
	return current, nil
}

func checkBody(body string) (string, error) {
	switch {
	case len(body) > MaxDocument:
		return "", workflow.Errorf(workflow.Limit, "The document is %s long. At most %s fit.", size(len(body)), size(MaxDocument)).
			WithHint("Split it, or move long listings elsewhere.")
	case !utf8.ValidString(body) || strings.ContainsRune(body, 0):
		return "", workflow.Errorf(workflow.Invalid, "The document is not text: it is not valid UTF-8.").
			WithHint("Save it as UTF-8, then try again.")
	case strings.TrimSpace(body) == "":
		return "", workflow.Errorf(workflow.Invalid, "The document is empty.").WithHint("Write something, or keep the version there is.")
	}
	return body, nil
}

// Restore makes an old version of an artifact the current one. History is kept:
// restoring adds a version, it never removes one.
func (e *Engine) Restore(_ context.Context, projectID, path string, number int) (workflow.Version, error) {
	var v workflow.Version
	message := fmt.Sprintf("Restore %s v%d", workflow.Title(path), number)
	err := e.change(projectID, e.person(), message, func(tx *store.Tx, at time.Time) error {
		current, err := head(tx, projectID, path)
		if err != nil {
			return err
		}
		if _, err := e.editable(tx, projectID, path, current.Number); err != nil {
			return err
		}
		old, err := tx.Version(projectID, path, number)
		if err != nil {
			return err
		}
		if number == current.Number {
			return workflow.Errorf(workflow.Conflict, "v%d is the current version.", number).WithHint("Choose an older one.")
		}
		body, err := e.body(tx, old)
		if err != nil {
			return err
		}
		v, err = e.replace(tx, current, draft{projectID: projectID, path: path, body: body, message: message,
			kind: workflow.VersionRestored, author: e.person(), basisID: old.BasisID, at: at})
		return err
	})
	if err == nil {
		e.announceArtifact(projectID, path)
	}
	return v, err
}

// announceArtifact tells the doors that an artifact has a new current version or state.
func (e *Engine) announceArtifact(projectID, path string) {
	var a workflow.Artifact
	err := e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err != nil {
			return err
		}
		v, err := head(tx, projectID, path)
		if err != nil {
			return err
		}
		a, err = e.artifact(tx, pic, v)
		return err
	})
	if err == nil {
		e.hub.emit(workflow.Event{ProjectID: projectID, Artifact: &a})
	}
}

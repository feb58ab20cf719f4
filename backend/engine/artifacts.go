package engine

import (
	"context"
	"fmt"
	"sort"

	"plumbline/backend/markdown"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// body reads the text of a version: from the database, or, once pruned, from git.
func (e *Engine) body(ctx context.Context, tx *store.Tx, v workflow.Version) (string, error) {
	body, ok, err := tx.Body(v.ProjectID, v.Path, v.Number)
	if err != nil || ok {
		return body, err
	}
	if v.Lost {
		return "", workflow.Errorf(workflow.NotFound, "The text of %s v%d is lost: the history that held it was damaged.", workflow.Title(v.Path), v.Number).
			WithHint("An older backup may have it. What the repair set aside is still in the data folder.")
	}
	body, err = e.history.Blob(ctx, v.ProjectID, v.Blob)
	if err != nil {
		return "", fmt.Errorf("read %s v%d from the history: %w", v.Path, v.Number, err)
	}
	return body, nil
}

// headBody reads the text of a current version, which is never pruned.
func headBody(tx *store.Tx, v workflow.Version) (string, error) {
	body, ok, err := tx.Body(v.ProjectID, v.Path, v.Number)
	if err == nil && !ok {
		err = workflow.Errorf(workflow.Internal, "The current text of %s is not in the database.", v.Path).
			WithHint("Run “plumbline doctor”.")
	}
	return body, err
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
		order := phaseOrder(pic.workflow)
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

// phaseOrder puts the outputs of the phases in order, before all other documents.
func phaseOrder(wf workflow.Workflow) map[string]int {
	order := map[string]int{}
	for i, p := range wf.Phases {
		order[p.Output] = i - len(wf.Phases)
	}
	return order
}

func (e *Engine) artifact(tx *store.Tx, pic picture, v workflow.Version) (workflow.Artifact, error) {
	a := workflow.Artifact{ProjectID: v.ProjectID, Path: v.Path, Title: workflow.Title(v.Path), Current: v}
	if p, ok := pic.workflow.Producer(v.Path); ok {
		a.Phase, a.Title = p.ID, p.Title
		a.Frozen = workflow.Frozen(pic.records, p)
	}
	a.Behind = len(pic.lines.behind[v.Path])
	a.Stale = a.Behind > 0
	_, ok, err := tx.Draft(v.ProjectID, v.Path)
	a.HasDraft = ok
	return a, err
}

// Document reads a version of an artifact; number 0 means the current one. An
// output that is not written yet is a document whose version has the number 0.
func (e *Engine) Document(ctx context.Context, projectID, path string, number int) (workflow.Document, error) {
	doc := workflow.Document{Items: []workflow.Item{}}
	var ticks map[string]workflow.Tick
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
			if doc.Version, err = versionOf(tx, projectID, path, number); err != nil {
				return err
			}
		}
		if doc.Markdown, err = e.body(ctx, tx, doc.Version); err != nil {
			return err
		}
		ticks, err = e.reading(tx, projectID).ticks(path)
		return err
	})
	if err == nil && doc.Version.Number > 0 {
		interactive := doc.Version.Number == doc.Artifact.Current.Number
		doc.HTML, doc.Items = markdown.Show(doc.Markdown, ticks, interactive)
	}
	return doc, err
}

// Diff compares two versions; from 0 means an empty text, to 0 the current one.
func (e *Engine) Diff(ctx context.Context, projectID, path string, from, to int) (workflow.VersionDiff, error) {
	var d workflow.VersionDiff
	var before, after string
	err := e.store.View(func(tx *store.Tx) (err error) {
		if d.To, err = head(tx, projectID, path); err != nil {
			return err
		}
		if to != 0 {
			if d.To, err = versionOf(tx, projectID, path, to); err != nil {
				return err
			}
		}
		if after, err = e.body(ctx, tx, d.To); err != nil || from == 0 {
			return err
		}
		if d.From, err = versionOf(tx, projectID, path, from); err != nil {
			return err
		}
		before, err = e.body(ctx, tx, d.From)
		return err
	})
	if err == nil {
		d.Diff = markdown.Changes(before, after)
	}
	return d, err
}

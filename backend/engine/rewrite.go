package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// rewriting is the history of a project while it is written anew.
type rewriting struct {
	*folder
	store   *store.Store
	project workflow.Project
	texts   string // a folder with the texts that were saved, by blob

	versions []workflow.Version           // in the order in which they were made
	outbox   map[workflow.VersionKey]bool // those that get to git by themselves
	renamed  []workflow.Version           // those written, with their new names in git
	tip      string                       // of what has been written
	seq      uint64
}

// gather sets the old history aside and saves the texts of all versions that are
// in it and nowhere else.
func (w *rewriting) gather(ctx context.Context) error {
	want := []string{}
	err := w.store.View(func(tx *store.Tx) error {
		return tx.EachVersion(w.project.ID, func(v workflow.Version) error {
			w.versions = append(w.versions, v)
			_, here, err := tx.Body(v.ProjectID, v.Path, v.Number)
			if err == nil && !here {
				want = append(want, v.Blob)
			}
			return err
		})
	})
	if err == nil {
		w.outbox, err = w.store.Waiting(w.project.ID)
	}
	if err != nil {
		return err
	}
	slices.SortStableFunc(w.versions, func(a, b workflow.Version) int { return a.At.Compare(b.At) })
	there, err := isThere(w.history.Dir(w.project.ID))
	if err == nil && there {
		var old string
		if old, err = w.history.SetAside(ctx, w.project.ID); err == nil {
			w.did("The damaged history of “%s” is kept as %s.", w.project.Name, old)
		}
	}
	if err != nil {
		return err
	}
	slices.Sort(want)
	want = slices.DeleteFunc(slices.Compact(want), func(blob string) bool { return blob == "" })
	return w.salvageTexts(ctx, want)
}

// salvageTexts takes texts from all histories of the project that were ever set
// aside: a repair that was cut short has left one, too.
func (w *rewriting) salvageTexts(ctx context.Context, want []string) error {
	old, err := w.history.Aside(w.project.ID)
	if err != nil {
		return err
	}
	for _, dir := range old {
		want, err = w.history.Salvage(ctx, dir, want, func(blob string, content []byte) error {
			return w.saveText(blob, content)
		})
		if err != nil || len(want) == 0 {
			return err
		}
	}
	return nil
}

// saveText keeps a text for as long as the history is written. It is needed no
// longer than that, so it need not be durable.
func (w *rewriting) saveText(blob string, content []byte) error {
	f, err := w.opt.Disk.Create(w.textPath(blob))
	if errors.Is(err, os.ErrExist) {
		return nil
	} else if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

func (w *rewriting) textPath(blob string) string { return filepath.Join(w.texts, blob) }

// text returns the text of a version; ok is false when it is lost.
func (w *rewriting) text(v workflow.Version) (body string, ok bool, err error) {
	err = w.store.View(func(tx *store.Tx) (err error) {
		body, ok, err = tx.Body(v.ProjectID, v.Path, v.Number)
		return err
	})
	if err != nil || ok || v.Blob == "" {
		return body, ok, err
	}
	content, err := os.ReadFile(w.textPath(v.Blob))
	if errors.Is(err, os.ErrNotExist) {
		return "", false, nil
	}
	return string(content), err == nil, err
}

// write publishes the versions, a batch at a time, and then everything else.
func (w *rewriting) write(ctx context.Context) error {
	lost := []workflow.Version{}
	kept := 0
	for batch := range slices.Chunk(w.waiting(), drainBatch) {
		w.say("Writing the history of “%s” anew: %d of %d versions", w.project.Name, kept, len(w.versions))
		gone, err := w.writeBatch(ctx, batch)
		if err != nil {
			return err
		}
		lost = append(lost, gone...)
		kept += len(batch)
	}
	if err := w.writeRest(ctx); err != nil {
		return err
	}
	if err := w.note(); err != nil {
		return fmt.Errorf("note the history that was written anew: %w", err)
	}
	w.did("The history of “%s” was written anew, with %s.", w.project.Name, workflow.Plural(kept-len(lost), "version", "versions"))
	for _, line := range describeLost(w.project.Name, lost) {
		w.lost("%s", line)
	}
	return nil
}

// waiting returns the versions that the new history begins with: all but those of
// the outbox, which follow.
func (w *rewriting) waiting() []workflow.Version {
	return slices.DeleteFunc(slices.Clone(w.versions), func(v workflow.Version) bool {
		return w.outbox[workflow.VersionKey{Path: v.Path, Number: v.Number}]
	})
}

// note records what the versions are called now. The head comes last: until then
// the history counts as damaged, and a repair begins anew.
func (w *rewriting) note() error {
	for some := range slices.Chunk(w.renamed, 1000) {
		if err := w.store.Rewritten(w.project.ID, some, ""); err != nil {
			return err
		}
	}
	return w.store.Rewritten(w.project.ID, nil, w.tip)
}

// writeBatch publishes versions, one commit each. It returns those whose text is lost.
func (w *rewriting) writeBatch(ctx context.Context, batch []workflow.Version) (lost []workflow.Version, err error) {
	commits := []workflow.Commit{}
	for i, v := range batch {
		body, ok, err := w.text(v)
		if err != nil {
			return nil, err
		}
		if batch[i].Lost = !ok; !ok {
			lost = append(lost, batch[i])
		}
		files, err := store.VersionFiles(batch[i], body)
		if err != nil {
			return nil, err
		}
		w.seq++
		commits = append(commits, workflow.Commit{Seq: w.seq, ProjectID: w.project.ID, At: v.At, Author: v.Author, Message: v.Message, Files: files})
	}
	published, err := w.history.Publish(ctx, w.project.ID, w.tip, commits)
	if err != nil {
		return nil, err
	}
	for i, p := range published {
		batch[i].Commit, batch[i].Blob = p.Commit, p.Blobs[batch[i].Path]
		w.tip = p.Commit
	}
	w.renamed = append(w.renamed, batch...)
	return lost, nil
}

// writeRest publishes the records and pages of the project as they are now.
func (w *rewriting) writeRest(ctx context.Context) error {
	var files []workflow.File
	err := w.store.View(func(tx *store.Tx) (err error) {
		if files, err = tx.RecordFiles(w.project.ID); err != nil {
			return err
		}
		pages, err := projectPages(tx, w.project)
		files = append(files, pages...)
		return err
	})
	if err != nil {
		return err
	}
	w.seq++
	published, err := w.history.Publish(ctx, w.project.ID, w.tip, []workflow.Commit{{
		Seq: w.seq, ProjectID: w.project.ID, At: w.opt.Now().UTC(), Author: workflow.Author{Kind: workflow.Plumbline, Name: "Plumbline"},
		Message: "Write the history anew from the database", Files: files,
	}})
	if err != nil {
		return err
	}
	w.tip = published[len(published)-1].Commit
	return nil
}

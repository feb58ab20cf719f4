package engine

import (
	"context"
	"fmt"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// pastPage is how many versions are read in one look at the database.
const pastPage = 256

// versionOf reads a version that somebody asks for by its number.
func versionOf(tx *store.Tx, projectID, path string, number int) (workflow.Version, error) {
	v, err := tx.Version(projectID, path, number)
	if workflow.CodeOf(err) != workflow.NotFound {
		return v, err
	}
	current, err := head(tx, projectID, path)
	if err != nil {
		return v, err
	}
	return v, workflow.Errorf(workflow.NotFound, "%s has no v%d.", workflow.Title(path), number).
		WithHint("Choose one of v1 to v%d. “plumbline artifact log” lists them.", current.Number)
}

// headOf reads the current version of an artifact of a project that exists.
func (e *Engine) headOf(projectID, path string) (v workflow.Version, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		if _, err := tx.Project(projectID); err != nil {
			return err
		}
		v, err = head(tx, projectID, path)
		return err
	})
	return v, err
}

// walk visits the versions of an artifact that are older than number before,
// newest first, until visit has seen enough.
func (e *Engine) walk(ctx context.Context, projectID, path string, before int, visit func(workflow.Version) (more bool, err error)) error {
	for before > 1 {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("look through the versions of %s: %w", path, err)
		}
		var page []workflow.Version
		err := e.store.View(func(tx *store.Tx) (err error) {
			page, err = tx.VersionsBefore(projectID, path, before, pastPage)
			return err
		})
		if err != nil || len(page) == 0 { // none although there should be some is for Verify to tell
			return err
		}
		for _, v := range page {
			if more, err := visit(v); err != nil || !more {
				return err
			}
		}
		before -= len(page)
	}
	return nil
}

// Text reads a version of an artifact as it was written; number 0 means the
// current one. It neither renders nor judges anything: see [Engine.Document].
func (e *Engine) Text(ctx context.Context, projectID, path string, number int) (t workflow.VersionText, err error) {
	if err := ctx.Err(); err != nil {
		return t, fmt.Errorf("read %s v%d: %w", path, number, err)
	}
	err = e.store.View(func(tx *store.Tx) error {
		if _, err := tx.Project(projectID); err != nil {
			return err
		}
		if number == 0 {
			t.Version, err = head(tx, projectID, path)
		} else {
			t.Version, err = versionOf(tx, projectID, path, number)
		}
		if err != nil {
			return err
		}
		t.Markdown, err = e.body(ctx, tx, t.Version)
		return err
	})
	return t, err
}

// text is the Markdown of Text.
func (e *Engine) text(ctx context.Context, projectID, path string, number int) (string, error) {
	t, err := e.Text(ctx, projectID, path, number)
	return t.Markdown, err
}

const (
	// logLines is the usual number of lines of a page of a log, maxLogLines the most.
	logLines    = 100
	maxLogLines = 500
	// logScan is how many versions are looked at for one page. A page of a log
	// that leaves much out may be short for it.
	logScan = 5000
)

// Log lists the versions of an artifact in pages, newest first, with the ticks of
// two minutes folded into one line.
func (e *Engine) Log(ctx context.Context, projectID, path string, q workflow.LogQuery) (workflow.Log, error) {
	log := workflow.Log{Path: path, Lines: []workflow.LogLine{}}
	if q.Lines <= 0 {
		q.Lines = logLines
	}
	current, err := e.headOf(projectID, path)
	if err != nil {
		return log, err
	}
	log.Total = current.Number
	before, scanned := current.Number+1, 0
	if q.Before > 0 {
		before = min(q.Before, before)
	}
	lines, versions := min(q.Lines, maxLogLines), []workflow.Version{}
	var first workflow.Version // of the line that is open
	err = e.walk(ctx, projectID, path, before, func(v workflow.Version) (bool, error) {
		scanned++
		begins := len(versions) == 0 || !workflow.FoldsInto(first, v)
		if q.Author != "" && v.Author.Kind != q.Author {
			log.Next = v.Number
			return scanned < logScan, nil
		}
		if begins && (lines == 0 || scanned > logScan) {
			log.Next = v.Number + 1
			return false, nil
		}
		if begins {
			first = v
			lines--
		}
		versions, log.Next = append(versions, v), v.Number
		return true, nil
	})
	if err != nil {
		return log, err
	}
	if log.Next <= 1 {
		log.Next = 0
	}
	log.Lines = workflow.FoldTicks(versions)
	return log, e.markSigned(projectID, path, log.Lines)
}

// markSigned marks the line whose text is signed, if the sign-off is in force.
func (e *Engine) markSigned(projectID, path string, lines []workflow.LogLine) error {
	return e.store.View(func(tx *store.Tx) error {
		pic, err := e.outline(tx, projectID)
		if err != nil {
			return err
		}
		p, ok := pic.workflow.Producer(path)
		if !ok {
			return nil
		}
		signed := workflow.LastSign(pic.records, p.ID)
		for i := range lines {
			for _, v := range lines[i].Versions {
				lines[i].Signed = lines[i].Signed || signed != nil && v.Number == signed.Seen[path]
			}
		}
		return nil
	})
}

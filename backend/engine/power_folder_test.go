package engine

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// settled makes a data folder with two projects that nobody has open, and a backup
// of an earlier moment.
func settled(t *testing.T) (root string) {
	t.Helper()
	root = stage(t)
	b := actor(t, root, nil)
	b.project("Other")
	tide := b.project("Tide table")
	try(b.Waive(b.ctx, tide.ID, "request", why))(t)
	b.rewriteDoc(tide, "spec.md", specAnswer)
	must(t, b.SaveDraft(b.ctx, workflow.Draft{ProjectID: tide.ID, Path: "spec.md", Base: 1, Body: "unsaved"}))
	b.drain()
	try(b.Backup(b.ctx, filepath.Join(root, "out", "all.zip")))(t)
	b.rewriteDoc(tide, "request.md", requestAnswer)
	b.drain()
	b.rewriteDoc(tide, "spec.md", specAnswer+"\nMore.\n")
	must(t, b.SaveDraft(b.ctx, workflow.Draft{ProjectID: tide.ID, Path: "spec.md", Base: 2, Body: "still unsaved"}))
	must(t, b.Close())
	return root
}

// whole plays something that is done to a data folder as a whole. before says
// whether what was there may still be seen until it is done.
func whole(t *testing.T, root string, before bool, do func(ctx context.Context, opt Options, root string) error) *play {
	t.Helper()
	p := newPlay(t, root)
	p.again = do
	first := known{image: unseen}
	if before {
		b := &bench{t: t, ctx: t.Context(), dir: copied(t, root)}
		b.open()
		first.image = withoutNames(image(b, true))
		b.close()
	}
	p.note(first)
	opt := (&bench{dir: filepath.Join(root, "data")}).options()
	opt.Disk = p.disk
	must(t, do(t.Context(), opt, root))
	must(t, p.disk.look())
	b := &bench{t: t, ctx: t.Context(), dir: copied(t, root)}
	b.open()
	image := withoutNames(image(b, true))
	b.close()
	p.note(known{image: image})
	return p
}

// copied copies a data folder, so that it can be looked at without a trace.
func copied(t *testing.T, root string) string {
	t.Helper()
	to := filepath.Join(memoryDir(t), "data")
	must(t, os.CopyFS(to, os.DirFS(filepath.Join(root, "data"))))
	return to
}

func restoreOut(ctx context.Context, opt Options, root string) error {
	_, err := Restore(ctx, opt, filepath.Join(root, "out", "all.zip"))
	return err
}

func rebuildFolder(ctx context.Context, opt Options, _ string) error {
	_, err := Rebuild(ctx, opt)
	return err
}

func repairFolder(ctx context.Context, opt Options, _ string) error {
	_, err := Repair(ctx, opt)
	return err
}

func restored(t *testing.T) *play { return whole(t, settled(t), true, restoreOut) }

func rebuilt(t *testing.T) *play {
	root := settled(t)
	remove(t, filepath.Join(root, "data", "plumbline.db*"))
	return whole(t, root, false, rebuildFolder)
}

func repairedDatabase(t *testing.T) *play {
	root := settled(t)
	overwrite(t, filepath.Join(root, "data", "plumbline.db"), func(c []byte) []byte { clear(c[:8<<10]); return c })
	p := whole(t, root, false, repairFolder)
	p.always = true
	return p
}

// repairedHistory writes a history anew whose newest pack is gone. What was in it
// only the database has.
func repairedHistory(t *testing.T) *play {
	root := settled(t)
	packs, err := filepath.Glob(filepath.Join(root, "data", "projects", "*", "history.git", "objects", "pack", "*.pack"))
	must(t, err)
	slices.SortFunc(packs, func(a, b string) int { return modified(t, a).ModTime().Compare(modified(t, b).ModTime()) })
	remove(t, strings.TrimSuffix(packs[len(packs)-1], ".pack")+".*")
	p := whole(t, root, false, repairFolder)
	p.always = true
	return p
}

func modified(t *testing.T, path string) os.FileInfo {
	t.Helper()
	return try(os.Stat(path))(t)
}

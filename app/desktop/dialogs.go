//go:build desktop || bindings

package desktop

import (
	"path/filepath"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"plumbline/app/api"
	"plumbline/backend/workflow"
)

// Dialogs ask for files in the way of the system. Only the window has them: a
// browser uploads and downloads.
type Dialogs struct{ window *window }

// kinds are the kinds of files that come and go, by the ends of their names.
var kinds = map[string]string{".zip": "Archives", ".md": "Markdown", ".mdc": "Rules of Cursor", ".yaml": "Templates of llm"}

// filters say which files are proposed: those with the end of a name.
func filters(name string) []runtime.FileFilter {
	end := filepath.Ext(name)
	kind, ok := kinds[end]
	if !ok {
		return nil
	}
	return []runtime.FileFilter{{DisplayName: kind + " (*" + end + ")", Pattern: "*" + end}}
}

// OpenFile asks which file is to be read; an empty path means none.
func (d *Dialogs) OpenFile(title string) (string, error) {
	<-d.window.started
	path, err := runtime.OpenFileDialog(d.window.ctx, runtime.OpenDialogOptions{Title: title, Filters: filters(".zip")})
	return path, shown(err)
}

// SaveFile asks where a file is to be written, and proposes a name; an empty path
// means nowhere. The dialog itself asks before a file is written over.
func (d *Dialogs) SaveFile(title, name string) (string, error) {
	<-d.window.started
	path, err := runtime.SaveFileDialog(d.window.ctx, runtime.SaveDialogOptions{Title: title, DefaultFilename: name, Filters: filters(name)})
	return path, shown(err)
}

// shown says in a sentence that the system has no dialog to offer.
func shown(err error) error {
	if err == nil {
		return nil
	}
	return api.Encode(workflow.Errorf(workflow.Unavailable, "The window to choose a file cannot be shown: %w.", err).
		WithHint("Use “plumbline export”, “plumbline import” or “plumbline prompt export” in a terminal."))
}

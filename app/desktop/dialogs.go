//go:build desktop || bindings

package desktop

import (
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"plumbline/app/api"
	"plumbline/backend/workflow"
)

// Dialogs ask for files in the way of the system. Only the window has them: a
// browser uploads and downloads.
type Dialogs struct{ window *window }

// projectFiles are the files that a project is exported to.
var projectFiles = []runtime.FileFilter{{DisplayName: "Projects of Plumbline (*.zip)", Pattern: "*.zip"}}

// OpenFile asks which file is to be read; an empty path means none.
func (d *Dialogs) OpenFile(title string) (string, error) {
	<-d.window.started
	path, err := runtime.OpenFileDialog(d.window.ctx, runtime.OpenDialogOptions{Title: title, Filters: projectFiles})
	return path, shown(err)
}

// SaveFile asks where a file is to be written, and proposes a name; an empty path
// means nowhere.
func (d *Dialogs) SaveFile(title, name string) (string, error) {
	<-d.window.started
	path, err := runtime.SaveFileDialog(d.window.ctx, runtime.SaveDialogOptions{Title: title, DefaultFilename: name, Filters: projectFiles})
	return path, shown(err)
}

// shown says in a sentence that the system has no dialog to offer.
func shown(err error) error {
	if err == nil {
		return nil
	}
	return api.Encode(workflow.Errorf(workflow.Unavailable, "The window to choose a file cannot be shown: %w.", err).
		WithHint("Use “plumbline export” and “plumbline import” in a terminal."))
}

package cli

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"plumbline/backend/workflow"
)

// clipboards are the programs that put their input on the clipboard, by system.
func clipboards() [][]string {
	return [][]string{
		{"wl-copy"}, {"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}, {"pbcopy"}, {"clip.exe"},
	}
}

// toClipboard puts a text on the clipboard of the desktop.
func (s *session) toClipboard(ctx context.Context, text string) error {
	var last error
	for _, program := range clipboards() {
		path, err := exec.LookPath(program[0])
		if err != nil {
			continue
		}
		cmd := exec.CommandContext(ctx, path, program[1:]...)
		cmd.Stdin = strings.NewReader(text)
		if last = cmd.Run(); last == nil {
			return nil
		}
		last = fmt.Errorf("%s: %w", program[0], last)
	}
	err := workflow.Errorf(workflow.Unavailable, "The clipboard cannot be reached from here.")
	if last != nil {
		err = workflow.Errorf(workflow.Unavailable, "The clipboard cannot be reached from here: %w.", last)
	}
	return err.WithHint("Print it with “plumbline prompt render”, or install wl-clipboard, xclip or xsel.")
}

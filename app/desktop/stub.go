//go:build !desktop && !bindings

package desktop

import (
	"context"

	"plumbline/backend/workflow"
)

// Available says whether this build has a window.
const Available = false

// Run says that there is no window.
func Run(context.Context, Options) error {
	return workflow.Errorf(workflow.Unavailable, "This build has no window.").WithHint("Use “plumbline serve”.")
}

package engine

import (
	"context"

	"plumbline/backend/workflow"
)

func (e *Engine) TakePrompts(_ context.Context, s []workflow.ImportItem) (f []workflow.PromptCard, err error) {
	return
}
func (e *Engine) ExportPrompts(_ context.Context, x workflow.ExportPrompts) (f workflow.Export, err error) {
	return
}
func (e *Engine) PreviewImport(_ context.Context, path string) (f workflow.ImportPreview, err error) {
	return
}
func (e *Engine) PreviewFiles(_ context.Context, files []workflow.ExportedFile) (f workflow.ImportPreview, err error) {
	return
}

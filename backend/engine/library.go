package engine

import (
	"context"

	"plumbline/backend/workflow"
)

func (e *Engine) Shelf(context.Context) (s workflow.Shelf, err error) { return }
func (e *Engine) SearchPrompts(_ context.Context, query string) (h []workflow.PromptHit, err error) {
	return
}
func (e *Engine) PromptRuns(_ context.Context, promptID, projectID string) (r []workflow.Run, err error) {
	return
}
func (e *Engine) FillPrompt(_ context.Context, o workflow.PromptOrder) (f workflow.FilledPrompt, err error) {
	return
}
func (e *Engine) KeepValues(_ context.Context, o workflow.PromptOrder) (f workflow.FilledPrompt, err error) {
	return
}
func (e *Engine) StartPrompt(_ context.Context, o workflow.PromptOrder) (f workflow.Run, err error) {
	return
}
func (e *Engine) CopyPrompt(_ context.Context, o workflow.PromptOrder) (f workflow.Run, err error) {
	return
}
func (e *Engine) StartBatch(_ context.Context, o workflow.PromptBatch) (f workflow.Batch, err error) {
	return
}
func (e *Engine) Batch(_ context.Context, id string) (f workflow.Batch, err error) { return }
func (e *Engine) NextPrompt(_ context.Context, g workflow.Given) (f workflow.NextPrompt, err error) {
	return
}
func (e *Engine) PromptDetail(_ context.Context, id string) (f workflow.PromptDetail, err error) {
	return
}
func (e *Engine) Upgrade(_ context.Context, id string) (f workflow.Upgrade, err error) { return }
func (e *Engine) SavePrompt(_ context.Context, id string, s workflow.SavePrompt) (f workflow.PromptDetail, err error) {
	return
}
func (e *Engine) NewPrompt(_ context.Context, s workflow.SavePrompt) (f workflow.PromptDetail, err error) {
	return
}
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
func (e *Engine) Favourite(_ context.Context, id string, on bool) (f workflow.PromptCard, err error) {
	return
}
func (e *Engine) Customise(_ context.Context, id string) (f workflow.PromptCard, err error) { return }
func (e *Engine) RemovePrompt(_ context.Context, id string) (err error)                     { return }
func (e *Engine) PutBack(_ context.Context, path string) (f workflow.PromptCard, err error) { return }
func (e *Engine) Practice(context.Context) (f []workflow.Practice, err error)               { return }
func (e *Engine) Chain(_ context.Context, id string) (f []workflow.ChainLink, err error)    { return }
func (e *Engine) Facts(_ context.Context, id string) (f map[string]string, err error)       { return }
func (e *Engine) SetFact(_ context.Context, id, name, value string) (f map[string]string, err error) {
	return
}

package prompts_test

import (
	"testing"

	"plumbline/backend/prompt"
	"plumbline/prompts"
)

func TestLibraryLoads(t *testing.T) {
	lib, errs := prompt.LoadLibrary(prompts.Files)
	for _, err := range errs {
		t.Error(err)
	}
	for _, p := range lib.Prompts() {
		t.Log(p.ID, prompt.EstimateTokens(p.Body), len(p.Body), p.Lint())
	}
	t.Log(lib.Workflows())
}
